/* `sescope plot top-channels`: the channels that mark a class out, a panel a
 * block and class, with thumbnails of the images that drive them. */
#include "plots/top-channels.h"

#include <math.h>
#include <stdlib.h>

#include "cli/diagnostics.h"
#include "cli/plot-choice.h"
#include "cli/csv.h"
#include "cli/run-images.h"
#include "core/base/alloc.h"
#include "core/stats/top-channels.h"

enum { SIDE = 128 }; /* of thumbnails, in pixels: 8 mm at 400 dpi */

/* A block and class. */
struct panel {
    size_t block, class; /* of the choice */
    size_t count;
    struct ses_top_channel *channels; /* [count] */
    struct ses_top_row *rows;         /* [count] */
    struct ses_thumbnail *pictures;     /* [count][SES_MOST_DRIVERS] */
    struct ses_image *images;         /* the same, owned */
};

struct figure {
    const struct ses_run_file *run;
    const struct ses_plot_args *args;
    struct ses_plot_choice choice;
    struct panel *panels;
    size_t n_panels;
    struct ses_set *set; /* NULL: no thumbnails */
};

static void panel_release(struct panel *panel)
{
    for (size_t i = 0; panel->images && i < panel->count; i++)
        for (size_t k = 0; k < SES_MOST_DRIVERS; k++)
            ses_image_release(&panel->images[i * SES_MOST_DRIVERS + k]);
    free(panel->channels);
    free(panel->rows);
    free(panel->pictures);
    free(panel->images);
}

static void figure_release(struct figure *f)
{
    for (size_t i = 0; i < f->n_panels; i++)
        panel_release(&f->panels[i]);
    free(f->panels);
    ses_set_free(f->set);
    ses_plot_choice_release(&f->choice);
}

/* What to do about images that are not where they were. */
static enum ses_status no_thumbnails(const struct figure *f,
                                     enum ses_status status,
                                     struct ses_error *err)
{
    /* A report, which takes the picture, does without by itself. */
    bool option = !f->args->style.picture;
    if (status)
        ses_error_context(err, "no thumbnails (--images SET says where images "
                               "are%s)",
                          option ? ", --no-thumbnails does without" : "");
    return status;
}

static enum ses_status fill_pictures(struct figure *f, struct panel *panel,
                                     struct ses_error *err)
{
    for (size_t i = 0; f->set && i < panel->count; i++)
        for (size_t k = 0; k < panel->channels[i].n_drivers; k++) {
            struct ses_image *image =
                &panel->images[i * SES_MOST_DRIVERS + k];
            enum ses_status status = no_thumbnails(
                f,
                ses_run_images_thumbnail(f->run, f->set,
                                         panel->channels[i].drivers[k], SIDE,
                                         image, err),
                err);
            if (status)
                return status;
            panel->pictures[i * SES_MOST_DRIVERS + k] = (struct ses_thumbnail){
                image->width, image->height, image->pixels
            };
        }
    return SES_OK;
}

static enum ses_status fill_panel(struct figure *f,
                                  const struct ses_top_block *block,
                                  struct panel *panel, struct ses_error *err)
{
    size_t n = block->channels;
    if (f->args->channels > 0 && (size_t)f->args->channels < n)
        n = (size_t)f->args->channels;
    panel->channels = ses_calloc(n, sizeof *panel->channels);
    panel->rows = ses_calloc(n, sizeof *panel->rows);
    panel->pictures =
        ses_calloc(n, SES_MOST_DRIVERS * sizeof *panel->pictures);
    panel->images = ses_calloc(n, SES_MOST_DRIVERS * sizeof *panel->images);
    if (!panel->channels || !panel->rows || !panel->pictures ||
        !panel->images)
        return ses_fail_memory(err, "channels");
    enum ses_status status = ses_top_channels(
        block, f->choice.classes[panel->class], (uint64_t)f->args->seed, n,
        SES_MOST_DRIVERS, panel->channels, &panel->count, err);
    if (!status)
        status = fill_pictures(f, panel, err);
    for (size_t i = 0; !status && i < panel->count; i++) {
        const struct ses_top_channel *top = &panel->channels[i];
        panel->rows[i] = (struct ses_top_row){
            top->channel, top->d_prime.value, top->d_prime.low,
            top->d_prime.high, panel->pictures + i * SES_MOST_DRIVERS
        };
    }
    return status;
}

/* Of every class, but where no channel differs at all: *flat counts these. */
static enum ses_status fill_block(struct figure *f, size_t b, size_t *flat,
                                  struct ses_error *err)
{
    const struct ses_plot_choice *choice = &f->choice;
    struct ses_top_block block;
    enum ses_status status =
        ses_top_block_init(f->run, choice->blocks[b], NULL, 0, &block, err);
    for (size_t k = 0; !status && k < choice->n_classes; k++) {
        if (!choice->images[k])
            continue;
        struct panel *panel = &f->panels[f->n_panels++];
        *panel = (struct panel){ .block = b, .class = k };
        status = fill_panel(f, &block, panel, err);
        if (status || panel->channels[0].d_prime.value != 0)
            continue;
        panel_release(panel);
        f->n_panels--;
        ++*flat;
    }
    ses_top_block_release(&block);
    return status;
}

