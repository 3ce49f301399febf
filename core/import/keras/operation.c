/* Operations that are no layers: tf.keras keeps plain arithmetic as
 * TFOpLambda, SlicingOpLambda and, before 2.4, TensorFlowOpLayer; Keras 3 has
 * a class for each. What they do is told by their names alone. */
#include "core/import/keras/operation.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/import/keras/config.h"
#include "core/import/keras/shape.h"

/* ---- operands ------------------------------------------------------------ */

/* One of two operands: a tensor, or a constant. */
struct operand {
    struct ses_view view;
    json_t *constant; /* NULL: a tensor */
};

/* Of TensorFlowOpLayer, whose constants are numbered among its tensors. */
static json_t *graph_argument(const struct ses_keras_layer *layer,
                              size_t place)
{
    json_t *constants = json_object_get(layer->config, "constants");
    json_t *args = json_object_get(layer->call, "args");
    size_t tensor = 0;
    char key[24];
    for (size_t i = 0;; i++) {
        snprintf(key, sizeof key, "%zu", i);
        json_t *constant = json_object_get(constants, key);
        if (i == place && constant)
            return constant;
        if (i == place)
            break;
        tensor += !constant;
    }
    json_t *first = json_array_get(args, 0);
    return json_array_get(json_is_array(first) ? first : args, tensor);
}

static json_t *find_operand(const struct ses_keras_layer *layer, size_t place)
{
    static const char *const names[2][3] = { { "x1", "x", "a" },
                                             { "x2", "y", "b" } };
    if (strcmp(layer->class_name, "TensorFlowOpLayer") == 0)
        return graph_argument(layer, place);
    for (int i = 0; i < 3; i++) {
        json_t *found = ses_keras_argument(layer, place, names[place][i]);
        if (found)
            return found;
    }
    return NULL;
}

static bool get_operand(const struct ses_keras_layer *layer, size_t place,
                        struct operand *out)
{
    json_t *found = find_operand(layer, place);
    *out = (struct operand){ .view = ses_view_failed() };
    if (!found) {
        ses_keras_fail(layer, SES_EFORMAT, "operand %zu is missing",
                       place + 1);
        return false;
    }
    if (!ses_keras_tensor(layer, found, &out->view))
        out->constant = found;
    return true;
}

/* The only tensor of an operation. */
static struct ses_view input(const struct ses_keras_layer *layer)
{
    if (layer->n_in != 1)
        return ses_keras_fail(layer, SES_EUNSUPPORTED,
                              "is called with %zu tensors, expected 1",
                              layer->n_in);
    return layer->in[0];
}

/* ---- arithmetic ---------------------------------------------------------- */

static struct ses_view binary(struct ses_keras_layer *layer, enum ses_op op)
{
    struct operand a, b;
    if (!get_operand(layer, 0, &a) || !get_operand(layer, 1, &b))
        return ses_view_failed();
    if (a.constant && b.constant)
        return ses_keras_fail(layer, SES_EUNSUPPORTED,
                              "none of its operands is a tensor");
    if (!a.constant && !b.constant && a.view.rank != b.view.rank)
        return ses_keras_fail(layer, SES_EUNSUPPORTED,
                              "its operands have %d and %d axes, expected as "
                              "many",
                              a.view.rank, b.view.rank);
    if (!a.constant && !b.constant)
        return ses_keras_binary(layer, op, &a.view, &b.view);
    bool first = a.constant != NULL;
    struct ses_tensor *constant =
        ses_keras_constant(layer, first ? a.constant : b.constant);
    if (!constant)
        return ses_view_failed();
    return ses_view_with_constant(layer->graph, layer->name, op,
                                  first ? &b.view : &a.view, constant, first,
                                  false);
}

static bool number(const struct ses_keras_layer *layer, size_t place,
                   const char *name, double fallback, double *out)
{
    const json_t *value = ses_keras_argument(layer, place, name);
    *out = value ? json_number_value(value) : fallback;
    if (!value || json_is_number(value))
        return true;
    ses_keras_fail(layer, SES_EUNSUPPORTED, "'%s' is no number", name);
    return false;
}

