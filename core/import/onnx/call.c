/* What operators ask of their node. See net.h. */
#include <limits.h>
#include <math.h>
#include <stdarg.h>

#include "core/import/onnx/net.h"

enum { SPENT_LEAST = 1 << 24 }; /* elements that any file may read */

int ses_onnx_find(const struct ses_onnx_net *net, const char *name)
{
    size_t number;
    return ses_names_find(&net->names, name, strlen(name), &number)
               ? (int)number
               : -1;
}

struct ses_view ses_onnx_refuse(const struct ses_onnx_call *call,
                                enum ses_status status, const char *format,
                                ...)
{
    char text[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    ses_fail(call->net->err, status, "'%s' of node '%s': %s", call->node->op,
             call->name, text);
    return ses_view_failed();
}

/* ---- attributes ---------------------------------------------------------- */

const struct ses_onnx_attribute *ses_onnx_attribute(
    const struct ses_onnx_call *call, const char *name)
{
    for (size_t i = 0; i < call->node->n_attributes; i++)
        if (strcmp(call->node->attributes[i].name, name) == 0)
            return &call->node->attributes[i];
    return NULL;
}

int64_t ses_onnx_int(const struct ses_onnx_call *call, const char *name,
                     int64_t otherwise)
{
    const struct ses_onnx_attribute *found = ses_onnx_attribute(call, name);
    return found ? found->i : otherwise;
}

float ses_onnx_float(const struct ses_onnx_call *call, const char *name,
                     float otherwise)
{
    const struct ses_onnx_attribute *found = ses_onnx_attribute(call, name);
    return found ? found->f : otherwise;
}

const char *ses_onnx_text(const struct ses_onnx_call *call, const char *name,
                          const char *otherwise)
{
    const struct ses_onnx_attribute *found = ses_onnx_attribute(call, name);
    return found ? found->s : otherwise;
}

/* ---- inputs and outputs -------------------------------------------------- */

static struct ses_onnx_value *value_of(const struct ses_onnx_call *call,
                                       const char **names, size_t n, size_t k)
{
    if (k >= n || !*names[k])
        return NULL;
    int value = ses_onnx_find(call->net, names[k]);
    return value < 0 ? NULL : &call->net->values[value];
}

struct ses_onnx_value *ses_onnx_input(const struct ses_onnx_call *call,
                                      size_t k)
{
    return value_of(call, call->node->inputs, call->node->n_inputs, k);
}

struct ses_onnx_value *ses_onnx_output(const struct ses_onnx_call *call,
                                       size_t k)
{
    return value_of(call, call->node->outputs, call->node->n_outputs, k);
}

const struct ses_onnx_constant *ses_onnx_constant_input(
    const struct ses_onnx_call *call, size_t k)
{
    const struct ses_onnx_value *value = ses_onnx_input(call, k);
    return value && value->state == SES_ONNX_CONSTANT ? &value->constant
                                                      : NULL;
}

const int *ses_onnx_sizes(const struct ses_onnx_value *value)
{
    return value->wide ? value->size : value->view.size;
}

/* A put-off Expand is done by adding zeros of the size. */
struct ses_view ses_onnx_widened(const struct ses_onnx_call *call,
                                 const struct ses_onnx_value *value)
{
    if (!value->wide)
        return value->view;
    size_t shape[SES_MAX_RANK];
    struct ses_onnx_constant zeros = { .type = SES_ONNX_FLOAT,
                                       .data = (const uint8_t *)&(float){ 0 },
                                       .origin = -1 };
    for (int i = 1; i < value->view.rank; i++)
        shape[i - 1] = (size_t)value->size[i];
    if (!ses_onnx_broadcast(&zeros, value->view.rank - 1, shape, &zeros))
        return ses_onnx_refuse(call, SES_ESHAPE, "its input is too large");
    struct ses_tensor *tensor = ses_onnx_take(call, &zeros);
    if (!tensor)
        return ses_view_failed();
    return ses_view_with_constant(call->net->graph, call->name, SES_OP_ADD,
                                  &value->view, tensor, false, false);
}

struct ses_view ses_onnx_data(const struct ses_onnx_call *call, size_t k)
{
    const struct ses_onnx_value *value = ses_onnx_input(call, k);
    if (!value)
        return ses_onnx_refuse(call, SES_EFORMAT, "it lacks input %zu", k);
    if (value->state == SES_ONNX_CONSTANT)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "its input '%s' is a constant, expected one "
                               "that is computed from the image; simplify the "
                               "file (onnx-simplifier) first",
                               value->name);
    return ses_onnx_widened(call, value);
}

