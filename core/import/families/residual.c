/* The wiring of residual networks. See residual.h. */
#include "core/import/families/residual.h"

#include <string.h>

static bool is_rank(const struct ses_state *state, const char *path, int rank)
{
    const struct ses_entry *entry = ses_build_peek(state, path, "weight");
    return entry && entry->rank == rank;
}

struct ses_residual ses_residual_read(const struct ses_state *state,
                                      const char *const stem[3])
{
    struct ses_residual net = { 0 };
    while (net.stages < SES_MAX_STAGES) {
        struct ses_path stage = ses_path("layer%d", net.stages + 1);
        int units = ses_build_count(state, stage.text);
        if (units == 0)
            break;
        net.units[net.stages++] = units;
    }
    net.bottleneck = ses_build_peek(state, "layer1.0.conv3", "weight");
    int width = ses_build_dimension(state, "layer1.0.conv1", 0);
    int each = ses_build_dimension(state, "layer1.0.conv2", 1);
    net.groups = each && width >= each && width % each == 0 ? width / each : 1;
    net.group_width =
        ses_build_dimension(state, "layer1.0.conv2", 0) / net.groups;
    for (int i = 0; i < 3; i++)
        net.stem_width[i] = ses_build_dimension(state, stem[i], 0);
    bool deep = net.stem_width[2] > 0;
    net.stem_kernel = deep ? 0 : ses_build_dimension(state, stem[0], 2);
    net.width = net.stem_width[deep ? 2 : 0];
    for (int s = 1; s <= net.stages; s++)
        net.average_down |=
            is_rank(state, ses_path("layer%d.0.downsample.1", s).text, 4);
    return net;
}

/* The gate's dialect in a stage, or NULL when no unit has a gate. */
static const struct ses_gate_dialect *
find_dialect(const struct ses_state *state, const char *stage, int units,
             const struct ses_gate_dialect *dialects, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (int unit = 0; unit < units; unit++)
            if (ses_build_has_gate(state,
                                   ses_path("%s.%d", stage, unit).text,
                                   &dialects[i]))
                return &dialects[i];
    return NULL;
}

/* Convolution and norm number `index` of a unit. */
static struct ses_flow conv_norm(struct ses_build *build, struct ses_flow in,
                                 const char *unit, int index,
                                 struct ses_conv conv)
{
    in = ses_build_conv(build, in, ses_path("%s.conv%d", unit, index).text,
                        conv);
    return ses_build_norm(build, in, ses_path("%s.bn%d", unit, index).text);
}

static struct ses_flow relu(struct ses_build *build, struct ses_flow in,
                            const char *unit, int index)
{
    return ses_build_activation(
        build, in, ses_path("%s.relu%d", unit, index).text, SES_ACT_RELU);
}

/* A strided 3x3 convolution, its norm and ReLU; anti-aliased networks take
 * the mean of 2x2 after it instead of the stride. */
static struct ses_flow strided(struct ses_build *build,
                               const struct ses_residual *net,
                               struct ses_flow in, const char *unit, int index,
                               int stride)
{
    bool average = net->anti_alias && stride == 2;
    struct ses_conv conv = ses_conv_same(3, average ? 1 : stride, 0);
    conv.grouped = net->bottleneck;
    in = conv_norm(build, in, unit, index, conv);
    in = relu(build, in, unit, index);
    if (!average)
        return in;
    return ses_build_pool(build, in, ses_path("%s.aa", unit).text,
                          SES_OP_AVERAGE_POOL, ses_window(2, 2, 0));
}

/* The residual branch up to its last norm. out: channels that must come
 * out, or 0. */
static struct ses_flow branch(struct ses_build *build,
                              const struct ses_residual *net,
                              struct ses_flow in, const char *unit, int stride,
                              int out)
{
    if (!net->bottleneck) {
        in = strided(build, net, in, unit, 1, stride);
        in = conv_norm(build, in, unit, 2, ses_conv_same(3, 1, out));
        return net->relu_in_basic ? relu(build, in, unit, 2) : in;
    }
    int first = net->stride_first ? stride : 1;
    in = conv_norm(build, in, unit, 1, ses_conv_same(1, first, 0));
    in = relu(build, in, unit, 1);
    in = strided(build, net, in, unit, 2, net->stride_first ? 1 : stride);
    return conv_norm(build, in, unit, 3, ses_conv_same(1, 1, out));
}

/* The shortcut of a unit whose branch makes `out` channels. It is a
 * convolution when shape changes (or the file has one): of 1x1 or 3x3 with
 * the stride, or of 1x1 after a mean of 2x2 that keeps a last odd row. */
