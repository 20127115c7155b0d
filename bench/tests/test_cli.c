/* SPDX-License-Identifier: BSD-2-Clause */
/* Command lines: what is taken, and what is said about what isn't. */
#define _GNU_SOURCE
#include "cli.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "files.h"

/* ---- Helpers ------------------------------------------------------------------------------ */

/* What was printed meanwhile on stdout and stderr. */
static struct {
    int out, err;
    char text[4096];
} printed;

static void listen(void)
{
    printed.out = redirect(STDOUT_FILENO, "out", O_WRONLY | O_CREAT | O_TRUNC);
    printed.err = redirect(STDERR_FILENO, "err", O_WRONLY | O_CREAT | O_TRUNC);
}

static const char *take(const char *name)
{
    struct bytes b = slurp(name);
    assert_true(b.length < sizeof printed.text);
    if (b.length > 0) {
        memcpy(printed.text, b.data, b.length);
    }
    printed.text[b.length] = '\0';
    free(b.data);
    return printed.text;
}

static void heard(void)
{
    fflush(stdout);
    fflush(stderr);
    restore(STDOUT_FILENO, printed.out);
    restore(STDERR_FILENO, printed.err);
}

static int run_replay(const struct cli_command *self, int argc, char **argv);

static const struct cli_command commands[] = {
    {"run", "runs all", "Usage: e1000bench run\n", run_replay},
    {"replay", "replays a capture", "Usage: e1000bench replay IN\n", run_replay},
    {.name = NULL},
};

static const struct option table[] = {
    CLI_HELP_OPTION,
    {"rate", required_argument, NULL, 'r'},
    {"ring", required_argument, NULL, 'n'},
    {"raw-runts", no_argument, NULL, 'R'},
    {"mac", required_argument, NULL, 'm'},
    {NULL, 0, NULL, 0},
};

static const char *const rates[] = {"max", "line", "capture", NULL};

/* What run_replay() made of its command line. */
static struct {
    int rate;
    uint64_t ring;
    bool raw;
    uint8_t mac[6];
    char operand[64];
} got;

static int run_replay(const struct cli_command *self, int argc, char **argv)
{
    struct cli_options options = {.command = self, .table = table, .argc = argc, .argv = argv};
    bool ok = true;
    int option;
    memset(&got, 0, sizeof got);
    while ((option = cli_next_option(&options)) > 0) {
        switch (option) {
        case 'r':
            ok = cli_choice(&options, rates, "a number of frames per second", &got.rate) && ok;
            break;
        case 'n':
            ok = cli_unsigned(&options, 8, 4096, &got.ring) && ok;
            break;
        case 'm':
            ok = cli_station_mac(&options, got.mac) && ok;
            break;
        default:
            got.raw = true;
        }
    }
    if (option == CLI_HELP) {
        return CLI_OK;
    }
    if (option == CLI_BAD_OPTION || !ok || !cli_check_operands(&options, 1, 1, "IN")) {
        return CLI_USAGE;
    }
    snprintf(got.operand, sizeof got.operand, "%s", options.operands[0]);
    return CLI_OK;
}

enum { MAX_WORDS = 12 };

/* Runs a command line of words separated by blanks. */
static int run(const char *line)
{
    char copy[256];
    char *argv[MAX_WORDS + 1] = {NULL};
    int argc = 0;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word != NULL && argc < MAX_WORDS;
         word = strtok(NULL, " ")) {
        argv[argc++] = word;
    }
    listen();
    int status = cli_main(commands, "1.2.3", argc, argv);
    heard();
    return status;
}

static void check(const char *line, int status, const char *out, const char *err)
{
    int s = run(line);
    assert_string_equal(take("err"), err);
    assert_string_equal(take("out"), out);
    assert_int_equal(s, status);
}

/* ---- Commands ----------------------------------------------------------------------------- */

