/* Goldens of scripts/reference/families.py: a network's tensors by formula,
 * and what PyTorch says of one picture. */
#ifndef SES_TESTS_GOLDEN_H
#define SES_TESTS_GOLDEN_H

#include <stddef.h>

#include "core/import/state.h"

enum { GOLDEN_SHOWN = 12 };

struct golden_tensor {
    char name[96];
    char seed[96]; /* the name that the numbers come of */
    double low, high;
    int rank;
    size_t shape[4];
};

struct golden_row {
    char path[96]; /* of a gate's module; empty for logits */
    int channels;
    int n_shown; /* every (channels / GOLDEN_SHOWN)-th */
    double shown[GOLDEN_SHOWN];
    double summary; /* gates: mean of all; logits: max |logit| */
};

struct golden {
    char arch[64];
    int channels, h, w;
    struct golden_tensor *tensors;
    size_t n_tensors; /* 0 when a checkpoint has the weights */
    struct golden_row *gates;
    size_t n_gates;
    struct golden_row logits;
};

/* From tests/data/families/<name>.txt; fails the test when it cannot. */
struct golden *golden_read(const char *name);
void golden_free(struct golden *golden);

/* A tensor by name; fails the test when there is none. */
struct golden_tensor *golden_find(struct golden *golden, const char *name);

/* The same numbers under another name. */
void golden_rename(struct golden *golden, const char *from, const char *to);

/* Leave out all tensors whose names begin and go on so; contains may be "".
 * Fails the test when there is none. */
void golden_drop(struct golden *golden, const char *begin,
                 const char *contains);

size_t golden_count(const struct golden_tensor *tensor);

/* A tensor's elements; caller frees. */
float *golden_values(const struct golden_tensor *tensor);

/* All tensors as a state dict in memory. */
struct ses_state *golden_state(const struct golden *golden);

/* The same names and shapes, all elements 0 and in one place: where a network is
 * to be built or refused, not run, at a fraction of the time. */
struct ses_state *golden_state_of_zeros(const struct golden *golden);

/* The input picture, [h][w][channels]; caller frees. */
float *golden_picture(const struct golden *golden);

#endif
