/*
 * space/geometry/wkb.c - polygons to ISO well-known binary and back; lines from it.
 *
 * Written: 2-D, little-endian, always a MultiPolygon. Read: Polygon, MultiPolygon, LineString and MultiLineString in either byte order, with ISO (1000, 2000, 3000) or EWKB (high bits)
 * marks of Z and M, whose values are dropped. Every count is checked against the bytes that are left before it is believed.
 *
 * Source: OGC 06-103r4, "Simple feature access, part 1", section 8.2.
 */
#include "base/fail.h"
#include "base/memory.h"
#include "space/geometry/line_set.h"
#include "space/geometry/polygon_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WKB_LINE 2u
#define WKB_POLYGON 3u
#define WKB_MULTILINE 5u
#define WKB_MULTIPOLYGON 6u
#define EWKB_Z 0x80000000u
#define EWKB_M 0x40000000u
#define EWKB_SRID 0x20000000u

static unsigned char *put_u32(unsigned char *at, size_t value)
{
    for (int i = 0; i < 4; i++)
        *at++ = (unsigned char)(value >> (8 * i));
    return at;
}

static unsigned char *put_double(unsigned char *at, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 8; i++)
        *at++ = (unsigned char)(bits >> (8 * i));
    return at;
}

static unsigned char *put_head(unsigned char *at, unsigned type, size_t items)
{
    *at++ = 1;
    return put_u32(put_u32(at, type), items);
}

castmap_status cm_polygons_wkb(castmap_context *ctx, const castmap_polygons *polygons, size_t feature,
                               unsigned char **bytes, size_t *length)
{
    const size_t first = polygons->part_start[feature], end = polygons->part_start[feature + 1];
    const size_t rings = polygons->ring_start[end] - polygons->ring_start[first];
    const size_t from = polygons->vertex_start[polygons->ring_start[first]];
    const size_t vertices = polygons->vertex_start[polygons->ring_start[end]] - from;
    const size_t size = 9 + (end - first) * 9 + rings * 4 + vertices * 16;
    unsigned char *buffer = cm_alloc(size, 1), *at = buffer;

    if (!buffer)
        return cm_fail_memory(ctx);
    at = put_head(at, WKB_MULTIPOLYGON, end - first);
    for (size_t part = first; part < end; part++) {
        at = put_head(at, WKB_POLYGON, polygons->ring_start[part + 1] - polygons->ring_start[part]);
        for (size_t ring = polygons->ring_start[part]; ring < polygons->ring_start[part + 1]; ring++) {
            at = put_u32(at, polygons->vertex_start[ring + 1] - polygons->vertex_start[ring]);
            for (size_t i = polygons->vertex_start[ring]; i < polygons->vertex_start[ring + 1]; i++)
                at = put_double(put_double(at, polygons->x[i]), polygons->y[i]);
        }
    }
    *bytes = buffer;
    *length = size;
    return CASTMAP_OK;
}

typedef struct reader {
    const unsigned char *bytes;
    size_t               left;
    bool                 little;
} reader;

static bool get_u32(reader *r, uint32_t *out)
{
    uint32_t value = 0;

    if (r->left < 4)
        return false;
    for (int i = 0; i < 4; i++)
        value |= (uint32_t)r->bytes[i] << (8 * (r->little ? i : 3 - i));
    r->bytes += 4;
    r->left -= 4;
    *out = value;
    return true;
}

