/* `sescope report`: a record, and an ablation if there is one, as one page to
 * read and to send. Chapters are in cli/report-*.c, the page and the PDF in
 * plots/report. */
#include "cli/report.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/diagnostics.h"
#include "cli/run-choice.h"
#include "core/base/alloc.h"
#include "core/base/path.h"
#include "plots/report/html.h"
#include "plots/report/pdf.h"

static const struct ses_report_args defaults = {
    .record = SES_DEFAULT_RECORD_ARGS,
};

static const struct ses_option options[] = {
    { .kind = SES_OPTION_GROUP, .help = "What is reported" },
    { .kind = SES_OPTION_STRING,
      .letter = 'o',
      .name = "output",
      .argument = "REPORT",
      .help = "the file to write; .html, or .pdf under --pdf",
      SES_AT(struct ses_report_args, output) },
    { .kind = SES_OPTION_FLAG,
      .name = "pdf",
      .help = "pages of a PDF, without what only a screen can do",
      SES_AT(struct ses_report_args, pdf) },
    SES_RECORD_OPTIONS(struct ses_report_args, record),
    { .kind = SES_OPTION_STRING,
      .name = "images",
      .argument = "SET",
      .help = "where the images of the record are now, for thumbnails",
      .unset = "where they were",
      SES_AT(struct ses_report_args, images) },
    SES_QUIET_OPTION(struct ses_report_args, quiet),
    SES_OPTIONS_HELP,
    { .kind = SES_OPTION_GROUP, .help = "How it looks" },
    { .kind = SES_OPTION_STRING,
      .name = "title",
      .argument = "TEXT",
      .help = "words above the report",
      .unset = "the network and the image set",
      SES_AT(struct ses_report_args, title) },
    { .kind = SES_OPTION_STRING,
      .name = "font",
      .argument = "FAMILY",
      .help = "family of the words in figures and in a PDF",
      .unset = "sans-serif",
      SES_AT(struct ses_report_args, font) },
    { .kind = SES_OPTION_END },
};

/* ---- what is reported ---------------------------------------------------- */

static enum ses_status open_ablation(const char *path,
                                     const struct ses_run_file *run, long seed,
                                     struct ses_ablation **out,
                                     struct ses_measure **measures,
                                     struct ses_error *err)
{
    enum ses_status status = ses_ablation_open(path, out, err);
    if (status)
        return status;
    struct ses_ablation *a = *out;
    if (strcmp(a->model_sha256, run->model_sha256) != 0)
        return ses_fail(err, SES_EUSAGE,
                        "'%s' is of another network than '%s' (SHA-256 "
                        "%.12s... and %.12s...)",
                        path, run->path, a->model_sha256, run->model_sha256);
    if (!a->n_done)
        return ses_fail(err, SES_ENOTFOUND, "'%s' holds no images that are "
                                            "done", path);
    *measures = ses_calloc(a->n_variants, sizeof **measures);
    if (!*measures)
        return ses_fail_memory(err, "variants");
    return ses_measure(a, NULL, (uint64_t)seed, *measures, err);
}

/* ---- the document -------------------------------------------------------- */

static enum ses_status write_document(const struct ses_report_job *job,
                                      struct ses_error *err)
{
    const struct ses_report_args *args = job->args;
    struct ses_document document;
    struct ses_report_numbers numbers = { 0 };
    char *title =
        args->title ? strdup(args->title)
                    : ses_format("%s on %s", ses_path_name(job->run->arch),
                                 ses_path_name(job->run->images));
    ses_doc_init(&document, title ? title : "");
    free(title);
    const char *verdict = job->analysis->trend.verdict;
    ses_doc_verdict(&document, "%c%s.", toupper((unsigned char)*verdict),
                    verdict + 1);
    ses_report_provenance(job, &document);
    enum ses_status status = ses_report_accuracy(job, &document, err);
    ses_report_blocks(job, &document);
    if (!status)
        status = ses_report_numbers_fill(job, &numbers, err);
    if (!status)
        status = ses_report_figures(job, &numbers, &document, err);
    ses_report_methods(job, &document);
    if (!status)
        status = args->pdf ? ses_doc_write_pdf(args->output, &document,
                                               args->font, err)
                           : ses_doc_write_html(args->output, &document, err);
    ses_report_numbers_release(&numbers);
    ses_doc_release(&document);
    return status;
}

static enum ses_status report(const char *record, const char *ablation,
                              const struct ses_report_args *args,
                              struct ses_error *err)
{
    struct ses_run_file *run = NULL;
    struct ses_ablation *a = NULL;
    struct ses_measure *measures = NULL;
    struct ses_analysis analysis = { 0 };
    enum ses_status status = ses_run_open(record, &run, err);
    if (status)
        return status;
    if (run->n_pending)
        ses_report_warning("%zu of %zu images are pending; this is a report "
                           "of the %zu done ('sescope record --resume' goes "
                           "on)",
                           run->n_pending, run->n_images, run->n_done);
    if (ablation)
        status = open_ablation(ablation, run, args->record.seed, &a, &measures,
                               err);
    if (!status)
        status = ses_run_analyse(run, &args->record, NULL, &analysis, err);
    if (!status) {
        const struct ses_report_job job = {
            .args = args,
            .run = run,
            .ablation = a,
            .measures = measures,
            .analysis = &analysis,
        };
        status = write_document(&job, err);
    }
    ses_analysis_release(&analysis);
    free(measures);
    ses_ablation_free(a);
    ses_run_free(run);
    return status;
}

static bool ends_in(const char *path, const char *ending)
{
    size_t length = strlen(path), tail = strlen(ending);
    return length > tail && strcasecmp(path + length - tail, ending) == 0;
}

static int run(int argc, char **argv)
{
    const struct ses_command *self = &ses_command_report;
    struct ses_report_args args = defaults;
    struct ses_error err = { 0 };
    int exit_status;
    if (!ses_command_parse(self, &args, &argc, argv, &exit_status))
        return exit_status;
    bool two = argc == 3;
    if (!ses_command_operands(self, argc, argv, two ? 2 : 1,
                              "RUN.h5 and, if there is one, ABLATION.h5",
                              &exit_status))
        return exit_status;
    if (!args.output)
        return ses_command_misuse(self, "-o REPORT.html is needed");
    if (!args.pdf && !ends_in(args.output, ".html"))
        return ses_command_misuse(self,
                                  "'%s' does not end in .html (--pdf makes a "
                                  "PDF)",
                                  args.output);
    if (args.pdf && !ends_in(args.output, ".pdf"))
        return ses_command_misuse(self, "'%s' does not end in .pdf",
                                  args.output);
    ses_report_quietly(args.quiet);
    enum ses_status status = report(argv[1], two ? argv[2] : NULL, &args, &err);
    return status ? ses_report_error(&err) : SES_EXIT_OK;
}

const struct ses_command ses_command_report = {
    .name = "report",
    .summary = "write a record and its ablation up as one page",
    .usage = "RUN.h5 [ABLATION.h5] -o REPORT.html [OPTION]...",
    .description = "Write one page that needs nothing else: what was run, what "
                   "its gates say in words, numbers and figures, and what "
                   "forcing them cost.",
    .options = options,
    .defaults = &defaults,
    .run = run,
};
