/* The inverted residual unit that MobileNetV3 and EfficientNet share: expand,
 * a convolution with a window (mostly depthwise), a gate, project, and a
 * shortcut where the shape stays. What differs between libraries is where its
 * layers are in the file. */
#ifndef SES_IMPORT_INVERTED_H
#define SES_IMPORT_INVERTED_H

#include "core/import/families/build.h"

enum { SES_UNIT_LAYERS = 3 };

struct ses_inverted {
    struct ses_path path;
    int layers; /* of convolution and norm; all but the last are active */
    struct ses_path conv[SES_UNIT_LAYERS], norm[SES_UNIT_LAYERS];
    bool depthwise; /* the one with the window is */
    bool gated;
    struct ses_gate_dialect gate;
    bool gate_first; /* before the non-linearity, not after */

    /* What shapes do not say: filled by the family's rule. */
    int stride;
    enum ses_activation activation;
    bool no_skip; /* no shortcut even where the shape stays */

    /* For telling the member; 0 when the tensor is missing. */
    int stage;  /* counted from 0; -1 when the file has no stages */
    int kernel; /* of the window */
    int out;    /* channels */
};

/* Which of the unit's layers has the window: the second of three, else the
 * first. */
int ses_inverted_window(const struct ses_inverted *unit);

/* Fill kernel and out from the weights. */
void ses_inverted_measure(const struct ses_state *state,
                          struct ses_inverted *unit);

struct ses_flow ses_inverted_build(struct ses_build *build,
                                   struct ses_flow in,
                                   const struct ses_inverted *unit);

/* Units of a network, in order. */
struct ses_inverted_list {
    struct ses_inverted *items; /* owned */
    size_t count, capacity;
};

/* Append a zeroed unit; NULL without memory, which the build then says. */
struct ses_inverted *ses_inverted_add(struct ses_build *build,
                                      struct ses_inverted_list *list);
void ses_inverted_release(struct ses_inverted_list *list);

/* Convolution, norm and non-linearity. */
struct ses_flow ses_inverted_layer(struct ses_build *build,
                                   struct ses_flow in, const char *conv,
                                   const char *norm, struct ses_conv how,
                                   enum ses_activation activation);

/* "3x3 convolution with a gate", for messages. */
struct ses_path ses_inverted_text(int kernel, bool gated);

#endif
