/* `sescope fold`: gates become constants, the network plain. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/diagnostics.h"
#include "cli/force.h"
#include "cli/table.h"
#include "core/base/alloc.h"
#include "core/export/onnx.h"
#include "core/export/record-mean.h"
#include "core/graph/passes.h"

struct fold_args {
    struct ses_model_options model;
    const char *from, *blocks, *value, *output;
    bool quiet;
};

static const struct fold_args defaults = { .blocks = "all", .value = "mean" };

static const struct ses_option options[] = {
    { .kind = SES_OPTION_GROUP, .help = "What is folded" },
    { .kind = SES_OPTION_STRING,
      .name = "from",
      .argument = "RUN",
      .help = "the record whose mean gates are taken",
      SES_AT(struct fold_args, from) },
    SES_BLOCKS_OPTION(struct fold_args, blocks),
    { .kind = SES_OPTION_STRING,
      .name = "value",
      .argument = "VALUE",
      .help = "what stands for a gate: mean, each channel's over the record; "
              "one, which leaves the block out; or a number",
      SES_AT(struct fold_args, value) },
    { .kind = SES_OPTION_STRING,
      .letter = 'o',
      .name = "output",
      .argument = "FILE",
      .help = "the ONNX network to write",
      SES_AT(struct fold_args, output) },
    SES_QUIET_OPTION(struct fold_args, quiet),
    SES_OPTIONS_HELP,
    SES_MODEL_OPTIONS(struct fold_args, model),
    { .kind = SES_OPTION_END },
};

/* A run of the command. */
struct fold {
    const struct fold_args *args;
    bool mean;
    double number; /* unless mean */
    struct ses_model *model;
    struct ses_run_file *run; /* NULL unless mean */
    char run_sha256[65];
    size_t *chosen, n_chosen;
    float **values; /* [n_chosen][channels] */
    struct ses_constant_gate *gates;
};

static void fold_release(struct fold *f)
{
    for (size_t i = 0; f->values && i < f->n_chosen; i++)
        free(f->values[i]);
    free(f->values);
    free(f->chosen);
    free(f->gates);
    ses_run_free(f->run);
    ses_model_free(f->model);
}

static const struct ses_block *block_of(const struct fold *f, size_t i)
{
    return &f->model->blocks.items[f->chosen[i]];
}

/* The file that is written must not be one that was read. */
static enum ses_status check_output(const char *output, const char *input,
                                    struct ses_error *err)
{
    struct stat out, in;
    if (!input || stat(output, &out) != 0)
        return SES_OK;
    if (!S_ISREG(out.st_mode))
        return ses_fail(err, SES_EUSAGE, "'%s' exists and is no regular file",
                        output);
    if (stat(input, &in) == 0 && in.st_dev == out.st_dev &&
        in.st_ino == out.st_ino)
        return ses_fail(err, SES_EUSAGE, "'%s' is what is read; say another "
                                         "file to write",
                        output);
    return SES_OK;
}

/* What stands for every chosen block's gate. */
static enum ses_status fill_values(struct fold *f, struct ses_error *err)
{
    f->values = ses_calloc(f->n_chosen, sizeof *f->values);
    f->gates = ses_calloc(f->n_chosen, sizeof *f->gates);
    if (!f->values || !f->gates)
        return ses_fail_memory(err, "gates");
    enum ses_status status = SES_OK;
    for (size_t i = 0; i < f->n_chosen && !status; i++) {
        const struct ses_block *block = block_of(f, i);
        float *value = ses_calloc_floats((size_t)block->channels);
        f->values[i] = value;
        if (!value)
            return ses_fail_memory(err, "gates");
        if (f->mean)
            status = ses_record_mean(f->run, block, value, err);
        for (int c = 0; c < block->channels && !f->mean; c++)
            value[c] = (float)f->number;
        f->gates[i] = (struct ses_constant_gate){ .scaled = block->scaled,
                                                  .gate = block->gate,
                                                  .value = value };
    }
    return status;
}

static enum ses_status write_network(const struct fold *f,
                                     struct ses_error *err)
{
    struct ses_text folded = { 0 };
    const struct ses_model *model = f->model;
    char *preprocess = ses_preprocess_text(&model->preprocess);
    for (size_t i = 0; i < f->n_chosen; i++)
        ses_text_add(&folded, "%s%s=%s", i ? " " : "", block_of(f, i)->name,
                     f->args->value);
    enum ses_status status = SES_OK;
    if (!preprocess || folded.failed) {
        status = ses_fail_memory(err, "what is said of a network");
        goto out;
    }
    const struct ses_onnx_property properties[] = {
        { "sescope.version", PACKAGE_VERSION },
        { "sescope.folded", folded.data },
        { "sescope.model", model->path },
        { "sescope.model_sha256", model->sha256 },
        { "sescope.arch", model->arch },
        { "sescope.preprocess", preprocess },
        { "sescope.from", f->mean ? f->args->from : "" },
        { "sescope.from_sha256", f->run_sha256 },
        { "sescope.from_images", f->mean ? f->run->images : "" },
    };
    status = ses_onnx_write(f->args->output, model->graph, properties,
                            sizeof properties / sizeof properties[0], err);
out:
    free(preprocess);
    ses_text_release(&folded);
    return status;
}

