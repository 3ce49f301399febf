/* See pipeline.h.
 *
 * Workers take chunks of pending images in order and put their results into a
 * ring; the calling thread takes them out in order and writes. The ring is the
 * window that workers may be ahead of the writer, so memory does not grow with
 * the set. What is written depends on neither threads nor batch. */
#include "core/record/pipeline.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/clock.h"
#include "core/base/number.h"
#include "core/record/chunk.h"

enum { CHUNKS_A_WORKER = 2, MOST_THREADS = 1024 };
static const double PROGRESS_INTERVAL = 0.1;

struct slot {
    struct ses_chunk chunk;
    bool ready;
};

struct run {
    const struct ses_pipeline *pipeline;
    uint32_t *pending; /* items of the set */
    size_t n_pending;
    size_t batch;      /* images of a chunk */

    /* Chunks are numbered; chunk c is in slot c % n_slots. */
    pthread_mutex_t lock;
    pthread_cond_t made, written;
    struct slot *slots;
    size_t n_slots;
    size_t next;      /* the first chunk nobody has taken */
    size_t taken_out; /* chunks the calling thread is done with */
    size_t limit;     /* chunks from here on are not taken */

    /* The calling thread's. */
    size_t reported; /* images below were told of when unreadable */
    size_t done, unreadable, not_finite;
    double began, shown;
    bool stopped;
};

struct thread {
    struct run *run;
    struct ses_chunk_worker worker;
    pthread_t id;
};

/* ---- workers ------------------------------------------------------------ */

static void fill_chunk(const struct run *run, size_t c,
                       struct ses_chunk *chunk)
{
    size_t batch = run->batch;
    ses_chunk_begin(chunk);
    for (size_t i = c * batch; i < run->n_pending && chunk->n < batch; i++)
        chunk->items[chunk->n++].item = run->pending[i];
}

static void *work(void *argument)
{
    struct thread *thread = argument;
    struct run *run = thread->run;
    pthread_mutex_lock(&run->lock);
    for (;;) {
        while (run->next < run->limit &&
               run->next >= run->taken_out + run->n_slots)
            pthread_cond_wait(&run->written, &run->lock);
        if (run->next >= run->limit)
            break;
        size_t c = run->next++;
        struct slot *slot = &run->slots[c % run->n_slots];
        pthread_mutex_unlock(&run->lock);
        fill_chunk(run, c, &slot->chunk);
        ses_chunk_run(run->pipeline, &thread->worker, &slot->chunk);
        pthread_mutex_lock(&run->lock);
        slot->ready = true;
        pthread_cond_signal(&run->made);
    }
    pthread_mutex_unlock(&run->lock);
    return NULL;
}

/* ---- the calling thread ------------------------------------------------- */

/* Let workers take no more chunks than they have. */
static void end_taking(struct run *run)
{
    pthread_mutex_lock(&run->lock);
    if (run->limit > run->next)
        run->limit = run->next;
    pthread_cond_broadcast(&run->written);
    pthread_mutex_unlock(&run->lock);
}

static void show(struct run *run, bool always)
{
    const struct ses_pipeline *pipeline = run->pipeline;
    double time = ses_clock();
    if (!pipeline->progress || run->stopped ||
        (!always && time - run->shown < PROGRESS_INTERVAL))
        return;
    const struct ses_progress progress = {
        .done = run->done,
        .total = pipeline->set->n_items,
        .unreadable = run->unreadable,
        .seconds = time - run->began,
    };
    run->shown = time;
    if (!pipeline->progress(pipeline->user, &progress)) {
        run->stopped = true;
        end_taking(run);
    }
}

/* An unreadable image: tell of it, or, when strict, fail. */
static enum ses_status report(struct run *run, size_t item,
                              enum ses_status status, const char *reason,
                              struct ses_error *err)
{
    const struct ses_pipeline *pipeline = run->pipeline;
    const char *path = pipeline->set->items[item].path;
    if (pipeline->strict)
        return ses_fail(err, status, "'%s' %s", path, reason);
    run->unreadable++;
    if (pipeline->unreadable)
        pipeline->unreadable(pipeline->user, path, reason);
    return SES_OK;
}

