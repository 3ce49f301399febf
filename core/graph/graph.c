/* Building a graph, and asking it simple things. See graph.h. */
#include "core/graph/graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

const char *ses_activation_name(enum ses_activation activation)
{
    static const char *const names[] = {
#define X(NAME, text) text,
        SES_ACTIVATIONS(X)
#undef X
    };
    return names[activation];
}

struct ses_window ses_window(int kernel, int stride, int pad)
{
    return (struct ses_window){
        .kernel_h = kernel,
        .kernel_w = kernel,
        .stride_h = stride,
        .stride_w = stride,
        .dilation_h = 1,
        .dilation_w = 1,
        .pad_top = pad,
        .pad_left = pad,
        .pad_bottom = pad,
        .pad_right = pad,
        .count_include_pad = true,
    };
}

struct ses_graph *ses_graph_new(struct ses_error *err)
{
    struct ses_graph *graph = ses_calloc(1, sizeof *graph);
    if (!graph) {
        ses_fail_memory(err, "the network");
        return NULL;
    }
    graph->input = graph->output = graph->logits = -1;
    graph->error = err;
    return graph;
}

static void release_node(struct ses_node *node)
{
    free(node->name);
    free(node->inputs);
    ses_tensor_free(node->weight);
    ses_tensor_free(node->bias);
    ses_tensor_free(node->scale);
    ses_tensor_free(node->shift);
    ses_tensor_free(node->mean);
    ses_tensor_free(node->variance);
    ses_tensor_free(node->slope);
}

void ses_graph_free(struct ses_graph *graph)
{
    if (!graph)
        return;
    for (size_t i = 0; i < graph->n_values; i++)
        free(graph->values[i].name);
    for (size_t i = 0; i < graph->n_nodes; i++)
        release_node(&graph->nodes[i]);
    free(graph->values);
    free(graph->nodes);
    free(graph);
}

/* A weight that is no number, or a variance that has no root, makes every gate
 * behind it NaN: better to say which than to record that. */
static bool check_numbers(struct ses_graph *graph, const struct ses_node *node,
                          const char *name)
{
    const struct {
        const char *what;
        const struct ses_tensor *tensor;
    } all[] = {
        { "weight", node->weight }, { "bias", node->bias },
        { "scale", node->scale },   { "shift", node->shift },
        { "mean", node->mean },     { "variance", node->variance },
        { "slope", node->slope },
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const struct ses_tensor *tensor = all[i].tensor;
        bool variance = tensor && tensor == node->variance;
        for (size_t j = 0; tensor && j < tensor->count; j++) {
            double number = tensor->data[j];
            if (isfinite(number) && (!variance || number + node->epsilon > 0))
                continue;
            ses_fail(graph->error, SES_EFORMAT,
                     "'%s': element %zu of %zu of its %s is %g, expected %s",
                     name, j, tensor->count, all[i].what, number,
                     variance ? "a variance of 0 or more" : "a finite number");
            return false;
        }
    }
    return true;
}

/* Shapes of what is made, once the input's are known. */
static bool infer_now(struct ses_graph *graph)
{
    const struct ses_node *node = &graph->nodes[graph->n_nodes - 1];
    for (int i = 0; i < node->n_inputs; i++)
        if (!graph->values[node->inputs[i]].h)
            return true;
    if (node->op == SES_OP_INPUT)
        return true;
    struct ses_error unheard = { 0 };
    return !ses_graph_infer_node(graph, graph->n_nodes - 1,
                                 graph->error ? graph->error : &unheard);
}

/* Far more than any network has: what a file may ask for by naming one value
 * over and over, and what passes that look at pairs of nodes may cost. */
enum { MOST_NODES = 1 << 14 };

/* Append a node, which is taken over, and the value it makes. */
static int append(struct ses_graph *graph, struct ses_node node,
                  const char *name, const int *inputs, int n_inputs)
{
    for (int i = 0; i < n_inputs; i++)
        if (inputs[i] < 0)
            goto refused;
    if (!check_numbers(graph, &node, name))
        goto refused;
    if (graph->n_nodes == MOST_NODES) {
        ses_fail(graph->error, SES_EUNSUPPORTED,
                 "'%s': the network has more than %d layers", name,
                 MOST_NODES);
        goto refused;
    }
    struct ses_node *nodes = ses_grow(graph->nodes, graph->n_nodes,
                                      &graph->nodes_capacity, sizeof *nodes);
    if (nodes)
        graph->nodes = nodes;
    struct ses_value *values =
        ses_grow(graph->values, graph->n_values, &graph->values_capacity,
                 sizeof *values);
    if (values)
        graph->values = values;
    node.name = strdup(name);
    node.inputs = ses_calloc((size_t)n_inputs, sizeof *node.inputs);
    char *value_name = strdup(name);
    if (!nodes || !values || !node.name || !node.inputs || !value_name) {
        free(value_name);
        ses_fail_memory(graph->error, "the network");
        goto refused;
    }
    for (int i = 0; i < n_inputs; i++)
        node.inputs[i] = inputs[i];
    node.n_inputs = n_inputs;
    int value = (int)graph->n_values++;
    graph->values[value] = (struct ses_value){
        .name = value_name, .producer = (int)graph->n_nodes
    };
    node.output = value;
    graph->nodes[graph->n_nodes++] = node;
    return infer_now(graph) ? value : -1;
refused:
    release_node(&node);
    return -1;
}

