#!/usr/bin/env bats
# Standard streams, files and the process itself.
load helper

@test "a full standard output ends with 5" {
    status=0
    castmap --help >/dev/full 2>err.txt || status=$?
    [ "$status" -eq 5 ]
    grep -q "could not be printed" err.txt
}

@test "a closed standard output ends with 5, and nothing is written into the project" {
    castmap init town >/dev/null
    before=$(sha256sum <town.castmap.sqlite)
    status=0
    castmap info >&- 2>err.txt || status=$?
    [ "$status" -eq 5 ]
    [ "$(sha256sum <town.castmap.sqlite)" = "$before" ]
}

@test "a closed standard error does not become another file" {
    castmap init town >/dev/null
    before=$(sha256sum <town.castmap.sqlite)
    status=0
    castmap nonsense 2>&- >out.txt || status=$?
    [ "$status" -eq 2 ]
    status=0
    castmap info 2>&- >out.txt </dev/null || status=$?
    [ "$(sha256sum <town.castmap.sqlite)" = "$before" ]
}

@test "a reader that had enough is no error" {
    set -o pipefail
    castmap help --man 2>err.txt | head -n 1 >/dev/null
    [ ! -s err.txt ]
}

@test "no control character without a terminal, whatever TERM is" {
    TERM=dumb castmap --help >out.txt
    NO_COLOR=1 TERM=xterm-256color castmap --no-color --help >out2.txt
    cmp out.txt out2.txt
    ! grep -q "$(printf '\033')" out.txt
}

@test "files are made for their owner alone" {
    umask 000
    castmap init town >/dev/null
    [ "$(stat -c %a town.castmap.sqlite)" = 600 ]
    small_town
    castmap import small.csv >/dev/null || [ $? -eq 3 ]
    castmap quarantine export -o refused.csv 2>/dev/null >&2
    [ "$(stat -c %a refused.csv)" = 600 ]
}

@test "HOME is not needed, and a folder that is gone is said so" {
    env -u HOME "$CASTMAP_BIN" version
    mkdir gone
    cd gone
    rmdir ../gone
    both_code=0
    castmap info >/dev/null 2>"$BATS_TEST_TMPDIR/err.txt" || both_code=$?
    [ "$both_code" -ne 0 ]
    [ -s "$BATS_TEST_TMPDIR/err.txt" ]
}

@test "the language of the machine changes nothing" {
    castmap --help >plain.txt
    LC_ALL=de_DE.UTF-8 LANG=tr_TR.UTF-8 castmap --help >other.txt
    cmp plain.txt other.txt
}
