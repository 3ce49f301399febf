/* The weights a file has, by owner. See weights.h. */
#include "core/import/keras/weights.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"

void ses_keras_weights_release(struct ses_keras_weights *weights)
{
    for (size_t i = 0; i < weights->count; i++) {
        free(weights->items[i].path);
        free(weights->items[i].owner);
        free(weights->items[i].name);
    }
    free(weights->items);
    ses_names_release(&weights->owners);
    memset(weights, 0, sizeof *weights);
}

/* Takes the three texts over. */
static enum ses_status add(struct ses_keras_weights *weights,
                           struct ses_keras_weight weight,
                           struct ses_error *err)
{
    struct ses_keras_weight *items = ses_grow(
        weights->items, weights->count, &weights->capacity, sizeof *items);
    if (items)
        weights->items = items;
    if (!items || !weight.path || !weight.owner || !weight.name) {
        free(weight.path);
        free(weight.owner);
        free(weight.name);
        return ses_fail_memory(err, "the names of the weights");
    }
    size_t at = weights->count, first;
    size_t length = strlen(weight.owner);
    items[weights->count++] = weight;
    if (!ses_names_find(&weights->owners, weight.owner, length, &first)) {
        if (!ses_names_add(&weights->owners, weight.owner, length, at))
            return ses_fail_memory(err, "the names of the weights");
        return SES_OK;
    }
    if (strcmp(items[at - 1].owner, weight.owner) != 0)
        return ses_fail(err, SES_EFORMAT, "layer '%s' is listed twice",
                        weight.owner);
    return SES_OK;
}

size_t ses_keras_weights_of(const struct ses_keras_weights *weights,
                            const char *owner, size_t *first)
{
    size_t n = 0;
    *first = 0;
    if (!ses_names_find(&weights->owners, owner, strlen(owner), first))
        return 0;
    while (*first + n < weights->count &&
           strcmp(weights->items[*first + n].owner, owner) == 0)
        n++;
    return n;
}

/* ---- lists --------------------------------------------------------------- */

/* The names that a group lists. */
static enum ses_status find_list(const struct ses_keras_h5 *h5,
                                 const char *group, const char *attribute,
                                 const struct ses_keras_texts **out,
                                 struct ses_error *err)
{
    *out = ses_keras_h5_texts(h5, group, attribute);
    if (*out)
        return SES_OK;
    return ses_fail(err, SES_EFORMAT,
                    "group '/%s' is missing, or has no attribute '%s'", group,
                    attribute);
}

static enum ses_status add_layer(struct ses_keras_weights *weights,
                                 const struct ses_keras_h5 *h5,
                                 const char *group, const char *layer,
                                 struct ses_error *err)
{
    const struct ses_keras_texts *names;
    char *folder = *group ? ses_format("%s/%s", group, layer) : strdup(layer);
    if (!folder)
        return ses_fail_memory(err, layer);
    enum ses_status status =
        find_list(h5, folder, "weight_names", &names, err);
    for (size_t i = 0; !status && i < names->count; i++)
        status = add(weights,
                     (struct ses_keras_weight){
                         .path = ses_format("%s/%s", folder, names->items[i]),
                         .owner = strdup(layer),
                         .name = strdup(names->items[i]) },
                     err);
    free(folder);
    return status;
}

enum ses_status ses_keras_weights_by_name(struct ses_keras_weights *out,
                                          const struct ses_keras_h5 *h5,
                                          const char *group,
                                          struct ses_error *err)
{
    const struct ses_keras_texts *layers;
    *out = (struct ses_keras_weights){ 0 };
    enum ses_status status = find_list(h5, group, "layer_names", &layers, err);
    for (size_t i = 0; !status && i < layers->count; i++)
        status = add_layer(out, h5, group, layers->items[i], err);
    return status;
}

/* ---- numbers ------------------------------------------------------------- */

/* What training keeps beside the weights, and seeds of random layers. */
static bool is_aside(const char *owner)
{
    const char *last = strrchr(owner, '/');
    last = last ? last + 1 : owner;
    return strncmp(owner, "optimizer", strlen("optimizer")) == 0 ||
           strncmp(last, "seed_generator", strlen("seed_generator")) == 0 ||
           strncmp(owner, "_metrics", strlen("_metrics")) == 0;
}

/* "layers/conv2d/vars/0": an owner and a number. Windows has written
 * backslashes, and Keras 2.12 and 2.13 another word for layers. */
static enum ses_status add_array(struct ses_keras_weights *weights,
                                 const char *path, bool *is_old,
                                 struct ses_error *err)
{
    static const char vars[] = "/vars/";
    static const char old[] = "_layer_checkpoint_dependencies";
    char *text = strdup(path);
    if (!text)
        return ses_fail_memory(err, path);
    for (char *c = text; *c; c++)
        if (*c == '\\')
            *c = '/';
    for (char *at; (at = strstr(text, old));) {
        *is_old = true;
        memcpy(at, "layers", strlen("layers"));
        char *rest = at + strlen(old);
        memmove(at + strlen("layers"), rest, strlen(rest) + 1);
    }
    char *end = text, *at = strstr(text, vars);
    for (; at; at = strstr(at + 1, vars))
        end = at;
    enum ses_status status = SES_OK;
    *end = '\0';
    if (end != text && !is_aside(text))
        status = add(weights,
                     (struct ses_keras_weight){
                         .path = strdup(path),
                         .owner = strdup(text),
                         .name = strdup(end + strlen(vars)) },
                     err);
    free(text);
    return status;
}

