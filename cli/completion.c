/* Completion for bash, written from the option tables; see commands.h.
 *
 * bash splits `--name=value` at the equals sign, so the script looks one or
 * two words back for the option whose value is typed. */
#include <string.h>

#include "cli/commands.h"

/* Whether a value of this name is a path. */
static bool is_path(const char *argument)
{
    static const char *const paths[] = { "FILE", "SET", "DIR", "TABLE",
                                         "RUN.h5", "ABLATION.h5", "FIGURE" };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (strcmp(argument, paths[i]) == 0)
            return true;
    return false;
}

/* A case for the values of one option. */
static void add_value_case(const struct ses_option *o, struct ses_text *out)
{
    if (!o->argument)
        return;
    ses_text_add(out, "      --%s", o->name);
    if (o->letter)
        ses_text_add(out, "|-%c", o->letter);
    if (o->choices) {
        ses_text_add(out, ") words='");
        for (const char *const *choice = o->choices; *choice; choice++)
            ses_text_add(out, "%s%s", choice == o->choices ? "" : " ",
                         *choice);
        ses_text_add(out, "' ;;\n");
    } else if (is_path(o->argument)) {
        ses_text_add(out, ") paths=yes ;;\n");
    } else {
        ses_text_add(out, ") return ;;\n");
    }
}

static void add_command(const struct ses_command *command,
                        struct ses_text *out)
{
    ses_text_add(out, "  %s)\n    options='", command->name);
    const char *gap = "";
    for (const struct ses_option *o = command->options;
         o->kind != SES_OPTION_END; o++) {
        if (!o->name)
            continue;
        ses_text_add(out, "%s--%s", gap, o->name);
        gap = " ";
    }
    ses_text_add(out, "'\n    operands='");
    gap = "";
    for (const struct ses_word *word = command->words; word && word->name;
         word++) {
        ses_text_add(out, "%s%s", gap, word->name);
        gap = " ";
    }
    ses_text_add(out, "'\n    case $option in\n");
    for (const struct ses_option *o = command->options;
         o->kind != SES_OPTION_END; o++)
        add_value_case(o, out);
    ses_text_add(out, "    esac\n    ;;\n");
}

void ses_completion_bash(struct ses_text *out)
{
    ses_text_add(out,
                 "# bash completion for sescope, made by `sescope completion "
                 "bash`.\n"
                 "_sescope()\n{\n"
                 "  local current=${COMP_WORDS[COMP_CWORD]} command=\n"
                 "  local option= options= operands= words= paths=\n"
                 "  COMPREPLY=()\n"
                 "  if ((COMP_CWORD > 1)); then\n"
                 "    command=${COMP_WORDS[1]}\n"
                 "    option=${COMP_WORDS[COMP_CWORD - 1]}\n"
                 "    if [[ $current == = ]]; then\n"
                 "      current=\n"
                 "    elif [[ $option == = ]]; then\n"
                 "      option=${COMP_WORDS[COMP_CWORD - 2]}\n"
                 "    fi\n"
                 "  fi\n"
                 "  case $command in\n"
                 "  ''|help)\n"
                 "    words='");
    for (const struct ses_command *const *c = ses_commands; *c; c++)
        ses_text_add(out, "%s ", (*c)->name);
    ses_text_add(out, "help'\n"
                      "    [[ $command ]] || words+=' --help --version'\n"
                      "    ;;\n");
    for (const struct ses_command *const *c = ses_commands; *c; c++)
        add_command(*c, out);
    ses_text_add(out,
                 "  *) return ;;\n"
                 "  esac\n"
                 "  if [[ ! $words && ! $paths ]]; then\n"
                 "    if [[ $current == -* ]]; then\n"
                 "      words=$options\n"
                 "    elif [[ $operands ]] && ((COMP_CWORD == 2)); then\n"
                 "      words=$operands\n"
                 "    else\n"
                 "      paths=yes\n"
                 "    fi\n"
                 "  fi\n"
                 "  if [[ $paths ]]; then\n"
                 "    compopt -o filenames 2>/dev/null\n"
                 "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
                 "  else\n"
                 "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- "
                 "\"$current\")\n"
                 "  fi\n"
                 "}\n"
                 "complete -F _sescope sescope\n");
}
