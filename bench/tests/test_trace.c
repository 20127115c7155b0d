/* SPDX-License-Identifier: BSD-2-Clause */
/* Traces: each event survives both formats, wrong lines are named, and differences are found. */
#define _GNU_SOURCE
#include "trace.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decode.h"
#include "files.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* ---- Decoding ---- */

static void fields_are_named(void **state)
{
    char text[DECODE_FIELDS], name[DECODE_NAME];

    (void)state;
    assert_string_equal(decode_register(0x100, 0x04008002, text),
                        "EN RDMTS=1/2 MO=47:36 BAM BSIZE=2048 SECRC");
    assert_string_equal(decode_register(0x100, 0x80000002, text),
                        "EN RDMTS=1/2 MO=47:36 BSIZE=2048 +0x80000000");
    assert_string_equal(decode_register(0xC0, 0x84, text), "LSC RXT0");
    assert_string_equal(decode_register(0x20, 0x18210000, text), "REG=BMSR PHY=1 OP=read R");
    assert_string_equal(decode_register(0x28, 0x00C28001, text), ""); /* one number */
    assert_string_equal(decode_register(0x1C, 1, text), "");          /* no register */
    assert_string_equal(decode_place(E1000EMU_REGISTERS, 0x5418, name), "RAL[3]");
    assert_string_equal(decode_place(E1000EMU_REGISTERS, 0x0102, name), "RCTL");
    assert_string_equal(decode_place(E1000EMU_REGISTERS, 0x001C, name), "-");
    assert_string_equal(decode_place(E1000EMU_CONFIG, 4, name), "COMMAND");
    assert_string_equal(decode_place(E1000EMU_CONFIG, 0xE0, name), "-");
    assert_string_equal(decode_place(E1000EMU_IO, 4, name), "IODATA");
    assert_string_equal(decode_place(E1000EMU_IO, 8, name), "-");
    assert_string_equal(decode_place(E1000EMU_FLASH, 0, name), "-");
}

/* Every value of every register fits, and is one line without what would break it. */
static void fields_always_fit(void **state)
{
    const struct e1000emu_register *row;
    char text[DECODE_FIELDS];

    (void)state;
    for (size_t i = 0; (row = e1000emu_register_at(i)) != NULL; i++) {
        assert_true(strlen(decode_register(row->offset, UINT32_MAX, text)) < DECODE_FIELDS - 1);
        assert_null(strpbrk(text, "\n\"\\"));
    }
    for (unsigned kind = 0; kind < 4; kind++) {
        const struct e1000emu_descriptor *d = e1000emu_descriptor_of(
            kind != 0, (uint64_t)(kind > 1) << 29 | (uint64_t)(kind > 2) << 20);

        decode_fields(d->fields, d->field_count, UINT64_MAX, text);
        assert_true(strlen(text) < DECODE_FIELDS - 1);
    }
}

/* ---- Round trips ---- */

static const uint8_t some_bytes[] = {0x00, 0xff, 0x1c, 0x80};

