/* The file's messages as structures. See proto.h; the numbers of fields are
 * those of onnx.proto. */
#include "core/import/onnx/parse.h"

/* A real network has some thousand nodes; memory for more than this is not
 * asked for on a file's word. */
enum { MOST_ITEMS = 1 << 20 };

/* What parsing and folding may take, in bytes: so many, and so many times the
 * file. */
enum { ARENA_LEAST = 1 << 27, ARENA_SHARE = 4 };

/* ONNX ModelProto, GraphProto, NodeProto, ... */
enum { MODEL_PRODUCER = 2, MODEL_PRODUCER_VERSION = 3, MODEL_GRAPH = 7,
       MODEL_OPSET = 8, MODEL_FUNCTION = 25 };
enum { OPSET_DOMAIN = 1, OPSET_VERSION = 2 };
enum { GRAPH_NODE = 1, GRAPH_INITIALIZER = 5, GRAPH_INPUT = 11,
       GRAPH_OUTPUT = 12, GRAPH_SPARSE = 15 };
enum { NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_NAME = 3, NODE_OP = 4,
       NODE_ATTRIBUTE = 5, NODE_DOMAIN = 7 };
enum { INFO_NAME = 1, INFO_TYPE = 2, TYPE_TENSOR = 1, TENSOR_ELEMENT = 1,
       TENSOR_SHAPE = 2, SHAPE_DIM = 1, DIM_VALUE = 1 };

size_t ses_onnx_type_size(enum ses_onnx_type type)
{
    switch (type) {
#define X(NAME, number, size, text) \
    case SES_ONNX_##NAME: \
        return size;
        SES_ONNX_TYPES(X)
#undef X
    case SES_ONNX_UNDEFINED:
        break;
    }
    return 0;
}

const char *ses_onnx_type_name(enum ses_onnx_type type)
{
    static _Thread_local char other[24];
    switch (type) {
#define X(NAME, number, size, text) \
    case SES_ONNX_##NAME: \
        return text;
        SES_ONNX_TYPES(X)
#undef X
    case SES_ONNX_UNDEFINED:
        break;
    }
    snprintf(other, sizeof other, "type %d", (int)type);
    return type == 8 ? "string" : other;
}

bool ses_onnx_type_is_float(enum ses_onnx_type type)
{
    return type == SES_ONNX_FLOAT || type == SES_ONNX_FLOAT16 ||
           type == SES_ONNX_DOUBLE || type == SES_ONNX_BFLOAT16;
}

enum ses_status ses_onnx_damaged(struct ses_error *err, const char *what)
{
    return ses_fail(err, SES_EFORMAT,
                    "the file is damaged within its %s; it may have been cut "
                    "off, as by a download that ended early",
                    what);
}

static const char *text_of(struct ses_arena *arena,
                           const struct ses_wire_field *field)
{
    return ses_arena_text(arena, field->data, field->size);
}

bool ses_onnx_count_fields(const uint8_t *message, size_t size,
                           size_t count[16])
{
    struct ses_wire wire = ses_wire(message, size);
    struct ses_wire_field field;
    while (ses_wire_next(&wire, &field))
        if (field.number < 16 && ++count[field.number] > MOST_ITEMS)
            return false;
    return !wire.damaged;
}

/* ---- inputs and outputs -------------------------------------------------- */

/* The one submessage of a number, or an empty one. */
static struct ses_wire enter(struct ses_wire wire, uint64_t number)
{
    struct ses_wire_field field;
    struct ses_wire found = ses_wire(NULL, 0);
    while (ses_wire_next(&wire, &field))
        if (field.number == number && field.type == SES_WIRE_BYTES)
            found = ses_wire(field.data, field.size);
    return found;
}

static void parse_shape(struct ses_wire wire, struct ses_onnx_info *out)
{
    struct ses_wire_field field, value;
    out->rank = 0;
    while (ses_wire_next(&wire, &field)) {
        if (field.number != SHAPE_DIM)
            continue;
        if (out->rank == SES_MAX_RANK) {
            out->rank = -1;
            return;
        }
        struct ses_wire dim = ses_wire(field.data, field.size);
        int64_t size = 0;
        while (ses_wire_next(&dim, &value))
            if (value.number == DIM_VALUE)
                size = (int64_t)value.value;
        out->size[out->rank++] = size;
    }
}

