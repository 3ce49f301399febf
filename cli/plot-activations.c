/* `sescope plot activations`: class means of the gates over channels, the
 * activation figure of the SENet paper. */
#include <math.h>
#include <stdlib.h>

#include "cli/plot-choice.h"
#include "cli/csv.h"
#include "core/base/alloc.h"
#include "core/stats/class-curves.h"

/* The arrays behind a figure; one of each a panel. */
struct figure {
    struct ses_plot_choice choice;
    struct ses_activation_panel *panels;
    struct ses_class_curves *curves;
    int **channels;
};

static void figure_release(struct figure *f)
{
    for (size_t i = 0; f->curves && i < f->choice.n_blocks; i++)
        ses_class_curves_release(&f->curves[i]);
    for (size_t i = 0; f->channels && i < f->choice.n_blocks; i++)
        free(f->channels[i]);
    free(f->panels);
    free(f->curves);
    free(f->channels);
    ses_plot_choice_release(&f->choice);
}

static enum ses_status fill_panel(const struct ses_run_file *run,
                                  const struct ses_plot_args *args,
                                  struct figure *f, size_t i,
                                  struct ses_error *err)
{
    size_t index = f->choice.blocks[i];
    const struct ses_run_block *block = &run->blocks[index];
    f->channels[i] = ses_calloc((size_t)block->channels, sizeof(int));
    if (!f->channels[i])
        return ses_fail_memory(err, "channels");
    size_t n = ses_uniform_channels(block->channels, (size_t)args->channels,
                                    f->channels[i]);
    struct ses_class_curves *curves = &f->curves[i];
    enum ses_status status = ses_class_curves_init(
        run, index, f->choice.classes, f->choice.n_classes, f->channels[i], n,
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

static enum ses_status write_data(const struct ses_activation_figure *figure,
                                  const char *path, struct ses_error *err)
{
    struct ses_text data = { 0 };
    ses_text_add(&data, "block,class,channel,mean,low,high\n");
    for (size_t i = 0; i < figure->n_panels; i++) {
        const struct ses_activation_panel *panel = &figure->panels[i];
        size_t n = panel->n_channels;
        for (size_t k = 0; k <= figure->n_classes; k++)
            for (size_t j = 0; j < n; j++) {
                bool all = k == figure->n_classes;
                bool band = !all && panel->low && panel->high;
                ses_csv_text(&data, panel->name, ',');
                ses_csv_text(&data, all ? figure->overall_label
                                         : figure->classes[k], ',');
                ses_text_add(&data, "%d,", panel->channel[j]);
                ses_csv_number(&data, all ? panel->overall[j]
                                           : panel->mean[k * n + j], ',');
                ses_csv_number(&data, band ? panel->low[k * n + j] : NAN,
                                ',');
                ses_csv_number(&data, band ? panel->high[k * n + j] : NAN,
                                '\n');
            }
    }
    enum ses_status status = ses_csv_write(path, &data, err);
    ses_text_release(&data);
    return status;
}

enum ses_status ses_plot_record_activations(const struct ses_run_file *run,
                                            const struct ses_plot_args *args,
                                            struct ses_error *err)
{
    struct figure f = { 0 };
    char *label = NULL;
    enum ses_status status = ses_plot_choose(run, args, &f.choice, err);
    size_t n = f.choice.n_blocks;
    if (status)
        goto out;
    f.panels = ses_calloc(n, sizeof *f.panels);
    f.curves = ses_calloc(n, sizeof *f.curves);
    f.channels = ses_calloc(n, sizeof *f.channels);
    if (!f.panels || !f.curves || !f.channels)
        status = ses_fail_memory(err, "panels");
    for (size_t i = 0; !status && i < n; i++)
        status = fill_panel(run, args, &f, i, err);
    if (status)
        goto out;
    ses_plot_explain_gaps(&f.choice, "line", args->band ? "interval" : NULL);
    size_t present = f.curves[0].overall_classes;
    label = present == 1 ? ses_format("the one class")
                         : ses_format("all %zu classes", present);
    if (!label) {
        status = ses_fail_memory(err, "a label");
        goto out;
    }
    const struct ses_activation_figure figure = {
        .n_classes = f.choice.n_classes,
        .classes = f.choice.class_names,
        .n_panels = n,
        .panels = f.panels,
        .overall_label = label,
        .band_label = args->band ? "95 % interval" : NULL,
    };
    status = ses_plot_activations(args->output, &figure, &args->style, err);
    if (!status && args->data)
        status = write_data(&figure, args->data, err);
out:
    free(label);
    figure_release(&f);
    return status;
}
