/* SPDX-License-Identifier: BSD-2-Clause */
/* Any file as a capture: what is read are frames within the file's own bounds, or one line that
 * says what is wrong. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "required: %s\n", what);
    abort();
}

static void check_frames(const struct capture *capture)
{
    volatile uint8_t seen = 0;

    for (size_t i = 0; i < capture->count; i++) {
        const struct capture_frame *frame = &capture->frames[i];

        require(frame->data != NULL, "a frame has data");
        require(frame->length <= frame->original, "no frame is longer than it was on the wire");
        require(frame->length <= 65535, "a frame is within the limit");
        for (uint32_t k = 0; k < frame->length; k++)
            seen ^= frame->data[k];
    }
    (void)seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Bounded, so that a small file that unpacks to much ends soon. */
    const struct capture_options options = {.max_bytes = 4u << 20};
    struct capture *capture = NULL;
    char path[64], error[512] = "";
    int status, file = memfd_create("capture", MFD_CLOEXEC);

    require(file >= 0, "there is a file");
    require(write(file, data, size) == (ssize_t)size, "the file holds the input");
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    status = capture_load(path, &options, &capture, error, sizeof error);
    require((status == CAPTURE_WHOLE) == (error[0] == '\0'), "whatever is wrong is told");
    require(strchr(error, '\n') == NULL, "in one line");
    require((status >= 0) == (capture != NULL), "frames come with a status that says so");
    if (capture)
        check_frames(capture);
    capture_free(capture);
    close(file);
    return 0;
}
