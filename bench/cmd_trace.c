/* SPDX-License-Identifier: BSD-2-Clause */
/* `trace`: reads what --trace wrote; `trace diff`: compares two of them. */
#define _POSIX_C_SOURCE 200809L
#include "cmd.h"
#include "decode.h"
#include "trace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    OPTION_ONLY = 1,
    OPTION_REGISTER,
    OPTION_FROM,
    OPTION_TO,
    OPTION_LIMIT,
    OPTION_FORMAT,
    OPTION_SUMMARY,
    OPTION_TIMES,
    OPTION_CONTEXT,
};

/* What --only takes: a kind of event, or one of these names for several. */
static const struct {
    const char *name;
    unsigned kinds;
} groups[] = {
    {"access", 1u << E1000EMU_EVENT_READ | 1u << E1000EMU_EVENT_WRITE},
    {"descriptor", 1u << E1000EMU_EVENT_FETCH | 1u << E1000EMU_EVENT_WRITE_BACK},
    {"frame", 1u << E1000EMU_EVENT_RECEIVED | 1u << E1000EMU_EVENT_SENT},
};
#define GROUPS (sizeof(groups) / sizeof(groups[0]))

struct trace_command {
    struct cli_options cli;
    unsigned kinds;            /* bits: those that are wanted */
    const char *register_name; /* NULL: any */
    e1000emu_time from, to;
    uint64_t limit;
    int format; /* enum trace_format */
    bool summary;
};

struct summary {
    uint64_t events[TRACE_KINDS];
    uint64_t verdicts[E1000EMU_RX_VERDICTS];
    uint64_t bytes_received, bytes_sent;
    e1000emu_time last;
};

/* ---- Options ---- */

static bool take_only(struct trace_command *command)
{
    const char *names[TRACE_KINDS + GROUPS + 1] = {NULL};
    char words[256], *save = NULL;
    unsigned kinds = 0;

    memcpy(names, trace_kinds, TRACE_KINDS * sizeof(names[0]));
    for (size_t i = 0; i < GROUPS; i++)
        names[TRACE_KINDS + i] = groups[i].name;
    snprintf(words, sizeof(words), "%s", command->cli.value);
    for (char *word = strtok_r(words, ",", &save); word != NULL;
         word = strtok_r(NULL, ",", &save)) {
        const int n = cli_find(word, names);

        if (n < 0) {
            cli_not_one_of(&command->cli, names, "several of them, separated by commas");
            return false;
        }
        kinds |= n < TRACE_KINDS ? 1u << n : groups[n - TRACE_KINDS].kinds;
    }
    command->kinds = kinds;
    if (kinds == 0)
        cli_not_one_of(&command->cli, names, NULL);
    return kinds != 0;
}

static bool take_register(struct trace_command *command)
{
    const struct e1000emu_register *row;

    command->register_name = command->cli.value;
    for (size_t i = 0; (row = e1000emu_register_at(i)) != NULL; i++)
        if (strcasecmp(row->name, command->cli.value) == 0)
            return true;
    cli_error("trace", "option '--register': '%s' is no register's name", command->cli.value);
    return false;
}

/* Seconds, with up to nine decimals. */
static bool take_time(const struct cli_options *cli, e1000emu_time *time)
{
    const char *text = cli->value;
    const size_t whole = strspn(text, "0123456789");
    const char *fraction = text[whole] == '.' ? text + whole + 1 : text + whole;
    const size_t decimals = strspn(fraction, "0123456789");
    char digits[32];
    uint64_t ns;

    if (whole + decimals != 0 && whole <= 10 && decimals <= 9 && fraction[decimals] == '\0') {
        snprintf(digits, sizeof(digits), "%.*s%.*s%.*s", (int)whole, text, (int)decimals, fraction,
                 (int)(9 - decimals), "000000000");
        if (trace_number(digits, UINT64_MAX - 1, &ns)) {
            *time = ns;
            return true;
        }
    }
    cli_error("trace", "option '--%s': '%s' is no time in seconds, with nine decimals at most",
              cli->name, text);
    return false;
}

