/* Opening a network from whatever file it is in. See model.h. */
#include "core/import/model.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/file.h"
#include "core/graph/passes.h"
#include "core/import/families/family.h"
#include "core/import/foreign.h"
#include "core/import/source.h"
#include "core/import/state.h"

/* --weights is for the one format whose networks are two files. */
static enum ses_status check_weights(enum ses_file_kind kind, const char *path,
                                     const struct ses_model_options *options,
                                     struct ses_error *err)
{
    if (kind == SES_FILE_CAFFEMODEL)
        return ses_fail(err, SES_EUSAGE,
                        "'%s' is a Caffe network's weights without the "
                        "network; say %s --weights '%s'",
                        path, options->weights ? "the .prototxt first, then"
                                               : "NET.prototxt",
                        path);
    if (kind == SES_FILE_PROTOTXT && !options->weights)
        return ses_fail(err, SES_EUSAGE,
                        "'%s' is a Caffe network without its weights; say "
                        "--weights NET.caffemodel",
                        path);
    if (kind != SES_FILE_PROTOTXT && options->weights)
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

/* A state dict to a graph; the dict's notes go to the model. The hash is of
 * the bytes that were read, also when the file is being replaced. */
static enum ses_status build_state(struct ses_model *model,
                                   const struct ses_model_options *options,
                                   struct ses_error *err)
{
    struct ses_state *state = NULL;
    struct ses_family_result found;
    enum ses_status status =
        ses_state_open(model->path, options->state_key, &state, err);
    if (status)
        return status;
    const struct ses_file *file = &state->file;
    status = ses_sha256(&file, 1, model->sha256, err);
    if (status)
        goto out;
    status = ses_family_build(state, options->arch, model->graph, &found, err);
    if (!status)
        status = ses_state_check_surplus(state, err);
    if (status) {
        defuse(err);
        ses_error_context(err, "'%s'", model->path);
        goto out;
    }
    memcpy(model->arch, found.arch, sizeof model->arch);
    model->preprocess = found.preprocess;
    model->classifier = found.classifier;
    model->labels = "imagenet";
    model->notes = state->notes;
    state->notes = NULL;
    status = settle_preprocess(model, options->preprocess, err);
out:
    ses_state_free(state);
    return status;
}

typedef enum ses_status importer(struct ses_source *source,
                                 struct ses_error *err);

/* A file that carries its own graph. */
static enum ses_status build_source(struct ses_model *model, importer *import,
                                    const struct ses_file *file,
                                    const struct ses_model_options *options,
                                    struct ses_error *err)
{
    struct ses_source source = {
        .path = model->path,
        .file = file,
        .options = options,
        .graph = model->graph,
        .labels = "imagenet",
    };
    if (options->arch)
        return ses_fail(err, SES_EUSAGE,
                        "'%s' says itself what it is; --arch is for PyTorch "
                        "state dicts",
                        model->path);
    if (options->state_key)
        return ses_fail(err, SES_EUSAGE,
                        "'%s' is no PyTorch checkpoint, which --state-key is "
                        "for",
                        model->path);
    enum ses_status status = import(&source, err);
    model->notes = source.notes;
    if (status) {
        defuse(err);
        return ses_error_context(err, "'%s'", model->path);
    }
    memcpy(model->arch, source.arch, sizeof model->arch);
    memcpy(model->sha256, source.sha256, sizeof model->sha256);
    model->preprocess = source.preprocess;
    model->classifier = source.classifier;
    model->labels = source.labels;
    return source.sha256[0] ? SES_OK
                            : ses_sha256(&file, 1, model->sha256, err);
}

static enum ses_status build(struct ses_model *model,
                             const struct ses_model_options *options,
                             struct ses_error *err)
{
    struct ses_file file;
    enum ses_status status = ses_file_map(model->path, &file, err);
    if (status)
        return ses_foreign_folder(model->path, status, err);
    enum ses_file_kind kind = ses_file_kind(file.data, file.size);
    status = check_weights(kind, model->path, options, err);
    if (status)
        goto out;
    switch (kind) {
    case SES_FILE_ONNX:
        status = build_source(model, ses_onnx_import, &file, options, err);
        break;
    case SES_FILE_PROTOTXT:
        status = build_source(model, ses_caffe_import, &file, options, err);
        break;
    case SES_FILE_HDF5:
        status = build_source(model, ses_keras_h5_import, &file, options, err);
        break;
    case SES_FILE_KERAS_ZIP:
        status =
            build_source(model, ses_keras_zip_import, &file, options, err);
        break;
    default: /* a state dict, or its reader says what it expected */
        status = build_state(model, options, err);
        break;
    }
out:
    ses_file_release(&file);
    return status;
}

/* Activations into convolutions, but for those that make gates: what they are
 * given can then be scaled. */
static enum ses_status fuse(struct ses_model *model, struct ses_error *err)
{
    const struct ses_blocks *blocks = &model->blocks;
    int *keep = ses_calloc(blocks->count, sizeof *keep);
    if (!keep)
        return ses_fail_memory(err, "a network");
    for (size_t i = 0; i < blocks->count; i++)
        keep[i] = blocks->items[i].pregate;
    enum ses_status status = ses_fuse_activation_except(
        model->graph, keep, blocks->count, err);
    free(keep);
    return status;
}

/* Shapes, blocks and counts are of the network as it was trained; the passes
 * come after. */
static enum ses_status prepare(struct ses_model *model, bool as_trained,
                               struct ses_error *err)
{
    struct ses_graph *graph = model->graph;
    enum ses_status status = ses_graph_infer(graph, model->preprocess.input_h,
                                             model->preprocess.input_w, err);
    if (status)
        return ses_error_context(err, "'%s'", model->path);
    model->parameters = ses_graph_parameters(graph);
    status = ses_graph_canonicalise(graph, err);
    if (!status)
        status = ses_blocks_find(graph, &model->blocks, err);
    if (status)
        return status;
    const struct ses_value *logits = &graph->values[graph->logits];
    if (model->classifier && (logits->h != 1 || logits->w != 1))
        return ses_fail(err, SES_ESHAPE,
                        "'%s': the classifier is given a map of %dx%d, "
                        "expected 1x1: an input of %dx%d does not fit it",
                        model->path, logits->h, logits->w,
                        model->preprocess.input_h, model->preprocess.input_w);
    if (model->classifier)
        model->outputs = logits->c;
    if (as_trained)
        return SES_OK;
    status = ses_fold_batch_norm(graph, err);
    if (!status)
        status = fuse(model, err);
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
    enum ses_status status = SES_OK;
    model->graph = ses_graph_new(err);
    if (!model->graph)
        status = err ? err->status : SES_ENOMEM;
    if (!status)
        status = build(model, options, err);
    if (!status)
        status = prepare(model, options->as_trained, err);
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
