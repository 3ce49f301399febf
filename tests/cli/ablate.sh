#!/bin/sh
# Forcing gates of a small network over made-up images.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

fails 'ablate without a model' 2 'sescope: expected MODEL .*' "$sescope" ablate
fails 'without images' 2 'sescope: --images SET is needed .*' \
  "$sescope" ablate m -o a.h5 --sweep blocks
fails 'without an output' 2 'sescope: -o ABLATION.h5 is needed .*' \
  "$sescope" ablate m --images s --sweep blocks
fails 'without anything to force' 2 \
  'sescope: --force SPEC or --sweep KIND is needed .*' \
  "$sescope" ablate m --images s -o a.h5
fails 'an unknown sweep' 2 \
  "sescope: option '--sweep' is 'block', expected 'blocks', 'stages', .*" \
  "$sescope" ablate m --images s -o a.h5 --sweep block
fails 'two forms' 2 'sescope: --csv and --json exclude each other .*' \
  "$sescope" ablate m --images s -o a.h5 --sweep blocks --csv --json
fails 'resume and overwrite' 2 \
  'sescope: --resume and --overwrite exclude each other .*' \
  "$sescope" ablate m --images s -o a.h5 --sweep blocks --resume --overwrite

need_model
idx noise 24 "$side" 4
noise=idx:noise-images,noise-labels
ablate()
{
  run "$sescope" ablate "$model" --quiet --images "$noise" "$@"
}
# refused NAME PATTERN OPTION...: exit 2 before an image is read
refused()
{
  case_name=$1
  case_pattern=$2
  shift 2
  fails "$case_name" 2 "sescope: $case_pattern" "$sescope" ablate "$model" \
    --quiet --images "$noise" -o a.h5 "$@"
}

refused 'an unknown block' ".*SE_9_9.*" --force SE_9_9=one
refused 'a block that is nearly there' ".*did you mean 'SE_2_1'.*" \
  --force SE_2_l=one
refused 'an unknown value' ".*did you mean 'one'.*" --force all=on
refused 'a channel that is not there' '.*there is no channel 9999.*' \
  --force 'SE_2_1[0-9999]=one'
refused 'an unknown value of a sweep' '.*--sweep.*nought.*' --sweep blocks \
  --sweep-values nought
refused 'a pattern that fits no block' "--blocks: no SE block is 'SE_7_.*" \
  --sweep blocks --blocks 'SE_7_*'
refused 'means without a record' '.*mean.*--from.*' --force all=mean
refused 'a record that is not there' "--from: .*'missing.h5'.*" \
  --force all=mean --from missing.h5
refused 'a group without classes' "--group: 'x' is not NAME=CLASS,CLASS" \
  --sweep blocks --group x
refused 'an unknown class' "the set has no class 'nobody'.*" --sweep blocks \
  --classes nobody
refused 'a group of an unknown class' '--group: .*nobody.*' --sweep blocks \
  --group x=nobody

works 'a dry run' "$sescope" ablate "$model" --quiet --images "$noise" \
  --sweep stages,cumulative --dry-run
holds 'a dry run states the passes' \
  grep -Eqx '[0-9]+\.[0-9] forward passes an image for 19 variants' "$out"
holds 'a dry run writes nothing' sh -c '! ls *.h5'

works 'a record for means' "$sescope" record "$model" --quiet \
  --images "$noise" -o run.h5
ablate -o a.h5 --sweep blocks --sweep-values one,mean --from run.h5 \
  --force SE_2_1=0.9
cp "$out" "$room/table"
holds 'ablate succeeds' test "$status" = 0
holds 'there is a line a variant' test \
  "$(grep -Ec '^(\(as it is\)|SE_)' "$room/table")" = 20
holds 'the passes are stated' \
  grep -Eqx '[0-9]+\.[0-9] forward passes an image for 20 variants' \
  "$room/table"
ablate -o a.h5 --sweep blocks --sweep-values one,mean --from run.h5 \
  --force SE_2_1=0.9 --resume
holds 'a finished file is printed again' diff "$out" "$room/table"
ablate -o b.h5 --sweep blocks --sweep-values one,mean --from run.h5 \
  --force SE_2_1=0.9 --threads 1 --batch 5
holds 'threads and batches print the same' diff "$out" "$room/table"
fails 'another sweep cannot go on' 2 \
  "sescope: 'a.h5' cannot go on: its number of variants is 20, now it is 11" \
  "$sescope" ablate "$model" --quiet --images "$noise" -o a.h5 --sweep blocks \
  --force SE_2_1=0.9 --from run.h5 --resume
fails 'nor without its record' 2 \
  "sescope: 'a.h5' cannot go on: its from_sha256 is '.*', now it is ''" \
  "$sescope" ablate "$model" --quiet --images "$noise" -o a.h5 --sweep stages \
  --resume
fails 'a file that is there is not replaced' 2 "sescope: 'a.h5' exists; .*" \
  "$sescope" ablate "$model" --images "$noise" -o a.h5 --sweep stages
fails 'an ablation is no record' 1 \
  "sescope: 'a.h5' is an ablation .*, expected a record .*" \
  "$sescope" plot activations a.h5 -o f.svg
fails 'an ablation gives no means' 2 \
  "sescope: --from: 'a.h5' is an ablation .*" \
  "$sescope" ablate "$model" --quiet --images "$noise" -o c.h5 \
  --force all=mean --from a.h5

ablate -o c.h5 --force last-of-stage=one --force all=mean --from run.h5 --csv \
  --by-class --group few=0,2
holds 'csv has a title and two lines a part' test "$(wc -l <"$out")" = \
  $((1 + 2 * (1 + $(grep -c ',class,' "$out") / 2 + 1)))
holds 'csv has the title' grep -q '^force,sweep,over,name,images,' "$out"
holds 'csv has the group' grep -Eq '^,,group,few,12,' "$out"
holds 'csv has as many values in every line' awk -F, \
  'NR == 1 { n = NF } NF != n { exit 1 }' "$out"
ablate -o d.h5 --force 'SE_2_1[0-3,5]=one' --force SE_2_2=zero --json
cp "$out" "$room/json"
holds 'the first of JSON is the network as it is' \
  sh -c "sed -n 3p '$room/json' | grep -qx '    \"force\": \"\",'"
if command -v jq >/dev/null; then
  holds 'JSON is read' jq -e '
    (map(.force) == ["", "SE_2_1[0-3,5]=one SE_2_2=zero"]) and
    all(0 <= .top1 and .top1 <= .top5 and .top5 <= 1 and .loss > 0) and
    (.[1].constant == ["SE_2_2"]) and (.[1].parameters_saved > 0)' \
    "$room/json"
else
  skip 'reading JSON needs jq'
fi
rm ./*.h5

# A signal, and the rest of the run.
idx long 1500 "$side" 10
long=idx:long-images,long-labels
stops long.h5 "$sescope" ablate "$model" --images $long -o long.h5 \
  --sweep blocks --threads 1 --batch 1
run "$sescope" ablate "$model" --quiet --images $long -o long.h5 \
  --sweep blocks --resume
holds 'the run goes on' test "$status" = 0
cp "$out" "$room/resumed"
run "$sescope" ablate "$model" --quiet --images $long -o whole.h5 \
  --sweep blocks
holds 'to the same numbers' diff "$out" "$room/resumed"
rm long* whole.h5

finish
