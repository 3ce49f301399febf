/* See model.h. Layers are called in the order of the configuration, but what a
 * call needs comes first, as a layer that is called twice stands in it once.
 */
#include "core/import/keras/model.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/import/keras/config.h"
#include "core/import/keras/scope.h"

enum { DEEPEST = 16 };

/* Where a model is: how its layers' names begin, and where their weights are.
 */
struct place {
    char *prefix; /* of names: "inner/", or empty */
    char *owners; /* archive: of owners, "layers/functional/"; else NULL */
    const char *owner; /* nested by name: whose list they are in; else NULL */
    char *below;       /* nested by name: path below the owner: "m1/" */
    const struct ses_keras_nest *nest;
    int depth;
};

static void place_release(struct place *place)
{
    free(place->prefix);
    free(place->owners);
    free(place->below);
}

/* ---- calls --------------------------------------------------------------- */

static bool build_in(struct ses_keras *keras, json_t *model,
                     const struct place *place, const struct ses_view *in,
                     size_t n_in, struct ses_view **out, size_t *n_out);

/* The place inside a nested model; nest, if made, is the caller's to free. */
static bool enter(struct ses_keras *keras, const struct place *outer,
                  json_t *model, const char *name, const char *owner,
                  struct place *inner, struct ses_keras_nest **nest)
{
    const char *own = ses_keras_config_name(model);
    *nest = NULL;
    *inner = (struct place){ .depth = outer->depth + 1,
                             .prefix = ses_format("%s/", name) };
    bool made = inner->prefix != NULL;
    if (keras->weights.numbered) {
        inner->owners = ses_format("%s/layers/", owner);
        made = made && inner->owners;
    } else if (outer->nest) {
        inner->owner = outer->owner;
        inner->nest = outer->nest;
        inner->below = ses_format("%s%s/", outer->below, own);
        made = made && inner->below;
    } else {
        inner->owner = owner;
        inner->below = strdup("");
        made = made && inner->below;
        if (made && ses_keras_nest_new(&keras->weights, owner, model, nest,
                                       keras->err))
            made = false;
        else if (!made)
            ses_fail_memory(keras->err, "a nested model");
        inner->nest = *nest;
        return made;
    }
    if (!made)
        ses_fail_memory(keras->err, "a nested model");
    return made;
}

/* The index of the weights of a layer. */
static bool bind(struct ses_keras_layer *layer, const struct place *place,
                 const char *owner, const char *own_name)
{
    struct ses_keras *keras = layer->keras;
    layer->needs = ses_keras_needs(layer->class_name, layer->config);
    if (layer->needs.count == 0)
        return true;
    char *path = place->nest ? ses_format("%s%s", place->below, own_name)
                             : strdup(own_name);
    enum ses_status status =
        path ? ses_keras_weights_bind(&keras->weights, owner, place->nest,
                                      path, &layer->needs, layer->weights,
                                      keras->err)
             : ses_fail_memory(keras->err, own_name);
    free(path);
    if (status)
        ses_error_context(keras->err, "layer '%s'", layer->name);
    return !status;
}

/* Idle layers may have made weights (seeds), which nobody needs. */
static void pass_by(struct ses_keras *keras, const char *owner)
{
    size_t first, n = ses_keras_weights_of(&keras->weights, owner, &first);
    for (size_t i = first; i < first + n; i++)
        keras->weights.items[i].taken = true;
}

/* Call a layer; owner: see struct ses_keras_weight. */
static bool run_layer(struct ses_keras_layer *layer, json_t *json,
                      const struct place *place, const char *owner,
                      struct ses_view **out, size_t *n_out)
{
    struct ses_keras *keras = layer->keras;
    char why[SES_KERAS_WHY];
    if (ses_keras_config_is_model(layer->class_name)) {
        struct place inner;
        struct ses_keras_nest *nest;
        bool built = enter(keras, place, json, layer->name, owner, &inner,
                           &nest) &&
                     build_in(keras, json, &inner, layer->in, layer->n_in,
                              out, n_out);
        place_release(&inner);
        ses_keras_nest_free(nest);
        return built;
    }
    ses_keras_build *build = ses_keras_builder(json, why);
    if (!build) {
        ses_fail(keras->err, SES_EUNSUPPORTED, "layer '%s' is a '%s', %s",
                 layer->name, layer->class_name, why);
        return false;
    }
    /* operations may have their tensors among other arguments */
    if (layer->n_in == 0 && build != ses_keras_build_operation) {
        ses_keras_fail(layer, SES_EFORMAT, "is called with no tensor");
        return false;
    }
    if (!bind(layer, place, owner, ses_keras_config_name(json)))
        return false;
    if (ses_keras_is_idle(layer->class_name) && !place->nest)
        pass_by(keras, owner);
    struct ses_view view = build(layer);
    *out = view.value >= 0 ? ses_calloc(1, sizeof **out) : NULL;
    if (view.value >= 0 && !*out)
        ses_fail_memory(keras->err, layer->name);
    if (view.value < 0 && keras->err && !keras->err->status)
        ses_keras_fail(layer, SES_ENOMEM, "no memory");
    if (!*out)
        return false;
    **out = view;
    *n_out = 1;
    return true;
}