static const struct trace_record records[] = {
    {.kind = TRACE_CHIP, .u.profile = "vmware"},
    {.kind = E1000EMU_EVENT_RESET, .u.event.u.reset = E1000EMU_RESET_CTRL},
    {.kind = E1000EMU_EVENT_WRITE,
     .time = 1,
     .u.event.u.access = {E1000EMU_REGISTERS, 0x100, 4, 0x04008002, false}},
    {.kind = E1000EMU_EVENT_READ,
     .time = 999999999,
     .u.event.u.access = {E1000EMU_CONFIG, 4, 2, 0x0107, false}},
    {.kind = E1000EMU_EVENT_READ,
     .time = 1000000000,
     .u.event.u.access = {E1000EMU_FLASH, 0x7FFFF, 1, 0xff, false}},
    {.kind = E1000EMU_EVENT_WRITE,
     .time = 1000000000,
     .u.event.u.access = {E1000EMU_REGISTERS, 0x3818, 4, 7, true}},
    {.kind = E1000EMU_EVENT_WRITE,
     .time = 1000000001,
     .u.event.u.access = {E1000EMU_IO, 4, 4, 7, false}},
    {.kind = E1000EMU_EVENT_READ,
     .time = 2000000000,
     .u.event.u.access = {E1000EMU_REGISTERS, 0x4088, 8, UINT64_MAX, false}},
    {.kind = E1000EMU_EVENT_FETCH,
     .time = 2000000001,
     .u.event.u.descriptor = {true, 65527, UINT64_MAX - 15, UINT64_MAX, UINT64_MAX}},
    {.kind = E1000EMU_EVENT_FETCH,
     .time = 2000000001,
     .u.event.u.descriptor = {true, 1, 0x1000, 0x0123456789abcdef, 0x05b4003620001234}},
    {.kind = E1000EMU_EVENT_FETCH,
     .time = 2000000001,
     .u.event.u.descriptor = {true, 2, 0x1000, 0x2000, 0x0b00003c}},
    {.kind = E1000EMU_EVENT_WRITE_BACK,
     .time = 2000000001,
     .u.event.u.descriptor = {false, 3, 0x4000, 0, 0x000000070000003c}},
    {.kind = E1000EMU_EVENT_DMA_FAILED,
     .time = 2000000002,
     .u.event.u.dma = {UINT64_MAX, UINT64_MAX, true}},
    {.kind = E1000EMU_EVENT_DMA_FAILED, .time = 2000000002, .u.event.u.dma = {0x100, 16, false}},
    {.kind = E1000EMU_EVENT_CAUSE, .time = 2000000003, .u.event.u.causes = 0x84},
    {.kind = E1000EMU_EVENT_INTERRUPT, .time = 2000000003, .u.event.u.interrupt = {true, false}},
    {.kind = E1000EMU_EVENT_INTERRUPT, .time = 2000000003, .u.event.u.interrupt = {false, false}},
    {.kind = E1000EMU_EVENT_INTERRUPT, .time = 2000000003, .u.event.u.interrupt = {false, true}},
    {.kind = E1000EMU_EVENT_RECEIVED,
     .time = 2000000004,
     .u.frame = {60, E1000EMU_FRAME_FCS | E1000EMU_FRAME_BAD_FCS, E1000EMU_RX_BAD, 4, some_bytes}},
    {.kind = E1000EMU_EVENT_RECEIVED,
     .time = 2000000004,
     .u.frame = {65535, E1000EMU_FRAME_CARRIER, E1000EMU_RX_OVERRUN, 0, some_bytes}},
    {.kind = E1000EMU_EVENT_SENT,
     .time = 2000000004,
     .u.frame = {4, 0, E1000EMU_RX_STORED, 4, some_bytes}},
    {.kind = E1000EMU_EVENT_LINK, .time = 2000000005, .u.event.u.link = {true, true, 1000}},
    {.kind = E1000EMU_EVENT_LINK, .time = 2000000005, .u.event.u.link = {false, false, 10}},
    {.kind = E1000EMU_EVENT_FAULT, .time = 2000000006, .u.fault = {"tx-frozen", UINT64_MAX}},
    {.kind = TRACE_FINDING,
     .time = 18000000000000000000u,
     .u.finding = {E1000EMU_ERRATUM,
                   "ring-crosses-64k",
                   UINT64_MAX,
                   {1, UINT64_MAX},
                   "The ring, \"as it is\", crosses a 64 KiB boundary."}},
};

static char *written(const struct trace_record *record, enum trace_format format)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    assert_non_null(stream);
    if (format == TRACE_TEXT)
        trace_text_write(stream, record, true);
    else
        assert_true(trace_json_write(stream, record));
    fclose(stream);
    assert_ptr_equal(strchr(text, '\n'), text + size - 1); /* one line */
    return text;
}

