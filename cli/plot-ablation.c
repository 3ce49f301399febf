/* `sescope plot ablation`: what forcing gates costs in top-1, a panel for each
 * sweep of an ablation. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plot-depth.h"
#include "core/ablation/sweep-form.h"
#include "core/base/alloc.h"

/* A panel with arrays of its own. */
struct panel {
    struct ses_depth_panel plot;
    char *name;
    char **points;               /* [n_points] */
    int *stage;                  /* [n_points] */
    struct ses_depth_series *series;
    char **names;                /* [n_series] */
    double *numbers;             /* [n_series][3][n_points] */
    double *matrix;              /* [n_points][n_points] */
};

struct figure {
    const struct ses_ablation *ablation;
    const struct ses_measure *measures;
    struct ses_sweep_forms forms;
    struct panel *panels;
    size_t n_panels;
    bool *chosen, *forced; /* [n_blocks], scratch */
    struct ses_error *err;
};

static void panel_release(struct panel *panel)
{
    for (size_t i = 0; panel->points && i < panel->plot.n_points; i++)
        free(panel->points[i]);
    for (size_t i = 0; panel->names && i < panel->plot.n_series; i++)
        free(panel->names[i]);
    free(panel->name);
    free(panel->points);
    free(panel->stage);
    free(panel->series);
    free(panel->names);
    free(panel->numbers);
    free(panel->matrix);
}

static void figure_release(struct figure *f)
{
    for (size_t i = 0; i < f->n_panels; i++)
        panel_release(&f->panels[i]);
    free(f->panels);
    free(f->chosen);
    free(f->forced);
    ses_sweep_forms_release(&f->forms);
}

/* ---- panels -------------------------------------------------------------- */

/* A new panel, empty but for its arrays; NULL without memory. */
static struct panel *new_panel(struct figure *f, enum ses_depth_kind kind,
                               const char *name, size_t n_points,
                               size_t n_series)
{
    struct panel *panels =
        ses_realloc(f->panels, f->n_panels + 1, sizeof *panels);
    if (!panels)
        return NULL;
    f->panels = panels;
    struct panel *panel = &panels[f->n_panels++];
    *panel = (struct panel){ .name = strdup(name) };
    panel->plot = (struct ses_depth_panel){
        .kind = kind,
        .down = "change of top-1 (points)",
        .n_points = n_points,
        .n_series = n_series,
    };
    size_t cells = 0;
    bool fits = ses_multiply(n_points, n_points, &cells);
    panel->points = ses_calloc(n_points, sizeof *panel->points);
    panel->stage = ses_calloc(n_points, sizeof *panel->stage);
    panel->series = ses_calloc(n_series, sizeof *panel->series);
    panel->names = ses_calloc(n_series, sizeof *panel->names);
    panel->numbers = ses_calloc(3 * n_series * n_points, sizeof(double));
    if (kind == SES_DEPTH_MATRIX && fits)
        panel->matrix = ses_calloc(cells, sizeof *panel->matrix);
    for (size_t i = 0; panel->numbers && i < 3 * n_series * n_points; i++)
        panel->numbers[i] = NAN;
    bool made = panel->name && panel->points && panel->stage &&
                panel->series && panel->names && panel->numbers &&
                (panel->matrix || kind != SES_DEPTH_MATRIX);
    return made ? panel : NULL;
}

static double *number(struct panel *panel, size_t series, int which,
                      size_t point)
{
    size_t n = panel->plot.n_points;
    return &panel->numbers[(3 * series + (size_t)which) * n + point];
}

/* A variant's change of top-1 and its interval, in points of a percent. */
static void put(const struct figure *f, struct panel *panel, size_t series,
                size_t point, int variant)
{
    if (variant < 0)
        return;
    const struct ses_measure *m = &f->measures[variant];
    *number(panel, series, 0, point) = 100 * m->top1_change;
    *number(panel, series, 1, point) = 100 * m->top1_change_low;
    *number(panel, series, 2, point) = 100 * m->top1_change_high;
}

/* False without memory. */
static bool name_series(struct panel *panel, size_t series, const char *value,
                        const char *way)
{
    panel->names[series] = ses_format("%s%s", value, way);
    return panel->names[series] != NULL;
}