/* Prepare and call a layer of a model. */
static bool call_layer(struct ses_keras *keras, const struct place *place,
                       const struct ses_keras_item *item, size_t call,
                       const struct ses_keras_scope *scope, json_t *arguments,
                       const struct ses_view *in, size_t n_in,
                       struct ses_view **out, size_t *n_out)
{
    char *name = call ? ses_format("%s%s#%zu", place->prefix, item->name,
                                   call + 1)
                      : ses_format("%s%s", place->prefix, item->name);
    char *owner = place->owners ? ses_format("%s%s", place->owners, item->number)
                                : strdup(place->owner ? place->owner
                                                      : item->name);
    struct ses_keras_layer layer = {
        .keras = keras,
        .graph = keras->graph,
        .name = name,
        .class_name = ses_keras_config_class(item->json),
        .config = json_object_get(item->json, "config"),
        .in = in,
        .n_in = n_in,
        .scope = scope,
        .call = arguments,
    };
    bool done = name && owner &&
                run_layer(&layer, item->json, place, owner, out, n_out);
    if (!name || !owner)
        ses_fail_memory(keras->err, "a layer's name");
    free(name);
    free(owner);
    return done;
}

/* ---- models -------------------------------------------------------------- */

static bool build_sequential(struct ses_keras *keras,
                             struct ses_keras_scope *scope,
                             const struct place *place,
                             const struct ses_view *in,
                             struct ses_view **out, size_t *n_out)
{
    struct ses_view now = *in;
    for (size_t i = 0; i < scope->n_items; i++) {
        struct ses_keras_item *item = &scope->items[i];
        if (strcmp(ses_keras_config_class(item->json), "InputLayer") == 0)
            continue;
        if (!call_layer(keras, place, item, 0, NULL, NULL, &now, 1, out,
                        n_out))
            return false;
        if (*n_out != 1)
            ses_fail(keras->err, SES_EUNSUPPORTED,
                     "layer '%s%s' in a Sequential has %zu outputs",
                     place->prefix, item->name, *n_out);
        now = **out;
        free(*out);
        *out = NULL;
        if (*n_out != 1)
            return false;
    }
    *out = ses_calloc(1, sizeof **out);
    if (!*out) {
        ses_fail_memory(keras->err, "a model");
        return false;
    }
    **out = now;
    *n_out = 1;
    return true;
}

/* The tensors a call has, all of which are there. */
static bool run_call(struct ses_keras *keras, struct ses_keras_scope *scope,
                     struct ses_keras_call_state *call,
                     const struct place *place)
{
    const struct ses_keras_item *item = &scope->items[call->item];
    struct ses_view *in = ses_calloc(call->n_args + 1, sizeof *in);
    bool done = in != NULL;
    if (!in)
        ses_fail_memory(keras->err, item->name);
    for (size_t i = 0; i < call->n_args && done; i++)
        done = ses_keras_scope_output(scope, &call->needs[i], &in[i]);
    if (done)
        done = call_layer(keras, place, item,
                          (size_t)(call - scope->calls) - item->first_call,
                          scope, call->arguments, in, call->n_args,
                          &call->out, &call->n_out);
    free(in);
    return done;
}

static bool build_functional(struct ses_keras *keras,
                             struct ses_keras_scope *scope,
                             const struct place *place, json_t *model,
                             const struct ses_view *in, size_t n_in,
                             struct ses_view **out, size_t *n_out)
{
    if (!ses_keras_scope_give_inputs(scope, model, in, n_in))
        return false;
    for (size_t i = 0; i < scope->n_calls; i++) {
        struct ses_keras_call_state *call;
        if (!ses_keras_scope_want(scope, i))
            return false;
        while ((call = ses_keras_scope_next(scope))) {
            if (!run_call(keras, scope, call, place))
                return false;
            call->state = SES_KERAS_DONE;
        }
        if (scope->failed)
            return false;
    }
    return ses_keras_scope_outputs(scope, model, out, n_out);
}

static bool build_in(struct ses_keras *keras, json_t *model,
                     const struct place *place, const struct ses_view *in,
                     size_t n_in, struct ses_view **out, size_t *n_out)
{
    *out = NULL;
    *n_out = 0;
    struct ses_keras_scope scope;
    if (place->depth > DEEPEST) {
        ses_fail(keras->err, SES_EUNSUPPORTED,
                 "models are nested more than %d deep", DEEPEST);
        return false;
    }
    bool built = ses_keras_scope_init(&scope, keras, model);
    if (built && ses_keras_config_is_sequential(model)) {
        if (n_in == 1) {
            built = build_sequential(keras, &scope, place, in, out, n_out);
        } else {
            ses_fail(keras->err, SES_EUNSUPPORTED,
                     "model '%s' is called with %zu tensors, expected 1",
                     ses_keras_config_name(model), n_in);
            built = false;
        }
    } else if (built) {
        built = build_functional(keras, &scope, place, model, in, n_in, out,
                                 n_out);
    }
    ses_keras_scope_release(&scope);
    return built;
}

bool ses_keras_build_model(struct ses_keras *keras, json_t *model,
                           const struct ses_view *in, size_t n_in,
                           struct ses_view **out, size_t *n_out)
{
    struct place top = { .prefix = strdup("") };
    bool made = top.prefix != NULL;
    if (keras->weights.numbered) {
        top.owners = strdup("layers/");
        made = made && top.owners;
    }
    if (!made)
        ses_fail_memory(keras->err, "a model");
    bool built =
        made && build_in(keras, model, &top, in, n_in, out, n_out);
    place_release(&top);
    return built;
}
