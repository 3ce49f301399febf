/* Residual units, and the names that blocks take from them. */
#ifndef SES_GRAPH_UNITS_H
#define SES_GRAPH_UNITS_H

#include "core/graph/blocks.h"

/* Name every block: SE_<stage>_<unit> when each residual unit of the network
 * has exactly one block (the paper's names: the stem is stage 1, and a stage
 * begins where resolution or width change), else its source. False without
 * memory. */
bool ses_units_name(const struct ses_graph *graph, struct ses_blocks *blocks);

#endif
