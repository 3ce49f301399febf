/* See labels.h: which row of a table, and which output, each class is. */
#include "core/images/labels.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/images/names.h"
#include "core/images/set-build.h"

/* What a class becomes, published only when all is well. */
struct naming {
    char *id, *name, *names; /* NULL: as it was */
    int row;                 /* of the table, or -1 */
    int output;
};

/* Rows with a wnid, in its order. */
struct index {
    const struct ses_label **rows;
    size_t count;
};

static int by_wnid(const void *a, const void *b)
{
    const struct ses_label *x = *(const struct ses_label *const *)a;
    const struct ses_label *y = *(const struct ses_label *const *)b;
    return strcmp(x->wnid, y->wnid);
}

static int compare_wnid(const void *id, const void *row)
{
    return strncmp(id, (*(const struct ses_label *const *)row)->wnid,
                   SES_WNID_LENGTH);
}

static enum ses_status index_rows(const struct ses_labels *labels,
                                  struct index *index, struct ses_error *err)
{
    index->rows = ses_calloc(labels->count, sizeof *index->rows);
    if (!index->rows)
        return ses_fail_memory(err, "the label table");
    for (size_t i = 0; i < labels->count; i++)
        if (labels->items[i].wnid)
            index->rows[index->count++] = &labels->items[i];
    if (index->count)
        qsort(index->rows, index->count, sizeof *index->rows, by_wnid);
    return SES_OK;
}

static enum ses_name_fit fit_row(const struct ses_label *row,
                                 const char *word)
{
    enum ses_name_fit fit = ses_name_match(row->name, word);
    if (row->wnid && ses_name_match_everyday(row->wnid, word) > fit)
        fit = SES_FIT_EXACT;
    return fit;
}

/* The one row with this name; rows that differ from it in case give way. */
static enum ses_status find_name(const struct ses_labels *labels,
                                 const char *id, int *row,
                                 struct ses_error *err)
{
    enum ses_name_fit best = SES_FIT_WORDS; /* parts of names are no match */
    size_t hits = 0;
    for (size_t i = 0; i < labels->count; i++) {
        enum ses_name_fit fit = fit_row(&labels->items[i], id);
        if (fit > best) {
            best = fit;
            hits = 0;
        }
        if (fit == best && best > SES_FIT_WORDS) {
            *row = (int)i;
            hits++;
        }
    }
    if (hits <= 1)
        return SES_OK;
    struct ses_text list = { 0 };
    size_t shown = 0;
    for (size_t i = 0; i < labels->count; i++) {
        const struct ses_label *label = &labels->items[i];
        if (fit_row(label, id) != best || shown++ >= 8)
            continue;
        ses_text_add(&list, "%s%s%s%s (output %zu)", shown > 1 ? "; " : "",
                     label->wnid ? label->wnid : "", label->wnid ? " " : "",
                     label->name, i);
    }
    enum ses_status status =
        list.failed ? ses_fail_memory(err, "an error message")
                    : ses_fail(err, SES_EUSAGE, "class '%s' could be %zu rows "
                               "of the label table: %s; name the folder by "
                               "its wnid", id, hits, list.data);
    ses_text_release(&list);
    return status;
}

static enum ses_status find_row(const struct ses_labels *labels,
                                const struct index *index,
                                const struct ses_class *class, int *row,
                                struct ses_error *err)
{
    *row = -1;
    if (class->label >= 0) {
        if ((size_t)class->label < labels->count)
            *row = class->label;
        return SES_OK;
    }
    if (ses_wnid_length(class->id)) {
        const struct ses_label *const *found =
            bsearch(class->id, index->rows, index->count,
                    sizeof *index->rows, compare_wnid);
        if (found)
            *row = (int)(*found - labels->items);
        return SES_OK;
    }
    return find_name(labels, class->id, row, err);
}

