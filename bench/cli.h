/* SPDX-License-Identifier: BSD-2-Clause */
/* The frame around the program's commands: options, what is said about wrong ones, exit statuses,
 * signals. */
#ifndef BENCH_CLI_H
#define BENCH_CLI_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The program's name, as it begins every message. */
#define CLI_PROGRAM "e1000bench"

/** The program's exit statuses. */
enum cli_exit {
    CLI_OK = 0,
    CLI_VERDICT = 1, /**< The run worked, its verdict is a failure: frames lost or unexplained. */
    CLI_USAGE = 2,   /**< Unknown command or option, or a value that it doesn't take. */
    CLI_IO = 3,      /**< A file or stream could not be read or written, or memory ran out. */
    CLI_INTERRUPTED = 130 /**< SIGINT or SIGTERM. */
};

/* ---- Commands ----------------------------------------------------------------------------- */

/** A command: a row of the program's table, which ends with a row whose name is NULL. */
struct cli_command {
    const char *name;
    const char *summary; /**< One line, for the list of commands. */
    const char *help;    /**< What --help prints: synopsis and options, whole lines. */
    /** argv[0] is the command's name. Returns an exit status. */
    int (*run)(const struct cli_command *self, int argc, char **argv);
};

/** Runs the command that argv[1] names, or answers --help, --version, "help" and "help COMMAND".
 * Returns the exit status, CLI_IO too when standard output could not be written. */
int cli_main(const struct cli_command *commands, const char *version, int argc, char **argv);

/* ---- Messages ----------------------------------------------------------------------------- */

/** Prints one line to stderr: "e1000bench: COMMAND: ", then the text. command may be NULL. */
__attribute__((format(printf, 2, 3))) void cli_error(const char *command, const char *format, ...);

/* ---- Options ------------------------------------------------------------------------------ */

/** The row for --help, which every command's option table holds. */
#define CLI_HELP_OPTION                \
    {                                  \
        "help", no_argument, NULL, 'h' \
    }

/** What cli_next_option() returns beside an option's val, which is positive. */
enum {
    CLI_END = -1,        /**< No more options. */
    CLI_BAD_OPTION = -2, /**< Reported; return CLI_USAGE. */
    CLI_HELP = -3        /**< The help was printed; return CLI_OK. */
};

/** A command line being read. Zero-initialise, then set the first members. */
struct cli_options {
    const struct cli_command *command;
    const struct option *table; /**< Long options, as for getopt_long(); flag is NULL in each. */
    int argc;
    char **argv;

    const char *value;     /**< Of the present option, or NULL. */
    const char *name;      /**< Of the present option, without dashes. */
    const char **operands; /**< After CLI_END: what is no option, in order (inside argv). */
    int operand_count;
    bool begun;
};

/** The next option. Options may be abbreviated, stand before or behind operands, and end with "--".
 * Uses getopt_long(): one command line at a time in a process. */
int cli_next_option(struct cli_options *options);

/** Checks the number of operands after CLI_END, min to max; names is what to call them, "IN".
 * Returns false after reporting an error. */
bool cli_check_operands(const struct cli_options *options, int min, int max, const char *names);

/* ---- Values ------------------------------------------------------------------------------- */

/* These read the present option's value. They return false after reporting an error like
 *   e1000bench: replay: option '--ring': '7' is not a number from 8 to 4096
 * and then leave the result as it was. */

/** A whole number from min to max: decimal or, with 0x, hexadecimal. A decimal number may have a
 * fraction and a factor: k, M, G (powers of 1000), Ki, Mi, Gi (powers of 1024), if that makes it
 * whole. */
bool cli_unsigned(const struct cli_options *options, uint64_t min, uint64_t max, uint64_t *number);

/** A time from 0 to max ns, as cli_parse_time() reads it. */
bool cli_time(const struct cli_options *options, uint64_t max, uint64_t *ns);

/** A MAC address: six bytes in hexadecimal, separated by ':' or '-', or twelve digits. */
bool cli_mac(const struct cli_options *options, uint8_t mac[6]);

/** A MAC address that one station can have: neither a group address nor zero. */
bool cli_station_mac(const struct cli_options *options, uint8_t mac[6]);

/** One of a list of words that ends with NULL; its index goes to *choice. also names what else the
 * option takes ("a number of frames per second"), for the message, or is NULL. */
bool cli_choice(const struct cli_options *options, const char *const *words, const char *also,
                int *choice);

/** Reports that the value is not one of the words, with the likeliest one if one is near. */
void cli_not_one_of(const struct cli_options *options, const char *const *words, const char *also);

/* The same without messages, for values that are part of a longer text. */

/** The index of text among words that end with NULL, or -1. */
int cli_find(const char *text, const char *const *words);
/** As cli_unsigned(), any number. */
bool cli_parse_unsigned(const char *text, uint64_t *number);
/** A time with its unit, such as 500ns, 10us, 1.5ms, 2s or 1min, if it is whole in ns. */
bool cli_parse_time(const char *text, uint64_t *ns);
/** As cli_mac(). */
bool cli_parse_mac(const char *text, uint8_t mac[6]);

/** The word that text is probably a misspelling of (words ends with NULL), or NULL. */
const char *cli_suggest(const char *text, const char *const *words);

/* ---- Signals ------------------------------------------------------------------------------ */

/** From now on, the first SIGINT or SIGTERM only sets what cli_interrupted() returns, and cuts
 * system calls short; the second one ends the program. SIGPIPE and SIGXFSZ are ignored: writing
 * fails with an error instead, which can be reported. */
void cli_catch_signals(void);

/** SIGINT or SIGTERM came: finish what is open and return CLI_INTERRUPTED. */
bool cli_interrupted(void);

#endif
