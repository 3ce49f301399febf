/* See common.h. */
#include "cli/common.h"

#include <stdlib.h>
#include <string.h>

#include "cli/diagnostics.h"
#include "core/base/alloc.h"
#include "core/engine/engine.h"
#include "core/graph/select.h"
#include "core/images/labels.h"

const char *const ses_folder_orders[] = {
    [SES_FOLDER_BYTES] = "bytes",
    [SES_FOLDER_NATURAL] = "natural",
    [SES_FOLDER_NUMERIC] = "numeric",
    NULL,
};

const char *const ses_convolutions[] = { "fast", "exact", NULL };

void ses_choose_convolutions(const struct ses_run_args *args)
{
    ses_kernels_exact(strcmp(ses_convolutions[args->conv], "exact") == 0);
}

enum ses_status ses_need_blocks(const struct ses_model *model,
                                struct ses_error *err)
{
    if (model->blocks.count)
        return SES_OK;
    return ses_fail(err, SES_ENOTFOUND,
                    "'%s': no SE blocks were found in this network (%s)",
                    model->path, model->arch);
}

enum ses_status ses_choose_blocks(const struct ses_model *model,
                                  const char *pattern, size_t **index,
                                  size_t *count, struct ses_error *err)
{
    enum ses_status status = ses_need_blocks(model, err);
    if (status)
        return status;
    size_t *chosen = ses_calloc(model->blocks.count, sizeof *chosen);
    if (!chosen)
        return ses_fail_memory(err, "blocks");
    status = ses_blocks_select(&model->blocks, pattern, chosen, count, err);
    if (status) {
        free(chosen);
        return ses_error_context(err, "--blocks");
    }
    *index = chosen;
    return SES_OK;
}

/* Integer labels past the network's outputs are of other classes than its
 * own. */
static enum ses_status check_labels(const struct ses_set *set, int outputs,
                                    struct ses_error *err)
{
    for (size_t i = 0; i < set->n_classes; i++)
        if (set->classes[i].label >= outputs)
            return ses_fail(err, SES_ESHAPE,
                            "'%s' has label %d, but the network's %d outputs "
                            "are 0 to %d",
                            set->spec, set->classes[i].label, outputs,
                            outputs - 1);
    return SES_OK;
}

static enum ses_status apply_labels(const struct ses_image_args *args,
                                    const struct ses_model *model,
                                    struct ses_set *set,
                                    struct ses_error *err)
{
    const char *table = args->labels;
    if (!table && model->outputs == 1000 && ses_set_has_wnids(set))
        table = model->labels;
    struct ses_labels labels = { 0 };
    if (table && ses_labels_open(table, &labels, err))
        return err->status;
    enum ses_status status =
        ses_labels_apply(table ? &labels : NULL, set, model->outputs, err);
    ses_labels_release(&labels);
    return status && table ? ses_error_context(err, "'%s'", table) : status;
}

/* What a picture's shorter side is made; 0 when it stays as it is. */
static int least_side(const struct ses_preprocess *preprocess)
{
    bool wide = preprocess->squash &&
                preprocess->squash_w > preprocess->resize;
    return wide ? preprocess->squash_w : preprocess->resize;
}

enum ses_status ses_open_images(const struct ses_image_args *args,
                                const struct ses_model *model,
                                struct ses_set **out, struct ses_error *err)
{
    const struct ses_set_options options = {
        .folder_order = (enum ses_folder_order)args->folder_order,
        .label_base = (int)args->label_base,
        .image_root = args->image_root,
        .exif_rotate = args->exif_rotate,
        .least_side = args->fast_decode ? least_side(&model->preprocess) : 0,
        .coarse = args->coarse,
    };
    struct ses_set *set = NULL;
    enum ses_status status = ses_set_open(args->images, &options, &set, err);
    if (!status)
        status = apply_labels(args, model, set, err);
    if (!status)
        status = ses_set_select(set, args->classes, (size_t)args->per_class,
                                (uint64_t)args->seed, err);
    if (!status && model->outputs > 0)
        status = check_labels(set, model->outputs, err);
    if (status) {
        ses_set_free(set);
        return status;
    }
    ses_report_notes(set->notes);
    *out = set;
    return SES_OK;
}

enum ses_status ses_check_image_size(const struct ses_set *set,
                                     const struct ses_preprocess *preprocess,
                                     struct ses_error *err)
{
    enum { LOOKED_AT = 3 };
    if (preprocess->resize || preprocess->crop_h)
        return SES_OK;
    for (size_t i = 0; i < set->n_items && i < LOOKED_AT; i++) {
        struct ses_image image = { 0 };
        if (ses_set_read(set, i, &image, NULL))
            return SES_OK; /* the run will name it */
        int width = image.width, height = image.height;
        ses_image_release(&image);
        if (width == preprocess->input_w && height == preprocess->input_h)
            return SES_OK;
        if (i > 0)
            continue; /* one will do to say it */
        ses_fail(err, SES_ESHAPE,
                 "'%s' is %dx%d, expected the network's %dx%d "
                 "(--preprocess resize=N,crop=N changes sizes)",
                 set->items[i].path, width, height, preprocess->input_w,
                 preprocess->input_h);
    }
    return err->status;
}

void ses_quote_words(int argc, char *const *argv, struct ses_text *out)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789%+,-./:=@_";
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        ses_text_add(out, "%s", i ? " " : "");
        if (*word && !word[strspn(word, plain)]) {
            ses_text_add(out, "%s", word);
            continue;
        }
        ses_text_add(out, "'");
        for (const char *c = word; *c; c++) {
            if (*c == '\'')
                ses_text_add(out, "'\\''");
            else
                ses_text_add(out, "%c", *c);
        }
        ses_text_add(out, "'");
    }
}

void ses_count_text(size_t count, struct ses_text *out)
{
    if (count < 10000)
        ses_text_add(out, "%zu", count);
    else if (count < 1000000)
        ses_text_add(out, "%.1f k", (double)count / 1e3);
    else
        ses_text_add(out, "%.1f M", (double)count / 1e6);
}