static struct ses_view act(const struct ses_keras_layer *layer,
                           enum ses_activation activation, double alpha,
                           double beta)
{
    struct ses_view x = input(layer);
    return ses_view_activation(layer->graph, layer->name, &x, activation,
                               (float)alpha, (float)beta);
}

static struct ses_view power(struct ses_keras_layer *layer)
{
    double exponent;
    if (!number(layer, 1, layer->keras->version >= 3 ? "x2" : "y", 1,
                &exponent))
        return ses_view_failed();
    return act(layer, SES_ACT_POWER, exponent, 0);
}

static struct ses_view clip(struct ses_keras_layer *layer)
{
    bool new = layer->keras->version >= 3;
    double least, most;
    if (!number(layer, 1, new ? "x_min" : "clip_value_min", -FLT_MAX,
                &least) ||
        !number(layer, 2, new ? "x_max" : "clip_value_max", FLT_MAX, &most))
        return ses_view_failed();
    return act(layer, SES_ACT_CLIP, least, most);
}

static struct ses_view leaky_relu(struct ses_keras_layer *layer)
{
    double slope;
    if (!number(layer, 1,
                layer->keras->version >= 3 ? "negative_slope" : "alpha", 0.2,
                &slope))
        return ses_view_failed();
    return act(layer, SES_ACT_LEAKY_RELU, slope, 0);
}

static struct ses_view gelu(struct ses_keras_layer *layer)
{
    const json_t *rough = ses_keras_argument(layer, 1, "approximate");
    return act(layer, json_is_true(rough) ? SES_ACT_GELU_TANH : SES_ACT_GELU,
               0, 0);
}

static struct ses_view minimum(struct ses_keras_layer *layer)
{
    struct ses_keras_layer two = *layer;
    if (layer->n_in == 2)
        return ses_keras_build_minimum(&two);
    /* with a constant: a bound */
    struct operand a, b;
    if (!get_operand(layer, 0, &a) || !get_operand(layer, 1, &b))
        return ses_view_failed();
    json_t *bound = a.constant ? a.constant : b.constant;
    if (!json_is_number(bound))
        return ses_keras_fail(layer, SES_EUNSUPPORTED,
                              "its bound is no number");
    return act(layer, SES_ACT_CLIP, -FLT_MAX, json_number_value(bound));
}

/* ---- axes ---------------------------------------------------------------- */

static struct ses_view reshape(struct ses_keras_layer *layer)
{
    struct ses_view x = input(layer);
    json_t *shape = ses_keras_argument(layer, 1, "shape");
    if (!shape)
        shape = ses_keras_argument(layer, 1, "newshape");
    if (x.value < 0)
        return x;
    return ses_keras_reshape(layer, &x, shape, true);
}

static struct ses_view transpose(struct ses_keras_layer *layer)
{
    struct ses_view x = input(layer);
    json_t *axes = ses_keras_argument(layer, 1, "perm");
    int order[SES_MAX_RANK];
    if (!axes)
        axes = ses_keras_argument(layer, 1, "axes");
    if (x.value < 0)
        return x;
    if (json_array_size(axes) != (size_t)x.rank)
        return ses_keras_fail(layer, SES_EUNSUPPORTED,
                              "an order of %d axes was expected", x.rank);
    for (int i = 0; i < x.rank; i++) {
        long long axis =
            json_integer_value(json_array_get(axes, (size_t)i));
        axis = axis < 0 ? axis + x.rank : axis;
        order[i] = axis < 0 || axis >= x.rank ? -1 : (int)axis;
    }
    return ses_view_transpose(layer->graph, layer->name, &x, order);
}

/* The axes an argument marks, one or a list; none: all but the batch's. */
static bool mark_axes(const struct ses_keras_layer *layer,
                      const json_t *argument, int rank, bool *marks)
{
    memset(marks, 0, SES_MAX_RANK * sizeof *marks);
    size_t n = json_is_array(argument) ? json_array_size(argument) : 1;
    if (!argument) {
        ses_keras_fail(layer, SES_EUNSUPPORTED,
                       "it reduces over the batch, too");
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        int axis;
        if (!ses_keras_axis(layer,
                            json_is_array(argument)
                                ? json_array_get(argument, i)
                                : argument,
                            0, rank, &axis))
            return false;
        marks[axis] = true;
    }
    return true;
}

