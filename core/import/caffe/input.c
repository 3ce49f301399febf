/* What a Caffe network is given: its input's size, and how pictures are
 * prepared for it.
 *
 * The size is in an Input layer, in the older fields at the top of the file, or
 * (in files for training) the crop of a data layer. How pixels are prepared is
 * in a data layer's transform_param, or in nothing but a comment: the authors'
 * networks have `# mean_value: 104, 117, 123` in front. */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/import/caffe/net.h"

enum { AXES = 4 }; /* images, channels, height, width */

struct input {
    const char *name;
    long dims[AXES]; /* height and width 0: left open */
    size_t transform; /* message, or absent */
    size_t data;      /* the older place of the same, or absent */
};

/* ---- pixels -------------------------------------------------------------- */

/* "mean_value: 104, 117, 123" in a line, in any of its spellings. */
static bool parse_mean(const char *line, const char *end, double mean[3])
{
    static const char word[] = "mean";
    const char *at = line;
    while (at + 4 < end && strncasecmp(at, word, 4))
        at++;
    if (at + 4 >= end)
        return false;
    for (at += 4; at < end && !isdigit((unsigned char)*at); at++)
        if (!isalpha((unsigned char)*at) && !strchr(" \t_-:=[({", *at))
            return false;
    for (int i = 0; i < 3; i++) {
        char number[32] = "", *stop;
        while (at < end && strchr(" \t,;", *at))
            at++;
        for (size_t n = 0; at + n < end && n + 1 < sizeof number; n++)
            number[n] = at[n];
        mean[i] = strtod(number, &stop);
        if (stop == number || !(mean[i] >= 0 && mean[i] <= 255))
            return false;
        at += stop - number;
    }
    return true;
}

/* In the comments before the first message. */
static bool mean_of_comments(const struct ses_file *file, double mean[3])
{
    const char *at = (const char *)file->data, *end = at + file->size;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            stop = end;
        const char *hash = memchr(at, '#', (size_t)(stop - at));
        if (hash && parse_mean(hash, stop, mean))
            return true;
        if (memchr(at, '{', (size_t)((hash ? hash : stop) - at)))
            return false;
        at = stop < end ? stop + 1 : end;
    }
    return false;
}

/* A data layer says all there is: value = (pixel - mean) * scale, with a mean
 * of 0 and a scale of 1 where it says nothing. */
static enum ses_status read_transform(struct ses_caffe_net *net,
                                      const struct input *input, int channels,
                                      struct ses_preprocess *p)
{
    struct ses_prototxt *text = net->text;
    size_t from = input->transform ? input->transform : input->data;
    double mean[3] = { 0 };
    double scale = ses_prototxt_number(text, from, "scale", 1);
    int n = ses_prototxt_numbers(text, from, "mean_value", mean, 3);
    const char *file = ses_prototxt_string(text, from, "mean_file", NULL);
    if (text->status)
        return text->status;
    if ((n > 1 && n != channels) || scale <= 0)
        return ses_fail(net->err, SES_EFORMAT,
                        "%d of mean_value and a scale of %g for %d channels, "
                        "expected 1 or %d, and a scale above 0",
                        n, scale, channels, channels);
    for (int i = 0; i < 3 && !file; i++)
        p->mean[i] = n == 1 ? mean[0] : mean[i];
    p->scale = 1;
    for (int i = 0; i < 3; i++)
        p->std[i] = 1 / scale;
    if (file)
        ses_caffe_note(net,
                       "the mean image '%s' is not read: the mean %g:%g:%g is "
                       "subtracted instead",
                       file, p->mean[0], p->mean[1], p->mean[2]);
    return SES_OK;
}

/* ---- the size ------------------------------------------------------------ */

static enum ses_status read_dims(struct ses_caffe_net *net, size_t message,
                                 const char *field, struct input *input)
{
    int n = ses_prototxt_integers(net->text, message, field, 0, INT_MAX / 2,
                                  input->dims, AXES);
    if (net->text->status)
        return net->text->status;
    int sound = 0;
    while (sound < n && input->dims[sound])
        sound++;
    if (sound != AXES)
        return ses_fail(net->err, SES_EUNSUPPORTED,
                        "the input '%s' has %d sizes above 0, expected 4: "
                        "images, channels, height, width",
                        input->name, sound);
    return SES_OK;
}

/* The `input:` of before 2015. */
static enum ses_status read_old(struct ses_caffe_net *net, struct input *input)
{
    struct ses_prototxt *text = net->text;
    size_t shape = ses_prototxt_next(text, SES_PROTOTXT_ROOT, "input_shape",
                                     0);
    if (shape)
        return read_dims(net, shape, "dim", input);
    return read_dims(net, SES_PROTOTXT_ROOT, "input_dim", input);
}

/* Channels that the first convolution over a blob takes; 0: unknown. */
static long channels_of(struct ses_caffe_net *net, const char *blob)
{
    for (size_t i = 0; i < net->n_layers; i++) {
        const struct ses_caffe_layer *layer = &net->layers[i];
        size_t bottom = ses_prototxt_next(net->text, layer->at, "bottom", 0);
        struct ses_caffe_shape shape;
        struct ses_error unheard = { 0 };
        if (!layer->weights || !bottom ||
            net->text->fields[bottom].kind != SES_PROTOTXT_STRING ||
            strcmp(net->text->fields[bottom].text, blob) ||
            strcmp(layer->type->name, "Convolution"))
            continue;
        long group = ses_prototxt_integer(net->text, layer->param, "group", 1,
                                          1, INT_MAX);
        if (!ses_caffe_blob_shape(&layer->weights->blobs[0], &shape,
                                  &unheard) &&
            shape.rank == AXES)
            return (long)shape.size[1] * group;
    }
    return 0;
}

