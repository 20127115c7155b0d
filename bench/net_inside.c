/* SPDX-License-Identifier: BSD-2-Clause */
/* The process inside the namespace. */
#define _GNU_SOURCE
#include "net_space.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/route.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CLONE_DEVICE "/dev/net/tun"
#define RESOLV_CONF  "/etc/resolv.conf"

/* Duplicate address detection lasts a second, after up to a second until it begins; router
 * solicitations may have to be repeated, every four seconds. */
#define IPV6_PATIENCE_MS 15000

/* Exit statuses, as shells have them. */
#define STATUS_NOT_FOUND      127
#define STATUS_NOT_EXECUTABLE 126

struct inside {
    const struct net_space_config *config;
    int socket;  /* to the other side */
    int control; /* for ioctl() */
};

static void nap(unsigned ms)
{
    const struct timespec time = {.tv_nsec = (long)ms * 1000000};

    nanosleep(&time, NULL);
}

/* ---- Leaving ---- */

static bool write_file(const char *path, const char *text)
{
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    const bool well = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (fd >= 0)
        close(fd);
    return well;
}

/* We are root in a user namespace of our own: that needs no right outside. */
static const char *leave_by_user_namespace(void)
{
    const uid_t uid = geteuid();
    const gid_t gid = getegid();
    char map[32];

    if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) < 0)
        return errno == EPERM || errno == ENOSPC || errno == EINVAL
                   ? "this system does not allow user namespaces here; be root"
                   : strerror(errno);
    snprintf(map, sizeof(map), "0 %u 1\n", uid);
    if (!write_file("/proc/self/setgroups", "deny") || !write_file("/proc/self/uid_map", map))
        return "the user namespace can't be set up";
    snprintf(map, sizeof(map), "0 %u 1\n", gid);
    return write_file("/proc/self/gid_map", map) ? NULL : "the user namespace can't be set up";
}

