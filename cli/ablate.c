/* `sescope ablate`: force gates, and measure what is lost.
 *
 * All that can be wrong with the request is found before an image is read, and
 * is wrong usage. */
#include <stdlib.h>
#include <unistd.h>

#include "cli/ablate.h"
#include "cli/commands.h"
#include "cli/diagnostics.h"
#include "cli/run-control.h"
#include "core/ablation/run.h"

static const struct ses_ablate_args defaults = {
    .blocks = "all",
    .sweep_values = "one",
    .images = SES_DEFAULT_IMAGE_ARGS,
};

static const struct ses_option options[] = {
    { .kind = SES_OPTION_GROUP, .help = "What is forced" },
    SES_FORCE_OPTION(struct ses_ablate_args, force),
    { .kind = SES_OPTION_LIST,
      .name = "sweep",
      .argument = "KIND",
      .help = "force blocks (each alone), stages, cumulative (the last, the "
              "last two, ...; the first, ...) or pairs; several are "
              "separated by commas",
      .choices = ses_sweep_names,
      SES_AT(struct ses_ablate_args, sweeps) },
    { .kind = SES_OPTION_STRING,
      .name = "sweep-values",
      .argument = "A,B",
      .help = "what a sweep forces gates to, one after the other: values as "
              "--force takes them",
      SES_AT(struct ses_ablate_args, sweep_values) },
    SES_BLOCKS_OPTION(struct ses_ablate_args, blocks),
    SES_FROM_OPTION(struct ses_ablate_args, from),
    { .kind = SES_OPTION_GROUP, .help = "The results" },
    { .kind = SES_OPTION_STRING,
      .letter = 'o',
      .name = "output",
      .argument = "ABLATION.h5",
      .help = "the file to write",
      SES_AT(struct ses_ablate_args, output) },
    { .kind = SES_OPTION_FLAG,
      .name = "resume",
      .help = "go on with the file, which an interrupted run left, or print "
              "a finished one",
      SES_AT(struct ses_ablate_args, resume) },
    { .kind = SES_OPTION_FLAG,
      .name = "overwrite",
      .help = "replace the file when it exists",
      SES_AT(struct ses_ablate_args, overwrite) },
    { .kind = SES_OPTION_FLAG,
      .name = "by-class",
      .help = "measure each class by itself, too",
      SES_AT(struct ses_ablate_args, by_class) },
    { .kind = SES_OPTION_WORDS,
      .name = "group",
      .argument = "NAME=A,B",
      .help = "measure these classes together, too; may be given several "
              "times",
      SES_AT(struct ses_ablate_args, groups) },
    { .kind = SES_OPTION_FLAG,
      .name = "csv",
      .help = "print comma-separated values",
      SES_AT(struct ses_ablate_args, csv) },
    { .kind = SES_OPTION_FLAG,
      .name = "json",
      .help = "print an array with an object a variant",
      SES_AT(struct ses_ablate_args, json) },
    { .kind = SES_OPTION_FLAG,
      .name = "dry-run",
      .help = "print what would be done, and stop before reading an image",
      SES_AT(struct ses_ablate_args, dry_run) },
    SES_QUIET_OPTION(struct ses_ablate_args, quiet),
    SES_OPTIONS_HELP,
    SES_IMAGE_OPTIONS(struct ses_ablate_args, images),
    SES_MODEL_OPTIONS(struct ses_ablate_args, model),
    SES_RUN_OPTIONS(struct ses_ablate_args, run),
    { .kind = SES_OPTION_END },
};

static bool check_usage(const struct ses_ablate_args *args, int argc,
                        char **argv, int *exit_status)
{
    const struct ses_command *self = &ses_command_ablate;
    const struct ses_output output = { args->dry_run ? NULL : args->output,
                                       args->resume, args->overwrite };
    const char *problem = NULL;
    if (!ses_command_operands(self, argc, argv, 1, "MODEL", exit_status))
        return false;
    if (!args->images.images)
        problem = "--images SET is needed";
    else if (!args->output && !args->dry_run)
        problem = "-o ABLATION.h5 is needed";
    else if (!args->force.count && !args->sweeps)
        problem = "--force SPEC or --sweep KIND is needed";
    else if (args->csv && args->json)
        problem = "--csv and --json exclude each other";
    if (problem)
        *exit_status = ses_command_misuse(self, "%s", problem);
    else
        return ses_output_check(self, &output, exit_status);
    return false;
}

