/* See read-out.h. */
#include "core/stats/read-out.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/number.h"
#include "core/base/parallel.h"
#include "core/engine/matrix.h"

enum { BATCH = 256 }; /* images of a task */

struct test {
    const struct ses_read_out *read_out;
    const struct ses_class_images *images;
    const struct ses_folds *folds;
    size_t fold, channels, n_classes;
    const float *rows;
    float *weight;  /* the read-out's */
    double largest; /* length of the weights of any class */
    float **x, **scores; /* [threads]: [BATCH][channels], [BATCH][n_classes] */
    size_t *right;       /* [tasks] */
};

static double dot(const double *weight, const float *x, size_t n)
{
    double sum = 0;
    for (size_t c = 0; c < n; c++)
        sum += weight[c] * (double)x[c];
    return sum;
}

/* What float32 may be wrong by: half a unit of the last place an addition, of
 * which the longest chain is a few hundred. */
static double doubt(const struct test *test, const float *x)
{
    double length = 0;
    for (size_t c = 0; c < test->channels; c++)
        length += (double)x[c] * (double)x[c];
    return 4e-6 * sqrt(length) * test->largest;
}

static size_t best_class(const struct test *test, const float *x,
                         const float *scores)
{
    const double *offset = test->read_out->offset;
    double best = -INFINITY, near = doubt(test, x);
    for (size_t k = 0; k < test->n_classes; k++) {
        double score = (double)scores[k] + offset[k];
        best = score > best ? score : best;
    }
    size_t candidates = 0, class = 0;
    for (size_t k = 0; k < test->n_classes; k++)
        if ((double)scores[k] + offset[k] >= best - 2 * near) {
            class = candidates++ ? class : k;
        }
    if (candidates == 1)
        return class;
    double exact = -INFINITY;
    for (size_t k = class; k < test->n_classes; k++) {
        if ((double)scores[k] + offset[k] < best - 2 * near)
            continue;
        double score = dot(test->read_out->weight + k * test->channels, x,
                           test->channels) + offset[k];
        if (score > exact) {
            exact = score;
            class = k;
        }
    }
    return class;
}

static void take_batch(void *user, size_t task, size_t thread)
{
    struct test *test = user;
    size_t channels = test->channels, n_classes = test->n_classes;
    size_t first = task * BATCH, n = test->folds->size[test->fold] - first;
    const size_t *row = test->folds->row[test->fold] + first;
    float *x = test->x[thread], *scores = test->scores[thread];
    n = n > BATCH ? BATCH : n;
    for (size_t i = 0; i < n; i++)
        memcpy(x + i * channels, test->rows + row[i] * channels,
               channels * sizeof *x);
    ses_multiply_rows(n, n_classes, channels, x, channels, test->weight,
                      channels, scores, n_classes);
    for (size_t i = 0; i < n; i++) {
        size_t class = best_class(test, x + i * channels,
                                  scores + i * n_classes);
        test->right[task] += class == (size_t)test->images->class[row[i]];
    }
}

static bool test_init(struct test *test, size_t threads, size_t tasks)
{
    size_t cells = test->n_classes * test->channels;
    test->weight = ses_calloc_floats(cells);
    test->right = ses_calloc(tasks, sizeof *test->right);
    test->x = ses_calloc(threads, sizeof *test->x);
    test->scores = ses_calloc(threads, sizeof *test->scores);
    bool ok = test->weight && test->right && test->x && test->scores;
    for (size_t t = 0; ok && t < threads; t++) {
        test->x[t] = ses_calloc_floats(BATCH * test->channels);
        test->scores[t] = ses_calloc_floats(BATCH * test->n_classes);
        ok = test->x[t] && test->scores[t];
    }
    return ok;
}

enum ses_status ses_read_out_test(
    const struct ses_read_out *read_out, const struct ses_class_images *images,
    const struct ses_folds *folds, size_t fold, size_t channels,
    const float *rows, size_t threads, size_t *right, struct ses_error *err)
{
    enum ses_status status = SES_OK;
    size_t n_classes = images->n_classes;
    size_t tasks = ses_divide_up(folds->size[fold], BATCH);
    struct test test = { .read_out = read_out, .images = images,
                         .folds = folds, .fold = fold, .channels = channels,
                         .n_classes = n_classes, .rows = rows };
    *right = 0;
    if (!test_init(&test, threads, tasks)) {
        status = ses_fail_memory(err, "a read-out");
        goto out;
    }
    for (size_t k = 0; k < n_classes; k++) {
        double length = 0;
        for (size_t c = 0; c < channels; c++) {
            double w = read_out->weight[k * channels + c];
            test.weight[k * channels + c] = (float)w;
            length += w * w;
        }
        test.largest = fmax(test.largest, sqrt(length));
    }
    ses_parallel(threads, tasks, take_batch, &test);
    for (size_t t = 0; t < tasks; t++)
        *right += test.right[t];
out:
    for (size_t t = 0; t < threads; t++) {
        if (test.x)
            free(test.x[t]);
        if (test.scores)
            free(test.scores[t]);
    }
    free(test.x);
    free(test.scores);
    free(test.weight);
    free(test.right);
    return status;
}
