/*
 * project/ingest/recipe.h - how a file was read, under a name, to read the next one of its kind the same way.
 */
#ifndef CM_PROJECT_INGEST_RECIPE_H
#define CM_PROJECT_INGEST_RECIPE_H

#include "castmap/recipe.h"
#include "project/ingest/opening.h"

/* Keep what `options` said and what was recognised in `opening` as options->save_recipe. CASTMAP_E_EXISTS: another recipe has that name. */
CASTMAP_NODISCARD castmap_status cm_recipe_save(castmap_context *ctx, castmap_project *project, const castmap_import_options *options,
                                                const cm_opening *opening);

/* How a file was read, as JSON; owned by the caller, NULL when out of memory. And back. */
char *cm_recipe_json(const char *name, const castmap_import_options *options, const cm_opening *opening);
CASTMAP_NODISCARD castmap_status cm_recipe_of_text(castmap_context *ctx, const char *where, const char *json, castmap_recipe **out);

#endif
