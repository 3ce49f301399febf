/* Which output is built, and what the network is given. */
#include <limits.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "core/import/onnx/net.h"

/* ---- the output ---------------------------------------------------------- */

static void note_others(struct ses_onnx_net *net, size_t chosen)
{
    struct ses_text others = { 0 };
    enum { MOST = 8 };
    size_t named = 0;
    for (size_t i = 0; i < net->model.n_outputs; i++) {
        if (i == chosen)
            continue;
        if (named++ < MOST)
            ses_text_add(&others, "%s'%s'", named > 1 ? ", " : "",
                         net->model.outputs[i].name);
    }
    if (named > MOST)
        ses_text_add(&others, " and %zu more", named - MOST);
    if (named && !others.failed)
        ses_source_note(net->source, "output '%s' is used, not %s",
                        net->model.outputs[chosen].name, others.data);
    ses_text_release(&others);
}

enum ses_status ses_onnx_choose_output(struct ses_onnx_net *net,
                                       struct ses_error *err)
{
    const struct ses_onnx_model *model = &net->model;
    size_t chosen = 0;
    if (!model->n_outputs)
        return ses_fail(err, SES_EFORMAT, "its graph has no output");
    while (chosen < model->n_outputs && model->outputs[chosen].rank != 2)
        chosen++;
    chosen = chosen < model->n_outputs ? chosen : 0;
    const char *name = model->outputs[chosen].name;
    net->output = ses_onnx_find(net, name);
    if (net->output < 0)
        return ses_fail(err, SES_EFORMAT,
                        "nothing makes its output '%s'", name);
    note_others(net, chosen);
    return SES_OK;
}

/* ---- the input ----------------------------------------------------------- */

/* The one input that is needed. */
static enum ses_status find_input(struct ses_onnx_net *net,
                                  const struct ses_onnx_info **out,
                                  struct ses_error *err)
{
    *out = NULL;
    for (size_t i = 0; i < net->model.n_inputs; i++) {
        const struct ses_onnx_info *info = &net->model.inputs[i];
        int value = ses_onnx_find(net, info->name);
        if (value < 0 || net->values[value].tensor || !net->values[value].read)
            continue;
        if (*out)
            return ses_fail(err, SES_EUNSUPPORTED,
                            "it has several inputs ('%s', '%s', ...), "
                            "expected images alone",
                            (*out)->name, info->name);
        *out = info;
        net->input = value;
    }
    if (!*out)
        return ses_fail(err, SES_EFORMAT,
                        "its output does not depend on any input");
    return SES_OK;
}

/* Input channels by the first convolution that reads the input; 3 when there
 * is none. */
static int channels_by_weight(const struct ses_onnx_net *net, const char *name)
{
    for (int i = 0; i < net->n_order; i++) {
        const struct ses_onnx_node *node = &net->model.nodes[net->order[i]];
        if (strcmp(node->op, "Conv") != 0 || node->n_inputs < 2 ||
            strcmp(node->inputs[0], name) != 0)
            continue;
        int weight = ses_onnx_find(net, node->inputs[1]);
        const struct ses_onnx_tensor *tensor =
            weight < 0 ? NULL : net->values[weight].tensor;
        if (tensor && tensor->rank == 4 && tensor->shape[1] == 1)
            return 1;
    }
    return 3;
}

static bool is_colours(int64_t size)
{
    return size == 1 || size == 3;
}

struct image {
    enum ses_layout layout;
    int channels, h, w; /* 0: open */
};

static bool fits_int(const struct ses_onnx_info *info)
{
    for (int i = 0; i < info->rank; i++)
        if (info->size[i] > INT_MAX)
            return false;
    return true;
}

static enum ses_status read_image(const struct ses_onnx_net *net,
                                  const struct ses_onnx_info *info,
                                  struct image *out, struct ses_error *err)
{
    if (info->rank != 4 || !fits_int(info))
        return ses_fail(err, SES_EUNSUPPORTED,
                        "its input '%s' has %d axes, expected 4: batch, "
                        "channels, height and width",
                        info->name, info->rank);
    int size[4];
    for (int i = 0; i < 4; i++)
        size[i] = info->size[i] > 0 ? (int)info->size[i] : 0;
    bool last = is_colours(size[3]) && !is_colours(size[1]);
    *out = last ? (struct image){ SES_CHANNELS_LAST, size[3], size[1],
                                  size[2] }
                : (struct image){ SES_CHANNELS_FIRST, size[1], size[2],
                                  size[3] };
    if (!out->channels)
        out->channels = channels_by_weight(net, info->name);
    return SES_OK;
}

/* Numbers as pictures have them, when the file takes bytes. */
static void keep_bytes(struct ses_preprocess *usual)
{
    usual->scale = 1;
    for (int i = 0; i < 3; i++) {
        usual->mean[i] = 0;
        usual->std[i] = 1;
    }
}

static void note_assumptions(struct ses_onnx_net *net,
                             const struct ses_onnx_info *info,
                             const struct image *image)
{
    struct ses_source *source = net->source;
    if (!source->options->preprocess)
        ses_source_note(source, "the file does not say how images are "
                                "prepared; what is usual was assumed "
                                "(--preprocess)");
    if (!image->h || !image->w)
        ses_source_note(source,
                        "the file takes images of any size; %dx%d was taken "
                        "(height x width; --preprocess)",
                        source->preprocess.input_h,
                        source->preprocess.input_w);
    if (info->size[0] > 1)
        ses_source_note(source,
                        "the file's batch of %lld is taken as any batch",
                        (long long)info->size[0]);
}

enum ses_status ses_onnx_make_input(struct ses_onnx_net *net,
                                    struct ses_error *err)
{
    const struct ses_onnx_info *info = NULL;
    struct image image = { 0 };
    enum ses_status status = find_input(net, &info, err);
    if (!status)
        status = read_image(net, info, &image, err);
    if (status)
        return status;
    bool bytes = info->type == SES_ONNX_UINT8;
    if (!bytes && info->type && !ses_onnx_type_is_float(info->type))
        return ses_fail(err, SES_EUNSUPPORTED,
                        "its input '%s' is %s, expected float32", info->name,
                        ses_onnx_type_name(info->type));
    net->batch = info->size[0] > 0 ? info->size[0] : 0;
    struct ses_preprocess usual;
    ses_source_usual("torch", image.channels, image.h, image.w, &usual);
    if (bytes)
        keep_bytes(&usual);
    status = ses_source_settle_input(net->source, &usual, image.channels,
                                     image.h, image.w, false, err);
    if (status)
        return status;
    note_assumptions(net, info, &image);
    bool last = image.layout == SES_CHANNELS_LAST;
    int h = net->source->preprocess.input_h;
    int w = net->source->preprocess.input_w;
    int size[4] = { 1, last ? h : image.channels, last ? w : h,
                    last ? image.channels : w };
    struct ses_onnx_value *value = &net->values[net->input];
    value->view =
        ses_view_input(net->graph, info->name, 4, size, image.layout);
    value->state = SES_ONNX_COMPUTED;
    return value->view.value < 0 ? (err ? err->status : SES_ENOMEM) : SES_OK;
}
