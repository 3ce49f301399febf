/* Records that a process of its own has open (keeper.h): its answers, and what
 * is asked. The functions are those of reader.h; in the child they read. */
#include "core/record/kept.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/record/keeper.h"
#include "core/record/rehearse.h"
#include "core/record/run.h"

enum question { EXCITATION = 1, MOMENTS, PATHS, PREDICTIONS };

/* ---- the child ----------------------------------------------------------- */

static struct ses_error said; /* too large for a stack */

/* A question is its number and three more. */
struct asked {
    uint64_t question, a, b, c;
};

static void answer_array(struct ses_keeper *keeper, enum ses_status status,
                         const void *array, size_t size)
{
    ses_keeper_answer(keeper, status, &said);
    if (status == SES_OK)
        ses_stream_send(&keeper->out, array, size);
}

static void answer_excitation(struct ses_keeper *keeper,
                              const struct ses_run_file *run, size_t block,
                              size_t first, size_t n)
{
    size_t bytes = n * (size_t)run->blocks[block].channels * sizeof(float);
    ses_h5_limit_time(bytes);
    float *rows = ses_calloc(bytes, 1);
    enum ses_status status =
        rows ? ses_run_excitation(run, block, first, n, rows, &said)
             : ses_fail_memory(&said, "rows");
    answer_array(keeper, status, rows, bytes);
    free(rows);
}

/* The arrays of a block's moments, of which wanted has a bit each. */
enum { ARRAYS = 4, COUNT = 1 << ARRAYS };

static void answer_moments(struct ses_keeper *keeper,
                           const struct ses_run_file *run, size_t block,
                           uint64_t wanted)
{
    size_t channels = (size_t)run->blocks[block].channels;
    size_t cells = run->n_classes * channels;
    float *arrays[ARRAYS] = { NULL };
    uint64_t *count = ses_calloc(run->n_classes, sizeof *count);
    bool made = count != NULL;
    ses_h5_limit_time(run->n_images * channels * sizeof(float));
    for (int i = 0; i < ARRAYS && made; i++)
        if (wanted & 1U << i) {
            arrays[i] = ses_calloc(cells, sizeof **arrays);
            made = arrays[i] != NULL;
        }
    enum ses_status status =
        made ? ses_run_moments(run, block, wanted & COUNT ? count : NULL,
                               arrays[0], arrays[1], arrays[2], arrays[3],
                               &said)
             : ses_fail_memory(&said, "moments");
    ses_keeper_answer(keeper, status, &said);
    if (status == SES_OK && wanted & COUNT)
        ses_stream_send(&keeper->out, count, run->n_classes * sizeof *count);
    for (int i = 0; i < ARRAYS; i++) {
        if (status == SES_OK && arrays[i])
            ses_stream_send(&keeper->out, arrays[i], cells * sizeof **arrays);
        free(arrays[i]);
    }
    free(count);
}

static void answer_paths(struct ses_keeper *keeper,
                         const struct ses_run_file *run, size_t first, size_t n)
{
    char **paths = ses_calloc(n, sizeof *paths);
    ses_h5_limit_time(n * sizeof *paths);
    enum ses_status status = paths
                                 ? ses_run_paths(run, first, n, paths, &said)
                                 : ses_fail_memory(&said, "paths");
    ses_keeper_answer(keeper, status, &said);
    if (status == SES_OK)
        ses_keeper_send_texts(&keeper->out, paths, n);
    for (size_t i = 0; i < n && paths; i++)
        free(paths[i]);
    free(paths);
}

static void answer_predictions(struct ses_keeper *keeper,
                               const struct ses_run_file *run, bool with_top5,
                               bool with_loss)
{
    size_t n = run->n_images;
    int32_t *top5 = ses_calloc(n, 5 * sizeof *top5);
    float *loss = ses_calloc(n, sizeof *loss);
    ses_h5_limit_time(n * 6 * sizeof *loss);
    enum ses_status status =
        top5 && loss ? ses_run_predictions(run, with_top5 ? top5 : NULL,
                                           with_loss ? loss : NULL, &said)
                     : ses_fail_memory(&said, "predictions");
    ses_keeper_answer(keeper, status, &said);
    if (status == SES_OK && with_top5)
        ses_stream_send(&keeper->out, top5, n * 5 * sizeof *top5);
    if (status == SES_OK && with_loss)
        ses_stream_send(&keeper->out, loss, n * sizeof *loss);
    free(top5);
    free(loss);
}

