/* Parsing; see options.h. */
#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

static void *value_of(const struct ses_option *option, void *values)
{
    return (char *)values + option->offset;
}

/* The kinds of enum ses_option_kind are in this order. */
static bool takes_value(const struct ses_option *option)
{
    return option->kind >= SES_OPTION_STRING;
}

static enum ses_status fail_choice(const struct ses_option *option,
                                   const char *word, struct ses_error *err)
{
    struct ses_text text = { 0 };
    for (const char *const *choice = option->choices; *choice; choice++)
        ses_text_add(&text, "%s'%s'",
                     choice == option->choices ? ""
                     : choice[1]               ? ", "
                                               : " or ",
                     *choice);
    ses_fail(err, SES_EUSAGE, "option '--%s' is '%s', expected %s",
             option->name, word, text.data ? text.data : "another value");
    ses_text_release(&text);
    return SES_EUSAGE;
}

/* Index of a word of the given length among choices, or -1. */
static int find_choice(const char *const *choices, const char *word,
                       size_t length)
{
    for (int i = 0; choices[i]; i++)
        if (strlen(choices[i]) == length &&
            strncmp(choices[i], word, length) == 0)
            return i;
    return -1;
}

static enum ses_status set_list(const struct ses_option *option,
                                unsigned *value, const char *text,
                                struct ses_error *err)
{
    unsigned bits = 0;
    for (const char *word = text;;) {
        size_t length = strcspn(word, ",");
        int i = find_choice(option->choices, word, length);
        if (i < 0) {
            char *copy = strndup(word, length);
            fail_choice(option, copy ? copy : text, err);
            free(copy);
            return SES_EUSAGE;
        }
        bits |= 1u << i;
        if (!word[length])
            break;
        word += length + 1;
    }
    *value = bits;
    return SES_OK;
}

static enum ses_status add_word(const struct ses_option *option,
                                struct ses_words *words, const char *text,
                                struct ses_error *err)
{
    if (words->count == SES_MOST_WORDS)
        return ses_fail(err, SES_EUSAGE,
                        "option '--%s' is given more than %d times",
                        option->name, SES_MOST_WORDS);
    words->items[words->count++] = text;
    return SES_OK;
}

static enum ses_status set_value(const struct ses_option *option, void *values,
                                 const char *text, struct ses_error *err)
{
    void *value = value_of(option, values);
    switch (option->kind) {
    case SES_OPTION_STRING:
        *(const char **)value = text;
        return SES_OK;
    case SES_OPTION_LONG:
        if (ses_parse_long(text, option->least, option->most, value))
            return SES_OK;
        return ses_fail(err, SES_EUSAGE,
                        "option '--%s' is '%s', expected a whole number from "
                        "%ld to %ld",
                        option->name, text, option->least, option->most);
    case SES_OPTION_DOUBLE:
        if (ses_parse_double(text, option->low, option->high, value))
            return SES_OK;
        return ses_fail(err, SES_EUSAGE,
                        "option '--%s' is '%s', expected a number from %g to "
                        "%g",
                        option->name, text, option->low, option->high);
    case SES_OPTION_CHOICE: {
        int i = find_choice(option->choices, text, strlen(text));
        if (i < 0)
            return fail_choice(option, text, err);
        *(int *)value = i;
        return SES_OK;
    }
    case SES_OPTION_LIST:
        return set_list(option, value, text, err);
    case SES_OPTION_WORDS:
        return add_word(option, value, text, err);
    default:
        return ses_fail(err, SES_EUSAGE, "option '--%s' takes no value",
                        option->name);
    }
}

/* "unknown option '--bath', did you mean '--batch'?" */
static enum ses_status fail_unknown(const struct ses_option *options,
                                    const char *name, size_t length,
                                    struct ses_error *err)
{
    char suggestion[256] = "";
    size_t count = 0, n = 0;
    while (options[count].kind != SES_OPTION_END)
        count++;
    char **names = ses_calloc(count, sizeof *names);
    char *word = ses_format("--%.*s", (int)length, name);
    for (size_t i = 0; names && i < count; i++)
        if (options[i].name && (names[n] = ses_format("--%s", options[i].name)))
            n++;
    if (word)
        ses_suggest(word, (const char *const *)names, n, suggestion,
                    sizeof suggestion);
    ses_fail(err, SES_EUSAGE, "unknown option '%s'%s", word ? word : name,
             suggestion);
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
    free(word);
    return SES_EUSAGE;
}

/* An option by its whole name or an unambiguous beginning of it. *negated is
 * set for the --no- form of a flag. */
