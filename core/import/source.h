/* Files that carry their own graph: ONNX, Caffe, Keras.
 *
 * Each format is one folder with one function that builds a network from a
 * mapped file. What they share stands here: what an importer says of what it
 * found, and how the size and the preprocessing of the input are settled. */
#ifndef SES_IMPORT_SOURCE_H
#define SES_IMPORT_SOURCE_H

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/graph/graph.h"
#include "core/images/preprocess.h"
#include "core/import/model.h"

/* What an importer is given, and what it fills. */
struct ses_source {
    const char *path;
    const struct ses_file *file;            /* MODEL, mapped; borrowed */
    const struct ses_model_options *options; /* borrowed */
    struct ses_graph *graph; /* new, empty; its error is the caller's err.
                              * The importer calls ses_graph_finish() */

    /* filled */
    char arch[64];                    /* "SE-ResNet-50 (Caffe)" */
    struct ses_preprocess preprocess; /* by ses_source_settle_input() */
    char *notes;         /* what was assumed; see ses_source_note() */
    char sha256[65];     /* of all files that were read, the model file first,
                          * when there are several (ses_sha256()); else empty */
    bool classifier;     /* the output is a vector of class scores */
    const char *labels;  /* the label table the format's networks use when
                          * nobody says: "imagenet-devkit"; or NULL */
};

/* Settle what the network is given, before anything of the graph is built:
 * `usual` is the format's preprocessing, changed by --preprocess, for an
 * input of `channels`. h and w are the file's, or 0 where it leaves them open
 * (or any, with `any_size`: then --preprocess may say another). Fills
 * source->preprocess, whose input_h and input_w the importer gives to
 * ses_view_input(). */
SES_MUST_CHECK enum ses_status ses_source_settle_input(
    struct ses_source *source, const struct ses_preprocess *usual,
    int channels, int h, int w, bool any_size, struct ses_error *err);

/* The usual preprocessing of a file that does not say: `torch` geometry and
 * numbers for 3 channels at h x w (a shorter side of 256/224 of the crop;
 * below 96 pixels: none, images come in that size), grey scaled to 0..1 for
 * one channel. h and w 0: 224. */
void ses_source_usual(const char *preset, int channels, int h, int w,
                      struct ses_preprocess *out);

/* Add a sentence to the notes; no memory is no error. */
void ses_source_note(struct ses_source *source, const char *format, ...)
    SES_PRINTF(2, 3);

SES_MUST_CHECK enum ses_status ses_onnx_import(struct ses_source *source,
                                               struct ses_error *err);

/* source->file is the prototxt; options->weights names the caffemodel. */
SES_MUST_CHECK enum ses_status ses_caffe_import(struct ses_source *source,
                                                struct ses_error *err);

/* A full-model HDF5, or a .keras archive. */
SES_MUST_CHECK enum ses_status ses_keras_h5_import(struct ses_source *source,
                                                   struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_keras_zip_import(struct ses_source *source,
                                                    struct ses_error *err);

#endif
