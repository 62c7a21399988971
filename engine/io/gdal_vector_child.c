/*
 * io/gdal_vector_child.c - the child's half of reading a vector file: screen, open from memory, send features.
 *
 * Runs in the worker process only, so GDAL may crash or run out of memory here. Exactly one driver is registered, and it is given a name under /vsimem that we chose
 * ourselves. Whatever GDAL warns of while it reads a feature is sent along as that feature's problem.
 */
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "io/geopackage_screen.h"
#include "io/json_screen.h"
#include "io/vector_source.h"
#include "io/zip_entries.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define JSON_DEPTH 128u
#define MAX_LAYERS 1000

/* Exported by GDAL; its header for them is C++ only. */
extern void RegisterOGRGeoJSON(void);
extern void RegisterOGRTopoJSON(void);
extern void RegisterOGRGeoPackage(void);
extern void RegisterOGRShape(void);

typedef struct child {
    cm_worker_pipe   *pipe;
    cm_vector_source *source;
    const char       *format; /* as people call it */
    GDALDatasetH      dataset;
    OGRLayerH         layer;
    int               n_fields;
    char              complaint[256]; /* of GDAL, since it was last emptied */
} child;

static void CPL_STDCALL note_complaint(CPLErr kind, CPLErrorNum number, const char *text)
{
    child *c = CPLGetErrorHandlerUserData();

    (void)number;
    if (kind >= CE_Warning && c->complaint[0] == '\0')
        snprintf(c->complaint, sizeof c->complaint, "%s", text);
}

static int out_of_memory(child *c)
{
    return cm_worker_fail(c->pipe, CASTMAP_E_NOMEM, "", "out of memory");
}

static int map_part(child *c, cm_source_part *part)
{
    if (part->fd < 0)
        return 0;
    if (part->size == 0)
        return cm_worker_fail(c->pipe, CASTMAP_E_INPUT, "", "one of the Shapefile's files is empty");
    part->bytes = mmap(NULL, (size_t)part->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, part->fd, 0);
    if (part->bytes == MAP_FAILED)
        return out_of_memory(c);
    return 0;
}

static int place(child *c, const char *name, unsigned char *bytes, size_t length)
{
    VSILFILE *file = VSIFileFromMemBuffer(name, bytes, (vsi_l_offset)length, FALSE);

    if (!file)
        return out_of_memory(c);
    VSIFCloseL(file);
    return 0;
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
    const cm_source_part *part = &c->source->part[CM_PART_MAIN];
    cm_json_screen screen;

    cm_json_check((const char *)part->bytes, (size_t)part->size, JSON_DEPTH, &screen);
    if (!screen.good)
        return cm_worker_fail(c->pipe, CASTMAP_E_INPUT, "the file is damaged or was cut off; export it again",
                              "not well-formed JSON: %s, at byte %zu", screen.fault, screen.offset + 1);
    if (screen.linked)
        return cm_worker_fail(c->pipe, CASTMAP_E_INPUT, "save it in WGS 84 longitude and latitude, without a \"crs\"",
                              "its coordinate system is a link, which is not followed");
    if (!knows_crs(&screen))
        return cm_worker_fail(c->pipe, CASTMAP_E_INPUT, "save it in WGS 84 longitude and latitude, without a \"crs\"",
                              "its coordinate system (\"crs\") has a name that is not known");
    if (strcmp(screen.type, "Topology") == 0) {
        RegisterOGRTopoJSON();
        c->format = *driver = "TopoJSON";
        *name = "/vsimem/in/boundaries.topojson";
    } else if (strcmp(screen.type, "FeatureCollection") == 0 || strcmp(screen.type, "Feature") == 0 ||
               strcmp(screen.type, "Polygon") == 0 || strcmp(screen.type, "MultiPolygon") == 0) {
        RegisterOGRGeoJSON();
        c->format = *driver = "GeoJSON";
        *name = "/vsimem/in/boundaries.geojson";
    } else {
        char shown[40];
        cm_escape_display(screen.type, strlen(screen.type), shown, sizeof shown);
        return cm_worker_fail(c->pipe, CASTMAP_E_INPUT, "give GeoJSON or TopoJSON with polygons",
                              "JSON, but neither GeoJSON nor TopoJSON with polygons (type \"%s\")", shown);
    }
    return place(c, *name, part->bytes, (size_t)part->size);
}

