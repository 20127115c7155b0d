/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: a driver comes and goes. */
#include "stage.h"

#include <string.h>

static void expect_identity(struct stage *stage)
{
    const struct e1000emu_profile *profile = &stage->profile;
    struct e1000_identity identity;

    stage->ops->get_identity(stage->driver, &identity);
    expect_equal(stage, identity.vendor, profile->vendor, "vendor id");
    expect_equal(stage, identity.device, profile->device, "device id");
    expect_equal(stage, identity.subsystem, profile->subsystem, "subsystem id");
    expect_equal(stage, identity.subsystem_vendor, profile->subsystem_vendor, "subsystem vendor");
    expect_equal(stage, identity.revision, profile->revision, "revision");
    expect_equal(stage, identity.fiber, profile->media != E1000EMU_COPPER, "fibre or SerDes");
    expect_equal(stage, identity.eeprom_sum, 0xBABA, "sum of the EEPROM");
    expect_bytes(stage, identity.mac, profile->mac, 6, "MAC address");
}

static void attach(struct stage *stage)
{
    stage_attach(stage);
    expect_identity(stage);
    stage_up(stage);
    stage_works(stage);
}

static void every_board(struct stage *stage)
{
    const struct e1000emu_profile *profile;

    for (size_t i = 0; (profile = e1000emu_profile_at(i)) != NULL; i++) {
        if (stage->setup->profile != NULL && stage->setup->profile != profile)
            continue;
        stage->profile = *profile;
        attach(stage);
        stage_close(stage);
    }
}

static void by_eerd(struct stage *stage)
{
    stage->params.eeprom_by_eerd = true;
    attach(stage);
}

/* An image with an address of its own; summed up to 0xBABA. */
static void make_image(const struct stage *stage, uint16_t *image, unsigned words)
{
    uint16_t sum = 0;

    memset(image, 0xFF, words * sizeof(image[0]));
    memset(image, 0, 64 * sizeof(image[0]));
    image[0] = 0x0402; /* 02:04:06:08:0a:0c */
    image[1] = 0x0806;
    image[2] = 0x0C0A;
    image[5] = 0x1234; /* version */
    image[0x0A] = 0x4408;
    image[0x0B] = stage->profile.subsystem;
    image[0x0C] = stage->profile.subsystem_vendor;
    image[0x0D] = stage->profile.device;
    image[0x0E] = stage->profile.vendor;
    for (unsigned i = 0; i < 63; i++)
        sum = (uint16_t)(sum + image[i]);
    image[63] = (uint16_t)(0xBABA - sum);
}

static void eeprom_images(struct stage *stage)
{
    static const uint8_t mac[6] = {2, 4, 6, 8, 10, 12};
    uint16_t image[256];

    for (unsigned words = 64; words <= 256; words *= 4) {
        for (unsigned eerd = 0; eerd < 2; eerd++) {
            struct e1000_identity identity;

            make_image(stage, image, words);
            stage->eeprom = image;
            stage->eeprom_words = words;
            stage->params.eeprom_by_eerd = eerd != 0;
            stage_attach(stage);
            stage->ops->get_identity(stage->driver, &identity);
            expect_bytes(stage, identity.mac, mac, 6, "MAC address of the image");
            expect_equal(stage, identity.eeprom_version, 0x1234, "word 5 of the image");
            /* By EERD the size cannot be told from the part itself. */
            if (eerd == 0)
                expect_equal(stage, identity.eeprom_words, words, "words of the EEPROM");
            stage_up(stage);
            stage_hears(stage, mac, -1, true);
            stage_hears(stage, stage->profile.mac, -1, false);
            stage_close(stage);
        }
    }
}

static void no_io_window(struct stage *stage)
{
    stage->profile.io_inert = true;
    attach(stage);
    NEEDS_DRIVER(stage, reset);
    stage_reset(stage);
    stage_link(stage, 10 * BENCH_S);
    stage_works(stage);
}

