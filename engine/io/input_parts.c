/*
 * io/input_parts.c - first bytes, companions, stamps.
 */
#include "io/input_parts.h"

#include "base/fail.h"
#include "base/memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const struct {
    const char *magic;
    size_t      n;
    cm_content  content;
} MAGIC[] = {
    {"SQLite format 3", 16, CM_CONTENT_SQLITE},
    {"\0\0\x27\x0a", 4, CM_CONTENT_SHAPEFILE},
    {"PK\3\4", 4, CM_CONTENT_ZIP},
    {"PK\5\6", 4, CM_CONTENT_ZIP},
    {"fgb\3", 4, CM_CONTENT_FLATGEOBUF},
    {"\xFF\xD8\xFF", 3, CM_CONTENT_JPEG},
    {"\x89PNG", 4, CM_CONTENT_PNG},
    {"%PDF", 4, CM_CONTENT_PDF},
    {"\xD0\xCF\x11\xE0", 4, CM_CONTENT_OLD_SPREADSHEET},
    {"\x1f\x8b", 2, CM_CONTENT_GZIP},
    {"\xff\xfe", 2, CM_CONTENT_UTF16},
    {"\xfe\xff", 2, CM_CONTENT_UTF16},
};

cm_content cm_content_of(const unsigned char *b, size_t n)
{
    size_t at = 0;

    if (n == 0)
        return CM_CONTENT_EMPTY;
    for (size_t i = 0; i < sizeof MAGIC / sizeof *MAGIC; i++)
        if (n >= MAGIC[i].n && memcmp(b, MAGIC[i].magic, MAGIC[i].n) == 0)
            return MAGIC[i].content;
    if (n >= 3 && memcmp(b, "\xef\xbb\xbf", 3) == 0)
        at = 3;
    if (n >= 15 && b[0] == 0 && memcmp(b + 4, "\x0A\x09" "OSMHeader", 11) == 0)
        return CM_CONTENT_OSM_PBF;
    if (n >= 12 && memcmp(b + 4, "ftyp", 4) == 0)
        return CM_CONTENT_HEIC;
    while (at < n && (isspace(b[at]) || b[at] == 0x1E)) /* a record separator begins a GeoJSON text sequence */
        at++;
    if (at < n && b[at] == '<')
        return CM_CONTENT_XML;
    return at < n && (b[at] == '{' || b[at] == '[') ? CM_CONTENT_JSON : CM_CONTENT_OTHER;
}

const char *cm_content_words(cm_content content)
{
    static const char *const WORDS[] = {
        [CM_CONTENT_EMPTY] = "empty",
        [CM_CONTENT_OTHER] = "of no known kind",
        [CM_CONTENT_JSON] = "JSON",
        [CM_CONTENT_XML] = "XML (KML, GML, GPX or VRT)",
        [CM_CONTENT_SQLITE] = "a SQLite file (GeoPackage?)",
        [CM_CONTENT_SHAPEFILE] = "a Shapefile",
        [CM_CONTENT_ZIP] = "a zip archive",
        [CM_CONTENT_FLATGEOBUF] = "FlatGeobuf",
        [CM_CONTENT_JPEG] = "a JPEG picture",
        [CM_CONTENT_PNG] = "a PNG picture",
        [CM_CONTENT_HEIC] = "a HEIC picture or a film",
        [CM_CONTENT_PDF] = "a PDF document",
        [CM_CONTENT_OLD_SPREADSHEET] = "an old spreadsheet or document (xls, doc)",
        [CM_CONTENT_GZIP] = "compressed with gzip",
        [CM_CONTENT_UTF16] = "UTF-16 text",
        [CM_CONTENT_OSM_PBF] = "an OpenStreetMap extract (.osm.pbf)",
    };

    return WORDS[content];
}

void cm_input_parts_init(cm_input_parts *parts)
{
    *parts = (cm_input_parts){CM_CONTENT_EMPTY, {{-1, 0, {0}, NULL}}};
    for (int i = 0; i < CM_PARTS; i++)
        parts->part[i].fd = -1;
}

