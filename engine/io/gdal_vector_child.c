/*
 * io/gdal_vector_child.c - the child's half of reading a vector file: screen, open from memory, send features.
 *
 * Runs in the worker process only, so GDAL may crash or run out of memory here. Exactly one driver is registered, and it is given a name under /vsimem that we chose
 * ourselves. Whatever GDAL warns of while it reads a feature is sent along as that feature's problem.
 */
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "io/gdal_child.h"
#include "io/json_screen.h"
#include "io/gdal_osm.h"
#include "io/record_zip.h"
#include "io/vector_source.h"

#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JSON_DEPTH 128u
#define MAX_LAYERS 1000

/* Exported by GDAL; its header for them is C++ only. */
extern void RegisterOGRGeoJSON(void);
extern void RegisterOGRTopoJSON(void);

typedef struct child {
    cm_gdal_child     gdal;
    cm_vector_source *source;
    OGRLayerH         layer;
    int               n_fields;
    bool              lines;
} child;

static bool is_wanted(const child *c, OGRwkbGeometryType type)
{
    if (c->lines)
        return type == wkbLineString || type == wkbMultiLineString;
    return type == wkbPolygon || type == wkbMultiPolygon;
}

/* GDAL takes a name that it does not know for WGS 84; and would look for a file or an address of that name first. */
static bool knows_crs(const cm_json_screen *screen)
{
    static const char *const FORMS[] = {"urn:", "EPSG:", "OGC:", "http://www.opengis.net/def/crs/", "https://www.opengis.net/def/crs/"};
    char name[128];
    bool known = false;

    if (!screen->crs)
        return true;
    if (screen->crs_length >= sizeof name)
        return false;
    memcpy(name, screen->crs, screen->crs_length);
    name[screen->crs_length] = '\0';
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++)
        known = known || strncasecmp(name, FORMS[i], strlen(FORMS[i])) == 0;
    OGRSpatialReferenceH srs = known ? OSRNewSpatialReference(NULL) : NULL;
    known = srs && OSRSetFromUserInput(srs, name) == OGRERR_NONE;
    if (srs)
        OSRDestroySpatialReference(srs);
    return known;
}

static int open_json(child *c, const char **driver, const char **name)
{
    const cm_input_part *part = &c->source->parts.part[CM_PART_MAIN];
    cm_json_screen screen;

    cm_json_check((const char *)part->bytes, (size_t)part->size, JSON_DEPTH, &screen);
    if (!screen.good)
        return cm_worker_fail(c->gdal.pipe, CASTMAP_E_INPUT, "the file is damaged or was cut off; export it again",
                              "not well-formed JSON: %s, at byte %zu", screen.fault, screen.offset + 1);
    if (screen.linked)
        return cm_worker_fail(c->gdal.pipe, CASTMAP_E_INPUT, "save it in WGS 84 longitude and latitude, without a \"crs\"",
                              "its coordinate system is a link, which is not followed");
    if (!knows_crs(&screen))
        return cm_worker_fail(c->gdal.pipe, CASTMAP_E_INPUT, "save it in WGS 84 longitude and latitude, without a \"crs\"",
                              "its coordinate system (\"crs\") has a name that is not known");
    if (strcmp(screen.type, "Topology") == 0) {
        RegisterOGRTopoJSON();
        c->gdal.format = *driver = "TopoJSON";
        *name = "/vsimem/in/layer.topojson";
    } else if (strcmp(screen.type, "FeatureCollection") == 0 || strcmp(screen.type, "Feature") == 0 ||
               strcmp(screen.type, c->lines ? "LineString" : "Polygon") == 0 || strcmp(screen.type, c->lines ? "MultiLineString" : "MultiPolygon") == 0) {
        RegisterOGRGeoJSON();
        c->gdal.format = *driver = "GeoJSON";
        *name = "/vsimem/in/layer.geojson";
    } else {
        char shown[40];
        cm_escape_display(screen.type, strlen(screen.type), shown, sizeof shown);
        return cm_worker_fail(c->gdal.pipe, CASTMAP_E_INPUT, c->lines ? "give GeoJSON with lines" : "give GeoJSON or TopoJSON with polygons",
                              "JSON, but neither GeoJSON nor TopoJSON with %s (type \"%s\")", c->lines ? "lines" : "polygons", shown);
    }
    return cm_gdal_place(&c->gdal, *name, part->bytes, (size_t)part->size);
}

