/* A network opened from the file its framework wrote, ready to look at. */
#ifndef SES_IMPORT_MODEL_H
#define SES_IMPORT_MODEL_H

#include "core/base/error.h"
#include "core/graph/blocks.h"
#include "core/graph/graph.h"
#include "core/images/preprocess.h"

struct ses_model_options {
    const char *weights;    /* Caffe: the .caffemodel; else NULL */
    const char *arch;       /* --arch, or NULL */
    const char *state_key;  /* --state-key, or NULL */
    const char *preprocess; /* --preprocess, or NULL: the family's default */
    bool as_trained; /* leave batch norms and activations as they are: to look
                      * at, not to run */
};

struct ses_model {
    char *path;
    char sha256[65]; /* of the model file; of a network in several, of all,
                      * one after the other: `cat NET WEIGHTS | sha256sum` */
    char arch[64];   /* "SE-ResNet-50 (cadene)" */
    char *notes;     /* what was assumed or stripped, for people, one
                     * a line; or NULL */
    struct ses_graph *graph; /* shapes inferred for the preprocessing */
    struct ses_blocks blocks;
    struct ses_preprocess preprocess;
    size_t parameters; /* of the whole network */
    bool classifier;   /* the output is a vector of class scores */
    int outputs;       /* of the classifier; 0 without one */
    const char *labels; /* label table its format's networks use when nobody
                         * says, for class names that are wnids */
};

/* Open, build, infer, find the SE blocks, and run the passes. A network
 * without SE blocks opens (blocks.count is 0). Caller frees with
 * ses_model_free(). */
SES_MUST_CHECK enum ses_status ses_model_open(
    const char *path, const struct ses_model_options *options,
    struct ses_model **out, struct ses_error *err);
void ses_model_free(struct ses_model *model);

#endif
