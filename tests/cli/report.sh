#!/bin/sh
# Reports: one file, and what a reader does in it. The page is opened in
# headless Chromium where there is one.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
need_model
idx noise 24 "$side" 10
noise=idx:noise-images,noise-labels
run "$sescope" record "$model" --quiet --images "$noise" -o run.h5
run "$sescope" ablate "$model" --quiet --images "$noise" --sweep blocks \
  --blocks stage2,SE_4_3 -o ablation.h5
holds 'a record and an ablation are made' test -s run.h5 -a -s ablation.h5

works 'a report of both' "$sescope" report run.h5 ablation.h5 -q -o both.html
works 'a report of a record' "$sescope" report run.h5 -q -o a.html
works 'the same report again' "$sescope" report run.h5 -q -o again.html
holds 'has the same bytes' cmp a.html again.html
works 'a PDF' "$sescope" report run.h5 ablation.h5 -q --pdf -o a.pdf
holds 'is a PDF' grep -q '^%PDF-' a.pdf
holds 'an ablation is a chapter' grep -q '<h2 [^>]*>What forcing gates costs' \
  both.html
run "$sescope" ablate "$model" --quiet --images "$noise" --sweep blocks \
  --blocks stage2,SE_4_3 -o ablation.h5 --resume
change=$(awk '$1 == "SE_2_1=one" { print $4 " (" $5 " to " $7 ")" }' "$out")
holds 'its numbers are those of a terminal' grep -qF ">$change</td>" both.html
holds 'that is not there without one' sh -c "! grep -q 'forcing gates' a.html"
holds 'every block is a row' \
  test "$(grep -c '<tr><th scope="row">SE_' a.html)" = 18

# Of a picker's line of all classes, as of the figure's, --classes takes none.
works 'a report of two classes' "$sescope" report run.h5 -q --classes 1,2 \
  -o few.html
overall()
{
  grep -Eo '"overall": ?\{[^}]*\}' "$1"
}
holds 'has the mean over all classes' \
  test "$(overall few.html)" = "$(overall a.html)"
holds 'of every block' test "$(overall few.html | wc -l)" = 9

# Folders that are no output of the network.
mkdir -p other/ant other/bee
cp "$top/tests/data/images/bilevel.png" other/ant/a.png
cp "$top/tests/data/images/bilevel.png" other/bee/b.png
run "$sescope" ablate "$model" --quiet --images other --sweep blocks \
  --preprocess "resize=$side,crop=$side" --blocks SE_4_3 -o other.h5
holds 'an ablation without labels is made' test -s other.h5
works 'a report with it' "$sescope" report run.h5 other.h5 -q -o other.html
holds 'says what it cannot show' \
  grep -q 'No figure of tradeoff: .* no labelled images' other.html

fails 'no output' 2 "sescope: -o REPORT.html is needed .*" \
  "$sescope" report run.h5
fails 'another ending' 2 "sescope: 'a.txt' does not end in .html .*" \
  "$sescope" report run.h5 -o a.txt
fails 'a PDF by another name' 2 "sescope: 'b.html' does not end in .pdf .*" \
  "$sescope" report run.h5 --pdf -o b.html
fails 'a record that is none' 1 "sescope: .*ablation.h5.*" \
  "$sescope" report ablation.h5 -o b.html
fails 'an unknown class' 2 "sescope: .*'dgo'.*" \
  "$sescope" report run.h5 --classes dgo -o b.html
fails 'an unknown block' 2 "sescope: .*SE_9_9.*" \
  "$sescope" report run.h5 --blocks SE_9_9 -o b.html
fails 'no such folder' 1 "sescope: .*no/b.html.*" \
  "$sescope" report run.h5 -q -o no/b.html

# ---- in a browser -----------------------------------------------------------

if ! command -v chromium >/dev/null; then
  skip 'a page in a browser'
  finish
  exit
fi
{
  cat both.html
  echo '<script>'
  cat "$here/report-page.js"
  echo '</script>'
} >page.html
# A browser that hangs must not hang the tests.
HOME=$room timeout 300 chromium --headless --no-sandbox --disable-gpu \
  --user-data-dir="$room/profile" --window-size=1000,800 --dump-dom \
  "file://$work/page.html" >"$out" 2>"$err"
holds 'the browser came to the end' grep -q '^end ' "$out"
# The page left a number of its first block: the second class's second channel.
drawn=$(sed -n 's/^end //p' "$out")
h5dump -d /summary/SE_2_1/mean -s 1,1 -c 1,1 run.h5 | sed -n 's/.*(1,1): //p' |
  awk -v drawn="$drawn" '{ d = $1 - drawn; n++ }
                         END { exit n != 1 || d * d > 1e-8 }' && number=right ||
  number=wrong
holds 'the number drawn is that of the record' test "$number" = right
sed -n '/<pre id="result">/,/^end /p' "$out" |
  sed -n '/^ok /p; /^not ok /p' >"$room/page"
cat "$room/page"
failures=$((failures + $(grep -c '^not ok ' "$room/page")))
finish
