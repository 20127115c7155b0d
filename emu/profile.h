/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The built-in profiles.
 *
 *   profile.c         the 82545EM, as silicon and as other models show it
 *   profile_family.c  its relatives
 */
#ifndef EMU_PROFILE_H
#define EMU_PROFILE_H

#include "e1000emu.h"

extern const struct e1000emu_profile emu_profiles_family[];
extern const size_t emu_profiles_family_count;

#endif
