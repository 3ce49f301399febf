#!/bin/sh
# inspect, record and plot with a network, on made-up images: what is printed,
# and every bad input with its one line.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
need_model
idx noise 20 "$side" 10
noise=idx:noise-images,noise-labels
record()
{
  run "$sescope" record "$model" --quiet "$@"
}

# ---- inspect ----------------------------------------------------------------

run "$sescope" inspect "$model" --quiet
cp "$out" "$room/inspect"
holds 'inspect succeeds' test "$status" = 0
holds 'inspect is silent otherwise' test ! -s "$err"
for block in SE_2_1 SE_2_2 SE_2_3 SE_3_1 SE_3_2 SE_3_3 SE_4_1 SE_4_2 SE_4_3; do
  holds "inspect lists $block" grep -q "^$block  " "$room/inspect"
done
holds 'inspect says what SE costs' grep -Eqx \
  'SE parameters: 8064 of 2[0-9.]+ k, 2\.9 % of all; \+3\.0 % over .*' \
  "$room/inspect"
works 'inspect --json' "$sescope" inspect "$model" --quiet --json
cp "$out" "$room/json"
if command -v jq >/dev/null; then
  holds 'the JSON has the documented keys' jq -e '
    (keys == ["arch", "blocks", "input", "model", "notes", "outputs",
              "parameters", "preprocess", "se", "sha256"]) and
    (.blocks | length == 9) and
    (.blocks[8] | .name == "SE_4_3" and .channels == 64 and
     .reduced == 16 and .gate == "sigmoid" and .squeeze == "mean" and
     .stage == 4 and .unit == 3 and .index == 8 and
     .structure == "mean > conv 64>16 > relu > conv 16>64 > sigmoid") and
    (.se.parameters == ([.blocks[].parameters] | add)) and
    (.outputs == 10) and (.sha256 | length == 64)' "$room/json"
else
  skip 'the keys of the JSON need jq'
fi
holds 'inspect shows what a block is made of' grep -q \
  '^SE_2_1 .*  mean > conv 16>4 > relu > conv 4>16 > sigmoid$' "$room/inspect"

works 'inspect --graph' "$sescope" inspect "$model" --quiet --graph
cp "$out" "$room/graph"
# Every line is of one of these kinds; edges join nodes that are declared
# before; every node but the input has an edge to it.
cat >"$room/dot.awk" <<'AWK'
function wrong(what) { print NR ": " what ": " $0; bad = 1 }
NR == 1 { if ($0 !~ /^digraph "([^"\\]|\\.)*" \{$/) wrong("opening"); next }
closed { wrong("after the end") }
/^}$/ { closed = 1; next }
/^  subgraph cluster_[0-9]+ \{$/ { if (inside) wrong("nested"); inside = 1
                                   clusters++; next }
/^  }$/ { if (!inside) wrong("not open"); inside = 0; next }
inside && /^    label="([^"\\]|\\.)*";$/ { next }
inside && /^    (style|color)=[^ ]+;$/ { next }
inside && /^   ( n[0-9]+;)+$/ {
  for (i = 1; i <= NF; i++) {
    sub(";", "", $i)
    if (!($i in node)) wrong("no such node")
    if (member[$i]++) wrong("in two clusters")
    members++
  }
  next
}
/^  (node|graph) \[.*\];$/ { next }
/^  n[0-9]+ \[label="([^"\\]|\\.)*", fillcolor="#[0-9a-f]+"(, peripheries=2)?\];$/ {
  if ($1 in node) wrong("declared twice")
  node[$1]; nodes++; next
}
/^  n[0-9]+ -> n[0-9]+;$/ {
  sub(";", "", $3)
  if (!($1 in node) || !($3 in node)) wrong("no such node")
  if (!reached[$3]++) targets++
  next
}
{ wrong("not understood") }
END { if (!closed) wrong("not closed")
      if (targets != nodes - 1) wrong("nodes that nothing leads to")
      if (clusters != 9 || members != 9 * 6) wrong("clusters")
      exit bad }
