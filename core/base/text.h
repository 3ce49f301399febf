/* Strings that grow, and the few things C lacks for them. */
#ifndef SES_BASE_TEXT_H
#define SES_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"

/* A new string from a format, or NULL; caller frees with free(). */
char *ses_format(const char *format, ...) SES_PRINTF(1, 2);

/* A growing string. Zeroed means empty; `failed` is sticky, so a sequence
 * of appends needs one check at its end. */
struct ses_text {
    char *data; /* NUL-terminated once anything was appended */
    size_t length, capacity;
    bool failed;
};

void ses_text_add(struct ses_text *text, const char *format, ...)
    SES_PRINTF(2, 3);
void ses_text_release(struct ses_text *text);

/* Put a note at the end of *notes (NULL, or notes, one a line), which is
 * moved. False without memory, with *notes as they were. */
bool ses_note_add(char **notes, const char *format, va_list args)
    SES_PRINTF(2, 0);

/* Space, tab or carriage return. */
bool ses_is_blank(char c);

/* Leave out blanks at both ends of text[*length]. */
void ses_trim(const char **text, size_t *length);

/* Whole-string numbers from users and files, with a range. */
bool ses_parse_long(const char *text, long low, long high, long *out);
bool ses_parse_double(const char *text, double low, double high, double *out);

/* Shell-like pattern match ('*', '?', '[a-z]'). */
bool ses_glob(const char *pattern, const char *text);

/* Those of names[count] near to a mistyped word, as ", did you mean 'a' or
 * 'b'?" in out; an empty string when nothing is near. */
void ses_suggest(const char *word, const char *const *names, size_t count,
                 char *out, size_t size);

#endif
