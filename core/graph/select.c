/* See select.h. */
#include "core/graph/select.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"

static bool any(const bool *marked, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (marked[i])
            return true;
    return false;
}

/* Names before globs: a layer path may hold what looks like one. */
static void mark_named(const struct ses_blocks *blocks, const char *part,
                       bool *marked)
{
    size_t n = blocks->count;
    for (size_t i = 0; i < n; i++)
        marked[i] = strcmp(blocks->items[i].name, part) == 0 ||
                    strcmp(blocks->items[i].source, part) == 0;
    if (any(marked, n))
        return;
    for (size_t i = 0; i < n; i++)
        marked[i] = ses_glob(part, blocks->items[i].name) ||
                    ses_glob(part, blocks->items[i].source);
}

static void mark_stage(const struct ses_blocks *blocks, const char *number,
                       bool *marked)
{
    long stage;
    if (!ses_parse_long(number, 0, 1000000, &stage))
        return;
    for (size_t i = 0; i < blocks->count; i++)
        marked[i] = blocks->items[i].stage == stage;
}

/* Mark what one part of a pattern means, and nothing else; false when that is
 * no block. scratch: as index in select.h. */
static bool mark_part(const struct ses_blocks *blocks, const char *part,
                      size_t *scratch, bool *marked)
{
    size_t n = blocks->count;
    mark_named(blocks, part, marked);
    if (any(marked, n))
        return true;
    if (strcmp(part, "all") == 0) {
        memset(marked, true, n * sizeof *marked);
    } else if (strcmp(part, "last-of-stage") == 0) {
        size_t last = ses_blocks_last_of_stage(blocks, scratch);
        for (size_t i = 0; i < last; i++)
            marked[scratch[i]] = true;
    } else if (strncmp(part, "stage", 5) == 0) {
        mark_stage(blocks, part + 5, marked);
    }
    return any(marked, n);
}

static enum ses_status fail_unknown(const struct ses_blocks *blocks,
                                    const char *part, struct ses_error *err)
{
    if (!blocks->count)
        return ses_fail(err, SES_EUSAGE, "there are no SE blocks");
    size_t n = 2 * blocks->count + 2;
    const char **names = ses_calloc(n, sizeof *names);
    if (!names)
        return ses_fail_memory(err, "block names");
    for (size_t i = 0; i < blocks->count; i++) {
        names[i] = blocks->items[i].name;
        names[blocks->count + i] = blocks->items[i].source;
    }
    names[n - 2] = "all";
    names[n - 1] = "last-of-stage";
    char suggestion[512];
    ses_suggest(part, names, n, suggestion, sizeof suggestion);
    free(names);
    if (*suggestion)
        return ses_fail(err, SES_EUSAGE, "no SE block is '%s'%s", part,
                        suggestion);
    return ses_fail(err, SES_EUSAGE,
                    "no SE block is '%s' (there are %zu, '%s' to '%s')", part,
                    blocks->count, blocks->items[0].name,
                    blocks->items[blocks->count - 1].name);
}

enum ses_status ses_blocks_select(const struct ses_blocks *blocks,
                                  const char *pattern, size_t *index,
                                  size_t *count, struct ses_error *err)
{
    enum ses_status status = SES_OK;
    bool *marked = ses_calloc(blocks->count, sizeof *marked);
    bool *part_marked = ses_calloc(blocks->count, sizeof *part_marked);
    char *copy = strdup(pattern);
    if (!marked || !part_marked || !copy) {
        status = ses_fail_memory(err, "a choice of blocks");
        goto out;
    }
    char *rest = copy, *part;
    while ((part = strsep(&rest, ",")) != NULL) {
        if (!mark_part(blocks, part, index, part_marked)) {
            status = fail_unknown(blocks, part, err);
            goto out;
        }
        for (size_t i = 0; i < blocks->count; i++)
            marked[i] |= part_marked[i];
    }
    size_t n = 0;
    for (size_t i = 0; i < blocks->count; i++)
        if (marked[i])
            index[n++] = i;
    *count = n;
out:
    free(marked);
    free(part_marked);
    free(copy);
    return status;
}
