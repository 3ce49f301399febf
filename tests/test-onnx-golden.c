/* Reading goldens, and running networks as they want it. See test-onnx.h. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/engine/engine.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/test-onnx.h"

static int read_floats(char **line, float *out, int most)
{
    int n = 0;
    for (char *word; (word = strsep(line, " "));) {
        assert_true(n < most);
        out[n++] = strtof(word, NULL);
    }
    return n;
}

static int read_int(char **line)
{
    long number = 0;
    char *word = strsep(line, " ");
    assert_non_null(word);
    assert_true(ses_parse_long(word, 0, 1 << 20, &number));
    return (int)number;
}

static void read_input(struct onnx_golden *golden, char **line)
{
    const char *layout = strsep(line, " ");
    golden->channels_last = strcmp(layout, "last") == 0;
    golden->images = read_int(line);
    if (!golden->channels_last)
        golden->channels = read_int(line);
    golden->h = read_int(line);
    golden->w = read_int(line);
    if (golden->channels_last)
        golden->channels = read_int(line);
}

static void read_line(struct onnx_goldens *goldens, char *line)
{
    struct onnx_golden *golden = &goldens->items[goldens->count - 1];
    const char *what = strsep(&line, " ");
    if (strcmp(what, "graph") == 0) {
        golden = &goldens->items[goldens->count++];
        golden->name = line;
    } else if (strcmp(what, "input") == 0) {
        read_input(golden, &line);
    } else if (strcmp(what, "output") == 0) {
        while (line)
            golden->size[golden->rank++] = read_int(&line);
    } else if (strcmp(what, "values") == 0) {
        golden->step = read_int(&line);
        golden->n_values =
            read_floats(&line, golden->values, 2 * ONNX_MAX_VALUES);
    } else if (strcmp(what, "gate") == 0) {
        assert_true(golden->n_gates < ONNX_MAX_GATES);
        struct onnx_gate *gate = &golden->gates[golden->n_gates++];
        gate->source = strsep(&line, " ");
        gate->channels = read_int(&line);
        gate->n = read_floats(&line, gate->values, 2 * ONNX_MAX_VALUES);
    }
}

void onnx_goldens_read(struct onnx_goldens *goldens)
{
    goldens->text = read_file(data_path("onnx/goldens.txt"), NULL);
    goldens->items = ses_calloc(400, sizeof *goldens->items);
    goldens->count = 0;
    char *rest = goldens->text;
    for (char *line; (line = strsep(&rest, "\n"));)
        if (*line)
            read_line(goldens, line);
}

void onnx_goldens_release(struct onnx_goldens *goldens)
{
    free(goldens->items);
    free(goldens->text);
}

const struct onnx_golden *onnx_golden_find(const struct onnx_goldens *goldens,
                                           const char *name)
{
    for (int i = 0; i < goldens->count; i++)
        if (strcmp(goldens->items[i].name, name) == 0)
            return &goldens->items[i];
    fail_msg("there is no golden '%s'", name);
    return NULL;
}

enum ses_status onnx_open(const char *name, int h, int w,
                          struct ses_model **model, struct ses_error *err)
{
    struct ses_model_options options = { 0 };
    char *file = ses_format("onnx/%s.onnx", name);
    char *preprocess = ses_format("resize=0,crop=0,input=%dx%d", h, w);
    if (h)
        options.preprocess = preprocess;
    enum ses_status status =
        ses_model_open(data_path(file), &options, model, err);
    free(file);
    free(preprocess);
    return status;
}

/* The formula of scripts/reference/onnx-graphs.py. */
static float number(uint32_t i)
{
    return (float)((double)((i + 1) * 2654435761u >> 8) / (1 << 24) * 4 - 2);
}

float *onnx_pictures(const struct onnx_golden *golden)
{
    int h = golden->h, w = golden->w, c = golden->channels;
    float *out = ses_calloc_floats((size_t)(golden->images * h * w * c));
    bool bytes = strcmp(golden->name, "bytes") == 0;
    for (int at = 0; at < golden->images * h * w * c; at++) {
        int image = at / (h * w * c), pixel = at / c % (h * w), k = at % c;
        int place = golden->channels_last
                        ? at
                        : (image * c + k) * h * w + pixel;
        out[at] = number((uint32_t)place);
        if (bytes)
            out[at] = (float)(int)(out[at] * 50 + 100);
    }
    return out;
}

struct watcher {
    const struct ses_model *model;
    struct onnx_answer *answer;
};

/* The output is watched too: it may be behind the logits. */
static enum ses_status keep(void *user, size_t watch, float *data, int batch,
                            size_t first, struct ses_error *err)
{
    const struct watcher *watcher = user;
    const struct ses_model *model = watcher->model;
    bool output = watch == watcher->answer->n_gates;
    const struct ses_value *value = &model->graph->values[model->graph->output];
    size_t floats = output ? (size_t)value->h * (size_t)value->w *
                                 (size_t)value->c
                           : (size_t)model->blocks.items[watch].channels;
    float *out = output ? watcher->answer->output
                        : watcher->answer->gates[watch];
    memcpy(out + first * floats, data, (size_t)batch * floats * sizeof *out);
    return SES_OK;
}

void onnx_run(const struct ses_model *model, const float *pictures, int images,
              struct onnx_answer *answer)
{
    const struct ses_graph *graph = model->graph;
    const struct ses_value *in = &graph->values[graph->input];
    const struct ses_value *out = &graph->values[graph->output];
    struct ses_error err = { 0 };
    size_t n = model->blocks.count, batch = (size_t)images;
    size_t size = (size_t)in->h * (size_t)in->w * (size_t)in->c;
    int *watched = ses_calloc(n + 1, sizeof *watched);
    answer->n_gates = n;
    answer->gates = ses_calloc(n, sizeof *answer->gates);
    answer->output = ses_calloc_floats(batch * (size_t)out->h *
                                       (size_t)out->w * (size_t)out->c);
    for (size_t i = 0; i < n; i++) {
        watched[i] = model->blocks.items[i].gate;
        answer->gates[i] = ses_calloc_floats(
            batch * (size_t)model->blocks.items[i].channels);
    }
    watched[n] = graph->output;
    struct ses_engine *engine = NULL;
    struct ses_worker *worker = NULL;
    OK(ses_engine_new(graph, watched, n + 1, 1, &engine, &err));
    OK(ses_worker_new(engine, &worker, &err));
    struct watcher watcher = { model, answer };
    struct ses_watch watch = { watched, n + 1, keep, &watcher };
    for (size_t i = 0; i < batch; i++)
        OK(ses_worker_run(worker, pictures + i * size, 1, i, &watch, NULL,
                          &err));
    ses_worker_free(worker);
    ses_engine_free(engine);
    free(watched);
}

void onnx_answer_release(struct onnx_answer *answer)
{
    for (size_t i = 0; i < answer->n_gates; i++)
        free(answer->gates[i]);
    free(answer->gates);
    free(answer->output);
}
