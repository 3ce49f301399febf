/* A network as Graphviz draws it. */
#ifndef SES_GRAPH_DOT_H
#define SES_GRAPH_DOT_H

#include "core/base/text.h"
#include "core/graph/blocks.h"
#include "core/graph/graph.h"

/* The graph in DOT, named `name`: a box a node with its layer path, what it
 * does and its output's height x width x channels; every SE block a cluster,
 * with squeeze, layers between, gate and multiply coloured by what they are
 * (layers between only before activations are fused). Shapes are inferred.
 * Text from files is escaped; what is no UTF-8 becomes "\xhh". False without
 * memory. */
bool ses_graph_dot(const struct ses_graph *graph,
                   const struct ses_blocks *blocks, const char *name,
                   struct ses_text *out);

#endif
