#!/bin/sh
# Figures of a record: what is drawn is what numpy and scipy say of it
# (scripts/reference/plots.py), whatever the file, theme and palette.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
data=$top/tests/data/plots
cp "$data/run.h5" run.h5

for kind in activations within-class distributions heatmap saturation; do
  for ending in svg pdf png; do
    works "$kind as $ending" "$sescope" plot $kind run.h5 -q --blocks all \
      --classes all -o "$kind.$ending" --data "$kind.csv"
    holds "$kind is there as $ending" test -s "$kind.$ending"
    holds "$kind as $ending holds numpy's numbers" \
      awk -f "$room/same.awk" "$data/$kind.csv" "$kind.csv"
  done
  works "$kind on dark paper" "$sescope" plot $kind run.h5 -q \
    -o dark.svg --theme dark --width 85 --title Gates
  holds "$kind has dark paper" grep -q \
    '<rect .*fill:rgb(8.235294%,9.411765%,11.372549%)' dark.svg
  holds "$kind has no white paper" sh -c \
    '! grep -q "<rect .*fill:rgb(100%,100%,100%)" dark.svg'
  works "$kind in grey" "$sescope" plot $kind run.h5 -q -o grey.svg \
    --palette grey
  # A colour is grey when its three parts are equal.
  holds "$kind has no colour" awk '
    { n = split($0, part, "rgb[(]")
      for (i = 2; i <= n; i++) {
        split(part[i], c, "[%,)]+")
        if (c[1] != c[2] || c[2] != c[3]) exit 1
        all++ } }
    END { exit all < 9 }' grey.svg
done
works 'a heatmap is clustered' "$sescope" plot heatmap run.h5 -q --cluster \
  --blocks all -o h.png --data cluster.csv
holds 'as scipy does' awk -f "$room/same.awk" "$data/heatmap-cluster.csv" \
  cluster.csv
holds 'clusters are drawn' sh -c '! cmp -s h.png heatmap.png'

says 'a class without images is said' 0 \
  'sescope: note: 1 of the 6 classes drawn has no images, and so no line' \
  "$sescope" plot within-class run.h5 --classes all -o w.svg
says 'a class of one image is said' 0 \
  'sescope: note: 1 .* has one image only, and so no spread' \
  "$sescope" plot within-class run.h5 --classes all -o w.svg
says 'classes left out are said' 0 \
  'sescope: note: the first 2 of 6 classes are drawn; --classes chooses .*' \
  "$sescope" plot within-class run.h5 -o w.svg
rm w.svg
for kind in activations within-class distributions heatmap saturation; do
  fails "$kind of nothing" 1 \
    "sescope: 'run.h5': the classes chosen have no images" \
    "$sescope" plot $kind run.h5 --classes none -o f.svg
done
fails 'an unknown class' 2 "sescope: .*'dgo'.*did you mean 'dog'.*" \
  "$sescope" plot distributions run.h5 --classes dgo -o f.svg
fails 'an unknown block' 2 "sescope: .*'SE_2_9'.*did you mean 'SE_2_.*" \
  "$sescope" plot heatmap run.h5 --blocks SE_2_9 -o f.svg
fails 'clusters of a line' 2 \
  "sescope: --cluster is not for figures of 'saturation' .*" \
  "$sescope" plot saturation run.h5 --cluster -o f.svg
fails 'bands that are there anyway' 2 \
  "sescope: --band is not for figures of 'within-class' .*" \
  "$sescope" plot within-class run.h5 --band -o f.svg
fails 'numbers that cannot be written' 1 "sescope: cannot write 'no/f.csv'.*" \
  "$sescope" plot saturation run.h5 -o heatmap.svg --data no/f.csv

finish