static void attach_hundred(struct stage *stage)
{
    for (unsigned i = 0; i < 100; i++) {
        stage_attach(stage);
        expect_equal(stage, dmamem_blocks(stage->session.memory), 0,
                     "pieces of DMA memory held while down");
        stage->ops->close(stage->driver);
        stage->session.driver = stage->driver = NULL;
        books_close(&stage->books);
    }
    stage_up(stage);
    stage_works(stage);
}

static void up_down_hundred(struct stage *stage)
{
    stage_attach(stage);
    for (unsigned i = 0; i < 100; i++) {
        stage_start(stage);
        stage_down(stage);
        expect_equal(stage, dmamem_blocks(stage->session.memory), 0,
                     "pieces of DMA memory held after down(), round %u", i);
        stage_run(stage, i * BENCH_MS);
    }
    stage_up(stage);
    stage_works(stage);
    expect_stat(stage, "resets", 0);
}

static void up_down_with_traffic(struct stage *stage)
{
    stage->may_lose = true; /* what comes while it is down */
    stage_attach(stage);
    for (unsigned i = 0; i < 40; i++) {
        const uint64_t heard = stage->heard;

        stage_start(stage);
        stage_arrivals(stage, 1 + i, 60 + 30 * i, 50 * BENCH_US);
        stage_sends(stage, 3, 200);
        stage_link(stage, 10 * BENCH_S);
        stage_arrivals(stage, 5, 300, 50 * BENCH_US);
        stage_run(stage, 5 * BENCH_MS); /* interrupts may be moderated */
        expect_true(stage, stage->heard >= heard + 5,
                    "frames heard with a link: expected 5 at least, got %llu",
                    (unsigned long long)(stage->heard - heard));
        stage_arrivals(stage, 3, 100, 0);
        stage_down(stage);
        stage_arrivals(stage, 5, 100, 10 * BENCH_US);
        stage_forget(stage);
    }
    stage_up(stage);
    stage_works(stage);
}

static void up_without_cable(struct stage *stage)
{
    stage->partner.cable = false;
    stage_start(stage);
    stage_run(stage, 5 * BENCH_S);
    expect_true(stage, !stage_is_linked(stage), "expected no link without a cable, got one");
    stage_set_partner(stage, true, 0x3F);
    stage_link(stage, 10 * BENCH_S);
    stage_works(stage);
}

static void down_returns_frames(struct stage *stage)
{
    stage->partner.cable = false;
    stage->may_lose = true;
    stage_start(stage);
    expect_equal(stage, stage_sends(stage, 20, 500), 20, "frames queued without a link");
    stage_run(stage, 10 * BENCH_MS);
    expect_equal(stage, stage->left, 0, "frames that left without a link");
    expect_equal(stage, books_outstanding(&stage->books), 20, "cookies with the driver");
    stage_down(stage); /* asks for each */
    stage_set_partner(stage, true, 0x3F);
    stage_up(stage);
    stage_works(stage);
}

static void reset_works(struct stage *stage)
{
    NEEDS_DRIVER(stage, reset);
    stage_up(stage);
    stage->may_lose = true;
    for (unsigned i = 0; i < 10; i++) {
        stage_sends(stage, i, 300);
        stage_reset(stage);
        stage_link(stage, 10 * BENCH_S);
        stage_works(stage);
    }
    expect_stat(stage, "resets", 10);
}

static void reset_hundred(struct stage *stage)
{
    NEEDS_DRIVER(stage, reset);
    stage_up(stage);
    stage->may_lose = true;
    for (unsigned i = 0; i < 100; i++) {
        stage_sends(stage, 2, 100);
        expect_status(stage, stage->ops->reset(stage->driver), 0, "reset()");
        stage_run(stage, stage_random(stage, 30) * BENCH_MS);
    }
    stage_state(stage, E1000_STATE_UP, BENCH_S);
    stage_link(stage, 10 * BENCH_S);
    stage_works(stage);
}

