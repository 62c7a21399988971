#!/usr/bin/env bats
# Postcodes and names of places: tables in, records placed by them, and taken back.
load helper

tables() {
    cat >codepo.csv <<'CSV'
"SO16 0AS",10,437292,115542,"E92000001","E19000003","E18000009","","E07000093","E05004481"
"SO16 0AT",10,437300,115600,"E92000001","E19000003","E18000009","","E07000093","E05004481"
"AB10 1XX",90,0,0,"S92000003","","S08000020","","S12000033","S13002842"
CSV
    cat >seen.csv <<'CSV'
date,postcode
2025-05-01,SO16 0AS
2025-05-02,SO16 0
2025-05-03,ZE1 0AA
CSV
    castmap init town >/dev/null
}

@test "places add: what went in, what was left out, the licence; places list shows it" {
    tables
    both castmap places add -n codepo.csv --json
    code_is 0
    jq -e '.dry_run and .entries == 2 and .rows == 3 and .left_out[0].code == "no-position"' out.txt
    [ "$(castmap places list --json | jq '.places | length')" = 0 ]
    both castmap places add codepo.csv --vintage 2025-02
    code_is 0
    says "$out" "2 postcodes added"
    says "$out" "Open Government Licence"
    castmap places list --json | jq -e '.places[0] | .kind == "postcodes" and .entries == 2 and .vintage == "2025-02" and .format == "Code-Point Open"'
    both castmap places list
    says "$out" "Code-Point Open"
}

@test "places add: a folder is gone through, what is no table in it is passed over" {
    tables
    mkdir -p pack/Data/CSV pack/Doc
    mv codepo.csv pack/Data/CSV/so.csv
    printf 'PC,PQ,EA\nPostcode,Quality,Eastings\n' >pack/Doc/headers.csv
    both castmap places add pack --json
    code_is 0
    jq -e '.entries == 2 and .files == 1 and .passed_over == 1' out.txt
}

@test "records with a postcode alone: refused without a table, placed with one, never exact" {
    tables
    both castmap import seen.csv
    code_is 4
    says "$err" "castmap places add"
    castmap places add codepo.csv >/dev/null 2>&1
    both castmap import seen.csv --json
    code_is 3
    jq -e '.files[0] | .accepted == 2 and .reasons[0].code == "unknown-postcode"' out.txt
    jq -e '[.files[0].notes[].code] | index("located-by-postcode") != null' out.txt
    both castmap undo 1 --json
    code_is 0
    [ "$(castmap info --json | jq .observations)" = 0 ]
}

@test "places add: what is no table of places ends with 4 and keeps nothing" {
    tables
    echo 'name,population' >none.csv
    both castmap places add none.csv
    code_is 4
    says "$err" "--map name=COLUMN"
    both castmap places add codepo.csv --map nonsense=a
    code_is 2
    says "$err" "no header"
    both castmap places add absent.csv
    code_is 5
}