static void keep(struct ses_keeper *keeper)
{
    struct ses_run_file *run;
    struct asked asked;
    enum ses_status status = ses_run_open_here(keeper->path, &run, &said);
    ses_keeper_answer(keeper, status, &said);
    if (status != SES_OK)
        return;
    ses_run_send(run, &keeper->out);
    for (;;) {
        ses_stream_flush(&keeper->out);
        ses_stream_receive(&keeper->in, &asked, sizeof asked);
        if (keeper->in.failed)
            return;
        said = (struct ses_error){ 0 };
        switch (asked.question) {
        case EXCITATION:
            answer_excitation(keeper, run, asked.a, asked.b, asked.c);
            break;
        case MOMENTS:
            answer_moments(keeper, run, asked.a, asked.b);
            break;
        case PATHS:
            answer_paths(keeper, run, asked.a, asked.b);
            break;
        case PREDICTIONS:
            answer_predictions(keeper, run, asked.a, asked.b);
            break;
        }
    }
}

/* ---- the parent ---------------------------------------------------------- */

static enum ses_status ask(const struct ses_run_file *run,
                           const struct asked *asked, struct ses_error *err)
{
    struct ses_keeper *keeper = run->handle->keeper;
    ses_stream_send(&keeper->out, asked, sizeof *asked);
    return ses_keeper_hear(keeper, err);
}

enum ses_status ses_kept_open(const char *path, struct ses_run_file *run,
                              struct ses_error *err)
{
    struct ses_keeper *keeper;
    enum ses_status status = ses_keeper_start(path, keep, &keeper, err);
    if (status != SES_OK)
        return status;
    run->handle->keeper = keeper;
    status = ses_keeper_hear(keeper, err);
    if (status == SES_OK) {
        ses_run_receive(run, &keeper->in);
        status = ses_keeper_check(keeper, err);
    }
    return status;
}

enum ses_status ses_kept_excitation(const struct ses_run_file *run,
                                    size_t block, size_t first, size_t n,
                                    float *out, struct ses_error *err)
{
    struct ses_keeper *keeper = run->handle->keeper;
    const struct asked asked = { EXCITATION, block, first, n };
    enum ses_status status = ask(run, &asked, err);
    if (status != SES_OK)
        return status;
    ses_stream_receive(&keeper->in, out,
                       n * (size_t)run->blocks[block].channels * sizeof *out);
    return ses_keeper_check(keeper, err);
}

enum ses_status ses_kept_moments(const struct ses_run_file *run, size_t block,
                                 uint64_t *count, float *const arrays[4],
                                 struct ses_error *err)
{
    struct ses_keeper *keeper = run->handle->keeper;
    size_t cells = run->n_classes * (size_t)run->blocks[block].channels;
    struct asked asked = { MOMENTS, block, count ? COUNT : 0, 0 };
    for (int i = 0; i < ARRAYS; i++)
        asked.b |= arrays[i] ? 1U << i : 0;
    enum ses_status status = ask(run, &asked, err);
    if (status != SES_OK)
        return status;
    if (count)
        ses_stream_receive(&keeper->in, count, run->n_classes * sizeof *count);
    for (int i = 0; i < ARRAYS; i++)
        if (arrays[i])
            ses_stream_receive(&keeper->in, arrays[i],
                               cells * sizeof **arrays);
    return ses_keeper_check(keeper, err);
}

enum ses_status ses_kept_paths(const struct ses_run_file *run, size_t first,
                               size_t n, char **out, struct ses_error *err)
{
    struct ses_keeper *keeper = run->handle->keeper;
    const struct asked asked = { PATHS, first, n, 0 };
    enum ses_status status = ask(run, &asked, err);
    memset(out, 0, n * sizeof *out);
    if (status != SES_OK)
        return status;
    for (size_t i = 0; i < n && !keeper->in.failed; i++)
        out[i] = ses_stream_receive_text(&keeper->in);
    status = ses_keeper_check(keeper, err);
    for (size_t i = 0; i < n && status != SES_OK; i++) {
        free(out[i]);
        out[i] = NULL;
    }
    return status;
}

enum ses_status ses_kept_predictions(const struct ses_run_file *run,
                                     int32_t *top5, float *loss,
                                     struct ses_error *err)
{
    struct ses_keeper *keeper = run->handle->keeper;
    const struct asked asked = { PREDICTIONS, top5 != NULL, loss != NULL, 0 };
    enum ses_status status = ask(run, &asked, err);
    if (status != SES_OK)
        return status;
    if (top5)
        ses_stream_receive(&keeper->in, top5,
                           run->n_images * 5 * sizeof *top5);
    if (loss)
        ses_stream_receive(&keeper->in, loss, run->n_images * sizeof *loss);
    return ses_keeper_check(keeper, err);
}
