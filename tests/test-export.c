/* core/export: what is written of a network says the same when it is read
 * again. The networks are the goldens of ONNX Runtime that tests/test-onnx
 * reads, which have every operation.
 *
 * With a folder as argument, they are written there instead, for
 * scripts/verify-fold to run in ONNX Runtime. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/export/onnx.h"
#include "core/graph/passes.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/figure.h"
#include "tests/support/se-network.h"
#include "tests/test-onnx.h"

static struct onnx_goldens goldens;

/* ONNX Runtime takes what is written, but for these, which are refused. */
static const char *const refused[] = { "average-pool-dilated", NULL };

static bool is_refused(const char *name)
{
    for (size_t i = 0; refused[i]; i++)
        if (strcmp(name, refused[i]) == 0)
            return true;
    return false;
}

static size_t floats_of(const struct ses_model *model)
{
    const struct ses_value *out = &model->graph->values[model->graph->output];
    return (size_t)out->h * (size_t)out->w * (size_t)out->c;
}

static struct ses_model *read_back(const char *path, int h, int w)
{
    struct ses_error err = { 0 };
    struct ses_model *model;
    char *preprocess = ses_format("resize=0,crop=0,input=%dx%d", h, w);
    struct ses_model_options options = { .preprocess = preprocess };
    OK(ses_model_open(path, &options, &model, &err));
    free(preprocess);
    return model;
}

static void compare(const struct onnx_golden *golden,
                    const struct ses_model *model,
                    const struct ses_model *again)
{
    struct onnx_answer a, b;
    float *pictures = onnx_pictures(golden);
    size_t n = floats_of(model) * (size_t)golden->images;
    double most = 1;
    assert_int_equal(floats_of(again), floats_of(model));
    onnx_run(model, pictures, golden->images, &a);
    onnx_run(again, pictures, golden->images, &b);
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs((double)a.output[i]));
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)a.output[i] - (double)b.output[i]) <= 1e-6 * most))
            fail_msg("%s: number %zu is %.9g, expected %.9g", golden->name, i,
                     (double)b.output[i], (double)a.output[i]);
    assert_int_equal(again->blocks.count, model->blocks.count);
    free(pictures);
    onnx_answer_release(&a);
    onnx_answer_release(&b);
}

static void network_is_the_same_when_read_again(void **test)
{
    const struct onnx_golden *golden = *test;
    struct ses_error err = { 0 };
    struct ses_model *model;
    const char *path = in_folder("written.onnx");
    OK(onnx_open(golden->name, golden->h, golden->w, &model, &err));
    if (is_refused(golden->name)) {
        assert_int_equal(ses_onnx_write(path, model->graph, NULL, 0, &err),
                         SES_EUNSUPPORTED);
        SAYS("cannot be written as ONNX");
        ses_model_free(model);
        return;
    }
    OK(ses_onnx_write(path, model->graph, NULL, 0, &err));
    struct ses_model *again = read_back(path, golden->h, golden->w);
    compare(golden, model, again);
    ses_model_free(model);
    ses_model_free(again);
}

/* Write all goldens to a folder; returns the program's exit status. */
static int write_all(const char *folder)
{
    for (int i = 0; i < goldens.count; i++) {
        const struct onnx_golden *golden = &goldens.items[i];
        struct ses_error err = { 0 };
        struct ses_model *model = NULL;
        char *path = ses_format("%s/%s.onnx", folder, golden->name);
        enum ses_status status = onnx_open(golden->name, golden->h,
                                           golden->w, &model, &err);
        if (!status)
            status = ses_onnx_write(path, model->graph, NULL, 0, &err);
        if (status && !is_refused(golden->name)) {
            fprintf(stderr, "%s: %s\n", golden->name, err.message);
            return 1;
        }
        ses_model_free(model);
        free(path);
    }
    return 0;
}

int main(int argc, char **argv)
{
    onnx_goldens_read(&goldens);
    if (argc > 1)
        return write_all(argv[1]);
    struct CMUnitTest tests[500] = { { 0 } };
    size_t n = 0;
    for (int i = 0; i < goldens.count; i++)
        tests[n++] = (struct CMUnitTest){
            .name = goldens.items[i].name,
            .test_func = network_is_the_same_when_read_again,
            .initial_state = &goldens.items[i],
        };
    int failed = _cmocka_run_group_tests("export", tests, n, make_folder,
                                         remove_folder);
    onnx_goldens_release(&goldens);
    return failed;
}
