/* `sescope plot compare`: selectivity, decodability and mean gate of two
 * records by depth: of two networks, or of one forced and not. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diagnostics.h"
#include "cli/plot-depth.h"
#include "core/base/alloc.h"
#include "core/base/path.h"

/* One of the two records. */
struct side {
    const struct ses_run_file *run;
    struct ses_plot_choice choice;
    struct ses_analysis analysis;
    size_t *points; /* [n_blocks] of the axis both share */
    char *name;
};

/* The axis: blocks of either, in depth order. */
struct axis {
    size_t n;
    const char **names;
    int *stages;
};

static void side_release(struct side *side)
{
    ses_analysis_release(&side->analysis);
    ses_plot_choice_release(&side->choice);
    free(side->points);
    free(side->name);
}

/* ---- classes ------------------------------------------------------------- */

static bool find_class(const struct ses_run_file *run, const char *id,
                       size_t *class_index)
{
    for (size_t k = 0; k < run->n_classes; k++)
        if (strcmp(run->class_ids[k], id) == 0) {
            *class_index = k;
            return true;
        }
    return false;
}

static enum ses_status lacks(const struct side *side, const struct side *other,
                             const char *id, struct ses_error *err)
{
    return ses_fail(err, SES_ESHAPE,
                    "'%s' has no class '%s', which '%s' has; --classes "
                    "chooses those that both have",
                    side->run->path, id, other->run->path);
}

/* Give the second the classes of the first, in their order. It has all of its
 * own so far. */
static enum ses_status match_classes(const struct side *first,
                                     struct side *second, bool all,
                                     struct ses_error *err)
{
    struct ses_plot_choice *choice = &second->choice;
    size_t n = first->choice.n_classes, own;
    size_t *classes = ses_calloc(n, sizeof *classes);
    size_t *images = ses_calloc(n, sizeof *images);
    enum ses_status status =
        classes && images ? SES_OK : ses_fail_memory(err, "classes");
    for (size_t k = 0; !status && k < n; k++) {
        const char *id = first->run->class_ids[first->choice.classes[k]];
        if (!find_class(second->run, id, &own)) {
            status = lacks(second, first, id, err);
            break;
        }
        classes[k] = own;
        images[k] = choice->images[own];
    }
    for (size_t k = 0; !status && all && k < second->run->n_classes; k++)
        if (!find_class(first->run, second->run->class_ids[k], &own))
            status = lacks(first, second, second->run->class_ids[k], err);
    for (size_t k = 0; !status && k < n; k++)
        if (!images[k] != !first->choice.images[k])
            status = ses_fail(err, SES_ESHAPE,
                              "'%s' has no images of class '%s', which '%s' "
                              "has; --classes chooses others",
                              (images[k] ? first : second)->run->path,
                              first->choice.class_names[k],
                              (images[k] ? second : first)->run->path);
    if (status) {
        free(classes);
        free(images);
        return status;
    }
    free(choice->classes);
    free(choice->images);
    choice->classes = classes;
    choice->images = images;
    choice->n_classes = n;
    return SES_OK;
}

/* ---- blocks -------------------------------------------------------------- */

static const struct ses_run_block *block_of(const struct side *side, size_t i)
{
    return &side->run->blocks[side->choice.blocks[i]];
}

/* Below 0 when a comes first, 0 for the same block. */
static int order(const struct ses_run_block *a, const struct ses_run_block *b)
{
    if (strcmp(a->name, b->name) == 0)
        return 0;
    if (a->stage != b->stage)
        return a->stage - b->stage;
    return a->unit < b->unit ? -1 : 1;
}

static enum ses_status check_order(const struct side *sides,
                                   const struct ses_run_block *a,
                                   const struct ses_run_block *b,
                                   struct ses_error *err)
{
    if (strcmp(a->name, b->name) == 0 || (a->stage > 0 && b->stage > 0))
        return SES_OK;
    return ses_fail(err, SES_ESHAPE,
                    "where '%s' has block '%s', '%s' has '%s', and without "
                    "stages nothing says which is deeper",
                    sides[0].run->path, a->name, sides[1].run->path, b->name);
}