enum ses_status ses_keras_weights_by_number(struct ses_keras_weights *out,
                                            const struct ses_keras_h5 *h5,
                                            struct ses_error *err)
{
    enum ses_status status = SES_OK;
    bool is_old = false;
    *out = (struct ses_keras_weights){ .numbered = true };
    for (size_t i = 0; i < h5->n_arrays && !status; i++)
        status = add_array(out, h5->arrays[i].path, &is_old, err);
    if (!status && is_old)
        status = ses_keras_weights_renumber(out, err);
    return status;
}

/* ---- whose they are ------------------------------------------------------ */

/* "'a', 'b' and 3 more", of n weights from the first one on. */
static void list(const struct ses_keras_weights *weights, size_t first,
                 size_t n, char *out, size_t size)
{
    enum { SHOWN = 4 };
    struct ses_text text = { 0 };
    for (size_t i = 0; i < n && i < SHOWN; i++)
        ses_text_add(&text, "%s'%s'", i ? ", " : "",
                     weights->items[first + i].name);
    if (n > SHOWN)
        ses_text_add(&text, " and %zu more", n - SHOWN);
    snprintf(out, size, "%s", n && text.data ? text.data : "none");
    ses_text_release(&text);
}

static enum ses_status fail_missing(const struct ses_keras_weights *weights,
                                    size_t first, size_t n,
                                    enum ses_keras_role role,
                                    struct ses_error *err)
{
    char there[1024];
    list(weights, first, n, there, sizeof there);
    return ses_fail(err, SES_ENOTFOUND,
                    "weight '%s' is missing, the file has %s",
                    ses_keras_role_name(role), there);
}

/* Whether the names of all n weights end in roles, each in another. */
static bool have_roles(const struct ses_keras_weights *weights, size_t first,
                       size_t n, size_t by_role[SES_KERAS_ROLE_COUNT])
{
    for (int role = 0; role < SES_KERAS_ROLE_COUNT; role++)
        by_role[role] = SES_KERAS_NONE;
    for (size_t i = first; i < first + n; i++) {
        size_t length;
        enum ses_keras_role role =
            ses_keras_role_of(weights->items[i].name, &length);
        if (role == SES_KERAS_ROLE_COUNT || by_role[role] != SES_KERAS_NONE)
            return false;
        by_role[role] = i;
    }
    return n > 0;
}

static bool is_digits(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

/* Weight `number` of an archive's owner. The walk went by names, in which 10
 * comes before 2. */
static size_t numbered(const struct ses_keras_weights *weights, size_t first,
                       size_t n, int number)
{
    for (size_t i = first; i < first + n; i++) {
        long value;
        if (is_digits(weights->items[i].name) &&
            ses_parse_long(weights->items[i].name, 0, 1 << 20, &value) &&
            value == number)
            return i;
    }
    return SES_KERAS_NONE;
}

enum ses_status ses_keras_weights_bind(const struct ses_keras_weights *weights,
                                       const char *owner,
                                       const struct ses_keras_nest *nest,
                                       const char *path,
                                       const struct ses_keras_needs *needs,
                                       size_t *index, struct ses_error *err)
{
    size_t first, by_role[SES_KERAS_ROLE_COUNT];
    size_t n = ses_keras_weights_of(weights, owner, &first);
    bool by_name = !weights->numbered &&
                   have_roles(weights, first, n, by_role);
    for (int i = 0; i < needs->count; i++) {
        enum ses_keras_role role = needs->roles[i];
        if (nest)
            index[i] = ses_keras_nest_find(nest, path, role);
        else if (by_name)
            index[i] = by_role[role];
        else if (weights->numbered)
            index[i] = numbered(weights, first, n, i);
        else
            index[i] = (size_t)i < n ? first + (size_t)i : SES_KERAS_NONE;
        if (index[i] == SES_KERAS_NONE && role != SES_KERAS_COUNT)
            return fail_missing(weights, first, n, role, err);
    }
    return SES_OK;
}

enum ses_status ses_keras_weights_check_surplus(
    const struct ses_keras_weights *weights, struct ses_error *err)
{
    enum { SHOWN = 4 };
    struct ses_text text = { 0 };
    size_t n = 0;
    for (size_t i = 0; i < weights->count; i++) {
        if (weights->items[i].taken)
            continue;
        if (n < SHOWN)
            ses_text_add(&text, "%s'%s'", n ? ", " : "",
                         weights->items[i].path);
        n++;
    }
    if (n > SHOWN)
        ses_text_add(&text, " and %zu more", n - SHOWN);
    if (n)
        ses_fail(err, SES_ESHAPE, "weight%s %s belong%s to no layer",
                 n > 1 ? "s" : "", text.data ? text.data : "",
                 n > 1 ? "" : "s");
    ses_text_release(&text);
    return n ? SES_ESHAPE : SES_OK;
}
