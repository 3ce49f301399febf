/* Opening image sets, for tests of what they hold. */
#ifndef SES_TESTS_SETS_H
#define SES_TESTS_SETS_H

#include "core/images/set.h"

/* The options of a command line without any. */
extern const struct ses_set_options plain;

/* Fails the test when it cannot; freed with ses_set_free(). */
struct ses_set *open_with(const char *spec, const struct ses_set_options *opt);

/* Opening must fail, and say so in these words. */
void refuse_set(const char *spec, const struct ses_set_options *opt,
                enum ses_status status, const char *words);

#endif
