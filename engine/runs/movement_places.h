/*
 * runs/movement_places.h - the ends of movements: from a word or coordinates to an area.
 */
#ifndef CM_RUNS_MOVEMENT_PLACES_H
#define CM_RUNS_MOVEMENT_PLACES_H

#include "castmap/areas.h"
#include "project/place_index.h"
#include "runs/projected_areas.h"
#include "runs/text_numbers.h"

/* Why an end has no area. */
typedef enum cm_end_flaw {
    CM_END_FINE,
    CM_END_EMPTY,
    CM_END_UNKNOWN,    /* no area, postcode or place of that name */
    CM_END_AMBIGUOUS,  /* several */
    CM_END_PART,       /* only part of a postcode, or a coarse square of a grid */
    CM_END_BAD_POSITION,
    CM_END_OUTSIDE,    /* a position in no area */
    CM_END_FLAWS
} cm_end_flaw;

/* What a word or a pair of coordinates stands for. */
typedef struct cm_movement_end {
    cm_end_flaw flaw;
    uint32_t    area;     /* CM_NO_NUMBER: still to be located by lon, lat */
    double      lon, lat; /* degrees */
} cm_movement_end;

typedef struct cm_movement_places {
    castmap_context    *ctx;      /* borrowed */
    bool                labels;   /* areas are the words themselves */
    bool                has_areas;
    cm_projected_areas  areas;    /* owned */
    castmap_polygons    view;     /* of them; for the locator */
    castmap_area_locator *locator; /* owned; made when first needed */
    cm_projection      *projection; /* owned; NULL with labels */
    cm_projection      *grid[2];  /* owned; of Great Britain and Ireland, made when first needed */
    cm_place_index     *places;   /* owned; may be NULL */
    bool               *table_used; /* owned; tables that placed an end: a run depends on them */
    cm_text_numbers     codes, names; /* keys of the areas; owned */
    uint32_t           *country_area; /* owned [number of countries]; NULL: the areas are no countries. CM_NO_NUMBER: none is this one */
    uint32_t           *code_area, *name_area; /* owned [codes.count], [names.count]; CM_NO_NUMBER: several areas have this name */
    cm_text_numbers     words;    /* met in the table; owned */
    cm_movement_end    *end;      /* owned [end_room] of each word */
    size_t              end_room;
    cm_text_numbers     label_codes; /* labels: the code of each area so far; owned */
    char              **label_name; /* owned [n_labels] */
    size_t              n_labels, label_room;
} cm_movement_places;

/*
 * level NULL: the newest boundary set; where the project has none, or with `labels`, areas are the words themselves, countries under their codes.
 * CASTMAP_E_NOT_FOUND: no such level.
 */
CASTMAP_NODISCARD castmap_status cm_movement_places_open(castmap_context *ctx, castmap_project *project, const char *level, bool labels,
                                                         cm_movement_places *out);
void cm_movement_places_clear(cm_movement_places *places);

CASTMAP_NODISCARD castmap_status cm_movement_place(cm_movement_places *places, const char *word, size_t length, cm_movement_end *out);
/* Find the areas of ends that are still to be located, all at once. end [n]. */
CASTMAP_NODISCARD castmap_status cm_movement_locate(cm_movement_places *places, cm_movement_end *end, size_t n);

size_t cm_movement_areas(const cm_movement_places *places);

#endif
