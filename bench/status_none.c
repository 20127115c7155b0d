/* SPDX-License-Identifier: BSD-2-Clause */
/* Instead of status.c where there is no libmicrohttpd. */
#include "status.h"

#include <stdio.h>

int status_open(struct status **status, const struct status_config *config, uint16_t port,
                char *error, size_t size)
{
    (void)status;
    (void)config;
    (void)port;
    snprintf(error, size, "option '--http': this program was built without libmicrohttpd");
    return -1;
}

/* Never called: there is no page. */
void status_look(struct status *status)
{
    (void)status;
}

void status_close(struct status *status)
{
    (void)status;
}
