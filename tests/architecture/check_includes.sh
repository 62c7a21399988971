#!/bin/sh
# Includes look down only (engine/layers.txt), and foreign headers stay in their wrappers.
# Usage: check_includes.sh TOP     (a folder with engine/ and tools/)
set -eu
cd "$1"

find engine tools/castmap -name '*.[ch]' | LC_ALL=C sort | awk '
function room_of(path,   r) { # the longest line of layers.txt that the path lies in
    sub(/^engine\//, "", path)
    sub(/\/[^\/]*$/, "", path)
    return path
}
function rank_of(folder,   r) {
    for (r = folder; r != ""; ) {
        if (r in rank) return rank[r]
        if (r !~ /\//) return 0
        sub(/\/[^\/]*$/, "", r)
    }
    return 0
}
function fail(words) { print FILENAME_NOW ":" line_number ": " words; bad++ }
# Where a foreign header may be included: a pattern of paths.
function wrapper_of(h) {
    if (h ~ /^sqlite3(ext)?\.h$/)            return "^engine/project/sqlite[a-z_]*\\.[ch]$|^engine/project/spatialite\\.c$|^engine/io/geopackage_(points|screen)\\.c$"
    if (h ~ /^spatialite(\.h|\/)/)           return "^engine/project/spatialite\\.c$"
    if (h ~ /^geos_c\.h$/)                   return "^engine/space/geometry/geos[a-z_]*\\.[ch]$"
    if (h ~ /^(proj|proj_api)\.h$/)          return "^engine/space/geodesy/proj\\.c$"
    if (h ~ /^(gdal|ogr|cpl)[a-z_]*\.h$/)    return "^engine/io/gdal_[a-z_]*\\.[ch]$"
    if (h ~ /^(cairo|pango)/)                return "^engine/release/print/cairo[a-z_]*\\.[ch]$"
    if (h ~ /^(pthread|threads|omp)\.h$/)    return "^engine/base/parallel\\.c$|^tools/castmap/cli_signals\\.c$"
    if (h ~ /^json-c\/|^json\.h$/)           return "^engine/"
    if (h ~ /^sodium/)                       return "^engine/base/digest\\.c$|^engine/release/"
    if (h ~ /^utf8proc\.h$/)                 return "^engine/base/utf8\\.c$"
    if (h ~ /^expat\.h$/)                    return "^engine/io/expat_[a-z_]*\\.c$"
    if (h ~ /^zlib\.h$/)                     return "^engine/"
    return ""
}
BEGIN {
    while ((getline line < "engine/layers.txt") > 0)
        if (line !~ /^#/ && line != "") rank[line] = ++layers
    if (layers == 0) { print "engine/layers.txt names no layer"; exit 1 }
}
{
    FILENAME_NOW = $0
    line_number = 0
    files++
    tool = FILENAME_NOW ~ /^tools\//
    public = FILENAME_NOW ~ /^engine\/include\//
    folder = room_of(FILENAME_NOW)
    own = rank_of(folder)
    if (!tool && own == 0) fail("lies in no folder of engine/layers.txt")
    while ((getline text < FILENAME_NOW) > 0) {
        line_number++
        if (text !~ /^[ \t]*#[ \t]*include[ \t]*["<]/) continue
        header = text
        sub(/^[ \t]*#[ \t]*include[ \t]*["<]/, "", header)
        sub(/[">].*/, "", header)
        quoted = text ~ /include[ \t]*"/
        if (!quoted) {
            allowed = wrapper_of(header)
            if (allowed != "" && FILENAME_NOW !~ allowed)
                fail("<" header "> belongs in its wrapper only")
            continue
        }
        if (tool) {
            if (header ~ /\// && header !~ /^castmap\//) fail("a tool includes public headers only, not \"" header "\"")
            continue
        }
        if (header ~ /^castmap\//) continue
        if (public) { fail("a public header includes public headers only, not \"" header "\""); continue }
        other = header
        if (other !~ /\//) { fail("\"" header "\" does not say its folder"); continue }
        sub(/\/[^\/]*$/, "", other)
        theirs = rank_of(other)
        if (theirs == 0) fail("\"" header "\" is in no layer")
        else if (theirs > own) fail(folder " looks up to \"" header "\"")
    }
    close(FILENAME_NOW)
}
END {
    if (files < 20) { print "only " files + 0 " files were found"; bad++ }
    if (bad) { print bad " includes are wrong"; exit 1 }
    print files " files include only what they may"
}'
