/* ONNX files: the graph of the file becomes the network's, node by node. See
 * core/import/source.h. */
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/import/onnx/operators.h"

enum { OLDEST_SET = 7, NEWEST_SET = 20 };

static enum ses_status check_version(const struct ses_onnx_net *net,
                                     struct ses_error *err)
{
    int64_t set = net->model.opset;
    if (set < OLDEST_SET)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "it is written for operator set %lld, expected %d to "
                        "%d; onnx.version_converter can make it newer",
                        (long long)set, OLDEST_SET, NEWEST_SET);
    if (set > NEWEST_SET)
        ses_source_note(net->source,
                        "operator set %lld is newer than %d, the newest that "
                        "is known here",
                        (long long)set, NEWEST_SET);
    return SES_OK;
}

/* What a node reads is there: initialisers are looked at now. Tells whether
 * all of it is constant, and whether the first is. */
static enum ses_status prepare_inputs(const struct ses_onnx_call *call,
                                      bool *constant, bool *first,
                                      struct ses_error *err)
{
    struct ses_onnx_net *net = call->net;
    *constant = true;
    *first = false;
    for (size_t k = 0; k < call->node->n_inputs; k++) {
        struct ses_onnx_value *value = ses_onnx_input(call, k);
        if (!value)
            continue;
        if (value->state == SES_ONNX_OPEN && value->tensor) {
            enum ses_status status =
                ses_onnx_load(&net->model.arena, &net->external,
                              value->tensor, &value->constant, err);
            if (status)
                return status;
            value->constant.origin = (int)(value - net->values);
            value->state = SES_ONNX_CONSTANT;
        }
        if (value->state == SES_ONNX_OPEN)
            return ses_fail(err, SES_EUNSUPPORTED,
                            "'%s' of node '%s' reads '%s', an output that is "
                            "not supported",
                            call->node->op, call->name, value->name);
        bool is_constant = value->state == SES_ONNX_CONSTANT;
        *first = *first || (k == 0 && is_constant);
        *constant = *constant && is_constant;
    }
    return SES_OK;
}

static enum ses_status failed(const struct ses_error *err)
{
    return err && err->status ? err->status : SES_EFORMAT;
}

static enum ses_status fold(const struct ses_onnx_call *call,
                            const struct ses_onnx_operator *operator,
                            struct ses_error *err)
{
    const struct ses_onnx_constant *made = operator->fold(call);
    struct ses_onnx_value *out = ses_onnx_output(call, 0);
    if (!made)
        return failed(err);
    if (out) {
        out->constant = *made;
        out->state = SES_ONNX_CONSTANT;
    }
    return SES_OK;
}

static enum ses_status build(const struct ses_onnx_call *call,
                             const struct ses_onnx_operator *operator,
                             struct ses_error *err)
{
    if (!operator->build) {
        ses_onnx_refuse(call, SES_EUNSUPPORTED,
                        "it is computed from the image, expected constants");
        return failed(err);
    }
    struct ses_view view = operator->build(call);
    struct ses_onnx_value *out = ses_onnx_output(call, 0);
    if (view.value < 0)
        return failed(err);
    if (out) {
        out->view = view;
        out->state = SES_ONNX_COMPUTED;
    }
    return SES_OK;
}

static enum ses_status add_node(struct ses_onnx_net *net, int node,
                                struct ses_error *err)
{
    struct ses_onnx_call call = { .net = net,
                                  .node = &net->model.nodes[node] };
    call.name = *call.node->name        ? call.node->name
                : call.node->n_outputs ? call.node->outputs[0]
                                       : call.node->op;
    const struct ses_onnx_operator *operator = ses_onnx_operator(call.node);
    bool constant, first;
    enum ses_status status = prepare_inputs(&call, &constant, &first, err);
    if (status)
        return status;
    if (operator->fold &&
        (constant || operator->looks || (first && operator->first)))
        return fold(&call, operator, err);
    return build(&call, operator, err);
}

/* The output as a map, channels in their place. */
static enum ses_status finish(struct ses_onnx_net *net, struct ses_error *err)
{
    const struct ses_onnx_value *output = &net->values[net->output];
    if (output->state != SES_ONNX_COMPUTED)
        return ses_fail(err, SES_EFORMAT,
                        "its output '%s' does not depend on any image",
                        output->name);
    struct ses_onnx_call call = {
        .net = net,
        .node = &net->model.nodes[output->producer],
        .name = output->name,
    };
    struct ses_view view = ses_onnx_widened(&call, output);
    int value = view.value;
    if (view.rank >= 2 && view.rank <= 4)
        value = ses_view_map(net->graph, output->name, &view,
                             SES_CHANNELS_FIRST);
    enum ses_status status = ses_graph_finish(net->graph, value, err);
    if (status)
        return status;
    const struct ses_graph *graph = net->graph;
    const struct ses_value *map = &graph->values[graph->output];
    bool softmax = graph->logits != graph->output;
    net->source->classifier =
        (view.rank == 2 || softmax) && map->h == 1 && map->w == 1;
    return SES_OK;
}

/* "ONNX (pytorch 1.13.0)", in characters that a terminal may see. */
static void name_network(const struct ses_onnx_net *net)
{
    char *arch = net->source->arch;
    const struct ses_onnx_model *model = &net->model;
    if (!*model->producer)
        snprintf(arch, sizeof net->source->arch, "ONNX");
    else
        snprintf(arch, sizeof net->source->arch, "ONNX (%.24s%s%.24s)",
                 model->producer, *model->producer_version ? " " : "",
                 model->producer_version);
    for (char *c = arch; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
}

/* One hash of all files, when there are several. */
static enum ses_status hash_files(const struct ses_onnx_net *net,
                                  struct ses_error *err)
{
    size_t n = net->external.count + 1;
    if (n == 1)
        return SES_OK;
    const struct ses_file **files = ses_calloc(n, sizeof *files);
    if (!files)
        return ses_fail_memory(err, "the names of files of weights");
    files[0] = net->source->file;
    for (size_t i = 1; i < n; i++)
        files[i] = &net->external.files[i - 1].file;
    enum ses_status status = ses_sha256(files, n, net->source->sha256, err);
    free(files);
    return status;
}

static enum ses_status import(struct ses_onnx_net *net, struct ses_error *err)
{
    enum ses_status status =
        ses_onnx_parse(net->source->file, &net->model, err);
    if (!status)
        status = ses_onnx_inline(&net->model, err);
    if (!status)
        status = check_version(net, err);
    if (!status)
        status = ses_onnx_name_values(net, err);
    if (!status)
        status = ses_onnx_choose_output(net, err);
    if (!status)
        status = ses_onnx_sort(net, err);
    if (!status)
        status = ses_onnx_check_operators(net, err);
    if (!status)
        status = ses_onnx_make_input(net, err);
    for (int i = 0; !status && i < net->n_order; i++)
        status = add_node(net, net->order[i], err);
    if (!status)
        status = finish(net, err);
    if (!status)
        status = hash_files(net, err);
    if (!status)
        name_network(net);
    return status;
}

enum ses_status ses_onnx_import(struct ses_source *source,
                                struct ses_error *err)
{
    struct ses_onnx_net net = { .source = source,
                                .graph = source->graph,
                                .err = err,
                                .external = { .path = source->path } };
    enum ses_status status = import(&net, err);
    ses_names_release(&net.names);
    ses_onnx_external_release(&net.external);
    ses_onnx_model_release(&net.model);
    return status;
}