/* What was read is written again as it was, in both formats, which says that all of it is there. */
static void events_survive(const struct trace_record *record, enum trace_format format)
{
    static uint8_t bytes[TRACE_FRAME];
    char *line = written(record, format), *text = written(record, TRACE_TEXT), *again;
    struct trace_record read;
    const char *wrong;

    line[strlen(line) - 1] = '\0';
    wrong = format == TRACE_TEXT ? trace_text_read(line, &read, bytes)
                                 : trace_json_read(line, &read, bytes);
    if (wrong != NULL)
        fail_msg("%s: %s", text, wrong);
    assert_null(trace_check(&read));
    again = written(&read, TRACE_TEXT);
    assert_string_equal(again, text);
    free(again);
    free(text);
    free(line);
    text = written(record, TRACE_JSON);
    again = written(&read, TRACE_JSON);
    assert_string_equal(again, text);
    free(again);
    free(text);
}

static void every_event_survives_both_formats(void **state)
{
    unsigned kinds = 0;

    (void)state;
    for (unsigned i = 0; i < TRACE_KINDS; i++)
        assert_non_null(trace_kinds[i]);
    for (size_t i = 0; i < LENGTH(records); i++) {
        kinds |= 1u << records[i].kind;
        /* A time beyond 2^63 ns is more than JSON's integers hold. */
        if (records[i].time < INT64_MAX)
            events_survive(&records[i], TRACE_JSON);
        events_survive(&records[i], TRACE_TEXT);
    }
    assert_int_equal(kinds, (1u << TRACE_KINDS) - 1);
}

static void names_choose_the_format(void **state)
{
    (void)state;
    assert_int_equal(trace_format_of("a.jsonl"), TRACE_JSON);
    assert_int_equal(trace_format_of("a.json"), TRACE_JSON);
    assert_int_equal(trace_format_of(".jsonl"), TRACE_TEXT);
    assert_int_equal(trace_format_of("a.txt"), TRACE_TEXT);
    assert_int_equal(trace_format_of("-"), TRACE_TEXT);
}

/* ---- Files ---- */

static void write_file(const char *name, const char *text, size_t length)
{
    FILE *stream = fopen(name, "wb");

    assert_non_null(stream);
    assert_int_equal(fwrite(text, 1, length, stream), length);
    fclose(stream);
}

/* Reads a whole file. Returns the number of events; -1: error has the reason. */
static int read_all(const char *name, char error[512])
{
    struct trace_record record;
    struct trace_in *in;
    int status, events = 0;

    if (trace_in_open(&in, name, error, 512) < 0)
        return -1;
    while ((status = trace_in_next(in, &record, error, 512)) > 0)
        events++;
    trace_in_close(in);
    return status < 0 ? -1 : events;
}

#define TEXT "# e1000bench trace, version 1\n"
#define JSON "{\"trace\":\"e1000bench\",\"version\":1}\n"
#define AT   "     0.000000001  "
#define J    "{\"time\":1,\"event\":"

