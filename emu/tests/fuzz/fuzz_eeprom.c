/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any EEPROM image, on any profile: the chip comes up with what it says or with its defaults, shows
 * it where software looks, and lets software write it.
 *
 * The input: the profile, the size, and the words; what is left over are words to write.
 */
#include <string.h>

#include "bench.h"
#include "hw.h"

static void look_around(struct fuzz *fuzz)
{
    for (unsigned offset = 0; offset < 256; offset += 4)
        e1000emu_config_read(fuzz->chip, offset, 4);
    for (unsigned bar = 0x10; bar <= 0x30; bar += 4) { /* sizes, as firmware finds them */
        e1000emu_config_write(fuzz->chip, bar, 4, UINT32_MAX);
        e1000emu_config_read(fuzz->chip, bar, 4);
    }
    e1000emu_config_write(fuzz->chip, 4, 2, 7);
    for (size_t i = 0; e1000emu_register_at(i); i++)
        e1000emu_read32(fuzz->chip, e1000emu_register_at(i)->offset);
    for (uint32_t offset = 0; offset < 0x100000; offset += 0x7fff)
        e1000emu_bar_read(fuzz->chip, E1000EMU_FLASH, offset, 4);
    e1000emu_bar_read(fuzz->chip, E1000EMU_ROM, 0, 4);
    e1000emu_get_leds(fuzz->chip);
}

/* One frame through whatever the words made of the chip. */
static void send_one(struct fuzz *fuzz)
{
    const uint64_t descriptor[2] = {FUZZ_TX_BUFFERS, 60 | 0x0bull << 24};

    e1000emu_write32(fuzz->chip, REG_CTRL, e1000emu_peek(fuzz->chip, REG_CTRL) | CTRL_SLU);
    fuzz_pass(fuzz, 5000000000ull);
    fuzz_start_rings(fuzz, RCTL_UPE | RCTL_SECRC, TCTL_PSP);
    memcpy(fuzz->memory + (FUZZ_TX_RING - FUZZ_BUS), descriptor, sizeof descriptor);
    e1000emu_write32(fuzz->chip, REG_TDT, 1);
    fuzz_pass(fuzz, 1000000);
}

/* Frames of each kind that wake-up and management look for, whatever the words made of them. */
static void manage(struct fuzz *fuzz)
{
    static const uint8_t types[][4] = {
        {0x08, 0x06, 0x00, 0x01}, {0x08, 0x00, 0x45, 0x00}, {0x86, 0xDD, 0x60, 0x00}};
    uint8_t bytes[200] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02};
    struct e1000emu_frame frame = {.data = bytes};

    e1000emu_manage(fuzz->chip, E1000EMU_MANAGE_RECEIVE | E1000EMU_MANAGE_STATUS);
    fuzz_pass(fuzz, 5000000000ull);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        memcpy(bytes + 12, types[i], sizeof types[i]);
        for (frame.length = 60; frame.length <= sizeof bytes; frame.length += 20)
            e1000emu_receive(fuzz->chip, &frame, 1, 0, NULL);
    }
    fuzz_check(fuzz);
    e1000emu_manage(fuzz->chip, E1000EMU_MANAGE_RECEIVE | E1000EMU_MANAGE_ALL);
    frame.length = sizeof bytes;
    e1000emu_receive(fuzz->chip, &frame, 1, 0, NULL);
    e1000emu_manage_send(fuzz->chip, bytes, sizeof bytes);
    e1000emu_manage_reset(fuzz->chip);
    fuzz_pass(fuzz, 10000000);
    e1000emu_manage(fuzz->chip, 0);
    fuzz_check(fuzz);
}

static void write_word(struct fuzz *fuzz, unsigned address_bits, uint32_t word, uint16_t value)
{
    uint64_t command = 5ull << (address_bits + 16) | (uint64_t)word << 16 | value; /* 101: write */
    uint64_t enable = 0x13ull << (address_bits - 2);

    for (unsigned turn = 0; turn < 2; turn++) {
        unsigned bits = turn ? 3 + address_bits + 16 : 3 + address_bits;
        uint64_t what = turn ? command : enable;

        e1000emu_write32(fuzz->chip, REG_EECD, EECD_EE_REQ | EECD_CS);
        for (unsigned i = bits; i-- > 0;) {
            uint32_t eecd = EECD_EE_REQ | EECD_CS | (what >> i & 1 ? EECD_DI : 0);

            e1000emu_write32(fuzz->chip, REG_EECD, eecd);
            e1000emu_write32(fuzz->chip, REG_EECD, eecd | EECD_SK);
            e1000emu_write32(fuzz->chip, REG_EECD, eecd);
        }
        e1000emu_write32(fuzz->chip, REG_EECD, EECD_EE_REQ);
        fuzz_pass(fuzz, 20000000);
    }
    e1000emu_write32(fuzz->chip, REG_EECD, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    struct e1000emu_config config = {0};
    uint16_t words[256];
    struct fuzz *fuzz;
    size_t profiles = 0;
    uint8_t how;

    while (e1000emu_profile_at(profiles))
        profiles++;
    config.profile = e1000emu_profile_at(input_8(&in) % profiles);
    how = input_8(&in);
    config.eeprom = words;
    config.eeprom_words = how & 1 ? 256 : 64;
    for (size_t i = 0; i < config.eeprom_words; i++)
        words[i] = input_16(&in);
    fuzz = fuzz_new(&config);
    fuzz_require(fuzz != NULL, "any image makes a chip");
    look_around(fuzz);
    send_one(fuzz);
    fuzz_check(fuzz);
    manage(fuzz);
    for (unsigned i = 0; i < 8 && in.left > 0; i++) {
        uint32_t word = input_8(&in) % (uint32_t)config.eeprom_words;

        write_word(fuzz, how & 1 ? 8 : 6, word, input_16(&in));
    }
    e1000emu_write32(fuzz->chip, REG_CTRL_EXT, CTRL_EXT_EE_RST);
    fuzz_pass(fuzz, 10000000);
    look_around(fuzz);
    for (unsigned kind = 0; kind < E1000EMU_RESETS; kind++) {
        e1000emu_reset(fuzz->chip, (enum e1000emu_reset)kind);
        fuzz_pass(fuzz, 10000000);
        look_around(fuzz);
        send_one(fuzz);
        fuzz_check(fuzz);
    }
    fuzz_free(fuzz);
    return 0;
}
