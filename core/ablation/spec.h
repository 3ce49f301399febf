/* What is done to gates: `BLOCK=VALUE`, parsed against a network's blocks.
 *
 *     SPEC   = BLOCK [ "[" RANGES "]" ] "=" VALUE
 *     BLOCK  = a block's name or source, a glob, stageN, last-of-stage, all
 *     RANGES = N | N-M, separated by commas; channels, counted from 0 (a last
 *              bracket is a glob's where what is before it means no block)
 *     VALUE  = one | zero | NUMBER | mean | class-mean | shuffle-channels |
 *              shuffle-images | other-class | noise=SIGMA | scale=T | top=K%
 *
 * A variant is a list of SPECs, applied in the order given, each to what the
 * one before left; but scale=T divides what the gate's non-linearity is given
 * by T, and so comes before all others. A channel that no SPEC names stays as
 * the network makes it. */
#ifndef SES_ABLATION_SPEC_H
#define SES_ABLATION_SPEC_H

#include <stdbool.h>

#include "core/graph/blocks.h"

enum ses_force_kind {
    SES_FORCE_NUMBER,           /* one, zero, 0.5: number */
    SES_FORCE_MEAN,             /* each channel's mean over a record */
    SES_FORCE_CLASS_MEAN,       /* its mean over the image's class */
    SES_FORCE_SHUFFLE_CHANNELS, /* another channel's gate; one seeded order a
                                 * block, the same for every image */
    SES_FORCE_SHUFFLE_IMAGES,   /* the gate of another image of a record */
    SES_FORCE_OTHER_CLASS,      /* that of an image of another class */
    SES_FORCE_NOISE,            /* plus normal noise of deviation number */
    SES_FORCE_SCALE,            /* f(z / number) where the gate is f(z) */
    SES_FORCE_TOP               /* the share number of channels that are most
                                 * selective of classes stay, others: mean */
};

/* Whether a kind needs a record (--from), and its rows, not only means. */
bool ses_force_needs_record(enum ses_force_kind kind);
bool ses_force_needs_rows(enum ses_force_kind kind);

/* One SPEC, on one block. */
struct ses_force {
    enum ses_force_kind kind;
    double number;
    size_t block;  /* index into the model's blocks */
    bool *channel; /* [channels] of the block: those it is done to; owned */
};

/* What is done at once: no force is the network as it is. */
struct ses_variant {
    char *text; /* "SE_3_2=one SE_3_3=one", as shown; owned */
    struct ses_force *forces; /* in the order they apply, a block each */
    size_t n_forces;
};

/* Add a SPEC to a variant (zeroed at first). Errors are SES_EUSAGE and name
 * what is wrong, with near names. */
SES_MUST_CHECK enum ses_status ses_variant_add(struct ses_variant *variant,
                                               const char *spec,
                                               const struct ses_blocks *blocks,
                                               struct ses_error *err);
void ses_variant_release(struct ses_variant *variant);

/* First block in depth order that it touches; blocks->count for none. */
size_t ses_variant_first(const struct ses_variant *variant,
                         const struct ses_blocks *blocks);

/* Blocks that are made constant on all channels (number, mean, and no shuffle
 * after): what an implementation could leave out, in parameters.
 * [blocks->count]. */
void ses_variant_constant(const struct ses_variant *variant,
                          const struct ses_blocks *blocks, bool *constant);

#endif
