/* See runner.h. The pipeline's job that records: which values of the network
 * are watched, what is kept of them, and how it gets into the file. */
#include "core/record/runner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/number.h"
#include "core/ops/shape.h"
#include "core/record/pipeline.h"
#include "core/record/score.h"
#include "core/record/writer.h"

enum { PART_GATE, PART_SQUEEZE, PART_BOTTLENECK, PARTS };

/* Where a watched value of a block goes: gate, squeeze or bottleneck. */
struct target {
    int value;
    size_t width;  /* floats an image */
    size_t offset; /* in a batch's rows, times the batch */
};

/* What all batches of a run share. */
struct recording {
    const struct ses_runner *runner;
    struct ses_record_writer *writer;
    size_t batch;
    size_t outputs;                 /* 0: no classifier */
    struct target (*targets)[PARTS]; /* [n_blocks]; width 0: none */
    size_t row_floats;              /* of all targets, an image */
    int *values;                    /* watched, each once */
    size_t n_values;
    const float **pointers; /* [PARTS][n_blocks]: of the row being written */
};

/* What is kept of a batch. */
struct results {
    float *rows;   /* each target [batch][width], at offset * batch */
    float *logits; /* [batch][outputs] */
    struct score {
        bool finite; /* all that is recorded */
        float loss;
        int32_t top5[5];
    } *scores; /* [batch] */
};

/* ---- what is watched ---------------------------------------------------- */

static void watch(struct recording *recording, int value)
{
    for (size_t i = 0; i < recording->n_values; i++)
        if (recording->values[i] == value)
            return;
    recording->values[recording->n_values++] = value;
}

static enum ses_status add_target(struct recording *recording, size_t block,
                                  int part, int value, int channels,
                                  struct ses_error *err)
{
    const struct ses_graph *graph = recording->runner->model->graph;
    const struct ses_value *from = &graph->values[value];
    struct target *target = &recording->targets[block][part];
    if (from->producer < 0)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "'%s' is not made by any layer any more", from->name);
    if (ses_floats(from) != (size_t)channels)
        return ses_fail(err, SES_ESHAPE, "'%s' has %zu floats, expected %d",
                        from->name, ses_floats(from), channels);
    target->value = value;
    target->width = (size_t)channels;
    target->offset = recording->row_floats;
    recording->row_floats += target->width;
    watch(recording, value);
    return SES_OK;
}

static enum ses_status add_targets(struct recording *recording,
                                   const struct ses_record_parts *parts,
                                   struct ses_error *err)
{
    const struct ses_runner *runner = recording->runner;
    const struct ses_blocks *blocks = &runner->model->blocks;
    enum ses_status status = SES_OK;
    for (size_t i = 0; i < runner->n_blocks && status == SES_OK; i++) {
        const struct ses_block *block = &blocks->items[runner->blocks[i]];
        status = add_target(recording, i, PART_GATE, block->gate,
                            block->channels, err);
        if (status == SES_OK && parts->squeeze)
            status = add_target(recording, i, PART_SQUEEZE, block->squeeze,
                                block->channels, err);
        if (status == SES_OK && parts->bottleneck && block->reduced > 0)
            status = add_target(recording, i, PART_BOTTLENECK,
                                block->bottleneck, block->reduced, err);
    }
    /* A block that is forced is seen whether or not it is recorded. */
    for (size_t b = 0; runner->force && b < blocks->count; b++)
        watch(recording, blocks->items[b].gate);
    for (size_t b = 0; runner->scale && b < blocks->count; b++)
        if (blocks->items[b].pregate >= 0)
            watch(recording, blocks->items[b].pregate);
    return status;
}

static enum ses_status recording_init(struct recording *recording,
                                      const struct ses_record_parts *parts,
                                      struct ses_error *err)
{
    size_t n = recording->runner->n_blocks;
    size_t n_values =
        PARTS * n + 2 * recording->runner->model->blocks.count;
    recording->targets = ses_calloc(n, sizeof *recording->targets);
    recording->values = ses_calloc(n_values, sizeof *recording->values);
    recording->pointers = ses_calloc(PARTS * n, sizeof *recording->pointers);
    if (!recording->targets || !recording->values || !recording->pointers)
        return ses_fail_memory(err, "a run");
    return add_targets(recording, parts, err);
}

