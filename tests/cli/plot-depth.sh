#!/bin/sh
# Figures of what a record says of its blocks: what is drawn is what numpy and
# scipy say of it (scripts/reference/plot-depth.py); of two records; and of the
# images that drive channels.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
data=$top/tests/data/plots
cp "$data/run.h5" run.h5
all='--blocks all --classes all'

for kind in selectivity decodability rdm block-similarity; do
  for ending in svg pdf png; do
    # shellcheck disable=SC2086
    works "$kind as $ending" "$sescope" plot $kind run.h5 -q $all \
      -o "$kind.$ending" --data "$kind.csv"
    holds "$kind is there as $ending" test -s "$kind.$ending"
  done
  works "$kind on dark paper" "$sescope" plot $kind run.h5 -q \
    -o dark.svg --theme dark --width 85 --title Gates
  holds "$kind has dark paper" grep -q \
    '<rect .*fill:rgb(8.235294%,9.411765%,11.372549%)' dark.svg
  holds "$kind has no white paper" sh -c \
    '! grep -q "<rect .*fill:rgb(100%,100%,100%)" dark.svg'
done
as_numpy rdm rdm.csv
as_numpy block-similarity block-similarity.csv
grep -v shuffled selectivity.csv | cut -d, -f1-4 >values.csv
as_numpy selectivity values.csv
holds 'a null for every block' \
  test "$(grep -c 'labels shuffled' selectivity.csv)" = 3
holds 'chance is the largest class' \
  test "$(grep -c ',chance (the largest class),SE_._.,28.5714286,,$' \
    decodability.csv)" = 3
holds 'intervals hold their values' awk -F, '
  NR > 1 && $5 != "" { n++; if ($5 > $4 || $6 < $4) exit 1 }
  END { exit n != 6 }' decodability.csv
works 'classes are clustered' "$sescope" plot rdm run.h5 -q --cluster \
  --classes cat,Möwe,one,dog -o clustered.svg --data clustered.csv
holds 'every pair is there' test "$(wc -l <clustered.csv)" = 19

works 'top channels' "$sescope" plot top-channels run.h5 -q --classes all \
  --no-thumbnails -o top.svg --data top.csv
awk 'BEGIN { FS = OFS = "," }
  # The name of one class holds a comma.
  { low = $2 ~ /^"/ ? 6 : 5
    line = $1
    for (i = 2; i <= NF; i++)
      if (i != low && i != low + 1) line = line OFS $i
    print line }' top.csv >values.csv
as_numpy top-channels values.csv
works 'three of them' "$sescope" plot top-channels run.h5 -q --channels 3 \
  --classes cat,dog --blocks stage2 --no-thumbnails -o top.png --data top.csv
holds 'three a block and class' test "$(cut -d, -f1-3 top.csv | sort -u |
  wc -l)" = 13
fails 'a record that has no images' 1 \
  "sescope: no thumbnails .*--images SET .*--no-thumbnails .*: 'run.h5' does \
not say where its images are" \
  "$sescope" plot top-channels run.h5 -q -o f.svg
fails 'a set that is not there' 1 \
  "sescope: no thumbnails .*'nowhere'.*" \
  "$sescope" plot top-channels run.h5 -q --images nowhere -o f.svg
fails 'thumbnails elsewhere' 2 \
  "sescope: --no-thumbnails is not for figures of 'rdm' .*" \
  "$sescope" plot rdm run.h5 --no-thumbnails -o f.svg

says 'a class of one image is said' 0 \
  'sescope: note: 1 .* has one image only, and so no decodability' \
  "$sescope" plot decodability run.h5 -o d.svg
says 'a class without images is said' 0 \
  'sescope: note: 1 of the 6 classes drawn has no images, and so no distance' \
  "$sescope" plot rdm run.h5 -o d.svg
rm d.svg
fails 'a single class has no selectivity' 1 \
  "sescope: 'run.h5' has no numbers to draw, which take two classes, .*" \
  "$sescope" plot selectivity run.h5 -q --classes dog -o f.svg
fails 'a single class has no distances' 1 "sescope: 'run.h5' has no dist.*" \
  "$sescope" plot rdm run.h5 -q --classes dog -o f.svg
fails 'a single block is like no other' 1 "sescope: 'run.h5' has no like.*" \
  "$sescope" plot block-similarity run.h5 -q --blocks SE_2_1 -o f.svg
fails 'one record is not two' 2 'sescope: .*RUN1.h5 and RUN2.h5.*' \
  "$sescope" plot compare run.h5 -o f.svg

# ---- two records, and their images -------------------------------------------

need_model
idx noise 24 "$side" 10
noise=idx:noise-images,noise-labels
for run in plain forced; do
  force=
  [ $run = forced ] && force='--force SE_3_1=one'
  # shellcheck disable=SC2086
  run "$sescope" record "$model" --quiet --images $noise $force -o $run.h5
  holds "a record is made, $run" test -s $run.h5
done
works 'two records' "$sescope" plot compare plain.h5 forced.h5 -q \
  -o compare.svg --data compare.csv
holds 'are known by what was forced' \
  test "$(cut -d, -f2 compare.csv | sort -u | tr '\n' ' ')" = \
  'SE_3_1=one as it is chance series '
holds 'the forced gate is one' grep -q '^mean gate,SE_3_1=one,SE_3_1,1,' \
  compare.csv
cat >"$room/before.awk" <<'AWK'
BEGIN { FS = "," }
$3 !~ /^SE_2_/ || $2 == "chance" { next }
$2 == "as it is" { value[$1 $3] = $4; next }
{ n++; if (value[$1 $3] != $4) exit 1 }
END { exit n < 6 }
AWK
holds 'blocks before it are the same' awk -f "$room/before.awk" compare.csv
fails 'other classes do not fit' 1 \
  "sescope: 'run.h5' has no class '0', which 'plain.h5' has; --classes .*" \
  "$sescope" plot compare plain.h5 run.h5 -q -o f.svg
run "$sescope" record "$model" --quiet --images "$noise" --classes 0,1 \
  -o two.h5
fails 'more classes do not fit' 1 \
  "sescope: 'two.h5' has no class '.', which 'plain.h5' has; --classes .*" \
  "$sescope" plot compare two.h5 plain.h5 -q -o f.svg
works 'those of both do' "$sescope" plot compare two.h5 plain.h5 -q \
  --classes 0,1 -o two.svg
fails 'an unknown block of either' 2 "sescope: 'plain.h5': .*'SE_9_9'.*" \
  "$sescope" plot compare plain.h5 forced.h5 -q --blocks SE_9_9 -o f.svg

works 'thumbnails' "$sescope" plot top-channels plain.h5 -q -o with.svg
holds 'are pictures' grep -q '<image ' with.svg
mkdir elsewhere
mv noise-images noise-labels elsewhere
fails 'images that were moved' 1 \
  "sescope: no thumbnails .*'noise-images'.*" \
  "$sescope" plot top-channels plain.h5 -q -o f.svg
works 'are found where they are now' "$sescope" plot top-channels plain.h5 \
  -q --images idx:elsewhere/noise-images,elsewhere/noise-labels -o moved.png
works 'or done without' "$sescope" plot top-channels plain.h5 -q \
  --no-thumbnails -o without.svg
holds 'without pictures' sh -c '! grep -q "<image " without.svg'

finish
