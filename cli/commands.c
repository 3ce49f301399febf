/* What all commands do with their tables; see commands.h. */
#include "cli/commands.h"

#include <stdarg.h>
#include <stdio.h>

#include "cli/diagnostics.h"

static int print_help(const struct ses_command *command)
{
    struct ses_text text = { 0 };
    ses_text_add(&text, "Usage: sescope %s %s\n\n", command->name,
                 command->usage);
    ses_options_wrap(command->description, 0, 0, &text);
    ses_text_add(&text, "\n");
    if (command->words) {
        ses_text_add(&text, "\n%s:\n", command->words_title);
        for (const struct ses_word *word = command->words; word->name; word++)
            ses_text_add(&text, "  %-24s%s\n", word->name, word->summary);
    }
    ses_text_add(&text, "\n");
    ses_options_help(command->options, command->defaults, &text);
    ses_text_add(&text, "\nThe manual page sescope-%s(1) says more.\n",
                 command->name);
    bool failed = text.failed;
    if (failed)
        ses_report_failure("no memory for the help");
    else
        ses_print(text.data);
    ses_text_release(&text);
    return failed ? SES_EXIT_FAILED : SES_EXIT_OK;
}

bool ses_command_parse(const struct ses_command *command, void *values,
                       int *argc, char **argv, int *exit_status)
{
    struct ses_error err = { 0 };
    bool help;
    int count = *argc - 1;
    if (ses_options_parse(command->options, values, &count, argv + 1, &help,
                          &err)) {
        *exit_status = ses_command_misuse(command, "%s", err.message);
        return false;
    }
    if (help) {
        *exit_status = print_help(command);
        return false;
    }
    *argc = count + 1;
    return true;
}

bool ses_command_operands(const struct ses_command *command, int argc,
                          char **argv, int wanted, const char *names,
                          int *exit_status)
{
    if (argc - 1 < wanted)
        *exit_status = ses_command_misuse(command, "expected %s", names);
    else if (argc - 1 > wanted)
        *exit_status = ses_command_misuse(command,
                                          "'%s' is one operand too many",
                                          argv[wanted + 1]);
    return argc - 1 == wanted;
}

int ses_command_misuse(const struct ses_command *command, const char *format,
                       ...)
{
    char message[SES_ERROR_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    ses_report_failure("%s (see 'sescope %s --help')", message, command->name);
    return SES_EXIT_USAGE;
}
