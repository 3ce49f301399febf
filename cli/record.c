/* `sescope record`: what every gate says about every image of a set.
 *
 * All that can be wrong with the request is found before an image is read:
 * first the usage, then the network, the blocks, the set and its labels. */
#include <unistd.h>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/diagnostics.h"
#include "cli/force.h"
#include "cli/record-plan.h"
#include "cli/record-report.h"
#include "cli/run-control.h"
#include "core/record/runner.h"

static const char *const parts[] = { "squeeze", "bottleneck", "logits", NULL };
enum { WITH_SQUEEZE = 1, WITH_BOTTLENECK = 2, WITH_LOGITS = 4 };

struct record_args {
    const char *output, *blocks, *from;
    struct ses_words force;
    struct ses_model_options model;
    struct ses_image_args images;
    struct ses_run_args run;
    unsigned with;
    bool summary_only, resume, overwrite, dry_run, quiet;
};

static const struct record_args defaults = {
    .blocks = "all",
    .images = SES_DEFAULT_IMAGE_ARGS,
};

static const struct ses_option options[] = {
    { .kind = SES_OPTION_GROUP, .help = "The record" },
    { .kind = SES_OPTION_STRING,
      .letter = 'o',
      .name = "output",
      .argument = "RUN.h5",
      .help = "the file to write",
      SES_AT(struct record_args, output) },
    { .kind = SES_OPTION_FLAG,
      .name = "resume",
      .help = "go on with the file, which an interrupted run left",
      SES_AT(struct record_args, resume) },
    { .kind = SES_OPTION_FLAG,
      .name = "overwrite",
      .help = "replace the file when it exists",
      SES_AT(struct record_args, overwrite) },
    SES_BLOCKS_OPTION(struct record_args, blocks),
    { .kind = SES_OPTION_LIST,
      .name = "with",
      .argument = "PARTS",
      .help = "record these too: squeeze, bottleneck, logits",
      .choices = parts,
      SES_AT(struct record_args, with) },
    { .kind = SES_OPTION_FLAG,
      .name = "summary-only",
      .help = "record the classes' moments, and no row an image",
      SES_AT(struct record_args, summary_only) },
    SES_FORCE_OPTION(struct record_args, force),
    SES_FROM_OPTION(struct record_args, from),
    { .kind = SES_OPTION_FLAG,
      .name = "dry-run",
      .help = "print what would be done, and stop before reading an image",
      SES_AT(struct record_args, dry_run) },
    SES_QUIET_OPTION(struct record_args, quiet),
    SES_OPTIONS_HELP,
    SES_IMAGE_OPTIONS(struct record_args, images),
    SES_MODEL_OPTIONS(struct record_args, model),
    SES_RUN_OPTIONS(struct record_args, run),
    { .kind = SES_OPTION_END },
};

static enum ses_status job_open(struct ses_job *job, const char *model,
                                const struct record_args *args,
                                struct ses_error *err)
{
    const struct ses_job_args asked = {
        .model = model,
        .blocks = args->blocks,
        .options = &args->model,
        .run = &args->run,
        .seed = args->images.seed,
    };
    job->parts = (struct ses_record_parts){
        .squeeze = args->with & WITH_SQUEEZE,
        .bottleneck = args->with & WITH_BOTTLENECK,
        .logits = args->with & WITH_LOGITS,
        .summary_only = args->summary_only,
    };
    enum ses_status status = ses_job_open(job, &asked, err);
    if (status)
        return status;
    if (job->parts.logits && !job->model->outputs)
        return ses_fail(err, SES_EUSAGE,
                        "'%s' has no classifier, so there are no logits to "
                        "record",
                        model);
    status = ses_parse_forces(&args->force, &job->model->blocks, &job->force,
                              err);
    if (!status)
        status = ses_open_images(&args->images, job->model, &job->set, err);
    return status ? status
                  : ses_job_open_donor(job, args->from, &job->force, 1, err);
}

/* ---- the run ------------------------------------------------------------- */

static enum ses_status on_gate(void *user, size_t block, const size_t *items,
                               int batch, float *data, struct ses_error *err)
{
    const struct ses_job *job = user;
    return ses_donor_force(job->donor, &job->force, block, items, batch, data,
                           err);
}

static void on_pregate(void *user, size_t block, int batch, float *data)
{
    const struct ses_job *job = user;
    ses_donor_scale(job->donor, &job->force, block, batch, data);
}

