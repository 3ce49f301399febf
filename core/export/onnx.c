/* See onnx.h: the file around the operators. Weights go from the graph to the
 * file, never through a copy. */
#include "core/export/onnx.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/utf8.h"
#include "core/export/emit.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "ONNX's raw bytes are little-endian");

enum { IR_VERSION = 7, OPERATOR_SET = 13 };
enum {
    MODEL_IR_VERSION = 1,
    MODEL_PRODUCER = 2,
    MODEL_GRAPH = 7,
    MODEL_OPERATOR_SET = 8,
    MODEL_PROPERTY = 14
};
enum { GRAPH_NAME = 2, GRAPH_INITIAL = 5, GRAPH_INPUT = 11, GRAPH_OUTPUT };
enum { INITIAL_BYTES = 9 };
enum { ELEMENT_FLOAT = 1 };

static void release(struct ses_emit *emit)
{
    for (size_t i = 0; emit->layers && i < emit->graph->n_nodes; i++)
        free(emit->layers[i]);
    for (size_t i = 0; i < emit->n_initials; i++) {
        ses_bytes_release(&emit->initials[i].header);
        free(emit->initials[i].owned);
    }
    for (size_t i = 0; i < emit->n_strings; i++)
        free(emit->strings[i]);
    ses_bytes_release(&emit->call);
    ses_bytes_release(&emit->nodes);
    free(emit->layers);
    free(emit->values);
    free(emit->initials);
    free(emit->strings);
}

/* The output's name: "logits", or the network's own where it can be told from
 * names that are made up, which have colons. */
static char *name_output(const struct ses_graph *graph)
{
    const char *own = graph->values[graph->output].name;
    if (graph->output == graph->logits)
        own = "logits";
    else if (!*own || strchr(own, ':') || strcmp(own, "input") == 0)
        own = "output";
    return ses_utf8_escaped(own);
}

/* How many floats, when a map is a vector whatever its axes are called. */
static bool is_vector(const struct ses_value *value)
{
    return (value->h == 1) + (value->w == 1) + (value->c == 1) >= 2;
}

/* Sizes of a value as ONNX has them: C x H x W, or of a vector one. */
static int sizes_of(const struct ses_value *value, bool vector,
                    int64_t sizes[3])
{
    sizes[0] = vector ? (int64_t)value->h * value->w * value->c : value->c;
    sizes[1] = value->h;
    sizes[2] = value->w;
    return vector ? 1 : 3;
}

/* Name and shape of the graph's input or output; any number of images. */
static void add_end(struct ses_bytes *graph, unsigned field, const char *name,
                    const struct ses_value *value, bool vector)
{
    struct ses_bytes info = { 0 }, type = { 0 }, tensor = { 0 };
    struct ses_bytes shape = { 0 }, size = { 0 };
    int64_t sizes[3];
    int n = sizes_of(value, vector, sizes);
    ses_proto_text(&size, 2, "N");
    ses_proto_message(&shape, 1, &size);
    for (int i = 0; i < n; i++) {
        size.length = 0;
        ses_proto_int(&size, 1, sizes[i]);
        ses_proto_message(&shape, 1, &size);
    }
    ses_proto_int(&tensor, 1, ELEMENT_FLOAT);
    ses_proto_message(&tensor, 2, &shape);
    ses_proto_message(&type, 1, &tensor);
    ses_proto_text(&info, 1, name);
    ses_proto_message(&info, 2, &type);
    ses_proto_message(graph, field, &info);
    ses_bytes_release(&info);
    ses_bytes_release(&type);
    ses_bytes_release(&tensor);
    ses_bytes_release(&shape);
    ses_bytes_release(&size);
}

/* Names of all values; that of the output is output. */
static enum ses_status name_values(struct ses_emit *emit, const char *output)
{
    const struct ses_graph *graph = emit->graph;
    emit->layers = ses_calloc(graph->n_nodes, sizeof *emit->layers);
    emit->values = ses_calloc(graph->n_values, sizeof *emit->values);
    if (!emit->layers || !emit->values || !ses_emit_names(graph, emit->layers))
        return ses_fail_memory(emit->err, "the names of layers");
    for (emit->node = 0; emit->node < graph->n_nodes; emit->node++) {
        int value = graph->nodes[emit->node].output;
        emit->values[value] = ses_emit_name(emit, "0");
    }
    if (!is_vector(&graph->values[graph->output]))
        emit->values[graph->output] = output;
    emit->values[graph->input] = "input";
    return SES_OK;
}

static enum ses_status translate(struct ses_emit *emit, const char *output)
{
    const struct ses_graph *graph = emit->graph;
    const char *last;
    enum ses_status status = name_values(emit, output);
    for (emit->node = 0; emit->node < graph->n_nodes && !status; emit->node++)
        status = ses_emit_layer(emit);
    if (status)
        return status;
    last = emit->values[graph->output];
    if (is_vector(&graph->values[graph->output]))
        ses_emit_call(emit, "Flatten", output, last, NULL);
    else if (graph->output == graph->input)
        ses_emit_call(emit, "Identity", output, last, NULL);
    return emit->failed ? ses_fail_memory(emit->err, "the ONNX network")
                        : SES_OK;
}

/* The parts of a file before, between and behind its weights. */
struct parts {
    struct ses_bytes head;     /* to the end of the operators */
    struct ses_bytes *initial; /* in front of each constant's bytes */
    struct ses_bytes tail;     /* the rest of the graph, and properties */
};

