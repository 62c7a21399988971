#!/usr/bin/env bats
# What the guide shows is what the command prints. To put today's words into a page: CASTMAP_GUIDE=write bats tests/cli/guide.bats
load helper

setup() {
    for tool in ogr2ogr python3; do
        command -v "$tool" >/dev/null || skip "$tool is not here"
    done
    mkdir "$BATS_TEST_TMPDIR/bin" "$BATS_TEST_TMPDIR/work"
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$CASTMAP_BIN" >"$BATS_TEST_TMPDIR/bin/castmap"
    chmod +x "$BATS_TEST_TMPDIR/bin/castmap"
    cp "$CASTMAP_TOP"/docs/guide/files/* "$BATS_TEST_TMPDIR/work"
    bash "$CASTMAP_TOP/tests/cli/guide_files.sh" "$BATS_TEST_TMPDIR/work"
    cd "$BATS_TEST_TMPDIR/work" || return 1
    PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

page() { # name, without its end
    castmap -q init town --time-zone Europe/London >/dev/null
    python3 "$CASTMAP_TOP/tests/cli/guide_blocks.py" "${CASTMAP_GUIDE:-check}" "$CASTMAP_TOP/docs/guide/$1.md" "$PWD"
}

@test "bringing records in" {
    page bringing-records-in
}

@test "kinds of files" {
    page kinds-of-files
}

@test "form tools" {
    page form-tools
}

@test "places and times" {
    page places-and-times
}
