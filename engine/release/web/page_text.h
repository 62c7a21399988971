/*
 * release/web/page_text.h - words, numbers and hashes as HTML wants them.
 */
#ifndef CM_RELEASE_WEB_PAGE_TEXT_H
#define CM_RELEASE_WEB_PAGE_TEXT_H

#include "base/text.h"
#include "release/disclosure/release_view.h"

/* Text of a person or a file, safe between tags and in quoted attributes; control and bidirectional override characters are dropped. NULL: nothing. */
void cm_html_add(cm_text *html, const char *words);
/* <tag class="...">words</tag>; nothing where there are no words. class_name may be NULL. */
void cm_html_element(cm_text *html, const char *tag, const char *class_name, const char *words);

void cm_base64_add(cm_text *text, const unsigned char *bytes, size_t length);
/* 'sha256-...' of the bytes, as a Content-Security-Policy names an inlined script or style. */
void cm_csp_hash_add(cm_text *text, const char *bytes, size_t length);

/* Value i of the field for people: thousands grouped, decimals as the field says. False, and nothing added, when it is null. */
bool cm_field_words(cm_text *html, const cm_field *field, size_t i);
bool cm_field_is_null(const cm_field *field, size_t i);
/* What a null of feature i says: "not shown" where a count or what is made of one was held back, else "no data". */
const char *cm_null_words(const cm_layer *layer, const cm_field *field, size_t i);
/* "Per 1,000 residents" says "per 1,000", "Observations per km²" says "per km2": then the unit need not follow the title. */
bool cm_title_says_unit(const char *title, const char *unit);
/* Class of feature i, or NULL. */
const cm_class *cm_class_of(const cm_layer *layer, size_t i);

/* Copy `template` to html; each {{slot}} is filled by `fill`. */
typedef void cm_slot_fn(cm_text *html, const char *slot, void *payload);
void cm_template_add(cm_text *html, const char *template, size_t length, cm_slot_fn *fill, void *payload);

#endif
