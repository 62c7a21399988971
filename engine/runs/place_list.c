/*
 * runs/place_list.c - the tables of places of a project, without their entries.
 */
#include "castmap/places.h"

#include "base/fail.h"
#include "base/memory.h"
#include "project/project_file.h"

#include <stdlib.h>

castmap_status castmap_places_list(castmap_context *ctx, castmap_project *project, castmap_places_info **list, size_t *n)
{
    castmap_places_info *made = NULL;
    size_t count = 0, capacity = 0;
    cm_query *query = NULL;
    bool row = true;

    cm_fail_clear(ctx);
    castmap_status status = cm_query_open(ctx, project->db, "SELECT id, run, kind, name, format, source, licence, vintage, entries, ended, names"
                                          " FROM place_set ORDER BY id", &query);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (cm_grow(&made, &capacity, count + 1, sizeof *made) != 0) {
            status = cm_fail_memory(ctx);
            break;
        }
        castmap_places_info *info = &made[count++];
        *info = (castmap_places_info){.id = cm_query_integer(query, 0), .run_number = cm_query_integer(query, 1)};
        char **const texts[] = {&info->kind, &info->name, &info->format, &info->source, &info->licence, &info->vintage};
        for (int i = 0; i < 6 && !status; i++)
            status = cm_query_copy(ctx, query, 2 + i, texts[i]);
        info->entries = (size_t)cm_query_integer(query, 8);
        info->ended = (size_t)cm_query_integer(query, 9);
        info->names = (size_t)cm_query_integer(query, 10);
    }
    cm_query_close(query);
    if (status) {
        castmap_places_list_clear(made, count);
        return status;
    }
    *list = made;
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
