/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe.h"

#include <string.h>

static void print_bars(FILE *stream, const struct session *session)
{
    static const char *const kinds[] = {
        [BAR_MEMORY] = "memory", [BAR_IO] = "I/O", [BAR_ROM] = "ROM"};

    for (unsigned i = 0; i < session->bar_count; i++) {
        const struct bar *bar = &session->bars[i];
        const bool kib = bar->size >= 1024;

        fprintf(stream, "  BAR at 0x%02x       %s%s at 0x%llx, %llu %s\n", bar->offset,
                bar->kind == BAR_MEMORY ? (bar->wide ? "64-bit " : "32-bit ") : "",
                kinds[bar->kind], (unsigned long long)bar->address,
                (unsigned long long)(kib ? bar->size / 1024 : bar->size), kib ? "KiB" : "bytes");
    }
}

static void print_pci(FILE *stream, const struct session *session, const struct options *options)
{
    struct device *device = session->device;
    const uint32_t id = device->ops->config_read(device, 0x00, 4);
    const uint32_t subsystem = device->ops->config_read(device, 0x2c, 4);
    const uint32_t class = device->ops->config_read(device, 0x08, 4);

    fprintf(stream, "profile             %s: %s\n", options->profile.name,
            options->profile.summary);
    fprintf(stream, "PCI id              %04x:%04x, subsystem %04x:%04x, revision %u, class %06x\n",
            id & 0xffff, id >> 16, subsystem & 0xffff, subsystem >> 16, class & 0xff, class >> 8);
    print_bars(stream, session);
}

static void print_rar0(FILE *stream, const struct session *session)
{
    const uint32_t low = session->rar0[0], high = session->rar0[1];
    const uint8_t mac[6] = {(uint8_t)low,         (uint8_t)(low >> 8), (uint8_t)(low >> 16),
                            (uint8_t)(low >> 24), (uint8_t)high,       (uint8_t)(high >> 8)};
    char text[18];

    options_mac_text(mac, text);
    fprintf(stream, "RAR[0] as found     %s, %s\n", text,
            (high & 0x80000000u) != 0 ? "valid" : "not valid");
}

static void print_identity(FILE *stream, const struct session *session)
{
    struct e1000_identity id;
    char mac[18];

    session->driver->ops->get_identity(session->driver, &id);
    options_mac_text(id.mac, mac);
    fprintf(stream, "model               %s\n", id.model);
    fprintf(stream, "EEPROM              %u words, version \"%u.%u\", checksum %s (0x%04x)\n",
            id.eeprom_words, id.eeprom_version >> 12, id.eeprom_version >> 8 & 15,
            id.eeprom_sum == 0xbaba ? "valid" : "wrong", id.eeprom_sum);
    fprintf(stream, "MAC address         %s, from EEPROM words 0 to 2\n", mac);
    fprintf(stream, "PHY id              0x%08x\n", id.phy_id);
}

static int stop(struct session *session, FILE *stream, const struct judge *judge, char *error,
                size_t error_size)
{
    snprintf(error, error_size, "%s", session->error);
    session_close(session);
    judge_print(stream, judge);
    return -1;
}

int probe_print(FILE *stream, const struct options *options, struct judge *judge, char *error,
                size_t error_size)
{
    struct session_config config = options->session;
    struct session session;
    struct e1000_link link;
    char line[160];
    int status;

    judge->level = options->check;
    config.device.judge = judge;
    status = session_power_on(&session, &config);
    if (status < 0)
        return stop(&session, stream, judge, error, error_size);
    print_pci(stream, &session, options);
    print_rar0(stream, &session);
    if (session_attach(&session, &config) < 0)
        return stop(&session, stream, judge, error, error_size);
    print_identity(stream, &session);
    if (session_up(&session) < 0)
        return stop(&session, stream, judge, error, error_size);
    session.driver->ops->get_link(session.driver, &link);
    session.driver->ops->link_line(session.driver, line, sizeof(line));
    fprintf(stream, "link                %u Mb/s, %s duplex, %.3f s after power-on\n", link.mbps,
            link.full_duplex ? "full" : "half", (double)session.clock->now / 1e9);
    fprintf(stream, "%s\n", line);
    session_over(&session);
    session.driver->ops->down(session.driver);
    session_close(&session);
    judge_print(stream, judge);
    return 0;
}
