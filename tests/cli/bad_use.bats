#!/usr/bin/env bats
# What odd words, odd machines and odd moments get, through the command. The number of a test is that of its row in the list of bad inputs (J);
# bad-inputs.md beside this folder says where the other rows are.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    mkdir town
    cd town || return 1
    castmap -q init town --time-zone Europe/London >/dev/null
    printf 'latitude,longitude,date,category\n53.7501,-4.0801,2025-01-10,visitors\n53.7502,-4.0802,2025-01-11,visitors\n' >good.csv
    cp town.castmap.sqlite ../before
}

teardown() {
    [ -z "${HOLDER:-}" ] || kill "$HOLDER" 2>/dev/null || true
}

untouched() {
    cmp -s ../before town.castmap.sqlite || { echo "the project changed" >&2; return 1; }
}

wrong() { # code, words, command...: three lines, and the same as an object; the project is as it was
    local code=$1 words=$2
    shift 2
    both "$CASTMAP_BIN" "$@"
    code_is "$code" || { echo "$*" >&2; return 1; }
    says "$err" "$words"
    [ "$(wc -l <err.txt)" -eq 3 ] || { cat err.txt >&2; return 1; }
    [ "$(awk 'length > 200' err.txt)" = "" ]
    both "$CASTMAP_BIN" --json "$@"
    code_is "$code"
    jq -e --argjson code "$code" '.error.exit == $code and (.error.what | length > 0) and (.error.to_do | length > 0)' out.txt >/dev/null
    untouched
}

@test "J01 no words, an unknown command, a misspelt option: usage, with the nearest match" {
    both castmap
    code_is 2
    says "$err" "Usage: castmap COMMAND"
    [ -z "$out" ]
    wrong 2 'did you mean "import"?' imprt good.csv
    wrong 2 "--strict" import --stric good.csv
    wrong 2 "--radius" cluster --raduis 100m
}

@test "J02 options twice, without their value, at odds with one another, or with a value that is none: named" {
    wrong 2 "given twice" cluster --radius 100m --radius 200m
    wrong 2 "given twice" import --strict --strict good.csv
    wrong 2 "needs a value" cluster --radius
    wrong 2 "period ends before it begins" cluster --from 2025-06 --to 2025-01
    for value in abc -1 1e9 0 ''; do
        wrong 2 "--min" cluster "--min=$value"
    done
    wrong 2 "takes no value" import --strict=yes good.csv
}

@test "J03 words that are not UTF-8, more than a megabyte of words, an empty word" {
    wrong 2 "not valid UTF-8" import "$(printf 'a\377.csv')"
    wrong 2 "empty word" import ""
    wrong 2 "" "$(head -c 100000 /dev/zero | tr '\0' a)"
    mapfile -t many < <(seq -f '%040.0f.csv' 1 28000)
    wrong 2 "one word too many" import "${many[@]}"
    # As many as may be, and none of them is there: the first is named.
    wrong 5 "00001.csv" -q import "${many[@]:0:1000}"
}

@test "J04 recipes are the settings that come in a file: faults of grammar with their line, what is unknown, of the wrong kind, twice, too large or binary" {
    recipe() { # words, text
        printf "$2" >r.json
        wrong 4 "$1" import good.csv --recipe r.json
        says "$err" "r.json"
    }
    recipe "a key is missing" '{"castmap_recipe": 1,\n "name": "x",\n'
    says "$err" "r.json:3"
    recipe 'no recipe has a member "colour"' '{"castmap_recipe": 1, "name": "x", "colour": "red"}'
    recipe '"map" of the recipe is of the wrong kind' '{"castmap_recipe": 1, "name": "x", "map": "lat=latitude"}'
    recipe '"map" of the recipe is of the wrong kind' '{"castmap_recipe": 1, "name": "x", "map": [7]}'
    recipe '"strict' '{"castmap_recipe": 1, "name": "x", "strict": true}'
    recipe "a key stands twice" '{"castmap_recipe": 1,\n "name": "x",\n "name": "y"}'
    says "$err" "r.json:3"
    recipe "not a recipe" '[]'
    recipe "not a recipe" ''
    recipe "newer castmap" '{"castmap_recipe": 2, "name": "x"}'
    recipe "zero byte" '{"castmap_recipe": 1, "name": "x"}\000{'
    head -c 100000000 /dev/zero | tr '\0' ' ' >r.json
    wrong 4 "larger than 262144 bytes" import good.csv --recipe r.json
    # A recipe cannot include another file, so there is no loop of them; a list of categories is held to the rules of tables.
    head -c 3000 /dev/zero >list.csv
    wrong 4 "zero byte" -q import good.csv --categories list.csv
}