static const struct {
    const char *text;
    const char *where, *reason;
} wrong_files[] = {
    {"", "t:", "empty"},
    {"hello\n", "t:1:", "no trace"},
    {"# e1000bench trace, version 2\n", "t:1:", "another version"},
    {"{\"trace\":\"e1000bench\",\"version\":2}\n", "t:1:", "another version"},
    {"{\"trace\":\"tcpdump\"}\n", "t:1:", "no trace"},
    {"{nonsense\n", "t:1:", "no trace"},
    {TEXT "     0.000000001", "t:2:", "no end"},
    {TEXT "\n", "t:2:", "bad time"},
    {TEXT "1 read\n", "t:2:", "bad time"},
    {TEXT "1.5 read\n", "t:2:", "bad time"},
    {TEXT "0x1.000000000 read\n", "t:2:", "bad time"},
    {TEXT "99999999999.000000000 read\n", "t:2:", "bad time"},
    {TEXT AT "jump\n", "t:2:", "unknown kind"},
    {TEXT AT "read moon 0x1\n", "t:2:", "unknown space"},
    {TEXT AT "read reg 1z RCTL 0x0\n", "t:2:", "bad offset"},
    {TEXT AT "read reg 0x100:9 RCTL 0x0\n", "t:2:", "bad offset"},
    {TEXT AT "read reg 0x100:3 RCTL 0x0\n", "t:2:", "1, 2, 4 or 8"},
    {TEXT AT "read reg 0x100:2 RCTL 0x10000\n", "t:2:", "wider"},
    {TEXT AT "read reg 0x100 RCTL\n", "t:2:", "bad value"},
    {TEXT AT "read reg 0x100 RCTL 0x11111111111111111\n", "t:2:", "bad value"},
    {TEXT AT "fetch xx 1 1 1 1\n", "t:2:", "unknown ring"},
    {TEXT AT "fetch tx 1 1 1\n", "t:2:", "bad descriptor"},
    {TEXT AT "dma-failed up 1 1\n", "t:2:", "bad access"},
    {TEXT AT "cause 0x100000000\n", "t:2:", "bad causes"},
    {TEXT AT "interrupt maybe\n", "t:2:", "unknown kind of interrupt"},
    {TEXT AT "received eaten 60 -\n", "t:2:", "unknown verdict"},
    {TEXT AT "received stored 65537 -\n", "t:2:", "bad length"},
    {TEXT AT "received stored 60 fcs,odd\n", "t:2:", "unknown flag"},
    {TEXT AT "received stored 60 ,\n", "t:2:", "unknown flag"},
    {TEXT AT "sent 60 - 012\n", "t:2:", "bad bytes"},
    {TEXT AT "sent 60 - 0g\n", "t:2:", "bad bytes"},
    {TEXT AT "sent 1 - 0102\n", "t:2:", "more bytes"},
    {TEXT AT "reset warm\n", "t:2:", "unknown kind of reset"},
    {TEXT AT "link sideways 10 full\n", "t:2:", "bad link"},
    {TEXT AT "finding crime x 1 1 1 text\n", "t:2:", "unknown class"},
    {TEXT AT "finding advice\n", "t:2:", "no rule"},
    {TEXT AT "finding advice rule 1 1 text\n", "t:2:", "bad numbers"},
    {TEXT AT "finding advice rule 1 1 1\n", "t:2:", "no sentence"},
    {TEXT AT "fault\n", "t:2:", "no fault"},
    {TEXT AT "fault x y\n", "t:2:", "bad number"},
    {JSON J "\"fault\"}\n", "t:2:", "bad 'fault'"},
    {JSON J "\"fault\",\"fault\":\"x\"}\n", "t:2:", "bad 'fired'"},
    {TEXT AT "chip\n", "t:2:", "no profile"},
    {TEXT AT "reset power\n     0.000000000  reset pci\n", "t:3:", "time goes back"},
    {JSON "1\n", "t:2:", "no JSON object"},
    {JSON "{\"time\":1,\"time\":1}\n", "t:2:", "no JSON object"},
    {JSON "{\"time\":-1,\"event\":\"reset\"}\n", "t:2:", "bad 'time'"},
    {JSON "{\"time\":1.5,\"event\":\"reset\"}\n", "t:2:", "bad 'time'"},
    {JSON J "\"jump\"}\n", "t:2:", "unknown 'event'"},
    {JSON J "\"read\",\"space\":\"moon\"}\n", "t:2:", "unknown 'space'"},
    {JSON J "\"read\",\"space\":\"reg\"}\n", "t:2:", "bad 'offset'"},
    {JSON J "\"read\",\"space\":\"reg\",\"offset\":1}\n", "t:2:", "bad 'width'"},
    {JSON J "\"read\",\"space\":\"reg\",\"offset\":1,\"width\":4}\n", "t:2:", "bad 'value'"},
    {JSON J "\"fetch\",\"ring\":1}\n", "t:2:", "unknown 'ring'"},
    {JSON J "\"fetch\",\"ring\":\"tx\"}\n", "t:2:", "bad 'index'"},
    {JSON J "\"fetch\",\"ring\":\"tx\",\"index\":1}\n", "t:2:", "bad 'bus'"},
    {JSON J "\"fetch\",\"ring\":\"tx\",\"index\":1,\"bus\":1}\n", "t:2:", "bad 'first'"},
    {JSON J "\"write-back\",\"ring\":\"tx\",\"index\":1,\"bus\":1}\n", "t:2:", "bad 'second'"},
    {JSON J "\"dma-failed\"}\n", "t:2:", "unknown 'access'"},
    {JSON J "\"dma-failed\",\"access\":\"read\"}\n", "t:2:", "bad 'bus'"},
    {JSON J "\"dma-failed\",\"access\":\"read\",\"bus\":\"0x\"}\n", "t:2:", "bad 'bus'"},
    {JSON J "\"dma-failed\",\"access\":\"read\",\"bus\":1}\n", "t:2:", "bad 'length'"},
    {JSON J "\"cause\"}\n", "t:2:", "bad 'causes'"},
    {JSON J "\"interrupt\"}\n", "t:2:", "unknown 'level'"},
    {JSON J "\"received\"}\n", "t:2:", "unknown 'verdict'"},
    {JSON J "\"sent\"}\n", "t:2:", "bad 'length'"},
    {JSON J "\"sent\",\"length\":1,\"bytes\":1}\n", "t:2:", "bad 'bytes'"},
    {JSON J "\"sent\",\"length\":1}\n", "t:2:", "bad 'flags'"},
    {JSON J "\"sent\",\"length\":1,\"flags\":[1]}\n", "t:2:", "unknown flag"},
    {JSON J "\"reset\"}\n", "t:2:", "unknown 'reset'"},
    {JSON J "\"link\"}\n", "t:2:", "bad link"},
    {JSON J "\"link\",\"up\":true,\"duplex\":\"full\"}\n", "t:2:", "bad 'mbps'"},
    {JSON J "\"finding\"}\n", "t:2:", "unknown 'class'"},
    {JSON J "\"finding\",\"class\":\"advice\"}\n", "t:2:", "bad 'rule'"},
    {JSON J "\"finding\",\"class\":\"advice\",\"rule\":\"x\"}\n", "t:2:", "bad 'count'"},
    {JSON J
     "\"finding\",\"class\":\"advice\",\"rule\":\"x\",\"count\":1,\"first\":1,\"second\":1}\n",
     "t:2:", "bad 'sentence'"},
    {JSON J "\"chip\",\"profile\":\"\"}\n", "t:2:", "bad 'profile'"},
};

