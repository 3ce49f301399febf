/* core/import/onnx: every operator and form against ONNX Runtime, gates as
 * exporters write them, and what is refused. */
#include <math.h>
#include <stdlib.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/test-onnx.h"

static struct onnx_goldens goldens;

/* ---- agreement ----------------------------------------------------------- */

/* Element `at` of an output as the file has it (channels first) among ours. */
static float element(const struct onnx_golden *golden, const float *output,
                     int at)
{
    int c = golden->rank > 1 ? golden->size[1] : 1;
    int w = golden->rank > 2 ? golden->size[golden->rank - 1] : 1;
    int h = golden->rank > 3 ? golden->size[2] : 1;
    int column = at % w, row = at / w % h, channel = at / (w * h) % c;
    int image = at / (w * h * c);
    return output[((image * h + row) * w + column) * c + channel];
}

static void check_output(const struct onnx_golden *golden,
                         const float *output)
{
    double most = 1;
    for (int i = 0; i < golden->n_values; i++)
        most = fmax(most, fabs((double)golden->values[i]));
    for (int i = 0; i < golden->n_values; i++) {
        double found = (double)element(golden, output, i * golden->step);
        double expected = (double)golden->values[i];
        if (!(fabs(found - expected) <= 2e-6 * most))
            fail_msg("%s: element %d is %.7g, expected %.7g", golden->name,
                     i * golden->step, found, expected);
    }
}

static void check_gates(const struct onnx_golden *golden,
                        const struct ses_model *model,
                        const struct onnx_answer *answer)
{
    if (!golden->n_gates)
        return;
    assert_int_equal(model->blocks.count, golden->n_gates);
    for (int i = 0; i < golden->n_gates; i++) {
        const struct onnx_gate *gate = &golden->gates[i];
        assert_string_equal(model->blocks.items[i].source, gate->source);
        assert_int_equal(model->blocks.items[i].channels, gate->channels);
        for (int k = 0; k < gate->n; k++) {
            double found = (double)answer->gates[i][k];
            if (!(fabs(found - (double)gate->values[k]) <= 1e-6))
                fail_msg("%s: gate %d of '%s' is %.7g, expected %.7g",
                         golden->name, k, gate->source, found,
                         (double)gate->values[k]);
        }
    }
}

static void check_size(const struct onnx_golden *golden,
                       const struct ses_model *model)
{
    const struct ses_value *out =
        &model->graph->values[model->graph->output];
    int count = 1;
    for (int i = 1; i < golden->rank; i++)
        count *= golden->size[i];
    assert_int_equal(out->h * out->w * out->c, count);
    assert_int_equal(model->classifier, golden->rank == 2);
}

static void graph_agrees_with_onnx_runtime(void **test)
{
    const struct onnx_golden *golden = *test;
    struct ses_model *model;
    struct ses_error err = { 0 };
    struct onnx_answer answer;
    OK(onnx_open(golden->name, golden->h, golden->w, &model, &err));
    check_size(golden, model);
    float *pictures = onnx_pictures(golden);
    onnx_run(model, pictures, golden->images, &answer);
    check_output(golden, answer.output);
    check_gates(golden, model, &answer);
    free(pictures);
    onnx_answer_release(&answer);
    ses_model_free(model);
}

/* ---- what is said of a network ------------------------------------------- */

static struct ses_model *open_small(const char *name)
{
    struct ses_model *model;
    struct ses_error err = { 0 };
    OK(onnx_open(name, 0, 0, &model, &err));
    return model;
}

static void blocks_are_named_by_their_multiplication(void **unused)
{
    struct ses_model *model = open_small("torch-resnet-13");
    assert_int_equal(model->blocks.count, 2);
    assert_string_equal(model->blocks.items[0].source,
                        "/units/units.1/gate/Mul");
    assert_int_equal(model->blocks.items[0].reduced, 2);
    assert_int_equal(model->blocks.items[0].activation, SES_ACT_SIGMOID);
    ses_model_free(model);
    model = open_small("squeeze-pool");
    assert_string_equal(model->blocks.items[0].source, "y");
    ses_model_free(model);
}

static void gate_functions_are_told(void **unused)
{
    struct ses_model *model = open_small("gate-constants");
    assert_int_equal(model->blocks.items[0].activation, SES_ACT_HARD_SIGMOID);
    ses_model_free(model);
    model = open_small("gate-decomposed");
    assert_int_equal(model->blocks.items[0].activation, SES_ACT_HARD_SIGMOID);
    ses_model_free(model);
    model = open_small("gate-max");
    assert_int_equal(model->blocks.items[0].squeezed_by, SES_SQUEEZE_MAX);
    ses_model_free(model);
}

