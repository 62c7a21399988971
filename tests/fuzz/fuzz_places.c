/* Any bytes as a grid reference, MGRS, a plus code, a link of a map, a postcode. What is accepted must be on earth, and say how well it is known. */
#include "project/ingest/map_link.h"
#include "project/ingest/place.h"
#include "project/postcode.h"
#include "space/geodesy/grid_reference.h"
#include "space/geodesy/mgrs.h"
#include "space/geodesy/plus_code.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check(bool true_always)
{
    if (!true_always)
        abort();
}

static void codes(const char *text, size_t length)
{
    cm_grid_square grid;
    cm_mgrs_square mgrs;
    cm_plus_area area;
    char code[CM_PLUS_CODE_SIZE];

    if (cm_grid_reference_parse(text, length, &grid) == CM_GRID_FINE)
        check(grid.easting_m >= 0 && grid.easting_m < 700000 && grid.northing_m >= 0 && grid.northing_m < 1300000 && grid.side_m >= 1);
    if (cm_mgrs_parse(text, length, &mgrs) == CM_MGRS_FINE)
        check(fabs(mgrs.lat) <= 85 && isfinite(mgrs.lon) && mgrs.zone >= 1 && mgrs.zone <= 60);
    if (cm_plus_code_decode(text, length, &area)) {
        check(area.south >= -90 && area.north <= 90 && area.west >= -180 && area.east <= 180 && area.south < area.north && area.west < area.east);
        /* Its middle has the same code, as far as both are written. */
        if (area.digits == 10) {
            cm_plus_area again;
            cm_plus_code_encode((area.west + area.east) / 2, (area.south + area.north) / 2, 10, code);
            check(cm_plus_code_decode(code, strlen(code), &again) && again.south == area.south && again.west == area.west);
        }
    }
    if (cm_plus_code_recover(text, length, -1.4, 50.9, &area))
        check(area.south >= -91 && area.north <= 91 && area.south < area.north);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const char *text = (const char *)bytes;
    cm_map_link link;
    cm_postcode code;
    cm_place place;
    cm_flaw flaw = {NULL, NULL};

    if (length > 4096)
        return 0;
    codes(text, length);
    const cm_map_link_kind kind = cm_map_link_find(text, length, &link);
    if (kind == CM_MAP_LINK_PIN || kind == CM_MAP_LINK_VIEW)
        check(link.decimals >= 0);
    if (cm_postcode_parse(text, length, &code))
        check(code.from < code.to && (code.part == CM_POSTCODE_UNIT) == (code.to - code.from == 1));
    if (cm_place_cell(text, length, &place, &flaw))
        check(place.kind != CM_PLACE_DEGREES || (fabs(place.a) <= 180 && fabs(place.b) <= 90));
    else
        check(flaw.code && flaw.reason);
    return 0;
}
