/* How fast the engine runs a network, without images and files around it.
 *
 *     scripts/peers/engine [--weights FILE] MODEL [threads [batch [seconds]]]
 *     scripts/peers/engine --layers [--weights FILE] MODEL [batch]
 *     scripts/peers/engine --kernels
 *     scripts/peers/engine --sgemm
 *
 * For every line that it reads, prints milliseconds an image, those of the
 * processors, and the batch, over random pictures; or what every layer takes,
 * with its share, its multiply-adds and how fast they go; or by what products
 * are done; or GFLOP/s of BLAS. A batch of 0, or none, is what `sescope record`
 * takes by itself. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/alloc.h"
#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/engine/engine.h"
#include "core/engine/gemm-blas.h"
#include "core/import/model.h"
#include "core/ops/ops.h"
#include "core/ops/shape.h"
#include "core/record/pipeline.h"

struct thread {
    pthread_t id;
    struct ses_worker *worker;
    const float *x;
    int batch;
    double until, took;
    size_t images;
};

static double clock_of(clockid_t which)
{
    struct timespec time;
    clock_gettime(which, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void *run(void *argument)
{
    struct thread *thread = argument;
    struct ses_error err = { 0 };
    double began = ses_clock();
    do {
        if (ses_worker_run(thread->worker, thread->x, thread->batch, 0, NULL,
                           NULL, &err) != SES_OK)
            exit(1);
        thread->images += (size_t)thread->batch;
        thread->took = ses_clock() - began;
    } while (began + thread->took < thread->until);
    return NULL;
}

/* Milliseconds an image, of time and of the processors. Threads that record
 * take the next images when they are ready: so each counts by its own time,
 * though one ends before the other. */
static void measure(struct thread *threads, int n, double seconds,
                    double *wall, double *cpu)
{
    double until = ses_clock() + seconds, busy = clock_of(CLOCK_PROCESS_CPUTIME_ID);
    double rate = 0;
    size_t images = 0;
    for (int i = 0; i < n; i++) {
        threads[i].images = 0;
        threads[i].until = until;
        if (pthread_create(&threads[i].id, NULL, run, &threads[i]) != 0)
            exit(1);
    }
    for (int i = 0; i < n; i++) {
        pthread_join(threads[i].id, NULL);
        images += threads[i].images;
        rate += (double)threads[i].images / threads[i].took;
    }
    *wall = 1e3 / rate;
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
    printf("%d image(s) at a time\n", batch);
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

/* What the command line says. */
struct job {
    const char *model, *weights;
    bool layers;
    int threads, batch;
    double seconds;
};

static const char *next(char ***argv)
{
    return **argv ? *(*argv)++ : NULL;
}

static void read_job(char **argv, struct job *job)
{
    *job = (struct job){ .threads = 1, .seconds = 3 };
    const char *word = next(&argv);
    job->layers = word && strcmp(word, "--layers") == 0;
    if (job->layers)
        word = next(&argv);
    if (word && strcmp(word, "--weights") == 0) {
        job->weights = next(&argv);
        word = next(&argv);
    }
    job->model = word;
    if (!job->layers && (word = next(&argv)))
        job->threads = (int)strtol(word, NULL, 10);
    if ((word = next(&argv)))
        job->batch = (int)strtol(word, NULL, 10);
    if ((word = next(&argv)))
        job->seconds = strtod(word, NULL);
}

static float *random_pictures(size_t floats)
{
    float *x = ses_calloc_floats(floats);
    struct ses_random random;
    ses_random_seed(&random, 1);
    for (size_t i = 0; x && i < floats; i++)
        x[i] = (float)ses_random_below(&random, 1 << 24) / (1 << 23) - 1;
    return x;
}

static enum ses_status run_job(const struct job *job,
                               const struct ses_model *model,
                               const struct ses_engine *engine,
                               struct ses_error *err)
{
    const struct ses_graph *graph = model->graph;
    float *x = random_pictures((size_t)job->batch *
                               ses_floats(&graph->values[graph->input]));
    struct thread *threads = calloc((size_t)job->threads, sizeof *threads);
    enum ses_status status = SES_OK;
    double wall, cpu;
    if (!x || !threads)
        exit(1);
    for (int i = 0; !status && i < job->threads; i++) {
        threads[i].x = x;
        threads[i].batch = job->batch;
        status = ses_worker_new(engine, &threads[i].worker, err);
    }
    if (!status) {
        measure(threads, job->threads, 0, &wall, &cpu); /* touch all once */
        if (job->layers) {
            show_layers(graph, threads[0].worker, x, job->batch);
        } else {
            for (int c; (c = getchar()) != EOF;) {
                if (c != '\n')
                    continue;
                measure(threads, job->threads, job->seconds, &wall, &cpu);
                printf("%.4f %.4f %d\n", wall, cpu, job->batch);
                fflush(stdout);
            }
        }
    }
    for (int i = 0; i < job->threads; i++)
        ses_worker_free(threads[i].worker);
    free(threads);
    free(x);
    return status;
}

static int show_kernels(void)
{
    char text[128];
    ses_kernels_text(text, sizeof text);
    puts(text);
    return 0;
}

static int show_sgemm(void)
{
    printf("%.1f\n", sgemm_peak());
    return 0;
}

int main(int argc, char **argv)
{
    struct job job;
    struct ses_error err = { 0 };
    struct ses_model *model = NULL;
    struct ses_engine *engine = NULL;
    if (argc == 2 && strcmp(argv[1], "--kernels") == 0)
        return show_kernels();
    if (argc == 2 && strcmp(argv[1], "--sgemm") == 0)
        return show_sgemm();
    read_job(argv + 1, &job);
    if (!job.model || job.threads < 1 || job.batch < 0) {
        fprintf(stderr, "usage: scripts/peers/engine [--layers] MODEL ...\n");
        return 2;
    }
    const struct ses_model_options options = { .weights = job.weights };
    enum ses_status status = ses_model_open(job.model, &options, &model, &err);
    if (!status) {
        job.batch = (int)ses_pipeline_batch(model, job.batch);
        status = make_engine(model->graph, job.layers, job.batch, &engine,
                             &err);
    }
    if (!status)
        status = run_job(&job, model, engine, &err);
    if (status)
        fprintf(stderr, "scripts/peers/engine: %s\n", err.message);
    ses_engine_free(engine);
    ses_model_free(model);
    return status != SES_OK;
}
