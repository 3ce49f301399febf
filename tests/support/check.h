/* cmocka behind the headers it wants, and the checks that many tests make. */
#ifndef SES_TESTS_CHECK_H
#define SES_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A call that fills `err` returns SES_OK. */
#define OK(call) \
    do { \
        if (call) \
            fail_msg("%s", err.message); \
    } while (0)

#define assert_contains(text, part) \
    do { \
        if (!(text) || !strstr(text, part)) \
            fail_msg("'%s' is not in '%s'", part, (text) ? (text) : ""); \
    } while (0)

/* What `err` says. */
#define SAYS(part) assert_contains(err.message, part)

#endif
