# A town of streets and drives along them, for the tests of tracks.

# A grid of 12 by 12 streets 250 m apart; twelve drives on as many days go along East Street 5, from and to other rows. No two fixes are on a line.
# The drive t is that of person WHOSE, an expression of awk.
drives_of() { # whose
    awk 'BEGIN {
        mx = 1 / (111320 * cos(53.75 * 3.14159265358979 / 180)); my = 1 / 111200
        print "{\"type\":\"FeatureCollection\",\"features\":["
        for (i = 0; i < 12; i++) for (d = 0; d < 2; d++) {
            printf "%s{\"type\":\"Feature\",\"properties\":{\"name\":\"%s Street %d\"},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[", (i + d ? ",\n" : ""), (d ? "North" : "East"), i
            for (k = 0; k < 12; k++) printf "%s[%.7f,%.7f]", (k ? "," : ""), -4.08 + mx * (d ? 250 * i : 250 * k), 53.75 + my * (d ? 250 * k : 250 * i)
            printf "]}}"
        }
        print "]}"
    }' >town.geojson
    awk 'function fix(x, y) { printf "%d,user%d,%d,%.7f,%.7f\n", t, '"$1"', 1740823200 + 86400 * t + 2 * n, -4.08 + mx * (x + 6 * sin(n * 12.9898 + t)), 53.75 + my * (y + 6 * sin(n * 78.233 + t)); n++ }
    BEGIN {
        mx = 1 / (111320 * cos(53.75 * 3.14159265358979 / 180)); my = 1 / 111200
        print "trip,user,time,lon,lat"
        for (t = 0; t < 12; t++) {
            n = 0; a = 250 * (t % 12); b = 250 * ((5 * t + 3) % 12)
            for (y = a; (a < 1250 ? y < 1250 : y > 1250); y += (a < 1250 ? 20 : -20)) fix(500, y)
            for (x = 500; x < 2250; x += 20) fix(x, 1250)
            for (y = 1250; (b < 1250 ? y > b : y < b); y += (b < 1250 ? -20 : 20)) fix(2250, y)
        }
    }' >drives.csv
    castmap init town >/dev/null 2>&1
    castmap streets add town.geojson >/dev/null 2>&1
    castmap tracks add drives.csv >/dev/null 2>&1
}
