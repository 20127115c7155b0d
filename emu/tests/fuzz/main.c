/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a fuzz target over files instead of over what a fuzzing engine makes up: each argument is an
 * input, or a folder of them. Prints TAP, a case for each folder or file.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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
        else if (run_file(argv[i]))
            count = 1;
        all_well = all_well && count > 0;
        printf("%sok %d - %s: %d inputs\n", count > 0 ? "" : "not ", i,
               strrchr(argv[i], '/') ? strrchr(argv[i], '/') + 1 : argv[i], count);
        fflush(stdout);
    }
    return all_well ? 0 : 1;
}
