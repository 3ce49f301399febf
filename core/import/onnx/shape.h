/* Arithmetic of shapes that folding and building share. */
#ifndef SES_IMPORT_ONNX_SHAPE_H
#define SES_IMPORT_ONNX_SHAPE_H

#include "core/import/onnx/net.h"

/* Mark the axes that a list names, of rank; false with the error filled. */
bool ses_onnx_mark_axes(const struct ses_onnx_call *call,
                        const struct ses_onnx_list *list, int rank,
                        bool *marked);

/* What a Slice says of an axis. */
struct ses_onnx_cut {
    bool given;
    struct ses_onnx_number start, end;
    int64_t step;
};

/* A Slice's inputs or attributes, an axis each of rank. */
bool ses_onnx_cuts(const struct ses_onnx_call *call, int rank,
                   struct ses_onnx_cut *cuts);

/* Elements first, first + step, ...: length of them (0 for none). */
struct ses_onnx_range {
    int64_t first, step, length;
};
bool ses_onnx_cut_range(const struct ses_onnx_call *call,
                        const struct ses_onnx_cut *cut, int64_t size,
                        struct ses_onnx_range *out);

#endif
