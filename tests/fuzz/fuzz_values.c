/* Any bytes as a position, a time, a grade or a free text. What is accepted must be in range. */
#include "base/utf8.h"
#include "project/ingest/grades.h"
#include "project/ingest/place.h"
#include "project/ingest/text.h"
#include "project/ingest/when.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check(bool true_always)
{
    if (!true_always)
        abort();
}

static void places(const char *text, size_t length)
{
    cm_place place;
    cm_flaw flaw = {0};
    const size_t half = length / 2;

    if (cm_place_cell(text, length, &place, &flaw))
        check(place.kind != CM_PLACE_DEGREES || (fabs(place.a) <= 180 && fabs(place.b) <= 90));
    else
        check(flaw.code && flaw.reason);
    if (cm_place_degrees(text, half, text + half, length - half, &place, &flaw))
        check(fabs(place.a) <= 180 && fabs(place.b) <= 90);
    if (cm_place_metres(text, half, text + half, length - half, &place, &flaw))
        check(isfinite(place.a) && isfinite(place.b));
}

static void times(const char *text, size_t length)
{
    castmap_context *ctx = castmap_context_new();
    cm_zone *zone = NULL;
    cm_when when;
    cm_flaw flaw = {0};

    if (ctx && cm_zone_open(ctx, "Europe/London", &zone) == CASTMAP_OK) {
        for (int order = CM_DATE_ASK; order <= CM_DATE_YMD; order++) {
            if (cm_when_parse(text, length, (cm_date_order)order, zone, &when, &flaw))
                check(when.to_s >= when.from_s);
            else
                check(flaw.code && flaw.reason);
        }
    }
    cm_zone_free(zone);
    castmap_context_free(ctx);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const char *text = (const char *)bytes;
    cm_grades grades;
    cm_flaw flaw;
    int64_t persons;
    volatile bool seen;

    if (length > 4096)
        return 0;
    places(text, length);
    times(text, length);
    (void)cm_grade_code(text, length, true, &grades, &flaw);
    if (cm_persons(text, length, &persons, &flaw))
        check(persons >= -1 && persons <= 10000);
    if (cm_utf8_valid(text, length) == length) {
        seen = cm_text_personal(text, length);
        seen = cm_text_deceptive(text, length);
        (void)seen;
    }
    return 0;
}
