/* A Caffe network to a graph: the prototxt's layers, in their order, with the
 * caffemodel's weights. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/import/caffe/net.h"

/* ---- weights ------------------------------------------------------------- */

enum { SHOWN = 4 }; /* names in a message */

static bool needs_weights(const struct ses_caffe_layer *layer)
{
    return layer->type->learns && layer->n_bottoms == 1;
}

/* 'a', 'b' and 3 more */
static void list_name(struct ses_text *list, int place, const char *name)
{
    if (place < SHOWN)
        ses_text_add(list, "%s'%s'", place ? ", " : "", name);
}

static void list_end(struct ses_text *list, int count)
{
    if (count > SHOWN)
        ses_text_add(list, " and %d more", count - SHOWN);
}

/* Caffe gives the weights of a name to its first layer alone. */
static enum ses_status check_names(struct ses_caffe_net *net)
{
    struct ses_names names = { 0 };
    enum ses_status status = SES_OK;
    for (size_t i = 0; i < net->n_layers && !status; i++) {
        const struct ses_caffe_layer *layer = &net->layers[i];
        size_t length = strlen(layer->name), first;
        if (!needs_weights(layer))
            continue;
        if (ses_names_find(&names, layer->name, length, &first)) {
            (void)ses_caffe_fail(net, layer, SES_EFORMAT,
                                 "another layer that learns has its name");
            status = SES_EFORMAT;
        } else if (!ses_names_add(&names, layer->name, length, i)) {
            status = ses_fail_memory(net->err, "the layers' names");
        }
    }
    ses_names_release(&names);
    return status;
}

enum ses_status ses_caffe_match_weights(struct ses_caffe_net *net)
{
    struct ses_text missing = { 0 }, surplus = { 0 };
    int n_missing = 0, n_surplus = 0;
    enum ses_status status = check_names(net);
    if (status)
        return status;
    for (size_t i = 0; i < net->n_layers; i++) {
        struct ses_caffe_layer *layer = &net->layers[i];
        struct ses_caffemodel_layer *weights =
            ses_caffemodel_find(net->weights, layer->name);
        if (!needs_weights(layer))
            continue;
        layer->weights = weights;
        if (weights)
            weights->used = true;
        else
            list_name(&missing, n_missing++, layer->name);
    }
    list_end(&missing, n_missing);
    for (size_t i = 0; i < net->weights->count; i++)
        if (!net->weights->layers[i].used)
            list_name(&surplus, n_surplus++, net->weights->layers[i].name);
    list_end(&surplus, n_surplus);
    if (missing.failed || surplus.failed)
        status = ses_fail_memory(net->err, "the names of layers");
    else if (n_missing)
        status = ses_fail(net->err, SES_ENOTFOUND,
                          "'%s' has no weights for layer%s %s%s%s%s",
                          net->weights->path, n_missing > 1 ? "s" : "",
                          missing.data,
                          n_surplus ? "; it has some for " : "",
                          n_surplus ? surplus.data : "",
                          n_surplus ? ", which the network lacks" : "");
    else if (n_surplus)
        ses_caffe_note(net, "weights without a layer are not used: %s",
                       surplus.data);
    ses_text_release(&missing);
    ses_text_release(&surplus);
    return status;
}

/* ---- layers -------------------------------------------------------------- */

static enum ses_status find_bottom(struct ses_caffe_net *net,
                                   const struct ses_caffe_layer *layer,
                                   const char *name,
                                   struct ses_caffe_value *out)
{
    size_t number;
    if (!ses_names_find(&net->top_names, name, strlen(name), &number)) {
        (void)ses_caffe_fail(net, layer, SES_EFORMAT,
                             "no layer before it makes its bottom '%s'", name);
        return SES_EFORMAT;
    }
    struct ses_caffe_top *top = &net->tops[number];
    if (top->value.without_images && !layer->type->without_images) {
        (void)ses_caffe_fail(net, layer, SES_EUNSUPPORTED,
                             "its bottom '%s' has no axis of images", name);
        return SES_EUNSUPPORTED;
    }
    top->read = true;
    *out = top->value;
    return SES_OK;
}

