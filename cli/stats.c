/* `sescope stats`: what a record says of every block, in numbers and words. */
#include "cli/stats.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/diagnostics.h"
#include "cli/run-choice.h"
#include "core/base/alloc.h"
#include "core/stats/similarity.h"

struct args {
    struct ses_record_args record;
    long top, images;
    bool json, csv, similarity, quiet;
};

static const struct args defaults = {
    .record = SES_DEFAULT_RECORD_ARGS,
    .images = 3,
};

static const struct ses_option options[] = {
    { .kind = SES_OPTION_GROUP, .help = "What is analysed" },
    SES_RECORD_OPTIONS(struct args, record),
    { .kind = SES_OPTION_GROUP, .help = "What is printed" },
    { .kind = SES_OPTION_LONG,
      .name = "top",
      .argument = "N",
      .help = "the N channels of each block that mark each class out most",
      .least = 0,
      .most = 100000,
      .unset = "none",
      SES_AT(struct args, top) },
    { .kind = SES_OPTION_LONG,
      .name = "images",
      .argument = "N",
      .help = "with --top, the images that drive a channel most",
      .least = 0,
      .most = SES_MOST_DRIVERS,
      SES_AT(struct args, images) },
    { .kind = SES_OPTION_FLAG,
      .name = "similarity",
      .help = "how alike blocks are: RSA and linear CKA (--json has them "
              "anyway)",
      SES_AT(struct args, similarity) },
    { .kind = SES_OPTION_FLAG,
      .name = "csv",
      .help = "comma-separated values, a line a block",
      SES_AT(struct args, csv) },
    { .kind = SES_OPTION_FLAG,
      .name = "json",
      .help = "JSON, with everything",
      SES_AT(struct args, json) },
    SES_QUIET_OPTION(struct args, quiet),
    SES_OPTIONS_HELP,
    { .kind = SES_OPTION_END },
};

/* What is missing is said before numbers that lack it. */
static void note_gaps(const struct ses_stats *stats)
{
    const struct ses_run_file *run = stats->run;
    const struct ses_analysis *a = &stats->analysis;
    if (run->n_pending)
        ses_report_warning("%zu of %zu images are pending; these are the "
                           "numbers of the %zu done ('sescope record "
                           "--resume' goes on)",
                           run->n_pending, run->n_images, run->n_done);
    if (run->n_unreadable)
        ses_report_note("%zu of %zu images could not be read when they were "
                        "recorded, and are left out",
                        run->n_unreadable, run->n_images);
    if (a->n_single)
        ses_report_note("%zu of %zu classes %s one image: no spread within, "
                        "and nothing to tell the class by; left out of "
                        "decodability",
                        a->n_single, a->n_classes,
                        a->n_single == 1 ? "has" : "have");
    if (stats->cka_images && stats->cka_images < a->n_images)
        ses_report_note("CKA is of %zu of the %zu images, evenly chosen",
                        stats->cka_images, a->n_images);
    if (run->parts.summary_only)
        ses_report_note("'%s' holds summaries only: no intervals, no "
                        "shuffled labels, no decodability, no shares of "
                        "gates, no CKA",
                        run->path);
}

static enum ses_status fill_similarity(struct ses_stats *stats,
                                       struct ses_error *err)
{
    const struct ses_analysis *a = &stats->analysis;
    size_t n = a->n_blocks;
    size_t *blocks = ses_calloc(n, sizeof *blocks);
    stats->rsa = ses_calloc(n * n, sizeof *stats->rsa);
    stats->cka = ses_calloc(n * n, sizeof *stats->cka);
    enum ses_status status = blocks && stats->rsa && stats->cka
                                 ? SES_OK
                                 : ses_fail_memory(err, "similarities");
    for (size_t b = 0; !status && b < n; b++)
        blocks[b] = a->blocks[b].block;
    if (!status)
        status = ses_block_similarity(stats->run, blocks, n, a->classes,
                                      a->n_classes, stats->rsa, stats->cka,
                                      &stats->cka_images, err);
    free(blocks);
    return status;
}

