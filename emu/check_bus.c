/* SPDX-License-Identifier: BSD-2-Clause */
/* Accesses as such, whatever the register is for. */
#include "check.h"
#include "chip.h"

#define POLLS_MANY 10000u /* reads in a row that no driver with a bound makes */
#define HEADS_MANY 64u
#define POLL_NS    1000u /* a pause: then it is no busy loop */

#define IO_ADDR  0u
#define IO_FLASH 0x80000u

/* ---- The bus -------------------------------------------------------------------------------- */

static bool lets_through(const struct e1000emu *chip, enum e1000emu_space space)
{
    return space == E1000EMU_IO ? chip->pci.io_enable : chip->pci.memory_enable;
}

/* Software is told off for one thing at a time. True: the access reaches what it is for. */
static bool check_way(struct e1000emu *chip, const struct e1000emu_event *event)
{
    uint32_t offset = event->u.access.offset;
    unsigned width = event->u.access.width;
    enum e1000emu_space space = event->u.access.space;

    if (event->u.access.indirect)
        return true;
    if (!lets_through(chip, space)) {
        if (chip->pci.in_d3)
            emu_check_found(chip, RULE_ACCESS_IN_D3, 0, 0, 0);
        else
            emu_check_found(chip, RULE_MEMORY_SPACE_OFF, space, 0, 0);
        return false;
    }
    if (space == E1000EMU_FLASH || space == E1000EMU_ROM)
        return true;
    if (width < 4) {
        emu_check_found(chip, RULE_ACCESS_WIDTH, offset, width, 0);
        return false;
    }
    if (offset % 4 != 0) {
        emu_check_found(chip, RULE_ACCESS_UNALIGNED, offset, offset, 0);
        return false;
    }
    return true;
}

/* ---- The register --------------------------------------------------------------------------- */

/* Bits that act when they are written, and are stored nowhere. */
static uint32_t actions(const struct e1000emu_register *row)
{
    uint32_t mask = 0;

    for (uint32_t i = 0; i < row->field_count; i++) {
        const struct e1000emu_field *field = &row->fields[i];

        if (field->flags & E1000EMU_FIELD_ACTION)
            mask |= (uint32_t)(UINT64_MAX >> (64 - field->width) << field->shift);
    }
    return mask;
}

/* These have rules of their own for the bits that the chip ignores. */
static bool is_ring_place(uint32_t offset)
{
    return offset == REG_RDBAL || offset == REG_TDBAL || offset == REG_RDLEN ||
           offset == REG_TDLEN || offset == REG_RDT || offset == REG_TDT;
}

static void check_masks(struct e1000emu *chip, const struct e1000emu_register *row, uint32_t offset,
                        uint32_t value)
{
    const uint32_t acting = E1000EMU_REG_WRITE1_CLEARS | E1000EMU_REG_WRITE_ONLY;
    uint32_t reserved = value & ~(row->read_mask | row->write_mask);

    if (offset == REG_IMC) /* all of its bits may be written as ones (SDM 13.4.21) */
        return;
    if (row->write_mask == 0 && !(row->flags & acting) && !emu_reg_find(offset)->write) {
        emu_check_found(chip, RULE_READ_ONLY_WRITTEN, offset, offset, 0);
        return;
    }
    if (reserved)
        reserved &= ~actions(row);
    if (reserved && !is_ring_place(row->offset))
        emu_check_found(chip, RULE_RESERVED_BITS, offset, reserved, offset);
}

static bool running(const struct e1000emu *chip)
{
    return emu_get(chip, REG_RCTL) & RCTL_EN || emu_get(chip, REG_TCTL) & TCTL_EN;
}

static void check_write(struct e1000emu *chip, uint32_t offset, uint32_t value)
{
    uint32_t index;
    const struct e1000emu_register *row = e1000emu_register_find(offset, &index);

    if (row->flags & E1000EMU_REG_DIAGNOSTIC && running(chip))
        emu_check_found(chip, RULE_DIAGNOSTIC_WRITTEN, offset, offset, 0);
    check_masks(chip, row, offset, value);
}

/* ---- Counters and heads --------------------------------------------------------------------- */

static const uint32_t pairs[] = {REG_GORCL, REG_GOTCL, REG_TORL, REG_TOTL};

