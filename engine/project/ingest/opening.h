/*
 * project/ingest/opening.h - a file opened, recognised and made ready to be read as records.
 */
#ifndef CM_PROJECT_INGEST_OPENING_H
#define CM_PROJECT_INGEST_OPENING_H

#include "project/ingest/prepare.h"
#include "project/ingest/recognise.h"

/* Does this header name what the caller looks for? Under several separators the one whose header does is chosen. */
typedef bool cm_header_fits(const cm_columns *columns, const void *payload);

typedef struct cm_opening {
    cm_header_fits    *fits;    /* set by the caller of cm_opening_read(); NULL: a header of observations, and chats are read too */
    const void        *payload; /* of `fits`; borrowed */
    bool               lines;   /* likewise: lines are places too, told by their two ends */
    cm_text_input     *input;   /* NULL: `stream` has the file */
    cm_text_input     *zip;     /* NULL, or the zip of which `input` is a member */
    cm_csv_reader     *csv;     /* one of these four */
    cm_geojson_reader *geojson;
    cm_record_stream  *stream;
    cm_chat_reader    *chat;
    bool               suspect;      /* a reader met bytes that are no UTF-8 */
    bool               converted;    /* read as Windows-1252 because it is no UTF-8 */
    bool               layer_metres; /* places of the stream are in the system of `metres` */
    char               separator;
    cm_columns         columns;
    cm_mapping         mapping;
    int               *keep;
    size_t             n_keep;
    cm_zone           *zone;
    cm_categories     *categories;
    cm_projection     *metres, *working;
    cm_place_index    *places;    /* NULL: none are needed, or the project has none */
    double             extent[4]; /* of the project, where it may be needed */
    cm_guesses         guesses;
    char               format[96];
    char              *file;       /* how the file is named in messages and in the batch: of a member, "pack.zip/a/t.csv" */
    bool               no_records; /* a failure: it is no table of observations */
} cm_opening; /* all owned */

/* Guesses are complete on success; after a failure of an `out` only `no_records` is set. `suspect`: an earlier reading met bytes that are no UTF-8. */
CASTMAP_NODISCARD castmap_status cm_opening_make(castmap_context *ctx, castmap_project *project,
                                                 const castmap_import_options *options, bool suspect, cm_opening *out);
void cm_opening_clear(cm_opening *opening);

/*
 * The first half of it, for tables of other things: content, encoding, separator and columns, and no mapping. `o` holds `fits`, `payload` and `lines`, else nothing;
 * cm_opening_clear() it also after a failure. *placed: records have places of their own.
 */
CASTMAP_NODISCARD castmap_status cm_opening_read(castmap_context *ctx, castmap_project *project, const castmap_import_options *options, cm_opening *o,
                                                 bool *placed);
/* The coordinate system of a stream's layer: as declared; the given one only where it is not. Sets `metres` and `layer_metres`, and tells. */
CASTMAP_NODISCARD castmap_status cm_opening_layer_crs(castmap_context *ctx, const castmap_import_options *options, const char *file, cm_opening *o);
/* The zone of local times: given, of the form tool, of the project, UTC. */
CASTMAP_NODISCARD castmap_status cm_opening_zone(castmap_context *ctx, castmap_project *project, const castmap_import_options *options, bool timed, cm_opening *o);
const char *cm_opening_format(const cm_opening *opening); /* "CSV", "XLSX", "GeoJSON", ... */

int cm_opening_fd(const cm_opening *opening); /* for a digest by pread() */
double cm_opening_fraction(const cm_opening *opening); /* of the file that was read; negative: not known */
CASTMAP_NODISCARD castmap_status cm_opening_unchanged(castmap_context *ctx, const cm_opening *opening);
bool cm_opening_bad_text(const cm_opening *opening); /* a failure came from bytes that are no UTF-8 */

/* content.c: columns of places told by their content where no name tells them, and the tables of the project that they need. */
CASTMAP_NODISCARD castmap_status cm_settle_places(castmap_context *ctx, castmap_project *project, const castmap_import_options *options,
                                                  const char *file, bool placed, cm_opening *o);

/* opening_readers.c: each takes o->input and makes a reader and the columns. */
CASTMAP_NODISCARD castmap_status cm_open_table(castmap_context *ctx, cm_opening *o, const castmap_import_options *options, const char *file);
CASTMAP_NODISCARD castmap_status cm_open_json(castmap_context *ctx, cm_opening *o, const char *file);
/* A member of a zip takes the place of the zip in o->input: the one that is asked for, or the text that it holds. Unchanged where the zip is one thing. */
CASTMAP_NODISCARD castmap_status cm_open_zip(castmap_context *ctx, cm_opening *o, const castmap_import_options *options);
CASTMAP_NODISCARD castmap_status cm_open_stream(castmap_context *ctx, cm_opening *o, const castmap_import_options *options, const char *file);
CASTMAP_NODISCARD castmap_status cm_open_chat(castmap_context *ctx, castmap_project *project, cm_opening *o,
                                              const castmap_import_options *options, const char *file);

#endif
