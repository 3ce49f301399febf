/* `sescope plot`: figures of a record, of two, or of an ablation. The kinds are
 * in plot-kinds.c. */
#include "cli/plot.h"

#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/diagnostics.h"
#include "core/base/alloc.h"

static const struct ses_plot_args defaults = {
    .channels = -1,
    .thumbnails = true,
    .style = { .dpi = 300 },
};

static const struct ses_option options[] = {
    { .kind = SES_OPTION_GROUP, .help = "What is drawn" },
    { .kind = SES_OPTION_STRING,
      .letter = 'o',
      .name = "output",
      .argument = "FIGURE",
      .help = "the file to write; .svg, .pdf or .png",
      SES_AT(struct ses_plot_args, output) },
    { .kind = SES_OPTION_STRING,
      .name = "blocks",
      .argument = "PATTERN",
      .help = "SE blocks: names, globs, stageN, last-of-stage or all, "
              "separated by commas",
      .unset = "by kind",
      SES_AT(struct ses_plot_args, blocks) },
    { .kind = SES_OPTION_STRING,
      .name = "classes",
      .argument = "A,B",
      .help = "these: folder names, wnids, display names or output indices; "
              "`paper` is goldfish, pug, plane and cliff; `all` is all",
      .unset = "by kind",
      SES_AT(struct ses_plot_args, classes) },
    { .kind = SES_OPTION_LONG,
      .name = "channels",
      .argument = "N",
      .help = "channels of each block: uniformly spaced, or the strongest; 0 "
              "for all",
      .least = 0,
      .most = 1000000,
      .unset = "by kind",
      SES_AT(struct ses_plot_args, channels) },
    { .kind = SES_OPTION_FLAG,
      .name = "band",
      .help = "95 % bootstrap intervals over images around the classes' lines",
      SES_AT(struct ses_plot_args, band) },
    { .kind = SES_OPTION_FLAG,
      .name = "cluster",
      .help = "put like classes, and like channels, beside each other, with "
              "their trees",
      SES_AT(struct ses_plot_args, cluster) },
    { .kind = SES_OPTION_FLAG,
      .name = "thumbnails",
      .help = "show images that drive a channel",
      SES_AT(struct ses_plot_args, thumbnails) },
    { .kind = SES_OPTION_STRING,
      .name = "images",
      .argument = "SET",
      .help = "where these images are now",
      .unset = "where they were recorded",
      SES_AT(struct ses_plot_args, images) },
    { .kind = SES_OPTION_STRING,
      .name = "image-root",
      .argument = "DIR",
      .help = "where a list file's paths start",
      .unset = "its own folder",
      SES_AT(struct ses_plot_args, image_root) },
    { .kind = SES_OPTION_LONG,
      .name = "seed",
      .argument = "S",
      .help = "what the bootstrap starts from",
      .least = 0,
      .most = LONG_MAX,
      SES_AT(struct ses_plot_args, seed) },
    { .kind = SES_OPTION_STRING,
      .name = "data",
      .argument = "FILE",
      .help = "write the numbers shown, as CSV",
      SES_AT(struct ses_plot_args, data) },
    SES_QUIET_OPTION(struct ses_plot_args, quiet),
    SES_OPTIONS_HELP,
    { .kind = SES_OPTION_GROUP, .help = "How it looks" },
    { .kind = SES_OPTION_DOUBLE,
      .name = "width",
      .argument = "MM",
      .help = "width in millimetres",
      .low = 20,
      .high = 2000,
      .unset = "the figure's own",
      SES_AT(struct ses_plot_args, style.width_mm) },
    { .kind = SES_OPTION_DOUBLE,
      .name = "dpi",
      .argument = "N",
      .help = "dots an inch of PNG",
      .low = 30,
      .high = 2400,
      SES_AT(struct ses_plot_args, style.dpi) },
    { .kind = SES_OPTION_STRING,
      .name = "font",
      .argument = "FAMILY",
      .help = "family of the words",
      .unset = "sans-serif",
      SES_AT(struct ses_plot_args, style.font) },
    { .kind = SES_OPTION_CHOICE,
      .name = "theme",
      .argument = "THEME",
      .help = "light or dark paper",
      .choices = ses_theme_names,
      SES_AT(struct ses_plot_args, style.theme) },
    { .kind = SES_OPTION_CHOICE,
      .name = "palette",
      .argument = "NAME",
      .help = "colours: okabe-ito, tol or grey",
      .choices = ses_palette_names,
      SES_AT(struct ses_plot_args, style.palette) },
    { .kind = SES_OPTION_STRING,
      .name = "title",
      .argument = "TEXT",
      .help = "words above the figure",
      SES_AT(struct ses_plot_args, style.title) },
    { .kind = SES_OPTION_LONG,
      .name = "panel-columns",
      .argument = "N",
      .help = "panels beside each other",
      .least = 1,
      .most = 100,
      .unset = "by width",
      SES_AT(struct ses_plot_args, panel_columns) },
    { .kind = SES_OPTION_END },
};