static void activations_are_no_gates(void **unused)
{
    static const char *const names[] = {
        "no-gate-silu", "no-gate-hard-swish", "silu", "mish",
        "hard-swish-decomposed", "mul-rows"
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct ses_model *model = open_small(names[i]);
        assert_int_equal(model->blocks.count, 0);
        ses_model_free(model);
    }
}

static void squeezes_in_all_forms_give_the_same_gates(void **unused)
{
    static const char *const names[] = {
        "squeeze-pool",       "squeeze-mean",
        "squeeze-mean-flat",  "squeeze-mean-twice",
        "squeeze-window",     "squeeze-mean-twice-flat",
        "squeeze-mean-input",
    };
    const struct onnx_golden *golden =
        onnx_golden_find(&goldens, "squeeze-mean");
    float *pictures = onnx_pictures(golden);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct ses_model *model = open_small(names[i]);
        struct onnx_answer answer;
        onnx_run(model, pictures, golden->images, &answer);
        assert_int_equal(answer.n_gates, 1);
        assert_int_equal(model->blocks.items[0].reduced, 4);
        const struct onnx_gate *gate = &golden->gates[0];
        for (int n = 0; n < gate->n; n++)
            if (fabsf(answer.gates[0][n] - gate->values[n]) > 1e-5f)
                fail_msg("%s: gate %d is another", names[i], n);
        onnx_answer_release(&answer);
        ses_model_free(model);
    }
    free(pictures);
}

static void parameters_are_counted_once(void **unused)
{
    struct ses_model *model = open_small("shared-weight");
    assert_int_equal(model->parameters, 9);
    ses_model_free(model);
    /* 3x8x3x3 + 8 and 2 norms x 2, 2 gates of Linear layers, fc */
    model = open_small("torch-resnet-16");
    assert_int_equal(model->parameters,
                     216 + 16 + 72 + 16 + 576 + 16 + 2 * (18 + 24) + 45);
    ses_model_free(model);
}

static void other_outputs_are_named(void **unused)
{
    struct ses_model *model = open_small("two-outputs");
    assert_true(model->classifier);
    assert_int_equal(model->outputs, 4);
    assert_contains(model->notes, "output 'y' is used, not 'm'");
    ses_model_free(model);
}

static void what_the_file_leaves_open_is_noted(void **unused)
{
    struct ses_model *model = open_small("torch-resnet-9");
    assert_contains(model->notes, "does not say how images are prepared");
    assert_contains(model->notes, "224x224");
    assert_int_equal(model->preprocess.input_h, 224);
    assert_string_equal(model->arch, "ONNX (pytorch 1.13.0)");
    ses_model_free(model);
    model = open_small("reshape-fixed-batch");
    assert_contains(model->notes, "batch of 2");
    ses_model_free(model);
    model = open_small("gelu-20-approximate");
    assert_null(strstr(model->notes, "operator set"));
    ses_model_free(model);
    model = open_small("newer-set");
    assert_contains(model->notes, "operator set 22 is newer than 20");
    ses_model_free(model);
}

static void functions_are_looked_into(void **unused)
{
    struct ses_model *model = open_small("function-gate");
    assert_int_equal(model->blocks.count, 1);
    assert_string_equal(model->blocks.items[0].source, "unit/mul");
    assert_int_equal(model->blocks.items[0].reduced, 4);
    ses_model_free(model);
}

/* Exporters had a custom operator for it before the standard did. */
static void swish_of_any_domain_is_silu(void **unused)
{
    const struct onnx_golden *golden = onnx_golden_find(&goldens, "silu");
    float *pictures = onnx_pictures(golden);
    struct ses_model *model = open_small("swish-custom");
    struct onnx_answer answer;
    onnx_run(model, pictures, golden->images, &answer);
    check_output(golden, answer.output);
    assert_int_equal(answer.n_gates, 0);
    onnx_answer_release(&answer);
    ses_model_free(model);
    free(pictures);
}

static void byte_inputs_get_pixels_as_they_are(void **unused)
{
    struct ses_model *model = open_small("bytes");
    assert_true(model->preprocess.scale == 1);
    assert_true(model->preprocess.mean[0] == 0);
    ses_model_free(model);
}

static void a_final_softmax_is_behind_the_logits(void **unused)
{
    static const char *const names[] = { "softmax-end-11", "softmax-end-13",
                                         "log-softmax-end" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct ses_model *model = open_small(names[i]);
        assert_int_not_equal(model->graph->logits, model->graph->output);
        assert_int_equal(model->outputs, 12);
        ses_model_free(model);
    }
}

static void external_files_are_part_of_the_hash(void **unused)
{
    struct ses_error err = { 0 };
    struct ses_file files[2];
    const struct ses_file *both[] = { &files[0], &files[1] };
    char sum[65];
    OK(ses_file_map(data_path("onnx/external.onnx"), &files[0], &err));
    OK(ses_file_map(data_path("onnx/external.data"), &files[1], &err));
    OK(ses_sha256(both, 2, sum, &err));
    struct ses_model *model = open_small("external");
    assert_string_equal(model->sha256, sum);
    ses_model_free(model);
    ses_file_release(&files[0]);
    ses_file_release(&files[1]);
}

