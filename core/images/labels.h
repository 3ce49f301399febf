/* Which network output a class is: tables of wnids and names. */
#ifndef SES_IMAGES_LABELS_H
#define SES_IMAGES_LABELS_H

#include <stdbool.h>
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

/* A table that is known by name: `imagenet` (sorted wnids), `imagenet-devkit`
 * (the authors' Caffe order), and names alone: `cifar10`, `cifar100`,
 * `cifar100-coarse`, `fashion-mnist`. Or a file with a line an output: `wnid
 * name, other names`, a wnid of ImageNet alone (its names are known), or names
 * alone; UTF-8; every line counts, so a header makes the count wrong, and an
 * empty line is an error. Caller frees with ses_labels_release(). */
SES_MUST_CHECK enum ses_status ses_labels_open(const char *table,
                                               struct ses_labels *out,
                                               struct ses_error *err);
void ses_labels_release(struct ses_labels *labels);

/* Give every class of a set its output index and names. Sets with integer
 * labels use the label as output index, when it is below outputs, and take
 * the table's wnid as id; the classes of others are looked up by wnid, then
 * by name (a name that fits several rows is SES_EUSAGE; what fits none has no
 * output and is noted; when no class fits, SES_ENOTFOUND), never by bare
 * position. Without a table (NULL) the i-th sorted class is output i, only
 * when their numbers agree; else output stays -1, which is noted. Classes
 * with a wnid of ImageNet get its names with any table or none; where classes
 * share a display name, the id stands behind it in brackets.
 *
 * A table whose count differs from outputs is SES_EUSAGE with both numbers,
 * and so are labels 1..outputs when the set's label base was not said.
 * outputs 0: no classifier. Hints for people are appended to set->notes. On
 * failure the classes are as they were. */
SES_MUST_CHECK enum ses_status ses_labels_apply(
    const struct ses_labels *labels, struct ses_set *set, int outputs,
    struct ses_error *err);

/* Whether the id of every class of the set is, or starts with, a wnid of
 * ImageNet's 1000: then a table of them can be chosen for the user. */
bool ses_set_has_wnids(const struct ses_set *set);

#endif
