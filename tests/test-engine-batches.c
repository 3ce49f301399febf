/* core/engine: the same bits however images are batched. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/engine/engine.h"
#include "tests/support/check.h"
#include "tests/support/one-op.h"
#include "tests/support/se-network.h"

/* Logits of all images in batches of `batch`, beginning with `first`. */
static void run_batches(const struct ses_engine *engine, const float *x,
                        size_t image, int batch, int first, int end,
                        float *output)
{
    struct ses_error err = { 0 };
    struct ses_worker *worker = NULL;
    assert_int_equal(ses_worker_new(engine, &worker, &err), SES_OK);
    for (int i = first; i < end; i += batch) {
        int count = end - i < batch ? end - i : batch;
        assert_int_equal(ses_worker_run(worker, x + (size_t)i * image, count,
                                        (size_t)i, NULL, output + i * 10,
                                        &err),
                         SES_OK);
    }
    ses_worker_free(worker);
}

struct job {
    const struct ses_engine *engine;
    const float *x;
    size_t image;
    int first, end;
    float *output;
};

static void *run_job(void *argument)
{
    struct job *job = argument;
    for (int n = 0; n < 20; n++)
        run_batches(job->engine, job->x, job->image, 3, job->first, job->end,
                    job->output);
    return NULL;
}

static void bits_depend_on_neither_batch_nor_workers(void **state)
{
    struct se_network network = se_network(true, false);
    const struct ses_graph *graph = network.graph;
    struct ses_error err = { 0 };
    struct ses_engine *engine = NULL;
    float *x = se_network_images(graph);
    size_t image = image_floats(&graph->values[graph->input]);
    float expected[BATCH * 10], found[BATCH * 10];
    assert_int_equal(ses_engine_new(graph, NULL, 0, BATCH, &engine, &err),
                     SES_OK);
    run_batches(engine, x, image, BATCH, 0, BATCH, expected);
    for (int batch = 1; batch < BATCH; batch++) {
        memset(found, 0, sizeof found);
        run_batches(engine, x, image, batch, 0, BATCH, found);
        assert_memory_equal(found, expected, sizeof found);
    }
    memset(found, 0, sizeof found);
    struct job jobs[2] = { { engine, x, image, 0, 5, found },
                           { engine, x, image, 5, BATCH, found } };
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_job, &jobs[i]),
                         0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_memory_equal(found, expected, sizeof found);
    ses_engine_free(engine);
    free(x);
    ses_graph_free(network.graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_depend_on_neither_batch_nor_workers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
