/* Keras models: a full model in HDF5 (model.save('x.h5'), by Keras 1, 2 and
 * 3), or the archive of Keras 3 (x.keras). Both hold the network as JSON and
 * the weights in HDF5. See core/import/source.h. */
#include <stdlib.h>
#include <string.h>

#include "core/import/keras/config.h"
#include "core/import/keras/model.h"
#include "core/import/zip.h"

/* ---- the input ----------------------------------------------------------- */

struct finding {
    const char *format;
    bool found;
};

/* Whether any layer says a data format. */
static void find_format(const json_t *model, struct finding *finding,
                        int depth)
{
    json_t *layers = ses_keras_config_layers(model), *layer;
    size_t i;
    json_array_foreach (layers, i, layer) {
        const char *format = ses_keras_config_text(
            json_object_get(layer, "config"), "data_format", "");
        finding->found =
            finding->found || strcmp(format, finding->format) == 0;
        if (depth < 16 &&
            ses_keras_config_is_model(ses_keras_config_class(layer)))
            find_format(layer, finding, depth + 1);
    }
}

/* Where the input's channels are: where the layers say. */
static enum ses_layout find_layout(const json_t *model, int rank,
                                   const int *size)
{
    struct finding first = { "channels_first", false };
    struct finding last = { "channels_last", false };
    find_format(model, &first, 0);
    find_format(model, &last, 0);
    if (first.found != last.found)
        return first.found ? SES_CHANNELS_FIRST : SES_CHANNELS_LAST;
    bool by_shape = rank == 4 && (size[1] == 1 || size[1] == 3) &&
                    size[3] != 1 && size[3] != 3;
    return by_shape ? SES_CHANNELS_FIRST : SES_CHANNELS_LAST;
}

/* The preprocessing that is usual: the network's own, when it begins with
 * it, else that of most of Keras's. */
static void usual(struct ses_keras *keras, const json_t *model, int channels,
                  int h, int w, struct ses_preprocess *out)
{
    struct ses_source *source = keras->source;
    bool said = source->options->preprocess != NULL;
    if (ses_keras_takes_pixels(model)) {
        ses_source_usual("none", channels, h, w, out);
        out->scale = 1;
        ses_source_note(source, "the network scales its input itself: pixels "
                                "go in as 0..255");
        return;
    }
    ses_source_usual("keras-tf", channels, h, w, out);
    if (!said)
        ses_source_note(source,
                        "the file does not say how pixels are scaled; %s is "
                        "assumed (--preprocess says otherwise)",
                        channels == 1 ? "0..1" : "-1..1 (keras-tf)");
}

static enum ses_status make_input(struct ses_keras *keras, json_t *model,
                                  struct ses_view *out, struct ses_error *err)
{
    int rank, size[SES_MAX_RANK];
    const char *name;
    struct ses_preprocess preprocess;
    enum ses_status status =
        ses_keras_input_shape(model, &rank, size, &name, err);
    if (status)
        return status;
    if (rank != 4)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "its input has %d axes, expected 4 (images)", rank);
    keras->layout = find_layout(model, rank, size);
    bool first = keras->layout == SES_CHANNELS_FIRST;
    int *h = &size[first ? 2 : 1], *w = &size[first ? 3 : 2];
    int *channels = &size[first ? 1 : 3];
    if (!*channels)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "it does not say how many channels its input has");
    usual(keras, model, *channels, *h, *w, &preprocess);
    status = ses_source_settle_input(keras->source, &preprocess, *channels, *h,
                                     *w, !*h && !*w, err);
    if (status)
        return status;
    *h = keras->source->preprocess.input_h;
    *w = keras->source->preprocess.input_w;
    *out = ses_view_input(keras->graph, name, rank, size, keras->layout);
    return out->value < 0 ? err->status : SES_OK;
}

/* ---- the network --------------------------------------------------------- */

/* A vector that is not just the mean of a map. */
static bool is_classifier(const struct ses_graph *graph,
                          const struct ses_view *output)
{
    int producer = graph->values[output->value].producer;
    enum ses_op op = graph->nodes[producer].op;
    return output->rank == 2 && op != SES_OP_GLOBAL_MEAN &&
           op != SES_OP_GLOBAL_MAX;
}

static void set_arch(struct ses_source *source, const json_t *model)
{
    const char *name = ses_keras_config_name(model);
    snprintf(source->arch, sizeof source->arch, "%.50s (Keras)",
             *name ? name : "network");
}

static enum ses_status build(struct ses_keras *keras, json_t *model,
                             struct ses_error *err)
{
    struct ses_source *source = keras->source;
    struct ses_view input, *out = NULL;
    size_t n_out = 0;
    if (!ses_keras_config_is_model(ses_keras_config_class(model)))
        return ses_fail(err, SES_EUNSUPPORTED,
                        "it is a '%s', expected a Sequential or functional "
                        "model: one of a class of its own has no description "
                        "of its layers",
                        ses_keras_config_class(model));
    enum ses_status status = make_input(keras, model, &input, err);
    if (status)
        return status;
    if (!ses_keras_build_model(keras, model, &input, 1, &out, &n_out))
        return err->status ? err->status
                           : ses_fail(err, SES_EFORMAT,
                                      "its layers cannot be built");
    if (n_out > 1)
        ses_source_note(source, "it has %zu outputs; the first is used",
                        n_out);
    status = ses_keras_weights_check_surplus(&keras->weights, err);
    if (!status) {
        int map = ses_view_map(keras->graph, "output", &out[0], keras->layout);
        source->classifier = map >= 0 && is_classifier(keras->graph, &out[0]);
        status = ses_graph_finish(keras->graph, map, err);
        set_arch(source, model);
    }
    free(out);
    return status;
}

