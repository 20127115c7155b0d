/* SPDX-License-Identifier: BSD-2-Clause */
/* The regression around its scenarios: the catalogue is in order, the runner survives whatever a
 * scenario does, results are written, read and put together, and the books find what is wrong. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/results.h"
#include "check/runner.h"

static const struct check_setup setup = {
    .driver = &driver_core, .device = &device_emu, .seed = 1, .level = JUDGE_DEEP};

/* ---- The catalogue ---- */

/* Every id is there once, has its form, says what it proves and where it is from, and is played on
 * profiles that there are and that it makes sense on. */
static void catalogue_is_in_order(void **state)
{
    const struct scenario *row, *other;
    size_t count = 0;

    for (; (row = scenario_at(count)) != NULL; count++) {
        char profiles[200], *name, *rest;

        assert_true(strncmp(row->id, "feature/", 8) == 0 || strncmp(row->id, "fault/", 6) == 0 ||
                    strncmp(row->id, "load/", 5) == 0);
        assert_int_equal(strspn(row->id, "abcdefghijklmnopqrstuvwxyz0123456789-/"),
                         strlen(row->id));
        assert_true(strlen(row->title) > 5 && strchr(row->title, '#') == NULL);
        assert_true(strlen(row->proves) > 10 && strlen(row->source) > 3);
        assert_non_null(row->play);
        for (size_t i = 0; i < count; i++) {
            other = scenario_at(i);
            assert_string_not_equal(other->id, row->id);
            assert_string_not_equal(other->title, row->title);
        }
        snprintf(profiles, sizeof(profiles), "%s", row->profiles);
        name = strtok_r(profiles, " ", &rest);
        assert_non_null(name);
        for (; name != NULL; name = strtok_r(NULL, " ", &rest)) {
            const struct e1000emu_profile *profile = e1000emu_profile_find(name);

            assert_non_null(profile);
            if (scenario_misfit(row, profile) != NULL)
                fail_msg("%s on %s: %s", row->id, name, scenario_misfit(row, profile));
        }
    }
    assert_true(count >= 120);
}

/* Each of the thirty field faults has an id of its own. */
static void every_field_fault_is_there(void **state)
{
    for (unsigned n = 1; n <= 30; n++) {
        const struct scenario *row;
        char prefix[16];
        bool found = false;

        snprintf(prefix, sizeof(prefix), "fault/%02u-", n);
        for (size_t i = 0; (row = scenario_at(i)) != NULL; i++)
            found |= strncmp(row->id, prefix, strlen(prefix)) == 0;
        if (!found)
            fail_msg("no scenario %s...", prefix);
    }
}

/* What a sabotage says that it breaks is a rule, and what finds it a scenario. */
static void sabotages_are_in_order(void **state)
{
    const struct sabotage_row *row;
    size_t count = 0;

    for (; (row = sabotage_at(count)) != NULL; count++) {
        const struct scenario *scenario;
        bool found = false;

        assert_non_null(e1000emu_rule_find(row->rule));
        assert_int_equal(e1000emu_rule_find(row->rule)->severity, E1000EMU_VIOLATION);
        for (size_t i = 0; (scenario = scenario_at(i)) != NULL; i++)
            found |= strcmp(scenario->id, row->scenario) == 0;
        assert_true(found);
    }
    assert_true(count >= 10);
}

/* ---- The runner ---- */

static void passes(struct stage *stage)
{
    expect_equal(stage, 7, 7, "seven");
}

static void fails(struct stage *stage)
{
    stage_up(stage);
    expect_equal(stage, 8, 7, "the number of things");
}

static void skips(struct stage *stage)
{
    stage_skip(stage, "not %s", "today");
}

static void crashes(struct stage *stage)
{
    fprintf(stderr, "last words\n");
    abort();
}

static void hangs(struct stage *stage)
{
    for (;;)
        pause();
}

static void asks_nothing(struct stage *stage)
{
}

