/* `sescope plot tradeoff`: accuracy against the SE parameters that the
 * variants of an ablation keep. */
#include <math.h>
#include <stdlib.h>

#include "cli/csv.h"
#include "cli/plot.h"
#include "core/ablation/sweep-form.h"
#include "core/base/alloc.h"
#include "plots/tradeoff.h"

/* "SE_4_1 .. SE_4_3=mean" for many blocks of one value, else the SPECs. */
static char *name_of(const struct ses_ablation *ablation,
                     const struct ses_sweep_forms *forms, size_t variant)
{
    const bool *forced = forms->forced + variant * forms->n_blocks;
    size_t first = forms->n_blocks, last = 0, count = 0;
    if (!*ablation->forces[variant])
        return ses_format("as it is");
    for (size_t b = 0; b < forms->n_blocks; b++)
        if (forced[b]) {
            first = count++ ? first : b;
            last = b;
        }
    if (forms->value[variant] < 0 || count < 2 || last - first + 1 != count)
        return ses_format("%s", ablation->forces[variant]);
    return ses_format("%s%s%s=%s", ablation->blocks[first].name,
                      count == 2 ? ", " : " .. ", ablation->blocks[last].name,
                      forms->values[forms->value[variant]]);
}

static enum ses_status write_data(const struct ses_ablation *ablation,
                                  const struct ses_tradeoff_point *points,
                                  const bool *front, const char *path,
                                  struct ses_error *err)
{
    struct ses_text data = { 0 };
    ses_text_add(&data, "force,sweep,se_parameters_kept,top1,low,high,"
                        "pareto\n");
    for (size_t v = 0; v < ablation->n_variants; v++) {
        ses_csv_text(&data, ablation->forces[v], ',');
        ses_csv_text(&data, points[v].group, ',');
        ses_csv_number(&data, points[v].kept, ',');
        ses_csv_number(&data, points[v].accuracy, ',');
        ses_csv_number(&data, points[v].low, ',');
        ses_csv_number(&data, points[v].high, ',');
        ses_text_add(&data, "%d\n", front[v]);
    }
    enum ses_status status = ses_csv_write(path, &data, err);
    ses_text_release(&data);
    return status;
}

enum ses_status ses_plot_ablation_tradeoff(
    const struct ses_ablation *ablation, const struct ses_measure *measures,
    const struct ses_plot_args *args, struct ses_error *err)
{
    size_t n = ablation->n_variants;
    struct ses_sweep_forms forms = { 0 };
    struct ses_tradeoff_point *points = ses_calloc(n, sizeof *points);
    char **names = ses_calloc(n, sizeof *names);
    bool *front = ses_calloc(n, sizeof *front);
    double parameters = 0;
    enum ses_status status = points && names && front
                                 ? ses_sweep_forms_init(&forms, ablation, err)
                                 : ses_fail_memory(err, "variants");
    for (size_t b = 0; b < ablation->n_blocks; b++)
        parameters += (double)ablation->blocks[b].parameters;
    if (!status && !(parameters > 0))
        status = ses_fail(err, SES_ENOTFOUND,
                          "'%s': the SE blocks have no parameters",
                          ablation->path);
    for (size_t v = 0; v < n && !status; v++) {
        const struct ses_measure *m = &measures[v];
        names[v] = name_of(ablation, &forms, v);
        points[v] = (struct ses_tradeoff_point){
            .name = names[v],
            .group = ablation->sweeps[v],
            .kept = 100 * (1 - (double)m->parameters_saved / parameters),
            .accuracy = 100 * m->top1,
            .low = 100 * m->top1_low,
            .high = 100 * m->top1_high,
        };
        if (!names[v])
            status = ses_fail_memory(err, "variants");
    }
    if (status)
        goto out;
    const struct ses_tradeoff_figure figure = { n, points, "95 % interval" };
    status = ses_plot_tradeoff(args->output, &figure, &args->style, err);
    ses_pareto_front(points, n, front);
    if (!status && args->data)
        status = write_data(ablation, points, front, args->data, err);
out:
    for (size_t v = 0; names && v < n; v++)
        free(names[v]);
    free(names);
    free(points);
    free(front);
    ses_sweep_forms_release(&forms);
    return status;
}
