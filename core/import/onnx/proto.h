/* What an ONNX file says, as plain structures: nodes, tensors, inputs and
 * outputs of its graph.
 *
 * Texts are copied, weights are not: a tensor points into the mapped file (or
 * an external one) and is looked at when somebody needs it. */
#ifndef SES_IMPORT_ONNX_PROTO_H
#define SES_IMPORT_ONNX_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/graph/tensor.h"
#include "core/import/onnx/arena.h"

/* Element types by their number in the format: how a tensor's elements lie in
 * memory, and which repeated field holds them when they are not raw. */
#define SES_ONNX_TYPES(X) \
    X(FLOAT, 1, 4, "float32") \
    X(UINT8, 2, 1, "uint8") \
    X(INT8, 3, 1, "int8") \
    X(UINT16, 4, 2, "uint16") \
    X(INT16, 5, 2, "int16") \
    X(INT32, 6, 4, "int32") \
    X(INT64, 7, 8, "int64") \
    X(BOOL, 9, 1, "bool") \
    X(FLOAT16, 10, 2, "float16") \
    X(DOUBLE, 11, 8, "float64") \
    X(UINT32, 12, 4, "uint32") \
    X(UINT64, 13, 8, "uint64") \
    X(BFLOAT16, 16, 2, "bfloat16")

enum ses_onnx_type {
    SES_ONNX_UNDEFINED = 0,
#define X(NAME, number, size, text) SES_ONNX_##NAME = number,
    SES_ONNX_TYPES(X)
#undef X
};

/* Bytes of an element; 0 for types that are not read. */
size_t ses_onnx_type_size(enum ses_onnx_type type);
/* "float16", or "type 17" for those without a name here; overwritten by the
 * next call of the thread. */
const char *ses_onnx_type_name(enum ses_onnx_type type);
bool ses_onnx_type_is_float(enum ses_onnx_type type);

struct ses_onnx_tensor {
    const char *name; /* "" when it has none */
    enum ses_onnx_type type;
    int rank; /* -1: more than SES_MAX_RANK, or a size below 0 */
    size_t shape[SES_MAX_RANK];
    const uint8_t *message; /* the whole TensorProto */
    size_t message_size;
    const uint8_t *raw; /* NULL without raw_data */
    size_t raw_size;
    bool external;
    const char *location; /* external: a path beside the model */
    const char *offset, *length; /* external: decimal, or NULL */
};

enum ses_onnx_attribute_type {
    SES_ONNX_ATTRIBUTE_NONE,
    SES_ONNX_ATTRIBUTE_FLOAT,
    SES_ONNX_ATTRIBUTE_INT,
    SES_ONNX_ATTRIBUTE_STRING,
    SES_ONNX_ATTRIBUTE_TENSOR,
    SES_ONNX_ATTRIBUTE_GRAPH,
    SES_ONNX_ATTRIBUTE_FLOATS,
    SES_ONNX_ATTRIBUTE_INTS
};

struct ses_onnx_attribute {
    const char *name;
    int type; /* enum ses_onnx_attribute_type, or another number */
    float f;
    int64_t i;
    const char *s; /* "" when it has none */
    const char *ref; /* within a function: the caller's attribute that this one
                      * is; else NULL */
    const struct ses_onnx_tensor *t; /* or NULL */
    const float *floats;
    size_t n_floats;
    const int64_t *ints;
    size_t n_ints;
};

struct ses_onnx_node {
    const char *name; /* "" when it has none */
    const char *op, *domain;
    const char **inputs, **outputs; /* "" for those left out */
    size_t n_inputs, n_outputs;
    const struct ses_onnx_attribute *attributes;
    size_t n_attributes;
};

/* A function of the file's own: nodes for one node. */
struct ses_onnx_function {
    const char *name, *domain;
    const char **inputs, **outputs;
    size_t n_inputs, n_outputs;
    const struct ses_onnx_attribute *defaults; /* of attributes */
    size_t n_defaults;
    const struct ses_onnx_node *nodes;
    size_t n_nodes;
};

/* An input or output of the graph, and what is said of its shape. */
struct ses_onnx_info {
    const char *name;
    enum ses_onnx_type type;
    int rank;                   /* -1: nothing is said, or too many axes */
    int64_t size[SES_MAX_RANK]; /* 0 or below: open */
};

struct ses_onnx_model {
    struct ses_arena arena; /* owns all below */
    const struct ses_file *file; /* borrowed */
    int64_t opset;      /* of the standard operators; 0: none named */
    const char *producer, *producer_version;
    struct ses_onnx_node *nodes;
    struct ses_onnx_tensor *tensors; /* initialisers */
    struct ses_onnx_info *inputs, *outputs;
    struct ses_onnx_function *functions;
    size_t n_nodes, n_tensors, n_inputs, n_outputs, n_functions;
    size_t n_sparse; /* sparse initialisers, which are not read */
};

/* Read a mapped model file, which must outlive the model. Zeroed out is
 * filled; caller releases it also after a failure. */
SES_MUST_CHECK enum ses_status ses_onnx_parse(const struct ses_file *file,
                                              struct ses_onnx_model *out,
                                              struct ses_error *err);
/* Put the nodes of functions in the place of those that call them; names
 * within get the caller's in front. */
SES_MUST_CHECK enum ses_status ses_onnx_inline(struct ses_onnx_model *model,
                                               struct ses_error *err);

void ses_onnx_model_release(struct ses_onnx_model *model);

/* "the file is damaged within its <what>". */
enum ses_status ses_onnx_damaged(struct ses_error *err, const char *what);

#endif
