/* SPDX-License-Identifier: BSD-2-Clause */
/* For what every frame goes through: a compiler that sees the whole program at once counts other
 * things than what a call costs there, and a length that is no longer constant. */
#ifndef EMU_INLINE_H
#define EMU_INLINE_H

#define EMU_INLINE static inline __attribute__((always_inline))

#endif
