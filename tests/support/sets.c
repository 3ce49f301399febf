/* See sets.h. */
#include "tests/support/sets.h"

#include "tests/support/check.h"

const struct ses_set_options plain = { .label_base = -1 };

struct ses_set *open_with(const char *spec, const struct ses_set_options *opt)
{
    struct ses_error err = { 0 };
    struct ses_set *set = NULL;
    OK(ses_set_open(spec, opt, &set, &err));
    return set;
}

void refuse_set(const char *spec, const struct ses_set_options *opt,
                enum ses_status status, const char *words)
{
    struct ses_error err = { 0 };
    struct ses_set *set = NULL;
    assert_int_equal(ses_set_open(spec, opt, &set, &err), status);
    assert_null(set);
    SAYS(words);
}