static bool take_option(struct trace_command *command, int option)
{
    switch (option) {
    case OPTION_ONLY:
        return take_only(command);
    case OPTION_REGISTER:
        return take_register(command);
    case OPTION_FROM:
        return take_time(&command->cli, &command->from);
    case OPTION_TO:
        return take_time(&command->cli, &command->to);
    case OPTION_LIMIT:
        return cli_unsigned(&command->cli, 1, UINT64_MAX, &command->limit);
    case OPTION_FORMAT:
        return cli_choice(&command->cli, trace_formats, NULL, &command->format);
    default:
        command->summary = true;
        return true;
    }
}

/* ---- Filters ---- */

static bool is_of_register(const struct trace_record *record, const char *wanted)
{
    const struct e1000emu_register *row;

    if ((record->kind != E1000EMU_EVENT_READ && record->kind != E1000EMU_EVENT_WRITE) ||
        record->u.event.u.access.space != E1000EMU_REGISTERS)
        return false;
    row = e1000emu_register_find(record->u.event.u.access.offset & ~3u, NULL);
    return row != NULL && strcasecmp(row->name, wanted) == 0;
}

static bool is_wanted(const struct trace_command *command, const struct trace_record *record)
{
    return (command->kinds & 1u << record->kind) != 0 && record->time >= command->from &&
           record->time <= command->to &&
           (command->register_name == NULL || is_of_register(record, command->register_name));
}

/* ---- Summary ---- */

static void count(struct summary *summary, const struct trace_record *record)
{
    summary->events[record->kind]++;
    if (record->kind == E1000EMU_EVENT_RECEIVED) {
        summary->verdicts[record->u.frame.verdict]++;
        summary->bytes_received += record->u.frame.length;
    } else if (record->kind == E1000EMU_EVENT_SENT) {
        summary->bytes_sent += record->u.frame.length;
    }
    if (record->time > summary->last)
        summary->last = record->time;
}

static void print_summary(const struct summary *summary)
{
    uint64_t all = 0;

    for (unsigned i = 0; i < TRACE_KINDS; i++) {
        all += summary->events[i];
        if (summary->events[i] == 0)
            continue;
        printf("%-12s %10" PRIu64, trace_kinds[i], summary->events[i]);
        if (i == E1000EMU_EVENT_SENT)
            printf("  %" PRIu64 " bytes", summary->bytes_sent);
        if (i == E1000EMU_EVENT_RECEIVED) {
            printf("  %" PRIu64 " bytes", summary->bytes_received);
            for (unsigned v = 0; v < E1000EMU_RX_VERDICTS; v++)
                if (summary->verdicts[v] != 0)
                    printf(", %" PRIu64 " %s", summary->verdicts[v], trace_verdicts[v]);
        }
        putchar('\n');
    }
    printf("%-12s %10" PRIu64 "  up to %.9f s\n", "all", all, (double)summary->last / 1e9);
}

/* ---- Reading ---- */

/* Returns false when memory ran out. */
static bool print(const struct trace_command *command, const struct trace_record *record)
{
    if (command->format == TRACE_JSON)
        return trace_json_write(stdout, record);
    trace_text_write(stdout, record, true);
    return true;
}

static int read_trace(const struct trace_command *command, struct trace_in *in)
{
    struct summary summary = {0};
    struct trace_record record;
    uint64_t shown = 0;
    char error[512];
    int status;

    if (!command->summary && command->format == TRACE_JSON)
        trace_json_header(stdout);
    else if (!command->summary)
        trace_text_header(stdout);
    while ((status = trace_in_next(in, &record, error, sizeof(error))) > 0) {
        if (!is_wanted(command, &record))
            continue;
        if (shown++ == command->limit)
            break;
        if (command->summary)
            count(&summary, &record);
        else if (!print(command, &record)) {
            cli_error("trace", "out of memory");
            return CLI_IO;
        }
    }
    if (status < 0) {
        cli_error("trace", "%s", error);
        return CLI_IO;
    }
    if (command->summary)
        print_summary(&summary);
    return CLI_OK;
}

