/* SPDX-License-Identifier: BSD-2-Clause */
/* What is sent. */
#include "check_case.h"

#define IPV4 14u
#define TCP  34u

/* An extended descriptor: data, or a context. */
static uint64_t data(uint32_t command, uint32_t length, uint32_t options)
{
    return (uint64_t)options << 40 | (uint64_t)(command | TXD_CMD_DEXT) << 24 | 1u << 20 | length;
}

static void context(struct fixture *f, bool segment, uint32_t header, uint32_t mss,
                    uint32_t payload)
{
    uint32_t command = TXD_CMD_DEXT | TXD_TUCMD_TCP | TXD_TUCMD_IP | (segment ? TXD_CMD_TSE : 0);

    check_post(f,
               IPV4 | (IPV4 + 10) << 8 | (TCP - 1) << 16 | (uint64_t)TCP << 32 |
                   (uint64_t)(TCP + 16) << 40,
               (uint64_t)mss << 48 | (uint64_t)header << 40 | (uint64_t)command << 24 | payload);
}

static void one(struct fixture *f, uint64_t fields)
{
    check_post(f, CHECK_TX_DATA, fields);
    check_ring(f);
}

#define SUMS (TXD_POPTS_IXSM | TXD_POPTS_TXSM)
#define TSO  (CHECK_WHOLE | TXD_CMD_TSE)

static void tx_missing_eop(struct fixture *f, bool wrong)
{
    one(f, check_legacy(CHECK_WHOLE, 60));
    one(f, check_legacy(wrong ? CHECK_WHOLE & ~TXD_CMD_EOP : CHECK_WHOLE, 60));
    if (!wrong)
        context(f, false, 0, 0, 0);
    check_ring(f);
}

static void tx_short_unpadded(struct fixture *f, bool wrong)
{
    one(f, check_legacy(wrong ? CHECK_WHOLE & ~TXD_CMD_IFCS : CHECK_WHOLE, 50));
    fixture_write(f, REG_TCTL, CHECK_TCTL & ~TCTL_PSP);
    one(f, check_legacy(CHECK_WHOLE, wrong ? 59 : 60));
}

static void tx_short_padded(struct fixture *f, bool wrong)
{
    one(f, check_legacy(CHECK_WHOLE, wrong ? 42 : 48));
}

static void tx_no_fcs(struct fixture *f, bool wrong)
{
    one(f, check_legacy(wrong ? CHECK_WHOLE & ~TXD_CMD_IFCS : CHECK_WHOLE, 64));
}

static void tx_buffer_null(struct fixture *f, bool wrong)
{
    check_post(f, wrong ? 0 : CHECK_TX_DATA, check_legacy(TXD_CMD_RS, 30));
    one(f, check_legacy(CHECK_WHOLE, 60));
}

static void tx_length_zero(struct fixture *f, bool wrong)
{
    check_post(f, CHECK_TX_DATA, check_legacy(TXD_CMD_RS, wrong ? 0 : 30));
    one(f, check_legacy(CHECK_WHOLE, 60));
    one(f, check_legacy(CHECK_WHOLE, wrong ? 0 : 60));
}

static void share(struct fixture *f, uint32_t receive)
{
    fixture_write(f, REG_TCTL, 0);
    fixture_write(f, REG_RCTL, 0);
    fixture_write(f, REG_PBA, receive);
    fixture_write(f, REG_TCTL, CHECK_TCTL);
}

/* Seventy descriptors of a packet, more than the chip holds at a time, in two parts. */
static void tx_too_long(struct fixture *f, bool wrong)
{
    uint32_t piece = wrong ? 300 : 200;

    share(f, 40);
    for (unsigned i = 0; i < 60; i++)
        check_post(f, CHECK_TX_DATA, check_legacy(TXD_CMD_IFCS, piece));
    one(f, check_legacy(CHECK_WHOLE, piece));
}

static void tx_exceeds_fifo(struct fixture *f, bool wrong)
{
    share(f, wrong ? 56 : 48);
    for (unsigned i = 0; i < 4; i++)
        check_post(f, CHECK_TX_DATA, check_legacy(TXD_CMD_IFCS, 4000));
    one(f, check_legacy(CHECK_WHOLE, 288)); /* 16288 */
}

static void no_fifo(struct fixture *f, bool wrong)
{
    share(f, wrong ? 64 : 48);
    one(f, check_legacy(CHECK_WHOLE, 60));
}

static void tx_report_sent(struct fixture *f, bool wrong)
{
    one(f, check_legacy(CHECK_WHOLE ^ (wrong ? TXD_CMD_RS | TXD_CMD_RPS : 0), 60));
    context(f, false, 0, 0, 0);
    check_ring(f);
}

static void tx_vlan_off(struct fixture *f, bool wrong)
{
    if (!wrong)
        fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_VME);
    one(f, check_legacy(CHECK_WHOLE | TXD_CMD_VLE, 60));
}

static void tx_legacy_checksum(struct fixture *f, bool wrong)
{
    uint64_t fields = check_legacy(CHECK_WHOLE | TXD_CMD_IC, 60);

    one(f, fields | (uint64_t)14 << 40 | (wrong ? 59u : 58u) << 16);
    one(f, fields | (uint64_t)(wrong ? 60 : 59) << 40 | 20u << 16);
}