static enum ses_status parse_info(struct ses_arena *arena,
                                  const struct ses_wire_field *message,
                                  struct ses_onnx_info *out,
                                  struct ses_error *err)
{
    struct ses_wire wire = ses_wire(message->data, message->size);
    struct ses_wire_field field;
    out->rank = -1;
    out->name = "";
    while (ses_wire_next(&wire, &field)) {
        if (field.number == INFO_NAME)
            out->name = text_of(arena, &field);
        if (field.number != INFO_TYPE)
            continue;
        struct ses_wire type =
            enter(ses_wire(field.data, field.size), TYPE_TENSOR);
        struct ses_wire_field part;
        while (ses_wire_next(&type, &part)) {
            if (part.number == TENSOR_ELEMENT)
                out->type = (enum ses_onnx_type)(part.value & 0xff);
            if (part.number == TENSOR_SHAPE)
                parse_shape(ses_wire(part.data, part.size), out);
        }
    }
    if (!out->name)
        return ses_fail_memory(err, "the network's inputs");
    return wire.damaged ? ses_onnx_damaged(err, "inputs and outputs") : SES_OK;
}

/* ---- nodes --------------------------------------------------------------- */

enum ses_status ses_onnx_parse_node(struct ses_arena *arena,
                                    const struct ses_wire_field *message,
                                    struct ses_onnx_node *out,
                                    struct ses_error *err)
{
    size_t count[16] = { 0 };
    if (!ses_onnx_count_fields(message->data, message->size, count))
        return ses_onnx_damaged(err, "nodes");
    struct ses_onnx_attribute *attributes =
        ses_arena_alloc(arena, count[NODE_ATTRIBUTE], sizeof *attributes);
    out->inputs =
        ses_arena_alloc(arena, count[NODE_INPUT], sizeof *out->inputs);
    out->outputs =
        ses_arena_alloc(arena, count[NODE_OUTPUT], sizeof *out->outputs);
    out->attributes = attributes;
    out->name = out->op = out->domain = "";
    bool good = attributes && out->inputs && out->outputs;
    struct ses_wire wire = ses_wire(message->data, message->size);
    struct ses_wire_field field;
    while (good && ses_wire_next(&wire, &field)) {
        const char *text = "";
        if (field.number == NODE_ATTRIBUTE) {
            enum ses_status status = ses_onnx_parse_attribute(
                arena, &field, &attributes[out->n_attributes++], err);
            if (status)
                return ses_error_context(err, "node '%s'", out->name);
        } else if (field.number <= NODE_DOMAIN) {
            text = text_of(arena, &field);
            good = text;
        }
        switch (field.number) {
        case NODE_INPUT:
            out->inputs[out->n_inputs++] = text;
            break;
        case NODE_OUTPUT:
            out->outputs[out->n_outputs++] = text;
            break;
        case NODE_NAME:
            out->name = text;
            break;
        case NODE_OP:
            out->op = text;
            break;
        case NODE_DOMAIN:
            out->domain = text;
            break;
        default:
            break;
        }
    }
    return good ? SES_OK : ses_fail_memory(err, "the network's nodes");
}

/* ---- the graph and the model --------------------------------------------- */