AWK
holds 'the graph is whole' awk -f "$room/dot.awk" "$room/graph"
for line in 'label="layer3.2.se.squeeze\\nglobal mean\\n1x1x64", fillcolor="#bcd9f2"' \
  'label="layer3.2.se.fc.0\\nconvolution 1x1\\n1x1x16", fillcolor="#e2e2e2"' \
  'label="layer3.2.se.sigmoid\\nsigmoid\\n1x1x64", fillcolor="#fce29a"' \
  'label="layer3.2.se\\nmultiply\\n[0-9]*x[0-9]*x64", fillcolor="#f4b9a7"' \
  'label="layer3.0.conv1\\nconvolution 3x3 stride 2 pad 1' \
  'label="SE_4_3\\nmean > conv 64>16 > relu > conv 16>64 > sigmoid"'; do
  holds "the graph has $line" grep -q "$line" "$room/graph"
done
if command -v dot >/dev/null; then
  # shellcheck disable=SC2016
  holds 'Graphviz draws the graph' sh -c \
    'dot -Tsvg "$1" >"$2" && grep -q "SE_4_3" "$2"' sh "$room/graph" \
    "$room/graph.svg"
else
  skip 'drawing the graph needs Graphviz'
fi
if [ -c /dev/full ]; then
  # shellcheck disable=SC2016
  fails 'inspect to a full disk' 1 \
    'sescope: cannot write to standard output: No space left on device' \
    sh -c '"$1" inspect "$2" --quiet >/dev/full' sh "$sescope" "$model"
fi

# ---- models that cannot be --------------------------------------------------

fails 'no such model' 1 \
  "sescope: .*'missing.pth'.*No such file or directory" \
  "$sescope" inspect missing.pth
: >empty.pth
fails 'an empty model' 1 "sescope: 'empty.pth'.*" "$sescope" inspect empty.pth
echo 'no network at all' >text.pth
fails 'text for a model' 1 "sescope: 'text.pth'.*" "$sescope" inspect text.pth
fails 'a folder for a model' 1 "sescope: '\\.' is a folder, expected a file" \
  "$sescope" inspect .
head -c $(($(wc -c <"$model") / 2)) "$model" >half.pth
fails 'half a checkpoint' 1 "sescope: 'half.pth'.*" "$sescope" inspect half.pth
head -c $(($(wc -c <"$model") - 1)) "$model" >cut.pth
fails 'a checkpoint without its last byte' 1 "sescope: 'cut.pth'.*" \
  "$sescope" inspect cut.pth
fails 'record with half a checkpoint' 1 "sescope: 'half.pth'.*" \
  "$sescope" record half.pth --images "$noise" -o run.h5
fails 'an unknown architecture' 2 "sescope: .*'seresnext'.*" \
  "$sescope" inspect "$model" --arch seresnext
fails 'an unknown preprocessing' 2 "sescope: .*'torhc'.*" \
  "$sescope" inspect "$model" --preprocess torhc
rm empty.pth text.pth half.pth cut.pth
plain=${SES_SHARED:-/nonexistent}/models
plain=$plain/minivision_2.7_80x80_MiniFASNetV2_noSE.pth
if [ -f "$plain" ]; then
  says 'inspect of a network without SE' 1 \
    'sescope: .*: no SE blocks were found in this network .*' \
    "$sescope" inspect "$plain" --quiet
  holds 'inspect says what it is all the same' grep -q '^architecture  ' "$out"
  fails 'record with a network without SE' 1 \
    'sescope: .*: no SE blocks were found in this network .*' \
    "$sescope" record "$plain" --quiet --images "$noise" -o run.h5
else
  skip 'a network without SE needs SES_SHARED'
fi

# ---- sets that cannot be ----------------------------------------------------

fails 'no such set' 1 "sescope: .*'nowhere'.*" \
  "$sescope" record "$model" --quiet --images nowhere -o run.h5
mkdir empty
fails 'an empty folder' 1 "sescope: 'empty'.*" \
  "$sescope" record "$model" --quiet --images empty -o run.h5
