/*
 * space/geometry/geos.c - the GEOS boundary: validity, repair, union, overlap, label points.
 *
 * Each call has a handle of its own, so calls may run on several threads. Overlays in metres run OverlayNG on a fixed grid of 0.001 m: it cannot
 * fail for want of precision, and council lines are never known better. (In degrees, as for repair, coordinates are kept as they are.)
 */
#include "space/geometry/geos.h"

#include "base/fail.h"
#include "base/memory.h"

#include <geos_c.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GRID_M 0.001

typedef struct session {
    GEOSContextHandle_t geos;
    char                error[160]; /* of the last call that failed, without coordinates */
} session;

/* GEOS ends its words with "[x y]" or "at or near point x y"; coordinates do not belong in messages. */
static void keep_words(const char *text, char *out, size_t size)
{
    size_t n = strcspn(text, "[\n");
    const char *at = strstr(text, " at ");

    if (at && (size_t)(at - text) < n)
        n = (size_t)(at - text);
    if (n >= size)
        n = size - 1;
    memcpy(out, text, n);
    out[n] = '\0';
    while (n > 0 && (out[n - 1] == ' ' || out[n - 1] == ':'))
        out[--n] = '\0';
}

static void note_error(const char *text, void *payload)
{
    session *s = payload;

    keep_words(text, s->error, sizeof s->error);
}

static castmap_status session_open(castmap_context *ctx, session *s)
{
    s->error[0] = '\0';
    s->geos = GEOS_init_r();
    if (!s->geos)
        return cm_fail_memory(ctx);
    GEOSContext_setErrorMessageHandler_r(s->geos, note_error, s);
    return CASTMAP_OK;
}

static void session_close(session *s)
{
    if (s->geos)
        GEOS_finish_r(s->geos);
}

static castmap_status session_failed(castmap_context *ctx, const session *s, const char *what)
{
    if (strstr(s->error, "bad_alloc"))
        return cm_fail_memory(ctx);
    return cm_fail(ctx, CASTMAP_E_DATA, "%s: %s", what, s->error[0] ? s->error : "the geometry library gave no reason");
}

static GEOSGeometry *make_ring(session *s, const castmap_polygons *p, size_t ring)
{
    const size_t first = p->vertex_start[ring], n = p->vertex_start[ring + 1] - first;
    GEOSCoordSequence *points = GEOSCoordSeq_copyFromArrays_r(s->geos, p->x + first, p->y + first, NULL, NULL, (unsigned)n);

    return points ? GEOSGeom_createLinearRing_r(s->geos, points) : NULL;
}

static void destroy_all(session *s, GEOSGeometry **items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        GEOSGeom_destroy_r(s->geos, items[i]);
    free(items);
}

static GEOSGeometry *make_part(session *s, const castmap_polygons *p, size_t part)
{
    const size_t first = p->ring_start[part], n = p->ring_start[part + 1] - first;
    GEOSGeometry **holes = cm_alloc_zero(n, sizeof *holes), *outer, *polygon = NULL;
    size_t made = 0;

    if (!holes)
        return NULL;
    outer = make_ring(s, p, first);
    while (outer && made + 1 < n) {
        holes[made] = make_ring(s, p, first + made + 1);
        if (!holes[made])
            break;
        made++;
    }
    if (outer && made + 1 == n) {
        polygon = GEOSGeom_createPolygon_r(s->geos, outer, holes, (unsigned)made); /* takes all, even when it fails */
        free(holes);
        return polygon;
    }
    GEOSGeom_destroy_r(s->geos, outer);
    destroy_all(s, holes, made);
    return NULL;
}

static GEOSGeometry *make_feature(session *s, const castmap_polygons *p, size_t feature)
{
    const size_t first = p->part_start[feature], n = p->part_start[feature + 1] - first;
    GEOSGeometry **parts = cm_alloc_zero(n, sizeof *parts), *whole;

    if (!parts)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        parts[i] = make_part(s, p, first + i);
        if (!parts[i]) {
            destroy_all(s, parts, i);
            return NULL;
        }
    }
    whole = GEOSGeom_createCollection_r(s->geos, GEOS_MULTIPOLYGON, parts, (unsigned)n);
    free(parts);
    return whole;
}

