#!/bin/bash
# The files of the guide that are not text, made from those that are. Usage: guide_files.sh FOLDER, which holds a copy of docs/guide/files.
set -eu
cd "$1"
grep -v '^,,' visits.csv >placed.csv
points=(-oo X_POSSIBLE_NAMES=longitude -oo Y_POSSIBLE_NAMES=latitude -oo KEEP_GEOM_COLUMNS=NO -s_srs EPSG:4326)
ogr2ogr -q -f XLSX visits.xlsx visits.csv -nln Visits
ogr2ogr -q -f ODS visits.ods visits.csv -nln Visits
ogr2ogr -q -f GPKG visits.gpkg placed.csv "${points[@]}" -t_srs EPSG:27700 -nln visits
ogr2ogr -q -f FlatGeobuf visits.fgb placed.csv "${points[@]}" -t_srs EPSG:4326
ogr2ogr -q -f "ESRI Shapefile" visits.shp placed.csv "${points[@]}" -t_srs EPSG:27700
python3 - <<'PY'
import struct, zipfile
def pack(name, *members):
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as z:
        for member in members:
            z.write(member)
pack("visits.zip", "visits.shp", "visits.shx", "visits.dbf", "visits.prj")
pack("our-map.kmz", "our-map.kml")
pack("pack.zip", "visits.csv")
open("list.csv", "w").write("code,label\n1,van\n")
open("letter.pdf", "w").write("%PDF")
pack("forms.zip", "visits.csv", "kobo.csv", "walk.gpx", "list.csv", "letter.pdf")
def ifd(entries, at):
    out, data, end = struct.pack("<H", len(entries)), b"", at + 2 + 12 * len(entries) + 4
    for tag, kind, count, value in entries:
        if len(value) <= 4:
            out += struct.pack("<HHI", tag, kind, count) + value.ljust(4, b"\0")
        else:
            out += struct.pack("<HHII", tag, kind, count, end + len(data))
            data += value + b"\0" * (len(value) % 2)
    return out + struct.pack("<I", 0) + data
def photo(name, minute, place):
    taken = b"2025:05:01 21:%02d:00\0" % minute
    gps = [(1, 2, 2, b"N\0"), (2, 5, 3, struct.pack("<6I", 53, 1, 45, 1, minute, 100)),
           (3, 2, 2, b"W\0"), (4, 5, 3, struct.pack("<6I", 4, 1, 4, 1, 4877, 100))]
    tiff = b"II*\0" + struct.pack("<I", 8) + ifd([(0x8769, 4, 1, struct.pack("<I", 100))] + ([(0x8825, 4, 1, struct.pack("<I", 200))] if place else []), 8)
    tiff = (tiff.ljust(100, b"\0") + ifd([(0x9003, 2, len(taken), taken)], 100)).ljust(200, b"\0") + (ifd(gps, 200) if place else b"")
    body = b"Exif\0\0" + tiff
    open(name, "wb").write(b"\xff\xd8\xff\xe1" + struct.pack(">H", len(body) + 2) + body + b"\xff\xda\0\x08\x01\x01\0\0\x3f\0\x3f\x11\xff\xd9")
photo("IMG_0001.jpg", 15, True)
photo("IMG_0002.jpg", 40, False)
PY
mkdir records
cp visits.csv our-map.kml IMG_0001.jpg records/
rm placed.csv
