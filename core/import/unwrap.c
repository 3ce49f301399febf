/* Training loops save the weights among much else: under 'state_dict' beside
 * an epoch, under 'model' beside an exponential average, two levels down. This
 * file finds the dict that is meant, or says what the choice is. */
#include <string.h>

#include "core/base/text.h"
#include "core/import/torch.h"

enum { DEEPEST = 4 };

/* Names under which people save the weights of the network itself. */
static const char *const known_names[] = {
    "ema",         "ema_state_dict",   "model",  "model_ema",
    "model_state", "model_state_dict", "module", "net",
    "network",     "net_state_dict",   "params", "params_ema",
    "state_dict",  "state_dict_ema",   "weight", "weights",
};

static bool is_known(const struct ses_pickle_value *name)
{
    for (size_t i = 0; i < sizeof known_names / sizeof *known_names; i++) {
        const char *known = known_names[i];
        if (name->string.size == strlen(known) &&
            memcmp(name->string.data, known, name->string.size) == 0)
            return true;
    }
    return false;
}

/* Whether a name is of the state of the training, which has tensors too. */
static bool is_of_training(const struct ses_pickle_value *name)
{
    static const char *const parts[] = { "optim", "sched", "scaler", "loss",
                                         "criterion" };
    char text[64] = { 0 };
    if (name->string.size < sizeof text)
        memcpy(text, name->string.data, name->string.size);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcasestr(text, parts[i]))
            return true;
    return false;
}

static bool has_tensors(const struct ses_pickle_value *dict)
{
    for (size_t i = 0; i < dict->list.count; i += 2)
        if (dict->list.items[i]->kind == SES_PICKLE_STRING &&
            dict->list.items[i + 1]->kind == SES_PICKLE_TENSOR)
            return true;
    return false;
}

/* Whether a dict has tensors, or a dict in it has. The answer is kept in the
 * value, so that dicts that refer to each other many times (or in circles) are
 * walked once. */
static bool leads_to_tensors(struct ses_pickle_value *dict, int depth)
{
    if (dict->kind != SES_PICKLE_DICT || depth == 0)
        return false;
    if (dict->list.leads == SES_PICKLE_UNSEEN) {
        dict->list.leads = SES_PICKLE_LEADS_NOWHERE;
        bool leads = has_tensors(dict);
        for (size_t i = 0; !leads && i < dict->list.count; i += 2)
            leads = dict->list.items[i]->kind == SES_PICKLE_STRING &&
                    !is_of_training(dict->list.items[i]) &&
                    leads_to_tensors(dict->list.items[i + 1], depth - 1);
        if (leads)
            dict->list.leads = SES_PICKLE_LEADS_TO_TENSORS;
    }
    return dict->list.leads == SES_PICKLE_LEADS_TO_TENSORS;
}

/* The dicts in a dict that could be meant. */
struct choice {
    size_t known, unknown;             /* how many */
    size_t first_known, first_unknown; /* items */
};

static bool is_candidate(const struct ses_pickle_value *dict, size_t i)
{
    const struct ses_pickle_value *name = dict->list.items[i];
    return name->kind == SES_PICKLE_STRING && !is_of_training(name) &&
           leads_to_tensors(dict->list.items[i + 1], DEEPEST);
}

static struct choice look(const struct ses_pickle_value *dict)
{
    struct choice choice = { 0 };
    for (size_t i = 0; i < dict->list.count; i += 2) {
        if (!is_candidate(dict, i))
            continue;
        if (is_known(dict->list.items[i])) {
            if (choice.known++ == 0)
                choice.first_known = i;
        } else if (choice.unknown++ == 0) {
            choice.first_unknown = i;
        }
    }
    return choice;
}

static void add_name(struct ses_text *list, const struct ses_pickle_value *name,
                     size_t already)
{
    int shown = name->string.size < 64 ? (int)name->string.size : 64;
    ses_text_add(list, "%s'%.*s'", already ? ", " : "", shown,
                 name->string.data);
}

/* 'a', 'b', 'c': names of the candidates, or of all items. */
static void list_names(const struct ses_pickle_value *dict, bool candidates,
                       struct ses_text *list)
{
    enum { SHOWN = 8 };
    size_t count = 0;
    for (size_t i = 0; i < dict->list.count; i += 2) {
        const struct ses_pickle_value *name = dict->list.items[i];
        if (name->kind != SES_PICKLE_STRING ||
            (candidates && !is_candidate(dict, i)))
            continue;
        if (count == SHOWN) {
            ses_text_add(list, ", ...");
            break;
        }
        add_name(list, name, count++);
    }
}