/* Append one ring, turned counter-clockwise if `outer`, clockwise else. */
static int append_ring(session *s, const GEOSGeometry *ring, bool outer, cm_polygon_set *out)
{
    const GEOSCoordSequence *points = GEOSGeom_getCoordSeq_r(s->geos, ring);
    unsigned n = 0;
    char ccw = 0;

    if (!points || !GEOSCoordSeq_getSize_r(s->geos, points, &n) || cm_polygon_set_ring(out) != 0)
        return -1;
    if (n >= 4 && !GEOSCoordSeq_isCCW_r(s->geos, points, &ccw))
        return -1;
    for (unsigned i = 0; i < n; i++) {
        double x, y;
        if (!GEOSCoordSeq_getXY_r(s->geos, points, (ccw != 0) == outer ? i : n - 1 - i, &x, &y) ||
            cm_polygon_set_vertex(out, x, y) != 0)
            return -1;
    }
    return 0;
}

static int append_polygon(session *s, const GEOSGeometry *polygon, cm_polygon_set *out)
{
    const int holes = GEOSGetNumInteriorRings_r(s->geos, polygon);

    if (holes < 0 || cm_polygon_set_part(out) != 0 || append_ring(s, GEOSGetExteriorRing_r(s->geos, polygon), true, out) != 0)
        return -1;
    for (int i = 0; i < holes; i++)
        if (append_ring(s, GEOSGetInteriorRingN_r(s->geos, polygon, i), false, out) != 0)
            return -1;
    return 0;
}

/* Append every polygon inside `geometry` to the current feature; lines and points are left out. A collection has at most a
 * few levels here (what GEOS itself returns). */
static int append_polygons(session *s, const GEOSGeometry *geometry, cm_polygon_set *out)
{
    const int type = GEOSGeomTypeId_r(s->geos, geometry);

    if (type < 0)
        return -1;
    if (GEOSisEmpty_r(s->geos, geometry))
        return 0;
    if (type == GEOS_POLYGON)
        return append_polygon(s, geometry, out);
    if (type != GEOS_MULTIPOLYGON && type != GEOS_GEOMETRYCOLLECTION)
        return 0;
    for (int i = 0, n = GEOSGetNumGeometries_r(s->geos, geometry); i < n; i++)
        if (append_polygons(s, GEOSGetGeometryN_r(s->geos, geometry, i), out) != 0)
            return -1;
    return 0;
}

static castmap_status append_feature(castmap_context *ctx, session *s, const GEOSGeometry *geometry, cm_polygon_set *out)
{
    if (cm_polygon_set_feature(out) != 0 || append_polygons(s, geometry, out) != 0)
        return cm_fail_memory(ctx);
    return CASTMAP_OK;
}

castmap_status cm_geos_is_valid(castmap_context *ctx, const castmap_polygons *polygons, size_t feature, bool *valid)
{
    session s;
    GEOSGeometry *geometry = NULL;
    castmap_status status = session_open(ctx, &s);
    char answer;

    if (status)
        return status;
    geometry = make_feature(&s, polygons, feature);
    answer = geometry ? GEOSisValid_r(s.geos, geometry) : 2;
    if (answer == 2)
        status = session_failed(ctx, &s, "cannot check a polygon");
    else
        *valid = answer == 1;
    GEOSGeom_destroy_r(s.geos, geometry);
    session_close(&s);
    return status;
}

/* Vertices rounded to 1 / scale, halves away from zero; false when out of memory. */
static bool round_vertices(const castmap_polygons *polygons, size_t n, double scale, double **x, double **y)
{
    *x = cm_alloc(n, sizeof **x);
    *y = cm_alloc(n, sizeof **y);
    for (size_t v = 0; *x && *y && v < n; v++) {
        (*x)[v] = round(polygons->x[v] * scale) / scale;
        (*y)[v] = round(polygons->y[v] * scale) / scale;
    }
    return *x && *y;
}

/* The feature on the grid; as it is where GEOS cannot or nothing would be left. */
static castmap_status append_on_grid(castmap_context *ctx, session *s, const castmap_polygons *polygons, size_t feature, double scale,
                                     bool valid, cm_polygon_set *out)
{
    GEOSGeometry *geometry = make_feature(s, polygons, feature);
    GEOSGeometry *rebuilt = geometry && !valid ? GEOSGeom_setPrecision_r(s->geos, geometry, 1.0 / scale, 0) : NULL;
    const bool usable = rebuilt && !GEOSisEmpty_r(s->geos, rebuilt);
    castmap_status status = geometry ? append_feature(ctx, s, usable ? rebuilt : geometry, out)
                                     : session_failed(ctx, s, "cannot build a polygon");

    GEOSGeom_destroy_r(s->geos, rebuilt);
    GEOSGeom_destroy_r(s->geos, geometry);
    return status;
}