static enum ses_status set_tops(struct ses_caffe_net *net,
                                const struct ses_caffe_layer *layer,
                                const struct ses_caffe_value *y)
{
    size_t at = SES_PROTOTXT_ABSENT;
    enum ses_status status = SES_OK;
    for (int i = 0; i < layer->n_tops && !status; i++) {
        at = ses_prototxt_next(net->text, layer->at, "top", at);
        status = ses_caffe_set_top(net, ses_prototxt_text(net->text, at),
                                   &y[i]);
    }
    return status ? status : net->text->status;
}

static enum ses_status build_layer(struct ses_caffe_net *net,
                                   const struct ses_caffe_layer *layer)
{
    size_t n = (size_t)layer->n_bottoms, tops = (size_t)layer->n_tops;
    struct ses_caffe_value *x = ses_calloc(n, sizeof *x);
    struct ses_caffe_value *y = ses_calloc(tops, sizeof *y);
    enum ses_status status = SES_OK;
    if (!x || !y)
        status = ses_fail_memory(net->err, "a layer");
    size_t at = SES_PROTOTXT_ABSENT;
    for (size_t i = 0; i < n && !status; i++) {
        at = ses_prototxt_next(net->text, layer->at, "bottom", at);
        status = find_bottom(net, layer, ses_prototxt_text(net->text, at),
                             &x[i]);
    }
    for (size_t i = 0; i < tops && !status; i++)
        y[i].view = ses_view_failed();
    if (!status)
        layer->type->build(net, layer, x, y);
    if (!status && layer->type->ignored)
        ses_prototxt_check_used(net->text, layer->param, layer->type->ignored);
    if (net->text->status)
        status = net->text->status;
    for (size_t i = 0; i < tops && !status; i++)
        if (y[i].view.value < 0)
            status = net->err->status;
    if (!status)
        status = set_tops(net, layer, y);
    free(x);
    free(y);
    return status;
}

/* ---- the output ---------------------------------------------------------- */

static const struct ses_node *node_of(const struct ses_graph *graph, int value)
{
    return &graph->nodes[graph->values[value].producer];
}

/* Numbers for classes: a softmax, or a layer that learnt them, of a vector. */
static bool is_scores(const struct ses_graph *graph,
                      const struct ses_caffe_value *value)
{
    const struct ses_value *map = &graph->values[value->view.value];
    if (map->h != 1 || map->w != 1 || map->c < 2)
        return false;
    const struct ses_node *node = node_of(graph, value->view.value);
    if (node->op == SES_OP_SOFTMAX)
        return true;
    if (node->op == SES_OP_GLOBAL_MEAN) /* of a map for each class */
        node = node_of(graph, node->inputs[0]);
    return node->op == SES_OP_CONV;
}

/* Of what no layer reads, the last that scores classes, else the last. */
static const struct ses_caffe_top *choose_output(struct ses_caffe_net *net,
                                                 int *count)
{
    const struct ses_caffe_top *last = NULL, *scores = NULL;
    *count = 0;
    for (size_t i = 0; i < net->n_tops; i++) {
        const struct ses_caffe_top *top = &net->tops[i];
        if (top->read || top->value.view.value == net->graph->input)
            continue;
        last = top;
        if (is_scores(net->graph, &top->value))
            scores = top;
        ++*count;
    }
    return scores ? scores : last;
}

