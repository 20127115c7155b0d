/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a fuzz target over files instead of over what a fuzzing engine makes up: each argument is an
 * input, a folder of them, or a corpus with a line of hexadecimal digits for each (NAME.hex, see
 * scripts/corpus.py). Prints TAP, a case for each argument.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "input.h"

#define LARGEST (16l << 20)

static bool run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = NULL;
    long size = -1;
    bool well = false;

    if (file && fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    if (size >= 0 && size <= LARGEST)
        bytes = malloc(size ? (size_t)size : 1);
    if (bytes) {
        rewind(file);
        well = fread(bytes, 1, (size_t)size, file) == (size_t)size;
    }
    if (well)
        LLVMFuzzerTestOneInput(bytes, (size_t)size);
    else
        fprintf(stderr, "%s: can't be read\n", path);
    free(bytes);
    if (file)
        fclose(file);
    return well;
}

static bool is_corpus(const char *path)
{
    size_t length = strlen(path);

    return length > 4 && strcmp(path + length - 4, ".hex") == 0;
}

static int digit(int c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* One line. False: it has something else in it than pairs of digits. */
static bool run_line(const char *line, size_t length)
{
    uint8_t *bytes = malloc(length / 2 + 1);
    bool well = bytes && length % 2 == 0;

    for (size_t i = 0; well && i < length / 2; i++) {
        int high = digit(line[2 * i]), low = digit(line[2 * i + 1]);

        well = high >= 0 && low >= 0;
        bytes[i] = (uint8_t)(high * 16 + low);
    }
    if (well)
        LLVMFuzzerTestOneInput(bytes, length / 2);
    free(bytes);
    return well;
}

/* All lines of a corpus. Returns how many; -1: one is none, or the file can't be read. */
static int run_corpus(const char *path)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    int count = 0;
    bool well = file != NULL;

    while (well && (length = getline(&line, &room, file)) > 0) {
        if (line[length - 1] == '\n')
            length--;
        well = run_line(line, (size_t)length);
        count++;
        if (!well)
            fprintf(stderr, "%s:%d: not pairs of hexadecimal digits\n", path, count);
    }
    free(line);
    if (file)
        fclose(file);
    return well ? count : -1;
}

/* All files of a folder. Returns how many; -1: one could not be read, or the folder couldn't. */
static int run_folder(const char *path)
{
    DIR *folder = opendir(path);
    int count = 0;
    bool well = folder != NULL;

    for (struct dirent *entry; well && (entry = readdir(folder)) != NULL;) {
        char name[4096];

        if (entry->d_name[0] == '.')
            continue;
        if (snprintf(name, sizeof name, "%s/%s", path, entry->d_name) >= (int)sizeof name ||
            !run_file(name))
            well = false;
        count++;
    }
    if (folder)
        closedir(folder);
    return well ? count : -1;
}

int main(int argc, char **argv)
{
    bool all_well = argc > 1;

    printf("1..%d\n", argc - 1);
    for (int i = 1; i < argc; i++) {
        struct stat status;
        int count = -1;

        if (stat(argv[i], &status) == 0 && S_ISDIR(status.st_mode))
            count = run_folder(argv[i]);
        else if (is_corpus(argv[i]))
            count = run_corpus(argv[i]);
        else if (run_file(argv[i]))
            count = 1;
        all_well = all_well && count > 0;
        printf("%sok %d - %s: %d inputs\n", count > 0 ? "" : "not ", i,
               strrchr(argv[i], '/') ? strrchr(argv[i], '/') + 1 : argv[i], count);
        fflush(stdout);
    }
    return all_well ? 0 : 1;
}