static void ring_sizes(struct stage *stage)
{
    static const uint16_t sizes[] = {8, 16, 24, 80, 128, 256, 512, 1024, 2048, 4096};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        stage->params.rx_ring = stage->params.tx_ring = sizes[i];
        stage->params.rx_buffers = sizes[i] > 4096 ? 8192 : (uint16_t)(2 * sizes[i]);
        stage->params.rx_buffer_size = sizes[i] > 1024 ? 256 : 2048;
        stage->params.max_frame = 1514;
        stage_up(stage);
        /* Over the ring's end, twice. */
        for (unsigned k = 0; k < 2u * sizes[i] + 5; k += 5) {
            stage_arrivals(stage, 5, 100, 0);
            expect_equal(stage, stage_sends(stage, 5, 120), 5, "frames taken, ring of %u",
                         sizes[i]);
            stage_settle(stage);
        }
        stage_close(stage);
    }
}

static void buffer_sizes(struct stage *stage)
{
    for (uint32_t size = 256; size <= 16384; size *= 2) {
        stage->params.rx_buffer_size = (uint16_t)size;
        stage_up(stage);
        for (uint32_t length = 60; length <= 1514; length += 97)
            stage_arrivals(stage, 1, length, 0);
        stage_settle(stage);
        expect_equal(stage, stage->last_heard.pieces,
                     (stage->last_heard.length + 4 + size - 1) / size,
                     "pieces of a frame in buffers of %u", size);
        stage_close(stage);
    }
}

static void bad_parameters(struct stage *stage)
{
    struct e1000_range range;
    unsigned i = 0;

    for (; e1000_params_range(i, &range); i++)
        expect_true(stage, range.min <= range.by_default && range.by_default <= range.max,
                    "parameter %s: expected the default within its range", range.name);
    expect_between(stage, i, 10, 100, "parameters");
    stage->params.rx_ring = 9;
    expect_status(stage, stage_try_attach(stage), E1000_ERR_PARAMETER, "a ring of 9");
    expect_true(stage, stage_logged(stage, "rx_ring"), "expected the log to name rx_ring, got: %s",
                stage->log);
    stage->params.rx_ring = 64;
    stage->params.rx_buffer_size = 3000;
    expect_status(stage, stage_try_attach(stage), E1000_ERR_PARAMETER, "buffers of 3000");
    stage->params.rx_buffer_size = 2048;
    stage->params.max_frame = 20000;
    expect_status(stage, stage_try_attach(stage), E1000_ERR_PARAMETER, "frames of 20000");
    stage->params.max_frame = 1514;
    stage_up(stage);
    stage_works(stage);
}

static void closed_anywhere(struct stage *stage)
{
    for (unsigned i = 0; i < 30; i++) {
        stage->may_lose = true;
        stage_attach(stage);
        expect_status(stage, stage->ops->up(stage->driver), 0, "up()");
        stage_run(stage, i * i * 7 * BENCH_MS + i * 300 * BENCH_US);
        if (i % 2 != 0)
            stage_sends(stage, 4, 100);
        if (i % 3 == 0 && stage->ops->reset != NULL) {
            stage->ops->reset(stage->driver);
            stage_run(stage, i * 400 * BENCH_US);
        }
        /* Without down(): detaching is allowed in every state. What was queued comes back, or
         * goes with the driver. */
        stage->ops->close(stage->driver);
        stage->session.driver = stage->driver = NULL;
        books_close(&stage->books);
        if (stage->memory.cpu != NULL)
            dmamem_free(stage->session.memory, &stage->memory);
        expect_equal(stage, dmamem_blocks(stage->session.memory), 0,
                     "pieces of DMA memory left behind, round %u", i);
        stage_close(stage);
    }
    stage_up(stage);
    stage_works(stage);
}

#define BOTH "vmware silicon"

