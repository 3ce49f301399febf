/* core/import/state: the readers of state dicts. What the files hold was
 * written down by PyTorch (scripts/reference/torch-files.py). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/import/state.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/test-state.h"

const char *state_path(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "state/%s", name);
    return data_path(path);
}

static struct ses_state *open_state(const char *name, const char *key)
{
    struct ses_state *state;
    struct ses_error err = { 0 };
    if (ses_state_open(state_path(name), key, &state, &err))
        fail_msg("%s: %s", name, err.message);
    return state;
}

static bool same_bits(float found, uint32_t expected)
{
    uint32_t bits;
    float wanted;
    memcpy(&bits, &found, sizeof bits);
    memcpy(&wanted, &expected, sizeof wanted);
    return bits == expected || (isnan(found) && isnan(wanted));
}

static void check_elements(struct ses_state *state, struct ses_entry *entry,
                           char **rest)
{
    struct ses_tensor *tensor;
    struct ses_error err = { 0 };
    if (ses_state_take(state, entry, &tensor, &err))
        fail_msg("%s", err.message);
    for (size_t i = 0; i < tensor->count; i++) {
        char *word = strtok_r(NULL, " \n", rest);
        if (!word ||
            !same_bits(tensor->data[i], (uint32_t)strtoul(word, NULL, 16)))
            fail_msg("'%s' element %zu is %a, expected bits %s", entry->name, i,
                     (double)tensor->data[i], word ? word : "nothing");
    }
    assert_null(strtok_r(NULL, " \n", rest));
    ses_tensor_free(tensor);
}

static bool is_float(const char *type)
{
    return strstr(type, "float");
}

/* Compare with X.expected, line by line. */
static void check_state(struct ses_state *state, const char *expected)
{
    char name[128], shape[256], *line = NULL, *rest;
    size_t size = 0, count = 0;
    snprintf(name, sizeof name, "%s.expected", expected);
    FILE *file = fopen(state_path(name), "r");
    assert_non_null(file);
    for (; getline(&line, &size, file) > 0; count++) {
        const char *key = strtok_r(line, " \n", &rest);
        struct ses_entry *entry = ses_state_find(state, key);
        if (!entry)
            fail_msg("%s: no tensor '%s'", expected, key);
        const char *type = strtok_r(NULL, " \n", &rest);
        assert_string_equal(ses_dtype_name(entry->dtype), type);
        assert_string_equal(
            ses_shape_text(entry->rank, entry->shape, shape, sizeof shape),
            strtok_r(NULL, " \n", &rest));
        if (is_float(type))
            check_elements(state, entry, &rest);
    }
    assert_int_equal(state->count, count);
    free(line);
    fclose(file);
}

