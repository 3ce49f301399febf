/* stats --json; see stats.h. Keys are documented in sescope-stats(1) and
 * stay. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "cli/diagnostics.h"
#include "cli/json.h"
#include "cli/stats.h"

static json_t *count_of(size_t count)
{
    return json_integer((json_int_t)count);
}

static void add_estimate(json_t *object, const char *key,
                         const struct ses_estimate *estimate)
{
    char name[64];
    json_object_set_new(object, key, ses_json_number(estimate->value));
    snprintf(name, sizeof name, "%s_low", key);
    json_object_set_new(object, name, ses_json_number(estimate->low));
    snprintf(name, sizeof name, "%s_high", key);
    json_object_set_new(object, name, ses_json_number(estimate->high));
}

static json_t *matrix_of(const double *values, size_t n)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *row = json_array();
        for (size_t j = 0; j < n; j++)
            json_array_append_new(row, ses_json_number(values[i * n + j]));
        json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *classes_of(const struct ses_stats *stats)
{
    const struct ses_analysis *a = &stats->analysis;
    json_t *classes = json_array();
    for (size_t k = 0; k < a->n_classes; k++)
        json_array_append_new(
            classes, ses_json_text(stats->run->class_names[a->classes[k]]));
    return classes;
}

static json_t *channel_of(const struct ses_stats *stats,
                          const struct ses_top_channel *top)
{
    json_t *channel = json_object(), *images = json_array();
    json_object_set_new(channel, "channel", json_integer(top->channel));
    json_object_set_new(channel, "mean", ses_json_number(top->mean));
    json_object_set_new(channel, "others", ses_json_number(top->others));
    add_estimate(channel, "d_prime", &top->d_prime);
    for (size_t i = 0; i < top->n_drivers; i++) {
        json_t *image = json_object();
        json_object_set_new(image, "path",
                            ses_json_text(stats->paths[top->drivers[i]]));
        json_object_set_new(image, "gate", ses_json_number(top->gates[i]));
        json_array_append_new(images, image);
    }
    json_object_set_new(channel, "images", images);
    return channel;
}

static json_t *tops_of(const struct ses_stats *stats, size_t block)
{
    json_t *classes = json_array();
    for (size_t i = 0; i < stats->n_tops; i++) {
        const struct ses_stats_top *top = &stats->tops[i];
        if (top->block != block)
            continue;
        json_t *class = json_object(), *channels = json_array();
        json_object_set_new(
            class, "class",
            ses_json_text(stats->run->class_names[top->class_index]));
        for (size_t c = 0; c < top->count; c++)
            json_array_append_new(channels,
                                  channel_of(stats, &top->channels[c]));
        json_object_set_new(class, "channels", channels);
        json_array_append_new(classes, class);
    }
    return classes;
}

static json_t *block_of(const struct ses_stats *stats, size_t b)
{
    const struct ses_block_analysis *block = &stats->analysis.blocks[b];
    json_t *object = json_object(), *findings = json_array();
    json_object_set_new(object, "name",
                        ses_json_text(stats->run->blocks[block->block].name));
    for (const struct ses_stats_field *f = ses_stats_fields; f->name; f++) {
        double value = f->value(stats, b);
        json_object_set_new(object, f->name,
                            f->whole ? json_integer((json_int_t)value)
                                     : ses_json_number(value));
    }
    for (size_t i = 0; i < block->n_findings; i++)
        json_array_append_new(findings, ses_json_text(block->findings[i]));
    json_object_set_new(object, "findings", findings);
    if (stats->tops)
        json_object_set_new(object, "top_channels", tops_of(stats, b));
    return object;
}

static json_t *verdict_of(const struct ses_depth_trend *trend)
{
    json_t *verdict = json_object();
    json_object_set_new(verdict, "text", ses_json_text(trend->verdict));
    json_object_set_new(verdict, "blocks", count_of(trend->n_blocks));
    add_estimate(verdict, "slope", &trend->slope);
    add_estimate(verdict, "spearman", &trend->rank);
    json_object_set_new(verdict, "shallow", ses_json_number(trend->shallow));
    json_object_set_new(verdict, "deep", ses_json_number(trend->deep));
    return verdict;
}

enum ses_status ses_print_stats_json(const struct ses_stats *stats,
                                     struct ses_error *err)
{
    const struct ses_analysis *a = &stats->analysis;
    json_t *root = json_object(), *blocks = json_array();
    json_object_set_new(root, "model", ses_json_text(stats->run->model));
    json_object_set_new(root, "images", count_of(a->n_images));
    json_object_set_new(root, "pending", count_of(stats->run->n_pending));
    json_object_set_new(root, "unreadable",
                        count_of(stats->run->n_unreadable));
    json_object_set_new(root, "single_image_classes", count_of(a->n_single));
    json_object_set_new(root, "draws", count_of(a->draws));
    json_object_set_new(root, "shuffles", count_of(a->shuffles));
    json_object_set_new(root, "folds", count_of(a->folds));
    json_object_set_new(root, "decoded_images", count_of(a->n_decoded));
    json_object_set_new(root, "classes", classes_of(stats));
    for (size_t b = 0; b < a->n_blocks; b++)
        json_array_append_new(blocks, block_of(stats, b));
    json_object_set_new(root, "blocks", blocks);
    if (stats->rsa)
        json_object_set_new(root, "rsa", matrix_of(stats->rsa, a->n_blocks));
    if (stats->cka) {
        json_object_set_new(root, "cka", matrix_of(stats->cka, a->n_blocks));
        json_object_set_new(root, "cka_images", count_of(stats->cka_images));
    }
    json_object_set_new(root, "verdict", verdict_of(&a->trend));
    char *text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    json_decref(root);
    if (!text)
        return ses_fail_memory(err, "the statistics as JSON");
    ses_print(text);
    ses_print("\n");
    free(text);
    return SES_OK;
}
