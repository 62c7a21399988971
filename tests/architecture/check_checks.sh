#!/bin/sh
# The checks themselves: each is shown a tree that is wrong in one way, and must say so; then the tree as it is.
# Usage: check_checks.sh TOP
set -eu
top=$1
here=$top/tests/architecture
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

fresh() {
    rm -rf "$work/tree"
    mkdir "$work/tree"
    cp -r "$top/engine" "$top/tools" "$work/tree/"
    mkdir "$work/tree/tests"
}
must_fail() { # words, check
    if "$here/$2" "$work/tree" >"$work/out" 2>&1; then
        echo "$2 did not notice $1"
        bad=1
    fi
}

fresh
"$here/check_includes.sh" "$work/tree" >/dev/null
echo '#include "release/disclosure/release_view.h"' >>"$work/tree/engine/base/text.h"
must_fail "an include that looks up" check_includes.sh
fresh
echo '#include <sqlite3.h>' >>"$work/tree/engine/base/text.h"
must_fail "a foreign header outside of its wrapper" check_includes.sh
fresh
echo '#include "base/text.h"' >>"$work/tree/tools/castmap/cli.c"
must_fail "a tool that includes a header of the engine" check_includes.sh
fresh
echo 'int unlisted;' >"$work/tree/engine/base/unlisted.c"
must_fail "a source that is not listed" check_listed.sh
fresh
echo 'size_t castmap_oops(void)' >>"$work/tree/engine/include/castmap/areas.h"
must_fail "a header that does not compile" check_headers.sh
fresh
echo 'castmap_status castmap_write_leak(castmap_context *ctx, castmap_project *project);' \
    >>"$work/tree/engine/include/castmap/products.h"
must_fail "a product that takes a project" check_gate.sh
fresh
echo '#include "project/run_table.h"' >"$work/tree/engine/release/export/leak.c"
must_fail "an exporter that reads tables" check_gate.sh

# The rows of bad inputs, with the tests that hold them.
tests() {
    rm -rf "$work/tree"
    mkdir -p "$work/tree/tests/unit"
    cp -r "$top/tests/cli" "$top/tests/fault" "$top/tests/bad-inputs.md" "$work/tree/tests/"
    (cd "$top/tests" && find unit -name '*.c' -exec cp --parents -t "$work/tree/tests" {} +)
}
tests
"$here/check_bad_inputs.sh" "$work/tree" >/dev/null
sed -i '/^| B12 |/d' "$work/tree/tests/bad-inputs.md"
must_fail "a row that is not on the page" check_bad_inputs.sh
tests
sed -i 's/C05 //' "$work/tree/tests/cli/bad_layers.bats"
must_fail "a row that no test holds any more" check_bad_inputs.sh
tests
sed -i 's/^\(| J18 |.*| \)does not apply.*/\1does not apply |/' "$work/tree/tests/bad-inputs.md"
must_fail "a row without a reason" check_bad_inputs.sh

cat >"$work/state.c" <<'C'
int castmap_x(void);
int castmap_x(void) { static int calls; return ++calls; }
C
cat >"$work/name.c" <<'C'
int helper(void);
int helper(void) { return 1; }
C
for part in state name; do
    "${CC:-cc}" -fPIC -c "$work/$part.c" -o "$work/$part.o"
    "${CC:-cc}" -shared "$work/$part.o" -o "$work/lib$part.so"
    rm -f "$work/$part.a"
    ar rc "$work/$part.a" "$work/$part.o"
    if "$here/check_symbols.sh" "$work/lib$part.so" "$work/$part.a" >/dev/null 2>&1; then
        echo "check_symbols.sh did not notice the $part"
        bad=1
    fi
done
[ "$bad" -eq 0 ] || exit 1
echo "every check notices what it is for"
