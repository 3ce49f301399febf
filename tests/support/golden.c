/* See golden.h. */
#include "tests/support/golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/import/reader.h"
#include "tests/support/check.h"
#include "tests/support/files.h"

static void *grow(void *array, size_t count, size_t size)
{
    void *grown = realloc(array, (count + 1) * size);
    assert_non_null(grown);
    memset((char *)grown + count * size, 0, size);
    return grown;
}

static struct golden_tensor *add_tensor(struct golden *golden)
{
    golden->tensors =
        grow(golden->tensors, golden->n_tensors, sizeof *golden->tensors);
    return &golden->tensors[golden->n_tensors++];
}

static void read_tensor(struct golden *golden, const char *line)
{
    struct golden_tensor *tensor = add_tensor(golden);
    int used = 0;
    assert_int_equal(sscanf(line, "tensor %95s %lf %lf%n", tensor->name,
                            &tensor->low, &tensor->high, &used),
                     3);
    const char *rest = line + used;
    char *end;
    for (;;) {
        size_t side = strtoul(rest, &end, 10);
        if (end == rest)
            break;
        assert_true(tensor->rank < 4);
        tensor->shape[tensor->rank++] = side;
        rest = end;
    }
}

/* A batch norm's four tensors. */
static void read_norm(struct golden *golden, const char *line)
{
    static const struct {
        const char *name;
        double low, high;
    } parts[] = {
        { "weight", 0, 0 },
        { "bias", -0.2, 0.2 },
        { "running_mean", -0.2, 0.2 },
        { "running_var", 0.7, 1.3 },
    };
    char path[64];
    double low, high;
    size_t channels;
    assert_int_equal(
        sscanf(line, "norm %63s %lf %lf %zu", path, &low, &high, &channels), 4);
    for (size_t i = 0; i < 4; i++) {
        struct golden_tensor *tensor = add_tensor(golden);
        snprintf(tensor->name, sizeof tensor->name, "%s.%s", path,
                 parts[i].name);
        tensor->low = i ? parts[i].low : low;
        tensor->high = i ? parts[i].high : high;
        tensor->rank = 1;
        tensor->shape[0] = channels;
    }
}

/* "repeat layer3.1 2 5": units 2 to 5 have what unit 1 has. */
static void repeat_unit(struct golden *golden, const char *line)
{
    char prefix[64];
    int first, last;
    assert_int_equal(sscanf(line, "repeat %63s %d %d", prefix, &first, &last),
                     3);
    size_t length = strlen(prefix);
    int stage = (int)(strrchr(prefix, '.') - prefix);
    size_t before = golden->n_tensors;
    for (int unit = first; unit <= last; unit++)
        for (size_t i = 0; i < before; i++) {
            struct golden_tensor model = golden->tensors[i];
            if (strncmp(model.name, prefix, length) ||
                model.name[length] != '.')
                continue;
            struct golden_tensor *copy = add_tensor(golden);
            *copy = model;
            snprintf(copy->name, sizeof copy->name, "%.*s.%d%.60s", stage,
                     prefix, unit, model.name + length);
        }
}

/* CHANNELS VALUES... SUMMARY */
static void read_row(struct golden_row *row, const char *rest)
{
    char *end;
    row->channels = (int)strtol(rest, &end, 10);
    int n = row->channels < GOLDEN_SHOWN ? row->channels : GOLDEN_SHOWN;
    row->n_shown = n;
    for (int i = 0; i <= n; i++) {
        rest = end;
        double value = strtod(rest, &end);
        assert_true(end != rest);
        if (i < n)
            row->shown[i] = value;
        else
            row->summary = value;
    }
}

static void read_line(struct golden *golden, const char *line)
{
    if (!strncmp(line, "arch ", 5)) {
        snprintf(golden->arch, sizeof golden->arch, "%.63s", line + 5);
        golden->arch[strcspn(golden->arch, "\n")] = '\0';
    } else if (!strncmp(line, "input ", 6)) {
        assert_int_equal(sscanf(line, "input %d %d %d", &golden->channels,
                                &golden->h, &golden->w),
                         3);
    } else if (!strncmp(line, "tensor ", 7)) {
        read_tensor(golden, line);
    } else if (!strncmp(line, "norm ", 5)) {
        read_norm(golden, line);
    } else if (!strncmp(line, "repeat ", 7)) {
        repeat_unit(golden, line);
    } else if (!strncmp(line, "gate ", 5)) {
        golden->gates =
            grow(golden->gates, golden->n_gates, sizeof *golden->gates);
        struct golden_row *row = &golden->gates[golden->n_gates++];
        int used = 0;
        assert_int_equal(sscanf(line, "gate %95s%n", row->path, &used), 1);
        read_row(row, line + used);
    } else if (!strncmp(line, "logits ", 7)) {
        read_row(&golden->logits, line + 7);
    } else {
        fail_msg("golden line '%s' is not understood", line);
    }
}