static void add_point(struct axis *axis, const struct ses_run_block *block)
{
    axis->names[axis->n] = block->name;
    axis->stages[axis->n++] = block->stage;
}

/* Merge the blocks of both by stage and unit. */
static enum ses_status merge_blocks(struct side *sides, struct axis *axis,
                                    struct ses_error *err)
{
    size_t n[2] = { sides[0].choice.n_blocks, sides[1].choice.n_blocks };
    size_t shared = 0, i = 0, j = 0;
    while (i < n[0] || j < n[1]) {
        const struct ses_run_block *a =
            i < n[0] ? block_of(&sides[0], i) : NULL;
        const struct ses_run_block *b =
            j < n[1] ? block_of(&sides[1], j) : NULL;
        enum ses_status status =
            a && b ? check_order(sides, a, b, err) : SES_OK;
        if (status)
            return status;
        int which = !a ? 1 : !b ? -1 : order(a, b);
        if (which <= 0)
            sides[0].points[i++] = axis->n;
        if (which >= 0)
            sides[1].points[j++] = axis->n;
        shared += which == 0;
        add_point(axis, which <= 0 ? a : b);
    }
    if (!shared)
        return ses_fail(err, SES_ESHAPE,
                        "'%s' and '%s' have no block in common",
                        sides[0].run->path, sides[1].run->path);
    return SES_OK;
}

static enum ses_status match_blocks(struct side *sides, struct axis *axis,
                                    struct ses_error *err)
{
    size_t most = 0;
    for (int s = 0; s < 2; s++) {
        most += sides[s].choice.n_blocks;
        sides[s].points =
            ses_calloc(sides[s].choice.n_blocks, sizeof *sides[s].points);
        if (!sides[s].points)
            return ses_fail_memory(err, "blocks");
    }
    axis->names = ses_calloc(most, sizeof *axis->names);
    axis->stages = ses_calloc(most, sizeof *axis->stages);
    return axis->names && axis->stages ? merge_blocks(sides, axis, err)
                                       : ses_fail_memory(err, "blocks");
}

/* ---- names --------------------------------------------------------------- */

/* What tells the two apart: what was forced, or the network, or else the
 * files. */
static enum ses_status name_sides(struct side *sides, struct ses_error *err)
{
    const struct ses_run_file *a = sides[0].run, *b = sides[1].run;
    bool network =
        strcmp(a->model_sha256, b->model_sha256) != 0 &&
        strcmp(ses_path_name(a->model), ses_path_name(b->model)) != 0;
    bool force = strcmp(a->force, b->force) != 0;
    bool file = strcmp(ses_path_name(a->path), ses_path_name(b->path)) != 0;
    for (int s = 0; s < 2; s++) {
        const struct ses_run_file *run = sides[s].run;
        if (force && !network)
            sides[s].name = ses_format("%s", *run->force ? run->force
                                                         : "as it is");
        else if (network && !force)
            sides[s].name = ses_format("%s", ses_path_name(run->model));
        else
            sides[s].name = ses_format("%s", file ? ses_path_name(run->path)
                                                  : run->path);
        if (!sides[s].name)
            return ses_fail_memory(err, "a name");
    }
    return SES_OK;
}

/* ---- the figure ---------------------------------------------------------- */

static enum ses_status choose(struct side *sides,
                              const struct ses_plot_args *args,
                              struct ses_error *err)
{
    struct ses_plot_args all = *args;
    all.classes = NULL;
    for (int s = 0; s < 2; s++) {
        enum ses_status status = ses_plot_choose(
            sides[s].run, s ? &all : args, &sides[s].choice, err);
        if (status) {
            ses_error_context(err, "'%s'", sides[s].run->path);
            return status;
        }
    }
    bool every = !args->classes || strcmp(args->classes, "all") == 0;
    return match_classes(&sides[0], &sides[1], every, err);
}

