/*
 * project/ingest/mending_form.c - how a batch was read, out of the parameters of its run.
 */
#include "project/ingest/mending_form.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "io/csv_reader.h"
#include "project/project_file.h"

/* What the batch's run keeps: *parameters is released by json_object_put(). */
castmap_status cm_mending_batch(castmap_context *ctx, castmap_project *project, int64_t batch, json_object **parameters, char **sha256)
{
    cm_query *query = NULL;
    bool row = false;
    castmap_status status = cm_query_open(ctx, project->db, "SELECT r.parameters, b.sha256 FROM batch AS b JOIN run AS r ON r.number = b.run"
                                          " WHERE b.id = ?", &query);

    if (!status) {
        cm_query_bind_integer(query, 1, batch);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && !row)
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "there is no batch %" PRId64, batch);
    if (!status) {
        const char *text = cm_query_text(query, 0);
        *parameters = text ? json_tokener_parse(text) : NULL;
        status = cm_query_copy(ctx, query, 1, sha256);
    }
    cm_query_close(query);
    return status;
}

static const char *text_of(json_object *object, const char *key)
{
    json_object *value = NULL;

    return object && json_object_object_get_ex(object, key, &value) && json_object_is_type(value, json_type_string) ? json_object_get_string(value)
                                                                                                                    : NULL;
}

/* The columns of the file, what stood between its fields, and where its places are. */
castmap_status cm_mending_form_of(castmap_context *ctx, json_object *parameters, int64_t batch, cm_mending_form *form)
{
    json_object *list = NULL, *reading = NULL;
    const char *between = text_of(parameters, "separator"), *places = text_of(parameters, "places");
    cm_csv_field field[CM_MENDING_COLUMNS + 2];
    size_t n = 0;

    if (parameters && json_object_object_get_ex(parameters, "columns", &list) && json_object_is_type(list, json_type_array))
        n = json_object_array_length(list);
    if ((n == 0 && !places) || n > CM_MENDING_COLUMNS || (between && strlen(between) != 1)) {
        castmap_status status = cm_fail(ctx, CASTMAP_E_UNSUPPORTED, "batch %" PRId64 " does not say which columns its rows had: an older castmap brought it in", batch);
        cm_fail_hint(ctx, "mend the file it came from and bring it in again");
        return status;
    }
    for (size_t i = 0; i < n; i++) {
        const char *name = json_object_get_string(json_object_array_get_idx(list, i));
        field[i] = (cm_csv_field){name ? name : "", name ? strlen(name) : 0};
    }
    if (places) {
        snprintf(form->crs, sizeof form->crs, "%s", places);
        form->degrees = strcmp(places, "EPSG:4326") == 0;
        field[n++] = (cm_csv_field){form->degrees ? CM_MENDING_LON : CM_MENDING_X, strlen(form->degrees ? CM_MENDING_LON : CM_MENDING_X)};
        field[n++] = (cm_csv_field){form->degrees ? CM_MENDING_LAT : CM_MENDING_Y, strlen(form->degrees ? CM_MENDING_LAT : CM_MENDING_Y)};
    }
    form->separator = between ? between[0] : '\0';
    if (json_object_object_get_ex(parameters, "reading", &reading) && text_of(reading, "date_order"))
        snprintf(form->date_order, sizeof form->date_order, "%s", text_of(reading, "date_order"));
    return cm_columns_init(ctx, "batch", field, n, &form->columns);
}
