/* A model while it is built: its layers, their calls, and what these gave. */
#ifndef SES_IMPORT_KERAS_SCOPE_H
#define SES_IMPORT_KERAS_SCOPE_H

#include "core/import/keras/config.h"
#include "core/import/keras/layer.h"
#include "core/import/names.h"

struct ses_keras_item {
    json_t *json;     /* borrowed */
    const char *name; /* borrowed */
    char number[96];  /* as an archive names it: "conv2d_1" */
    size_t first_call, n_calls;
    size_t base; /* the first call's number: 1 for models, whose own layers
                  * are call 0 to Keras, but only in some versions */
};

/* An output of a call. */
struct ses_keras_output {
    size_t call, output;
};

struct ses_keras_call_state {
    size_t item;
    json_t *arguments; /* owned */
    struct ses_keras_output *needs; /* args first; owned */
    size_t n_args, n_needs, capacity;
    size_t n_met; /* needs whose calls are known to be done */
    enum { SES_KERAS_NEW, SES_KERAS_WAITING, SES_KERAS_DONE } state;
    struct ses_view *out; /* owned */
    size_t n_out;
};

struct ses_keras_scope {
    struct ses_keras *keras;
    const char *name; /* the model's */
    struct ses_keras_item *items;
    size_t n_items;
    struct ses_names names; /* items by name */
    struct ses_keras_call_state *calls;
    size_t n_calls, calls_capacity;
    size_t *stack; /* calls that wait for others */
    size_t depth, stack_capacity;
    bool failed;
};

/* All of these fail the graph's error and return false. */
bool ses_keras_scope_init(struct ses_keras_scope *scope,
                          struct ses_keras *keras, json_t *model);
void ses_keras_scope_release(struct ses_keras_scope *scope);
bool ses_keras_scope_give_inputs(struct ses_keras_scope *scope,
                                 const json_t *model,
                                 const struct ses_view *in, size_t n_in);
bool ses_keras_scope_outputs(const struct ses_keras_scope *scope,
                             const json_t *model, struct ses_view **out,
                             size_t *n_out);

/* Which output a tensor is; what it is, when its call is done. */
bool ses_keras_scope_find(const struct ses_keras_scope *scope,
                          const struct ses_keras_ref *ref,
                          struct ses_keras_output *out);
bool ses_keras_scope_output(const struct ses_keras_scope *scope,
                            const struct ses_keras_output *output,
                            struct ses_view *out);

/* Ask for a call to be done; then next() gives the calls to do for it, one
 * after another, and NULL when it is, or when `failed`. */
bool ses_keras_scope_want(struct ses_keras_scope *scope, size_t call);
struct ses_keras_call_state *ses_keras_scope_next(
    struct ses_keras_scope *scope);

#endif
