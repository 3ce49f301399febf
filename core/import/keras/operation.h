/* Operations kept as layers: which one a layer is, and those with a file of
 * their own. */
#ifndef SES_IMPORT_KERAS_OPERATION_H
#define SES_IMPORT_KERAS_OPERATION_H

#include "core/import/keras/layer.h"

/* The operation of a layer's JSON, in small letters: "multiply", "reshape". */
void ses_keras_operation_name(const json_t *layer, char *out, size_t size);
bool ses_keras_operation_known(const char *name);

/* x[...]: parts of axes. */
struct ses_view ses_keras_get_item(struct ses_keras_layer *layer);

#endif
