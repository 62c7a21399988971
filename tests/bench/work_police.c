/* Real points: what the police of Avon and Somerset published of 2018-01 to 2021-09, snapped by them to some 23,000 map points. */
#include "bench/work_sets.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define SLIM_FILE CASTMAP_SOURCE_DIR "/../shared/data/observations/avon-and-somerset_2018-01_2021-09_slim.csv.gz"
#define MOST 700000
#define RADIAN (3.14159265358979323846 / 180.0)

work_points work_police_new(void)
{
    work_points set = {0};
    gzFile file = gzopen(SLIM_FILE, "rb");
    char line[1000];
    size_t n = 0;

    if (!file)
        return set;
    set.x = calloc(MOST, sizeof *set.x);
    set.y = calloc(MOST, sizeof *set.y);
    while (set.x && set.y && n < MOST && gzgets(file, line, sizeof line)) {
        char *end, *at = strchr(line, ','); /* month, longitude, latitude, ... */
        const double lon = at ? strtod(at + 1, &end) : 0.0;
        if (!at || end == at + 1 || *end != ',')
            continue;
        /* A plane about 2.6 W 51.4 N: its scale is off by 3 in 1,000 at the ends, which matters to no measurement. */
        set.x[n] = (lon + 2.6) * RADIAN * 6371000.0 * cos(51.4 * RADIAN);
        set.y[n++] = (strtod(end + 1, NULL) - 51.4) * RADIAN * 6371000.0;
    }
    gzclose(file);
    set.points = (castmap_points){.count = n, .x = set.x, .y = set.y};
    return set;
}
