/* Functions of the file, put in the place of the nodes that call them: what
 * some exporters write for every layer, and custom operators that say what
 * they do. */
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/import/names.h"
#include "core/import/onnx/proto.h"

enum {
    DEEPEST = 32,        /* functions within functions */
    MOST_NODES = 1 << 18, /* that come of functions */
    MOST_NAMES = 256      /* inputs and outputs of one, attributes of a node */
};

struct work {
    struct ses_onnx_model *model;
    struct ses_names functions; /* by "domain:name" */
    struct ses_onnx_node *nodes; /* the new list; grows */
    size_t count, capacity;
    size_t inlined;
    struct ses_error *err;
};

/* Where a function's names come from. */
struct frame {
    const struct ses_onnx_function *function;
    const struct ses_onnx_node *caller;
    const char *prefix; /* the caller's name */
};

static char *join(struct work *work, const char *a, const char *b)
{
    size_t first = strlen(a), second = strlen(b);
    char *text =
        ses_arena_alloc(&work->model->arena, first + second + 2, 1);
    if (!text) {
        ses_fail_memory(work->err, "the names of functions");
        return NULL;
    }
    memcpy(text, a, first);
    text[first] = '/';
    memcpy(text + first + 1, b, second);
    return text;
}

static const struct ses_onnx_function *find(const struct work *work,
                                            const struct ses_onnx_node *node)
{
    char key[512];
    size_t number;
    int length = snprintf(key, sizeof key, "%s:%s", node->domain, node->op);
    if (length < 0 || (size_t)length >= sizeof key ||
        !ses_names_find(&work->functions, key, (size_t)length, &number))
        return NULL;
    return &work->model->functions[number];
}

static bool name_functions(struct work *work)
{
    for (size_t i = 0; i < work->model->n_functions; i++) {
        const struct ses_onnx_function *function = &work->model->functions[i];
        size_t known, domain = strlen(function->domain);
        char *key = ses_arena_alloc(&work->model->arena,
                                    domain + strlen(function->name) + 2, 1);
        if (key)
            snprintf(key, domain + strlen(function->name) + 2, "%s:%s",
                     function->domain, function->name);
        if (!key || (!ses_names_find(&work->functions, key, strlen(key),
                                     &known) &&
                     !ses_names_add(&work->functions, key, strlen(key), i))) {
            ses_fail_memory(work->err, "the names of functions");
            return false;
        }
    }
    return true;
}

/* A name within a function as the graph knows it; NULL without memory. */
static const char *outer_name(struct work *work, const struct frame *frame,
                              const char *name)
{
    const struct ses_onnx_function *function = frame->function;
    const struct ses_onnx_node *caller = frame->caller;
    if (!*name)
        return name;
    for (size_t i = 0; i < function->n_inputs; i++)
        if (strcmp(function->inputs[i], name) == 0)
            return i < caller->n_inputs ? caller->inputs[i] : "";
    for (size_t i = 0; i < function->n_outputs; i++)
        if (strcmp(function->outputs[i], name) == 0 &&
            i < caller->n_outputs && *caller->outputs[i])
            return caller->outputs[i];
    return join(work, frame->prefix, name);
}

static bool rename_all(struct work *work, const struct frame *frame,
                       const char ***names, size_t n)
{
    const char **renamed =
        ses_arena_alloc(&work->model->arena, n, sizeof *renamed);
    if (!renamed) {
        ses_fail_memory(work->err, "the names of functions");
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        renamed[i] = outer_name(work, frame, (*names)[i]);
        if (!renamed[i])
            return false;
    }
    *names = renamed;
    return true;
}

static const struct ses_onnx_attribute *named(
    const struct ses_onnx_attribute *attributes, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(attributes[i].name, name) == 0)
            return &attributes[i];
    return NULL;
}

/* Attributes that are the caller's; those it does not give are left out. */
static bool fill_attributes(struct work *work, const struct frame *frame,
                            struct ses_onnx_node *node)
{
    struct ses_onnx_attribute *filled = ses_arena_alloc(
        &work->model->arena, node->n_attributes, sizeof *filled);
    size_t n = 0;
    if (!filled) {
        ses_fail_memory(work->err, "the attributes of functions");
        return false;
    }
    if (node->n_attributes > MOST_NAMES ||
        frame->caller->n_attributes > MOST_NAMES ||
        frame->function->n_defaults > MOST_NAMES) {
        ses_fail(work->err, SES_EUNSUPPORTED,
                 "function '%s' has too many attributes",
                 frame->function->name);
        return false;
    }
    for (size_t i = 0; i < node->n_attributes; i++) {
        const struct ses_onnx_attribute *own = &node->attributes[i];
        const struct ses_onnx_attribute *from = own;
        if (own->ref) {
            from = named(frame->caller->attributes,
                         frame->caller->n_attributes, own->ref);
            if (!from)
                from = named(frame->function->defaults,
                             frame->function->n_defaults, own->ref);
        }
        if (!from)
            continue;
        filled[n] = *from;
        filled[n++].name = own->name;
    }
    node->attributes = filled;
    node->n_attributes = n;
    return true;
}

static bool append(struct work *work, const struct ses_onnx_node *node)
{
    struct ses_onnx_node *nodes = ses_grow(work->nodes, work->count,
                                           &work->capacity, sizeof *nodes);
    if (!nodes) {
        ses_fail_memory(work->err, "the network's nodes");
        return false;
    }
    work->nodes = nodes;
    work->nodes[work->count++] = *node;
    return true;
}

static bool expand(struct work *work, const struct ses_onnx_node *node,
                   int depth)
{
    const struct ses_onnx_function *function = find(work, node);
    if (!function)
        return append(work, node);
    if (depth == DEEPEST ||
        function->n_nodes > MOST_NODES - work->inlined ||
        function->n_inputs + function->n_outputs > MOST_NAMES) {
        ses_fail(work->err, SES_EUNSUPPORTED,
                 "function '%s' is too large, or calls itself",
                 function->name);
        return false;
    }
    work->inlined += function->n_nodes;
    struct frame frame = { function, node, node->name };
    if (!*frame.prefix)
        frame.prefix = node->n_outputs ? node->outputs[0] : function->name;
    for (size_t i = 0; i < function->n_nodes; i++) {
        struct ses_onnx_node inner = function->nodes[i];
        if (!rename_all(work, &frame, &inner.inputs, inner.n_inputs) ||
            !rename_all(work, &frame, &inner.outputs, inner.n_outputs) ||
            !fill_attributes(work, &frame, &inner))
            return false;
        if (*inner.name)
            inner.name = join(work, frame.prefix, inner.name);
        if (!inner.name || !expand(work, &inner, depth + 1))
            return false;
    }
    return true;
}

enum ses_status ses_onnx_inline(struct ses_onnx_model *model,
                                struct ses_error *err)
{
    if (!model->n_functions)
        return SES_OK;
    struct ses_error unheard = { 0 };
    struct work work = { .model = model, .err = err ? err : &unheard };
    bool good = name_functions(&work);
    for (size_t i = 0; good && i < model->n_nodes; i++)
        good = expand(&work, &model->nodes[i], 0);
    if (good) {
        struct ses_onnx_node *nodes =
            ses_arena_alloc(&model->arena, work.count, sizeof *nodes);
        good = nodes;
        if (!nodes)
            ses_fail_memory(work.err, "the network's nodes");
        else if (work.count)
            memcpy(nodes, work.nodes, work.count * sizeof *nodes);
        model->nodes = nodes;
        model->n_nodes = work.count;
    }
    free(work.nodes);
    ses_names_release(&work.functions);
    return good ? SES_OK : work.err->status;
}
