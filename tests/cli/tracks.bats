#!/usr/bin/env bats
# Recorded tracks: in, every fix accounted for, listed, taken out.
load helper

a_walk() { # name, column of the person or nothing
    cat >walk.gpx <<'GPX'
<?xml version="1.0"?>
<gpx version="1.1" creator="phone"><wpt lat="53.75" lon="-4.08"/>
<trk><name>from my flat to the shop</name><trkseg>
<trkpt lat="53.7500" lon="-4.0800"><time>2025-03-01T10:00:00Z</time></trkpt>
<trkpt lat="53.7501" lon="-4.0800"><time>2025-03-01T10:00:10Z</time></trkpt>
<trkpt lat="53.7501" lon="-4.0800"><time>2025-03-01T10:00:10Z</time></trkpt>
<trkpt lat="54.9000" lon="-4.0800"><time>2025-03-01T10:00:20Z</time></trkpt>
<trkpt lat="0" lon="0"><time>2025-03-01T10:00:25Z</time></trkpt>
<trkpt lat="53.7502" lon="-4.0800"><time>2025-03-01T10:00:30Z</time></trkpt>
<trkpt lat="abc" lon="-4.0800"><time>2025-03-01T10:00:35Z</time></trkpt>
<trkpt lat="53.7503" lon="-4.0800"><time>yesterday</time></trkpt>
</trkseg><trkseg>
<trkpt lat="53.7510" lon="-4.0800"><time>2025-03-01T11:00:00Z</time></trkpt>
<trkpt lat="53.7511" lon="-4.0800"><time>2025-03-01T11:00:10.5+00:00</time></trkpt>
</trkseg></trk></gpx>
GPX
}

@test "tracks add: every fix of a GPX file is stored or left out for its reason" {
    castmap init town >/dev/null 2>&1
    a_walk
    both castmap tracks add -n walk.gpx --json
    code_is 3
    jq -e '.dry_run and .run == 0' out.txt
    [ "$(castmap tracks list --json | jq '.tracks | length')" = 0 ]
    both castmap tracks add walk.gpx --person Ada --json
    code_is 3
    jq -e '.read == 10 and .stored == 7 and .tracks == 1 and .people == 1 and .others == 1 and .pieces == 2' out.txt
    jq -e '([.left_out[].count] | add) == .read - .stored' out.txt
    jq -e '[.left_out[] | .code] | sort == ["bad-position", "bad-time", "null-island"]' out.txt
    jq -e '([.cleaning[].fixes] | add) == .stored' out.txt
    jq -e '.cleaning[] | select(.fate == "impossible jump") | .fixes == 1' out.txt
    jq -e '.cleaning[] | select(.fate == "duplicate") | .fixes == 1' out.txt
    both castmap tracks list
    says "$out" "walk.gpx"
    says "$out" "2025-03-01"
}

@test "tracks add: neither names of people nor of tracks are in the project" {
    castmap init town >/dev/null 2>&1
    a_walk
    castmap tracks add walk.gpx --person Adelheid >/dev/null 2>&1 || [ $? = 3 ]
    run grep -c -e Adelheid -e 'my flat' town.castmap.sqlite
    [ "$output" = 0 ]
}

@test "tracks add: the same file again is passed over; a person is one person in all files" {
    castmap init town >/dev/null 2>&1
    a_walk
    castmap tracks add walk.gpx --person Ada >/dev/null 2>&1 || [ $? = 3 ]
    both castmap tracks add walk.gpx --person Ada --json
    code_is 0
    jq -e '.known == 1 and .run == 0 and .read == 0' out.txt
    printf 'trip,user,when,longitude,latitude\n7,Ada,2025-03-02 10:00:00,-4.08,53.75\n7,Ada,2025-03-02 10:00:09,-4.08,53.7501\n8,Bea,1740909600,-4.08,53.75\n8,Bea,1740909610000,-4.08,53.7501\n' >phones.csv
    both castmap tracks add phones.csv --map time=when --json
    code_is 0
    jq -e '.read == 4 and .stored == 4 and .tracks == 2 and .people == 2' out.txt
    both castmap tracks add phones.csv walk.gpx --map time=when --json
    jq -e '.known == 2' out.txt
}

