#!/bin/sh
# fold: a record's means in the place of gates, the network that is written,
# and every record that does not fit.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
need_model
idx noise 20 "$side" 10
noise=idx:noise-images,noise-labels
holds 'a record is made' "$sescope" record "$model" --quiet --images "$noise" \
  -o run.h5

works 'fold' "$sescope" fold "$model" --quiet --from run.h5 -o all.onnx
cp "$out" "$room/table"
holds 'every block has a line' \
  test "$(grep -c '^SE_[234]_[123] .* the convolution before ' \
    "$room/table")" = 9
holds 'fold says what is saved' grep -Eqx \
  '9 of 9 SE blocks folded; 8064 of 2[0-9]+ parameters \(2\.9 %\) are gone' \
  "$room/table"
run "$sescope" inspect all.onnx --quiet
holds 'no block is left' \
  grep -q 'no SE blocks were found in this network' "$err"
works 'some blocks' "$sescope" fold "$model" --quiet --from run.h5 \
  --blocks stage2,SE_4_3 -o some.onnx
holds 'some blocks have a line' test "$(grep -c '^SE_' "$out")" = 4
works 'the others are left' "$sescope" inspect some.onnx --quiet
holds 'five are left' test "$(grep -c 'conv .* > sigmoid$' "$out")" = 5
works 'ones' "$sescope" fold "$model" --quiet --value one -o one.onnx
works 'a number' "$sescope" fold "$model" --quiet --value 0.5 -o half.onnx
holds 'these differ' sh -c '! cmp -s one.onnx half.onnx'
works 'the same once more' "$sescope" fold "$model" --quiet --from run.h5 \
  -o all2.onnx
holds 'is the same file' cmp all.onnx all2.onnx
holds 'the file says what it is' grep -q 'SE_2_1=mean SE_2_2=mean' all.onnx

# A network whose gates are ones says the same as the one without them.
same()
{
  "$sescope" record "$1" --quiet --images "$noise" --with logits \
    --preprocess "$2" -o "$3"
}
inspect_preprocess=$("$sescope" inspect "$model" --quiet --json |
  sed -n 's/.*"preprocess": "\(.*\)".*/\1/p')
if [ -n "$inspect_preprocess" ]; then
  says 'a folded network without blocks is no network to record' 1 \
    '.*no SE blocks were found.*' \
    same all.onnx "$inspect_preprocess" folded.h5
  holds 'one with blocks is' same some.onnx "$inspect_preprocess" some.h5
fi

fails 'an unknown block' 2 "sescope: --blocks: .*'SE_9_1'.*" \
  "$sescope" fold "$model" --quiet --from run.h5 --blocks SE_9_1 -o f.onnx
fails 'other preprocessing' 2 \
  "sescope: 'run.h5' was recorded with preprocessing .*, but .*scale=1,.*" \
  "$sescope" fold "$model" --quiet --from run.h5 --preprocess scale=1 \
  -o f.onnx
fails 'a record of another network' 2 \
  "sescope: 'run.h5' is a record of another network: .*" \
  "$sescope" fold some.onnx --quiet --from run.h5 -o f.onnx
fails 'a record over itself' 2 "sescope: 'run.h5' is what is read.*" \
  "$sescope" fold "$model" --quiet --from run.h5 -o run.h5
fails 'no record' 1 "sescope: cannot open 'none.h5'.*" \
  "$sescope" fold "$model" --quiet --from none.h5 -o f.onnx
fails 'no folder to write to' 1 \
  "sescope: cannot write 'none/f.onnx': No such file or directory" \
  "$sescope" fold "$model" --quiet --from run.h5 -o none/f.onnx
holds 'a record of some blocks is made' "$sescope" record "$model" --quiet \
  --images "$noise" --blocks stage2 -o stage2.h5
fails 'a record without a block' 2 \
  "sescope: 'stage2.h5' does not hold block 'SE_3_1'" \
  "$sescope" fold "$model" --quiet --from stage2.h5 -o f.onnx
works 'but with those wanted' "$sescope" fold "$model" --quiet \
  --from stage2.h5 --blocks stage2 -o stage2.onnx

finish
