/* See select-names.h. */
#include "core/images/select-names.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/images/names.h"
#include "core/images/order.h"

/* Figure 5 of Hu et al.: goldfish, pug, plane, cliff. */
static const char *const paper[] = { "n01443537", "n02110958", "n02690373",
                                     "n09246464" };

struct finder {
    const struct ses_set *set;
    bool wnids;    /* some class has a wnid of ImageNet */
    bool *present; /* [SES_IMAGENET_CLASSES] is in the set */
    bool outputs;  /* some class has an output */
    size_t *found;
    size_t n_found, room;
};

/* Candidates an error lists; the rest are counted. */
enum { LISTED = 8 };

static enum ses_status choose(struct finder *finder, size_t class,
                              const char *word, struct ses_error *err)
{
    const struct ses_class *c = &finder->set->classes[class];
    for (size_t i = 0; i < finder->n_found; i++)
        if (finder->found[i] == class)
            return ses_fail(err, SES_EUSAGE, "class '%s': %s (%s) is named "
                            "already", word, c->name, c->id);
    size_t *grown = ses_grow(finder->found, finder->n_found, &finder->room,
                             sizeof *grown);
    if (!grown)
        return ses_fail_memory(err, "the classes");
    finder->found = grown;
    grown[finder->n_found++] = class;
    return SES_OK;
}

/* A folder name, wnid or label; n_classes when there is none. */
static size_t find_id(const struct ses_set *set, const char *word)
{
    size_t n = ses_wnid_length(word);
    for (size_t i = 0; i < set->n_classes; i++)
        if (strcmp(set->classes[i].id, word) == 0)
            return i;
    if (n && word[n] == '\0')
        for (size_t i = 0; i < set->n_classes; i++)
            if (ses_wnid_length(set->classes[i].id) &&
                strncmp(set->classes[i].id, word, n) == 0)
                return i;
    return set->n_classes;
}

static enum ses_status choose_index(struct finder *finder, const char *word,
                                    struct ses_error *err)
{
    const struct ses_set *set = finder->set;
    long index = -1;
    bool fits = ses_parse_long(word, 0, INT_MAX, &index);
    if (!finder->outputs) {
        if (!fits || (size_t)index >= set->n_classes)
            return ses_fail(err, SES_EUSAGE, "class '%s': the set has "
                            "classes 0 to %zu", word, set->n_classes - 1);
        return choose(finder, (size_t)index, word, err);
    }
    size_t hits = 0, at = 0;
    for (size_t i = 0; i < set->n_classes && fits; i++)
        if (set->classes[i].output == (int)index) {
            at = i;
            hits++;
        }
    if (hits == 0)
        return ses_fail(err, SES_EUSAGE, "class '%s': no class of the set "
                        "is output %s", word, word);
    if (hits > 1)
        return ses_fail(err, SES_EUSAGE, "class '%s': %zu classes are output "
                        "%s, name one by its id", word, hits, word);
    return choose(finder, at, word, err);
}

static enum ses_status choose_paper(struct finder *finder,
                                    struct ses_error *err)
{
    const struct ses_set *set = finder->set;
    enum ses_status status = SES_OK;
    for (size_t i = 0; i < sizeof paper / sizeof *paper && !status; i++) {
        size_t class = find_id(set, paper[i]);
        if (class == set->n_classes)
            return ses_fail(err, SES_EUSAGE, "'paper' means goldfish "
                            "n01443537, pug n02110958, plane n02690373 and "
                            "cliff n09246464; the set has no class '%s'",
                            paper[i]);
        status = choose(finder, class, "paper", err);
    }
    return status;
}

static enum ses_name_fit larger(enum ses_name_fit a, enum ses_name_fit b)
{
    return a > b ? a : b;
}

/* A name that differs in case only is as good as the name itself: `cardigan`
 * must not silently be one of the garment and the dog. */
static enum ses_name_fit level(enum ses_name_fit fit)
{
    return fit == SES_FIT_EXACT ? SES_FIT_FOLDED : fit;
}

static enum ses_name_fit fit_row(int row, const char *word)
{
    return level(larger(ses_name_match(ses_imagenet[row].names, word),
                        ses_name_match_everyday(ses_imagenet[row].wnid,
                                                word)));
}

static enum ses_name_fit fit_class(const struct ses_class *class,
                                   const char *word)
{
    enum ses_name_fit fit = ses_name_match(class->id, word);
    fit = larger(fit, ses_name_match(class->name, word));
    if (class->names)
        fit = larger(fit, ses_name_match(class->names, word));
    int row = ses_imagenet_find(class->id);
    if (row >= 0)
        fit = larger(fit, fit_row(row, word));
    return level(fit);
}

