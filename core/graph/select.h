/* Choosing SE blocks by pattern, as commands and interventions do. */
#ifndef SES_GRAPH_SELECT_H
#define SES_GRAPH_SELECT_H

#include "core/graph/blocks.h"

/* pattern: parts separated by commas; each is a block's name or source, a glob
 * over names or sources, `stageN`, `last-of-stage`, or `all`. Names, sources,
 * stages and map sizes are all that is read of blocks. index: room for
 * blocks->count; filled in depth order, each block once. A part that matches
 * nothing is SES_EUSAGE with names near to it. */
SES_MUST_CHECK enum ses_status ses_blocks_select(
    const struct ses_blocks *blocks, const char *pattern, size_t *index,
    size_t *count, struct ses_error *err);

#endif