static void help_and_version_go_to_standard_output(void **state)
{
    check("e1000bench --version", CLI_OK, "e1000bench 1.2.3\n", "");
    check("e1000bench -V", CLI_OK, "e1000bench 1.2.3\n", "");
    check("e1000bench help replay", CLI_OK, "Usage: e1000bench replay IN\n", "");
    check("e1000bench replay --help", CLI_OK, "Usage: e1000bench replay IN\n", "");
    check("e1000bench replay -h", CLI_OK, "Usage: e1000bench replay IN\n", "");
    for (int i = 0; i < 3; i++) {
        static const char *const lines[] = {"e1000bench --help", "e1000bench -h",
                                            "e1000bench help"};
        assert_int_equal(run(lines[i]), CLI_OK);
        assert_string_equal(take("err"), "");
        const char *text = take("out");
        assert_non_null(strstr(text, "\n  run         runs all\n"));
        assert_non_null(strstr(text, "\n  replay      replays a capture\n"));
    }
}

static void wrong_commands(void **state)
{
    check("e1000bench", CLI_USAGE, "",
          "e1000bench: no command given; 'e1000bench --help' lists them\n");
    check("e1000bench reply", CLI_USAGE, "",
          "e1000bench: unknown command 'reply'; did you mean 'replay'?\n");
    check("e1000bench help rnu", CLI_USAGE, "",
          "e1000bench: unknown command 'rnu'; did you mean 'run'?\n");
    check("e1000bench xyzzy", CLI_USAGE, "",
          "e1000bench: unknown command 'xyzzy'; 'e1000bench --help' lists the commands\n");
    check("e1000bench --verbose", CLI_USAGE, "",
          "e1000bench: unknown option '--verbose'; 'e1000bench --help' lists the commands\n");
}

static void output_that_nobody_gets_is_an_error(void **state)
{
    char *argv[] = {(char[]){"e1000bench"}, (char[]){"--help"}, NULL};
    printed.err = redirect(STDERR_FILENO, "err", O_WRONLY | O_CREAT | O_TRUNC);
    printed.out = redirect(STDOUT_FILENO, "/dev/full", O_WRONLY);
    int status = cli_main(commands, "1", 2, argv);
    clearerr(stdout);
    heard();
    assert_int_equal(status, CLI_IO);
    assert_string_equal(take("err"), "e1000bench: standard output: No space left on device\n");
}

static int fail_early(const struct cli_command *self, int argc, char **argv)
{
    printf("lost");
    fflush(stdout);
    return strcmp(argv[1], "told") == 0 ? CLI_IO : CLI_OK;
}

/* An error that lies back is told, unless the command has done so. */
static void output_that_was_lost_earlier_is_told_once(void **state)
{
    static const struct cli_command failing[] = {{"fail", "", "", fail_early}, {.name = NULL}};
    for (int told = 0; told < 2; told++) {
        char *argv[] = {(char[]){"e1000bench"}, (char[]){"fail"},
                        told ? (char[]){"told"} : (char[]){"untold"}, NULL};
        printed.err = redirect(STDERR_FILENO, "err", O_WRONLY | O_CREAT | O_TRUNC);
        printed.out = redirect(STDOUT_FILENO, "/dev/full", O_WRONLY);
        int status = cli_main(failing, "1", 3, argv);
        clearerr(stdout);
        heard();
        assert_int_equal(status, CLI_IO);
        assert_string_equal(
            take("err"),
            told ? "" : "e1000bench: standard output: not everything could be written\n");
    }
}

/* ---- Options ------------------------------------------------------------------------------ */

static void options_stand_anywhere_and_can_be_abbreviated(void **state)
{
    static const uint8_t mac[6] = {0, 0x0c, 0x29, 0xab, 0xcd, 0xef};
    check("e1000bench replay --ring=64 in.pcap --rate line --raw --mac 00:0c:29:aB:Cd:ef", CLI_OK,
          "", "");
    assert_int_equal(got.ring, 64);
    assert_int_equal(got.rate, 1);
    assert_true(got.raw);
    assert_memory_equal(got.mac, mac, 6);
    assert_string_equal(got.operand, "in.pcap");
    check("e1000bench replay -- --ring", CLI_OK, "", "");
    assert_string_equal(got.operand, "--ring");
    assert_int_equal(got.ring, 0);
    check("e1000bench replay -", CLI_OK, "", "");
    assert_string_equal(got.operand, "-");
}

#define REPLAY "e1000bench: replay: "

