#!/bin/sh
# Commands, options and their help, without a network or an image.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

works 'version' "$sescope" --version
holds 'version is one line' grep -Eqx 'sescope [0-9]+\.[0-9]+\.[0-9]+' "$out"
works 'help' "$sescope" --help
prints 'help lists the commands' "$here/golden/help.txt"
works 'help by letter' "$sescope" -h
prints 'help by letter is the same' "$here/golden/help.txt"
works 'help as a command' "$sescope" help
prints 'help as a command is the same' "$here/golden/help.txt"

run "$sescope"
holds 'no command is wrong usage' test "$status" = 2
holds 'no command prints no result' test ! -s "$out"
holds 'no command shows the usage' diff "$err" "$here/golden/help.txt"

# Every command listed answers, and its page names every option.
commands=$(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' \
  "$here/golden/help.txt" | grep -v '^help$')
holds 'there are commands' test -n "$commands"
for command in $commands; do
  works "$command --help" "$sescope" "$command" --help
  cp "$out" "$room/command"
  holds "$command --help says how it is used" \
    grep -q "^Usage: sescope $command " "$room/command"
  holds "$command --help fits 80 columns" \
    sh -c "! grep -E '^.{80}' '$room/command'"
  works "help $command" "$sescope" help "$command"
  holds "help $command is the same" diff "$out" "$room/command"
  page=$top/docs/sescope-$command.1
  for option in $(sed -n 's/^ *\(-., \)\{0,1\}--\([a-z-]*\).*/\2/p' \
    "$room/command"); do
    holds "$command: the manual has --$option" \
      grep -Eq "(Fl|,) -$option( |\$)" "$page"
  done
  fails "$command --bogus" 2 \
    "sescope: unknown option '--bogus'.*\\(see 'sescope $command --help'\\)" \
    "$sescope" "$command" --bogus
done

fails 'unknown command' 2 \
  "sescope: unknown command 'recrod', did you mean 'record'\\? .*" \
  "$sescope" recrod
fails 'unknown command, nothing near' 2 \
  "sescope: unknown command 'xyzzy' \\(see 'sescope --help'\\)" "$sescope" xyzzy
fails 'help for an unknown command' 2 \
  "sescope: unknown command 'plots', did you mean 'plot'\\? .*" \
  "$sescope" help plots
fails 'unknown option before a command' 2 \
  "sescope: unknown option '--verison', did you mean '--version'\\? .*" \
  "$sescope" --verison
fails 'mistyped option' 2 \
  "sescope: unknown option '--bacth', did you mean '--batch'.*" \
  "$sescope" record m --bacth 3
fails 'ambiguous option' 2 \
  "sescope: option '--image' is ambiguous, did you mean '--images' or .*" \
  "$sescope" record m --image x
fails 'value out of range' 2 \
  "sescope: option '--threads' is '-1', expected a whole number from 0 .*" \
  "$sescope" record m --threads -1
fails 'value of another kind' 2 \
  "sescope: option '--folder-order' is 'size', expected 'bytes', 'natural' .*" \
  "$sescope" record m --folder-order size
fails 'a control character in a name' 2 \
  "sescope: unknown command 'a\\\\x1b\\[2J\\\\x0ab' .*" \
  "$sescope" "$(printf 'a\033[2J\nb')"

fails 'inspect without a model' 2 'sescope: expected MODEL .*' \
  "$sescope" inspect
fails 'inspect in two forms' 2 \
  'sescope: --json and --graph exclude each other .*' \
  "$sescope" inspect m --json --graph
fails 'inspect of two models' 2 "sescope: 'b' is one operand too many .*" \
  "$sescope" inspect a b
fails 'record without images' 2 'sescope: --images SET is needed .*' \
  "$sescope" record m -o run.h5
fails 'record without an output' 2 'sescope: -o RUN.h5 is needed .*' \
  "$sescope" record m --images s
fails 'record to a device' 2 \
  "sescope: '/dev/full' exists and is no regular file .*" \
  "$sescope" record m --images s -o /dev/full --overwrite
fails 'resume and overwrite' 2 \
  'sescope: --resume and --overwrite exclude each other .*' \
  "$sescope" record m --images s -o r --resume --overwrite
fails 'summaries with rows' 2 'sescope: --summary-only leaves no rows .*' \
  "$sescope" record m --images s -o r --summary-only --with squeeze
fails 'fold without a model' 2 'sescope: expected MODEL .*' \
  "$sescope" fold -o f.onnx
fails 'fold without an output' 2 'sescope: -o FOLDED.onnx is needed .*' \
  "$sescope" fold m --from r
fails 'fold without a record' 2 'sescope: --from RUN.h5 is needed, for .*' \
  "$sescope" fold m -o f.onnx
fails 'fold of ones with a record' 2 \
  "sescope: --from is for --value mean, not 'one' .*" \
  "$sescope" fold m -o f.onnx --value one --from r
fails 'fold of a value that is none' 2 \
  "sescope: option '--value' is 'men', expected mean, one or a number .*" \
  "$sescope" fold m -o f.onnx --value men
fails 'unknown kind of figure' 2 \
  "sescope: unknown kind of figure 'activation', did you mean 'activat.*" \
  "$sescope" plot activation r -o f.svg
fails 'plot without a kind' 2 'sescope: expected KIND and RUN.h5 .*' \
  "$sescope" plot
fails 'plot without a record' 2 'sescope: expected KIND and RUN.h5 .*' \
  "$sescope" plot activations -o f.svg
fails 'plot without a figure' 2 'sescope: -o FIGURE is needed .*' \
  "$sescope" plot activations r
fails 'ablation figure without a file' 2 \
  'sescope: expected KIND and ABLATION.h5 .*' \
  "$sescope" plot tradeoff -o f.svg
fails 'an option of another figure' 2 \
  "sescope: --band is not for figures of 'ablation' .*" \
  "$sescope" plot ablation r -o f.svg --band
fails 'a theme that is none' 2 \
  "sescope: option '--theme' is 'darc', expected 'light' or 'dark' .*" \
  "$sescope" plot activations r -o f.svg --theme darc
fails 'a palette that is none' 2 \
  "sescope: option '--palette' is 'gray', expected .*'tol' or 'grey' .*" \
  "$sescope" plot activations r -o f.svg --palette gray
fails 'figure with another ending' 2 \
  "sescope: 'f.jpg' does not end in .svg, .pdf or .png .*" \
  "$sescope" plot activations r -o f.jpg

if [ -c /dev/full ]; then
  for words in --help --version 'record --help' 'completion bash'; do
    # shellcheck disable=SC2016,SC2086
    fails "$words to a full disk" 1 \
      'sescope: cannot write to standard output: No space left on device' \
      sh -c 'program=$1; shift; "$program" $* >/dev/full' sh "$sescope" $words
  done
else
  skip 'writing to a full disk needs /dev/full'
fi

works 'completion' "$sescope" completion bash
cp "$out" "$room/completion"
fails 'completion of another shell' 2 \
  "sescope: 'sescope completion' knows one shell: bash" \
  "$sescope" completion fish
if command -v bash >/dev/null; then
  # complete WORD... leaves what is offered for the last word in $out
  cat >"$room/complete" <<'END'
source "$1"; shift
COMP_WORDS=(sescope "$@"); COMP_CWORD=$#
_sescope
printf '%s\n' "${COMPREPLY[@]}"
END
  offers()
  {
    name=$1
    expected=$2
    shift 2
    run bash "$room/complete" "$room/completion" "$@"
    if [ "$(sort "$out" | tr '\n' ' ')" = "$expected " ] && [ ! -s "$err" ]
    then
      pass "$name"
    else
      fail "$name" "expected '$expected'"
    fi
  }
  offers 'commands are completed' 'record report' r
  offers 'all commands' \
    '--help --version ablate fold help inspect plot record report stats' ''
  offers 'options are completed' '--label-base --labels' record m --lab
  offers 'kinds are completed' 'ablation activations' plot a
  offers 'choices are completed' 'natural numeric' record --folder-order n
  offers 'choices after an equals sign' 'bytes' record --folder-order = b
  : >"$work/a file.h5"
  offers 'files are completed' 'a file.h5' plot activations a
  offers 'files as values' 'a file.h5' record --output a
  offers 'no files where a number is wanted' '' record --threads a
  rm "$work/a file.h5"
else
  skip 'completion needs bash'
fi

finish