static void leaves_early(struct stage *stage)
{
    exit(3);
}

static void loses(struct stage *stage)
{
    uint8_t frame[100];

    stage_up(stage);
    stage_make(stage, frame, sizeof(frame), stage_everybody);
    stage_announce(stage, frame, sizeof(frame)); /* and nobody sends it */
    stage_settle(stage);
}

static void damages(struct stage *stage)
{
    uint8_t frame[100], other[100];

    stage_up(stage);
    stage_make(stage, frame, sizeof(frame), NULL);
    memcpy(other, frame, sizeof(other));
    other[50] ^= 1;
    stage_arrive_as(stage, frame, sizeof(frame), 0, other, sizeof(other));
    stage_settle(stage);
}

static void keeps_memory(struct stage *stage)
{
    struct e1000_dma memory;

    stage_up(stage);
    expect_equal(stage, (uint64_t)dmamem_alloc(stage->session.memory, 4096, 4096, 0, &memory), 0,
                 "allocating");
}

static void breaks_a_rule(struct stage *stage)
{
    stage_up(stage);
    stage->device->ops->write32(stage->device, 0x2818, 5000); /* RDT */
    stage_run(stage, BENCH_US);
}

#define ROW(name, function, needs)                                                \
    {                                                                             \
        "test/" name, name, "It does.", "here", "silicon vmware", needs, function \
    }

static const struct scenario plays[] = {
    ROW("passes", passes, 0),
    ROW("fails", fails, 0),
    ROW("skips", skips, 0),
    ROW("crashes", crashes, 0),
    ROW("asks-nothing", asks_nothing, 0),
    ROW("leaves-early", leaves_early, 0),
    ROW("loses", loses, 0),
    ROW("damages", damages, 0),
    ROW("keeps-memory", keeps_memory, 0),
    ROW("breaks-a-rule", breaks_a_rule, 0),
    ROW("hangs", hangs, 0),
    ROW("light", passes, NEEDS_LIGHT),
};
enum { PASSES, FAILS, SKIPS, CRASHES, NOTHING, EARLY, LOSES, DAMAGES, KEEPS, RULE, HANGS, LIGHT };

struct seen {
    unsigned count, stop_at;
};

static void on_done(void *opaque, unsigned i, const struct outcome *outcome)
{
    struct seen *seen = opaque;

    assert_int_equal(i, seen->count); /* in order */
    assert_int_not_equal(outcome->status, CHECK_NOT_RUN);
    seen->count++;
}

static bool on_stop(void *opaque)
{
    const struct seen *seen = opaque;

    return seen->stop_at != 0 && seen->count >= seen->stop_at;
}

/* Plays some of them. */
static struct outcome *play(struct runner *runner, const int *which, unsigned count,
                            struct seen *seen)
{
    static const struct scenario *list[64];
    struct outcome *outcomes;

    for (unsigned i = 0; i < count; i++)
        list[i] = &plays[which[i]];
    runner->scenarios = list;
    runner->count = count;
    runner->done = on_done;
    runner->stop = on_stop;
    runner->opaque = seen;
    if (runner->setup == NULL)
        runner->setup = &setup;
    assert_int_equal(runner_run(runner, &outcomes), seen->stop_at != 0 ? seen->stop_at : count);
    return outcomes;
}