@test "J05 a project or a folder that others can write to, or a project of somebody else: said with each command" {
    both castmap info
    code_is 0
    [ -z "$err" ]
    chmod 664 town.castmap.sqlite
    both castmap info
    code_is 0
    says "$err" "chmod 600"
    chmod 600 town.castmap.sqlite
    chmod 777 .
    both castmap import good.csv
    code_is 0
    says "$err" "replace files in the folder"
    both castmap -q info
    [ -z "$err" ]
    chmod 700 .
    if [ "$(id -u)" -eq 0 ]; then
        chown 12345 town.castmap.sqlite
        both castmap info
        says "$err" "another user"
    fi
}

@test "J06 no HOME, no TMPDIR, a folder that is gone, a umask of nothing: clear words, and files for their owner alone" {
    both env -u HOME TMPDIR=/nowhere/at/all "$CASTMAP_BIN" -q --json import good.csv
    code_is 0
    [ "$(jq .total.accepted out.txt)" -eq 2 ]
    [ "$(umask 000; "$CASTMAP_BIN" -q init other >/dev/null; "$CASTMAP_BIN" -q -p other.castmap.sqlite backup -o copy.castmap.sqlite >/dev/null; stat -c %a other.castmap.sqlite copy.castmap.sqlite | sort -u)" = 600 ]
    mkdir ../gone
    status=0
    (cd ../gone && rmdir ../gone && "$CASTMAP_BIN" info) >out.txt 2>err.txt || status=$?
    code_is 5
    says "$(cat err.txt)" "cannot look into"
    if [ "$(id -u)" -ne 0 ]; then
        mkdir ../closed && chmod 500 ../closed
        both castmap init ../closed/town
        code_is 5
        says "$err" "closed"
    fi
}

@test "J07 as root: a warning where files are made" {
    local root=()
    if [ "$(id -u)" -ne 0 ]; then
        unshare -r true 2>/dev/null || skip "this machine lets nobody be root in a space of their own"
        root=(unshare -r)
    fi
    both "${root[@]}" "$CASTMAP_BIN" init second
    code_is 0
    says "$err" "running as root"
}

@test "J08 standard output that is full or closed, standard error that is closed: 5, and nothing of it lands in the project" {
    castmap -q import good.csv >/dev/null
    cp town.castmap.sqlite ../before
    for close in '>/dev/full' '>&-'; do
        status=0
        eval "\"$CASTMAP_BIN\" list observations $close" 2>err.txt || status=$?
        code_is 5
        untouched
    done
    status=0
    "$CASTMAP_BIN" info 2>&- >out.txt || status=$?
    code_is 0
    untouched
}

@test "J09 a terminal of one column, no TERM, no colour, no terminal: plain words, all of them" {
    castmap -q import good.csv >/dev/null
    castmap list observations >plain.txt
    ! grep -q "$(printf '\033')" plain.txt
    env -u TERM COLUMNS=1 "$CASTMAP_BIN" list observations | cmp - plain.txt
    command -v python3 >/dev/null || skip "python3 is not here"
    python3 - "$CASTMAP_BIN" >seen.txt <<'PY'
import fcntl, os, pty, struct, sys, termios
child, fd = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 1, 0, 0))
    os.environ.pop("TERM", None)
    os.environ["NO_COLOR"] = "1"
    os.execv(sys.argv[1], [sys.argv[1], "list", "observations"])
seen = b""
while True:
    try:
        part = os.read(fd, 4096)
    except OSError:
        break
    if not part:
        break
    seen += part
