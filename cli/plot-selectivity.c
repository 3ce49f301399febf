/* `sescope plot selectivity`: how much of a gate's variance lies between
 * classes, by depth, against shuffled labels. */
#include "cli/plot-depth.h"

enum ses_status ses_plot_record_selectivity(const struct ses_run_file *run,
                                            const struct ses_plot_args *args,
                                            struct ses_error *err)
{
    static const struct ses_depth_line lines[] = {
        { .name = "eta squared",
          .number = SES_DEPTH_ESTIMATE(eta_squared, 1) },
        { .name = "omega squared",
          .number = SES_DEPTH_ESTIMATE(omega_squared, 1),
          .dashed = true,
          .needed = true },
        { .name = "eta squared, labels shuffled (mean to 95 % point)",
          .number = { offsetof(struct ses_block_analysis, null),
                      offsetof(struct ses_block_analysis, null),
                      offsetof(struct ses_block_analysis, null_high), 1 },
          .reference = true },
    };
    static const struct ses_depth_curves curves = {
        lines, sizeof lines / sizeof lines[0], "class selectivity", "spread",
        "two classes, and more images than classes"
    };
    return ses_plot_depth_curves(run, args, &curves, err);
}