/* Point its arrays at each other, once these move no more. */
static void finish_panel(struct panel *panel)
{
    bool staged = false;
    for (size_t k = 0; k < panel->plot.n_series; k++)
        panel->series[k] = (struct ses_depth_series){
            .name = panel->names[k],
            .value = number(panel, k, 0, 0),
            .low = number(panel, k, 1, 0),
            .high = number(panel, k, 2, 0),
        };
    for (size_t i = 0; i < panel->plot.n_points; i++)
        staged |= panel->stage[i] > 0;
    panel->plot.name = panel->name;
    panel->plot.points = (const char *const *)panel->points;
    panel->plot.stage = staged ? panel->stage : NULL;
    panel->plot.series = panel->series;
    panel->plot.matrix = panel->matrix;
}

/* ---- sweeps -------------------------------------------------------------- */

static bool has_sweep(const struct figure *f, const char *sweep)
{
    for (size_t v = 0; v < f->ablation->n_variants; v++)
        if (strcmp(f->ablation->sweeps[v], sweep) == 0 &&
            f->forms.value[v] >= 0)
            return true;
    return false;
}

/* Blocks that any value was given in sweeps, into chosen; how many. */
static size_t choose(struct figure *f)
{
    size_t n = f->ablation->n_blocks, count = 0;
    memset(f->chosen, 0, n * sizeof *f->chosen);
    for (size_t k = 0; k < f->forms.n_values; k++) {
        ses_sweep_blocks(&f->forms, f->ablation, NULL, k, f->forced);
        for (size_t b = 0; b < n; b++)
            f->chosen[b] |= f->forced[b];
    }
    for (size_t b = 0; b < n; b++)
        count += f->chosen[b];
    return count;
}

/* The variant that gives blocks first, ..., last, of those chosen, a value. */
static int find(struct figure *f, size_t value, const size_t *blocks,
                size_t n)
{
    memset(f->forced, 0, f->ablation->n_blocks * sizeof *f->forced);
    for (size_t i = 0; i < n; i++)
        f->forced[blocks[i]] = true;
    return ses_sweep_find(&f->forms, value, f->forced);
}

/* Chosen blocks in depth order into blocks; how many. */
static size_t list(const struct figure *f, size_t *blocks)
{
    size_t n = 0;
    for (size_t b = 0; b < f->ablation->n_blocks; b++)
        if (f->chosen[b])
            blocks[n++] = b;
    return n;
}

static bool name_blocks(const struct figure *f, struct panel *panel,
                        const size_t *blocks)
{
    bool made = true;
    for (size_t i = 0; i < panel->plot.n_points && made; i++) {
        panel->points[i] = strdup(f->ablation->blocks[blocks[i]].name);
        panel->stage[i] = f->ablation->blocks[blocks[i]].stage;
        made = panel->points[i] != NULL;
    }
    return made;
}

static bool add_alone(struct figure *f, const size_t *blocks, size_t n)
{
    size_t values = f->forms.n_values;
    struct panel *panel = new_panel(f, SES_DEPTH_DOTS, "each block alone",
                                    n, values);
    bool made = panel && name_blocks(f, panel, blocks);
    for (size_t k = 0; k < values && made; k++) {
        made = name_series(panel, k, f->forms.values[k], "");
        for (size_t i = 0; i < n; i++)
            put(f, panel, k, i, find(f, k, blocks + i, 1));
    }
    return made;
}

static bool add_stages(struct figure *f, const size_t *blocks, size_t n)
{
    size_t values = f->forms.n_values, stages = 0;
    size_t *first = ses_calloc(n + 1, sizeof *first);
    if (!first)
        return false;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || f->ablation->blocks[blocks[i]].stage !=
                          f->ablation->blocks[blocks[i - 1]].stage)
            first[stages++] = i;
    first[stages] = n;
    struct panel *panel = new_panel(f, SES_DEPTH_DOTS, "each stage alone",
                                    stages, values);
    bool made = panel != NULL;
    for (size_t s = 0; s < stages && made; s++) {
        panel->points[s] = ses_format(
            "stage %d", f->ablation->blocks[blocks[first[s]]].stage);
        made = panel->points[s] != NULL;
    }
    for (size_t k = 0; k < values && made; k++) {
        made = name_series(panel, k, f->forms.values[k], "");
        for (size_t s = 0; s < stages; s++)
            put(f, panel, k, s,
                find(f, k, blocks + first[s], first[s + 1] - first[s]));
    }
    free(first);
    return made;
}

