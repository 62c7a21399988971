#!/usr/bin/env bats
# A small project from its beginning, one command after another.
load helper

town() {
    small_town
    castmap init town >/dev/null
    castmap boundaries add areas.geojson >/dev/null
    castmap import small.csv >/dev/null 2>&1 || [ $? -eq 3 ]
}

@test "init: makes one file, refuses to make it again, and says what it would do" {
    both castmap init -n town
    code_is 0
    [ ! -e town.castmap.sqlite ]
    both castmap init town --title "Our town"
    code_is 0
    [ -f town.castmap.sqlite ]
    [ "$(castmap info --json | jq -r .title)" = "Our town" ]
    both castmap init town
    code_is 5
    says "$err" "--overwrite"
    both castmap init town --overwrite
    code_is 0
}

@test "a project is found from a folder below it, named, or in the environment" {
    castmap init town >/dev/null
    mkdir -p below/deep
    (cd below/deep && castmap info --json | jq -e '.observations == 0')
    castmap info -p town.castmap.sqlite >/dev/null
    CASTMAP_PROJECT=$PWD/town.castmap.sqlite bash -c 'cd / && "$0" info' "$CASTMAP_BIN" >/dev/null
    cd below
    both castmap info -p nothing.castmap.sqlite
    [ "$status" -ne 0 ]
}

@test "no project: says so, and what to do" {
    cd /
    status=0
    castmap info >/dev/null 2>"$BATS_TEST_TMPDIR/err.txt" || status=$?
    [ "$status" -eq 1 ]
    [ "$(wc -l <"$BATS_TEST_TMPDIR/err.txt")" -le 3 ]
}

@test "a file that is no project ends with 6" {
    echo "not a project" >bad.castmap.sqlite
    both castmap info -p bad.castmap.sqlite
    code_is 6
}

@test "import: every row is accounted for, the bad one is set aside, 3" {
    small_town
    castmap init town >/dev/null
    both castmap import small.csv --json
    code_is 3
    jq -e '.files[0] | .read == 4 and .accepted == 3 and .duplicate == 0 and .quarantined == 1' out.txt
    jq -e '.files[0].reasons[0] | .code == "no-position" and .count == 1 and .first_row == 4' out.txt
    both castmap import small.csv
    code_is 3
    says "$out" "4 rows read = 0 accepted + 3 duplicate + 1 quarantined"
    castmap list batches --json | jq -e '.batches | length >= 1'
}

@test "import -n: stores nothing; --strict: refuses the file, 4; a missing file: 5" {
    small_town
    castmap init town >/dev/null
    both castmap import -n small.csv
    code_is 3
    castmap info --json | jq -e '.observations == 0 and .batches == 0'
    both castmap import --strict small.csv
    code_is 4
    castmap info --json | jq -e '.observations == 0'
    both castmap import missing.csv
    code_is 5
    says "$err" "missing.csv"
}

@test "import of several files is all or nothing" {
    small_town
    castmap init town >/dev/null
    printf 'latitude,longitude,date\n53.75,-4.08,2025-03-01\n"open,1,2\n' >broken.csv
    both castmap import small.csv broken.csv
    code_is 4
    castmap info --json | jq -e '.observations == 0 and .runs == 0'
}

@test "import --map wants FIELD=COLUMN" {
    castmap init town >/dev/null
    both castmap import --map latitude x.csv
    code_is 2
    says "$err" "FIELD=COLUMN"
}

@test "boundaries: added, listed, and only looked at with -n" {
    small_town
    castmap init town >/dev/null
    both castmap boundaries add -n areas.geojson
    code_is 0
    castmap boundaries list --json | jq -e '.boundaries | length == 0'
    both castmap boundaries add areas.geojson --level ward --licence "Made up"
    code_is 0
    castmap boundaries list --json | jq -e '.boundaries[0] | .areas == 2 and .level == "ward" and .licence == "Made up"'
}

