/* See error.h. */
#include "core/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The message anew; returns its length, which may have been cut. */
SES_PRINTF(2, 0)
static size_t put(struct ses_error *err, const char *format, va_list args)
{
    vsnprintf(err->message, sizeof err->message, format, args);
    return strlen(err->message);
}

enum ses_status ses_fail(struct ses_error *err, enum ses_status status,
                         const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        put(err, format, args);
        va_end(args);
        err->status = status;
    }
    return status;
}

enum ses_status ses_fail_errno(struct ses_error *err, int number,
                               const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        size_t used = put(err, format, args);
        va_end(args);
        snprintf(err->message + used, sizeof err->message - used, ": %s",
                 strerror(number));
        err->status = SES_EIO;
    }
    return SES_EIO;
}

enum ses_status ses_fail_memory(struct ses_error *err, const char *what)
{
    return ses_fail(err, SES_ENOMEM, "no memory for %s", what);
}

enum ses_status ses_error_context(struct ses_error *err, const char *format,
                                  ...)
{
    if (!err)
        return SES_EIO;
    char old[SES_ERROR_SIZE];
    memcpy(old, err->message, sizeof old);
    va_list args;
    va_start(args, format);
    size_t used = put(err, format, args);
    va_end(args);
    snprintf(err->message + used, sizeof err->message - used, ": %s", old);
    return err->status;
}