static bool add_cumulative(struct figure *f, const size_t *blocks, size_t n)
{
    size_t values = f->forms.n_values;
    struct panel *panel = new_panel(f, SES_DEPTH_LINES, "cumulative",
                                    n + 1, 2 * values);
    bool made = panel != NULL;
    for (size_t i = 0; i <= n && made; i++) {
        panel->points[i] = ses_format("%zu", i);
        made = panel->points[i] != NULL;
    }
    if (made)
        panel->plot.across = "blocks forced";
    for (size_t k = 0; k < values && made; k++) {
        made = name_series(panel, 2 * k, f->forms.values[k],
                           ", from the end") &&
               name_series(panel, 2 * k + 1, f->forms.values[k],
                           ", from the start");
        for (size_t i = 0; i <= n; i++) {
            put(f, panel, 2 * k, i,
                i ? find(f, k, blocks + n - i, i) : 0);
            put(f, panel, 2 * k + 1, i, i ? find(f, k, blocks, i) : 0);
        }
    }
    return made;
}

/* What two blocks cost together over what they cost alone. */
static double interaction(struct figure *f, size_t value, size_t a, size_t b)
{
    int both = find(f, value, (size_t[]){ a, b }, 2);
    int first = find(f, value, &a, 1), second = find(f, value, &b, 1);
    if (both < 0 || first < 0 || second < 0)
        return NAN;
    const struct ses_measure *m = f->measures;
    return 100 * (m[both].top1_change - m[first].top1_change -
                  m[second].top1_change);
}

static bool add_pairs(struct figure *f, size_t value, const size_t *blocks,
                      size_t n)
{
    char *name = ses_format("pairs: %s", f->forms.values[value]);
    struct panel *panel =
        name ? new_panel(f, SES_DEPTH_MATRIX, name, n, 0) : NULL;
    bool made = panel && name_blocks(f, panel, blocks);
    free(name);
    for (size_t i = 0; i < n && made; i++)
        for (size_t j = 0; j < n; j++)
            panel->matrix[i * n + j] =
                j < i ? interaction(f, value, blocks[j], blocks[i]) : NAN;
    if (made)
        panel->plot.down = "interaction (points)";
    return made;
}

static enum ses_status add_panels(struct figure *f)
{
    size_t *blocks = ses_calloc(f->ablation->n_blocks, sizeof *blocks);
    bool made = blocks != NULL;
    size_t n = made && choose(f) ? list(f, blocks) : 0;
    bool pairs = has_sweep(f, "pairs");
    if (made && n && (pairs || has_sweep(f, "blocks")))
        made = add_alone(f, blocks, n);
    if (made && n && has_sweep(f, "stages"))
        made = add_stages(f, blocks, n);
    if (made && n && has_sweep(f, "cumulative"))
        made = add_cumulative(f, blocks, n);
    for (size_t k = 0; made && n && pairs && k < f->forms.n_values; k++)
        made = add_pairs(f, k, blocks, n);
    free(blocks);
    if (!made)
        return ses_fail_memory(f->err, "panels");
    if (!f->n_panels)
        return ses_fail(f->err, SES_ENOTFOUND,
                        "'%s' holds no sweep; 'sescope ablate --sweep' makes "
                        "one, 'sescope plot tradeoff' draws single variants",
                        f->ablation->path);
    for (size_t i = 0; i < f->n_panels; i++)
        finish_panel(&f->panels[i]);
    return SES_OK;
}

enum ses_status ses_plot_ablation_sweeps(const struct ses_ablation *ablation,
                                         const struct ses_measure *measures,
                                         const struct ses_plot_args *args,
                                         struct ses_error *err)
{
    struct figure f = { .ablation = ablation, .measures = measures,
                        .err = err };
    struct ses_depth_panel *panels = NULL;
    f.chosen = ses_calloc(ablation->n_blocks, sizeof *f.chosen);
    f.forced = ses_calloc(ablation->n_blocks, sizeof *f.forced);
    enum ses_status status = f.chosen && f.forced
                                 ? ses_sweep_forms_init(&f.forms, ablation,
                                                        err)
                                 : ses_fail_memory(err, "blocks");
    if (!status)
        status = add_panels(&f);
    if (status)
        goto out;
    panels = ses_calloc(f.n_panels, sizeof *panels);
    if (!panels) {
        status = ses_fail_memory(err, "panels");
        goto out;
    }
    for (size_t i = 0; i < f.n_panels; i++)
        panels[i] = f.panels[i].plot;
    const struct ses_depth_figure figure = { f.n_panels, panels,
                                                "95 % interval" };
    status = ses_plot_depth_figure(&figure, "interaction", args, err);
out:
    free(panels);
    figure_release(&f);
    return status;
}
