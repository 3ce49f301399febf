/* See plot-choice.h. */
#include "cli/plot-choice.h"

#include <stdlib.h>
#include <string.h>

#include "cli/diagnostics.h"
#include "cli/run-choice.h"
#include "core/base/alloc.h"

void ses_plot_choice_release(struct ses_plot_choice *choice)
{
    free(choice->blocks);
    free(choice->block_names);
    free(choice->stages);
    free(choice->classes);
    free(choice->class_names);
    free(choice->images);
    memset(choice, 0, sizeof *choice);
}

static enum ses_status choose_blocks(const struct ses_run_file *run,
                                     const char *pattern,
                                     struct ses_plot_choice *out,
                                     struct ses_error *err)
{
    out->blocks = ses_calloc(run->n_blocks, sizeof *out->blocks);
    out->block_names = ses_calloc(run->n_blocks, sizeof *out->block_names);
    out->stages = ses_calloc(run->n_blocks, sizeof *out->stages);
    if (!out->blocks || !out->block_names || !out->stages)
        return ses_fail_memory(err, "blocks");
    enum ses_status status = ses_run_choose_blocks(run, pattern, out->blocks,
                                                   &out->n_blocks, err);
    bool staged = false;
    for (size_t i = 0; !status && i < out->n_blocks; i++) {
        const struct ses_run_block *block = &run->blocks[out->blocks[i]];
        out->block_names[i] = block->name;
        out->stages[i] = block->stage;
        staged |= block->stage > 0;
    }
    if (!staged) {
        free(out->stages);
        out->stages = NULL;
    }
    return status;
}

static enum ses_status choose_classes(const struct ses_run_file *run,
                                      const struct ses_plot_args *args,
                                      struct ses_plot_choice *out,
                                      struct ses_error *err)
{
    size_t n = run->n_classes;
    out->classes = ses_calloc(n, sizeof *out->classes);
    out->class_names = ses_calloc(n, sizeof *out->class_names);
    out->images = ses_calloc(n, sizeof *out->images);
    size_t *images = ses_calloc(n, sizeof *images);
    enum ses_status status =
        out->classes && out->class_names && out->images && images
            ? ses_run_choose_classes(run, args->classes, out->classes,
                                     &out->n_classes, err)
            : ses_fail_memory(err, "classes");
    if (status)
        goto out;
    if (!args->classes && args->most_classes &&
        out->n_classes > args->most_classes) {
        ses_report_note("the first %zu of %zu classes are drawn; --classes "
                        "chooses others, or `all`",
                        args->most_classes, out->n_classes);
        out->n_classes = args->most_classes;
    }
    for (size_t i = 0; i < run->n_images; i++)
        if (run->image_status[i] == SES_IMAGE_DONE)
            images[run->image_classes[i]]++;
    size_t all = 0;
    for (size_t i = 0; i < out->n_classes; i++) {
        out->class_names[i] = run->class_names[out->classes[i]];
        out->images[i] = images[out->classes[i]];
        all += out->images[i];
    }
    if (!all)
        status = ses_fail(err, SES_ENOTFOUND,
                          "'%s': the classes chosen have no images", run->path);
out:
    free(images);
    return status;
}

enum ses_status ses_plot_choose(const struct ses_run_file *run,
                                const struct ses_plot_args *args,
                                struct ses_plot_choice *out,
                                struct ses_error *err)
{
    memset(out, 0, sizeof *out);
    enum ses_status status = choose_classes(run, args, out, err);
    return status ? status : choose_blocks(run, args->blocks, out, err);
}

void ses_plot_explain_gaps(const struct ses_plot_choice *choice,
                           const char *what, const char *spread)
{
    size_t without = 0, alone = 0;
    for (size_t i = 0; i < choice->n_classes; i++) {
        without += choice->images[i] == 0;
        alone += choice->images[i] == 1;
    }
    if (without)
        ses_report_note("%zu of the %zu classes drawn %s no images, and so no "
                        "%s",
                        without, choice->n_classes,
                        without == 1 ? "has" : "have", what);
    if (spread && alone)
        ses_report_note("%zu of the %zu classes drawn %s one image only, and "
                        "so no %s",
                        alone, choice->n_classes, alone == 1 ? "has" : "have",
                        spread);
}
