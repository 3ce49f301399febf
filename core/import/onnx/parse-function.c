/* FunctionProto: a node's insides, where an exporter wrote them down. */
#include "core/import/onnx/parse.h"

enum { FUNCTION_NAME = 1, FUNCTION_INPUT = 4, FUNCTION_OUTPUT = 5,
       FUNCTION_NODE = 7, FUNCTION_DOMAIN = 10, FUNCTION_DEFAULT = 11 };

enum ses_status ses_onnx_parse_function(struct ses_arena *arena,
                                        const struct ses_wire_field *message,
                                        struct ses_onnx_function *out,
                                        struct ses_error *err)
{
    size_t count[16] = { 0 };
    if (!ses_onnx_count_fields(message->data, message->size, count))
        return ses_onnx_damaged(err, "functions");
    struct ses_onnx_node *nodes =
        ses_arena_alloc(arena, count[FUNCTION_NODE], sizeof *nodes);
    struct ses_onnx_attribute *defaults =
        ses_arena_alloc(arena, count[FUNCTION_DEFAULT], sizeof *defaults);
    out->inputs =
        ses_arena_alloc(arena, count[FUNCTION_INPUT], sizeof *out->inputs);
    out->outputs =
        ses_arena_alloc(arena, count[FUNCTION_OUTPUT], sizeof *out->outputs);
    out->nodes = nodes;
    out->defaults = defaults;
    out->name = out->domain = "";
    bool good = nodes && defaults && out->inputs && out->outputs;
    struct ses_wire wire = ses_wire(message->data, message->size);
    struct ses_wire_field field;
    enum ses_status status = SES_OK;
    while (good && !status && ses_wire_next(&wire, &field)) {
        const char *text = "";
        if (field.number == FUNCTION_NODE) {
            status = ses_onnx_parse_node(arena, &field,
                                         &nodes[out->n_nodes++], err);
        } else if (field.number == FUNCTION_DEFAULT) {
            status = ses_onnx_parse_attribute(
                arena, &field, &defaults[out->n_defaults++], err);
        } else {
            text = ses_arena_text(arena, field.data, field.size);
            good = text;
        }
        if (field.number == FUNCTION_NAME)
            out->name = text;
        else if (field.number == FUNCTION_DOMAIN)
            out->domain = text;
        else if (field.number == FUNCTION_INPUT)
            out->inputs[out->n_inputs++] = text;
        else if (field.number == FUNCTION_OUTPUT)
            out->outputs[out->n_outputs++] = text;
    }
    return good ? status : ses_fail_memory(err, "the network's functions");
}