/* Those of the run that is resumed, before an image. */
static enum ses_status report_resumed(struct run *run, size_t until,
                                      struct ses_error *err)
{
    const uint8_t *statuses = run->pipeline->statuses;
    enum ses_status status = SES_OK;
    for (; run->reported < until && status == SES_OK; run->reported++)
        if (statuses[run->reported] == SES_IMAGE_UNREADABLE)
            status = report(run, run->reported, SES_EFORMAT,
                            "was unreadable in the run that is resumed", err);
    return status;
}

static enum ses_status write_item(struct run *run,
                                  const struct ses_chunk *chunk, size_t i,
                                  struct ses_error *err)
{
    const struct ses_chunk_item *item = &chunk->items[i];
    const struct ses_pipeline_job *job = &run->pipeline->job;
    bool finite = true;
    enum ses_status status = report_resumed(run, item->item, err);
    if (status != SES_OK)
        return status;
    run->reported = item->item + 1;
    if (item->status != SES_OK) {
        status = report(run, item->item, item->status,
                        item->reason ? item->reason : "is unreadable", err);
        if (status != SES_OK)
            return status;
    }
    run->done++;
    status = job->write(job->user, item->item,
                        item->status == SES_OK ? SES_IMAGE_DONE
                                               : SES_IMAGE_UNREADABLE,
                        chunk->results, item->row, &finite, err);
    run->not_finite += item->status == SES_OK && !finite;
    return status;
}

static enum ses_status write_chunk(struct run *run,
                                   const struct ses_chunk *chunk,
                                   struct ses_error *err)
{
    if (chunk->status != SES_OK) {
        if (err)
            *err = chunk->err;
        return chunk->status;
    }
    enum ses_status status = SES_OK;
    for (size_t i = 0; i < chunk->n && status == SES_OK; i++)
        status = write_item(run, chunk, i, err);
    return status;
}

/* Wait for a slot, a tenth of a second at most. */
static bool wait_ready(struct run *run, const struct slot *slot)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)(PROGRESS_INTERVAL * 1e9);
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_mutex_lock(&run->lock);
    if (!slot->ready)
        pthread_cond_timedwait(&run->made, &run->lock, &until);
    bool ready = slot->ready;
    pthread_mutex_unlock(&run->lock);
    return ready;
}

static enum ses_status drain(struct run *run, struct ses_error *err)
{
    const struct ses_pipeline_job *job = &run->pipeline->job;
    enum ses_status status = SES_OK;
    show(run, true);
    /* Only this thread lowers limit or raises taken_out. */
    while (run->taken_out < run->limit && status == SES_OK) {
        struct slot *slot = &run->slots[run->taken_out % run->n_slots];
        if (wait_ready(run, slot)) {
            status = write_chunk(run, &slot->chunk, err);
            pthread_mutex_lock(&run->lock);
            slot->ready = false;
            run->taken_out++;
            pthread_cond_broadcast(&run->written);
            pthread_mutex_unlock(&run->lock);
        } else if (job->settle) {
            status = job->settle(job->user, err);
        }
        show(run, false);
    }
    if (status == SES_OK && !run->stopped)
        status = report_resumed(run, run->pipeline->set->n_items, err);
    if (status == SES_OK && run->stopped)
        status = ses_fail(err, SES_ESTOPPED, "stopped");
    return status;
}

/* ---- setting up --------------------------------------------------------- */

static size_t cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return (size_t)CPU_COUNT(&set);
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (size_t)count : 1;
}

static enum ses_status list_pending(struct run *run, struct ses_error *err)
{
    const struct ses_pipeline *pipeline = run->pipeline;
    size_t n = pipeline->set->n_items;
    run->pending = ses_calloc(n, sizeof *run->pending);
    if (!run->pending)
        return ses_fail_memory(err, "the images to run");
    for (size_t i = 0; i < n; i++)
        if (pipeline->statuses[i] == SES_IMAGE_PENDING)
            run->pending[run->n_pending++] = (uint32_t)i;
    run->done = n - run->n_pending;
    return SES_OK;
}

/* Chunks of one size, as many for every worker: none waits for another's last
 * one. */
static void share_out(struct run *run, size_t workers)
{
    size_t rounds =
        ses_divide_up(run->n_pending, workers * run->pipeline->batch);
    run->batch = rounds ? ses_divide_up(run->n_pending, workers * rounds) : 1;
    run->limit = ses_divide_up(run->n_pending, run->batch);
}

