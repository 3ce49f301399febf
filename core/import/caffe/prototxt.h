/* Protocol buffers' text format, which Caffe's networks are written in, read
 * whole: nested messages, lists, comments, both quotes, escapes.
 *
 * There is no schema: what a field must be is said by whoever asks for it. The
 * first thing that goes wrong while asking is kept, so that a layer reads all
 * its fields and checks once; what nobody asked for can be told afterwards, so
 * that a misspelt field is not left out in silence. */
#ifndef SES_IMPORT_CAFFE_PROTOTXT_H
#define SES_IMPORT_CAFFE_PROTOTXT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"

enum ses_prototxt_kind {
    SES_PROTOTXT_STRING, /* quoted */
    SES_PROTOTXT_WORD,   /* a number, or an enum's or truth value's name */
    SES_PROTOTXT_MESSAGE
};

struct ses_prototxt_field {
    const char *name; /* lists are fields of one name */
    const char *text; /* string, unescaped, or word; NULL: a message */
    enum ses_prototxt_kind kind;
    int line;
    size_t end; /* fields of a message are those from its own index + 1 on,
                 * each at the end of the one before, up to here */
    bool used;
};

/* A message is the index of its field. */
enum { SES_PROTOTXT_ABSENT, SES_PROTOTXT_ROOT };

struct ses_prototxt {
    struct ses_prototxt_field *fields; /* depth first */
    size_t count, capacity;
    char *memory;            /* of names and texts */
    enum ses_status status;  /* of the first question that failed */
    struct ses_error *error; /* where it is said; borrowed, may be NULL */
};

/* Read size bytes. Errors tell the line. err is kept for questions. Caller
 * frees with ses_prototxt_free(). */
SES_MUST_CHECK enum ses_status ses_prototxt_read(const char *data, size_t size,
                                                 struct ses_prototxt **out,
                                                 struct ses_error *err);
void ses_prototxt_free(struct ses_prototxt *text);

/* ---- questions: of an absent message they give the fallback ------------- */

/* The next field of a message by that name after `before`
 * (SES_PROTOTXT_ABSENT: the first), or SES_PROTOTXT_ABSENT. */
size_t ses_prototxt_next(struct ses_prototxt *text, size_t message,
                         const char *name, size_t before);

/* How many there are. */
int ses_prototxt_count(struct ses_prototxt *text, size_t message,
                       const char *name);

/* The only one; two are a failure. */
size_t ses_prototxt_only(struct ses_prototxt *text, size_t message,
                         const char *name);
size_t ses_prototxt_message(struct ses_prototxt *text, size_t message,
                            const char *name);

long ses_prototxt_integer(struct ses_prototxt *text, size_t message,
                          const char *name, long fallback, long low,
                          long high);
double ses_prototxt_number(struct ses_prototxt *text, size_t message,
                           const char *name, double fallback);
bool ses_prototxt_flag(struct ses_prototxt *text, size_t message,
                       const char *name, bool fallback);
const char *ses_prototxt_string(struct ses_prototxt *text, size_t message,
                                const char *name, const char *fallback);

/* An enum's number, by its name (names[number]) or as a number; names may
 * have holes. */
int ses_prototxt_choice(struct ses_prototxt *text, size_t message,
                        const char *name, const char *const *names, int count,
                        int fallback);

/* A repeated field's values into out; how many. More than most fail. */
int ses_prototxt_integers(struct ses_prototxt *text, size_t message,
                          const char *name, long low, long high, long *out,
                          int most);
int ses_prototxt_numbers(struct ses_prototxt *text, size_t message,
                         const char *name, double *out, int most);

/* A field's text, as a question that fails when it is not quoted. */
const char *ses_prototxt_text(struct ses_prototxt *text, size_t field);

/* Fail when a field of the message was not asked for and is none of
 * ignored[] (which ends in NULL; a name that begins with '*' stands for all
 * that end so). */
void ses_prototxt_check_used(struct ses_prototxt *text, size_t message,
                             const char *const *ignored);

/* Fail with "line N: ...", unless something failed before. */
void ses_prototxt_fail(struct ses_prototxt *text, size_t field,
                       enum ses_status status, const char *format, ...)
    SES_PRINTF(4, 5);

#endif
