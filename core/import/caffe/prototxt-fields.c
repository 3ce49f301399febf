/* Asking a text for its fields. See prototxt.h. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/import/caffe/prototxt.h"

void ses_prototxt_fail(struct ses_prototxt *text, size_t field,
                       enum ses_status status, const char *format, ...)
{
    char what[1024];
    va_list list;
    if (text->status)
        return;
    va_start(list, format);
    vsnprintf(what, sizeof what, format, list);
    va_end(list);
    text->status = ses_fail(text->error, status, "line %d: %s",
                            text->fields[field].line, what);
}

size_t ses_prototxt_next(struct ses_prototxt *text, size_t message,
                         const char *name, size_t before)
{
    if (message == SES_PROTOTXT_ABSENT)
        return SES_PROTOTXT_ABSENT;
    size_t end = text->fields[message].end;
    size_t at = before ? text->fields[before].end : message + 1;
    for (; at < end; at = text->fields[at].end) {
        struct ses_prototxt_field *field = &text->fields[at];
        if (strcmp(field->name, name))
            continue;
        field->used = true;
        return at;
    }
    return SES_PROTOTXT_ABSENT;
}

int ses_prototxt_count(struct ses_prototxt *text, size_t message,
                       const char *name)
{
    int count = 0;
    for (size_t at = 0; (at = ses_prototxt_next(text, message, name, at));)
        count++;
    return count;
}

size_t ses_prototxt_only(struct ses_prototxt *text, size_t message,
                         const char *name)
{
    size_t first = ses_prototxt_next(text, message, name, 0);
    size_t second =
        first ? ses_prototxt_next(text, message, name, first) : first;
    if (second)
        ses_prototxt_fail(text, second, SES_EFORMAT,
                          "'%s' is said twice (first in line %d)", name,
                          text->fields[first].line);
    return first;
}

size_t ses_prototxt_message(struct ses_prototxt *text, size_t message,
                            const char *name)
{
    size_t at = ses_prototxt_only(text, message, name);
    if (at && text->fields[at].kind != SES_PROTOTXT_MESSAGE) {
        ses_prototxt_fail(text, at, SES_EFORMAT,
                          "'%s' is a value, expected a message in braces",
                          name);
        return SES_PROTOTXT_ABSENT;
    }
    return at;
}

/* What a field is, where it is not what was expected. */
static void fail_value(struct ses_prototxt *text, size_t at,
                       const char *expected)
{
    const struct ses_prototxt_field *field = &text->fields[at];
    if (field->kind == SES_PROTOTXT_MESSAGE)
        ses_prototxt_fail(text, at, SES_EFORMAT,
                          "'%s' is a message, expected %s", field->name,
                          expected);
    else
        ses_prototxt_fail(text, at, SES_EFORMAT,
                          "'%s' is '%.60s', expected %s", field->name,
                          field->text, expected);
}

static bool parse_integer(const struct ses_prototxt_field *field, long *out)
{
    if (field->kind != SES_PROTOTXT_WORD)
        return false;
    char *end;
    errno = 0;
    *out = strtol(field->text, &end, 0); /* hexadecimal and octal, too */
    return end != field->text && !*end && !errno;
}

static long integer_at(struct ses_prototxt *text, size_t at, long low,
                       long high)
{
    long value;
    if (parse_integer(&text->fields[at], &value) && value >= low &&
        value <= high)
        return value;
    char expected[96];
    if (high == INT_MAX)
        snprintf(expected, sizeof expected, "a whole number of %ld or more",
                 low);
    else
        snprintf(expected, sizeof expected,
                 "a whole number between %ld and %ld", low, high);
    fail_value(text, at, expected);
    return low;
}

long ses_prototxt_integer(struct ses_prototxt *text, size_t message,
                          const char *name, long fallback, long low, long high)
{
    size_t at = ses_prototxt_only(text, message, name);
    return at ? integer_at(text, at, low, high) : fallback;
}

static double number_at(struct ses_prototxt *text, size_t at)
{
    const struct ses_prototxt_field *field = &text->fields[at];
    if (field->kind == SES_PROTOTXT_WORD) {
        char *end;
        double value = strtod(field->text, &end);
        if (*end == 'f' || *end == 'F')
            end++;
        if (end != field->text && !*end && isfinite(value))
            return value;
    }
    fail_value(text, at, "a number");
    return 0;
}

