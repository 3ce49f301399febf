/* Which network output a class is: tables of wnids and names. */
#ifndef SES_IMAGES_LABELS_H
#define SES_IMAGES_LABELS_H

#include <stddef.h>

#include "core/base/error.h"
#include "core/images/set.h"

struct ses_label {
    char *wnid; /* or NULL */
    char *name; /* "goldfish, Carassius auratus"; display is the first */
};

struct ses_labels {
    struct ses_label *items; /* by output index */
    size_t count;
};

/* `imagenet` (sorted wnids), `imagenet-devkit` (the authors' Caffe order), or
 * a file with a line an output: `wnid name, other names`. Caller frees with
 * ses_labels_release(). */
SES_MUST_CHECK enum ses_status ses_labels_open(const char *table,
                                               struct ses_labels *out,
                                               struct ses_error *err);
void ses_labels_release(struct ses_labels *labels);

/* Give every class of a set its output index and display name: by wnid, then
 * by name, never by bare position. Sets with integer labels use the label as
 * output index, when it is below outputs. Without a table (NULL) the i-th
 * sorted class is output i, only when their numbers agree; else output stays
 * -1. A table whose count differs from outputs is SES_EUSAGE with both
 * numbers. outputs 0: no classifier. notes: hints for people, appended to
 * set->notes. */
SES_MUST_CHECK enum ses_status ses_labels_apply(
    const struct ses_labels *labels, struct ses_set *set, int outputs,
    struct ses_error *err);

#endif
