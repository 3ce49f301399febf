/* See set.h: keeping some classes, and a sample of each. */
#include "core/images/set.h"

#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/random.h"
#include "core/base/text.h"
#include "core/images/select-names.h"
#include "core/images/set-build.h"

/* A class while its items are gone through: each is kept with probability
 * wanted / left, which is a uniform sample (Knuth, TAOCP 2, algorithm S). */
struct sampler {
    struct ses_random random;
    size_t items; /* of the class, in the whole set */
    size_t left, wanted;
    int becomes; /* the class's new index, or -1 */
};

/* FNV-1a: the same on every machine. */
static uint64_t hash(const char *text)
{
    uint64_t value = UINT64_C(0xcbf29ce484222325);
    for (; *text; text++)
        value = (value ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return value;
}

/* By label or id and nothing else, so that a class's sample is the same
 * whatever other classes are chosen and whatever table names it. */
static enum ses_status seed_class(struct sampler *sampler,
                                  const struct ses_class *class,
                                  uint64_t seed, struct ses_error *err)
{
    char *label = NULL;
    if (class->label >= 0) {
        label = ses_format("%d", class->label);
        if (!label)
            return ses_fail_memory(err, "the classes");
    }
    ses_random_seed(&sampler->random, seed ^ hash(label ? label : class->id));
    free(label);
    return SES_OK;
}

static bool keep(struct sampler *sampler)
{
    bool kept = ses_random_below(&sampler->random, sampler->left) <
                sampler->wanted;
    sampler->left--;
    sampler->wanted -= kept;
    return kept;
}

static enum ses_status note_short(struct ses_set *set, const size_t *chosen,
                                  size_t n, const struct sampler *samplers,
                                  size_t per_class, struct ses_error *err)
{
    size_t few = 0, first = 0;
    for (size_t i = n; i-- > 0;)
        if (samplers[chosen[i]].items < per_class) {
            few++;
            first = chosen[i];
        }
    if (!few)
        return SES_OK;
    const char *id = set->classes[first].id;
    size_t items = samplers[first].items;
    if (few == 1)
        return ses_set_note(set, err, "class '%s' has %zu of the %zu images "
                            "asked for", id, items, per_class);
    return ses_set_note(set, err, "%zu classes have fewer than the %zu "
                        "images asked for ('%s' has %zu)", few, per_class, id,
                        items);
}

/* Put the chosen classes first in their new order and drop the others, and
 * the items that are not kept. Cannot fail. */
static void commit(struct ses_set *set, struct ses_class *classes,
                   const size_t *chosen, size_t n, struct sampler *samplers,
                   const bool *kept)
{
    size_t items = 0;
    for (size_t i = 0; i < set->n_items; i++) {
        struct ses_item *item = &set->items[i];
        if (!kept[i]) {
            free(item->path);
            continue;
        }
        item->class = samplers[item->class].becomes;
        set->items[items++] = *item;
    }
    set->n_items = items;
    for (size_t i = 0; i < n; i++)
        classes[i] = set->classes[chosen[i]];
    for (size_t i = 0; i < set->n_classes; i++) {
        if (samplers[i].becomes >= 0)
            continue;
        free(set->classes[i].id);
        free(set->classes[i].name);
        free(set->classes[i].names);
    }
    free(set->classes);
    set->classes = classes;
    set->n_classes = n;
}

/* The classes that are named, or all. */
static enum ses_status choose(const struct ses_set *set, const char *names,
                              size_t **chosen, size_t *n,
                              struct ses_error *err)
{
    if (names)
        return ses_classes_find(set, names, chosen, n, err);
    size_t *all = ses_calloc(set->n_classes, sizeof *all);
    if (!all)
        return ses_fail_memory(err, "the classes");
    for (size_t i = 0; i < set->n_classes; i++)
        all[i] = i;
    *chosen = all;
    *n = set->n_classes;
    return SES_OK;
}

enum ses_status ses_set_select(struct ses_set *set, const char *classes,
                               size_t per_class, uint64_t seed,
                               struct ses_error *err)
{
    size_t *chosen = NULL, n = 0, total = 0;
    struct ses_class *room = NULL;
    struct sampler *samplers = NULL;
    bool *kept = NULL;
    enum ses_status status = choose(set, classes, &chosen, &n, err);
    if (status)
        return status;
    room = ses_calloc(n, sizeof *room);
    samplers = ses_calloc(set->n_classes, sizeof *samplers);
    kept = ses_calloc(set->n_items, sizeof *kept);
    if (!room || !samplers || !kept) {
        status = ses_fail_memory(err, "the selection");
        goto out;
    }
    for (size_t i = 0; i < set->n_items; i++)
        samplers[set->items[i].class].items++;
    for (size_t i = 0; i < set->n_classes; i++)
        samplers[i].becomes = -1;
    for (size_t i = 0; i < n; i++) {
        struct sampler *sampler = &samplers[chosen[i]];
        sampler->becomes = (int)i;
        sampler->left = sampler->wanted = sampler->items;
        if (per_class && per_class < sampler->items)
            sampler->wanted = per_class;
        status = seed_class(sampler, &set->classes[chosen[i]], seed, err);
        if (status)
            goto out;
    }
    for (size_t i = 0; i < set->n_items; i++) {
        struct sampler *sampler = &samplers[set->items[i].class];
        kept[i] = sampler->becomes >= 0 && keep(sampler);
        total += kept[i];
    }
    if (total == 0) {
        status = ses_fail(err, SES_ENOTFOUND, "the chosen classes of '%s' "
                          "have no images", set->spec);
        goto out;
    }
    status = note_short(set, chosen, n, samplers, per_class, err);
    if (status)
        goto out;
    commit(set, room, chosen, n, samplers, kept);
    room = NULL;
out:
    free(chosen);
    free(room);
    free(samplers);
    free(kept);
    return status;
}
