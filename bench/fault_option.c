/* SPDX-License-Identifier: BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L
#include "fault_option.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define MAX_FAULTS 128u
#define MILLION    1000000u

/* The longest part of a fault's text. */
#define WORD 64u

#define ANY_REGISTER 0x20000u

/* A text being read, and where to say what is wrong with it. */
struct reader {
    struct e1000emu_fault_setting *setting;
    const struct e1000emu_fault *fault;
    char *error;
    size_t error_size;
};

static bool fail(const struct reader *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool fail(const struct reader *r, const char *format, ...)
{
    va_list arguments;
    char text[200];

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    snprintf(r->error, r->error_size, "%s: %s", r->fault->name, text);
    return false;
}

/* ---- Numbers and times ---- */

/* digits[.digits] times a factor, if that is whole; *rest is what follows. */
static bool parse_decimal(const char *text, uint64_t factor, uint64_t *number)
{
    uint64_t whole = 0, divisor = 1;
    bool point = false;

    if (*text == '\0' || *text == '.')
        return false;
    for (; *text != '\0'; text++) {
        if (*text == '.' && !point && text[1] != '\0') {
            point = true;
            continue;
        }
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(whole, 10, &whole) ||
            __builtin_add_overflow(whole, (uint64_t)(*text - '0'), &whole))
            return false;
        if (point && __builtin_mul_overflow(divisor, 10, &divisor))
            return false;
    }
    if (__builtin_mul_overflow(whole, factor, &whole) || whole % divisor != 0)
        return false;
    *number = whole / divisor;
    return true;
}

/* ---- Registers ---- */

static const struct e1000emu_register *named_register(const char *name)
{
    const struct e1000emu_register *row;

    for (size_t i = 0; (row = e1000emu_register_at(i)) != NULL; i++)
        if (strcasecmp(row->name, name) == 0 && !(row->flags & E1000EMU_REG_ALIAS))
            return row;
    return NULL;
}

/* "RCTL", "RAL[3]", "0x100". *row: what it is, NULL when nothing is known there. */
static bool parse_register(const char *text, const struct e1000emu_register **row, uint64_t *offset)
{
    char name[WORD];
    const size_t length = strcspn(text, "[");
    uint64_t index = 0;
    char number[WORD];

    if (text[0] == '0' && cli_parse_unsigned(text, offset)) {
        *row = *offset < ANY_REGISTER ? e1000emu_register_find((uint32_t)*offset, NULL) : NULL;
        return *offset < ANY_REGISTER && *offset % 4 == 0;
    }
    snprintf(name, sizeof(name), "%.*s", (int)length, text);
    *row = named_register(name);
    if (*row == NULL)
        return false;
    if (text[length] == '[') {
        const size_t digits = strspn(text + length + 1, "0123456789");

        if (strcmp(text + length + 1 + digits, "]") != 0)
            return false;
        snprintf(number, sizeof(number), "%.*s", (int)digits, text + length + 1);
        if (!cli_parse_unsigned(number, &index) || index >= (*row)->count)
            return false;
    }
    *offset = (*row)->offset + index * (*row)->stride;
    return true;
}