static enum ses_status settle_output(struct ses_caffe_net *net)
{
    int count, others = 0;
    const struct ses_caffe_top *output = choose_output(net, &count);
    if (!output)
        return ses_fail(net->err, SES_EFORMAT, "its layers make no output");
    net->source->classifier = is_scores(net->graph, &output->value) &&
                              node_of(net->graph, output->value.view.value)
                                      ->op != SES_OP_GLOBAL_MEAN;
    struct ses_text list = { 0 };
    for (size_t i = 0; i < net->n_tops; i++) {
        const struct ses_caffe_top *top = &net->tops[i];
        if (top != output && !top->read &&
            top->value.view.value != net->graph->input)
            list_name(&list, others++, top->name);
    }
    list_end(&list, others);
    if (others && !list.failed)
        ses_caffe_note(net, "of %d outputs '%s' is used, not %s", count,
                       output->name, list.data);
    ses_text_release(&list);
    int map = output->value.view.value;
    if (output->value.view.rank >= 2 && output->value.view.rank <= 4)
        map = ses_view_map(net->graph, output->name, &output->value.view,
                           SES_CHANNELS_FIRST);
    return ses_graph_finish(net->graph, map, net->err);
}

/* ---- the whole ----------------------------------------------------------- */

/* Its bottoms are nobody's: they are no outputs. */
static void silence(struct ses_caffe_net *net,
                    const struct ses_caffe_layer *layer)
{
    size_t at = SES_PROTOTXT_ABSENT, number;
    while ((at = ses_prototxt_next(net->text, layer->at, "bottom", at))) {
        const char *name = ses_prototxt_text(net->text, at);
        if (ses_names_find(&net->top_names, name, strlen(name), &number))
            net->tops[number].read = true;
    }
}

static enum ses_status build(struct ses_caffe_net *net)
{
    enum ses_status status = ses_caffe_find_layers(net);
    if (!status)
        status = ses_caffe_match_weights(net);
    if (!status)
        status = ses_caffe_make_input(net);
    for (size_t i = 0; i < net->n_layers && !status; i++) {
        const struct ses_caffe_layer *layer = &net->layers[i];
        if (layer->type->role == SES_CAFFE_LAYER)
            status = build_layer(net, layer);
        else if (!strcmp(layer->type->name, "Silence"))
            silence(net, layer);
    }
    if (!status)
        status = net->text->status;
    return status ? status : settle_output(net);
}

/* "SE-ResNet-50 (Caffe)" */
static void name_arch(const struct ses_caffe_net *net)
{
    static const char unnamed[] = "network", suffix[] = " (Caffe)";
    const char *name = *net->name ? net->name : unnamed;
    char *arch = net->source->arch;
    size_t room = sizeof net->source->arch - sizeof suffix;
    size_t length = strlen(name);
    if (length > room)
        for (length = room; length && (name[length] & 0xc0) == 0x80;)
            length--; /* whole characters */
    for (size_t i = 0; i < length; i++)
        arch[i] = (unsigned char)name[i] < ' ' || name[i] == 0x7f ? '?'
                                                                  : name[i];
    memcpy(arch + length, suffix, sizeof suffix);
}

static void release(struct ses_caffe_net *net)
{
    ses_prototxt_free(net->text);
    ses_caffemodel_free(net->weights);
    ses_names_release(&net->top_names);
    free(net->layers);
    free(net->tops);
}

enum ses_status ses_caffe_import(struct ses_source *source,
                                 struct ses_error *err)
{
    struct ses_error own = { 0 };
    struct ses_caffe_net net = { .source = source,
                                 .graph = source->graph,
                                 .err = err ? err : &own };
    const struct ses_file *file = source->file;
    net.graph->error = net.err;
    enum ses_status status = ses_prototxt_read(
        (const char *)file->data, file->size, &net.text, net.err);
    if (!status)
        status = ses_caffemodel_open(source->options->weights, &net.weights,
                                     net.err);
    if (!status)
        status = build(&net);
    if (!status) {
        const struct ses_file *files[] = { file, &net.weights->file };
        name_arch(&net);
        ses_caffe_settle_labels(&net);
        status = ses_sha256(files, 2, source->sha256, net.err);
    }
    net.graph->error = NULL;
    release(&net);
    return status;
}