const struct scenario scenarios_attach[] = {
    {"feature/attach", "a driver attaches, comes up and passes frames",
     "Ids, revision, address and EEPROM are what the board has; frames pass both ways.",
     "DPDK test plan pmd; Linux e1000_probe",
     "vmware vmware-esxi51 silicon virtualbox qemu 82545em-fiber 82545gm-serdes", 0, attach},
    {"feature/attach-every-board", "the same on every board that can be modelled",
     "No board of the family is left out: each attaches, links and passes frames.",
     "Linux e1000_pci_tbl; e1000_hw.c", "vmware", 0, every_board},
    {"feature/attach-eerd", "the EEPROM is read by EERD",
     "The other way to read the EEPROM gives the same board.", "manual 13.4.4", BOTH, 0, by_eerd},
    {"feature/attach-eeprom-image", "EEPROMs of 64 and 256 words, with an address of their own",
     "Size, version and address come from the EEPROM, and that address alone is heard.",
     "manual 5.6; Linux e1000_init_eeprom_params", "silicon vmware", NEEDS_HEARING | NEEDS_COPPER,
     eeprom_images},
    {"feature/attach-no-io-window", "a board whose I/O window does nothing",
     "Without the I/O window the chip is reset by memory, and works.",
     "QEMU e1000_io_read; Linux e1000_reset_hw", "silicon virtualbox", 0, no_io_window},
    {"feature/attach-detach-hundred", "attached and detached a hundred times",
     "Detaching leaves nothing behind, and attaching needs nothing that was there before.",
     "netdev module reload tests", BOTH, 0, attach_hundred},
    {"feature/up-down-hundred", "up and down a hundred times",
     "Coming up takes less than a second each time and down returns all memory.",
     "DPDK test plan link_flowctrl, port start/stop", "vmware silicon qemu", 0, up_down_hundred},
    {"feature/up-down-traffic", "up and down while frames go on arriving",
     "Frames that come while the interface goes up or down hurt nobody, and are heard once it is "
     "up.",
     "Linux d5bc77a223b0; DPDK port start/stop under traffic", BOTH, 0, up_down_with_traffic},
    {"feature/up-without-cable", "up before the cable is plugged in",
     "Without a partner the interface is up without a link, and gets one when it is plugged in.",
     "netdev link tests", BOTH, 0, up_without_cable},
    {"feature/down-returns-frames", "down with frames that could not leave",
     "Frames that wait for a link come back once each when the interface goes down.",
     "Linux e1000_clean_all_tx_rings", BOTH, 0, down_returns_frames},
    {"feature/reset", "reset while up", "After a reset everything is as before.",
     "Linux e1000_reinit_locked; ethtool --reset", "vmware silicon virtualbox", 0, reset_works},
    {"feature/reset-hundred", "reset a hundred times, at any moment",
     "Resets in the middle of resets, of negotiation and of traffic end in a chip that works.",
     "UEK changelog of e1000e; Linux __E1000_RESETTING", BOTH, 0, reset_hundred},
    {"feature/ring-sizes", "rings of 8 to 4096 descriptors",
     "Each size works, over its end and back to its beginning.",
     "DPDK test plan rxtx_offload: ring sizes; ethtool -G", "silicon", 0, ring_sizes},
    {"feature/buffer-sizes", "receive buffers of 256 to 16384 bytes",
     "A frame takes as many buffers as it needs and no more.", "manual 13.4.22, BSIZE and BSEX",
     BOTH, 0, buffer_sizes},
    {"feature/bad-parameters", "parameters out of their range",
     "What can't be is refused with its name and nothing left behind.", "e1000_param.c", "silicon",
     0, bad_parameters},
    {"feature/closed-anywhere", "closed at any moment",
     "Detaching is allowed in every state and returns all memory.",
     "UEK: oops when adapter is being closed and reset simultaneously", "silicon", 0,
     closed_anywhere},
    {.id = NULL},
};
