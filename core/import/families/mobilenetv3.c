/* See mobilenetv3.h. */
#include "core/import/families/mobilenetv3.h"

#include <string.h>

static const struct ses_mobile_rule rules[] = {
    { .name = "small",
      .out = 96,
      .stages = 5,
      .stage = { { 1, 3, 2, true, false },
                 { 2, 3, 2, false, false },
                 { 3, 5, 2, true, true },
                 { 2, 5, 1, true, true },
                 { 3, 5, 2, true, true } } },
    { .name = "large",
      .out = 160,
      .stages = 6,
      .stage = { { 1, 3, 1, false, false },
                 { 2, 3, 2, false, false },
                 { 3, 5, 2, true, false },
                 { 4, 3, 2, false, true },
                 { 2, 3, 1, true, true },
                 { 3, 5, 2, true, true } } },
    { .name = "small_minimal",
      .out = 96,
      .stages = 5,
      .stage = { { 1, 3, 2, false, false },
                 { 2, 3, 2, false, false },
                 { 3, 3, 2, false, false },
                 { 2, 3, 1, false, false },
                 { 3, 3, 2, false, false } },
      .minimal = true },
    { .name = "large_minimal",
      .out = 160,
      .stages = 6,
      .stage = { { 1, 3, 1, false, false },
                 { 2, 3, 2, false, false },
                 { 3, 3, 2, false, false },
                 { 4, 3, 2, false, false },
                 { 2, 3, 1, false, false },
                 { 3, 3, 2, false, false } },
      .minimal = true },
};

enum { N_RULES = sizeof rules / sizeof *rules };

const char *ses_mobile_wanted(const char *member)
{
    const char *found = NULL; /* the longest: "large" is in "large_minimal" */
    for (size_t i = 0; i < N_RULES; i++)
        if (strstr(member, rules[i].name) &&
            (!found || strlen(rules[i].name) > strlen(found)))
            found = rules[i].name;
    return found;
}

/* The rule's stage of unit i, NULL beyond the last; *first: it begins it. */
static const struct ses_mobile_stage *
stage_of(const struct ses_mobile_rule *rule,
         const struct ses_inverted_list *units, size_t i, bool *first)
{
    const struct ses_inverted *unit = &units->items[i];
    if (unit->stage >= 0) {
        *first = i == 0 || units->items[i - 1].stage != unit->stage;
        return unit->stage < rule->stages ? &rule->stage[unit->stage] : NULL;
    }
    size_t begin = 0;
    for (int s = 0; s < rule->stages; s++) {
        size_t end = begin + (size_t)rule->stage[s].units;
        *first = i == begin;
        if (i < end)
            return &rule->stage[s];
        begin = end;
    }
    return NULL;
}

/* Whether the network has the rule's stages, or as many units. */
static bool same_length(const struct ses_mobile_rule *rule,
                        const struct ses_inverted_list *units)
{
    if (!units->count)
        return false;
    const struct ses_inverted *last = &units->items[units->count - 1];
    if (last->stage >= 0)
        return last->stage == rule->stages - 1;
    size_t count = 0;
    for (int s = 0; s < rule->stages; s++)
        count += (size_t)rule->stage[s].units;
    return count == units->count;
}

/* The first unit that is not as the rule has it, or NULL. A kernel of 0 is of
 * a missing tensor, which is said elsewhere. */
static const struct ses_inverted *
find_difference(const struct ses_mobile_rule *rule,
                const struct ses_inverted_list *units, size_t *alike,
                struct ses_path *text)
{
    for (size_t i = 0; i < units->count; i++) {
        bool first;
        const struct ses_inverted *unit = &units->items[i];
        const struct ses_mobile_stage *stage =
            stage_of(rule, units, i, &first);
        *alike = i;
        if (stage && unit->gated == stage->gated &&
            (!unit->kernel || unit->kernel == stage->kernel))
            continue;
        *text = stage ? ses_inverted_text(stage->kernel, stage->gated)
                      : ses_path("no unit");
        return unit;
    }
    *alike = units->count;
    return NULL;
}

static void apply(const struct ses_mobile_rule *rule,
                  struct ses_inverted_list *units)
{
    for (size_t i = 0; i < units->count; i++) {
        bool first = false;
        const struct ses_mobile_stage *stage =
            stage_of(rule, units, i, &first);
        struct ses_inverted *unit = &units->items[i];
        unit->stride = first && stage ? stage->stride : 1;
        unit->activation = stage && stage->swish ? SES_ACT_HARD_SWISH
                                                 : SES_ACT_RELU;
    }
}

/* Say what is not MobileNetV3's. */
static void fail(struct ses_build *build, const struct ses_mobile_rule *best,
                 const struct ses_inverted *unit, const char *expected,
                 const char *members)
{
    struct ses_path found = ses_inverted_text(unit->kernel, unit->gated);
    ses_build_fail(build, SES_EUSAGE,
                   "'%s' has %s, where MobileNetV3 %s has %s; strides and "
                   "non-linearities are not in the file: say --arch with one "
                   "of %s if they are its",
                   unit->path.text, found.text, best->name, expected, members);
}

const struct ses_mobile_rule *ses_mobile_apply(struct ses_build *build,
                                               struct ses_inverted_list *units,
                                               const char *wanted,
                                               const char *members)
{
    const struct ses_mobile_rule *best = NULL;
    const struct ses_inverted *different = NULL;
    struct ses_path expected = { 0 };
    size_t most = 0;
    for (size_t i = 0; i < N_RULES; i++) {
        size_t alike;
        struct ses_path text;
        if (!same_length(&rules[i], units) ||
            (wanted && strcmp(rules[i].name, wanted)))
            continue;
        const struct ses_inverted *unit =
            find_difference(&rules[i], units, &alike, &text);
        if (best && alike <= most)
            continue;
        best = &rules[i];
        most = alike;
        different = unit;
        expected = text;
    }
    if (!best) {
        ses_build_fail(build, SES_EUSAGE,
                       "%zu inverted residual units are not MobileNetV3%s%s's",
                       units->count, wanted ? " " : "", wanted ? wanted : "");
        return NULL;
    }
    if (different && !wanted) {
        fail(build, best, different, expected.text, members);
        return NULL;
    }
    if (different)
        ses_build_note(build,
                       "'%s' is not as published; strides and "
                       "non-linearities of MobileNetV3 %s assumed",
                       different->path.text, best->name);
    apply(best, units);
    return best;
}

struct ses_flow ses_mobile_head(struct ses_build *build, struct ses_flow in,
                                const char *last, bool *classifier)
{
    static const char *const names[] = { "classifier.3", "classifier", "fc" };
    in = ses_inverted_layer(build, in, ses_path("%s.0", last).text,
                            ses_path("%s.1", last).text,
                            ses_conv_same(1, 1, 0), SES_ACT_HARD_SWISH);
    in = ses_build_global_mean(build, in, "avgpool");
    if (ses_build_below(build->state, "classifier.0") ||
        ses_build_below(build->state, "classifier.3")) {
        ses_build_need(build, "classifier.0", "bias");
        in = ses_build_dense(build, in, "classifier.0", 0);
        in = ses_build_activation(build, in, "classifier.1",
                                  SES_ACT_HARD_SWISH);
    }
    return ses_build_classifier(build, in, names, 3, classifier);
}

struct ses_path ses_mobile_width(const struct ses_mobile_rule *rule,
                                 const struct ses_inverted_list *units)
{
    int out = units->count ? units->items[units->count - 1].out : 0;
    if (!rule || !out || out == rule->out)
        return ses_path("%s", "");
    return ses_path(", width %.3g", (double)out / rule->out);
}
