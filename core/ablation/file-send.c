/* All of ABLATION.h5 through a stream, from the process that has read it. */
#include "core/ablation/file-parts.h"
#include "core/base/alloc.h"
#include "core/record/keeper.h"

#define TEXTS(X) \
    X(path) X(version) X(created) X(command) X(model) X(model_sha256) X(arch) \
    X(images) X(preprocess) X(from) X(from_sha256) X(kernels) X(host)

#define NUMBERS(X) \
    X(seed) X(parameters) X(madds) X(n_done) X(n_unreadable) X(n_pending)

#define BLOCK_NUMBERS(X) X(stage) X(unit) X(channels) X(parameters) X(madds)

/* [n_variants][n_images] */
#define TABLES(X) X(top1) X(top5) X(loss) X(probability) X(divergence)

void ses_ablation_send(const struct ses_ablation *a, struct ses_stream *out)
{
    size_t cells = a->n_variants * a->n_images;
#define X(field) ses_keeper_send_texts(out, &a->field, 1);
    TEXTS(X)
#undef X
#define X(field) ses_stream_send_number(out, (uint64_t)a->field);
    NUMBERS(X)
#undef X
    ses_stream_send(out, &a->passes, sizeof a->passes);
    ses_keeper_send_array(out, a->class_outputs, sizeof *a->class_outputs,
                          a->n_classes);
    ses_keeper_send_texts(out, a->class_names, a->n_classes);
    ses_keeper_send_texts(out, a->class_ids, a->n_classes);
    ses_keeper_send_array(out, a->image_status, sizeof *a->image_status,
                          a->n_images);
    ses_keeper_send_array(out, a->image_classes, sizeof *a->image_classes,
                          a->n_images);
    ses_stream_send_number(out, a->n_blocks);
    for (size_t b = 0; b < a->n_blocks; b++) {
        ses_keeper_send_texts(out, &a->blocks[b].name, 1);
#define X(field) ses_stream_send_number(out, (uint64_t)a->blocks[b].field);
        BLOCK_NUMBERS(X)
#undef X
    }
    ses_stream_send_number(out, a->n_variants);
    ses_keeper_send_texts(out, a->forces, a->n_variants);
    ses_keeper_send_texts(out, a->sweeps, a->n_variants);
    ses_keeper_send_array(out, a->constant, 1, a->n_variants * a->n_blocks);
#define X(field) ses_keeper_send_array(out, a->field, sizeof *a->field, cells);
    TABLES(X)
#undef X
}

static void receive_head(struct ses_ablation *a, struct ses_stream *in)
{
#define X(field) a->field = in->failed ? NULL : ses_stream_receive_text(in);
    TEXTS(X)
#undef X
#define X(field) \
    a->field = (__typeof__(a->field))ses_stream_receive_number(in);
    NUMBERS(X)
#undef X
    ses_stream_receive(in, &a->passes, sizeof a->passes);
    a->class_outputs = ses_stream_receive_array(in, sizeof *a->class_outputs,
                                                &a->n_classes);
    a->class_names = ses_keeper_receive_texts(in, a->n_classes);
    a->class_ids = ses_keeper_receive_texts(in, a->n_classes);
    a->image_status = ses_stream_receive_array(in, sizeof *a->image_status,
                                               &a->n_images);
    a->image_classes = ses_keeper_receive_array(in, sizeof *a->image_classes,
                                                a->n_images);
    for (size_t i = 0; i < a->n_images && !in->failed; i++)
        if (a->image_classes[i] < 0 ||
            (size_t)a->image_classes[i] >= a->n_classes)
            in->failed = true;
}

/* A count of what takes so many bytes each at least. */
static size_t receive_count(struct ses_stream *in, size_t bytes)
{
    uint64_t n = ses_stream_receive_number(in);
    if (n > in->left / bytes)
        in->failed = true;
    return in->failed ? 0 : (size_t)n;
}

static void receive_blocks(struct ses_ablation *a, struct ses_stream *in)
{
    size_t n = receive_count(in, sizeof(uint64_t));
    a->blocks = ses_calloc(n, sizeof *a->blocks);
    if (!a->blocks)
        in->failed = true;
    for (size_t b = 0; b < n && !in->failed; b++) {
        a->n_blocks = b + 1;
        a->blocks[b].name = ses_stream_receive_text(in);
#define X(field) \
        a->blocks[b].field = \
            (__typeof__(a->blocks[b].field))ses_stream_receive_number(in);
        BLOCK_NUMBERS(X)
#undef X
    }
}

void ses_ablation_receive(struct ses_ablation *a, struct ses_stream *in)
{
    size_t cells, flags;
    receive_head(a, in);
    receive_blocks(a, in);
    a->n_variants = receive_count(in, sizeof(uint64_t));
    if (!ses_multiply(a->n_variants, a->n_images, &cells) ||
        !ses_multiply(a->n_variants, a->n_blocks, &flags)) {
        in->failed = true;
        return;
    }
    a->forces = ses_keeper_receive_texts(in, a->n_variants);
    a->sweeps = ses_keeper_receive_texts(in, a->n_variants);
    a->constant = ses_keeper_receive_array(in, 1, flags);
#define X(field) \
    a->field = ses_keeper_receive_array(in, sizeof *a->field, cells);
    TABLES(X)
#undef X
}
