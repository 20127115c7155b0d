/* SPDX-License-Identifier: BSD-2-Clause */
/* The tags of generated frames, and what is made of those that came through. */
#include "gen.h"
#include "gen_tag.h"

#include <stdio.h>
#include <string.h>

#define ADDRESSES 12u
#define LANES     4u
#define PRIME     0x9E3779B97F4A7C15ull

/* ---- Tags ---- */

static uint64_t load64(const uint8_t *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof(word));
    return word;
}

static uint64_t mix(uint64_t sum, uint64_t word)
{
    sum = (sum ^ word) * PRIME;
    return sum ^ sum >> 29;
}

static uint64_t load_address(const uint8_t *bytes)
{
    uint64_t word = 0;

    memcpy(&word, bytes, 6);
    return mix(PRIME, word);
}

uint32_t gen_sum(const uint8_t *bytes, uint32_t length)
{
    uint64_t lanes[LANES] = {1, 2, 3, 4}, sum = load_address(bytes) + load_address(bytes + 6);
    uint32_t at = ADDRESSES;

    for (; length - at >= 8 * LANES; at += 8 * LANES)
        for (uint32_t i = 0; i < LANES; i++)
            lanes[i] = mix(lanes[i], load64(bytes + at + 8 * i));
    for (uint32_t i = 0; i < LANES; i++)
        sum = mix(sum, lanes[i]);
    for (; length - at >= 8; at += 8)
        sum = mix(sum, load64(bytes + at));
    for (; at < length; at++)
        sum = mix(sum, bytes[at]);
    return (uint32_t)(sum ^ sum >> 32);
}

static void put(uint8_t *bytes, uint64_t value, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        bytes[i] = (uint8_t)(value >> 8 * (count - 1 - i));
}

static uint64_t get(const uint8_t *bytes, unsigned count)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

void gen_put_tag(uint8_t *bytes, uint32_t length, uint32_t mark, uint64_t number, bool summed)
{
    uint8_t *tag = bytes + length - GEN_TAG;
    uint32_t sum = 0, balance = 0;

    put(tag, mark, 2);
    put(tag + 2, number, 6);
    if (summed) {
        sum = gen_sum(bytes, length - GEN_TAG + GEN_TAG_SUM);
        balance = (sum >> 16) + (sum & 0xffff);
        balance = 0xffff - ((balance & 0xffff) + (balance >> 16));
    }
    put(tag + 8, sum, 4);
    put(tag + 12, balance, 2);
}

/* ---- What came through ---- */

static bool in_window(const struct gen_seen *seen, uint64_t number)
{
    return (seen->window[number % GEN_WINDOW / 64] >> number % 64 & 1) != 0;
}

static void mark(struct gen_seen *seen, uint64_t number)
{
    seen->window[number % GEN_WINDOW / 64] |= 1ull << number % 64;
}

/* The window moves up to a number; those that were passed over are not there yet. */
static void move_to(struct gen_seen *seen, uint64_t number)
{
    if (number - seen->next >= GEN_WINDOW)
        memset(seen->window, 0, sizeof(seen->window));
    else
        for (uint64_t n = seen->next; n <= number; n++)
            seen->window[n % GEN_WINDOW / 64] &= ~(1ull << n % 64);
    seen->next = number + 1;
}

static void count(struct gen_seen *seen, uint64_t number)
{
    if (number >= seen->next) {
        move_to(seen, number);
    } else if (seen->next - number > GEN_WINDOW || in_window(seen, number)) {
        seen->duplicated++;
        return;
    } else {
        seen->reordered++;
    }
    mark(seen, number);
    seen->tagged++;
}

void gen_look(struct gen_seen *seen, const uint8_t *bytes, uint32_t length)
{
    const uint8_t *tag = bytes + length - GEN_TAG;
    uint64_t number;

    seen->frames++;
    seen->bytes += length;
    if (seen->deaf)
        return;
    if (length < ADDRESSES + 2 + GEN_TAG ||
        (get(tag, 2) != GEN_MARK && get(tag, 2) != GEN_MARK_FORBID)) {
        seen->untagged++;
        return;
    }
    number = get(tag + 2, 6);
    if (!seen->blind && get(tag + 8, 4) != gen_sum(bytes, length - GEN_TAG + GEN_TAG_SUM))
        seen->damaged++;
    else if (get(tag, 2) == GEN_MARK_FORBID)
        seen->forbidden++;
    else
        count(seen, number);
}

/* ---- In words ---- */

static int add(char *line, size_t size, int n, const char *what, uint64_t number)
{
    if (number == 0 || n < 0 || (size_t)n >= size)
        return n;
    return n + snprintf(line + n, size - (size_t)n, ", %llu %s", (unsigned long long)number, what);
}

int gen_line(const struct gen *gen, const struct gen_seen *seen, char *line, size_t size)
{
    uint64_t bad = 0;
    int n;

    for (unsigned i = GEN_GOOD + 1; i < GEN_BADS; i++)
        bad += gen->bads[i];
    n = snprintf(line, size, "%llu frames generated", (unsigned long long)gen->made);
    n = add(line, size, n, "of them malformed", bad);
    if (n >= 0 && (size_t)n < size)
        n += snprintf(line + n, size - (size_t)n, "; %llu came", (unsigned long long)seen->frames);
    n = add(line, size, n, "without a number", seen->untagged);
    n = add(line, size, n, "missing", gen_missing(seen));
    n = add(line, size, n, "twice", seen->duplicated);
    n = add(line, size, n, "late", seen->reordered);
    n = add(line, size, n, "damaged", seen->damaged);
    return add(line, size, n, "that should have been dropped", seen->forbidden);
}
