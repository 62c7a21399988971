#!/bin/sh
# Installs the build into a folder of its own, and uses it as a stranger would: the example through pkg-config, the command with its manual
# and completion, and a program in C++.
# Usage: installed.sh BUILD TOP
set -eu
build=$1
top=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/usr" >"$work/install.log" 2>&1 || { cat "$work/install.log"; exit 1; }
pc=$(find "$work/usr" -name castmap.pc)
[ -n "$pc" ] || { echo "castmap.pc was not installed"; exit 1; }
library=$(dirname "$(dirname "$pc")")
# The prefix of the file is that of the configuration; pkg-config is told the one of this copy.
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
flags=$(pkg-config --define-variable=prefix="$work/usr" --cflags --libs castmap)
LD_LIBRARY_PATH=$library${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH

# shellcheck disable=SC2086  # flags are words
"${CC:-cc}" ${CASTMAP_TEST_CFLAGS:-} -std=c17 -Wall -Wextra -Werror "$top/docs/examples/cluster_to_geojson.c" $flags -lm \
    -o "$work/example"
"$work/example" >"$work/points.geojson" 2>"$work/words"
grep -qx "2 clusters" "$work/words" || { echo "the example says:"; cat "$work/words"; exit 1; }
labels=$(jq -c '[.features[].properties.cluster]' "$work/points.geojson")
[ "$labels" = "[0,0,0,0,1,1,1,1,null]" ] || { echo "the example labels $labels"; exit 1; }
if command -v ogrinfo >/dev/null; then
    ogrinfo -ro -al -so "$work/points.geojson" | grep -qx "Feature Count: 9" || { echo "GDAL does not read the example"; exit 1; }
fi

cat >"$work/version.cpp" <<'CPP'
#include <castmap/castmap.h>
#include <cstdio>
int main() { std::puts(castmap_version()); return 0; }
CPP
# shellcheck disable=SC2086
"${CXX:-c++}" ${CASTMAP_TEST_CFLAGS:-} -std=c++17 -Wall -Wextra -Werror "$work/version.cpp" $flags -o "$work/version"
said=$("$work/version")
[ "$said" = "$(pkg-config --modversion castmap)" ] || { echo "the library says $said"; exit 1; }

# The installed command stands on its own: it finds its library without help, and its styles.
unset LD_LIBRARY_PATH
[ "$("$work/usr/bin/castmap" version)" = "castmap $said" ] || { echo "the installed command does not run"; exit 1; }
for file in share/man/man1/castmap.1 share/man/man1/castmap-import.1 share/bash-completion/completions/castmap; do
    [ -s "$work/usr/$file" ] || { echo "$file was not installed"; exit 1; }
done
[ -d "$work/usr/share/castmap/styles" ] && [ -n "$(find "$work/usr/share/castmap/styles" -type f)" ] ||
    { echo "the styles were not installed"; exit 1; }

# No path of the build in what a stranger compiles against.
if grep -rl "$top" "$work/usr/include" "$pc"; then
    echo "^ names the source tree"
    exit 1
fi
echo "the installed copy works: example, C++, command, manual, completion, styles"
