/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* fopencookie */
#include "capture_in.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gzip_file.h"

enum {
    STDIO_BYTES = 1024 * 1024, /* libpcap reads record by record: small buffers cost 200 ns each */
    FRAME_ALIGN = 8,
    MAX_FRAME = 65535,
    PCAP_HEADER_BYTES = 24,
    PCAP_SNAPLEN_OFFSET = 16,
    LIBPCAP_MAX_SNAPLEN = 262144, /* libpcap takes no longer records in an Ethernet capture */
};
static const uint64_t DEFAULT_MAX_BYTES = UINT64_C(1) << 30;

/* One loading, from opening to the end. */
struct loader {
    const char *path;
    const char *name; /* for messages */
    struct capture_options options;
    struct capture *capture;
    char *error;
    size_t error_size;

    int fd;
    struct gzip_file bytes;
    uint64_t total; /* of the file in bytes, 0: not known */
    bool stopped;   /* progress said so */
    char *stdio_buffer;
    pcap_t *pcap;
};

__attribute__((format(printf, 3, 4))) static int fail(struct loader *l, int status,
                                                      const char *format, ...)
{
    va_list arguments;
    int n = snprintf(l->error, l->error_size, "%s: ", l->name);
    if (n >= 0 && (size_t)n < l->error_size) {
        va_start(arguments, format);
        vsnprintf(l->error + n, l->error_size - (size_t)n, format, arguments);
        va_end(arguments);
    }
    return status;
}

static int stopped(struct loader *l)
{
    return fail(l, CAPTURE_STOPPED, "interrupted");
}

static bool go_on(struct loader *l)
{
    if (l->options.progress != NULL &&
        !l->options.progress(l->options.opaque, l->bytes.consumed, l->total)) {
        l->stopped = true;
    }
    return !l->stopped;
}

/* ---- The file as libpcap sees it ---------------------------------------------------------- */

/* libpcap cuts records at the header's snap length, even where the file holds more of them (a
 * header is easily written before the longest record is known). Here it sees a header that never
 * promises too little. */
static void lift_snap_length(uint8_t *header)
{
    static const uint8_t magics[][4] = {{0xa1, 0xb2, 0xc3, 0xd4}, {0xa1, 0xb2, 0x3c, 0x4d}};
    uint8_t *snaplen = header + PCAP_SNAPLEN_OFFSET;

    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        const uint8_t *m = magics[i];
        const uint8_t swapped[4] = {m[3], m[2], m[1], m[0]};
        if (memcmp(header, m, 4) == 0) {
            memcpy(snaplen, (const uint8_t[]){0, LIBPCAP_MAX_SNAPLEN >> 16, 0, 0}, 4);
        } else if (memcmp(header, swapped, 4) == 0) {
            memcpy(snaplen, (const uint8_t[]){0, 0, LIBPCAP_MAX_SNAPLEN >> 16, 0}, 4);
        }
    }
}

/* Reads some bytes; at the start of the stream, at least a whole pcap file header. */
static ssize_t read_some(struct loader *l, char *data, size_t size)
{
    bool first = l->bytes.produced == 0;
    size_t wanted = first && size >= PCAP_HEADER_BYTES ? PCAP_HEADER_BYTES : 1;
    size_t got = 0;

    while (got < wanted && go_on(l)) {
        ssize_t n = gzip_file_read(&l->bytes, data + got, size - got);
        if (n == -EINTR) {
            continue;
        }
        if (n < 0) {
            return -1;
        }
        if (n == 0) {
            break;
        }
        got += (size_t)n;
    }
    if (first && got >= PCAP_HEADER_BYTES) {
        lift_snap_length((uint8_t *)data);
    }
    return l->stopped ? -1 : (ssize_t)got;
}

static ssize_t cookie_read(void *cookie, char *data, size_t size)
{
    return read_some(cookie, data, size);
}

/* ---- Opening ------------------------------------------------------------------------------ */

static bool is_standard_input(const char *path)
{
    return strcmp(path, "-") == 0 || strcmp(path, "/dev/stdin") == 0;
}

