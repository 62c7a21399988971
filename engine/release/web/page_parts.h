/*
 * release/web/page_parts.h - pieces of HTML that the page and the report share. None of them needs a script.
 */
#ifndef CM_RELEASE_WEB_PAGE_PARTS_H
#define CM_RELEASE_WEB_PAGE_PARTS_H

#include "base/text.h"
#include "castmap/context.h"
#include "release/disclosure/release_view.h"

/* <img> with the map as an inlined PNG. id may be NULL. */
CASTMAP_NODISCARD castmap_status cm_part_picture(castmap_context *ctx, cm_text *html, const castmap_release *release,
                                                 const char *main_layer, const char *id);
/* The legend of what the picture shows. */
void cm_part_legend(cm_text *html, const castmap_release *release, const char *main_layer);
/* Rules for the colours of classes: inlined styles are not allowed on elements. */
void cm_part_class_rules(cm_text *css, const castmap_release *release);
/* Features in order of "count", most first, those without a number last. Owned by the caller; NULL when memory is out. */
size_t *cm_part_order(const cm_layer *layer);
/* A table of a layer: the first `limit` rows in the order `order` (NULL: as they come), without the fields named in `leave_out` (ends with NULL;
 * NULL: all fields). */
void cm_part_table(cm_text *html, const cm_layer *layer, const char *id, const size_t *order, size_t limit,
                   const char *const *leave_out);
void cm_part_list(cm_text *html, char *const *lines, size_t n);
void cm_part_facts(cm_text *html, const castmap_release *release);
/* What was left out and why: internal releases only. */
void cm_part_suppressed(cm_text *html, const castmap_release *release);

/* Flows by period (flow_table.c): a row for each of the first `most` flows that are in the layers "flows_01" ..., a column for each of these. Nothing where there are none. */
void cm_part_flow_slices(cm_text *html, const castmap_release *release, size_t most);

#endif
