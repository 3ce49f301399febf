/* RegNetY (Radosavovic et al., arXiv:2003.13678) with the keys of torchvision
 * and of timm: a 3x3 stem, then stages of bottleneck units whose gate stands
 * after the grouped convolution, not after the last. Every stage halves the
 * map in its first unit's grouped convolution. Networks without gates
 * (RegNetX) open too, so that a command can say there is none. */
#include <stdio.h>
#include <string.h>

#include "core/import/families/family.h"
#include "core/import/families/inverted.h"
#include "core/import/families/sizes.h"

enum { STAGES = 8, PUBLISHED_STAGES = 4 };

#define MEMBER(name) { name, name }
static const struct ses_member torchvision_members[] = {
    MEMBER("regnet_y_400mf"),
    MEMBER("regnet_y_800mf"),
    MEMBER("regnet_y_1_6gf"),
    MEMBER("regnet_y_3_2gf"),
    MEMBER("regnet_y_8gf"),
    MEMBER("regnet_y_16gf"),
    MEMBER("regnet_y_32gf"),
    MEMBER("regnet_y_128gf"),
    { NULL, NULL },
};

static const struct ses_member timm_members[] = {
    MEMBER("regnety_002"),
    MEMBER("regnety_004"),
    MEMBER("regnety_006"),
    MEMBER("regnety_008"),
    MEMBER("regnety_008_tv"),
    MEMBER("regnety_016"),
    MEMBER("regnety_032"),
    MEMBER("regnety_040"),
    MEMBER("regnety_064"),
    MEMBER("regnety_080"),
    MEMBER("regnety_080_tv"),
    MEMBER("regnety_120"),
    MEMBER("regnety_160"),
    MEMBER("regnety_320"),
    MEMBER("regnety_640"),
    MEMBER("regnety_1280"),
    MEMBER("regnety_2560"),
    { NULL, NULL },
};

/* Names in timm and torchvision, units and channels by stage. */
static const struct {
    const char *timm, *torchvision;
    int units[PUBLISHED_STAGES], width[PUBLISHED_STAGES];
} published[] = {
    { "regnety_002", NULL,
      { 1, 1, 4, 7 }, { 24, 56, 152, 368 } },
    { "regnety_004", "regnet_y_400mf",
      { 1, 3, 6, 6 }, { 48, 104, 208, 440 } },
    { "regnety_006", NULL,
      { 1, 3, 7, 4 }, { 48, 112, 256, 608 } },
    { "regnety_008", NULL,
      { 1, 3, 8, 2 }, { 64, 128, 320, 768 } },
    { "regnety_008_tv", "regnet_y_800mf",
      { 1, 3, 8, 2 }, { 64, 144, 320, 784 } },
    { "regnety_016", "regnet_y_1_6gf",
      { 2, 6, 17, 2 }, { 48, 120, 336, 888 } },
    { "regnety_032", "regnet_y_3_2gf",
      { 2, 5, 13, 1 }, { 72, 216, 576, 1512 } },
    { "regnety_040", NULL,
      { 2, 6, 12, 2 }, { 128, 192, 512, 1088 } },
    { "regnety_064", NULL,
      { 2, 7, 14, 2 }, { 144, 288, 576, 1296 } },
    { "regnety_080", NULL,
      { 2, 4, 10, 1 }, { 168, 448, 896, 2016 } },
    { "regnety_080_tv", "regnet_y_8gf",
      { 2, 4, 10, 1 }, { 224, 448, 896, 2016 } },
    { "regnety_120", NULL,
      { 2, 5, 11, 1 }, { 224, 448, 896, 2240 } },
    { "regnety_160", "regnet_y_16gf",
      { 2, 4, 11, 1 }, { 224, 448, 1232, 3024 } },
    { "regnety_320", "regnet_y_32gf",
      { 2, 5, 12, 1 }, { 232, 696, 1392, 3712 } },
    { "regnety_640", NULL,
      { 2, 5, 12, 1 }, { 328, 984, 1968, 4920 } },
    { "regnety_1280", "regnet_y_128gf",
      { 2, 7, 17, 1 }, { 528, 1056, 2904, 7392 } },
    { "regnety_2560", NULL,
      { 2, 7, 17, 1 }, { 746, 1492, 4103, 10444 } },
};

#define BICUBIC SES_FILTER_BICUBIC
#define BILINEAR SES_FILTER_BILINEAR
static const struct ses_sizes torchvision_sizes[] = {
    { "regnet_y_128gf", "RegNet_Y_128GF_Weights.IMAGENET1K_SWAG_E2E_V1", 384,
      384, BICUBIC, false, false },
    { NULL, "torchvision's IMAGENET1K_V2 (V1: resize=256)", 232, 224, BILINEAR,
      false, false },
};