static int open_geopackage(child *c, const char **driver, const char **name)
{
    const cm_source_part *part = &c->source->part[CM_PART_MAIN];
    char fault[256];
    const castmap_status status = cm_geopackage_screen(part->bytes, (size_t)part->size, fault, sizeof fault);

    if (status)
        return cm_worker_fail(c->pipe, status, "ask for the boundaries as GeoJSON, or as a GeoPackage with plain tables only", "%s",
                              fault);
    RegisterOGRGeoPackage();
    *driver = "GPKG";
    c->format = "GeoPackage";
    *name = "/vsimem/in/boundaries.gpkg";
    return place(c, *name, part->bytes, (size_t)part->size);
}

static const char *const PLACES[CM_PARTS] = {"/vsimem/in/boundaries.shp", "/vsimem/in/boundaries.shx", "/vsimem/in/boundaries.dbf",
                                             "/vsimem/in/boundaries.prj", "/vsimem/in/boundaries.cpg"};
static const char *const ENDS[CM_PARTS] = {".shp", ".shx", ".dbf", ".prj", ".cpg"};

static int open_shapefile(child *c, const char **driver, const char **name)
{
    for (int i = 0; i < CM_PARTS; i++)
        if (c->source->part[i].bytes && place(c, PLACES[i], c->source->part[i].bytes, (size_t)c->source->part[i].size) != 0)
            return -1;
    RegisterOGRShape();
    *driver = "ESRI Shapefile";
    c->format = "Shapefile";
    *name = PLACES[CM_PART_MAIN];
    return 0;
}

static bool ends_with(const char *name, const char *end)
{
    const size_t n = strlen(name), m = strlen(end);

    return n > m && strcasecmp(name + n - m, end) == 0;
}

/* The one .shp of a zip, and the entries that share its name. */
static int open_zip(child *c, const char **driver, const char **name)
{
    cm_source_part *part = c->source->part;
    cm_zip zip;
    size_t shp = SIZE_MAX, found = 0;
    castmap_status status = cm_zip_open(part[CM_PART_MAIN].bytes, (size_t)part[CM_PART_MAIN].size, &zip);

    if (status)
        return cm_worker_fail(c->pipe, status, "", "%s", zip.fault[0] ? zip.fault : "out of memory");
    for (size_t i = 0; i < zip.count; i++) {
        if (ends_with(zip.entry[i].name, ".shp") && strncmp(zip.entry[i].name, "__MACOSX/", 9) != 0) {
            shp = i;
            found++;
        }
    }
    if (found != 1)
        return cm_worker_fail(c->pipe, CASTMAP_E_INPUT, "a zip should hold the files of one Shapefile",
                              found ? "the zip holds %zu Shapefiles" : "the zip holds no Shapefile", found);
    const size_t stem = strlen(zip.entry[shp].name) - 4;
    part[CM_PART_MAIN].bytes = NULL;
    for (size_t i = 0; i < zip.count; i++) {
        for (int k = 0; k < CM_PARTS; k++) {
            size_t length;
            if (strlen(zip.entry[i].name) != stem + 4 || strncmp(zip.entry[i].name, zip.entry[shp].name, stem) != 0 ||
                strcasecmp(zip.entry[i].name + stem, ENDS[k]) != 0)
                continue;
            status = cm_zip_unpack(&zip, i, &part[k].bytes, &length);
            if (status)
                return cm_worker_fail(c->pipe, status, "", "%s", zip.fault[0] ? zip.fault : "out of memory");
            part[k].size = length;
        }
    }
    if (!part[CM_PART_SHX].bytes || !part[CM_PART_DBF].bytes)
        return cm_worker_fail(c->pipe, CASTMAP_E_INPUT, "put .shp, .shx, .dbf and .prj into the zip",
                              "the Shapefile in the zip lacks its %s file", part[CM_PART_SHX].bytes ? ".dbf" : ".shx");
    if (open_shapefile(c, driver, name) != 0)
        return -1;
    c->format = "Shapefile in a zip";
    return 0; /* the zip's memory lives as long as this process */
}

