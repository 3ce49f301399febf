/* From what multiplies a map back to that map's squeeze: one gate. */
#ifndef SES_GRAPH_GATE_H
#define SES_GRAPH_GATE_H

#include "core/graph/graph.h"

enum { SES_GATE_NODES = 64 };

struct ses_gate {
    int value; /* what multiplies */
    int pregate; /* what the non-linearity that makes it is given; -1 when
                  * several do */
    int map;   /* what is squeezed and multiplied, behind other names of it */
    int channels;
    int mean, max; /* values; -1 without */
    int bottleneck, reduced;        /* as in a block */
    enum ses_activation activation; /* the last before the multiply */
    size_t parameters;
    int nodes[SES_GATE_NODES]; /* from the gate to the squeeze, each once */
    int n_nodes;
};

/* The gate of a MULTIPLY. Returns the side that is the map, or -1 when the
 * node is none of an SE block. */
int ses_gate_of(const struct ses_graph *graph, const struct ses_node *multiply,
                struct ses_gate *out);

/* "mean > conv 64>4 > relu > conv 4>64 > sigmoid"; NULL without memory.
 * Caller frees with free(). */
char *ses_gate_text(const struct ses_graph *graph,
                    const struct ses_gate *gate);

/* The one input of a gate's node that is no constant, or -1 when both are
 * none. */
int ses_gate_input(const struct ses_graph *graph, const struct ses_node *node);

/* A value behind nodes that only rename it. */
int ses_behind_names(const struct ses_graph *graph, int value);

#endif
