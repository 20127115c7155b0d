/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM    "qemu-system-x86_64"
#define BAR0       0xfebc0000u
#define SLOT       4u
#define BRIDGE     1u  /* the PIIX3, which routes interrupts */
#define IRQ        11u /* where it routes all of PCI's */
#define BIOS_BYTES 0x10000u
#define PATIENCE   20000 /* ms until QEMU counts as hung */

/* More commands at once gain nothing, and replies must not fill the socket. */
#define BATCH 128u

#define CONFIG_ADDRESS 0xcf8u
#define CONFIG_DATA    0xcfcu

static _Noreturn void __attribute__((format(printf, 2, 3)))
die(const struct qemu *qemu, const char *format, ...)
{
    va_list args;

    fflush(stdout);
    fputs("qemu: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    qemu_complaints(qemu);
    exit(1);
}

bool qemu_available(char *version, size_t size)
{
    FILE *pipe = popen(PROGRAM " --version 2>/dev/null", "r");
    char line[200] = "";
    const char *number;

    if (!pipe)
        return false;
    if (!fgets(line, sizeof line, pipe))
        line[0] = '\0';
    pclose(pipe);
    number = strstr(line, "version ");
    if (!number)
        return false;
    number += strlen("version ");
    snprintf(version, size, "%.*s", (int)strcspn(number, " \n"), number);
    return true;
}

void qemu_complaints(const struct qemu *qemu)
{
    char text[2000];
    ssize_t n = qemu->errors > 0 ? pread(qemu->errors, text, sizeof text - 1, 0) : 0;

    if (n <= 0)
        return;
    text[n] = '\0';
    fprintf(stderr, "QEMU's standard error:\n%s\n", text);
}

/* ---- Starting and stopping ------------------------------------------------------------------ */

/* The processor's first instruction is 16 bytes below the end: interrupts off, then halt. */
static int make_bios(void)
{
    static const uint8_t code[] = {0xfa, 0xf4, 0xeb, 0xfd};
    int file = memfd_create("bios", MFD_CLOEXEC);

    if (file < 0 || ftruncate(file, BIOS_BYTES) != 0 ||
        pwrite(file, code, sizeof code, BIOS_BYTES - 16) != (ssize_t)sizeof code)
        return -1;
    return file;
}

struct inherited {
    int bios, ram, control, wire, errors;
};

/* In the child. Nothing here allocates or prints: the parent may have threads (of a sanitizer). */
static _Noreturn void become_qemu(const struct inherited *fds, char *const argv[], pid_t parent)
{
    int null = open("/dev/null", O_RDONLY);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(126);
    dup2(null, STDIN_FILENO);
    dup2(fds->errors, STDOUT_FILENO);
    dup2(fds->errors, STDERR_FILENO);
    fcntl(fds->bios, F_SETFD, 0);
    fcntl(fds->ram, F_SETFD, 0);
    fcntl(fds->control, F_SETFD, 0);
    fcntl(fds->wire, F_SETFD, 0);
    unsetenv("LD_PRELOAD");
    execvp(argv[0], argv);
    _exit(127);
}

static void spawn(struct qemu *qemu, const struct inherited *fds, const uint8_t mac[6])
{
    char bios[40], ram[100], control[60], wire[80], device[120];
    char *argv[] = {PROGRAM, "-machine",
                    /* No timer but the chip's may run, or virtual time would race along. */
                    "pc,pit=off,hpet=off,pic=off,sata=off,memory-backend=ram", "-accel", "tcg",
                    "-icount", "shift=0,sleep=off", "-m", "64", "-nodefaults", "-no-user-config",
                    "-display", "none", "-bios", bios, "-object", ram, "-chardev", control,
                    "-qtest", "chardev:qtest", "-qtest-log", "none", "-device", device, "-netdev",
                    wire, NULL};
    pid_t parent = getpid();

    snprintf(bios, sizeof bios, "/proc/self/fd/%d", fds->bios);
    snprintf(ram, sizeof ram,
             "memory-backend-file,id=ram,size=64M,mem-path=/proc/self/fd/%d,share=on", fds->ram);
    snprintf(control, sizeof control, "socket,id=qtest,fd=%d", fds->control);
    snprintf(wire, sizeof wire, "dgram,id=wire,local.type=fd,local.str=%d", fds->wire);
    snprintf(device, sizeof device,
             "e1000-82545em,addr=%u,netdev=wire,romfile=,mac=%02x:%02x:%02x:%02x:%02x:%02x", SLOT,
             mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
    qemu->pid = fork();
    if (qemu->pid == 0)
        become_qemu(fds, argv, parent);
    if (qemu->pid < 0)
        die(qemu, "fork: %s", strerror(errno));
}

static void set_up(struct qemu *qemu);

void qemu_start(struct qemu *qemu, const uint8_t mac[6], qemu_answer *answer, void *opaque)
{
    struct inherited fds;
    int control[2], wire[2];

    *qemu = (struct qemu){.answer = answer, .opaque = opaque};
    fds.bios = make_bios();
    fds.ram = memfd_create("ram", MFD_CLOEXEC);
    fds.errors = memfd_create("errors", MFD_CLOEXEC);
    if (fds.bios < 0 || fds.ram < 0 || fds.errors < 0 || ftruncate(fds.ram, QEMU_RAM_BYTES) != 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) != 0 ||
        socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, wire) != 0)
        die(qemu, "no memory or sockets: %s", strerror(errno));
    qemu->ram = mmap(NULL, QEMU_RAM_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fds.ram, 0);
    if (qemu->ram == MAP_FAILED)
        die(qemu, "mmap: %s", strerror(errno));
    qemu->control = control[0];
    qemu->wire = wire[0];
    qemu->errors = fds.errors;
    fds.control = control[1];
    fds.wire = wire[1];
    spawn(qemu, &fds, mac);
    close(fds.bios);
    close(fds.ram);
    close(fds.control);
    close(fds.wire);
    set_up(qemu);
}