static enum ses_status run_images(const struct ses_ablate_job *job,
                                  const struct ses_ablate_args *args,
                                  struct ses_ablation_writer *writer,
                                  struct ses_run_result *result,
                                  struct ses_error *err)
{
    struct ses_bar bar;
    ses_bar_init(&bar, args->quiet);
    const struct ses_ablation_runner runner = {
        .model = job->job.model,
        .set = job->job.set,
        .variants = &job->variants,
        .tree = job->tree,
        .donor = job->job.donor,
        .threads = (int)args->run.threads,
        .batch = (int)args->run.batch,
        .strict = args->run.strict,
        .progress = ses_on_progress,
        .unreadable = ses_on_unreadable,
        .user = &bar,
    };
    enum ses_status status = ses_ablation_run(&runner, writer, result, err);
    ses_bar_hide();
    return status;
}

/* Make or continue the file and run. One that this run made and that holds
 * nothing is not left behind. */
static enum ses_status ablate(const struct ses_ablate_job *job,
                              const struct ses_ablate_args *args,
                              const struct ses_ablation_plan *plan,
                              struct ses_run_result *result,
                              struct ses_error *err)
{
    struct ses_ablation_writer *writer = NULL;
    const struct ses_output output = { args->output, args->resume,
                                       args->overwrite };
    bool made = ses_output_is_new(&output), keep;
    ses_catch_signals(); /* before there is a file to be left half made */
    enum ses_status status =
        made ? ses_ablation_create(args->output, args->overwrite, plan,
                                   &writer, err)
             : ses_ablation_resume(args->output, plan, &writer, err);
    if (status)
        return status;
    status = run_images(job, args, writer, result, err);
    status = ses_run_outcome(status, ses_ablation_statuses(writer),
                             plan->record.n_images, made, &keep, err);
    struct ses_error close_err = { 0 };
    if (ses_ablation_close(writer, &close_err) && !status) {
        *err = close_err;
        status = err->status;
    }
    if (!keep)
        unlink(args->output);
    return status;
}

static void report(const struct ses_ablate_job *job,
                   const struct ses_run_result *result)
{
    ses_report_result(result);
    ses_report_note("%.1f forward passes an image for %zu variants",
                    ses_tree_passes(job->tree), job->variants.count);
}

static int run(int argc, char **argv)
{
    struct ses_ablate_args args = defaults;
    struct ses_error err = { 0 };
    struct ses_ablate_job job = { 0 };
    struct ses_ablate_plan plan = { 0 };
    struct ses_run_result result = { 0 };
    int exit_status;
    /* As typed: parsing moves the operands. */
    ses_text_add(&plan.head.command, "sescope ");
    ses_quote_words(argc, argv, &plan.head.command);
    if (!ses_command_parse(&ses_command_ablate, &args, &argc, argv,
                           &exit_status) ||
        !check_usage(&args, argc, argv, &exit_status))
        goto out;
    ses_report_quietly(args.quiet);
    enum ses_status status = ses_ablate_job_open(&job, argv[1], &args, &err);
    if (!status && args.dry_run) {
        status = ses_print_ablate_plan(&job, &err);
        goto done;
    }
    if (!status)
        status = ses_check_image_size(job.job.set, &job.job.model->preprocess,
                                      &err);
    if (!status)
        status = ses_ablate_plan_fill(&plan, &job, &err);
    if (!status)
        status = ablate(&job, &args, &plan.plan, &result, &err);
    if (!status) {
        report(&job, &result);
        status = ses_print_ablation(args.output, &job, &args, &err);
    }
done:
    exit_status = ses_run_exit(status, &result, &err);
out:
    ses_ablate_plan_release(&plan);
    ses_ablate_job_release(&job);
    return exit_status;
}

const struct ses_command ses_command_ablate = {
    .name = "ablate",
    .summary = "force gates, and measure what is lost",
    .usage = "MODEL --images SET -o ABLATION.h5 [OPTION]...",
    .description =
        "Run a network over an image set as it is and with gates forced, and "
        "compare what it says of the same images. All --force together are "
        "one variant; under --sweep they are done in every variant.",
    .options = options,
    .defaults = &defaults,
    .run = run,
};
