# Sourced by the command-line tests: one line a case.
#
#   works NAME COMMAND ...            exit 0 and nothing on standard error
#   fails NAME STATUS PATTERN COMMAND ...
#                                     that status, exactly one line on standard
#                                     error, which matches the extended regular
#                                     expression as a whole; nothing on
#                                     standard output, and no file more or less
#   says NAME STATUS PATTERN COMMAND ...
#                                     that status, and a line on standard error
#                                     that matches; other lines may be there
#   stops FILE COMMAND ...            a signal, once FILE is there and an image
#                                     done, ends it with 1 and a line that says
#                                     how to go on
#   prints NAME FILE                  the last command's output is the file's
#   holds NAME COMMAND ...            the shell command succeeds
#
# Commands run in an empty folder of their own; what the last one printed (but
# for those of `holds`) is in $out and $err, which are elsewhere.
#
# shellcheck shell=sh disable=SC2034,SC2012
LC_ALL=C
export LC_ALL
unset COLUMNS
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
case ${SESCOPE:-} in
  /*) sescope=$SESCOPE ;;
  *) echo "SESCOPE must be the path of the program" >&2; exit 99 ;;
esac
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
trap 'exit 1' HUP INT TERM
out=$room/out
err=$room/err
work=$room/work
mkdir "$work"
if [ -n "${EMULATOR:-}" ]; then # one word, as the tests want it
  emulated=$room/sescope
  printf '#!/bin/sh\nexec %s %s "$@"\n' "$EMULATOR" "$sescope" >"$emulated"
  chmod +x "$emulated"
  sescope=$emulated
fi
cd "$work" || exit 99
failures=0

pass()
{
  echo "ok $1"
}

fail()
{
  echo "not ok $1: $2"
  sed 's/^/  stdout: /' "$out"
  sed 's/^/  stderr: /' "$err"
  failures=$((failures + 1))
}

skip()
{
  echo "skip $1"
}

# Run, with the exit status in $status.
run()
{
  status=0
  "$@" >"$out" 2>"$err" </dev/null || status=$?
}

works()
{
  name=$1
  shift
  run "$@"
  if [ $status != 0 ]; then
    fail "$name" "exit status $status"
  elif [ -s "$err" ]; then
    fail "$name" "something on standard error"
  else
    pass "$name"
  fi
}

fails()
{
  name=$1
  wanted=$2
  pattern=$3
  shift 3
  before=$(ls -A)
  run "$@"
  if [ $status != "$wanted" ]; then
    fail "$name" "exit status $status, expected $wanted"
  elif [ "$(wc -l <"$err")" != 1 ]; then
    fail "$name" "expected one line on standard error"
  elif ! grep -Eqx -e "$pattern" "$err"; then
    fail "$name" "standard error does not match '$pattern'"
  elif [ -s "$out" ]; then
    fail "$name" "something on standard output"
  elif [ "$(ls -A)" != "$before" ]; then
    fail "$name" "files came or went: $(ls -A | tr '\n' ' ')"
  else
    pass "$name"
  fi
}

says()
{
  name=$1
  wanted=$2
  pattern=$3
  shift 3
  run "$@"
  if [ $status != "$wanted" ]; then
    fail "$name" "exit status $status, expected $wanted"
  elif ! grep -Eqx -e "$pattern" "$err"; then
    fail "$name" "no line on standard error matches '$pattern'"
  else
    pass "$name"
  fi
}

stops()
{
  file=$1
  shift
  stopped='sescope: stopped at [1-9][0-9]* of .* images; .* --resume goes on'
  # A signal before the first image is done is tried again later, and one that
  # comes when all are done, sooner: how busy the machine is nobody knows.
  pause=0
  for attempt in 1 2 3 4 5 6 7 8 9 10; do
    rm -f "$file"
    "$@" >"$out" 2>"$err" &
    pid=$!
    while [ ! -e "$file" ] && kill -0 $pid 2>/dev/null; do
      sleep 0.05
    done
    sleep $pause
    kill -TERM $pid 2>/dev/null
    status=0
    wait $pid || status=$?
    if grep -q 'stopped at 0 of' "$err"; then
      pause=$(awk -v p=$pause 'BEGIN { print 2 * p + 0.1 }')
    elif [ $status = 0 ]; then
      pause=$(awk -v p=$pause 'BEGIN { print p / 4 }')
    else
      break
    fi
  done
  if [ $status = 1 ] && grep -Eqx "$stopped" "$err"; then
    pass 'a signal stops a run cleanly'
  else
    fail 'a signal stops a run cleanly' "status $status"
  fi
}

prints()
{
  if diff -u "$2" "$out" >"$room/diff"; then
    pass "$1"
  else
    cat "$room/diff"
    fail "$1" "output differs from $2"
  fi
}

holds()
{
  name=$1
  shift
  if "$@" >"$room/held" 2>&1 </dev/null; then
    pass "$name"
  else
    cat "$room/held"
    fail "$name" "$* failed"
  fi
}

# as_numpy KIND TABLE: the cells are those of a golden in $data, numbers within
# 1e-6.
cat >"$room/same.awk" <<'AWK'
BEGIN { FS = "," }
NR == FNR { line[FNR] = $0; n = FNR; next }
{
  m = FNR
  fields = split(line[FNR], wanted, ",")
  bad = fields != NF
  for (i = 1; i <= NF && !bad; i++)
    if (wanted[i] ~ /^-?[0-9.]+(e-?[0-9]+)?$/ && $i != "") {
      d = $i - wanted[i]
      bad = d > 1e-6 || d < -1e-6
    } else
      bad = $i != wanted[i]
  if (bad) { print "line " FNR ": " $0 ", expected " line[FNR]; exit 1 }
}
END { exit bad || m != n || n < 2 }
AWK
as_numpy()
{
  holds "$1 is what numpy and scipy say" \
    awk -f "$room/same.awk" "$data/$1.csv" "$2"
}

finish()
{
  [ $failures = 0 ] || exit 1
}

# ---- a network and images ---------------------------------------------------

# The network the repository holds, or one beside the checkout, and the side of
# the square images it takes, as $model and $side; without either, the rest of
# the file is skipped.
need_model()
{
  model=$top/scripts/fashion-mnist/seresnet20.safetensors
  side=28
  if [ ! -f "$model" ]; then
    model=${SES_SHARED:-/nonexistent}/models/seresnet20-cifar10.pth
    side=32
  fi
  [ -f "$model" ] && return
  skip "$(basename "$0") needs a network"
  exit 77
}

word()
{
  printf '%b' "\\0$(printf %03o $(($1 >> 24 & 255)))\
\\0$(printf %03o $(($1 >> 16 & 255)))\
\\0$(printf %03o $(($1 >> 8 & 255)))\
\\0$(printf %03o $(($1 & 255)))"
}

# idx NAME N SIDE LABELS: N images of digits' noise in the IDX format of MNIST,
# labelled 0, 1, ... LABELS - 1, 0, ..., or all with the one label of a fifth
# argument.
idx()
{
  {
    printf '\000\000\010\003'
    word "$2"
    word "$3"
    word "$3"
    yes "$(seq 1 9973 | tr -d '\n')" | head -c $(($2 * $3 * $3)) |
      tr '0123456789' '\000\034\071\125\162\216\253\307\344\377'
  } >"$1-images"
  {
    printf '\000\000\010\001'
    word "$2"
    for i in $(seq 0 $(($2 - 1))); do
      printf '%b' "\\0$(printf %03o "${5:-$((i % $4))}")"
    done
  } >"$1-labels"
}
