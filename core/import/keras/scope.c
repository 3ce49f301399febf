/* See scope.h. */
#include "core/import/keras/scope.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

/* Of a network, counted each time they are called; a nested model's count
 * whenever that one is. */
enum { MOST_LAYERS = 32768 };

/* ---- layers -------------------------------------------------------------- */

/* Names as an archive makes them: the class's, and from the second on a
 * count. */
static bool number_items(struct ses_keras_scope *scope)
{
    struct ses_names classes = { 0 };
    size_t *counts = ses_calloc(scope->n_items, sizeof *counts);
    bool done = counts != NULL;
    for (size_t i = 0; i < scope->n_items && done; i++) {
        struct ses_keras_item *item = &scope->items[i];
        const char *class_name = ses_keras_config_class(item->json);
        char snake[64];
        size_t at = i;
        ses_keras_snake_case(class_name, snake, sizeof snake);
        if (!ses_names_find(&classes, class_name, strlen(class_name), &at))
            done = ses_names_add(&classes, class_name, strlen(class_name), i);
        size_t before = counts[at]++;
        if (before)
            snprintf(item->number, sizeof item->number, "%s_%zu", snake,
                     before);
        else
            snprintf(item->number, sizeof item->number, "%s", snake);
    }
    ses_names_release(&classes);
    free(counts);
    return done;
}

static bool fail(const struct ses_keras_scope *scope, enum ses_status status,
                 const char *what, const char *name)
{
    ses_fail(scope->keras->err, status, "model '%s': %s '%s'", scope->name,
             what, name);
    return false;
}

static bool fail_memory(const struct ses_keras_scope *scope)
{
    ses_fail_memory(scope->keras->err, scope->name);
    return false;
}

static bool count_built(struct ses_keras_scope *scope, size_t n)
{
    struct ses_keras *keras = scope->keras;
    if (n > MOST_LAYERS || (keras->built += n) > MOST_LAYERS) {
        ses_fail(keras->err, SES_EUNSUPPORTED, "it has more than %d layers",
                 MOST_LAYERS);
        return false;
    }
    return true;
}

static bool list_items(struct ses_keras_scope *scope, json_t *model)
{
    json_t *layers = ses_keras_config_layers(model), *layer;
    size_t i, n = json_array_size(layers);
    if (n == 0)
        return fail(scope, SES_EFORMAT, "there are no layers in",
                    "config.layers");
    if (!count_built(scope, n))
        return false;
    scope->items = ses_calloc(n, sizeof *scope->items);
    if (!scope->items)
        return fail_memory(scope);
    json_array_foreach (layers, i, layer) {
        const char *name = ses_keras_config_name(layer);
        size_t other, length = strlen(name);
        scope->items[i] = (struct ses_keras_item){ .json = layer,
                                                   .name = name };
        scope->n_items++;
        if (ses_names_find(&scope->names, name, length, &other))
            return fail(scope, SES_EFORMAT, "two layers are named", name);
        if (!ses_names_add(&scope->names, name, length, i))
            return fail_memory(scope);
    }
    return number_items(scope) || fail_memory(scope);
}

/* ---- calls --------------------------------------------------------------- */

static bool list_calls(struct ses_keras_scope *scope, size_t at)
{
    struct ses_keras_item *item = &scope->items[at];
    json_t *inbound = json_object_get(item->json, "inbound_nodes"), *node;
    size_t i;
    item->first_call = scope->n_calls;
    item->n_calls = json_array_size(inbound);
    /* an InputLayer is called with nothing, and may say so or not */
    if (item->n_calls == 0)
        item->n_calls = 1;
    if (!count_built(scope, item->n_calls - 1))
        return false;
    for (i = 0; i < item->n_calls; i++) {
        struct ses_keras_call_state *calls =
            ses_grow(scope->calls, scope->n_calls, &scope->calls_capacity,
                     sizeof *calls);
        if (!calls)
            return fail_memory(scope);
        scope->calls = calls;
        node = json_array_get(inbound, i);
        json_t *arguments = node ? ses_keras_call(node) : json_object();
        calls[scope->n_calls++] = (struct ses_keras_call_state){
            .item = at, .arguments = arguments
        };
        if (!arguments)
            return fail_memory(scope);
    }
    return true;
}

/* A model whose call 0 nobody refers to has its own layers there. */
struct look {
    struct ses_keras_scope *scope;
    bool *zero; /* of each item: call 0 is referred to */
};

static bool see_zero(void *user, const struct ses_keras_ref *ref)
{
    struct look *look = user;
    size_t item;
    if (ref->call == 0 && ses_names_find(&look->scope->names, ref->layer,
                                         strlen(ref->layer), &item))
        look->zero[item] = true;
    return true;
}

