/*
 * io/gdal_osm.c - an OpenStreetMap extract for GDAL.
 *
 * GDAL keeps the nodes that it has seen in a file of its own under /vsimem, because this process may not write to any other. How large it may grow is limited.
 */
#include "io/gdal_osm.h"

#include "base/memory.h"

#include <cpl_conv.h>
#include <string.h>

/* Exported by GDAL; its header for them is C++ only. */
extern void RegisterOGROSM(void);

/* Closed ways stay lines. Layers that are not read get no fields. */
static const char TAGS[] =
    "attribute_name_laundering=yes\n"
    "[points]\nosm_id=no\nosm_version=no\nosm_timestamp=no\nosm_uid=no\nosm_user=no\nosm_changeset=no\nattributes=\nother_tags=no\n"
    "[lines]\nosm_id=yes\nosm_version=no\nosm_timestamp=no\nosm_uid=no\nosm_user=no\nosm_changeset=no\n"
    "attributes=name,highway,ref,oneway,junction,layer,bridge,tunnel,access,foot,service,footway,area\nother_tags=no\n"
    "[multipolygons]\nosm_id=no\nattributes=\nother_tags=no\n"
    "[multilinestrings]\nosm_id=no\nattributes=\nother_tags=no\n"
    "[other_relations]\nosm_id=no\nattributes=\nother_tags=no\n";

int cm_osm_take(cm_gdal_child *child, const char **driver, const char **name, const char *const **options)
{
    static const char *const OPTIONS[] = {"CONFIG_FILE=/vsimem/in/tags.ini", "INTERLEAVED_READING=YES", "USE_POINTS_INDEX=NO", "MAX_TMPFILE_SIZE=2000",
                                          NULL};
    const cm_input_part *part = &child->parts->part[CM_PART_MAIN];
    unsigned char *tags = cm_alloc(sizeof TAGS, 1); /* as long as the process lives */

    if (!tags)
        return cm_gdal_out_of_memory(child);
    memcpy(tags, TAGS, sizeof TAGS);
    if (cm_gdal_place(child, "/vsimem/in/tags.ini", tags, sizeof TAGS - 1) != 0 ||
        cm_gdal_place(child, "/vsimem/in/layer.osm.pbf", part->bytes, (size_t)part->size) != 0)
        return -1;
    CPLSetConfigOption("CPL_TMPDIR", "/vsimem");
    RegisterOGROSM();
    *driver = "OSM";
    child->format = "OpenStreetMap extract";
    *name = "/vsimem/in/layer.osm.pbf";
    *options = OPTIONS;
    return 0;
}
