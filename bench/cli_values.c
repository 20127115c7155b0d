/* SPDX-License-Identifier: BSD-2-Clause */
/* Option values: numbers, addresses, words. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"

/* ---- Numbers ------------------------------------------------------------------------------ */

/* a * b + c, or false if that is no uint64_t. */
static bool multiply_add(uint64_t a, uint64_t b, uint64_t c, uint64_t *result)
{
    return !__builtin_mul_overflow(a, b, result) && !__builtin_add_overflow(*result, c, result);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int hex_digit(char c)
{
    if (is_digit(c)) {
        return c - '0';
    }
    c = (char)(c | 0x20); /* lower case, as far as letters go */
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_hex(const char *text, uint64_t *number)
{
    uint64_t n = 0;
    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        int digit = hex_digit(*text);
        if (digit < 0 || !multiply_add(n, 16, (uint64_t)digit, &n)) {
            return false;
        }
    }
    *number = n;
    return true;
}

/* The factor that a suffix stands for, 0: none known. */
static uint64_t factor(const char *suffix)
{
    static const struct {
        const char *suffix;
        uint64_t factor;
    } known[] = {
        {"", 1},         {"k", 1000},     {"K", 1000},     {"M", 1000000},  {"G", 1000000000},
        {"Ki", 1 << 10}, {"ki", 1 << 10}, {"Mi", 1 << 20}, {"Gi", 1 << 30},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].suffix, suffix) == 0) {
            return known[i].factor;
        }
    }
    return 0;
}

/* A decimal number with a fraction, times the factor of what is behind it; whole. */
static bool parse_decimal(const char *text, uint64_t (*factor_of)(const char *suffix),
                          uint64_t *number)
{
    uint64_t digits = 0, divisor = 1; /* the number is digits / divisor * factor */
    if (!is_digit(*text)) {
        return false;
    }
    for (; is_digit(*text); text++) {
        if (!multiply_add(digits, 10, (uint64_t)(*text - '0'), &digits)) {
            return false;
        }
    }
    if (text[0] == '.' && is_digit(text[1])) {
        for (text++; is_digit(*text); text++) {
            if (!multiply_add(digits, 10, (uint64_t)(*text - '0'), &digits) ||
                !multiply_add(divisor, 10, 0, &divisor)) {
                return false;
            }
        }
    }
    uint64_t product;
    uint64_t f = factor_of(text);
    if (f == 0 || !multiply_add(digits, f, 0, &product) || product % divisor != 0) {
        return false;
    }
    *number = product / divisor;
    return true;
}

bool cli_parse_unsigned(const char *text, uint64_t *number)
{
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        return parse_hex(text + 2, number);
    }
    return parse_decimal(text, factor, number);
}

/* Nanoseconds of a unit, 0: none known. */
static uint64_t unit(const char *suffix)
{
    static const struct {
        const char *suffix;
        uint64_t ns;
    } known[] = {
        {"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}, {"min", 60000000000},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].suffix, suffix) == 0) {
            return known[i].ns;
        }
    }
    return 0;
}

bool cli_parse_time(const char *text, uint64_t *ns)
{
    return parse_decimal(text, unit, ns);
}

bool cli_time(const struct cli_options *options, uint64_t max, uint64_t *ns)
{
    uint64_t n;
    if (cli_parse_time(options->value, &n) && n <= max) {
        *ns = n;
        return true;
    }
    cli_error(options->command->name,
              "option '--%s': '%s' is not a time such as 500ns, 20us or 1.5ms, of at most %" PRIu64
              " ms",
              options->name, options->value, max / 1000000);
    return false;
}

bool cli_unsigned(const struct cli_options *options, uint64_t min, uint64_t max, uint64_t *number)
{
    uint64_t n;
    if (cli_parse_unsigned(options->value, &n) && n >= min && n <= max) {
        *number = n;
        return true;
    }
    if (max == UINT64_MAX && min == 0) {
        cli_error(options->command->name, "option '--%s': '%s' is not a whole number",
                  options->name, options->value);
    } else if (max == UINT64_MAX) {
        cli_error(options->command->name,
                  "option '--%s': '%s' is not a whole number from %" PRIu64 " on", options->name,
                  options->value, min);
    } else {
        cli_error(options->command->name,
                  "option '--%s': '%s' is not a whole number from %" PRIu64 " to %" PRIu64,
                  options->name, options->value, min, max);
    }
    return false;
}

