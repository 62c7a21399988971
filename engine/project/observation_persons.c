/*
 * project/observation_persons.c - how many persons each observation tells of, for those that ask.
 */
#include "project/observation_table.h"

#include "base/fail.h"
#include "project/project_file.h"

castmap_status cm_observation_persons(castmap_context *ctx, castmap_project *project, const int64_t *id, size_t n, double *persons)
{
    cm_query *query = NULL;
    bool row = true;
    size_t at = 0;

    castmap_status status = cm_query_open(ctx, project->db, "SELECT id, persons FROM observation WHERE persons IS NOT NULL ORDER BY id", &query);
    for (size_t i = 0; i < n; i++)
        persons[i] = 1.0;
    while (!status && at < n) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        const int64_t found = cm_query_integer(query, 0), told = cm_query_integer(query, 1);
        while (at < n && id[at] < found)
            at++;
        if (at < n && id[at] == found && told >= 0)
            persons[at] = (double)told;
    }
    cm_query_close(query);
    return status;
}
