#!/usr/bin/env bats
# Rows that were set aside go into a sheet, are mended there and come back; every one stays accounted for.
load helper

# Five rows, of which three are set aside: without a place, with a month that is none, with a field too few.
three_aside() {
    printf 'Breite;Laenge;date;category;note\n53.750012;-4.080012;2025-01-10;visitors;a\n53.750113;-4.080113;2025-01-11;visitors;b\n;;2025-01-12;visitors;"=1+1; ""so"""\n53.750214;-4.080214;2025-13-01;crowding;d\n53.750315;2025-02-01;crowding;e\n' >small.csv
    castmap init town >/dev/null 2>&1
    castmap import small.csv --map lat=Breite --map lon=Laenge --map text=note >/dev/null 2>&1 || [ $? -eq 3 ]
}

# Everything that the account is made of, without ids that are free to differ.
state() {
    sqlite3 town.castmap.sqlite "SELECT id, read, accepted, duplicate, quarantined, checksum FROM batch; SELECT batch, row, code, field, hex(text) FROM quarantine ORDER BY batch, row;
        SELECT batch, row, lon, lat, from_s, text FROM observation ORDER BY id"
}

# rows of the first batch = those accepted + set aside still + come back
sum_is_five() {
    [ "$(sqlite3 town.castmap.sqlite "SELECT accepted + duplicate + (SELECT count(*) FROM quarantine WHERE batch = 1) + (SELECT count(*) FROM mended WHERE batch = 1 AND outcome <> 'refused') FROM batch WHERE id = 1")" = 5 ]
    castmap check --rule account,store,index >/dev/null
}

@test "quarantine export --to-mend: the cells of each row, its key and its problem" {
    three_aside
    both castmap quarantine export --to-mend -o mend.csv
    code_is 0
    [ "$(stat -c %a mend.csv)" = 600 ]
    [ "$(wc -l <mend.csv)" -eq 4 ]
    says "$(head -1 mend.csv)" 'castmap_key,castmap_problem,"Breite","Laenge","date","category","note"'
    says "$(sed -n 2p mend.csv)" "\"'=1+1; \"\"so\"\"\""
    says "$(sed -n 3p mend.csv)" '53.750214,-4.080214,"2025-13-01","crowding","d"'
    both castmap quarantine export --to-mend -o mend.csv
    code_is 5
}

@test "quarantine import: what passes leaves quarantine, the rest stays with its new reason; again changes nothing; undo gives all back" {
    three_aside
    state >before.txt
    castmap quarantine export --to-mend -o mend.csv 2>/dev/null
    sed -i 's/,"","",/,53.750401,-4.080401,/; s/,,,"2025-01-12"/,53.750401,-4.080401,"2025-01-12"/; s/"2025-13-01"/"2025-14-01"/' mend.csv
    both castmap quarantine import -n mend.csv --json
    code_is 3
    jq -e '.dry_run and .accepted == 1 and .refused == 2 and .left == 3' out.txt
    state | cmp before.txt -
    both castmap quarantine import mend.csv --json
    code_is 3
    jq -e '.rows == 3 and .accepted == 1 and .duplicate == 0 and .refused == 2 and .done == 0 and .left == 2 and .origin == 1 and .batch == 2' out.txt
    sum_is_five
    castmap quarantine list --json | jq -e '[.rows[].row] == [5, 6] and .rows[0].code == "bad-date"'
    [ "$(sqlite3 town.castmap.sqlite "SELECT CAST(text AS TEXT) FROM quarantine WHERE row = 5")" = "53.750214;-4.080214;2025-14-01;crowding;d" ]
    # The guard before the formula is gone again, and the record says which sheet it came from.
    [ "$(sqlite3 town.castmap.sqlite "SELECT text FROM observation WHERE batch = 2")" = '=1+1; "so"' ]
    castmap log --json | jq -e '.runs[1].summary | contains("mend.csv, back from quarantine of batch 1")'
    state >first.txt
    runs=$(castmap info --json | jq .runs)
    both castmap quarantine import mend.csv --json
    code_is 3
    jq -e '.accepted == 0 and .duplicate == 0 and .refused == 2 and .done == 1 and .left == 2 and .run == 0' out.txt
    state | cmp first.txt -
    [ "$(castmap info --json | jq .runs)" = "$runs" ]
    # The rest, from a new sheet saved with semicolons and its columns in another order.
    castmap quarantine export --to-mend -o rest.csv 2>/dev/null
    key5=$(sed -n 2p rest.csv | cut -d, -f1 | tr -d '"')
    key6=$(sed -n 3p rest.csv | cut -d, -f1 | tr -d '"')
    printf 'note;Laenge;Breite;date;category;castmap_key\nd;-4.080214;53.750214;2025-03-01;crowding;%s\ne;-4.080315;53.750315;2025-02-01;crowding;%s\n' "$key5" "$key6" >back.csv
    both castmap quarantine import back.csv --json
    code_is 0
    jq -e '.accepted == 2 and .refused == 0 and .left == 0' out.txt
    sum_is_five
    castmap info --json | jq -e '.observations == 5 and .quarantined == 0'
    castmap undo >/dev/null
    state | cmp first.txt -
    castmap undo >/dev/null
    state | cmp before.txt -
    sum_is_five
}