static enum ses_status fail_choice(const struct ses_pickle_value *dict,
                                   const char *key, struct ses_error *err)
{
    struct ses_text list = { 0 };
    list_names(dict, true, &list);
    const char *names = list.data ? list.data : "";
    enum ses_status status;
    if (key && !list.data)
        status = ses_fail(err, SES_ENOTFOUND,
                          "has neither a dict nor tensors under '%s'", key);
    else if (key)
        status = ses_fail(err, SES_ENOTFOUND,
                          "has no '%s', expected one of %s for --state-key",
                          key, names);
    else
        status = ses_fail(err, SES_EUSAGE,
                          "holds more than one dict of tensors: %s; choose one "
                          "with --state-key",
                          names);
    ses_text_release(&list);
    return status;
}

static enum ses_status fail_nothing(const struct ses_pickle_value *dict,
                                    struct ses_error *err)
{
    struct ses_text list = { 0 };
    list_names(dict, false, &list);
    enum ses_status status =
        ses_fail(err, SES_EFORMAT, "holds no dict of tensors%s%s; expected what "
                 "torch.save(model.state_dict()) writes",
                 list.data ? ", only " : "", list.data ? list.data : "");
    ses_text_release(&list);
    return status;
}

/* Follow the key as far as it names dicts. */
static struct ses_pickle_value *follow(struct ses_pickle_value *dict,
                                       const char **key)
{
    const char *end = *key ? *key + strlen(*key) : NULL;
    while (*key && end) {
        struct ses_pickle_value *next =
            ses_pickle_lookup(dict, *key, (size_t)(end - *key));
        if (next && next->kind == SES_PICKLE_DICT) {
            dict = next;
            *key = *end ? end + 1 : NULL;
            end = *key ? *key + strlen(*key) : NULL;
        } else {
            end = memrchr(*key, '.', (size_t)(end - *key));
        }
    }
    return dict;
}

/* Whether a tensor's name begins with `<key>.`. */
static bool is_prefix(const struct ses_pickle_value *dict, const char *key)
{
    size_t length = strlen(key);
    for (size_t i = 0; i < dict->list.count; i += 2) {
        const struct ses_pickle_value *name = dict->list.items[i];
        if (name->kind == SES_PICKLE_STRING && name->string.size > length &&
            memcmp(name->string.data, key, length) == 0 &&
            name->string.data[length] == '.')
            return true;
    }
    return false;
}

enum ses_status ses_torch_unwrap(struct ses_state *state,
                                 struct ses_pickle_value *root,
                                 const char **key,
                                 struct ses_pickle_value **out,
                                 struct ses_error *err)
{
    if (root->kind != SES_PICKLE_DICT)
        return ses_fail(err, SES_EFORMAT,
                        "holds %s, expected a dict of tensors",
                        ses_pickle_kind_name(root->kind));
    const char *wanted = *key;
    struct ses_pickle_value *dict = follow(root, key);
    if (dict != root)
        ses_state_note(
            state, "read '%.*s' of the file",
            (int)(*key ? *key - wanted - 1 : (ptrdiff_t)strlen(wanted)),
            wanted);
    for (int depth = 0; depth < DEEPEST; depth++) {
        struct choice choice = look(dict);
        bool here = has_tensors(dict);
        if (here && choice.known == 0)
            break;
        size_t rivals = choice.known ? choice.known : choice.unknown;
        if (rivals == 0)
            return fail_nothing(dict, err);
        if (rivals > 1)
            return fail_choice(dict, *key, err);
        size_t at = choice.known ? choice.first_known : choice.first_unknown;
        const struct ses_pickle_value *name = dict->list.items[at];
        ses_state_note(state, "read '%.*s' of the file",
                       (int)(name->string.size < 64 ? name->string.size : 64),
                       name->string.data);
        dict = dict->list.items[at + 1];
    }
    if (!has_tensors(dict))
        return fail_nothing(dict, err);
    if (*key && !is_prefix(dict, *key))
        return fail_choice(root, *key, err);
    *out = dict;
    return SES_OK;
}