void qemu_stop(struct qemu *qemu)
{
    if (qemu->pid <= 0)
        return;
    kill(qemu->pid, SIGKILL);
    while (waitpid(qemu->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    qemu->pid = 0;
    close(qemu->control);
    close(qemu->wire);
    close(qemu->errors);
    munmap(qemu->ram, QEMU_RAM_BYTES);
}

/* ---- The qtest protocol --------------------------------------------------------------------- */

/* True when the descriptor has something to read within so many milliseconds. */
static bool readable(int fd, int milliseconds)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

    return poll(&poll_fd, 1, milliseconds) > 0;
}

/* One line from QEMU, or false when none comes in time. It is good until the next call. */
static bool next_line(struct qemu *qemu, char line[128], int milliseconds)
{
    for (;;) {
        char *end = memchr(qemu->in, '\n', qemu->in_bytes);
        ssize_t n;

        if (end) {
            size_t length = (size_t)(end - qemu->in);

            snprintf(line, 128, "%.*s", (int)length, qemu->in);
            qemu->in_bytes -= length + 1;
            memmove(qemu->in, end + 1, qemu->in_bytes);
            return true;
        }
        if (qemu->in_bytes == sizeof qemu->in)
            die(qemu, "a line without an end");
        if (!readable(qemu->control, milliseconds))
            return false;
        n = read(qemu->control, qemu->in + qemu->in_bytes, sizeof qemu->in - qemu->in_bytes);
        if (n <= 0)
            die(qemu, "it ended: %s", n < 0 ? strerror(errno) : "see below");
        qemu->in_bytes += (size_t)n;
    }
}

/* "IRQ raise 11" comes between replies. */
static bool take_irq(struct qemu *qemu, const char *line)
{
    char word[8];
    unsigned number;

    if (sscanf(line, "IRQ %7s %u", word, &number) != 2)
        return false;
    if (number == IRQ)
        qemu->irq = strcmp(word, "raise") == 0;
    return true;
}

/* The value of the next reply: 0 for a bare OK. */
static uint32_t reply(struct qemu *qemu)
{
    char line[128];

    do {
        if (!next_line(qemu, line, PATIENCE))
            die(qemu, "no answer");
    } while (take_irq(qemu, line));
    if (strncmp(line, "OK", 2) != 0)
        die(qemu, "it said '%s'", line);
    return (uint32_t)strtoull(line + 2, NULL, 16);
}

void qemu_sync(struct qemu *qemu)
{
    for (size_t sent = 0; sent < qemu->out_bytes;) {
        ssize_t n = send(qemu->control, qemu->out + sent, qemu->out_bytes - sent, MSG_NOSIGNAL);

        if (n <= 0)
            die(qemu, "it ended: %s", strerror(errno));
        sent += (size_t)n;
    }
    qemu->out_bytes = 0;
    for (unsigned i = 0; i < qemu->pending; i++) {
        uint32_t value = reply(qemu);

        if (qemu->is_read[i])
            qemu->answer(qemu->opaque, value);
    }
    qemu->pending = 0;
}

static void __attribute__((format(printf, 3, 4)))
command(struct qemu *qemu, bool is_read, const char *format, ...)
{
    va_list args;
    int n;

    if (qemu->pending == BATCH)
        qemu_sync(qemu);
    va_start(args, format);
    n = vsnprintf(qemu->out + qemu->out_bytes, sizeof qemu->out - qemu->out_bytes, format, args);
    va_end(args);
    qemu->out_bytes += (size_t)n;
    qemu->is_read[qemu->pending++] = is_read;
}

/* A command with a value of its own, whatever was collected before it. */
static uint32_t ask(struct qemu *qemu, const char *line)
{
    qemu_sync(qemu);
    if (send(qemu->control, line, strlen(line), MSG_NOSIGNAL) != (ssize_t)strlen(line))
        die(qemu, "it ended: %s", strerror(errno));
    return reply(qemu);
}

void qemu_write(struct qemu *qemu, uint32_t offset, uint32_t value)
{
    command(qemu, false, "writel 0x%x 0x%x\n", BAR0 + offset, value);
}

void qemu_read(struct qemu *qemu, uint32_t offset)
{
    command(qemu, true, "readl 0x%x\n", BAR0 + offset);
}

uint32_t qemu_read_now(struct qemu *qemu, uint32_t offset)
{
    char line[40];

    snprintf(line, sizeof line, "readl 0x%x\n", BAR0 + offset);
    return ask(qemu, line);
}

/* ---- Configuration space and interrupts ----------------------------------------------------- */

static void select_config(struct qemu *qemu, unsigned slot, unsigned offset)
{
    char line[40];

    snprintf(line, sizeof line, "outl 0x%x 0x%x\n", CONFIG_ADDRESS,
             0x80000000u | slot << 11 | (offset & 0xfcu));
    ask(qemu, line);
}

static void slot_write(struct qemu *qemu, unsigned slot, unsigned offset, uint32_t value)
{
    char line[40];

    select_config(qemu, slot, offset);
    snprintf(line, sizeof line, "outl 0x%x 0x%x\n", CONFIG_DATA, value);
    ask(qemu, line);
}

uint32_t qemu_config_read(struct qemu *qemu, unsigned offset)
{
    char line[40];

    select_config(qemu, SLOT, offset);
    snprintf(line, sizeof line, "inl 0x%x\n", CONFIG_DATA);
    return ask(qemu, line);
}

void qemu_config_write(struct qemu *qemu, unsigned offset, uint32_t value)
{
    slot_write(qemu, SLOT, offset, value);
}

/* What a BIOS would do: a place for BAR 0, memory and bus mastering on, interrupts routed. */
static void set_up(struct qemu *qemu)
{
    ask(qemu, "irq_intercept_in ioapic\n");
    slot_write(qemu, BRIDGE, 0x60, IRQ * 0x01010101u);
    qemu_config_write(qemu, 0x10, BAR0);
    qemu_config_write(qemu, 0x04, 0x0006);
}

bool qemu_wait_irq(struct qemu *qemu, bool level, int milliseconds)
{
    char line[128];

    while (qemu->irq != level) {
        if (!next_line(qemu, line, milliseconds))
            return false;
        if (!take_irq(qemu, line))
            die(qemu, "it said '%s' unasked", line);
    }
    return true;
}

/* ---- The wire ------------------------------------------------------------------------------- */

void qemu_frame_in(struct qemu *qemu, const uint8_t *data, size_t length)
{
    struct pollfd poll_fd = {.fd = qemu->wire, .events = POLLOUT};

    while (send(qemu->wire, data, length, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        if (errno != EAGAIN && errno != EINTR)
            die(qemu, "sending a frame: %s", strerror(errno));
        if (poll(&poll_fd, 1, PATIENCE) == 0)
            die(qemu, "it takes no frames");
    }
}

size_t qemu_frame_out(struct qemu *qemu, uint8_t *data, size_t size, int milliseconds)
{
    ssize_t n = recv(qemu->wire, data, size, MSG_DONTWAIT);

    if (n < 0 && errno == EAGAIN && milliseconds > 0 && readable(qemu->wire, milliseconds))
        n = recv(qemu->wire, data, size, MSG_DONTWAIT);
    return n > 0 ? (size_t)n : 0;
}
