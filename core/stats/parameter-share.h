/* What SE blocks cost in parameters, in all and by stage (Hu et al.,
 * arXiv:1709.01507, section 6.4 on complexity: SE-ResNet-50 has about 10 % more
 * parameters than ResNet-50, about 4 % more without the last stage's). */
#ifndef SES_STATS_PARAMETER_SHARE_H
#define SES_STATS_PARAMETER_SHARE_H

#include <stddef.h>

#include "core/graph/blocks.h"

struct ses_stage_share {
    int stage; /* -1: blocks without one, grouped by map size */
    int height, width; /* of the stage's last map */
    size_t blocks, parameters;
    double of_se, of_all; /* 0..1 */
};

struct ses_parameter_share {
    size_t se, all; /* parameters */
    double of_all;       /* se / all */
    double over_plain;   /* se / (all - se): growth over the plain network */
    double without_last; /* the same without the last stage's blocks */
};

/* stages has room for blocks->count; returns how many stages there are. */
size_t ses_parameter_share(const struct ses_blocks *blocks, size_t all,
                           struct ses_parameter_share *out,
                           struct ses_stage_share *stages);

#endif
