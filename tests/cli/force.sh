#!/bin/sh
# record --force: what is forced is what is recorded, and what cannot be forced
# has its one line before an image is read.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
need_model
idx noise 20 "$side" 10
noise=idx:noise-images,noise-labels

# Floats of a dataset, sorted and each once.
values()
{
  h5dump -d "/blocks/$2/excitation" -y -w 1 -m %.9g "$1" |
    sed -n '/DATA {/,/}/p' | tr -d ' ,' | grep '^[-0-9]' | sort -u
}

works 'a record of the network as it is' "$sescope" record "$model" --quiet \
  --images "$noise" -o run.h5

# ---- what is forced ---------------------------------------------------------

run "$sescope" record "$model" --quiet --images "$noise" -o one.h5 \
  --force stage4=one --force 'SE_4_1=0.25' --force 'SE_3_1=mean' --from run.h5
holds 'forcing succeeds' test "$status" = 0
if command -v h5dump >/dev/null; then
  holds 'a block forced to one is one' test "$(values one.h5 SE_4_3)" = 1
  holds 'what comes later counts' test "$(values one.h5 SE_4_1)" = 0.25
  holds 'blocks before are as they were' test \
    "$(values one.h5 SE_2_3)" = "$(values run.h5 SE_2_3)"
  holds 'blocks behind see it' test \
    "$(values one.h5 SE_3_2)" != "$(values run.h5 SE_3_2)"
  h5dump -a /force one.h5 >"$room/force"
  holds 'the record says what was forced' \
    grep -q '"stage4=one SE_4_1=0.25 SE_3_1=mean"' "$room/force"
  h5dump -a /from -a /from_sha256 one.h5 >"$room/from"
  holds 'and which record the means are of' grep -q '"run.h5"' "$room/from"
  holds 'by its SHA-256' \
    grep -q "\"$(sha256sum run.h5 | cut -c1-64)\"" "$room/from"
else
  skip 'looking into records needs h5dump'
fi
run "$sescope" record "$model" --quiet --images "$noise" -o hot.h5 \
  --force all=scale=2
holds 'scaling needs no record' test "$status" = 0
run "$sescope" record "$model" --quiet --images "$noise" --dry-run \
  --force 'SE_4_3[0-3]=zero'
holds 'a dry run says what is forced' \
  grep -q '^force  *SE_4_3\[0-3\]=zero$' "$out"

works 'gates that are put at 0.5 are no dead gates' "$sescope" record "$model" \
  --quiet --images "$noise" -o half.h5 --force stage3=0.5
run "$sescope" record "$model" --quiet --images "$noise" -o a.h5 --threads 1 \
  --batch 7 --seed 3 --from run.h5 --force all=shuffle-images \
  --force stage3=noise=0.1 --force stage4=shuffle-channels
run "$sescope" record "$model" --quiet --images "$noise" -o b.h5 --threads 3 \
  --batch 2 --seed 3 --from run.h5 --force all=shuffle-images \
  --force stage3=noise=0.1 --force stage4=shuffle-channels
if command -v h5diff >/dev/null; then
  holds 'what is random depends on no thread and no batch' \
    h5diff a.h5 b.h5 /blocks /blocks
  holds 'nor do predictions' h5diff a.h5 b.h5 /predictions /predictions
else
  skip 'comparing records needs h5diff'
fi
rm a.h5 b.h5 half.h5 hot.h5

# ---- what cannot be ---------------------------------------------------------

force()
{
  name=$1
  pattern=$2
  shift 2
  fails "$name" 2 "$pattern" "$sescope" record "$model" --quiet \
    --images "$noise" -o no.h5 "$@"
}
force 'an unknown block' \
  "sescope: --force: 'SE_5_1=one': no SE block is 'SE_5_1', did you .*" \
  --force SE_5_1=one
force 'an unknown value' \
  "sescope: --force: 'SE_4_1=oen': .*, did you mean 'one'.*" \
  --force SE_4_1=oen
force 'channels that are not there' \
  "sescope: --force: 'SE_4_1\\[0-64\\]=one': there is no channel 64: .*64.*" \
  --force 'SE_4_1[0-64]=one'
force 'means without a record' \
  "sescope: 'all=mean' needs a record .*--from RUN.h5.*" \
  --force all=mean
force 'a record of other preprocessing' \
  "sescope: 'run.h5' .* its preprocess is '.*', expected '.*" \
  --force all=mean --from run.h5 --preprocess mean=0.1
force 'a record of forced gates' \
  "sescope: 'one.h5' .* its force is 'stage4=one .*" \
  --force all=mean --from one.h5
force 'a record for nothing' "sescope: --from is of use with --force alone .*" \
  --from run.h5
fails 'no such record' 2 "sescope: --from: .*'none.h5'.*" \
  "$sescope" record "$model" --quiet --images "$noise" -o no.h5 \
  --force all=mean --from none.h5
fails 'resuming with other forces' 2 \
  "sescope: 'one.h5' cannot go on: its force is 'stage4=one .*', now it .*" \
  "$sescope" record "$model" --quiet --images "$noise" -o one.h5 --resume \
  --force stage4=one
works 'a record of other images' "$sescope" record "$model" --quiet \
  --images "$noise" --per-class 1 -o few.h5
fails 'resuming with means of another record' 2 \
  "sescope: 'one.h5' cannot go on: its from_sha256 is '.*', now it is '.*'" \
  "$sescope" record "$model" --quiet --images "$noise" -o one.h5 --resume \
  --force stage4=one --force SE_4_1=0.25 --force SE_3_1=mean --from few.h5
fails 'resuming without them' 2 \
  "sescope: 'one.h5' cannot go on: its force is 'stage4=one .*', now it .*" \
  "$sescope" record "$model" --quiet --images "$noise" -o one.h5 --resume

finish
