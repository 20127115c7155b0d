/* SPDX-License-Identifier: BSD-2-Clause */
/* The shell that driver/README.md shows, on the chip: started, up, sending, receiving, told of the
 * link, down, up again, removed; all of what it was lent comes back. */
#include "rig.h"

#include "../../driver/example/shell.c"

#include <stdio.h>
#include <string.h>

static struct {
    unsigned received, sent, ticks_wanted, links;
    char line[160];
} seen;

static struct rig *rig_of(void *shell)
{
    return ((struct shell *)shell)->system;
}

/* The platform is the rig, which has its own device as context. */
uint32_t platform_read32(void *shell, uint32_t offset)
{
    return rig_of(shell)->os.read32(rig_of(shell), offset);
}

void platform_write32(void *shell, uint32_t offset, uint32_t value)
{
    rig_of(shell)->os.write32(rig_of(shell), offset, value);
}

uint32_t platform_io_read32(void *shell, uint32_t offset)
{
    return rig_of(shell)->os.io_read32(rig_of(shell), offset);
}

void platform_io_write32(void *shell, uint32_t offset, uint32_t value)
{
    rig_of(shell)->os.io_write32(rig_of(shell), offset, value);
}

uint16_t platform_config_read16(void *shell, uint32_t offset)
{
    return rig_of(shell)->os.config_read16(rig_of(shell), offset);
}

void platform_config_write16(void *shell, uint32_t offset, uint16_t value)
{
    rig_of(shell)->os.config_write16(rig_of(shell), offset, value);
}

void *platform_dma_alloc(void *shell, size_t size, size_t align, size_t boundary, uint64_t *bus)
{
    struct e1000_dma memory;

    if (rig_of(shell)->os.dma_alloc(rig_of(shell), size, align, boundary, &memory))
        return NULL;
    *bus = memory.bus;
    return memory.cpu;
}

void platform_dma_free(void *shell, void *memory, size_t size)
{
    struct rig *rig = rig_of(shell);

    for (unsigned i = 0; i < RIG_MEMORIES; i++) {
        if (rig->memory[i].cpu == memory) {
            struct e1000_dma dma = {.cpu = memory, .handle = &rig->memory[i]};

            assert_int_equal(rig->memory[i].size, size);
            rig->os.dma_free(rig, &dma);
            return;
        }
    }
    fail_msg("memory that nobody lent");
}

uint64_t platform_time_us(void *shell)
{
    return rig_of(shell)->os.time_us(rig_of(shell));
}

void platform_delay_us(void *shell, uint32_t us)
{
    rig_of(shell)->os.delay_us(rig_of(shell), us);
}

void platform_log(void *shell, enum e1000_log_level level, const char *line)
{
    snprintf(seen.line, sizeof seen.line, "%s", line);
}

void platform_link_changed(void *shell)
{
    seen.links++;
}

void platform_received(void *shell, const void *data, uint32_t length, bool last)
{
    assert_true(length >= 60 && last);
    seen.received++;
}

void platform_sent(void *shell, void *cookie)
{
    assert_ptr_equal(cookie, &seen);
    seen.sent++;
}

void platform_tick_soon(void *shell)
{
    seen.ticks_wanted++;
}

static void run(struct rig *rig, struct shell *shell, uint64_t us)
{
    e1000emu_time end = rig->now + us * 1000;

    while (rig->now < end) {
        uint64_t due = shell_tick(shell);
        e1000emu_time next = e1000emu_next_event(rig->chip);

        if (due < next / 1000)
            next = due * 1000;
        if (next > end)
            next = end;
        if (next > rig->now)
            rig->now = next;
        e1000emu_advance(rig->chip, rig->now);
        if (e1000emu_interrupt_level(rig->chip))
            assert_true(shell_interrupt(shell));
        rig->call_us = 0;
    }
}

static void shell_drives_the_chip(void **state)
{
    static struct shell shell;
    struct rig *rig = rig_new("vmware");
    uint8_t data[60];
    struct e1000emu_frame frame = {.data = data, .length = sizeof data};

    rig_start(rig);
    memset(&seen, 0, sizeof seen);
    memset(data, 0xFF, sizeof data);
    memset(rig->frame, 0xFF, 60);
    shell.system = rig;
    assert_false(shell_send(&shell, rig->frame_bus, 60, &seen));
    assert_int_equal(shell_start(&shell, "en7"), 0);
    shell.wanted = true;
    for (int round = 0; round < 2; round++) {
        run(rig, &shell, 8000000);
        assert_non_null(strstr(seen.line, "Link up on en7, 1-Gigabit"));
        for (unsigned i = 0; i < 20; i++)
            assert_true(shell_send(&shell, rig->frame_bus, 60, &seen));
        e1000emu_receive(rig->chip, &frame, 1, 0, NULL);
        run(rig, &shell, 100000);
        shell.wanted = round == 1;
        if (round == 0) {
            assert_true(shell_send(&shell, rig->frame_bus, 60, &seen));
            run(rig, &shell, 10000);
            assert_int_equal(rig->live, 0);
            shell.wanted = true;
        }
    }
    assert_int_equal(seen.received, 2);
    assert_int_equal(seen.sent, 41);
    assert_int_equal(seen.links, 3);
    assert_true(seen.ticks_wanted >= 2);
    assert_false(shell_interrupt(&shell));

    /* Pulled out in the middle. */
    assert_true(shell_send(&shell, rig->frame_bus, 60, &seen));
    rig->gone = true;
    assert_true(shell_interrupt(&shell));
    assert_false(shell_send(&shell, rig->frame_bus, 60, &seen));
    shell_stop(&shell);
    assert_int_equal(seen.sent, 42);
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shell_drives_the_chip)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
