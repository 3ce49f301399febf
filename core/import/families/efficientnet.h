/* EfficientNet's rule (Tan and Le, arXiv:1905.11946 and 2104.00298), which
 * torchvision's networks and timm's share: strides by stage, and members by
 * depths and widths. */
#ifndef SES_IMPORT_EFFICIENTNET_H
#define SES_IMPORT_EFFICIENTNET_H

#include "core/import/families/inverted.h"

enum ses_efficientnet_kind {
    SES_EFFICIENTNET_V1,
    SES_EFFICIENTNET_LITE, /* no gates, ReLU6 */
    SES_EFFICIENTNET_V2    /* the first three stages are not depthwise */
};

/* Check the units' stages against the rule, unless `forced` (then what differs
 * goes to the notes), and give them strides. Fails with what differs,
 * asking for --arch `generic`. */
enum ses_efficientnet_kind ses_efficientnet_apply(
    struct ses_build *build, struct ses_inverted_list *units, bool forced,
    const char *generic);

/* "b0", "b1_pruned", "lite2", "v2_s", "v2_rw_t", ...; NULL for no published one. */
const char *ses_efficientnet_size(const struct ses_inverted_list *units,
                                  enum ses_efficientnet_kind kind);

#endif
