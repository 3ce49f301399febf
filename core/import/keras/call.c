/* What a layer is called with, in one form for all of Keras's. See config.h.
 *
 * Keras 1 and 2 have a list of [layer, call, output, arguments], a tensor
 * each; tf.keras has one such list, unwrapped, for operations that are no
 * layers, and further tensors among their arguments; Keras 3 has objects. */
#include <string.h>

#include "core/import/keras/config.h"

static json_t *make_ref(const json_t *layer, const json_t *call,
                        const json_t *output)
{
    return json_pack("{s:[O,O,O]}", "ref", layer, call, output);
}

/* [layer, call, output, ...]; a call that is -1 stands for a constant. */
static bool is_tensor(const json_t *value)
{
    return json_array_size(value) >= 3 &&
           json_is_string(json_array_get(value, 0)) &&
           json_is_integer(json_array_get(value, 1));
}

static bool is_constant(const json_t *value)
{
    const char *word = json_string_value(json_array_get(value, 0));
    return word && strcmp(word, "_CONSTANT_VALUE") == 0;
}

static json_t *tensor_of(const json_t *value)
{
    if (is_constant(value))
        return json_deep_copy(json_array_get(value, 2));
    return make_ref(json_array_get(value, 0), json_array_get(value, 1),
                    json_array_get(value, 2));
}

/* A copy with tensors in our form. */
static json_t *convert(json_t *value)
{
    const char *class_name = ses_keras_config_text(value, "class_name", "");
    json_t *copy, *item;
    if (strcmp(class_name, "__keras_tensor__") == 0) {
        const json_t *history = json_object_get(
            json_object_get(value, "config"), "keras_history");
        return make_ref(json_array_get(history, 0), json_array_get(history, 1),
                        json_array_get(history, 2));
    }
    if (is_tensor(value) && json_is_integer(json_array_get(value, 2)))
        return tensor_of(value);
    if (is_constant(value))
        return tensor_of(value);
    if (json_is_array(value)) {
        size_t i;
        copy = json_array();
        json_array_foreach (value, i, item)
            json_array_append_new(copy, convert(item));
        return copy;
    }
    if (json_is_object(value)) {
        const char *key;
        copy = json_object();
        json_object_foreach (value, key, item)
            json_object_set_new(copy, key, convert(item));
        return copy;
    }
    return json_incref(value);
}

/* The arguments beside tensors, of the last of them. */
static json_t *arguments_of(const json_t *tensor)
{
    json_t *arguments = json_array_get(tensor, 3);
    return json_is_object(arguments) ? convert(arguments) : json_object();
}

json_t *ses_keras_call(json_t *inbound)
{
    if (json_is_object(inbound)) {
        json_t *args = json_object_get(inbound, "args");
        json_t *kwargs = json_object_get(inbound, "kwargs");
        return json_pack("{s:o,s:o}", "args",
                         json_is_array(args) ? convert(args) : json_array(),
                         "kwargs",
                         json_is_object(kwargs) ? convert(kwargs)
                                                : json_object());
    }
    if (is_tensor(inbound) || is_constant(inbound))
        return json_pack("{s:[o],s:o}", "args", tensor_of(inbound), "kwargs",
                         arguments_of(inbound));
    json_t *tensors = json_array(), *item, *last = NULL;
    size_t i;
    json_array_foreach (inbound, i, item) {
        if (is_tensor(item) || is_constant(item))
            json_array_append_new(tensors, tensor_of(item));
        last = item;
    }
    if (json_array_size(tensors) == 1)
        return json_pack("{s:o,s:o}", "args", tensors, "kwargs",
                         arguments_of(last));
    return json_pack("{s:[o],s:o}", "args", tensors, "kwargs",
                     arguments_of(last));
}

bool ses_keras_ref(const json_t *value, struct ses_keras_ref *out)
{
    const json_t *list = json_is_array(value) ? value
                                              : json_object_get(value, "ref");
    const json_t *call = json_array_get(list, 1);
    const json_t *output = json_array_get(list, 2);
    out->layer = json_string_value(json_array_get(list, 0));
    if (!out->layer || !json_is_integer(call) || !json_is_integer(output))
        return false;
    out->call = json_integer_value(call);
    out->output = json_integer_value(output);
    return true;
}

bool ses_keras_refs(json_t *value, ses_keras_see_ref *see, void *user)
{
    struct ses_keras_ref ref;
    json_t *item;
    size_t i;
    const char *key;
    if (json_is_object(value) && ses_keras_ref(value, &ref))
        return see(user, &ref);
    json_array_foreach (value, i, item)
        if (!ses_keras_refs(item, see, user))
            return false;
    if (json_is_object(value))
        json_object_foreach (value, key, item)
            if (!ses_keras_refs(item, see, user))
                return false;
    return true;
}