/* Each outcome is told apart, in order, however many play at a time; a crash is one scenario's. */
static void each_outcome_is_its_own(void **state)
{
    static const int which[] = {PASSES, FAILS,   SKIPS, CRASHES, NOTHING, EARLY,
                                LOSES,  DAMAGES, KEEPS, RULE,    PASSES};
    static const struct {
        enum check_status status;
        const char *message;
    } wanted[] = {
        {CHECK_PASS, ""},
        {CHECK_FAIL, "the number of things: expected 7, got 8"},
        {CHECK_SKIP, "not today"},
        {CHECK_CRASH, "signal"},
        {CHECK_FAIL, "the scenario asked nothing"},
        {CHECK_CRASH, "status 3"},
        {CHECK_FAIL, "1 not sent"},
        {CHECK_FAIL, "damaged"},
        {CHECK_FAIL, "pieces of DMA memory that the driver kept: expected 0, got 1"},
        {CHECK_FAIL, "rule tail-outside-ring"},
        {CHECK_PASS, ""},
    };

    for (unsigned jobs = 1; jobs <= 4; jobs += 3) {
        struct runner runner = {.jobs = jobs, .timeout_s = 60};
        struct seen seen = {0};
        struct outcome *outcomes = play(&runner, which, 11, &seen);

        for (unsigned i = 0; i < 11; i++) {
            if (outcomes[i].status != (uint32_t)wanted[i].status ||
                strstr(outcomes[i].message, wanted[i].message) == NULL)
                fail_msg("%s: status %u: %s", plays[which[i]].id, outcomes[i].status,
                         outcomes[i].message);
        }
        assert_non_null(strstr(outcomes[3].details, "last words"));
        assert_string_equal(outcomes[9].rule, "tail-outside-ring");
        assert_non_null(strstr(outcomes[9].details, "write RDT = 0x00001388"));
        assert_non_null(strstr(outcomes[1].details, "the last accesses"));
        assert_string_equal(outcomes[1].profile, "silicon");
        runner_free(&runner, outcomes);
    }
}

/* One that never ends is ended. */
static void a_hang_is_ended(void **state)
{
    static const int which[] = {HANGS};
    struct runner runner = {.jobs = 1, .timeout_s = 0};
    struct seen seen = {0};
    struct outcome *outcomes = play(&runner, which, 1, &seen);

    assert_int_equal(outcomes[0].status, CHECK_CRASH);
    assert_non_null(strstr(outcomes[0].message, "expected an end within 0 s"));
    runner_free(&runner, outcomes);
}

/* Stopped in the middle, what was reported stays, and no process is left. */
static void a_run_is_stopped(void **state)
{
    static const int which[] = {PASSES, PASSES, HANGS, PASSES};
    struct runner runner = {.jobs = 2, .timeout_s = 60};
    struct seen seen = {.stop_at = 2};
    struct outcome *outcomes = play(&runner, which, 4, &seen);

    assert_int_equal(seen.count, 2);
    assert_int_equal(outcomes[0].status, CHECK_PASS);
    runner_free(&runner, outcomes);
}

/* On a profile that it makes no sense on, a scenario is skipped with a reason. */
static void misfits_are_skipped(void **state)
{
    static const int which[] = {LIGHT, PASSES};
    struct check_setup copper = setup;
    struct runner runner = {.setup = &copper, .jobs = 1, .timeout_s = 60};
    struct seen seen = {0};
    struct outcome *outcomes;

    copper.profile = e1000emu_profile_find("silicon");
    outcomes = play(&runner, which, 2, &seen);
    assert_int_equal(outcomes[0].status, CHECK_SKIP);
    assert_string_equal(outcomes[0].message, "the board is a copper one");
    assert_int_equal(outcomes[1].status, CHECK_PASS);
    runner_free(&runner, outcomes);
}

/* ---- Results ---- */

#define TOTAL 7u

static struct outcome some[TOTAL];
static struct check_result lines[TOTAL];

static struct check_results make_results(void)
{
    static const char *const ids[TOTAL] = {"feature/a", "feature/b", "fault/01-c", "fault/02-d",
                                           "load/e",    "load/f",    "load/g"};

