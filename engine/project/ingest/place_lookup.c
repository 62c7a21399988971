/*
 * project/ingest/place_lookup.c - short plus codes, postcodes and names, by the tables of the project and by where the project is.
 *
 * A name that fits several places is refused, never guessed: only those count that lie in the area of the project's coordinate system, because
 * a record anywhere else would be refused too, and "Newport, Isle of Wight" says which.
 */
#include "project/ingest/prepare.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "space/geodesy/plus_code.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEGREE_M 111195.0
#define ENDED_ACCURACY_M 250.0 /* of a postcode that is no longer kept up */

static const cm_flaw NO_TABLE = {"bad-position", "not a position that can be read. For postcodes and names, bring their table in: castmap places add FILE"};

static void mark_used(cm_preparer *p, size_t table)
{
    if (p->table_used)
        p->table_used[table] = true;
}

/* Those that lie in the area of the project's coordinate system. */
static size_t keep_near(cm_preparer *p, cm_place_hit *hit, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        double x, y;
        bool ok = true;
        if (p->working && cm_projection_forward(p->ctx, p->working, 1, &hit[i].lon, &hit[i].lat, &x, &y, &ok) != CASTMAP_OK)
            ok = false;
        if (ok)
            hit[kept++] = hit[i];
    }
    return kept;
}

static void name_candidates(const cm_place_hit *hit, size_t n, char detail[160])
{
    size_t used = (size_t)snprintf(detail, 160, "%zu places have this name: in ", n);

    for (size_t i = 0; i < n && i < 3 && used + 40 < 160; i++)
        used += (size_t)snprintf(detail + used, 160 - used, "%s%.30s", i ? "; in " : "", hit[i].area[0] ? hit[i].area : "an area without name");
    if (n > 3 && used + 8 < 160)
        snprintf(detail + used, 160 - used, "; ...");
}

/* Candidates of "Name" or "Name, Area". */
static size_t find_name(cm_preparer *p, const char *text, size_t length, cm_place_hit *hit)
{
    char *key = cm_utf8_key(text, length);
    size_t n = key ? keep_near(p, hit, cm_place_index_name(p->places, key, NULL, hit)) : 0;
    const char *comma = n ? NULL : memchr(text, ',', length);

    if (comma) {
        char *name = cm_utf8_key(text, (size_t)(comma - text)), *area = cm_utf8_key(comma + 1, length - (size_t)(comma - text) - 1);
        if (name && area && *name && *area)
            n = keep_near(p, hit, cm_place_index_name(p->places, name, area, hit));
        free(name);
        free(area);
    }
    free(key);
    return n;
}

static bool by_name(cm_preparer *p, const char *text, size_t length, cm_place_hit *out, cm_flaw *flaw, char detail[160])
{
    cm_place_hit hit[CM_PLACE_CANDIDATES];
    const size_t n = find_name(p, text, length, hit);

    if (n == 0) {
        *flaw = CM_FLAW("unknown-place", "the name is in none of the project's gazetteers");
        return false;
    }
    if (n > 1) {
        *flaw = CM_FLAW("ambiguous-place", "the name of more than one place: write the area behind it, such as \"Newport, Isle of Wight\"");
        name_candidates(hit, n, detail);
        return false;
    }
    *out = hit[0];
    return true;
}

/* A postcode at the end of an address: the last two words, or the last one. */
static cm_place_answer postcode_at_end(const cm_place_index *places, const char *text, size_t length, cm_place_hit *out)
{
    size_t words = 0, at = length;
    cm_place_answer answer = CM_PLACE_NO_POSTCODE;

    while (at > 0 && words < 2 && answer != CM_PLACE_FOUND) {
        while (at > 0 && text[at - 1] != ' ' && text[at - 1] != ',')
            at--;
        if (at > 0 && length - at >= 3) {
            const cm_place_answer now = cm_place_index_postcode(places, text + at, length - at, out);
            if (now == CM_PLACE_FOUND ? out->whole : now == CM_PLACE_UNLISTED && length - at >= 5)
                answer = now;
        }
        words++;
        while (at > 0 && text[at - 1] == ' ')
            at--;
    }
    return answer;
}

