#!/usr/bin/env bats
# Looking a project over: what is wrong is found once, counted and located; repairs are written down and can be taken back.
load helper

# A project with one fault of each kind. Twenty-three rows lie in the areas.
messy_town() {
    small_town
    castmap init town >/dev/null
    {
        echo "id,latitude,longitude,date,category,accuracy,note"
        for i in $(seq 10 29); do
            echo "a$i,53.7500$i,-4.0800$i,2025-01-$i 09:00,visitors,5,secret-$i"
        done
        echo "b2,53.76512,-4.08123,2025-01-11 10:00,visitors,5,secret-outside"
        echo "b3,53.75212,-4.08134,2025-01-12 10:00,Visitors,5,secret-spelling"
        echo "b4,53.75312,-4.08234,2025-01-12 11:00,crowding,0,secret-zero"
        echo "b5,53.75412,-4.08334,2025-01-12 12:00,crowding,2000,secret-wide"
        echo "b6,53.754121,-4.083341,2025-01-12 12:05,crowding,5,secret-near"
        echo "b7,,,2025-01-12 12:05,crowding,5,secret-nowhere"
    } >town.csv
    castmap import town.csv --keep-far >/dev/null 2>&1 || [ $? -eq 3 ]
    castmap boundaries add areas.geojson >/dev/null 2>&1 # now it is known where the records belong
}

count_of() { # rule
    jq -r --arg rule "$1" '[.findings[] | select(.rule == $rule) | .count] | add // 0' out.txt
}

@test "check: an empty project has nothing to look at, 0" {
    castmap init town >/dev/null
    both castmap check
    code_is 0
    says "$out" "nothing to look at"
}

@test "check: each rule finds what was put there, with file and row, and shows no value of a record; 3" {
    messy_town
    both castmap check --json
    code_is 3
    cat out.txt
    [ "$(count_of swapped-axes)" = 0 ]
    [ "$(count_of outside-areas)" = 1 ]
    [ "$(count_of category-spelling)" = 1 ]
    [ "$(count_of odd-accuracy)" = 1 ]
    [ "$(count_of too-exact)" = 1 ]
    [ "$(count_of near-duplicate)" = 1 ]
    [ "$(count_of quarantine)" = 1 ]
    [ "$(count_of store)" = 0 ]
    [ "$(count_of index)" = 0 ]
    [ "$(count_of account)" = 0 ]
    [ "$(count_of position-pile)" = 0 ]
    jq -e '.findings[] | select(.rule == "outside-areas") | .where == "town.csv row 22"' out.txt
    both castmap check
    code_is 3
    case $out in *secret*) false ;; esac
    says "$out" "town.csv row 22"
}

@test "check: a whole file the wrong way round stands out as soon as there are areas" {
    small_town
    castmap init town >/dev/null
    printf 'latitude,longitude,date,category\n-4.08012,53.75123,2025-01-11,visitors\n-4.08013,53.75124,2025-01-12,visitors\n' >swapped.csv
    castmap import swapped.csv >/dev/null 2>&1
    both castmap check --rule swapped-axes,crs-reach
    code_is 0
    # Areas on top of them would be measured in metres of another part of the world.
    sqlite3 town.castmap.sqlite .dump >before.txt
    both castmap boundaries add areas.geojson
    code_is 4
    says "$err" "2 of 2 lie among these areas when they are exchanged"
    says "$err" "castmap undo 1"
    sqlite3 town.castmap.sqlite .dump | cmp before.txt -
    castmap undo 1 >/dev/null
    castmap import swapped.csv --map lat=longitude --map lon=latitude >/dev/null 2>&1
    castmap boundaries add areas.geojson >/dev/null 2>&1
    castmap info --json | jq -e '.crs.code != "" and .bounds[0] < 0 and .bounds[1] > 53'
    both castmap check --rule swapped-axes,crs-reach
    code_is 0
}

