/* See parameter-share.h. */
#include "core/stats/parameter-share.h"

static bool same_stage(const struct ses_stage_share *stage,
                       const struct ses_block *block)
{
    if (stage->stage != block->stage)
        return false;
    return block->stage >= 0 ||
           (stage->height == block->height && stage->width == block->width);
}

static double ratio(size_t part, size_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

size_t ses_parameter_share(const struct ses_blocks *blocks, size_t all,
                           struct ses_parameter_share *out,
                           struct ses_stage_share *stages)
{
    size_t n = 0, se = 0;
    for (size_t i = 0; i < blocks->count; i++) {
        const struct ses_block *block = &blocks->items[i];
        if (n == 0 || !same_stage(&stages[n - 1], block))
            stages[n++] = (struct ses_stage_share){ .stage = block->stage };
        struct ses_stage_share *stage = &stages[n - 1];
        stage->height = block->height;
        stage->width = block->width;
        stage->blocks++;
        stage->parameters += block->parameters;
        se += block->parameters;
    }
    for (size_t i = 0; i < n; i++) {
        stages[i].of_se = ratio(stages[i].parameters, se);
        stages[i].of_all = ratio(stages[i].parameters, all);
    }
    size_t plain = all > se ? all - se : 0;
    size_t last = n ? stages[n - 1].parameters : 0;
    *out = (struct ses_parameter_share){
        .se = se,
        .all = all,
        .of_all = ratio(se, all),
        .over_plain = ratio(se, plain),
        .without_last = ratio(se - last, plain),
    };
    return n;
}
