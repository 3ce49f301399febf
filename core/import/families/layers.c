/* Layers made from tensors of a state dict. See build.h. */
#include "core/import/families/build.h"

/* Go on from a value that the graph just made; the graph has said why when it
 * made none from a sound input. */
static struct ses_flow made(struct ses_build *build, struct ses_flow in,
                            int value, int channels)
{
    if (in.value >= 0 && value < 0)
        build->failed = true;
    return (struct ses_flow){ value, channels };
}

/* The same where a tensor may have been missing, which is no failure yet. */
static struct ses_flow broken(int channels)
{
    return (struct ses_flow){ -1, channels };
}

struct ses_flow ses_build_input(struct ses_build *build, const char *first_conv)
{
    struct ses_entry *weight =
        ses_build_peek(build->state, first_conv, "weight");
    if (build->failed || !weight || weight->rank != 4)
        return broken(0); /* the convolution says what is wrong */
    size_t channels = weight->shape[1];
    if (channels < 1 || channels > 4096) {
        ses_build_fail(build, SES_ESHAPE,
                       "tensor '%s' takes %zu input channels, expected 1 to "
                       "4096",
                       weight->name, channels);
        return broken(0);
    }
    int value = ses_graph_input(build->graph, "input", (int)channels);
    if (value < 0)
        build->failed = true;
    return (struct ses_flow){ value, (int)channels };
}

struct ses_conv ses_conv_same(int kernel, int stride, int out)
{
    return (struct ses_conv){
        .kernel = kernel, .stride = stride, .pad = kernel / 2, .out = out
    };
}

/* Channels that a weight makes, 0 when there is none. */
static int outputs(const struct ses_tensor *weight)
{
    return weight ? (int)weight->shape[0] : 0;
}

static struct ses_tensor *take_bias(struct ses_build *build, const char *path,
                                    int channels)
{
    if (!ses_build_peek(build->state, path, "bias"))
        return NULL;
    return ses_build_take(build, path, "bias", 1,
                          (size_t[]){ (size_t)channels });
}

/* Groups by how many of the channels one output reads; 0 when they do not
 * divide, with the failure said. */
static int groups_of(struct ses_build *build, const char *path, int channels,
                     const struct ses_tensor *weight)
{
    size_t each = weight->shape[1], all = (size_t)channels;
    if (all % each == 0 && weight->shape[0] % (all / each) == 0)
        return (int)(all / each);
    char shape[96];
    ses_shape_text(weight->rank, weight->shape, shape, sizeof shape);
    ses_build_fail(build, SES_ESHAPE,
                   "tensor '%s.weight' is %s, which does not divide the %d "
                   "channels before it into groups",
                   path, shape, channels);
    return 0;
}

/* The window of a convolution; a kernel that is not the family's to know is
 * the weight's, whose sides must have a middle. */
static struct ses_window window_of(struct ses_build *build, const char *path,
                                   struct ses_conv conv)
{
    struct ses_window window = ses_window(conv.kernel, conv.stride, conv.pad);
    if (!conv.kernel) {
        int h = ses_build_dimension(build->state, path, 2);
        int w = ses_build_dimension(build->state, path, 3);
        if (h && w && (h % 2 == 0 || w % 2 == 0 || h > 255 || w > 255))
            ses_build_fail(build, SES_ESHAPE,
                           "tensor '%s.weight' has a kernel of %dx%d, expected "
                           "odd sides up to 255",
                           path, h, w);
        window.kernel_h = h;
        window.kernel_w = w;
        window.pad_top = window.pad_bottom = h / 2;
        window.pad_left = window.pad_right = w / 2;
    }
    if (build->same) {
        window.same_upper = true;
        window.pad_top = window.pad_bottom = 0;
        window.pad_left = window.pad_right = 0;
    }
    return window;
}

struct ses_flow ses_build_conv(struct ses_build *build, struct ses_flow in,
                               const char *path, struct ses_conv conv)
{
    size_t kernel = (size_t)conv.kernel;
    struct ses_window window = window_of(build, path, conv);
    size_t each = conv.grouped ? 0 : (size_t)in.channels;
    struct ses_tensor *weight =
        ses_build_take(build, path, "weight", 4,
                       (size_t[]){ (size_t)conv.out, each, kernel, kernel });
    int channels = outputs(weight);
    struct ses_tensor *bias = take_bias(build, path, channels);
    int groups = 1;
    if (weight && conv.grouped && in.channels)
        groups = groups_of(build, path, in.channels, weight);
    if (build->failed || !weight || in.value < 0) {
        ses_tensor_free(weight);
        ses_tensor_free(bias);
        return broken(channels ? channels : conv.out);
    }
    return made(build, in,
                ses_graph_conv(build->graph, path, in.value, window, groups,
                               weight, bias),
                channels);
}

