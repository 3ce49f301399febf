/* What a network says of one picture, and whether PyTorch says the same. */
#ifndef SES_TESTS_ANSWER_H
#define SES_TESTS_ANSWER_H

#include "core/graph/blocks.h"
#include "core/graph/graph.h"
#include "tests/support/golden.h"

struct answer {
    size_t n_gates;
    float **gates; /* of each block */
    int outputs;
    float *logits;
};

/* Run a graph that passed all passes over a picture; failures fail the test. */
void answer_run(struct answer *answer, const struct ses_graph *graph,
                const struct ses_blocks *blocks, const float *picture);
void answer_release(struct answer *answer);

/* Gates within 1e-5, logits within 1e-4 of the largest, or the test fails. */
void answer_compare(const struct answer *answer, const struct golden *golden,
                    const struct ses_blocks *blocks);
void answer_compare_gate(const struct golden_row *row, const float *gate);

#endif
