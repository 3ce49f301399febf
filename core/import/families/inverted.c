/* See inverted.h. */
#include "core/import/families/inverted.h"

#include <stdlib.h>

#include "core/base/alloc.h"

int ses_inverted_window(const struct ses_inverted *unit)
{
    return unit->layers == 3 ? 1 : 0;
}

void ses_inverted_measure(const struct ses_state *state,
                          struct ses_inverted *unit)
{
    const char *window = unit->conv[ses_inverted_window(unit)].text;
    unit->kernel = ses_build_dimension(state, window, 2);
    unit->out =
        ses_build_dimension(state, unit->conv[unit->layers - 1].text, 0);
}

struct ses_inverted *ses_inverted_add(struct ses_build *build,
                                      struct ses_inverted_list *list)
{
    struct ses_inverted *items = ses_grow(list->items, list->count,
                                          &list->capacity, sizeof *items);
    if (!items) {
        ses_build_fail(build, SES_ENOMEM, "no memory for units");
        return NULL;
    }
    list->items = items;
    items[list->count] = (struct ses_inverted){ .stage = -1 };
    return &items[list->count++];
}

void ses_inverted_release(struct ses_inverted_list *list)
{
    free(list->items);
    *list = (struct ses_inverted_list){ 0 };
}

static struct ses_flow act(struct ses_build *build, struct ses_flow in,
                           const char *norm, enum ses_activation activation)
{
    return ses_build_activation(
        build, in, ses_path("%s.act", norm).text, activation);
}

struct ses_flow ses_inverted_layer(struct ses_build *build,
                                   struct ses_flow in, const char *conv,
                                   const char *norm, struct ses_conv how,
                                   enum ses_activation activation)
{
    in = ses_build_conv(build, in, conv, how);
    in = ses_build_norm(build, in, norm);
    return act(build, in, norm, activation);
}

struct ses_flow ses_inverted_build(struct ses_build *build,
                                   struct ses_flow in,
                                   const struct ses_inverted *unit)
{
    struct ses_flow out = in;
    int window = ses_inverted_window(unit);
    for (int i = 0; i < unit->layers; i++) {
        bool wide = i == window, last = i == unit->layers - 1;
        struct ses_conv conv = { .kernel = wide ? 0 : 1, .stride = 1 };
        const char *norm = unit->norm[i].text;
        if (wide) {
            conv.stride = unit->stride;
            conv.grouped = unit->depthwise;
        }
        out = ses_build_conv(build, out, unit->conv[i].text, conv);
        out = ses_build_norm(build, out, norm);
        bool gated = wide && unit->gated;
        if (gated && unit->gate_first)
            out = ses_build_gate(build, out, unit->path.text, &unit->gate);
        if (!last || unit->layers == 1)
            out = act(build, out, norm, unit->activation);
        if (gated && !unit->gate_first)
            out = ses_build_gate(build, out, unit->path.text, &unit->gate);
    }
    if (unit->stride != 1 || unit->no_skip || in.channels != out.channels)
        return out;
    return ses_build_add(build, out, in,
                         ses_path("%s.add", unit->path.text).text);
}

struct ses_path ses_inverted_text(int kernel, bool gated)
{
    return ses_path("a %dx%d convolution with%s a gate", kernel, kernel,
                    gated ? "" : "out");
}
