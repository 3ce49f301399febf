/* See span.h. */
#include "core/ops/span.h"

int ses_axis_size(const struct ses_value *value, enum ses_axis axis)
{
    return axis == SES_AXIS_H   ? value->h
           : axis == SES_AXIS_W ? value->w
                                : value->c;
}

void ses_axis_set(struct ses_value *value, enum ses_axis axis, int size)
{
    if (axis == SES_AXIS_H)
        value->h = size;
    else if (axis == SES_AXIS_W)
        value->w = size;
    else
        value->c = size;
}

struct ses_span ses_span(const struct ses_value *value, enum ses_axis axis)
{
    size_t h = (size_t)value->h, w = (size_t)value->w, c = (size_t)value->c;
    if (axis == SES_AXIS_H)
        return (struct ses_span){ 1, h, w * c };
    if (axis == SES_AXIS_W)
        return (struct ses_span){ h, w, c };
    return (struct ses_span){ h * w, c, 1 };
}
