/* Running a graph over batches of images.
 *
 * An engine holds what all workers share: packed weights and the memory plan.
 * A worker holds one arena; one worker a core, BLAS at one thread. Results for
 * an image are the same bits whatever the batch, its place in it, and the
 * number of workers. */
#ifndef SES_ENGINE_ENGINE_H
#define SES_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "core/graph/graph.h"

struct ses_caches;
struct ses_engine;
struct ses_worker;

/* Values somebody wants to see (or change) right after they are made.
 * data is [batch][h][w][c] of the value; writing to it changes what the rest
 * of the network is given, which is how gates are forced. A value may be shown
 * in parts, a few images of the run's batch at a time: first is the number
 * given to ses_worker_run() plus that of the first of these images. Anything
 * but SES_OK ends the run with that status. */
struct ses_watch {
    const int *values; /* value indices */
    size_t count;
    enum ses_status (*seen)(void *user, size_t watch, float *data, int batch,
                            size_t first, struct ses_error *err);
    void *user;
};

/* Plan a graph whose shapes are inferred and from which batch norms are
 * folded, for at most max_batch images at a time. Any value can be watched;
 * those in keep[] stay where they were shown until the next run, for a watcher
 * that wants several together. The graph is borrowed and must outlive the
 * engine.
 * Caller frees with ses_engine_free(). */
SES_MUST_CHECK enum ses_status ses_engine_new(const struct ses_graph *graph,
                                              const int *keep, size_t n_keep,
                                              int max_batch,
                                              struct ses_engine **out,
                                              struct ses_error *err);

/* The same for who looks at values of one pixel (gates, squeezes, logits) and
 * at those in keep[] only: maps that nobody sees are not made where layers can
 * be run as one (steps.h). */
SES_MUST_CHECK enum ses_status ses_engine_new_fused(
    const struct ses_graph *graph, const int *keep, size_t n_keep,
    int max_batch, struct ses_engine **out, struct ses_error *err);

/* As fused, and the batch goes through parts of the network a few images at a
 * time, as the caches favour (segments.h; NULL: this machine's). A run in
 * parts may only be cut at cuts[]: nodes, which a part may begin with or end
 * before. So many threads lay out the weights. */
SES_MUST_CHECK enum ses_status ses_engine_new_blocked(
    const struct ses_graph *graph, const size_t *cuts, size_t n_cuts,
    int max_batch, const struct ses_caches *caches, size_t threads,
    struct ses_engine **out, struct ses_error *err);
void ses_engine_free(struct ses_engine *engine);

/* Bytes of a worker's arena. */
size_t ses_engine_arena(const struct ses_engine *engine);

SES_MUST_CHECK enum ses_status ses_worker_new(const struct ses_engine *engine,
                                              struct ses_worker **out,
                                              struct ses_error *err);
void ses_worker_free(struct ses_worker *worker);

/* x: [batch][h][w][c] of the graph's input; borrowed. output: the graph's
 * logits [batch][h*w*c], copied out; may be NULL. watch may be NULL. */
SES_MUST_CHECK enum ses_status ses_worker_run(struct ses_worker *worker,
                                              const float *x, int batch,
                                              size_t first,
                                              const struct ses_watch *watch,
                                              float *output,
                                              struct ses_error *err);

/* ---- a run in parts -----------------------------------------------------
 *
 * For who goes on from the middle of a run several times, each in another
 * way: run nodes up to a place, save what the nodes from there on read, run
 * on, put it back, change it, run on again. The bits are those of one run. */

/* Run nodes [begin, end); those before begin were run, or what they left was
 * put back. x is read by the input's node. */
SES_MUST_CHECK enum ses_status ses_worker_run_part(struct ses_worker *worker,
                                                   const float *x, int batch,
                                                   size_t begin, size_t end,
                                                   struct ses_error *err);

/* A value that is there after a run, or at the cut where it stopped:
 * [batch][h][w][c]; what is written to it is what the network goes on with. */
float *ses_worker_value(struct ses_worker *worker, int value);

/* Keep the values that nodes before the cut `at` made and others read, or that
 * stay to the end, in one of the worker's drawers, numbered from 0; and put
 * them back, as often as wanted. What a drawer takes stays taken until the
 * worker is freed, so that the next run asks for no memory. */
SES_MUST_CHECK enum ses_status ses_worker_save(struct ses_worker *worker,
                                               size_t drawer, size_t at,
                                               int batch,
                                               struct ses_error *err);
void ses_worker_restore(struct ses_worker *worker, size_t drawer, size_t at,
                        int batch);

/* Whether convolutions do without Winograd's way (they do not, until told so).
 * Not while an engine exists. */
void ses_kernels_exact(bool exact);

/* "OpenBLAS 0.3.21 Zen, products by AVX-512 tiles, exact convolutions", for
 * the record. */
void ses_kernels_text(char *out, size_t size);

/* Whether such a text tells of exact convolutions. */
bool ses_kernels_are_exact(const char *text);

#endif