/* Returns NULL, or why not. */
static const char *leave(void)
{
    const char *why = NULL;

    if (geteuid() != 0 || unshare(CLONE_NEWNET | CLONE_NEWNS) < 0)
        why = leave_by_user_namespace();
    if (why == NULL && mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
        why = "mounts can't be kept apart";
    /* Only now: getting rights makes the kernel forget this. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    return why;
}

static void send_descriptors(const struct inside *inside, int tun)
{
    struct net_space_message message = {.kind = NET_SPACE_READY};
    struct iovec part = {.iov_base = &message, .iov_len = sizeof(message)};
    const int fds[2] = {tun, inside->control};
    union {
        char bytes[CMSG_SPACE(sizeof(fds))];
        struct cmsghdr align;
    } room = {{0}};
    struct msghdr header = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &room, .msg_controllen = sizeof(room)};
    struct cmsghdr *with = CMSG_FIRSTHDR(&header);

    with->cmsg_level = SOL_SOCKET;
    with->cmsg_type = SCM_RIGHTS;
    with->cmsg_len = CMSG_LEN(sizeof(fds));
    memcpy(CMSG_DATA(with), fds, sizeof(fds));
    sendmsg(inside->socket, &header, MSG_NOSIGNAL);
}

/* ---- The interface ---- */

static struct ifreq request(const char *interface)
{
    struct ifreq result;

    memset(&result, 0, sizeof(result));
    snprintf(result.ifr_name, sizeof(result.ifr_name), "%s", interface);
    return result;
}

static bool set_up(const struct inside *inside, const char *interface)
{
    struct ifreq ifr = request(interface);

    if (ioctl(inside->control, SIOCGIFFLAGS, &ifr) < 0)
        return false;
    ifr.ifr_flags |= IFF_UP;
    return ioctl(inside->control, SIOCSIFFLAGS, &ifr) == 0;
}

static bool set_address(const struct inside *inside, unsigned long what, const char *text)
{
    struct ifreq ifr = request(inside->config->interface);
    struct sockaddr_in *address = (struct sockaddr_in *)&ifr.ifr_addr;

    address->sin_family = AF_INET;
    return inet_pton(AF_INET, text, &address->sin_addr) == 1 &&
           ioctl(inside->control, what, &ifr) == 0;
}

static bool set_default_route(const struct inside *inside, const char *router)
{
    char interface[IF_NAMESIZE];
    struct rtentry route;
    struct sockaddr_in *gateway = (struct sockaddr_in *)&route.rt_gateway;

    memset(&route, 0, sizeof(route));
    route.rt_dst.sa_family = route.rt_genmask.sa_family = AF_INET;
    gateway->sin_family = AF_INET;
    route.rt_flags = RTF_UP | RTF_GATEWAY;
    snprintf(interface, sizeof(interface), "%s", inside->config->interface);
    route.rt_dev = interface;
    return inet_pton(AF_INET, router, &gateway->sin_addr) == 1 &&
           ioctl(inside->control, SIOCADDRT, &route) == 0;
}

/* ---- Names ---- */

/* What the command sees as /etc/resolv.conf; ours stays. */
static const char *put_resolv_conf(const struct net_lease *lease)
{
    const char *folder = getenv("TMPDIR");
    char path[256], text[512] = "", servers[sizeof(lease->servers)], *rest = servers;
    size_t length = 0;
    int fd;
    bool well;

    snprintf(servers, sizeof(servers), "%s", lease->servers);
    for (char *server; (server = strsep(&rest, " ")) != NULL;)
        if (server[0] != '\0')
            length +=
                (size_t)snprintf(text + length, sizeof(text) - length, "nameserver %s\n", server);
    if (lease->search[0] != '\0')
        snprintf(text + length, sizeof(text) - length, "search %s\n", lease->search);
    snprintf(path, sizeof(path), "%s/e1000bench-XXXXXX",
             folder != NULL && folder[0] == '/' ? folder : "/tmp");
    fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        return strerror(errno);
    fchmod(fd, 0644);
    well = write(fd, text, strlen(text)) == (ssize_t)strlen(text) &&
           mount(path, RESOLV_CONF, NULL, MS_BIND, NULL) == 0;
    close(fd);
    unlink(path);
    return well ? NULL : "a file can't be put over " RESOLV_CONF;
}

/* ---- Configuring ---- */

static int failed(const struct inside *inside, const char *name, const char *why)
{
    net_tell(inside->socket, NET_SPACE_FAILED, name, "%s", why);
    return -1;
}

static int configure_ipv4(const struct inside *inside)
{
    const struct net_space_config *config = inside->config;
    struct net_lease lease;
    char why[200];
    const char *reason;

    if (net_dhcp(config->interface, config->dhcp_client, &lease, why, sizeof(why)) < 0)
        return failed(inside, "DHCP", why);
    if (!set_address(inside, SIOCSIFADDR, lease.address) ||
        !set_address(inside, SIOCSIFNETMASK, lease.netmask) ||
        (lease.router[0] != '\0' && !set_default_route(inside, lease.router)))
        return failed(inside, "DHCP", "what it gave can't be set");
    net_tell(inside->socket, NET_SPACE_STEP, "DHCP", "%s has %s, netmask %s, router %s, by %s",
             config->interface, lease.address, lease.netmask,
             lease.router[0] != '\0' ? lease.router : "none", net_dhcp_find(config->dhcp_client));
    if (lease.servers[0] == '\0')
        return 0;
    reason = put_resolv_conf(&lease);
    if (reason != NULL)
        return failed(inside, "DNS", reason);
    net_tell(inside->socket, NET_SPACE_STEP, "DNS", "names are asked of %s", lease.servers);
    return 0;
}

/* The interface's address that reaches beyond the link and is nobody else's, as text. */
static bool find_ipv6(const char *interface, char text[INET6_ADDRSTRLEN])
{
    FILE *file = fopen("/proc/self/net/if_inet6", "re");
    char digits[33], name[17];
    unsigned index, bits, scope, flags;
    bool found = false;

    while (file != NULL && !found &&
           fscanf(file, "%32s %x %x %x %x %16s", digits, &index, &bits, &scope, &flags, name) ==
               6) {
        struct in6_addr address;

        /* 0x40: still being looked for at others, 0x08: found there. */
        if (scope != 0 || (flags & 0x48) != 0 || strcmp(name, interface) != 0)
            continue;
        for (unsigned i = 0; i < 16; i++) {
            const char pair[3] = {digits[2 * i], digits[2 * i + 1], '\0'};

            address.s6_addr[i] = (uint8_t)strtoul(pair, NULL, 16);
        }
        found = inet_ntop(AF_INET6, &address, text, INET6_ADDRSTRLEN) != NULL;
    }
    if (file != NULL)
        fclose(file);
    return found;
}

static int configure_ipv6(const struct inside *inside)
{
    char text[INET6_ADDRSTRLEN];

    if (access("/proc/self/net/if_inet6", R_OK) < 0) {
        net_tell(inside->socket, NET_SPACE_STEP, "IPv6", "this system has none");
        return 0;
    }
    for (unsigned ms = 0; ms < IPV6_PATIENCE_MS; ms += 20) {
        if (find_ipv6(inside->config->interface, text)) {
            net_tell(inside->socket, NET_SPACE_STEP, "IPv6", "%s has %s, by a router's word",
                     inside->config->interface, text);
            return 0;
        }
        nap(20);
    }
    return failed(inside, "IPv6", "no router has given an address");
}

/* Nobody else is on this wire: an address is ours at once, and a router can be asked at once. Where
 * the kernel does not let us say so, it just takes longer. */
static void hurry_ipv6(const struct inside *inside)
{
    static const char *const knobs[] = {"dad_transmits", "router_solicitation_delay"};
    char path[96];

    for (size_t i = 0; i < sizeof(knobs) / sizeof(knobs[0]); i++) {
        snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/%s", inside->config->interface,
                 knobs[i]);
        write_file(path, "0");
    }
}

static int configure(const struct inside *inside)
{
    hurry_ipv6(inside);
    if (!set_up(inside, "lo") || !set_up(inside, inside->config->interface))
        return failed(inside, "interface", "it can't be brought up");
    if (!inside->config->configure)
        return 0;
    if (inside->config->ipv4 && configure_ipv4(inside) < 0)
        return -1;
    return inside->config->ipv6 ? configure_ipv6(inside) : 0;
}

/* ---- The command ---- */

static volatile sig_atomic_t command_pid;

/* A terminal sends its signals to the command, too: only those that came to the other side alone
 * are handed on. */
static void on_signal(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (command_pid > 0 && info->si_code == SI_USER)
        kill((pid_t)command_pid, number);
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGQUIT, &action, NULL);
}

