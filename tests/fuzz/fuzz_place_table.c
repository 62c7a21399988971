/* Any bytes as a table of postcodes or names. What goes in must be on earth, and sorted. */
#include "runs/place_formats.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check(bool true_always)
{
    if (!true_always)
        abort();
}

/* Making a projection costs far more than reading a small table: one table in eight is projected. */
static castmap_status read(castmap_context *ctx, cm_place_rows *rows, cm_place_collect *collect, bool project)
{
    const castmap_places_options options = CASTMAP_PLACES_OPTIONS_INIT;
    cm_place_layout layout;
    bool known = false, more = true;
    castmap_status status = cm_place_layout_find(ctx, rows, &options, &layout, &known);

    if (status || !known)
        return status ? status : CASTMAP_E_INPUT;
    collect->kind = layout.kind;
    rows->separator = layout.separator;
    rows->quotes = layout.quotes;
    if (layout.header)
        status = cm_place_rows_next(ctx, rows, &more);
    while (!status && more) {
        status = cm_place_rows_next(ctx, rows, &more);
        if (!status && more && rows->n >= 4)
            status = layout.take(ctx, &layout, rows, collect);
    }
    return status || !project ? status : cm_place_collect_project(ctx, collect, "EPSG:27700");
}

static void check_set(const cm_place_set *set)
{
    const char *name = set->name_text;

    for (size_t i = 0; i < set->count; i++)
        check(abs(set->lat[i]) <= 90 * CM_PLACE_DEGREE && llabs(set->lon[i]) <= (long long)180 * CM_PLACE_DEGREE);
    for (size_t i = 1; set->key && i < set->count; i++)
        check(set->key[i - 1] < set->key[i]);
    for (size_t i = 0; i < set->n_names; i++) {
        check(set->place[i] < set->count);
        const char *next = name + strlen(name) + 1;
        check(i + 1 == set->n_names || strcmp(name, next) <= 0);
        name = next;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    castmap_context *ctx = castmap_context_new();
    char *copy = malloc(length ? length : 1);
    cm_place_collect collect = {0};
    cm_place_set set = CM_PLACE_SET_INIT;
    cm_place_rows *rows = malloc(sizeof *rows);

    if (ctx && copy && rows) {
        memcpy(copy, bytes, length);
        cm_place_rows_memory(copy, length, "fuzz", rows);
        if (read(ctx, rows, &collect, length % 8 == 0) == CASTMAP_OK && length % 8 == 0 && cm_place_collect_finish(ctx, &collect, &set) == CASTMAP_OK)
            check_set(&set);
        cm_place_rows_close(rows);
    }
    cm_place_set_clear(&set);
    cm_place_collect_clear(&collect);
    free(rows);
    castmap_context_free(ctx);
    return 0;
}
