/* The option table as --help shows it; see options.h. */
#include <string.h>

#include "cli/options.h"

enum { TEXT_COLUMN = 26, LINE_WIDTH = 79 };

void ses_options_wrap(const char *text, size_t indent, size_t at,
                      struct ses_text *out)
{
    size_t column = at;
    for (const char *word = text; *word;) {
        size_t length = strcspn(word, " ");
        bool first = word == text;
        if (!first && column + 1 + length > LINE_WIDTH) {
            ses_text_add(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!first) {
            ses_text_add(out, " ");
            column++;
        }
        ses_text_add(out, "%.*s", (int)length, word);
        column += length;
        word += length;
        word += strspn(word, " ");
    }
}

static void add_default(const struct ses_option *option, const void *defaults,
                        struct ses_text *out)
{
    const void *value = (const char *)defaults + option->offset;
    const char *unset = option->unset;
    switch (option->kind) {
    case SES_OPTION_FLAG:
        if (*(const bool *)value)
            ses_text_add(out, " (default; --no-%s turns it off)",
                         option->name);
        break;
    case SES_OPTION_STRING: {
        const char *text = *(const char *const *)value;
        if (text || unset)
            ses_text_add(out, " (default: %s)", text ? text : unset);
        break;
    }
    case SES_OPTION_LONG: {
        long number = *(const long *)value;
        if (unset && (number == 0 || number < option->least))
            ses_text_add(out, " (default: %s)", unset);
        else if (number >= option->least)
            ses_text_add(out, " (default: %ld)", number);
        break;
    }
    case SES_OPTION_DOUBLE: {
        double number = *(const double *)value;
        if (number == 0 && unset)
            ses_text_add(out, " (default: %s)", unset);
        else if (number >= option->low)
            ses_text_add(out, " (default: %g)", number);
        break;
    }
    case SES_OPTION_CHOICE:
        ses_text_add(out, " (default: %s)",
                     option->choices[*(const int *)value]);
        break;
    default:
        if (unset)
            ses_text_add(out, " (default: %s)", unset);
        break;
    }
}

void ses_options_help(const struct ses_option *options, const void *defaults,
                      struct ses_text *out)
{
    for (const struct ses_option *o = options; o->kind != SES_OPTION_END; o++) {
        if (o->kind == SES_OPTION_GROUP) {
            ses_text_add(out, "%s%s:\n", o == options ? "" : "\n", o->help);
            continue;
        }
        size_t start = out->length;
        if (o->letter)
            ses_text_add(out, "  -%c, --%s", o->letter, o->name);
        else
            ses_text_add(out, "      --%s", o->name);
        if (o->argument)
            ses_text_add(out, "=%s", o->argument);
        size_t used = out->length - start;
        if (used + 2 > TEXT_COLUMN)
            ses_text_add(out, "\n%*s", TEXT_COLUMN, "");
        else
            ses_text_add(out, "%*s", (int)(TEXT_COLUMN - used), "");
        struct ses_text help = { 0 };
        ses_text_add(&help, "%s", o->help);
        add_default(o, defaults, &help);
        if (help.data)
            ses_options_wrap(help.data, TEXT_COLUMN, TEXT_COLUMN, out);
        out->failed |= help.failed;
        ses_text_release(&help);
        ses_text_add(out, "\n");
    }
}
