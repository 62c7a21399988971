/* project/street_list.c - the sets of streets of a project, without their geometry. */
#include "project/street_table.h"

#include <stdlib.h>

#include "project/listing.h"

void castmap_street_sets_clear(castmap_street_set_info *sets, size_t count)
{
    for (size_t i = 0; sets && i < count; i++) {
        free(sets[i].name);
        free(sets[i].source);
        free(sets[i].licence);
        free(sets[i].format);
    }
    free(sets);
}

static castmap_status read_row(castmap_context *ctx, cm_query *query, void *item)
{
    castmap_street_set_info *one = item;
    char **const texts[] = {&one->name, &one->source, &one->licence, &one->format};
    castmap_status status = CASTMAP_OK;

    one->id = cm_query_integer(query, 0);
    one->run_number = cm_query_integer(query, 1);
    for (int i = 0; i < 4 && !status; i++)
        status = cm_query_copy(ctx, query, 2 + i, texts[i]);
    one->edges = (size_t)cm_query_integer(query, 6);
    one->nodes = (size_t)cm_query_integer(query, 7);
    one->parts = (size_t)cm_query_integer(query, 8);
    one->total_m = cm_query_real(query, 9);
    return status;
}

castmap_status castmap_streets_list(castmap_context *ctx, castmap_project *project, castmap_street_set_info **sets, size_t *count)
{
    void *items;
    size_t n;
    const castmap_status status = cm_listing(ctx, project, "SELECT id, run, name, source, licence, format, edges, nodes, parts, total_m FROM street_set ORDER BY id",
                                             sizeof **sets, read_row, &items, &n);

    if (status) {
        castmap_street_sets_clear(items, n);
        return status;
    }
    *sets = items;
    *count = n;
    return CASTMAP_OK;
}