    for (unsigned i = 0; i < TOTAL; i++) {
        some[i] = (struct outcome){.status = i % 4 + 1,
                                   .checks = i,
                                   .frames = 10 * i,
                                   .accesses = 100 * i,
                                   .virtual_ns = 15000000001u * i,
                                   .wall_us = 1000 * i};
        if (some[i].status != CHECK_PASS)
            snprintf(some[i].message, sizeof(some[i].message),
                     "expected <'%u'> & \"more\", got \x01 \xff", i);
        if (some[i].status == CHECK_FAIL) {
            snprintf(some[i].rule, sizeof(some[i].rule), "mdic-busy");
            snprintf(some[i].details, sizeof(some[i].details), "one\ntwo: <3>\n");
            snprintf(some[i].profile, sizeof(some[i].profile), "silicon");
        }
        lines[i] = (struct check_result){
            .number = i + 1, .id = ids[i], .title = "a title", .outcome = &some[i]};
    }
    return (struct check_results){.driver = "core",
                                  .device = "emu",
                                  .level = "deep",
                                  .filter = "",
                                  .seed = 5,
                                  .total = TOTAL,
                                  .shard = 1,
                                  .shards = 1,
                                  .results = lines,
                                  .count = TOTAL};
}

static char *tap_of(const struct check_results *results)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    assert_non_null(stream);
    results_tap_begin(stream, results, results->count);
    for (size_t i = 0; i < results->count; i++)
        results_tap_line(stream, results, &results->results[i], i + 1);
    results_tap_end(stream, results);
    fclose(stream);
    return text;
}

/* One line for each, diagnosis for those that failed, skips with their reason. */
static void tap_tells_all(void **state)
{
    const struct check_results results = make_results();
    char *text = tap_of(&results);

    assert_non_null(strstr(text, "TAP version 13\n1..7\n"));
    assert_non_null(strstr(text, "\nok 1 - feature/a: a title\n"));
    assert_non_null(strstr(text, "\nok 2 - feature/b: a title # SKIP expected <'1'>"));
    assert_non_null(strstr(text, "\nnot ok 3 - fault/01-c: a title\n  ---\n"));
    assert_non_null(strstr(text, "  message: 'expected <''2''> & \"more\", got   "));
    assert_non_null(strstr(text, "  rule: 'mdic-busy'\n"));
    assert_non_null(strstr(text, "  repeat: 'e1000bench check --seed 5 --filter fault/01-c'\n"));
    assert_non_null(strstr(text, "  details: |\n    one\n    two: <3>\n  ...\n"));
    assert_non_null(strstr(text, "  severity: 'crash'\n"));
    assert_non_null(strstr(text, "# 2 passed, 3 failed, 2 skipped\n"));
    assert_null(strstr(text, "Bail out!"));
    free(text);
}

/* The command that repeats one says all that was not the default. */
static void command_repeats(void **state)
{
    struct check_results results = make_results();
    char text[300];

    results.profile = "silicon";
    results.sabotage = "mdic-twice";
    results.level = "on";
    results_command(&results, "load/e", text, sizeof(text));
    assert_string_equal(text, "e1000bench check --seed 5 --profile silicon --check on --sabotage "
                              "mdic-twice --filter load/e");
}

static void temporary(char path[64], const char *content)
{
    FILE *stream;

    snprintf(path, 64, "/tmp/test-check-XXXXXX");
    stream = fdopen(mkstemp(path), "w");
    assert_non_null(stream);
    fputs(content, stream);
    assert_int_equal(fclose(stream), 0);
}

/* JUnit's file is XML, with the right sums, whatever bytes a message holds. */
static void junit_is_xml(void **state)
{
    const struct check_results results = make_results();
    char path[64], error[200];
    xmlDocPtr document;
    xmlNodePtr suite;

    temporary(path, "");
    assert_int_equal(results_write_junit(path, &results, error, sizeof(error)), 0);
    document = xmlReadFile(path, NULL, 0);
    assert_non_null(document);
    suite = xmlFirstElementChild(xmlDocGetRootElement(document));
    xmlChar *tests = xmlGetProp(suite, (const xmlChar *)"tests");
    xmlChar *failures = xmlGetProp(suite, (const xmlChar *)"failures");
    xmlChar *errors = xmlGetProp(suite, (const xmlChar *)"errors");
    assert_string_equal((const char *)tests, "7");
    assert_string_equal((const char *)failures, "2");
    assert_string_equal((const char *)errors, "1");
    assert_int_equal(xmlChildElementCount(suite), 7);
    xmlFree(tests);
    xmlFree(failures);
    xmlFree(errors);
    xmlFreeDoc(document);
    unlink(path);
    assert_int_equal(results_write_junit("/no/such/folder/file", &results, error, sizeof(error)),
                     -1);
    assert_non_null(strstr(error, "/no/such/folder/file: No such file"));
}