static const struct e1000emu_field *named_field(const struct e1000emu_field *fields, uint32_t count,
                                                const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcasecmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

/* Behind the last point: a field of one bit, or a bit's number. */
static bool parse_bit(const struct reader *r, const char *text, uint64_t *value)
{
    const char *point = strrchr(text, '.');
    const struct e1000emu_register *row;
    const struct e1000emu_field *field;
    char name[WORD];
    uint64_t offset, bit;

    if (point == NULL)
        return fail(r, "'%s' is not a bit of a register, such as STATUS.LU or 0x100.1", text);
    snprintf(name, sizeof(name), "%.*s", (int)(point - text), text);
    if (!parse_register(name, &row, &offset))
        return fail(r, "'%s' is no register's name or offset", name);
    if (!cli_parse_unsigned(point + 1, &bit)) {
        field = row != NULL ? named_field(row->fields, row->field_count, point + 1) : NULL;
        if (field == NULL)
            return fail(r, "'%s' is no field or bit of %s", point + 1, name);
        if (field->width != 1)
            return fail(r, "%s has the bits %u to %u: say which, as in %s.%u", text, field->shift,
                        field->shift + field->width - 1u, name, field->shift);
        bit = field->shift;
    }
    if (bit > 31)
        return fail(r, "'%s': the bits are 0 to 31", text);
    *value = 32 * offset + bit;
    return true;
}

static bool parse_word_bit(const struct reader *r, const char *text, uint64_t *value)
{
    const char *point = strrchr(text, '.');
    char number[WORD];
    uint64_t word, bit;

    if (point == NULL)
        return fail(r, "'%s' is not a word and a bit of the EEPROM, such as 3.12", text);
    snprintf(number, sizeof(number), "%.*s", (int)(point - text), text);
    if (!cli_parse_unsigned(number, &word) || word > r->fault->arg_max / 16)
        return fail(r, "'%s' is not a word of the EEPROM, 0 to %" PRIu64, number,
                    r->fault->arg_max / 16);
    if (!cli_parse_unsigned(point + 1, &bit) || bit > 15)
        return fail(r, "'%s': the bits are 0 to 15", text);
    *value = 16 * word + bit;
    return true;
}

/* ---- Causes ---- */

static const struct e1000emu_register *icr(void)
{
    return named_register("ICR");
}

static bool parse_causes(const struct reader *r, const char *text, uint64_t *value)
{
    const char *rest = text;
    char word[WORD];

    if (!cli_parse_unsigned(text, value)) {
        *value = 0;
        for (size_t length; *rest != '\0'; rest += length + (rest[length] == '+')) {
            const struct e1000emu_field *field;

            length = strcspn(rest, "+");
            snprintf(word, sizeof(word), "%.*s", (int)length, rest);
            field = named_field(icr()->fields, icr()->field_count, word);
            if (field == NULL)
                return fail(r, "'%s' is no interrupt cause", word);
            *value |= UINT64_C(1) << field->shift;
        }
    }
    if (*value < r->fault->arg_min || *value > r->fault->arg_max)
        return fail(r, "'%s' names no causes", text);
    return true;
}

/* ---- Words ---- */

static bool parse_choice(const struct reader *r, const char *text, uint64_t *value)
{
    const int choice = cli_find(text, r->fault->choices);
    char list[WORD];

    fault_arg_text(r->fault, list, sizeof(list));
    if (choice < 0)
        return fail(r, "'%s' is not one of %s", text, list);
    *value = (uint64_t)choice;
    return true;
}

/* ---- The argument ---- */

static bool out_of_range(const struct reader *r, const char *text, const char *what)
{
    char least[WORD], most[WORD];

    fault_value_text(r->fault, r->fault->arg_min, least, sizeof(least));
    fault_value_text(r->fault, r->fault->arg_max, most, sizeof(most));
    return fail(r, "'%s' is not %s from %s to %s", text, what, least, most);
}

static bool parse_value(const struct reader *r, const char *text, uint64_t *value)
{
    const struct e1000emu_register *row;

    switch (r->fault->arg) {
    case E1000EMU_ARG_NONE:
        return fail(r, "it takes no argument");
    case E1000EMU_ARG_NUMBER:
        return cli_parse_unsigned(text, value) || out_of_range(r, text, "a number");
    case E1000EMU_ARG_TIME:
        return cli_parse_time(text, value) || out_of_range(r, text, "a time");
    case E1000EMU_ARG_CAUSES:
        return parse_causes(r, text, value);
    case E1000EMU_ARG_REGISTER:
        return parse_register(text, &row, value) ||
               fail(r, "'%s' is no register's name or offset", text);
    case E1000EMU_ARG_REGISTER_BIT:
        return parse_bit(r, text, value);
    case E1000EMU_ARG_WORD_BIT:
        return parse_word_bit(r, text, value);
    default:
        return parse_choice(r, text, value);
    }
}

static bool parse_arg(const struct reader *r, const char *text)
{
    uint64_t value = 0;

    if (!parse_value(r, text, &value))
        return false;
    if (value < r->fault->arg_min || value > r->fault->arg_max)
        return out_of_range(r, text, r->fault->arg == E1000EMU_ARG_TIME ? "a time" : "a number");
    r->setting->arg = value;
    return true;
}

/* ---- When ---- */

static bool no_time(const struct reader *r, const char *text)
{
    return fail(r, "'%s' is not a time such as 10us, 1.5ms or 2s", text);
}

/* A..B, either of which may be missing. */
static bool parse_times(const struct reader *r, const char *from, const char *to)
{
    struct e1000emu_when *when = &r->setting->when;
    uint64_t begin = 0, end = 0;

    if (*from == '\0' && *to == '\0')
        return fail(r, "'..' needs a time or a number");
    if (*from != '\0' && !cli_parse_time(from, &begin))
        return no_time(r, from);
    if (*to != '\0' && !cli_parse_time(to, &end))
        return no_time(r, to);
    if (*to != '\0' && end <= begin)
        return fail(r, "'%s..%s' ends before it begins", from, to);
    when->after = begin;
    when->lasts = *to != '\0' ? end - begin : 0;
    return true;
}

static bool parse_range(const struct reader *r, const char *text, const char *dots)
{
    char from[WORD];
    uint64_t number;

    snprintf(from, sizeof(from), "%.*s", (int)(dots - text), text);
    if (dots[2] != '\0' || !cli_parse_unsigned(from, &number))
        return parse_times(r, from, dots + 2);
    if (number == 0)
        return fail(r, "'%s': occurrences are counted from 1", text);
    r->setting->when.from = number;
    return true;
}

static bool parse_chance(const struct reader *r, const char *text)
{
    char number[WORD];
    uint64_t millionths;

    snprintf(number, sizeof(number), "%.*s", (int)strlen(text) - 1, text);
    if (!parse_decimal(number, MILLION / 100, &millionths) || millionths == 0 ||
        millionths > MILLION)
        return fail(r, "'%s' is not a probability from 0.0001%% to 100%%", text);
    r->setting->when.chance = (uint32_t)millionths;
    return true;
}

/* "/3", "x3": not zero. */
static bool parse_count(const struct reader *r, const char *text, uint64_t *count)
{
    if (!cli_parse_unsigned(text + 1, count) || *count == 0)
        return fail(r, "'%s' is not '%c' and a number from 1 on", text, text[0]);
    return true;
}

static bool parse_occurrence(const struct reader *r, const char *text)
{
    struct e1000emu_when *when = &r->setting->when;

    if (!cli_parse_unsigned(text, &when->from) || when->from == 0)
        return fail(r,
                    "'%s' is no time when a fault happens, such as 2s, 1s..3s, 5, 5.., /10, x3 or "
                    "0.1%%",
                    text);
    when->times = 1;
    return true;
}

/* What a part of WHEN speaks of; no two parts may speak of the same. */
enum {
    SAYS_TIME = 1u << 0,
    SAYS_FROM = 1u << 1,
    SAYS_EVERY = 1u << 2,
    SAYS_TIMES = 1u << 3,
    SAYS_CHANCE = 1u << 4
};

static unsigned says(const struct e1000emu_when *when)
{
    return (when->after || when->lasts ? SAYS_TIME : 0u) | (when->from ? SAYS_FROM : 0u) |
           (when->every ? SAYS_EVERY : 0u) | (when->times ? SAYS_TIMES : 0u) |
           (when->chance ? SAYS_CHANCE : 0u);
}

static bool parse_part(const struct reader *r, const char *text)
{
    const size_t length = strlen(text);
    const char *dots = strstr(text, "..");
    uint64_t ns;

    if (dots != NULL)
        return parse_range(r, text, dots);
    if (*text == '/')
        return parse_count(r, text, &r->setting->when.every);
    if (*text == 'x')
        return parse_count(r, text, &r->setting->when.times);
    if (length > 1 && text[length - 1] == '%')
        return parse_chance(r, text);
    if (cli_parse_time(text, &ns))
        return parse_times(r, text, "");
    return parse_occurrence(r, text);
}

static bool add_part(const struct reader *r, const char *text)
{
    struct e1000emu_fault_setting one = {0};
    struct reader reader = *r;
    struct e1000emu_when *when = &r->setting->when;

    reader.setting = &one;
    if (!parse_part(&reader, text))
        return false;
    if (says(when) & says(&one.when))
        return fail(r, "'%s' says again what was said before it", text);
    when->after += one.when.after;
    when->lasts += one.when.lasts;
    when->from += one.when.from;
    when->every += one.when.every;
    when->times += one.when.times;
    when->chance += one.when.chance;
    return true;
}

/* Whether this fault knows such times. */
static bool check_when(const struct reader *r)
{
    const unsigned whens = r->fault->whens, said = says(&r->setting->when);

    if ((said & SAYS_CHANCE && !(whens & E1000EMU_WHEN_CHANCE)) ||
        (said & (SAYS_FROM | SAYS_EVERY | SAYS_TIMES) && !(whens & E1000EMU_WHEN_COUNT)))
        return fail(r, "it takes only times, such as @2s or @1s..3s");
    return true;
}

static bool parse_when(const struct reader *r, const char *text)
{
    char part[WORD];

    for (;;) {
        const size_t length = strcspn(text, ",");

        if (length >= sizeof(part))
            return fail(r, "'%s' is too long", text);
        snprintf(part, sizeof(part), "%.*s", (int)length, text);
        if (!add_part(r, part))
            return false;
        if (text[length] == '\0')
            return check_when(r);
        text += length + 1;
    }
}

/* ---- The whole ---- */

const struct e1000emu_fault *fault_named(const char *name, char *error, size_t error_size)
{
    const char *names[MAX_FAULTS + 1] = {NULL}, *near;
    const struct e1000emu_fault *fault = e1000emu_fault_find(name);

    if (fault != NULL)
        return fault;
    for (size_t i = 0; i < MAX_FAULTS && (fault = e1000emu_fault_at(i)) != NULL; i++)
        names[i] = fault->name;
    near = cli_suggest(name, names);
    if (near != NULL)
        snprintf(error, error_size, "'%s' is no fault; did you mean '%s'?", name, near);
    else
        snprintf(error, error_size, "'%s' is no fault; '" CLI_PROGRAM " faults' lists them", name);
    return NULL;
}

bool fault_parse(const char *text, struct e1000emu_fault_setting *setting, char *error,
                 size_t error_size)
{
    const size_t name_length = strcspn(text, "=@");
    const size_t arg_length = text[name_length] == '=' ? strcspn(text + name_length + 1, "@") : 0;
    const char *arg = text + name_length + 1;
    const char *at = strchr(text, '@');
    struct reader r = {.setting = setting, .error = error, .error_size = error_size};
    char word[WORD];

    *setting = (struct e1000emu_fault_setting){.arg = E1000EMU_FAULT_DEFAULT};
    if (name_length >= sizeof(word) || arg_length >= sizeof(word)) {
        snprintf(error, error_size, "'%s' is too long", text);
        return false;
    }
    snprintf(word, sizeof(word), "%.*s", (int)name_length, text);
    r.fault = fault_named(word, error, error_size);
    if (r.fault == NULL)
        return false;
    setting->name = r.fault->name;
    if (text[name_length] == '=') {
        snprintf(word, sizeof(word), "%.*s", (int)arg_length, arg);
        if (!parse_arg(&r, word))
            return false;
    }
    return at == NULL || parse_when(&r, at + 1);
}

bool fault_option_take(struct fault_options *faults, const struct cli_options *cli)
{
    const char *command = cli->command->name;
    char error[256];

    if (faults->count == E1000EMU_FAULTS_MAX) {
        cli_error(command, "option '--fault': '%s' is one fault too many, %u are possible",
                  cli->value, E1000EMU_FAULTS_MAX);
        return false;
    }
    if (!fault_parse(cli->value, &faults->settings[faults->count], error, sizeof(error))) {
        cli_error(command, "option '--fault': %s", error);
        return false;
    }
    faults->texts[faults->count++] = cli->value;
    return true;
}
