/* See dot.h. */
#include "core/graph/dot.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/utf8.h"
#include "core/graph/gate.h"
#include "core/graph/rules.h"
#include "core/ops/ops.h"

enum role { PLAIN, INNER, SQUEEZE, GATE, MULTIPLY };

static const char *const colours[] = {
    [PLAIN] = "#ffffff", [INNER] = "#e2e2e2",    [SQUEEZE] = "#bcd9f2",
    [GATE] = "#fce29a",  [MULTIPLY] = "#f4b9a7",
};

/* What a node is to SE blocks. A node that serves several stands in the
 * first. */
struct mark {
    enum role role;
    size_t block; /* and one more; 0: none */
};

/* Text from a file, inside double quotes. */
static void add_escaped(const char *text, struct ses_text *out)
{
    char *valid = ses_utf8_escaped(text);
    out->failed |= !valid;
    for (const char *c = valid; c && *c; c++) {
        if (*c == '"' || *c == '\\')
            ses_text_add(out, "\\%c", *c);
        else
            ses_text_add(out, "%c", (unsigned char)*c < ' ' || *c == 0x7f
                                        ? '?'
                                        : *c);
    }
    free(valid);
}

/* ---- nodes --------------------------------------------------------------- */

static void add_window(const struct ses_window *window, struct ses_text *out)
{
    const struct ses_window *w = window;
    ses_text_add(out, " %dx%d", w->kernel_h, w->kernel_w);
    if (w->stride_h != w->stride_w)
        ses_text_add(out, " stride %dx%d", w->stride_h, w->stride_w);
    else if (w->stride_h != 1)
        ses_text_add(out, " stride %d", w->stride_h);
    if (w->dilation_h != 1 || w->dilation_w != 1)
        ses_text_add(out, " dilation %dx%d", w->dilation_h, w->dilation_w);
    bool even = w->pad_top == w->pad_left && w->pad_top == w->pad_bottom &&
                w->pad_top == w->pad_right;
    if (w->same_upper)
        ses_text_add(out, " pad same");
    else if (!even)
        ses_text_add(out, " pad %d,%d,%d,%d", w->pad_top, w->pad_left,
                     w->pad_bottom, w->pad_right);
    else if (w->pad_top)
        ses_text_add(out, " pad %d", w->pad_top);
}

static const char *axis_name(enum ses_axis axis)
{
    return axis == SES_AXIS_H   ? "height"
           : axis == SES_AXIS_W ? "width"
                                : "channels";
}

static void add_numbers(const struct ses_node *node, struct ses_text *out)
{
    switch (node->activation) {
    case SES_ACT_HARD_SIGMOID:
    case SES_ACT_LINEAR:
    case SES_ACT_CLIP:
        ses_text_add(out, " %.6g, %.6g", (double)node->alpha,
                     (double)node->beta);
        break;
    case SES_ACT_LEAKY_RELU:
    case SES_ACT_ELU:
    case SES_ACT_POWER:
        ses_text_add(out, " %.6g", (double)node->alpha);
        break;
    default:
        break;
    }
}

static void add_what(const struct ses_node *node, struct ses_text *out)
{
    const char *name = ses_op_class(node->op)->name;
    switch (node->op) {
    case SES_OP_CONV:
        ses_text_add(out, "%s", name);
        add_window(&node->window, out);
        if (node->groups > 1)
            ses_text_add(out, " groups %d", node->groups);
        if (node->activation != SES_ACT_IDENTITY)
            ses_text_add(out, ", %s", ses_activation_name(node->activation));
        break;
    case SES_OP_MAX_POOL:
    case SES_OP_AVERAGE_POOL:
        ses_text_add(out, "%s", name);
        add_window(&node->window, out);
        break;
    case SES_OP_ACTIVATION:
        ses_text_add(out, "%s", ses_activation_name(node->activation));
        add_numbers(node, out);
        break;
    case SES_OP_AXIS_MEAN:
    case SES_OP_AXIS_MAX:
    case SES_OP_CONCAT:
    case SES_OP_SLICE:
        ses_text_add(out, "%s, %s", name, axis_name(node->axis));
        break;
    default:
        ses_text_add(out, "%s", name);
        break;
    }
}