static int trace_diff_command(const struct cli_command *self, int argc, char **argv)
{
    static const struct option table[] = {{"times", no_argument, NULL, OPTION_TIMES},
                                          {"context", required_argument, NULL, OPTION_CONTEXT},
                                          CLI_HELP_OPTION,
                                          {NULL, 0, NULL, 0}};
    struct cli_options cli = {.command = self, .table = table, .argc = argc, .argv = argv};
    struct trace_diff_options options = {.context = 3};
    uint64_t context = 3;
    char error[512];
    int option, status;

    while ((option = cli_next_option(&cli)) > 0) {
        if (option == OPTION_TIMES)
            options.times = true;
        else if (!cli_unsigned(&cli, 0, 1000000, &context))
            return CLI_USAGE;
    }
    if (option != CLI_END)
        return option == CLI_HELP ? CLI_OK : CLI_USAGE;
    if (!cli_check_operands(&cli, 2, 2, "A and B"))
        return CLI_USAGE;
    options.context = (unsigned)context;
    status = trace_diff(stdout, cli.operands, &options, error, sizeof(error));
    if (status >= 0)
        return status == 0 ? CLI_OK : CLI_VERDICT;
    cli_error("trace", "%s", error);
    return CLI_IO;
}

static int trace_command(const struct cli_command *self, int argc, char **argv)
{
    static const struct option table[] = {{"only", required_argument, NULL, OPTION_ONLY},
                                          {"register", required_argument, NULL, OPTION_REGISTER},
                                          {"from", required_argument, NULL, OPTION_FROM},
                                          {"to", required_argument, NULL, OPTION_TO},
                                          {"limit", required_argument, NULL, OPTION_LIMIT},
                                          {"format", required_argument, NULL, OPTION_FORMAT},
                                          {"summary", no_argument, NULL, OPTION_SUMMARY},
                                          CLI_HELP_OPTION,
                                          {NULL, 0, NULL, 0}};
    struct trace_command command = {
        .cli = {.command = self, .table = table, .argc = argc, .argv = argv},
        .kinds = ~0u,
        .to = E1000EMU_NEVER,
        .limit = UINT64_MAX,
    };
    struct trace_in *in;
    char error[512];
    int option, status;

    if (argc > 1 && strcmp(argv[1], "diff") == 0)
        return trace_diff_command(self, argc - 1, argv + 1);
    while ((option = cli_next_option(&command.cli)) > 0)
        if (!take_option(&command, option))
            return CLI_USAGE;
    if (option != CLI_END)
        return option == CLI_HELP ? CLI_OK : CLI_USAGE;
    if (!cli_check_operands(&command.cli, 1, 1, "FILE"))
        return CLI_USAGE;
    if (trace_in_open(&in, command.cli.operands[0], error, sizeof(error)) < 0) {
        cli_error("trace", "%s", error);
        return CLI_IO;
    }
    status = read_trace(&command, in);
    trace_in_close(in);
    return status;
}

const struct cli_command cmd_trace = {
    .name = "trace",
    .summary = "read a trace, or compare two",
    .help =
        "Usage: e1000bench trace FILE [OPTION...]\n"
        "       e1000bench trace diff A B [--times] [--context N]\n"
        "\n"
        "Reads what --trace wrote, text or JSON, checks it and prints it; - is standard\n"
        "input. A file named diff is ./diff.\n"
        "\n"
        "  --only KINDS    only these, separated by commas: access (read, write), descriptor\n"
        "                  (fetch, write-back), dma-failed, cause, interrupt, frame\n"
        "                  (received, sent), reset, link, fault, chip, finding\n"
        "  --register NAME only accesses to this register\n"
        "  --from T        only from this time on, in seconds; --to T: only up to it\n"
        "  --limit N       stop after N events\n"
        "  --format F      print as text (default) or json\n"
        "  --summary       print how many events of each kind there are instead\n"
        "\n"
        "diff shows what was inserted, deleted or changed, as diff -u does:\n"
        "\n"
        "  --times         the same event at another time is another event\n"
        "  --context N     events shown around what differs (default 3)\n"
        "\n"
        "Exit status: 0, with diff if the traces are the same; 1 if they differ, 2 for a wrong\n"
        "option, 3 when a file can't be read or is no trace.\n",
    .run = trace_command,
};
