/* What the builders of layers share. See net.h. */
#include "core/import/caffe/net.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"

struct ses_caffe_value ses_caffe_fail(struct ses_caffe_net *net,
                                      const struct ses_caffe_layer *layer,
                                      enum ses_status status,
                                      const char *format, ...)
{
    char what[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(what, sizeof what, format, list);
    va_end(list);
    ses_fail(net->err, status, "layer '%s' (line %d): %s", layer->name,
             net->text->fields[layer->at].line, what);
    return (struct ses_caffe_value){ .view = ses_view_failed() };
}

bool ses_caffe_failed(const struct ses_caffe_net *net)
{
    return net->text->status != SES_OK;
}

struct ses_tensor *ses_caffe_take(struct ses_caffe_net *net,
                                  const struct ses_caffe_layer *layer,
                                  int index, const char *what,
                                  const struct ses_caffe_shape *expected)
{
    struct ses_tensor *tensor;
    if (ses_caffe_blob_take(&layer->weights->blobs[index], expected, &tensor,
                            net->err)) {
        ses_error_context(net->err, "'%s': %s of layer '%s'",
                          net->weights->path, what, layer->name);
        return NULL;
    }
    return tensor;
}

bool ses_caffe_expect_blobs(struct ses_caffe_net *net,
                            const struct ses_caffe_layer *layer, int count)
{
    if (layer->weights->n_blobs == count)
        return true;
    (void)ses_caffe_fail(net, layer, SES_ESHAPE,
                         "its weights are %d blob%s, expected %d",
                         layer->weights->n_blobs,
                         layer->weights->n_blobs == 1 ? "" : "s", count);
    return false;
}

int ses_caffe_map(struct ses_caffe_net *net,
                  const struct ses_caffe_layer *layer,
                  const struct ses_caffe_value *x)
{
    return ses_view_map(net->graph, layer->name, &x->view, SES_CHANNELS_FIRST);
}

struct ses_caffe_value ses_caffe_of(struct ses_caffe_net *net, int map,
                                    int rank)
{
    return (struct ses_caffe_value){
        .view = ses_view_of(net->graph, map, rank, SES_CHANNELS_FIRST)
    };
}

int ses_caffe_axis(struct ses_caffe_net *net,
                   const struct ses_caffe_layer *layer, const char *name,
                   const struct ses_caffe_value *x, int fallback)
{
    int rank = x->view.rank - x->without_images;
    long axis = ses_prototxt_integer(net->text, layer->param, name, fallback,
                                     -rank, rank - 1);
    return (int)(axis < 0 ? axis + rank : axis);
}

void ses_caffe_note(struct ses_caffe_net *net, const char *format, ...)
{
    char *note = NULL;
    va_list list;
    va_start(list, format);
    if (vasprintf(&note, format, list) < 0)
        note = NULL;
    va_end(list);
    if (!note)
        return;
    for (char *c = note; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    ses_source_note(net->source, "%s", note);
    free(note);
}

enum ses_status ses_caffe_set_top(struct ses_caffe_net *net, const char *name,
                                  const struct ses_caffe_value *value)
{
    size_t number;
    if (ses_names_find(&net->top_names, name, strlen(name), &number)) {
        net->tops[number].value = *value;
        net->tops[number].read = false;
        return SES_OK;
    }
    struct ses_caffe_top *tops =
        ses_grow(net->tops, net->n_tops, &net->tops_capacity, sizeof *tops);
    if (tops)
        net->tops = tops;
    if (!tops ||
        !ses_names_add(&net->top_names, name, strlen(name), net->n_tops))
        return ses_fail_memory(net->err, "the network's blobs");
    tops[net->n_tops++] =
        (struct ses_caffe_top){ .name = name, .value = *value };
    return SES_OK;
}