/* One output, or a list of them, or an object of them. */
static json_t *tensors_of(const json_t *model, const char *key)
{
    return json_object_get(json_object_get(model, "config"), key);
}

/* See all tensors of input_layers or output_layers. */
static bool see_list(json_t *list, ses_keras_see_ref *see, void *user)
{
    struct ses_keras_ref ref;
    json_t *item;
    size_t i;
    const char *key;
    if (json_is_array(list) && ses_keras_ref(list, &ref))
        return see(user, &ref);
    json_array_foreach (list, i, item)
        if (!see_list(item, see, user))
            return false;
    if (json_is_object(list))
        json_object_foreach (list, key, item)
            if (!see_list(item, see, user))
                return false;
    return true;
}

static bool find_bases(struct ses_keras_scope *scope, const json_t *model)
{
    bool *zero = ses_calloc(scope->n_items, sizeof *zero);
    struct look look = { scope, zero };
    if (!zero)
        return fail_memory(scope);
    for (size_t i = 0; i < scope->n_calls; i++)
        ses_keras_refs(scope->calls[i].arguments, see_zero, &look);
    see_list(tensors_of(model, "output_layers"), see_zero, &look);
    for (size_t i = 0; i < scope->n_items; i++) {
        struct ses_keras_item *item = &scope->items[i];
        bool nested =
            ses_keras_config_is_model(ses_keras_config_class(item->json));
        item->base = nested && !zero[i];
    }
    free(zero);
    return true;
}

struct need {
    struct ses_keras_scope *scope;
    struct ses_keras_call_state *call;
};

static bool see_need(void *user, const struct ses_keras_ref *ref)
{
    struct need *need = user;
    struct ses_keras_call_state *call = need->call;
    struct ses_keras_output output;
    if (!ses_keras_scope_find(need->scope, ref, &output))
        return false;
    struct ses_keras_output *needs =
        ses_grow(call->needs, call->n_needs, &call->capacity, sizeof *needs);
    if (!needs)
        return fail_memory(need->scope);
    needs[call->n_needs++] = output;
    call->needs = needs;
    return true;
}

static bool find_needs(struct ses_keras_scope *scope,
                       struct ses_keras_call_state *call)
{
    struct need need = { scope, call };
    if (!ses_keras_refs(json_object_get(call->arguments, "args"), see_need,
                        &need))
        return false;
    call->n_args = call->n_needs;
    return ses_keras_refs(json_object_get(call->arguments, "kwargs"),
                          see_need, &need);
}

bool ses_keras_scope_init(struct ses_keras_scope *scope,
                          struct ses_keras *keras, json_t *model)
{
    *scope = (struct ses_keras_scope){ .keras = keras,
                                       .name = ses_keras_config_name(model) };
    if (!list_items(scope, model))
        return false;
    if (ses_keras_config_is_sequential(model))
        return true;
    for (size_t i = 0; i < scope->n_items; i++)
        if (!list_calls(scope, i))
            return false;
    if (!find_bases(scope, model))
        return false;
    for (size_t i = 0; i < scope->n_calls; i++)
        if (!find_needs(scope, &scope->calls[i]))
            return false;
    return true;
}

void ses_keras_scope_release(struct ses_keras_scope *scope)
{
    for (size_t i = 0; i < scope->n_calls; i++) {
        json_decref(scope->calls[i].arguments);
        free(scope->calls[i].needs);
        free(scope->calls[i].out);
    }
    free(scope->calls);
    free(scope->items);
    free(scope->stack);
    ses_names_release(&scope->names);
}

/* ---- tensors ------------------------------------------------------------- */

bool ses_keras_scope_find(const struct ses_keras_scope *scope,
                          const struct ses_keras_ref *ref,
                          struct ses_keras_output *out)
{
    size_t at;
    if (!ses_names_find(&scope->names, ref->layer, strlen(ref->layer), &at))
        return fail(scope, SES_EFORMAT,
                    "a layer is called with the output of an unknown one,",
                    ref->layer);
    const struct ses_keras_item *item = &scope->items[at];
    long long call = ref->call - (long long)item->base;
    if (call < 0 || call >= (long long)item->n_calls || ref->output < 0)
        return fail(scope, SES_EFORMAT,
                    "a layer is called with the output of a call that is not "
                    "there, of",
                    ref->layer);
    *out = (struct ses_keras_output){ item->first_call + (size_t)call,
                                      (size_t)ref->output };
    return true;
}

