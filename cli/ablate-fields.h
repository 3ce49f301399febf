/* What is known of a variant: its numbers by name, and the columns of a table
 * of variants, on a terminal and on a page. */
#ifndef SES_CLI_ABLATE_FIELDS_H
#define SES_CLI_ABLATE_FIELDS_H

#include <stdbool.h>

#include "core/ablation/measure.h"
#include "core/base/text.h"

/* Names and values of a measure, in the order and under the names that CSV and
 * JSON have. */
struct ses_measure_field {
    const char *name;
    bool whole; /* an integer; less than 2^53 */
    double (*value)(const struct ses_measure *measure);
};
extern const struct ses_measure_field ses_measure_fields[]; /* closed by a NULL
                                                             * name */

/* Tables that not every column is in. */
enum {
    SES_IN_TABLE = 1, /* of all images */
    SES_IN_PARTS = 2, /* of classes and groups */
    SES_IN_PAGE = 4,  /* of a report */
};

enum ses_variant_form {
    SES_VARIANT_SHARE,       /* 12.34 % */
    SES_VARIANT_MORE,        /* +12.34 % */
    SES_VARIANT_POINTS,      /* +12.34, of a change of .1234 */
    SES_VARIANT_NATS,        /* 1.2345 */
    SES_VARIANT_NATS_CHANGE, /* +1.2345 */
    SES_VARIANT_P,
    SES_VARIANT_COUNT,
};

struct ses_variant_column {
    const char *name, *meaning; /* meaning: what the number is; NULL: plain */
    enum ses_variant_form form;
    unsigned tables;
    bool compared; /* of the network as it is there is nothing to say */
    double (*value)(const struct ses_measure *measure);
    double (*low)(const struct ses_measure *measure); /* NULL: no interval */
    double (*high)(const struct ses_measure *measure);
};
enum { SES_N_VARIANT_COLUMNS = 10 };
extern const struct ses_variant_column
    ses_variant_columns[SES_N_VARIANT_COLUMNS];

/* Append the value, or its interval as "LOW to HIGH"; "-" for NaN. */
void ses_variant_value(const struct ses_variant_column *column,
                       const struct ses_measure *measure,
                       struct ses_text *out);
void ses_variant_interval(const struct ses_variant_column *column,
                          const struct ses_measure *measure,
                          struct ses_text *out);

#endif
