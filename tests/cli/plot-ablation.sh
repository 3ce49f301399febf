#!/bin/sh
# Figures of an ablation: what is drawn are the numbers that ablate prints.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
need_model
idx noise 20 "$side" 10
noise=idx:noise-images,noise-labels
run "$sescope" ablate "$model" --quiet --images "$noise" --csv \
  --sweep blocks,cumulative,pairs --blocks stage2,SE_4_3 -o ablation.h5
cp "$out" "$room/table"
holds 'an ablation is made' test "$status" = 0

for ending in svg pdf png; do
  works "ablation as $ending" "$sescope" plot ablation ablation.h5 \
    -o "a.$ending" --data ablation.csv
  works "tradeoff as $ending" "$sescope" plot tradeoff ablation.h5 \
    -o "t.$ending" --data tradeoff.csv
  holds "figures are there as $ending" test -s "a.$ending" -a -s "t.$ending"
done
works 'a narrow ablation' "$sescope" plot ablation ablation.h5 -o a.png \
  --width 85

holds 'four blocks stand alone' \
  test "$(grep -c '^each block alone,one,SE_' ablation.csv)" = 4
holds 'from the end and from the start' \
  test "$(grep -c '^cumulative,"one, from the ' ablation.csv)" = 10
holds 'six pairs' \
  test "$(grep -c '^pairs: one,interaction,SE_' ablation.csv)" = 6
holds 'nothing forced changes nothing' \
  grep -qx 'cumulative,"one, from the end",0,0,0,0' ablation.csv
# The same numbers in what ablate prints (shares) and what is drawn (percent).
cat >"$room/change.awk" <<'AWK'
BEGIN { FS = "," }
FNR == 1 { file++; for (i = 1; i <= NF; i++) if ($i == "top1_change") at = i
           for (i = 1; i <= NF; i++) if ($i == "over") over = i; next }
file == 1 && $over == "all" { change[$1] = 100 * $at; next }
file == 2 && $1 == "each block alone" {
  n++
  d = change[$3 "=one"] - $4
  if (d > 1e-6 || d < -1e-6) { print $0; bad = 1 }
}
file == 2 && $1 == "pairs: one" {
  split($3, p, " ")
  d = change[p[1] "=one " p[2] "=one"] - change[p[1] "=one"] - \
      change[p[2] "=one"] - $4
  m++
  if (d > 1e-6 || d < -1e-6) { print $0; bad = 1 }
}
END { exit bad || n != 4 || m != 6 }
AWK
holds 'they are what ablate prints' awk -f "$room/change.awk" \
  "$room/table" ablation.csv
holds 'every variant has a place' \
  test "$(wc -l <tradeoff.csv)" = "$(grep -c ',all,' "$room/table" |
    awk '{ print $1 + 1 }')"
holds 'the network as it is keeps all' grep -q '^,,100,' tradeoff.csv

holds 'an ablation without a sweep is made' "$sescope" ablate "$model" \
  --quiet --images "$noise" --force SE_2_1=one -o single.h5
fails 'no sweep to draw' 1 "sescope: 'single.h5' holds no sweep; .*" \
  "$sescope" plot ablation single.h5 -o f.svg
works 'but a trade' "$sescope" plot tradeoff single.h5 -o s.svg
fails 'no such ablation' 1 "sescope: .*none.h5.*" \
  "$sescope" plot ablation none.h5 -o f.svg
fails 'no ablation' 1 "sescope: .*noise-images.*" \
  "$sescope" plot tradeoff noise-images -o f.svg

finish
