/* SPDX-License-Identifier: BSD-2-Clause */
/* The options that several commands share: which chip, which address, which rings. */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include "cli.h"
#include "columns.h"
#include "eeprom_file.h"
#include "fault_option.h"
#include "session.h"
#include "trace.h"

/* Zero-initialise; options_init() sets the defaults. */
struct options {
    struct e1000emu_profile profile; /* a copy: options change it */
    uint8_t mac[6];                  /* the NIC's: given, of the EEPROM image, or the profile's */
    bool mac_given;
    uint16_t eeprom[EEPROM_FILE_WORDS];
    size_t eeprom_words;
    const char *eeprom_path;
    const char *profile_name;
    enum judge_level check;
    int rar0; /* enum e1000emu_rar0, or -1: the profile's */
    struct session_config session;
    struct fault_options faults;
    const char *trace_path; /* NULL: no trace */
    int trace_format;       /* enum trace_format, or -1: what the path says */
    enum trace_frames trace_frames;
    struct trace_out *trace;   /* open between options_finish() and options_close() */
    const char *snapshot_path; /* NULL: none */
    bool snapshot_failed;
    struct device_watcher watcher;
    const struct wire_kind *wire;      /* NULL: not given */
    const char *wire_argument;         /* what stood behind the colon */
    const struct above_kind *above[2]; /* the second one for the other end of a wire with two */
    const char *above_argument[2];
    const struct cli_command *command; /* whose options these are, for messages */
};

/* Values of struct option.val for the shared options; commands use characters below these. */
enum {
    OPTION_PROFILE = 256,
    OPTION_MAC,
    OPTION_EEPROM,
    OPTION_RAR0,
    OPTION_NAME,
    OPTION_SEED,
    OPTION_RING,
    OPTION_BUFFER,
    OPTION_EERD,
    OPTION_CHECK,
    OPTION_TRACE,
    OPTION_TRACE_FORMAT,
    OPTION_TRACE_FRAMES,
    OPTION_SNAPSHOT,
    OPTION_FAULT,
    OPTION_DRIVER,
    OPTION_DEVICE,
    OPTION_WIRE,
    OPTION_ABOVE,
};

#define OPTIONS_CHIP                                          \
    {"device", required_argument, NULL, OPTION_DEVICE},       \
        {"profile", required_argument, NULL, OPTION_PROFILE}, \
        {"mac", required_argument, NULL, OPTION_MAC},         \
        {"eeprom", required_argument, NULL, OPTION_EEPROM},   \
        {"rar0", required_argument, NULL, OPTION_RAR0},       \
        {"fault", required_argument, NULL, OPTION_FAULT},     \
    {                                                         \
        "seed", required_argument, NULL, OPTION_SEED          \
    }

#define OPTIONS_DRIVER                                      \
    {"driver", required_argument, NULL, OPTION_DRIVER},     \
        {"name", required_argument, NULL, OPTION_NAME},     \
        {"ring", required_argument, NULL, OPTION_RING},     \
        {"buffer", required_argument, NULL, OPTION_BUFFER}, \
        {"check", required_argument, NULL, OPTION_CHECK},   \
    {                                                       \
        "eerd", no_argument, NULL, OPTION_EERD              \
    }

/* Of commands that take any wire and any layer above the driver. */
#define OPTIONS_ENDS                                   \
    {"wire", required_argument, NULL, OPTION_WIRE},    \
    {                                                  \
        "above", required_argument, NULL, OPTION_ABOVE \
    }

#define OPTIONS_TRACE                                                   \
    {"trace", required_argument, NULL, OPTION_TRACE},                   \
        {"trace-format", required_argument, NULL, OPTION_TRACE_FORMAT}, \
    {                                                                   \
        "trace-frames", required_argument, NULL, OPTION_TRACE_FRAMES    \
    }

/* What --help says about them. */
#define OPTIONS_CHIP_HELP                                                                    \
    "  --device D      what the driver meets: emu (default), see 'e1000bench list'\n"        \
    "  --profile P     which chip: vmware (default), vmware-esxi51, silicon, virtualbox\n"   \
    "                  or qemu, or a board of Intel's, such as 82540em or 82546gb-fiber:\n"  \
    "                  see the manual page\n"                                                \
    "  --mac MAC       the NIC's address (default: the profile's)\n"                         \
    "  --eeprom FILE   an EEPROM image, 64 or 256 words, instead\n"                          \
    "  --rar0 KIND     what RAR[0] holds after a reset: zero, kept, garbage or eeprom\n"     \
    "  --fault NAME[=ARG][@WHEN]  something goes wrong, see 'e1000bench faults'; WHEN is\n"  \
    "                  2s, 1s..3s (times), 5, 5.. (occurrences), /10 (each tenth), x3 (at\n" \
    "                  most), 0.1%, or several of them with commas; may be given often\n"    \
    "  --seed N        for what is left to chance\n"
#define OPTIONS_DRIVER_HELP                                                           \
    "  --driver D      which driver: core (default), see 'e1000bench list'\n"         \
    "  --name NAME     of the interface (default en0)\n"                              \
    "  --ring N        descriptors of each ring, a multiple of 8 up to 4096\n"        \
    "  --buffer N      bytes of a receive buffer, 256 to 16384 (default 2048)\n"      \
    "  --eerd          the driver reads the EEPROM by EERD, not by Microwire\n"       \
    "  --check LEVEL   how the driver's accesses are judged by the manual's rules:\n" \
    "                  off, on (default) or deep, which looks twice at memory\n"

#define OPTIONS_ENDS_HELP                                                          \
    "  --wire W        what is plugged in, see 'e1000bench list'\n"                \
    "  --above A       what is above the driver; given twice, the second one is\n" \
    "                  at the other end of the wire pair\n"

/* Of commands with one run. */
#define OPTIONS_SNAPSHOT                                     \
    {                                                        \
        "snapshot", required_argument, NULL, OPTION_SNAPSHOT \
    }
#define OPTIONS_SNAPSHOT_HELP \
    "  --snapshot FILE  save the chip's state at the end, before the driver lets go of it\n"
#define OPTIONS_TRACE_HELP                                                   \
    "  --trace FILE    write all that the chip does, - is standard output\n" \
    "  --trace-format F  text (default) or json (default for FILE.jsonl)\n"  \
    "  --trace-frames N  bytes of frames: none, head (default) or full\n"

void options_init(struct options *options);

/* Takes a shared option. Returns 1 when it was one and is good, 0 when it is none of these, -1
 * after reporting an error. */
int options_take(struct options *options, const struct cli_options *cli, int option);

/* After the last option: reads the EEPROM image, opens the trace and fills in options->session.
 * Returns CLI_OK or an exit status after reporting an error. *options must stay where it is. */
int options_finish(struct options *options, const struct cli_options *cli);

/* Closes the trace. Returns status, or CLI_IO after reporting that not all of it, or no snapshot,
 * could be written. */
int options_close(struct options *options, const struct cli_options *cli, int status);

/* Whether a path is standard output. */
bool options_is_stdout(const char *path);

/* Sets the NIC's address after options_finish(). */
void options_set_mac(struct options *options, const uint8_t mac[6]);

/* "00:0c:29:69:17:26" */
void options_mac_text(const uint8_t mac[6], char text[18]);

#endif
