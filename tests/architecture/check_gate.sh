#!/bin/sh
# One gate: what writes files for others takes a const castmap_release * and knows nothing of projects, tables or observations,
# and only engine/release/disclosure can make a release.
# Usage: check_gate.sh TOP
set -eu
cd "$1"
bad=0

# Every function of products.h that writes takes a release, by a pointer to const.
writers=$(tr '\n' ' ' <engine/include/castmap/products.h | sed 's/;/;\n/g' | grep -o 'castmap_write_[a-z_]*([^;]*' || true)
[ "$(printf '%s\n' "$writers" | wc -l)" -ge 5 ] || { echo "products.h declares hardly any writer"; exit 1; }
printf '%s\n' "$writers" | grep -v 'const castmap_release \*' && { echo "^ writes without a release"; bad=1; }
printf '%s\n' "$writers" | grep 'castmap_project' && { echo "^ writes from a project"; bad=1; }

for room in export print web style; do
    # shellcheck disable=SC2044  # names of sources hold no spaces
    for file in $(find "engine/release/$room" -name '*.[ch]'); do
        if grep -nE '#include "(project|runs|castmap/(project|runs|import|boundaries))' "$file"; then
            echo "^ $file reaches behind the gate"
            bad=1
        fi
        if grep -nE '\bcastmap_(project|run|import|boundaries)_[a-z_]+ *\(|\bcastmap_release_make *\(' "$file"; then
            echo "^ $file works on a project"
            bad=1
        fi
    done
done

makers=$(grep -rlE '^castmap_status castmap_release_make\(' engine --include='*.c' || true)
for maker in $makers; do
    case $maker in
        engine/release/disclosure/*) ;;
        *) echo "$maker makes a release outside of engine/release/disclosure"; bad=1 ;;
    esac
done
[ "$bad" -eq 0 ] || exit 1
echo "everything that leaves takes a release"
