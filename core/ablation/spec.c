/* See spec.h. */
#include "core/ablation/spec.h"

#include <errno.h>
#include <float.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/graph/select.h"

/* ---- values ------------------------------------------------------------- */

/* Words, and those that a number follows. */
static const struct word {
    const char *text;
    enum ses_force_kind kind;
    double number;
} words[] = {
    { "one", SES_FORCE_NUMBER, 1 },
    { "zero", SES_FORCE_NUMBER, 0 },
    { "mean", SES_FORCE_MEAN, 0 },
    { "class-mean", SES_FORCE_CLASS_MEAN, 0 },
    { "shuffle-channels", SES_FORCE_SHUFFLE_CHANNELS, 0 },
    { "shuffle-images", SES_FORCE_SHUFFLE_IMAGES, 0 },
    { "other-class", SES_FORCE_OTHER_CLASS, 0 },
};
static const char *const names[] = {
    "one",           "zero",           "mean",        "class-mean",
    "shuffle-channels", "shuffle-images", "other-class", "noise=SIGMA",
    "scale=T",       "top=K%",
};
enum { N_WORDS = sizeof words / sizeof *words,
       N_NAMES = sizeof names / sizeof *names };

bool ses_force_needs_record(enum ses_force_kind kind)
{
    return kind == SES_FORCE_MEAN || kind == SES_FORCE_CLASS_MEAN ||
           ses_force_needs_rows(kind);
}

bool ses_force_needs_rows(enum ses_force_kind kind)
{
    return kind == SES_FORCE_SHUFFLE_IMAGES ||
           kind == SES_FORCE_OTHER_CLASS || kind == SES_FORCE_TOP;
}

/* What follows `name` in value, or NULL. */
static const char *after(const char *value, const char *name)
{
    size_t n = strlen(name);
    return strncmp(value, name, n) == 0 ? value + n : NULL;
}

static enum ses_status parse_noise(const char *text, struct ses_force *force,
                                   struct ses_error *err)
{
    force->kind = SES_FORCE_NOISE;
    if (ses_parse_double(text, 0, FLT_MAX, &force->number))
        return SES_OK;
    return ses_fail(err, SES_EUSAGE,
                    "noise is '%s', expected a deviation of 0 or more, as in "
                    "noise=0.1",
                    text);
}

static enum ses_status parse_scale(const char *text, struct ses_force *force,
                                   struct ses_error *err)
{
    force->kind = SES_FORCE_SCALE;
    if (ses_parse_double(text, FLT_MIN, FLT_MAX, &force->number))
        return SES_OK;
    return ses_fail(err, SES_EUSAGE,
                    "scale is '%s', expected a temperature above 0, as in "
                    "scale=2",
                    text);
}

static enum ses_status parse_top(const char *text, struct ses_force *force,
                                 struct ses_error *err)
{
    char number[32];
    double percent;
    size_t n = strlen(text);
    force->kind = SES_FORCE_TOP;
    if (n > 1 && n <= sizeof number && text[n - 1] == '%') {
        memcpy(number, text, n - 1);
        number[n - 1] = '\0';
        if (ses_parse_double(number, DBL_MIN, 100, &percent)) {
            force->number = percent / 100;
            return SES_OK;
        }
    }
    return ses_fail(err, SES_EUSAGE,
                    "top is '%s', expected a share of the channels above 0%% "
                    "and up to 100%%, as in top=10%%",
                    text);
}

static enum ses_status fail_value(const char *value, struct ses_error *err)
{
    char *end, suggestion[512];
    errno = 0;
    strtod(value, &end);
    if (*value && !*end)
        return ses_fail(err, SES_EUSAGE,
                        "a gate cannot be '%s', expected a finite number",
                        value);
    ses_suggest(value, names, N_NAMES, suggestion, sizeof suggestion);
    if (*suggestion)
        return ses_fail(err, SES_EUSAGE, "no value of a gate is '%s'%s", value,
                        suggestion);
    return ses_fail(err, SES_EUSAGE,
                    "no value of a gate is '%s', expected a number, one, "
                    "zero, mean, class-mean, shuffle-channels, "
                    "shuffle-images, other-class, noise=SIGMA, scale=T or "
                    "top=K%%",
                    value);
}