static enum ses_status fail_unknown(const struct finder *finder,
                                    const char *word, struct ses_error *err)
{
    const struct ses_set *set = finder->set;
    const char **names = ses_calloc(set->n_classes, 2 * sizeof *names);
    char near[512];
    size_t n = 0;
    if (!names)
        return ses_fail_memory(err, "an error message");
    for (size_t i = 0; i < set->n_classes; i++) {
        const struct ses_class *class = &set->classes[i];
        names[n++] = class->name;
        if (strcmp(class->name, class->id) != 0)
            names[n++] = class->id;
    }
    ses_suggest(word, names, n, near, sizeof near);
    free(names);
    return ses_fail(err, SES_EUSAGE, "the set has no class '%s'%s", word,
                    near);
}

/* Add a class or a row of ImageNet to a list of candidates. */
static void list_candidate(struct ses_text *list, size_t *listed,
                           const char *name, const char *id, bool present)
{
    if ((*listed)++ >= LISTED)
        return;
    char *first = ses_name_first(name);
    ses_text_add(list, "%s%s (%s%s)", *listed > 1 ? ", " : "",
                 first ? first : name, id,
                 present ? "" : ", not in this set");
    free(first);
}

static enum ses_status choose_name(struct finder *finder, const char *word,
                                   struct ses_error *err)
{
    const struct ses_set *set = finder->set;
    enum ses_name_fit best = SES_FIT_NONE;
    for (size_t i = 0; i < set->n_classes; i++)
        best = larger(best, fit_class(&set->classes[i], word));
    for (int row = 0; finder->wnids && row < SES_IMAGENET_CLASSES; row++)
        if (!finder->present[row])
            best = larger(best, fit_row(row, word));
    if (best == SES_FIT_NONE)
        return fail_unknown(finder, word, err);

    struct ses_text list = { 0 };
    size_t listed = 0, inside = 0, at = 0;
    for (size_t i = 0; i < set->n_classes; i++) {
        if (fit_class(&set->classes[i], word) != best)
            continue;
        at = i;
        inside++;
        list_candidate(&list, &listed,
                       set->classes[i].names ? set->classes[i].names
                                             : set->classes[i].name,
                       set->classes[i].id, true);
    }
    for (int row = 0; finder->wnids && row < SES_IMAGENET_CLASSES; row++)
        if (!finder->present[row] && fit_row(row, word) == best)
            list_candidate(&list, &listed, ses_imagenet[row].names,
                           ses_imagenet[row].wnid, false);
    enum ses_status status;
    if (list.failed)
        status = ses_fail_memory(err, "an error message");
    else if (listed == 1 && inside == 1)
        status = choose(finder, at, word, err);
    else if (listed == 1)
        status = ses_fail(err, SES_EUSAGE, "class '%s' is %s", word,
                          list.data);
    else if (listed > LISTED)
        status = ses_fail(err, SES_EUSAGE, "class '%s' could be %s and %zu "
                          "more; name one by its id", word, list.data,
                          listed - LISTED);
    else
        status = ses_fail(err, SES_EUSAGE, "class '%s' could be %s; name one "
                          "by its id", word, list.data);
    ses_text_release(&list);
    return status;
}

static enum ses_status find_word(struct finder *finder, const char *word,
                                 struct ses_error *err)
{
    if (!*word)
        return ses_fail(err, SES_EUSAGE, "an empty class name");
    size_t class = find_id(finder->set, word);
    if (class < finder->set->n_classes)
        return choose(finder, class, word, err);
    if (ses_is_number(word))
        return choose_index(finder, word, err);
    if (strcmp(word, "paper") == 0)
        return choose_paper(finder, err);
    if (ses_imagenet_find(word) >= 0 && strlen(word) == SES_WNID_LENGTH)
        return ses_fail(err, SES_EUSAGE, "class '%s' (%s) is not in the "
                        "set", word, ses_imagenet[ses_imagenet_find(word)]
                        .names);
    return choose_name(finder, word, err);
}

enum ses_status ses_classes_find(const struct ses_set *set, const char *words,
                                 size_t **out, size_t *count,
                                 struct ses_error *err)
{
    struct finder finder = { .set = set };
    enum ses_status status = SES_OK;
    finder.present = ses_calloc(SES_IMAGENET_CLASSES,
                                sizeof *finder.present);
    if (!finder.present)
        return ses_fail_memory(err, "the classes");
    for (size_t i = 0; i < set->n_classes; i++) {
        int row = ses_imagenet_find(set->classes[i].id);
        if (row >= 0)
            finder.present[row] = finder.wnids = true;
        finder.outputs |= set->classes[i].output >= 0;
    }
    for (const char *at = words; at && !status;) {
        const char *comma = strchr(at, ',');
        const char *end = comma ? comma : at + strlen(at);
        while (at < end && *at == ' ')
            at++;
        while (end > at && end[-1] == ' ')
            end--;
        char *word = strndup(at, (size_t)(end - at));
        status = word ? find_word(&finder, word, err)
                      : ses_fail_memory(err, "the classes");
        free(word);
        at = comma ? comma + 1 : NULL;
    }
    free(finder.present);
    if (status) {
        free(finder.found);
        return status;
    }
    *out = finder.found;
    *count = finder.n_found;
    return SES_OK;
}
