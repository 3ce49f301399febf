/* What the files of folding share. */
#ifndef SES_IMPORT_ONNX_FOLD_H
#define SES_IMPORT_ONNX_FOLD_H

#include "core/import/onnx/operators.h"
#include "core/import/onnx/shape.h"

/* Input k, which is a constant; NULL with the error filled when it lacks. */
const struct ses_onnx_constant *ses_onnx_folded(
    const struct ses_onnx_call *call, size_t k);

/* A new constant for the result; NULL with the error filled. */
struct ses_onnx_constant *ses_onnx_result(const struct ses_onnx_call *call,
                                          bool real, bool symbolic, int rank,
                                          const size_t *shape);

/* A copy of the structure (not of the elements); NULL with the error filled. */
struct ses_onnx_constant *ses_onnx_copy(
    const struct ses_onnx_call *call,
    const struct ses_onnx_constant *constant);

/* NULL with the error filled. */
struct ses_onnx_constant *ses_onnx_cannot_fold(
    const struct ses_onnx_call *call, const char *why);

#endif