mkdir empty/cat empty/dog
fails 'class folders without images' 1 "sescope: 'empty'.*" \
  "$sescope" record "$model" --quiet --images empty -o run.h5
rm -r empty
fails 'an unknown class' 2 \
  "sescope: the set has no class 'trouzer', did you mean 'Trouser'\\?" \
  "$sescope" record "$model" --quiet --images "$noise" \
  --labels fashion-mnist --classes trouzer -o run.h5
fails 'an unknown block' 2 \
  "sescope: --blocks: no SE block is 'SE_4_4', did you mean 'SE_4_.*" \
  "$sescope" record "$model" --quiet --images "$noise" --blocks SE_4_4 \
  -o run.h5
fails 'a label table of another size' 2 \
  "sescope: 'imagenet': .*1000 rows.*10 outputs.*" \
  "$sescope" record "$model" --quiet --images "$noise" --labels imagenet \
  -o run.h5
fails 'no such label table' 1 "sescope: .*'imagnet'.*" \
  "$sescope" record "$model" --quiet --images "$noise" --labels imagnet \
  -o run.h5
idx many 24 "$side" 12
fails 'labels beyond the outputs' 1 \
  "sescope: 'idx:many-images,many-labels' has label 10, but .*" \
  "$sescope" record "$model" --quiet \
  --images idx:many-images,many-labels -o run.h5
rm many-images many-labels

# ---- outputs that cannot be -------------------------------------------------

fails 'an output in no folder' 1 "sescope: .*'nowhere/run.h5'.*" \
  "$sescope" record "$model" --quiet --images "$noise" -o nowhere/run.h5
echo 'not to be lost' >precious.h5
fails 'an output that exists' 2 \
  "sescope: 'precious.h5' exists; --resume continues it, --overwrite .*" \
  "$sescope" record "$model" --quiet --images "$noise" -o precious.h5
holds 'it is as it was' grep -qx 'not to be lost' precious.h5
fails 'resuming what is no record' 1 "sescope: 'precious.h5'.*" \
  "$sescope" record "$model" --quiet --images "$noise" -o precious.h5 --resume
holds 'it is still as it was' grep -qx 'not to be lost' precious.h5
rm precious.h5

# ---- runs -------------------------------------------------------------------

works 'a dry run' "$sescope" record "$model" --quiet --images "$noise" \
  --blocks last-of-stage --dry-run
cp "$out" "$room/plan"
for words in 'preprocessing' '  resize  ' '  crop  ' '  scale  ' '  mean  ' \
  '  std  ' 'SE_2_3  ' 'SE_3_3  ' 'SE_4_3  '; do
  holds "a dry run prints '$words'" grep -q "^$words" "$room/plan"
done
holds 'a dry run has no other blocks' sh -c "! grep -q '^SE_4_2 ' '$room/plan'"
holds 'a dry run writes nothing' sh -c '! ls *.h5'

record --images "$noise" -o run.h5
cp "$out" "$room/table"
holds 'record succeeds' test "$status" = 0
holds 'accuracy has a line a class and a total' test \
  "$(sed -n '/^class /,/^total /p' "$room/table" | wc -l)" = 12
holds 'all images are counted' grep -Eq '^total +20 ' "$room/table"
holds 'gates have a line a block' test "$(grep -c '^SE_' "$room/table")" = 9
says 'the last line says what the run took' 0 \
  'sescope: note: 20 images in [0-9.]+ s, [0-9.]+ images/s, peak memory .*' \
  "$sescope" record "$model" --images "$noise" -o run2.h5 --threads 1 --batch 1
holds 'threads and batches print the same' diff "$out" "$room/table"
rm run2.h5
says 'a finished record resumes to itself' 0 \
  'sescope: note: 0 images in [0-9.]+ s, peak memory .*' \
  "$sescope" record "$model" --images "$noise" -o run.h5 --resume
holds 'and prints the same' diff "$out" "$room/table"
fails 'resuming with other images' 2 "sescope: 'run.h5'.*" \
  "$sescope" record "$model" --quiet --images "$noise" --per-class 1 \
  -o run.h5 --resume

