/* A Keras model's configuration: JSON of layers and of what they are called
 * with, written in three ways by three generations of Keras. */
#ifndef SES_IMPORT_KERAS_CONFIG_H
#define SES_IMPORT_KERAS_CONFIG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"

/* Parse a model's configuration and bring what Keras 1 called otherwise to
 * the words of Keras 2. Caller frees with json_decref(). */
SES_MUST_CHECK enum ses_status ses_keras_config_parse(const char *text,
                                                      size_t length,
                                                      json_t **out,
                                                      struct ses_error *err);

/* Names of Keras 1 in a model and all that is nested in it. */
void ses_keras_config_modernise(json_t *model, int depth);

/* Of a layer, or a model: its class and name (empty when it has none),
 * whether it is a model, whether it is trained. */
const char *ses_keras_config_class(const json_t *layer);
const char *ses_keras_config_name(const json_t *layer);
bool ses_keras_config_is_model(const char *class_name);
bool ses_keras_config_is_sequential(const json_t *model);
bool ses_keras_config_trainable(const json_t *layer);

/* A model's layers, borrowed; NULL when it has none. */
json_t *ses_keras_config_layers(const json_t *model);

/* Text of an object's key, or fallback. */
const char *ses_keras_config_text(const json_t *object, const char *key,
                                  const char *fallback);

/* What a layer is called with, in one form: {"args": [...], "kwargs": {...}},
 * in which a tensor is {"ref": [layer, call, output]}. NULL without memory.
 * Caller frees with json_decref(). */
json_t *ses_keras_call(json_t *inbound);

/* A tensor of that form, or of a model's inputs and outputs. */
struct ses_keras_ref {
    const char *layer;
    long long call, output;
};
bool ses_keras_ref(const json_t *value, struct ses_keras_ref *out);

/* Called for every tensor in a value, in order; false ends the walk. */
typedef bool ses_keras_see_ref(void *user, const struct ses_keras_ref *ref);
bool ses_keras_refs(json_t *value, ses_keras_see_ref *see, void *user);

/* A name as Keras makes it of a class: "PReLU" is "p_re_lu". */
void ses_keras_snake_case(const char *class_name, char *out, size_t size);

#endif
