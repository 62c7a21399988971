/* Any bytes as a recipe. What is accepted is JSON to the letter and fills the options of an import; what is refused says why. */
#include "base/fail.h"
#include "castmap/import.h"
#include "project/ingest/recipe.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    castmap_context *ctx = castmap_context_new();
    castmap_import_options options = CASTMAP_IMPORT_OPTIONS_INIT;
    castmap_recipe *recipe = NULL;
    char *text = malloc(length + 1);

    if (ctx && text) {
        memcpy(text, bytes, length);
        text[length] = '\0';
        if (cm_recipe_of_text(ctx, "fuzz", text, &recipe) == CASTMAP_OK) {
            if (castmap_recipe_apply(ctx, recipe, &options) != CASTMAP_OK || !castmap_recipe_name(recipe))
                abort();
        } else if (!castmap_message(ctx)[0]) {
            abort();
        }
    }
    castmap_recipe_free(recipe);
    free(text);
    castmap_context_free(ctx);
    return 0;
}
