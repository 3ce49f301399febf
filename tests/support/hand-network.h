/* An SE network small enough to be worked out by hand, and a folder of small
 * pictures for it, two of which it cannot be given. */
#ifndef SES_TESTS_HAND_NETWORK_H
#define SES_TESTS_HAND_NETWORK_H

#include <stdbool.h>

#include "core/import/model.h"

enum { IMAGES = 40, CLASSES = 3, SIDE = 6, CHANNELS = 4, REDUCED = 2 };
enum { BROKEN = 9, LARGE = 23 };

/* One block and a classifier that ends in a softmax. The caller releases graph
 * and blocks. */
void make_model(struct ses_model *model);

struct expected {
    double squeeze[CHANNELS], bottleneck[REDUCED], gate[CHANNELS],
        logits[CLASSES], loss;
};

/* What the network makes of a picture, in double; open: with the gate forced to
 * one. */
struct expected work_out(size_t image, bool open);

/* The pictures, in class folders a, b and c: BROKEN is cut in its middle,
 * LARGE is too high. */
void make_pictures(const char *root);
bool readable(size_t image);

#endif
