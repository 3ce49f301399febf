/* The table and the comma-separated values of `sescope stats`; see stats.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/csv.h"
#include "cli/diagnostics.h"
#include "cli/stats.h"
#include "cli/table.h"

static const char *block_name(const struct ses_stats *stats, size_t b)
{
    return stats->run->blocks[stats->analysis.blocks[b].block].name;
}

/* "0.412 (0.398 to 0.425)", in percent when asked. */
static void add_estimate(struct ses_table *table,
                         const struct ses_estimate *e, double scale,
                         int decimals)
{
    ses_table_number(table, scale * e->value, decimals);
    if (isnan(e->low))
        ses_table_cell(table, "-");
    else
        ses_table_cell(table, "%.*f to %.*f", decimals, scale * e->low,
                       decimals, scale * e->high);
}

static void add_p(struct ses_table *table, double p)
{
    if (isnan(p))
        ses_table_cell(table, "-");
    else
        ses_table_cell(table, "%.3f", p);
}

static enum ses_status print_selectivity(const struct ses_stats *stats,
                                         struct ses_error *err)
{
    static const struct ses_column columns[] = {
        { "block", false },        { "channels", true },
        { "omega squared", true }, { "95 % interval", true },
        { "eta squared", true },   { "shuffled", true },
        { "p", true },             { "nearest mean %", true },
        { "95 % interval", true }, { "ridge %", true },
        { "chance %", true },
    };
    struct ses_table table;
    ses_table_init(&table, columns, sizeof columns / sizeof columns[0]);
    for (size_t b = 0; b < stats->analysis.n_blocks; b++) {
        const struct ses_block_analysis *block = &stats->analysis.blocks[b];
        ses_table_cell(&table, "%s", block_name(stats, b));
        ses_table_cell(&table, "%d",
                       stats->run->blocks[block->block].channels);
        add_estimate(&table, &block->omega_squared, 1, 4);
        ses_table_number(&table, block->eta_squared.value, 4);
        ses_table_number(&table, block->null, 4);
        add_p(&table, block->p);
        add_estimate(&table, &block->decodability, 100, 1);
        ses_table_number(&table, 100 * block->ridge.value, 1);
        ses_table_number(&table, 100 * block->chance, 1);
    }
    return ses_table_finish(&table, err);
}

static enum ses_status print_gates(const struct ses_stats *stats,
                                   struct ses_error *err)
{
    static const struct ses_column columns[] = {
        { "block", false },       { "mean", true },
        { "sd", true },           { "within", true },
        { "between", true },      { "distance", true },
        { "correlation", true },  { "< .01", true },
        { "> .99", true },        { "from one", true },
        { "entropy", true },      { "still", true },
    };
    struct ses_table table;
    ses_table_init(&table, columns, sizeof columns / sizeof columns[0]);
    for (size_t b = 0; b < stats->analysis.n_blocks; b++) {
        const struct ses_block_analysis *block = &stats->analysis.blocks[b];
        ses_table_cell(&table, "%s", block_name(stats, b));
        ses_table_number(&table, block->mean, 4);
        ses_table_number(&table, block->sd, 4);
        ses_table_number(&table, block->within, 4);
        ses_table_number(&table, block->between, 4);
        ses_table_number(&table, block->distance, 4);
        ses_table_number(&table, block->correlation, 4);
        ses_table_share(&table, block->below_01, 1);
        ses_table_share(&table, block->above_99, 1);
        ses_table_number(&table, block->from_one, 3);
        ses_table_number(&table, block->entropy, 3);
        ses_table_cell(&table, "%zu", block->still_channels);
    }
    return ses_table_finish(&table, err);
}

static enum ses_status print_matrix(const struct ses_stats *stats,
                                    const char *title, const double *values,
                                    struct ses_error *err)
{
    size_t n = stats->analysis.n_blocks;
    struct ses_column *columns = calloc(n + 1, sizeof *columns);
    struct ses_table table;
    if (!columns)
        return ses_fail_memory(err, "a table");
    columns[0].title = title;
    for (size_t b = 0; b < n; b++)
        columns[b + 1] = (struct ses_column){ block_name(stats, b), true };
    ses_table_init(&table, columns, n + 1);
    for (size_t a = 0; a < n; a++) {
        ses_table_cell(&table, "%s", block_name(stats, a));
        for (size_t b = 0; b < n; b++)
            ses_table_number(&table, values[a * n + b], 3);
    }
    putchar('\n');
    enum ses_status status = ses_table_finish(&table, err);
    free(columns);
    return status;
}

