/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same random packets are finished by the chip and by the Linux kernel: checksums inserted,
 * VLAN tags in place, cut into segments. What comes out must be the same, byte for byte. Nothing is
 * left out of the comparison; the packets have no CWR, which the kernel sends in the first segment
 * alone and the chip in all of them (SDM 3.5.4).
 *
 * Exit status 77, and a reason, where the system has no namespaces, no tun or no bridge.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_bridge.h"

#define PACKETS    10000u
#define SEED       21u
#define SKIP       77
#define FRAME_MAX  65535u
#define FRAMES_MAX 512u

/* What the chip made of one packet. */
struct frames {
    uint32_t count;
    uint32_t used;
    uint32_t start[FRAMES_MAX + 1];
    uint8_t bytes[4u << 20];
};

static void keep(void *opaque, const uint8_t *data, uint32_t length)
{
    struct frames *frames = opaque;

    if (frames->count == FRAMES_MAX || length > sizeof frames->bytes - frames->used) {
        fprintf(stderr, "more frames than a packet can have\n");
        exit(1);
    }
    memcpy(frames->bytes + frames->used, data, length);
    frames->used += length;
    frames->start[++frames->count] = frames->used;
}

/* A packet in words, for the reader of a failure. */
static void describe(const struct send *send, uint32_t number)
{
    static const char *const kinds[] = {"legacy checksum", "context checksum", "segments"};

    printf("packet %u: %s, IPv%d, %s%s, headers at %u and %u, %u + %u bytes, MSS %u\n", number,
           kinds[send->kind], send->ipv6 ? 6 : 4, send->udp ? "UDP" : "TCP",
           send->tagged ? ", tagged" : "", send->l3, send->l4, send->header, send->payload,
           send->mss);
}

/* Returns whether the kernel's frames are the chip's. */
static bool compare(const struct kernel_bridge *bridge, const struct frames *frames)
{
    static uint8_t theirs[FRAME_MAX];

    for (uint32_t i = 0; i < frames->count; i++) {
        const uint8_t *ours = frames->bytes + frames->start[i];
        uint32_t length = frames->start[i + 1] - frames->start[i];
        uint32_t got = kernel_bridge_receive(bridge, theirs, sizeof theirs, 5000);
        uint32_t at = 0;

        if (got != length) {
            printf("frame %u of %u: the chip's has %u bytes, the kernel's %u\n", i + 1,
                   frames->count, length, got);
            return false;
        }
        while (at < length && ours[at] == theirs[at])
            at++;
        if (at < length) {
            printf("frame %u of %u, byte %u: the chip's is %02x, the kernel's %02x\n", i + 1,
                   frames->count, at, ours[at], theirs[at]);
            return false;
        }
    }
    return true;
}

/* Ports of a bridge may need a moment until they forward: the first packet is sent until it
 * arrives. */
static bool wait_for_bridge(const struct kernel_bridge *bridge)
{
    static uint8_t frame[FRAME_MAX];
    static struct send send;
    uint64_t seed = 1;

    do
        send_make(&send, &seed);
    while (send.kind != SEND_CONTEXT);
    for (unsigned i = 0; i < 200; i++) {
        if (kernel_bridge_send(bridge, &send) == 0 &&
            kernel_bridge_receive(bridge, frame, sizeof frame, 50) > 0)
            break;
        if (i == 199)
            return false;
    }
    while (kernel_bridge_receive(bridge, frame, sizeof frame, 200) > 0)
        ;
    return true;
}

static bool run(const struct kernel_bridge *bridge, struct chip *chip, struct frames *frames)
{
    static struct send send;
    uint32_t kinds[SEND_SEGMENTS + 1] = {0};
    uint32_t segments = 0;
    uint64_t seed = SEED;

    for (uint32_t i = 1; i <= PACKETS; i++) {
        int status;

        send_make(&send, &seed);
        frames->count = 0;
        frames->used = 0;
        send_by_chip(chip, &send);
        status = kernel_bridge_send(bridge, &send);
        if (status < 0 || frames->count != send.frames || !compare(bridge, frames)) {
            describe(&send, i);
            if (status < 0)
                printf("the kernel does not take it: %s\n", strerror(-status));
            else if (frames->count != send.frames)
                printf("the chip made %u frames of it, not %u\n", frames->count, send.frames);
            return false;
        }
        kinds[send.kind]++;
        segments += send.mss ? send.frames : 0;
    }
    if (kernel_bridge_receive(bridge, frames->bytes, FRAME_MAX, 100) > 0) {
        printf("the kernel made more frames than the chip\n");
        return false;
    }
    printf("%u legacy and %u context checksums, %u packets in %u segments: all the same\n",
           kinds[SEND_LEGACY], kinds[SEND_CONTEXT], kinds[SEND_SEGMENTS], segments);
    return true;
}

int main(void)
{
    struct frames *frames = calloc(1, sizeof *frames);
    struct kernel_bridge bridge;
    struct chip *chip;
    const char *why;
    bool same;

    if (!frames)
        return 1;
    if (kernel_bridge_open(&bridge, &why) < 0) {
        printf("skipped: %s\n", why);
        free(frames);
        return SKIP;
    }
    if (!wait_for_bridge(&bridge)) {
        printf("the bridge forwards nothing\n");
        return 1;
    }
    chip = chip_new(0x8100, keep, frames);
    same = run(&bridge, chip, frames);
    chip_free(chip);
    kernel_bridge_close(&bridge);
    free(frames);
    return same ? 0 : 1;
}