static void wrong_options(void **state)
{
    check("e1000bench replay in --rnig 8", CLI_USAGE, "",
          REPLAY "unknown option '--rnig'; did you mean '--ring'?\n");
    check("e1000bench replay in --rnig=8", CLI_USAGE, "",
          REPLAY "unknown option '--rnig'; did you mean '--ring'?\n");
    check("e1000bench replay in --frobnicate", CLI_USAGE, "",
          REPLAY "unknown option '--frobnicate'; 'e1000bench replay --help' lists them\n");
    check("e1000bench replay in --ra=1", CLI_USAGE, "",
          REPLAY "option '--ra' may stand for '--rate', '--raw-runts'\n");
    check("e1000bench replay in --ring", CLI_USAGE, "", REPLAY "option '--ring' needs a value\n");
    check("e1000bench replay in --raw-runts=7", CLI_USAGE, "",
          REPLAY "option '--raw-runts' takes no value\n");
    check("e1000bench replay in -x", CLI_USAGE, "",
          REPLAY "unknown option '-x'; 'e1000bench replay --help' lists them\n");
    check("e1000bench replay", CLI_USAGE, "", REPLAY "IN is missing\n");
    check("e1000bench replay a b c", CLI_USAGE, "", REPLAY "'b' is one argument too many\n");
}

static void wrong_values(void **state)
{
    check("e1000bench replay in --rate fast", CLI_USAGE, "",
          REPLAY "option '--rate': 'fast' is not one of max, line, capture or a number of frames "
                 "per second\n");
    check("e1000bench replay in --rate lien", CLI_USAGE, "",
          REPLAY "option '--rate': 'lien' is not one of max, line, capture or a number of frames "
                 "per second; did you mean 'line'?\n");
    check("e1000bench replay in --ring 7", CLI_USAGE, "",
          REPLAY "option '--ring': '7' is not a whole number from 8 to 4096\n");
    check("e1000bench replay in --ring 4097 --mac 1", CLI_USAGE, "",
          REPLAY "option '--ring': '4097' is not a whole number from 8 to 4096\n" REPLAY
                 "option '--mac': '1' is not a MAC address such as 00:0c:29:12:34:56\n");
    check("e1000bench replay in --mac 01:00:5e:00:00:01", CLI_USAGE, "",
          REPLAY "option '--mac': '01:00:5e:00:00:01' is a group address, not a station's\n");
    check("e1000bench replay in --mac 00:00:00:00:00:00", CLI_USAGE, "",
          REPLAY "option '--mac': '00:00:00:00:00:00' is no address, not a station's\n");
    assert_int_equal(got.mac[0], 0);
}

static void ranges_that_are_open(void **state)
{
    struct cli_options options = {.command = &commands[0], .name = "seed", .value = "x"};
    uint64_t n = 5;
    listen();
    bool any = cli_unsigned(&options, 0, UINT64_MAX, &n);
    bool from = cli_unsigned(&options, 1, UINT64_MAX, &n);
    heard();
    assert_false(any || from);
    assert_int_equal(n, 5);
    assert_string_equal(take("err"),
                        "e1000bench: run: option '--seed': 'x' is not a whole number\n"
                        "e1000bench: run: option '--seed': 'x' is not a whole number from 1 on\n");
}

/* The list of words needs no word behind it, and one alone reads well too. */
static void lists_of_words(void **state)
{
    static const char *const two[] = {"rx", "tx", NULL}, *const one[] = {"rx", NULL};
    struct cli_options options = {.command = &commands[0], .name = "direction", .value = "up"};
    listen();
    cli_not_one_of(&options, two, NULL);
    cli_not_one_of(&options, one, NULL);
    heard();
    assert_string_equal(take("err"),
                        "e1000bench: run: option '--direction': 'up' is not one of rx or tx\n"
                        "e1000bench: run: option '--direction': 'up' is not one of rx\n");
}

/* ---- Values ------------------------------------------------------------------------------- */