/* Take names from a table's row or from ImageNet. */
static enum ses_status name_class(const struct ses_labels *labels,
                                  const struct ses_class *class,
                                  struct naming *to, struct ses_error *err)
{
    const char *names = NULL;
    if (to->row >= 0) {
        const struct ses_label *row = &labels->items[to->row];
        names = row->name;
        if (class->label >= 0 && row->wnid) {
            to->id = strdup(row->wnid);
            if (!to->id)
                return ses_fail_memory(err, "the classes");
        }
    } else {
        int known = ses_imagenet_find(class->id);
        if (known >= 0)
            names = ses_imagenet[known].names;
    }
    if (!names)
        return SES_OK;
    to->names = strdup(names);
    to->name = ses_name_first(names);
    return to->names && to->name ? SES_OK
                                 : ses_fail_memory(err, "the classes");
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const struct naming *const *)a)->name,
                  (*(const struct naming *const *)b)->name);
}

static int by_output(const void *a, const void *b)
{
    int x = (*(const struct naming *const *)a)->output;
    int y = (*(const struct naming *const *)b)->output;
    return (x > y) - (x < y);
}

/* Put the id behind names that several classes have: "crane (n02012849)". */
static enum ses_status tell_apart(const struct ses_set *set,
                                  struct naming *naming,
                                  struct naming **order,
                                  struct ses_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < set->n_classes; i++)
        if (naming[i].name)
            order[n++] = &naming[i];
    if (n)
        qsort(order, n, sizeof *order, by_name);
    for (size_t i = 0, next; i < n; i = next) {
        for (next = i + 1; next < n; next++)
            if (strcmp(order[i]->name, order[next]->name) != 0)
                break;
        for (size_t j = i; j < next && next - i > 1; j++) {
            struct naming *one = order[j];
            const char *id = one->id ? one->id
                                     : set->classes[one - naming].id;
            char *name = ses_format("%s (%s)", one->name, id);
            if (!name)
                return ses_fail_memory(err, "the classes");
            free(one->name);
            one->name = name;
        }
    }
    return SES_OK;
}

/* Two classes that are one output are worth a word. */
static enum ses_status note_shared(struct ses_set *set,
                                   struct naming *naming,
                                   struct naming **order,
                                   struct ses_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < set->n_classes; i++)
        if (naming[i].output >= 0)
            order[n++] = &naming[i];
    if (n)
        qsort(order, n, sizeof *order, by_output);
    for (size_t i = 1; i < n; i++)
        if (order[i - 1]->output == order[i]->output)
            return ses_set_note(set, err, "classes '%s' and '%s' are both "
                                "output %d",
                                set->classes[order[i - 1] - naming].id,
                                set->classes[order[i] - naming].id,
                                order[i]->output);
    return SES_OK;
}

/* Labels 1..outputs when nobody said where they start: surely 1-based. */
static enum ses_status check_base(const struct ses_set *set, int outputs,
                                  struct ses_error *err)
{
    int least = INT32_MAX, most = -1;
    for (size_t i = 0; i < set->n_classes; i++) {
        int label = set->classes[i].label;
        least = label < least ? label : least;
        most = label > most ? label : most;
    }
    if (outputs > 0 && !set->label_base_given && least >= 1 &&
        most == outputs)
        return ses_fail(err, SES_EUSAGE, "'%s': labels run from %d to %d, "
                        "the network's outputs from 0 to %d; say "
                        "--label-base 1 when label 1 is output 0", set->spec,
                        least, most, outputs - 1);
    return SES_OK;
}

/* Name the first few classes that have no output. */
static enum ses_status note_missing(struct ses_set *set,
                                    const struct naming *naming,
                                    bool by_label, int outputs,
                                    struct ses_error *err)
{
    struct ses_text list = { 0 };
    size_t missing = 0;
    for (size_t i = 0; i < set->n_classes; i++)
        if (naming[i].output < 0 && missing++ < 5)
            ses_text_add(&list, "%s'%s'", missing > 1 ? ", " : "",
                         set->classes[i].id);
    enum ses_status status = SES_OK;
    if (list.failed)
        status = ses_fail_memory(err, "a note");
    else if (missing && by_label)
        status = ses_set_note(set, err, "%zu of %zu labels are beyond the "
                              "network's %d outputs and have none: %s%s",
                              missing, set->n_classes, outputs, list.data,
                              missing > 5 ? ", ..." : "");
    else if (missing)
        status = ses_set_note(set, err, "%zu of %zu classes are not in the "
                              "label table and have no output: %s%s",
                              missing, set->n_classes, list.data,
                              missing > 5 ? ", ..." : "");
    ses_text_release(&list);
    return status;
}

