/* Which blocks and classes of a record a figure shows, with their names as
 * the arrays a figure takes. */
#ifndef SES_CLI_PLOT_CHOICE_H
#define SES_CLI_PLOT_CHOICE_H

#include "cli/plot.h"

struct ses_plot_choice {
    size_t n_blocks, *blocks;   /* of run->blocks, in depth order */
    const char **block_names;   /* [n_blocks] borrowed of run */
    int *stages;                /* [n_blocks]; NULL when none has a stage */
    size_t n_classes, *classes; /* of the record's, in the order named */
    const char **class_names;   /* [n_classes] borrowed of run */
    size_t *images;             /* [n_classes] that are done */
};

/* What --blocks and --classes say, or the kind's own; a note says how many
 * classes were left out without --classes. SES_ENOTFOUND when none of them has
 * images. Caller frees with ses_plot_choice_release(), also after a failure.
 */
SES_MUST_CHECK enum ses_status ses_plot_choose(
    const struct ses_run_file *run, const struct ses_plot_args *args,
    struct ses_plot_choice *out, struct ses_error *err);
void ses_plot_choice_release(struct ses_plot_choice *choice);

/* Notes: how many of the classes have no images, and so no WHAT ("line"); and
 * how many have one, and so no SPREAD ("interval"), which may be NULL. */
void ses_plot_explain_gaps(const struct ses_plot_choice *choice,
                           const char *what, const char *spread);

#endif