static void add_row(struct ses_table *table, const struct ses_block *block,
                    const struct ses_constant_gate *gate)
{
    static const char *const places[] = {
        [SES_GATE_BEFORE] = "the convolution before",
        [SES_GATE_AFTER] = "the convolution after",
        [SES_GATE_LEFT] = "a factor a channel",
    };
    double sum = 0, least = INFINITY, most = -INFINITY;
    for (int c = 0; c < block->channels; c++) {
        double value = (double)gate->value[c];
        sum += value;
        least = fmin(least, value);
        most = fmax(most, value);
    }
    ses_table_cell(table, "%s", block->name);
    ses_table_number(table, least, 4);
    ses_table_number(table, sum / block->channels, 4);
    ses_table_number(table, most, 4);
    ses_table_cell(table, "%s", places[gate->where]);
    ses_table_cell(table, "%s", gate->layer);
    ses_table_cell(table, "%zu", block->parameters);
}

static enum ses_status print(const struct fold *f, struct ses_error *err)
{
    static const struct ses_column columns[] = {
        { "block", false }, { "least", true }, { "mean", true },
        { "most", true },   { "into", false }, { "layer", false },
        { "parameters saved", true },
    };
    size_t saved = 0;
    struct ses_table table;
    ses_table_init(&table, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < f->n_chosen; i++) {
        add_row(&table, block_of(f, i), &f->gates[i]);
        saved += block_of(f, i)->parameters;
    }
    enum ses_status status = ses_table_finish(&table, err);
    if (status)
        return status;
    printf("\n%zu of %zu SE blocks folded; %zu of %zu parameters (%.1f %%) "
           "are gone\n",
           f->n_chosen, f->model->blocks.count, saved, f->model->parameters,
           100 * (double)saved / (double)f->model->parameters);
    return SES_OK;
}

/* Whether --value and --from say something, and the same. */
static bool check_value(struct fold *f, int *exit_status)
{
    const struct ses_command *self = &ses_command_fold;
    const struct fold_args *args = f->args;
    f->mean = strcmp(args->value, "mean") == 0;
    f->number = 1;
    if (f->mean && !args->from) {
        *exit_status = ses_command_misuse(self, "--from RUN.h5 is needed, for "
                                                "mean gates");
        return false;
    }
    if (!f->mean && args->from) {
        *exit_status = ses_command_misuse(self, "--from is for --value mean, "
                                                "not '%s'",
                                          args->value);
        return false;
    }
    if (f->mean || strcmp(args->value, "one") == 0 ||
        ses_parse_double(args->value, -FLT_MAX, FLT_MAX, &f->number))
        return true;
    *exit_status = ses_command_misuse(self,
                                      "option '--value' is '%s', expected "
                                      "mean, one or a number",
                                      args->value);
    return false;
}

static int run(int argc, char **argv)
{
    const struct ses_command *self = &ses_command_fold;
    struct fold_args args = defaults;
    struct fold f = { .args = &args };
    struct ses_error err = { 0 };
    int exit_status;
    if (!ses_command_parse(self, &args, &argc, argv, &exit_status) ||
        !ses_command_operands(self, argc, argv, 1, "MODEL", &exit_status))
        return exit_status;
    if (!args.output)
        return ses_command_misuse(self, "-o FOLDED.onnx is needed");
    if (!check_value(&f, &exit_status))
        return exit_status;
    ses_report_quietly(args.quiet);
    const char *inputs[] = { argv[1], args.model.weights, args.from };
    enum ses_status status = SES_OK;
    for (int i = 0; i < 3 && !status; i++)
        status = check_output(args.output, inputs[i], &err);
    if (!status && f.mean)
        status = ses_run_open(args.from, &f.run, &err);
    if (!status && f.mean)
        status = ses_hash_file(args.from, f.run_sha256, &err);
    if (!status)
        status = ses_model_open(argv[1], &args.model, &f.model, &err);
    if (!status) {
        ses_report_notes(f.model->notes);
        status = ses_choose_blocks(f.model, args.blocks, &f.chosen,
                                   &f.n_chosen, &err);
    }
    if (!status && f.mean)
        status = ses_record_of_model(f.run, f.model, &err);
    if (!status)
        status = fill_values(&f, &err);
    if (!status)
        status = ses_fold_gates(f.model->graph, f.gates, f.n_chosen, &err);
    if (!status)
        status = write_network(&f, &err);
    if (!status)
        status = print(&f, &err);
    fold_release(&f);
    return status ? ses_report_error(&err) : SES_EXIT_OK;
}

const struct ses_command ses_command_fold = {
    .name = "fold",
    .summary = "make gates constant and write a plain ONNX network",
    .usage = "MODEL --from RUN.h5 -o FOLDED.onnx [OPTION]...",
    .description =
        "Put the mean gates of a record in the place of SE blocks, fold them "
        "into convolutions, and write a network without these blocks that any "
        "ONNX runtime executes.",
    .options = options,
    .defaults = &defaults,
    .run = run,
};
