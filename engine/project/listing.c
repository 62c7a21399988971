/* project/listing.c */
#include "project/listing.h"

#include "base/fail.h"
#include "base/memory.h"
#include "project/project_file.h"

#include <string.h>

castmap_status cm_listing(castmap_context *ctx, castmap_project *project, const char *sql, size_t size, cm_listing_row *row, void **items, size_t *n)
{
    char *made = NULL;
    size_t count = 0, room = 0;
    cm_query *query = NULL;
    bool more = true;

    cm_fail_clear(ctx);
    castmap_status status = cm_query_open(ctx, project->db, sql, &query);
    while (!status) {
        status = cm_query_step(ctx, query, &more);
        if (status || !more)
            break;
        if (cm_grow(&made, &room, count + 1, size)) {
            status = cm_fail_memory(ctx);
            break;
        }
        memset(made + count * size, 0, size);
        status = row(ctx, query, made + count++ * size);
    }
    cm_query_close(query);
    *items = made;
    *n = count;
    return status;
}