/* Other images make other numbers, of the same network, too. */
static void warn_of_images(const struct side *sides)
{
    const struct ses_run_file *a = sides[0].run, *b = sides[1].run;
    if (strcmp(a->images, b->images) != 0)
        ses_report_note("'%s' is of images of '%s', '%s' of '%s'", a->path,
                        a->images, b->path, b->images);
    else if (sides[0].analysis.n_images != sides[1].analysis.n_images)
        ses_report_note("'%s' is of %zu images, '%s' of %zu", a->path,
                        sides[0].analysis.n_images, b->path,
                        sides[1].analysis.n_images);
}

static const struct {
    const char *name, *down;
    struct ses_depth_number number;
} panels_of[] = {
    { "class selectivity", "omega squared",
      SES_DEPTH_ESTIMATE(omega_squared, 1) },
    { "decodability (nearest class mean)", "accuracy (%)",
      SES_DEPTH_ESTIMATE(decodability, 100) },
    { "mean gate", "mean excitation", SES_DEPTH_NUMBER(mean, 1) },
};
enum { N_PANELS = sizeof panels_of / sizeof panels_of[0] };

static enum ses_status draw(const struct side *sides, const struct axis *axis,
                            const struct ses_plot_args *args,
                            struct ses_error *err)
{
    static const struct ses_depth_number chance =
        SES_DEPTH_NUMBER(chance, 100);
    struct ses_depth_lines lines[N_PANELS] = { 0 };
    struct ses_depth_panel panels[N_PANELS];
    size_t count = 0;
    bool staged = false;
    for (size_t i = 0; i < axis->n; i++)
        staged |= axis->stages[i] > 0;
    enum ses_status status = SES_OK;
    for (size_t p = 0; !status && p < N_PANELS; p++) {
        bool chances = p == 1, any = false;
        status = ses_depth_lines_init(&lines[p], axis->n, chances ? 4 : 2,
                                      err);
        for (size_t s = 0; !status && s < 2; s++)
            any |= ses_depth_lines_set(&lines[p], s, sides[s].name,
                                       &panels_of[p].number,
                                       &sides[s].analysis, sides[s].points);
        if (!status)
            lines[p].series[1].dashed = true;
        for (size_t s = 0; !status && chances && s < 2; s++) {
            ses_depth_lines_set(&lines[p], 2 + s, "chance", &chance,
                                &sides[s].analysis, sides[s].points);
            lines[p].series[2 + s].reference = true;
        }
        if (status)
            break;
        if (!any) {
            ses_report_note("neither record has what %s takes",
                            panels_of[p].name);
            continue;
        }
        panels[count++] = (struct ses_depth_panel){
            .kind = SES_DEPTH_LINES,
            .name = panels_of[p].name,
            .down = panels_of[p].down,
            .n_points = axis->n,
            .points = axis->names,
            .stage = staged ? axis->stages : NULL,
            .n_series = lines[p].count,
            .series = lines[p].series,
        };
    }
    const struct ses_depth_figure figure = { count, panels, "95 % interval" };
    if (!status)
        status = ses_plot_depth_figure(&figure, NULL, args, err);
    for (size_t p = 0; p < N_PANELS; p++)
        ses_depth_lines_release(&lines[p]);
    return status;
}

enum ses_status ses_plot_two_records(const struct ses_run_file *first,
                                     const struct ses_run_file *second,
                                     const struct ses_plot_args *args,
                                     struct ses_error *err)
{
    struct side sides[2] = { { .run = first }, { .run = second } };
    struct axis axis = { 0 };
    enum ses_status status = choose(sides, args, err);
    if (!status)
        status = match_blocks(sides, &axis, err);
    if (!status)
        status = name_sides(sides, err);
    for (int s = 0; !status && s < 2; s++)
        status = ses_plot_analyse(sides[s].run, args, &sides[s].choice,
                                  &sides[s].analysis, err);
    if (!status) {
        warn_of_images(sides);
        status = draw(sides, &axis, args, err);
    }
    free(axis.names);
    free(axis.stages);
    side_release(&sides[0]);
    side_release(&sides[1]);
    return status;
}