static void recording_release(struct recording *recording)
{
    free(recording->targets);
    free(recording->values);
    free(recording->pointers);
}

/* ---- results ------------------------------------------------------------ */

static void discard(void *user)
{
    struct results *results = user;
    if (!results)
        return;
    free(results->rows);
    free(results->logits);
    free(results->scores);
    free(results);
}

static float *floats(size_t a, size_t b)
{
    size_t count;
    return ses_multiply(a, b, &count) ? ses_calloc_floats(count) : NULL;
}

static enum ses_status make(void *user, void **out, struct ses_error *err)
{
    const struct recording *recording = user;
    struct results *results = ses_calloc(1, sizeof *results);
    if (results) {
        results->rows = floats(recording->batch, recording->row_floats);
        results->logits = floats(recording->batch, recording->outputs);
        results->scores =
            ses_calloc(recording->batch, sizeof *results->scores);
    }
    if (!results || !results->rows || !results->logits || !results->scores) {
        discard(results);
        return ses_fail(err, SES_ENOMEM, "no memory for batches of %zu images",
                        recording->batch);
    }
    *out = results;
    return SES_OK;
}

/* A part of a block of the image in a row: [width]. */
static const float *part_of(const struct recording *recording,
                            const struct results *results, size_t row,
                            size_t block, int part)
{
    const struct target *target = &recording->targets[block][part];
    return results->rows + target->offset * recording->batch +
           row * target->width;
}

/* Sums that overflow make infinities, and those make NaN: nothing stops, and
 * without being told nobody sees it in a large record. */
static bool is_finite(const struct recording *recording,
                      const struct results *results, size_t row)
{
    bool finite = ses_are_finite(results->logits + row * recording->outputs,
                                 recording->outputs);
    for (size_t b = 0; b < recording->runner->n_blocks; b++)
        for (int part = 0; part < PARTS; part++)
            finite &= ses_are_finite(part_of(recording, results, row, b, part),
                                     recording->targets[b][part].width);
    return finite;
}

static void score(const struct recording *recording, struct results *results,
                  const size_t *items, size_t n)
{
    const struct ses_set *set = recording->runner->set;
    size_t outputs = recording->outputs;
    for (size_t row = 0; row < n; row++) {
        struct score *score = &results->scores[row];
        score->finite = is_finite(recording, results, row);
        if (!outputs)
            continue;
        const float *logits = results->logits + row * outputs;
        int label = set->classes[set->items[items[row]].class].output;
        ses_top5(logits, outputs, score->top5);
        score->loss = label >= 0 && (size_t)label < outputs
                          ? (float)ses_cross_entropy(logits, outputs,
                                                     (size_t)label)
                          : NAN;
    }
}

/* ---- running ------------------------------------------------------------ */

struct seeing {
    const struct recording *recording;
    const size_t *items;
    struct results *results;
};

/* What is changed is changed before it is recorded. */
static enum ses_status change(const struct seeing *seeing, int value,
                              float *data, int batch, size_t first,
                              struct ses_error *err)
{
    const struct ses_runner *runner = seeing->recording->runner;
    const struct ses_blocks *blocks = &runner->model->blocks;
    for (size_t b = 0; runner->scale && b < blocks->count; b++)
        if (blocks->items[b].pregate == value)
            runner->scale(runner->force_user, b, batch, data);
    enum ses_status status = SES_OK;
    for (size_t b = 0; runner->force && b < blocks->count && !status; b++)
        if (blocks->items[b].gate == value)
            status =
                runner->force(runner->force_user, b, seeing->items + first,
                              batch, data, err);
    return status;
}

