/* See efficientnet.h. */
#include "core/import/families/efficientnet.h"

#include <string.h>

enum { STAGES = 7 };

static const int strides[STAGES] = { 1, 2, 2, 2, 1, 2, 1 };

/* Units and channels of every stage. */
static const struct {
    const char *name;
    enum ses_efficientnet_kind kind;
    int units[STAGES], width[STAGES];
} published[] = {
    { "b0", SES_EFFICIENTNET_V1,
      { 1, 2, 2, 3, 3, 4, 1 },
      { 16, 24, 40, 80, 112, 192, 320 } },
    { "b1", SES_EFFICIENTNET_V1,
      { 2, 3, 3, 4, 4, 5, 2 },
      { 16, 24, 40, 80, 112, 192, 320 } },
    { "b2", SES_EFFICIENTNET_V1,
      { 2, 3, 3, 4, 4, 5, 2 },
      { 16, 24, 48, 88, 120, 208, 352 } },
    { "b3", SES_EFFICIENTNET_V1,
      { 2, 3, 3, 5, 5, 6, 2 },
      { 24, 32, 48, 96, 136, 232, 384 } },
    { "b4", SES_EFFICIENTNET_V1,
      { 2, 4, 4, 6, 6, 8, 2 },
      { 24, 32, 56, 112, 160, 272, 448 } },
    { "b5", SES_EFFICIENTNET_V1,
      { 3, 5, 5, 7, 7, 9, 3 },
      { 24, 40, 64, 128, 176, 304, 512 } },
    { "b6", SES_EFFICIENTNET_V1,
      { 3, 6, 6, 8, 8, 11, 3 },
      { 32, 40, 72, 144, 200, 344, 576 } },
    { "b7", SES_EFFICIENTNET_V1,
      { 4, 7, 7, 10, 10, 13, 4 },
      { 32, 48, 80, 160, 224, 384, 640 } },
    { "b8", SES_EFFICIENTNET_V1,
      { 4, 8, 8, 11, 11, 15, 4 },
      { 32, 56, 88, 176, 248, 424, 704 } },
    { "l2", SES_EFFICIENTNET_V1,
      { 6, 11, 11, 16, 16, 22, 6 },
      { 72, 104, 176, 344, 480, 824, 1376 } },
    { "b1_pruned", SES_EFFICIENTNET_V1,
      { 2, 3, 3, 4, 4, 5, 2 },
      { 16, 12, 35, 74, 67, 192, 320 } },
    { "b2_pruned", SES_EFFICIENTNET_V1,
      { 2, 3, 3, 4, 4, 5, 2 },
      { 16, 17, 42, 85, 116, 208, 352 } },
    { "b3_pruned", SES_EFFICIENTNET_V1,
      { 2, 3, 3, 5, 5, 6, 2 },
      { 24, 12, 40, 93, 120, 232, 384 } },
    { "lite0", SES_EFFICIENTNET_LITE,
      { 1, 2, 2, 3, 3, 4, 1 },
      { 16, 24, 40, 80, 112, 192, 320 } },
    { "lite1", SES_EFFICIENTNET_LITE,
      { 1, 3, 3, 4, 4, 5, 1 },
      { 16, 24, 40, 80, 112, 192, 320 } },
    { "lite2", SES_EFFICIENTNET_LITE,
      { 1, 3, 3, 4, 4, 5, 1 },
      { 16, 24, 48, 88, 120, 208, 352 } },
    { "lite3", SES_EFFICIENTNET_LITE,
      { 1, 3, 3, 5, 5, 6, 1 },
      { 24, 32, 48, 96, 136, 232, 384 } },
    { "lite4", SES_EFFICIENTNET_LITE,
      { 1, 4, 4, 6, 6, 8, 1 },
      { 24, 32, 56, 112, 160, 272, 448 } },
    { "v2_b0", SES_EFFICIENTNET_V2,
      { 1, 2, 2, 3, 5, 8 },
      { 16, 32, 48, 96, 112, 192 } },
    { "v2_b1", SES_EFFICIENTNET_V2,
      { 2, 3, 3, 4, 6, 9 },
      { 16, 32, 48, 96, 112, 192 } },
    { "v2_b2", SES_EFFICIENTNET_V2,
      { 2, 3, 3, 4, 6, 10 },
      { 16, 32, 56, 104, 120, 208 } },
    { "v2_b3", SES_EFFICIENTNET_V2,
      { 2, 3, 3, 5, 7, 12 },
      { 16, 40, 56, 112, 136, 232 } },
    { "v2_rw_t", SES_EFFICIENTNET_V2,
      { 2, 4, 4, 6, 9, 14 },
      { 24, 40, 48, 104, 128, 208 } },
    { "v2_rw_s", SES_EFFICIENTNET_V2,
      { 2, 4, 4, 6, 9, 15 },
      { 24, 48, 64, 128, 160, 272 } },
    { "v2_rw_m", SES_EFFICIENTNET_V2,
      { 3, 5, 5, 8, 15, 24 },
      { 32, 56, 80, 152, 192, 328 } },
    { "v2_s", SES_EFFICIENTNET_V2,
      { 2, 4, 4, 6, 9, 15 },
      { 24, 48, 64, 128, 160, 256 } },
    { "v2_m", SES_EFFICIENTNET_V2,
      { 3, 5, 5, 7, 14, 18, 5 },
      { 24, 48, 80, 160, 176, 304, 512 } },
    { "v2_l", SES_EFFICIENTNET_V2,
      { 4, 7, 7, 10, 19, 25, 7 },
      { 32, 64, 96, 192, 224, 384, 640 } },
    { "v2_xl", SES_EFFICIENTNET_V2,
      { 4, 8, 8, 16, 24, 32, 8 },
      { 32, 64, 96, 192, 256, 512, 640 } },
};

