/* Inside a donor: what donor.c, donor-images.c and donor-force.c share. */
#ifndef SES_ABLATION_DONOR_DATA_H
#define SES_ABLATION_DONOR_DATA_H

#include "core/ablation/donor.h"

/* What is known of a block's gates in the record; NULL what no variant
 * needs. */
struct ses_donor_block {
    int channels;
    float *mean;       /* [channels], over all images */
    float *class_mean; /* [n_classes][channels] */
    float *rows;       /* [n_images][channels] */
    int *selective;    /* [channels]: most selective of classes first */
};

struct ses_donor {
    uint64_t seed;
    size_t n_blocks;
    struct ses_donor_block *blocks; /* of the model */
    /* of every item of the set */
    uint64_t *keys; /* of its path: what random numbers come of */
    int32_t *classes;   /* the record's; -1: it has none such */
    uint32_t *shuffled; /* the record's image whose gate it gets; NULL: not
                         * needed */
    uint32_t *other;    /* the same, of another class */
};

/* 64 bits of a key and a number, none of which shows the other. */
uint64_t ses_donor_mix(uint64_t key, uint64_t number);

/* Which kinds some variant has. */
bool ses_donor_any(const struct ses_variant *variants, size_t n,
                   enum ses_force_kind kind);

/* Fill keys, classes, shuffled and other. run may be NULL. */
SES_MUST_CHECK enum ses_status ses_donor_match(
    struct ses_donor *donor, const struct ses_run_file *run,
    const struct ses_set *set, const struct ses_variant *variants,
    size_t n_variants, struct ses_error *err);

#endif
