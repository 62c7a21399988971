/*
 * project/ingest/mending_cells.h - refused records that are no rows of a table, as cells under the columns they were read with.
 *
 * What is kept of them is a GeoJSON feature (GeoJSON itself, and what a parsing process made of layers, sheets and photos), an element of KML or GPX, or messages of a
 * chat. Records with places of their own get two more columns for them: CM_MENDING_LON and CM_MENDING_LAT, or in a system of metres CM_MENDING_X and CM_MENDING_Y.
 */
#ifndef CM_PROJECT_INGEST_MENDING_CELLS_H
#define CM_PROJECT_INGEST_MENDING_CELLS_H

#include "base/text.h"
#include "castmap/context.h"
#include "project/ingest/columns.h"

#include <stdbool.h>
#include <stdint.h>

#define CM_MENDING_LON "castmap_lon"
#define CM_MENDING_LAT "castmap_lat"
#define CM_MENDING_X "castmap_x"
#define CM_MENDING_Y "castmap_y"

/* How the records of a batch were read. */
typedef struct cm_mending_form {
    cm_columns columns;    /* owned: of the file, then those of places */
    char       separator;  /* of a table of text; 0: none */
    char       crs[64];    /* of places of their own; "": columns say where */
    bool       degrees;    /* that system is WGS 84 */
    char       date_order[8]; /* of a chat; "" unknown */
} cm_mending_form;

/* Elements of XML wait here and are read all at once, by one parsing process. */
typedef struct cm_mending_elements {
    cm_text  document; /* without its ends */
    char  ***row;      /* owned [n]: the cells of each, borrowed */
    size_t   n, capacity;
} cm_mending_elements;

/*
 * The cells of one refused record: cell [form->columns.n], each owned, "" where there is none; of an element of XML they are "" until _finish. What cannot be taken apart
 * gives empty cells. CASTMAP_E_NOMEM, CASTMAP_E_IO.
 */
CASTMAP_NODISCARD castmap_status cm_mending_cells(castmap_context *ctx, const cm_mending_form *form, const char *text, size_t length, char **cell,
                                                  cm_mending_elements *elements);
CASTMAP_NODISCARD castmap_status cm_mending_elements_finish(castmap_context *ctx, const cm_mending_form *form, cm_mending_elements *elements);
void cm_mending_elements_clear(cm_mending_elements *elements);

/* The other way: a feature whose properties are the cells, places too. */
void cm_mending_feature(const cm_columns *columns, const char *const *cell, cm_text *out);

#endif