/* .shx and .dbf each count the records; they must agree before GDAL pairs them up. */
static int check_shapefile(child *c)
{
    const cm_source_part *shx = &c->source->part[CM_PART_SHX], *dbf = &c->source->part[CM_PART_DBF];

    if (!shx->bytes || !dbf->bytes)
        return 0;
    if (shx->size < 100 || dbf->size < 32)
        return cm_worker_fail(c->pipe, CASTMAP_E_INPUT, "", "the Shapefile is cut off");
    const uint64_t shapes = (shx->size - 100) / 8;
    const uint64_t rows = (uint64_t)dbf->bytes[4] | (uint64_t)dbf->bytes[5] << 8 | (uint64_t)dbf->bytes[6] << 16 | (uint64_t)dbf->bytes[7] << 24;
    if (shapes != rows)
        return cm_worker_fail(c->pipe, CASTMAP_E_INPUT, "copy all files of the Shapefile again, from one place",
                              "the Shapefile has %llu shapes but %llu rows of attributes", (unsigned long long)shapes,
                              (unsigned long long)rows);
    return 0;
}

static bool may_be_polygons(OGRLayerH layer)
{
    const OGRwkbGeometryType type = wkbFlatten(OGR_L_GetGeomType(layer));

    return type == wkbPolygon || type == wkbMultiPolygon || type == wkbUnknown || type == wkbCurvePolygon ||
           type == wkbMultiSurface;
}

static int fail_layers(child *c, castmap_status status, const char *what)
{
    char list[400] = "";
    const int n = GDALDatasetGetLayerCount(c->dataset);

    for (int i = 0; i < n && i < 20; i++) {
        const size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", OGR_L_GetName(GDALDatasetGetLayer(c->dataset, i)));
    }
    char hint[460];
    snprintf(hint, sizeof hint, "choose one with --layer: %s", list);
    return cm_worker_fail(c->pipe, status, hint, "%s", what);
}

static int choose_layer(child *c)
{
    const char *wanted = c->source->options->layer;
    const int n = GDALDatasetGetLayerCount(c->dataset);
    int candidates = 0;

    if (n == 0)
        return cm_worker_fail(c->pipe, CASTMAP_E_INPUT, "", "the file holds no layer");
    if (n > MAX_LAYERS)
        return cm_worker_fail(c->pipe, CASTMAP_E_LIMIT, "", "the file holds more than %d layers", MAX_LAYERS);
    for (int i = 0; i < n; i++) {
        OGRLayerH layer = GDALDatasetGetLayer(c->dataset, i);
        if (wanted ? strcmp(OGR_L_GetName(layer), wanted) != 0 : !may_be_polygons(layer))
            continue;
        c->layer = layer;
        candidates++;
    }
    if (candidates == 1)
        return 0;
    if (wanted)
        return fail_layers(c, CASTMAP_E_NOT_FOUND, "the file has no layer of that name");
    return fail_layers(c, CASTMAP_E_INPUT, candidates ? "the file holds several layers that may be areas" : "no layer holds polygons");
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

/* The code of the layer's reference system: as declared, else by what PROJ recognises in an ESRI .prj. */
static void name_crs(OGRSpatialReferenceH srs, char *code, size_t size)
{
    const char *authority = srs ? OSRGetAuthorityName(srs, NULL) : NULL, *number = srs ? OSRGetAuthorityCode(srs, NULL) : NULL;
    int n = 0, *confidence = NULL;

    if (!srs) {
        code[0] = '\0';
        return;
    }
    snprintf(code, size, "?");
    if (authority && number) {
        snprintf(code, size, "%s:%s", authority, number);
        return;
    }
    OGRSpatialReferenceH *matches = OSRFindMatches(srs, NULL, &n, &confidence);
    if (n > 0 && confidence[0] >= 70) {
        authority = OSRGetAuthorityName(matches[0], NULL);
        number = OSRGetAuthorityCode(matches[0], NULL);
        if (authority && number && strcmp(authority, "EPSG") == 0)
            snprintf(code, size, "EPSG:%s", number);
    }
    OSRFreeSRSArray(matches);
    CPLFree(confidence);
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
        return cm_worker_fail(c->pipe, CASTMAP_E_LIMIT, "", "the layer has %d columns; at most %u are read", c->n_fields,
                              CM_MAX_FIELDS);
    name_crs(srs, crs, sizeof crs);
    add_string(&frame, c->format);
    add_string(&frame, OGR_L_GetName(c->layer));
    add_string(&frame, crs);
    add_string(&frame, srs ? OSRGetName(srs) : "");
    for (int i = 0; i < c->n_fields; i++)
        add_string(&frame, OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(form, i)));
    result = frame.failed ? out_of_memory(c) : cm_worker_send(c->pipe, CM_FRAME_LAYER, frame.bytes, frame.length);
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
    if (type != wkbPolygon && type != wkbMultiPolygon)
        return "is not a polygon";
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
        return cm_worker_fail(c->pipe, CASTMAP_E_LIMIT, "simplify the boundaries first", "a feature has more than %zu vertices",
                              c->source->max_vertices);
    if (c->complaint[0])
        problem = c->complaint;
    add_string(&frame, problem);
    add_text(&frame, problem ? NULL : (const char *)wkb, length);
    for (int i = 0; i < c->n_fields; i++) {
        const char *value = OGR_F_IsFieldSetAndNotNull(feature, i) ? OGR_F_GetFieldAsString(feature, i) : NULL;
        if (value && cm_utf8_valid(value, strlen(value)) < strlen(value))
            value = NULL; /* the dbf's encoding is not the one it declares: no name is better than a wrong one */
        add_string(&frame, value);
    }
    if (frame.failed)
        result = out_of_memory(c);
    else if (cm_worker_send(c->pipe, CM_FRAME_FEATURE, frame.bytes, frame.length) != 0)
        result = cm_worker_fail(c->pipe, CASTMAP_E_LIMIT, "", "a feature is larger than 64 MB");
    else
        result = 0;
    free(wkb);
    cm_text_clear(&frame);
    return result;
}

