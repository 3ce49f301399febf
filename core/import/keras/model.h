/* A model's layers, built in the order they need each other. */
#ifndef SES_IMPORT_KERAS_MODEL_H
#define SES_IMPORT_KERAS_MODEL_H

#include "core/import/keras/layer.h"

/* Build a model (its configuration) on inputs; all it gives, into *out, which
 * the caller frees with free(). Failures are in the graph's error, and *out is
 * NULL then. */
bool ses_keras_build_model(struct ses_keras *keras, json_t *model,
                           const struct ses_view *in, size_t n_in,
                           struct ses_view **out, size_t *n_out);

/* Whether the first layer that changes a model's input is one that brings
 * pixels of 0..255 to the range it was trained with. */
bool ses_keras_takes_pixels(const json_t *model);

/* The shape of a model's only input, the batch among its `rank` axes; open
 * ones are 0. */
SES_MUST_CHECK enum ses_status ses_keras_input_shape(json_t *model,
                                                     int *rank, int *size,
                                                     const char **name,
                                                     struct ses_error *err);

#endif
