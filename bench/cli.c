/* SPDX-License-Identifier: BSD-2-Clause */
#define _DEFAULT_SOURCE /* SIGXFSZ */
#include "cli.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_NAMES = 64 }; /* commands, or options of one command, that suggestions are made from */

/* ---- Messages ----------------------------------------------------------------------------- */

static void begin_error(const char *command)
{
    fputs(CLI_PROGRAM ": ", stderr);
    if (command != NULL) {
        fprintf(stderr, "%s: ", command);
    }
}

void cli_error(const char *command, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    begin_error(command);
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    /* File names may hold anything; one line stays one line, and the terminal is left alone. */
    for (char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f) {
            *c = '?';
        }
    }
    fprintf(stderr, "%s\n", text);
}

/* ---- Commands ----------------------------------------------------------------------------- */

static void print_help(const struct cli_command *commands)
{
    printf("Usage: " CLI_PROGRAM " COMMAND [OPTION]...\n\n"
           "A test bench for drivers of Intel's 82545EM: no NIC, no kernel, no root.\n\n"
           "Commands:\n");
    for (const struct cli_command *c = commands; c->name != NULL; c++) {
        printf("  %-10s  %s\n", c->name, c->summary);
    }
    printf("\n'" CLI_PROGRAM " COMMAND --help' tells a command's options; "
           "'" CLI_PROGRAM " --version' the version.\n");
}

static const struct cli_command *find_command(const struct cli_command *commands, const char *name)
{
    for (const struct cli_command *c = commands; c->name != NULL; c++) {
        if (strcmp(c->name, name) == 0) {
            return c;
        }
    }
    return NULL;
}

static void unknown_command(const struct cli_command *commands, const char *name)
{
    const char *names[MAX_NAMES] = {NULL};
    size_t n = 0;
    for (const struct cli_command *c = commands; c->name != NULL && n < MAX_NAMES - 1; c++) {
        names[n++] = c->name;
    }
    const char *near = cli_suggest(name, names);
    begin_error(NULL);
    fprintf(stderr, "unknown %s '%s'", name[0] == '-' ? "option" : "command", name);
    if (near != NULL) {
        fprintf(stderr, "; did you mean '%s'?\n", near);
    } else {
        fputs("; '" CLI_PROGRAM " --help' lists the commands\n", stderr);
    }
}

/* Help on a command, or on the program if name is NULL. */
static int help(const struct cli_command *commands, const char *name)
{
    if (name == NULL) {
        print_help(commands);
        return CLI_OK;
    }
    const struct cli_command *command = find_command(commands, name);
    if (command == NULL) {
        unknown_command(commands, name);
        return CLI_USAGE;
    }
    fputs(command->help, stdout);
    return CLI_OK;
}

static int dispatch(const struct cli_command *commands, const char *version, int argc, char **argv)
{
    if (argc < 2) {
        cli_error(NULL, "no command given; '" CLI_PROGRAM " --help' lists them");
        return CLI_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        return help(commands, NULL);
    }
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        printf(CLI_PROGRAM " %s\n", version);
        return CLI_OK;
    }
    const struct cli_command *command = find_command(commands, name);
    if (command == NULL && strcmp(name, "help") == 0) {
        return help(commands, argc > 2 ? argv[2] : NULL);
    }
    if (command == NULL) {
        unknown_command(commands, name);
        return CLI_USAGE;
    }
    return command->run(command, argc - 1, argv + 1);
}

int cli_main(const struct cli_command *commands, const char *version, int argc, char **argv)
{
    int status = dispatch(commands, version, argc, argv);
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        if (status != CLI_IO || errno != 0) { /* else an earlier error, which was told */
            cli_error(NULL, "standard output: %s",
                      errno != 0 ? strerror(errno) : "not everything could be written");
        }
        status = status == CLI_OK || status == CLI_VERDICT ? CLI_IO : status;
    }
    return status;
}

/* ---- Options ------------------------------------------------------------------------------ */

/* Names the options that the word may stand for: the one it is near to, or all that it begins. */
static void unknown_option(const struct cli_options *o, const char *word)
{
    const char *names[MAX_NAMES] = {NULL};
    size_t n = 0, count = 0;
    size_t length = strcspn(word, "=");
    for (const struct option *row = o->table; row->name != NULL && n < MAX_NAMES - 1; row++) {
        names[n++] = row->name;
        count += strncmp(row->name, word, length) == 0;
    }
    begin_error(o->command->name);
    if (count > 1 && length > 0) {
        fprintf(stderr, "option '--%.*s' may stand for", (int)length, word);
        const char *separator = " ";
        for (size_t i = 0; i < n; i++) {
            if (strncmp(names[i], word, length) == 0) {
                fprintf(stderr, "%s'--%s'", separator, names[i]);
                separator = ", ";
            }
        }
        fputc('\n', stderr);
        return;
    }
    char copy[32];
    snprintf(copy, sizeof copy, "%.*s", (int)length, word);
    const char *near = cli_suggest(copy, names);
    fprintf(stderr, "unknown option '--%.*s'", (int)length, word);
    if (near != NULL) {
        fprintf(stderr, "; did you mean '--%s'?\n", near);
    } else {
        fprintf(stderr, "; '" CLI_PROGRAM " %s --help' lists them\n", o->command->name);
    }
}

static const char *option_name(const struct cli_options *o, int val)
{
    for (const struct option *row = o->table; row->name != NULL; row++) {
        if (row->val == val) {
            return row->name;
        }
    }
    return "?";
}

static void bad_option(const struct cli_options *o, int result)
{
    const char *command = o->command->name;
    const char *word = o->argv[optind - 1];
    if (result == ':') {
        cli_error(command, "option '--%s' needs a value", option_name(o, optopt));
    } else if (optopt == 0 && strncmp(word, "--", 2) == 0) {
        unknown_option(o, word + 2);
    } else if (strncmp(word, "--", 2) == 0) {
        cli_error(command, "option '--%s' takes no value", option_name(o, optopt));
    } else {
        cli_error(command, "unknown option '-%c'; '" CLI_PROGRAM " %s --help' lists them", optopt,
                  command);
    }
}

int cli_next_option(struct cli_options *options)
{
    if (!options->begun) {
        options->begun = true;
        optind = 0; /* start anew, as glibc wants it */
        opterr = 0;
    }
    optopt = 0;
    int result = getopt_long(options->argc, options->argv, ":h", options->table, NULL);
    options->value = optarg;
    if (result == -1) {
        options->operands = (const char **)(void *)(options->argv + optind);
        options->operand_count = options->argc - optind;
        return CLI_END;
    }
    if (result == '?' || result == ':') {
        bad_option(options, result);
        return CLI_BAD_OPTION;
    }
    if (result == 'h') {
        fputs(options->command->help, stdout);
        return CLI_HELP;
    }
    options->name = option_name(options, result);
    return result;
}

bool cli_check_operands(const struct cli_options *options, int min, int max, const char *names)
{
    const char *command = options->command->name;
    if (options->operand_count < min) {
        cli_error(command, "%s is missing", names);
        return false;
    }
    if (options->operand_count > max) {
        cli_error(command, "'%s' is one argument too many", options->operands[max]);
        return false;
    }
    return true;
}

/* ---- Signals ------------------------------------------------------------------------------ */

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}

void cli_catch_signals(void)
{
    /* Without SA_RESTART: a read that waits for a pipe's writer comes back. */
    struct sigaction action = {.sa_handler = on_interrupt};
    sigemptyset(&action.sa_mask);
    interrupted = 0;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

bool cli_interrupted(void)
{
    return interrupted != 0;
}
