/* Other shapes, for layers and operations alike. */
#ifndef SES_IMPORT_KERAS_SHAPE_H
#define SES_IMPORT_KERAS_SHAPE_H

#include "core/import/keras/layer.h"

/* x in a list of sizes, of which one may be -1; has_batch: the first is the
 * batch's. */
struct ses_view ses_keras_reshape(const struct ses_keras_layer *layer,
                                  const struct ses_view *x,
                                  const json_t *sizes, bool has_batch);

/* All of an image in a row. */
struct ses_view ses_keras_flatten(const struct ses_keras_layer *layer,
                                  const struct ses_view *x);

#endif