static int open_path(struct loader *l)
{
    struct stat st;

    do {
        /* Opening a FIFO waits for a writer, and a signal may end that. */
        l->fd = is_standard_input(l->path) ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                           : open(l->path, O_RDONLY | O_CLOEXEC);
    } while (l->fd < 0 && errno == EINTR && go_on(l));
    if (l->stopped) {
        return stopped(l);
    }
    if (l->fd < 0 || fstat(l->fd, &st) != 0) {
        return fail(l, CAPTURE_FAILED, "%s", strerror(errno));
    }
    if (S_ISDIR(st.st_mode)) {
        return fail(l, CAPTURE_FAILED, "is a directory, not a capture file");
    }
    if (S_ISREG(st.st_mode)) {
        off_t at = lseek(l->fd, 0, SEEK_CUR);
        l->total = at >= 0 && st.st_size > at ? (uint64_t)(st.st_size - at) : 0;
    }
    return 0;
}

/* A compression that we can tell but not undo. */
static const char *other_compression(const uint8_t *head, size_t length)
{
    static const struct {
        const char *name;
        size_t length;
        uint8_t magic[6];
    } known[] = {
        {"xz", 6, {0xfd, '7', 'z', 'X', 'Z', 0}},     {"zstd", 4, {0x28, 0xb5, 0x2f, 0xfd}},
        {"lz4", 4, {0x04, 0x22, 0x4d, 0x18}},         {"bzip2", 3, {'B', 'Z', 'h'}},
        {"a zip archive", 4, {'P', 'K', 0x03, 0x04}},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (length >= known[i].length && memcmp(head, known[i].magic, known[i].length) == 0) {
            return known[i].name;
        }
    }
    return NULL;
}

static int open_bytes(struct loader *l)
{
    int error;
    while ((error = gzip_file_open(&l->bytes, l->fd)) == -EINTR && go_on(l)) {
        gzip_file_close(&l->bytes);
    }
    if (l->stopped) {
        return stopped(l);
    }
    if (error != 0) {
        return fail(l, CAPTURE_FAILED, "%s", l->bytes.error);
    }
    size_t length;
    const uint8_t *head = gzip_file_head(&l->bytes, &length);
    if (length == 0) {
        return fail(l, CAPTURE_FAILED, "is empty");
    }
    const char *compression = other_compression(head, length);
    if (compression != NULL) {
        return fail(l, CAPTURE_FAILED,
                    "is compressed (%s); only gzip is undone here, unpack it first", compression);
    }
    return 0;
}

/* Tells where the stream is, for ftello(); nothing else is possible. */
static int cookie_seek(void *cookie, off64_t *offset, int whence)
{
    struct loader *l = cookie;

    if (whence != SEEK_CUR || *offset != 0) {
        errno = ESPIPE;
        return -1;
    }
    *offset = (off64_t)l->bytes.produced;
    return 0;
}

/* Opens the libpcap reader on the bytes. */
static int open_pcap(struct loader *l)
{
    char text[PCAP_ERRBUF_SIZE] = "";
    FILE *stream =
        fopencookie(l, "r", (cookie_io_functions_t){.read = cookie_read, .seek = cookie_seek});
    l->stdio_buffer = malloc(STDIO_BYTES);
    if (stream == NULL || l->stdio_buffer == NULL) {
        if (stream != NULL) {
            fclose(stream);
        }
        return fail(l, CAPTURE_FAILED, "out of memory");
    }
    setvbuf(stream, l->stdio_buffer, _IOFBF, STDIO_BYTES);
    l->pcap = pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, text);
    if (l->pcap != NULL) {
        return 0; /* pcap_close() closes stream */
    }
    fclose(stream);
    if (l->stopped) {
        return stopped(l);
    }
    if (l->bytes.error[0] != '\0') {
        return fail(l, CAPTURE_FAILED, "%s", l->bytes.error);
    }
    if (l->bytes.produced == 0) {
        return fail(l, CAPTURE_FAILED, "is empty once decompressed");
    }
    bool unknown = strstr(text, "unknown file format") != NULL;
    return fail(
        l, CAPTURE_FAILED, "%s (libpcap: %s)",
        unknown ? "is not a capture, neither pcap nor pcapng" : "can't be read as a capture", text);
}

/* The number that stands for a link type in files. libpcap's own numbers (DLT_*) are the same but
 * for a few that once differed between systems. */
static int link_type_in_files(int dlt)
{
    static const int differing[][2] = {
        {DLT_ATM_RFC1483, 100}, {DLT_RAW, 101},      {DLT_SLIP_BSDOS, 102},
        {DLT_PPP_BSDOS, 103},   {DLT_ATM_CLIP, 106}, {DLT_PFSYNC, 246},
    };
    for (size_t i = 0; i < sizeof differing / sizeof differing[0]; i++) {
        if (differing[i][0] == dlt) {
            return differing[i][1];
        }
    }
    return dlt;
}

