#!/bin/sh
# Every public header compiles alone, as C17 and as C++17, with every warning an error.
# Usage: check_headers.sh TOP
set -eu
cd "$1/engine/include"
bad=0
count=0
for header in castmap/*.h; do
    count=$((count + 1))
    for language in c c++; do
        case $language in
            c) compiler=${CC:-cc} standard=c17 more=-Wstrict-prototypes ;;
            *) compiler=${CXX:-c++} standard=c++17 more=-Wextra-semi ;;
        esac
        if ! printf '#include "%s"\n' "$header" |
            $compiler -std=$standard -Wall -Wextra -Wpedantic -Wshadow -Wundef $more -Werror \
                -x $language -I. -fsyntax-only -; then
            echo "$header does not compile alone as $standard"
            bad=$((bad + 1))
        fi
    done
    name=${header#castmap/}
    [ "$name" = castmap.h ] || grep -q "castmap/$name" castmap/castmap.h ||
        { echo "castmap.h leaves out $header"; bad=$((bad + 1)); }
done
[ "$count" -gt 5 ] || { echo "only $count headers were found"; exit 1; }
[ "$bad" -eq 0 ] || exit 1
echo "$count headers compile alone as C17 and C++17"
