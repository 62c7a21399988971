/*
 * io/gdal_geopackage.c - a GeoPackage of our layers.
 *
 * Each call into GDAL stands between cm_gdal_errors_begin and _end, so the date it writes is the one that was asked for and nothing leaks into other work. All
 * features of the file are one transaction. layer_styles is the table in which QGIS looks for a layer's default style; its columns are those QGIS makes.
 */
#include "io/gdal_geopackage.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/text.h"
#include "io/gdal_errors.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <gdal.h>
#include <inttypes.h>
#include <math.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void RegisterOGRGeoPackage(void); /* its header is C++ only */

struct cm_geopackage {
    char          *path, *changed_at; /* owned */
    GDALDatasetH   dataset;           /* owned */
    OGRLayerH      layer;             /* the present one; borrowed */
    OGRLayerH      styles;            /* layer_styles, once made; borrowed */
    cm_package_type *kind;              /* owned [n_fields] of the present layer */
    size_t         n_fields;
    bool           has_data_columns;  /* the table of titles and descriptions is made */
};

static void free_handle(cm_geopackage *p)
{
    free(p->path);
    free(p->changed_at);
    free(p->kind);
    free(p);
}

static castmap_status fail(castmap_context *ctx, const cm_geopackage *p, const cm_gdal_errors *errors)
{
    return cm_gdal_errors_fail(ctx, errors, CASTMAP_E_IO, "cannot write the GeoPackage", p->path);
}

castmap_status cm_geopackage_create(castmap_context *ctx, const char *path, const char *changed_at, cm_geopackage **out)
{
    static const char *const OPTIONS[] = {"VERSION=1.3", "DATETIME_FORMAT=UTC", "ADD_GPKG_OGR_CONTENTS=YES", NULL};
    cm_gdal_errors errors;
    cm_geopackage *p;
    GDALDriverH driver;
    castmap_status status = CASTMAP_OK;

    if (access(path, F_OK) == 0)
        return cm_fail(ctx, CASTMAP_E_EXISTS, "the GeoPackage exists already");
    p = cm_alloc_zero(1, sizeof *p);
    if (!p)
        return cm_fail_memory(ctx);
    p->path = cm_copy_text(path);
    p->changed_at = cm_copy_text(changed_at);
    if (!p->path || !p->changed_at) {
        free_handle(p);
        return cm_fail_memory(ctx);
    }
    cm_gdal_errors_begin(&errors, p->changed_at);
    RegisterOGRGeoPackage();
    driver = GDALGetDriverByName("GPKG");
    if (driver) {
        char **options = NULL;
        for (size_t i = 0; OPTIONS[i]; i++)
            options = CSLAddString(options, OPTIONS[i]);
        p->dataset = GDALCreate(driver, path, 0, 0, 0, GDT_Unknown, options);
        CSLDestroy(options);
    }
    if (!p->dataset)
        status = driver ? fail(ctx, p, &errors) : cm_fail(ctx, CASTMAP_E_UNSUPPORTED, "this GDAL was built without GeoPackage");
    else if (GDALDatasetStartTransaction(p->dataset, FALSE) != OGRERR_NONE)
        status = fail(ctx, p, &errors);
    cm_gdal_errors_end(&errors);
    if (status)
        cm_geopackage_abandon(p);
    else
        *out = p;
    return status;
}

static OGRwkbGeometryType geometry_type(cm_package_shape kind)
{
    switch (kind) {
    case CM_PACKAGE_POINT:
        return wkbPoint;
    case CM_PACKAGE_LINE:
        return wkbLineString;
    case CM_PACKAGE_MULTILINE:
        return wkbMultiLineString;
    case CM_PACKAGE_POLYGON:
        return wkbPolygon;
    case CM_PACKAGE_MULTIPOLYGON:
        return wkbMultiPolygon;
    case CM_PACKAGE_NONE:
        break;
    }
    return wkbNone;
}

static bool add_field(OGRLayerH layer, const cm_package_field *field)
{
    static const OGRFieldType TYPES[] = {[CM_PACKAGE_TEXT] = OFTString,
                                         [CM_PACKAGE_INTEGER] = OFTInteger64,
                                         [CM_PACKAGE_REAL] = OFTReal,
                                         [CM_PACKAGE_DATE] = OFTDate,
                                         [CM_PACKAGE_DATETIME] = OFTDateTime};
    OGRFieldDefnH form = OGR_Fld_Create(field->name, TYPES[field->kind]);
    bool good;

    if (!form)
        return false;
    good = OGR_L_CreateField(layer, form, FALSE) == OGRERR_NONE;
    OGR_Fld_Destroy(form);
    return good;
}

