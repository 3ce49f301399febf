/* Which image of a record another image gets its gates from (donor.h).
 *
 * A donor is drawn once an image, not once a block: all gates that are taken
 * from another image under one seed are of the same one, as they would be if
 * the network looked at it. */
#include <stdlib.h>
#include <string.h>

#include "core/ablation/donor-data.h"
#include "core/base/alloc.h"
#include "core/base/random.h"
#include "core/base/utf8.h"

/* splitmix64's finaliser (Steele et al., 2014). */
static uint64_t scramble(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t ses_donor_mix(uint64_t key, uint64_t number)
{
    return scramble(key + UINT64_C(0x9e3779b97f4a7c15) * (number + 1));
}

static uint64_t path_key(const char *path)
{
    uint64_t key = 0;
    for (; *path; path++)
        key = ses_donor_mix(key, (unsigned char)*path);
    return key;
}

static uint64_t draw(uint64_t key, uint64_t bound)
{
    struct ses_random random;
    ses_random_seed(&random, key);
    return ses_random_below(&random, bound);
}

/* ---- images by path ------------------------------------------------------ */

struct named {
    char *path; /* owned */
    uint32_t image;
};

static int by_path(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = strcmp(x->path, y->path);
    return order ? order : (x->image > y->image) - (x->image < y->image);
}

static void free_names(struct named *names, size_t n)
{
    for (size_t i = 0; names && i < n; i++)
        free(names[i].path);
    free(names);
}

/* The record's images, sorted by path. */
static enum ses_status list_names(const struct ses_run_file *run,
                                  struct named **out, struct ses_error *err)
{
    enum { AT_ONCE = 1024 };
    char *paths[AT_ONCE];
    enum ses_status status = SES_OK;
    struct named *names = ses_calloc(run->n_images, sizeof *names);
    if (!names)
        return ses_fail_memory(err, "image names");
    for (size_t i = 0; i < run->n_images && !status; i += AT_ONCE) {
        size_t n = run->n_images - i < AT_ONCE ? run->n_images - i : AT_ONCE;
        status = ses_run_paths(run, i, n, paths, err);
        for (size_t j = 0; j < n && !status; j++)
            names[i + j] = (struct named){ paths[j], (uint32_t)(i + j) };
    }
    if (status) {
        free_names(names, run->n_images);
        return status;
    }
    qsort(names, run->n_images, sizeof *names, by_path);
    *out = names;
    return SES_OK;
}

/* The first of the record's images of that path, or n_images. */
static size_t find_name(const struct named *names, size_t n, const char *path)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(names[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && strcmp(names[low].path, path) == 0 ? names[low].image
                                                         : n;
}

/* The record's image of every item; n_images where it has none. */
static enum ses_status find_images(const struct ses_run_file *run,
                                   const struct ses_set *set, size_t *images,
                                   struct ses_error *err)
{
    struct named *names = NULL;
    enum ses_status status = list_names(run, &names, err);
    for (size_t i = 0; i < set->n_items && !status; i++) {
        char *path = ses_utf8_escaped(set->items[i].path);
        if (!path)
            status = ses_fail_memory(err, "image names");
        else
            images[i] = find_name(names, run->n_images, path);
        free(path);
    }
    free_names(names, run->n_images);
    return status;
}

/* ---- classes ------------------------------------------------------------- */

static int32_t find_class(const struct ses_run_file *run, const char *id)
{
    for (size_t k = 0; k < run->n_classes; k++)
        if (strcmp(run->class_ids[k], id) == 0)
            return (int32_t)k;
    return -1;
}

static enum ses_status match_classes(struct ses_donor *donor,
                                     const struct ses_run_file *run,
                                     const struct ses_set *set,
                                     struct ses_error *err)
{
    int32_t *classes = ses_calloc(set->n_classes, sizeof *classes);
    donor->classes = ses_calloc(set->n_items, sizeof *donor->classes);
    enum ses_status status =
        classes && donor->classes ? SES_OK : ses_fail_memory(err, "classes");
    for (size_t k = 0; k < set->n_classes && !status; k++) {
        char *id = ses_utf8_escaped(set->classes[k].id);
        if (id)
            classes[k] = find_class(run, id);
        else
            status = ses_fail_memory(err, "classes");
        free(id);
    }
    for (size_t i = 0; i < set->n_items && !status; i++)
        donor->classes[i] = classes[set->items[i].class];
    free(classes);
    return status;
}

/* ---- donors -------------------------------------------------------------- */

/* The record's images that are done; by_class: sorted by class. */
static size_t list_done(const struct ses_run_file *run, bool by_class,
                        uint32_t *done)
{
    size_t n = 0;
    for (size_t k = 0; k < (by_class ? run->n_classes : 1); k++)
        for (size_t i = 0; i < run->n_images; i++)
            if (run->image_status[i] == SES_IMAGE_DONE &&
                (!by_class || (size_t)run->image_classes[i] == k))
                done[n++] = (uint32_t)i;
    return n;
}

/* One cycle through all images (Sattolo 1986), so that none stays where it
 * is. */
static void make_cycle(uint64_t seed, const uint32_t *done, size_t n,
                       uint32_t *next)
{
    struct ses_random random;
    ses_random_seed(&random, ses_donor_mix(seed, 1));
    for (size_t i = 0; i < n; i++)
        next[done[i]] = done[i];
    for (size_t i = n - 1; i > 0; i--) {
        size_t j = (size_t)ses_random_below(&random, i);
        uint32_t moved = next[done[i]];
        next[done[i]] = next[done[j]];
        next[done[j]] = moved;
    }
}

static enum ses_status shuffle_images(struct ses_donor *donor,
                                      const struct ses_run_file *run,
                                      const struct ses_set *set,
                                      struct ses_error *err)
{
    if (run->n_done < 2)
        return ses_fail(err, SES_EUSAGE,
                        "'%s' has %zu image done, shuffle-images needs 2",
                        run->path, run->n_done);
    size_t *images = ses_calloc(set->n_items, sizeof *images);
    uint32_t *done = ses_calloc(run->n_images, sizeof *done);
    uint32_t *next = ses_calloc(run->n_images, sizeof *next);
    donor->shuffled = ses_calloc(set->n_items, sizeof *donor->shuffled);
    enum ses_status status =
        images && done && next && donor->shuffled
            ? find_images(run, set, images, err)
            : ses_fail_memory(err, "an order of images");
    if (!status) {
        size_t n = list_done(run, false, done);
        make_cycle(donor->seed, done, n, next);
        for (size_t i = 0; i < set->n_items; i++) {
            bool known = images[i] < run->n_images &&
                         run->image_status[images[i]] == SES_IMAGE_DONE;
            uint64_t key = ses_donor_mix(donor->seed ^ donor->keys[i], 2);
            donor->shuffled[i] =
                known ? next[images[i]] : done[draw(key, n)];
        }
    }
    free(images);
    free(done);
    free(next);
    return status;
}

/* One of the done images of other classes than an item's. */
static enum ses_status draw_other(struct ses_donor *donor, size_t item,
                                  const struct ses_run_file *run,
                                  const uint32_t *done, size_t n,
                                  const size_t *first, struct ses_error *err)
{
    int32_t k = donor->classes[item];
    size_t own = k < 0 ? 0 : first[k + 1] - first[k];
    if (own == n)
        return ses_fail(err, SES_EUSAGE,
                        "'%s' has images of class '%s' only, other-class "
                        "needs others",
                        run->path, run->class_ids[k]);
    uint64_t key = ses_donor_mix(donor->seed ^ donor->keys[item], 3);
    size_t at = (size_t)draw(key, n - own);
    donor->other[item] = done[k >= 0 && at >= first[k] ? at + own : at];
    return SES_OK;
}

static enum ses_status other_classes(struct ses_donor *donor,
                                     const struct ses_run_file *run,
                                     const struct ses_set *set,
                                     struct ses_error *err)
{
    uint32_t *done = ses_calloc(run->n_images, sizeof *done);
    size_t *first = ses_calloc(run->n_classes + 1, sizeof *first);
    donor->other = ses_calloc(set->n_items, sizeof *donor->other);
    enum ses_status status =
        done && first && donor->other
            ? SES_OK
            : ses_fail_memory(err, "images of other classes");
    if (!status) {
        size_t n = list_done(run, true, done);
        for (size_t i = 0; i < n; i++)
            first[run->image_classes[done[i]] + 1]++;
        for (size_t k = 0; k < run->n_classes; k++)
            first[k + 1] += first[k];
        for (size_t i = 0; i < set->n_items && !status; i++)
            status = draw_other(donor, i, run, done, n, first, err);
    }
    free(done);
    free(first);
    return status;
}

enum ses_status ses_donor_match(struct ses_donor *donor,
                                const struct ses_run_file *run,
                                const struct ses_set *set,
                                const struct ses_variant *variants,
                                size_t n_variants, struct ses_error *err)
{
    donor->keys = ses_calloc(set->n_items, sizeof *donor->keys);
    if (!donor->keys)
        return ses_fail_memory(err, "a donor of gates");
    for (size_t i = 0; i < set->n_items; i++)
        donor->keys[i] = path_key(set->items[i].path);
    if (!run)
        return SES_OK;
    enum ses_status status = match_classes(donor, run, set, err);
    if (!status &&
        ses_donor_any(variants, n_variants, SES_FORCE_SHUFFLE_IMAGES))
        status = shuffle_images(donor, run, set, err);
    if (!status && ses_donor_any(variants, n_variants, SES_FORCE_OTHER_CLASS))
        status = other_classes(donor, run, set, err);
    return status;
}