/* A kind, or NULL when usage was reported. */
static const struct ses_plot_kind *find_kind(const char *name,
                                             int *exit_status)
{
    enum { MOST_KINDS = 64 };
    const char *names[MOST_KINDS];
    char suggestion[256];
    size_t n = 0;
    for (; n < ses_n_plot_kinds && n < MOST_KINDS; n++) {
        names[n] = ses_plot_kinds[n].name;
        if (strcmp(names[n], name) == 0)
            return &ses_plot_kinds[n];
    }
    ses_suggest(name, names, n, suggestion, sizeof suggestion);
    *exit_status = ses_command_misuse(&ses_command_plot,
                                      "unknown kind of figure '%s'%s", name,
                                      suggestion);
    return NULL;
}

/* An unfinished record gives a figure of what is there, which is said: a set
 * is in the order of its classes, and the last ones may be missing. */
static enum ses_status check_record(const struct ses_run_file *run,
                                    struct ses_error *err)
{
    if (!run->n_done || !run->n_blocks)
        return ses_fail(err, SES_ENOTFOUND, "'%s' holds no %s", run->path,
                        run->n_done ? "SE blocks" : "images");
    if (run->n_pending)
        ses_report_warning("%zu of %zu images are pending; this is the figure "
                           "of the %zu that are done ('sescope record "
                           "--resume' goes on with '%s')",
                           run->n_pending, run->n_images, run->n_done,
                           run->path);
    return SES_OK;
}

static enum ses_status open_record(const char *path, struct ses_run_file **out,
                                   struct ses_error *err)
{
    enum ses_status status = ses_run_open(path, out, err);
    return status ? status : check_record(*out, err);
}

static enum ses_status draw_records(const struct ses_plot_kind *kind,
                                    char **paths,
                                    const struct ses_plot_args *args,
                                    struct ses_error *err)
{
    struct ses_run_file *first = NULL, *second = NULL;
    enum ses_status status = open_record(paths[0], &first, err);
    if (!status && kind->of_two)
        status = open_record(paths[1], &second, err);
    if (!status)
        status = kind->of_two ? kind->of_two(first, second, args, err)
                              : kind->of_record(first, args, err);
    ses_run_free(first);
    ses_run_free(second);
    return status;
}

enum ses_status ses_plot_measures(const struct ses_plot_kind *kind,
                                  const struct ses_ablation *ablation,
                                  const struct ses_measure *measures,
                                  const struct ses_plot_args *args,
                                  struct ses_error *err)
{
    if (!measures[0].labelled)
        return ses_fail(err, SES_ENOTFOUND,
                        "'%s' holds no labelled images, and so no accuracy",
                        ablation->path);
    return kind->of_ablation(ablation, measures, args, err);
}

static enum ses_status draw_ablation(const struct ses_plot_kind *kind,
                                     const char *path,
                                     const struct ses_plot_args *args,
                                     struct ses_error *err)
{
    struct ses_ablation *file = NULL;
    struct ses_measure *measures = NULL;
    enum ses_status status = ses_ablation_open(path, &file, err);
    if (status)
        return status;
    if (file->n_pending)
        status = ses_fail(err, SES_EUNSUPPORTED,
                          "'%s' is unfinished, %zu of %zu images are still to "
                          "do; 'sescope ablate --resume' goes on with it",
                          path, file->n_pending, file->n_images);
    else if (!file->n_done)
        status = ses_fail(err, SES_ENOTFOUND, "'%s' holds no images", path);
    if (status)
        goto out;
    measures = ses_calloc(file->n_variants, sizeof *measures);
    status = measures ? ses_measure(file, NULL, (uint64_t)args->seed, measures,
                                    err)
                      : ses_fail_memory(err, "variants");
    if (!status)
        status = ses_plot_measures(kind, file, measures, args, err);
out:
    free(measures);
    ses_ablation_free(file);
    return status;
}