static void wrong_lines_are_named(void **state)
{
    char error[512];

    (void)state;
    for (size_t i = 0; i < LENGTH(wrong_files); i++) {
        write_file("t", wrong_files[i].text, strlen(wrong_files[i].text));
        if (read_all("t", error) >= 0)
            fail_msg("taken: %s", wrong_files[i].text);
        if (strncmp(error, wrong_files[i].where, strlen(wrong_files[i].where)) != 0 ||
            strstr(error, wrong_files[i].reason) == NULL)
            fail_msg("%s says '%s'", wrong_files[i].text, error);
    }
    write_file("t", TEXT "a\0b\n", sizeof(TEXT) + 3);
    assert_int_equal(read_all("t", error), -1);
    assert_non_null(strstr(error, "t:2: a zero byte"));
    assert_int_equal(read_all("missing", error), -1);
    assert_non_null(strstr(error, "missing: No such file"));
    assert_int_equal(read_all(".", error), -1);
}

/* Another chip's time begins anew. */
static void several_chips_have_their_own_time(void **state)
{
    static const char text[] = TEXT AT "chip vmware\n     5.000000000  reset power\n" AT
                                       "chip silicon\n" AT "reset power\n";
    char error[512];

    (void)state;
    write_file("t", text, strlen(text));
    assert_int_equal(read_all("t", error), 4);
}

/* ---- Writing a run ---- */