static int check_link_type(struct loader *l)
{
    int dlt = pcap_datalink(l->pcap);
    if (dlt == DLT_EN10MB) {
        return 0;
    }
    const char *name = pcap_datalink_val_to_name(dlt);
    return fail(l, CAPTURE_FAILED, "holds no Ethernet frames: its link type is %d (%s)",
                link_type_in_files(dlt), name != NULL ? name : "unknown to libpcap");
}

/* ---- Frames ------------------------------------------------------------------------------- */

static size_t aligned(size_t length)
{
    return (length + FRAME_ALIGN - 1) & ~(size_t)(FRAME_ALIGN - 1);
}

/* Doubles a size until it holds needed, but not beyond limit. Returns 0 where that is too little.
 */
static size_t grown(size_t needed, uint64_t limit)
{
    size_t wanted = needed + needed / 8;
    wanted = (wanted < STDIO_BYTES ? STDIO_BYTES : wanted) & ~(size_t)(FRAME_ALIGN - 1);
    wanted = wanted < limit ? wanted : (size_t)limit & ~(size_t)(FRAME_ALIGN - 1);
    return wanted < needed ? 0 : wanted;
}

/* Makes room for one more frame of length bytes. The arena may move: frames get their addresses at
 * the end. Returns 0, -ENOSPC (over max_bytes) or -ENOMEM. */
static int reserve(struct capture *c, size_t length, uint64_t max_bytes)
{
    uint64_t array = (uint64_t)c->room * sizeof *c->frames;
    if (c->count == c->room) {
        uint64_t limit = max_bytes > c->size ? max_bytes - c->size : 0;
        size_t size = grown((c->count + 1) * sizeof *c->frames, limit);
        struct capture_frame *frames = size == 0 ? NULL : realloc(c->frames, size);
        if (frames == NULL) {
            return size == 0 ? -ENOSPC : -ENOMEM;
        }
        c->frames = frames;
        c->room = size / sizeof *frames;
        array = size;
    }
    if (aligned(length) > c->size - c->used) {
        uint64_t limit = max_bytes > array ? max_bytes - array : 0;
        size_t size = grown(c->used + aligned(length), limit);
        uint8_t *arena = size == 0 ? NULL : realloc(c->arena, size);
        if (arena == NULL) {
            return size == 0 ? -ENOSPC : -ENOMEM;
        }
        c->arena = arena;
        c->size = size;
    }
    return 0;
}

/* Seconds and nanoseconds as one number. libpcap takes pcap's seconds, which have 32 bits, for
 * signed. Damaged captures hold all kinds of times: one that doesn't fit becomes the latest that
 * does. */
static uint64_t nanoseconds(const struct timeval *ts)
{
    const uint64_t billion = 1000000000;
    uint64_t seconds = ts->tv_sec < 0 ? (uint32_t)ts->tv_sec : (uint64_t)ts->tv_sec;
    uint64_t rest = ts->tv_usec < 0 ? 0 : (uint64_t)ts->tv_usec; /* holds nanoseconds here */
    if (seconds > UINT64_MAX / billion || rest > UINT64_MAX - seconds * billion) {
        return UINT64_MAX;
    }
    return seconds * billion + rest;
}

/* Appends a frame. Returns 0, -ENOSPC or -ENOMEM. */
static int append(struct capture *c, const struct capture_options *options,
                  const struct pcap_pkthdr *header, const uint8_t *data)
{
    struct capture_frame frame = {
        .time_ns = nanoseconds(&header->ts),
        .length = header->caplen,
        .original = header->len < header->caplen ? header->caplen : header->len,
    };
    if (frame.original > frame.length) {
        frame.flags |= CAPTURE_SNAPPED;
        c->snapped++;
    }
    if (frame.original > options->max_frame) {
        frame.flags |= CAPTURE_TOO_LONG;
        frame.length = 0;
        c->too_long++;
    }
    int error = reserve(c, frame.length, options->max_bytes);
    if (error != 0) {
        c->snapped -= (frame.flags & CAPTURE_SNAPPED) != 0;
        c->too_long -= (frame.flags & CAPTURE_TOO_LONG) != 0;
        return error;
    }
    if (frame.length > 0) {
        memcpy(c->arena + c->used, data, frame.length);
    }
    c->used += aligned(frame.length);
    c->bytes += frame.length;
    c->frames[c->count++] = frame;
    return 0;
}