struct ses_view ses_onnx_operand(const struct ses_onnx_call *call, size_t k,
                                 int rank)
{
    const struct ses_onnx_constant *constant =
        ses_onnx_constant_input(call, k);
    if (!constant)
        return ses_onnx_data(call, k);
    if (constant->rank != rank || constant->shape[0] != 1)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "its constant input '%s' is not of %d axes, "
                               "the first being 1",
                               call->node->inputs[k], rank);
    struct ses_onnx_constant one = *constant; /* without the batch's axis */
    one.rank--;
    memmove(one.shape, one.shape + 1, sizeof one.shape - sizeof *one.shape);
    memmove(one.stride, one.stride + 1,
            sizeof one.stride - sizeof *one.stride);
    size_t parameters = ses_onnx_parameters(call, constant);
    struct ses_view view =
        ses_view_constant(call->net->graph, call->name,
                          ses_onnx_take(call, &one), parameters > 0);
    return view;
}

/* ---- numbers ------------------------------------------------------------- */

/* The attribute's floats or ints, or its one number. */
static size_t attribute_numbers(const struct ses_onnx_attribute *attribute,
                                struct ses_onnx_number *out)
{
    size_t n = attribute->n_ints ? attribute->n_ints : attribute->n_floats;
    bool whole = attribute->type == SES_ONNX_ATTRIBUTE_INT;
    bool one = whole || attribute->type == SES_ONNX_ATTRIBUTE_FLOAT;
    for (size_t i = 0; out && i < n; i++)
        out[i].value = attribute->n_ints ? (double)attribute->ints[i]
                                         : (double)attribute->floats[i];
    if (out && one)
        out[0].value = whole ? (double)attribute->i : (double)attribute->f;
    return one ? 1 : n;
}

bool ses_onnx_list(const struct ses_onnx_call *call, int k, const char *name,
                   struct ses_onnx_list *out)
{
    const struct ses_onnx_value *value =
        k < 0 ? NULL : ses_onnx_input(call, (size_t)k);
    const struct ses_onnx_attribute *attribute =
        name ? ses_onnx_attribute(call, name) : NULL;
    *out = (struct ses_onnx_list){ 0 };
    if (value && value->state != SES_ONNX_CONSTANT) {
        ses_onnx_refuse(call, SES_EUNSUPPORTED,
                        "its input '%s' is computed from the image, expected "
                        "a constant; export with constant folding, or "
                        "simplify the file (onnx-simplifier)",
                        value->name);
        return false;
    }
    if (!value && !attribute)
        return true;
    out->given = true;
    out->n = value ? value->constant.count
                   : attribute_numbers(attribute, NULL);
    struct ses_onnx_number *at =
        ses_arena_alloc(&call->net->model.arena, out->n, sizeof *at);
    if (!at) {
        ses_fail_memory(call->net->err, "a list of numbers");
        return false;
    }
    out->at = at;
    if (!value) {
        attribute_numbers(attribute, at);
        return true;
    }
    struct ses_onnx_walk walk = ses_onnx_walk(&value->constant);
    for (size_t i = 0; i < out->n; i++, ses_onnx_step(&walk))
        at[i] = ses_onnx_element(&value->constant, walk.offset);
    return true;
}