static struct ses_flow shortcut(struct ses_build *build, struct ses_flow in,
                                const char *unit, int stride, int out)
{
    const struct ses_state *state = build->state;
    struct ses_path base = ses_path("%s.downsample", unit);
    struct ses_path first = ses_path("%s.0", base.text);
    struct ses_path second = ses_path("%s.1", base.text);
    if (is_rank(state, second.text, 4)) {
        if (stride == 2) {
            struct ses_window window = ses_window(2, 2, 0);
            window.ceil_mode = true;
            window.count_include_pad = false;
            in = ses_build_pool(build, in, first.text, SES_OP_AVERAGE_POOL,
                                window);
        }
        in = ses_build_conv(build, in, second.text, ses_conv_same(1, 1, out));
        return ses_build_norm(build, in, ses_path("%s.2", base.text).text);
    }
    if (stride == 1 && (in.channels == out || !out) &&
        !ses_build_below(state, base.text))
        return in;
    int kernel = ses_build_dimension(state, first.text, 2) == 3 ? 3 : 1;
    in = ses_build_conv(build, in, first.text,
                        ses_conv_same(kernel, stride, out));
    return ses_build_norm(build, in, second.text);
}

/* Channels that a unit's gate scales; 0 when that is not in the file. */
static int gate_width(const struct ses_state *state, const char *unit,
                      const struct ses_gate_dialect *dialect)
{
    if (!dialect->up)
        return 0;
    const struct ses_entry *up = ses_state_findf(
        state, "%s%s%s.%s.weight", unit, dialect->module[0] ? "." : "",
        dialect->module, dialect->up);
    return up && up->rank >= 2 && up->shape[0] < 1 << 20 ? (int)up->shape[0]
                                                          : 0;
}

/* A gate after the branch whose width is that of the unit's input stands
 * elsewhere: say where it may. */
static void check_place(struct ses_build *build,
                        const struct ses_residual *net, const char *unit,
                        int in, int out, int width)
{
    if (net->placements && width && width == in && out && width != out)
        ses_build_fail(build, SES_EUSAGE,
                       "the gate of '%s' scales the %d channels that the unit "
                       "takes, not the %d that its branch gives; where it "
                       "stands is not in the file: say --arch %s",
                       unit, in, out, net->placements);
}

static struct ses_flow unit(struct ses_build *build,
                            const struct ses_residual *net, struct ses_flow in,
                            const char *name, bool first, int stride,
                            const struct ses_gate_dialect *dialect)
{
    /* Only a stage's first unit may change the shape without saying so. */
    struct ses_path down = ses_path("%s.downsample", name);
    bool keeps = !first && !ses_build_below(build->state, down.text);
    enum ses_placement place = net->placement;
    struct ses_flow side = in, out = in;
    int width = dialect ? gate_width(build->state, name, dialect) : 0;
    if (dialect && place == SES_PLACED_PRE)
        out = ses_build_gate(build, out, name, dialect);
    out = branch(build, net, out, name, stride, keeps ? in.channels : 0);
    if (dialect && place == SES_PLACED_STANDARD) {
        check_place(build, net, name, in.channels, out.channels, width);
        out = ses_build_gate(build, out, name, dialect);
    }
    bool early = dialect && place == SES_PLACED_IDENTITY &&
                 width == in.channels;
    if (early)
        side = ses_build_gate(build, side, name, dialect);
    side = shortcut(build, side, name, stride, out.channels);
    if (dialect && place == SES_PLACED_IDENTITY && !early)
        side = ses_build_gate(build, side, name, dialect);
    out = ses_build_add(build, out, side, ses_path("%s.add", name).text);
    out = ses_build_activation(build, out, ses_path("%s.relu", name).text,
                               SES_ACT_RELU);
    if (dialect && place == SES_PLACED_POST)
        out = ses_build_gate(build, out, name, dialect);
    return out;
}

struct ses_flow ses_residual_build(struct ses_build *build,
                                   struct ses_residual *net,
                                   const struct ses_gate_dialect *dialects,
                                   size_t n_dialects, struct ses_flow in)
{
    for (int s = 0; s < net->stages; s++) {
        struct ses_path stage = ses_path("layer%d", s + 1);
        const struct ses_gate_dialect *dialect = find_dialect(
            build->state, stage.text, net->units[s], dialects, n_dialects);
        net->gated |= dialect != NULL;
        net->across |= dialect && dialect->across;
        for (int u = 0; u < net->units[s] && !build->failed; u++) {
            struct ses_path name = ses_path("%s.%d", stage.text, u);
            int stride = s > 0 && u == 0 ? 2 : 1;
            in = unit(build, net, in, name.text, u == 0, stride, dialect);
        }
    }
    return in;
}

struct ses_flow ses_residual_stem(struct ses_build *build, struct ses_flow in,
                                  const char *conv, const char *norm,
                                  int kernel, int stride)
{
    in = ses_build_conv(build, in, conv, ses_conv_same(kernel, stride, 0));
    in = ses_build_norm(build, in, norm);
    return ses_build_activation(build, in, ses_path("%s.relu", norm).text,
                                SES_ACT_RELU);
}

struct ses_flow ses_residual_plain_stem(struct ses_build *build,
                                        const struct ses_residual *net,
                                        struct ses_flow in)
{
    if (net->stem_kernel != 3) {
        in = ses_residual_stem(build, in, "conv1", "bn1", 7, 2);
        return ses_build_pool(build, in, "maxpool", SES_OP_MAX_POOL,
                              ses_window(3, 2, 1));
    }
    if (net->stages > 3)
        ses_build_note(build, "stem taken as stride 1 without pooling, as its "
                              "kernel is 3x3");
    return ses_residual_stem(build, in, "conv1", "bn1", 3, 1);
}