castmap_status cm_geos_on_grid(castmap_context *ctx, const castmap_polygons *polygons, double scale, cm_polygon_set *out,
                               size_t *rebuilt)
{
    const size_t n = polygons->count;
    const size_t vertices = n ? polygons->vertex_start[polygons->ring_start[polygons->part_start[n]]] : 0;
    castmap_polygons rounded = *polygons;
    double *x = NULL, *y = NULL;
    bool *valid = NULL;
    session s;
    castmap_status status = session_open(ctx, &s);

    if (status)
        return status;
    valid = cm_alloc(n, sizeof *valid);
    if (!valid || !round_vertices(polygons, vertices, scale, &x, &y)) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    rounded.x = x;
    rounded.y = y;
    *rebuilt = 0;
    for (size_t i = 0; i < n && !status; i++) {
        GEOSGeometry *geometry = make_feature(&s, &rounded, i);
        valid[i] = geometry && GEOSisValid_r(s.geos, geometry) == 1;
        *rebuilt += valid[i] ? 0u : 1u;
        GEOSGeom_destroy_r(s.geos, geometry);
        if (cm_cancelled(ctx))
            status = cm_fail_cancelled(ctx);
    }
    for (size_t i = 0; i < n && *rebuilt > 0 && !status; i++)
        status = append_on_grid(ctx, &s, polygons, i, scale, valid[i], out);

done:
    free(valid);
    free(x);
    free(y);
    session_close(&s);
    return status;
}

static GEOSGeometry *make_valid(session *s, const GEOSGeometry *geometry)
{
    GEOSMakeValidParams *how = GEOSMakeValidParams_create_r(s->geos);
    GEOSGeometry *result = NULL;

    if (how && GEOSMakeValidParams_setMethod_r(s->geos, how, GEOS_MAKE_VALID_STRUCTURE) &&
        GEOSMakeValidParams_setKeepCollapsed_r(s->geos, how, 0))
        result = GEOSMakeValidWithParams_r(s->geos, geometry, how);
    if (how)
        GEOSMakeValidParams_destroy_r(s->geos, how);
    return result;
}

castmap_status cm_geos_repair(castmap_context *ctx, const castmap_polygons *polygons, size_t feature,
                              cm_polygon_set *out, char *reason, size_t size, bool *empty)
{
    session s;
    GEOSGeometry *geometry = NULL, *repaired = NULL;
    char *words = NULL;
    const size_t parts = out->parts;
    castmap_status status = session_open(ctx, &s);

    if (status)
        return status;
    reason[0] = '\0';
    geometry = make_feature(&s, polygons, feature);
    if (!geometry) {
        status = session_failed(ctx, &s, "cannot build a polygon");
        goto done;
    }
    words = GEOSisValidReason_r(s.geos, geometry);
    if (!words) {
        status = session_failed(ctx, &s, "cannot check a polygon");
        goto done;
    }
    if (strcmp(words, "Valid Geometry") != 0) {
        keep_words(words, reason, size);
        repaired = make_valid(&s, geometry);
        if (!repaired) {
            status = session_failed(ctx, &s, "cannot repair a polygon");
            goto done;
        }
    }
    status = append_feature(ctx, &s, repaired ? repaired : geometry, out);
    if (!status)
        *empty = out->parts == parts;

done:
    GEOSFree_r(s.geos, words);
    GEOSGeom_destroy_r(s.geos, repaired);
    GEOSGeom_destroy_r(s.geos, geometry);
    session_close(&s);
    return status;
}

castmap_status cm_geos_union(castmap_context *ctx, const castmap_polygons *polygons, const size_t *feature, size_t n,
                             cm_polygon_set *out)
{
    session s;
    GEOSGeometry **items = NULL, *collection = NULL, *united = NULL;
    size_t made = 0;
    castmap_status status = session_open(ctx, &s);

    if (status)
        return status;
    items = cm_alloc_zero(n, sizeof *items);
    if (!items) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (; made < n; made++) {
        items[made] = make_feature(&s, polygons, feature[made]);
        if (!items[made]) {
            destroy_all(&s, items, made);
            items = NULL;
            status = session_failed(ctx, &s, "cannot build a polygon");
            goto done;
        }
    }
    collection = GEOSGeom_createCollection_r(s.geos, GEOS_GEOMETRYCOLLECTION, items, (unsigned)n);
    free(items);
    items = NULL;
    if (collection)
        united = GEOSUnaryUnionPrec_r(s.geos, collection, GRID_M);
    status = united ? append_feature(ctx, &s, united, out) : session_failed(ctx, &s, "cannot unite polygons");

done:
    free(items);
    GEOSGeom_destroy_r(s.geos, united);
    GEOSGeom_destroy_r(s.geos, collection);
    session_close(&s);
    return status;
}