@test "quarantine import: a mended row that is known already is a duplicate, and leaves quarantine" {
    three_aside
    castmap quarantine export --to-mend -o mend.csv 2>/dev/null
    key=$(sed -n 2p mend.csv | cut -d, -f1 | tr -d '"')
    printf 'castmap_key,Breite,Laenge,date,category,note\n%s,53.750012,-4.080012,2025-01-10,visitors,a\n' "$key" >same.csv
    both castmap quarantine import same.csv --json
    code_is 0
    jq -e '.accepted == 0 and .duplicate == 1 and .left == 2' out.txt
    sum_is_five
    castmap info --json | jq -e '.observations == 2'
    castmap undo 1 >/dev/null # the import takes what came back with it
    castmap info --json | jq -e '.observations == 0 and .quarantined == 0 and .batches == 0'
}

@test "quarantine import: no sheet, no key, a key of elsewhere, a key twice: refused whole, 4, nothing changed" {
    three_aside
    state >before.txt
    both castmap quarantine import small.csv
    code_is 4
    says "$err" "--to-mend"
    castmap quarantine export --to-mend -o mend.csv 2>/dev/null
    { cat mend.csv; sed -n 2p mend.csv; } >twice.csv
    both castmap quarantine import twice.csv
    code_is 4
    says "$err" "twice.csv:5:castmap_key"
    sed '3s/^"q1-5-......../"q1-5-00000000/' mend.csv >foreign.csv
    both castmap quarantine import foreign.csv
    code_is 4
    says "$err" "foreign.csv:3:castmap_key"
    sed '3s/^"[^"]*"/""/' mend.csv >without.csv
    both castmap quarantine import without.csv
    code_is 4
    both castmap quarantine import missing.csv
    code_is 5
    both castmap quarantine import -
    code_is 2
    state | cmp before.txt -
    castmap import small.csv --map lat=Breite --map lon=Laenge --map text=note >/dev/null 2>&1 || [ $? -eq 3 ]
    both castmap quarantine export --to-mend -o several.csv
    code_is 2
    says "$err" "--batch"
}

