/* What the files of tests/test-onnx share: goldens of ONNX Runtime
 * (scripts/reference/onnx-graphs.py). */
#ifndef SES_TESTS_TEST_ONNX_H
#define SES_TESTS_TEST_ONNX_H

#include "core/import/model.h"

enum { ONNX_MAX_GATES = 8, ONNX_MAX_VALUES = 64 };

struct onnx_gate {
    char *source;
    int channels;
    int n; /* images x channels */
    float values[2 * ONNX_MAX_VALUES];
};

struct onnx_golden {
    char *name;
    bool channels_last; /* of the input */
    int images, h, w, channels;
    int rank, size[8]; /* of the output */
    int step;          /* every step-th element of it is there */
    int n_values;
    float values[2 * ONNX_MAX_VALUES];
    struct onnx_gate gates[ONNX_MAX_GATES];
    int n_gates;
};

struct onnx_goldens {
    struct onnx_golden *items;
    int count;
    char *text;
};

/* Of tests/data/onnx/goldens.txt. */
void onnx_goldens_read(struct onnx_goldens *goldens);
void onnx_goldens_release(struct onnx_goldens *goldens);
const struct onnx_golden *onnx_golden_find(const struct onnx_goldens *goldens,
                                           const char *name);

/* Open a network of tests/data/onnx for pictures of h x w (0: the file's own
 * size). */
enum ses_status onnx_open(const char *name, int h, int w,
                          struct ses_model **model, struct ses_error *err);

/* What a network says of some pictures: its output (NHWC) and all gates, image
 * by image. */
struct onnx_answer {
    float *output;
    float **gates;
    size_t n_gates;
};
void onnx_run(const struct ses_model *model, const float *pictures, int images,
              struct onnx_answer *answer);
void onnx_answer_release(struct onnx_answer *answer);

/* The pictures of a golden, NHWC; caller frees. */
float *onnx_pictures(const struct onnx_golden *golden);

/* tests/test-onnx-damage.c */
void cut_files_do_no_harm(void **unused);
void flipped_bytes_do_no_harm(void **unused);

#endif
