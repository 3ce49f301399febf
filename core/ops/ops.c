/* The table of operations; see ops.h. */
#include "core/ops/ops.h"

const struct ses_op_class *ses_op_class(enum ses_op op)
{
    static const struct ses_op_class *const classes[] = {
#define X(NAME, name) [SES_OP_##NAME] = &ses_op_##name,
        SES_OPS(X)
#undef X
    };
    _Static_assert(sizeof classes / sizeof *classes == SES_OP_COUNT,
                   "every operation has a class");
    return classes[op];
}
