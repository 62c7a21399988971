/*
 * project/ingest/recipe_list.c - which recipes a project has, and forgetting one.
 */
#include "castmap/recipe.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"
#include "project/project_file.h"

#include <stdlib.h>
#include <string.h>

void castmap_recipe_list_clear(castmap_recipe_list *list)
{
    if (!list)
        return;
    for (size_t i = 0; i < list->count; i++) {
        free(list->name[i]);
        free(list->words[i]);
    }
    free(list->name);
    free(list->words);
    free(list->time_s);
    *list = (castmap_recipe_list){0};
}

static castmap_status make_room(castmap_context *ctx, castmap_project *project, castmap_recipe_list *list)
{
    int64_t n = 0;
    castmap_status status = cm_db_integer(ctx, project->db, "SELECT count(*) FROM recipe", &n);

    if (status)
        return status;
    list->name = cm_alloc_zero((size_t)n, sizeof *list->name);
    list->words = cm_alloc_zero((size_t)n, sizeof *list->words);
    list->time_s = cm_alloc_zero((size_t)n, sizeof *list->time_s);
    return list->name && list->words && list->time_s ? CASTMAP_OK : cm_fail_memory(ctx);
}

castmap_status castmap_project_recipes(castmap_context *ctx, castmap_project *project, castmap_recipe_list *out)
{
    castmap_recipe_list list = {0};
    cm_query *query = NULL;
    bool row = true;

    cm_fail_clear(ctx);
    castmap_status status = make_room(ctx, project, &list);
    if (!status)
        status = cm_query_open(ctx, project->db, "SELECT name, coalesce(json_extract(text, '$.format'), ''), time_s FROM recipe ORDER BY name", &query);
    while (!status && row) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        status = cm_query_copy(ctx, query, 0, &list.name[list.count]);
        if (!status)
            status = cm_query_copy(ctx, query, 1, &list.words[list.count]);
        list.time_s[list.count] = cm_query_integer(query, 2);
        list.count++;
    }
    cm_query_close(query);
    if (status) {
        castmap_recipe_list_clear(&list);
        return status;
    }
    *out = list;
    return CASTMAP_OK;
}

castmap_status castmap_project_recipe_remove(castmap_context *ctx, castmap_project *project, const char *name)
{
    cm_query *query = NULL;
    char shown[80];

    cm_fail_clear(ctx);
    castmap_status status = castmap_project_begin(ctx, project);
    if (status)
        return status;
    status = cm_query_open(ctx, project->db, "DELETE FROM recipe WHERE name = ?", &query);
    if (!status) {
        cm_query_bind_text(query, 1, name);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    if (!status && cm_db_changes(project->db) == 0) {
        cm_escape_display(name, strlen(name), shown, sizeof shown);
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the project has no recipe \"%s\"", shown);
        cm_fail_hint(ctx, "castmap recipes list shows those it has");
    }
    if (status) {
        castmap_project_rollback(project);
        return status;
    }
    return castmap_project_commit(ctx, project);
}
