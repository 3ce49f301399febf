/* Which nodes lead to the output, and in which order they run. Files need not
 * list them so, and hold others: heads of training, dead ends. */
#include "core/import/onnx/net.h"

static enum ses_status name_value(struct ses_onnx_net *net, const char *name,
                                  int producer,
                                  const struct ses_onnx_tensor *tensor,
                                  struct ses_error *err)
{
    int known = ses_onnx_find(net, name);
    if (known >= 0 && producer < 0 && !tensor)
        return SES_OK; /* an input that an initialiser fills */
    if (known >= 0)
        return ses_fail(err, SES_EFORMAT, "'%s' is made twice", name);
    net->values[net->n_values] = (struct ses_onnx_value){
        .name = name, .producer = producer, .tensor = tensor
    };
    if (!ses_names_add(&net->names, name, strlen(name),
                       (size_t)net->n_values++))
        return ses_fail_memory(err, "the network's names");
    return SES_OK;
}

enum ses_status ses_onnx_name_values(struct ses_onnx_net *net,
                                     struct ses_error *err)
{
    struct ses_onnx_model *model = &net->model;
    enum ses_status status = SES_OK;
    size_t most = model->n_inputs + model->n_tensors;
    for (size_t i = 0; i < model->n_nodes; i++)
        most += model->nodes[i].n_outputs;
    net->values = ses_arena_alloc(&model->arena, most, sizeof *net->values);
    if (!net->values)
        return ses_fail_memory(err, "the network's names");
    for (size_t i = 0; !status && i < model->n_tensors; i++)
        status = name_value(net, model->tensors[i].name, -1,
                            &model->tensors[i], err);
    for (size_t i = 0; !status && i < model->n_inputs; i++)
        status = name_value(net, model->inputs[i].name, -1, NULL, err);
    for (size_t i = 0; !status && i < model->n_nodes; i++) {
        const struct ses_onnx_node *node = &model->nodes[i];
        for (size_t k = 0; !status && k < node->n_outputs; k++)
            if (*node->outputs[k])
                status = name_value(net, node->outputs[k], (int)i, NULL, err);
    }
    return status;
}

/* ---- depth first --------------------------------------------------------- */

enum mark { UNSEEN, OPEN, DONE };

struct frame {
    int node;
    size_t input; /* the next to look at */
};

static enum ses_status unknown_name(const struct ses_onnx_net *net,
                                    const struct ses_onnx_node *node,
                                    const char *name, struct ses_error *err)
{
    return ses_fail(err, net->model.n_sparse ? SES_EUNSUPPORTED : SES_EFORMAT,
                    "node '%s' (%s) reads '%s', which nothing makes%s",
                    *node->name ? node->name : node->outputs[0], node->op,
                    name,
                    net->model.n_sparse ? "; sparse initialisers are not "
                                          "supported"
                                        : "");
}

/* The producer of an input that was not visited yet; -1 for none, -2 with the
 * error filled. */
static int next_producer(struct ses_onnx_net *net,
                         const struct frame *frame, enum mark *marks,
                         struct ses_error *err)
{
    const struct ses_onnx_node *node = &net->model.nodes[frame->node];
    const char *name = node->inputs[frame->input];
    if (!*name)
        return -1;
    int value = ses_onnx_find(net, name);
    if (value < 0) {
        unknown_name(net, node, name, err);
        return -2;
    }
    int producer = net->values[value].producer;
    net->values[value].read = true;
    if (producer < 0 || marks[producer] == DONE)
        return -1;
    if (marks[producer] == OPEN) {
        ses_fail(err, SES_EFORMAT, "'%s' depends on itself", name);
        return -2;
    }
    return producer;
}

enum ses_status ses_onnx_sort(struct ses_onnx_net *net, struct ses_error *err)
{
    struct ses_arena *arena = &net->model.arena;
    size_t n = net->model.n_nodes;
    struct frame *stack = ses_arena_alloc(arena, n + 1, sizeof *stack);
    enum mark *marks = ses_arena_alloc(arena, n + 1, sizeof *marks);
    net->order = ses_arena_alloc(arena, n + 1, sizeof *net->order);
    if (!stack || !marks || !net->order)
        return ses_fail_memory(err, "the order of the network's nodes");
    int first = net->values[net->output].producer;
    if (first < 0)
        return ses_fail(err, SES_EFORMAT, "its output '%s' is not computed",
                        net->values[net->output].name);
    size_t depth = 0;
    stack[depth++] = (struct frame){ first, 0 };
    marks[first] = OPEN;
    while (depth) {
        struct frame *top = &stack[depth - 1];
        const struct ses_onnx_node *node = &net->model.nodes[top->node];
        if (top->input == node->n_inputs) {
            marks[top->node] = DONE;
            net->order[net->n_order++] = top->node;
            depth--;
            continue;
        }
        int producer = next_producer(net, top, marks, err);
        if (producer < -1)
            return err ? err->status : SES_EFORMAT;
        top->input++;
        if (producer >= 0) {
            marks[producer] = OPEN;
            stack[depth++] = (struct frame){ producer, 0 };
        }
    }
    return SES_OK;
}
