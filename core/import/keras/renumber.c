/* Counts of archives of Keras 2.12 and 2.13. There the second convolution may
 * be `conv2d_2` or `conv2d_1`, as layers that have weights were counted twice
 * by some versions; only the order of the counts can be relied on. So counts
 * are made anew: 0, 2, 4 becomes 0, 1, 2. See weights.h. */
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/import/keras/weights.h"

/* Every owner is compared with every other. */
enum { MOST_OWNERS = 8192 };

/* A part of an owner's path: "conv2d_2" at [start, end), whose class ends at
 * base. */
struct part {
    size_t start, base, end;
    long count;
};

static struct part part_at(const char *path, size_t start)
{
    struct part part = { .start = start };
    part.end = start + strcspn(path + start, "/");
    part.base = part.end;
    size_t digits = part.end;
    while (digits > start && path[digits - 1] >= '0' &&
           path[digits - 1] <= '9')
        digits--;
    char number[16];
    size_t n = part.end - digits;
    if (n == 0 || n >= sizeof number || digits < start + 2 ||
        path[digits - 1] != '_')
        return part;
    memcpy(number, path + digits, n);
    number[n] = '\0';
    if (ses_parse_long(number, 0, 1 << 30, &part.count))
        part.base = digits - 1;
    return part;
}

static int compare(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;
    return (x > y) - (x < y);
}

/* How many counts of the same class, in the same model, are smaller. */
static size_t rank(const struct ses_keras_weights *weights, const char *path,
                   const struct part *part, long *counts)
{
    size_t n = 0, different = 0;
    for (size_t i = 0; i < weights->count; i++) {
        const char *other = weights->items[i].owner;
        if (strncmp(other, path, part->base) != 0)
            continue;
        struct part its = part_at(other, part->start);
        if (its.base == part->base && its.count < part->count)
            counts[n++] = its.count;
    }
    qsort(counts, n, sizeof *counts, compare);
    for (size_t i = 0; i < n; i++)
        different += i == 0 || counts[i] != counts[i - 1];
    return different;
}

/* The path with each count that follows "layers/" made anew. */
static char *renumbered(const struct ses_keras_weights *weights,
                        const char *path, long *counts)
{
    static const char layers[] = "layers/";
    struct ses_text text = { 0 };
    size_t at = 0;
    while (path[at]) {
        struct part part = part_at(path, at);
        bool counted = at >= sizeof layers - 1 &&
                       memcmp(path + at - (sizeof layers - 1), layers,
                              sizeof layers - 1) == 0;
        size_t number = counted ? rank(weights, path, &part, counts) : 0;
        size_t end = counted ? part.base : part.end;
        ses_text_add(&text, "%.*s", (int)(end - at), path + at);
        if (number)
            ses_text_add(&text, "_%zu", number);
        at = part.end;
        if (path[at] == '/') {
            ses_text_add(&text, "/");
            at++;
        }
    }
    if (!text.failed && text.data)
        return text.data;
    ses_text_release(&text);
    return NULL;
}

enum ses_status ses_keras_weights_renumber(struct ses_keras_weights *weights,
                                           struct ses_error *err)
{
    if (weights->count > MOST_OWNERS)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "an archive of Keras 2.12 or 2.13 with %zu weights, "
                        "expected at most %d",
                        weights->count, MOST_OWNERS);
    char **owners = ses_calloc(weights->count, sizeof *owners);
    long *counts = ses_calloc(weights->count, sizeof *counts);
    bool made = owners && counts;
    for (size_t i = 0; i < weights->count && made; i++) {
        owners[i] = renumbered(weights, weights->items[i].owner, counts);
        made = owners[i] != NULL;
    }
    if (made)
        ses_names_release(&weights->owners);
    for (size_t i = 0; i < weights->count && made; i++) {
        size_t first, length = strlen(owners[i]);
        free(weights->items[i].owner);
        weights->items[i].owner = owners[i];
        owners[i] = NULL;
        if (!ses_names_find(&weights->owners, weights->items[i].owner, length,
                            &first))
            made = ses_names_add(&weights->owners, weights->items[i].owner,
                                 length, i);
    }
    for (size_t i = 0; owners && i < weights->count; i++)
        free(owners[i]);
    free(owners);
    free(counts);
    return made ? SES_OK : ses_fail_memory(err, "the names of the weights");
}
