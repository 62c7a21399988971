/*
 * project/place_index.h - where a postcode or a name lies, looked up in the tables of the project; all in memory, read only, so that
 * any thread may ask.
 */
#ifndef CM_PROJECT_PLACE_INDEX_H
#define CM_PROJECT_PLACE_INDEX_H

#include "project/place_table.h"

#define CM_PLACE_CANDIDATES 64

typedef struct cm_place_index cm_place_index;

/* *out NULL: the project has no tables. About 24 bytes a postcode. */
CASTMAP_NODISCARD castmap_status cm_place_index_load(castmap_context *ctx, castmap_project *project, cm_place_index **out);
void cm_place_index_free(cm_place_index *index); /* NULL is fine */

size_t cm_place_index_tables(const cm_place_index *index);
const cm_place_set *cm_place_index_table(const cm_place_index *index, size_t i); /* newest first */
bool cm_place_index_has(const cm_place_index *index, cm_place_set_kind kind);

typedef struct cm_place_hit {
    double      lon, lat;
    double      accuracy_m;
    bool        whole;   /* a whole postcode; else the mean of a sector or district */
    uint32_t    ended;   /* year * 100 + month, or 0 */
    const char *area;    /* of a name: where it lies; else "" */
    size_t      table;   /* the answer came from this one */
} cm_place_hit;

typedef enum cm_place_answer {
    CM_PLACE_FOUND,
    CM_PLACE_NO_POSTCODE, /* not of that form */
    CM_PLACE_UNLISTED     /* in no table */
} cm_place_answer;

/*
 * A unit by itself. A sector or district at the mean of its units in use, with the distance within which nine in ten of them lie as its accuracy,
 * 250 m at least. The newest table that knows it answers.
 */
cm_place_answer cm_place_index_postcode(const cm_place_index *index, const char *text, size_t length, cm_place_hit *out);

/*
 * Places of a name (cm_utf8_key() of it), at most CM_PLACE_CANDIDATES. Two entries that lie within the wider one's
 * accuracy of each other are one place, and the wider one stands for it. `area`: key of words that the place's area must hold; NULL: any.
 */
size_t cm_place_index_name(const cm_place_index *index, const char *key, const char *area, cm_place_hit *out);

#endif
