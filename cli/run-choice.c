/* See run-choice.h. A record's blocks and classes are put into the structs
 * that the functions for networks and sets read, so that an option means the
 * same everywhere. */
#include "cli/run-choice.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/graph/select.h"
#include "core/images/select-names.h"

enum ses_status ses_run_choose_blocks(const struct ses_run_file *run,
                                      const char *pattern, size_t *index,
                                      size_t *count, struct ses_error *err)
{
    if (!run->n_blocks)
        return ses_fail(err, SES_ENOTFOUND, "'%s' holds no SE blocks",
                        run->path);
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

enum ses_status ses_run_choose_classes(const struct ses_run_file *run,
                                       const char *names, size_t *index,
                                       size_t *count, struct ses_error *err)
{
    if (!names || strcmp(names, "all") == 0) {
        for (size_t k = 0; k < run->n_classes; k++)
            index[k] = k;
        *count = run->n_classes;
        return SES_OK;
    }
    struct ses_set set = { .spec = run->path, .n_classes = run->n_classes };
    set.classes = ses_calloc(run->n_classes, sizeof *set.classes);
    if (!set.classes)
        return ses_fail_memory(err, "classes");
    for (size_t k = 0; k < run->n_classes; k++)
        set.classes[k] = (struct ses_class){ .id = run->class_ids[k],
                                             .name = run->class_names[k],
                                             .label = -1,
                                             .output = run->class_outputs[k] };
    size_t *chosen = NULL;
    enum ses_status status =
        ses_classes_find(&set, names, &chosen, count, err);
    for (size_t i = 0; !status && i < *count; i++)
        index[i] = chosen[i];
    free(chosen);
    free(set.classes);
    return status;
}

enum ses_status ses_run_analyse(const struct ses_run_file *run,
                                const struct ses_record_args *args,
                                void (*progress)(void *user, double share),
                                struct ses_analysis *out,
                                struct ses_error *err)
{
    struct ses_analysis_options options = { .seed = (uint64_t)args->seed,
                                            .threads = (int)args->threads,
                                            .progress = progress };
    size_t *blocks = ses_calloc(run->n_blocks, sizeof *blocks);
    size_t *classes = ses_calloc(run->n_classes, sizeof *classes);
    enum ses_status status =
        blocks && classes
            ? ses_run_choose_blocks(run, args->blocks, blocks,
                                    &options.n_blocks, err)
            : ses_fail_memory(err, "a choice");
    if (!status)
        status = ses_run_choose_classes(run, args->classes, classes,
                                        &options.n_classes, err);
    options.blocks = blocks;
    options.classes = classes;
    if (!status)
        status = ses_analyse(run, &options, out, err);
    free(blocks);
    free(classes);
    return status;
}
