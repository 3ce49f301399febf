/* Opening a network from whatever file it is in. See model.h. */
#include "core/import/model.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/file.h"
#include "core/graph/passes.h"
#include "core/import/families/family.h"
#include "core/import/state.h"

/* What a file is. */
static enum ses_status look(const char *path, enum ses_file_kind *kind,
                            struct ses_error *err)
{
    struct ses_file file;
    enum ses_status status = ses_file_map(path, &file, err);
    if (status)
        return status;
    *kind = ses_file_kind(file.data, file.size);
    ses_file_release(&file);
    return SES_OK;
}

/* Refuse what is known and cannot be opened; the state reader says what it
 * expected of the rest. */
static enum ses_status check_kind(enum ses_file_kind kind, const char *path,
                                  const struct ses_model_options *options,
                                  struct ses_error *err)
{
    const char *known = kind == SES_FILE_HDF5       ? "Keras HDF5"
                        : kind == SES_FILE_ONNX     ? "ONNX"
                        : kind == SES_FILE_PROTOTXT ? "Caffe"
                                                    : NULL;
    if (known)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "'%s': %s files are not supported yet", path, known);
    if (options->weights)
        return ses_fail(err, SES_EUSAGE,
                        "'%s' holds its own weights; --weights is for Caffe "
                        "networks",
                        path);
    return SES_OK;
}

/* Names from the file stand in messages, which go to terminals. */
static void defuse(struct ses_error *err)
{
    if (!err)
        return;
    for (char *c = err->message; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
}

/* A state dict to a graph; the dict's notes go to the model. The hash is of
 * the bytes that were read, also when the file is being replaced. */
static enum ses_status build(struct ses_model *model,
                             const struct ses_model_options *options,
                             struct ses_family_result *found,
                             struct ses_error *err)
{
    struct ses_state *state = NULL;
    enum ses_status status =
        ses_state_open(model->path, options->state_key, &state, err);
    if (status)
        return status;
    status = ses_sha256(state->file.data, state->file.size, model->sha256, err);
    if (status)
        goto out;
    model->graph = ses_graph_new(err);
    if (!model->graph) {
        status = err ? err->status : SES_ENOMEM;
        goto out;
    }
    status = ses_family_build(state, options->arch, model->graph, found, err);
    if (!status)
        status = ses_state_check_surplus(state, err);
    if (status) {
        defuse(err);
        ses_error_context(err, "'%s'", model->path);
        goto out;
    }
    model->notes = state->notes;
    state->notes = NULL;
out:
    ses_state_free(state);
    return status;
}

/* The user's word on preprocessing, and whether the network can take what
 * comes of it. */
static enum ses_status settle_preprocess(struct ses_model *model,
                                         const char *text,
                                         struct ses_error *err)
{
    enum ses_status status = SES_OK;
    if (text)
        status = ses_preprocess_parse(text, &model->preprocess, err);
    if (status)
        return status;
    int takes = model->graph->values[model->graph->input].c;
    int given = ses_preprocess_channels(&model->preprocess);
    if (takes == given)
        return SES_OK;
    if (takes != 1 && takes != 3)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "'%s' takes %d input channels, expected 1 (grey) or "
                        "3 (colour)",
                        model->path, takes);
    return ses_fail(err, SES_EUSAGE,
                    "'%s' takes %d input channel%s, but preprocessing gives "
                    "%d; say --preprocess order=%s",
                    model->path, takes, takes > 1 ? "s" : "", given,
                    takes == 1 ? "grey" : "rgb");
}

/* Shapes, blocks and counts are of the network as it was trained; the passes
 * come after. */
static enum ses_status prepare(struct ses_model *model, bool classifier,
                               struct ses_error *err)
{
    struct ses_graph *graph = model->graph;
    enum ses_status status = ses_graph_infer(graph, model->preprocess.input_h,
                                             model->preprocess.input_w, err);
    if (status)
        return ses_error_context(err, "'%s'", model->path);
    status = ses_blocks_find(graph, &model->blocks, err);
    if (status)
        return status;
    model->parameters = ses_graph_parameters(graph);
    const struct ses_value *logits = &graph->values[graph->logits];
    if (classifier && (logits->h != 1 || logits->w != 1))
        return ses_fail(err, SES_ESHAPE,
                        "'%s': the classifier is given a map of %dx%d, "
                        "expected 1x1: an input of %dx%d does not fit it",
                        model->path, logits->h, logits->w,
                        model->preprocess.input_h, model->preprocess.input_w);
    if (classifier)
        model->outputs = logits->c;
    status = ses_fold_batch_norm(graph, err);
    if (!status)
        status = ses_fuse_activation(graph, err);
    return status;
}

enum ses_status ses_model_open(const char *path,
                               const struct ses_model_options *options,
                               struct ses_model **out, struct ses_error *err)
{
    *out = NULL;
    struct ses_model *model = ses_calloc(1, sizeof *model);
    if (model)
        model->path = strdup(path);
    if (!model || !model->path) {
        ses_model_free(model);
        return ses_fail_memory(err, "a network");
    }
    enum ses_file_kind kind;
    enum ses_status status = look(path, &kind, err);
    if (!status)
        status = check_kind(kind, path, options, err);
    struct ses_family_result found;
    if (!status)
        status = build(model, options, &found, err);
    if (!status) {
        memcpy(model->arch, found.arch, sizeof model->arch);
        model->preprocess = found.preprocess;
        status = settle_preprocess(model, options->preprocess, err);
    }
    if (!status)
        status = prepare(model, found.classifier, err);
    if (status) {
        ses_model_free(model);
        return status;
    }
    *out = model;
    return SES_OK;
}

void ses_model_free(struct ses_model *model)
{
    if (!model)
        return;
    free(model->path);
    free(model->notes);
    ses_graph_free(model->graph);
    ses_blocks_release(&model->blocks);
    free(model);
}
