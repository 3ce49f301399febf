/* What `sescope ablate` prints: the plan of a run, and the table and the
 * comma-separated values of what came out; see ablate.h. JSON is in
 * ablate-json.c. */
#include <stdlib.h>
#include <string.h>

#include "cli/ablate.h"
#include "cli/csv.h"
#include "cli/force.h"
#include "cli/record-report.h"
#include "cli/table.h"
#include "core/base/alloc.h"

/* ---- the plan ------------------------------------------------------------ */

static void print_passes(double passes, size_t variants)
{
    printf("%.1f forward passes an image for %zu variants\n", passes, variants);
}

enum ses_status ses_print_ablate_plan(const struct ses_ablate_job *job,
                                      struct ses_error *err)
{
    static const struct ses_column columns[] = { { "variant", true },
                                                 { "sweep", false },
                                                 { "force", false } };
    struct ses_table table;
    enum ses_status status = ses_print_plan(&job->job, err);
    if (status)
        return status;
    ses_table_init(&table, columns, sizeof columns / sizeof columns[0]);
    for (size_t v = 0; v < job->variants.count; v++) {
        const char *text = job->variants.items[v].text;
        ses_table_cell(&table, "%zu", v);
        ses_table_cell(&table, "%s", *job->sweeps[v] ? job->sweeps[v] : "-");
        if (*text)
            ses_table_cell(&table, "%s", text);
        else
            ses_table_cell(&table, "(as it is)");
    }
    putchar('\n');
    status = ses_table_finish(&table, err);
    putchar('\n');
    print_passes(ses_tree_passes(job->tree), job->variants.count);
    return status;
}

/* ---- the table ----------------------------------------------------------- */

/* Beside three of names, each with an interval. */
enum { MOST_COLUMNS = 3 + 2 * SES_N_VARIANT_COLUMNS };

/* Columns of a table (SES_IN_...), behind those that are there; how many there
 * are then. */
static size_t add_columns(unsigned table, struct ses_column *columns, size_t n)
{
    for (size_t i = 0; i < SES_N_VARIANT_COLUMNS; i++) {
        const struct ses_variant_column *c = &ses_variant_columns[i];
        if (!(c->tables & table))
            continue;
        columns[n++] = (struct ses_column){ c->name, true };
        if (c->low)
            columns[n++] = (struct ses_column){ "95 % interval", true };
    }
    return n;
}

static void add_text(struct ses_table *table, struct ses_text *text)
{
    table->failed |= text->failed;
    ses_table_cell(table, "%s", text->data ? text->data : "");
    ses_text_release(text);
}

static void add_force(struct ses_table *table, const char *specs)
{
    struct ses_text text = { 0 };
    ses_force_text(specs, &text);
    add_text(table, &text);
}

/* The cells of these columns; first: of the network as it is. */
static void add_measure(unsigned table, struct ses_table *out,
                        const struct ses_measure *m, bool first)
{
    for (size_t i = 0; i < SES_N_VARIANT_COLUMNS; i++) {
        const struct ses_variant_column *c = &ses_variant_columns[i];
        struct ses_text value = { 0 }, interval = { 0 };
        bool shown = !(first && c->compared);
        if (!(c->tables & table))
            continue;
        if (shown)
            ses_variant_value(c, m, &value);
        add_text(out, &value);
        if (!c->low)
            continue;
        if (shown)
            ses_variant_interval(c, m, &interval);
        add_text(out, &interval);
    }
}

static enum ses_status print_all(const struct ses_ablation *a,
                                 const struct ses_measure *measures,
                                 struct ses_error *err)
{
    struct ses_column columns[MOST_COLUMNS] = { { "force", false } };
    struct ses_table table;
    ses_table_init(&table, columns, add_columns(SES_IN_TABLE, columns, 1));
    for (size_t v = 0; v < a->n_variants; v++) {
        add_force(&table, a->forces[v]);
        add_measure(SES_IN_TABLE, &table, &measures[v], v == 0);
    }
    return ses_table_finish(&table, err);
}

