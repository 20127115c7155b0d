/* SPDX-License-Identifier: BSD-2-Clause */
#include "resets.h"

#include "hw.h"

static void reset_by_host(struct fixture *f, enum e1000emu_reset kind)
{
    e1000emu_reset(f->chip, kind);
}

static void reset_by_register(struct fixture *f, enum e1000emu_reset kind)
{
    (void)kind;
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_RST);
}

static void reset_by_ctrl_dup(struct fixture *f, enum e1000emu_reset kind)
{
    (void)kind;
    fixture_write(f, REG_CTRL_DUP, fixture_read(f, REG_CTRL) | CTRL_RST);
}

static void reset_by_io_window(struct fixture *f, enum e1000emu_reset kind)
{
    (void)kind;
    e1000emu_bar_write(f->chip, E1000EMU_IO, 0, 4, REG_CTRL);
    e1000emu_bar_write(f->chip, E1000EMU_IO, 4, 4, fixture_read(f, REG_CTRL) | CTRL_RST);
}

const struct way ways[WAYS] = {
    {reset_by_host, E1000EMU_RESET_POWER},    {reset_by_host, E1000EMU_RESET_PCI},
    {reset_by_host, E1000EMU_RESET_CTRL},     {reset_by_register, E1000EMU_RESET_CTRL},
    {reset_by_ctrl_dup, E1000EMU_RESET_CTRL}, {reset_by_io_window, E1000EMU_RESET_CTRL},
};
