/* How fast the engine runs a network, without images and files around it.
 *
 *     scripts/peers/engine MODEL [threads [batch [seconds]]]
 *     scripts/peers/engine --layers MODEL [batch]
 *
 * Prints milliseconds an image, and those of the processors, over random
 * pictures; or what every layer takes, with its share, its multiply-adds and
 * how fast they go. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/alloc.h"
#include "core/base/random.h"
#include "core/engine/engine.h"
#include "core/engine/gemm-blas.h"
#include "core/import/model.h"
#include "core/ops/ops.h"
#include "core/ops/shape.h"

struct thread {
    pthread_t id;
    struct ses_worker *worker;
    const float *x;
    int batch;
    double until;
    size_t images;
};

static double clock_of(clockid_t which)
{
    struct timespec time;
    clock_gettime(which, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double now(void)
{
    return clock_of(CLOCK_MONOTONIC);
}

static void *run(void *argument)
{
    struct thread *thread = argument;
    struct ses_error err = { 0 };
    do {
        if (ses_worker_run(thread->worker, thread->x, thread->batch, 0, NULL,
                           NULL, &err) != SES_OK)
            exit(1);
        thread->images += (size_t)thread->batch;
    } while (now() < thread->until);
    return NULL;
}

/* Milliseconds an image, of time and of the processors. */
static void measure(struct thread *threads, int n, double seconds,
                    double *wall, double *cpu)
{
    double began = now(), busy = clock_of(CLOCK_PROCESS_CPUTIME_ID);
    size_t images = 0;
    for (int i = 0; i < n; i++) {
        threads[i].images = 0;
        threads[i].until = began + seconds;
        if (pthread_create(&threads[i].id, NULL, run, &threads[i]) != 0)
            exit(1);
    }
    for (int i = 0; i < n; i++) {
        pthread_join(threads[i].id, NULL);
        images += threads[i].images;
    }
    *wall = (now() - began) * 1e3 / (double)images;
    *cpu = (clock_of(CLOCK_PROCESS_CPUTIME_ID) - busy) * 1e3 / (double)images;
}

/* Multiply-adds of an image, as the layer is defined. */
static double multiply_adds(const struct ses_graph *graph,
                            const struct ses_node *node)
{
    const struct ses_value *out = &graph->values[node->output];
    if (node->op != SES_OP_CONV)
        return 0;
    return (double)ses_pixels(out) * (double)node->weight->count;
}

/* Whether a layer is done by a later one, and that one (core/engine/steps.h):
 * told by the time it takes. */
static bool is_free(double ms)
{
    return ms < 1e-3;
}

static bool may_follow(enum ses_op op)
{
    return op == SES_OP_MULTIPLY || op == SES_OP_ADD ||
           op == SES_OP_ACTIVATION;
}

/* GFLOP/s of one large product by BLAS. */
static double sgemm_peak(void)
{
    enum { SIDE = 1536, TIMES = 5 };
    float *a = ses_calloc_floats(SIDE * SIDE);
    float *b = ses_calloc_floats(SIDE * SIDE);
    float *c = ses_calloc_floats(SIDE * SIDE);
    double least = 1e9;
    for (int i = 0; a && b && c && i < TIMES; i++) {
        double began = clock_of(CLOCK_THREAD_CPUTIME_ID);
        ses_blas_gemm(SIDE, SIDE, SIDE, a, SIDE, b, c, SIDE);
        double took = clock_of(CLOCK_THREAD_CPUTIME_ID) - began;
        least = took < least ? took : least;
    }
    free(a);
    free(b);
    free(c);
    return 2.0 * SIDE * SIDE * SIDE / least / 1e9;
}

