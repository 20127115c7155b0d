/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "runner.h"

#include "wall_clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long the runner sleeps at most before it looks at clocks and signals. */
#define LOOK_MS 100

/* A process that plays. What it prints (a sanitizer's last words) comes by the pipe. */
struct player {
    pid_t pid; /* 0: free */
    int pipe;
    unsigned scenario;
    uint64_t started; /* wall_clock_now() */
    bool late;        /* it was killed for that */
    char said[4096];
    size_t length;
};

struct run {
    const struct runner *runner;
    struct outcome *outcomes; /* shared with the players */
    bool *finished;
    unsigned next;     /* to be started */
    unsigned reported; /* in order */
    unsigned playing;
    struct player players[RUNNER_MAX_JOBS];
};

/* ---- The player's side ---- */

static _Noreturn void play(const struct runner *runner, unsigned i, struct outcome *outcome,
                           const int pipe[2])
{
    dup2(pipe[1], STDOUT_FILENO);
    dup2(pipe[1], STDERR_FILENO);
    close(pipe[0]);
    close(pipe[1]);
    stage_play(runner->scenarios[i], runner->setup, outcome);
    /* What did not end well has left things behind, which is no leak. */
    if (outcome->status != CHECK_PASS)
        _exit(EXIT_SUCCESS);
    exit(EXIT_SUCCESS);
}

/* ---- The runner's side ---- */

static int start(struct run *run, struct player *player)
{
    int ends[2], code;

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
        return -errno;
    fflush(NULL);
    *player = (struct player){.scenario = run->next, .started = wall_clock_now()};
    player->pid = fork();
    if (player->pid < 0) {
        code = -errno;
        player->pid = 0;
        close(ends[0]);
        close(ends[1]);
        return code;
    }
    if (player->pid == 0)
        play(run->runner, run->next, &run->outcomes[run->next], ends);
    close(ends[1]);
    player->pipe = ends[0];
    run->next++;
    run->playing++;
    return 0;
}

/* A process that did not come to its end. */
static void crashed(const struct run *run, const struct player *player, int status,
                    struct outcome *outcome)
{
    outcome->status = CHECK_CRASH;
    if (player->late)
        snprintf(outcome->message, sizeof(outcome->message),
                 "expected an end within %u s of this computer's time, got none",
                 run->runner->timeout_s);
    else if (WIFSIGNALED(status))
        snprintf(outcome->message, sizeof(outcome->message), "the process died of signal %d (%s)",
                 WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        snprintf(outcome->message, sizeof(outcome->message),
                 "the process ended with status %d before its scenario", WEXITSTATUS(status));
    snprintf(outcome->details, sizeof(outcome->details), "%.*s", (int)player->length, player->said);
}

static void end(struct run *run, struct player *player)
{
    struct outcome *outcome = &run->outcomes[player->scenario];
    int status = 0;

    while (waitpid(player->pid, &status, 0) < 0 && errno == EINTR)
        ;
    close(player->pipe);
    player->pid = 0;
    run->playing--;
    outcome->wall_us = (wall_clock_now() - player->started) / BENCH_US;
    if (outcome->status == CHECK_NOT_RUN || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        crashed(run, player, status, outcome);
    run->finished[player->scenario] = true;
}

/* Takes what it said. False: it has closed the pipe, as it does when it ends. */
static bool listen(struct player *player)
{
    char more[512];
    ssize_t n;

    while ((n = read(player->pipe, more, sizeof(more))) > 0) {
        const size_t room = sizeof(player->said) - player->length;
        const size_t part = (size_t)n < room ? (size_t)n : room;

        memcpy(player->said + player->length, more, part);
        player->length += part;
    }
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void look(struct run *run)
{
    struct pollfd waits[RUNNER_MAX_JOBS];
    const uint64_t limit = run->runner->timeout_s * BENCH_S;

    for (unsigned i = 0; i < run->runner->jobs; i++)
        waits[i] = (struct pollfd){.fd = run->players[i].pid != 0 ? run->players[i].pipe : -1,
                                   .events = POLLIN};
    poll(waits, run->runner->jobs, LOOK_MS);
    for (unsigned i = 0; i < run->runner->jobs; i++) {
        struct player *player = &run->players[i];

        if (player->pid == 0)
            continue;
        if (!listen(player)) {
            end(run, player);
        } else if (!player->late && wall_clock_now() - player->started > limit) {
            player->late = true;
            kill(player->pid, SIGKILL);
        }
    }
}

static void report(struct run *run)
{
    for (; run->reported < run->next && run->finished[run->reported]; run->reported++)
        run->runner->done(run->runner->opaque, run->reported, &run->outcomes[run->reported]);
}

static void stop_all(struct run *run)
{
    for (unsigned i = 0; i < run->runner->jobs; i++) {
        struct player *player = &run->players[i];

        if (player->pid == 0)
            continue;
        kill(player->pid, SIGKILL);
        while (waitpid(player->pid, NULL, 0) < 0 && errno == EINTR)
            ;
        close(player->pipe);
        player->pid = 0;
    }
}

static bool stopped(const struct runner *runner)
{
    return runner->stop != NULL && runner->stop(runner->opaque);
}

static int run_all(struct run *run)
{
    const struct runner *runner = run->runner;

    while (run->reported < runner->count) {
        for (unsigned i = 0; i < runner->jobs && run->next < runner->count; i++) {
            int status;

            if (run->players[i].pid != 0)
                continue;
            status = start(run, &run->players[i]);
            if (status < 0 && run->playing == 0)
                return status; /* else those that play make room */
            if (status < 0)
                break;
        }
        if (stopped(runner))
            break;
        look(run);
        report(run);
    }
    return (int)run->reported;
}

static size_t shared_size(const struct runner *runner)
{
    return ((size_t)runner->count + 1) * sizeof(struct outcome);
}

int runner_run(const struct runner *runner, struct outcome **outcomes)
{
    struct run *run = calloc(1, sizeof(*run));
    bool *finished = calloc((size_t)runner->count + 1, sizeof(*finished));
    struct outcome *shared =
        mmap(NULL, shared_size(runner), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status = -ENOMEM;

    if (run != NULL && finished != NULL && shared != MAP_FAILED) {
        run->runner = runner;
        run->outcomes = shared;
        run->finished = finished;
        status = run_all(run);
        stop_all(run);
    }
    if (status < 0 && shared != MAP_FAILED)
        munmap(shared, shared_size(runner));
    *outcomes = status < 0 ? NULL : shared;
    free(finished);
    free(run);
    return status;
}

void runner_free(const struct runner *runner, struct outcome *outcomes)
{
    if (outcomes != NULL)
        munmap(outcomes, shared_size(runner));
}