static enum ses_status parse_value(const char *value, struct ses_force *force,
                                   struct ses_error *err)
{
    const char *text;
    for (size_t i = 0; i < N_WORDS; i++)
        if (strcmp(value, words[i].text) == 0) {
            force->kind = words[i].kind;
            force->number = words[i].number;
            return SES_OK;
        }
    if ((text = after(value, "noise=")))
        return parse_noise(text, force, err);
    if ((text = after(value, "scale=")))
        return parse_scale(text, force, err);
    if ((text = after(value, "top=")))
        return parse_top(text, force, err);
    force->kind = SES_FORCE_NUMBER;
    if (ses_parse_double(value, -FLT_MAX, FLT_MAX, &force->number))
        return SES_OK;
    return fail_value(value, err);
}

/* ---- blocks and channels ------------------------------------------------ */

/* One number of a range at *text, which goes on behind it. */
static bool parse_channel(const char **text, long *out)
{
    char digits[12];
    size_t n = strspn(*text, "0123456789");
    if (n >= sizeof digits)
        return false;
    memcpy(digits, *text, n);
    digits[n] = '\0';
    *text += n;
    return ses_parse_long(digits, 0, INT32_MAX, out);
}

/* Mark channels. The first beyond the channels goes to *beyond, which is -1
 * when there is none. */
static bool parse_ranges(const char *text, bool *channel, int channels,
                         long *beyond)
{
    *beyond = -1;
    for (;;) {
        long first, last;
        if (!parse_channel(&text, &first))
            return false;
        last = first;
        if (*text == '-') {
            text++;
            if (!parse_channel(&text, &last) || last < first)
                return false;
        }
        if (last >= channels && *beyond < 0)
            *beyond = first >= channels ? first : last;
        for (long c = first; c <= last && c < channels; c++)
            channel[c] = true;
        if (!*text)
            return true;
        if (*text++ != ',')
            return false;
    }
}

/* A SPEC in its parts; ranges NULL: all channels. */
struct parts {
    char *copy, *block, *ranges;
    const char *value;
};

/* Whether a pattern means blocks. */
static bool means_blocks(const struct ses_blocks *blocks, const char *pattern,
                         size_t *index)
{
    size_t count;
    return ses_blocks_select(blocks, pattern, index, &count, NULL) == SES_OK;
}

/* A last bracket is ranges where what stands before it means blocks, else it
 * is a glob's; names and sources come first, as they may hold brackets. */
static void part_ranges(struct parts *parts, const struct ses_blocks *blocks,
                        size_t *index)
{
    size_t n = strlen(parts->block);
    char *open = strrchr(parts->block, '[');
    if (!open || parts->block[n - 1] != ']')
        return;
    for (size_t i = 0; i < blocks->count; i++)
        if (strcmp(blocks->items[i].name, parts->block) == 0 ||
            strcmp(blocks->items[i].source, parts->block) == 0)
            return;
    *open = '\0';
    bool before = means_blocks(blocks, parts->block, index);
    *open = '[';
    if (!before && means_blocks(blocks, parts->block, index))
        return;
    *open = '\0';
    parts->block[n - 1] = '\0';
    parts->ranges = open + 1;
}

static enum ses_status part(const char *spec, const struct ses_blocks *blocks,
                            size_t *index, struct parts *parts,
                            struct ses_error *err)
{
    parts->copy = parts->block = strdup(spec);
    if (!parts->copy)
        return ses_fail_memory(err, "a SPEC");
    char *equals = strchr(parts->copy, '=');
    if (!equals || equals == parts->copy || !equals[1])
        return ses_fail(err, SES_EUSAGE,
                        "expected BLOCK=VALUE, as in SE_3_2=one");
    *equals = '\0';
    parts->value = equals + 1;
    part_ranges(parts, blocks, index);
    return SES_OK;
}