/* The same for a node of one input. */
static int append_unary(struct ses_graph *graph, struct ses_node node,
                        const char *name, int input)
{
    return append(graph, node, name, &input, 1);
}

/* Learnable elements of a tensor that may be absent. */
static size_t elements(const struct ses_tensor *tensor)
{
    return tensor ? tensor->count : 0;
}

int ses_graph_input(struct ses_graph *graph, const char *name, int channels)
{
    int value = append(graph, (struct ses_node){ .op = SES_OP_INPUT }, name,
                       NULL, 0);
    if (value >= 0) {
        graph->values[value].c = channels;
        graph->input = value;
    }
    return value;
}

void ses_graph_size_input(struct ses_graph *graph, int h, int w)
{
    graph->values[graph->input].h = h;
    graph->values[graph->input].w = w;
}

int ses_graph_conv(struct ses_graph *graph, const char *name, int input,
                   struct ses_window window, int groups,
                   struct ses_tensor *weight, struct ses_tensor *bias)
{
    struct ses_node node = { .op = SES_OP_CONV,
                             .window = window,
                             .groups = groups,
                             .weight = weight,
                             .bias = bias,
                             .parameters =
                                 elements(weight) + elements(bias) };
    if (input < 0 || !weight)
        goto refused;
    if (weight->rank == 2) {
        weight->rank = 4;
        weight->shape[2] = weight->shape[3] = 1;
    }
    char shape[128];
    ses_shape_text(weight->rank, weight->shape, shape, sizeof shape);
    if (weight->rank != 4 || weight->count == 0) {
        ses_fail(graph->error, SES_ESHAPE,
                 "'%s': weight is %s, expected outputs x inputs x height x "
                 "width",
                 name, shape);
        goto refused;
    }
    if (groups < 1 || weight->shape[0] % (size_t)groups) {
        ses_fail(graph->error, SES_ESHAPE,
                 "'%s': %zu outputs in %d groups do not divide", name,
                 weight->shape[0], groups);
        goto refused;
    }
    if (bias && bias->count != weight->shape[0]) {
        ses_fail(graph->error, SES_ESHAPE,
                 "'%s': bias has %zu elements, expected %zu", name,
                 bias->count, weight->shape[0]);
        goto refused;
    }
    node.window.kernel_h = (int)weight->shape[2];
    node.window.kernel_w = (int)weight->shape[3];
    return append_unary(graph, node, name, input);
refused:
    release_node(&node);
    return -1;
}

int ses_graph_batch_norm(struct ses_graph *graph, const char *name, int input,
                         struct ses_tensor *scale, struct ses_tensor *shift,
                         struct ses_tensor *mean, struct ses_tensor *variance,
                         double epsilon)
{
    struct ses_node node = { .op = SES_OP_BATCH_NORM,
                             .scale = scale,
                             .shift = shift,
                             .mean = mean,
                             .variance = variance,
                             .epsilon = epsilon,
                             .parameters = elements(scale) + elements(shift) };
    if (input < 0 || !mean || !variance)
        goto refused;
    const struct ses_tensor *all[] = { scale, shift, variance };
    for (int i = 0; i < 3; i++)
        if (all[i] && all[i]->count != mean->count) {
            ses_fail(graph->error, SES_ESHAPE,
                     "'%s': batch norm has arrays of %zu and %zu elements",
                     name, mean->count, all[i]->count);
            goto refused;
        }
    return append_unary(graph, node, name, input);
refused:
    release_node(&node);
    return -1;
}

int ses_graph_activation(struct ses_graph *graph, const char *name, int input,
                         enum ses_activation activation, float alpha,
                         float beta)
{
    return append_unary(graph,
                        (struct ses_node){ .op = SES_OP_ACTIVATION,
                                           .activation = activation,
                                           .alpha = alpha,
                                           .beta = beta },
                        name, input);
}

int ses_graph_prelu(struct ses_graph *graph, const char *name, int input,
                    struct ses_tensor *slope)
{
    struct ses_node node = { .op = SES_OP_ACTIVATION,
                             .activation = SES_ACT_PRELU,
                             .slope = slope,
                             .parameters = elements(slope) };
    return append_unary(graph, node, name, slope ? input : -1);
}

int ses_graph_constant(struct ses_graph *graph, const char *name,
                       struct ses_tensor *value)
{
    struct ses_node node = { .op = SES_OP_CONSTANT,
                             .weight = value,
                             .parameters = elements(value) };
    if (!value)
        return -1;
    return append(graph, node, name, NULL, 0);
}