castmap_status cm_geos_overlap_km2(castmap_context *ctx, const castmap_polygons *A, size_t a, const castmap_polygons *B,
                                   size_t b, double *km2)
{
    session s;
    GEOSGeometry *first = NULL, *second = NULL, *both = NULL;
    double area_m2;
    castmap_status status = session_open(ctx, &s);

    if (status)
        return status;
    first = make_feature(&s, A, a);
    second = make_feature(&s, B, b);
    if (first && second)
        both = GEOSIntersectionPrec_r(s.geos, first, second, GRID_M);
    if (both && GEOSArea_r(s.geos, both, &area_m2))
        *km2 = area_m2 / 1e6;
    else
        status = session_failed(ctx, &s, "cannot overlay two polygons");
    GEOSGeom_destroy_r(s.geos, both);
    GEOSGeom_destroy_r(s.geos, second);
    GEOSGeom_destroy_r(s.geos, first);
    session_close(&s);
    return status;
}

castmap_status cm_geos_simplify(castmap_context *ctx, const castmap_polygons *polygons, size_t feature,
                                double tolerance, cm_polygon_set *out)
{
    session s;
    GEOSGeometry *geometry = NULL, *simpler = NULL;
    castmap_status status = session_open(ctx, &s);

    if (status)
        return status;
    geometry = make_feature(&s, polygons, feature);
    if (geometry)
        simpler = GEOSTopologyPreserveSimplify_r(s.geos, geometry, tolerance);
    status = simpler ? append_feature(ctx, &s, simpler, out) : session_failed(ctx, &s, "cannot simplify a polygon");
    GEOSGeom_destroy_r(s.geos, simpler);
    GEOSGeom_destroy_r(s.geos, geometry);
    session_close(&s);
    return status;
}

castmap_status cm_geos_concave_hull(castmap_context *ctx, const double *x, const double *y, size_t n, double ratio, cm_polygon_set *out)
{
    session s;
    GEOSGeometry *line = NULL, *hull = NULL;
    castmap_status status;

    if (n < 3)
        return cm_polygon_set_feature(out) ? cm_fail_memory(ctx) : CASTMAP_OK;
    status = session_open(ctx, &s);
    if (status)
        return status;
    /* A line through the points brings them in at once; the hull looks at its vertices only. */
    GEOSCoordSequence *points = GEOSCoordSeq_copyFromArrays_r(s.geos, x, y, NULL, NULL, (unsigned)n);
    if (points)
        line = GEOSGeom_createLineString_r(s.geos, points);
    if (line)
        hull = GEOSConcaveHull_r(s.geos, line, ratio, 0);
    status = hull ? append_feature(ctx, &s, hull, out) : session_failed(ctx, &s, "no outline can be drawn");
    GEOSGeom_destroy_r(s.geos, hull);
    GEOSGeom_destroy_r(s.geos, line);
    session_close(&s);
    return status;
}

/* The middle of the largest circle inside: to a hundredth of the feature's size, which is all a label needs. */
static GEOSGeometry *largest_circle(session *s, const GEOSGeometry *geometry)
{
    double west, south, east, north;

    if (!GEOSGeom_getXMin_r(s->geos, geometry, &west) || !GEOSGeom_getXMax_r(s->geos, geometry, &east) ||
        !GEOSGeom_getYMin_r(s->geos, geometry, &south) || !GEOSGeom_getYMax_r(s->geos, geometry, &north))
        return NULL;
    const double size = fmax(east - west, north - south);
    return size > 0.0 ? GEOSMaximumInscribedCircle_r(s->geos, geometry, size / 100.0) : NULL;
}

castmap_status cm_geos_label_point(castmap_context *ctx, const castmap_polygons *polygons, size_t feature, double *x,
                                   double *y)
{
    session s;
    GEOSGeometry *geometry = NULL, *radius = NULL, *point = NULL;
    double px, py;
    castmap_status status = session_open(ctx, &s);

    if (status)
        return status;
    geometry = make_feature(&s, polygons, feature);
    if (geometry) {
        radius = largest_circle(&s, geometry); /* a line from the centre to the edge */
        point = radius ? GEOSGeomGetStartPoint_r(s.geos, radius) : GEOSPointOnSurface_r(s.geos, geometry);
    }
    if (point && GEOSGeomGetX_r(s.geos, point, &px) == 1 && GEOSGeomGetY_r(s.geos, point, &py) == 1) {
        *x = px;
        *y = py;
    } else {
        status = session_failed(ctx, &s, "no place for a label");
    }
    GEOSGeom_destroy_r(s.geos, point);
    GEOSGeom_destroy_r(s.geos, radius);
    GEOSGeom_destroy_r(s.geos, geometry);
    session_close(&s);
    return status;
}