@test "check: areas beyond the coordinate system that the first records chose" {
    small_town
    castmap init town >/dev/null
    printf 'latitude,longitude,date,category\n10.08012,103.75123,2025-01-11,visitors\n10.08013,103.75124,2025-01-12,visitors\n' >far.csv
    castmap import far.csv >/dev/null 2>&1
    castmap boundaries add areas.geojson >/dev/null 2>&1
    both castmap check --json
    code_is 3
    [ "$(count_of crs-reach)" = 1 ]
}

@test "check --rule: only that rule; an unknown one is refused with what to do, 2" {
    messy_town
    both castmap check --rule odd-accuracy,too-exact --json
    code_is 3
    jq -e '[.findings[].rule] == ["odd-accuracy", "too-exact"]' out.txt
    both castmap check --rule no-such-rule
    code_is 2
    says "$err" "--list-rules"
    both castmap check --dry-run
    code_is 2
    both castmap check --list-rules --json
    code_is 0
    jq -e '.rules | length >= 25' out.txt
}

@test "check: default positions, unknown times, the future and the past" {
    castmap init town >/dev/null
    {
        echo "latitude,longitude,date"
        for i in $(seq 10 29); do echo "53.7500$i,-4.0800$i,2025-01-10"; done
        echo "53.751234,-4.081234,2031-01-01"
        echo "53.751235,-4.081235,1970-01-01"
        echo "53.751236,-4.081236,"
    } >a.csv
    castmap import a.csv --keep-odd-dates >/dev/null 2>&1
    # Three files of which none is large enough to tell a default by itself.
    for f in 1 2 3; do
        echo "latitude,longitude,date" >p$f.csv
        for i in 1 2 3; do echo "53.755555,-4.085555,2025-02-0$i" >>p$f.csv; done
        sed -i "s/2025-02/2025-0$((f + 2))/" p$f.csv
        castmap import p$f.csv >/dev/null 2>&1
    done
    both castmap check --json
    code_is 3
    [ "$(count_of future-time)" = 1 ]
    [ "$(count_of long-past)" = 1 ]
    [ "$(count_of no-time)" = 1 ]
    [ "$(count_of position-pile)" = 9 ]
    [ "$(count_of no-category)" = 32 ]
}

@test "check --fix: repairs what is safe, is written down, survives an analysis, and undo gives back the bytes of the records" {
    messy_town
    dump() { sqlite3 town.castmap.sqlite "SELECT id, place, accuracy_m, (SELECT name FROM category AS c WHERE c.id = o.category) FROM observation AS o ORDER BY id; SELECT checksum FROM batch"; }
    dump >before.txt
    both castmap check --fix --dry-run --json
    code_is 3
    jq -e '.repaired == 3 and .run == 0' out.txt
    dump | cmp before.txt -
    both castmap check --fix --json
    code_is 3
    jq -e '.repaired == 3 and .run == 3' out.txt
    ! dump | cmp -s before.txt -
    both castmap check --log --json
    code_is 0
    jq -e '[.repairs[] | [.rule, .field, .before, .after]] == [["odd-accuracy", "accuracy", "0.0", ""], ["too-exact", "place", "1", "4"], ["category-spelling", "category", "Visitors", "visitors"]]' out.txt
    # The check sums follow: an analysis reads the records, and depends on the repair.
    castmap cluster --radius 100m --min 3 >/dev/null 2>&1
    both castmap check --fix --json
    jq -e '.repaired == 0 and .run == 0' out.txt
    both castmap undo 3
    code_is 0
    says "$out" "undid 2 runs"
    dump | cmp before.txt -
    castmap check --log --json | jq -e '.repairs == []'
    castmap cluster --radius 100m --min 3 >/dev/null 2>&1
}