static void numbers(void **state)
{
    static const struct {
        const char *text;
        uint64_t number;
    } good[] = {
        {"0", 0},
        {"7", 7},
        {"007", 7},
        {"0x10", 16},
        {"0Xff", 255},
        {"1k", 1000},
        {"1K", 1000},
        {"2M", 2000000},
        {"3G", 3000000000},
        {"4Ki", 4096},
        {"1Mi", 1 << 20},
        {"1Gi", 1 << 30},
        {"1.5k", 1500},
        {"1.488095M", 1488095},
        {"0.5Ki", 512},
        {"2.0", 2},
        {"18446744073709551615", UINT64_MAX},
        {"0xffffffffffffffff", UINT64_MAX},
    };
    static const char *const bad[] = {
        "",
        " 1",
        "1 ",
        "-1",
        "+1",
        "x",
        "0x",
        "0xg",
        "1.5",
        "1.",
        ".5k",
        "1.0001k",
        "1kk",
        "1m",
        "1e3",
        "18446744073709551616",
        "0x10000000000000000",
        "18446744073709551615k",
        "1.00000000000000000000k",
        "0.00000000000000000000",
        "١",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint64_t n = 99;
        assert_true(cli_parse_unsigned(good[i].text, &n));
        assert_int_equal(n, good[i].number);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint64_t n = 99;
        assert_false(cli_parse_unsigned(bad[i], &n));
        assert_int_equal(n, 99);
    }
}

static void mac_addresses(void **state)
{
    static const uint8_t mac[6] = {0x00, 0x0c, 0x29, 0xab, 0xcd, 0xef};
    static const char *const good[] = {"00:0c:29:ab:cd:ef", "00-0C-29-AB-CD-EF", "000c29abcdef"};
    static const char *const bad[] = {
        "",
        "0",
        "00",
        "00:0c:29:ab:cd",
        "00:0c:29:ab:cd:",
        "00:0c:29:ab:cd:e",
        "0:c:29:ab:cd:ef",
        "00:0c:29:ab:cd:ef:",
        "00:0c:29:ab:cd:ef:01",
        "00:0c-29:ab:cd:ef",
        "00:0c29:ab:cd:ef",
        "000c29abcdefg",
        "000c29abcde",
        "0g:0c:29:ab:cd:ef",
        "00.0c.29.ab.cd.ef",
        " 000c29abcdef",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint8_t m[6] = {0};
        assert_true(cli_parse_mac(good[i], m));
        assert_memory_equal(m, mac, 6);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t m[6] = {1, 1, 1, 1, 1, 1};
        assert_false(cli_parse_mac(bad[i], m));
        assert_int_equal(m[0], 1);
    }
}

static void suggestions(void **state)
{
    static const char *const words[] = {
        "replay", "registers", "probe", "run", "a-word-that-is-longer-than-any", NULL};
    static const struct {
        const char *text, *word;
    } cases[] = {
        {"repaly", "replay"},  {"relpay", "replay"},
        {"replays", "replay"}, {"prob", "probe"},
        {"prod", "probe"},     {"regsiters", "registers"},
        {"reg", "registers"},  {"urn", "run"},
        {"rin", "run"},        {"q", NULL},
        {"xxxxxx", NULL},      {"", NULL},
        {"pcap", NULL},        {"a-word-that-is-longer-than-an", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *word = cli_suggest(cases[i].text, words);
        assert_int_equal(word == NULL, cases[i].word == NULL);
        if (word != NULL) {
            assert_string_equal(word, cases[i].word);
        }
    }
}

/* ---- Signals ------------------------------------------------------------------------------ */

static void the_first_signal_is_noted_the_second_one_kills(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM};
    for (int i = 0; i < 2; i++) {
        struct sigaction now;
        cli_catch_signals();
        assert_false(cli_interrupted());
        raise(signals[i]);
        assert_true(cli_interrupted());
        for (int k = 0; k < 2; k++) {
            assert_int_equal(sigaction(signals[k], NULL, &now), 0);
            assert_true(now.sa_handler == SIG_DFL);
        }
        assert_int_equal(sigaction(SIGPIPE, NULL, &now), 0);
        assert_true(now.sa_handler == SIG_IGN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_and_version_go_to_standard_output),
        cmocka_unit_test(wrong_commands),
        cmocka_unit_test(output_that_nobody_gets_is_an_error),
        cmocka_unit_test(output_that_was_lost_earlier_is_told_once),
        cmocka_unit_test(options_stand_anywhere_and_can_be_abbreviated),
        cmocka_unit_test(wrong_options),
        cmocka_unit_test(wrong_values),
        cmocka_unit_test(ranges_that_are_open),
        cmocka_unit_test(lists_of_words),
        cmocka_unit_test(numbers),
        cmocka_unit_test(mac_addresses),
        cmocka_unit_test(suggestions),
        cmocka_unit_test(the_first_signal_is_noted_the_second_one_kills),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
