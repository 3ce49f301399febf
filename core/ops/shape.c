/* See shape.h. */
#include "core/ops/shape.h"

enum ses_status ses_infer_same(const struct ses_node *node,
                               const struct ses_value *const *in,
                               struct ses_value *out, struct ses_error *err)
{
    out->h = in[0]->h;
    out->w = in[0]->w;
    out->c = in[0]->c;
    return SES_OK;
}

enum ses_status ses_infer_global(const struct ses_node *node,
                                 const struct ses_value *const *in,
                                 struct ses_value *out, struct ses_error *err)
{
    out->h = out->w = 1;
    out->c = in[0]->c;
    return SES_OK;
}

size_t ses_pixels(const struct ses_value *value)
{
    return (size_t)value->h * (size_t)value->w;
}

size_t ses_floats(const struct ses_value *value)
{
    return ses_pixels(value) * (size_t)value->c;
}