double ses_prototxt_number(struct ses_prototxt *text, size_t message,
                           const char *name, double fallback)
{
    size_t at = ses_prototxt_only(text, message, name);
    return at ? number_at(text, at) : fallback;
}

bool ses_prototxt_flag(struct ses_prototxt *text, size_t message,
                       const char *name, bool fallback)
{
    static const char *const words[] = { "false", "true", "False", "True",
                                         "f",     "t",    "0",     "1" };
    size_t at = ses_prototxt_only(text, message, name);
    if (!at)
        return fallback;
    if (text->fields[at].kind == SES_PROTOTXT_WORD)
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (!strcmp(text->fields[at].text, words[i]))
                return i % 2;
    fail_value(text, at, "true or false");
    return fallback;
}

const char *ses_prototxt_text(struct ses_prototxt *text, size_t field)
{
    if (text->fields[field].kind == SES_PROTOTXT_STRING)
        return text->fields[field].text;
    fail_value(text, field, "a string in quotes");
    return "";
}

const char *ses_prototxt_string(struct ses_prototxt *text, size_t message,
                                const char *name, const char *fallback)
{
    size_t at = ses_prototxt_only(text, message, name);
    return at ? ses_prototxt_text(text, at) : fallback;
}

int ses_prototxt_choice(struct ses_prototxt *text, size_t message,
                        const char *name, const char *const *names, int count,
                        int fallback)
{
    size_t at = ses_prototxt_only(text, message, name);
    if (!at)
        return fallback;
    const struct ses_prototxt_field *field = &text->fields[at];
    long number;
    if (parse_integer(field, &number) && number >= 0 && number < count)
        return (int)number;
    struct ses_text expected = { 0 };
    for (int i = 0; i < count; i++) {
        if (field->kind == SES_PROTOTXT_WORD && names[i] &&
            !strcmp(field->text, names[i])) {
            ses_text_release(&expected);
            return i;
        }
        if (names[i])
            ses_text_add(&expected, "%s%s", expected.length ? ", " : "",
                         names[i]);
    }
    fail_value(text, at, expected.failed ? "another" : expected.data);
    ses_text_release(&expected);
    return fallback;
}

/* Values of a repeated field, each read by one of two. */
static int repeated(struct ses_prototxt *text, size_t message,
                    const char *name, long low, long high, long *integers,
                    double *numbers, int most)
{
    int count = 0;
    for (size_t at = 0; (at = ses_prototxt_next(text, message, name, at));
         count++) {
        if (count == most) {
            ses_prototxt_fail(text, at, SES_EFORMAT,
                              "'%s' is said more than %d times", name, most);
            return count;
        }
        if (integers)
            integers[count] = integer_at(text, at, low, high);
        else
            numbers[count] = number_at(text, at);
    }
    return count;
}

int ses_prototxt_integers(struct ses_prototxt *text, size_t message,
                          const char *name, long low, long high, long *out,
                          int most)
{
    return repeated(text, message, name, low, high, out, NULL, most);
}

int ses_prototxt_numbers(struct ses_prototxt *text, size_t message,
                         const char *name, double *out, int most)
{
    return repeated(text, message, name, 0, 0, NULL, out, most);
}

static bool is_ignored(const char *name, const char *const *ignored)
{
    size_t length = strlen(name);
    for (; *ignored; ignored++) {
        if (**ignored != '*') {
            if (!strcmp(name, *ignored))
                return true;
            continue;
        }
        size_t end = strlen(*ignored + 1);
        if (length >= end && !strcmp(name + length - end, *ignored + 1))
            return true;
    }
    return false;
}

void ses_prototxt_check_used(struct ses_prototxt *text, size_t message,
                             const char *const *ignored)
{
    if (message == SES_PROTOTXT_ABSENT)
        return;
    size_t end = text->fields[message].end;
    for (size_t at = message + 1; at < end; at = text->fields[at].end)
        if (!text->fields[at].used &&
            !is_ignored(text->fields[at].name, ignored))
            ses_prototxt_fail(
                text, at, SES_EUNSUPPORTED, "'%s' is not known%s%s%s",
                text->fields[at].name,
                message == SES_PROTOTXT_ROOT ? "" : " in '",
                text->fields[message].name,
                message == SES_PROTOTXT_ROOT ? "" : "'");
}
