/* inspect --json; see describe.h. Keys are documented in sescope-inspect(1)
 * and stay. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/describe.h"
#include "cli/diagnostics.h"
#include "cli/json.h"
#include "core/base/alloc.h"
#include "core/stats/parameter-share.h"

static json_t *block_json(const struct ses_block *block, size_t index)
{
    json_t *stage = block->stage >= 0 ? json_integer(block->stage)
                                      : json_null();
    json_t *unit = block->unit >= 0 ? json_integer(block->unit) : json_null();
    return json_pack(
        "{s:o, s:o, s:I, s:o, s:o, s:i, s:i, s:s, s:s, s:i, s:i, s:I, s:s}",
        "name", ses_json_text(block->name), "source", ses_json_text(block->source),
        "index", (json_int_t)index, "stage", stage, "unit", unit, "channels",
        block->channels, "reduced", block->reduced, "gate",
        ses_activation_name(block->activation), "squeeze",
        ses_squeeze_name(block->squeezed_by), "height", block->height, "width",
        block->width, "parameters", (json_int_t)block->parameters,
        "structure", block->structure);
}

/* A "\n"-separated text as an array. */
static json_t *lines_json(const char *lines)
{
    json_t *array = json_array();
    while (array && lines && *lines) {
        size_t length = strcspn(lines, "\n");
        if (length)
            json_array_append_new(array, json_stringn(lines, length));
        lines += length + (lines[length] == '\n');
    }
    return array;
}

static json_t *stages_json(const struct ses_stage_share *stages, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < n; i++) {
        json_t *stage = stages[i].stage >= 0 ? json_integer(stages[i].stage)
                                             : json_null();
        json_array_append_new(
            array, json_pack("{s:o, s:I, s:I, s:f}", "stage", stage, "blocks",
                             (json_int_t)stages[i].blocks, "parameters",
                             (json_int_t)stages[i].parameters,
                             "share_of_all", stages[i].of_all));
    }
    return array;
}

static json_t *model_json(const struct ses_model *model)
{
    struct ses_parameter_share share;
    struct ses_stage_share *stages =
        ses_calloc(model->blocks.count, sizeof *stages);
    char *preprocess = ses_preprocess_text(&model->preprocess);
    json_t *blocks = json_array(), *root = NULL;
    if (!stages || !preprocess || !blocks)
        goto out;
    size_t n = ses_parameter_share(&model->blocks, model->parameters, &share,
                                   stages);
    for (size_t i = 0; i < model->blocks.count; i++)
        json_array_append_new(blocks, block_json(&model->blocks.items[i], i));
    root = json_pack(
        "{s:o, s:s, s:s, s:I, s:i, s:{s:i, s:i, s:i}, s:s, s:o, s:O, "
        "s:{s:I, s:f, s:f, s:f, s:o}}",
        "model", ses_json_text(model->path), "sha256", model->sha256, "arch",
        model->arch, "parameters", (json_int_t)model->parameters, "outputs",
        model->outputs, "input", "height", model->preprocess.input_h, "width",
        model->preprocess.input_w, "channels",
        ses_preprocess_channels(&model->preprocess), "preprocess", preprocess,
        "notes", lines_json(model->notes), "blocks", blocks, "se",
        "parameters", (json_int_t)share.se, "share_of_all", share.of_all,
        "over_plain", share.over_plain, "over_plain_without_last_stage",
        share.without_last, "stages", stages_json(stages, n));
out:
    free(stages);
    free(preprocess);
    json_decref(blocks);
    return root;
}

enum ses_status ses_print_model_json(const struct ses_model *model,
                                     struct ses_error *err)
{
    json_t *root = model_json(model);
    size_t layout = JSON_INDENT(2) | JSON_REAL_PRECISION(9);
    char *text = root ? json_dumps(root, layout) : NULL;
    json_decref(root);
    if (!text)
        return ses_fail_memory(err, "the model as JSON");
    ses_print(text);
    ses_print("\n");
    free(text);
    return SES_OK;
}
