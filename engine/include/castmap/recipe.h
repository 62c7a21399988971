/**
 * @file castmap/recipe.h
 * @brief Recipes: how a kind of file is read (columns, separator, encoding, zone, order of dates), kept under a name.
 *
 * A recipe is made by an import (castmap_import_options.save_recipe), kept in the project, and may be handed on as a small JSON file. It holds names of columns and no value of
 * any record.
 */
#ifndef CASTMAP_RECIPE_H
#define CASTMAP_RECIPE_H

#include "castmap/import.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct castmap_recipe castmap_recipe; /**< owned handle */

/**
 * @brief A recipe of the project by its name, or of a file: what holds a '/' or ends in ".json" is a file.
 * @retval CASTMAP_E_NOT_FOUND  the project has none of that name; the hint lists those it has
 * @retval CASTMAP_E_INPUT      the file is no recipe, or of a newer castmap
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_recipe_open(castmap_context *ctx, castmap_project *project, const char *name,
                                                                 castmap_recipe **out);
CASTMAP_API void castmap_recipe_free(castmap_recipe *recipe); /**< NULL is fine; after the options that were filled from it were used */

/** Fill what the options leave open; what they say holds. A column named by hand replaces that of the recipe. Borrowed from the recipe. */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_recipe_apply(castmap_context *ctx, castmap_recipe *recipe, castmap_import_options *options);
CASTMAP_API const char *castmap_recipe_name(const castmap_recipe *recipe);
CASTMAP_API const char *castmap_recipe_json(const castmap_recipe *recipe); /**< to hand on; borrowed */

/** The names in the project with the day they were made. */
typedef struct castmap_recipe_list {
    size_t   count;
    char   **name;   /**< owned [count], by name */
    char   **words;  /**< owned [count]: "KoboToolbox, 5 columns, semicolon" */
    int64_t *time_s; /**< owned [count] */
} castmap_recipe_list;

CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_project_recipes(castmap_context *ctx, castmap_project *project,
                                                                     castmap_recipe_list *out);
CASTMAP_API void castmap_recipe_list_clear(castmap_recipe_list *list);
/** @brief Forget a recipe. Batches that were read with it keep what they were read with. */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_project_recipe_remove(castmap_context *ctx, castmap_project *project, const char *name);

#ifdef __cplusplus
}
#endif
#endif