/* ---- MAC addresses ------------------------------------------------------------------------ */

bool cli_parse_mac(const char *text, uint8_t mac[6])
{
    uint8_t bytes[6];
    char separator = '\0';
    for (int i = 0; i < 6; i++) {
        if (i == 1 && (*text == ':' || *text == '-')) {
            separator = *text;
        }
        if (i > 0 && separator != '\0' && *text++ != separator) {
            return false;
        }
        int high = hex_digit(text[0]);
        int low = high < 0 ? -1 : hex_digit(text[1]);
        if (low < 0) {
            return false;
        }
        bytes[i] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    if (*text != '\0') {
        return false;
    }
    memcpy(mac, bytes, sizeof bytes);
    return true;
}

bool cli_mac(const struct cli_options *options, uint8_t mac[6])
{
    if (cli_parse_mac(options->value, mac)) {
        return true;
    }
    cli_error(options->command->name,
              "option '--%s': '%s' is not a MAC address such as 00:0c:29:12:34:56", options->name,
              options->value);
    return false;
}

bool cli_station_mac(const struct cli_options *options, uint8_t mac[6])
{
    static const uint8_t zero[6];
    uint8_t bytes[6];
    if (!cli_mac(options, bytes)) {
        return false;
    }
    if ((bytes[0] & 1) != 0 || memcmp(bytes, zero, sizeof zero) == 0) {
        cli_error(options->command->name, "option '--%s': '%s' is %s, not a station's",
                  options->name, options->value,
                  (bytes[0] & 1) != 0 ? "a group address" : "no address");
        return false;
    }
    memcpy(mac, bytes, sizeof bytes);
    return true;
}

/* ---- Words -------------------------------------------------------------------------------- */

int cli_find(const char *text, const char *const *words)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(text, words[i]) == 0) {
            return i;
        }
    }
    return -1;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters must be changed, added, left out or swapped with their neighbour to make b of a;
 * both are shorter than MAX_WORD. */
enum { MAX_WORD = 24 };
static size_t distance(const char *a, const char *b)
{
    size_t rows[3][MAX_WORD + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    size_t width = strlen(b);

    for (size_t j = 0; j <= width; j++) {
        above[j] = j;
        before[j] = 0;
    }
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        row[0] = i;
        for (size_t j = 1; j <= width; j++) {
            size_t change = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = smaller(change, smaller(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = smaller(row[j], before[j - 2] + 1);
            }
        }
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[width];
}

const char *cli_suggest(const char *text, const char *const *words)
{
    const char *best = NULL;
    size_t length = strlen(text);
    size_t least = length / 3 + 1; /* more letters than these are no slip of the fingers */

    if (length >= MAX_WORD) {
        return NULL;
    }
    for (; *words != NULL; words++) {
        size_t word = strlen(*words);
        if (word >= MAX_WORD) {
            continue;
        }
        if (length >= 2 && word > length && strncmp(text, *words, length) == 0) {
            return *words; /* not written to its end */
        }
        size_t d = distance(text, *words);
        if (d < word && d < least + 1 && (best == NULL || d < least)) {
            best = *words;
            least = d;
        }
    }
    return best;
}

void cli_not_one_of(const struct cli_options *options, const char *const *words, const char *also)
{
    char list[256];
    size_t used = 0;
    list[0] = '\0';
    for (size_t i = 0; words[i] != NULL && used < sizeof list; i++) {
        bool last = words[i + 1] == NULL && also == NULL;
        const char *separator = i == 0 ? "" : last ? " or " : ", ";
        int n = snprintf(list + used, sizeof list - used, "%s%s", separator, words[i]);
        used += n > 0 ? (size_t)n : 0;
    }
    const char *near = cli_suggest(options->value, words);
    cli_error(options->command->name, "option '--%s': '%s' is not one of %s%s%s%s%s%s",
              options->name, options->value, list, also != NULL ? " or " : "",
              also != NULL ? also : "", near != NULL ? "; did you mean '" : "",
              near != NULL ? near : "", near != NULL ? "'?" : "");
}

bool cli_choice(const struct cli_options *options, const char *const *words, const char *also,
                int *choice)
{
    int i = cli_find(options->value, words);
    if (i < 0) {
        cli_not_one_of(options, words, also);
        return false;
    }
    *choice = i;
    return true;
}
