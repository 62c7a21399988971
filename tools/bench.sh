#!/bin/bash
# Measure castmap beside the tools its users could pick instead, in one run on one machine, and print the ratios.
#
#   tools/bench.sh            everything, up to 1,000,000 items
#   tools/bench.sh --large    up to 10,000,000
#   tools/bench.sh --only dbscan   one benchmark: bench_NAME, and peer sections whose name holds it
#   tools/bench.sh --peers    install the peers that are Debian packages (asks for root), then stop
#
# A peer that is not installed is named and skipped. Only ratios of one run count: machines differ and are noisy.
set -eu
cd "$(dirname "$0")/.."

PEERS="r-cran-dbscan r-cran-spatstat.linnet python3-numpy python3-scipy libgeos-dev gdal-bin grass-core"
large=no only=
while [ $# -gt 0 ]; do
    case $1 in
    --large) large=yes ;;
    --only) only=$2; shift ;;
    --peers)
        echo "installing: $PEERS"
        if [ "$(id -u)" = 0 ]; then apt-get install -y --no-install-recommends $PEERS
        else sudo apt-get install -y --no-install-recommends $PEERS; fi
        exit 0 ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2 ;;
    esac
    shift
done

max=1000000
[ $large = yes ] && max=10000000
build=build/bench
work=$(mktemp -d "${TMPDIR:-/tmp}/castmap-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
results=$work/results.tsv

echo "building ($build)"
cmake --preset release -B $build > "$work/cmake.log" || { cat "$work/cmake.log"; exit 1; }
cmake --build $build -j "$(nproc)" > "$work/build.log" || { tail -30 "$work/build.log"; exit 1; }

echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)"
echo
printf '%-44s %10s %7s %10s %9s %12s\n' task n threads seconds ns/item bytes/item
for program in $build/tests/bench/bench_*; do
    [ -f "$program" ] && [ -x "$program" ] || continue
    name=${program##*/bench_}
    case $name in *"$only"*) ;; *) continue ;; esac
    "$program" --max $max | tee -a "$results" | awk -F'\t' '
        $1 == "time" { printf "%-44s %10d %7d %10.4f %9.1f %12.1f\n", $2, $3, $4, $5, $6, $7; fflush() }
        $1 == "growth" { printf "  growth of %s on %d: time ~ n^%.2f\n", $2, $3, $4 }'
done
touch "$results"
bars=tests/bench/peers/bars.tsv

# --- peers: each section is tests/bench/peers/NAME.sh; it prints lines "peer<TAB>task<TAB>n<TAB>label<TAB>seconds", where task
# is the name of one of castmap's own lines, or "skip<TAB>why".
export CASTMAP_BENCH_BUILD=$build CASTMAP_BENCH_WORK=$work CASTMAP_BENCH_MAX=$max
echo
printf '%-44s %10s %-26s %10s %10s %8s %7s\n' task n peer 'its s' "castmap's" ratio bar
for section in tests/bench/peers/*.sh; do
    name=$(basename "$section" .sh)
    case $name in *"$only"*) ;; *) continue ;; esac
    bash "$section" > "$work/$name.tsv" 2> "$work/$name.log" || {
        echo "peer section $name failed:"; tail -5 "$work/$name.log"; continue; }
    awk -F'\t' -v name="$name" -v bars=$bars '
        BEGIN {
            while ((getline line < bars) > 0) {
                split(line, field, "\t")
                if (line !~ /^#/) bar[field[1], field[2], field[3]] = field[4]
            }
        }
        FNR == NR { if ($1 == "time" && (!(($2, $3) in best) || $5 < best[$2, $3])) best[$2, $3] = $5; next }
        $1 == "skip" { printf "%-44s skipped: %s\n", name, $2 }
        $1 == "peer" {
            mine = best[$2, $3]
            if (!(mine > 0)) { printf "%-44s %10d %-26s %10.4f %10s %8s\n", $2, $3, $4, $5, "-", "-"; next }
            aim = ($2, $3, $4) in bar ? bar[$2, $3, $4] : bar[$2, "*", $4]
            split(aim, part, "/")
            verdict = aim == "" ? "" : mine <= $5 * part[1] / part[2] ? "met" : "MISSED"
            ratio = mine <= $5 ? sprintf("1/%.1f", $5 / mine) : sprintf("%.2f", mine / $5)
            printf "%-44s %10d %-26s %10.4f %10.4f %8s %7s %s\n", $2, $3, $4, $5, mine, ratio, aim, verdict
        }' "$results" "$work/$name.tsv"
done
