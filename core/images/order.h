/* The orders in which class folders are counted: which folder is output i
 * depends on it, so it is never the order a directory happens to have. */
#ifndef SES_IMAGES_ORDER_H
#define SES_IMAGES_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "core/images/set.h"

/* One or more digits and nothing else. */
bool ses_is_number(const char *name);

/* Negative, zero or positive as a number sorts before, with or after b; of two
 * that are equal the bytes decide. */
int ses_order_numeric(const char *a, const char *b);

/* Sort names[count]; all orders are total for distinct names. Natural is
 * timm's: runs of digits count as numbers, ASCII case is ignored. Numeric order
 * of a name that is no number is SES_EUSAGE. */
SES_MUST_CHECK enum ses_status ses_order_names(char **names, size_t count,
                                               enum ses_folder_order order,
                                               struct ses_error *err);

#endif
