/* project/street_list.c - the sets of streets of a project, without their geometry. */
#include "project/street_table.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "project/project_file.h"

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

castmap_status castmap_streets_list(castmap_context *ctx, castmap_project *project, castmap_street_set_info **sets, size_t *count)
{
    castmap_street_set_info *list = NULL;
    size_t n = 0, room = 0;
    cm_query *query = NULL;
    bool row = true;
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_query_open(ctx, project->db, "SELECT id, run, name, source, licence, format, edges, nodes, parts, total_m FROM street_set ORDER BY id",
                           &query);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (cm_grow(&list, &room, n + 1, sizeof *list) != 0) {
            status = cm_fail_memory(ctx);
            break;
        }
        castmap_street_set_info *one = &list[n++];
        *one = (castmap_street_set_info){.id = cm_query_integer(query, 0), .run_number = cm_query_integer(query, 1)};
        char **const texts[] = {&one->name, &one->source, &one->licence, &one->format};
        for (int i = 0; i < 4 && !status; i++)
            status = cm_query_copy(ctx, query, 2 + i, texts[i]);
        one->edges = (size_t)cm_query_integer(query, 6);
        one->nodes = (size_t)cm_query_integer(query, 7);
        one->parts = (size_t)cm_query_integer(query, 8);
        one->total_m = cm_query_real(query, 9);
    }
    cm_query_close(query);
    if (status) {
        castmap_street_sets_clear(list, n);
        return status;
    }
    *sets = list;
    *count = n;
    return CASTMAP_OK;
}
