/* See class-images.h. */
#include "core/stats/class-images.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/stats/block-read.h"

void ses_class_images_release(struct ses_class_images *images)
{
    free(images->classes);
    free(images->start);
    free(images->image);
    free(images->class);
    *images = (struct ses_class_images){ 0 };
}

size_t ses_class_size(const struct ses_class_images *images, size_t class)
{
    return images->start[class + 1] - images->start[class];
}

/* counts: [run->n_classes], of the images done, 0 of a class not chosen. */
static void count_chosen(const struct ses_run_file *run, const size_t *classes,
                         size_t n_classes, size_t *counts)
{
    for (size_t i = 0; i < run->n_images; i++)
        counts[run->image_classes[i]] +=
            run->image_status[i] == SES_IMAGE_DONE;
    if (!classes)
        return;
    for (size_t k = 0; k < run->n_classes; k++) {
        bool chosen = false;
        for (size_t i = 0; i < n_classes && !chosen; i++)
            chosen = classes[i] == k;
        if (!chosen)
            counts[k] = 0;
    }
}

static void fill(const struct ses_run_file *run, const size_t *counts,
                 size_t *next, struct ses_class_images *out)
{
    size_t n = 0, present = 0;
    for (size_t k = 0; k < run->n_classes; k++) {
        if (!counts[k])
            continue;
        out->classes[present] = k;
        out->start[present++] = n;
        next[k] = n;
        for (size_t i = 0; i < counts[k]; i++)
            out->class[n + i] = (int32_t)present - 1;
        n += counts[k];
    }
    out->n_classes = present;
    out->start[present] = out->n = n;
    for (size_t i = 0; i < run->n_images; i++) {
        size_t class = (size_t)run->image_classes[i];
        if (counts[class] && run->image_status[i] == SES_IMAGE_DONE)
            out->image[next[class]++] = i;
    }
}

enum ses_status ses_class_images_init(const struct ses_run_file *run,
                                      const size_t *classes, size_t n_classes,
                                      struct ses_class_images *out,
                                      struct ses_error *err)
{
    enum ses_status status = SES_OK;
    *out = (struct ses_class_images){ 0 };
    size_t *counts = ses_calloc(run->n_classes, sizeof *counts);
    size_t *next = ses_calloc(run->n_classes, sizeof *next);
    out->classes = ses_calloc(run->n_classes, sizeof *out->classes);
    out->start = ses_calloc(run->n_classes + 1, sizeof *out->start);
    out->image = ses_calloc(run->n_images, sizeof *out->image);
    out->class = ses_calloc(run->n_images, sizeof *out->class);
    if (!counts || !next || !out->classes || !out->start || !out->image ||
        !out->class) {
        status = ses_fail_memory(err, "images");
        goto out;
    }
    count_chosen(run, classes, n_classes, counts);
    fill(run, counts, next, out);
    if (!out->n)
        status = ses_fail(err, SES_ENOTFOUND, "'%s' holds no image of %s",
                          run->path,
                          classes ? "these classes that is done"
                                  : "any class that is done");
out:
    free(counts);
    free(next);
    return status;
}

/* Rows on their way to where they belong. */
struct placing {
    const size_t *place; /* [images of the record] 1 + row, or 0 */
    size_t channels;
    float *out;
};

static bool has_place(const void *user, size_t image)
{
    const struct placing *placing = user;
    return placing->place[image] > 0;
}

static void place_row(void *user, size_t image, const float *row)
{
    const struct placing *placing = user;
    memcpy(placing->out + (placing->place[image] - 1) * placing->channels, row,
           placing->channels * sizeof *row);
}

enum ses_status ses_class_rows(const struct ses_class_images *images,
                               const struct ses_run_file *run, size_t block,
                               float *out, struct ses_error *err)
{
    size_t *place = ses_calloc(run->n_images, sizeof *place);
    if (!place)
        return ses_fail_memory(err, "excitations");
    for (size_t i = 0; i < images->n; i++)
        place[images->image[i]] = i + 1;
    struct placing placing = { place, (size_t)run->blocks[block].channels,
                               out };
    const struct ses_row_visit rows = { has_place, place_row, &placing };
    enum ses_status status = ses_visit_rows(run, block, &rows, err);
    free(place);
    return status;
}