/* A short code near where its words or the project say. */
static bool recover(cm_preparer *p, const char *text, size_t length, cm_place *place, cm_flaw *flaw, char detail[160])
{
    const size_t code = place->code_length;
    const char *rest = text + code;
    double lon, lat, reach_deg;
    cm_plus_area area;

    while (rest < text + length && (*rest == ' ' || *rest == ','))
        rest++;
    if (rest < text + length && p->places) {
        cm_place_hit hit;
        if (!by_name(p, rest, length - (size_t)(rest - text), &hit, flaw, detail))
            return false;
        mark_used(p, hit.table);
        lon = hit.lon;
        lat = hit.lat;
        reach_deg = 2 * hit.accuracy_m / DEGREE_M;
    } else {
        lon = (p->extent[0] + p->extent[2]) / 2;
        lat = (p->extent[1] + p->extent[3]) / 2;
        reach_deg = p->extent[0] <= p->extent[2] ? fmax(p->extent[2] - p->extent[0], p->extent[3] - p->extent[1]) : (double)INFINITY;
    }
    /* The missing digits repeat every so many degrees: the reference must be surer than that. */
    const char *plus = memchr(text, '+', code);
    const double step_deg = pow(20, 2 - (8 - (double)(plus - text)) / 2);
    if (reach_deg > step_deg || !cm_plus_code_recover(text, code, lon, lat, &area)) {
        *flaw = CM_FLAW("short-plus-code", "a short plus code, and neither a place behind it nor the extent of the project tells which area is "
                                           "meant: write the full code");
        return false;
    }
    const double high_m = (area.north - area.south) * DEGREE_M, wide_m = (area.east - area.west) * DEGREE_M * cos(area.south / 57.29577951308232);
    const double accuracy_m = hypot(high_m, wide_m) / 2;
    *place = (cm_place){CM_PLACE_DEGREES, (area.west + area.east) / 2, (area.south + area.north) / 2, 9, accuracy_m, NAN, cm_place_class(accuracy_m), 0};
    return true;
}

bool cm_place_lookup(cm_preparer *p, const char *text, size_t length, cm_place *place, uint32_t *ended, cm_flaw *flaw, char detail[160])
{
    cm_place_hit hit;

    if (place->kind == CM_PLACE_SHORT_CODE)
        return recover(p, text, length, place, flaw, detail);
    if (!p->places) {
        *flaw = NO_TABLE;
        return false;
    }
    cm_place_answer answer = cm_place_index_postcode(p->places, text, length, &hit);
    if (answer == CM_PLACE_NO_POSTCODE && cm_place_index_has(p->places, CM_PLACE_POSTCODES))
        answer = postcode_at_end(p->places, text, length, &hit);
    if (answer == CM_PLACE_FOUND) {
        const bool old = hit.ended != 0;
        *ended = hit.ended;
        *place = (cm_place){CM_PLACE_DEGREES, hit.lon, hit.lat, 9, old ? fmax(hit.accuracy_m, ENDED_ACCURACY_M) : hit.accuracy_m, NAN,
                            hit.whole ? CM_PLACE_POSTCODE : CM_PLACE_AREA, 0};
        mark_used(p, hit.table);
        return true;
    }
    if (cm_place_index_has(p->places, CM_PLACE_NAMES) && by_name(p, text, length, &hit, flaw, detail)) {
        *place = (cm_place){CM_PLACE_DEGREES, hit.lon, hit.lat, 9, hit.accuracy_m, NAN, CM_PLACE_AREA, 0};
        mark_used(p, hit.table);
        return true;
    }
    if (answer == CM_PLACE_UNLISTED && !detail[0])
        *flaw = CM_FLAW("unknown-postcode", "the postcode is in none of the project's tables");
    else if (!cm_place_index_has(p->places, CM_PLACE_NAMES))
        *flaw = CM_FLAW("bad-position", "neither a position nor a postcode; for names, bring a gazetteer in: castmap places add FILE");
    return false;
}
