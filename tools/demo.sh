#!/bin/sh
# Builds castmap and makes every map of the sample town into demo-output/.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/.." && pwd)
sample=$top/data/sample
output=$top/demo-output

"$here/setup.sh"
cd "$top"
cmake --preset release -DCASTMAP_TESTS=OFF >build-demo.log 2>&1 || { cat build-demo.log >&2; exit 1; }
cmake --build build/release >>build-demo.log 2>&1 || { tail -n 60 build-demo.log >&2; exit 1; }
rm -f build-demo.log

code=0
build/release/tools/castmap/castmap make "$sample/observations.csv" \
    --boundaries "$sample/wards.geojson" --population "$sample/population.csv" --level ward \
    --categories "$sample/categories.csv" --buildings "$sample/buildings.csv" \
    --streets "$sample/streets.geojson" --backdrop "$sample/backdrop.geojson" --places "$sample/places.geojson" \
    --name wetherstow --title "Wetherstow and Oswend" --source "castmap sample data (fictional)" --licence MIT \
    --time-zone Europe/London --timings --overwrite -o "$output" || code=$?

# 3: done, and the bad rows of the sample are in quarantine, as they should be.
if [ "$code" -ne 0 ] && [ "$code" -ne 3 ]; then
    echo "demo: castmap make ended with $code" >&2
    exit "$code"
fi
for file in internal/map.html internal/report.html internal/map.pdf; do
    if [ ! -s "$output/$file" ]; then
        echo "demo: $output/$file is missing" >&2
        exit 1
    fi
done
echo
echo "demo: open $output/internal/map.html in a browser"
if [ -e "$output/public/map.pdf" ]; then
    echo "demo: and $output/public/map.pdf, the sheet that anyone may see"
fi
