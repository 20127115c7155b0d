/* SPDX-License-Identifier: BSD-2-Clause */
#include "arguments.h"

#include "cli.h"

#include <stdio.h>
#include <string.h>

void arguments_begin(struct arguments *arguments, const char *who, const char *text, char *error,
                     size_t size)
{
    *arguments = (struct arguments){.rest = text, .who = who, .error = error, .size = size};
}

int arguments_next(struct arguments *arguments, const char **key, const char **value)
{
    const char *from = arguments->rest;
    size_t length = 0;
    char *equals;

    if (from == NULL)
        return 0;
    for (; *from != '\0' && (from[0] != ',' || from[1] == ','); from++) {
        if (length + 1 == sizeof(arguments->part)) {
            snprintf(arguments->error, arguments->size, "%s: a part is longer than %zu bytes",
                     arguments->who, sizeof(arguments->part) - 1);
            return -1;
        }
        arguments->part[length++] = *from;
        if (*from == ',')
            from++; /* the second one of a doubled comma */
    }
    arguments->part[length] = '\0';
    arguments->rest = *from == ',' ? from + 1 : NULL;
    equals = strchr(arguments->part, '=');
    *key = equals != NULL ? arguments->part : NULL;
    *value = equals != NULL ? equals + 1 : arguments->part;
    if (equals != NULL)
        *equals = '\0';
    return 1;
}

int arguments_unknown(struct arguments *arguments, const char *key, const char *const *known)
{
    const char *near = cli_suggest(key, known);
    int n = snprintf(arguments->error, arguments->size, "%s knows no '%s'", arguments->who, key);

    if (n > 0 && (size_t)n < arguments->size && near != NULL)
        snprintf(arguments->error + n, arguments->size - (size_t)n, "; did you mean '%s'?", near);
    return -1;
}

int arguments_wrong(struct arguments *arguments, const char *key, const char *value,
                    const char *expected)
{
    snprintf(arguments->error, arguments->size, "%s: %s: '%s' is not %s", arguments->who, key,
             value, expected);
    return -1;
}
