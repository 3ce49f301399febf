/* `sescope plot decodability`: how well the class can be told from a block's
 * gates alone, by depth, against chance. */
#include "cli/plot-depth.h"

enum ses_status ses_plot_record_decodability(const struct ses_run_file *run,
                                             const struct ses_plot_args *args,
                                             struct ses_error *err)
{
    static const struct ses_depth_line lines[] = {
        { .name = "nearest class mean",
          .number = SES_DEPTH_ESTIMATE(decodability, 100),
          .needed = true },
        { .name = "ridge",
          .number = SES_DEPTH_ESTIMATE(ridge, 100),
          .dashed = true },
        { .name = "chance (the largest class)",
          .number = SES_DEPTH_NUMBER(chance, 100),
          .reference = true },
    };
    static const struct ses_depth_curves curves = {
        lines, sizeof lines / sizeof lines[0], "accuracy from gates (%)",
        "decodability",
        "every image's gates, and two classes of two images"
    };
    return ses_plot_depth_curves(run, args, &curves, err);
}
