/*
 * project/geometry_blob.c - the bytes of a SpatiaLite geometry.
 *
 *   00 | 01 little-endian | srid i32 | west south east north f64 | 7C | class u32 | body | FE
 *   POINT (1): x y;  POLYGON (3): rings u32, each: vertices u32, x y ...;
 *   MULTIPOLYGON (6): polygons u32, each: 69 | class u32 = 3 | body of a polygon
 *
 * Source: the format note "BLOB-Geometry" of SpatiaLite's documentation.
 */
#include "project/geometry_blob.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

#define SRID 4326u
#define HEADER_BYTES 43 /* up to and with the class */
#define MARK_START 0x00
#define MARK_BOX_END 0x7C
#define MARK_ENTITY 0x69
#define MARK_END 0xFE
#define CLASS_POINT 1u
#define CLASS_POLYGON 3u
#define CLASS_MULTIPOLYGON 6u

static unsigned char *put_u32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        *at++ = (unsigned char)(value >> (8 * i));
    return at;
}

static unsigned char *put_f64(unsigned char *at, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 8; i++)
        *at++ = (unsigned char)(bits >> (8 * i));
    return at;
}

static unsigned char *put_header(unsigned char *at, const cm_box *box, uint32_t class_number)
{
    *at++ = MARK_START;
    *at++ = 0x01;
    at = put_u32(at, SRID);
    at = put_f64(at, box->west);
    at = put_f64(at, box->south);
    at = put_f64(at, box->east);
    at = put_f64(at, box->north);
    *at++ = MARK_BOX_END;
    return put_u32(at, class_number);
}

void cm_point_blob(double lon, double lat, unsigned char out[CM_POINT_BLOB_BYTES])
{
    const cm_box box = {lon, lat, lon, lat};
    unsigned char *at = put_header(out, &box, CLASS_POINT);

    at = put_f64(at, lon);
    at = put_f64(at, lat);
    *at = MARK_END;
}

static void box_begin(cm_box *box)
{
    *box = (cm_box){INFINITY, INFINITY, -INFINITY, -INFINITY};
}

static void box_add(cm_box *box, double x, double y)
{
    if (x < box->west)
        box->west = x;
    if (x > box->east)
        box->east = x;
    if (y < box->south)
        box->south = y;
    if (y > box->north)
        box->north = y;
}

castmap_status cm_multipolygon_blob(castmap_context *ctx, const castmap_polygons *polygons, size_t feature,
                                    unsigned char **bytes, size_t *length, cm_box *box)
{
    const size_t part_begin = polygons->part_start[feature], part_end = polygons->part_start[feature + 1];
    size_t size = HEADER_BYTES + 4 + 1;

    if (part_begin == part_end)
        return cm_fail(ctx, CASTMAP_E_DATA, "an area without a polygon cannot be stored");
    box_begin(box);
    for (size_t p = part_begin; p < part_end; p++) {
        size += 1 + 4 + 4;
        for (size_t r = polygons->ring_start[p]; r < polygons->ring_start[p + 1]; r++) {
            const size_t begin = polygons->vertex_start[r], end = polygons->vertex_start[r + 1];
            size += 4 + 16 * (end - begin);
            for (size_t v = begin; v < end; v++) {
                if (!isfinite(polygons->x[v]) || !isfinite(polygons->y[v]))
                    return cm_fail(ctx, CASTMAP_E_DATA, "a vertex of an area is not a finite number");
                box_add(box, polygons->x[v], polygons->y[v]);
            }
        }
    }
    unsigned char *made = cm_alloc(size, 1);
    if (!made)
        return cm_fail_memory(ctx);
    unsigned char *at = put_header(made, box, CLASS_MULTIPOLYGON);
    at = put_u32(at, (uint32_t)(part_end - part_begin));
    for (size_t p = part_begin; p < part_end; p++) {
        *at++ = MARK_ENTITY;
        at = put_u32(at, CLASS_POLYGON);
        at = put_u32(at, (uint32_t)(polygons->ring_start[p + 1] - polygons->ring_start[p]));
        for (size_t r = polygons->ring_start[p]; r < polygons->ring_start[p + 1]; r++) {
            const size_t begin = polygons->vertex_start[r], end = polygons->vertex_start[r + 1];
            at = put_u32(at, (uint32_t)(end - begin));
            for (size_t v = begin; v < end; v++) {
                at = put_f64(at, polygons->x[v]);
                at = put_f64(at, polygons->y[v]);
            }
        }
    }
    *at = MARK_END;
    *bytes = made;
    *length = size;
    return CASTMAP_OK;
}

