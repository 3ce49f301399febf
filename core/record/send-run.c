/* An open record, but for its rows, through a stream; see run.h. */
#include "core/base/alloc.h"
#include "core/record/keeper.h"
#include "core/record/run.h"
#include "core/record/schema.h"

/* Fields of struct ses_run_block that are whole numbers. */
#define BLOCK_NUMBERS(X) \
    X(index) X(stage) X(unit) X(channels) X(reduced) X(height) X(width)

static void send_block(struct ses_stream *out,
                       const struct ses_run_block *block)
{
    char *const texts[] = { block->name, block->source, block->gate,
                            block->squeeze };
    ses_keeper_send_texts(out, texts, sizeof texts / sizeof *texts);
#define X(field) ses_stream_send_number(out, (uint64_t)block->field);
    BLOCK_NUMBERS(X)
#undef X
    ses_stream_send_number(out, block->rows);
    ses_stream_send_number(out, block->summary);
}

void ses_run_send(const struct ses_run_file *run, struct ses_stream *out)
{
    char *const texts[] = {
#define X(name, field) run->field,
        SES_PLAN_TEXTS(X)
#undef X
            run->created,
    };
    ses_keeper_send_texts(out, texts, sizeof texts / sizeof *texts);
    ses_stream_send_number(out, (uint64_t)run->seed);
    ses_keeper_send_array(out, run->class_outputs, sizeof *run->class_outputs,
                          run->n_classes);
    ses_keeper_send_texts(out, run->class_names, run->n_classes);
    ses_keeper_send_texts(out, run->class_ids, run->n_classes);
    ses_keeper_send_array(out, run->image_status, sizeof *run->image_status,
                          run->n_images);
    ses_keeper_send_array(out, run->image_classes, sizeof *run->image_classes,
                          run->n_images);
    ses_stream_send_number(out, run->parts.squeeze);
    ses_stream_send_number(out, run->parts.bottleneck);
    ses_stream_send_number(out, run->parts.logits);
    ses_stream_send_number(out, run->parts.summary_only);
    ses_stream_send_number(out, run->predictions);
    ses_stream_send_number(out, run->outputs);
    ses_stream_send_number(out, run->complete);
    ses_stream_send_number(out, run->n_blocks);
    for (size_t b = 0; b < run->n_blocks; b++)
        send_block(out, &run->blocks[b]);
}

static bool receive_flag(struct ses_stream *in)
{
    uint64_t flag = ses_stream_receive_number(in);
    if (flag > 1)
        in->failed = true;
    return flag == 1;
}

static void receive_block(struct ses_stream *in, struct ses_run_block *block)
{
    char **const texts[] = { &block->name, &block->source, &block->gate,
                             &block->squeeze };
    for (size_t i = 0; i < sizeof texts / sizeof *texts && !in->failed; i++)
        *texts[i] = ses_stream_receive_text(in);
#define X(field) block->field = (int)ses_stream_receive_number(in);
    BLOCK_NUMBERS(X)
#undef X
    block->rows = receive_flag(in);
    block->summary = receive_flag(in);
    if (block->channels < 1)
        in->failed = true;
}

static void receive_blocks(struct ses_stream *in, struct ses_run_file *run)
{
    uint64_t n = ses_stream_receive_number(in);
    if (in->failed || n > in->left / sizeof(uint64_t))
        in->failed = true;
    else
        run->blocks = ses_calloc((size_t)n, sizeof *run->blocks);
    if (!run->blocks)
        in->failed = true;
    for (size_t b = 0; b < n && !in->failed; b++) {
        run->n_blocks = b + 1;
        receive_block(in, &run->blocks[b]);
    }
}

void ses_run_receive(struct ses_run_file *run, struct ses_stream *in)
{
    char **const texts[] = {
#define X(name, field) &run->field,
        SES_PLAN_TEXTS(X)
#undef X
            &run->created,
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts && !in->failed; i++)
        *texts[i] = ses_stream_receive_text(in);
    run->seed = (int64_t)ses_stream_receive_number(in);
    run->class_outputs = ses_stream_receive_array(
        in, sizeof *run->class_outputs, &run->n_classes);
    run->class_names = ses_keeper_receive_texts(in, run->n_classes);
    run->class_ids = ses_keeper_receive_texts(in, run->n_classes);
    run->image_status = ses_stream_receive_array(
        in, sizeof *run->image_status, &run->n_images);
    run->image_classes = ses_keeper_receive_array(
        in, sizeof *run->image_classes, run->n_images);
    run->parts.squeeze = receive_flag(in);
    run->parts.bottleneck = receive_flag(in);
    run->parts.logits = receive_flag(in);
    run->parts.summary_only = receive_flag(in);
    run->predictions = receive_flag(in);
    run->outputs = (size_t)ses_stream_receive_number(in);
    run->complete = receive_flag(in);
    receive_blocks(in, run);
}
