/* SPDX-License-Identifier: BSD-2-Clause */
/* What the two formats of traces have in common. */
#include "trace.h"

#include <string.h>

const char *const trace_kinds[TRACE_KINDS + 1] = {
    [E1000EMU_EVENT_READ] = "read",
    [E1000EMU_EVENT_WRITE] = "write",
    [E1000EMU_EVENT_FETCH] = "fetch",
    [E1000EMU_EVENT_WRITE_BACK] = "write-back",
    [E1000EMU_EVENT_DMA_FAILED] = "dma-failed",
    [E1000EMU_EVENT_CAUSE] = "cause",
    [E1000EMU_EVENT_INTERRUPT] = "interrupt",
    [E1000EMU_EVENT_RECEIVED] = "received",
    [E1000EMU_EVENT_SENT] = "sent",
    [E1000EMU_EVENT_RESET] = "reset",
    [E1000EMU_EVENT_LINK] = "link",
    [E1000EMU_EVENT_FAULT] = "fault",
    [TRACE_CHIP] = "chip",
    [TRACE_FINDING] = "finding",
};

const char *const trace_spaces[] = {
    [E1000EMU_REGISTERS] = "reg", [E1000EMU_FLASH] = "flash",   [E1000EMU_IO] = "io",
    [E1000EMU_ROM] = "rom",       [E1000EMU_CONFIG] = "config", NULL};

const char *const trace_verdicts[] = {[E1000EMU_RX_STORED] = "stored",
                                      [E1000EMU_RX_DISABLED] = "disabled",
                                      [E1000EMU_RX_NO_LINK] = "no-link",
                                      [E1000EMU_RX_ADDRESS] = "address",
                                      [E1000EMU_RX_OVERSIZE] = "oversize",
                                      [E1000EMU_RX_UNDERSIZE] = "undersize",
                                      [E1000EMU_RX_BAD] = "bad",
                                      [E1000EMU_RX_OVERRUN] = "overrun",
                                      [E1000EMU_RX_MANAGEMENT] = "management",
                                      [E1000EMU_RX_VERDICTS] = NULL};

const char *const trace_resets[] = {[E1000EMU_RESET_POWER] = "power",
                                    [E1000EMU_RESET_PCI] = "pci",
                                    [E1000EMU_RESET_CTRL] = "ctrl",
                                    [E1000EMU_RESETS] = NULL};

const char *const trace_severities[] = {[E1000EMU_VIOLATION] = "violation",
                                        [E1000EMU_ERRATUM] = "erratum",
                                        [E1000EMU_ADVICE] = "advice",
                                        NULL};

const char *const trace_flags[] = {"fcs", "bad-fcs", "alignment", "symbol", "carrier", NULL};

const char *const trace_formats[] = {[TRACE_TEXT] = "text", [TRACE_JSON] = "json", NULL};
const char *const trace_amounts[] = {
    [TRACE_NO_BYTES] = "none", [TRACE_HEAD] = "head", [TRACE_FULL] = "full", NULL};

enum trace_format trace_format_of(const char *path)
{
    static const char *const endings[] = {".jsonl", ".json"};
    const size_t length = strlen(path);

    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        const size_t ending = strlen(endings[i]);

        if (length > ending && strcmp(path + length - ending, endings[i]) == 0)
            return TRACE_JSON;
    }
    return TRACE_TEXT;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool trace_number(const char *word, uint64_t most, uint64_t *number)
{
    const bool hex = word[0] == '0' && word[1] == 'x';
    const unsigned base = hex ? 16 : 10;
    uint64_t n = 0;

    word += hex ? 2 : 0;
    if (*word == '\0')
        return false;
    for (; *word != '\0'; word++) {
        const int value = digit(*word);

        if (value < 0 || (unsigned)value >= base || __builtin_mul_overflow(n, (uint64_t)base, &n) ||
            __builtin_add_overflow(n, (uint64_t)value, &n))
            return false;
    }
    *number = n;
    return n <= most;
}

bool trace_bytes(const char *word, uint8_t bytes[TRACE_FRAME], uint32_t *count)
{
    const size_t length = strlen(word);

    if (length % 2 != 0 || length / 2 > TRACE_FRAME)
        return false;
    for (size_t i = 0; i < length; i += 2) {
        const int high = digit(word[i]), low = digit(word[i + 1]);

        if (high < 0 || low < 0)
            return false;
        bytes[i / 2] = (uint8_t)(high << 4 | low);
    }
    *count = (uint32_t)(length / 2);
    return true;
}

static const char *check_access(const struct trace_record *record)
{
    const unsigned width = record->u.event.u.access.width;

    if (width != 1 && width != 2 && width != 4 && width != 8)
        return "an access has 1, 2, 4 or 8 bytes";
    if (width < 8 && record->u.event.u.access.value >> 8 * width != 0)
        return "the value is wider than the access";
    return NULL;
}

const char *trace_check(const struct trace_record *record)
{
    switch (record->kind) {
    case E1000EMU_EVENT_READ:
    case E1000EMU_EVENT_WRITE:
        return check_access(record);
    case E1000EMU_EVENT_RECEIVED:
    case E1000EMU_EVENT_SENT:
        return record->u.frame.count > record->u.frame.length ? "more bytes than the frame has"
                                                              : NULL;
    default:
        return NULL;
    }
}