/* A size that a data layer says in one of its two messages; 0: in none. */
static long ask_size(struct ses_prototxt *text, const struct input *input,
                     const char *name)
{
    long size = ses_prototxt_integer(text, input->transform, name, 0, 0,
                                     INT_MAX / 2);
    return size ? size
                : ses_prototxt_integer(text, input->data, name, 0, 0,
                                       INT_MAX / 2);
}

/* A layer of a file for training: its images' size is their crop. */
static enum ses_status read_data(struct ses_caffe_net *net, size_t layer,
                                 struct input *input)
{
    static const char *const places[] = { "data_param", "image_data_param",
                                          "memory_data_param" };
    struct ses_prototxt *text = net->text;
    input->transform = ses_prototxt_message(text, layer, "transform_param");
    for (int i = 0; i < 3 && !input->data; i++)
        input->data = ses_prototxt_message(text, layer, places[i]);
    long crop = ask_size(text, input, "crop_size");
    long channels = ask_size(text, input, "channels");
    if (!channels &&
        ses_prototxt_flag(text, input->transform, "force_gray", false))
        channels = 1;
    if (!channels)
        channels = channels_of(net, input->name);
    input->dims[0] = 1;
    input->dims[1] = channels ? channels : 3;
    input->dims[2] = crop ? crop : ask_size(text, input, "height");
    input->dims[3] = crop ? crop : ask_size(text, input, "width");
    return text->status;
}

static enum ses_status read_layer(struct ses_caffe_net *net,
                                  const struct ses_caffe_layer *layer,
                                  struct input *input)
{
    struct ses_prototxt *text = net->text;
    size_t dummy = ses_prototxt_message(text, layer->at, "dummy_data_param");
    size_t param = layer->param ? layer->param : dummy;
    size_t shape = ses_prototxt_next(text, param, "shape", 0);
    if (shape)
        return read_dims(net, shape, "dim", input);
    if (!strcmp(layer->type->name, "Input"))
        return ses_fail(net->err, SES_EFORMAT,
                        "the input '%s' has no shape", input->name);
    return read_data(net, layer->at, input);
}

/* The one blob that pictures go into. */
static enum ses_status find_input(struct ses_caffe_net *net,
                                  struct input *input)
{
    struct ses_prototxt *text = net->text;
    const struct ses_caffe_layer *from = NULL;
    const char *second = NULL;
    size_t at = SES_PROTOTXT_ABSENT;
    while ((at = ses_prototxt_next(text, SES_PROTOTXT_ROOT, "input", at))) {
        if (input->name)
            second = ses_prototxt_text(text, at);
        else
            input->name = ses_prototxt_text(text, at);
    }
    for (size_t i = 0; i < net->n_layers; i++) {
        const struct ses_caffe_layer *layer = &net->layers[i];
        if (layer->type->role != SES_CAFFE_SOURCE)
            continue;
        const char *top = ses_prototxt_text(
            text, ses_prototxt_next(text, layer->at, "top", 0));
        if (input->name)
            second = top;
        else
            input->name = top;
        from = from ? from : layer;
    }
    if (text->status)
        return text->status;
    if (!input->name)
        return ses_fail(net->err, SES_EFORMAT,
                        "it has no input in its test phase");
    if (second)
        return ses_fail(net->err, SES_EUNSUPPORTED,
                        "it takes '%s' and '%s', expected one input",
                        input->name, second);
    return from ? read_layer(net, from, input) : read_old(net, input);
}

/* ---- both ---------------------------------------------------------------- */

enum ses_status ses_caffe_make_input(struct ses_caffe_net *net)
{
    struct input input = { 0 };
    struct ses_preprocess usual = { 0 };
    enum ses_status status = find_input(net, &input);
    if (status)
        return status;
    int channels = (int)input.dims[1];
    int h = (int)input.dims[2], w = (int)input.dims[3];
    if (h > SES_PREPROCESS_MAX_SIDE || w > SES_PREPROCESS_MAX_SIDE)
        return ses_fail(net->err, SES_EUNSUPPORTED,
                        "images of %dx%d, expected at most %d", h, w,
                        SES_PREPROCESS_MAX_SIDE);
    ses_source_usual("caffe", channels, h, w, &usual);
    if (!h || !w)
        usual.resize = usual.crop_h = usual.crop_w = usual.input_h =
            usual.input_w = 0;
    bool told = channels == 3 && mean_of_comments(net->source->file,
                                                  usual.mean);
    if (input.transform || input.data) {
        status = read_transform(net, &input, channels, &usual);
        told = true;
    }
    if (!status)
        status = ses_source_settle_input(net->source, &usual, channels, h, w,
                                         true, net->err);
    if (status)
        return status;
    const struct ses_preprocess *p = &net->source->preprocess;
    if (!p->input_h || !p->input_w)
        return ses_fail(net->err, SES_EUSAGE,
                        "the size of the input '%s' is not in the file; say "
                        "--preprocess input=HxW, or resize=N,crop=HxW",
                        input.name);
    if (!told && !net->source->options->preprocess)
        ses_caffe_note(net, "how images are prepared is not in the file: "
                            "see --preprocess for what is assumed");
    if (h && w && (p->input_h != h || p->input_w != w))
        ses_caffe_note(net,
                       "the file is for images of %dx%d (height x width); it "
                       "is given %dx%d",
                       h, w, p->input_h, p->input_w);
    net->images = (int)input.dims[0];
    int size[AXES] = { 1, channels, p->input_h, p->input_w };
    struct ses_caffe_value value = {
        .view = ses_view_input(net->graph, input.name, AXES, size,
                               SES_CHANNELS_FIRST)
    };
    if (value.view.value < 0)
        return net->err->status;
    return ses_caffe_set_top(net, input.name, &value);
}
