/* See common.h. */
#include "cli/common.h"

#include <ctype.h>
#include <string.h>

#include "cli/diagnostics.h"
#include "core/images/labels.h"

const char *const ses_folder_orders[] = {
    [SES_FOLDER_BYTES] = "bytes",
    [SES_FOLDER_NATURAL] = "natural",
    [SES_FOLDER_NUMERIC] = "numeric",
    NULL,
};

enum ses_status ses_need_blocks(const struct ses_model *model,
                                struct ses_error *err)
{
    if (model->blocks.count)
        return SES_OK;
    return ses_fail(err, SES_ENOTFOUND,
                    "'%s': no SE blocks were found in this network (%s)",
                    model->path, model->arch);
}

/* "n01443537" */
static bool is_wnid(const char *text)
{
    if (text[0] != 'n')
        return false;
    for (int i = 1; i < 9; i++)
        if (!isdigit((unsigned char)text[i]))
            return false;
    return !text[9];
}

static bool all_wnids(const struct ses_set *set)
{
    for (size_t i = 0; i < set->n_classes; i++)
        if (!is_wnid(set->classes[i].id))
            return false;
    return set->n_classes > 0;
}

/* Integer labels past the network's outputs cannot be its classes. */
static enum ses_status check_labels(const struct ses_set *set, int outputs,
                                    struct ses_error *err)
{
    size_t matched = 0;
    for (size_t i = 0; i < set->n_classes; i++) {
        const struct ses_class *class = &set->classes[i];
        if (class->label >= outputs && class->output < 0)
            return ses_fail(err, SES_ESHAPE,
                            "'%s' has label %d, but the network has %d "
                            "outputs (0 to %d)",
                            set->spec, class->label, outputs, outputs - 1);
        matched += class->output >= 0;
    }
    if (!matched)
        ses_report_warning("no class of '%s' is known as one of the network's "
                           "%d outputs, so there will be no accuracy "
                           "(--labels says which is which)",
                           set->spec, outputs);
    else if (matched < set->n_classes)
        ses_report_warning("%zu of %zu classes of '%s' are not known as "
                           "network outputs and stay out of the accuracy",
                           set->n_classes - matched, set->n_classes,
                           set->spec);
    return SES_OK;
}

static enum ses_status apply_labels(const struct ses_image_args *args,
                                    const struct ses_model *model,
                                    struct ses_set *set,
                                    struct ses_error *err)
{
    const char *table = args->labels;
    if (!table && model->outputs == 1000 && all_wnids(set))
        table = "imagenet";
    struct ses_labels labels = { 0 };
    if (table && ses_labels_open(table, &labels, err))
        return err->status;
    enum ses_status status =
        ses_labels_apply(table ? &labels : NULL, set, model->outputs, err);
    ses_labels_release(&labels);
    return status;
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
    if (!status && set->n_items == 0)
        status = ses_fail(err, SES_ENOTFOUND, "'%s' holds no images",
                          args->images);
    if (status) {
        ses_set_free(set);
        return status;
    }
    ses_report_notes(set->notes);
    *out = set;
    return SES_OK;
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