static double get_double(reader *r)
{
    uint64_t bits = 0;
    double value;

    for (int i = 0; i < 8; i++)
        bits |= (uint64_t)r->bytes[i] << (8 * (r->little ? i : 7 - i));
    r->bytes += 8;
    r->left -= 8;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Byte order, type without its dimension marks, and the number of ordinates of a vertex. */
static bool get_head(reader *r, uint32_t *type, size_t *ordinates)
{
    uint32_t word, srid;

    if (r->left < 1 || r->bytes[0] > 1)
        return false;
    r->little = r->bytes[0] == 1;
    r->bytes++;
    r->left--;
    if (!get_u32(r, &word))
        return false;
    *ordinates = 2u + ((word & EWKB_Z) ? 1u : 0u) + ((word & EWKB_M) ? 1u : 0u);
    if ((word & EWKB_SRID) && !get_u32(r, &srid))
        return false;
    word &= 0x1fffffffu;
    if (word >= 1000 && word < 4000) {
        *ordinates = word >= 3000 ? 4 : 3;
        word %= 1000;
    }
    *type = word;
    return true;
}

typedef enum outcome { GOOD, NO_MEMORY, BAD } outcome;

static outcome get_polygon(reader *r, size_t ordinates, cm_polygon_set *set)
{
    uint32_t rings, points;

    if (!get_u32(r, &rings) || rings > r->left / 4)
        return BAD;
    if (rings == 0)
        return GOOD; /* POLYGON EMPTY */
    if (cm_polygon_set_part(set) != 0)
        return NO_MEMORY;
    for (uint32_t ring = 0; ring < rings; ring++) {
        double x0 = 0.0, y0 = 0.0, x = 0.0, y = 0.0;

        if (!get_u32(r, &points) || points < 4 || points > r->left / (8 * ordinates))
            return BAD;
        if (cm_polygon_set_ring(set) != 0)
            return NO_MEMORY;
        for (uint32_t i = 0; i < points; i++) {
            x = get_double(r);
            y = get_double(r);
            for (size_t extra = 2; extra < ordinates; extra++)
                (void)get_double(r);
            if (!isfinite(x) || !isfinite(y))
                return BAD;
            if (i == 0) {
                x0 = x;
                y0 = y;
            }
            if (cm_polygon_set_vertex(set, x, y) != 0)
                return NO_MEMORY;
        }
        if (x < x0 || x > x0 || y < y0 || y > y0)
            return BAD; /* a ring that does not close */
    }
    return GOOD;
}

static outcome get_feature(reader *r, cm_polygon_set *set)
{
    uint32_t type, polygons;
    size_t ordinates;
    outcome result = GOOD;

    if (!get_head(r, &type, &ordinates))
        return BAD;
    if (type == WKB_POLYGON)
        return get_polygon(r, ordinates, set);
    if (type != WKB_MULTIPOLYGON || !get_u32(r, &polygons) || polygons > r->left / 9)
        return BAD;
    for (uint32_t i = 0; i < polygons && result == GOOD; i++) {
        if (!get_head(r, &type, &ordinates) || type != WKB_POLYGON)
            return BAD;
        result = get_polygon(r, ordinates, set);
    }
    return result;
}

castmap_status cm_polygon_set_add_wkb(castmap_context *ctx, cm_polygon_set *set, const unsigned char *bytes,
                                      size_t length)
{
    const cm_polygon_set before = *set;
    reader r = {bytes, length, true};
    outcome result = NO_MEMORY;

    if (cm_polygon_set_feature(set) == 0)
        result = get_feature(&r, set);
    if (result == GOOD && r.left == 0)
        return CASTMAP_OK;
    /* Take back what was added: the arrays stay (they may have moved), the counts and end marks return. */
    set->count = before.count;
    set->parts = before.parts;
    set->rings = before.rings;
    set->vertices = before.vertices;
    if (before.count > 0) {
        set->part_start[before.count] = before.parts;
        set->ring_start[before.parts] = before.rings;
        set->vertex_start[before.rings] = before.vertices;
    }
    if (result == NO_MEMORY)
        return cm_fail_memory(ctx);
    return cm_fail(ctx, CASTMAP_E_DATA, "not a well-formed polygon or multipolygon");
}

static outcome get_line(reader *r, size_t ordinates, size_t feature, cm_line_set *set)
{
    uint32_t points;

    if (!get_u32(r, &points) || points > r->left / (8 * ordinates))
        return BAD;
    if (points < 2) { /* an empty line, or a point: its vertex is passed over */
        r->bytes += 8 * ordinates * points;
        r->left -= 8 * ordinates * points;
        return GOOD;
    }
    if (cm_line_set_line(set, feature) != 0)
        return NO_MEMORY;
    for (uint32_t i = 0; i < points; i++) {
        const double x = get_double(r), y = get_double(r);
        for (size_t extra = 2; extra < ordinates; extra++)
            (void)get_double(r);
        if (!isfinite(x) || !isfinite(y))
            return BAD;
        if (cm_line_set_vertex(set, x, y) != 0)
            return NO_MEMORY;
    }
    return GOOD;
}

castmap_status cm_line_set_add_wkb(castmap_context *ctx, cm_line_set *set, size_t feature, const unsigned char *bytes, size_t length)
{
    const size_t lines = set->count, vertices = set->vertices;
    reader r = {bytes, length, true};
    uint32_t type, count;
    size_t ordinates;
    outcome result = BAD;

    if (get_head(&r, &type, &ordinates)) {
        if (type == WKB_LINE) {
            result = get_line(&r, ordinates, feature, set);
        } else if (type == WKB_MULTILINE && get_u32(&r, &count) && count <= r.left / 9) {
            result = GOOD;
            for (uint32_t i = 0; i < count && result == GOOD; i++)
                result = get_head(&r, &type, &ordinates) && type == WKB_LINE ? get_line(&r, ordinates, feature, set) : BAD;
        }
    }
    if (result == GOOD && r.left == 0)
        return CASTMAP_OK;
    set->count = lines;
    set->vertices = vertices;
    if (set->start)
        set->start[lines] = vertices;
    if (result == NO_MEMORY)
        return cm_fail_memory(ctx);
    return cm_fail(ctx, CASTMAP_E_DATA, "not a well-formed line");
}