int ses_graph_binary(struct ses_graph *graph, const char *name, enum ses_op op,
                     int a, int b)
{
    int inputs[] = { a, b };
    return append(graph, (struct ses_node){ .op = op }, name, inputs, 2);
}

int ses_graph_add(struct ses_graph *graph, const char *name, int a, int b)
{
    return ses_graph_binary(graph, name, SES_OP_ADD, a, b);
}

int ses_graph_multiply(struct ses_graph *graph, const char *name, int a,
                       int b)
{
    return ses_graph_binary(graph, name, SES_OP_MULTIPLY, a, b);
}

int ses_graph_pool(struct ses_graph *graph, const char *name, int input,
                   enum ses_op op, struct ses_window window)
{
    struct ses_node node = { .op = op, .window = window };
    return append_unary(graph, node, name, input);
}

int ses_graph_unary(struct ses_graph *graph, const char *name, int input,
                    enum ses_op op)
{
    return append_unary(graph, (struct ses_node){ .op = op }, name, input);
}

int ses_graph_reduce(struct ses_graph *graph, const char *name, int input,
                     enum ses_op op, enum ses_axis axis)
{
    struct ses_node node = { .op = op, .axis = axis };
    return append_unary(graph, node, name, input);
}

int ses_graph_concat(struct ses_graph *graph, const char *name,
                     const int *inputs, int n_inputs, enum ses_axis axis)
{
    struct ses_node node = { .op = SES_OP_CONCAT, .axis = axis };
    return append(graph, node, name, inputs, n_inputs);
}

int ses_graph_slice(struct ses_graph *graph, const char *name, int input,
                    enum ses_axis axis, int first, int step, int length)
{
    struct ses_node node = { .op = SES_OP_SLICE,
                             .axis = axis,
                             .first = first,
                             .step = step,
                             .length = length };
    return append_unary(graph, node, name, input);
}

int ses_graph_pad(struct ses_graph *graph, const char *name, int input,
                  struct ses_window window, enum ses_padding padding,
                  float value)
{
    struct ses_node node = { .op = SES_OP_PAD,
                             .window = window,
                             .padding = padding,
                             .alpha = value };
    return append_unary(graph, node, name, input);
}

int ses_graph_resize(struct ses_graph *graph, const char *name, int input,
                     const struct ses_resize *resize)
{
    struct ses_node node = { .op = SES_OP_RESIZE, .resize = *resize };
    return append_unary(graph, node, name, input);
}

int ses_graph_permute(struct ses_graph *graph, const char *name, int input,
                      const struct ses_permute *permute)
{
    struct ses_node node = { .op = SES_OP_PERMUTE, .permute = *permute };
    return append_unary(graph, node, name, input);
}

int ses_graph_lrn(struct ses_graph *graph, const char *name, int input,
                  int size, float alpha, float beta, float k)
{
    struct ses_node node = { .op = SES_OP_LRN,
                             .window = ses_window(size, 1, 0),
                             .alpha = alpha,
                             .beta = beta,
                             .epsilon = (double)k };
    return append_unary(graph, node, name, input);
}

enum ses_status ses_graph_finish(struct ses_graph *graph, int output,
                                 struct ses_error *err)
{
    struct ses_error *building = graph->error;
    graph->error = NULL;
    if (output < 0) {
        if (building && building->status && building != err && err)
            *err = *building;
        if (building && building->status)
            return building->status;
        return ses_fail(err, SES_EFORMAT, "the network has no output");
    }
    if (graph->input < 0)
        return ses_fail(err, SES_EFORMAT, "the network has no input");
    graph->output = graph->logits = output;
    const struct ses_node *last =
        &graph->nodes[graph->values[output].producer];
    if (last->op == SES_OP_SOFTMAX)
        graph->logits = last->inputs[0];
    return SES_OK;
}

void ses_graph_compact(struct ses_graph *graph, const bool *dead)
{
    size_t kept = 0;
    for (size_t i = 0; i < graph->n_nodes; i++) {
        if (dead[i])
            release_node(&graph->nodes[i]);
        else
            graph->nodes[kept++] = graph->nodes[i];
    }
    graph->n_nodes = kept;
    for (size_t i = 0; i < graph->n_values; i++)
        graph->values[i].producer = -1;
    for (size_t i = 0; i < kept; i++)
        graph->values[graph->nodes[i].output].producer = (int)i;
}

size_t ses_graph_parameters(const struct ses_graph *graph)
{
    size_t sum = 0;
    for (size_t i = 0; i < graph->n_nodes; i++)
        sum += graph->nodes[i].parameters;
    return sum;
}

int ses_graph_readers(const struct ses_graph *graph, int value)
{
    int readers = graph->output == value;
    if (graph->logits != graph->output)
        readers += graph->logits == value;
    for (size_t i = 0; i < graph->n_nodes; i++)
        for (int j = 0; j < graph->nodes[i].n_inputs; j++)
            readers += graph->nodes[i].inputs[j] == value;
    return readers;
}
