/* See describe.h. */
#include "cli/describe.h"

#include "cli/common.h"

static const char *order_name(enum ses_colour_order order)
{
    return order == SES_ORDER_BGR    ? "BGR"
           : order == SES_ORDER_GREY ? "grey"
                                     : "RGB";
}

void ses_describe_model(const struct ses_model *model,
                        struct ses_table *table)
{
    struct ses_text count = { 0 };
    ses_count_text(model->parameters, &count);
    table->failed |= count.failed;
    ses_table_cell(table, "model");
    ses_table_cell(table, "%s", model->path);
    ses_table_cell(table, "sha256");
    ses_table_cell(table, "%s", model->sha256);
    ses_table_cell(table, "architecture");
    ses_table_cell(table, "%s", model->arch);
    ses_table_cell(table, "parameters");
    ses_table_cell(table, "%s", count.data ? count.data : "");
    ses_table_cell(table, "outputs");
    if (model->outputs)
        ses_table_cell(table, "%d", model->outputs);
    else
        ses_table_cell(table, "no classifier");
    ses_text_release(&count);
}

static void add_numbers(struct ses_table *table, const char *name,
                        const double *numbers, int n)
{
    struct ses_text text = { 0 };
    for (int i = 0; i < n; i++)
        ses_text_add(&text, "%s%.9g", i ? " " : "", numbers[i]);
    ses_table_cell(table, "  %s", name);
    ses_table_cell(table, "%s", text.data ? text.data : "");
    table->failed |= text.failed;
    ses_text_release(&text);
}

void ses_describe_preprocess(const struct ses_preprocess *preprocess,
                             struct ses_table *table)
{
    const struct ses_preprocess *p = preprocess;
    int channels = ses_preprocess_channels(p);
    ses_table_cell(table, "preprocessing");
    ses_table_cell(table, "%s",
                   ses_preprocess_is_preset(p) ? p->name : "custom");
    ses_table_cell(table, "  resize");
    if (!p->resize)
        ses_table_cell(table, "none");
    else if (p->squash)
        ses_table_cell(table, "to %d x %d whatever the aspect, %s",
                       p->squash_w ? p->squash_w : p->resize, p->resize,
                       ses_filter_name(p->filter));
    else
        ses_table_cell(table, "shorter side to %d, %s", p->resize,
                       ses_filter_name(p->filter));
    ses_table_cell(table, "  crop");
    if (!p->crop_h)
        ses_table_cell(table, "none");
    else
        ses_table_cell(table, "centre, %d x %d", p->crop_w, p->crop_h);
    ses_table_cell(table, "  input");
    ses_table_cell(table, "%d x %d, %s", p->input_w, p->input_h,
                   order_name(p->order));
    ses_table_cell(table, "  value");
    ses_table_cell(table, "(pixel * scale - mean) / std, pixel 0..255");
    ses_table_cell(table, "  scale");
    ses_table_cell(table, "%.9g (range 0..%.6g)", p->scale, 255 * p->scale);
    add_numbers(table, "mean", p->mean, channels);
    add_numbers(table, "std", p->std, channels);
}