@test "tracks add: GeoJSON lines with their times; points are no tracks" {
    castmap init town >/dev/null 2>&1
    cat >lines.geojson <<'JSON'
{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"coordTimes":["2025-03-01T10:00:00Z","2025-03-01T10:00:10Z",null]},"geometry":{"type":"LineString","coordinates":[[-4.08,53.75],[-4.08,53.7501,12],[-4.08,53.7502]]}},
{"type":"Feature","properties":{"user":"B\u00e9a","coordinateProperties":{"times":[[1740909600,1740909610],[1740913200000,1740913210000]]}},"geometry":{"type":"MultiLineString","coordinates":[[[-4.08,53.75],[-4.08,53.7501]],[[-4.09,53.75],[-4.09,"x"]]]}},
{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[-4.08,53.75]}}]}
JSON
    both castmap tracks add lines.geojson --json
    code_is 3
    jq -e '.read == 7 and .stored == 6 and .tracks == 2 and .people == 1 and .unnamed == 1 and .untimed == 1 and .others == 1' out.txt
    jq -e '.left_out[0].code == "bad-position" and .left_out[0].first_row == 2' out.txt
    printf '{"type":"FeatureCollection","features":[' >cut.geojson
    both castmap tracks add cut.geojson
    code_is 4
    says "$err" "cut.geojson"
}

@test "tracks add: files that hold no tracks are refused with what to do" {
    castmap init town >/dev/null 2>&1
    printf 'a,b\n1,2\n' >none.csv
    both castmap tracks add none.csv
    code_is 4
    says "$err" "--map lon=COLUMN"
    printf '<gpx version="1.1"><wpt lat="1" lon="2"/></gpx>' >points.gpx
    both castmap tracks add points.gpx
    code_is 4
    says "$err" "castmap import"
    both castmap tracks add none.csv --map speed=a
    code_is 2
    both castmap tracks add none.csv --map lon=c
    code_is 1
}

@test "tracks remove and undo take tracks out, and nothing of them stays" {
    castmap init town >/dev/null 2>&1
    a_walk
    castmap tracks add walk.gpx >/dev/null 2>&1 || [ $? = 3 ]
    both castmap tracks remove 5
    code_is 1
    says "$err" "castmap tracks list"
    both castmap tracks remove x
    code_is 2
    both castmap tracks remove 1
    code_is 0
    [ "$(castmap tracks list --json | jq '.tracks | length')" = 0 ]
    castmap tracks add walk.gpx >/dev/null 2>&1 || [ $? = 3 ]
    both castmap undo
    code_is 0
    [ "$(castmap tracks list --json | jq '.tracks | length')" = 0 ]
    castmap log --json | jq -e '[.. | objects | select(.kind? == "tracks")] | length == 2'
}

@test "tracks: real files of phones and of OpenStreetMap add up" {
    data=${CASTMAP_SHARED_DATA:-$CASTMAP_TOP/../shared/data}/messy/gpx
    [ -d "$data" ] || skip "$data is not here"
    castmap init town >/dev/null 2>&1
    both castmap tracks add "$data" --json
    code_is 3
    jq -e '.read == 6015 and .stored == 6015 and .empty == 5 and .files == 11' out.txt
    jq -e '([.cleaning[].fixes] | add) == .stored' out.txt
}