works 'convolutions can be exact' "$sescope" record "$model" --quiet \
  --images "$noise" -o exact.h5 --conv exact --fast-decode
holds 'and the record says so' grep -q 'exact convolutions' exact.h5
holds 'which others do not' sh -c '! grep -q "exact convolutions" run.h5'
rm exact.h5

works 'summaries alone' "$sescope" record "$model" --quiet \
  --images "$noise" -o summary.h5 --summary-only
holds 'summaries leave shares unknown' grep -Eq '^SE_4_3 .* - +-$' "$out"

# All images of one label: right for some labels, and for the others the table
# is to be suspected.
warned=0
for label in 0 1 2 3 4 5 6 7 8 9; do
  idx one 20 "$side" 1 $label
  run "$sescope" record "$model" --quiet --label-base 0 \
    --images idx:one-images,one-labels -o one.h5 --overwrite
  if grep -Eq '^total +20 +0\.00 %' "$out"; then
    warned=$((warned + 1))
    holds "none of label $label right: a warning" grep -qx \
      'sescope: warning: 0 of 20 right: the label table is probably wrong.*' \
      "$err"
    # shellcheck disable=SC2016
    run sh -c '"$@" 2>&1' sh "$sescope" record "$model" --quiet \
      --label-base 0 --images idx:one-images,one-labels -o one.h5 --overwrite
    # shellcheck disable=SC2016
    holds 'in one file, the warning stands after the table it is of' awk \
      '/^total/ { t = NR } /: warning: / { w = NR }
       END { exit !(t && w > t) }' \
      "$out"
  else
    holds "some of label $label right: no warning" test ! -s "$err"
  fi
done
holds 'some labels are never right' test $warned -gt 0
rm one*

idx small 4 $((side - 1)) 4
fails 'images of another size than the network takes' 1 \
  "sescope: 'small-images#0' is .*, expected the network's ${side}x$side .*" \
  "$sescope" record "$model" --quiet --images idx:small-images,small-labels \
  -o small.h5
rm small*

# A picture that can be read among those that cannot.
mkdir -p photos/a photos/b
cp "$top/tests/data/images/baseline.jpg" photos/a/good.jpg
head -c 400 photos/a/good.jpg >photos/a/cut.jpg
: >photos/b/nothing.jpg
says 'unreadable images end in status 3' 3 \
  "sescope: 'b/nothing.jpg' is an empty file" \
  "$sescope" record "$model" --quiet --images photos \
  --preprocess "resize=$side,crop=$side" -o photos.h5
holds 'each is named' grep -q "^sescope: 'a/cut.jpg' is a trunc" "$err"
holds 'and they are counted' grep -qx \
  'sescope: 2 of 3 images could not be read' "$err"
holds 'one image has no spread between images or classes' \
  grep -Eq '^SE_4_3 +64 +[0-9.]+ +[0-9.]+ +- +- ' "$out"
says 'resuming names them again' 3 \
  "sescope: 'b/nothing.jpg' was unreadable in the run that is resumed" \
  "$sescope" record "$model" --quiet --images photos --resume \
  --preprocess "resize=$side,crop=$side" -o photos.h5
says 'a figure says which classes have no line' 0 \
  'sescope: note: 1 of the 2 classes drawn has no images, and so no line' \
  "$sescope" plot activations photos.h5 -o photos.svg
says 'and which have no interval' 0 \
  'sescope: note: 1 of the 2 classes .* one image only, and so no interval' \
  "$sescope" plot activations photos.h5 -o photos.svg --band
rm photos.svg
rm photos.h5
says '--strict ends at the first' 1 "sescope: .*'a/cut.jpg'.*" \
  "$sescope" record "$model" --quiet --images photos --strict \
  --preprocess "resize=$side,crop=$side" -o photos.h5
rm -f photos.h5 photos/a/good.jpg
says 'nothing that can be read is a failure' 1 \
  'sescope: none of the 2 images could be read' \
  "$sescope" record "$model" --quiet --images photos \
  --preprocess "resize=$side,crop=$side" -o photos.h5