static enum ses_status print_tops(const struct ses_stats *stats,
                                  struct ses_error *err)
{
    static const struct ses_column columns[] = {
        { "block", false },        { "class", false },
        { "channel", true },       { "d'", true },
        { "95 % interval", true }, { "mean", true },
        { "others", true },        { "images", false },
    };
    struct ses_table table;
    ses_table_init(&table, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < stats->n_tops; i++)
        for (size_t c = 0; c < stats->tops[i].count; c++) {
            const struct ses_stats_top *top = &stats->tops[i];
            const struct ses_top_channel *channel = &top->channels[c];
            struct ses_text images = { 0 };
            ses_table_cell(&table, "%s", block_name(stats, top->block));
            ses_table_cell(&table, "%s",
                           stats->run->class_names[top->class_index]);
            ses_table_cell(&table, "%d", channel->channel);
            add_estimate(&table, &channel->d_prime, 1, 2);
            ses_table_number(&table, channel->mean, 3);
            ses_table_number(&table, channel->others, 3);
            for (size_t d = 0; d < channel->n_drivers; d++)
                ses_text_add(&images, "%s%s", d ? " " : "",
                             stats->paths[channel->drivers[d]]);
            ses_table_cell(&table, "%s", images.data ? images.data : "-");
            ses_text_release(&images);
        }
    putchar('\n');
    return ses_table_finish(&table, err);
}

static void print_basis(const struct ses_stats *stats)
{
    const struct ses_analysis *a = &stats->analysis;
    printf("%zu image%s of %zu class%s", a->n_images,
           a->n_images == 1 ? "" : "s", a->n_classes,
           a->n_classes == 1 ? "" : "es");
    if (a->draws)
        printf("; intervals of %zu draws, labels shuffled %zu times", a->draws,
               a->shuffles);
    if (a->folds)
        printf(", %zu-fold cross-validation", a->folds);
    putchar('\n');
}

static enum ses_status print_findings(const struct ses_stats *stats,
                                      struct ses_error *err)
{
    static const struct ses_column columns[] = { { NULL, false } };
    struct ses_table table;
    ses_table_init(&table, columns, 1);
    for (size_t b = 0; b < stats->analysis.n_blocks; b++) {
        const struct ses_block_analysis *block = &stats->analysis.blocks[b];
        for (size_t i = 0; i < block->n_findings; i++)
            ses_table_cell(&table, "%s: %s", block_name(stats, b),
                           block->findings[i]);
    }
    if (table.count)
        putchar('\n');
    return ses_table_finish(&table, err);
}

enum ses_status ses_print_stats_text(const struct ses_stats *stats,
                                     struct ses_error *err)
{
    print_basis(stats);
    putchar('\n');
    enum ses_status status = print_selectivity(stats, err);
    putchar('\n');
    if (!status)
        status = print_gates(stats, err);
    if (!status && stats->rsa)
        status = print_matrix(stats, "RSA", stats->rsa, err);
    if (!status && stats->cka)
        status = print_matrix(stats, "CKA", stats->cka, err);
    if (!status && stats->tops)
        status = print_tops(stats, err);
    if (!status)
        status = print_findings(stats, err);
    putchar('\n');
    ses_print(stats->analysis.trend.verdict);
    putchar('\n');
    return status;
}

enum ses_status ses_print_stats_csv(const struct ses_stats *stats,
                                    struct ses_error *err)
{
    struct ses_text out = { 0 };
    ses_csv_text(&out, "name", ',');
    for (const struct ses_stats_field *f = ses_stats_fields; f->name; f++)
        ses_csv_text(&out, f->name, ',');
    ses_csv_text(&out, "findings", '\n');
    for (size_t b = 0; b < stats->analysis.n_blocks; b++) {
        const struct ses_block_analysis *block = &stats->analysis.blocks[b];
        struct ses_text findings = { 0 };
        ses_csv_text(&out, block_name(stats, b), ',');
        for (const struct ses_stats_field *f = ses_stats_fields; f->name; f++)
            (f->whole ? ses_csv_whole : ses_csv_number)(
                &out, f->value(stats, b), ',');
        for (size_t i = 0; i < block->n_findings; i++)
            ses_text_add(&findings, "%s%s", i ? "; " : "", block->findings[i]);
        ses_csv_text(&out, findings.data ? findings.data : "", '\n');
        out.failed = out.failed || findings.failed;
        ses_text_release(&findings);
    }
    enum ses_status status = ses_csv_print(&out, err);
    ses_text_release(&out);
    return status;
}