@test "tracks add: lines of KML and KMZ, tracks of KML and TCX; points and areas are passed over, links not followed" {
    castmap init town >/dev/null 2>&1
    cat >walk.kml <<'KML'
<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><name>mine</name>
<Placemark><name>from my flat</name><LineString><coordinates>
-4.08,53.75,12 -4.08,53.7501 -4.08,north
-4.08,53.7503,0</coordinates></LineString></Placemark>
<Placemark><name>home</name><Point><coordinates>-4.08,53.75</coordinates></Point></Placemark>
<NetworkLink><Link><href>http://example.org/more.kml</href></Link></NetworkLink>
<Placemark><gx:MultiTrack><gx:Track>
<when>2025-03-01T10:00:00Z</when><when>2025-03-01T10:00:10Z</when><when>2025-03-01T10:00:20Z</when>
<gx:coord>-4.08 53.75 5</gx:coord><gx:coord></gx:coord><gx:coord>-4.08 53.7502 0</gx:coord><gx:coord>-4.08 53.7503 0</gx:coord>
</gx:Track><gx:Track><when>2025-03-01T12:00:00Z</when><when>2025-03-01T12:00:05Z</when>
<gx:coord>-4.07 53.75 5</gx:coord><gx:coord>-4.07 53.7501 5</gx:coord></gx:Track></gx:MultiTrack></Placemark></Document></kml>
KML
    both castmap tracks add -n walk.kml --person Ada --json
    code_is 3
    # 4 fixes of the line, one of them no number; 4 of the first track, one without a position and one without a time; 2 of the second
    jq -e '.read == 10 and .stored == 8 and .tracks == 2 and .untimed == 4 and .others == 1 and .people == 1' out.txt
    jq -e '[.left_out[].code] | sort == ["bad-position", "no-position"]' out.txt
    zip -q walk.kmz walk.kml
    both castmap tracks add walk.kmz --person Ada --json
    code_is 3
    jq -e '.read == 10 and .stored == 8' out.txt
    both castmap tracks list --json
    jq -e '.tracks[0].format == "KMZ"' out.txt
    run grep -c "my flat" town.castmap.sqlite
    [ "$output" = 0 ]
    cat >ride.tcx <<'TCX'
<?xml version="1.0"?><TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities><Activity Sport="Biking"><Lap><Track>
<Trackpoint><Time>2025-03-02T10:00:00Z</Time><Position><LatitudeDegrees>53.75</LatitudeDegrees><LongitudeDegrees>-4.08</LongitudeDegrees></Position></Trackpoint>
<Trackpoint><Time>2025-03-02T10:00:05Z</Time></Trackpoint>
<Trackpoint><Time>2025-03-02T10:00:10Z</Time><Position><LatitudeDegrees>53.751</LatitudeDegrees><LongitudeDegrees>-4.08</LongitudeDegrees></Position></Trackpoint>
</Track></Lap></Activity></Activities></TrainingCenterDatabase>
TCX
    both castmap tracks add ride.tcx --json
    code_is 3
    jq -e '.read == 3 and .stored == 2 and .tracks == 1 and .untimed == 0 and .left_out[0].code == "no-position"' out.txt
    printf '<kml><Placemark><LineString><coordinates>1,2 3,4' >cut.kml
    both castmap tracks add cut.kml
    code_is 4
    says "$err" "cut.kml"
    printf '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "b">]><kml><Placemark/></kml>' >evil.kml
    both castmap tracks add evil.kml
    code_is 4
    printf '<kml><Placemark><Point><coordinates>1,2</coordinates></Point></Placemark></kml>' >points.kml
    both castmap tracks add points.kml
    code_is 4
    says "$err" "castmap import"
}

@test "C29: GPX with a time missing, out of order and a million points is accepted by rule, sorted, reported" {
    castmap init town >/dev/null 2>&1
    awk 'function point(lon, lat, time) { printf "<trkpt lat=\"%.6f\" lon=\"%.6f\">%s</trkpt>\n", lat, lon, (time ? "<time>" time "</time>" : "") }
    function clock(s) { return sprintf("2025-03-%02dT%02d:%02d:%02dZ", 1 + int(s / 86400), int(s / 3600) % 24, int(s / 60) % 60, s % 60) }
    BEGIN {
        print "<?xml version=\"1.0\"?><gpx version=\"1.1\" creator=\"phone\"><trk><trkseg>"
        for (i = 0; i < 50; i++) point(-4.08, 53.7 + i * 1e-5) # a track without any time
        print "</trkseg></trk><trk><trkseg>"
        for (i = 99; i >= 0; i--) point(-4.07, 53.7 + i * 1e-5, clock(i)) # backwards
        print "</trkseg></trk><trk><trkseg>"
        for (i = 0; i < 999850; i++) point(-4.06 + (i % 2) * 1e-6, 53.7 + i * 1e-6, i == 500 ? "" : clock(i)) # one without a time
        print "</trkseg></trk></gpx>"
    }' >long.gpx
    both castmap tracks add long.gpx --person Ada --json
    code_is 0
    jq -e '.read == 1000000 and .stored == 1000000 and .tracks == 3 and .untimed == 51 and .sorted > 0 and .sorted <= 100' out.txt
    jq -e '([.cleaning[].fixes] | add) == 1000000' out.txt
    jq -e '.cleaning[] | select(.fate == "kept") | .fixes == 999999' out.txt
    jq -e '.cleaning[] | select(.fate == "no time") | .fixes == 1' out.txt
    both castmap tracks add -n long.gpx
    both castmap tracks list --json
    jq -e '.tracks[0].fixes == 1000000' out.txt
}
