/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sends random packets through the chip and writes what comes out to a capture, for others to
 * judge.
 *
 *   make-sends FILE COUNT SEED [SPOIL]
 *
 * Prints how many frames there must be, and how many of them have a checksum of IPv4, TCP and UDP.
 * One byte at the end of frame SPOIL, counted from 1, is changed on the way into the capture, so
 * that one can see whether the judge notices.
 */
#define _DEFAULT_SOURCE /* libpcap wants u_char */

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sends.h"

struct output {
    pcap_dumper_t *dumper;
    unsigned long frames;
    unsigned long spoil;
};

static void on_frame(void *opaque, const uint8_t *data, uint32_t length)
{
    static uint8_t spoilt[17000];
    struct output *output = opaque;
    struct pcap_pkthdr header = {.caplen = length, .len = length};

    header.ts.tv_sec = (time_t)(++output->frames / 1000);
    header.ts.tv_usec = (suseconds_t)(output->frames % 1000 * 1000);
    if (output->frames == output->spoil && length <= sizeof spoilt) {
        memcpy(spoilt, data, length);
        spoilt[length - 1] ^= 0x10;
        data = spoilt;
    }
    pcap_dump((u_char *)output->dumper, &header, data);
}

int main(int argc, char **argv)
{
    static struct send send;
    struct output output = {0};
    unsigned long count, must = 0, ipv4 = 0, tcp = 0, udp = 0;
    pcap_t *pcap = pcap_open_dead(DLT_EN10MB, 65535);
    uint64_t seed;
    struct chip *chip;

    if (argc < 4 || !pcap) {
        fprintf(stderr, "make-sends FILE COUNT SEED [SPOIL]\n");
        return 2;
    }
    count = strtoul(argv[2], NULL, 0);
    seed = strtoull(argv[3], NULL, 0);
    output.spoil = argc > 4 ? strtoul(argv[4], NULL, 0) : 0;
    output.dumper = pcap_dump_open(pcap, argv[1]);
    if (!output.dumper) {
        fprintf(stderr, "make-sends: %s\n", pcap_geterr(pcap));
        return 1;
    }
    chip = chip_new(0x8100, on_frame, &output);
    for (unsigned long i = 0; i < count; i++) {
        send_make(&send, &seed);
        send_by_chip(chip, &send);
        must += send.frames;
        ipv4 += send.ipv6 ? 0 : send.frames;
        tcp += send.udp ? 0 : send.frames;
        udp += send.udp ? send.frames : 0;
    }
    chip_free(chip);
    pcap_dump_close(output.dumper);
    pcap_close(pcap);
    printf("frames=%lu ipv4=%lu tcp=%lu udp=%lu\n", must, ipv4, tcp, udp);
    if (output.frames != must) {
        fprintf(stderr, "make-sends: %lu frames came out\n", output.frames);
        return 1;
    }
    return 0;
}