static bool execute(cm_geopackage *p, const char *sql)
{
    OGRLayerH result;

    CPLErrorReset();
    result = GDALDatasetExecuteSQL(p->dataset, sql, NULL, NULL);
    if (result)
        GDALDatasetReleaseResultSet(p->dataset, result);
    return CPLGetLastErrorType() < CE_Failure;
}

/* The schema extension of the format (OGC 12-128r18, annex F.9), which GDAL 3.6 reads but does not write. */
static bool make_data_columns(cm_geopackage *p)
{
    static const char *const STATEMENTS[] = {
        "CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, "
        "mime_type TEXT, constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), "
        "CONSTRAINT gdc_tn UNIQUE (table_name, name))",
        "CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, "
        "min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT, "
        "CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))",
        "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, "
        "scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))",
        "INSERT INTO gpkg_extensions VALUES ('gpkg_data_columns', NULL, 'gpkg_schema', "
        "'http://www.geopackage.org/spec/#extension_schema', 'read-write')",
        "INSERT INTO gpkg_extensions VALUES ('gpkg_data_column_constraints', NULL, 'gpkg_schema', "
        "'http://www.geopackage.org/spec/#extension_schema', 'read-write')",
    };
    bool good = true;

    for (size_t i = 0; good && i < sizeof STATEMENTS / sizeof *STATEMENTS; i++)
        good = execute(p, STATEMENTS[i]);
    p->has_data_columns = good;
    return good;
}

static bool describe_field(cm_geopackage *p, const char *layer, const cm_package_field *field)
{
    const char *texts[] = {layer, field->name, field->title ? field->title : field->name, field->description ? field->description : ""};
    cm_text sql = CM_TEXT_INIT;
    bool good;

    if (!field->title && !field->description)
        return true;
    if (!p->has_data_columns && !make_data_columns(p))
        return false;
    cm_text_add(&sql, "INSERT INTO gpkg_data_columns (table_name, column_name, title, description) VALUES (");
    for (int i = 0; i < 4; i++) {
        char *escaped = CPLEscapeString(texts[i], -1, CPLES_SQL);
        cm_text_addf(&sql, "%s'%s'", i ? ", " : "", escaped);
        CPLFree(escaped);
    }
    cm_text_add(&sql, ")");
    good = !sql.failed && execute(p, sql.bytes);
    cm_text_clear(&sql);
    return good;
}

static bool make_layer(cm_geopackage *p, const cm_layer_form *form)
{
    OGRSpatialReferenceH wgs84 = OSRNewSpatialReference(NULL);
    char **options = NULL;
    bool good = wgs84 && OSRImportFromEPSG(wgs84, 4326) == OGRERR_NONE, described = true;

    if (wgs84)
        OSRSetAxisMappingStrategy(wgs84, OAMS_TRADITIONAL_GIS_ORDER);
    options = CSLSetNameValue(options, "IDENTIFIER", form->title ? form->title : form->name);
    options = CSLSetNameValue(options, "DESCRIPTION", form->description ? form->description : "");
    options = CSLSetNameValue(options, "SPATIAL_INDEX", form->kind == CM_PACKAGE_NONE ? "NO" : "YES");
    p->layer = good ? GDALDatasetCreateLayer(p->dataset, form->name, form->kind == CM_PACKAGE_NONE ? NULL : wgs84,
                                             geometry_type(form->kind), options)
                    : NULL;
    good = p->layer != NULL;
    for (size_t i = 0; good && i < form->n_fields; i++)
        good = add_field(p->layer, &form->field[i]);
    good = good && OGR_L_SyncToDisk(p->layer) == OGRERR_NONE; /* GDAL makes the tables only when it must */
    for (size_t i = 0; good && i < form->n_fields; i++)
        described = described && describe_field(p, form->name, &form->field[i]);
    CSLDestroy(options);
    OSRDestroySpatialReference(wgs84);
    return good && described;
}