static void bytes_of_frames_are_chosen(void **state)
{
    static const unsigned kept[] = {[TRACE_NO_BYTES] = 0, [TRACE_HEAD] = 64, [TRACE_FULL] = 100};
    const uint8_t data[100] = {1, 2, 3};
    const struct e1000emu_frame frame = {.data = data, .length = sizeof(data)};
    const struct e1000emu_event event = {.kind = E1000EMU_EVENT_SENT, .u.frame.frame = &frame};
    char error[512];

    (void)state;
    for (unsigned i = 0; i < LENGTH(kept); i++) {
        struct trace_record record;
        struct trace_out *out;
        struct trace_in *in;

        assert_int_equal(trace_out_open(&out, "t.jsonl", i % 2 ? TRACE_TEXT : TRACE_JSON,
                                        (enum trace_frames)i, error, sizeof(error)),
                         0);
        trace_out_event(out, &event);
        assert_int_equal(trace_out_close(out, error, sizeof(error)), 0);
        assert_int_equal(trace_in_open(&in, "t.jsonl", error, sizeof(error)), 0);
        assert_int_equal(trace_in_next(in, &record, error, sizeof(error)), 1);
        assert_int_equal(record.u.frame.length, 100);
        assert_int_equal(record.u.frame.count, kept[i]);
        assert_memory_equal(record.u.frame.data, data, kept[i]);
        trace_in_close(in);
    }
}

static void failures_to_write_are_told(void **state)
{
    const struct e1000emu_event event = {.kind = E1000EMU_EVENT_CAUSE};
    struct trace_out *out;
    char error[512];

    (void)state;
    assert_int_equal(trace_out_open(&out, "no/such/folder", TRACE_TEXT, TRACE_HEAD, error, 512),
                     -1);
    assert_non_null(strstr(error, "'no/such/folder': No such file"));
    assert_int_equal(trace_out_open(&out, "/dev/full", TRACE_TEXT, TRACE_HEAD, error, 512), 0);
    trace_out_event(out, &event);
    assert_int_equal(trace_out_close(out, error, sizeof(error)), -1);
    assert_non_null(strstr(error, "'/dev/full': No space left"));
    trace_out_chip(NULL, "x");
    trace_out_event(NULL, &event);
    trace_out_finding(NULL, 0, NULL);
    assert_int_equal(trace_out_close(NULL, error, sizeof(error)), 0);
}

/* ---- Differences ---- */

/* Writes a trace in which each letter is an event of its own. */
static void write_letters(const char *name, const char *letters, unsigned first_time)
{
    FILE *stream = fopen(name, "w");

    assert_non_null(stream);
    trace_text_header(stream);
    for (; *letters != '\0'; letters++) {
        const struct trace_record record = {.kind = E1000EMU_EVENT_CAUSE,
                                            .time = first_time++,
                                            .u.event.u.causes = (unsigned char)*letters};

        trace_text_write(stream, &record, true);
    }
    fclose(stream);
}

static int diff(const char *a, const char *b, const struct trace_diff_options *options,
                char **output)
{
    static const char *const path[2] = {"a", "b"};
    char error[512];
    size_t size;
    FILE *stream = open_memstream(output, &size);
    int status;

    write_letters("a", a, 0);
    write_letters("b", b, 7);
    status = trace_diff(stream, path, options, error, sizeof(error));
    fclose(stream);
    return status;
}

static void same_events_are_the_same(void **state)
{
    struct trace_diff_options options = {.context = 3};
    char *output;

    (void)state;
    assert_int_equal(diff("abc", "abc", &options, &output), 0);
    assert_string_equal(output, "");
    free(output);
    assert_int_equal(diff("", "", &options, &output), 0);
    free(output);
    options.times = true;
    assert_int_equal(diff("abc", "abc", &options, &output), 1);
    free(output);
}

static void one_insertion_is_one_line(void **state)
{
    const struct trace_diff_options options = {.context = 1};
    char *output;

    (void)state;
    assert_int_equal(diff("abcdefgh", "abcXdefgh", &options, &output), 1);
    assert_string_equal(output, "--- a\n+++ b\n@@ event 4 of the first, 4 of the second @@\n"
                                " cause       0x00000063 TXDW TXQE RXO +0x20\n"
                                "+cause       0x00000058 RXSEQ RXDMT0 RXO\n"
                                " cause       0x00000064 LSC RXO +0x20\n");
    free(output);
}

