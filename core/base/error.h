/* Errors: a status that is returned, and words for a person beside it.
 *
 * Every function that can fail returns an enum ses_status and fills the
 * caller's struct ses_error on failure. Callers on the way up add what they
 * know with ses_error_context(), so that one line names the file, the thing
 * in it, what was found and what was expected:
 *
 *     'a.pth': tensor 'layer1.0.conv1.weight' is 64x64x3x3, expected ...
 *
 * Messages: lower case, no full stop, subjects in single quotes. */
#ifndef SES_BASE_ERROR_H
#define SES_BASE_ERROR_H

#define SES_MUST_CHECK __attribute__((warn_unused_result))
#define SES_PRINTF(text, first) __attribute__((format(printf, text, first)))

enum ses_status {
    SES_OK = 0,
    SES_EIO,          /* the system refused: open, read, write, ... */
    SES_ENOMEM,       /* no memory */
    SES_EFORMAT,      /* a file is damaged or not what it should be */
    SES_EUNSUPPORTED, /* a file is sound, but holds what is not supported */
    SES_ESHAPE,       /* shapes or counts do not fit each other */
    SES_ENOTFOUND,    /* a named thing does not exist */
    SES_EUSAGE,       /* the request is wrong, by itself or for these files */
    SES_ESTOPPED      /* the caller's callback asked to stop */
};

/* Two paths of the longest kind, and what is said of them. */
#define SES_ERROR_SIZE 12288

/* Filled on failure only; starts zeroed. */
struct ses_error {
    enum ses_status status;
    char message[SES_ERROR_SIZE]; /* cut at the end when too long */
};

/* Fill err (which may be NULL) and return status: `return ses_fail(...)`. */
enum ses_status ses_fail(struct ses_error *err, enum ses_status status,
                         const char *format, ...) SES_PRINTF(3, 4);

/* The same for an errno: "<format>: <strerror(number)>", SES_EIO. */
enum ses_status ses_fail_errno(struct ses_error *err, int number,
                               const char *format, ...) SES_PRINTF(3, 4);

/* "no memory for <what>", SES_ENOMEM. */
enum ses_status ses_fail_memory(struct ses_error *err, const char *what);

/* Put "<format>: " before the message; returns err's status. */
enum ses_status ses_error_context(struct ses_error *err, const char *format,
                                  ...) SES_PRINTF(2, 3);

#endif
