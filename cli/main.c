/* sescope: commands are found and run here, and standard output is checked
 * once they are done. */
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/diagnostics.h"

#define X(name) &ses_command_##name,
const struct ses_command *const ses_commands[] = { SES_COMMANDS(X) NULL };
#undef X

enum { N_COMMANDS = sizeof ses_commands / sizeof ses_commands[0] - 1 };

static void print_usage(FILE *out)
{
    fputs("Usage: sescope COMMAND [ARGUMENTS]\n\n"
          "Look into Squeeze-and-Excitation networks: record what every "
          "SE block's gate\nsays about every image of a labelled set, and "
          "draw it.\n\nCommands:\n",
          out);
    for (int i = 0; i < N_COMMANDS; i++)
        fprintf(out, "  %-10s%s\n", ses_commands[i]->name,
                ses_commands[i]->summary);
    fputs("  help      show the help of a command\n\n"
          "'sescope COMMAND --help' lists a command's options; "
          "'sescope --version' prints\nthe version.\n",
          out);
}

static const struct ses_command *find_command(const char *name)
{
    for (int i = 0; i < N_COMMANDS; i++)
        if (strcmp(name, ses_commands[i]->name) == 0)
            return ses_commands[i];
    return NULL;
}

static int unknown_command(const char *name)
{
    enum { N_NAMES = N_COMMANDS + 3 };
    const char *names[N_NAMES] = { "help", "--help", "--version" };
    for (int i = 0; i < N_COMMANDS; i++)
        names[3 + i] = ses_commands[i]->name;
    char suggestion[256];
    ses_suggest(name, names, N_NAMES, suggestion, sizeof suggestion);
    ses_report_failure("unknown %s '%s'%s (see 'sescope --help')",
                       name[0] == '-' ? "option" : "command", name,
                       suggestion);
    return SES_EXIT_USAGE;
}

/* `sescope help COMMAND` is `sescope COMMAND --help`. */
static int run_help(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stdout);
        return SES_EXIT_OK;
    }
    const struct ses_command *command = find_command(argv[1]);
    if (!command)
        return unknown_command(argv[1]);
    char help[] = "--help";
    char *arguments[] = { argv[1], help, NULL };
    return command->run(2, arguments);
}

/* Not listed: `make` calls it for the completion that is installed. */
static int run_completion(int argc, char **argv)
{
    if (argc != 2 || strcmp(argv[1], "bash") != 0) {
        ses_report_failure("'sescope completion' knows one shell: bash");
        return SES_EXIT_USAGE;
    }
    struct ses_text script = { 0 };
    ses_completion_bash(&script);
    bool failed = script.failed;
    if (failed)
        ses_report_failure("no memory for the completion");
    else
        ses_print(script.data);
    ses_text_release(&script);
    return failed ? SES_EXIT_FAILED : SES_EXIT_OK;
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return SES_EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        print_usage(stdout);
        return SES_EXIT_OK;
    }
    if (strcmp(name, "--version") == 0) {
        puts(PACKAGE_NAME " " PACKAGE_VERSION);
        return SES_EXIT_OK;
    }
    if (strcmp(name, "help") == 0)
        return run_help(argc - 1, argv + 1);
    if (strcmp(name, "completion") == 0)
        return run_completion(argc - 1, argv + 1);
    const struct ses_command *command = find_command(name);
    return command ? command->run(argc - 1, argv + 1) : unknown_command(name);
}

int main(int argc, char **argv)
{
    /* Names are UTF-8 whatever the locale says; numbers keep their dot. */
    if (!setlocale(LC_CTYPE, "") ||
        strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
    return ses_close_stdout(run(argc, argv));
}
