/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames that wake, for tests of wake-up and management. */
#ifndef EMU_TESTS_WAKE_FRAMES_H
#define EMU_TESTS_WAKE_FRAMES_H

#include <stddef.h>
#include <stdint.h>

/* 02:11:22:33:44:55, which tests put into RA[0], and everybody. */
extern const uint8_t wake_mac[6], wake_broadcast[6];

/* A frame of so many bytes that is nothing in particular. */
void wake_frame(uint8_t *data, size_t length, const uint8_t destination[6]);

/* The same with FF six times at byte at, then wake_mac sixteen times: 102 bytes. */
void wake_magic(uint8_t *data, size_t length, const uint8_t destination[6], size_t at);

#endif