/* What is written is what is read. */
static void json_comes_back(void **state)
{
    const struct check_results results = make_results();
    struct check_results read;
    char path[64], again[64], error[200], *before, *after;

    temporary(path, "");
    temporary(again, "");
    assert_int_equal(results_write_json(path, &results, error, sizeof(error)), 0);
    assert_int_equal(results_read_json(path, &read, error, sizeof(error)), 0);
    assert_int_equal(read.count, TOTAL);
    assert_int_equal(read.seed, 5);
    assert_null(read.profile);
    for (unsigned i = 0; i < TOTAL; i++) {
        assert_string_equal(read.results[i].id, lines[i].id);
        assert_int_equal(read.results[i].outcome->status, some[i].status);
        assert_int_equal(read.results[i].outcome->accesses, some[i].accesses);
        assert_int_equal(read.results[i].outcome->virtual_ns, some[i].virtual_ns);
        assert_string_equal(read.results[i].outcome->details, some[i].details);
    }
    before = tap_of(&read);
    assert_int_equal(results_write_json(again, &read, error, sizeof(error)), 0);
    results_free(&read);
    assert_int_equal(results_read_json(again, &read, error, sizeof(error)), 0);
    after = tap_of(&read);
    assert_string_equal(before, after);
    results_free(&read);
    free(before);
    free(after);
    unlink(path);
    unlink(again);
}

/* A file that is something else is refused in a line that names it. */
static void bad_json_is_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "{",
        "[]",
        "{}",
        "{\"format\": \"something\"}",
        "{\"format\": \"e1000bench-check\", \"version\": 2, \"driver\": \"core\", \"device\": "
        "\"emu\", \"check\": \"on\", \"filter\": \"\", \"seed\": 1, \"total\": 1, \"shard\": 1, "
        "\"shards\": 1, \"interrupted\": false, \"duration_s\": 1.0, \"results\": []}",
        "{\"format\": \"e1000bench-check\", \"version\": 1, \"driver\": \"core\", \"device\": "
        "\"emu\", \"check\": \"on\", \"filter\": \"\", \"seed\": 1, \"total\": 1, \"shard\": 1, "
        "\"shards\": 1, \"interrupted\": false, \"duration_s\": 1.0, \"results\": [{}]}",
        "{\"format\": \"e1000bench-check\", \"version\": 1, \"driver\": \"core\", \"device\": "
        "\"emu\", \"check\": \"on\", \"filter\": \"\", \"seed\": 1, \"total\": 1, \"shard\": 2, "
        "\"shards\": 1, \"interrupted\": false, \"duration_s\": 1.0, \"results\": []}"};
    struct check_results read;
    char path[64], error[300];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        temporary(path, rows[i]);
        assert_int_equal(results_read_json(path, &read, error, sizeof(error)), -1);
        assert_int_equal(strncmp(error, path, strlen(path)), 0);
        assert_null(strchr(error, '\n'));
        unlink(path);
    }
    assert_int_equal(results_read_json("/no/such/file", &read, error, sizeof(error)), -1);
}

/* ---- Merging ---- */

