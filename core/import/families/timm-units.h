/* The units of timm's EfficientNet and MobileNetV3 files: stages blocks.S of
 * units blocks.S.U, whose layers are named by what they do. */
#ifndef SES_IMPORT_TIMM_UNITS_H
#define SES_IMPORT_TIMM_UNITS_H

#include "core/import/families/inverted.h"

/* Whether the file has a stem and units of this kind. */
bool ses_timm_units_match(const struct ses_state *state);

/* Append all units. A unit of a single convolution and norm (conv, bn1) is one
 * of one layer. Their gates have the non-linearities given. */
void ses_timm_units(struct ses_build *build, struct ses_inverted_list *units,
                    enum ses_activation gate);

/* Whether the network is a port from TensorFlow: by the member asked for, else
 * by what the file calls itself, which is then said. Sets how convolutions are
 * padded and epsilon. */
bool ses_timm_port(struct ses_build *build, const char *member);

/* Say that PyTorch's own padding and epsilon were assumed for a network whose
 * port from TensorFlow (tf_<name>) has the same tensors. */
void ses_timm_note_port(struct ses_build *build, const char *name);

#endif