static enum ses_status seen(void *user, size_t at, float *data, int batch,
                            size_t first, struct ses_error *err)
{
    const struct seeing *seeing = user;
    const struct recording *recording = seeing->recording;
    int value = recording->values[at];
    enum ses_status status = change(seeing, value, data, batch, first, err);
    if (status != SES_OK)
        return status;
    for (size_t i = 0; i < recording->runner->n_blocks; i++)
        for (int part = 0; part < PARTS; part++) {
            const struct target *target = &recording->targets[i][part];
            if (target->width && target->value == value)
                memcpy(seeing->results->rows +
                           target->offset * recording->batch +
                           first * target->width,
                       data, (size_t)batch * target->width * sizeof *data);
        }
    return SES_OK;
}

static enum ses_status run(void *user, struct ses_worker *worker,
                           const float *x, const size_t *items, size_t n,
                           void *out, struct ses_error *err)
{
    const struct recording *recording = user;
    struct results *results = out;
    struct seeing seeing = { recording, items, results };
    const struct ses_watch watch = { recording->values, recording->n_values,
                                     seen, &seeing };
    enum ses_status status =
        ses_worker_run(worker, x, (int)n, 0, &watch,
                       recording->outputs ? results->logits : NULL, err);
    if (status == SES_OK)
        score(recording, results, items, n);
    return status;
}

/* ---- writing ------------------------------------------------------------ */

static enum ses_status write_row(void *user, size_t item,
                                 enum ses_image_status status, const void *in,
                                 size_t at, bool *finite,
                                 struct ses_error *err)
{
    struct recording *recording = user;
    const struct results *results = in;
    const struct score *score = &results->scores[at];
    size_t n = recording->runner->n_blocks;
    struct ses_record_row row = {
        .status = status,
        .excitation = recording->pointers + PART_GATE * n,
        .squeeze = recording->pointers + PART_SQUEEZE * n,
        .bottleneck = recording->pointers + PART_BOTTLENECK * n,
        .logits = results->logits + at * recording->outputs,
        .loss = score->loss,
    };
    memcpy(row.top5, score->top5, sizeof row.top5);
    for (int part = 0; part < PARTS; part++)
        for (size_t b = 0; b < n; b++)
            recording->pointers[(size_t)part * n + b] =
                part_of(recording, results, at, b, part);
    *finite = score->finite;
    return ses_record_write(recording->writer, item, &row, err);
}

static enum ses_status settle(void *user, struct ses_error *err)
{
    const struct recording *recording = user;
    return ses_record_settle(recording->writer, err);
}

/* Also after a failure: what was finished is kept, and counts. */
static enum ses_status conclude(const struct recording *recording,
                                enum ses_status status,
                                struct ses_run_result *result,
                                struct ses_error *err)
{
    struct ses_error late = { 0 };
    enum ses_status kept = ses_record_flush(recording->writer, &late);
    if (kept == SES_OK)
        kept = ses_run_scores(recording->runner->set, recording->outputs,
                              recording->writer, result, &late);
    if (kept != SES_OK && (status == SES_OK || status == SES_ESTOPPED)) {
        status = kept;
        if (err)
            *err = late;
    }
    return status;
}

enum ses_status ses_runner_run(const struct ses_runner *runner,
                               const struct ses_record_parts *parts,
                               struct ses_record_writer *writer,
                               struct ses_run_result *result,
                               struct ses_error *err)
{
    struct recording recording = {
        .runner = runner,
        .writer = writer,
        .batch = ses_pipeline_batch(runner->model, runner->batch),
        .outputs = (size_t)runner->model->outputs,
    };
    const struct ses_pipeline pipeline = {
        .model = runner->model,
        .set = runner->set,
        .statuses = ses_record_statuses(writer),
        .threads = runner->threads,
        .batch = recording.batch,
        .strict = runner->strict,
        .caches = runner->caches,
        .progress = runner->progress,
        .unreadable = runner->unreadable,
        .user = runner->user,
        .job = { make, discard, run, write_row, settle, &recording },
    };
    memset(result, 0, sizeof *result);
    enum ses_status status = recording_init(&recording, parts, err);
    if (status == SES_OK) {
        status = ses_pipeline_run(&pipeline, result, err);
        status = conclude(&recording, status, result, err);
    }
    recording_release(&recording);
    return status;
}
