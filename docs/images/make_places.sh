#!/bin/bash
# The pictures of the method pages of places: the sample town, each method with its usual settings.
#   docs/images/make_places.sh [CASTMAP]      writes dbscan.png, st-dbscan.png, hdbscan.png, optics.png and nnh.png beside itself; wants gdal-bin
set -eu
here=$(cd "$(dirname "$0")" && pwd)
castmap=$(realpath "${1:-$here/../../build/dev/tools/castmap/castmap}")
sample=$here/../../data/sample
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=1790000000 LC_ALL=C
cd "$work"
"$castmap" init town --quiet
"$castmap" boundaries add "$sample/wards.geojson" --quiet
"$castmap" import "$sample/observations.csv" --categories "$sample/categories.csv" --time-zone Europe/London --quiet || [ $? -eq 3 ]
draw() { # name, title, options of castmap cluster
    local name=$1 title=$2
    shift 2
    "$castmap" cluster "$@" --quiet > /dev/null
    "$castmap" map --for internal --layer places --title "$title" --backdrop "$sample/backdrop.geojson" --streets "$sample/streets.geojson" \
        -o "$name.png" --quiet
    gdal_translate -q -of PNG -srcwin 70 80 1650 1490 -outsize 620 0 -r average -co ZLEVEL=9 --config GDAL_PAM_ENABLED NO "$name.png" "$here/$name.png"
}
draw dbscan "DBSCAN: 10 within 150 m" --method dbscan -r 150m -m 10
draw st-dbscan "ST-DBSCAN: 5 within 200 m and 14 days" --method st-dbscan -r 200m --days 14 -m 5
draw hdbscan "HDBSCAN: groups of 10 that last" --method hdbscan -m 10
draw optics "OPTICS: valleys of 10 or more" --method optics --xi 0.05 -m 10
draw nnh "NNH: nearer than chance over the wards" --method nnh -m 10
