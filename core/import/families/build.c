/* Taking tensors, and keeping account of what went wrong. See build.h. */
#include "core/import/families/build.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MISSING_NAMED = 5, /* how many missing tensors an error names */
    MOST_UNITS = 1000  /* of a stage: every one costs a walk over all names */
};

struct ses_build ses_build_start(struct ses_state *state,
                                 struct ses_graph *graph, struct ses_error *err)
{
    return (struct ses_build){
        .state = state, .graph = graph, .err = err, .epsilon = 1e-5
    };
}

void ses_build_fail(struct ses_build *build, enum ses_status status,
                    const char *format, ...)
{
    if (build->failed)
        return;
    build->failed = true;
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    ses_fail(build->err, status, "%s", message);
}

void ses_build_note(struct ses_build *build, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    bool added = ses_note_add(&build->state->notes, format, args);
    va_end(args);
    if (!added)
        ses_build_fail(build, SES_ENOMEM, "no memory for notes");
}

struct ses_path ses_path(const char *format, ...)
{
    struct ses_path path;
    va_list args;
    va_start(args, format);
    vsnprintf(path.text, sizeof path.text, format, args);
    va_end(args);
    return path;
}

struct ses_entry *ses_build_peek(const struct ses_state *state,
                                 const char *path, const char *tensor)
{
    return ses_state_findf(state, "%s.%s", path, tensor);
}

bool ses_build_below(const struct ses_state *state, const char *path)
{
    size_t length = strlen(path);
    for (size_t i = 0; i < state->count; i++)
        if (!strncmp(state->entries[i].name, path, length) &&
            state->entries[i].name[length] == '.')
            return true;
    return false;
}

int ses_build_count(const struct ses_state *state, const char *stage)
{
    int count = 0;
    while (count < MOST_UNITS &&
           ses_build_below(state, ses_path("%s.%d", stage, count).text))
        count++;
    return count;
}

int ses_build_dimension(const struct ses_state *state, const char *path,
                        int which)
{
    const struct ses_entry *entry = ses_build_peek(state, path, "weight");
    if (!entry || entry->rank != 4 || entry->shape[which] > 1 << 20)
        return 0;
    return (int)entry->shape[which];
}

/* "?x64x3x3", with ? for any size. */
static void describe(int rank, const size_t *shape, char *out, size_t size)
{
    size_t used = 0;
    if (rank == 0)
        snprintf(out, size, "scalar");
    for (int i = 0; i < rank && used < size; i++) {
        const char *times = i ? "x" : "";
        if (shape[i])
            used += (size_t)snprintf(out + used, size - used, "%s%zu", times,
                                     shape[i]);
        else
            used += (size_t)snprintf(out + used, size - used, "%s?", times);
    }
}

static bool fits(const struct ses_entry *entry, int rank, const size_t *shape)
{
    if (entry->rank != rank)
        return false;
    for (int i = 0; i < rank; i++)
        if (entry->shape[i] == 0 || (shape[i] && entry->shape[i] != shape[i]))
            return false;
    return true;
}

struct ses_entry *ses_build_need(struct ses_build *build, const char *path,
                                 const char *tensor)
{
    struct ses_entry *entry = ses_build_peek(build->state, path, tensor);
    if (!entry && build->n_missing++ < MISSING_NAMED)
        ses_text_add(&build->missing, "%s'%s.%s'",
                     build->missing.length ? ", " : "", path, tensor);
    return entry;
}

struct ses_tensor *ses_build_take(struct ses_build *build, const char *path,
                                  const char *tensor, int rank,
                                  const size_t *shape)
{
    if (build->failed)
        return NULL;
    struct ses_entry *entry = ses_build_need(build, path, tensor);
    if (!entry)
        return NULL;
    if (!fits(entry, rank, shape)) {
        char found[96], expected[96];
        ses_shape_text(entry->rank, entry->shape, found, sizeof found);
        describe(rank, shape, expected, sizeof expected);
        ses_build_fail(build, SES_ESHAPE, "tensor '%s' is %s, expected %s",
                       entry->name, found, expected);
        return NULL;
    }
    struct ses_tensor *out = NULL;
    if (ses_state_take(build->state, entry, &out, build->err))
        build->failed = true;
    return out;
}

/* Name what is missing, and what is there but not used: together they tell a
 * renamed layer from a cut file. */
static enum ses_status report_missing(struct ses_build *build)
{
    struct ses_error surplus = { 0 };
    enum ses_status status = ses_state_check_surplus(build->state, &surplus);
    char more[32] = "";
    if (build->n_missing > MISSING_NAMED)
        snprintf(more, sizeof more, " and %zu more",
                 build->n_missing - MISSING_NAMED);
    return ses_fail(build->err, SES_ENOTFOUND, "tensor%s %s%s %s missing%s%s",
                    build->n_missing > 1 ? "s" : "", build->missing.data, more,
                    build->n_missing > 1 ? "are" : "is", status ? "; " : "",
                    status ? surplus.message : "");
}

enum ses_status ses_build_finish(struct ses_build *build,
                                 struct ses_flow output)
{
    enum ses_status status;
    if (build->failed)
        status =
            build->err && build->err->status ? build->err->status : SES_EFORMAT;
    else if (build->missing.failed)
        status = ses_fail_memory(build->err, "the names of missing tensors");
    else if (build->n_missing)
        status = report_missing(build);
    else
        status = ses_graph_finish(build->graph, output.value, build->err);
    ses_text_release(&build->missing);
    return status;
}