static int send_features(child *c)
{
    OGRFeatureH feature;

    OGR_L_ResetReading(c->layer);
    for (;;) {
        int result;
        c->complaint[0] = '\0';
        feature = OGR_L_GetNextFeature(c->layer);
        if (!feature)
            break;
        result = send_feature(c, feature);
        OGR_F_Destroy(feature);
        if (result != 0)
            return result;
    }
    if (c->complaint[0])
        return cm_worker_fail(c->pipe, CASTMAP_E_INPUT, "", "reading stopped early: %s", c->complaint);
    return 0;
}

static void configure(void)
{
    static const char *const SETTINGS[][2] = {
        {"GDAL_DRIVER_PATH", "disable"},        {"CPL_VSIL_CURL_ALLOWED_EXTENSIONS", ".none"}, {"GDAL_HTTP_TIMEOUT", "1"},
        {"OGR_SQLITE_LIST_VIRTUAL_OGR", "NO"},  {"OGR_GEOJSON_MAX_OBJ_SIZE", "200"},           {"SHAPE_RESTORE_SHX", "NO"},
        {"OGR_ORGANIZE_POLYGONS", "DEFAULT"},   {"GDAL_PAM_ENABLED", "NO"},                    {"PROJ_NETWORK", "OFF"},
        {"GDAL_DISABLE_READDIR_ON_OPEN", "EMPTY_DIR"}, {"GDAL_CONFIG_FILE", "/dev/null"},
    };

    for (size_t i = 0; i < sizeof SETTINGS / sizeof *SETTINGS; i++)
        CPLSetConfigOption(SETTINGS[i][0], SETTINGS[i][1]);
}

int cm_vector_child(cm_worker_pipe *pipe, void *payload)
{
    child c = {.pipe = pipe, .source = payload};
    const char *driver = NULL, *name = NULL;
    int result = 0;

    configure();
    CPLPushErrorHandlerEx(note_complaint, &c);
    for (int i = 0; i < CM_PARTS; i++)
        if (map_part(&c, &c.source->part[i]) != 0)
            return -1;
    switch (c.source->form) {
    case CM_FORM_JSON:
        result = open_json(&c, &driver, &name);
        break;
    case CM_FORM_GEOPACKAGE:
        result = open_geopackage(&c, &driver, &name);
        break;
    case CM_FORM_SHAPEFILE:
        result = open_shapefile(&c, &driver, &name);
        break;
    case CM_FORM_ZIP:
        result = open_zip(&c, &driver, &name);
        break;
    }
    if (result != 0 || check_shapefile(&c) != 0)
        return -1;
    const char *const allowed[] = {driver, NULL};
    static const char *const GPKG_OPTIONS[] = {"LIST_ALL_TABLES=NO", NULL};
    c.dataset = GDALOpenEx(name, GDAL_OF_VECTOR | GDAL_OF_READONLY, allowed, c.source->form == CM_FORM_GEOPACKAGE ? GPKG_OPTIONS : NULL,
                           NULL);
    if (!c.dataset)
        return cm_worker_fail(pipe, CASTMAP_E_INPUT, "the file is damaged; export it again", "cannot be read as %s: %s", c.format,
                              c.complaint[0] ? c.complaint : "no reason given");
    if (choose_layer(&c) != 0 || send_layer(&c) != 0)
        return -1;
    return send_features(&c); /* nothing is closed: the process ends here */
}
