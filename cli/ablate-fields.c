/* See ablate-fields.h. */
#include "cli/ablate-fields.h"

#include <math.h>

#define FIELDS(X) \
    X(images, true) \
    X(labelled, true) \
    X(top1, false) \
    X(top1_low, false) \
    X(top1_high, false) \
    X(top5, false) \
    X(loss, false) \
    X(top1_change, false) \
    X(top1_change_low, false) \
    X(top1_change_high, false) \
    X(loss_change, false) \
    X(loss_change_low, false) \
    X(loss_change_high, false) \
    X(agreement, false) \
    X(divergence, false) \
    X(probability_change, false) \
    X(lost, true) \
    X(gained, true) \
    X(p, false) \
    X(p_holm, false) \
    X(parameters_saved, true) \
    X(madds_saved, true) \
    X(over_plain, false)

#define X(name, whole) \
    static double get_##name(const struct ses_measure *measure) \
    { \
        return (double)measure->name; \
    }
FIELDS(X)
#undef X

const struct ses_measure_field ses_measure_fields[] = {
#define X(name, whole) { #name, whole, get_##name },
    FIELDS(X)
#undef X
        { NULL, false, NULL },
};

const struct ses_variant_column ses_variant_columns[] = {
    { .name = "top-1",
      .form = SES_VARIANT_SHARE,
      .tables = SES_IN_TABLE | SES_IN_PARTS | SES_IN_PAGE,
      .value = get_top1 },
    { .name = "change",
      .meaning = "in points, with its 95 % bootstrap interval",
      .form = SES_VARIANT_POINTS,
      .tables = SES_IN_TABLE | SES_IN_PARTS | SES_IN_PAGE,
      .compared = true,
      .value = get_top1_change,
      .low = get_top1_change_low,
      .high = get_top1_change_high },
    { .name = "p (Holm)",
      .meaning = "McNemar's exact test, corrected over the sweep",
      .form = SES_VARIANT_P,
      .tables = SES_IN_TABLE | SES_IN_PARTS | SES_IN_PAGE,
      .compared = true,
      .value = get_p_holm },
    { .name = "loss",
      .meaning = "mean cross-entropy, nats",
      .form = SES_VARIANT_NATS,
      .tables = SES_IN_TABLE | SES_IN_PARTS | SES_IN_PAGE,
      .value = get_loss },
    { .name = "change",
      .meaning = "of the loss, nats",
      .form = SES_VARIANT_NATS_CHANGE,
      .tables = SES_IN_TABLE | SES_IN_PARTS,
      .compared = true,
      .value = get_loss_change },
    { .name = "agreement",
      .meaning = "share of images predicted as unforced",
      .form = SES_VARIANT_SHARE,
      .tables = SES_IN_TABLE | SES_IN_PARTS | SES_IN_PAGE,
      .compared = true,
      .value = get_agreement },
    { .name = "KL",
      .meaning = "divergence of the outputs from the unforced, nats",
      .form = SES_VARIANT_NATS,
      .tables = SES_IN_TABLE | SES_IN_PARTS | SES_IN_PAGE,
      .compared = true,
      .value = get_divergence },
    { .name = "SE parameters saved",
      .form = SES_VARIANT_COUNT,
      .tables = SES_IN_TABLE | SES_IN_PAGE,
      .value = get_parameters_saved },
    { .name = "multiply-adds saved",
      .meaning = "of an image",
      .form = SES_VARIANT_COUNT,
      .tables = SES_IN_TABLE,
      .value = get_madds_saved },
    { .name = "over plain",
      .meaning = "SE parameters kept, over the network without any",
      .form = SES_VARIANT_MORE,
      .tables = SES_IN_TABLE | SES_IN_PAGE,
      .value = get_over_plain },
};

static void add_p(struct ses_text *out, double p)
{
    if (p < 1e-300)
        ses_text_add(out, "< 1e-300");
    else if (p < 0.0001)
        ses_text_add(out, "%.0e", p);
    else
        ses_text_add(out, "%.4f", p);
}

static void add_number(struct ses_text *out, enum ses_variant_form form,
                       double number)
{
    switch (form) {
    case SES_VARIANT_SHARE:
        ses_text_add(out, "%.2f %%", 100 * number);
        break;
    case SES_VARIANT_MORE:
        ses_text_add(out, "%+.2f %%", 100 * number);
        break;
    case SES_VARIANT_POINTS:
        ses_text_add(out, "%+.2f", 100 * number);
        break;
    case SES_VARIANT_NATS:
        ses_text_add(out, "%.4f", number);
        break;
    case SES_VARIANT_NATS_CHANGE:
        ses_text_add(out, "%+.4f", number);
        break;
    case SES_VARIANT_P:
        add_p(out, number);
        break;
    case SES_VARIANT_COUNT:
        ses_text_add(out, "%.0f", number);
        break;
    }
}

void ses_variant_value(const struct ses_variant_column *column,
                       const struct ses_measure *measure,
                       struct ses_text *out)
{
    double value = column->value(measure);
    if (isnan(value))
        ses_text_add(out, "-");
    else
        add_number(out, column->form, value);
}

void ses_variant_interval(const struct ses_variant_column *column,
                          const struct ses_measure *measure,
                          struct ses_text *out)
{
    double low = column->low(measure);
    if (isnan(low)) {
        ses_text_add(out, "-");
        return;
    }
    add_number(out, column->form, low);
    ses_text_add(out, " to ");
    add_number(out, column->form, column->high(measure));
}