/* The I-th of so many parts of the results. */
static struct check_results shard_of(const struct check_results *whole, unsigned shard,
                                     unsigned shards, struct check_result *room)
{
    struct check_results part = *whole;

    part.shard = shard;
    part.shards = shards;
    part.results = room;
    part.count = 0;
    for (unsigned i = shard - 1; i < TOTAL; i += shards)
        room[part.count++] = whole->results[i];
    return part;
}

static const char *const paths[] = {"1.json", "2.json", "3.json"};

/* In any order the parts give the whole. */
static void shards_give_the_whole(void **state)
{
    static const unsigned orders[][3] = {{1, 2, 3}, {3, 1, 2}, {2, 3, 1}};
    const struct check_results whole = make_results();
    char *wanted = tap_of(&whole);

    for (unsigned order = 0; order < 3; order++) {
        struct check_result room[3][TOTAL];
        struct check_results parts[3], merged;
        char error[200], *got;

        for (unsigned i = 0; i < 3; i++)
            parts[i] = shard_of(&whole, orders[order][i], 3, room[i]);
        assert_int_equal(results_merge(parts, paths, 3, &merged, error, sizeof(error)), 0);
        got = tap_of(&merged);
        assert_string_equal(got, wanted);
        free(got);
        results_free(&merged);
    }
    free(wanted);
}

/* What is not one run, or not all of it, is refused. */
static void wrong_shards_are_refused(void **state)
{
    static const char *const messages[] = {
        "shard 3 of 3 is missing",
        "2.json: scenario feature/a was in another file already",
        "1.json and 3.json are of different runs: not the same seed",
        "1.json and 2.json are of different runs: not the same profile",
        "1.json and 3.json are of different runs: not the same number of scenarios or shards",
        "1 of 7 scenarios are missing",
    };

    for (unsigned i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
        const struct check_results whole = make_results();
        struct check_result room[3][TOTAL];
        struct check_results parts[3], merged;
        char error[200];

        for (unsigned k = 0; k < 3; k++)
            parts[k] = shard_of(&whole, k + 1, 3, room[k]);
        if (i == 1)
            parts[1] = shard_of(&whole, 1, 3, room[1]);
        if (i == 2)
            parts[2].seed = 6;
        if (i == 3)
            parts[1].profile = "qemu";
        if (i == 4)
            parts[2].total = 8;
        if (i == 5)
            parts[1].count--;
        assert_int_equal(results_merge(parts, paths, i == 0 ? 2 : 3, &merged, error, sizeof(error)),
                         -1);
        assert_string_equal(error, messages[i]);
    }
}

/* An interrupted part makes an interrupted whole. */
static void an_interrupted_shard_stays_so(void **state)
{
    const struct check_results whole = make_results();
    struct check_result room[2][TOTAL];
    struct check_results parts[2], merged;
    char error[200], *text;

    for (unsigned k = 0; k < 2; k++)
        parts[k] = shard_of(&whole, k + 1, 2, room[k]);
    parts[1].count = 1;
    parts[1].interrupted = true;
    assert_int_equal(results_merge(parts, paths, 2, &merged, error, sizeof(error)), 0);
    assert_int_equal(merged.count, 5);
    assert_true(merged.interrupted);
    text = tap_of(&merged);
    assert_non_null(strstr(text, "Bail out! interrupted\n"));
    free(text);
    results_free(&merged);
}

/* ---- The books ---- */

/* A driver that does what it is told wrong. */
static struct {
    unsigned taken, reaped;
    void *cookies[4];
    struct e1000_frag frags[4];
    unsigned received;
    uint64_t takes_ns;
} wrong;

static struct bench_clock clock_of_books;
static char complaint[200];

static unsigned wrong_transmit(struct driver *driver, const struct e1000_frag *frags,
                               unsigned count)
{
    return wrong.taken;
}

static unsigned wrong_reap(struct driver *driver, void **cookies, unsigned max)
{
    memcpy(cookies, wrong.cookies, wrong.reaped * sizeof(cookies[0]));
    return wrong.reaped;
}

