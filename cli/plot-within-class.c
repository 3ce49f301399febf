/* `sescope plot within-class`: how far a class's instances are from its mean,
 * the second activation figure of the SENet paper (goldfish and plane). A few
 * classes share a panel; of more, each has panels of its own, where bands do
 * not hide each other. */
#include <math.h>
#include <stdlib.h>

#include "cli/plot-choice.h"
#include "cli/csv.h"
#include "core/base/alloc.h"
#include "core/stats/class-curves.h"

enum { MOST_IN_PANEL = 4, MOST_PANELS = 400 };

/* What one block shows: [n_classes][n_channels] each. */
struct block {
    int *channels;
    size_t n_channels;
    struct ses_class_curves curves;
    double *low, *high; /* NaN of fewer than two images */
};

struct figure {
    struct ses_plot_choice choice;
    struct block *blocks;
    struct ses_activation_panel *panels;
    char **names; /* of panels of one class */
    size_t n_panels;
};

static void figure_release(struct figure *f)
{
    for (size_t i = 0; f->blocks && i < f->choice.n_blocks; i++) {
        struct block *block = &f->blocks[i];
        free(block->channels);
        ses_class_curves_release(&block->curves);
        free(block->low);
        free(block->high);
    }
    for (size_t i = 0; f->names && i < f->n_panels; i++)
        free(f->names[i]);
    free(f->names);
    free(f->panels);
    free(f->blocks);
    ses_plot_choice_release(&f->choice);
}

static enum ses_status fill_spread(struct block *block, struct ses_error *err)
{
    const struct ses_class_curves *curves = &block->curves;
    size_t cells = curves->n_classes * curves->n_channels;
    block->low = ses_calloc(cells, sizeof *block->low);
    block->high = ses_calloc(cells, sizeof *block->high);
    if (!block->low || !block->high)
        return ses_fail_memory(err, "spreads");
    for (size_t at = 0; at < cells; at++) {
        block->low[at] = curves->mean[at] - curves->std[at];
        block->high[at] = curves->mean[at] + curves->std[at];
    }
    return SES_OK;
}

static enum ses_status fill_block(const struct ses_run_file *run,
                                  const struct ses_plot_args *args,
                                  struct figure *f, size_t i,
                                  struct ses_error *err)
{
    size_t index = f->choice.blocks[i];
    int channels = run->blocks[index].channels;
    struct block *block = &f->blocks[i];
    block->channels = ses_calloc((size_t)channels, sizeof(int));
    if (!block->channels)
        return ses_fail_memory(err, "channels");
    block->n_channels = ses_uniform_channels(
        channels, (size_t)args->channels, block->channels);
    enum ses_status status = ses_class_curves_init(
        run, index, f->choice.classes, f->choice.n_classes, block->channels,
        block->n_channels, false, 0, &block->curves, err);
    return status ? status : fill_spread(block, err);
}

/* Panel p of block i shows `shown` classes from k on. */
static enum ses_status fill_panel(struct figure *f, size_t p, size_t i,
                                  size_t k, bool apart, struct ses_error *err)
{
    const struct block *block = &f->blocks[i];
    size_t skip = k * block->n_channels;
    const char *name = f->choice.block_names[i];
    if (apart) {
        f->names[p] = ses_format("%s: %s", name, f->choice.class_names[k]);
        if (!f->names[p])
            return ses_fail_memory(err, "panels");
        name = f->names[p];
    }
    f->panels[p] = (struct ses_activation_panel){
        .name = name,
        .n_channels = block->n_channels,
        .channel = block->channels,
        .mean = block->curves.mean + skip,
        .low = block->low + skip,
        .high = block->high + skip,
        .overall = apart ? block->curves.overall : NULL,
    };
    return SES_OK;
}

static enum ses_status fill_panels(struct figure *f, bool apart,
                                   struct ses_error *err)
{
    size_t each = apart ? f->choice.n_classes : 1;
    f->n_panels = f->choice.n_blocks * each;
    if (f->n_panels > MOST_PANELS)
        return ses_fail(err, SES_EUSAGE,
                        "%zu classes in %zu blocks make %zu panels, expected "
                        "at most %d; --classes and --blocks choose",
                        f->choice.n_classes, f->choice.n_blocks, f->n_panels,
                        (int)MOST_PANELS);
    f->panels = ses_calloc(f->n_panels, sizeof *f->panels);
    f->names = ses_calloc(f->n_panels, sizeof *f->names);
    if (!f->panels || !f->names)
        return ses_fail_memory(err, "panels");
    enum ses_status status = SES_OK;
    for (size_t p = 0; !status && p < f->n_panels; p++)
        status = fill_panel(f, p, p / each, p % each, apart, err);
    return status;
}

static enum ses_status write_data(const struct figure *f, const char *path,
                                  struct ses_error *err)
{
    struct ses_text data = { 0 };
    ses_text_add(&data, "block,class,images,channel,mean,sd\n");
    for (size_t i = 0; i < f->choice.n_blocks; i++) {
        const struct block *block = &f->blocks[i];
        size_t n = block->n_channels;
        for (size_t at = 0; at < f->choice.n_classes * n; at++) {
            ses_csv_text(&data, f->choice.block_names[i], ',');
            ses_csv_text(&data, f->choice.class_names[at / n], ',');
            ses_text_add(&data, "%zu,%d,", f->choice.images[at / n],
                         block->channels[at % n]);
            ses_csv_number(&data, block->curves.mean[at], ',');
            ses_csv_number(&data, block->curves.std[at], '\n');
        }
    }
    enum ses_status status = ses_csv_write(path, &data, err);
    ses_text_release(&data);
    return status;
}

enum ses_status ses_plot_record_within_class(const struct ses_run_file *run,
                                             const struct ses_plot_args *args,
                                             struct ses_error *err)
{
    struct figure f = { 0 };
    char *label = NULL;
    enum ses_status status = ses_plot_choose(run, args, &f.choice, err);
    if (status)
        goto out;
    bool apart = f.choice.n_classes > MOST_IN_PANEL;
    f.blocks = ses_calloc(f.choice.n_blocks, sizeof *f.blocks);
    if (!f.blocks)
        status = ses_fail_memory(err, "blocks");
    for (size_t i = 0; !status && i < f.choice.n_blocks; i++)
        status = fill_block(run, args, &f, i, err);
    if (!status)
        status = fill_panels(&f, apart, err);
    if (status)
        goto out;
    ses_plot_explain_gaps(&f.choice, "line", "spread");
    label = ses_format("mean of all %zu classes",
                       f.blocks[0].curves.overall_classes);
    if (!label) {
        status = ses_fail_memory(err, "a label");
        goto out;
    }
    static const char *const one = "mean of the class";
    const struct ses_activation_figure figure = {
        .n_classes = apart ? 1 : f.choice.n_classes,
        .classes = apart ? &one : f.choice.class_names,
        .n_panels = f.n_panels,
        .panels = f.panels,
        .overall_label = label,
        .band_label = "\u00b1 1 standard deviation over images",
        .cut_bands = true,
    };
    status = ses_plot_activations(args->output, &figure, &args->style, err);
    if (!status && args->data)
        status = write_data(&f, args->data, err);
out:
    free(label);
    figure_release(&f);
    return status;
}
