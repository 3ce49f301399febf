/* See test-keras.h. */
#include "tests/test-keras.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "core/base/alloc.h"
#include "tests/support/answer.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"
#include "tests/support/tree.h"

static char *folder;

int keras_folder(void **state)
{
    folder = tree_new();
    return folder ? 0 : -1;
}

int keras_folder_remove(void **state)
{
    tree_remove(folder);
    return 0;
}

const char *keras_path(const char *name)
{
    static char paths[4][4096];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

const char *keras_file(const char *name)
{
    char packed[128];
    static unsigned char bytes[1 << 20];
    snprintf(packed, sizeof packed, "keras/%s.gz", name);
    gzFile file = gzopen(data_path(packed), "rb");
    if (!file)
        fail_msg("cannot open '%s'", packed);
    int size = gzread(file, bytes, sizeof bytes);
    gzclose(file);
    assert_in_range(size, 1, sizeof bytes - 1);
    tree_bytes(folder, name, bytes, (size_t)size);
    return keras_path(name);
}

struct ses_model *keras_open(const char *path, const char *preprocess)
{
    struct ses_model_options options = { .preprocess = preprocess };
    struct ses_model *model;
    struct ses_error err = { 0 };
    OK(ses_model_open(path, &options, &model, &err));
    return model;
}

void keras_refuse(const char *path, enum ses_status status, const char *words)
{
    struct ses_model_options options = { 0 };
    struct ses_model *model;
    struct ses_error err = { 0 };
    enum ses_status found = ses_model_open(path, &options, &model, &err);
    if (!found)
        fail_msg("'%s' opened, expected '%s'", path, words);
    SAYS(words);
    assert_contains(err.message, path);
    assert_int_equal(found, status);
}

/* ---- goldens ------------------------------------------------------------- */

/* A golden's next line: its first word, and what follows; false at the end. */
static bool next_line(char **text, char *words[2])
{
    char *line = strsep(text, "\n");
    if (!line || !*line)
        return false;
    words[0] = strsep(&line, " ");
    words[1] = line;
    return true;
}

static size_t read_numbers(char *text, double *out, size_t room)
{
    size_t n = 0;
    for (char *word; (word = strsep(&text, " "));) {
        assert_true(n < room);
        out[n++] = strtod(word, NULL);
    }
    return n;
}

static void compare_numbers(const char *what, const float *found,
                            size_t n_found, const double *expected, size_t n)
{
    double most = 1;
    if (n_found != n)
        fail_msg("%s has %zu numbers, expected %zu", what, n_found, n);
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(expected[i]));
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)found[i] - expected[i]) <= 1e-5 * most))
            fail_msg("%s: number %zu is %.8g, expected %.8g", what, i,
                     (double)found[i], expected[i]);
}

/* The block of a layer's name, or none. */
static size_t block_of(const struct ses_blocks *blocks, const char *layer)
{
    size_t i = 0;
    while (i < blocks->count && strcmp(blocks->items[i].source, layer) != 0)
        i++;
    return i;
}

static struct answer run(const struct ses_model *model, int h, int w, int c,
                         double scale)
{
    struct golden shape = { .channels = c, .h = h, .w = w };
    struct answer answer;
    assert_int_equal(model->preprocess.input_h, h);
    assert_int_equal(model->preprocess.input_w, w);
    float *picture = golden_picture(&shape);
    for (int i = 0; i < h * w * c; i++)
        picture[i] *= (float)scale;
    answer_run(&answer, model->graph, &model->blocks, picture);
    free(picture);
    return answer;
}

void keras_compare(const struct ses_model *model, const char *name,
                   size_t blocks)
{
    enum { ROOM = 4096 };
    static double numbers[ROOM];
    char path[128];
    snprintf(path, sizeof path, "keras/%s.txt", name);
    char *golden = read_file(data_path(path), NULL), *text = golden;
    char *words[2];
    double shape[3] = { 0 }, scale = 1;
    struct answer answer = { 0 };
    size_t gates = 0;
    bool compared = false;
    while (next_line(&text, words)) {
        if (strcmp(words[0], "arch") == 0) {
            assert_string_equal(model->arch, words[1]);
        } else if (strcmp(words[0], "input") == 0) {
            assert_int_equal(read_numbers(words[1], shape, 3), 3);
        } else if (strcmp(words[0], "scale") == 0) {
            scale = strtod(words[1], NULL);
            answer = run(model, (int)shape[0], (int)shape[1], (int)shape[2],
                         scale);
        } else if (strcmp(words[0], "gate") == 0) {
            const char *layer = strsep(&words[1], " ");
            size_t n = read_numbers(words[1], numbers, ROOM);
            size_t i = block_of(&model->blocks, layer);
            if (i == model->blocks.count)
                continue; /* no gate of an SE block */
            compare_numbers(layer, answer.gates[i],
                            (size_t)model->blocks.items[i].channels, numbers,
                            n);
            gates++;
        } else {
            assert_string_equal(words[0], "output");
            size_t n = read_numbers(words[1], numbers, ROOM);
            compare_numbers("the output", answer.logits,
                            (size_t)answer.outputs, numbers, n);
            compared = true;
        }
    }
    assert_true(compared);
    assert_int_equal(model->blocks.count, blocks);
    assert_int_equal(gates, blocks);
    answer_release(&answer);
    free(golden);
}
