/* See run-choice.h. A record's blocks and classes are put into the structs
 * that the functions for networks and sets read, so that an option means the
 * same everywhere. */
#include "cli/run-choice.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/graph/select.h"
#include "core/images/set.h"

enum ses_status ses_run_choose_blocks(const struct ses_run_file *run,
                                      const char *pattern, size_t *index,
                                      size_t *count, struct ses_error *err)
{
    struct ses_blocks blocks = { .count = run->n_blocks };
    blocks.items = ses_calloc(run->n_blocks, sizeof *blocks.items);
    if (!blocks.items)
        return ses_fail_memory(err, "blocks");
    for (size_t i = 0; i < run->n_blocks; i++) {
        const struct ses_run_block *b = &run->blocks[i];
        blocks.items[i] = (struct ses_block){ .name = b->name,
                                              .source = b->source,
                                              .stage = b->stage,
                                              .unit = b->unit,
                                              .height = b->height,
                                              .width = b->width };
    }
    enum ses_status status =
        ses_blocks_select(&blocks, pattern, index, count, err);
    free(blocks.items);
    return status ? ses_error_context(err, "--blocks") : SES_OK;
}

static size_t find_class(const struct ses_run_file *run, const char *id)
{
    size_t k = 0;
    while (k < run->n_classes && strcmp(run->class_ids[k], id) != 0)
        k++;
    return k;
}

enum ses_status ses_run_choose_classes(const struct ses_run_file *run,
                                       const char *names, size_t *index,
                                       size_t *count, struct ses_error *err)
{
    *count = 0;
    if (strcmp(names, "all") == 0) {
        for (size_t k = 0; k < run->n_classes; k++)
            index[(*count)++] = k;
        return SES_OK;
    }
    enum ses_status status = SES_OK;
    struct ses_set *set = ses_calloc(1, sizeof *set);
    if (!set)
        return ses_fail_memory(err, "classes");
    bool whole = (set->spec = strdup(run->path)) != NULL;
    set->root = strdup("");
    set->classes = ses_calloc(run->n_classes, sizeof *set->classes);
    for (size_t k = 0; set->classes && k < run->n_classes; k++) {
        struct ses_class *class = &set->classes[k];
        class->id = strdup(run->class_ids[k]);
        class->name = strdup(run->class_names[k]);
        class->label = -1;
        class->output = run->class_outputs[k];
        set->n_classes++;
        whole = whole && class->id && class->name;
    }
    if (!whole || !set->root || !set->classes)
        status = ses_fail_memory(err, "classes");
    if (!status)
        status = ses_set_select(set, names, 0, 0, err);
    for (size_t i = 0; !status && i < set->n_classes; i++) {
        size_t k = find_class(run, set->classes[i].id);
        if (k < run->n_classes)
            index[(*count)++] = k;
    }
    ses_set_free(set);
    return status;
}
