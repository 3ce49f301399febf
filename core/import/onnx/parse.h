/* What the files of parsing share; others see proto.h alone. */
#ifndef SES_IMPORT_ONNX_PARSE_H
#define SES_IMPORT_ONNX_PARSE_H

#include "core/import/onnx/proto.h"
#include "core/import/wire.h"

SES_MUST_CHECK enum ses_status ses_onnx_parse_tensor(
    struct ses_arena *arena, const uint8_t *message, size_t size,
    struct ses_onnx_tensor *out, struct ses_error *err);

SES_MUST_CHECK enum ses_status ses_onnx_parse_attribute(
    struct ses_arena *arena, const struct ses_wire_field *message,
    struct ses_onnx_attribute *out, struct ses_error *err);

SES_MUST_CHECK enum ses_status ses_onnx_parse_node(
    struct ses_arena *arena, const struct ses_wire_field *message,
    struct ses_onnx_node *out, struct ses_error *err);

SES_MUST_CHECK enum ses_status ses_onnx_parse_function(
    struct ses_arena *arena, const struct ses_wire_field *message,
    struct ses_onnx_function *out, struct ses_error *err);

/* How often each of the fields 0..15 occurs in a message; false when it is
 * damaged or has more than any network. */
bool ses_onnx_count_fields(const uint8_t *message, size_t size,
                           size_t count[16]);

#endif