/* The one Shapefile of a zip. */
static int open_zip(child *c, const char **driver, const char **name)
{
    cm_record_zip inside;

    if (cm_record_zip_open(c->gdal.pipe, c->gdal.parts, NULL, &inside) != 0)
        return -1;
    if (inside.kind != CM_ZIP_SHAPEFILE)
        return cm_worker_fail(c->gdal.pipe, CASTMAP_E_INPUT, "a zip should hold the files of one Shapefile", "the zip holds no Shapefile");
    if (cm_gdal_take_shapefile(&c->gdal, driver, name) != 0)
        return -1;
    c->gdal.format = "Shapefile in a zip";
    return 0;
}

static bool may_be_wanted(const child *c, OGRLayerH layer)
{
    const OGRwkbGeometryType type = wkbFlatten(OGR_L_GetGeomType(layer));

    if (type == wkbUnknown || is_wanted(c, type))
        return true;
    return !c->lines && (type == wkbCurvePolygon || type == wkbMultiSurface);
}

static int choose_layer(child *c)
{
    const char *wanted = c->source->parts.content == CM_CONTENT_OSM_PBF ? "lines" : c->source->options->layer;
    const int n = GDALDatasetGetLayerCount(c->gdal.dataset);
    int candidates = 0;

    if (n == 0)
        return cm_worker_fail(c->gdal.pipe, CASTMAP_E_INPUT, "", "the file holds no layer");
    if (n > MAX_LAYERS)
        return cm_worker_fail(c->gdal.pipe, CASTMAP_E_LIMIT, "", "the file holds more than %d layers", MAX_LAYERS);
    for (int i = 0; i < n; i++) {
        OGRLayerH layer = GDALDatasetGetLayer(c->gdal.dataset, i);
        if (wanted ? strcmp(OGR_L_GetName(layer), wanted) != 0 : !may_be_wanted(c, layer))
            continue;
        c->layer = layer;
        candidates++;
    }
    if (candidates == 1)
        return 0;
    if (wanted)
        return cm_gdal_fail_layers(&c->gdal, CASTMAP_E_NOT_FOUND, "the file has no layer of that name");
    return cm_gdal_fail_layers(&c->gdal, CASTMAP_E_INPUT, c->lines ? candidates ? "the file holds several layers that may be streets" : "no layer holds lines"
                                                              : candidates ? "the file holds several layers that may be areas" : "no layer holds polygons");
}

static void add_text(cm_text *frame, const char *text, size_t length)
{
    const uint32_t n = text ? (uint32_t)length : CM_NO_TEXT;

    cm_text_add_bytes(frame, &n, sizeof n);
    if (text)
        cm_text_add_bytes(frame, text, length);
}

static void add_string(cm_text *frame, const char *text)
{
    add_text(frame, text, text ? strlen(text) : 0);
}

static int send_layer(child *c)
{
    OGRFeatureDefnH form = OGR_L_GetLayerDefn(c->layer);
    OGRSpatialReferenceH srs = OGR_L_GetSpatialRef(c->layer);
    cm_text frame = CM_TEXT_INIT;
    char crs[64];
    int result;

    c->n_fields = OGR_FD_GetFieldCount(form);
    if (c->n_fields > (int)CM_MAX_FIELDS)
        return cm_worker_fail(c->gdal.pipe, CASTMAP_E_LIMIT, "", "the layer has %d columns; at most %u are read", c->n_fields,
                              CM_MAX_FIELDS);
    cm_gdal_name_crs(srs, crs, sizeof crs);
    add_string(&frame, c->gdal.format);
    add_string(&frame, OGR_L_GetName(c->layer));
    add_string(&frame, crs);
    add_string(&frame, srs ? OSRGetName(srs) : "");
    for (int i = 0; i < c->n_fields; i++)
        add_string(&frame, OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(form, i)));
    result = frame.failed ? cm_gdal_out_of_memory(&c->gdal) : cm_worker_send(c->gdal.pipe, CM_FRAME_LAYER, frame.bytes, frame.length);
    cm_text_clear(&frame);
    return result;
}

/* WKB of a polygon in `wkb`; or the words for what it is instead. */
static const char *take_shape(child *c, OGRGeometryH shape, unsigned char **wkb, size_t *length)
{
    OGRwkbGeometryType type;

    if (!shape || OGR_G_IsEmpty(shape))
        return "has no geometry";
    type = wkbFlatten(OGR_G_GetGeometryType(shape));
    if (type == wkbCurvePolygon || type == wkbMultiSurface)
        return "is drawn with curves, which are not read";
    if (!is_wanted(c, type))
        return c->lines ? "is not a line" : "is not a polygon";
    OGR_G_FlattenTo2D(shape);
    *length = (size_t)OGR_G_WkbSize(shape);
    if (*length / 16 > c->source->max_vertices)
        return "has too many vertices";
    *wkb = cm_alloc(*length, 1);
    if (!*wkb)
        return "does not fit into memory";
    if (OGR_G_ExportToIsoWkb(shape, wkbNDR, *wkb) != OGRERR_NONE)
        return "cannot be taken apart";
    return NULL;
}