bool ses_keras_scope_output(const struct ses_keras_scope *scope,
                            const struct ses_keras_output *output,
                            struct ses_view *out)
{
    const struct ses_keras_call_state *call = &scope->calls[output->call];
    if (output->output >= call->n_out)
        return fail(scope, SES_EFORMAT, "there is no such output of",
                    scope->items[call->item].name);
    *out = call->out[output->output];
    return true;
}

struct inputs {
    struct ses_keras_scope *scope;
    const struct ses_view *in;
    size_t n_in, n;
};

static bool see_input(void *user, const struct ses_keras_ref *ref)
{
    struct inputs *inputs = user;
    struct ses_keras_output output;
    if (!ses_keras_scope_find(inputs->scope, ref, &output))
        return false;
    struct ses_keras_call_state *call = &inputs->scope->calls[output.call];
    if (inputs->n == inputs->n_in || call->out)
        return fail(inputs->scope, SES_EUNSUPPORTED,
                    "it has other inputs than it is given, at", ref->layer);
    call->out = ses_calloc(1, sizeof *call->out);
    if (!call->out)
        return fail_memory(inputs->scope);
    *call->out = inputs->in[inputs->n++];
    call->n_out = 1;
    call->state = SES_KERAS_DONE;
    return true;
}

bool ses_keras_scope_give_inputs(struct ses_keras_scope *scope,
                                 const json_t *model,
                                 const struct ses_view *in, size_t n_in)
{
    struct inputs inputs = { scope, in, n_in, 0 };
    if (!see_list(tensors_of(model, "input_layers"), see_input, &inputs))
        return false;
    return inputs.n == n_in ||
           fail(scope, SES_EUNSUPPORTED,
                "it has other inputs than it is given, at", "input_layers");
}

struct outputs {
    const struct ses_keras_scope *scope;
    struct ses_view *items;
    size_t count, capacity;
};

static bool see_output(void *user, const struct ses_keras_ref *ref)
{
    struct outputs *outputs = user;
    struct ses_keras_output output;
    struct ses_view *items = ses_grow(outputs->items, outputs->count,
                                      &outputs->capacity, sizeof *items);
    if (!items)
        return fail_memory(outputs->scope);
    outputs->items = items;
    return ses_keras_scope_find(outputs->scope, ref, &output) &&
           ses_keras_scope_output(outputs->scope, &output,
                                  &items[outputs->count++]);
}

bool ses_keras_scope_outputs(const struct ses_keras_scope *scope,
                             const json_t *model, struct ses_view **out,
                             size_t *n_out)
{
    struct outputs outputs = { .scope = scope };
    bool found =
        see_list(tensors_of(model, "output_layers"), see_output, &outputs);
    if (found && outputs.count == 0)
        found = fail(scope, SES_EFORMAT, "there are no outputs in",
                     "output_layers");
    if (!found) {
        free(outputs.items);
        return false;
    }
    *out = outputs.items;
    *n_out = outputs.count;
    return true;
}

/* ---- order --------------------------------------------------------------- */

bool ses_keras_scope_want(struct ses_keras_scope *scope, size_t call)
{
    if (scope->calls[call].state == SES_KERAS_DONE)
        return true;
    size_t *stack = ses_grow(scope->stack, scope->depth,
                             &scope->stack_capacity, sizeof *stack);
    if (!stack)
        return fail_memory(scope);
    scope->stack = stack;
    stack[scope->depth++] = call;
    scope->calls[call].state = SES_KERAS_WAITING;
    return true;
}

/* The first thing a call lacks, or none. */
static const struct ses_keras_output *lacks(
    const struct ses_keras_scope *scope, struct ses_keras_call_state *call)
{
    for (; call->n_met < call->n_needs; call->n_met++) {
        const struct ses_keras_output *need = &call->needs[call->n_met];
        if (scope->calls[need->call].state != SES_KERAS_DONE)
            return need;
    }
    return NULL;
}

struct ses_keras_call_state *ses_keras_scope_next(
    struct ses_keras_scope *scope)
{
    while (scope->depth) {
        struct ses_keras_call_state *call =
            &scope->calls[scope->stack[scope->depth - 1]];
        const struct ses_keras_output *lacking = lacks(scope, call);
        if (!lacking) {
            scope->depth--;
            return call;
        }
        bool waits =
            scope->calls[lacking->call].state == SES_KERAS_WAITING;
        if (waits)
            fail(scope, SES_EFORMAT, "layers need each other's output at",
                 scope->items[call->item].name);
        if (waits || !ses_keras_scope_want(scope, lacking->call)) {
            scope->failed = true;
            return NULL;
        }
    }
    return NULL;
}
