/*
 * project/ingest/categories.h - names of categories: brought to one spelling, and checked against a list where there is one.
 */
#ifndef CM_PROJECT_INGEST_CATEGORIES_H
#define CM_PROJECT_INGEST_CATEGORIES_H

#include "castmap/context.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct cm_categories cm_categories;

/* path: a CSV with columns code, label, aliases (separated by |); NULL: every name is accepted. */
CASTMAP_NODISCARD castmap_status cm_categories_open(castmap_context *ctx, const char *path, cm_categories **out);
void cm_categories_free(cm_categories *categories); /* NULL is fine */
size_t cm_categories_count(const cm_categories *categories); /* entries of the list */

typedef struct cm_category {
    const char *name;    /* owned by cm_categories; the code of the list, or the text itself in NFC; NULL: unknown */
    const char *nearest; /* of an unknown one: the nearest code */
    bool        deceptive; /* letters of two scripts in a word, or invisible characters */
} cm_category;

/* text: valid UTF-8, not empty after trimming. False when out of memory. *out is valid until the next call. */
bool cm_category_resolve(cm_categories *categories, const char *text, size_t length, cm_category *out);

#endif