static enum ses_status fill_panels(struct figure *f, struct ses_error *err)
{
    const struct ses_plot_choice *choice = &f->choice;
    enum ses_status status = SES_OK;
    size_t most, flat = 0;
    if (ses_multiply(choice->n_blocks, choice->n_classes, &most))
        f->panels = ses_calloc(most, sizeof *f->panels);
    if (!f->panels)
        return ses_fail_memory(err, "panels");
    for (size_t b = 0; !status && b < choice->n_blocks; b++)
        status = fill_block(f, b, &flat, err);
    if (status)
        return status;
    if (!f->n_panels)
        return ses_fail(err, SES_ENOTFOUND,
                        "'%s': no channel marks the classes chosen out; d' "
                        "takes classes of two images or more",
                        f->run->path);
    if (flat)
        ses_report_note("%zu block%s and class%s left out, which no channel "
                        "marks out",
                        flat, flat == 1 ? "" : "s", flat == 1 ? "" : "es");
    return SES_OK;
}

/* A line an image, or a channel without any. */
static enum ses_status add_rows(const struct figure *f,
                                const struct panel *panel,
                                struct ses_text *out, struct ses_error *err)
{
    for (size_t i = 0; i < panel->count; i++) {
        const struct ses_top_channel *top = &panel->channels[i];
        for (size_t k = 0; k == 0 || k < top->n_drivers; k++) {
            char *path = NULL;
            bool image = k < top->n_drivers;
            enum ses_status status =
                image ? ses_run_paths(f->run, top->drivers[k], 1, &path, err)
                      : SES_OK;
            if (status)
                return status;
            ses_csv_text(out, f->choice.block_names[panel->block], ',');
            ses_csv_text(out, f->choice.class_names[panel->class], ',');
            ses_text_add(out, "%d,", top->channel);
            ses_csv_number(out, top->d_prime.value, ',');
            ses_csv_number(out, top->d_prime.low, ',');
            ses_csv_number(out, top->d_prime.high, ',');
            ses_csv_number(out, top->mean, ',');
            ses_csv_number(out, top->others, ',');
            ses_csv_text(out, image ? path : "", ',');
            ses_csv_number(out, image ? top->gates[k] : NAN, '\n');
            free(path);
        }
    }
    return SES_OK;
}

static enum ses_status write_data(const struct figure *f,
                                  struct ses_error *err)
{
    struct ses_text data = { 0 };
    enum ses_status status = SES_OK;
    ses_text_add(&data, "block,class,channel,d_prime,low,high,class_mean,"
                        "others_mean,image,gate\n");
    for (size_t i = 0; !status && i < f->n_panels; i++)
        status = add_rows(f, &f->panels[i], &data, err);
    if (!status)
        status = ses_csv_write(f->args->data, &data, err);
    ses_text_release(&data);
    return status;
}

static enum ses_status draw(const struct figure *f, struct ses_error *err)
{
    struct ses_top_panel *panels = ses_calloc(f->n_panels, sizeof *panels);
    if (!panels)
        return ses_fail_memory(err, "panels");
    bool intervals = false;
    for (size_t i = 0; i < f->n_panels; i++) {
        const struct panel *panel = &f->panels[i];
        panels[i] = (struct ses_top_panel){
            f->choice.block_names[panel->block],
            f->choice.class_names[panel->class], panel->count, panel->rows
        };
        for (size_t j = 0; j < panel->count; j++)
            intervals |= isfinite(panel->rows[j].low);
    }
    const struct ses_top_figure figure = {
        .n_panels = f->n_panels,
        .panels = panels,
        .n_pictures = f->set ? SES_MOST_DRIVERS : 0,
        .interval_label = intervals ? "95 % interval" : NULL,
    };
    enum ses_status status = ses_plot_top_channels(
        f->args->output, &figure, &f->args->style, err);
    free(panels);
    return status;
}

enum ses_status ses_plot_record_top_channels(const struct ses_run_file *run,
                                             const struct ses_plot_args *args,
                                             struct ses_error *err)
{
    struct ses_plot_args own = *args;
    if (!own.blocks)
        own.blocks = run->blocks[run->n_blocks - 1].name;
    struct figure f = { .run = run, .args = &own };
    enum ses_status status = ses_plot_choose(run, &own, &f.choice, err);
    if (!status && own.thumbnails)
        status = no_thumbnails(&f, ses_run_images_open(run, own.images,
                                                   own.image_root, &f.set,
                                                   err),
                               err);
    if (!status)
        status = fill_panels(&f, err);
    if (status)
        goto out;
    ses_plot_explain_gaps(&f.choice, "panel", "interval");
    status = draw(&f, err);
    if (!status && own.data)
        status = write_data(&f, err);
out:
    figure_release(&f);
    return status;
}
