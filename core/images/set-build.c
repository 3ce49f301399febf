/* See set-build.h: growing a set, and its notes. */
#include "core/images/set-build.h"

#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"

enum ses_status ses_build_class(struct ses_set_build *build, char *id,
                                int label, struct ses_error *err)
{
    struct ses_set *set = build->set;
    char *name = id ? strdup(id) : NULL;
    struct ses_class *grown = NULL;
    if (name && set->n_classes < INT_MAX)
        grown = ses_grow(set->classes, set->n_classes, &build->class_room,
                         sizeof *set->classes);
    if (!grown) {
        free(name);
        free(id);
        return ses_fail_memory(err, "the classes");
    }
    set->classes = grown;
    set->classes[set->n_classes++] = (struct ses_class){
        .id = id, .name = name, .label = label, .output = -1
    };
    return SES_OK;
}

enum ses_status ses_build_item(struct ses_set_build *build, char *path,
                               int class, size_t index,
                               struct ses_error *err)
{
    struct ses_set *set = build->set;
    struct ses_item *grown = NULL;
    if (path)
        grown = ses_grow(set->items, set->n_items, &build->item_room,
                         sizeof *set->items);
    if (!grown) {
        free(path);
        return ses_fail_memory(err, "the list of images");
    }
    set->items = grown;
    set->items[set->n_items++] =
        (struct ses_item){ .path = path, .class = class, .index = index };
    return SES_OK;
}

static int by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

/* The distinct values of values[count], ascending, in place. */
static size_t sort_unique(int *values, size_t count)
{
    if (!count)
        return 0;
    qsort(values, count, sizeof *values, by_value);
    size_t kept = 1;
    for (size_t i = 1; i < count; i++)
        if (values[i] != values[kept - 1])
            values[kept++] = values[i];
    return kept;
}

enum ses_status ses_build_labels(struct ses_set_build *build,
                                 const int *labels,
                                 const struct ses_set_options *opt,
                                 const char *what, struct ses_error *err)
{
    struct ses_set *set = build->set;
    enum ses_status status = SES_OK;
    int *values = ses_calloc(set->n_items, sizeof *values);
    if (!values)
        return ses_fail_memory(err, "the labels");
    if (set->n_items)
        memcpy(values, labels, set->n_items * sizeof *values);
    size_t n = sort_unique(values, set->n_items);
    int base = opt->label_base < 0 ? 0 : opt->label_base;
    set->label_base_given = opt->label_base >= 0;

    /* A single class says nothing about where counting starts. */
    if (opt->label_base < 0 && n > 1 && values[0] == 1 &&
        (size_t)values[n - 1] == n) {
        status = ses_fail(err, SES_EUSAGE,
                          "'%s': labels run from 1 to %zu, and the first "
                          "output of a network is 0; say --label-base 1 when "
                          "label 1 is the first class, else --label-base 0",
                          what, n);
        goto out;
    }
    if (n && values[0] < base) {
        status = ses_fail(err, SES_EUSAGE,
                          "'%s': a label is %d, expected at least %d with "
                          "--label-base %d", what, values[0], base, base);
        goto out;
    }
    for (size_t i = 0; i < n && !status; i++)
        status = ses_build_class(build, ses_format("%d", values[i] - base),
                                 values[i] - base, err);
    for (size_t i = 0; i < set->n_items && !status; i++) {
        const int *at = bsearch(&labels[i], values, n, sizeof *values,
                                by_value);
        set->items[i].class = (int)(at - values);
    }
out:
    free(values);
    return status;
}

enum ses_status ses_set_note(struct ses_set *set, struct ses_error *err,
                             const char *format, ...)
{
    va_list args;
    va_start(args, format);
    bool added = ses_note_add(&set->notes, format, args);
    va_end(args);
    return added ? SES_OK : ses_fail_memory(err, "a note");
}