static struct ses_view reduce(struct ses_keras_layer *layer, enum ses_op op)
{
    struct ses_view x = input(layer);
    bool axes[SES_MAX_RANK];
    if (x.value < 0 || !mark_axes(layer, ses_keras_argument(layer, 1, "axis"),
                                  x.rank, axes))
        return ses_view_failed();
    bool keep = json_is_true(ses_keras_argument(layer, 2, "keepdims"));
    return ses_view_reduce(layer->graph, layer->name, &x, op, axes, keep);
}

static struct ses_view expand(struct ses_keras_layer *layer)
{
    struct ses_view x = input(layer);
    int axis, size[SES_MAX_RANK];
    if (x.value < 0 || x.rank == SES_MAX_RANK ||
        !ses_keras_axis(layer, ses_keras_argument(layer, 1, "axis"), 0,
                        x.rank + 1, &axis))
        return ses_view_failed();
    for (int i = 0, from = 0; i <= x.rank; i++)
        size[i] = i == axis ? 1 : x.size[from++];
    return ses_view_reshape(layer->graph, layer->name, &x, x.rank + 1, size);
}

static struct ses_view squeeze(struct ses_keras_layer *layer)
{
    struct ses_view x = input(layer);
    bool marks[SES_MAX_RANK];
    int size[SES_MAX_RANK], rank = 0;
    const json_t *axes = ses_keras_argument(layer, 1, "axis");
    if (x.value < 0)
        return x;
    for (int i = 0; i < x.rank; i++)
        marks[i] = i > 0 && x.size[i] == 1;
    if (axes && !mark_axes(layer, axes, x.rank, marks))
        return ses_view_failed();
    for (int i = 0; i < x.rank; i++) {
        if (marks[i] && x.size[i] != 1)
            return ses_keras_fail(layer, SES_ESHAPE,
                                  "axis %d is %d long, expected 1", i,
                                  x.size[i]);
        if (!marks[i])
            size[rank++] = x.size[i];
    }
    return ses_view_reshape(layer->graph, layer->name, &x, rank, size);
}

static struct ses_view softmax(struct ses_keras_layer *layer)
{
    struct ses_view x = input(layer);
    int axis;
    if (x.value < 0 ||
        !ses_keras_axis(layer, ses_keras_argument(layer, 1, "axis"), -1,
                        x.rank, &axis))
        return ses_view_failed();
    return ses_view_softmax(layer->graph, layer->name, &x, axis);
}

/* Keras 3 and TensorFlow have the axis as an argument. */
static struct ses_view concat(struct ses_keras_layer *layer)
{
    struct ses_keras_layer as_layer = *layer;
    json_t *axis = ses_keras_argument(layer, 1, "axis");
    json_t *config = json_object();
    if (config && axis)
        json_object_set(config, "axis", axis);
    as_layer.config = config;
    struct ses_view view = ses_keras_build_concatenate(&as_layer);
    json_decref(config);
    return view;
}

/* ---- which --------------------------------------------------------------- */

static struct ses_view idle(struct ses_keras_layer *layer)
{
    return input(layer);
}

static struct ses_view flatten(struct ses_keras_layer *layer)
{
    struct ses_view x = input(layer);
    return x.value < 0 ? x : ses_keras_flatten(layer, &x);
}

