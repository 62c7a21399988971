/*
 * io/record_zip.c - zips that hold observations.
 */
#include "io/record_zip.h"

#include "base/files.h"
#include "base/text.h"
#include "io/xml_screen.h"
#include "io/zip_entries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const ENDS[CM_PARTS] = {".shp", ".shx", ".dbf", ".prj", ".cpg"};

static int fail_zip(cm_worker_pipe *pipe, castmap_status status, const cm_zip *zip)
{
    return cm_worker_fail(pipe, status, "pack it again, or send the files as they are", "%s", zip->fault[0] ? zip->fault : "out of memory");
}

static size_t find_entry(const cm_zip *zip, const char *name)
{
    for (size_t i = 0; i < zip->count; i++)
        if (strcmp(zip->entry[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

/* The last entry of that ending, and how many there are; what a Mac adds is not counted. */
static size_t find_ending(const cm_zip *zip, const char *end, size_t *count)
{
    size_t found = SIZE_MAX;

    *count = 0;
    for (size_t i = 0; i < zip->count; i++) {
        if (cm_has_ending(zip->entry[i].name, end) && strncmp(zip->entry[i].name, "__MACOSX/", 9) != 0) {
            found = i;
            ++*count;
        }
    }
    return found;
}

/* Nothing in it is of use: say what is there. */
static int fail_nothing(cm_worker_pipe *pipe, const cm_zip *zip)
{
    char names[110] = "";
    size_t used = 0;

    for (size_t i = 0; i < zip->count && used + 44 < sizeof names; i++) {
        char shown[40];
        cm_escape_display(zip->entry[i].name, strlen(zip->entry[i].name), shown, sizeof shown);
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", shown);
    }
    return cm_worker_fail(pipe, CASTMAP_E_INPUT, "a zip should hold the files of one Shapefile, a KML document or a workbook; or, for import, one table, GeoJSON or chat",
                          zip->count ? "the zip holds no Shapefile, KML or workbook: %s" : "the zip is empty%s", names);
}

/* A workbook is read by GDAL from the zip itself, so all of it is gone through beforehand. */
static int check_workbook(cm_worker_pipe *pipe, cm_zip *zip)
{
    for (size_t i = 0; i < zip->count; i++) {
        unsigned char *bytes;
        size_t length;
        const char *fault = NULL;
        const castmap_status status = cm_zip_unpack(zip, i, &bytes, &length);
        if (status)
            return fail_zip(pipe, status, zip);
        /* Older OpenDocument manifests name a definition; nobody reads them. */
        if (cm_has_ending(zip->entry[i].name, ".xml") && strncmp(zip->entry[i].name, "META-INF/", 9) != 0)
            fault = cm_xml_screen(bytes, length);
        free(bytes);
        if (fault)
            return cm_worker_fail(pipe, CASTMAP_E_INPUT, "save the workbook again", "the workbook's XML %s", fault);
    }
    return 0;
}

static int take_kml(cm_worker_pipe *pipe, cm_zip *zip, cm_record_zip *out)
{
    size_t count, at = find_entry(zip, "doc.kml");

    if (at == SIZE_MAX)
        at = find_ending(zip, ".kml", &count);
    else
        count = 1;
    if (count > 1)
        return cm_worker_fail(pipe, CASTMAP_E_INPUT, "castmap import reads all of a zip that it is given by name; or unpack it", "the zip holds %zu KML documents", count);
    const castmap_status status = cm_zip_unpack(zip, at, &out->bytes, &out->length);
    out->kind = CM_ZIP_KML;
    return status ? fail_zip(pipe, status, zip) : 0;
}

static int take_shapefile(cm_worker_pipe *pipe, cm_zip *zip, size_t shp, cm_input_parts *parts)
{
    const size_t stem = strlen(zip->entry[shp].name) - 4;

    parts->part[CM_PART_MAIN].bytes = NULL;
    for (size_t i = 0; i < zip->count; i++) {
        for (int k = 0; k < CM_PARTS; k++) {
            size_t length;
            if (strlen(zip->entry[i].name) != stem + 4 || strncmp(zip->entry[i].name, zip->entry[shp].name, stem) != 0 ||
                strcasecmp(zip->entry[i].name + stem, ENDS[k]) != 0)
                continue;
            const castmap_status status = cm_zip_unpack(zip, i, &parts->part[k].bytes, &length);
            if (status)
                return fail_zip(pipe, status, zip);
            parts->part[k].size = length;
        }
    }
    if (!parts->part[CM_PART_SHX].bytes || !parts->part[CM_PART_DBF].bytes)
        return cm_worker_fail(pipe, CASTMAP_E_INPUT, "put .shp, .shx, .dbf and .prj into the zip",
                              "the Shapefile in the zip lacks its %s file", parts->part[CM_PART_SHX].bytes ? ".dbf" : ".shx");
    return 0;
}

int cm_record_zip_open(cm_worker_pipe *pipe, cm_input_parts *parts, const char *member, cm_record_zip *out)
{
    const cm_input_part *part = &parts->part[CM_PART_MAIN];
    size_t shapefiles, kmls;
    cm_zip zip;
    const castmap_status status = cm_zip_open(part->bytes, (size_t)part->size, &zip);

    *out = (cm_record_zip){CM_ZIP_SHAPEFILE, NULL, 0};
    if (status)
        return fail_zip(pipe, status, &zip);
    if (member) {
        const size_t entry = find_entry(&zip, member);
        return entry == SIZE_MAX ? cm_worker_fail(pipe, CASTMAP_E_NOT_FOUND, "", "the zip has no member of that name") : take_shapefile(pipe, &zip, entry, parts);
    }
    if (find_entry(&zip, "xl/workbook.xml") != SIZE_MAX) {
        out->kind = CM_ZIP_XLSX;
        return check_workbook(pipe, &zip);
    }
    if (find_entry(&zip, "content.xml") != SIZE_MAX && find_entry(&zip, "mimetype") != SIZE_MAX) {
        out->kind = CM_ZIP_ODS;
        return check_workbook(pipe, &zip);
    }
    const size_t shp = find_ending(&zip, ".shp", &shapefiles);
    (void)find_ending(&zip, ".kml", &kmls);
    if (kmls > 0 && shapefiles == 0)
        return take_kml(pipe, &zip, out);
    if (shapefiles == 1)
        return take_shapefile(pipe, &zip, shp, parts);
    if (shapefiles == 0)
        return fail_nothing(pipe, &zip);
    return cm_worker_fail(pipe, CASTMAP_E_INPUT, "castmap import reads all of a zip that it is given by name; or unpack it", "the zip holds %zu Shapefiles", shapefiles);
}
