#!/usr/bin/env bats
# The words of the command line: what is understood, and how the rest is refused.
load helper

@test "no words: usage on standard error, 2" {
    both castmap
    code_is 2
    [ -z "$out" ]
    says "$err" "Usage: castmap COMMAND"
}

@test "--help and help: usage on standard output, 0" {
    both castmap --help
    code_is 0
    says "$out" "Commands"
    [ -z "$err" ]
    first=$out
    both castmap help
    [ "$out" = "$first" ]
}

@test "--version and version say the same" {
    both castmap --version
    code_is 0
    [[ "$out" =~ ^castmap\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
    first=$out
    both castmap version
    [ "$out" = "$first" ]
    [ "$(castmap version --json | jq -r .version)" = "${first#castmap }" ]
}

@test "every command has a purpose, three worked examples and its options" {
    castmap help --list >names.txt
    [ "$(wc -l <names.txt)" -ge 15 ]
    while read -r name; do
        # shellcheck disable=SC2086
        both castmap $name --help </dev/null
        code_is 0
        says "$out" "castmap $name - "
        says "$out" "Usage: castmap $name"
        [ "$(sed -n '/^Examples/,/^[A-Z].*$/p' out.txt | grep -c '^  castmap ')" -ge 3 ] ||
            [ "$(grep -c '^  castmap ' out.txt)" -eq 3 ]
        says "$out" "--json"
        [ "$(awk 'length > 120' out.txt)" = "" ]
        # shellcheck disable=SC2086
        castmap $name --json-usage | jq -e --arg n "$name" \
            '.command == $n and (.examples | length == 3) and (.options | type == "array")' >/dev/null
    done <names.txt
}

@test "an unknown command: the nearest one is named" {
    both castmap improt file.csv
    code_is 2
    [ -z "$out" ]
    says "$err" 'no command is called "improt"'
    says "$err" 'did you mean "import"?'
    [ "$(wc -l <err.txt)" -eq 3 ]
}

@test "an unknown option: the nearest one is named" {
    both castmap cluster --raduis 150m
    code_is 2
    says "$err" 'no option is called "--raduis"'
    says "$err" "--radius"
    both castmap cluster -Z
    code_is 2
    says "$err" 'no option is called "-Z"'
}

@test "the first word of two: the second is asked for, and help lists them" {
    both castmap boundaries
    code_is 2
    both castmap boundaries --help
    code_is 0
    says "$out" "boundaries add"
    both castmap boundaries ad file
    code_is 2
}

@test "an option twice, a missing value, an empty value, a value for a flag" {
    both castmap cluster --radius 100m --radius 200m
    code_is 2
    says "$err" "given twice"
    both castmap cluster --radius
    code_is 2
    says "$err" "needs a value"
    both castmap cluster --radius --min 5
    code_is 2
    says "$err" "needs a value"
    both castmap cluster --radius=
    code_is 2
    says "$err" "empty value"
    both castmap import --strict=yes a.csv
    code_is 2
    says "$err" "takes no value"
    both castmap --quiet list -q
    code_is 2
    says "$err" "given twice"
}

@test "counts: words, negatives, exponents, zero and floods of digits are refused" {
    for value in abc -1 1e9 0 1.5 99999999999999999999999 0x10 " 5" "5 "; do
        both castmap cluster "--min=$value"
        code_is 2
        says "$err" "--min"
    done
}

@test "lengths carry their unit" {
    for value in 250 m 0m -5m infm nan nanm 1e3m 5parsec 99999km; do
        both castmap cluster "--radius=$value"
        code_is 2
        says "$err" "--radius"
    done
    both castmap cluster --radius 250
    says "$err" "needs its unit"
}

@test "dates: days that do not exist, and periods that run backwards, are refused" {
    for value in yesterday 2024-13 2024-02-30 2023-02-29 2024-Q5 2024-Q0 24-01-01 2024-1-1 2024-01-01T25:00; do
        both castmap areas --from "$value"
        code_is 2
        says "$err" "--from"
    done
    both castmap areas --from 2024-06 --to 2024-01
    code_is 2
    says "$err" "ends before it begins"
}

@test "choices name what they take" {
    both castmap heat --kernel round
    code_is 2
    says "$err" "quartic|epanechnikov|gaussian"
    both castmap list --progress sometimes
    code_is 2
}

@test "bytes that are not UTF-8 and empty words are refused" {
    both castmap import "$(printf 'a\xff.csv')"
    code_is 2
    says "$err" "not valid UTF-8"
    both castmap import ""
    code_is 2
    says "$err" "empty word"
}

@test "too few and too many words" {
    both castmap import
    code_is 2
    says "$err" "FILE... is missing"
    both castmap info now
    code_is 2
    says "$err" "one word too many"
}

@test "-- ends the options: a file may begin with a dash" {
    both castmap import -p nowhere.castmap.sqlite -- --strange.csv
    [ "$status" -ne 2 ]
    both castmap init -- -dash
    code_is 0
    [ -f ./-dash.castmap.sqlite ]
}

@test "a terminal is never sent what the words hold: ESC and bidi marks are shown as codes" {
    both castmap "$(printf 'a\033[31mb')"
    code_is 2
    says "$err" 'a\u{1B}[31mb'
    both castmap "$(printf 'a\u202eb')"
    says "$err" 'u202E'
    ! grep -q "$(printf '\033')" err.txt
}

@test "errors are an object under --json, also those of the words" {
    for words in "nonsense" "cluster --radius nan" "import" "info -p nowhere.castmap.sqlite"; do
        # shellcheck disable=SC2086
        both castmap --json $words
        [ "$status" -ne 0 ]
        jq -e --argjson code "$status" '.error.exit == $code and (.error.what | length > 0) and .error.status' out.txt
    done
}

@test "a line of an error stays under 201 characters" {
    long=$(printf 'x%.0s' $(seq 1 3000))
    both castmap "$long"
    code_is 2
    [ "$(awk 'length > 200' err.txt)" = "" ]
    both castmap import "--map=$long" a.csv
    [ "$(awk 'length > 200' err.txt)" = "" ]
}

@test "words of a choice may be written in capitals" {
    both castmap map --for INTERNAL --paper A4 -o x.pdf
    code_is 1
    says "$err" "no castmap project"
}