@test "cluster, areas and heat make layers, and undo takes them back" {
    town
    castmap cluster --radius 100m --min 3 --json | jq -e '.clusters == 1 and .places[0].count == 3 and .noise == 0'
    castmap areas --json | jq -e '.placed == 3 and .unplaced == 0 and ([.areas[].count] | add) == 3'
    castmap heat --radius 500m --json | jq -e '.observations == 3 and (.integral - 3 | fabs) < 1e-3'
    castmap list layers --json | jq -e '.layers | length == 3'
    castmap undo -n --json | jq -e '.dry_run'
    castmap undo >/dev/null
    castmap list layers --json | jq -e '.layers | length == 2'
    castmap log --json | jq -e '[.runs[] | select(.undone)] | length == 1'
    both castmap undo 99
    code_is 1
    both castmap undo seven
    code_is 2
}

@test "a period chooses observations, its end included" {
    town
    castmap areas --from 2025-01 --to 2025-01-11 --json | jq -e '.placed == 2'
    castmap areas --from 2025-Q1 --to 2025-Q1 --json | jq -e '.placed == 3'
    castmap areas --category crowding --json | jq -e '.placed == 1'
}

@test "heat and cluster with a cell or a radius of nothing are refused" {
    town
    for words in "heat --cell 0m" "heat --radius 0m" "cluster --radius 0m" "cluster --min 0"; do
        # shellcheck disable=SC2086
        both castmap $words
        code_is 2
    done
}

@test "quarantine: listed without the row's text, exported word for word and safe for a spreadsheet" {
    small_town
    printf 'latitude,longitude,date,text\n,,2025-01-12,secret\n=1+1,0,2025-01-12,x\n53.75,-4.08,2025-01-12,x\n' >odd.csv
    castmap init town >/dev/null
    castmap import odd.csv >/dev/null 2>&1 || [ $? -eq 3 ]
    both castmap quarantine list
    code_is 0
    ! grep -q secret out.txt
    both castmap quarantine export -o refused.csv
    code_is 0
    grep -q secret refused.csv
    grep -q "\"'=1+1" refused.csv
    both castmap quarantine export -o refused.csv
    code_is 5
    both castmap quarantine export -o refused.csv --overwrite
    code_is 0
    both castmap quarantine export -o missing/refused.csv
    code_is 5
    both castmap quarantine export -o town.castmap.sqlite --overwrite
    code_is 2
    [ "$(find . -name '*.tmp-*' | wc -l)" -eq 0 ]
}

@test "backup: a copy that is a project; an existing file is refused" {
    town
    both castmap backup -o copy.castmap.sqlite
    code_is 0
    castmap info -p copy.castmap.sqlite --json | jq -e '.observations == 3'
    both castmap backup -p town.castmap.sqlite -o copy.castmap.sqlite
    code_is 5
}

@test "--timings names the stages on standard error; --quiet keeps words away, never results" {
    town
    both castmap cluster -r 100m -m 3 --timings
    says "$err" "cluster"
    says "$err" "total"
    both castmap --quiet import small.csv
    code_is 3
    [ -z "$err" ]
    says "$out" "rows read"
}

@test "doctor names the libraries and looks at the project" {
    castmap init town >/dev/null
    both castmap doctor --json
    code_is 0
    jq -e '[.libraries[].name] | contains(["SQLite", "GDAL", "GEOS"])' out.txt
    jq -e '.checks[] | select(.what == "project") | .ok' out.txt
}

@test "every list is a table and a document" {
    town
    for what in observations batches areas layers runs quarantine; do
        castmap list "$what" >/dev/null
        castmap list "$what" --json | jq -e 'type == "object"' >/dev/null
    done
    both castmap list ghosts
    code_is 2
}

@test "migrate: an old project is refused with a hint, then brought forward after a backup" {
    gzip -dc "$CASTMAP_TOP/tests/unit/project/data/schema-1.castmap.sqlite.gz" >old.castmap.sqlite
    both castmap info
    code_is 6
    says "$err" "castmap migrate"
    both castmap migrate --json
    code_is 0
    jq -e '.from == 1 and .to >= 2' out.txt
    [ -s old.castmap.sqlite.schema-1.backup ]
    both castmap info
    code_is 0
    says "$out" "78"
    both castmap migrate
    code_is 0
    says "$out" "nothing was changed"
}
