/* From a tensor of the file to a constant: where its elements are. */
#ifndef SES_IMPORT_ONNX_ELEMENTS_H
#define SES_IMPORT_ONNX_ELEMENTS_H

#include "core/import/onnx/constant.h"

/* Files beside the model that hold weights, each mapped once. Zeroed means
 * none. */
struct ses_onnx_external {
    const char *path; /* of the model; borrowed */
    struct ses_onnx_external_file {
        char *location;
        struct ses_file file;
    } *files;
    size_t count, capacity;
};

/* The bytes of a tensor that is kept in another file. */
SES_MUST_CHECK enum ses_status ses_onnx_external_bytes(
    struct ses_onnx_external *external, const struct ses_onnx_tensor *tensor,
    size_t size, const uint8_t **out, struct ses_error *err);
void ses_onnx_external_release(struct ses_onnx_external *external);

/* A tensor's elements: raw and external ones stay where they are, typed
 * ones too where they lie packed, else they are decoded into the arena. */
SES_MUST_CHECK enum ses_status ses_onnx_load(
    struct ses_arena *arena, struct ses_onnx_external *external,
    const struct ses_onnx_tensor *tensor, struct ses_onnx_constant *out,
    struct ses_error *err);

#endif
