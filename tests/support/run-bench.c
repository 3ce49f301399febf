/* See run-bench.h. */
#include "tests/support/run-bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/images/labels.h"
#include "tests/support/check.h"
#include "tests/support/tree.h"

static bool on_progress(void *user, const struct ses_progress *progress)
{
    struct bench *f = user;
    f->calls++;
    assert_int_equal(progress->total, IMAGES);
    assert_true(progress->done <= IMAGES);
    f->stopped = progress->done >= f->stop_at;
    return !f->stopped;
}

static void on_unreadable(void *user, const char *path, const char *reason)
{
    struct bench *f = user;
    size_t used = strlen(f->log);
    f->unreadable++;
    snprintf(f->log + used, sizeof f->log - used, "%s %s\n", path, reason);
}

int bench_setup(void **state)
{
    struct bench *f = calloc(1, sizeof *f);
    struct ses_error err = { 0 };
    const struct ses_set_options options = { .label_base = -1 };
    f->root = tree_new();
    f->pictures = tree_path(f->root, "pictures");
    f->path = tree_path(f->root, "run.h5");
    f->other = tree_path(f->root, "other.h5");
    make_model(&f->model);
    assert_int_equal(mkdir(f->pictures, 0777), 0);
    make_pictures(f->pictures);
    if (ses_set_open(f->pictures, &options, &f->set, &err) != SES_OK ||
        ses_labels_apply(NULL, f->set, CLASSES, &err) != SES_OK)
        fail_msg("%s", err.message);
    assert_int_equal(f->set->n_items, IMAGES);
    f->stop_at = SIZE_MAX;
    f->runner = (struct ses_runner){
        .model = &f->model, .set = f->set, .blocks = f->blocks, .n_blocks = 1,
        .threads = 2, .batch = 4, .progress = on_progress,
        .unreadable = on_unreadable, .user = f,
    };
    f->parts = (struct ses_record_parts){ .squeeze = true, .bottleneck = true,
                                          .logits = true };
    *state = f;
    return 0;
}

int bench_teardown(void **state)
{
    struct bench *f = *state;
    ses_set_free(f->set);
    ses_blocks_release(&f->model.blocks);
    ses_graph_free(f->model.graph);
    tree_remove(f->root);
    free(f->pictures);
    free(f->path);
    free(f->other);
    free(f);
    return 0;
}

/* Begin a record at a path, or go on with it. */
static struct ses_record_writer *open_record(const struct bench *f,
                                             const char *path)
{
    const char *names[CLASSES], *ids[CLASSES], *paths[IMAGES];
    int32_t outputs[CLASSES], classes[IMAGES];
    struct ses_record_writer *writer = NULL;
    struct ses_error err = { 0 };
    for (size_t k = 0; k < CLASSES; k++) {
        names[k] = f->set->classes[k].name;
        ids[k] = f->set->classes[k].id;
        outputs[k] = f->set->classes[k].output;
    }
    for (size_t i = 0; i < IMAGES; i++) {
        paths[i] = f->set->items[i].path;
        classes[i] = f->set->items[i].class;
    }
    struct ses_record_block blocks[BENCH_BLOCKS];
    for (size_t i = 0; i < f->runner.n_blocks; i++) {
        const struct ses_block *b = &f->model.blocks.items[f->blocks[i]];
        blocks[i] = (struct ses_record_block){
            .name = b->name, .source = b->source, .gate = "sigmoid",
            .squeeze = "mean", .index = (int)i, .stage = -1, .unit = -1,
            .channels = b->channels, .reduced = b->reduced,
            .height = b->height, .width = b->width,
        };
    }
    const struct ses_record_plan plan = {
        .n_classes = CLASSES, .class_names = names, .class_ids = ids,
        .class_outputs = outputs, .n_images = IMAGES, .image_paths = paths,
        .image_classes = classes, .n_blocks = f->runner.n_blocks,
        .blocks = blocks,
        .outputs = (size_t)f->model.outputs, .parts = f->parts,
    };
    enum ses_status status =
        access(path, F_OK) == 0
            ? ses_record_resume(path, &plan, &writer, &err)
            : ses_record_create(path, false, &plan, &writer, &err);
    if (status != SES_OK)
        fail_msg("%s", err.message);
    return writer;
}

enum ses_status bench_try(struct bench *f, const char *path,
                          struct ses_run_result *result,
                          struct ses_error *err)
{
    struct ses_record_writer *writer = open_record(f, path);
    enum ses_status status =
        ses_runner_run(&f->runner, &f->parts, writer, result, err);
    if (status == SES_OK)
        assert_int_equal(ses_record_finish(writer, err), SES_OK);
    assert_int_equal(ses_record_close(writer, NULL), SES_OK);
    return status;
}

void bench_run(struct bench *f, const char *path,
               struct ses_run_result *result)
{
    struct ses_error err = { 0 };
    if (bench_try(f, path, result, &err) != SES_OK)
        fail_msg("%s", err.message);
    assert_string_equal(err.message, "");
}