static void files_hold_what_pytorch_reads(void **unused)
{
    static const struct {
        const char *file, *key, *expected, *notes;
    } cases[] = {
        { "types.pth", NULL, "types", NULL },
        { "types-legacy.pth", NULL, "types-legacy", NULL },
        { "safe-types.safetensors", NULL, "safe-types", NULL },
        { "views.pth", NULL, "views", NULL },
        { "views-legacy.pth", NULL, "views-legacy", NULL },
        { "protocol1-legacy.pth", NULL, "protocol1-legacy", NULL },
        { "protocol3-legacy.pth", NULL, "protocol3-legacy", NULL },
        { "protocol4-legacy.pth", NULL, "protocol4-legacy", NULL },
        { "protocol4.pth", NULL, "protocol4", NULL },
        { "parameters.pth", NULL, "parameters", NULL },
        { "deflated.pth", NULL, "deflated", NULL },
        { "hand.pth", NULL, "hand", NULL },
        { "untyped.pth", NULL, "untyped", NULL },
        { "typed.pth", NULL, "typed", NULL },
        { "metadata.pth", NULL, "metadata", NULL },
        { "view-legacy.pth", NULL, "view-legacy", NULL },
        { "training.pth", NULL, "training",
          "read 'state_dict' of the file\nremoved the prefix 'module.'" },
        { "training-legacy.pth", NULL, "training-legacy",
          "read 'state_dict' of the file\nremoved the prefix 'module.'" },
        { "wrapper-state_dict.pth", NULL, "wrapper",
          "read 'state_dict' of the file" },
        { "wrapper-model.pth", NULL, "wrapper", "read 'model' of the file" },
        { "wrapper-net.pth", NULL, "wrapper", "read 'net' of the file" },
        { "wrapper-ema.pth", NULL, "wrapper", "read 'ema' of the file" },
        { "wrapper-weight.pth", NULL, "wrapper", "read 'weight' of the file" },
        { "wrapper-params.pth", NULL, "wrapper", "read 'params' of the file" },
        { "wrapper-anything.pth", NULL, "wrapper",
          "read 'anything' of the file" },
        { "nested.pth", NULL, "wrapper",
          "read 'model' of the file\nread 'state_dict' of the file" },
        { "nested.pth", "model", "wrapper",
          "read 'model' of the file\nread 'state_dict' of the file" },
        { "nested.pth", "model.state_dict", "wrapper",
          "read 'model.state_dict' of the file" },
        { "loop.pth", NULL, "wrapper", "read 'state_dict' of the file" },
        { "two.pth", "model", "wrapper", "read 'model' of the file" },
        { "two.pth", "model_ema", "two-model_ema",
          "read 'model_ema' of the file" },
        { "two-unknown.pth", "netG", "wrapper", "read 'netG' of the file" },
        { "prefix-module.pth", NULL, "prefix", "removed the prefix 'module.'" },
        { "prefix-backbone.pth", NULL, "prefix",
          "removed the prefix 'backbone.'" },
        { "prefix-many.pth", NULL, "prefix",
          "removed the prefix '_orig_mod.'\nremoved the prefix 'module.'\n"
          "removed the prefix 'model.'" },
        { "safe-prefix.safetensors", NULL, "safe-prefix",
          "removed the prefix 'module.'" },
        { "prefix-features.pth", NULL, "prefix-features", NULL },
        { "prefix-features.pth", "features", "prefix",
          "read the tensors under 'features' alone" },
        { "prefix-head.pth", NULL, "prefix-head", NULL },
        { "prefix-head.pth", "backbone", "prefix",
          "read the tensors under 'backbone' alone" },
        { "prefix-beside.pth", "module.model", "prefix",
          "read the tensors under 'module.model' alone" },
        { "prefix-clash.pth", NULL, "prefix-clash", NULL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ses_state *state = open_state(cases[i].file, cases[i].key);
        check_state(state, cases[i].expected);
        assert_string_equal(state->notes ? state->notes : "",
                            cases[i].notes ? cases[i].notes : "");
        ses_state_free(state);
    }
}

/* The error of opening, with the path before it taken off. */
static void expect_refusal(const char *name, const char *key,
                           enum ses_status status, const char *words)
{
    struct ses_state *state = NULL;
    struct ses_error err = { 0 };
    const char *path = state_path(name);
    enum ses_status found = ses_state_open(path, key, &state, &err);
    if (found != status || !strstr(err.message, words))
        fail_msg("%s: status %d '%s', expected %d '%s'", name, (int)found,
                 err.message, (int)status, words);
    assert_null(state);
    assert_int_equal(err.message[0], '\'');
    assert_memory_equal(err.message + 1, path, strlen(path));
}

static void checkpoints_may_name_their_network(void **unused)
{
    static const struct {
        const char *file, *arch;
    } cases[] = {
        { "training.pth", "se_resnet20" },
        { "training-legacy.pth", "se_resnet20" },
        { "types.pth", NULL },
        { "wrapper-model.pth", NULL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ses_state *state;
        struct ses_error err = { 0 };
        OK(ses_state_open(state_path(cases[i].file), NULL, &state, &err));
        if (cases[i].arch)
            assert_string_equal(state->arch, cases[i].arch);
        else
            assert_null(state->arch);
        ses_state_free(state);
    }
}

static void bad_files_are_refused_by_name(void **unused)
{
    static const struct {
        const char *file;
        enum ses_status status;
        const char *words;
    } cases[] = {
        { "bad-os.pth", SES_EUNSUPPORTED,
          "holds 'os.system', which is not needed to build tensors; sescope "
          "never runs what a file holds" },
        { "bad-system.pth", SES_EUNSUPPORTED, "holds 'posix.system'" },
        { "bad-system-4.pth", SES_EUNSUPPORTED, "holds 'posix.system'" },
        { "bad-system-legacy.pth", SES_EUNSUPPORTED, "holds 'posix.system'" },
        { "bad-eval.pth", SES_EUNSUPPORTED, "holds '__builtin__.eval'" },
        { "bad-instance.pth", SES_EUNSUPPORTED, "holds 'os.system'" },
        { "bad-module.pth", SES_EUNSUPPORTED, "save model.state_dict()" },
        { "bad-module-wrapped.pth", SES_EUNSUPPORTED, "('net.Net')" },
        { "bad-module-legacy.pth", SES_EUNSUPPORTED,
          "save model.state_dict()" },
        { "bad-script.pth", SES_EUNSUPPORTED, "TorchScript" },
        { "bad-tar.pth", SES_EUNSUPPORTED, "or, when PyTorch of before 0.1.10 wrote it" },
        { "bad-pickle.pkl", SES_EUNSUPPORTED, "with torch.save()" },
        { "bad-zip.pth", SES_EUNSUPPORTED, "'data.pkl'" },
        { "bad-arrays.npz", SES_EUNSUPPORTED,
          "an archive of NumPy arrays ('conv.npy', 'fc.npy'); put its arrays "
          "into a state_dict()" },
        { "bad-overlaid.pth", SES_EFORMAT,
          "unpacks to far more than the file's size" },
        { "bad-order.pth", SES_EUNSUPPORTED, "big-endian" },
        { "bad-order-legacy.pth", SES_EUNSUPPORTED, "big-endian" },
        { "bad-sparse.pth", SES_EUNSUPPORTED, "tensor 'w' is a sparse tensor" },
        { "bad-quantised.pth", SES_EUNSUPPORTED,
          "tensor 'w' is a quantised tensor" },
        { "bad-complex.pth", SES_EUNSUPPORTED, "tensor 'weight' is complex64" },
        { "bad-rank.pth", SES_EUNSUPPORTED, "more than 8 dimensions" },
        { "bad-stride.pth", SES_EUNSUPPORTED,
          "tensor 'weight' is a tensor with a negative size or stride" },
        { "bad-shape.pth", SES_EUNSUPPORTED,
          "tensor 'weight' is a tensor with a negative size or stride" },
        { "bad-range.pth", SES_EFORMAT,
          "tensor 'weight' (float32 2x2, first element 1) reaches beyond its "
          "storage of 4 elements" },
        { "bad-offset.pth", SES_EFORMAT, "reaches beyond its storage" },
        { "bad-overflow.pth", SES_EFORMAT, "reaches beyond its storage" },
        { "bad-short.pth", SES_EFORMAT,
          "storage '0' has 16 bytes, expected 5 elements of float32" },
        { "bad-count.pth", SES_EFORMAT, "storage '0' has 16 bytes" },
        { "bad-no-storage.pth", SES_EFORMAT, "storage '0' is not in" },
        { "bad-memo.pth", SES_EFORMAT, "memo number" },
        { "bad-stack.pth", SES_EFORMAT, "empty stack" },
        { "bad-persid.pth", SES_EFORMAT, "instruction 0x50" },
        { "bad-extension.pth", SES_EFORMAT, "instruction 0x82" },
        { "bad-view-legacy.pth", SES_EFORMAT, "not within it" },
        { "bad-number.pth", SES_EFORMAT, "holds an integer" },
        { "bad-no-tensors.pth", SES_EFORMAT, "only 'epoch', 'args'" },
        { "bad-control.pth", SES_EFORMAT, "control characters" },
        { "bad-length.safetensors", SES_EFORMAT, "9223372036854775808" },
        { "bad-long.safetensors", SES_EFORMAT,
          "cut short: 192 bytes, its header should end at byte 4104" },
        { "bad-json.safetensors", SES_EFORMAT, "no JSON" },
        { "bad-overlap.safetensors", SES_EFORMAT,
          "tensors 'a' and 'b' overlap" },
        { "bad-range.safetensors", SES_EFORMAT,
          "tensor 'b' ends at byte 28 of the data, which have 24 bytes" },
        { "bad-cut.safetensors", SES_EFORMAT, "which have 20 bytes" },
        { "bad-hole.safetensors", SES_EFORMAT, "belongs to no tensor" },
        { "bad-size.safetensors", SES_EFORMAT,
          "tensor 'a' (float32 3) has 16 bytes of data, expected 12" },
        { "bad-shape.safetensors", SES_EFORMAT, "tensor 'a' has a shape" },
        { "bad-negative.safetensors", SES_EFORMAT, "tensor 'a' has a shape" },
        { "bad-backwards.safetensors", SES_EFORMAT, "tensor 'a' has no" },
        { "bad-dtype.safetensors", SES_EUNSUPPORTED, "tensor 'b' is F8_E4M3" },
        { "bad-none.safetensors", SES_EFORMAT, "no tensors" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_refusal(cases[i].file, NULL, cases[i].status, cases[i].words);
}

static void two_dicts_must_be_chosen_from(void **unused)
{
    expect_refusal("two.pth", NULL, SES_EUSAGE,
                   "'model', 'model_ema'; choose one with --state-key");
    expect_refusal("two-unknown.pth", NULL, SES_EUSAGE, "'netG', 'netD'");
    expect_refusal("two.pth", "ema", SES_ENOTFOUND,
                   "has no 'ema', expected one of 'model', 'model_ema'");
    expect_refusal("two.pth", "model.fc2", SES_ENOTFOUND, "'fc2'");
    expect_refusal("safe-prefix.safetensors", "net", SES_ENOTFOUND,
                   "no tensors under 'net', its names begin with 'module'");
}

static void a_key_must_name_something(void **unused)
{
    expect_refusal("types.pth", "nonsense", SES_ENOTFOUND,
                   "has neither a dict nor tensors under 'nonsense'");
    expect_refusal("wrapper-model.pth", "nonsense", SES_ENOTFOUND,
                   "has no 'nonsense', expected one of 'model'");
}

static void tensors_beside_the_network_are_no_surplus(void **unused)
{
    struct ses_state *state = open_state("prefix-beside.pth", NULL);
    struct ses_error err = { 0 };
    assert_non_null(strstr(state->notes, "2 tensors are beside it and not "
                                         "read: 'FTGenerator.ft.0.weight'"));
    assert_non_null(ses_state_find(state, "FTGenerator.ft.0.bias"));
    assert_int_equal(ses_state_check_surplus(state, &err), SES_ESHAPE);
    assert_non_null(strstr(err.message, ": 3 tensors have no place in the "
                                        "network: 'conv1.weight' (2x1x3x3), "
                                        "'bn1.weight' (2), 'fc.bias' (3)"));
    static const char *const names[] = { "conv1", "bn1", "fc" };
    for (int i = 0; i < 3; i++) {
        struct ses_tensor *tensor;
        struct ses_entry *entry = ses_state_findf(state, "%s.%s", names[i],
                                                  i < 2 ? "weight" : "bias");
        assert_int_equal(ses_state_take(state, entry, &tensor, &err), SES_OK);
        ses_tensor_free(tensor);
    }
    assert_int_equal(ses_state_check_surplus(state, &err), SES_OK);
    ses_state_free(state);
}

static void integers_are_not_taken_for_weights(void **unused)
{
    struct ses_state *state = open_state("types.pth", NULL);
    static const char *const names[] = {
        "i64", "i32", "i16", "i8", "u8", "flag"
    };
    static const char *const types[] = { "int64", "int32", "int16",
                                         "int8",  "uint8", "bool" };
    for (int i = 0; i < 6; i++) {
        struct ses_tensor *tensor;
        struct ses_error err = { 0 };
        char words[64];
        snprintf(words, sizeof words, "tensor '%s' is %s, expected a floating",
                 names[i], types[i]);
        struct ses_entry *entry = ses_state_find(state, names[i]);
        assert_int_equal(ses_state_take(state, entry, &tensor, &err),
                         SES_EUNSUPPORTED);
        assert_non_null(strstr(err.message, words));
        assert_null(tensor);
    }
    ses_state_free(state);
}

static void repeated_elements_do_not_fill_the_memory(void **unused)
{
    struct ses_state *state = open_state("repeated.pth", NULL);
    struct ses_tensor *tensor;
    struct ses_error err = { 0 };
    struct ses_entry *entry = ses_state_find(state, "weight");
    assert_int_equal(ses_state_take(state, entry, &tensor, &err),
                     SES_EUNSUPPORTED);
    assert_non_null(strstr(err.message, "'weight' (1099511627776) repeats"));
    ses_state_free(state);
}

static void states_are_made_by_hand(void **unused)
{
    struct ses_state *state = ses_state_new("made");
    struct ses_error err = { 0 };
    char name[32];
    for (size_t i = 0; i < 3000; i++) {
        float value[2] = { (float)i, -1 };
        size_t shape[2] = { 1, 2 };
        snprintf(name, sizeof name, "layer%zu.weight", i);
        assert_int_equal(ses_state_add(state, name, 2, shape, value, &err),
                         SES_OK);
    }
    for (size_t i = 0; i < 3000; i++) {
        struct ses_tensor *tensor;
        struct ses_entry *entry = ses_state_findf(state, "layer%zu.weight", i);
        assert_int_equal(ses_state_take(state, entry, &tensor, &err), SES_OK);
        assert_int_equal(tensor->count, 2);
        assert_true(tensor->data[0] == (float)i && tensor->data[1] == -1);
        ses_tensor_free(tensor);
    }
    assert_null(ses_state_find(state, "layer3000.weight"));
    float one = 1;
    assert_int_equal(ses_state_add(state, "layer7.weight", 0, NULL, &one, &err),
                     SES_EFORMAT);
    assert_non_null(strstr(err.message, "'layer7.weight' is there twice"));
    ses_state_free(state);
}

/* A tensor that is converted in several parts, and every second element of
 * it. */
static void large_tensors_are_whole(void **unused)
{
    enum { COUNT = 600011 };
    static const uint16_t halves[] = { 0x3c00, 0xc000, 0x7bff, 0x0001, 0x3400 };
    static const float floats[] = { 1, -2, 65504, 0x1p-24f, 0.25f };
    static uint16_t data[COUNT];
    char name[] = "test-state-XXXXXX", header[128];
    FILE *file = fdopen(mkstemp(name), "wb");
    uint64_t length = (uint64_t)snprintf(
        header, sizeof header,
        "{\"weight\":{\"dtype\":\"F16\",\"shape\":[%d],"
        "\"data_offsets\":[0,%d]}}", COUNT, 2 * COUNT);
    for (size_t i = 0; i < COUNT; i++)
        data[i] = halves[i % 5];
    assert_int_equal(fwrite(&length, sizeof length, 1, file), 1);
    assert_int_equal(fwrite(header, length, 1, file), 1);
    assert_int_equal(fwrite(data, sizeof data, 1, file), 1);
    assert_int_equal(fclose(file), 0);
    for (size_t step = 1; step <= 2; step++) {
        struct ses_error err = { 0 };
        struct ses_state *state;
        struct ses_tensor *tensor;
        assert_int_equal(ses_state_open(name, NULL, &state, &err), SES_OK);
        struct ses_entry *entry = ses_state_find(state, "weight");
        entry->shape[0] = COUNT / step;
        entry->stride[0] = step;
        assert_int_equal(ses_state_take(state, entry, &tensor, &err), SES_OK);
        assert_int_equal(tensor->count, COUNT / step);
        for (size_t i = 0; i < tensor->count; i++)
            assert_true(tensor->data[i] == floats[i * step % 5]);
        ses_tensor_free(tensor);
        ses_state_free(state);
    }
    unlink(name);
}

/* ---- kinds -------------------------------------------------------------- */

static void kinds_are_told_by_content(void **unused)
{
    static const struct {
        enum ses_file_kind kind;
        const char *data;
        size_t size;
    } cases[] = {
#define BYTES(text) text, sizeof text - 1
        { SES_FILE_TORCH_ZIP, BYTES("PK\3\4....") },
        { SES_FILE_TORCH_LEGACY,
          BYTES("\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.") },
        { SES_FILE_SAFETENSORS, BYTES("\x40\0\0\0\0\0\0\0{\"a\":") },
        { SES_FILE_HDF5, BYTES("\x89HDF\r\n\x1a\n\0\0") },
        { SES_FILE_ONNX, BYTES("\x08\x07\x12\x07pytorch\x1a\x03"
                               "1.9\x3a\xff\x7f") },
        { SES_FILE_CAFFEMODEL, BYTES("\x0a\x03net\xa2\x06\xff\x7f") },
        { SES_FILE_CAFFEMODEL, BYTES("\x0a\x03net\x12\xff\x7f") },
        { SES_FILE_PROTOTXT, BYTES("# a net\nname: \"x\"\nlayer {\n") },
        { SES_FILE_PROTOTXT, BYTES("layer{ name: \"x\" }") },
        { SES_FILE_PICKLE, BYTES("\x80\4\x95\1\0\0\0\0\0\0\0}.") },
        { SES_FILE_UNKNOWN, BYTES("") },
        { SES_FILE_UNKNOWN, BYTES("P") },
        { SES_FILE_UNKNOWN, BYTES("The quick brown fox") },
        { SES_FILE_UNKNOWN, BYTES("{ \"json\": 1 }") },
        { SES_FILE_UNKNOWN, BYTES("\x08") },
        { SES_FILE_UNKNOWN, BYTES("\xff\xd8\xff\xe0\0\x10JFIF") },
#undef BYTES
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (ses_file_kind((const uint8_t *)cases[i].data, cases[i].size) !=
            cases[i].kind)
            fail_msg("case %zu is not of kind %d", i, (int)cases[i].kind);
}

/* ---- real files --------------------------------------------------------- */

static const char *model_path(const char *name)
{
    char member[128];
    snprintf(member, sizeof member, "models/%s", name);
    const char *path = shared_path(member);
    if (!path || access(path, R_OK) != 0)
        skip();
    return path;
}

static void real_files_are_of_their_kinds(void **unused)
{
    static const struct {
        const char *file;
        enum ses_file_kind kind;
    } cases[] = {
        { "minivision_4_0_0_80x80_MiniFASNetV1SE.pth", SES_FILE_TORCH_LEGACY },
        { "seresnet20-cifar10.pth", SES_FILE_TORCH_ZIP },
        { "feni_4_0_0_80x80_MiniFASNetV1SE.onnx", SES_FILE_ONNX },
        { "minivision_Widerface-RetinaFace_noSE.caffemodel",
          SES_FILE_CAFFEMODEL },
        { "minivision_Widerface-RetinaFace_deploy.prototxt",
          SES_FILE_PROTOTXT },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ses_file file;
        struct ses_error err;
        assert_int_equal(ses_file_map(model_path(cases[i].file), &file, &err),
                         SES_OK);
        assert_int_equal(ses_file_kind(file.data, file.size), cases[i].kind);
        ses_file_release(&file);
    }
}

/* One line: name, shape, bits of the first and last element, sum of all. */
static void check_real(struct ses_state *state, char **rest)
{
    char shape[256];
    struct ses_tensor *tensor;
    struct ses_error err = { 0 };
    const char *name = strtok_r(NULL, " \n", rest);
    struct ses_entry *entry = ses_state_find(state, name);
    if (!entry)
        fail_msg("no tensor '%s'", name);
    if (ses_state_take(state, entry, &tensor, &err))
        fail_msg("%s", err.message);
    assert_string_equal(
        ses_shape_text(tensor->rank, tensor->shape, shape, sizeof shape),
        strtok_r(NULL, " \n", rest));
    const char *first = strtok_r(NULL, " \n", rest);
    const char *last = strtok_r(NULL, " \n", rest);
    double sum = 0, expected = strtod(strtok_r(NULL, " \n", rest), NULL);
    for (size_t i = 0; i < tensor->count; i++)
        sum += (double)tensor->data[i];
    assert_true(same_bits(tensor->data[0], (uint32_t)strtoul(first, NULL, 16)));
    assert_true(same_bits(tensor->data[tensor->count - 1],
                          (uint32_t)strtoul(last, NULL, 16)));
    assert_true(fabs(sum - expected) <= 1e-9 * (1 + fabs(expected)));
    ses_tensor_free(tensor);
}

static void real_files_hold_what_pytorch_reads(void **unused)
{
    char *line = NULL, *rest, current[256] = "";
    size_t size = 0, lines = 0;
    struct ses_state *state = NULL;
    if (!shared_path("models"))
        skip();
    FILE *file = fopen(state_path("real.expected"), "r");
    assert_non_null(file);
    for (; getline(&line, &size, file) > 0; lines++) {
        const char *name = strtok_r(line, " \n", &rest);
        if (strcmp(name, current) != 0) {
            struct ses_error err = { 0 };
            snprintf(current, sizeof current, "%s", name);
            ses_state_free(state);
            if (ses_state_open(model_path(name), NULL, &state, &err))
                fail_msg("%s", err.message);
        }
        check_real(state, &rest);
    }
    assert_true(lines > 100);
    ses_state_free(state);
    free(line);
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_hold_what_pytorch_reads),
        cmocka_unit_test(checkpoints_may_name_their_network),
        cmocka_unit_test(bad_files_are_refused_by_name),
        cmocka_unit_test(two_dicts_must_be_chosen_from),
        cmocka_unit_test(a_key_must_name_something),
        cmocka_unit_test(tensors_beside_the_network_are_no_surplus),
        cmocka_unit_test(integers_are_not_taken_for_weights),
        cmocka_unit_test(repeated_elements_do_not_fill_the_memory),
        cmocka_unit_test(states_are_made_by_hand),
        cmocka_unit_test(large_tensors_are_whole),
        cmocka_unit_test(files_cut_anywhere_are_refused),
        cmocka_unit_test(flipped_bytes_do_no_harm),
        cmocka_unit_test(damage_is_told_with_its_place),
        cmocka_unit_test(kinds_are_told_by_content),
        cmocka_unit_test(real_files_are_of_their_kinds),
        cmocka_unit_test(real_files_hold_what_pytorch_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
