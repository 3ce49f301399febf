/* The weights of a nested model, which a file saved as HDF5 has in one list.
 * See weights.h. */
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/import/keras/config.h"
#include "core/import/keras/weights.h"

/* Every weight is compared with every name. */
enum { MOST_NESTED = 16384, DEEPEST = 16 };

struct nested {
    char *path; /* the layer's, below the owner: "inner/conv" */
    enum ses_keras_role role;
    bool trained;
    size_t weight;
};

struct ses_keras_nest {
    struct nested *items; /* a layer's stand together */
    size_t count, capacity;
    struct ses_names layers; /* the first of each layer's */
};

void ses_keras_nest_free(struct ses_keras_nest *nest)
{
    if (!nest)
        return;
    for (size_t i = 0; i < nest->count; i++)
        free(nest->items[i].path);
    free(nest->items);
    ses_names_release(&nest->layers);
    free(nest);
}

static enum ses_status add(struct ses_keras_nest *nest, const char *path,
                           enum ses_keras_role role, bool trained,
                           struct ses_error *err)
{
    if (nest->count == MOST_NESTED)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "a nested model has more than %d weights",
                        MOST_NESTED);
    struct nested *items =
        ses_grow(nest->items, nest->count, &nest->capacity, sizeof *items);
    char *copy = strdup(path);
    if (items)
        nest->items = items;
    if (!items || !copy) {
        free(copy);
        return ses_fail_memory(err, "a nested model");
    }
    items[nest->count] = (struct nested){ copy, role, trained, 0 };
    size_t first;
    if (!ses_names_find(&nest->layers, copy, strlen(copy), &first) &&
        !ses_names_add(&nest->layers, copy, strlen(copy), nest->count)) {
        free(copy);
        return ses_fail_memory(err, "a nested model");
    }
    nest->count++;
    return SES_OK;
}

static bool is_trained(enum ses_keras_role role)
{
    return role != SES_KERAS_MOVING_MEAN && role != SES_KERAS_MOVING_VARIANCE &&
           role != SES_KERAS_MEAN && role != SES_KERAS_VARIANCE &&
           role != SES_KERAS_COUNT;
}

/* All weights of a model's layers; prefix: the model's own path and a '/'. */
static enum ses_status collect(struct ses_keras_nest *nest, json_t *model,
                               const char *prefix, bool trained, int depth,
                               struct ses_error *err)
{
    json_t *layers = ses_keras_config_layers(model), *layer;
    enum ses_status status = SES_OK;
    size_t i;
    trained = trained && ses_keras_config_trainable(model);
    if (depth > DEEPEST)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "models are nested more than %d deep", DEEPEST);
    json_array_foreach (layers, i, layer) {
        const char *class_name = ses_keras_config_class(layer);
        char *path = ses_format("%s%s", prefix, ses_keras_config_name(layer));
        if (!path)
            return ses_fail_memory(err, "a nested model");
        if (ses_keras_config_is_model(class_name)) {
            char *inner = ses_format("%s/", path);
            status = inner ? collect(nest, layer, inner, trained, depth + 1,
                                     err)
                           : ses_fail_memory(err, path);
            free(inner);
        } else {
            struct ses_keras_needs needs = ses_keras_needs(
                class_name, json_object_get(layer, "config"));
            bool own = trained && ses_keras_config_trainable(layer);
            for (int n = 0; n < needs.count && !status; n++)
                status = add(nest, path, needs.roles[n],
                             own && is_trained(needs.roles[n]), err);
        }
        free(path);
        if (status)
            return status;
    }
    return SES_OK;
}

/* How much of a layer's path ("outer/inner/conv") the layer's part of a
 * weight's name ends in; 0 when not even in the layer's own name. */
static size_t likeness(const char *path, const char *name, size_t length)
{
    for (const char *from = path; from;
         from = strchr(from, '/') ? strchr(from, '/') + 1 : NULL) {
        size_t n = strlen(from);
        if (n && length >= n && memcmp(name + length - n, from, n) == 0 &&
            (length == n || name[length - n - 1] == '/'))
            return n;
    }
    return 0;
}