/* ---- what is refused ----------------------------------------------------- */

struct refusal {
    const char *name;
    enum ses_status status;
    const char *words;
};

static const struct refusal refusals[] = {
    { "bad-einsum", SES_EUNSUPPORTED,
      "operator 'Einsum' of node 'y' is not supported (operator set 13); "
      "export with" },
    { "bad-several", SES_EUNSUPPORTED,
      "operators 'Einsum' of node 'a', 'Det' of node 'b', 'Foo' of domain "
      "'my.ops', node 'y' are not supported" },
    { "bad-domain", SES_EUNSUPPORTED,
      "operator 'Foo' of domain 'my.ops', node 'y' is not supported" },
    { "bad-instance-norm", SES_EUNSUPPORTED, "'InstanceNormalization'" },
    { "bad-if", SES_EUNSUPPORTED, "simplify the file" },
    { "bad-quantised", SES_EUNSUPPORTED,
      "open the float32 model that it was made from" },
    { "bad-qdq", SES_EUNSUPPORTED,
      "open the float32 model that it was made from" },
    { "bad-opset", SES_EUNSUPPORTED, "operator set 6, expected 7 to 20" },
    { "bad-cycle", SES_EFORMAT, "depends on itself" },
    { "bad-name", SES_EFORMAT, "reads 'nothing', which nothing makes" },
    { "bad-twice", SES_EFORMAT, "'y' is made twice" },
    { "bad-inputs", SES_EUNSUPPORTED, "several inputs ('x', 'z'" },
    { "bad-input-rank", SES_EUNSUPPORTED, "has 5 axes, expected 4" },
    { "bad-input-type", SES_EUNSUPPORTED, "is int64, expected float32" },
    { "bad-batch-mix", SES_EUNSUPPORTED, "joins the batch" },
    { "bad-batch-reduce", SES_EUNSUPPORTED, "over the images of a batch" },
    { "bad-batch-slice", SES_EUNSUPPORTED, "part of the images of a batch" },
    { "bad-computed-weight", SES_EUNSUPPORTED, "expected constants" },
    { "bad-attention", SES_EUNSUPPORTED, "as in attention" },
    { "bad-training", SES_EUNSUPPORTED, "model.eval()" },
    { "bad-dropout", SES_EUNSUPPORTED,
      "'Dropout' of node 'y': it is in training mode" },
    { "bad-dropout-weight", SES_EUNSUPPORTED,
      "'Dropout' of node 'd': it is in training mode" },
    { "bad-cubic", SES_EUNSUPPORTED, "mode 'cubic'" },
    { "bad-short", SES_EFORMAT, "shape is 3x1x1, but 2 elements" },
    { "bad-huge", SES_EFORMAT, "too many elements" },
    { "bad-strings", SES_EUNSUPPORTED, "elements are string" },
    { "bad-repeats", SES_EUNSUPPORTED, "beyond what the file holds" },
    { "bad-function", SES_EUNSUPPORTED, "'Loops' is too large, or calls" },
    { "bad-reduction", SES_EUNSUPPORTED, "beyond what the file holds" },
    { "bad-wrapped", SES_EUNSUPPORTED, "too many are asked for" },
    { "bad-long-list", SES_ENOMEM, "than a file of this size may ask for" },
    { "bad-nothing", SES_EUNSUPPORTED, "a shape of 0 axes" },
    { "bad-wide", SES_EUNSUPPORTED, "beyond what the file holds" },
    { "bad-input-huge", SES_ESHAPE,
      "layer 'x' (input) would make a map of 2147483647x2147483647x3" },
    { "bad-concat-long", SES_ESHAPE, "too long along axis 3" },
    { "bad-optimised", SES_EUNSUPPORTED,
      "'FusedConv' of domain 'com.microsoft', node 'y' is not supported" },
    { "bad-log-softmax", SES_EUNSUPPORTED, "anywhere but at the end" },
    { "bad-integers", SES_EUNSUPPORTED, "becomes int64" },
    { "bad-conv-shape", SES_ESHAPE, "'y'" },
    { "bad-axis", SES_EFORMAT, "names axis 7 of 4" },
    { "bad-sequence", SES_EFORMAT, "names axis 2 twice" },
    { "bad-external-up", SES_EUNSUPPORTED, "in the model's folder" },
    { "bad-external-root", SES_EUNSUPPORTED, "in the model's folder" },
    { "bad-external-inside", SES_EUNSUPPORTED, "in the model's folder" },
    { "bad-external-absent", SES_EIO, "no.data" },
    { "bad-external-beyond", SES_EFORMAT, "which has 80" },
};

