/* `sescope plot activations`: class means of the gates over channels, the
 * activation figure of the SENet paper. */
#include <stdlib.h>

#include "cli/diagnostics.h"
#include "cli/plot.h"
#include "cli/run-choice.h"
#include "core/base/alloc.h"
#include "core/stats/class-curves.h"

enum { DRAWN_BY_DEFAULT = 10 };

/* The arrays behind a figure. */
struct figure {
    size_t *blocks, n_blocks;
    size_t *classes, n_classes;
    const char **names; /* of classes */
    struct ses_activation_panel *panels;
    struct ses_class_curves *curves; /* one a panel */
    int **channels;                  /* one a panel */
};

static void figure_release(struct figure *f)
{
    for (size_t i = 0; f->curves && i < f->n_blocks; i++)
        ses_class_curves_release(&f->curves[i]);
    for (size_t i = 0; f->channels && i < f->n_blocks; i++)
        free(f->channels[i]);
    free(f->blocks);
    free(f->classes);
    free(f->names);
    free(f->panels);
    free(f->curves);
    free(f->channels);
}

/* Say why a chosen class has no line, or no interval. */
static enum ses_status explain_gaps(const struct ses_run_file *run, bool band,
                                    const struct figure *f,
                                    struct ses_error *err)
{
    size_t *images = ses_calloc(run->n_classes, sizeof *images);
    if (!images)
        return ses_fail_memory(err, "classes");
    for (size_t i = 0; i < run->n_images; i++)
        if (run->image_status[i] == SES_IMAGE_DONE)
            images[run->image_classes[i]]++;
    size_t without = 0, alone = 0;
    for (size_t i = 0; i < f->n_classes; i++) {
        without += images[f->classes[i]] == 0;
        alone += images[f->classes[i]] == 1;
    }
    free(images);
    if (without)
        ses_report_note("%zu of the %zu classes drawn %s no images, and so no "
                        "line",
                        without, f->n_classes, without == 1 ? "has" : "have");
    if (band && alone)
        ses_report_note("%zu of the %zu classes drawn %s one image only, and "
                        "so no interval",
                        alone, f->n_classes, alone == 1 ? "has" : "have");
    return SES_OK;
}

static enum ses_status choose_classes(const struct ses_run_file *run,
                                      const char *wanted, struct figure *f,
                                      struct ses_error *err)
{
    f->classes = ses_calloc(run->n_classes, sizeof *f->classes);
    f->names = ses_calloc(run->n_classes, sizeof *f->names);
    if (!f->classes || !f->names)
        return ses_fail_memory(err, "classes");
    enum ses_status status = ses_run_choose_classes(
        run, wanted ? wanted : "all", f->classes, &f->n_classes, err);
    if (status)
        return status;
    if (!wanted && f->n_classes > DRAWN_BY_DEFAULT) {
        ses_report_note("the first %d of %zu classes are drawn; --classes "
                        "chooses others, or `all`",
                        DRAWN_BY_DEFAULT, f->n_classes);
        f->n_classes = DRAWN_BY_DEFAULT;
    }
    for (size_t i = 0; i < f->n_classes; i++)
        f->names[i] = run->class_names[f->classes[i]];
    return SES_OK;
}

static enum ses_status choose_blocks(const struct ses_run_file *run,
                                     const char *pattern, struct figure *f,
                                     struct ses_error *err)
{
    f->blocks = ses_calloc(run->n_blocks, sizeof *f->blocks);
    if (!f->blocks)
        return ses_fail_memory(err, "blocks");
    enum ses_status status = ses_run_choose_blocks(run, pattern, f->blocks,
                                                   &f->n_blocks, err);
    if (status)
        return status;
    f->panels = ses_calloc(f->n_blocks, sizeof *f->panels);
    f->curves = ses_calloc(f->n_blocks, sizeof *f->curves);
    f->channels = ses_calloc(f->n_blocks, sizeof *f->channels);
    return f->panels && f->curves && f->channels
               ? SES_OK
               : ses_fail_memory(err, "panels");
}

static enum ses_status fill_panel(const struct ses_run_file *run,
                                  const struct ses_plot_args *args,
                                  struct figure *f, size_t i,
                                  struct ses_error *err)
{
    const struct ses_run_block *block = &run->blocks[f->blocks[i]];
    f->channels[i] = ses_calloc((size_t)block->channels, sizeof(int));
    if (!f->channels[i])
        return ses_fail_memory(err, "channels");
    size_t n = ses_uniform_channels(block->channels, (size_t)args->channels,
                                    f->channels[i]);
    struct ses_class_curves *curves = &f->curves[i];
    enum ses_status status = ses_class_curves_init(
        run, f->blocks[i], f->classes, f->n_classes, f->channels[i], n,
        args->band, (uint64_t)args->seed, curves, err);
    f->panels[i] = (struct ses_activation_panel){
        .name = block->name,
        .n_channels = n,
        .channel = f->channels[i],
        .channels = block->channels,
        .mean = curves->mean,
        .low = curves->low,
        .high = curves->high,
        .overall = curves->overall,
    };
    return status;
}

enum ses_status ses_plot_record_activations(const struct ses_run_file *run,
                                            const struct ses_plot_args *args,
                                            struct ses_error *err)
{
    struct figure f = { 0 };
    char *label = NULL;
    enum ses_status status = choose_classes(run, args->classes, &f, err);
    if (!status)
        status = choose_blocks(run, args->blocks, &f, err);
    for (size_t i = 0; !status && i < f.n_blocks; i++)
        status = fill_panel(run, args, &f, i, err);
    if (!status)
        status = explain_gaps(run, args->band, &f, err);
    if (status)
        goto out;
    size_t present = f.curves[0].overall_classes;
    label = present == 1 ? ses_format("the one class")
                         : ses_format("all %zu classes", present);
    if (!label) {
        status = ses_fail_memory(err, "a label");
        goto out;
    }
    const struct ses_activation_figure figure = {
        .n_classes = f.n_classes,
        .classes = f.names,
        .n_panels = f.n_blocks,
        .panels = f.panels,
        .overall_label = label,
        .band_label = args->band ? "95 % interval" : NULL,
    };
    status = ses_plot_activations(args->output, &figure, &args->style, err);
out:
    free(label);
    figure_release(&f);
    return status;
}