/* Of every class of one block. */
static enum ses_status fill_block_tops(struct ses_stats *stats, size_t b,
                                       const struct args *args,
                                       struct ses_error *err)
{
    const struct ses_analysis *a = &stats->analysis;
    struct ses_top_block block;
    enum ses_status status =
        ses_top_block_init(stats->run, a->blocks[b].block, a->classes,
                           a->n_classes, &block, err);
    for (size_t k = 0; !status && k < a->n_classes; k++) {
        struct ses_stats_top *top = &stats->tops[stats->n_tops++];
        top->block = b;
        top->class_index = a->classes[k];
        top->channels = ses_calloc((size_t)args->top, sizeof *top->channels);
        status = top->channels
                     ? ses_top_channels(&block, top->class_index,
                                        (uint64_t)args->record.seed,
                                        (size_t)args->top,
                                        (size_t)args->images, top->channels,
                                        &top->count, err)
                     : ses_fail_memory(err, "top channels");
    }
    ses_top_block_release(&block);
    return status;
}

static enum ses_status fill_tops(struct ses_stats *stats,
                                 const struct args *args,
                                 struct ses_error *err)
{
    const struct ses_run_file *run = stats->run;
    const struct ses_analysis *a = &stats->analysis;
    stats->paths = ses_calloc(run->n_images, sizeof *stats->paths);
    stats->tops = ses_calloc(a->n_blocks * a->n_classes, sizeof *stats->tops);
    enum ses_status status = stats->paths && stats->tops
                                 ? SES_OK
                                 : ses_fail_memory(err, "top channels");
    if (!status)
        status = ses_run_paths(run, 0, run->n_images, stats->paths, err);
    for (size_t b = 0; !status && b < a->n_blocks; b++)
        status = fill_block_tops(stats, b, args, err);
    return status;
}

/* On a terminal, and off it again at the end. */
static void on_progress(void *user, double share)
{
    fprintf(stderr, "\r%3.0f %% analysed\033[K", 100 * share);
    fflush(stderr);
}

static void stats_release(struct ses_stats *stats)
{
    for (size_t i = 0; i < stats->n_tops; i++)
        free(stats->tops[i].channels);
    free(stats->tops);
    for (size_t i = 0; stats->paths && i < stats->run->n_images; i++)
        free(stats->paths[i]);
    free(stats->paths);
    free(stats->rsa);
    free(stats->cka);
    ses_analysis_release(&stats->analysis);
}

static enum ses_status analyse(const struct ses_run_file *run_file,
                               const struct args *args, struct ses_error *err)
{
    struct ses_stats stats = { .run = run_file };
    bool drawing = !args->quiet && isatty(STDERR_FILENO);
    enum ses_status status =
        ses_run_analyse(run_file, &args->record, drawing ? on_progress : NULL,
                        &stats.analysis, err);
    if (!status && (args->similarity || args->json))
        status = fill_similarity(&stats, err);
    if (!status && args->top)
        status = fill_tops(&stats, args, err);
    if (drawing)
        fputs("\r\033[K", stderr);
    if (!status) {
        note_gaps(&stats);
        status = args->json  ? ses_print_stats_json(&stats, err)
                 : args->csv ? ses_print_stats_csv(&stats, err)
                             : ses_print_stats_text(&stats, err);
    }
    stats_release(&stats);
    return status;
}

static int run(int argc, char **argv)
{
    const struct ses_command *self = &ses_command_stats;
    struct args args = defaults;
    struct ses_error err = { 0 };
    struct ses_run_file *run_file = NULL;
    int exit_status;
    if (!ses_command_parse(self, &args, &argc, argv, &exit_status))
        return exit_status;
    if (!ses_command_operands(self, argc, argv, 1, "RUN.h5", &exit_status))
        return exit_status;
    if (args.csv && (args.top || args.similarity))
        return ses_command_misuse(self, "%s is not for --csv, which has a "
                                        "line a block",
                                  args.top ? "--top" : "--similarity");
    if (args.csv && args.json)
        return ses_command_misuse(self, "--csv and --json are two forms of "
                                        "the same numbers");
    ses_report_quietly(args.quiet);
    enum ses_status status = ses_run_open(argv[1], &run_file, &err);
    if (!status)
        status = analyse(run_file, &args, &err);
    ses_run_free(run_file);
    return status ? ses_report_error(&err) : SES_EXIT_OK;
}

const struct ses_command ses_command_stats = {
    .name = "stats",
    .summary = "say in numbers what a record's gates depend on",
    .usage = "RUN.h5 [OPTION]...",
    .description = "Print, for every SE block of a record, how much of its "
                   "gates depends on the class, how well the class can be "
                   "told from them, how saturated and how alive they are; "
                   "and how that goes with depth.",
    .options = options,
    .defaults = &defaults,
    .run = run,
};
