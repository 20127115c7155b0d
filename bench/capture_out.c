/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* fopencookie */
#include "capture_out.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    STDIO_BYTES = 1024 * 1024, /* libpcap writes a record in two pieces; system calls are dear */
    MAX_SNAPLEN = 262144,
    FILE_HEADER_BYTES = 24,
    RECORD_HEADER_BYTES = 16,
    CAPLEN_OFFSET = 8, /* within a record's header */
};

struct capture_out {
    const char *name;
    char *path; /* the storage of name */
    int fd;
    pcap_t *pcap;
    pcap_dumper_t *dumper;
    FILE *stream; /* dumper's */
    char *stdio_buffer;
    uint32_t snaplen;
    int error; /* errno of the first write that failed */

    bool regular;      /* a file that can be cut back */
    uint64_t base;     /* where in the file the capture begins */
    uint64_t written;  /* bytes that the file took */
    uint64_t whole;    /* the first of these, which end with a whole record */
    uint64_t buffered; /* bytes since then */
};

static int fail(const char *name, int code, char *error, size_t error_size)
{
    snprintf(error, error_size, "%s: %s", name, strerror(code));
    return -1;
}

static bool is_standard_output(const char *path)
{
    return strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0;
}

/* Opens the file and finds out what kind it is. Returns 0 or an errno. */
static int open_path(struct capture_out *out)
{
    struct stat st;

    /* Opening /dev/stdout anew would cut off what a shell's ">>" wants kept. */
    if (is_standard_output(out->path)) {
        out->name = "standard output";
        out->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    } else {
        out->fd = open(out->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    }
    if (out->fd < 0 || fstat(out->fd, &st) != 0) {
        return errno;
    }
    if (S_ISREG(st.st_mode)) {
        int flags = fcntl(out->fd, F_GETFL);
        bool append = flags >= 0 && (flags & O_APPEND) != 0;
        off_t at = append ? st.st_size : lseek(out->fd, 0, SEEK_CUR);
        out->regular = at >= 0;
        out->base = out->regular ? (uint64_t)at : 0;
    }
    return 0;
}

/* Writes all bytes, whatever signals arrive; after the first error nothing any more, so that the
 * file's end is known. */
static ssize_t cookie_write(void *cookie, const char *data, size_t size)
{
    struct capture_out *out = cookie;
    size_t done = 0;

    while (out->error == 0 && done < size) {
        ssize_t n = write(out->fd, data + done, size - done);
        if (n >= 0) {
            done += (size_t)n;
            out->written += (uint64_t)n;
        } else if (errno != EINTR) {
            out->error = errno;
        }
    }
    return out->error == 0 ? (ssize_t)size : 0;
}

/* Writes what is buffered, which ends with a whole record. */
static void flush(struct capture_out *out)
{
    fflush(out->stream);
    if (out->error == 0) {
        out->whole = out->written;
        out->buffered = 0;
    }
}

/* Starts libpcap's writer and writes the file header, to learn early about a place where nothing
 * can be written. Returns 0 or an errno. */
static int open_pcap(struct capture_out *out)
{
    out->stdio_buffer = malloc(STDIO_BYTES);
    out->pcap = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, (int)out->snaplen,
                                                     PCAP_TSTAMP_PRECISION_NANO);
    if (out->stdio_buffer == NULL || out->pcap == NULL) {
        return ENOMEM;
    }
    out->stream = fopencookie(out, "w", (cookie_io_functions_t){.write = cookie_write});
    if (out->stream == NULL) {
        return ENOMEM;
    }
    setvbuf(out->stream, out->stdio_buffer, _IOFBF, STDIO_BYTES);
    out->dumper = pcap_dump_fopen(out->pcap, out->stream); /* closes stream if it fails */
    if (out->dumper == NULL) {
        return out->error != 0 ? out->error : EIO;
    }
    out->buffered = FILE_HEADER_BYTES;
    flush(out);
    return out->error;
}

/* Closes and frees all. Returns 0 or the errno of closing the file, which is where network file
 * systems report what they could not store. */