static enum ses_status parse_graph(const struct ses_wire_field *message,
                                   struct ses_onnx_model *out,
                                   struct ses_error *err)
{
    struct ses_arena *arena = &out->arena;
    size_t count[16] = { 0 };
    if (!ses_onnx_count_fields(message->data, message->size, count))
        return ses_onnx_damaged(err, "graph");
    out->nodes =
        ses_arena_alloc(arena, count[GRAPH_NODE], sizeof *out->nodes);
    out->tensors =
        ses_arena_alloc(arena, count[GRAPH_INITIALIZER], sizeof *out->tensors);
    out->inputs =
        ses_arena_alloc(arena, count[GRAPH_INPUT], sizeof *out->inputs);
    out->outputs =
        ses_arena_alloc(arena, count[GRAPH_OUTPUT], sizeof *out->outputs);
    out->n_nodes = out->n_tensors = out->n_inputs = out->n_outputs = 0;
    out->n_sparse = count[GRAPH_SPARSE];
    if (!out->nodes || !out->tensors || !out->inputs || !out->outputs)
        return ses_fail_memory(err, "the network's nodes");
    struct ses_wire wire = ses_wire(message->data, message->size);
    struct ses_wire_field field;
    enum ses_status status = SES_OK;
    while (!status && ses_wire_next(&wire, &field)) {
        switch (field.number) {
        case GRAPH_NODE:
            status = ses_onnx_parse_node(arena, &field,
                                         &out->nodes[out->n_nodes++], err);
            break;
        case GRAPH_INITIALIZER:
            status =
                ses_onnx_parse_tensor(arena, field.data, field.size,
                                      &out->tensors[out->n_tensors++], err);
            break;
        case GRAPH_INPUT:
            status = parse_info(arena, &field, &out->inputs[out->n_inputs++],
                                err);
            break;
        case GRAPH_OUTPUT:
            status = parse_info(arena, &field,
                                &out->outputs[out->n_outputs++], err);
            break;
        default:
            break;
        }
    }
    return status;
}

static enum ses_status parse_opset(const struct ses_wire_field *message,
                                   struct ses_onnx_model *out,
                                   struct ses_error *err)
{
    struct ses_wire wire = ses_wire(message->data, message->size);
    struct ses_wire_field field;
    const char *domain = "";
    int64_t version = 0;
    while (ses_wire_next(&wire, &field)) {
        if (field.number == OPSET_DOMAIN)
            domain = text_of(&out->arena, &field);
        if (field.number == OPSET_VERSION)
            version = (int64_t)field.value;
    }
    if (!domain)
        return ses_fail_memory(err, "the operator sets");
    if (!*domain || strcmp(domain, "ai.onnx") == 0)
        out->opset = version;
    return wire.damaged ? ses_onnx_damaged(err, "operator sets") : SES_OK;
}

/* Functions stand behind all else, so they are counted and read last. */
static enum ses_status parse_functions(const struct ses_file *file,
                                       struct ses_onnx_model *out,
                                       struct ses_error *err)
{
    struct ses_wire wire = ses_wire(file->data, file->size), again = wire;
    struct ses_wire_field field;
    size_t count = 0;
    while (ses_wire_next(&wire, &field))
        count += field.number == MODEL_FUNCTION;
    if (!count)
        return SES_OK;
    if (count > MOST_ITEMS)
        return ses_onnx_damaged(err, "functions");
    out->functions =
        ses_arena_alloc(&out->arena, count, sizeof *out->functions);
    if (!out->functions)
        return ses_fail_memory(err, "the network's functions");
    enum ses_status status = SES_OK;
    while (!status && ses_wire_next(&again, &field))
        if (field.number == MODEL_FUNCTION)
            status = ses_onnx_parse_function(
                &out->arena, &field, &out->functions[out->n_functions++],
                err);
    return status;
}

enum ses_status ses_onnx_parse(const struct ses_file *file,
                               struct ses_onnx_model *out,
                               struct ses_error *err)
{
    struct ses_wire wire = ses_wire(file->data, file->size);
    struct ses_wire_field field, graph = { 0 };
    enum ses_status status = SES_OK;
    out->file = file;
    out->arena.limit = ARENA_LEAST + file->size * ARENA_SHARE;
    out->producer = out->producer_version = "";
    while (!status && ses_wire_next(&wire, &field)) {
        switch (field.number) {
        case MODEL_PRODUCER:
            out->producer = text_of(&out->arena, &field);
            break;
        case MODEL_PRODUCER_VERSION:
            out->producer_version = text_of(&out->arena, &field);
            break;
        case MODEL_GRAPH:
            graph = field;
            break;
        case MODEL_OPSET:
            status = parse_opset(&field, out, err);
            break;
        default:
            break;
        }
    }
    if (status)
        return status;
    if (wire.damaged)
        return ses_onnx_damaged(err, "model");
    if (!out->producer || !out->producer_version)
        return ses_fail_memory(err, "the producer's name");
    status = parse_graph(&graph, out, err);
    return status ? status : parse_functions(file, out, err);
}

void ses_onnx_model_release(struct ses_onnx_model *model)
{
    ses_arena_release(&model->arena);
}