castmap_status cm_geopackage_layer(castmap_context *ctx, cm_geopackage *p, const cm_layer_form *form)
{
    cm_gdal_errors errors;
    cm_package_type *kind = cm_alloc(form->n_fields, sizeof *kind);
    castmap_status status = CASTMAP_OK;

    if (!kind)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < form->n_fields; i++)
        kind[i] = form->field[i].kind;
    free(p->kind);
    p->kind = kind;
    p->n_fields = form->n_fields;
    cm_gdal_errors_begin(&errors, p->changed_at);
    if (!make_layer(p, form))
        status = fail(ctx, p, &errors);
    cm_gdal_errors_end(&errors);
    return status;
}

/* "YYYY-MM-DD" with or without "THH:MM:SSZ". */
static bool set_date(OGRFeatureH feature, int i, const char *text, bool with_time)
{
    int year, month, day, hour = 0, minute = 0, second = 0;

    if (sscanf(text, "%4d-%2d-%2d", &year, &month, &day) != 3)
        return false;
    if (with_time && sscanf(text, "%*4d-%*2d-%*2dT%2d:%2d:%2d", &hour, &minute, &second) != 3)
        return false;
    OGR_F_SetFieldDateTime(feature, i, year, month, day, hour, minute, second, with_time ? 100 /* UTC */ : 0);
    return true;
}

static bool set_value(OGRFeatureH feature, int i, cm_package_type kind, const cm_value *value)
{
    if (!value->set || (kind == CM_PACKAGE_REAL && !isfinite(value->real)) ||
        (kind != CM_PACKAGE_REAL && kind != CM_PACKAGE_INTEGER && !value->text)) {
        OGR_F_SetFieldNull(feature, i);
        return true;
    }
    switch (kind) {
    case CM_PACKAGE_TEXT:
        OGR_F_SetFieldString(feature, i, value->text);
        return true;
    case CM_PACKAGE_INTEGER:
        OGR_F_SetFieldInteger64(feature, i, value->integer);
        return true;
    case CM_PACKAGE_REAL:
        OGR_F_SetFieldDouble(feature, i, value->real);
        return true;
    case CM_PACKAGE_DATE:
        return set_date(feature, i, value->text, false);
    case CM_PACKAGE_DATETIME:
        return set_date(feature, i, value->text, true);
    }
    return false;
}

castmap_status cm_geopackage_add(castmap_context *ctx, cm_geopackage *p, const unsigned char *wkb, size_t wkb_length,
                                 const cm_value *value)
{
    cm_gdal_errors errors;
    OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(p->layer));
    OGRGeometryH shape = NULL;
    bool good = feature != NULL;
    castmap_status status = CASTMAP_OK;

    cm_gdal_errors_begin(&errors, p->changed_at);
    for (size_t i = 0; good && i < p->n_fields; i++)
        good = set_value(feature, (int)i, p->kind[i], &value[i]);
    if (good && wkb)
        good = OGR_G_CreateFromWkb(wkb, NULL, &shape, (int)wkb_length) == OGRERR_NONE &&
               OGR_F_SetGeometryDirectly(feature, shape) == OGRERR_NONE;
    if (!good || OGR_L_CreateFeature(p->layer, feature) != OGRERR_NONE)
        status = fail(ctx, p, &errors);
    cm_gdal_errors_end(&errors);
    if (feature)
        OGR_F_Destroy(feature);
    return status;
}

static bool make_styles(cm_geopackage *p)
{
    static const char *const NAMES[] = {"f_table_catalog", "f_table_schema", "f_table_name", "f_geometry_column", "styleName",
                                        "styleQML",        "styleSLD",       "useAsDefault", "description",       "owner",
                                        "ui",              "update_time"};
    char **options = CSLSetNameValue(NULL, "FID", "id");
    bool good;

    options = CSLSetNameValue(options, "ASPATIAL_VARIANT", "GPKG_ATTRIBUTES");
    p->styles = GDALDatasetCreateLayer(p->dataset, "layer_styles", NULL, wkbNone, options);
    CSLDestroy(options);
    good = p->styles != NULL;
    for (size_t i = 0; good && i < sizeof NAMES / sizeof *NAMES; i++) {
        const bool flag = strcmp(NAMES[i], "useAsDefault") == 0, time = strcmp(NAMES[i], "update_time") == 0;
        OGRFieldDefnH form = OGR_Fld_Create(NAMES[i], flag ? OFTInteger : time ? OFTDateTime : OFTString);
        if (flag)
            OGR_Fld_SetSubType(form, OFSTBoolean);
        good = OGR_L_CreateField(p->styles, form, FALSE) == OGRERR_NONE;
        OGR_Fld_Destroy(form);
    }
    return good;
}