@test "check --fix marks a row that repeats another to the minute, once" {
    castmap init town >/dev/null
    printf 'latitude,longitude,time,category\n53.750123,-4.080123,2025-01-10 09:30,visitors\n53.750123,-4.080123,2025-01-10 09:30,visitors\n53.750123,-4.080123,2025-01-10,visitors\n53.750123,-4.080123,2025-01-10,visitors\n' >twice.csv
    castmap import twice.csv >/dev/null 2>&1
    both castmap check --json
    [ "$(count_of same-row)" = 1 ]
    [ "$(count_of alike-rows)" = 1 ]
    castmap check --fix >/dev/null 2>&1 || true
    castmap check --log --json | jq -e '.repairs == [.repairs[0]] and .repairs[0].field == "duplicate" and .repairs[0].observation == 2 and .repairs[0].after == "1"'
    both castmap check --json
    [ "$(count_of same-row)" = 0 ]
    [ "$(count_of marked-repeats)" = 1 ]
    castmap info --json | jq -e '.observations == 4 and .repeats == 1'
    says "$(castmap info)" "1 marked as repeating another"
    says "$(castmap list observations)" "1 of them are marked"
}

@test "a marked repeat counts in no result, which says so; undo lets it count again" {
    castmap init town --crs EPSG:27700 >/dev/null
    { echo latitude,longitude,time,category
      for i in 1 2 3 4; do printf '53.75012%s,-4.080123,2025-01-1%s 09:30,visitors\n' $i $i; done
      printf '53.750121,-4.080123,2025-01-11 09:30,visitors\n'; } >five.csv
    castmap import five.csv >/dev/null 2>&1
    castmap cluster --radius 100m --min 5 --json 2>/dev/null >before.json
    jq -e '.observations == 5 and .clusters == 1' before.json
    castmap heat --radius 200m --json 2>/dev/null | jq -e '.observations == 5'
    castmap check --fix >/dev/null 2>&1 || [ $? -eq 3 ]
    # Results made before are stale; made again they leave the repeat out.
    castmap check --rule stale-layer --json 2>/dev/null | jq -e '.findings[0].count == 2' || true
    castmap cluster --radius 100m --min 5 --json 2>/dev/null >after.json
    jq -e '.observations == 4 and .clusters == 0' after.json
    jq -e '[.remarks[].code] | index("repeats-left-out") != null' after.json
    castmap heat --radius 200m --json 2>/dev/null >heat.json
    jq -e '.observations == 4 and ([.remarks[].code] | index("repeats-left-out") != null)' heat.json
    castmap undo 4 >/dev/null
    castmap info --json | jq -e '.repeats == 0'
    castmap cluster --radius 100m --min 5 --json 2>/dev/null | jq -e '.observations == 5 and .clusters == 1 and ([.remarks[].code] | index("repeats-left-out") == null)'
}

@test "check: a list of categories names the nearest, and --fix writes the list's names" {
    castmap init town >/dev/null
    printf 'latitude,longitude,date,category\n53.750123,-4.080123,2025-01-10,Gathering\n53.750124,-4.080124,2025-01-11,crowding\n53.750125,-4.080125,2025-01-12,crowdin\n' >c.csv
    printf 'code,label,aliases\ncrowding,Crowding,gathering|crowd\n' >list.csv
    castmap import c.csv >/dev/null 2>&1
    both castmap check --categories list.csv --json
    code_is 3
    [ "$(count_of category-alias)" = 1 ]
    [ "$(count_of category-unknown)" = 1 ]
    jq -e '.findings[] | select(.rule == "category-unknown") | .detail | contains("nearest: crowding")' out.txt
    castmap check --categories list.csv --fix >/dev/null 2>&1 || [ $? -eq 3 ]
    [ "$(sqlite3 town.castmap.sqlite "SELECT group_concat(name) FROM (SELECT name FROM category ORDER BY name)")" = "crowdin,crowding" ]
    # The same file again is still nothing new.
    castmap import c.csv --json 2>/dev/null | jq -e '.files[0].duplicate == 3'
}

