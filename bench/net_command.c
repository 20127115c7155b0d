/* SPDX-License-Identifier: BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L
#include "net_command.h"

#include <signal.h>
#include <string.h>

/* How often the process inside is asked for news: nobody notices, and it costs nothing. */
#define LOOK_EVERY (2 * BENCH_MS)

/* ---- Signals ---- */

static volatile sig_atomic_t pending; /* a signal's number, 0: none */
static volatile sig_atomic_t typed;   /* a terminal sent it, to everybody */

static void on_signal(int number, siginfo_t *info, void *context)
{
    (void)context;
    typed = info->si_code != SI_USER;
    pending = number;
}

void net_command_catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        sigaction(numbers[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

/* ---- Running ---- */

struct running {
    struct net_run *run;
    struct net_space *space;
    uint64_t looked;
    struct net_counts from; /* when the present step began */
    char command[64];       /* empty: it does not run yet */
    bool told;              /* what went wrong */
    bool stopped;           /* by a signal, before the command ran */
};

static void take(struct running *running, const struct net_space_message *message)
{
    struct net_run *run = running->run;

    switch (message->kind) {
    case NET_SPACE_STEP:
        net_run_step(run, &running->from, message->name, "%s", message->text);
        break;
    case NET_SPACE_FAILED:
        net_run_failed(run, &running->from, message->name, "%s", message->text);
        cli_error("net", "%s: %s", message->name, message->text);
        running->told = true;
        break;
    case NET_SPACE_RUNS:
        snprintf(running->command, sizeof(running->command), "%.60s", message->text);
        break;
    case NET_SPACE_ERROR:
        cli_error("net", "%s", message->text);
        running->told = true;
        break;
    default:
        break;
    }
    running->from = net_run_counts(run);
}

/* A signal is for the command, which has it already if it was typed. */
static void pass_signal(struct running *running)
{
    const int number = (int)pending;

    pending = 0;
    if (number == 0)
        return;
    if (running->command[0] == '\0')
        running->stopped = true;
    else if (!typed)
        net_space_signal(running->space, number);
}

static bool is_over(void *opaque)
{
    struct running *running = opaque;
    const uint64_t now = running->run->joint.clock.now;
    struct net_space_message message;
    int status;

    if (now - running->looked < LOOK_EVERY)
        return false;
    running->looked = now;
    while ((status = net_space_next(running->space, &message)) > 0)
        take(running, &message);
    pass_signal(running); /* only now is it known whether the command runs */
    return status < 0 || running->stopped;
}

/* What the command moved, on the wire. */
static void tell_command(struct running *running)
{
    const struct net_counts counts = net_run_since(running->run, &running->from);
    const double s = counts.time != 0 ? (double)counts.time / 1e9 : 1e-9;
    const double in = (double)counts.bytes_in / 1e6, out = (double)counts.bytes_out / 1e6;
    const int status = running->space->status;

    if (status == 0)
        net_run_step(running->run, &running->from, running->command,
                     "%.1f MB in and %.1f MB out on the wire in %.2f s, %.1f and %.1f MB/s", in,
                     out, s, in / s, out / s);
    else
        net_run_failed(running->run, &running->from, running->command,
                       "exit status %d; %.1f MB in and %.1f MB out on the wire in %.2f s", status,
                       in, out, s);
}

int net_command_run(struct net_run *run, struct net_space *space, bool *ran)
{
    struct running running = {.run = run, .space = space, .from = net_run_counts(run)};
    int status;

    *ran = false;
    net_space_go(space);
    status = net_run_until(run, is_over, &running, BENCH_NEVER);
    if (status < 0) {
        cli_error("net", "%s", run->joint.error);
        return CLI_VERDICT;
    }
    if (running.stopped)
        return CLI_INTERRUPTED;
    if (running.command[0] == '\0') {
        if (!running.told)
            cli_error("net", "the process in the namespace has ended");
        return CLI_VERDICT;
    }
    *ran = true;
    tell_command(&running);
    return space->status;
}
