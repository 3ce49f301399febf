/* Making RUN.h5. The name it gets is new-file.c's, what goes into it
 * layout.c's. */
#include <limits.h>

#include "core/record/h5.h"
#include "core/record/layout.h"
#include "core/record/new-file.h"
#include "core/record/writer.h"

static enum ses_status check_plan(const struct ses_record_plan *plan,
                                  struct ses_error *err)
{
    if (plan->n_images == 0 || plan->n_classes == 0)
        return ses_fail(err, SES_EUSAGE, "there are no images to record");
    if (plan->n_images > INT32_MAX)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "%zu images are more than the %d a record holds",
                        plan->n_images, INT32_MAX);
    if (plan->parts.summary_only &&
        (plan->parts.squeeze || plan->parts.bottleneck))
        return ses_fail(err, SES_EUSAGE,
                        "--summary-only records no squeeze or bottleneck");
    if (plan->parts.logits && plan->outputs == 0)
        return ses_fail(err, SES_EUSAGE,
                        "the network has no classifier, so no logits");
    for (size_t i = 0; i < plan->n_images; i++)
        if (plan->image_classes[i] < 0 ||
            (size_t)plan->image_classes[i] >= plan->n_classes)
            return ses_fail(err, SES_ESHAPE,
                            "image %zu is of class %d, there are %zu", i,
                            plan->image_classes[i], plan->n_classes);
    for (size_t b = 0; b < plan->n_blocks; b++)
        if (plan->blocks[b].channels <= 0)
            return ses_fail(err, SES_ESHAPE, "block '%s' has %d channels",
                            plan->blocks[b].name, plan->blocks[b].channels);
    return SES_OK;
}

enum ses_status ses_record_create(const char *path, bool overwrite,
                                  const struct ses_record_plan *plan,
                                  struct ses_record_writer **out,
                                  struct ses_error *err)
{
    struct ses_new_file new = { 0 };
    struct ses_record_writer *writer = NULL;
    uintmax_t needed = 0;
    hid_t file;
    *out = NULL;
    enum ses_status status = check_plan(plan, err);
    if (status == SES_OK)
        status = ses_layout_size(plan, &needed, err);
    if (status == SES_OK)
        status = ses_new_file_init(&new, path, overwrite, needed, err);
    if (status != SES_OK)
        goto out;
    status = ses_layout_make(new.temporary, plan, new.created, err);
    if (status != SES_OK) {
        ses_error_context(err, "cannot write '%s'", path);
        goto out;
    }
    status = ses_new_file_open(&new, &file, err);
    if (status == SES_OK)
        status =
            ses_writer_new(new.target, file, plan, new.created, &writer, err);
    if (status != SES_OK)
        goto out;
    ses_sidecar_remove(new.target);
    status = ses_new_file_publish(&new, err);
    if (status != SES_OK)
        goto out;
    *out = writer;
    writer = NULL;
out:
    if (writer)
        ses_writer_free(writer);
    ses_new_file_release(&new);
    return status;
}
