/* `sescope plot`: figures of a record, or of an ablation.
 *
 * Adding a kind: a function in a file cli/plot-KIND.c that turns a record (or
 * an ablation) into the arrays of a figure, its declaration in cli/plot.h, and
 * a line in kinds[] and words[] here. */
#include "cli/plot.h"

#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/diagnostics.h"
#include "core/base/alloc.h"

static const struct ses_plot_args defaults = {
    .blocks = "last-of-stage",
    .channels = 50,
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
    SES_BLOCKS_OPTION(struct ses_plot_args, blocks),
    { .kind = SES_OPTION_STRING,
      .name = "classes",
      .argument = "A,B",
      .help = "a line each for these: folder names, wnids, display names or "
              "output indices; `paper` is goldfish, pug, plane and cliff; "
              "`all` is all",
      .unset = "the first 10",
      SES_AT(struct ses_plot_args, classes) },
    { .kind = SES_OPTION_LONG,
      .name = "channels",
      .argument = "N",
      .help = "uniformly spaced channels of each block, 0 for all",
      .least = 0,
      .most = 1000000,
      SES_AT(struct ses_plot_args, channels) },
    { .kind = SES_OPTION_FLAG,
      .name = "band",
      .help = "95 % bootstrap intervals over images around the classes' lines",
      SES_AT(struct ses_plot_args, band) },
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
      .help = "write the numbers shown, as CSV (ablation and tradeoff)",
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

static const struct ses_word words[] = {
    { "activations", "class means of the gates, a panel a block" },
    { "ablation", "what forcing gates costs, a panel a sweep" },
    { "tradeoff", "accuracy against the SE parameters kept" },
    { NULL, NULL },
};

/* One of the two: of a record, or of an ablation. */
static const struct kind {
    enum ses_status (*of_record)(const struct ses_run_file *,
                                 const struct ses_plot_args *,
                                 struct ses_error *);
    enum ses_status (*of_ablation)(const struct ses_ablation *,
                                   const struct ses_measure *,
                                   const struct ses_plot_args *,
                                   struct ses_error *);
} kinds[] = {
    { .of_record = ses_plot_record_activations },
    { .of_ablation = ses_plot_ablation_sweeps },
    { .of_ablation = ses_plot_ablation_tradeoff },
};

enum { N_KINDS = sizeof kinds / sizeof kinds[0] };
_Static_assert(sizeof words / sizeof words[0] == N_KINDS + 1,
               "every kind has a word");

/* Index of a kind, or -1 when usage was reported. */
static int find_kind(const char *name, int *exit_status)
{
    const char *names[N_KINDS];
    char suggestion[256];
    for (int i = 0; i < N_KINDS; i++) {
        names[i] = words[i].name;
        if (strcmp(names[i], name) == 0)
            return i;
    }
    ses_suggest(name, names, N_KINDS, suggestion, sizeof suggestion);
    *exit_status = ses_command_misuse(&ses_command_plot,
                                      "unknown kind of figure '%s'%s", name,
                                      suggestion);
    return -1;
}

/* An unfinished record would give a figure of whatever came first. */
static enum ses_status check_record(const struct ses_run_file *run,
                                    struct ses_error *err)
{
    size_t pending = 0, done = 0;
    for (size_t i = 0; i < run->n_images; i++) {
        pending += run->image_status[i] == SES_IMAGE_PENDING;
        done += run->image_status[i] == SES_IMAGE_DONE;
    }
    if (pending)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "'%s' is unfinished, %zu of %zu images are still to "
                        "do; 'sescope record --resume' goes on with it",
                        run->path, pending, run->n_images);
    if (!done || !run->n_blocks)
        return ses_fail(err, SES_ENOTFOUND, "'%s' holds no %s", run->path,
                        done ? "SE blocks" : "images");
    return SES_OK;
}

static enum ses_status draw_record(const struct kind *kind, const char *path,
                                   const struct ses_plot_args *args,
                                   struct ses_error *err)
{
    struct ses_run_file *file = NULL;
    enum ses_status status = ses_run_open(path, &file, err);
    if (!status)
        status = check_record(file, err);
    if (!status)
        status = kind->of_record(file, args, err);
    ses_run_free(file);
    return status;
}

static enum ses_status draw_ablation(const struct kind *kind,
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
    if (!status && !measures[0].labelled)
        status = ses_fail(err, SES_ENOTFOUND,
                          "'%s' holds no labelled images, and so no accuracy",
                          path);
    if (!status)
        status = kind->of_ablation(file, measures, args, err);
out:
    free(measures);
    ses_ablation_free(file);
    return status;
}

/* Options that a kind has no use for would be taken for heard. */
static bool check_options(const struct kind *kind,
                          const struct ses_plot_args *args, const char *name,
                          int *exit_status)
{
    const char *odd = NULL;
    if (kind->of_record)
        odd = args->data ? "--data" : NULL;
    else if (args->band)
        odd = "--band";
    else if (args->classes)
        odd = "--classes";
    else if (args->blocks != defaults.blocks)
        odd = "--blocks";
    else if (args->channels != defaults.channels)
        odd = "--channels";
    if (odd)
        *exit_status = ses_command_misuse(&ses_command_plot,
                                          "%s is not for figures of '%s'",
                                          odd, name);
    return !odd;
}

static int run(int argc, char **argv)
{
    const struct ses_command *self = &ses_command_plot;
    struct ses_plot_args args = defaults;
    struct ses_error err = { 0 };
    int exit_status;
    if (!ses_command_parse(self, &args, &argc, argv, &exit_status))
        return exit_status;
    int index = argc > 1 ? find_kind(argv[1], &exit_status) : 0;
    if (index < 0)
        return exit_status;
    const struct kind *kind = &kinds[index];
    if (!ses_command_operands(self, argc, argv, 2,
                              kind->of_record ? "KIND and RUN.h5"
                                              : "KIND and ABLATION.h5",
                              &exit_status))
        return exit_status;
    if (!args.output)
        return ses_command_misuse(self, "-o FIGURE is needed");
    if (!ses_plot_is_figure(args.output))
        return ses_command_misuse(self,
                                  "'%s' does not end in .svg, .pdf or .png",
                                  args.output);
    if (!check_options(kind, &args, argv[1], &exit_status))
        return exit_status;
    ses_report_quietly(args.quiet);
    args.style.columns = (int)args.panel_columns;
    enum ses_status status =
        kind->of_record ? draw_record(kind, argv[2], &args, &err)
                        : draw_ablation(kind, argv[2], &args, &err);
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
    .words = words,
    .run = run,
};