static unsigned wrong_receive(struct driver *driver, struct e1000_frag *frags, unsigned max)
{
    memcpy(frags, wrong.frags, wrong.received * sizeof(frags[0]));
    return wrong.received;
}

static void wrong_recycle(struct driver *driver, const struct e1000_frag *frags, unsigned count)
{
}

static uint64_t wrong_tick(struct driver *driver)
{
    clock_of_books.now += wrong.takes_ns;
    return BENCH_NEVER;
}

static void on_complaint(void *opaque, const char *line)
{
    if (complaint[0] == '\0')
        snprintf(complaint, sizeof(complaint), "%s", line);
}

static const struct driver_ops wrong_ops = {.transmit = wrong_transmit,
                                            .reap = wrong_reap,
                                            .receive = wrong_receive,
                                            .recycle = wrong_recycle,
                                            .tick = wrong_tick};

/* Cookies out of order or from nowhere, parts of frames, buffers that are lent twice, calls that
 * last: each is told of. */
static void books_find_what_is_wrong(void **state)
{
    static const char *const words[] = {
        "",
        "part of a frame: 1 of 2",
        "but the driver has none",
        "expected 0x1",
        "lent already",
        "gave part of a frame",
        "kept its caller for 3000 us",
    };

    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        struct device device = {.clock = &clock_of_books};
        struct driver driver = {.ops = &wrong_ops, .device = &device};
        struct e1000_frag frags[2] = {{.cookie = (void *)1},
                                      {.cookie = (void *)2, .flags = E1000_FRAG_EOP}};
        void *cookies[4];
        struct books books;

        memset(&wrong, 0, sizeof(wrong));
        complaint[0] = '\0';
        assert_int_equal(books_open(&books, &driver, on_complaint, NULL), 0);
        wrong.taken = i == 1 ? 1 : 2;
        if (i != 2)
            driver.ops->transmit(&driver, frags, 2);
        wrong.reaped = i <= 3 && i != 1 ? 2 : 0;
        wrong.cookies[0] = i == 3 ? (void *)2 : (void *)1;
        wrong.cookies[1] = (void *)2;
        driver.ops->reap(&driver, cookies, 4);
        wrong.received = 2;
        for (unsigned k = 0; k < 2; k++)
            wrong.frags[k] = (struct e1000_frag){.cookie = (void *)(uintptr_t)(k + 1),
                                                 .bus = 0x1000 + (i == 4 ? 50 : 100) * k,
                                                 .length = 100,
                                                 .flags = i == 5 ? 0 : E1000_FRAG_EOP};
        driver.ops->receive(&driver, frags, 2);
        driver.ops->recycle(&driver, frags, 2);
        wrong.takes_ns = i == 6 ? 3 * BENCH_MS : BENCH_MS;
        driver.ops->tick(&driver);
        if (i == 0)
            assert_string_equal(complaint, "");
        else if (strstr(complaint, words[i]) == NULL)
            fail_msg("'%s' where '%s' was expected", complaint, words[i]);
        assert_int_equal(books.lent_count, 0);
        books_close(&books);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(catalogue_is_in_order),
        cmocka_unit_test(every_field_fault_is_there),
        cmocka_unit_test(sabotages_are_in_order),
        cmocka_unit_test(each_outcome_is_its_own),
        cmocka_unit_test(a_hang_is_ended),
        cmocka_unit_test(a_run_is_stopped),
        cmocka_unit_test(misfits_are_skipped),
        cmocka_unit_test(tap_tells_all),
        cmocka_unit_test(command_repeats),
        cmocka_unit_test(junit_is_xml),
        cmocka_unit_test(json_comes_back),
        cmocka_unit_test(bad_json_is_refused),
        cmocka_unit_test(shards_give_the_whole),
        cmocka_unit_test(wrong_shards_are_refused),
        cmocka_unit_test(an_interrupted_shard_stays_so),
        cmocka_unit_test(books_find_what_is_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
