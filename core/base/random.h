/* Seeded random numbers, the same on every machine (xoshiro256**, seeded by
 * splitmix64; Blackman and Vigna, 2018). */
#ifndef SES_BASE_RANDOM_H
#define SES_BASE_RANDOM_H

#include <stdint.h>

struct ses_random {
    uint64_t state[4];
};

void ses_random_seed(struct ses_random *random, uint64_t seed);

/* Uniform in 0 .. bound-1 without bias; bound > 0. */
uint64_t ses_random_below(struct ses_random *random, uint64_t bound);

#endif
