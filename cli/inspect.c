/* `sescope inspect`: what a network is, and where its SE blocks are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/describe.h"
#include "cli/diagnostics.h"
#include "core/base/alloc.h"
#include "core/base/path.h"
#include "core/graph/dot.h"
#include "core/stats/parameter-share.h"

struct inspect_args {
    struct ses_model_options model;
    bool json, graph, quiet;
};

static const struct inspect_args defaults = { 0 };

static const struct ses_option options[] = {
    { .kind = SES_OPTION_GROUP, .help = "Options" },
    { .kind = SES_OPTION_FLAG,
      .name = "json",
      .help = "print one JSON object",
      SES_AT(struct inspect_args, json) },
    { .kind = SES_OPTION_FLAG,
      .name = "graph",
      .help = "print the network for Graphviz (dot), as it was trained: "
              "before batch norms are folded",
      SES_AT(struct inspect_args, graph) },
    SES_QUIET_OPTION(struct inspect_args, quiet),
    SES_OPTIONS_HELP,
    SES_MODEL_OPTIONS(struct inspect_args, model),
    { .kind = SES_OPTION_END },
};

static void add_block(struct ses_table *table, const struct ses_block *block)
{
    ses_table_cell(table, "%s", block->name);
    ses_table_cell(table, "%s", block->source);
    ses_table_cell(table, "%d", block->channels);
    if (block->reduced)
        ses_table_cell(table, "%d", block->reduced);
    else
        ses_table_cell(table, "-");
    ses_table_cell(table, "%s", ses_activation_name(block->activation));
    ses_table_cell(table, "%s", ses_squeeze_name(block->squeezed_by));
    ses_table_cell(table, "%dx%d", block->height, block->width);
    ses_table_cell(table, "%zu", block->parameters);
    ses_table_cell(table, "%s", block->structure);
}

static enum ses_status print_blocks(const struct ses_blocks *blocks,
                                    struct ses_error *err)
{
    static const struct ses_column columns[] = {
        { "block", false },   { "source", false }, { "channels", true },
        { "reduced", true },  { "gate", false },   { "squeeze", false },
        { "map (HxW)", true }, { "parameters", true },
        { "structure", false },
    };
    struct ses_table table;
    ses_table_init(&table, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < blocks->count; i++)
        add_block(&table, &blocks->items[i]);
    return ses_table_finish(&table, err);
}

/* "SE parameters: 2.5 M of 28.1 M, 9.0 % of all, ..." */
static enum ses_status print_share(const struct ses_parameter_share *share,
                                   size_t n_stages, struct ses_error *err)
{
    struct ses_text text = { 0 };
    ses_text_add(&text, "SE parameters: ");
    ses_count_text(share->se, &text);
    ses_text_add(&text, " of ");
    ses_count_text(share->all, &text);
    ses_text_add(&text,
                 ", %.1f %% of all; +%.1f %% over the network without them",
                 100 * share->of_all, 100 * share->over_plain);
    if (n_stages > 1)
        ses_text_add(&text, " (+%.1f %% without the last stage's)",
                     100 * share->without_last);
    enum ses_status status =
        text.failed ? ses_fail_memory(err, "a line") : SES_OK;
    if (!status)
        puts(text.data);
    ses_text_release(&text);
    return status;
}

static enum ses_status print_stages(const struct ses_stage_share *stages,
                                    size_t n, struct ses_error *err)
{
    static const struct ses_column columns[] = {
        { "stage", false },        { "map (HxW)", true },
        { "blocks", true },        { "SE parameters", true },
        { "of SE parameters", true }, { "of all", true },
    };
    struct ses_table table;
    ses_table_init(&table, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < n; i++) {
        if (stages[i].stage >= 0)
            ses_table_cell(&table, "%d", stages[i].stage);
        else
            ses_table_cell(&table, "-");
        ses_table_cell(&table, "%dx%d", stages[i].height, stages[i].width);
        ses_table_cell(&table, "%zu", stages[i].blocks);
        ses_table_cell(&table, "%zu", stages[i].parameters);
        ses_table_share(&table, stages[i].of_se, 1);
        ses_table_share(&table, stages[i].of_all, 1);
    }
    return ses_table_finish(&table, err);
}

static enum ses_status print_text(const struct ses_model *model,
                                  struct ses_error *err)
{
    static const struct ses_column columns[] = { { NULL, false },
                                                 { NULL, false } };
    struct ses_table table;
    struct ses_parameter_share share;
    struct ses_stage_share *stages =
        ses_calloc(model->blocks.count, sizeof *stages);
    if (!stages)
        return ses_fail_memory(err, "stages");
    ses_table_init(&table, columns, 2);
    ses_describe_model(model, &table);
    ses_describe_preprocess(&model->preprocess, &table);
    enum ses_status status = ses_table_finish(&table, err);
    if (!status && model->blocks.count) {
        size_t n = ses_parameter_share(&model->blocks, model->parameters,
                                       &share, stages);
        putchar('\n');
        status = print_blocks(&model->blocks, err);
        putchar('\n');
        if (!status)
            status = print_stages(stages, n, err);
        putchar('\n');
        if (!status)
            status = print_share(&share, n, err);
    }
    free(stages);
    return status;
}

static enum ses_status print_graph(const struct ses_model *model,
                                   struct ses_error *err)
{
    struct ses_text text = { 0 };
    bool made = ses_graph_dot(model->graph, &model->blocks,
                              ses_path_name(model->path), &text);
    if (made)
        ses_print(text.data);
    ses_text_release(&text);
    return made ? SES_OK : ses_fail_memory(err, "the network's graph");
}

static int run(int argc, char **argv)
{
    struct inspect_args args = defaults;
    struct ses_error err = { 0 };
    struct ses_model *model = NULL;
    int exit_status;
    if (!ses_command_parse(&ses_command_inspect, &args, &argc, argv,
                           &exit_status) ||
        !ses_command_operands(&ses_command_inspect, argc, argv, 1, "MODEL",
                              &exit_status))
        return exit_status;
    if (args.json && args.graph)
        return ses_command_misuse(&ses_command_inspect,
                                  "--json and --graph exclude each other");
    args.model.as_trained = args.graph;
    ses_report_quietly(args.quiet);
    enum ses_status status = ses_model_open(argv[1], &args.model, &model,
                                            &err);
    if (!status)
        ses_report_notes(model->notes);
    if (!status)
        status = args.json    ? ses_print_model_json(model, &err)
                 : args.graph ? print_graph(model, &err)
                              : print_text(model, &err);
    if (!status)
        status = ses_need_blocks(model, &err);
    exit_status = status ? ses_report_error(&err) : SES_EXIT_OK;
    ses_model_free(model);
    return exit_status;
}

const struct ses_command ses_command_inspect = {
    .name = "inspect",
    .summary = "show what a network is and where its SE blocks are",
    .usage = "MODEL [--weights FILE] [--json | --graph]",
    .description =
        "Show a network's architecture, expected preprocessing and SE blocks. "
        "MODEL is the file its framework wrote.",
    .options = options,
    .defaults = &defaults,
    .run = run,
};