static void check_counters(struct e1000emu *chip, uint32_t offset, unsigned width)
{
    struct emu_check *check = &chip->check;

    for (unsigned i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        uint8_t bit = (uint8_t)(1u << i);

        if (offset == pairs[i]) {
            check->low_read |= bit;
        } else if (offset == pairs[i] + 4) {
            if (!(check->low_read & bit))
                emu_check_found(chip, RULE_COUNTER_HIGH_FIRST, offset, offset, 0);
            check->low_read &= (uint8_t)~bit;
        }
    }
    if (width == 8 && offset >= REG_CRCERRS && offset <= REG_TSCTFC)
        emu_check_found(chip, RULE_COUNTER_WIDE, offset, offset, 0);
}

static void check_heads(struct e1000emu *chip, uint32_t offset)
{
    struct emu_check *check = &chip->check;

    if (!(offset == REG_RDH && emu_get(chip, REG_RCTL) & RCTL_EN) &&
        !(offset == REG_TDH && emu_get(chip, REG_TCTL) & TCTL_EN))
        return;
    if (++check->heads == HEADS_MANY)
        emu_check_found(chip, RULE_HEAD_POLLED, offset, offset, HEADS_MANY);
}

/* ---- Loops ---------------------------------------------------------------------------------- */

/* The access is remembered as the repetition of the one before. ICR has a rule of its own. */
static void check_polling(struct e1000emu *chip, const struct e1000emu_event *event,
                          e1000emu_time before)
{
    struct emu_check *check = &chip->check;
    const struct e1000emu_access *last = &check->recent[(check->accesses - 1) % EMU_CHECK_RECENT];

    if (last->write || last->times == 1 || last->offset == REG_ICR ||
        event->time - before >= POLL_NS) {
        check->polls = 0;
        return;
    }
    if (++check->polls == POLLS_MANY)
        emu_check_found(chip, RULE_UNBOUNDED_POLL, last->offset, last->offset, POLLS_MANY);
}

/* Two words of one array, one behind the other, can become a burst. */
static void check_bursts(struct e1000emu *chip, uint32_t offset, bool write)
{
    struct emu_check *check = &chip->check;
    bool array = write && emu_reg_in_array(offset);

    if (array && check->array_dirty && offset == check->array_at + 4)
        emu_check_found(chip, RULE_ARRAY_NOT_FLUSHED, offset & ~0x1ffu, offset, 0);
    check->array_dirty = array;
    check->array_at = offset;
}

/* ---- An access ------------------------------------------------------------------------------ */

static void check_io(struct e1000emu *chip, const struct e1000emu_event *event)
{
    uint32_t value = (uint32_t)event->u.access.value;

    if (event->kind == E1000EMU_EVENT_WRITE && event->u.access.offset == IO_ADDR &&
        value >= EMU_REGISTER_BYTES && value < IO_FLASH)
        emu_check_found(chip, RULE_IO_ADDRESS, 0, value, 0);
}

/* A register, where it stands in the table. False: there is none. */
static bool check_register(struct e1000emu *chip, const struct e1000emu_event *event)
{
    bool write = event->kind == E1000EMU_EVENT_WRITE;
    uint32_t offset = event->u.access.offset, index;
    const struct e1000emu_register *row = e1000emu_register_find(offset, &index);
    uint32_t proper;

    if (!row) {
        emu_check_found(chip, RULE_UNKNOWN_REGISTER, offset, offset, 0);
        return false;
    }
    proper = row->offset + index * row->stride;
    if (proper != offset && offset != REG_CTRL_DUP)
        emu_check_found(chip, RULE_OLD_ADDRESS, offset, offset, proper);
    check_bursts(chip, proper, write);
    if (write) {
        check_write(chip, proper, (uint32_t)event->u.access.value);
        return true;
    }
    check_counters(chip, proper, event->u.access.width);
    check_heads(chip, proper);
    return true;
}

bool emu_check_bus(struct e1000emu *chip, const struct e1000emu_event *event)
{
    const struct e1000emu_access *last =
        &chip->check.recent[(chip->check.accesses - 1) % EMU_CHECK_RECENT];
    e1000emu_time before = chip->check.polled_at;

    chip->check.polled_at = last->time;
    if (!check_way(chip, event))
        return false;
    if (event->u.access.space == E1000EMU_IO)
        check_io(chip, event);
    if (event->u.access.space == E1000EMU_FLASH && event->kind == E1000EMU_EVENT_WRITE &&
        (emu_get(chip, REG_EECD) & EECD_FWE) != EECD_FWE_EN)
        emu_check_found(chip, RULE_FLASH_WRITE_DISABLED, 0, emu_get(chip, REG_EECD),
                        event->u.access.offset);
    if (event->u.access.space != E1000EMU_REGISTERS)
        return false;
    check_polling(chip, event, before);
    return check_register(chip, event);
}