/* Units and channels by stage, as the file has them. */
struct count {
    int stages, units[STAGES], width[STAGES];
};

static struct count count_stages(const struct ses_inverted_list *units)
{
    struct count count = { 0 };
    for (size_t i = 0; i < units->count; i++) {
        int stage = units->items[i].stage;
        if (stage >= STAGES)
            break;
        count.stages = stage + 1;
        count.units[stage]++;
        count.width[stage] = units->items[i].out;
    }
    return count;
}

const char *ses_efficientnet_size(const struct ses_inverted_list *units,
                                  enum ses_efficientnet_kind kind)
{
    struct count count = count_stages(units);
    for (size_t i = 0; i < sizeof published / sizeof *published; i++)
        if (kind == published[i].kind &&
            !memcmp(count.units, published[i].units, sizeof count.units) &&
            !memcmp(count.width, published[i].width, sizeof count.width))
            return published[i].name;
    return NULL;
}

/* V2 is told by its first stage, whose windows are over all channels. */
static enum ses_efficientnet_kind
kind_of(const struct ses_inverted_list *units)
{
    bool gated = false;
    for (size_t i = 0; i < units->count; i++) {
        const struct ses_inverted *unit = &units->items[i];
        gated |= unit->gated;
        if (unit->stage == 0 && unit->kernel && !unit->depthwise)
            return SES_EFFICIENTNET_V2;
    }
    return gated ? SES_EFFICIENTNET_V1 : SES_EFFICIENTNET_LITE;
}

/* The kernel and gate of a stage's units. */
static int kernel_of(enum ses_efficientnet_kind kind, int stage)
{
    static const int kernels[STAGES] = { 3, 3, 5, 3, 5, 5, 3 };
    return kind == SES_EFFICIENTNET_V2 ? 3 : kernels[stage];
}

static bool gated_at(enum ses_efficientnet_kind kind, int stage)
{
    return kind == SES_EFFICIENTNET_V1 ||
           (kind == SES_EFFICIENTNET_V2 && stage >= 3);
}

/* The first unit that is not as the rule has it; NULL when all are. A kernel
 * of 0 is of a missing tensor, which is said elsewhere. */
static const struct ses_inverted *
find_difference(const struct ses_inverted_list *units,
                enum ses_efficientnet_kind kind, struct ses_path *expected)
{
    for (size_t i = 0; i < units->count; i++) {
        const struct ses_inverted *unit = &units->items[i];
        int stage = unit->stage;
        if (stage >= STAGES) {
            *expected = ses_path("no stage");
            return unit;
        }
        bool dense = kind == SES_EFFICIENTNET_V2 && stage < 3;
        if ((!unit->kernel || unit->kernel == kernel_of(kind, stage)) &&
            unit->gated == gated_at(kind, stage) &&
            (!unit->kernel || unit->depthwise == !dense))
            continue;
        *expected = ses_path("a %s of %dx%d with%s a gate",
                             dense ? "convolution" : "depthwise convolution",
                             kernel_of(kind, stage), kernel_of(kind, stage),
                             gated_at(kind, stage) ? "" : "out");
        return unit;
    }
    return NULL;
}

static void fail(struct ses_build *build, const struct ses_inverted *unit,
                 const char *expected, const char *generic)
{
    ses_build_fail(build, SES_EUSAGE,
                   "'%s' has a %s of %dx%d with%s a gate, where EfficientNet "
                   "has %s; strides are not in the file: say --arch %s if its "
                   "are EfficientNet's (1, 2, 2, 2, 1, 2, 1 by stage)",
                   unit->path.text,
                   unit->depthwise ? "depthwise convolution" : "convolution",
                   unit->kernel, unit->kernel, unit->gated ? "" : "out",
                   expected, generic);
}

enum ses_efficientnet_kind ses_efficientnet_apply(
    struct ses_build *build, struct ses_inverted_list *units, bool forced,
    const char *generic)
{
    enum ses_efficientnet_kind kind = kind_of(units);
    struct ses_path expected;
    const struct ses_inverted *unit = find_difference(units, kind, &expected);
    int stages = count_stages(units).stages;
    if (unit && forced && unit->stage < STAGES)
        ses_build_note(build,
                       "'%s' is not as published; EfficientNet's strides "
                       "assumed",
                       unit->path.text);
    else if (unit)
        fail(build, unit, expected.text, generic);
    else if (stages < 6 && !forced)
        ses_build_fail(build, SES_EUSAGE,
                       "%d stages of inverted residual units, where "
                       "EfficientNet has 6 or 7; strides are not in the file: "
                       "say --arch %s if its are EfficientNet's (1, 2, 2, 2, "
                       "1, 2, 1 by stage)",
                       stages, generic);
    for (size_t i = 0; i < units->count; i++) {
        int stage = units->items[i].stage;
        bool first = i == 0 || units->items[i - 1].stage != stage;
        units->items[i].stride = first && stage < STAGES ? strides[stage] : 1;
    }
    return kind;
}
