/* SPDX-License-Identifier: BSD-2-Clause */
/* `net -- COMMAND`: the bench carries what a command in a namespace of its own sends and gets. */
#ifndef BENCH_NET_COMMAND_H
#define BENCH_NET_COMMAND_H

#include "net_run.h"
#include "net_space.h"

/* Takes the signals that end programs: they are for the command from now on. Before
 * net_space_open(). */
void net_command_catch_signals(void);

/* Lets the command run over run, which is open, until it has ended. Returns its exit status (128 +
 * N after signal N), or one of ours after reporting why it was not run. *ran tells which. */
int net_command_run(struct net_run *run, struct net_space *space, bool *ran);

#endif
