#!/bin/sh
# Every source file of the engine and the tools is listed by name in the CMakeLists.txt of its folder, or of one above it.
# Usage: check_listed.sh TOP
set -eu
cd "$1"
bad=0
count=0
for file in $(find engine tools -name '*.c' | LC_ALL=C sort); do
    count=$((count + 1))
    folder=$(dirname "$file")
    found=
    while :; do
        if [ -f "$folder/CMakeLists.txt" ]; then
            relative=${file#"$folder"/}
            # The name stands as a word of its own, outside comments.
            if sed 's/#.*//' "$folder/CMakeLists.txt" | tr -s ' ()"\t' '\n' | sed 's|.*}/||' |
                grep -Fxq -e "$relative" -e "$file"; then
                found=yes
            fi
        fi
        [ "$folder" = . ] && break
        [ -n "$found" ] && break
        folder=$(dirname "$folder")
    done
    if [ -z "$found" ]; then
        echo "$file is in no CMakeLists.txt"
        bad=$((bad + 1))
    fi
done
if [ "$count" -lt 10 ]; then
    echo "only $count sources were found"
    exit 1
fi
[ "$bad" -eq 0 ] || exit 1
echo "$count sources are listed"
