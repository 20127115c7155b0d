/* SPDX-License-Identifier: BSD-2-Clause */
/* How tables of fields are written: by the masks of hw.h where it has them. */
#ifndef EMU_FIELDS_H
#define EMU_FIELDS_H

#include "e1000emu.h"

#define AT(name_, shift_, width_, meaning_)                                          \
    {                                                                                \
        .name = (name_), .shift = (shift_), .width = (width_), .meaning = (meaning_) \
    }
#define AT_NAMED(name_, shift_, width_, meaning_, values_)                            \
    {                                                                                 \
        .name = (name_), .shift = (shift_), .width = (width_), .meaning = (meaning_), \
        .values = (values_)                                                           \
    }
#define RESERVED(shift_, width_, meaning_)                                        \
    {                                                                             \
        .name = "-", .shift = (shift_), .width = (width_), .meaning = (meaning_), \
        .flags = E1000EMU_FIELD_RESERVED                                          \
    }

#define MASK_SHIFT(mask)            ((uint8_t)__builtin_ctzll(mask))
#define MASK_WIDTH(mask)            ((uint8_t)__builtin_popcountll(mask))
#define MASK(name_, mask, meaning_) AT(name_, MASK_SHIFT(mask), MASK_WIDTH(mask), meaning_)
#define NAMED(name_, mask, meaning_, values_) \
    AT_NAMED(name_, MASK_SHIFT(mask), MASK_WIDTH(mask), meaning_, values_)
#define ACTION(name_, mask, meaning_)                                          \
    {                                                                          \
        .name = (name_), .shift = MASK_SHIFT(mask), .width = MASK_WIDTH(mask), \
        .meaning = (meaning_), .flags = E1000EMU_FIELD_ACTION                  \
    }

#endif
