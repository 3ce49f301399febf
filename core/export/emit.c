/* See emit.h. Field numbers are those of onnx.proto (IR version 7). */
#include "core/export/emit.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/ops/ops.h"

enum { NODE_INPUT = 1, NODE_OUTPUT, NODE_NAME, NODE_OPERATOR, NODE_ATTRIBUTE };
enum { ATTRIBUTE_NAME = 1, ATTRIBUTE_F, ATTRIBUTE_I, ATTRIBUTE_S };
enum { ATTRIBUTE_INTS = 8, ATTRIBUTE_TYPE = 20 };
enum { TYPE_FLOAT = 1, TYPE_INT, TYPE_STRING, TYPE_INTS = 7 };
enum { TENSOR_DIMS = 1, TENSOR_TYPE = 2, TENSOR_NAME = 8 };
enum { ELEMENT_FLOAT = 1, ELEMENT_INT64 = 7 };
enum { GRAPH_NODE = 1 };

/* Takes ownership of text, which may be NULL. */
static const char *keep(struct ses_emit *emit, char *text)
{
    char **strings = text ? ses_grow(emit->strings, emit->n_strings,
                                     &emit->strings_capacity, sizeof *strings)
                          : NULL;
    if (!strings) {
        free(text);
        emit->failed = true;
        return "";
    }
    emit->strings = strings;
    return strings[emit->n_strings++] = text;
}

const char *ses_emit_name(struct ses_emit *emit, const char *word)
{
    return keep(emit, ses_format("%s:%s", emit->layers[emit->node], word));
}

const struct ses_node *ses_emit_node(const struct ses_emit *emit)
{
    return &emit->graph->nodes[emit->node];
}

const char *ses_emit_input(const struct ses_emit *emit, int i)
{
    return emit->values[ses_emit_node(emit)->inputs[i]];
}

const char *ses_emit_output(const struct ses_emit *emit)
{
    return emit->values[ses_emit_node(emit)->output];
}

const struct ses_value *ses_emit_from(const struct ses_emit *emit)
{
    return &emit->graph->values[ses_emit_node(emit)->inputs[0]];
}

const struct ses_value *ses_emit_to(const struct ses_emit *emit)
{
    return &emit->graph->values[ses_emit_node(emit)->output];
}

/* owned: data, or NULL where it is the graph's. */
static const char *add_initial(struct ses_emit *emit, const char *word,
                               int type, int rank, const int64_t *shape,
                               size_t element, const void *data, void *owned)
{
    const char *name = ses_emit_name(emit, word);
    struct ses_initial *initials =
        ses_grow(emit->initials, emit->n_initials, &emit->initials_capacity,
                 sizeof *initials);
    if (!initials || !data) {
        emit->initials = initials ? initials : emit->initials;
        emit->failed = true;
        free(owned);
        return "";
    }
    emit->initials = initials;
    struct ses_initial *initial = &initials[emit->n_initials++];
    *initial = (struct ses_initial){ .data = data, .owned = owned,
                                     .size = element };
    for (int i = 0; i < rank; i++) {
        ses_proto_int(&initial->header, TENSOR_DIMS, shape[i]);
        initial->size *= (size_t)shape[i];
    }
    ses_proto_int(&initial->header, TENSOR_TYPE, type);
    ses_proto_text(&initial->header, TENSOR_NAME, name);
    emit->failed |= initial->header.failed;
    return name;
}

const char *ses_emit_floats(struct ses_emit *emit, const char *word, int rank,
                            const int64_t *shape, const float *data)
{
    return add_initial(emit, word, ELEMENT_FLOAT, rank, shape, sizeof *data,
                       data, NULL);
}

const char *ses_emit_own(struct ses_emit *emit, const char *word, int rank,
                         const int64_t *shape, float *takes_ownership)
{
    return add_initial(emit, word, ELEMENT_FLOAT, rank, shape,
                       sizeof *takes_ownership, takes_ownership,
                       takes_ownership);
}