@test "check: results older than the newest records are stale until they are made again" {
    small_town
    castmap init town >/dev/null
    castmap boundaries add areas.geojson >/dev/null 2>&1
    castmap import small.csv >/dev/null 2>&1 || true
    castmap areas >/dev/null 2>&1
    both castmap check --rule stale-layer
    code_is 0
    printf 'latitude,longitude,date,category\n53.750199,-4.080199,2025-03-10,visitors\n' >more.csv
    castmap import more.csv >/dev/null 2>&1
    both castmap check --rule stale-layer --json
    code_is 3
    jq -e '.findings[0] | .count == 1 and .where == "step 3 (areas)"' out.txt
    castmap undo >/dev/null
    both castmap check --rule stale-layer
    code_is 0
}

@test "check: areas that overlap are named, shared borders are not" {
    small_town
    castmap init town >/dev/null
    sed 's/\[\[\[-4.08015,53.74\]/[[[-4.085,53.74]/; s/\[-4.08015,53.74\]\]\]}}\]}/[-4.085,53.74]]]}}]}/' areas.geojson >overlap.geojson
    castmap boundaries add areas.geojson >/dev/null 2>&1
    both castmap check
    code_is 0
    castmap boundaries add overlap.geojson >/dev/null 2>&1
    both castmap check --json
    cat out.txt
    jq -e '.findings[] | select(.rule == "area-overlap") | .count == 1 and (.where | contains("X05900001 and X05900002"))' out.txt
}

@test "check finds an index that lost a record, and --fix builds it anew; a changed coordinate is damage" {
    messy_town
    castmap check --rule index >/dev/null
    sqlite3 town.castmap.sqlite "UPDATE idx_observation_geometry_rowid SET nodeno = nodeno; DELETE FROM idx_observation_geometry WHERE pkid = 3"
    both castmap check --rule index --json
    code_is 3
    [ "$(count_of index)" = 1 ]
    both castmap check --rule index --fix
    code_is 0
    castmap check --rule index >/dev/null
    sqlite3 town.castmap.sqlite "PRAGMA trusted_schema=1; DROP TRIGGER IF EXISTS x; UPDATE batch SET checksum = checksum + 1"
    both castmap check --json
    code_is 3
    [ "$(count_of store)" = 1 ]
}

@test "check: points that the publisher moved, read as exact, are told and marked" {
    castmap init town >/dev/null
    printf 'Crime ID,Month,Longitude,Latitude,Location,LSOA code,Crime type\nx,2025-01,-4.080123,53.750123,On or near X,E1,Burglary\ny,2025-01,-4.080124,53.750124,On or near X,E1,Burglary\n' >p.csv
    castmap import p.csv --profile generic >/dev/null 2>&1
    both castmap check --rule snapped-publisher --json
    code_is 3
    [ "$(count_of snapped-publisher)" = 2 ]
    both castmap check --rule snapped-publisher --fix
    code_is 0
    [ "$(sqlite3 town.castmap.sqlite 'SELECT sum(place) FROM observation')" = 10 ]
    both castmap check --rule snapped-publisher
    code_is 0
}

@test "records on a default position that nobody moved make no place and no hot spot; the results say how many were left out" {
    castmap init town --crs EPSG:27700 >/dev/null
    { echo latitude,longitude,date
      for i in $(seq 10 49); do echo "53.7${i}123,-4.080123,2025-01-10"; done
      for i in $(seq 10 19); do echo "53.755555,-4.085555,2025-02-$i"; done; } >pile.csv
    castmap import pile.csv >/dev/null 2>&1
    castmap cluster --radius 100m --min 5 --json 2>/dev/null >out.json
    jq -e '.clusters == 0 and .observations == 40 and .imprecise == 10 and ([.remarks[].code] | index("imprecise-left-out") != null)' out.json
    castmap heat --radius 300m --json 2>/dev/null >heat.json
    jq -e '.observations == 40 and ([.remarks[].code] | index("piles-left-out") != null)' heat.json
    castmap heat --radius 300m --keep-whole --json 2>/dev/null | jq -e '.observations == 50'
}
