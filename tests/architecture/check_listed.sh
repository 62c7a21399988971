#!/bin/sh
# Every source file of the engine and the tools is listed by name in the CMakeLists.txt of its folder, or of one above it.
# Usage: check_listed.sh TOP
set -eu
cd "$1"
find engine tools -name '*.c' | LC_ALL=C sort | awk '
# The words of a list, comments left out, kept as FOLDER/word.
function learn(folder,   line, n, i, words) {
    if (folder in known) return
    known[folder] = 1
    while ((getline line < (folder "/CMakeLists.txt")) > 0) {
        sub(/#.*/, "", line)
        gsub(/[()"\t]/, " ", line)
        n = split(line, words, " ")
        for (i = 1; i <= n; i++) listed[folder "/" words[i]] = 1
    }
    close(folder "/CMakeLists.txt")
}
{
    count++
    found = 0
    folder = $0
    while (!found && sub(/\/[^\/]*$/, "", folder)) {
        learn(folder)
        found = (folder "/" substr($0, length(folder) + 2)) in listed
    }
    if (!found) { print $0 " is in no CMakeLists.txt"; bad++ }
}
END {
    if (count < 10) { print "only " count + 0 " sources were found"; exit 1 }
    if (bad) exit 1
    print count " sources are listed"
}'