static void show_layers(const struct ses_graph *graph,
                        struct ses_worker *worker, const float *x, int batch)
{
    enum { TIMES = 7 };
    struct ses_error err = { 0 };
    double *least = calloc(graph->n_nodes, sizeof *least), total = 0;
    double later = 0; /* work of layers that a later one does */
    if (!least)
        exit(1);
    for (int pass = 0; pass < TIMES; pass++)
        for (size_t i = 0; i < graph->n_nodes; i++) {
            double began = clock_of(CLOCK_THREAD_CPUTIME_ID);
            if (ses_worker_run_part(worker, x, batch, i, i + 1, &err))
                exit(1);
            double took = (clock_of(CLOCK_THREAD_CPUTIME_ID) - began) *
                          1e3 / batch;
            least[i] = !pass || took < least[i] ? took : least[i];
        }
    for (size_t i = 0; i < graph->n_nodes; i++)
        total += least[i];
    printf("%-36s %-12s %-14s %8s %6s %8s %8s\n", "layer", "kind", "map", "ms",
           "%", "MMAC", "GFLOP/s");
    for (size_t i = 0; i < graph->n_nodes; i++) {
        const struct ses_node *node = &graph->nodes[i];
        const struct ses_value *out = &graph->values[node->output];
        double work = multiply_adds(graph, node);
        if (work > 0 && is_free(least[i]) && ses_pixels(out) > 1) {
            later = work;
            continue;
        }
        if (may_follow(node->op) && ses_pixels(out) > 1) {
            if (is_free(least[i]))
                continue;
            work = later;
            later = 0;
        }
        char map[40];
        snprintf(map, sizeof map, "%dx%dx%d", out->h, out->w, out->c);
        printf("%-36.36s %-12.12s %-14s %8.4f %6.2f %8.2f %8.1f\n", node->name,
               ses_op_class(node->op)->name, map, least[i],
               100 * least[i] / total, work / 1e6,
               least[i] > 0 ? 2 * work / (least[i] * 1e6) : 0);
    }
    printf("%-36s %-12s %-14s %8.4f\n", "all", "", "", total);
    printf("sgemm of a large product: %.1f GFLOP/s\n", sgemm_peak());
    free(least);
}

/* As it runs in sescope; layer by layer, it can be cut anywhere. */
static enum ses_status make_engine(const struct ses_graph *graph, bool layers,
                                   int batch, struct ses_engine **out,
                                   struct ses_error *err)
{
    size_t n = layers ? graph->n_nodes : 0;
    size_t *cuts = ses_calloc(n, sizeof *cuts);
    if (!cuts)
        return ses_fail_memory(err, "an engine");
    for (size_t i = 0; i < n; i++)
        cuts[i] = i;
    enum ses_status status =
        ses_engine_new_blocked(graph, cuts, n, batch, NULL, 1, out, err);
    free(cuts);
    return status;
}

int main(int argc, char **argv)
{
    struct ses_error err = { 0 };
    struct ses_model *model = NULL;
    const struct ses_model_options options = { 0 };
    bool layers = argc > 1 && strcmp(argv[1], "--layers") == 0;
    argv += layers;
    argc -= layers;
    if (argc < 2) {
        fprintf(stderr, "usage: scripts/peers/engine [--layers] MODEL ...\n");
        return 2;
    }
    int n = !layers && argc > 2 ? (int)strtol(argv[2], NULL, 10) : 1;
    const char *how_many = argc > 3 - layers ? argv[3 - layers] : "8";
    int batch = (int)strtol(how_many, NULL, 10);
    double seconds = argc > 4 ? strtod(argv[4], NULL) : 3;
    struct ses_engine *engine = NULL;
    struct thread *threads = calloc((size_t)n, sizeof *threads);
    if (!threads || ses_model_open(argv[1], &options, &model, &err) ||
        make_engine(model->graph, layers, batch, &engine, &err)) {
        fprintf(stderr, "scripts/peers/engine: %s\n", err.message);
        return 1;
    }
    size_t floats =
        (size_t)batch * ses_floats(&model->graph->values[model->graph->input]);
    float *x = ses_calloc_floats(floats);
    struct ses_random random;
    ses_random_seed(&random, 1);
    for (size_t i = 0; x && i < floats; i++)
        x[i] = (float)ses_random_below(&random, 1 << 24) / (1 << 23) - 1;
    for (int i = 0; i < n; i++) {
        threads[i].x = x;
        threads[i].batch = batch;
        if (!x || ses_worker_new(engine, &threads[i].worker, &err))
            return 1;
    }
    double wall, cpu;
    measure(threads, n, 0, &wall, &cpu); /* touch everything once */
    if (layers)
        show_layers(model->graph, threads[0].worker, x, batch);
    else
        measure(threads, n, seconds, &wall, &cpu);
    if (!layers)
        printf("%.4f %.4f\n", wall, cpu);
    for (int i = 0; i < n; i++)
        ses_worker_free(threads[i].worker);
    free(threads);
    free(x);
    ses_engine_free(engine);
    ses_model_free(model);
    return 0;
}