/* Give every nested weight the one whose name is the most like it; false when
 * one has none, or as like a second, or two are given the same. */
static bool assign_by_name(struct ses_keras_nest *nest,
                           const struct ses_keras_weights *weights,
                           size_t first, size_t n, bool *given)
{
    memset(given, 0, n * sizeof *given);
    for (size_t i = 0; i < nest->count; i++) {
        struct nested *item = &nest->items[i];
        size_t best = 0, times = 0, found = 0;
        for (size_t k = 0; k < n; k++) {
            const char *name = weights->items[first + k].name;
            size_t length;
            if (ses_keras_role_of(name, &length) != item->role)
                continue;
            size_t like = likeness(item->path, name, length);
            times = like > best ? 1 : times + (like == best && like > 0);
            if (like > best) {
                best = like;
                found = k;
            }
        }
        if (item->role == SES_KERAS_COUNT && best == 0) {
            item->weight = SES_KERAS_NONE;
            continue;
        }
        if (best == 0 || times > 1 || given[found])
            return false;
        given[found] = true;
        item->weight = first + found;
    }
    return true;
}

static enum ses_status assign_by_order(struct ses_keras_nest *nest,
                                       const struct ses_keras_weights *weights,
                                       const char *owner, size_t first,
                                       size_t n, struct ses_error *err)
{
    size_t trained = 0, next = first, next_fixed = first;
    for (size_t i = 0; i < nest->count; i++)
        trained += nest->items[i].trained;
    next_fixed += trained;
    if (nest->count != n)
        return ses_fail(err, SES_ESHAPE,
                        "model '%s' needs %zu weights, the file has %zu, "
                        "whose names are not those of its layers",
                        owner, nest->count, n);
    for (size_t i = 0; i < nest->count; i++) {
        struct nested *item = &nest->items[i];
        size_t length;
        item->weight = item->trained ? next++ : next_fixed++;
        const char *name = weights->items[item->weight].name;
        enum ses_keras_role role = ses_keras_role_of(name, &length);
        if (role != SES_KERAS_ROLE_COUNT && role != item->role)
            return ses_fail(err, SES_ESHAPE,
                            "model '%s': weight '%s' stands where the '%s' of "
                            "layer '%s' is expected",
                            owner, name, ses_keras_role_name(item->role),
                            item->path);
    }
    return SES_OK;
}

enum ses_status ses_keras_nest_new(const struct ses_keras_weights *weights,
                                   const char *owner, json_t *model,
                                   struct ses_keras_nest **out,
                                   struct ses_error *err)
{
    size_t first, n = ses_keras_weights_of(weights, owner, &first);
    bool *given = NULL;
    *out = NULL;
    struct ses_keras_nest *nest = ses_calloc(1, sizeof *nest);
    enum ses_status status = nest ? collect(nest, model, "", true, 0, err)
                                  : ses_fail_memory(err, owner);
    if (!status && n > MOST_NESTED)
        status = ses_fail(err, SES_EUNSUPPORTED,
                          "model '%s' has more than %d weights", owner,
                          MOST_NESTED);
    if (status)
        goto out;
    given = ses_calloc(n, sizeof *given);
    if (!given)
        status = ses_fail_memory(err, owner);
    else if (!assign_by_name(nest, weights, first, n, given))
        status = assign_by_order(nest, weights, owner, first, n, err);
    if (!status) {
        *out = nest;
        nest = NULL;
    }
out:
    free(given);
    ses_keras_nest_free(nest);
    return status;
}

size_t ses_keras_nest_find(const struct ses_keras_nest *nest, const char *path,
                           enum ses_keras_role role)
{
    size_t i;
    if (!ses_names_find(&nest->layers, path, strlen(path), &i))
        return SES_KERAS_NONE;
    for (; i < nest->count && strcmp(nest->items[i].path, path) == 0; i++)
        if (nest->items[i].role == role)
            return nest->items[i].weight;
    return SES_KERAS_NONE;
}
