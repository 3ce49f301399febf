/* Inverted residual units as torchvision numbers their layers: block.0,
 * block.1, ... of convolution (0) and norm (1), with the gate (fc1, fc2) among
 * them. */
#ifndef SES_IMPORT_TORCHVISION_H
#define SES_IMPORT_TORCHVISION_H

#include "core/import/families/inverted.h"

/* Fill a unit from what is below path; its gate's non-linearities are the
 * caller's. */
void ses_torchvision_unit(const struct ses_state *state, const char *path,
                          struct ses_inverted *unit);

#endif
