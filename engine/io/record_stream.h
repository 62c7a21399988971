/*
 * io/record_stream.h - records of a file in a foreign format, one after the other, from a parsing process.
 *
 * Point layers of a GeoPackage, Shapefile (also in a zip) or FlatGeobuf, where asked also their lines by the two ends; the sheet of an XLSX or ODS workbook; placemarks of KML and KMZ; waypoints of GPX; the
 * place and time of a JPEG photo. The child parses while the caller stores; when it crashes, hangs or lies the caller gets an error that names the file.
 * What is wrong with one record comes with that record.
 */
#ifndef CM_IO_RECORD_STREAM_H
#define CM_IO_RECORD_STREAM_H

#include "io/csv_reader.h"
#include "io/input_parts.h"

typedef enum cm_record_place {
    CM_RECORD_UNPLACED, /* it has no place of its own; columns may say one */
    CM_RECORD_DEGREES,  /* WGS 84 */
    CM_RECORD_LAYER     /* in the reference system of the layer */
} cm_record_place;

typedef struct cm_stream_record {
    int64_t             row;   /* row of the sheet; else feature number from 1 */
    cm_record_place     place;
    double              x, y;  /* longitude, latitude; or easting, northing */
    int                 decimals; /* of the finer one as written; 9 where that says nothing */
    bool                line;     /* it is a line that begins there, and ends at: */
    double              end_x, end_y;
    const cm_csv_field *field; /* one for each column; absent is empty; valid until the next record */
    const char         *text;  /* how it is kept when it is refused: its own bytes, or JSON made of it */
    size_t              length;
    const char         *fault_code, *fault_reason; /* NULL: none. Constants */
    const char         *detail; /* what the reader said of it, or "" */
} cm_stream_record;

/* What the file says of itself before its first record. Owned by the stream. */
typedef struct cm_stream_table {
    const char   *format;   /* "GeoPackage", "KML", "XLSX", ... */
    const char   *layer;    /* of several: which; "" */
    size_t        layers;   /* how many there were to choose from */
    const char   *crs;      /* "EPSG:27700"; "" none declared; "?" declared without a code. Of CM_RECORD_LAYER places */
    const char   *crs_name;
    bool          placed;   /* records have places of their own */
    bool          sheet;    /* a table of cells, whose columns say where */
    size_t        n_columns;
    const cm_csv_field *column;
} cm_stream_table;

/* What the file held besides records. */
typedef struct cm_stream_note {
    char   code[32];
    char  *words; /* owned */
    size_t count;
} cm_stream_note;

typedef struct cm_stream_options {
    const char *layer;       /* layer or sheet by name; NULL: the only one, or the first sheet */
    const char *member;      /* the file is a zip: only this .shp of it, with its parts; NULL: the zip is one thing */
    bool        follow;
    uint64_t    max_bytes;   /* of the file; 0: 1 GiB */
    bool        lines;       /* of a layer: lines are places too, told by their two ends */
    bool        fixes;       /* the points of tracks and routes of GPX, of lines and tracks of KML, of TCX, which say in columns CM_FIX_TRACK and CM_FIX_PIECE where they belong, and no waypoints */
} cm_stream_options;

/* Columns of fixes: tracks and routes of the file, and their pieces, each numbered from 1. */
#define CM_FIX_TRACK "castmap track"
#define CM_FIX_PIECE "castmap piece"

typedef struct cm_record_stream cm_record_stream;

/* Is this content one that is read as a stream of records? Text and JSON have readers of their own. */
bool cm_stream_reads(cm_content content);

/*
 * `path` and the texts of `options` are borrowed until _close. fd: of the path where it is open already (then owned by the stream, also on failure), else -1. Failures as of
 * cm_vector_read(); CASTMAP_E_UNSUPPORTED: no layer of it holds places.
 */
CASTMAP_NODISCARD castmap_status cm_stream_open(castmap_context *ctx, const char *path, int fd, const cm_stream_options *options,
                                                cm_record_stream **out);
void cm_stream_close(cm_record_stream *stream); /* NULL is fine */
const cm_stream_table *cm_stream_table_of(const cm_record_stream *stream);
CASTMAP_NODISCARD castmap_status cm_stream_next(castmap_context *ctx, cm_record_stream *stream, cm_stream_record *record,
                                                bool *more);
/* After the last record. Borrowed. */
const cm_stream_note *cm_stream_notes(const cm_record_stream *stream, size_t *n);
CASTMAP_NODISCARD castmap_status cm_stream_unchanged(castmap_context *ctx, const cm_record_stream *stream);
int cm_stream_fd(const cm_record_stream *stream); /* of the file itself, for a digest by pread() */

#endif
