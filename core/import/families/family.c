/* Choosing the family of a state dict. See family.h. */
#include "core/import/families/family.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"

static const struct ses_family *const families[] = {
#define X(name) &ses_family_##name,
    SES_FAMILIES(X)
#undef X
};

enum {
    N_FAMILIES = sizeof families / sizeof *families,
    KEYS_SHOWN = 6, /* of a file that no family knows */
};

static const struct ses_member *find_member(const struct ses_family *family,
                                            const char *name)
{
    for (const struct ses_member *m = family->members; m->name; m++)
        if (!strcmp(m->name, name))
            return m;
    return NULL;
}

/* "unknown architecture", with names that are near or else the families. */
static enum ses_status unknown_arch(const char *wanted, struct ses_error *err)
{
    size_t count = 0;
    for (size_t i = 0; i < N_FAMILIES; i++) {
        count++;
        for (const struct ses_member *m = families[i]->members; m->name; m++)
            count++;
    }
    const char **names = ses_calloc(count, sizeof *names);
    if (!names)
        return ses_fail_memory(err, "the names of architectures");
    size_t n = 0;
    for (size_t i = 0; i < N_FAMILIES; i++) {
        names[n++] = families[i]->name;
        for (const struct ses_member *m = families[i]->members; m->name; m++)
            names[n++] = m->name;
    }
    char near[256];
    ses_suggest(wanted, names, n, near, sizeof near);
    free(names);
    if (near[0])
        return ses_fail(err, SES_EUSAGE, "unknown architecture '%s'%s", wanted,
                        near);
    struct ses_text known = { 0 };
    for (size_t i = 0; i < N_FAMILIES; i++)
        ses_text_add(&known, "%s'%s'", i ? ", " : "", families[i]->name);
    enum ses_status status =
        ses_fail(err, SES_EUSAGE,
                 "unknown architecture '%s', expected %s or one of their "
                 "members",
                 wanted, known.data ? known.data : "a family");
    ses_text_release(&known);
    return status;
}

/* Say what the file holds and what would have been known. */
static enum ses_status no_family(const struct ses_state *state,
                                 struct ses_error *err)
{
    struct ses_text text = { 0 };
    for (size_t i = 0; i < state->count && i < KEYS_SHOWN; i++) {
        const struct ses_entry *entry = &state->entries[i];
        char shape[96];
        ses_shape_text(entry->rank, entry->shape, shape, sizeof shape);
        ses_text_add(&text, "%s'%.80s' %s", i ? ", " : "", entry->name, shape);
    }
    if (state->count > KEYS_SHOWN)
        ses_text_add(&text, " ... (%zu tensors)", state->count);
    ses_text_add(&text, "; export the network to ONNX (torch.onnx.export), "
                        "which needs no family; families known are");
    for (size_t i = 0; i < N_FAMILIES; i++)
        ses_text_add(&text, "%s '%s' (%s)", i ? "," : "", families[i]->name,
                     families[i]->signature);
    enum ses_status status =
        text.failed ? ses_fail_memory(err, "the names of tensors")
                    : ses_fail(err, SES_EUNSUPPORTED,
                               "no known family of networks has the tensors "
                               "%s",
                               text.data);
    ses_text_release(&text);
    return status;
}

/* A member's name may stand in several families; the file then decides. */
static const struct ses_family *choose(const struct ses_state *state,
                                       const char *wanted,
                                       const struct ses_member **member)
{
    const struct ses_family *named = NULL;
    *member = NULL;
    for (size_t i = 0; i < N_FAMILIES; i++) {
        const struct ses_family *family = families[i];
        if (!wanted) {
            if (family->match(state))
                return family;
            continue;
        }
        if (!strcmp(family->name, wanted))
            return family;
        const struct ses_member *found = find_member(family, wanted);
        if (!found)
            continue;
        bool matches = family->match(state);
        if (!named || matches) {
            named = family;
            *member = found;
        }
        if (matches)
            break;
    }
    return named;
}

/* Whether arch, without its bracket, is the member's. */
static bool is_member(const char *arch, const struct ses_member *member)
{
    size_t length = strlen(member->arch);
    return !strncmp(arch, member->arch, length) &&
           !strncmp(arch + length, " (", 2);
}

enum ses_status ses_family_build(struct ses_state *state,
                                 const char *arch_wanted,
                                 struct ses_graph *graph,
                                 struct ses_family_result *result,
                                 struct ses_error *err)
{
    const struct ses_member *member;
    const struct ses_family *family = choose(state, arch_wanted, &member);
    memset(result, 0, sizeof *result);
    if (!family && arch_wanted)
        return unknown_arch(arch_wanted, err);
    if (!family)
        return no_family(state, err);
    enum ses_status status = family->build(state, member, graph, result, err);
    if (status)
        return ses_error_context(err, "read as '%s'", family->name);
    if (member && !is_member(result->arch, member))
        return ses_fail(err, SES_EUSAGE,
                        "the tensors are those of %s, not of '%s'",
                        result->arch, arch_wanted);
    return SES_OK;
}
