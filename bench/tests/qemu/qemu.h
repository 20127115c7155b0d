/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU as a chip: a child process whose e1000-82545em is reached by the qtest protocol, whose
 * memory is mapped here, and whose wire is a socket. No file and no name is left behind: everything
 * is a descriptor that the child inherits, and the child dies with this process.
 *
 * Its processor halts at the first instruction, so virtual time only moves to the next timer of the
 * chip, at once. Whatever QEMU answers is fatal when it is not what was expected.
 */
#ifndef QEMU_H
#define QEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define QEMU_RAM_BYTES 0x4000000u /* guest memory, from address 0 on */
#define QEMU_FRAME_MAX 69632u

/* Called for each answer to qemu_read(), in order. */
typedef void qemu_answer(void *opaque, uint32_t value);

struct qemu {
    pid_t pid;
    int control; /* the qtest protocol */
    int wire;
    int errors; /* a file with what it wrote to standard error */
    uint8_t *ram;
    bool irq; /* level of the line that INTA# is routed to, as last reported */
    qemu_answer *answer;
    void *opaque;

    char out[8192]; /* commands that were not sent yet */
    size_t out_bytes;
    bool is_read[512]; /* of each command whose reply has not come */
    unsigned pending;
    char in[4096];
    size_t in_bytes;
};

/* Whether there is a program to run, and its version ("7.2.22"), or what is missing. */
bool qemu_available(char *version, size_t size);

/* Starts it with this MAC address. The structure must stay where it is. */
void qemu_start(struct qemu *qemu, const uint8_t mac[6], qemu_answer *answer, void *opaque);
void qemu_stop(struct qemu *qemu);

/* Prints what QEMU itself complained about. */
void qemu_complaints(const struct qemu *qemu);

/* Registers of BAR 0. Commands are collected; qemu_sync() sends them and waits for all replies. */
void qemu_write(struct qemu *qemu, uint32_t offset, uint32_t value);
void qemu_read(struct qemu *qemu, uint32_t offset);
void qemu_sync(struct qemu *qemu);

/* Reads at once, without calling answer. */
uint32_t qemu_read_now(struct qemu *qemu, uint32_t offset);

/* Configuration space of the chip, by dwords. */
uint32_t qemu_config_read(struct qemu *qemu, unsigned offset);
void qemu_config_write(struct qemu *qemu, unsigned offset, uint32_t value);

/* Waits until the interrupt line has this level, at most so many milliseconds. */
bool qemu_wait_irq(struct qemu *qemu, bool level, int milliseconds);

/* The wire. qemu_frame_out() waits at most so many milliseconds for a frame that the chip sent and
 * returns its length, or 0. */
void qemu_frame_in(struct qemu *qemu, const uint8_t *data, size_t length);
size_t qemu_frame_out(struct qemu *qemu, uint8_t *data, size_t size, int milliseconds);

#endif
