/* What figures of depth share: the analysis of what was chosen, its numbers as
 * lines over blocks, and how the figure and its numbers are written. */
#ifndef SES_CLI_PLOT_DEPTH_H
#define SES_CLI_PLOT_DEPTH_H

#include "cli/plot-choice.h"
#include "core/stats/analysis.h"
#include "plots/depth.h"

/* Analyse the blocks and classes of a choice. Caller frees with
 * ses_analysis_release(), also after a failure. */
SES_MUST_CHECK enum ses_status ses_plot_analyse(
    const struct ses_run_file *run, const struct ses_plot_args *args,
    const struct ses_plot_choice *choice, struct ses_analysis *out,
    struct ses_error *err);

/* Where the numbers of a line are in struct ses_block_analysis. */
struct ses_depth_number {
    size_t value, low, high; /* offsets of doubles; low, high 0: none */
    double unit;             /* what 1 is drawn as: 100 for percent */
};

#define SES_DEPTH_NUMBER(field, unit) \
    { offsetof(struct ses_block_analysis, field), 0, 0, unit }
#define SES_DEPTH_ESTIMATE(field, unit) \
    { \
        offsetof(struct ses_block_analysis, field.value), \
        offsetof(struct ses_block_analysis, field.low), \
        offsetof(struct ses_block_analysis, field.high), unit \
    }

/* The lines of a panel, with their numbers. */
struct ses_depth_lines {
    size_t n_points, count;
    struct ses_depth_series *series; /* [count] */
    double *numbers;                 /* [count][3][n_points] */
};

/* Lines without a number. Caller frees with ses_depth_lines_release(). */
SES_MUST_CHECK enum ses_status ses_depth_lines_init(
    struct ses_depth_lines *lines, size_t n_points, size_t count,
    struct ses_error *err);
void ses_depth_lines_release(struct ses_depth_lines *lines);

/* Fill the k-th line, whose name is borrowed. points: [n_blocks of analysis]
 * the point of each block; NULL: its own place. Returns whether it has any
 * number. */
bool ses_depth_lines_set(struct ses_depth_lines *lines, size_t k,
                         const char *name,
                         const struct ses_depth_number *number,
                         const struct ses_analysis *analysis,
                         const size_t *points);

/* A figure of one panel: an analysis of what args choose, as lines. */
struct ses_depth_line {
    const char *name;
    struct ses_depth_number number;
    bool reference, dashed; /* as of struct ses_depth_series */
    bool needed; /* without any number of it there is no figure */
};

struct ses_depth_curves {
    const struct ses_depth_line *lines;
    size_t n_lines;
    const char *down;   /* label of the numbers */
    const char *single; /* what a class of one image has none of */
    const char *needs;  /* what it takes to have numbers */
};

/* SES_ENOTFOUND when a line that is needed has no number. */
SES_MUST_CHECK enum ses_status ses_plot_depth_curves(
    const struct ses_run_file *run, const struct ses_plot_args *args,
    const struct ses_depth_curves *curves, struct ses_error *err);

/* Draw a figure to args->output, and write its numbers to args->data if that
 * is wanted: panel, series, point, value, low, high; of matrices, what is
 * below the diagonal, pairs being the series and the two names the point. */
SES_MUST_CHECK enum ses_status ses_plot_depth_figure(
    const struct ses_depth_figure *figure, const char *pairs,
    const struct ses_plot_args *args, struct ses_error *err);

#endif
