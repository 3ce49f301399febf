/* See caffe-network.h. */
#include "tests/support/caffe-network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tests/support/answer.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/tree.h"

static char *folder;

int caffe_make_folder(void **state)
{
    folder = tree_new();
    return 0;
}

int caffe_remove_folder(void **state)
{
    tree_remove(folder);
    return 0;
}

char *caffe_text(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "caffe/%s.prototxt", name);
    return read_file(data_path(path), NULL);
}

char *caffe_edit(char *text, const char *from, const char *to)
{
    char *at = strstr(text, from);
    if (!at)
        fail_msg("'%s' is not in the network's text", from);
    char *out = ses_format("%.*s%s%s", (int)(at - text), text, to,
                           at + strlen(from));
    assert_non_null(out);
    free(text);
    return out;
}

char *caffe_edit_all(char *text, const char *from, const char *to)
{
    assert_null(strstr(to, from));
    do
        text = caffe_edit(text, from, to);
    while (strstr(text, from));
    return text;
}

enum ses_status caffe_try(char *text, const char *weights,
                          const char *preprocess, struct ses_model **model,
                          struct ses_error *err)
{
    char *net = tree_path(folder, "net.prototxt");
    char *model_path = NULL;
    if (weights && !strchr(weights, '/')) {
        char *name = ses_format("caffe/%s.caffemodel", weights);
        model_path = ses_format("%s", data_path(name));
        free(name);
    } else if (weights) {
        model_path = ses_format("%s", weights);
    }
    tree_text(folder, "net.prototxt", text);
    struct ses_model_options options = { .weights = model_path,
                                         .preprocess = preprocess };
    memset(err, 0, sizeof *err);
    *model = NULL;
    enum ses_status status = ses_model_open(net, &options, model, err);
    free(net);
    free(model_path);
    free(text);
    return status;
}

struct ses_model *caffe_open(char *text, const char *weights)
{
    struct ses_error err;
    struct ses_model *model;
    OK(caffe_try(text, weights, NULL, &model, &err));
    return model;
}

void caffe_refuse(char *text, const char *weights, enum ses_status status,
                  const char *words)
{
    struct ses_error err;
    struct ses_model *model;
    enum ses_status found = caffe_try(text, weights, NULL, &model, &err);
    if (found != status)
        fail_msg("status %d, expected %d: %s", found, status, err.message);
    assert_null(model);
    SAYS(words);
    SAYS("net.prototxt'");
}

/* ---- goldens ------------------------------------------------------------- */

static const char *next_line(const char *at)
{
    const char *end = strchr(at, '\n');
    return end && end[1] ? end + 1 : NULL;
}

/* Numbers at `at`, as many as the first says. */
static void compare_row(const char *what, const char *at, const float *found,
                        int count, double tolerance)
{
    char *end;
    long expected = strtol(at, &end, 10);
    if (expected != count)
        fail_msg("%s has %d numbers, expected %ld", what, count, expected);
    double most = 1;
    for (const char *again = end; *again && *again != '\n';) {
        char *next;
        most = fmax(most, fabs(strtod(again, &next)));
        if (next == again)
            break;
        again = next;
    }
    for (int i = 0; i < count; i++) {
        char *next;
        double value = strtod(end, &next);
        assert_true(next != end);
        end = next;
        if (!(fabs((double)found[i] - value) <= tolerance * most))
            fail_msg("number %d of %s is %.7g, expected %.7g", i, what,
                     (double)found[i], value);
    }
}

void caffe_compare(const struct ses_model *model, const char *file,
                   const char *name)
{
    char path[128], wanted[128];
    struct golden golden = { 0 };
    snprintf(path, sizeof path, "caffe/%s", file);
    int length = snprintf(wanted, sizeof wanted, "network %s ", name);
    char *text = read_file(data_path(path), NULL);
    const char *at = text;
    while (at && strncmp(at, wanted, (size_t)length))
        at = next_line(at);
    if (!at)
        fail_msg("'%s' has no network '%s'", file, name);
    assert_int_equal(sscanf(at + length, "%d %d %d", &golden.channels,
                            &golden.h, &golden.w),
                     3);
    float *picture = golden_picture(&golden);
    struct answer answer;
    answer_run(&answer, model->graph, &model->blocks, picture);
    size_t gates = 0;
    bool compared = false;
    for (at = next_line(at); at && strncmp(at, "network ", 8);
         at = next_line(at)) {
        char layer[96];
        int used = 0;
        if (sscanf(at, "gate %95s%n", layer, &used) == 1) {
            assert_true(gates < model->blocks.count);
            const struct ses_block *block = &model->blocks.items[gates];
            assert_string_equal(block->source, layer);
            compare_row(layer, at + used, answer.gates[gates],
                        block->channels, 1e-5);
            gates++;
        } else {
            assert_memory_equal(at, "output ", 7);
            compare_row("the output", at + 7, answer.logits, answer.outputs,
                        1e-5);
            compared = true;
        }
    }
    assert_true(compared);
    assert_int_equal(gates, model->blocks.count);
    answer_release(&answer);
    free(picture);
    free(text);
}
