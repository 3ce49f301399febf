/* See sweep.h. */
#include "core/ablation/sweep.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"

const char *const ses_sweep_names[] = { "blocks", "stages", "cumulative",
                                        "pairs", NULL };

struct sweep {
    struct ses_variants *variants;
    const char *value;
    const struct ses_variant *base;
    const struct ses_blocks *blocks;
    const size_t *chosen;
    size_t n_chosen;
    struct ses_error *err;
};

/* ---- the list ----------------------------------------------------------- */

static bool same_force(const struct ses_force *a, const struct ses_force *b,
                       const struct ses_blocks *blocks)
{
    return a->kind == b->kind && a->number == b->number &&
           a->block == b->block &&
           memcmp(a->channel, b->channel,
                  (size_t)blocks->items[a->block].channels *
                      sizeof *a->channel) == 0;
}

/* Whether the same is done to every block in the same order. */
static bool same_variant(const struct ses_variant *a,
                         const struct ses_variant *b,
                         const struct ses_blocks *blocks)
{
    if (a->n_forces != b->n_forces)
        return false;
    for (size_t block = 0; block < blocks->count; block++) {
        size_t i = 0, j = 0;
        for (;;) {
            while (i < a->n_forces && a->forces[i].block != block)
                i++;
            while (j < b->n_forces && b->forces[j].block != block)
                j++;
            if (i == a->n_forces || j == b->n_forces)
                break;
            if (!same_force(&a->forces[i++], &b->forces[j++], blocks))
                return false;
        }
        if (i < a->n_forces || j < b->n_forces)
            return false;
    }
    return true;
}

/* Takes the variant over, also on failure. */
static enum ses_status append(struct sweep *sweep, struct ses_variant *variant)
{
    struct ses_variants *variants = sweep->variants;
    for (size_t i = 0; i < variants->count; i++)
        if (same_variant(&variants->items[i], variant, sweep->blocks)) {
            ses_variant_release(variant);
            return SES_OK;
        }
    struct ses_variant *items =
        ses_realloc(variants->items, variants->count + 1, sizeof *items);
    if (!items) {
        ses_variant_release(variant);
        return ses_fail_memory(sweep->err, "variants");
    }
    variants->items = items;
    items[variants->count++] = *variant;
    return SES_OK;
}

static enum ses_status append_plain(struct sweep *sweep)
{
    struct ses_variant plain = { .text = strdup("") };
    if (!plain.text)
        return ses_fail_memory(sweep->err, "variants");
    return append(sweep, &plain);
}

/* ---- one variant -------------------------------------------------------- */

static enum ses_status copy_base(const struct ses_variant *base,
                                 const struct ses_blocks *blocks,
                                 struct ses_variant *out,
                                 struct ses_error *err)
{
    out->text = strdup(base->text ? base->text : "");
    out->forces = ses_calloc(base->n_forces, sizeof *out->forces);
    if (!out->text || !out->forces)
        return ses_fail_memory(err, "a variant");
    for (size_t i = 0; i < base->n_forces; i++) {
        const struct ses_force *from = &base->forces[i];
        size_t n = (size_t)blocks->items[from->block].channels;
        bool *channel = ses_calloc(n, sizeof *channel);
        if (!channel)
            return ses_fail_memory(err, "a variant");
        memcpy(channel, from->channel, n * sizeof *channel);
        out->forces[i] = *from;
        out->forces[i].channel = channel;
        out->n_forces++;
    }
    return SES_OK;
}

/* The blocks chosen[index[0..n)], forced on top of the base. */
static enum ses_status add(struct sweep *sweep, const size_t *index, size_t n)
{
    struct ses_variant variant = { 0 };
    enum ses_status status =
        copy_base(sweep->base, sweep->blocks, &variant, sweep->err);
    for (size_t i = 0; i < n && !status; i++) {
        size_t block = sweep->chosen[index[i]];
        char *spec = ses_format("%s=%s", sweep->blocks->items[block].name,
                                sweep->value);
        status = spec ? ses_variant_add(&variant, spec, sweep->blocks,
                                        sweep->err)
                      : ses_fail_memory(sweep->err, "a variant");
        free(spec);
    }
    if (status) {
        ses_variant_release(&variant);
        return status;
    }
    return append(sweep, &variant);
}

/* ---- the families ------------------------------------------------------- */

static enum ses_status add_each(struct sweep *sweep)
{
    enum ses_status status = SES_OK;
    for (size_t i = 0; i < sweep->n_chosen && !status; i++)
        status = add(sweep, &i, 1);
    return status;
}

/* index: 0, 1, 2, ... */
static enum ses_status add_stages(struct sweep *sweep, const size_t *index)
{
    const struct ses_block *blocks = sweep->blocks->items;
    enum ses_status status = SES_OK;
    size_t first = 0;
    for (size_t i = 1; i <= sweep->n_chosen && !status; i++) {
        if (i < sweep->n_chosen &&
            ses_same_stage(&blocks[sweep->chosen[i - 1]],
                           &blocks[sweep->chosen[i]]))
            continue;
        status = add(sweep, index + first, i - first);
        first = i;
    }
    return status;
}

static enum ses_status add_cumulative(struct sweep *sweep, const size_t *index)
{
    enum ses_status status = SES_OK;
    size_t n = sweep->n_chosen;
    for (size_t i = 1; i <= n && !status; i++)
        status = add(sweep, index + n - i, i);
    for (size_t i = 1; i <= n && !status; i++)
        status = add(sweep, index, i);
    return status;
}

static enum ses_status add_pairs(struct sweep *sweep)
{
    enum ses_status status = add_each(sweep);
    for (size_t i = 0; i < sweep->n_chosen; i++)
        for (size_t j = i + 1; j < sweep->n_chosen && !status; j++)
            status = add(sweep, (size_t[]){ i, j }, 2);
    return status;
}

static enum ses_status add_family(struct sweep *sweep, enum ses_sweep kind,
                                  const size_t *index)
{
    switch (kind) {
    case SES_SWEEP_BLOCKS:
        return add_each(sweep);
    case SES_SWEEP_STAGES:
        return add_stages(sweep, index);
    case SES_SWEEP_CUMULATIVE:
        return add_cumulative(sweep, index);
    case SES_SWEEP_PAIRS:
        break;
    }
    return add_pairs(sweep);
}

enum ses_status ses_sweep_add(struct ses_variants *variants,
                              enum ses_sweep kind, const char *const *values,
                              size_t n_values, const struct ses_variant *base,
                              const struct ses_blocks *blocks,
                              const size_t *chosen, size_t n_chosen,
                              struct ses_error *err)
{
    struct sweep sweep = { variants, NULL,     base, blocks,
                           chosen,   n_chosen, err };
    enum ses_status status = SES_OK;
    size_t *index = ses_calloc(n_chosen, sizeof *index);
    if (!index)
        return ses_fail_memory(err, "a sweep");
    for (size_t i = 0; i < n_chosen; i++)
        index[i] = i;
    /* the network as it is comes first, whoever asks */
    if (!variants->count)
        status = append_plain(&sweep);
    for (size_t v = 0; v < n_values && !status; v++) {
        sweep.value = values[v];
        status = add_family(&sweep, kind, index);
    }
    free(index);
    return status;
}

void ses_variants_release(struct ses_variants *variants)
{
    for (size_t i = 0; i < variants->count; i++)
        ses_variant_release(&variants->items[i]);
    free(variants->items);
    *variants = (struct ses_variants){ 0 };
}
