/* SPDX-License-Identifier: BSD-2-Clause */
/* Results of a run, as a table for people and as JSON for programs. */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "judge.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** Why frames did not come out though nothing went wrong ("other_address"), and how many. */
struct report_reason {
    const char *name; /**< As in a program: small letters and underscores. */
    uint64_t count;
};

/** A fault that was asked for. */
struct report_fault {
    const char *text; /**< As it was given: "rx-drop@1%". */
    const char *name;
    uint64_t fired; /**< How often those of that name fired. */
};

/** What became of the frames in one direction. */
struct direction_result {
    uint64_t frames_in;  /**< Put in: on the wire (RX) or into the driver (TX). */
    uint64_t frames_out; /**< Came out at the other end, right or wrong. */
    uint64_t lost;       /**< Should have come out, did not. */
    uint64_t duplicated; /**< Came out again. */
    uint64_t reordered;  /**< Came out after one that was put in later. */
    uint64_t corrupted;  /**< Came out, but were never put in like that. */
    uint64_t faulted;    /**< Lost, damaged, doubled or late by a fault that was asked for. */
    uint64_t filtered;   /**< Rightly kept back by the chip: address filter, runts. */
    uint64_t snapped;    /**< Not put in: the capture holds only their first bytes. */
    uint64_t too_long;   /**< Not put in, or rightly dropped: longer than chip or driver carry. */
    uint64_t padded;     /**< Put in with padding up to 60 bytes. */
    uint64_t bytes;      /**< Of the frames that came out, without FCS. */
    double seconds;      /**< Of this computer's time that the run took. */
    double virtual_seconds; /**< Of the time inside the bench. */
    double mpps;            /**< Millions of frames out per second of this computer's time. */
    double gbps;         /**< The same in gigabits per second, FCS, preamble and gap not counted. */
    uint64_t interrupts; /**< Calls of the driver's interrupt handler. */
    uint64_t mmio_reads, mmio_writes;    /**< The driver's accesses to registers. */
    const struct report_reason *reasons; /**< Borrowed. */
    size_t reason_count;
};

/** Computes mpps and gbps from frames_out, bytes and seconds; zero where no time has passed. */
void report_rates(struct direction_result *result);

/** Frames in this direction came out wrong: lost, duplicated, reordered or corrupted. */
bool report_failed(const struct direction_result *result);

/** A whole run. Strings are borrowed; those that are NULL are left out. */
struct report {
    const char *capture;   /**< Path of the input. */
    const char *profile;   /**< Name of the chip's profile. */
    const char *direction; /**< "rx", "tx", "both" or "split". */
    const char *rate;      /**< "max", "line", "capture" or frames per second. */
    const char *mac;       /**< Of the NIC, "00:0c:29:12:34:56". */
    const char *note; /**< A line on what is unusual about this run, such as a damaged capture. */
    uint64_t seed;
    uint64_t passes; /**< How often the capture was replayed. */
    bool passed;     /**< The verdict. */
    bool interrupted;
    const struct report_fault *faults;
    size_t fault_count;
    const struct judge *judge;              /**< Of the driver; NULL or off: none. */
    const struct direction_result *rx, *tx; /**< NULL: nothing went this way. */
};

/** Prints a table of a few lines, numbers in columns by direction; rows that are zero and of no
 * interest are left out. */
void report_text(FILE *stream, const struct report *report);

/** Writes a JSON object and a newline to a file that is created or overwritten; "-" and
 * "/dev/stdout" are standard output. Returns 0, or -1 with one line in error[error_size] that names
 * the file and the cause. */
int report_json(const char *path, const struct report *report, char *error, size_t error_size);

/** The same for several runs, as a JSON array of such objects. */
int report_json_list(const char *path, const struct report *reports, size_t count, char *error,
                     size_t error_size);

#endif
