#!/bin/sh
# The library exports nothing but castmap_*, and no object file of the engine or the command holds data that can change.
# Usage: check_symbols.sh LIBRARY ARCHIVE [OBJECT...]
set -eu
library=$1
archive=$2
shift 2

exported=$(nm -D --defined-only "$library" | awk '$2 ~ /[A-TV-Z]/ { print $3 }')
[ -n "$exported" ] || { echo "$library exports nothing"; exit 1; }
strange=$(printf '%s\n' "$exported" | grep -v '^castmap_' || true)
if [ -n "$strange" ]; then
    echo "exported without the prefix: $(echo "$strange" | tr '\n' ' ')"
    exit 1
fi

# b, d, g, s: data of a file or of the program that can be written to; C: common. Constants with addresses in them (tables of
# names) are data only until they are relocated (.data.rel.ro), so the section decides where nm has no letter for it. What the sanitizers and the
# coverage counters add does not count.
changing=$(objdump -t "$archive" "$@" 2>/dev/null | awk '
    /file format/ { object = $1 }
    / O / || / \*COM\*/ {
        section = ""
        for (i = 1; i <= NF; i++) if ($i ~ /^(\.data|\.bss|\.tbss|\.tdata|\*COM\*)/) { section = $i; break }
        if (section == "" || section ~ /^\.data\.rel\.ro/) next
        name = $NF
        if (name ~ /^(__gcov|__asan|__tsan|__ubsan|\.L|__odr_asan|__llvm|\*\.L)/ || name ~ /^(_ZZ|\.Lubsan)/) next
        print object " " name
    }')
if [ -n "$changing" ]; then
    echo "data that can change:"
    echo "$changing"
    exit 1
fi
echo "$(printf '%s\n' "$exported" | wc -l) symbols, all castmap_*; no data that can change"
