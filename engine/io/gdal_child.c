/*
 * io/gdal_child.c - settings that shut GDAL in, the screens before it, and its layers named for people.
 */
#include "io/gdal_child.h"

#include "io/geopackage_screen.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

/* Exported by GDAL; its header for them is C++ only. */
extern void RegisterOGRGeoPackage(void);
extern void RegisterOGRShape(void);

static void CPL_STDCALL note_complaint(CPLErr kind, CPLErrorNum number, const char *text)
{
    cm_gdal_child *c = CPLGetErrorHandlerUserData();

    (void)number;
    if (kind >= CE_Warning && c->complaint[0] == '\0')
        snprintf(c->complaint, sizeof c->complaint, "%s", text);
}

int cm_gdal_out_of_memory(cm_gdal_child *c)
{
    return cm_worker_fail(c->pipe, CASTMAP_E_NOMEM, "", "out of memory");
}

static int map_part(cm_gdal_child *c, cm_input_part *part)
{
    if (part->fd < 0)
        return 0;
    if (part->size == 0)
        return cm_worker_fail(c->pipe, CASTMAP_E_INPUT, "", "one of the Shapefile's files is empty");
    part->bytes = mmap(NULL, (size_t)part->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, part->fd, 0);
    if (part->bytes == MAP_FAILED)
        return cm_gdal_out_of_memory(c);
    return 0;
}

int cm_gdal_place(cm_gdal_child *c, const char *name, unsigned char *bytes, size_t length)
{
    VSILFILE *file = VSIFileFromMemBuffer(name, bytes, (vsi_l_offset)length, FALSE);

    if (!file)
        return cm_gdal_out_of_memory(c);
    VSIFCloseL(file);
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

int cm_gdal_child_begin(cm_gdal_child *c)
{
    configure();
    CPLPushErrorHandlerEx(note_complaint, c);
    for (int i = 0; i < CM_PARTS; i++)
        if (map_part(c, &c->parts->part[i]) != 0)
            return -1;
    return 0;
}

int cm_gdal_open(cm_gdal_child *c, const char *driver, const char *name, const char *const *options)
{
    const char *const allowed[] = {driver, NULL};

    c->dataset = GDALOpenEx(name, GDAL_OF_VECTOR | GDAL_OF_READONLY, allowed, options, NULL);
    if (c->dataset)
        return 0;
    return cm_worker_fail(c->pipe, CASTMAP_E_INPUT, "the file is damaged; export it again", "cannot be read as %s: %s", c->format,
                          c->complaint[0] ? c->complaint : "no reason given");
}

int cm_gdal_take_geopackage(cm_gdal_child *c, const char **driver, const char **name)
{
    const cm_input_part *part = &c->parts->part[CM_PART_MAIN];
    char fault[256];
    const castmap_status status = cm_geopackage_screen(part->bytes, (size_t)part->size, fault, sizeof fault);

    if (status)
        return cm_worker_fail(c->pipe, status, "ask for it as GeoJSON, or as a GeoPackage with plain tables only", "%s",
                              fault);
    RegisterOGRGeoPackage();
    *driver = "GPKG";
    c->format = "GeoPackage";
    *name = "/vsimem/in/layer.gpkg";
    return cm_gdal_place(c, *name, part->bytes, (size_t)part->size);
}

static const char *const PLACES[CM_PARTS] = {"/vsimem/in/layer.shp", "/vsimem/in/layer.shx", "/vsimem/in/layer.dbf",
                                             "/vsimem/in/layer.prj", "/vsimem/in/layer.cpg"};
/* .shx and .dbf each count the records; they must agree before GDAL pairs them up. */
static int check_shapefile(cm_gdal_child *c)
{
    const cm_input_part *shx = &c->parts->part[CM_PART_SHX], *dbf = &c->parts->part[CM_PART_DBF];

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

int cm_gdal_take_shapefile(cm_gdal_child *c, const char **driver, const char **name)
{
    if (check_shapefile(c) != 0)
        return -1;
    for (int i = 0; i < CM_PARTS; i++)
        if (c->parts->part[i].bytes && cm_gdal_place(c, PLACES[i], c->parts->part[i].bytes, (size_t)c->parts->part[i].size) != 0)
            return -1;
    RegisterOGRShape();
    *driver = "ESRI Shapefile";
    c->format = "Shapefile";
    *name = PLACES[CM_PART_MAIN];
    return 0;
}

int cm_gdal_fail_layers(cm_gdal_child *c, castmap_status status, const char *what)
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

void cm_gdal_name_crs(OGRSpatialReferenceH srs, char *code, size_t size)
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
        if (authority && number && (strcmp(authority, "EPSG") == 0 || strcmp(authority, "ESRI") == 0))
            snprintf(code, size, "%s:%s", authority, number);
    }
    OSRFreeSRSArray(matches);
    CPLFree(confidence);
}
