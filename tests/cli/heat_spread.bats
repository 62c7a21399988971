#!/usr/bin/env bats
# Heat maps of records some of which are known only to an area: every form of the map spreads them.
load helper

setup() { cd "$BATS_TEST_TMPDIR" || return 1; }

heat() { # options; JSON in out.txt
    both castmap -q --json heat "$@"
}

value() { jq -r "$1" out.txt; }

near() { # a, b, relative
    awk -v a="$1" -v b="$2" -v r="$3" 'BEGIN { d = a - b; if (d < 0) d = -d; m = b < 0 ? -b : b; exit !(d <= r * m) }' ||
        { echo "$1 is not near $2" >&2; return 1; }
}

# A project of two categories in two half-years; 10 records of each half are known to a ward's worth of ground.
rough_town() {
    {
        echo latitude,longitude,date,accuracy,category
        for half in 2025-02 2025-09; do
            for i in $(seq 10 49); do echo "53.7$i,-4.0501,$half-10,10,begging"; done
            for i in $(seq 10 49); do echo "53.7$i,-4.0551,$half-12,10,visitors"; done
            for i in $(seq 10); do echo "53.7600,-4.0700,$half-$((i + 10)),1500,begging"; done
        done
        for i in $(seq 10); do echo "53.7600,-4.0700,2025-09-$((i + 10)),1500,begging"; done
    } >rough.csv
    castmap -q init rough.castmap.sqlite >/dev/null
    castmap -q boundaries add "$SAMPLE/wards.geojson" -p rough.castmap.sqlite >/dev/null
    castmap -q import rough.csv -p rough.castmap.sqlite >/dev/null
}

remark() { jq -r --arg code "$1" '.remarks[] | select(.code == $code) | .text' out.txt; }

@test "records known only to an area are spread in every form of the map, none is lost, and each form says what share they are" {
    rough_town
    for words in "--radius 400m" "--radius 400m --edge diggle" "--radius 400m --adaptive" "--radius 400m --adaptive --edge diggle"; do
        # shellcheck disable=SC2086
        heat -p rough.castmap.sqlite --cell 40m $words
        code_is 0
        [ "$(value .spread)" -eq 30 ]
        [ "$(value .observations)" -eq 190 ]
        near "$(value .integral)" 190 0.006
        remark spread | grep -q "^16 % of the map (30 records)"
    done
    heat -p rough.castmap.sqlite --cell 40m --radius 400m --edge uniform
    [ "$(value .spread)" -eq 30 ]
    heat -p rough.castmap.sqlite --compare begging:visitors --radius 800m
    code_is 0
    [ "$(value .observations)" -eq 190 ]
    remark spread | grep -q "^27 % of the first side and 0 % of the second side (30 records)"
    remark spread-unlike | grep -q "flatter for that alone"
    castmap -q report --for internal -p rough.castmap.sqlite -o compare.html >/dev/null
    grep -q "an outline stands only where the records with a place show it too" compare.html
    heat -p rough.castmap.sqlite --change 2025-01..2025-06:2025-07..2025-12 --radius 600m
    code_is 0
    remark spread | grep -q "^11 % of the first period and 20 % of the second (30 records)"
    ! jq -e '.remarks[] | select(.code == "vague-left-out")' out.txt
    ! jq -e '.remarks[] | select(.code == "spread-unlike")' out.txt
}

# What all cells of a GeoTIFF sum to, in observations.
sum_of() { gdal_translate -q -of XYZ "$1" /vsistdout/ | awk -v cell="$2" '$3 != -9999 { s += $3 } END { printf "%.9g", s * cell * cell / 1e6 }'; }

@test "a change is by as much as the records say, spread ones too" {
    rough_town
    heat -p rough.castmap.sqlite --change 2025-01..2025-06:2025-07..2025-12 --radius 600m --cell 50m
    castmap -q export --for internal -p rough.castmap.sqlite -o change >/dev/null
    # 100 in 184 days less 90 in 181 days, per month
    near "$(sum_of change/heat.tif 50)" "$(awk 'BEGIN { m = 365.2425 / 12; print 100 / (184 / m) - 90 / (181 / m) }')" 0.01
}

@test "in slices a spread record weighs by its time" {
    rough_town
    heat -p rough.castmap.sqlite --slices 6 --from 2025-01-01 --to 2025-12-31 --radius 400m --cell 50m
    code_is 0
    [ "$(value .spread)" -eq 30 ]
    ! jq -e '.remarks[] | select(.code == "slices-without-spread")' out.txt
    castmap -q export --for internal -p rough.castmap.sqlite -o sliced >/dev/null
    # At the middle of the circle, far from all points: none in the third slice beyond the reach in time, twice as many in September as in February.
    at() { ogrinfo -q sliced/heat_0$1.geojson -dialect SQLite -sql "SELECT count(*) AS n FROM heat_0$1 WHERE ST_Contains(geometry, MakePoint(-4.0785, 53.7600))" | sed -n 's/.*n (Integer) = //p'; }
    [ "$(at 3)" -eq 0 ]
    [ "$(at 5)" -eq 1 ]
}
