/* McNemar's exact test (McNemar, 1947): of images that one network gets right
 * and another wrong, is as many to be expected the other way round. */
#ifndef SES_STATS_MCNEMAR_H
#define SES_STATS_MCNEMAR_H

#include <stddef.h>

/* Two-sided p of the binomial test of `lost` among lost + gained at 1/2; 1
 * without any. Exact to 1e-9 of itself for millions of images; 0 where that is
 * less than a double holds. */
double ses_mcnemar_exact(size_t lost, size_t gained);

#endif