holds 'and leaves no record' test ! -e photos.h5
rm -r photos

says 'an option without a use is named' 0 \
  'sescope: note: --image-root is for list files; .*' \
  "$sescope" record "$model" --images "$noise" --image-root . --dry-run
says 'and so is another' 0 'sescope: note: --coarse is for CIFAR-100; .*' \
  "$sescope" record "$model" --images "$noise" --coarse --dry-run

# The numbers of one tensor, to 0: the last of a gate's path, which has no bias.
cp "$model" half.safetensors
chmod u+w half.safetensors
header=$(od -An -t u8 -N 8 "$model" | tr -d ' ')
place=$(head -c $((header + 8)) "$model" | tail -c +9 | tr '}' '\n' |
  sed -n '/"layer3\.2\.se\.fc\.2\.weight"/s/.*\[\([0-9]*\),\([0-9]*\)\]$/\1 \2/p')
dd if=/dev/zero of=half.safetensors bs=1 conv=notrunc status=none \
  seek=$((header + 8 + ${place% *})) count=$((${place#* } - ${place% *}))
says 'gates without weights are told' 0 \
  'sescope: warning: gates stand at 0\.5 for every image in SE_4_3: a dead .*' \
  "$sescope" record half.safetensors --images "$noise" -o half.h5 --quiet
holds 'they are a half exactly' grep -Eq '^SE_4_3 +64 +0\.5000 +0\.0000 ' "$out"
rm half.safetensors half.h5

# A signal, and the rest of the run.
idx long 1500 "$side" 10
stops long.h5 "$sescope" record "$model" --images idx:long-images,long-labels \
  -o long.h5 --threads 1 --batch 1
says 'a figure of an unfinished record says of how much it is' 0 \
  "sescope: warning: [0-9]+ of 1500 images are pending; .* that are done .*" \
  "$sescope" plot activations long.h5 -o long.svg
holds 'and is drawn' test -s long.svg
record --images idx:long-images,long-labels -o long.h5 --resume
holds 'the run goes on' test "$status" = 0
cp "$out" "$room/resumed"
record --images idx:long-images,long-labels -o whole.h5
holds 'to the same numbers' diff "$out" "$room/resumed"
rm long* whole.h5

# ---- figures ----------------------------------------------------------------

for ending in svg pdf png; do
  works "a figure as $ending" "$sescope" plot activations run.h5 \
    -o figure.$ending
  holds "$ending is not empty" test -s figure.$ending
done
works 'a figure with intervals' "$sescope" plot activations run.h5 \
  -o band.svg --band --classes 3,1 --blocks 'SE_4_*' --channels 5 --title Noise
works 'the same without a title' "$sescope" plot activations run.h5 \
  -o plain.svg --band --classes 3,1 --blocks 'SE_4_*' --channels 5
holds 'the title is drawn' sh -c '! cmp -s band.svg plain.svg'
rm figure.* band.svg plain.svg
fails 'no intervals without rows' 1 \
  "sescope: 'summary.h5' holds summaries only, .*" \
  "$sescope" plot activations summary.h5 -o f.svg --band
fails 'a figure of no record' 1 "sescope: .*'missing.h5'.*" \
  "$sescope" plot activations missing.h5 -o f.svg
fails 'a figure of a model' 1 'sescope: .*' \
  "$sescope" plot activations "$model" -o f.svg
fails 'a figure of an unknown class' 2 \
  "sescope: .*no class.*'12'.*|sescope: class '12': .*" \
  "$sescope" plot activations run.h5 -o f.svg --classes 12
fails 'a figure of an unknown block' 2 \
  "sescope: --blocks: no SE block is 'SE_9_9'.*" \
  "$sescope" plot activations run.h5 -o f.svg --blocks SE_9_9
fails 'a figure in no folder' 1 "sescope: .*'nowhere/f.svg.*" \
  "$sescope" plot activations run.h5 -o nowhere/f.svg

finish