_Noreturn static void become(const struct inside *inside, const sigset_t *mask)
{
    const char *const *command = inside->config->command;
    int number;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    sigprocmask(SIG_SETMASK, mask, NULL);
    /* execvp() does not change the words. */
    execvp(command[0], (char *const *)(uintptr_t)command);
    number = errno;
    net_tell(inside->socket, NET_SPACE_ERROR, "", "command '%.100s': %s", command[0],
             strerror(number));
    _exit(number == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE);
}

static int run_command(const struct inside *inside)
{
    sigset_t all, before;
    int status = 0;
    pid_t pid;

    /* Once it is said that it runs, signals come, which wait until it is known where to. */
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    net_tell(inside->socket, NET_SPACE_RUNS, "", "%s", inside->config->command[0]);
    pid = fork();
    if (pid == 0)
        become(inside, &before);
    if (pid < 0) {
        net_tell(inside->socket, NET_SPACE_ERROR, "", "no process for the command: %s",
                 strerror(errno));
        return STATUS_NOT_EXECUTABLE;
    }
    command_pid = pid;
    sigprocmask(SIG_SETMASK, &before, NULL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void net_inside(const struct net_space_config *config, int socket_fd)
{
    const pid_t parent = getppid();
    struct inside inside = {.config = config, .socket = socket_fd};
    const char *why = leave();
    int tun;
    char go;

    if (why == NULL && getppid() != parent)
        _exit(1);
    if (why != NULL) {
        net_tell(socket_fd, NET_SPACE_ERROR, "", "%s", why);
        _exit(1);
    }
    inside.control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    tun = open(CLONE_DEVICE, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (tun < 0 || inside.control < 0) {
        net_tell(socket_fd, NET_SPACE_ERROR, "", "%s: %s",
                 tun < 0 ? CLONE_DEVICE : "a socket in it", strerror(errno));
        _exit(1);
    }
    send_descriptors(&inside, tun);
    close(tun);
    if (recv(socket_fd, &go, 1, 0) != 1)
        _exit(1);
    catch_signals();
    if (configure(&inside) < 0)
        _exit(1);
    _exit(run_command(&inside));
}
