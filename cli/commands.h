/* The commands, in one table that drives dispatch, --help and completion.
 *
 * Adding a command:
 *   1. a file cli/NAME.c with `const struct ses_command ses_command_NAME`: its
 *      option table, the struct the options fill, and run();
 *   2. a line in SES_COMMANDS, in the order `sescope --help` shows;
 *   3. the file in cli/local.mk;
 *   4. a man page docs/sescope-NAME.1, in docs/local.mk; the tests check that
 *      it names every option;
 *   5. cases in tests/cli. */
#ifndef SES_CLI_COMMANDS_H
#define SES_CLI_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/options.h"

#define SES_COMMANDS(X) \
    X(inspect) \
    X(record) \
    X(stats) \
    X(ablate) \
    X(plot) \
    X(fold)

/* A word that a command's first operand can be (a kind of figure). */
struct ses_word {
    const char *name, *summary;
};

struct ses_command {
    const char *name;
    const char *summary;     /* one line, for `sescope --help` */
    const char *usage;       /* what follows the name in "Usage: " */
    const char *description; /* a sentence or two for --help */
    const struct ses_option *options;
    const void *defaults;   /* of the struct that options fill */
    const char *words_title; /* "Kinds"; or NULL */
    const struct ses_word *words; /* closed by a NULL name; or NULL */

    /* argv[0] is the command's name. Returns the exit status. */
    int (*run)(int argc, char **argv);
};

#define X(name) extern const struct ses_command ses_command_##name;
SES_COMMANDS(X)
#undef X

/* Every command, closed by NULL. */
extern const struct ses_command *const ses_commands[];

/* Parse a command's arguments into *values (a copy of the defaults). Operands
 * are moved to argv[1] and on, and counted in *argc with argv[0]. False when
 * there is no more to do (--help was printed, or an error reported): the
 * command then returns *exit_status. */
bool ses_command_parse(const struct ses_command *command, void *values,
                       int *argc, char **argv, int *exit_status);

/* Whether there are exactly `wanted` operands; names ("MODEL") says which in
 * the message when not. */
bool ses_command_operands(const struct ses_command *command, int argc,
                          char **argv, int wanted, const char *names,
                          int *exit_status);

/* Report wrong usage of a command in one line that ends with where to look;
 * returns the exit status. */
int ses_command_misuse(const struct ses_command *command, const char *format,
                       ...) SES_PRINTF(2, 3);

/* A script for bash that completes commands and options. */
void ses_completion_bash(struct ses_text *out);

#endif