static enum ses_status find_long(const struct ses_option *options,
                                 const char *name, size_t length,
                                 const struct ses_option **out, bool *negated,
                                 struct ses_error *err)
{
    const struct ses_option *near[2] = { NULL, NULL };
    bool near_negated = false;
    for (int no = 0; no < 2; no++) {
        if (no && (length < 3 || strncmp(name, "no-", 3) != 0))
            break;
        const char *word = no ? name + 3 : name;
        size_t n = no ? length - 3 : length;
        for (const struct ses_option *o = options; o->kind != SES_OPTION_END;
             o++) {
            if (!o->name || (no && o->kind != SES_OPTION_FLAG) ||
                strncmp(o->name, word, n) != 0)
                continue;
            if (!o->name[n]) {
                *out = o;
                *negated = no;
                return SES_OK;
            }
            if (!near[0])
                near_negated = no;
            near[near[0] ? 1 : 0] = o;
        }
    }
    if (!near[0])
        return fail_unknown(options, name, length, err);
    if (near[1])
        return ses_fail(err, SES_EUSAGE,
                        "option '--%.*s' is ambiguous, did you mean '--%s' or "
                        "'--%s'?",
                        (int)length, name, near[0]->name, near[1]->name);
    *out = near[0];
    *negated = near_negated;
    return SES_OK;
}

/* Where parsing stands. */
struct cursor {
    char **argv;
    int argc, at;
};

static enum ses_status need_value(const struct ses_option *option,
                                  struct cursor *cursor, const char **out,
                                  struct ses_error *err)
{
    if (cursor->at >= cursor->argc)
        return ses_fail(err, SES_EUSAGE, "option '--%s' needs a value, %s",
                        option->name, option->argument);
    *out = cursor->argv[cursor->at++];
    return SES_OK;
}

/* `text` follows the two dashes. */
static enum ses_status parse_long_option(const struct ses_option *options,
                                         void *values, const char *text,
                                         struct cursor *cursor, bool *help,
                                         struct ses_error *err)
{
    size_t length = strcspn(text, "=");
    const char *value = text[length] ? text + length + 1 : NULL;
    const struct ses_option *option = NULL;
    bool negated = false;
    enum ses_status status =
        find_long(options, text, length, &option, &negated, err);
    if (status)
        return status;
    if (!takes_value(option)) {
        if (value)
            return ses_fail(err, SES_EUSAGE, "option '--%s' takes no value",
                            option->name);
        if (option->kind == SES_OPTION_HELP)
            *help = true;
        else
            *(bool *)value_of(option, values) = !negated;
        return SES_OK;
    }
    if (!value) {
        status = need_value(option, cursor, &value, err);
        if (status)
            return status;
    }
    return set_value(option, values, value, err);
}

/* `letters` follows the dash; flags may be bundled, a value may be glued. */
static enum ses_status parse_letters(const struct ses_option *options,
                                     void *values, const char *letters,
                                     struct cursor *cursor, bool *help,
                                     struct ses_error *err)
{
    for (const char *letter = letters; *letter; letter++) {
        const struct ses_option *option = options;
        while (option->kind != SES_OPTION_END && option->letter != *letter)
            option++;
        if (option->kind == SES_OPTION_END)
            return ses_fail(err, SES_EUSAGE, "unknown option '-%c'", *letter);
        if (option->kind == SES_OPTION_HELP) {
            *help = true;
            return SES_OK;
        }
        if (!takes_value(option)) {
            *(bool *)value_of(option, values) = true;
            continue;
        }
        const char *value = letter + 1;
        if (!*value) {
            enum ses_status status = need_value(option, cursor, &value, err);
            if (status)
                return status;
        }
        return set_value(option, values, value, err);
    }
    return SES_OK;
}

enum ses_status ses_options_parse(const struct ses_option *options,
                                  void *values, int *argc, char **argv,
                                  bool *help, struct ses_error *err)
{
    struct cursor cursor = { argv, *argc, 0 };
    int operands = 0;
    bool ended = false;
    *help = false;
    while (cursor.at < cursor.argc && !*help) {
        char *word = argv[cursor.at++];
        enum ses_status status = SES_OK;
        if (ended || word[0] != '-' || !word[1])
            argv[operands++] = word;
        else if (word[1] != '-')
            status = parse_letters(options, values, word + 1, &cursor, help,
                                   err);
        else if (!word[2])
            ended = true;
        else
            status = parse_long_option(options, values, word + 2, &cursor,
                                       help, err);
        if (status)
            return status;
    }
    *argc = operands;
    return SES_OK;
}
