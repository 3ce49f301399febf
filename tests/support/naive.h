/* Operations as their definitions say, in double and one number at a time: what
 * the tests of core/ops compare with. Maps are NHWC. */
#ifndef SES_TESTS_NAIVE_H
#define SES_TESTS_NAIVE_H

#include "core/graph/graph.h"

/* Output pixel of a convolution before its activation: the sum, and the sum of
 * the magnitudes of its terms (which bounds what rounding may do). */
struct naive_sum {
    double sum, magnitude;
};

struct naive_sum naive_conv(const struct ses_node *node,
                            const struct ses_value *in, const float *image,
                            int i, int j, int o);

double naive_max_pool(const struct ses_window *window,
                      const struct ses_value *in, const float *image, int i,
                      int j, int c);
double naive_average_pool(const struct ses_window *window,
                          const struct ses_value *in, const float *image,
                          int i, int j, int c);

/* Where a float of a reordered map comes from: digits of a mixed radix. */
size_t naive_permute_source(const struct ses_permute *permute, size_t to);

double naive_activation(enum ses_activation activation, double x, double alpha,
                        double beta);

#endif