struct golden *golden_read(const char *name)
{
    char path[128], line[1024];
    snprintf(path, sizeof path, "families/%s.txt", name);
    FILE *file = fopen(data_path(path), "r");
    if (!file)
        fail_msg("cannot open '%s'", path);
    struct golden *golden = calloc(1, sizeof *golden);
    assert_non_null(golden);
    while (fgets(line, sizeof line, file))
        read_line(golden, line);
    fclose(file);
    for (size_t i = 0; i < golden->n_tensors; i++)
        memcpy(golden->tensors[i].seed, golden->tensors[i].name,
               sizeof golden->tensors[i].seed);
    assert_true(golden->logits.channels > 0);
    return golden;
}

void golden_free(struct golden *golden)
{
    if (!golden)
        return;
    free(golden->tensors);
    free(golden->gates);
    free(golden);
}

struct golden_tensor *golden_find(struct golden *golden, const char *name)
{
    for (size_t i = 0; i < golden->n_tensors; i++)
        if (!strcmp(golden->tensors[i].name, name))
            return &golden->tensors[i];
    fail_msg("the golden has no tensor '%s'", name);
    return NULL;
}

void golden_rename(struct golden *golden, const char *from, const char *to)
{
    struct golden_tensor *tensor = golden_find(golden, from);
    snprintf(tensor->name, sizeof tensor->name, "%s", to);
}

void golden_drop(struct golden *golden, const char *begin, const char *contains)
{
    size_t kept = 0;
    for (size_t i = 0; i < golden->n_tensors; i++) {
        const char *name = golden->tensors[i].name;
        if (strncmp(name, begin, strlen(begin)) || !strstr(name, contains))
            golden->tensors[kept++] = golden->tensors[i];
    }
    assert_true(kept < golden->n_tensors);
    golden->n_tensors = kept;
}

size_t golden_count(const struct golden_tensor *tensor)
{
    size_t count = 1;
    for (int i = 0; i < tensor->rank; i++)
        count *= tensor->shape[i];
    return count;
}

static uint64_t seed_of(const char *name)
{
    uint64_t seed = UINT64_C(0xcbf29ce484222325);
    for (; *name; name++)
        seed = (seed ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    return seed;
}

/* Element i of the stream, in 0 .. 1. */
static double uniform(uint64_t seed, size_t i)
{
    uint64_t z = seed + (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    return (double)(z >> 40) / (1 << 24);
}

float *golden_values(const struct golden_tensor *tensor)
{
    size_t count = golden_count(tensor);
    float *values = malloc(count * sizeof *values);
    assert_non_null(values);
    uint64_t start = seed_of(tensor->seed);
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(tensor->low +
                            (tensor->high - tensor->low) * uniform(start, i));
    return values;
}

struct ses_state *golden_state(const struct golden *golden)
{
    struct ses_state *state = ses_state_new("golden");
    assert_non_null(state);
    for (size_t i = 0; i < golden->n_tensors; i++) {
        const struct golden_tensor *tensor = &golden->tensors[i];
        float *values = golden_values(tensor);
        struct ses_error err = { 0 };
        if (ses_state_add(state, tensor->name, tensor->rank, tensor->shape,
                          values, &err))
            fail_msg("%s", err.message);
        free(values);
    }
    return state;
}

struct ses_state *golden_state_of_zeros(const struct golden *golden)
{
    struct ses_error err = { 0 };
    struct ses_state *state = ses_state_new("golden");
    size_t most = 1, index;
    for (size_t i = 0; i < golden->n_tensors; i++)
        if (golden_count(&golden->tensors[i]) > most)
            most = golden_count(&golden->tensors[i]);
    struct ses_storage storage = { .size = most * sizeof(float) };
    storage.data = storage.owned = ses_calloc(most, sizeof(float));
    assert_true(state && storage.owned);
    OK(ses_state_add_storage(state, &storage, &index, &err));
    for (size_t i = 0; i < golden->n_tensors; i++) {
        const struct golden_tensor *tensor = &golden->tensors[i];
        struct ses_entry entry = { .dtype = SES_F32,
                                   .rank = tensor->rank,
                                   .storage = index };
        memcpy(entry.shape, tensor->shape,
               (size_t)tensor->rank * sizeof *tensor->shape);
        ses_contiguous_strides(tensor->rank, entry.shape, entry.stride);
        OK(ses_state_append(state, tensor->name, strlen(tensor->name), &entry,
                            &err));
    }
    return state;
}

float *golden_picture(const struct golden *golden)
{
    int h = golden->h, w = golden->w, channels = golden->channels;
    int rows = (h + 7) / 8, columns = (w + 7) / 8;
    uint64_t coarse = seed_of("coarse"), fine = seed_of("fine");
    float *picture =
        malloc(sizeof *picture * (size_t)h * (size_t)w * (size_t)channels);
    assert_non_null(picture);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            for (int c = 0; c < channels; c++) {
                size_t patch = (size_t)((c * rows + y / 8) * columns + x / 8);
                size_t pixel = (size_t)((c * h + y) * w + x);
                picture[((size_t)y * (size_t)w + (size_t)x) * (size_t)channels +
                        (size_t)c] = (float)(4 * uniform(coarse, patch) - 2 +
                                             (uniform(fine, pixel) - 0.5));
            }
    return picture;
}
