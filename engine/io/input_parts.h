/*
 * io/input_parts.h - a file in a foreign format, opened for a parsing process: its content told by its first bytes, its companions beside it.
 *
 * A Shapefile is several files; everything else is one. The descriptors are opened here, with suspicion, and handed on; nothing else is ever opened.
 */
#ifndef CM_IO_INPUT_PARTS_H
#define CM_IO_INPUT_PARTS_H

#include "base/files.h"
#include "castmap/context.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum cm_content {
    CM_CONTENT_EMPTY,
    CM_CONTENT_OTHER, /* nothing known: text, mostly */
    CM_CONTENT_JSON,
    CM_CONTENT_XML,
    CM_CONTENT_SQLITE,
    CM_CONTENT_SHAPEFILE,
    CM_CONTENT_ZIP,
    CM_CONTENT_FLATGEOBUF,
    CM_CONTENT_JPEG,
    CM_CONTENT_PNG,
    CM_CONTENT_HEIC, /* and films, which begin alike */
    CM_CONTENT_PDF,
    CM_CONTENT_OLD_SPREADSHEET,
    CM_CONTENT_GZIP,
    CM_CONTENT_UTF16,
    CM_CONTENT_OSM_PBF
} cm_content;

/* By the first bytes (64 are plenty), never by the name. */
cm_content cm_content_of(const unsigned char *bytes, size_t length);
const char *cm_content_words(cm_content content); /* "a PNG picture" */

enum { CM_PART_MAIN, CM_PART_SHX, CM_PART_DBF, CM_PART_PRJ, CM_PART_CPG, CM_PARTS };

typedef struct cm_input_part {
    int            fd; /* -1: absent */
    uint64_t       size;
    cm_file_stamp  stamp;
    unsigned char *bytes; /* in the child only */
} cm_input_part;

typedef struct cm_input_parts {
    cm_content    content;
    cm_input_part part[CM_PARTS];
} cm_input_parts; /* cm_input_parts_close() in every case after _init */

void cm_input_parts_init(cm_input_parts *parts);
void cm_input_parts_close(cm_input_parts *parts);

/*
 * Open `path` ("-" is standard input), and what stands beside a Shapefile. fd: of the path where it is open already (then owned by `parts`), else -1.
 * CASTMAP_E_LIMIT: larger than max_bytes.
 */
CASTMAP_NODISCARD castmap_status cm_input_parts_open(castmap_context *ctx, const char *path, int fd, bool follow, uint64_t max_bytes,
                                                     cm_input_parts *parts);
/* The descriptors that the child keeps; how many. */
size_t cm_input_parts_list(const cm_input_parts *parts, int fd[CM_PARTS]);
/* CASTMAP_E_IO: one of them is no longer what it was. */
CASTMAP_NODISCARD castmap_status cm_input_parts_unchanged(castmap_context *ctx, const cm_input_parts *parts, const char *path);

#endif