static int send_feature(child *c, OGRFeatureH feature)
{
    unsigned char *wkb = NULL;
    size_t length = 0;
    cm_text frame = CM_TEXT_INIT;
    const char *problem = take_shape(c, OGR_F_GetGeometryRef(feature), &wkb, &length);
    int result;

    if (problem && strcmp(problem, "has too many vertices") == 0)
        return cm_worker_fail(c->gdal.pipe, CASTMAP_E_LIMIT, "simplify the layer first", "a feature has more than %zu vertices",
                              c->source->max_vertices);
    if (c->gdal.complaint[0])
        problem = c->gdal.complaint;
    add_string(&frame, problem);
    add_text(&frame, problem ? NULL : (const char *)wkb, length);
    for (int i = 0; i < c->n_fields; i++) {
        const char *value = OGR_F_IsFieldSetAndNotNull(feature, i) ? OGR_F_GetFieldAsString(feature, i) : NULL;
        if (value && cm_utf8_valid(value, strlen(value)) < strlen(value))
            value = NULL; /* the dbf's encoding is not the one it declares: no name is better than a wrong one */
        add_string(&frame, value);
    }
    if (frame.failed)
        result = cm_gdal_out_of_memory(&c->gdal);
    else if (cm_worker_send(c->gdal.pipe, CM_FRAME_FEATURE, frame.bytes, frame.length) != 0)
        result = cm_worker_fail(c->gdal.pipe, CASTMAP_E_LIMIT, "", "a feature is larger than 64 MB");
    else
        result = 0;
    free(wkb);
    cm_text_clear(&frame);
    return result;
}

/* Of an OpenStreetMap extract the layers come mixed, as they stand in the file. */
static OGRFeatureH next_feature(child *c)
{
    OGRFeatureH feature;
    OGRLayerH layer = NULL;

    if (c->source->parts.content != CM_CONTENT_OSM_PBF)
        return OGR_L_GetNextFeature(c->layer);
    while ((feature = GDALDatasetGetNextFeature(c->gdal.dataset, &layer, NULL, NULL, NULL)) != NULL &&
           (layer != c->layer || !OGR_F_IsFieldSetAndNotNull(feature, CM_OSM_HIGHWAY)))
        OGR_F_Destroy(feature);
    return feature;
}

static int send_features(child *c)
{
    OGRFeatureH feature;

    OGR_L_ResetReading(c->layer);
    for (;;) {
        int result;
        c->gdal.complaint[0] = '\0';
        feature = next_feature(c);
        if (!feature)
            break;
        result = send_feature(c, feature);
        OGR_F_Destroy(feature);
        if (result != 0)
            return result;
    }
    if (c->gdal.complaint[0])
        return cm_worker_fail(c->gdal.pipe, CASTMAP_E_INPUT, "", "reading stopped early: %s", c->gdal.complaint);
    return 0;
}

int cm_vector_child(cm_worker_pipe *pipe, void *payload)
{
    static const char *const GPKG_OPTIONS[] = {"LIST_ALL_TABLES=NO", NULL};
    cm_vector_source *source = payload;
    child c = {.gdal = {.pipe = pipe, .parts = &source->parts}, .source = source, .lines = source->options->lines};
    const char *driver = NULL, *name = NULL, *const *options = NULL;
    int result;

    if (cm_gdal_child_begin(&c.gdal) != 0)
        return -1;
    switch (source->parts.content) {
    case CM_CONTENT_JSON:
        result = open_json(&c, &driver, &name);
        break;
    case CM_CONTENT_SQLITE:
        result = cm_gdal_take_geopackage(&c.gdal, &driver, &name);
        options = GPKG_OPTIONS;
        break;
    case CM_CONTENT_SHAPEFILE:
        result = cm_gdal_take_shapefile(&c.gdal, &driver, &name);
        break;
    case CM_CONTENT_OSM_PBF:
        result = cm_osm_take(&c.gdal, &driver, &name, &options);
        break;
    default: /* the parent lets nothing else through */
        result = open_zip(&c, &driver, &name);
        break;
    }
    if (result != 0 || cm_gdal_open(&c.gdal, driver, name, options) != 0 || choose_layer(&c) != 0 || send_layer(&c) != 0)
        return -1;
    return send_features(&c); /* nothing is closed: the process ends here */
}