@test "a real form export: the row without a place is mended in the sheet and comes back" {
    [ -d "$CASTMAP_TOP/../shared/data/messy/odk" ] || skip "the shared data are not here"
    castmap init town >/dev/null 2>&1
    cp "$CASTMAP_TOP/../shared/data/messy/odk/odk_empty_geoms.csv" empty.csv
    castmap import empty.csv --json >first.json 2>/dev/null || [ $? -eq 3 ]
    jq -e '.files[0] | .read == 2 and .accepted == 1 and .quarantined == 1' first.json
    castmap quarantine export --to-mend -o mend.csv 2>/dev/null
    both castmap quarantine import mend.csv --json # unchanged: nothing passes, nothing changes
    code_is 3
    jq -e '.rows == 1 and .refused == 1 and .left == 1 and .run == 0' out.txt
    sed -i '2s/,"n\/a","n\/a","n\/a","n\/a","n\/a",/,"n\/a",-1.294234,36.78722,1600,30,/' mend.csv
    both castmap quarantine import mend.csv --json
    code_is 0
    jq -e '.accepted == 1 and .left == 0' out.txt
    [ "$(sqlite3 town.castmap.sqlite "SELECT lon || ' ' || lat || ' ' || accuracy_m FROM observation WHERE batch = 2")" = "36.78722 -1.294234 30.0" ]
    castmap info --json | jq -e '.observations == 2 and .quarantined == 0'
    castmap check --rule account,store,index,quarantine
}

@test "a real month of street crime: 1,066 rows without a place, 600 of them mended" {
    file=$CASTMAP_TOP/../shared/data/observations/2021-09-avon-and-somerset-street.csv
    [ -f "$file" ] || skip "the shared data are not here"
    castmap init town >/dev/null 2>&1
    castmap import "$file" --keep-far --json >first.json 2>/dev/null || [ $? -eq 3 ]
    jq -e '.files[0] | .read == 14661 and .accepted == 13595 and .quarantined == 1066' first.json
    castmap quarantine export --to-mend -o mend.csv 2>/dev/null
    [ "$(wc -l <mend.csv)" -eq 1067 ]
    awk 'NR > 1 && NR <= 601 { sub(/,"","",/, sprintf(",-2.59%04d,51.45%04d,", NR, NR)) } { print }' mend.csv >half.csv
    both castmap quarantine import half.csv --keep-far --json
    code_is 3
    jq -e '.rows == 1066 and .accepted == 600 and .duplicate == 0 and .refused == 466 and .left == 466' out.txt
    # They are as their file was read: moved to map points by the publisher.
    [ "$(sqlite3 town.castmap.sqlite 'SELECT count(*) FROM observation WHERE place = 5')" = 14195 ]
    castmap check --rule account,store,index
    castmap info --json | jq -e '.observations == 14195 and .quarantined == 466'
    both castmap quarantine import half.csv --keep-far --json
    jq -e '.done == 600 and .refused == 466 and .run == 0 and ([.notes[].code] | index("no-rows") == null)' out.txt
}

@test "killed at any moment, a sheet is in whole or not at all" {
    {
        echo "latitude,longitude,date,category"
        for i in $(seq 1000 3999); do echo "53.75$i,-4.08$i,2025-99-01,visitors"; done
    } >many.csv
    castmap init town >/dev/null 2>&1
    castmap import many.csv >/dev/null 2>&1 || [ $? -eq 3 ]
    castmap quarantine export --to-mend -o mend.csv 2>/dev/null
    sed -i 's/2025-99-01/2025-01-09/' mend.csv
    struck=0
    for i in $(seq 1 12); do
        "$CASTMAP_BIN" quarantine import mend.csv >/dev/null 2>&1 &
        pid=$!
        sleep "0.0$((i * 7 % 10))$i"
        kill -9 $pid 2>/dev/null && struck=$((struck + 1))
        wait $pid 2>/dev/null || true
        castmap check --rule account,store,index >/dev/null
        left=$(castmap info --json | jq .quarantined)
        [ "$left" -eq 3000 ] || [ "$left" -eq 0 ]
        [ "$(castmap info --json | jq .observations)" -eq $((3000 - left)) ]
        [ "$left" -eq 3000 ] || castmap undo >/dev/null
    done
    [ "$struck" -gt 0 ]
    both castmap quarantine import mend.csv --json
    code_is 0
    jq -e '.accepted == 3000 and .left == 0' out.txt
}