static void add_node(const struct ses_graph *graph, size_t i,
                     const struct mark *mark, struct ses_text *out)
{
    const struct ses_node *node = &graph->nodes[i];
    const struct ses_value *value = &graph->values[node->output];
    bool last = node->output == graph->output || node->output == graph->logits;
    ses_text_add(out, "  n%zu [label=\"", i);
    add_escaped(node->name, out);
    ses_text_add(out, "\\n");
    add_what(node, out);
    ses_text_add(out, "\\n%dx%dx%d\", fillcolor=\"%s\"%s];\n", value->h,
                 value->w, value->c, colours[mark->role],
                 last ? ", peripheries=2" : "");
}

/* ---- blocks -------------------------------------------------------------- */

static void set_mark(const struct ses_graph *graph, int value, enum role role,
                     size_t block, struct mark *marks)
{
    int node = graph->values[value].producer;
    if (node < 0 || marks[node].block)
        return;
    marks[node] = (struct mark){ role, block };
}

static void mark_block(const struct ses_graph *graph,
                       const struct ses_block *block, size_t number,
                       struct mark *marks)
{
    struct ses_gate gate;
    set_mark(graph, block->scaled, MULTIPLY, number, marks);
    set_mark(graph, block->gate, GATE, number, marks);
    set_mark(graph, block->squeeze, SQUEEZE, number, marks);
    if (ses_gate_of(graph, ses_producer(graph, block->scaled), &gate) < 0)
        return;
    if (gate.max >= 0)
        set_mark(graph, gate.max, SQUEEZE, number, marks);
    for (int i = 0; i < gate.n_nodes; i++)
        set_mark(graph, graph->nodes[gate.nodes[i]].output, INNER, number,
                 marks);
}

static void add_cluster(const struct ses_graph *graph,
                        const struct ses_block *block, size_t number,
                        const struct mark *marks, struct ses_text *out)
{
    ses_text_add(out, "  subgraph cluster_%zu {\n    label=\"", number);
    add_escaped(block->name, out);
    ses_text_add(out, "\\n");
    add_escaped(block->structure, out);
    ses_text_add(out, "\";\n    style=rounded;\n    color=\"#888888\";\n   ");
    for (size_t i = 0; i < graph->n_nodes; i++)
        if (marks[i].block == number)
            ses_text_add(out, " n%zu;", i);
    ses_text_add(out, "\n  }\n");
}

bool ses_graph_dot(const struct ses_graph *graph,
                   const struct ses_blocks *blocks, const char *name,
                   struct ses_text *out)
{
    struct mark *marks = ses_calloc(graph->n_nodes, sizeof *marks);
    if (!marks)
        return false;
    for (size_t b = 0; b < blocks->count; b++)
        mark_block(graph, &blocks->items[b], b + 1, marks);
    ses_text_add(out, "digraph \"");
    add_escaped(name, out);
    ses_text_add(out, "\" {\n  node [shape=box, style=filled, "
                      "fontname=\"sans-serif\"];\n"
                      "  graph [fontname=\"sans-serif\"];\n");
    for (size_t i = 0; i < graph->n_nodes; i++)
        add_node(graph, i, &marks[i], out);
    for (size_t b = 0; b < blocks->count; b++)
        add_cluster(graph, &blocks->items[b], b + 1, marks, out);
    for (size_t i = 0; i < graph->n_nodes; i++)
        for (int j = 0; j < graph->nodes[i].n_inputs; j++)
            ses_text_add(out, "  n%d -> n%zu;\n",
                         graph->values[graph->nodes[i].inputs[j]].producer, i);
    ses_text_add(out, "}\n");
    free(marks);
    return !out->failed;
}
