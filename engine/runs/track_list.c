/*
 * runs/track_list.c - which tracks a project holds; taking some out.
 */
#include "castmap/track_sets.h"

#include "base/fail.h"
#include "project/listing.h"
#include "project/project_file.h"

#include <stdlib.h>

static castmap_status read_row(castmap_context *ctx, cm_query *query, void *item)
{
    castmap_track_set_info *info = item;

    *info = (castmap_track_set_info){.id = cm_query_integer(query, 0), .run_number = cm_query_integer(query, 1),
                                     .recordings = (size_t)cm_query_integer(query, 4), .fixes = (size_t)cm_query_integer(query, 5),
                                     .people = (size_t)cm_query_integer(query, 6),
                                     .first_s = cm_query_is_null(query, 7) ? INT64_MIN : cm_query_integer(query, 7),
                                     .last_s = cm_query_is_null(query, 8) ? INT64_MIN : cm_query_integer(query, 8)};
    const castmap_status status = cm_query_copy(ctx, query, 2, &info->name);
    return status ? status : cm_query_copy(ctx, query, 3, &info->format);
}

castmap_status castmap_tracks_list(castmap_context *ctx, castmap_project *project, castmap_track_set_info **list, size_t *n)
{
    void *items;
    size_t count;
    const castmap_status status = cm_listing(ctx, project, "SELECT id, run, name, format, tracks, fixes, people, first_s, last_s FROM track_set ORDER BY id",
                                             sizeof **list, read_row, &items, &count);

    if (status) {
        castmap_tracks_list_clear(items, count);
        return status;
    }
    *list = items;
    *n = count;
    return CASTMAP_OK;
}

void castmap_tracks_list_clear(castmap_track_set_info *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(list[i].name);
        free(list[i].format);
    }
    free(list);
}

castmap_status castmap_tracks_remove(castmap_context *ctx, castmap_project *project, int64_t set_id, size_t *undone)
{
    cm_query *query = NULL;
    bool row = false;
    int64_t run = 0;

    cm_fail_clear(ctx);
    castmap_status status = cm_query_open(ctx, project->db, "SELECT run FROM track_set WHERE id = ?", &query);
    if (!status) {
        cm_query_bind_integer(query, 1, set_id);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && row)
        run = cm_query_integer(query, 0);
    cm_query_close(query);
    if (!status && !row) {
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the project has no set of tracks %lld", (long long)set_id);
        cm_fail_hint(ctx, "castmap tracks list shows them");
    }
    return status ? status : castmap_project_undo(ctx, project, run, undone);
}
