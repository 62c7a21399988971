#!/bin/sh
# The page of bad inputs names every row of the list once, and each file that it names has the row's number; a row that does not apply says why.
# Usage: check_bad_inputs.sh TOP
set -eu
cd "$1"
awk '
function complain(words) {
    print FILENAME_OF_PAGE ": " words
    bad++
}
# The numbers of rows that stand in a file of the tests, kept as FILE/ROW.
function learn(file,   line, words, n, i) {
    if (file in known) return
    known[file] = 1
    while ((getline line < ("tests/" file)) > 0) {
        gsub(/[^A-Za-z0-9_]+/, " ", line)
        n = split(line, words, " ")
        for (i = 1; i <= n; i++)
            if (words[i] ~ /^[ABCJ][0-9][0-9]$/) has[file "/" words[i]] = 1
    }
    close("tests/" file)
}
BEGIN {
    FILENAME_OF_PAGE = "tests/bad-inputs.md"
    while ((getline line < FILENAME_OF_PAGE) > 0) {
        if (line !~ /^\| [ABCJ][0-9][0-9] \|/) continue
        split(line, cell, "|")
        row = cell[2]
        gsub(/ /, "", row)
        times[row]++
        held[row] = cell[4]
    }
    last["A"] = 38; last["B"] = 39; last["C"] = 50; last["J"] = 18
    for (letter in last)
        for (number = 1; number <= last[letter]; number++) {
            row = sprintf("%s%02d", letter, number)
            count++
            if (times[row] != 1) {
                complain(row " has not one line")
                continue
            }
            if (held[row] ~ /(does not apply|not yet): ................/) continue
            n = split(held[row], part, "`")
            if (n < 3) complain(row " names no test")
            for (i = 2; i <= n; i += 2) {
                learn(part[i])
                if (!((part[i] "/" row) in has)) complain(row " is not in tests/" part[i])
            }
        }
    if (bad) exit 1
    print count " rows are held by a test, or say why they do not apply"
}' </dev/null