castmap_status cm_geopackage_style(castmap_context *ctx, cm_geopackage *p, const char *layer, const char *style_name,
                                   const char *description, const char *qml, const char *sld)
{
    cm_gdal_errors errors;
    OGRFeatureH row = NULL;
    OGRLayerH target;
    bool good;
    castmap_status status = CASTMAP_OK;

    cm_gdal_errors_begin(&errors, p->changed_at);
    target = GDALDatasetGetLayerByName(p->dataset, layer);
    good = target && (p->styles || make_styles(p));
    if (good) {
        row = OGR_F_Create(OGR_L_GetLayerDefn(p->styles));
        good = row != NULL;
    }
    if (good) {
        OGR_F_SetFieldString(row, 0, "");
        OGR_F_SetFieldString(row, 1, "");
        OGR_F_SetFieldString(row, 2, layer);
        OGR_F_SetFieldString(row, 3, OGR_L_GetGeometryColumn(target));
        OGR_F_SetFieldString(row, 4, style_name);
        OGR_F_SetFieldString(row, 5, qml ? qml : "");
        OGR_F_SetFieldString(row, 6, sld ? sld : "");
        OGR_F_SetFieldInteger(row, 7, 1);
        OGR_F_SetFieldString(row, 8, description ? description : "");
        OGR_F_SetFieldString(row, 9, "");
        OGR_F_SetFieldString(row, 10, "");
        good = set_date(row, 11, p->changed_at, true) && OGR_L_CreateFeature(p->styles, row) == OGRERR_NONE;
    }
    if (!good)
        status = fail(ctx, p, &errors);
    cm_gdal_errors_end(&errors);
    if (row)
        OGR_F_Destroy(row);
    return status;
}

castmap_status cm_geopackage_close(castmap_context *ctx, cm_geopackage *p)
{
    cm_gdal_errors errors;
    castmap_status status = CASTMAP_OK;

    cm_gdal_errors_begin(&errors, p->changed_at);
    if (GDALDatasetCommitTransaction(p->dataset) != OGRERR_NONE)
        status = fail(ctx, p, &errors);
    CPLErrorReset();
    GDALClose(p->dataset);
    if (!status && CPLGetLastErrorType() >= CE_Failure)
        status = fail(ctx, p, &errors);
    cm_gdal_errors_end(&errors);
    free_handle(p);
    return status;
}

castmap_status cm_geopackage_recount(castmap_context *ctx, const char *path, const char *layer, size_t count, size_t with_shape)
{
    static const char *const DRIVERS[] = {"GPKG", NULL};
    cm_gdal_errors errors;
    char sql[200];
    bool same = false;
    castmap_status status = CASTMAP_OK;

    snprintf(sql, sizeof sql, "SELECT count(*), count(geom) FROM \"%s\"", layer);
    cm_gdal_errors_begin(&errors, NULL);
    GDALDatasetH file = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY, DRIVERS, NULL, NULL);
    OGRLayerH answer = file ? GDALDatasetExecuteSQL(file, sql, NULL, NULL) : NULL;
    OGRFeatureH row = answer ? OGR_L_GetNextFeature(answer) : NULL;
    if (row)
        same = OGR_F_GetFieldAsInteger64(row, 0) == (GIntBig)count && OGR_F_GetFieldAsInteger64(row, 1) == (GIntBig)with_shape;
    if (!same)
        status = cm_gdal_errors_fail(ctx, &errors, CASTMAP_E_IO, "the GeoPackage does not read back as it was written", path);
    if (row)
        OGR_F_Destroy(row);
    if (answer)
        GDALDatasetReleaseResultSet(file, answer);
    if (file)
        GDALClose(file);
    cm_gdal_errors_end(&errors);
    return status;
}

void cm_geopackage_abandon(cm_geopackage *p)
{
    cm_gdal_errors errors;

    if (!p)
        return;
    cm_gdal_errors_begin(&errors, p->changed_at);
    if (p->dataset) {
        GDALDatasetRollbackTransaction(p->dataset);
        GDALClose(p->dataset);
    }
    cm_gdal_errors_end(&errors);
    free_handle(p);
}
