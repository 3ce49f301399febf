/* Orders of an image's floats: what a PERMUTE node is told. */
#ifndef SES_GRAPH_PERMUTE_H
#define SES_GRAPH_PERMUTE_H

#include "core/graph/graph.h"

/* The same with as few axes as will do: axes of one element go, neighbours
 * that stay neighbours become one. Fields must be in range (as they are where
 * shapes are inferred). */
struct ses_permute ses_permute_simplify(const struct ses_permute *permute);

/* Whether floats stay where they are, and the map has other sizes at most. */
bool ses_permute_renames(const struct ses_permute *permute);

/* One order that is first, then second. False when their axes cut the floats
 * in ways that no common axes can say, or these are too many. */
bool ses_permute_merge(const struct ses_permute *first,
                       const struct ses_permute *second,
                       struct ses_permute *out);

#endif