static void context_in_packet(struct fixture *f, bool wrong)
{
    if (!wrong)
        context(f, false, 0, 0, 0);
    check_post(f, CHECK_TX_DATA, data(TXD_CMD_IFCS, 60, 0));
    if (wrong)
        context(f, false, 0, 0, 0);
    one(f, data(CHECK_WHOLE, 60, 0));
}

static void tx_types_mixed(struct fixture *f, bool wrong)
{
    check_post(f, CHECK_TX_DATA, check_legacy(TXD_CMD_IFCS, 60));
    one(f, wrong ? data(CHECK_WHOLE, 60, 0) : check_legacy(CHECK_WHOLE, 60));
}

static void offload_without_context(struct fixture *f, bool wrong)
{
    context(f, wrong, 54, 1000, 1000);
    one(f, data(CHECK_WHOLE, 1054, SUMS));
}

static void segmentation_without_context(struct fixture *f, bool wrong)
{
    context(f, !wrong, 54, 1000, 1000);
    one(f, data(TSO, 1054, 0));
}

static void context_offsets(struct fixture *f, bool wrong)
{
    static const uint64_t bad[] = {
        14 | 13 << 8,                              /* the IP checksum lies in front of its header */
        14 | 24 << 8 | 13 << 16,                   /* the header ends before it begins */
        (uint64_t)200 << 32 | (uint64_t)210 << 40, /* outside of the packet */
        (uint64_t)34 << 32 | (uint64_t)99 << 40,   /* half outside */
    };

    context(f, false, 0, 0, 0);
    one(f, data(CHECK_WHOLE, 100, SUMS));
    for (unsigned i = 0; i < 4; i++) {
        check_post(f, wrong ? bad[i] : 14u | 24u << 8 | (uint64_t)34 << 32 | (uint64_t)50 << 40,
                   (uint64_t)(TXD_CMD_DEXT | TXD_TUCMD_IP) << 24);
        one(f, data(CHECK_WHOLE, 100, i < 2 ? TXD_POPTS_IXSM : TXD_POPTS_TXSM));
    }
}

static void tso_header(struct fixture *f, bool wrong)
{
    context(f, true, wrong ? 0 : 54, 1000, 1000);
    context(f, true, wrong ? 241 : 240, 1000, 1000);
    context(f, true, wrong ? 50 : 51, 1000, 1000);
    check_ring(f);
}

static void tso_mss_zero(struct fixture *f, bool wrong)
{
    context(f, true, 54, wrong ? 0 : 1000, 1000);
    check_ring(f);
}

static void tso_payload(struct fixture *f, bool wrong)
{
    context(f, true, 54, 1000, 3000);
    check_post(f, CHECK_TX_DATA, data(TSO & ~TXD_CMD_EOP, 54, SUMS));
    one(f, data(TSO, wrong ? 2999 : 3000, SUMS));
    context(f, true, 54, 1000, 3000);
    one(f, data(TSO, wrong ? 54 : 3054, SUMS));
}

static void delay_without_tidv(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_TIDV, wrong ? 0 : 8);
    one(f, check_legacy(CHECK_WHOLE | TXD_CMD_IDE, 60));
}

const struct check_case check_packet_cases[] = {
    {"tx-missing-eop", tx_missing_eop, CHECK_RUNNING, NULL, NULL},
    {"tx-short-unpadded", tx_short_unpadded, CHECK_RUNNING, NULL, "tx-no-fcs"},
    {"tx-short-padded", tx_short_padded, CHECK_RUNNING, NULL, NULL},
    {"tx-no-fcs", tx_no_fcs, CHECK_RUNNING, NULL, NULL},
    {"tx-buffer-null", tx_buffer_null, CHECK_RUNNING, NULL, NULL},
    {"tx-length-zero", tx_length_zero, CHECK_RUNNING, NULL, NULL},
    {"tx-too-long", tx_too_long, CHECK_RUNNING, NULL, NULL},
    {"tx-exceeds-fifo", tx_exceeds_fifo, CHECK_RUNNING, NULL, NULL},
    {"tx-exceeds-fifo", no_fifo, CHECK_RUNNING, NULL, "pba-split"},
    {"tx-report-sent", tx_report_sent, CHECK_RUNNING, NULL, NULL},
    {"tx-vlan-off", tx_vlan_off, CHECK_RUNNING, NULL, NULL},
    {"tx-legacy-checksum", tx_legacy_checksum, CHECK_RUNNING, NULL, NULL},
    {"context-in-packet", context_in_packet, CHECK_RUNNING, NULL, NULL},
    {"tx-types-mixed", tx_types_mixed, CHECK_RUNNING, NULL, NULL},
    {"offload-without-context", offload_without_context, CHECK_RUNNING, NULL, NULL},
    {"offload-without-context", segmentation_without_context, CHECK_RUNNING, NULL, "tso-payload"},
    {"context-offsets", context_offsets, CHECK_RUNNING, NULL, NULL},
    {"tso-header", tso_header, CHECK_RUNNING, NULL, NULL},
    {"tso-mss-zero", tso_mss_zero, CHECK_RUNNING, NULL, NULL},
    {"tso-payload", tso_payload, CHECK_RUNNING, NULL, NULL},
    {"delay-without-tidv", delay_without_tidv, CHECK_RUNNING, NULL, NULL},
    {NULL, NULL, CHECK_COLD, NULL, NULL},
};