static const struct ses_sizes timm_sizes[] = {
    { "regnety_002", "regnety_002.pycls_in1k",
      256, 224, BICUBIC, false, false },
    { "regnety_004", "regnety_004.tv2_in1k", 232, 224, BICUBIC, false, false },
    { "regnety_006", "regnety_006.pycls_in1k",
      256, 224, BICUBIC, false, false },
    { "regnety_008", "regnety_008.pycls_in1k",
      256, 224, BICUBIC, false, false },
    { "regnety_008_tv", "regnety_008_tv.tv2_in1k",
      232, 224, BICUBIC, false, false },
    { "regnety_016", "regnety_016.tv2_in1k", 232, 224, BICUBIC, false, false },
    { "regnety_032", "regnety_032.ra_in1k", 235, 224, BICUBIC, false, false },
    { "regnety_040", "regnety_040.ra3_in1k", 235, 224, BICUBIC, false, false },
    { "regnety_064", "regnety_064.ra3_in1k", 235, 224, BICUBIC, false, false },
    { "regnety_080", "regnety_080.ra3_in1k", 235, 224, BICUBIC, false, false },
    { "regnety_080_tv", "regnety_080_tv.tv2_in1k",
      232, 224, BICUBIC, false, false },
    { "regnety_120", "regnety_120.sw_in12k_ft_in1k",
      235, 224, BICUBIC, false, false },
    { "regnety_160", "regnety_160.sw_in12k_ft_in1k",
      235, 224, BICUBIC, false, false },
    { "regnety_320", "regnety_320.tv2_in1k", 232, 224, BICUBIC, false, false },
    { "regnety_640", "regnety_640.seer_ft_in1k",
      384, 384, BICUBIC, false, false },
    { "regnety_1280", "regnety_1280.swag_ft_in1k",
      384, 384, BICUBIC, false, false },
    { "regnety_2560", "regnety_2560.seer_ft_in1k",
      384, 384, BICUBIC, false, false },
    { NULL, "regnety_032.ra_in1k", 235, 224, BICUBIC, false, false },
};

/* Where a library keeps what. Stages count from 1, units from 0. */
struct dialect {
    const char *library;
    const char *stem_conv, *stem_norm;
    const char *conv[3], *norm[3];
    const char *down_conv, *down_norm;
    struct ses_gate_dialect gate;
    const char *head;
    struct ses_path (*unit)(int stage, int number);
    const struct ses_sizes *sizes;
};

static struct ses_path torchvision_unit(int stage, int number)
{
    return ses_path("trunk_output.block%d.block%d-%d", stage, stage, number);
}

static struct ses_path timm_unit(int stage, int number)
{
    return ses_path("s%d.b%d", stage, number + 1);
}

static const struct dialect torchvision = {
    .library = "torchvision",
    .stem_conv = "stem.0",
    .stem_norm = "stem.1",
    .conv = { "f.a.0", "f.b.0", "f.c.0" },
    .norm = { "f.a.1", "f.b.1", "f.c.1" },
    .down_conv = "proj.0",
    .down_norm = "proj.1",
    .gate = { .module = "f.se",
              .down = "fc1",
              .up = "fc2",
              .inner = SES_ACT_RELU,
              .gate = SES_ACT_SIGMOID },
    .head = "fc",
    .unit = torchvision_unit,
    .sizes = torchvision_sizes,
};

static const struct dialect timm = {
    .library = "timm",
    .stem_conv = "stem.conv",
    .stem_norm = "stem.bn",
    .conv = { "conv1.conv", "conv2.conv", "conv3.conv" },
    .norm = { "conv1.bn", "conv2.bn", "conv3.bn" },
    .down_conv = "downsample.conv",
    .down_norm = "downsample.bn",
    .gate = { .module = "se",
              .down = "fc1",
              .up = "fc2",
              .inner = SES_ACT_RELU,
              .gate = SES_ACT_SIGMOID },
    .head = "head.fc",
    .unit = timm_unit,
    .sizes = timm_sizes,
};

/* What the file has by stage. */
struct shape {
    int stages, units[STAGES], width[STAGES];
    bool gated;
};

static struct shape read_shape(const struct ses_state *state,
                               const struct dialect *dialect)
{
    enum { MOST = 1000 };
    struct shape shape = { 0 };
    for (int s = 1; s <= STAGES; s++) {
        int units = 0;
        struct ses_path path = dialect->unit(s, 0);
        while (units < MOST && ses_build_below(state, path.text)) {
            shape.gated |=
                ses_build_has_gate(state, path.text, &dialect->gate);
            path = dialect->unit(s, ++units);
        }
        if (!units)
            break;
        struct ses_path first = dialect->unit(s, 0);
        shape.units[s - 1] = units;
        shape.width[s - 1] = ses_build_dimension(
            state, ses_path("%s.%s", first.text, dialect->conv[2]).text, 0);
        shape.stages = s;
    }
    return shape;
}

