/* MobileNetV3's rule (Howard et al., arXiv:1905.02244, tables 1 and 2): the
 * strides and non-linearities that no tensor shows. Three families share it. */
#ifndef SES_IMPORT_MOBILENETV3_H
#define SES_IMPORT_MOBILENETV3_H

#include "core/import/families/inverted.h"

struct ses_mobile_stage {
    int units, kernel, stride;
    bool gated, swish;
};

enum { SES_MOBILE_STAGES = 6 };

struct ses_mobile_rule {
    const char *name; /* "large" */
    int out;          /* channels of the last stage at width 1 */
    int stages;
    struct ses_mobile_stage stage[SES_MOBILE_STAGES];
    bool minimal; /* no gates, 3x3 only, ReLU everywhere */
};

/* Choose the rule by the units' kernels and gates (where the file has stages,
 * a stage may have any number of units), and give the units their strides and
 * non-linearities. wanted: a rule's name that --arch gave, which then holds
 * although kernels or gates differ (the notes say so); or NULL. Without a
 * rule the build fails with what differs, and asks for one of `members`. */
const struct ses_mobile_rule *ses_mobile_apply(struct ses_build *build,
                                               struct ses_inverted_list *units,
                                               const char *wanted,
                                               const char *members);

/* What torchvision's and d-li14's end in: a last convolution <last>.0 with its
 * norm <last>.1, the global mean, and two fully connected layers, of which the
 * first is only there with the second. */
struct ses_flow ses_mobile_head(struct ses_build *build, struct ses_flow in,
                                const char *last, bool *classifier);

/* ", width 0.5" for networks of another width than the rule's; else "". */
struct ses_path ses_mobile_width(const struct ses_mobile_rule *rule,
                                 const struct ses_inverted_list *units);

/* The rule's name in a member's; NULL in none. */
const char *ses_mobile_wanted(const char *member);

#endif
