/* Command-line options from one table a command: the table drives parsing,
 * --help and shell completion, so that the three cannot disagree.
 *
 * Values live in the command's own struct and are found by offset; that
 * struct, filled with the defaults, is where defaults are set, and help shows
 * what it holds. Long options may be shortened as long as they stay
 * unambiguous, `--name=value` and `--name value` are the same, `--` ends the
 * options, options and operands mix freely, and every flag has a `--no-`
 * form. */
#ifndef SES_CLI_OPTIONS_H
#define SES_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "core/base/text.h"

enum ses_option_kind {
    SES_OPTION_END,    /* closes a table */
    SES_OPTION_GROUP,  /* a heading in --help */
    SES_OPTION_HELP,   /* --help */
    SES_OPTION_FLAG,   /* bool */
    SES_OPTION_STRING, /* const char *, pointing into argv */
    SES_OPTION_LONG,   /* long, least to most */
    SES_OPTION_DOUBLE, /* double, low to high */
    SES_OPTION_CHOICE, /* int, an index into choices */
    SES_OPTION_LIST,   /* unsigned, a bit for each choice named */
    SES_OPTION_WORDS   /* struct ses_words; may be given several times */
};

/* Values of one option, in the order given, pointing into argv. */
enum { SES_MOST_WORDS = 64 };
struct ses_words {
    const char *items[SES_MOST_WORDS];
    size_t count;
};

struct ses_option {
    enum ses_option_kind kind;
    char letter;          /* of the short form; 0: none */
    const char *name;     /* without the dashes */
    const char *argument; /* the value's name in help; FILE, SET, RUN and DIR
                           * are completed as paths */
    const char *help;     /* or the heading of a group */
    size_t offset;        /* of the value in the command's struct */
    long least, most; /* SES_OPTION_LONG */
    double low, high; /* SES_OPTION_DOUBLE */
    const char *const *choices; /* NULL-terminated */
    const char *unset; /* what a default of NULL, or of a number that is 0 or
                        * below what is allowed, means to people; NULL: that
                        * is not shown */
};

/* A field of the command's struct. */
#define SES_AT(type, field) .offset = offsetof(type, field)

#define SES_OPTIONS_HELP \
    { \
        .kind = SES_OPTION_HELP, .letter = 'h', .name = "help", \
        .help = "print this help and exit" \
    }

/* Parse argv[0 .. *argc - 1], the arguments after the command's name. Values
 * go to *values; operands are moved to the front of argv and counted in *argc.
 * *help is set, and parsing ends, at --help. Errors are SES_EUSAGE and suggest
 * what could have been meant. */
SES_MUST_CHECK enum ses_status ses_options_parse(
    const struct ses_option *options, void *values, int *argc, char **argv,
    bool *help, struct ses_error *err);

/* The table as --help shows it, with the values of *defaults. */
void ses_options_help(const struct ses_option *options, const void *defaults,
                      struct ses_text *out);

/* Text wrapped to 80 columns, every line after `indent` blanks; the first
 * starts at column `at`. */
void ses_options_wrap(const char *text, size_t indent, size_t at,
                      struct ses_text *out);

#endif
