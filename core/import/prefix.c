/* Wrappers leave their name in front of every tensor's: DataParallel
 * `module.`, torch.compile `_orig_mod.`, Lightning `model.`. They are taken
 * off, so that families see the network's own names.
 *
 * Only names in the lists below go: a network of its own may keep all its
 * tensors under, say, `features.`. */
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/import/reader.h"

/* In front of all tensors these are wrappers. */
static const char *const wrappers[] = {
    "module.",  "_orig_mod.", "model.",   "net.",
    "network.", "backbone.",  "encoder.", "base_model.",
};

/* These hold the whole network even when a few tensors stand beside it (a
 * loss, a branch used in training, a normalisation of the input). `backbone.`
 * and `encoder.` are not among them: what stands beside those is the head. */
static const char *const whole[] = {
    "module.", "_orig_mod.", "model.", "net.", "network.",
};

static bool begins(const struct ses_entry *entry, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(entry->name, prefix, length) == 0 && entry->name[length];
}

static void shorten(struct ses_entry *entry, size_t length)
{
    memmove(entry->name, entry->name + length,
            strlen(entry->name + length) + 1);
}

/* How many of the network's tensors have the prefix; *others have not. */
static size_t count_prefix(const struct ses_state *state, const char *prefix,
                           size_t *others)
{
    size_t count = 0;
    *others = 0;
    for (size_t i = 0; i < state->count; i++) {
        if (state->entries[i].aside)
            continue;
        if (begins(&state->entries[i], prefix))
            count++;
        else
            ++*others;
    }
    return count;
}

/* Whether a name without the prefix would be another tensor's. */
static bool collides(const struct ses_state *state, const char *prefix)
{
    size_t length = strlen(prefix);
    for (size_t i = 0; i < state->count; i++)
        if (begins(&state->entries[i], prefix) &&
            ses_state_find(state, state->entries[i].name + length))
            return true;
    return false;
}

static void note_aside(struct ses_state *state, const char *prefix,
                       const char *first, size_t others)
{
    ses_state_note(
        state, "removed the prefix '%s'; %zu %s beside it and not read: '%s'%s",
        prefix, others, others == 1 ? "tensor is" : "tensors are", first,
        others == 1 ? "" : " and so on");
}

static enum ses_status strip_prefix(struct ses_state *state, const char *prefix,
                                    size_t others, struct ses_error *err)
{
    const char *first = NULL;
    for (size_t i = 0; i < state->count; i++) {
        struct ses_entry *entry = &state->entries[i];
        if (entry->aside)
            continue;
        if (begins(entry, prefix)) {
            shorten(entry, strlen(prefix));
        } else {
            entry->aside = true;
            if (!first)
                first = entry->name;
        }
    }
    if (first)
        note_aside(state, prefix, first, others);
    else
        ses_state_note(state, "removed the prefix '%s'", prefix);
    return ses_state_reindex(state, err);
}

/* A wrapper of all tensors, or of most of them; NULL when there is none. */
static const char *find_wrapper(const struct ses_state *state, size_t *others)
{
    for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++)
        if (count_prefix(state, wrappers[i], others) > 0 && *others == 0 &&
            !collides(state, wrappers[i]))
            return wrappers[i];
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (count_prefix(state, whole[i], others) > *others &&
            !collides(state, whole[i]))
            return whole[i];
    return NULL;
}

/* First parts of names, for a message. */
static void list_parts(const struct ses_state *state, struct ses_text *list)
{
    enum { SHOWN = 8 };
    const char *last = NULL;
    size_t last_length = 0, count = 0;
    for (size_t i = 0; i < state->count && count < SHOWN; i++) {
        const char *name = state->entries[i].name;
        const char *dot = strchr(name, '.');
        size_t length = dot ? (size_t)(dot - name) : strlen(name);
        if (!dot ||
            (last && length == last_length && memcmp(name, last, length) == 0))
            continue;
        ses_text_add(list, "%s'%.*s'", count++ ? ", " : "", (int)length, name);
        last = name;
        last_length = length;
    }
}

static enum ses_status select_prefix(struct ses_state *state, const char *key,
                                     struct ses_error *err)
{
    size_t length = strlen(key), kept = 0;
    for (size_t i = 0; i < state->count; i++) {
        const char *name = state->entries[i].name;
        kept += strncmp(name, key, length) == 0 && name[length] == '.' &&
                name[length + 1];
    }
    if (!kept) {
        struct ses_text list = { 0 };
        list_parts(state, &list);
        enum ses_status status =
            ses_fail(err, SES_ENOTFOUND,
                     "has no tensors under '%s', its names begin with %s", key,
                     list.data ? list.data : "");
        ses_text_release(&list);
        return status;
    }
    kept = 0;
    for (size_t i = 0; i < state->count; i++) {
        struct ses_entry *entry = &state->entries[i];
        if (strncmp(entry->name, key, length) == 0 &&
            entry->name[length] == '.' && entry->name[length + 1]) {
            shorten(entry, length + 1);
            state->entries[kept++] = *entry;
        } else {
            free(entry->name);
        }
    }
    ses_state_note(state, "read the tensors under '%s' alone", key);
    state->count = kept;
    return ses_state_reindex(state, err);
}

enum ses_status ses_state_strip(struct ses_state *state, const char *key,
                                struct ses_error *err)
{
    size_t others;
    const char *prefix;
    enum ses_status status = SES_OK;
    if (key)
        status = select_prefix(state, key, err);
    while (!status && (prefix = find_wrapper(state, &others)))
        status = strip_prefix(state, prefix, others, err);
    return status;
}
