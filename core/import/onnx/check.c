/* What cannot be built is said before anything is, and all of it at once: who
 * exports a network again wants to know everything that is in the way. */
#include <stdlib.h>

#include "core/base/text.h"
#include "core/import/onnx/operators.h"

/* What to do about some operators; others get a general word. */
static const struct {
    const char *op, *advice;
} advices[] = {
    { "If", "the file decides at run time what is computed; export with a "
            "fixed input size, or simplify the file (onnx-simplifier)" },
    { "Loop", "export the network without control flow (torch.onnx: trace "
              "it, do not script it)" },
    { "Scan", "export the network without control flow" },
    { "Einsum", "export with the product written as a convolution or MatMul "
                "by constant weights" },
    { "InstanceNormalization",
      "its statistics are those of each image, which batch norm's are not" },
    { "LayerNormalization",
      "its statistics are those of each image; convolutional networks with "
      "batch norm are what is read" },
    { "ConvTranspose", "networks that enlarge maps by learnt filters are not "
                       "what is read" },
    { "FusedConv", "onnxruntime's optimiser wrote it; open the file from "
                   "before it" },
    { "NonMaxSuppression", "open a classifier, or the part of the network "
                           "before its detections" },
};

static const char *advice_for(const char *op)
{
    for (size_t i = 0; i < sizeof advices / sizeof *advices; i++)
        if (strcmp(advices[i].op, op) == 0)
            return advices[i].advice;
    return "export the network with the operators of docs/formats.md";
}

static const char *name_of(const struct ses_onnx_node *node)
{
    return *node->name        ? node->name
           : node->n_outputs ? node->outputs[0]
                             : "";
}

/* Operators on integers that stand for numbers of a float network. */
static bool is_quantised(const char *op)
{
    static const char *const names[] = {
        "ConvInteger", "DequantizeLinear", "DynamicQuantizeLinear",
        "MatMulInteger", "MatMulIntegerToFloat", "DynamicQuantizeMatMul",
        "QGemm", "QuantizeLinear", "MatMulNBits"
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], op) == 0)
            return true;
    return strncmp(op, "QLinear", 7) == 0;
}

static bool is_standard(const struct ses_onnx_node *node)
{
    return !*node->domain || strcmp(node->domain, "ai.onnx") == 0;
}

/* Distinct operators that are not supported, each with its first node. */
enum { MOST = 16 };

struct unknown {
    const struct ses_onnx_node *first[MOST];
    int count;
};

static void add(struct unknown *unknown, const struct ses_onnx_node *node)
{
    for (int i = 0; i < unknown->count; i++)
        if (strcmp(unknown->first[i]->op, node->op) == 0 &&
            strcmp(unknown->first[i]->domain, node->domain) == 0)
            return;
    if (unknown->count < MOST)
        unknown->first[unknown->count++] = node;
}

static enum ses_status refuse(const struct ses_onnx_net *net,
                              const struct unknown *unknown,
                              struct ses_error *err)
{
    struct ses_text list = { 0 };
    const struct ses_onnx_node *first = unknown->first[0];
    bool several = unknown->count > 1;
    for (int i = 0; i < unknown->count; i++) {
        const struct ses_onnx_node *node = unknown->first[i];
        ses_text_add(&list, "%s'%s' of ", i ? ", " : "", node->op);
        if (!is_standard(node))
            ses_text_add(&list, "domain '%s', ", node->domain);
        ses_text_add(&list, "node '%s'", name_of(node));
    }
    enum ses_status status = SES_ENOMEM;
    const char *advice =
        !is_standard(first) && !several
            ? "export the network with standard operators only, no custom ones"
            : advice_for(first->op);
    if (list.failed)
        ses_fail_memory(err, "the names of operators");
    else
        status = ses_fail(err, SES_EUNSUPPORTED,
                          "operator%s %s %s not supported (operator set "
                          "%lld); %s",
                          several ? "s" : "", list.data,
                          several ? "are" : "is",
                          (long long)net->model.opset, advice);
    ses_text_release(&list);
    return status;
}

enum ses_status ses_onnx_check_operators(const struct ses_onnx_net *net,
                                         struct ses_error *err)
{
    struct unknown unknown = { .count = 0 };
    for (int i = 0; i < net->n_order; i++) {
        const struct ses_onnx_node *node = &net->model.nodes[net->order[i]];
        if (is_quantised(node->op))
            return ses_fail(err, SES_EUNSUPPORTED,
                            "its layers are quantised to integers ('%s' of "
                            "node '%s'), which hides its gates; open the "
                            "float32 model that it was made from",
                            node->op, name_of(node));
        if (!ses_onnx_operator(node))
            add(&unknown, node);
    }
    return unknown.count ? refuse(net, &unknown, err) : SES_OK;
}