static void bad_files_are_told(void **state)
{
    static const char *const path[2] = {"a", "none"};
    const struct trace_diff_options options = {0};
    char error[512];

    (void)state;
    write_letters("a", "abc", 0);
    assert_int_equal(trace_diff(stdout, path, &options, error, sizeof(error)), -1);
    assert_non_null(strstr(error, "none: No such file"));
}

/* Follows what diff printed, with all of the context: both sides must come out, and lines that are
 * the same on both as often as possible, which a table tells. */
static void check_script(const char *a, const char *b, const char *output)
{
    static unsigned common[64][64];
    const size_t m = strlen(a), n = strlen(b);
    size_t x = 0, y = 0, equal = 0;

    for (size_t i = m + 1; i-- > 0;)
        for (size_t j = n + 1; j-- > 0;)
            common[i][j] = i == m || j == n                      ? 0
                           : a[i] == b[j]                        ? common[i + 1][j + 1] + 1
                           : common[i + 1][j] > common[i][j + 1] ? common[i + 1][j]
                                                                 : common[i][j + 1];
    for (const char *line = output; *line != '\0'; line = strchr(line, '\n') + 1) {
        unsigned causes;

        if (sscanf(line + 1, "cause 0x%x", &causes) != 1)
            continue;
        if (line[0] != '+')
            assert_int_equal(causes, (unsigned char)a[x++]);
        if (line[0] != '-')
            assert_int_equal(causes, (unsigned char)b[y++]);
        equal += line[0] == ' ';
    }
    assert_int_equal(x, m);
    assert_int_equal(y, n);
    assert_int_equal(equal, common[0][0]);
}

static void differences_are_the_fewest(void **state)
{
    const struct trace_diff_options options = {.context = 1000};
    uint32_t random = 1;

    (void)state;
    for (unsigned round = 0; round < 1500; round++) {
        char side[2][64], *output;

        for (unsigned s = 0; s < 2; s++) {
            size_t length = (random = random * 1664525u + 1013904223u) >> 8;

            length %= round % 60 + 1;
            for (size_t i = 0; i < length; i++)
                side[s][i] = (char)('a' + ((random = random * 1664525u + 1013904223u) >> 20) %
                                              (2 + round % 4));
            side[s][length] = '\0';
        }
        if (diff(side[0], side[1], &options, &output) != 0)
            check_script(side[0], side[1], output);
        else
            assert_string_equal(side[0], side[1]);
        free(output);
    }
}

/* Far more differences than the search goes after: all of them are shown all the same. */
static void very_different_traces_are_compared(void **state)
{
    enum { LINES = 6000 };
    const struct trace_diff_options options = {0};
    char *a = malloc(LINES + 1), *b = malloc(LINES + 1), *output;
    size_t minus = 0, plus = 0;

    (void)state;
    assert_true(a != NULL && b != NULL);
    memset(a, 'a', LINES);
    memset(b, 'b', LINES);
    a[LINES] = b[LINES] = '\0';
    assert_int_equal(diff(a, b, &options, &output), 1);
    for (const char *line = output; *line != '\0'; line = strchr(line, '\n') + 1) {
        minus += strncmp(line, "-cause", 6) == 0;
        plus += strncmp(line, "+cause", 6) == 0;
    }
    assert_int_equal(minus, LINES);
    assert_int_equal(plus, LINES);
    free(output);
    free(a);
    free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_named),
        cmocka_unit_test(fields_always_fit),
        cmocka_unit_test(every_event_survives_both_formats),
        cmocka_unit_test(names_choose_the_format),
        cmocka_unit_test(wrong_lines_are_named),
        cmocka_unit_test(several_chips_have_their_own_time),
        cmocka_unit_test(bytes_of_frames_are_chosen),
        cmocka_unit_test(failures_to_write_are_told),
        cmocka_unit_test(same_events_are_the_same),
        cmocka_unit_test(one_insertion_is_one_line),
        cmocka_unit_test(bad_files_are_told),
        cmocka_unit_test(differences_are_the_fewest),
        cmocka_unit_test(very_different_traces_are_compared),
    };

    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