static enum ses_status run_images(struct ses_job *job,
                                  const struct record_args *args,
                                  struct ses_record_writer *writer,
                                  struct ses_run_result *result,
                                  struct ses_error *err)
{
    struct ses_bar bar;
    ses_bar_init(&bar, args->quiet);
    bool forced = job->force.n_forces > 0;
    const struct ses_runner runner = {
        .model = job->model,
        .set = job->set,
        .blocks = job->blocks,
        .n_blocks = job->n_blocks,
        .threads = (int)args->run.threads,
        .batch = (int)args->run.batch,
        .strict = args->run.strict,
        .progress = ses_on_progress,
        .unreadable = ses_on_unreadable,
        .user = &bar,
        .force = forced ? on_gate : NULL,
        .scale = forced ? on_pregate : NULL,
        .force_user = job,
    };
    enum ses_status status =
        ses_runner_run(&runner, &job->parts, writer, result, err);
    if (!status)
        status = ses_record_finish(writer, err);
    ses_bar_hide();
    return status;
}

/* ---- the record and the whole -------------------------------------------- */

/* Make or continue the record and run. A record that this run made and that
 * holds nothing is not left behind. */
static enum ses_status record(struct ses_job *job,
                              const struct record_args *args,
                              const struct ses_record_plan *plan,
                              struct ses_run_result *result,
                              struct ses_error *err)
{
    struct ses_record_writer *writer = NULL;
    const struct ses_output output = { args->output, args->resume,
                                       args->overwrite };
    bool made = ses_output_is_new(&output), keep;
    ses_catch_signals(); /* before there is a file to be left half made */
    enum ses_status status =
        made ? ses_record_create(args->output, args->overwrite, plan, &writer,
                                 err)
             : ses_record_resume(args->output, plan, &writer, err);
    if (status)
        return status;
    status = run_images(job, args, writer, result, err);
    status = ses_run_outcome(status, ses_record_statuses(writer),
                             plan->n_images, made, &keep, err);
    struct ses_error close_err = { 0 };
    if (ses_record_close(writer, &close_err) && !status) {
        *err = close_err;
        status = err->status;
    }
    if (!keep)
        unlink(args->output);
    return status;
}

static bool check_usage(const struct record_args *args, int argc, char **argv,
                        int *exit_status)
{
    const struct ses_command *self = &ses_command_record;
    const struct ses_output output = { args->dry_run ? NULL : args->output,
                                       args->resume, args->overwrite };
    if (!ses_command_operands(self, argc, argv, 1, "MODEL", exit_status))
        return false;
    if (!args->images.images)
        *exit_status = ses_command_misuse(self, "--images SET is needed");
    else if (!args->output && !args->dry_run)
        *exit_status = ses_command_misuse(self, "-o RUN.h5 is needed");
    else if (args->from && !args->force.count)
        *exit_status = ses_command_misuse(
            self, "--from is of use with --force alone");
    else if (args->summary_only && args->with & ~(unsigned)WITH_LOGITS)
        *exit_status = ses_command_misuse(
            self, "--summary-only leaves no rows for --with squeeze or "
                  "bottleneck");
    else
        return ses_output_check(self, &output, exit_status);
    return false;
}

static int run(int argc, char **argv)
{
    struct record_args args = defaults;
    struct ses_error err = { 0 };
    struct ses_job job = { 0 };
    struct ses_job_plan plan = { 0 };
    struct ses_run_result result = { 0 };
    int exit_status;
    /* As typed: parsing moves the operands. */
    ses_text_add(&plan.command, "sescope ");
    ses_quote_words(argc, argv, &plan.command);
    if (!ses_command_parse(&ses_command_record, &args, &argc, argv,
                           &exit_status) ||
        !check_usage(&args, argc, argv, &exit_status))
        goto out;
    ses_report_quietly(args.quiet);
    enum ses_status status = job_open(&job, argv[1], &args, &err);
    if (!status && args.dry_run) {
        status = ses_print_plan(&job, &err);
        goto done;
    }
    if (!status)
        status = ses_check_image_size(job.set, &job.model->preprocess, &err);
    if (!status)
        status = ses_job_plan_fill(&plan, &job, &err);
    if (!status)
        status = record(&job, &args, &plan.plan, &result, &err);
    if (!status) {
        ses_report_result(&result);
        status = ses_print_record(args.output, &err);
    }
done:
    exit_status = ses_run_exit(status, &result, &err);
out:
    ses_job_plan_release(&plan);
    ses_job_release(&job);
    return exit_status;
}

const struct ses_command ses_command_record = {
    .name = "record",
    .summary = "record every gate of a network over a labelled image set",
    .usage = "MODEL [--weights FILE] --images SET -o RUN.h5 [OPTION]...",
    .description =
        "Run a network over an image set and record what every SE block's "
        "gate says about every image. MODEL is the file its framework wrote.",
    .options = options,
    .defaults = &defaults,
    .run = run,
};