/* Options that a kind has no use for would be taken for heard. */
static bool check_options(const struct ses_plot_kind *kind,
                          const struct ses_plot_args *args, int *exit_status)
{
    const struct {
        unsigned takes;
        bool given;
        const char *name;
    } limited[] = {
        { SES_TAKES_BLOCKS, args->blocks, "--blocks" },
        { SES_TAKES_CLASSES, args->classes, "--classes" },
        { SES_TAKES_CHANNELS, args->channels >= 0, "--channels" },
        { SES_TAKES_BAND, args->band, "--band" },
        { SES_TAKES_SEED, args->seed, "--seed" },
        { SES_TAKES_CLUSTER, args->cluster, "--cluster" },
        { SES_TAKES_COLUMNS, args->panel_columns, "--panel-columns" },
        { SES_TAKES_IMAGES, args->images, "--images" },
        { SES_TAKES_IMAGES, args->image_root, "--image-root" },
        { SES_TAKES_IMAGES, !args->thumbnails, "--no-thumbnails" },
    };
    for (size_t i = 0; i < sizeof limited / sizeof limited[0]; i++)
        if (limited[i].given && !(kind->takes & limited[i].takes)) {
            *exit_status = ses_command_misuse(
                &ses_command_plot, "%s is not for figures of '%s'",
                limited[i].name, kind->name);
            return false;
        }
    return true;
}

/* What a kind does where it was told nothing. */
static void fill_args(const struct ses_plot_kind *kind,
                      struct ses_plot_args *args)
{
    if (!args->blocks)
        args->blocks = kind->blocks;
    if (args->channels < 0)
        args->channels = kind->channels;
    args->most_classes = kind->classes;
    args->style.columns = (int)args->panel_columns;
}

static int run(int argc, char **argv)
{
    const struct ses_command *self = &ses_command_plot;
    struct ses_plot_args args = defaults;
    struct ses_error err = { 0 };
    int exit_status;
    if (!ses_command_parse(self, &args, &argc, argv, &exit_status))
        return exit_status;
    const struct ses_plot_kind *kind =
        argc > 1 ? find_kind(argv[1], &exit_status) : &ses_plot_kinds[0];
    if (!kind)
        return exit_status;
    if (!ses_command_operands(self, argc, argv, kind->of_two ? 3 : 2,
                              kind->of_record ? "KIND and RUN.h5"
                              : kind->of_two  ? "KIND, RUN1.h5 and RUN2.h5"
                                              : "KIND and ABLATION.h5",
                              &exit_status))
        return exit_status;
    if (!args.output)
        return ses_command_misuse(self, "-o FIGURE is needed");
    if (!ses_plot_is_figure(args.output))
        return ses_command_misuse(self,
                                  "'%s' does not end in .svg, .pdf or .png",
                                  args.output);
    if (!check_options(kind, &args, &exit_status))
        return exit_status;
    ses_report_quietly(args.quiet);
    fill_args(kind, &args);
    enum ses_status status =
        kind->of_ablation ? draw_ablation(kind, argv[2], &args, &err)
                          : draw_records(kind, argv + 2, &args, &err);
    return status ? ses_report_error(&err) : SES_EXIT_OK;
}

const struct ses_command ses_command_plot = {
    .name = "plot",
    .summary = "draw a figure of a record or an ablation",
    .usage = "KIND FILE.h5 -o FIGURE [OPTION]...",
    .description = "Draw a figure of what `sescope record` or `sescope "
                   "ablate` wrote. The ending of FIGURE says what it is: "
                   ".svg, .pdf or .png.",
    .options = options,
    .defaults = &defaults,
    .words_title = "Kinds",
    .words = ses_plot_words,
    .run = run,
};
