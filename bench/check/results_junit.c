/* SPDX-License-Identifier: BSD-2-Clause */
/* Results as JUnit's XML, as Jenkins, GitLab and others read it. */
#include "results.h"

#include <errno.h>
#include <inttypes.h>
#include <libxml/xmlwriter.h>
#include <string.h>

static const xmlChar *as_xml(const char *text)
{
    return (const xmlChar *)text;
}

/* Characters that XML does not have become question marks. */
static void clean(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' && *text != '\n' && *text != '\t')
            *text = '?';
        else if ((unsigned char)*text > '~')
            *text = '?';
}

static bool attribute(xmlTextWriterPtr writer, const char *name, const char *value)
{
    char copy[OUTCOME_MESSAGE];

    snprintf(copy, sizeof(copy), "%s", value);
    clean(copy);
    return xmlTextWriterWriteAttribute(writer, as_xml(name), as_xml(copy)) >= 0;
}

static bool number(xmlTextWriterPtr writer, const char *name, size_t value)
{
    char text[32];

    snprintf(text, sizeof(text), "%zu", value);
    return attribute(writer, name, text);
}

static bool seconds(xmlTextWriterPtr writer, double value)
{
    char text[32];

    snprintf(text, sizeof(text), "%.3f", value);
    return attribute(writer, "time", text);
}

/* What went wrong, as an element of its own. */
static bool trouble(xmlTextWriterPtr writer, const struct check_results *results,
                    const struct check_result *result)
{
    const struct outcome *outcome = result->outcome;
    char command[512], details[OUTCOME_DETAILS];
    bool good = xmlTextWriterStartElement(
                    writer, as_xml(outcome->status == CHECK_CRASH ? "error" : "failure")) >= 0 &&
                attribute(writer, "message", outcome->message) &&
                attribute(writer, "type", outcome->rule[0] != '\0' ? outcome->rule : "expectation");

    results_command(results, result->id, command, sizeof(command));
    memcpy(details, outcome->details, sizeof(details));
    details[sizeof(details) - 1] = '\0';
    clean(details);
    return good &&
           xmlTextWriterWriteFormatString(writer, "profile: %s\nrepeat: %s\n%s", outcome->profile,
                                          command, details) >= 0 &&
           xmlTextWriterEndElement(writer) >= 0;
}

static bool one(xmlTextWriterPtr writer, const struct check_results *results,
                const struct check_result *result)
{
    const struct outcome *outcome = result->outcome;
    const char *slash = strchr(result->id, '/');
    char group[64], name[256];
    bool good;

    snprintf(group, sizeof(group), "%.*s", (int)(slash - result->id), result->id);
    snprintf(name, sizeof(name), "%s: %s", slash + 1, result->title);
    good = xmlTextWriterStartElement(writer, as_xml("testcase")) >= 0 &&
           attribute(writer, "classname", group) && attribute(writer, "name", name) &&
           seconds(writer, (double)outcome->wall_us / 1e6);
    if (outcome->status == CHECK_SKIP)
        good = good && xmlTextWriterStartElement(writer, as_xml("skipped")) >= 0 &&
               attribute(writer, "message", outcome->message) &&
               xmlTextWriterEndElement(writer) >= 0;
    else if (outcome->status != CHECK_PASS)
        good = good && trouble(writer, results, result);
    return good && xmlTextWriterEndElement(writer) >= 0;
}

static bool counts(xmlTextWriterPtr writer, const struct check_results *results)
{
    return number(writer, "tests", results->count) &&
           number(writer, "failures", results_count(results, CHECK_FAIL)) &&
           number(writer, "errors", results_count(results, CHECK_CRASH)) &&
           number(writer, "skipped", results_count(results, CHECK_SKIP)) &&
           seconds(writer, results->seconds);
}

static bool all(xmlTextWriterPtr writer, const struct check_results *results)
{
    bool good = xmlTextWriterSetIndent(writer, 1) >= 0 &&
                xmlTextWriterStartDocument(writer, NULL, "UTF-8", NULL) >= 0 &&
                xmlTextWriterStartElement(writer, as_xml("testsuites")) >= 0 &&
                xmlTextWriterStartElement(writer, as_xml("testsuite")) >= 0 &&
                attribute(writer, "name", "e1000bench check") && counts(writer, results);

    for (size_t i = 0; i < results->count && good; i++)
        good = one(writer, results, &results->results[i]);
    return good && xmlTextWriterEndDocument(writer) >= 0;
}

int results_write_junit(const char *path, const struct check_results *results, char *error,
                        size_t error_size)
{
    const bool standard = strcmp(path, "-") == 0;
    FILE *stream = standard ? stdout : fopen(path, "w");
    xmlBufferPtr buffer = xmlBufferCreate();
    xmlTextWriterPtr writer = buffer != NULL ? xmlNewTextWriterMemory(buffer, 0) : NULL;
    int code = stream == NULL ? errno : writer == NULL ? ENOMEM : 0;

    if (code == 0 && !all(writer, results))
        code = ENOMEM;
    if (writer != NULL)
        xmlFreeTextWriter(writer);
    if (code == 0) {
        const size_t length = (size_t)xmlBufferLength(buffer);

        if (fwrite(xmlBufferContent(buffer), 1, length, stream) != length || fflush(stream) != 0)
            code = errno;
    }
    if (stream != NULL && !standard && fclose(stream) != 0 && code == 0)
        code = errno;
    xmlBufferFree(buffer);
    xmlCleanupParser();
    if (code != 0)
        snprintf(error, error_size, "%s: %s", standard ? "standard output" : path, strerror(code));
    return code == 0 ? 0 : -1;
}