static enum ses_status make_slots(struct run *run, size_t n_threads,
                                  struct ses_error *err)
{
    size_t n = CHUNKS_A_WORKER * n_threads;
    run->slots = ses_calloc(n, sizeof *run->slots);
    if (!run->slots)
        return ses_fail_memory(err, "batches");
    enum ses_status status = SES_OK;
    while (run->n_slots < n && status == SES_OK) {
        status = ses_chunk_init(&run->slots[run->n_slots].chunk,
                                run->pipeline, err);
        if (status == SES_OK)
            run->n_slots++;
    }
    return status;
}

/* Start threads; fewer than wanted do as well. Signals are for the thread that
 * called. */
static enum ses_status start(struct run *run, const struct ses_engine *engine,
                             struct thread *threads, size_t wanted,
                             size_t *started, struct ses_error *err)
{
    sigset_t all, before;
    enum ses_status status = SES_OK;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (*started = 0; *started < wanted; ++*started) {
        struct thread *thread = &threads[*started];
        thread->run = run;
        status = ses_chunk_worker_init(&thread->worker, run->pipeline, engine,
                                       err);
        if (status != SES_OK)
            break;
        int number = pthread_create(&thread->id, NULL, work, thread);
        if (number != 0) {
            status = ses_fail_errno(err, number, "cannot start a thread");
            ses_chunk_worker_release(&thread->worker);
            break;
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return *started > 0 ? SES_OK : status;
}

/* Each worker has its own maps: as many as memory has room for, at least one.
 */
static size_t threads_that_fit(size_t wanted, const struct ses_engine *engine)
{
    size_t most = ses_memory_bytes() / (ses_engine_arena(engine) + 1);
    return ses_least(wanted, ses_most(most, 1));
}

static enum ses_status run_pending(struct run *run, struct ses_error *err)
{
    const struct ses_pipeline *pipeline = run->pipeline;
    struct ses_engine *engine = NULL;
    size_t wanted =
        pipeline->threads > 0 ? (size_t)pipeline->threads : cores();
    size_t started = 0;
    if (wanted > MOST_THREADS)
        wanted = MOST_THREADS;
    share_out(run, wanted);
    if (wanted > run->limit)
        wanted = run->limit;
    if (wanted == 0)
        return drain(run, err);
    struct thread *threads = ses_calloc(wanted, sizeof *threads);
    if (!threads)
        return ses_fail_memory(err, "threads");
    enum ses_status status =
        ses_engine_new_blocked(pipeline->model->graph, pipeline->cuts,
                               pipeline->n_cuts, (int)pipeline->batch,
                               pipeline->caches, wanted, &engine, err);
    if (status == SES_OK)
        wanted = threads_that_fit(wanted, engine);
    if (status == SES_OK)
        status = make_slots(run, wanted, err);
    if (status == SES_OK)
        status = start(run, engine, threads, wanted, &started, err);
    if (status == SES_OK)
        status = drain(run, err);
    end_taking(run);
    for (size_t t = 0; t < started; t++) {
        pthread_join(threads[t].id, NULL);
        ses_chunk_worker_release(&threads[t].worker);
    }
    ses_engine_free(engine);
    free(threads);
    return status;
}

static void release(struct run *run)
{
    for (size_t i = 0; i < run->n_slots; i++)
        ses_chunk_release(&run->slots[i].chunk, run->pipeline);
    free(run->slots);
    free(run->pending);
    pthread_cond_destroy(&run->written);
    pthread_cond_destroy(&run->made);
    pthread_mutex_destroy(&run->lock);
}

enum ses_status ses_pipeline_run(const struct ses_pipeline *pipeline,
                                 struct ses_run_result *result,
                                 struct ses_error *err)
{
    struct run run = { .pipeline = pipeline, .began = ses_clock() };
    memset(result, 0, sizeof *result);
    enum ses_status status = ses_chunk_check(pipeline, err);
    if (status != SES_OK)
        return status;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&run.lock, NULL);
    pthread_cond_init(&run.made, &monotonic);
    pthread_cond_init(&run.written, NULL);
    pthread_condattr_destroy(&monotonic);
    status = list_pending(&run, err);
    result->resumed = run.done;
    if (status == SES_OK)
        status = run_pending(&run, err);
    if (status == SES_OK)
        show(&run, true);
    result->images = run.done;
    result->unreadable = run.unreadable;
    result->not_finite = run.not_finite;
    result->seconds = ses_clock() - run.began;
    release(&run);
    return status;
}
