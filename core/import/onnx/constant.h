/* Constants: weights as the file holds them, and the small integers that
 * files compute shapes with.
 *
 * A constant is elements in memory that somebody else owns, and strides. So
 * transposing, slicing or broadcasting weights copies nothing; they are
 * converted once, when a layer takes them.
 *
 * The batch of a shape is not known: an element may be a number of times the
 * batch (power 1). What cannot be said that way is NaN: nobody knows it, which
 * is no matter until somebody asks. */
#ifndef SES_IMPORT_ONNX_CONSTANT_H
#define SES_IMPORT_ONNX_CONSTANT_H

#include "core/import/onnx/proto.h"

struct ses_onnx_number {
    double value;
    int power; /* of the batch: 0 or 1 */
};

struct ses_onnx_constant {
    enum ses_onnx_type type; /* of the elements, unless symbolic */
    bool symbolic; /* elements are struct ses_onnx_number; type is INT64 or
                    * FLOAT still */
    int rank;
    size_t shape[SES_MAX_RANK];
    ptrdiff_t stride[SES_MAX_RANK]; /* in elements */
    size_t count;
    const uint8_t *data; /* the first element; unaligned; borrowed */
    int origin; /* the value that holds these numbers as parameters; -1 for
                 * those that were computed */
};

/* The element at an offset in elements from the first. */
struct ses_onnx_number ses_onnx_element(
    const struct ses_onnx_constant *constant, ptrdiff_t offset);

/* The only element, or the first. */
struct ses_onnx_number ses_onnx_scalar(
    const struct ses_onnx_constant *constant);

/* How many elements a shape has; false when they, or its strides where one of
 * its sizes is 0, are beyond what any file has, so that sums and products of
 * them cannot overflow. */
bool ses_onnx_count(int rank, const size_t *shape, size_t *count);

/* Row-major strides for the constant's shape. */
void ses_onnx_pack(struct ses_onnx_constant *constant);
bool ses_onnx_is_packed(const struct ses_onnx_constant *constant);

/* Steps through all elements in row-major order. */
struct ses_onnx_walk {
    int rank;
    size_t shape[SES_MAX_RANK], index[SES_MAX_RANK];
    ptrdiff_t stride[SES_MAX_RANK], offset;
};
struct ses_onnx_walk ses_onnx_walk(const struct ses_onnx_constant *constant);
void ses_onnx_step(struct ses_onnx_walk *walk);

/* The constant as another shape that it broadcasts to (rank >= its own); false
 * when it does not. */
bool ses_onnx_broadcast(const struct ses_onnx_constant *constant, int rank,
                        const size_t *shape, struct ses_onnx_constant *out);

/* Axes in another order. */
void ses_onnx_permute(const struct ses_onnx_constant *constant,
                      const int *perm, struct ses_onnx_constant *out);

/* A new constant of a type INT64 or FLOAT whose elements are written with
 * ses_onnx_put(), in row-major order; NULL without memory or with a product
 * that overflows. */
struct ses_onnx_constant *ses_onnx_constant_new(struct ses_arena *arena,
                                                enum ses_onnx_type type,
                                                bool symbolic, int rank,
                                                const size_t *shape);
void ses_onnx_put(struct ses_onnx_constant *constant, size_t at,
                  struct ses_onnx_number number);

/* All elements as float32 in row-major order; NULL without memory. Caller
 * frees with ses_tensor_free(). */
struct ses_tensor *ses_onnx_floats(const struct ses_onnx_constant *constant);

#endif