#define ACT(name, activation, alpha) \
    static struct ses_view name(struct ses_keras_layer *layer) \
    { \
        return act(layer, SES_ACT_##activation, alpha, 0); \
    }
ACT(negate, LINEAR, -1)
ACT(square, POWER, 2)
ACT(root, POWER, 0.5)
ACT(inverse_root, POWER, -0.5)
ACT(exponential, EXP, 0)
ACT(error_function, ERF, 0)
#undef ACT

#define BINARY(name, op) \
    static struct ses_view name(struct ses_keras_layer *layer) \
    { \
        return binary(layer, SES_OP_##op); \
    }
BINARY(add, ADD)
BINARY(subtract, SUBTRACT)
BINARY(multiply, MULTIPLY)
BINARY(divide, DIVIDE)
BINARY(maximum, MAXIMUM)
#undef BINARY

static struct ses_view mean(struct ses_keras_layer *layer)
{
    return reduce(layer, SES_OP_GLOBAL_MEAN);
}

static struct ses_view largest(struct ses_keras_layer *layer)
{
    return reduce(layer, SES_OP_GLOBAL_MAX);
}

/* By a name in small letters; TensorFlow's own, Keras's, and what Python calls
 * operators. */
static const struct {
    const char *names; /* " a b c " */
    struct ses_view (*build)(struct ses_keras_layer *layer);
} operations[] = {
    { " add addv2 ", add },
    { " subtract sub ", subtract },
    { " multiply mul ", multiply },
    { " divide div truediv true_divide realdiv ", divide },
    { " maximum ", maximum },
    { " minimum ", minimum },
    { " negative neg ", negate },
    { " square ", square },
    { " sqrt ", root },
    { " rsqrt ", inverse_root },
    { " pow power ", power },
    { " exp ", exponential },
    { " erf ", error_function },
    { " clip_by_value clip ", clip },
    { " leaky_relu leakyrelu ", leaky_relu },
    { " gelu ", gelu },
    { " softmax ", softmax },
    { " identity stop_gradient cast ", idle },
    { " reshape ", reshape },
    { " flatten ", flatten },
    { " transpose ", transpose },
    { " expand_dims ", expand },
    { " squeeze ", squeeze },
    { " reduce_mean mean ", mean },
    { " reduce_max max amax ", largest },
    { " concat concatenate ", concat },
    { " getitem get_item ", ses_keras_get_item },
};

/* Those that are non-linearities by the same name. */
static const char activations[] =
    " relu relu6 sigmoid tanh silu swish softplus elu selu hard_sigmoid "
    "hard_silu hard_swish mish ";

static bool is_among(const char *names, const char *name)
{
    char padded[80];
    snprintf(padded, sizeof padded, " %.64s ", name);
    return strstr(names, padded) != NULL;
}

void ses_keras_operation_name(const json_t *layer, char *out, size_t size)
{
    const char *class_name = ses_keras_config_class(layer);
    const json_t *config = json_object_get(layer, "config");
    const char *name = ses_keras_config_text(config, "function", class_name);
    char own[96] = "";
    if (strcmp(class_name, "TensorFlowOpLayer") == 0) {
        json_t *definition = json_object_get(config, "node_def");
        json_t *parsed = json_is_string(definition)
                             ? json_loads(json_string_value(definition), 0,
                                          NULL)
                             : json_incref(definition);
        snprintf(own, sizeof own, "%s",
                 ses_keras_config_text(parsed, "op", "unknown"));
        json_decref(parsed);
        name = own;
    }
    const char *last = strrchr(name, '.');
    name = last ? last + 1 : name;
    if (strcmp(class_name, "TFOpLambda") == 0 ||
        strcmp(class_name, "SlicingOpLambda") == 0)
        snprintf(out, size, "%s", name);
    else
        ses_keras_snake_case(name, out, size);
    /* "AddV2" */
    size_t length = strlen(out);
    if (length > 3 && strcmp(out + length - 3, "_v2") == 0)
        out[length - 3] = '\0';
}

bool ses_keras_operation_known(const char *name)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (is_among(operations[i].names, name))
            return true;
    return is_among(activations, name);
}

struct ses_view ses_keras_build_operation(struct ses_keras_layer *layer)
{
    char name[96];
    json_t *json = json_pack("{s:s,s:O?}", "class_name", layer->class_name,
                             "config", layer->config);
    ses_keras_operation_name(json, name, sizeof name);
    json_decref(json);
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (is_among(operations[i].names, name))
            return operations[i].build(layer);
    struct ses_view x = input(layer);
    json_t *text = json_string(name);
    struct ses_view view = ses_keras_activation(layer, &x, text);
    json_decref(text);
    return view;
}