static enum ses_status print_parts(const struct ses_ablation *a,
                                   const struct ses_ablate_part *parts,
                                   size_t n_parts,
                                   const struct ses_measure *measures,
                                   struct ses_error *err)
{
    struct ses_column columns[MOST_COLUMNS] = { { "images of", false },
                                                { "number", true },
                                                { "force", false } };
    struct ses_table table;
    ses_table_init(&table, columns, add_columns(SES_IN_PARTS, columns, 3));
    for (size_t i = 1; i < n_parts; i++)
        for (size_t v = 0; v < a->n_variants; v++) {
            const struct ses_measure *m = &measures[i * a->n_variants + v];
            ses_table_cell(&table, "%s", parts[i].name);
            ses_table_cell(&table, "%zu", m->images);
            add_force(&table, a->forces[v]);
            add_measure(SES_IN_PARTS, &table, m, v == 0);
        }
    return ses_table_finish(&table, err);
}

enum ses_status ses_print_ablation_text(const struct ses_ablation *ablation,
                                        const struct ses_ablate_part *parts,
                                        size_t n_parts,
                                        const struct ses_measure *measures,
                                        struct ses_error *err)
{
    enum ses_status status = print_all(ablation, measures, err);
    if (!status && n_parts > 1) {
        putchar('\n');
        status = print_parts(ablation, parts, n_parts, measures, err);
    }
    putchar('\n');
    print_passes(ablation->passes, ablation->n_variants);
    return status;
}

/* ---- comma-separated values ---------------------------------------------- */

static void add_fields(struct ses_text *out, const struct ses_measure *measure)
{
    for (const struct ses_measure_field *f = ses_measure_fields; f->name; f++)
        (f->whole ? ses_csv_whole : ses_csv_number)(out, f->value(measure),
                                                    f[1].name ? ',' : '\n');
}

enum ses_status ses_print_ablation_csv(const struct ses_ablation *ablation,
                                       const struct ses_ablate_part *parts,
                                       size_t n_parts,
                                       const struct ses_measure *measures,
                                       struct ses_error *err)
{
    struct ses_text out = { 0 };
    ses_text_add(&out, "force,sweep,over,name");
    for (const struct ses_measure_field *f = ses_measure_fields; f->name; f++)
        ses_text_add(&out, ",%s", f->name);
    ses_text_add(&out, "\n");
    for (size_t i = 0; i < n_parts; i++)
        for (size_t v = 0; v < ablation->n_variants; v++) {
            ses_csv_text(&out, ablation->forces[v], ',');
            ses_csv_text(&out, ablation->sweeps[v], ',');
            ses_csv_text(&out, parts[i].kind, ',');
            ses_csv_text(&out, parts[i].name, ',');
            add_fields(&out, &measures[i * ablation->n_variants + v]);
        }
    enum ses_status status = ses_csv_print(&out, err);
    ses_text_release(&out);
    return status;
}

/* ---- all of it ----------------------------------------------------------- */

/* The images of a part's classes. */
static void choose(const struct ses_ablation *a,
                   const struct ses_ablate_part *part, uint8_t *chosen)
{
    for (size_t i = 0; i < a->n_images; i++)
        chosen[i] = part->chosen[a->image_classes[i]];
}

enum ses_status ses_print_ablation(const char *path,
                                   const struct ses_ablate_job *job,
                                   const struct ses_ablate_args *args,
                                   struct ses_error *err)
{
    struct ses_ablation *a = NULL;
    struct ses_measure *measures = NULL;
    uint8_t *chosen = NULL;
    size_t cells;
    enum ses_status status = ses_ablation_open(path, &a, err);
    if (status)
        return status;
    if (ses_multiply(a->n_variants, job->n_parts, &cells))
        measures = ses_calloc(cells, sizeof *measures);
    chosen = ses_calloc(a->n_images, 1);
    if (!measures || !chosen) {
        status = ses_fail_memory(err, "measures");
        goto out;
    }
    for (size_t i = 0; i < job->n_parts && !status; i++) {
        choose(a, &job->parts[i], chosen);
        status = ses_measure(a, chosen, (uint64_t)job->job.seed,
                             measures + i * a->n_variants, err);
    }
    if (status)
        goto out;
    status = args->json  ? ses_print_ablation_json(a, job->parts, job->n_parts,
                                                   measures, err)
             : args->csv ? ses_print_ablation_csv(a, job->parts, job->n_parts,
                                                  measures, err)
                         : ses_print_ablation_text(a, job->parts, job->n_parts,
                                                   measures, err);
out:
    free(chosen);
    free(measures);
    ses_ablation_free(a);
    return status;
}