/* A model's text and open HDF5, to a graph. err must not be NULL. */
static enum ses_status import(struct ses_keras *keras, const char *text,
                              size_t length, struct ses_error *err)
{
    json_t *model;
    enum ses_status status =
        ses_keras_config_parse(text, length, &model, err);
    if (!status)
        status = build(keras, model, err);
    json_decref(model);
    return status;
}

/* "2.4.0": its first number; "1" is what did not say. */
static void set_version(struct ses_keras *keras, const char *version)
{
    keras->version = version && version[0] >= '1' && version[0] <= '9'
                         ? version[0] - '0'
                         : 1;
    /* with TensorFlow 1, which has no half pixels */
    keras->old_resize =
        keras->version < 2 ||
        (version && !strstr(version, "-tf") &&
         (strncmp(version, "2.0", 3) == 0 || strncmp(version, "2.1.", 4) == 0 ||
          strncmp(version, "2.2", 3) == 0));
}

static void start(struct ses_keras *keras, struct ses_source *source,
                  struct ses_error *err)
{
    *keras = (struct ses_keras){ .source = source,
                                 .graph = source->graph,
                                 .err = err };
}

static void finish(struct ses_keras *keras)
{
    ses_keras_weights_release(&keras->weights);
    ses_keras_h5_close(&keras->h5);
}

/* ---- HDF5 ---------------------------------------------------------------- */

/* Whether there is an array that Keras 3 would put there. */
static bool has_numbered(const struct ses_keras_h5 *h5)
{
    for (size_t i = 0; i < h5->n_arrays; i++)
        if (strncmp(h5->arrays[i].path, "layers", strlen("layers")) == 0 ||
            strncmp(h5->arrays[i].path, "_layer_", strlen("_layer_")) == 0)
            return true;
    return false;
}

static enum ses_status fail_no_model(const struct ses_keras_h5 *h5,
                                     struct ses_error *err)
{
    if (ses_keras_h5_texts(h5, "", "schema"))
        return ses_fail(err, SES_EFORMAT,
                        "is a record of sescope, expected a network");
    if (ses_keras_h5_texts(h5, "", "layer_names") || has_numbered(h5))
        return ses_fail(err, SES_EUNSUPPORTED,
                        "holds the weights of a Keras network, but not the "
                        "network; save both (model.save('x.h5') or "
                        "model.save('x.keras'), not save_weights)");
    return ses_fail(err, SES_EFORMAT,
                    "is an HDF5 file, but no Keras model: it has no "
                    "attribute 'model_config'");
}

enum ses_status ses_keras_h5_import(struct ses_source *source,
                                    struct ses_error *err)
{
    struct ses_keras keras;
    start(&keras, source, err);
    struct ses_keras_h5 *h5 = &keras.h5;
    enum ses_status status = ses_keras_h5_open(source->file,
                                               source->file->data,
                                               source->file->size, h5, err);
    if (status)
        goto out;
    const char *text = ses_keras_h5_text(h5, "model_config");
    const char *backend = ses_keras_h5_text(h5, "backend");
    if (!text) {
        status = fail_no_model(h5, err);
        goto out;
    }
    set_version(&keras, ses_keras_h5_text(h5, "keras_version"));
    keras.theano = backend && strcmp(backend, "theano") == 0;
    bool inside = ses_keras_h5_texts(h5, "model_weights", "layer_names");
    status = ses_keras_weights_by_name(&keras.weights, h5,
                                       inside ? "model_weights" : "", err);
    if (!status)
        status = import(&keras, text, strlen(text), err);
out:
    finish(&keras);
    return status;
}

/* ---- archives ------------------------------------------------------------ */

static enum ses_status read_member(struct ses_zip *zip, const char *name,
                                   struct ses_zip_member *out,
                                   struct ses_error *err)
{
    size_t index;
    if (!ses_zip_find(zip, name, &index))
        return ses_fail(err, SES_EFORMAT,
                        "the archive has no '%s', which a Keras model has",
                        name);
    return ses_zip_read(zip, index, SIZE_MAX, out, err);
}

/* Of metadata.json; files without one are as new as the format. */
static void read_version(struct ses_keras *keras, struct ses_zip *zip)
{
    struct ses_error unheard = { 0 };
    struct ses_zip_member member = { 0 };
    json_t *metadata = NULL;
    if (!read_member(zip, "metadata.json", &member, &unheard))
        metadata =
            json_loadb((const char *)member.data, member.size, 0, NULL);
    set_version(keras, ses_keras_config_text(metadata, "keras_version", "3"));
    json_decref(metadata);
    free(member.owned);
}

enum ses_status ses_keras_zip_import(struct ses_source *source,
                                     struct ses_error *err)
{
    struct ses_keras keras;
    struct ses_zip *zip = NULL;
    struct ses_zip_member config = { 0 }, weights = { 0 };
    start(&keras, source, err);
    enum ses_status status = ses_zip_open(source->file, &zip, err);
    if (!status)
        status = read_member(zip, "config.json", &config, err);
    if (!status)
        status = read_member(zip, "model.weights.h5", &weights, err);
    if (!status)
        status = ses_keras_h5_open(source->file, weights.data, weights.size,
                                   &keras.h5, err);
    if (!status)
        status = ses_keras_weights_by_number(&keras.weights, &keras.h5, err);
    if (status)
        goto out;
    read_version(&keras, zip);
    status = import(&keras, (const char *)config.data, config.size, err);
out:
    finish(&keras);
    free(config.owned);
    free(weights.owned);
    ses_zip_close(zip);
    return status;
}
