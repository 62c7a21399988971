/*
 * runs/place_list.c - the tables of places of a project, without their entries.
 */
#include "castmap/places.h"

#include "project/listing.h"

#include <stdlib.h>

static castmap_status read_row(castmap_context *ctx, cm_query *query, void *item)
{
    castmap_places_info *info = item;
    char **const texts[] = {&info->kind, &info->name, &info->format, &info->source, &info->licence, &info->vintage};
    castmap_status status = CASTMAP_OK;

    info->id = cm_query_integer(query, 0);
    info->run_number = cm_query_integer(query, 1);
    for (int i = 0; i < 6 && !status; i++)
        status = cm_query_copy(ctx, query, 2 + i, texts[i]);
    info->entries = (size_t)cm_query_integer(query, 8);
    info->ended = (size_t)cm_query_integer(query, 9);
    info->names = (size_t)cm_query_integer(query, 10);
    return status;
}

castmap_status castmap_places_list(castmap_context *ctx, castmap_project *project, castmap_places_info **list, size_t *n)
{
    void *items;
    size_t count;
    const castmap_status status = cm_listing(ctx, project, "SELECT id, run, kind, name, format, source, licence, vintage, entries, ended, names FROM place_set ORDER BY id",
                                             sizeof **list, read_row, &items, &count);

    if (status) {
        castmap_places_list_clear(items, count);
        return status;
    }
    *list = items;
    *n = count;
    return CASTMAP_OK;
}

void castmap_places_list_clear(castmap_places_info *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(list[i].kind);
        free(list[i].name);
        free(list[i].format);
        free(list[i].source);
        free(list[i].licence);
        free(list[i].vintage);
    }
    free(list);
}
