#!/usr/bin/env bats
# Pages and completion that are made of the tables.
load helper

@test "the pages of the manual render without a warning" {
    castmap help --list >names.txt
    castmap help --man >castmap.1
    while read -r name; do
        # shellcheck disable=SC2086
        castmap help --man $name >"castmap-${name// /-}.1" </dev/null
    done <names.txt
    for page in *.1; do
        if command -v man >/dev/null; then
            man --warnings=w -l -Tutf8 "$page" >rendered.txt 2>warnings.txt </dev/null
        else
            groff -man -Tutf8 -ww "$page" >rendered.txt 2>warnings.txt
        fi
        if [ -s warnings.txt ]; then
            cat "$page" warnings.txt >&2
            return 1
        fi
        grep -qE 'NAME|N.NA.A|NNAAMMEE' rendered.txt
    done
}

@test "the pages under docs/commands are those of this command" {
    castmap help --markdown | cmp - "$CASTMAP_TOP/docs/commands/README.md"
    castmap help --list >names.txt
    while read -r name; do
        # shellcheck disable=SC2086
        castmap help --markdown $name </dev/null | cmp - "$CASTMAP_TOP/docs/commands/${name// /-}.md"
    done <names.txt
    [ "$(find "$CASTMAP_TOP/docs/commands" -name '*.md' | wc -l)" -eq $(($(wc -l <names.txt) + 1)) ]
}

complete_words() { # what bash would offer for these words, the last being completed
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    _castmap
    printf '%s\n' "${COMPREPLY[@]}"
}

@test "completion in bash: commands, second words, options and choices" {
    castmap completion bash >completion.bash
    bash -n completion.bash
    # shellcheck disable=SC1091
    source completion.bash
    [ "$(complete_words castmap clu)" = cluster ]
    complete_words castmap boundaries "" | grep -Fxq add
    complete_words castmap boundaries "" | grep -Fxq list
    complete_words castmap cluster --ra | grep -Fxq -- --radius
    complete_words castmap heat --kernel "" | grep -Fxq gaussian
    [ "$(complete_words castmap heat --kernel ep)" = epanechnikov ]
    complete_words castmap list "" | grep -Fxq layers
    complete_words castmap --progress "" | grep -Fxq never
}

@test "a shell without completion is named" {
    both castmap completion tcsh
    code_is 2
    says "$err" "tcsh"
}

@test "usage for programs is one document that names every command" {
    castmap --json-usage >usage.json
    castmap help --list >names.txt
    [ "$(jq -r '.commands[].command' usage.json)" = "$(cat names.txt)" ]
    jq -e '.options[] | select(.name == "threads") | .default == "0"' usage.json
}
