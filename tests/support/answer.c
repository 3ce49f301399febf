/* See answer.h. */
#include "tests/support/answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/engine/engine.h"
#include "tests/support/check.h"

#define GATE_TOLERANCE 1e-5
#define LOGIT_TOLERANCE 1e-4 /* of the largest logit */

struct watcher {
    struct answer *answer;
    const struct ses_blocks *blocks;
};

static enum ses_status keep_gate(void *user, size_t watch, float *data,
                                 int batch, size_t first, struct ses_error *err)
{
    const struct watcher *watcher = user;
    int channels = watcher->blocks->items[watch].channels;
    memcpy(watcher->answer->gates[watch], data,
           (size_t)channels * sizeof *data);
    return SES_OK;
}

void answer_run(struct answer *answer, const struct ses_graph *graph,
                const struct ses_blocks *blocks, const float *picture)
{
    struct ses_error err = { 0 };
    size_t n = blocks->count;
    int *gates = ses_calloc(n, sizeof *gates);
    memset(answer, 0, sizeof *answer);
    answer->n_gates = n;
    answer->gates = ses_calloc(n, sizeof *answer->gates);
    for (size_t i = 0; i < n; i++) {
        gates[i] = blocks->items[i].gate;
        answer->gates[i] = ses_calloc_floats((size_t)blocks->items[i].channels);
    }
    struct ses_engine *engine = NULL;
    struct ses_worker *worker = NULL;
    OK(ses_engine_new(graph, gates, n, 1, &engine, &err));
    OK(ses_worker_new(engine, &worker, &err));
    answer->outputs = graph->values[graph->logits].c;
    answer->logits = ses_calloc_floats((size_t)answer->outputs);
    struct watcher watcher = { answer, blocks };
    struct ses_watch watch = { gates, n, keep_gate, &watcher };
    OK(ses_worker_run(worker, picture, 1, 0, &watch, answer->logits, &err));
    ses_worker_free(worker);
    ses_engine_free(engine);
    free(gates);
}

void answer_release(struct answer *answer)
{
    for (size_t i = 0; i < answer->n_gates; i++)
        free(answer->gates[i]);
    free(answer->gates);
    free(answer->logits);
}

/* Place of the i-th value that a golden shows. */
static int place(const struct golden_row *row, int i)
{
    int step = row->channels / GOLDEN_SHOWN;
    return i * (step ? step : 1);
}

void answer_compare_gate(const struct golden_row *row, const float *gate)
{
    double mean = 0;
    for (int c = 0; c < row->channels; c++)
        mean += (double)gate[c] / row->channels;
    for (int i = 0; i < row->n_shown; i++) {
        double found = (double)gate[place(row, i)];
        if (!(fabs(found - row->shown[i]) <= GATE_TOLERANCE))
            fail_msg("gate %d of '%s' is %.7f, expected %.7f", place(row, i),
                     row->path, found, row->shown[i]);
    }
    if (!(fabs(mean - row->summary) <= GATE_TOLERANCE))
        fail_msg("the mean gate of '%s' is %.7f, expected %.7f", row->path,
                 mean, row->summary);
}

void answer_compare(const struct answer *answer, const struct golden *golden,
                    const struct ses_blocks *blocks)
{
    assert_int_equal(blocks->count, golden->n_gates);
    for (size_t i = 0; i < golden->n_gates; i++) {
        const struct golden_row *row = &golden->gates[i];
        assert_string_equal(blocks->items[i].source, row->path);
        assert_int_equal(blocks->items[i].channels, row->channels);
        answer_compare_gate(row, answer->gates[i]);
    }
    const struct golden_row *row = &golden->logits;
    assert_int_equal(answer->outputs, row->channels);
    for (int i = 0; i < row->n_shown; i++) {
        double found = (double)answer->logits[place(row, i)];
        if (!(fabs(found - row->shown[i]) <= LOGIT_TOLERANCE * row->summary))
            fail_msg("logit %d is %.7f, expected %.7f", place(row, i), found,
                     row->shown[i]);
    }
    double most = 0;
    for (int i = 0; i < row->channels; i++)
        most = fmax(most, fabs((double)answer->logits[i]));
    assert_true(fabs(most - row->summary) <= LOGIT_TOLERANCE * row->summary);
}
