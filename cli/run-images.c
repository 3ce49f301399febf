/* See run-images.h. */
#include "cli/run-images.h"

#include <stdlib.h>
#include <string.h>

#include "core/images/thumbnail.h"

enum ses_status ses_run_images_open(const struct ses_run_file *run,
                                    const char *images,
                                    const char *image_root,
                                    struct ses_set **out,
                                    struct ses_error *err)
{
    if (!images && (!run->images || !*run->images))
        return ses_fail(err, SES_ENOTFOUND,
                        "'%s' does not say where its images are", run->path);
    /* Which class a label is, the record says: any base will do. */
    const struct ses_set_options options = { .image_root = image_root };
    return ses_set_open(images ? images : run->images, &options, out, err);
}

static enum ses_status find_item(const struct ses_run_file *run,
                                 const struct ses_set *set, const char *path,
                                 size_t *item, struct ses_error *err)
{
    for (*item = 0; *item < set->n_items; ++*item)
        if (strcmp(set->items[*item].path, path) == 0)
            return SES_OK;
    return ses_fail(err, SES_ENOTFOUND, "'%s' has no image '%s' of '%s'",
                    set->spec, path, run->path);
}

enum ses_status ses_run_images_thumbnail(const struct ses_run_file *run,
                                         const struct ses_set *set,
                                         size_t image, int side,
                                         struct ses_image *out,
                                         struct ses_error *err)
{
    char *path = NULL;
    size_t item;
    struct ses_image whole = { 0 };
    memset(out, 0, sizeof *out);
    enum ses_status status = ses_run_paths(run, image, 1, &path, err);
    if (!status)
        status = find_item(run, set, path, &item, err);
    if (status)
        goto out;
    status = ses_set_read(set, item, &whole, err);
    if (!status)
        status = ses_thumbnail(&whole, side, out, err);
    if (status)
        ses_error_context(err, "image '%s'", path);
out:
    ses_image_release(&whole);
    free(path);
    return status;
}