assert os.waitpid(child, 0)[1] == 0
sys.stdout.write(seen.decode().replace("\r\n", "\n"))
PY
    cmp seen.txt plain.txt
}

@test "J14 two commands on one project: the second waits, then says who holds it; 5, and nothing was changed" {
    command -v sqlite3 >/dev/null || skip "sqlite3 is not here"
    (echo 'BEGIN IMMEDIATE;'; sleep 30) | sqlite3 town.castmap.sqlite &
    HOLDER=$!
    sleep 0.5
    SECONDS=0
    both castmap -q import good.csv
    code_is 5
    [ "$SECONDS" -le 20 ]
    says "$err" "another process"
    kill "$HOLDER"
    wait "$HOLDER" 2>/dev/null || true
    HOLDER=
    untouched
    # One that ends soon is waited for.
    (echo 'BEGIN IMMEDIATE;'; sleep 1) | sqlite3 town.castmap.sqlite &
    HOLDER=$!
    sleep 0.3
    both castmap -q import good.csv
    code_is 0
}

@test "J15 numbers beyond 32 bits, and ids at the edge of 64: exact" {
    printf 'id,latitude,longitude,date\n9223372036854775807,53.7501,-4.0801,2025-01-10\n9223372036854775808,53.7501,-4.0801,2025-01-10\n-9223372036854775808,53.7501,-4.0801,2025-01-10\n18446744073709551617,53.7501,-4.0801,2025-01-10\n' >ids.csv
    both castmap -q --json import ids.csv --map id=id
    code_is 0
    [ "$(jq -c '.total | [.read, .accepted, .duplicate, .quarantined]' out.txt)" = "[4,4,0,0]" ]
    both castmap -q --json import ids.csv --map id=id
    [ "$(jq -c '.total | [.read, .accepted, .duplicate, .quarantined]' out.txt)" = "[4,0,4,0]" ]
    # Steps and batches with numbers far beyond 32 bits.
    sqlite3 town.castmap.sqlite "UPDATE sqlite_sequence SET seq = 9000000000 WHERE name IN ('run', 'batch')"
    both castmap -q --json import good.csv
    code_is 0
    [ "$(castmap log --json | jq '.runs[-1].number')" = 9000000001 ]
    [ "$(castmap list batches --json | jq '[.batches[].id] | max')" = 9000000001 ]
    castmap -q undo 9000000001 >/dev/null
    [ "$(castmap info --json | jq .observations)" -eq 4 ]
    wrong_number() {
        both castmap undo "$1"
        code_is "$2"
    }
    wrong_number 9000000001 1
    wrong_number 9223372036854775808 2
    both castmap cluster --radius 100m --min 4294967298
    code_is 2
}

@test "J16 doctor names the libraries that are there, and the versions that were tried" {
    both castmap doctor --json
    [ "$status" -eq 0 ] || [ "$status" -eq 3 ]
    for name in SQLite SpatiaLite GDAL; do
        jq -e --arg name "$name" '.libraries[] | select(.name == $name) | (.version | test("^[0-9]")) and (.verdict == "ok" or .verdict == "newer than what was tried")' out.txt
    done
    both castmap doctor
    says "$out" "tried: 3.40 to"
}

@test "J17 a crash leaves no core" {
    mkfifo pipe
    ulimit -c unlimited 2>/dev/null || true
    # A sanitizer would take the signal for itself and end in its own way.
    ASAN_OPTIONS="${ASAN_OPTIONS:-}:handle_segv=0" "$CASTMAP_BIN" -q import - <pipe >/dev/null 2>&1 3>&- &
    HOLDER=$!
    exec 8>pipe
    for _ in $(seq 50); do
        grep -qE '^Max core file size +0 +0 ' "/proc/$HOLDER/limits" && break
        sleep 0.1
    done
    grep -E '^Max core file size +0 +0 ' "/proc/$HOLDER/limits"
    kill -SEGV "$HOLDER"
    status=0
    wait "$HOLDER" || status=$?
    HOLDER=
    exec 8>&-
    [ "$status" -eq 139 ]
    [ -z "$(find . -name 'core*')" ]
    untouched
}