const char *ses_emit_integers(struct ses_emit *emit, const char *word,
                              size_t n, const int64_t *values)
{
    int64_t *copy = ses_calloc(n, sizeof *copy);
    if (copy)
        memcpy(copy, values, n * sizeof *copy);
    int64_t shape[1] = { (int64_t)n };
    return add_initial(emit, word, ELEMENT_INT64, 1, shape, sizeof *copy, copy,
                       copy);
}

const char *ses_emit_list(struct ses_emit *emit, const char *word, size_t n,
                          const float *values)
{
    float *copy = ses_calloc(n, sizeof *copy);
    if (copy)
        memcpy(copy, values, n * sizeof *copy);
    int64_t shape[1] = { (int64_t)n };
    return ses_emit_own(emit, word, 1, shape, copy);
}

const char *ses_emit_number(struct ses_emit *emit, const char *word,
                            float value)
{
    float *copy = ses_calloc(1, sizeof *copy);
    if (copy)
        *copy = value;
    return ses_emit_own(emit, word, 0, NULL, copy);
}

void ses_emit_begin(struct ses_emit *emit, const char *operator)
{
    emit->call.length = 0;
    ses_proto_text(&emit->call, NODE_OPERATOR, operator);
}

/* An attribute's name and type; its value and attribute_add() follow. */
static struct ses_bytes attribute(const char *name, int type)
{
    struct ses_bytes bytes = { 0 };
    ses_proto_text(&bytes, ATTRIBUTE_NAME, name);
    ses_proto_int(&bytes, ATTRIBUTE_TYPE, type);
    return bytes;
}

static void attribute_add(struct ses_emit *emit, struct ses_bytes *bytes)
{
    ses_proto_message(&emit->call, NODE_ATTRIBUTE, bytes);
    ses_bytes_release(bytes);
}

void ses_emit_int(struct ses_emit *emit, const char *name, int64_t value)
{
    struct ses_bytes bytes = attribute(name, TYPE_INT);
    ses_proto_int(&bytes, ATTRIBUTE_I, value);
    attribute_add(emit, &bytes);
}

void ses_emit_ints(struct ses_emit *emit, const char *name, size_t n,
                   const int64_t *values)
{
    struct ses_bytes bytes = attribute(name, TYPE_INTS);
    for (size_t i = 0; i < n; i++)
        ses_proto_int(&bytes, ATTRIBUTE_INTS, values[i]);
    attribute_add(emit, &bytes);
}

void ses_emit_float(struct ses_emit *emit, const char *name, float value)
{
    struct ses_bytes bytes = attribute(name, TYPE_FLOAT);
    ses_proto_float(&bytes, ATTRIBUTE_F, value);
    attribute_add(emit, &bytes);
}

void ses_emit_text(struct ses_emit *emit, const char *name, const char *text)
{
    struct ses_bytes bytes = attribute(name, TYPE_STRING);
    ses_proto_text(&bytes, ATTRIBUTE_S, text);
    attribute_add(emit, &bytes);
}

void ses_emit_end(struct ses_emit *emit, const char *output,
                  const char *const *inputs)
{
    for (size_t i = 0; inputs[i]; i++)
        ses_proto_text(&emit->call, NODE_INPUT, inputs[i]);
    ses_proto_text(&emit->call, NODE_OUTPUT, output);
    ses_proto_text(&emit->call, NODE_NAME, output);
    ses_proto_message(&emit->nodes, GRAPH_NODE, &emit->call);
    emit->failed |= emit->nodes.failed;
}

const char *ses_emit_call(struct ses_emit *emit, const char *operator,
                          const char *output, const char *a, const char *b)
{
    const char *inputs[] = { a, b, NULL };
    ses_emit_begin(emit, operator);
    ses_emit_end(emit, output, inputs);
    return output;
}

enum ses_status ses_emit_refuse(struct ses_emit *emit, const char *format, ...)
{
    char what[256];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    const struct ses_node *node = ses_emit_node(emit);
    return ses_fail(emit->err, SES_EUNSUPPORTED,
                    "layer '%s' (%s): %s cannot be written as ONNX",
                    node->name, ses_op_class(node->op)->name, what);
}