static void faults_are_refused_with_words(void **unused)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const struct refusal *refusal = &refusals[i];
        struct ses_error err = { 0 };
        struct ses_model *model;
        if (!onnx_open(refusal->name, 0, 0, &model, &err))
            fail_msg("%s opens", refusal->name);
        SAYS(refusal->words);
        if (err.status != refusal->status)
            fail_msg("%s: status %d, expected %d (%s)", refusal->name,
                     err.status, refusal->status, err.message);
    }
}

/* ---- a real file --------------------------------------------------------- */

/* The same network as ONNX, norms folded, and as PyTorch's own file. */
static void real_file_agrees_with_its_checkpoint(void **unused)
{
    static const char *const names[] = {
        "models/feni_4_0_0_80x80_MiniFASNetV1SE.onnx",
        "models/minivision_4_0_0_80x80_MiniFASNetV1SE.pth"
    };
    enum { SIDE = 80, IMAGES = 2 };
    struct ses_model_options options = {
        .preprocess = "none,order=bgr,input=80"
    };
    struct ses_model *models[2];
    struct onnx_answer answers[2];
    float *pictures =
        calloc((size_t)IMAGES * SIDE * SIDE * 3, sizeof *pictures);
    for (int i = 0; i < IMAGES * SIDE * SIDE * 3; i++)
        pictures[i] =
            (float)(i / 37 * 97 % 160 + ((i + 1) * 7919 & 63) + i % 3 * 10);
    for (int k = 0; k < 2; k++) {
        const char *path = shared_path(names[k]);
        FILE *file = path ? fopen(path, "rb") : NULL;
        if (!file) {
            free(pictures);
            skip();
        }
        fclose(file);
    }
    for (int k = 0; k < 2; k++) {
        struct ses_error err = { 0 };
        OK(ses_model_open(shared_path(names[k]), &options, &models[k], &err));
        onnx_run(models[k], pictures, IMAGES, &answers[k]);
        assert_int_equal(models[k]->blocks.count, 3);
        assert_int_equal(models[k]->outputs, 3);
    }
    for (size_t b = 0; b < 3; b++)
        for (int i = 0; i < IMAGES * models[0]->blocks.items[b].channels; i++)
            assert_true(fabs((double)answers[0].gates[b][i] -
                             (double)answers[1].gates[b][i]) <= 1e-5);
    for (int i = 0; i < IMAGES * 3; i++)
        assert_true(fabs((double)answers[0].output[i] -
                         (double)answers[1].output[i]) <= 1e-4);
    for (int k = 0; k < 2; k++) {
        onnx_answer_release(&answers[k]);
        ses_model_free(models[k]);
    }
    free(pictures);
}

int main(void)
{
    static const struct CMUnitTest fixed[] = {
        cmocka_unit_test(blocks_are_named_by_their_multiplication),
        cmocka_unit_test(gate_functions_are_told),
        cmocka_unit_test(activations_are_no_gates),
        cmocka_unit_test(squeezes_in_all_forms_give_the_same_gates),
        cmocka_unit_test(parameters_are_counted_once),
        cmocka_unit_test(other_outputs_are_named),
        cmocka_unit_test(what_the_file_leaves_open_is_noted),
        cmocka_unit_test(functions_are_looked_into),
        cmocka_unit_test(swish_of_any_domain_is_silu),
        cmocka_unit_test(byte_inputs_get_pixels_as_they_are),
        cmocka_unit_test(a_final_softmax_is_behind_the_logits),
        cmocka_unit_test(external_files_are_part_of_the_hash),
        cmocka_unit_test(faults_are_refused_with_words),
        cmocka_unit_test(real_file_agrees_with_its_checkpoint),
        cmocka_unit_test(cut_files_do_no_harm),
        cmocka_unit_test(flipped_bytes_do_no_harm),
    };
    enum { FIXED = sizeof fixed / sizeof *fixed };
    onnx_goldens_read(&goldens);
    size_t n = (size_t)goldens.count;
    struct CMUnitTest *tests = calloc(n + FIXED, sizeof *tests);
    for (size_t i = 0; i < n; i++)
        tests[i] = (struct CMUnitTest){
            .name = ses_format("%s agrees with ONNX Runtime",
                               goldens.items[i].name),
            .test_func = graph_agrees_with_onnx_runtime,
            .initial_state = &goldens.items[i],
        };
    for (size_t i = 0; i < FIXED; i++)
        tests[n + i] = fixed[i];
    int failed = _cmocka_run_group_tests("onnx", tests, n + FIXED, NULL, NULL);
    for (size_t i = 0; i < n; i++)
        free((char *)tests[i].name);
    free(tests);
    onnx_goldens_release(&goldens);
    return failed;
}
