/* Finding the layers and blobs of a .caffemodel. See caffemodel.h. */
#include "core/import/caffe/caffemodel.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/import/caffe/caffe.pb-c.h"
#include "core/import/foreign.h"
#include "core/import/state.h"

enum {
    MOST_LAYERS = 65536,
    /* numbers of NetParameter's fields */
    LAYERS_V1 = 2,
    LAYER = 100,
    /* of a layer's */
    BLOBS = 7,
    BLOBS_V1 = 6,
    NAME = 1,
    NAME_V1 = 4,
    V0_LAYER = 1
};

static enum ses_status damaged(const struct ses_caffemodel *model,
                               const uint8_t *at, const char *what,
                               struct ses_error *err)
{
    return ses_fail(err, SES_EFORMAT,
                    "%s at byte %zu of %zu is damaged, or the file is cut "
                    "off",
                    what, (size_t)(at - model->file.data), model->file.size);
}

/* A layer's name; owned by the caller. */
static char *unpack_name(const struct ses_wire_field *header, bool v1)
{
    char *name = NULL;
    if (v1) {
        SesCaffe__LayerV1 *layer =
            ses_caffe__layer_v1__unpack(NULL, header->whole_size, header->whole);
        if (layer && layer->name)
            name = strdup(layer->name);
        if (layer)
            ses_caffe__layer_v1__free_unpacked(layer, NULL);
        return name;
    }
    SesCaffe__Layer *layer =
        ses_caffe__layer__unpack(NULL, header->whole_size, header->whole);
    if (layer && layer->name)
        name = strdup(layer->name);
    if (layer)
        ses_caffe__layer__free_unpacked(layer, NULL);
    return name;
}

/* Blobs of a layer, and the field that holds its name. */
static enum ses_status split_layer(const struct ses_caffemodel *model,
                                   struct ses_wire message, bool v1,
                                   struct ses_caffemodel_layer *layer,
                                   struct ses_wire_field *header,
                                   struct ses_error *err)
{
    struct ses_wire_field field;
    const uint64_t blobs = v1 ? BLOBS_V1 : BLOBS, name = v1 ? NAME_V1 : NAME;
    while (ses_wire_next(&message, &field)) {
        if (field.type != SES_WIRE_BYTES)
            continue;
        if (v1 && field.number == V0_LAYER)
            return ses_fail(err, SES_EUNSUPPORTED,
                            "written by a Caffe of before 2014 (V0); convert "
                            "it with Caffe's upgrade_net_proto_binary");
        if (field.number == name)
            *header = field;
        if (field.number != blobs)
            continue;
        if (layer->n_blobs == SES_CAFFE_BLOBS)
            return ses_fail(err, SES_EFORMAT,
                            "a layer of more than %d blobs", SES_CAFFE_BLOBS);
        layer->blobs[layer->n_blobs++] = ses_wire(field.data, field.size);
    }
    return message.damaged ? damaged(model, message.at, "a layer", err)
                           : SES_OK;
}

/* As in Caffe, the last of two layers of one name counts. */
static enum ses_status keep(struct ses_caffemodel *model,
                            struct ses_caffemodel_layer *layer,
                            struct ses_error *err)
{
    struct ses_caffemodel_layer *known =
        ses_caffemodel_find(model, layer->name);
    if (known) {
        free(layer->name);
        layer->name = known->name;
        *known = *layer;
        return SES_OK;
    }
    if (model->count == MOST_LAYERS) {
        free(layer->name);
        return ses_fail(err, SES_EFORMAT, "more than %d layers", MOST_LAYERS);
    }
    struct ses_caffemodel_layer *layers = ses_grow(
        model->layers, model->count, &model->capacity, sizeof *layers);
    if (!layers ||
        !ses_names_add(&model->names, layer->name, strlen(layer->name),
                       model->count)) {
        free(layer->name);
        if (layers)
            model->layers = layers;
        return ses_fail_memory(err, "the list of weights");
    }
    model->layers = layers;
    layers[model->count++] = *layer;
    return SES_OK;
}

static enum ses_status read_layer(struct ses_caffemodel *model,
                                  const struct ses_wire_field *message, bool v1,
                                  struct ses_error *err)
{
    struct ses_caffemodel_layer layer = { 0 };
    struct ses_wire_field header = { 0 };
    enum ses_status status =
        split_layer(model, ses_wire(message->data, message->size), v1, &layer,
                    &header, err);
    if (status || !layer.n_blobs)
        return status;
    if (header.whole)
        layer.name = unpack_name(&header, v1);
    if (!layer.name)
        return damaged(model, message->data, "a layer without a name", err);
    return keep(model, &layer, err);
}

static enum ses_status fail_kind(const struct ses_caffemodel *model,
                                 enum ses_file_kind kind,
                                 struct ses_error *err)
{
    struct ses_foreign foreign;
    const char *text = ses_file_kind_text(kind);
    if (kind == SES_FILE_CAFFEMODEL)
        return ses_fail(err, SES_EFORMAT, "it holds no layers");
    ses_foreign_tell(model->file.data, model->file.size, &foreign);
    return ses_fail(err, SES_EFORMAT, "%s, expected a .caffemodel",
                    text ? text : foreign.what);
}

static enum ses_status read_layers(struct ses_caffemodel *model,
                                   struct ses_error *err)
{
    struct ses_wire rest = ses_wire(model->file.data, model->file.size);
    struct ses_wire_field field;
    bool any = false;
    enum ses_file_kind kind =
        ses_file_kind(model->file.data, model->file.size);
    /* What stands first in a .caffemodel may look like another kind; text and
     * HDF5 cannot. */
    if (kind == SES_FILE_HDF5 || kind == SES_FILE_PROTOTXT)
        return fail_kind(model, kind, err);
    while (ses_wire_next(&rest, &field)) {
        bool v1 = field.number == LAYERS_V1;
        if (field.type != SES_WIRE_BYTES ||
            (!v1 && field.number != LAYER))
            continue;
        any = true;
        enum ses_status status = read_layer(model, &field, v1, err);
        if (status)
            return status;
    }
    if (!any)
        return fail_kind(model, kind, err);
    if (rest.damaged)
        return damaged(model, rest.at, "a field", err);
    return SES_OK;
}

enum ses_status ses_caffemodel_open(const char *path,
                                    struct ses_caffemodel **out,
                                    struct ses_error *err)
{
    *out = NULL;
    struct ses_caffemodel *model = ses_calloc(1, sizeof *model);
    if (!model)
        return ses_fail_memory(err, "weights");
    model->path = path;
    enum ses_status status = ses_file_map(path, &model->file, err);
    if (!status) {
        status = read_layers(model, err);
        if (status)
            ses_error_context(err, "'%s'", path);
    }
    if (status)
        ses_caffemodel_free(model);
    else
        *out = model;
    return status;
}

void ses_caffemodel_free(struct ses_caffemodel *model)
{
    if (!model)
        return;
    for (size_t i = 0; i < model->count; i++)
        free(model->layers[i].name);
    free(model->layers);
    ses_names_release(&model->names);
    ses_file_release(&model->file);
    free(model);
}

struct ses_caffemodel_layer *ses_caffemodel_find(
    const struct ses_caffemodel *model, const char *name)
{
    size_t number;
    if (!ses_names_find(&model->names, name, strlen(name), &number))
        return NULL;
    return &model->layers[number];
}