castmap_status cm_ring_blob(castmap_context *ctx, const double *lon, const double *lat, size_t n, unsigned char **bytes,
                            size_t *length, cm_box *box)
{
    const size_t size = HEADER_BYTES + 4 + 4 + 16 * (n + 1) + 1;
    unsigned char *made = cm_alloc(size, 1);

    if (!made)
        return cm_fail_memory(ctx);
    box_begin(box);
    for (size_t i = 0; i < n; i++)
        box_add(box, lon[i], lat[i]);
    unsigned char *at = put_header(made, box, CLASS_POLYGON);
    at = put_u32(at, 1);
    at = put_u32(at, (uint32_t)(n + 1));
    for (size_t i = 0; i <= n; i++) {
        at = put_f64(at, lon[i % n]);
        at = put_f64(at, lat[i % n]);
    }
    *at = MARK_END;
    *bytes = made;
    *length = size;
    return CASTMAP_OK;
}

/* What is left of a blob while it is read. */
typedef struct cursor {
    const unsigned char *at, *end;
    bool                 short_of;
} cursor;

static uint32_t take_u32(cursor *in)
{
    uint32_t value = 0;

    if (in->end - in->at < 4) {
        in->short_of = true;
        return 0;
    }
    for (int i = 3; i >= 0; i--)
        value = value << 8 | in->at[i];
    in->at += 4;
    return value;
}

static unsigned take_u8(cursor *in)
{
    if (in->end - in->at < 1) {
        in->short_of = true;
        return 0x100;
    }
    return *in->at++;
}

static double take_f64(cursor *in)
{
    uint64_t bits = 0;
    double value;

    for (int i = 7; i >= 0; i--)
        bits = bits << 8 | in->at[i];
    in->at += 8;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* 0 done, 1 damaged, -1 out of memory */
static int take_polygon(cursor *in, cm_polygon_set *out)
{
    const uint32_t rings = take_u32(in);

    if (cm_polygon_set_part(out) != 0)
        return -1;
    for (uint32_t r = 0; r < rings; r++) {
        const uint32_t n = take_u32(in);
        if (in->short_of || (uint64_t)(in->end - in->at) < (uint64_t)n * 16)
            return 1;
        if (cm_polygon_set_ring(out) != 0)
            return -1;
        for (uint32_t v = 0; v < n; v++) {
            const double x = take_f64(in), y = take_f64(in);
            if (!isfinite(x) || !isfinite(y))
                return 1;
            if (cm_polygon_set_vertex(out, x, y) != 0)
                return -1;
        }
    }
    return in->short_of;
}

castmap_status cm_multipolygon_read(castmap_context *ctx, const unsigned char *bytes, size_t length, cm_polygon_set *out)
{
    int wrong = 1;

    if (bytes && length > HEADER_BYTES + 4 && bytes[0] == MARK_START && bytes[1] == 0x01 && bytes[38] == MARK_BOX_END &&
        bytes[length - 1] == MARK_END) {
        cursor in = {bytes + 39, bytes + length - 1, false};
        const uint32_t class_number = take_u32(&in), parts = take_u32(&in);
        wrong = class_number != CLASS_MULTIPOLYGON || in.short_of;
        if (!wrong && cm_polygon_set_feature(out) != 0)
            wrong = -1;
        for (uint32_t p = 0; p < parts && !wrong; p++) {
            const unsigned mark = take_u8(&in);
            if (mark != MARK_ENTITY || take_u32(&in) != CLASS_POLYGON)
                wrong = 1;
            else
                wrong = take_polygon(&in, out);
        }
        if (!wrong && in.at != in.end)
            wrong = 1;
    }
    if (wrong < 0)
        return cm_fail_memory(ctx);
    if (wrong)
        return cm_fail(ctx, CASTMAP_E_PROJECT, "a stored outline is damaged");
    return CASTMAP_OK;
}