static int release(struct capture_out *out)
{
    int code = 0;
    if (out->dumper != NULL) {
        pcap_dump_close(out->dumper);
    }
    if (out->pcap != NULL) {
        pcap_close(out->pcap);
    }
    if (out->fd >= 0 && close(out->fd) != 0) {
        code = errno;
    }
    free(out->stdio_buffer);
    free(out->path);
    free(out);
    return code;
}

int capture_out_open(const char *path, uint32_t snaplen, struct capture_out **out, char *error,
                     size_t error_size)
{
    struct capture_out *o = calloc(1, sizeof *o);
    *out = NULL;
    if (o == NULL || (o->path = strdup(path)) == NULL) {
        free(o);
        return fail(path, ENOMEM, error, error_size);
    }
    o->name = o->path;
    o->fd = -1;
    o->snaplen = snaplen == 0 || snaplen > MAX_SNAPLEN ? MAX_SNAPLEN : snaplen;
    int code = open_path(o);
    if (code == 0) {
        code = open_pcap(o);
    }
    if (code != 0) {
        fail(o->name, code, error, error_size);
        release(o);
        return -1;
    }
    *out = o;
    return 0;
}

int capture_out_write(struct capture_out *out, const void *data, uint32_t length, uint64_t time_ns)
{
    const uint64_t billion = 1000000000;
    const struct pcap_pkthdr header = {
        .ts = {.tv_sec = (time_t)(uint32_t)(time_ns / billion),
               .tv_usec = (suseconds_t)(time_ns % billion)}, /* holds nanoseconds here */
        .caplen = length < out->snaplen ? length : out->snaplen,
        .len = length,
    };
    const uint32_t bytes = RECORD_HEADER_BYTES + header.caplen;

    /* The buffer is emptied between records only, so that it is known where one ends. */
    if (out->buffered + bytes > STDIO_BYTES) {
        flush(out);
    }
    if (out->error != 0) {
        return -1;
    }
    pcap_dump((u_char *)out->dumper, &header, data);
    out->buffered += bytes;
    return 0;
}

/* Where the last whole record ends that came into the file: walks over the records behind the last
 * flush that worked, at most a buffer full. fd is open for reading. */
static uint64_t end_of_records(const struct capture_out *out, int fd)
{
    uint64_t end = out->whole;
    for (;;) {
        uint8_t header[RECORD_HEADER_BYTES];
        uint32_t caplen;
        off_t at = (off_t)(out->base + end);
        if (pread(fd, header, sizeof header, at) != (ssize_t)sizeof header) {
            return end;
        }
        memcpy(&caplen, header + CAPLEN_OFFSET, sizeof caplen); /* in this machine's byte order */
        if (end + sizeof header + caplen > out->written) {
            return end;
        }
        end += sizeof header + caplen;
    }
}

/* After a failed write: cuts a regular file back behind its last whole record. Returns 0 or an
 * errno. */
static int cut_back(const struct capture_out *out)
{
    uint64_t end = out->whole;
    bool readable = out->name == out->path; /* for standard output the last flush must do */
    int fd = readable && end > 0 ? open(out->path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        end = end_of_records(out, fd);
        close(fd);
    }
    return ftruncate(out->fd, (off_t)(out->base + end)) == 0 ? 0 : errno;
}

int capture_out_close(struct capture_out *out, char *error, size_t error_size)
{
    if (out == NULL) {
        return 0;
    }
    flush(out);
    int code = out->error;
    int uncut = code != 0 && out->regular ? cut_back(out) : 0;
    char *path = out->path;
    const char *name = out->name;
    out->path = NULL;
    int close_code = release(out);
    code = code != 0 ? code : close_code;
    if (code != 0) {
        fail(name, code, error, error_size);
    }
    if (uncut != 0) {
        size_t n = strlen(error);
        snprintf(error + n, error_size - n, "; its last record is incomplete: %s", strerror(uncut));
    }
    free(path);
    return code != 0 ? -1 : 0;
}