static void parts_release(struct parts *parts, size_t n)
{
    ses_bytes_release(&parts->head);
    ses_bytes_release(&parts->tail);
    for (size_t i = 0; parts->initial && i < n; i++)
        ses_bytes_release(&parts->initial[i]);
    free(parts->initial);
}

static void add_properties(struct ses_bytes *model,
                           const struct ses_onnx_property *properties,
                           size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct ses_bytes pair = { 0 };
        char *value = ses_utf8_escaped(properties[i].value);
        ses_proto_text(&pair, 1, properties[i].key);
        ses_proto_text(&pair, 2, value ? value : "");
        ses_proto_message(model, MODEL_PROPERTY, &pair);
        model->failed |= !value;
        free(value);
        ses_bytes_release(&pair);
    }
}

/* One constant: its header, and the opening of its bytes. */
static void open_initial(struct ses_bytes *out,
                         const struct ses_initial *initial)
{
    struct ses_bytes bytes = { 0 };
    ses_proto_open(&bytes, INITIAL_BYTES, initial->size);
    size_t header = initial->header.length;
    ses_proto_open(out, GRAPH_INITIAL, header + bytes.length + initial->size);
    ses_bytes_append(out, &initial->header);
    ses_bytes_append(out, &bytes);
    ses_bytes_release(&bytes);
}

/* Everything but the weights; size: of the whole file. */
static enum ses_status assemble(const struct ses_emit *emit,
                                const char *output,
                                const struct ses_onnx_property *properties,
                                size_t n_properties, struct parts *parts,
                                size_t *size)
{
    const struct ses_graph *graph = emit->graph;
    const struct ses_value *last = &graph->values[graph->output];
    struct ses_bytes body = { 0 }, set = { 0 };
    parts->initial = ses_calloc(emit->n_initials, sizeof *parts->initial);
    if (!parts->initial)
        return ses_fail_memory(emit->err, "the ONNX network");
    ses_proto_text(&body, GRAPH_NAME, "network");
    ses_bytes_append(&body, &emit->nodes);
    add_end(&parts->tail, GRAPH_INPUT, "input", &graph->values[graph->input],
            false);
    add_end(&parts->tail, GRAPH_OUTPUT, output, last, is_vector(last));
    size_t inner = body.length + parts->tail.length;
    bool failed = body.failed;
    for (size_t i = 0; i < emit->n_initials; i++) {
        open_initial(&parts->initial[i], &emit->initials[i]);
        failed |= parts->initial[i].failed;
        inner += parts->initial[i].length + emit->initials[i].size;
    }
    ses_proto_int(&parts->head, MODEL_IR_VERSION, IR_VERSION);
    ses_proto_text(&parts->head, MODEL_PRODUCER, "sescope");
    ses_proto_int(&set, 2, OPERATOR_SET);
    ses_proto_message(&parts->head, MODEL_OPERATOR_SET, &set);
    add_properties(&parts->head, properties, n_properties);
    ses_proto_open(&parts->head, MODEL_GRAPH, inner);
    *size = parts->head.length + inner;
    ses_bytes_append(&parts->head, &body);
    failed |= parts->head.failed || parts->tail.failed || set.failed;
    ses_bytes_release(&body);
    ses_bytes_release(&set);
    return failed ? ses_fail_memory(emit->err, "the ONNX network") : SES_OK;
}

static bool put(FILE *file, const void *data, size_t size)
{
    return size == 0 || fwrite(data, 1, size, file) == size;
}

static enum ses_status write_parts(const char *path,
                                   const struct ses_emit *emit,
                                   const struct parts *parts)
{
    char *temporary = ses_temporary_name(path);
    if (!temporary)
        return ses_fail_memory(emit->err, "a file name");
    enum ses_status status = SES_OK;
    FILE *file = fopen(temporary, "wbe");
    if (!file) {
        status = ses_fail_errno(emit->err, errno, "cannot write '%s'", path);
        goto out;
    }
    errno = 0;
    bool written = put(file, parts->head.data, parts->head.length);
    for (size_t i = 0; i < emit->n_initials && written; i++)
        written = put(file, parts->initial[i].data,
                      parts->initial[i].length) &&
                  put(file, emit->initials[i].data, emit->initials[i].size);
    written = written && put(file, parts->tail.data, parts->tail.length);
    int number = errno;
    if (fclose(file) != 0 && written) {
        written = false;
        number = errno;
    }
    if (written) {
        status = ses_file_publish(temporary, path, emit->err);
    } else {
        unlink(temporary);
        status = ses_fail_errno(emit->err, number, "cannot write '%s'", path);
    }
out:
    free(temporary);
    return status;
}

enum ses_status ses_onnx_write(const char *path, const struct ses_graph *graph,
                               const struct ses_onnx_property *properties,
                               size_t n_properties, struct ses_error *err)
{
    struct ses_emit emit = { .graph = graph, .err = err };
    struct parts parts = { 0 };
    size_t size = 0;
    char *output = name_output(graph);
    enum ses_status status =
        output ? translate(&emit, output) : ses_fail_memory(err, "a name");
    if (!status)
        status = assemble(&emit, output, properties, n_properties, &parts,
                          &size);
    if (!status && size > INT_MAX)
        status = ses_fail(err, SES_EUNSUPPORTED,
                          "'%s' would take %zu bytes, but an ONNX file holds "
                          "at most %d (it is one protocol buffer)",
                          path, size, INT_MAX);
    if (!status)
        status = write_parts(path, &emit, &parts);
    parts_release(&parts, emit.n_initials);
    release(&emit);
    free(output);
    return status;
}
