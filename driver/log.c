/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines for the log, put together without any help from a C library. */
#include "internal.h"

static void add(struct e1000_text *text, char c)
{
    if (text->size > 1 && text->length < text->size - 1) {
        text->line[text->length] = c;
        text->line[text->length + 1] = '\0';
    }
    text->length++;
}

void e1000_text_begin(struct e1000_text *text, char *line, size_t size)
{
    text->line = line;
    text->size = size;
    text->length = 0;
    if (size)
        line[0] = '\0';
}

void e1000_text_add(struct e1000_text *text, const char *string)
{
    while (*string)
        add(text, *string++);
}

void e1000_text_hex(struct e1000_text *text, uint32_t value, unsigned digits)
{
    while (digits--)
        add(text, "0123456789abcdef"[value >> (4 * digits) & 0xF]);
}

void e1000_text_decimal(struct e1000_text *text, uint32_t value)
{
    uint32_t unit = 1;

    while (value / unit >= 10)
        unit *= 10;
    for (; unit; unit /= 10)
        add(text, (char)('0' + value / unit % 10));
}

void e1000_text_mac(struct e1000_text *text, const uint8_t mac[6])
{
    for (unsigned i = 0; i < 6; i++) {
        if (i)
            add(text, ':');
        e1000_text_hex(text, mac[i], 2);
    }
}

void e1000_log(struct e1000_dev *dev, enum e1000_log_level level, const char *line)
{
    if (dev->os->log)
        dev->os->log(dev->context, level, line);
}

void e1000_text_line(const struct e1000_dev *dev, struct e1000_text *text, char *line, size_t size)
{
    e1000_text_begin(text, line, size);
    e1000_text_add(text, dev->params.name);
    e1000_text_add(text, ": ");
}

void e1000_say(struct e1000_dev *dev, enum e1000_log_level level, const char *string)
{
    char line[E1000_LINE_SIZE];
    struct e1000_text text;

    e1000_text_line(dev, &text, line, sizeof line);
    e1000_text_add(&text, string);
    e1000_log(dev, level, line);
}
