#!/bin/sh
# The command that analyses a record: its forms, and records that leave
# something out.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
cp "$top/tests/data/stats/small.h5" run.h5

says 'a table' 0 'sescope: note: 7 of 98 images could not be read .*' \
  "$sescope" stats run.h5
holds 'it says what it is of' grep -q '^91 images of 4 classes; ' "$out"
holds 'a line a block, twice' test "$(grep -c '^SE_2_1  ' "$out")" = 2
holds 'findings are in words' grep -q '^SE_4_1: dead: ' "$out"
holds 'the verdict comes last and is sober' \
  sh -c "tail -n 1 '$out' | grep -q '^no trend of class selectivity'"
holds 'a class of one image is said' \
  grep -Eqx 'sescope: note: 1 of 4 classes has one image: .*' "$err"
works 'quietly' "$sescope" stats run.h5 --quiet

works 'as CSV' "$sescope" stats run.h5 --quiet --csv
cp "$out" "$room/csv"
holds 'a line a block' test "$(wc -l <"$room/csv")" = 7
holds 'all lines have all values' awk -F, 'NR == 1 { n = NF }
  NR > 1 && !/"/ && NF != n { exit 1 }' "$room/csv"
works 'as JSON' "$sescope" stats run.h5 --quiet --json --top 2 --images 1 \
  --blocks SE_3_1,SE_2_1 --classes ant,dog
for key in name channels mean eta_squared eta_squared_low eta_squared_high \
  omega_squared null decodability decodability_low above_99 below_01 \
  still_channels findings top_channels d_prime_high rsa cka verdict classes; do
  holds "JSON has $key" grep -q "^ *\"$key\": " "$out"
done
holds 'classes are those chosen' test \
  "$(tr -d ' \n' <"$out" | grep -c '"classes":\["ant","dog"\]')" = 1
holds 'blocks are in depth order' test \
  "$(grep '"name"' "$out" | tr -d ' \n,')" = '"name":"SE_2_1""name":"SE_3_1"'
works 'threads' "$sescope" stats run.h5 --quiet --json --threads 1
cp "$out" "$room/one"
works 'more threads' "$sescope" stats run.h5 --quiet --json --threads 3
prints 'threads change nothing' "$room/one"
works 'another seed' "$sescope" stats run.h5 --quiet --json --seed 1
holds 'another seed draws others' sh -c "! cmp -s '$out' '$room/one'"
works 'top channels and similarity' "$sescope" stats run.h5 --quiet --top 1 \
  --similarity --classes ant,bee
holds 'a channel for each class and block' \
  test "$(grep -Ec '(ant|bee)/[0-9]+\.png' "$out")" = 12
holds 'there are two matrices' test "$(grep -Ec '^(RSA|CKA) ' "$out")" = 2

fails 'no record' 2 'sescope: expected RUN.h5 .*' "$sescope" stats
fails 'no such record' 1 "sescope: .*'none.h5'.*" "$sescope" stats none.h5
fails 'unknown block' 2 "sescope: .*'SE_2_9'.*did you mean 'SE_2_1'.*" \
  "$sescope" stats run.h5 --blocks SE_2_9
fails 'unknown class' 2 "sescope: .*'bea'.*did you mean 'bee'.*" \
  "$sescope" stats run.h5 --classes bea
fails 'a class without images' 1 "sescope: 'run.h5' holds no image of these .*" \
  "$sescope" stats run.h5 --classes eel
fails 'two forms' 2 'sescope: --csv and --json are two forms .*' \
  "$sescope" stats run.h5 --csv --json
fails 'no top channels in CSV' 2 'sescope: --top is not for --csv.*' \
  "$sescope" stats run.h5 --csv --top 3
works 'one class' "$sescope" stats run.h5 --quiet --classes ant
holds 'one class has no verdict' \
  sh -c "tail -n 1 '$out' | grep -q '^one class alone says nothing'"

# What a run recorded, whole and in summaries.
need_model
idx noise 24 "$side" 3
noise=idx:noise-images,noise-labels
run "$sescope" record "$model" --quiet --images "$noise" -o rows.h5
holds 'a record is made' test "$status" = 0
run "$sescope" record "$model" --quiet --images "$noise" -o sums.h5 \
  --summary-only
holds 'a record of summaries is made' test "$status" = 0
works 'a record with rows' "$sescope" stats rows.h5 --csv
cut -d, -f1-7,11-14 "$out" >"$room/rows"
says 'a record of summaries' 0 \
  "sescope: note: 'sums.h5' holds summaries only: .*" \
  "$sescope" stats sums.h5 --csv
cut -d, -f1-7,11-14 "$out" >"$room/sums"
cat >"$room/near.awk" <<'AWK'
BEGIN { FS = "," }
FNR == NR { line[FNR] = $0; next }
FNR > 1 {
  n = split(line[FNR], a, ",")
  split("1 2 3 4 5 6 7", keep, " ")
  for (i = 2; i <= 7; i++) {
    d = a[i] - $i
    if (d > 1e-5 || d < -1e-5) { print i, line[FNR], $0; bad = 1 }
  }
  seen++
}
END { exit bad || seen < 3 }
AWK
holds 'summaries say the same of the classes' \
  awk -f "$room/near.awk" "$room/rows" "$room/sums"

# The real network whose gates died, if it is there.
dead=${SES_SHARED:-/nonexistent}/models/seresnet20-cifar10-dead-gates.pth
if [ -f "$dead" ]; then
  idx colour 24 32 3
  run "$sescope" record "$dead" --quiet --preprocess order=rgb \
    --images idx:colour-images,colour-labels -o dead.h5
  holds 'the dead network is recorded' test "$status" = 0
  works 'its statistics' "$sescope" stats dead.h5 --quiet
  holds 'its dead blocks are named, and no others' test \
    "$(sed -n 's/^\(SE_[0-9_]*\): dead: .*/\1/p' "$out" | tr '\n' ' ')" = \
    'SE_2_1 SE_2_3 SE_3_2 SE_3_3 '
else
  skip 'the dead network'
fi
finish
