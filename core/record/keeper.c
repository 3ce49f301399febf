/* See keeper.h. */
#include "core/record/keeper.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/alloc.h"
#include "core/record/rehearse.h"

/* Bytes that a file may unpack to: these, and so many times its own, as much
 * as HDF5's filters can. */
enum { LEAST = 1 << 24, UNPACKED = 1100 };

struct work {
    struct ses_keeper *keeper;
    ses_keeper_work *work;
};

static void play(int socket, void *user)
{
    const struct work *work = user;
    work->keeper->in.socket = work->keeper->out.socket = socket;
    work->keeper->in.left = SIZE_MAX; /* its parent is believed */
    work->work(work->keeper);
}

enum ses_status ses_keeper_start(const char *path, ses_keeper_work *work,
                                 struct ses_keeper **out,
                                 struct ses_error *err)
{
    struct ses_child_limits limits = ses_h5_limits(path);
    struct ses_keeper *keeper = ses_calloc(1, sizeof *keeper);
    struct work begun = { keeper, work };
    *out = NULL;
    if (keeper)
        keeper->path = strdup(path);
    if (!keeper || !keeper->path) {
        free(keeper);
        return ses_fail_memory(err, "reading HDF5");
    }
    enum ses_status status =
        ses_child_start(&keeper->child, &limits, play, &begun, err);
    if (status != SES_OK) {
        ses_keeper_free(keeper);
        return status;
    }
    keeper->in.socket = keeper->out.socket = keeper->child.socket;
    *out = keeper;
    return SES_OK;
}

void ses_keeper_free(struct ses_keeper *keeper)
{
    if (!keeper)
        return;
    ses_child_stop(&keeper->child);
    free(keeper->path);
    free(keeper);
}

void ses_keeper_answer(struct ses_keeper *keeper, enum ses_status status,
                       const struct ses_error *err)
{
    ses_stream_send_number(&keeper->out, status);
    if (status == SES_OK)
        return;
    ses_stream_send_text(&keeper->out, err->message, strlen(err->message));
    ses_stream_flush(&keeper->out);
}

static enum ses_status fail_damaged(const struct ses_keeper *keeper,
                                    struct ses_error *err)
{
    return ses_fail(err, SES_EFORMAT,
                    "'%s' is damaged: reading it as HDF5 failed without an "
                    "answer",
                    keeper->path);
}

enum ses_status ses_keeper_hear(struct ses_keeper *keeper,
                                struct ses_error *err)
{
    struct ses_stream *in = &keeper->in;
    struct stat st;
    if (stat(keeper->path, &st) != 0 ||
        __builtin_mul_overflow(st.st_size, UNPACKED, &in->left) ||
        __builtin_add_overflow(in->left, LEAST, &in->left))
        in->left = SIZE_MAX;
    ses_stream_flush(&keeper->out);
    uint64_t status = ses_stream_receive_number(in);
    if (in->failed)
        return fail_damaged(keeper, err);
    if (status == SES_OK)
        return SES_OK;
    char *words = ses_stream_receive_text(in);
    bool sound = words && status <= SES_ESTOPPED;
    if (sound)
        ses_fail(err, (enum ses_status)status, "%s", words);
    free(words);
    return sound ? (enum ses_status)status : fail_damaged(keeper, err);
}

enum ses_status ses_keeper_check(struct ses_keeper *keeper,
                                 struct ses_error *err)
{
    return keeper->in.failed ? fail_damaged(keeper, err) : SES_OK;
}

void ses_keeper_send_texts(struct ses_stream *stream, char *const *texts,
                           size_t n)
{
    for (size_t i = 0; i < n; i++)
        ses_stream_send_text(stream, texts[i], strlen(texts[i]));
}

char **ses_keeper_receive_texts(struct ses_stream *stream, size_t n)
{
    /* every text has at least its length */
    char **texts = n <= stream->left / sizeof(uint64_t)
                       ? ses_calloc(n, sizeof *texts)
                       : NULL;
    if (!texts)
        stream->failed = true;
    for (size_t i = 0; i < n && !stream->failed; i++)
        texts[i] = ses_stream_receive_text(stream);
    return texts;
}

void ses_keeper_send_array(struct ses_stream *stream, const void *array,
                           size_t size, size_t n)
{
    ses_stream_send_number(stream, n);
    ses_stream_send(stream, array, n * size);
}

void *ses_keeper_receive_array(struct ses_stream *stream, size_t size,
                               size_t n)
{
    size_t found;
    void *array = ses_stream_receive_array(stream, size, &found);
    if (found != n)
        stream->failed = true;
    return array;
}