void cm_input_parts_close(cm_input_parts *parts)
{
    for (int i = 0; i < CM_PARTS; i++) {
        if (parts->part[i].fd >= 0)
            close(parts->part[i].fd);
        parts->part[i].fd = -1;
    }
}

/* A Shapefile's companions stand beside it under the same name. Upper-case names keep upper-case endings. */
static castmap_status open_companions(castmap_context *ctx, const char *path, bool follow, cm_input_parts *parts)
{
    static const char *const ENDS[CM_PARTS] = {".shp", ".shx", ".dbf", ".prj", ".cpg"};
    const size_t length = strlen(path);
    char *name;
    castmap_status status = CASTMAP_OK;

    if (length < 5 || strcasecmp(path + length - 4, ".shp") != 0)
        return cm_fail(ctx, CASTMAP_E_INPUT, "the content is a Shapefile, but its name does not end in .shp");
    name = cm_copy_text(path);
    if (!name)
        return cm_fail_memory(ctx);
    for (int i = CM_PART_SHX; i < CM_PARTS && !status; i++) {
        for (size_t k = 1; k < 4; k++)
            name[length - 4 + k] = (char)(isupper((unsigned char)path[length - 3]) ? toupper((unsigned char)ENDS[i][k]) : ENDS[i][k]);
        if (access(name, F_OK) == 0) {
            status = cm_file_open(ctx, name, follow, &parts->part[i].fd, &parts->part[i].size);
        } else if (i == CM_PART_SHX || i == CM_PART_DBF) {
            status = cm_fail(ctx, CASTMAP_E_INPUT, "the Shapefile lacks its %s file", ENDS[i]);
            cm_fail_hint(ctx, "a Shapefile is several files: keep .shp, .shx, .dbf and .prj together, or send them as one .zip");
        }
    }
    free(name);
    return status;
}

castmap_status cm_input_parts_open(castmap_context *ctx, const char *path, int fd, bool follow, uint64_t max_bytes,
                                   cm_input_parts *parts)
{
    unsigned char head[64];
    cm_input_part *first = &parts->part[CM_PART_MAIN];
    cm_file_stamp stamp;
    castmap_status status;

    first->fd = fd;
    if (fd >= 0) {
        status = cm_file_stamp_take(ctx, fd, path, &stamp);
        first->size = status ? 0 : stamp.size;
    } else {
        status = cm_input_open(ctx, path, follow, &first->fd, &first->size);
    }
    if (status)
        return status;
    const ssize_t got = pread(first->fd, head, sizeof head, 0);
    parts->content = cm_content_of(head, got > 0 ? (size_t)got : 0);
    if (parts->content == CM_CONTENT_SHAPEFILE)
        status = open_companions(ctx, path, follow, parts);
    for (int i = 0; i < CM_PARTS && !status; i++) {
        if (parts->part[i].fd < 0)
            continue;
        if (parts->part[i].size > max_bytes)
            status = cm_fail(ctx, CASTMAP_E_LIMIT, "the file is larger than %llu MB", (unsigned long long)(max_bytes >> 20));
        else
            status = cm_file_stamp_take(ctx, parts->part[i].fd, path, &parts->part[i].stamp);
    }
    return status;
}

size_t cm_input_parts_list(const cm_input_parts *parts, int fd[CM_PARTS])
{
    size_t n = 0;

    for (int i = 0; i < CM_PARTS; i++)
        if (parts->part[i].fd >= 0)
            fd[n++] = parts->part[i].fd;
    return n;
}

castmap_status cm_input_parts_unchanged(castmap_context *ctx, const cm_input_parts *parts, const char *path)
{
    castmap_status status = CASTMAP_OK;
    cm_file_stamp now;

    for (int i = 0; i < CM_PARTS && !status; i++) {
        if (parts->part[i].fd < 0)
            continue;
        status = cm_file_stamp_take(ctx, parts->part[i].fd, path, &now);
        if (!status && !cm_file_stamp_equal(&now, &parts->part[i].stamp))
            status = cm_fail(ctx, CASTMAP_E_IO, "the file changed while it was read");
    }
    return status;
}
