/* See text.h. */
#include "core/base/text.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *ses_format(const char *format, ...)
{
    char *out = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&out, format, args);
    va_end(args);
    return length < 0 ? NULL : out;
}

void ses_text_add(struct ses_text *text, const char *format, ...)
{
    if (text->failed)
        return;
    char *piece = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&piece, format, args);
    va_end(args);
    if (length < 0) {
        text->failed = true;
        return;
    }
    size_t need = text->length + (size_t)length + 1;
    if (need > text->capacity) {
        size_t capacity = need * 2;
        char *grown = realloc(text->data, capacity);
        if (!grown) {
            text->failed = true;
            free(piece);
            return;
        }
        text->data = grown;
        text->capacity = capacity;
    }
    memcpy(text->data + text->length, piece, (size_t)length + 1);
    text->length += (size_t)length;
    free(piece);
}

void ses_text_release(struct ses_text *text)
{
    free(text->data);
    memset(text, 0, sizeof *text);
}

bool ses_note_add(char **notes, const char *format, va_list args)
{
    char *note = NULL;
    if (vasprintf(&note, format, args) < 0)
        return false;
    if (*notes) {
        char *all = ses_format("%s\n%s", *notes, note);
        free(note);
        note = all;
    }
    if (!note)
        return false;
    free(*notes);
    *notes = note;
    return true;
}

bool ses_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

void ses_trim(const char **text, size_t *length)
{
    while (*length && ses_is_blank((*text)[*length - 1]))
        --*length;
    while (*length && ses_is_blank(**text)) {
        ++*text;
        --*length;
    }
}

bool ses_parse_long(const char *text, long low, long high, long *out)
{
    if (!*text || isspace((unsigned char)*text))
        return false;
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno || *end || value < low || value > high)
        return false;
    *out = value;
    return true;
}

bool ses_parse_double(const char *text, double low, double high, double *out)
{
    if (!*text || isspace((unsigned char)*text))
        return false;
    char *end;
    errno = 0;
    double value = strtod(text, &end);
    if (errno || *end || !isfinite(value) || value < low || value > high)
        return false;
    *out = value;
    return true;
}

bool ses_glob(const char *pattern, const char *text)
{
    return fnmatch(pattern, text, 0) == 0;
}

/* Levenshtein distance without regard to case; INT_MAX past 64 bytes. */
static int distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    if (n > 64 || m > 64)
        return INT_MAX;
    int row[65];
    for (size_t j = 0; j <= m; j++)
        row[j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        int diagonal = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int same = tolower((unsigned char)a[i - 1]) ==
                       tolower((unsigned char)b[j - 1]);
            int best = diagonal + !same;
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[m];
}

/* How far a name is from the word; a name that contains it is near. */
static int farness(const char *word, const char *name)
{
    if (strlen(word) >= 3 && strcasestr(name, word))
        return 1;
    int d = distance(word, name);
    int limit = (int)strlen(word) / 3 + 1;
    return d <= limit ? d : INT_MAX;
}

void ses_suggest(const char *word, const char *const *names, size_t count,
                 char *out, size_t size)
{
    enum { MOST = 4 };
    const char *best[MOST];
    int far[MOST];
    int found = 0;
    for (size_t i = 0; i < count; i++) {
        int f = farness(word, names[i]);
        bool known = false; /* a name may be in the list twice */
        for (int k = 0; k < found && !known; k++)
            known = strcmp(best[k], names[i]) == 0;
        if (f == INT_MAX || known)
            continue;
        int at = found < MOST ? found++ : MOST;
        while (at > 0 && far[at - 1] > f) {
            if (at < MOST) {
                far[at] = far[at - 1];
                best[at] = best[at - 1];
            }
            at--;
        }
        if (at < MOST) {
            far[at] = f;
            best[at] = names[i];
        }
    }
    if (size)
        out[0] = '\0';
    size_t used = 0;
    for (int i = 0; i < found && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s'%s'",
                                 i == 0           ? ", did you mean "
                                 : i + 1 == found ? " or "
                                                  : ", ",
                                 best[i]);
    if (found && used < size)
        snprintf(out + used, size - used, "?");
}