static enum ses_status number_by_position(struct ses_set *set,
                                          struct naming *naming, int outputs,
                                          struct ses_error *err)
{
    if ((size_t)outputs == set->n_classes) {
        for (size_t i = 0; i < set->n_classes; i++)
            naming[i].output = (int)i;
        return SES_OK;
    }
    return ses_set_note(set, err, "the set has %zu classes, the network %d "
                        "outputs; which is which is unknown without --labels"
                        "%s", set->n_classes, outputs,
                        ses_set_has_wnids(set)
                            ? " (imagenet, or imagenet-devkit for the "
                              "authors' Caffe networks)"
                            : "");
}

static enum ses_status number_classes(const struct ses_labels *labels,
                                      struct ses_set *set, int outputs,
                                      struct naming *naming,
                                      struct ses_error *err)
{
    bool by_label = set->n_classes && set->classes[0].label >= 0;
    size_t fitted = 0;
    for (size_t i = 0; i < set->n_classes; i++) {
        int output = by_label ? set->classes[i].label : naming[i].row;
        fitted += naming[i].row >= 0;
        naming[i].output = output < outputs ? output : -1;
    }
    if (!by_label && labels && set->n_classes && fitted == 0) {
        bool wnids = false;
        for (size_t i = 0; i < labels->count; i++)
            wnids |= labels->items[i].wnid != NULL;
        return ses_fail(err, SES_ENOTFOUND, "no class of '%s' ('%s'%s) is in "
                        "the label table%s", set->spec, set->classes[0].id,
                        set->n_classes > 1 ? ", ..." : "",
                        !wnids && ses_wnid_length(set->classes[0].id)
                            ? ", which has no wnids"
                            : "");
    }
    if (outputs == 0)
        return SES_OK;
    if (by_label || labels)
        return note_missing(set, naming, by_label, outputs, err);
    return number_by_position(set, naming, outputs, err);
}

static void swap(char **a, char **b)
{
    char *c = *a;
    *a = *b;
    *b = c;
}

enum ses_status ses_labels_apply(const struct ses_labels *labels,
                                 struct ses_set *set, int outputs,
                                 struct ses_error *err)
{
    if (labels && outputs > 0 && labels->count != (size_t)outputs)
        return ses_fail(err, SES_EUSAGE, "the label table has %zu rows, the "
                        "network %d outputs; every row is an output, a header "
                        "row or further classes do not belong there",
                        labels->count, outputs);
    enum ses_status status = check_base(set, outputs, err);
    if (status)
        return status;
    struct index index = { 0 };
    struct naming *naming = ses_calloc(set->n_classes, sizeof *naming);
    struct naming **order = ses_calloc(set->n_classes, sizeof *order);
    if (!naming || !order)
        status = ses_fail_memory(err, "the classes");
    if (!status && labels)
        status = index_rows(labels, &index, err);
    for (size_t i = 0; i < set->n_classes && !status; i++) {
        naming[i].row = -1;
        if (labels)
            status = find_row(labels, &index, &set->classes[i],
                              &naming[i].row, err);
        if (!status)
            status = name_class(labels, &set->classes[i], &naming[i], err);
    }
    if (!status)
        status = tell_apart(set, naming, order, err);
    if (!status)
        status = number_classes(labels, set, outputs, naming, err);
    if (!status)
        status = note_shared(set, naming, order, err);
    for (size_t i = 0; i < set->n_classes && naming; i++) {
        struct ses_class *class = &set->classes[i];
        if (!status) {
            class->output = naming[i].output;
            if (naming[i].id)
                swap(&class->id, &naming[i].id);
            if (naming[i].name)
                swap(&class->name, &naming[i].name);
            if (naming[i].names)
                swap(&class->names, &naming[i].names);
        }
        free(naming[i].id);
        free(naming[i].name);
        free(naming[i].names);
    }
    free(naming);
    free(order);
    free(index.rows);
    return status;
}

bool ses_set_has_wnids(const struct ses_set *set)
{
    for (size_t i = 0; i < set->n_classes; i++)
        if (ses_imagenet_find(set->classes[i].id) < 0)
            return false;
    return set->n_classes > 0;
}