/* The capture stays, as far as it was read. */
__attribute__((format(printf, 2, 3))) static int partial(struct loader *l, const char *format, ...)
{
    char text[PCAP_ERRBUF_SIZE + 200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    l->capture->partial = true;
    if (l->bytes.error[0] != '\0') { /* names the byte itself, in the compressed file */
        return fail(l, CAPTURE_PARTIAL, "stopped at record %zu: %s", l->capture->count + 1, text);
    }
    return fail(l, CAPTURE_PARTIAL, "stopped at record %zu, byte %lld%s: %s", l->capture->count + 1,
                (long long)ftello(pcap_file(l->pcap)),
                l->bytes.compressed ? " of what is compressed" : "", text);
}

static int partial_by_memory(struct loader *l, int error)
{
    if (error == -ENOSPC) {
        return partial(l, "more than %" PRIu64 " MiB of memory are needed; cut the capture up",
                       l->options.max_bytes >> 20);
    }
    return partial(l, "out of memory");
}

static int partial_by_libpcap(struct loader *l)
{
    const char *text = pcap_geterr(l->pcap);
    if (l->stopped) {
        return stopped(l);
    }
    if (l->bytes.error[0] != '\0') {
        return partial(l, "%s", l->bytes.error);
    }
    if (strstr(text, "of the first interface") != NULL) {
        return partial(l,
                       "the capture comes from interfaces of different kinds, and libpcap reads "
                       "only one kind (%s); split it by interface",
                       text);
    }
    return partial(l, "%s", text);
}

static int read_frames(struct loader *l)
{
    struct pcap_pkthdr *header;
    const uint8_t *data;
    int status;

    while ((status = pcap_next_ex(l->pcap, &header, &data)) == 1) {
        int error = append(l->capture, &l->options, header, data);
        if (error != 0) {
            return partial_by_memory(l, error);
        }
    }
    if (status != PCAP_ERROR_BREAK) {
        return partial_by_libpcap(l);
    }
    return l->stopped ? stopped(l) : CAPTURE_WHOLE;
}

/* Gives the frames their addresses, now that the arena stays where it is. */
static void place_frames(struct capture *c)
{
    static const uint8_t nothing[FRAME_ALIGN];
    size_t at = 0;
    for (size_t i = 0; i < c->count; i++) {
        struct capture_frame *frame = &c->frames[i];
        frame->data = frame->length > 0 ? c->arena + at : nothing;
        at += aligned(frame->length);
    }
}

static int load(struct loader *l)
{
    int status = open_path(l);
    if (status == 0) {
        status = open_bytes(l);
    }
    if (status == 0) {
        status = open_pcap(l);
    }
    if (status == 0) {
        status = check_link_type(l);
    }
    if (status == 0) {
        l->capture = calloc(1, sizeof *l->capture);
        status = l->capture == NULL ? fail(l, CAPTURE_FAILED, "out of memory") : read_frames(l);
    }
    return status;
}

int capture_load(const char *path, const struct capture_options *options, struct capture **out,
                 char *error, size_t error_size)
{
    struct loader l = {.path = path, .error = error, .error_size = error_size, .fd = -1};
    l.name = is_standard_input(path) ? "standard input" : path;
    if (options != NULL) {
        l.options = *options;
    }
    if (l.options.max_bytes == 0) {
        l.options.max_bytes = DEFAULT_MAX_BYTES;
    }
    if (l.options.max_frame == 0 || l.options.max_frame > MAX_FRAME) {
        l.options.max_frame = MAX_FRAME;
    }

    int status = load(&l);

    if (l.pcap != NULL) {
        pcap_close(l.pcap);
    }
    free(l.stdio_buffer);
    gzip_file_close(&l.bytes);
    if (l.fd >= 0) {
        close(l.fd);
    }
    if (status == CAPTURE_WHOLE || status == CAPTURE_PARTIAL) {
        place_frames(l.capture);
    } else {
        capture_free(l.capture);
        l.capture = NULL;
    }
    *out = l.capture;
    return status;
}

void capture_free(struct capture *capture)
{
    if (capture != NULL) {
        free(capture->frames);
        free(capture->arena);
        free(capture);
    }
}
