/* See plot-depth.h. */
#include "cli/plot-depth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/csv.h"
#include "core/base/alloc.h"

enum ses_status ses_plot_analyse(const struct ses_run_file *run,
                                 const struct ses_plot_args *args,
                                 const struct ses_plot_choice *choice,
                                 struct ses_analysis *out,
                                 struct ses_error *err)
{
    const struct ses_analysis_options options = {
        .classes = choice->classes,
        .n_classes = choice->n_classes,
        .blocks = choice->blocks,
        .n_blocks = choice->n_blocks,
        .seed = (uint64_t)args->seed,
        .threads = (int)args->threads,
    };
    return ses_analyse(run, &options, out, err);
}

enum ses_status ses_depth_lines_init(struct ses_depth_lines *lines,
                                     size_t n_points, size_t count,
                                     struct ses_error *err)
{
    *lines = (struct ses_depth_lines){ .n_points = n_points, .count = count };
    lines->series = ses_calloc(count, sizeof *lines->series);
    lines->numbers = ses_calloc(3 * count * n_points, sizeof *lines->numbers);
    if (!lines->series || !lines->numbers)
        return ses_fail_memory(err, "lines");
    for (size_t i = 0; i < 3 * count * n_points; i++)
        lines->numbers[i] = NAN;
    return SES_OK;
}

void ses_depth_lines_release(struct ses_depth_lines *lines)
{
    free(lines->series);
    free(lines->numbers);
    memset(lines, 0, sizeof *lines);
}

static double number_at(const struct ses_block_analysis *block, size_t offset)
{
    double number;
    memcpy(&number, (const char *)block + offset, sizeof number);
    return number;
}

bool ses_depth_lines_set(struct ses_depth_lines *lines, size_t k,
                         const char *name,
                         const struct ses_depth_number *number,
                         const struct ses_analysis *analysis,
                         const size_t *points)
{
    size_t n = lines->n_points;
    double *value = lines->numbers + 3 * k * n;
    double *low = value + n, *high = low + n;
    bool any = false, interval = number->low && number->high;
    for (size_t b = 0; b < analysis->n_blocks; b++) {
        const struct ses_block_analysis *block = &analysis->blocks[b];
        size_t i = points ? points[b] : b;
        value[i] = number->unit * number_at(block, number->value);
        any |= isfinite(value[i]);
        if (!interval)
            continue;
        low[i] = number->unit * number_at(block, number->low);
        high[i] = number->unit * number_at(block, number->high);
    }
    lines->series[k] = (struct ses_depth_series){
        .name = name,
        .value = value,
        .low = interval ? low : NULL,
        .high = interval ? high : NULL,
    };
    return any;
}

/* ---- writing ------------------------------------------------------------- */

static void add_row(struct ses_text *out, const char *panel,
                    const char *series, const char *point, double value,
                    double low, double high)
{
    ses_csv_text(out, panel, ',');
    ses_csv_text(out, series, ',');
    ses_csv_text(out, point, ',');
    ses_csv_number(out, value, ',');
    ses_csv_number(out, low, ',');
    ses_csv_number(out, high, '\n');
}

static void add_lines(struct ses_text *out,
                      const struct ses_depth_panel *panel)
{
    for (size_t k = 0; k < panel->n_series; k++) {
        const struct ses_depth_series *series = &panel->series[k];
        bool interval = series->low && series->high;
        for (size_t i = 0; i < panel->n_points; i++)
            if (isfinite(series->value[i]))
                add_row(out, panel->name ? panel->name : panel->down,
                        series->name, panel->points[i],
                        series->value[i], interval ? series->low[i] : NAN,
                        interval ? series->high[i] : NAN);
    }
}

static void add_pairs(struct ses_text *out,
                      const struct ses_depth_panel *panel, const char *pairs)
{
    size_t n = panel->n_points;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            char *pair = ses_format("%s %s", panel->points[j],
                                    panel->points[i]);
            out->failed |= !pair;
            if (pair)
                add_row(out, panel->name, pairs, pair,
                        panel->matrix[i * n + j], NAN, NAN);
            free(pair);
        }
}

enum ses_status ses_plot_depth_figure(const struct ses_depth_figure *figure,
                                      const char *pairs,
                                      const struct ses_plot_args *args,
                                      struct ses_error *err)
{
    enum ses_status status =
        ses_plot_depth(args->output, figure, &args->style, err);
    if (status || !args->data)
        return status;
    struct ses_text data = { 0 };
    ses_text_add(&data, "panel,series,point,value,low,high\n");
    for (size_t i = 0; i < figure->n_panels; i++) {
        const struct ses_depth_panel *panel = &figure->panels[i];
        if (panel->kind == SES_DEPTH_MATRIX)
            add_pairs(&data, panel, pairs);
        else
            add_lines(&data, panel);
    }
    status = ses_csv_write(args->data, &data, err);
    ses_text_release(&data);
    return status;
}

/* ---- curves -------------------------------------------------------------- */

static enum ses_status draw_curves(const struct ses_analysis *analysis,
                                   const struct ses_plot_choice *choice,
                                   const struct ses_plot_args *args,
                                   const struct ses_depth_curves *curves,
                                   struct ses_error *err)
{
    struct ses_depth_lines lines;
    enum ses_status status = ses_depth_lines_init(&lines, analysis->n_blocks,
                                                  curves->n_lines, err);
    for (size_t k = 0; !status && k < curves->n_lines; k++) {
        const struct ses_depth_line *line = &curves->lines[k];
        bool any = ses_depth_lines_set(&lines, k, line->name, &line->number,
                                       analysis, NULL);
        lines.series[k].reference = line->reference;
        lines.series[k].dashed = line->dashed;
        if (line->needed && !any)
            status = ses_fail(err, SES_ENOTFOUND,
                              "'%s' has no numbers to draw, which take %s",
                              analysis->run->path, curves->needs);
    }
    if (status)
        goto out;
    ses_plot_explain_gaps(choice, "part in this", curves->single);
    const struct ses_depth_panel panel = {
        .kind = SES_DEPTH_LINES,
        .down = curves->down,
        .n_points = analysis->n_blocks,
        .points = choice->block_names,
        .stage = choice->stages,
        .n_series = lines.count,
        .series = lines.series,
    };
    const struct ses_depth_figure figure = { 1, &panel, "95 % interval" };
    status = ses_plot_depth_figure(&figure, NULL, args, err);
out:
    ses_depth_lines_release(&lines);
    return status;
}

enum ses_status ses_plot_depth_curves(const struct ses_run_file *run,
                                      const struct ses_plot_args *args,
                                      const struct ses_depth_curves *curves,
                                      struct ses_error *err)
{
    struct ses_plot_choice choice;
    struct ses_analysis own = { 0 };
    enum ses_status status = ses_plot_choose(run, args, &choice, err);
    if (!status && !args->analysis)
        status = ses_plot_analyse(run, args, &choice, &own, err);
    if (!status)
        status = draw_curves(args->analysis ? args->analysis : &own, &choice,
                             args, curves, err);
    ses_analysis_release(&own);
    ses_plot_choice_release(&choice);
    return status;
}
