/* core/import/onnx: damaged and hostile files. Run under sanitizers this is a
 * small fuzzer: a file opens, and then its network is whole, or there is a
 * reason. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/test-onnx.h"

static const char *const samples[] = {
    "onnx/gate-constants.onnx",   "onnx/gate-matmul.onnx",
    "onnx/expand-where.onnx",     "onnx/shape-arithmetic.onnx",
    "onnx/channels-last.onnx",    "onnx/stored-bfloat16-bits.onnx",
    "onnx/slice-input.onnx",      "onnx/pad-axes.onnx",
    "onnx/resize-13-sizes.onnx",  "onnx/resize-by-shape.onnx",
    "onnx/split-input.onnx",      "onnx/gather-several.onnx",
    "onnx/stored-typed.onnx",     "onnx/conv-1d-eca.onnx",
    "onnx/average-pool-ceil-counted.onnx", "onnx/tile.onnx",
    "onnx/function-gate.onnx",
};
enum { SAMPLES = sizeof samples / sizeof *samples };

static char scratch[] = "test-onnx.XXXXXX";

static int open_scratch(const char *bytes, size_t size)
{
    memcpy(scratch + sizeof scratch - 7, "XXXXXX", 6);
    int fd = mkstemp(scratch);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, size, 0), size);
    return fd;
}

static void close_scratch(int fd)
{
    close(fd);
    unlink(scratch);
}

static bool opens(void)
{
    struct ses_model_options options = { 0 };
    struct ses_model *model = NULL;
    struct ses_error err = { 0 };
    if (ses_model_open(scratch, &options, &model, &err)) {
        assert_true(strlen(err.message) > sizeof scratch + 2);
        assert_int_not_equal(err.status, SES_OK);
        return false;
    }
    assert_true(model->graph->output >= 0);
    ses_model_free(model);
    return true;
}

void cut_files_do_no_harm(void **unused)
{
    for (int i = 0; i < SAMPLES; i++) {
        size_t whole;
        char *bytes = read_file(data_path(samples[i]), &whole);
        int fd = open_scratch(bytes, whole);
        assert_true(opens());
        for (size_t size = whole; size-- > 0;) {
            assert_int_equal(ftruncate(fd, (off_t)size), 0);
            if (opens())
                fail_msg("%s opens with %zu of its %zu bytes", samples[i],
                         size, whole);
        }
        close_scratch(fd);
        free(bytes);
    }
}

void flipped_bytes_do_no_harm(void **unused)
{
    uint32_t random = 2024;
    for (int i = 0; i < SAMPLES; i++) {
        size_t size;
        char *bytes = read_file(data_path(samples[i]), &size);
        int fd = open_scratch(bytes, size);
        for (int flips = 0; flips < 1500; flips++) {
            char changed[2];
            random = random * 1664525u + 1013904223u;
            size_t at = (random >> 8) % (size - 1);
            memcpy(changed, bytes + at, 2);
            changed[0] = (char)(changed[0] ^ 1 << (random >> 5) % 8);
            if (flips % 3 == 0)
                changed[0] = (char)(random >> 24);
            if (flips % 7 == 0)
                changed[1] = (char)(random >> 16);
            assert_int_equal(pwrite(fd, changed, 2, (off_t)at), 2);
            opens();
            assert_int_equal(pwrite(fd, bytes + at, 2, (off_t)at), 2);
        }
        assert_true(opens());
        close_scratch(fd);
        free(bytes);
    }
}