/* timm's or torchvision's name; NULL for no published network. */
static const char *find_name(const struct shape *shape,
                             const struct dialect *dialect)
{
    for (size_t i = 0; i < sizeof published / sizeof *published; i++)
        if (shape->stages == PUBLISHED_STAGES && shape->gated &&
            !memcmp(shape->units, published[i].units,
                    sizeof published[i].units) &&
            !memcmp(shape->width, published[i].width,
                    sizeof published[i].width))
            return dialect == &timm ? published[i].timm
                                    : published[i].torchvision;
    return NULL;
}

static struct ses_flow layer(struct ses_build *build, struct ses_flow in,
                             const char *unit, const char *conv,
                             const char *norm, struct ses_conv how)
{
    in = ses_build_conv(build, in, ses_path("%s.%s", unit, conv).text, how);
    return ses_build_norm(build, in, ses_path("%s.%s", unit, norm).text);
}

static struct ses_flow relu(struct ses_build *build, struct ses_flow in,
                            const char *unit, const char *name)
{
    return ses_build_activation(
        build, in, ses_path("%s.%s", unit, name).text, SES_ACT_RELU);
}

static struct ses_flow unit(struct ses_build *build, struct ses_flow in,
                            const struct dialect *dialect, const char *path,
                            bool first, bool gated)
{
    const char *const *conv = dialect->conv, *const *norm = dialect->norm;
    int stride = first ? 2 : 1;
    struct ses_conv grouped = ses_conv_same(3, stride, 0);
    grouped.grouped = true;
    struct ses_flow out =
        layer(build, in, path, conv[0], norm[0], ses_conv_same(1, 1, 0));
    out = relu(build, out, path, "relu1");
    out = layer(build, out, path, conv[1], norm[1], grouped);
    out = relu(build, out, path, "relu2");
    if (gated)
        out = ses_build_gate(build, out, path, &dialect->gate);
    out = layer(build, out, path, conv[2], norm[2],
                ses_conv_same(1, 1, first ? 0 : in.channels));
    if (first)
        in = layer(build, in, path, dialect->down_conv, dialect->down_norm,
                   ses_conv_same(1, stride, out.channels));
    out = ses_build_add(build, out, in, ses_path("%s.add", path).text);
    return relu(build, out, path, "relu3");
}

static enum ses_status build_dialect(struct ses_state *state,
                                     const struct dialect *dialect,
                                     struct ses_graph *graph,
                                     struct ses_family_result *result,
                                     struct ses_error *err)
{
    const char *const heads[] = { dialect->head, "fc", "head" };
    struct ses_build b = ses_build_start(state, graph, err);
    struct shape shape = read_shape(state, dialect);
    struct ses_flow flow = ses_build_input(&b, dialect->stem_conv);
    int channels = flow.channels;
    flow = ses_inverted_layer(&b, flow, dialect->stem_conv,
                              dialect->stem_norm, ses_conv_same(3, 2, 0),
                              SES_ACT_RELU);
    for (int s = 0; s < shape.stages; s++)
        for (int u = 0; u < shape.units[s] && !b.failed; u++)
            flow = unit(&b, flow, dialect, dialect->unit(s + 1, u).text,
                        u == 0, shape.gated);
    flow = ses_build_head(&b, flow, heads, 3, &result->classifier);

    const char *name = find_name(&shape, dialect);
    snprintf(result->arch, sizeof result->arch, "%s (%s)",
             name           ? name
             : shape.gated ? "RegNetY"
                           : "RegNetX",
             dialect->library);
    ses_sizes_preprocess(&b, dialect->sizes, name ? name : "", channels,
                         &result->preprocess);
    return ses_build_finish(&b, flow);
}

static bool match_torchvision(const struct ses_state *state)
{
    return ses_build_below(state, "stem.0") &&
           ses_build_below(state, "trunk_output.block1.block1-0");
}

static bool match_timm(const struct ses_state *state)
{
    return ses_build_below(state, "stem.conv") &&
           (ses_build_below(state, "s1.b1.conv1.conv") ||
            ses_build_below(state, "s1.b1.conv2.conv"));
}

static enum ses_status build_torchvision(struct ses_state *state,
                                         const struct ses_member *member,
                                         struct ses_graph *graph,
                                         struct ses_family_result *result,
                                         struct ses_error *err)
{
    return build_dialect(state, &torchvision, graph, result, err);
}

static enum ses_status build_timm(struct ses_state *state,
                                  const struct ses_member *member,
                                  struct ses_graph *graph,
                                  struct ses_family_result *result,
                                  struct ses_error *err)
{
    return build_dialect(state, &timm, graph, result, err);
}

const struct ses_family ses_family_torchvision_regnet = {
    .name = "torchvision_regnet",
    .description = "RegNetY of torchvision",
    .signature = "stem.0, trunk_output.block1.block1-0",
    .members = torchvision_members,
    .match = match_torchvision,
    .build = build_torchvision,
};

const struct ses_family ses_family_timm_regnet = {
    .name = "timm_regnet",
    .description = "regnety_* of timm",
    .signature = "stem.conv, s1.b1.conv1.conv",
    .members = timm_members,
    .match = match_timm,
    .build = build_timm,
};