struct ses_flow ses_build_norm(struct ses_build *build, struct ses_flow in,
                               const char *path)
{
    static const char *const names[] = { "weight", "bias", "running_mean",
                                         "running_var" };
    struct ses_tensor *tensors[4];
    bool whole = true;
    for (int i = 0; i < 4; i++) {
        tensors[i] = ses_build_take(build, path, names[i], 1,
                                    (size_t[]){ (size_t)in.channels });
        whole &= tensors[i] != NULL;
    }
    if (!whole || in.value < 0) {
        for (int i = 0; i < 4; i++)
            ses_tensor_free(tensors[i]);
        return broken(in.channels);
    }
    return made(build, in,
                ses_graph_batch_norm(build->graph, path, in.value, tensors[0],
                                     tensors[1], tensors[2], tensors[3],
                                     build->epsilon),
                in.channels);
}

struct ses_flow ses_build_activation(struct ses_build *build,
                                     struct ses_flow in, const char *path,
                                     enum ses_activation activation)
{
    if (in.value < 0)
        return in;
    bool hard = activation == SES_ACT_HARD_SIGMOID;
    return made(build, in,
                ses_graph_activation(build->graph, path, in.value, activation,
                                     hard ? 1.0f / 6 : 0, hard ? 0.5f : 0),
                in.channels);
}

struct ses_flow ses_build_prelu(struct ses_build *build, struct ses_flow in,
                                const char *path)
{
    struct ses_entry *entry = ses_build_peek(build->state, path, "weight");
    bool shared = entry && entry->rank == 1 && entry->shape[0] == 1;
    struct ses_tensor *slope =
        ses_build_take(build, path, "weight", 1,
                       (size_t[]){ shared ? 1 : (size_t)in.channels });
    if (!slope || in.value < 0) {
        ses_tensor_free(slope);
        return broken(in.channels);
    }
    return made(build, in, ses_graph_prelu(build->graph, path, in.value, slope),
                in.channels);
}

struct ses_flow ses_build_pool(struct ses_build *build, struct ses_flow in,
                               const char *path, enum ses_op op,
                               struct ses_window window)
{
    if (in.value < 0)
        return in;
    return made(build, in,
                ses_graph_pool(build->graph, path, in.value, op, window),
                in.channels);
}

struct ses_flow ses_build_add(struct ses_build *build, struct ses_flow a,
                              struct ses_flow b, const char *path)
{
    if (a.value < 0 || b.value < 0)
        return broken(a.channels);
    return made(build, a, ses_graph_add(build->graph, path, a.value, b.value),
                a.channels);
}

struct ses_flow ses_build_concat(struct ses_build *build,
                                 const struct ses_flow *parts, int n,
                                 const char *path)
{
    enum { MOST = 8 };
    int inputs[MOST], channels = 0;
    for (int i = 0; i < n && i < MOST; i++) {
        if (parts[i].value < 0)
            return broken(0);
        inputs[i] = parts[i].value;
        channels += parts[i].channels;
    }
    return made(build, parts[0],
                ses_graph_concat(build->graph, path, inputs, n, SES_AXIS_C),
                channels);
}

struct ses_flow ses_build_global_mean(struct ses_build *build,
                                      struct ses_flow in, const char *path)
{
    if (in.value < 0)
        return in;
    return made(build, in,
                ses_graph_unary(build->graph, path, in.value,
                                SES_OP_GLOBAL_MEAN),
                in.channels);
}

struct ses_flow ses_build_dense(struct ses_build *build, struct ses_flow in,
                                const char *path, int out)
{
    struct ses_entry *entry = ses_build_peek(build->state, path, "weight");
    struct ses_tensor *weight =
        ses_build_take(build, path, "weight", entry && entry->rank == 4 ? 4 : 2,
                       (size_t[]){ (size_t)out, (size_t)in.channels, 1, 1 });
    int channels = outputs(weight);
    struct ses_tensor *bias = take_bias(build, path, channels);
    if (build->failed || !weight || in.value < 0) {
        ses_tensor_free(weight);
        ses_tensor_free(bias);
        return broken(channels ? channels : out);
    }
    return made(build, in,
                ses_graph_conv(build->graph, path, in.value,
                               ses_window(1, 1, 0), 1, weight, bias),
                channels);
}