bool ses_onnx_whole(const struct ses_onnx_call *call,
                    struct ses_onnx_number number, int64_t *out)
{
    if (number.power || isnan(number.value)) {
        ses_onnx_refuse(call, SES_EUNSUPPORTED,
                        number.power
                            ? "a size or place in it is a number of times "
                              "the batch's, which one image cannot tell"
                            : "a size or place in it cannot be worked out "
                              "from the file");
        return false;
    }
    *out = !(number.value > -0x1p63) ? INT64_MIN
           : number.value >= 0x1p63  ? INT64_MAX
                                     : (int64_t)number.value;
    return true;
}

bool ses_onnx_axis(const struct ses_onnx_call *call, double axis, int rank,
                   int *out)
{
    double at = axis < 0 ? axis + rank : axis;
    if (!(at >= 0 && at < rank)) {
        ses_onnx_refuse(call, SES_EFORMAT, "it names axis %g of %d", axis,
                        rank);
        return false;
    }
    *out = (int)at;
    return true;
}

bool ses_onnx_is_batch(const struct ses_onnx_net *net,
                       struct ses_onnx_number number)
{
    if (number.power)
        return number.value == 1;
    return number.value == 1 ||
           (net->batch && number.value == (double)net->batch);
}

/* ---- weights ------------------------------------------------------------- */

bool ses_onnx_spend(const struct ses_onnx_call *call, size_t count)
{
    struct ses_onnx_net *net = call->net;
    size_t most = SPENT_LEAST + net->model.file->size;
    for (size_t i = 0; i < net->external.count; i++)
        most += net->external.files[i].file.size;
    if (count > most - net->spent) {
        ses_onnx_refuse(call, SES_EUNSUPPORTED,
                        "its constants repeat their numbers beyond what the "
                        "file holds");
        return false;
    }
    net->spent += count;
    return true;
}

/* Numbers of shapes may stand among those of layers when they are known. */
static bool all_known(const struct ses_onnx_call *call,
                      const struct ses_onnx_constant *constant)
{
    struct ses_onnx_walk walk = ses_onnx_walk(constant);
    int64_t unused;
    for (size_t i = 0; constant->symbolic && i < constant->count; i++) {
        if (!ses_onnx_whole(call, ses_onnx_element(constant, walk.offset),
                            &unused))
            return false;
        ses_onnx_step(&walk);
    }
    return true;
}

/* The file's numbers are floats now. */
static void forget(const struct ses_onnx_net *net,
                   const struct ses_onnx_constant *constant)
{
    size_t bytes = constant->count * ses_onnx_type_size(constant->type);
    ses_file_forget(net->model.file, constant->data, bytes);
    for (size_t i = 0; i < net->external.count; i++)
        ses_file_forget(&net->external.files[i].file, constant->data, bytes);
}

struct ses_tensor *ses_onnx_take(const struct ses_onnx_call *call,
                                 const struct ses_onnx_constant *constant)
{
    if (!ses_onnx_spend(call, constant->count) || !all_known(call, constant))
        return NULL;
    struct ses_tensor *tensor = ses_onnx_floats(constant);
    if (!tensor)
        ses_fail_memory(call->net->err, "weights");
    else if (ses_onnx_is_packed(constant))
        forget(call->net, constant);
    return tensor;
}

size_t ses_onnx_parameters(const struct ses_onnx_call *call,
                           const struct ses_onnx_constant *constant)
{
    if (!constant || constant->origin < 0)
        return 0;
    struct ses_onnx_value *origin =
        &call->net->values[constant->origin];
    if (origin->counted)
        return 0;
    origin->counted = true;
    return constant->count;
}

void ses_onnx_set_parameters(const struct ses_onnx_call *call, int value,
                             size_t parameters)
{
    struct ses_graph *graph = call->net->graph;
    if (value >= 0)
        graph->nodes[graph->values[value].producer].parameters = parameters;
}