/* A force on one block: like `force`, with channels of its own. */
static enum ses_status make_force(const struct parts *parts,
                                  const struct ses_block *block,
                                  struct ses_force *force,
                                  struct ses_error *err)
{
    long beyond = -1;
    if (force->kind == SES_FORCE_SCALE && block->pregate < 0)
        return ses_fail(err, SES_EUSAGE,
                        "the gate of '%s' has several non-linearities, so "
                        "there is none to scale",
                        block->name);
    force->channel = ses_calloc((size_t)block->channels,
                                sizeof *force->channel);
    if (!force->channel)
        return ses_fail_memory(err, "channels");
    if (!parts->ranges) {
        memset(force->channel, true, (size_t)block->channels);
        return SES_OK;
    }
    if (!parse_ranges(parts->ranges, force->channel, block->channels, &beyond))
        return ses_fail(err, SES_EUSAGE,
                        "channels are '%s', expected N or N-M, separated by "
                        "commas",
                        parts->ranges);
    if (beyond >= 0)
        return ses_fail(err, SES_EUSAGE,
                        "there is no channel %ld: '%s' has %d, counted from "
                        "0",
                        beyond, block->name, block->channels);
    return SES_OK;
}

/* ---- variants ----------------------------------------------------------- */

/* Append n forces, whose channels are taken over on success. */
static enum ses_status append(struct ses_variant *variant, const char *spec,
                              const struct ses_force *forces, size_t n,
                              struct ses_error *err)
{
    char *text = variant->text && *variant->text
                     ? ses_format("%s %s", variant->text, spec)
                     : strdup(spec);
    struct ses_force *all = ses_realloc(
        variant->forces, variant->n_forces + n, sizeof *all);
    if (all)
        variant->forces = all;
    if (!text || !all) {
        free(text);
        return ses_fail_memory(err, "forces");
    }
    memcpy(all + variant->n_forces, forces, n * sizeof *forces);
    variant->n_forces += n;
    free(variant->text);
    variant->text = text;
    return SES_OK;
}

enum ses_status ses_variant_add(struct ses_variant *variant, const char *spec,
                                const struct ses_blocks *blocks,
                                struct ses_error *err)
{
    struct parts parts = { 0 };
    struct ses_force force = { 0 };
    size_t n = 0;
    enum ses_status status = SES_OK;
    size_t *index = ses_calloc(blocks->count, sizeof *index);
    struct ses_force *forces = ses_calloc(blocks->count, sizeof *forces);
    if (!index || !forces) {
        status = ses_fail_memory(err, "forces");
        goto out;
    }
    status = part(spec, blocks, index, &parts, err);
    if (!status)
        status = ses_blocks_select(blocks, parts.block, index, &n, err);
    if (!status)
        status = parse_value(parts.value, &force, err);
    for (size_t i = 0; i < n && !status; i++) {
        force.block = index[i];
        forces[i] = force;
        status = make_force(&parts, &blocks->items[index[i]], &forces[i], err);
    }
    if (!status)
        status = append(variant, spec, forces, n, err);
out:
    if (status && err) {
        err->status = status;
        ses_error_context(err, "'%s'", spec);
    }
    for (size_t i = 0; status && forces && i < n; i++)
        free(forces[i].channel);
    free(forces);
    free(index);
    free(parts.copy);
    return status;
}

void ses_variant_release(struct ses_variant *variant)
{
    for (size_t i = 0; i < variant->n_forces; i++)
        free(variant->forces[i].channel);
    free(variant->forces);
    free(variant->text);
    *variant = (struct ses_variant){ 0 };
}

size_t ses_variant_first(const struct ses_variant *variant,
                         const struct ses_blocks *blocks)
{
    size_t first = blocks->count;
    for (size_t i = 0; i < variant->n_forces; i++)
        if (variant->forces[i].block < first)
            first = variant->forces[i].block;
    return first;
}

/* Whether a channel is the same for all images in the end. Shuffled channels
 * count as ones that are not, whatever they were. */
static bool is_fixed(const struct ses_variant *variant, size_t block, int c)
{
    bool fixed = false;
    for (size_t i = 0; i < variant->n_forces; i++) {
        const struct ses_force *force = &variant->forces[i];
        if (force->block != block || !force->channel[c] ||
            force->kind == SES_FORCE_SCALE || /* comes before all others */
            force->kind == SES_FORCE_TOP) /* at least one stays as it is */
            continue;
        fixed = force->kind == SES_FORCE_NUMBER ||
                force->kind == SES_FORCE_MEAN;
    }
    return fixed;
}

void ses_variant_constant(const struct ses_variant *variant,
                          const struct ses_blocks *blocks, bool *constant)
{
    for (size_t b = 0; b < blocks->count; b++) {
        constant[b] = true;
        for (int c = 0; c < blocks->items[b].channels && constant[b]; c++)
            constant[b] = is_fixed(variant, b, c);
    }
}
