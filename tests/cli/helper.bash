# What every .bats file here begins with: the command under test, a folder of its own, and a few checks.
# CASTMAP_BIN and CASTMAP_TOP come from ctest; by hand: CASTMAP_BIN=build/dev/tools/castmap/castmap bats tests/cli
CASTMAP_TOP=${CASTMAP_TOP:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
CASTMAP_BIN=${CASTMAP_BIN:-$CASTMAP_TOP/build/dev/tools/castmap/castmap}
SAMPLE=$CASTMAP_TOP/data/sample
unset CASTMAP_PROJECT NO_COLOR
export LC_ALL=C SOURCE_DATE_EPOCH=1790000000

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
}

castmap() {
    "$CASTMAP_BIN" "$@"
}

# run, with standard output in $out and standard error in $err, and the code in $status
both() {
    status=0
    "$@" >out.txt 2>err.txt || status=$?
    out=$(cat out.txt)
    err=$(cat err.txt)
}

code_is() {
    if [ "$status" -ne "$1" ]; then
        echo "the exit code is $status, not $1" >&2
        cat out.txt err.txt >&2 2>/dev/null || true
        return 1
    fi
}

says() { # text, words
    case $1 in
        *"$2"*) ;;
        *) echo "not said: $2" >&2; echo "but: $1" >&2; return 1 ;;
    esac
}

# Was the command built with a sanitizer? Its memory is then not castmap's own, and leaks cannot be looked for under a tracer.
instrumented() {
    grep -qa -e __asan_init -e __tsan_init "$CASTMAP_BIN"
}

# A town of four observations, one of them without a place, and two areas.
small_town() {
    cat >small.csv <<'CSV'
latitude,longitude,date,category
53.7500,-4.0800,2025-01-10,visitors
53.7501,-4.0801,2025-01-11,visitors
,,2025-01-12,visitors
53.7502,-4.0802,2025-02-01,crowding
CSV
    cat >areas.geojson <<'JSON'
{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"WD25CD":"X05900001","WD25NM":"West"},"geometry":{"type":"Polygon","coordinates":[[[-4.1,53.74],[-4.08015,53.74],[-4.08015,53.76],[-4.1,53.76],[-4.1,53.74]]]}},
{"type":"Feature","properties":{"WD25CD":"X05900002","WD25NM":"East"},"geometry":{"type":"Polygon","coordinates":[[[-4.08015,53.74],[-4.06,53.74],[-4.06,53.76],[-4.08015,53.76],[-4.08015,53.74]]]}}]}
JSON
}
