/*
 * io/zip_text.h - a table, GeoJSON or chat inside a zip, unpacked by the parsing process.
 */
#ifndef CM_IO_ZIP_TEXT_H
#define CM_IO_ZIP_TEXT_H

#include "castmap/context.h"

/*
 * zip_fd: the open zip, borrowed. wanted: name of a member, with or without its folders; NULL: the only one (a .txt beside one other is a note about it).
 * *fd: its text in memory without a name, owned by the caller; -1: the zip is of another kind (workbook, Shapefile, KML), or none that is known: see
 * record_zip.h. name: of the member, for display. CASTMAP_E_INPUT: several members and none chosen; CASTMAP_E_NOT_FOUND; CASTMAP_E_LIMIT.
 */
CASTMAP_NODISCARD castmap_status cm_zip_text_open(castmap_context *ctx, const char *path, int zip_fd, const char *wanted, int *fd, char name[128]);
/* One member by its whole name, whatever it holds. CASTMAP_E_NOT_FOUND: there is none of that name. Else as above. */
CASTMAP_NODISCARD castmap_status cm_zip_member_open(castmap_context *ctx, const char *path, int zip_fd, const char *member, int *fd, char name[128]);

#endif
