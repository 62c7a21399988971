/*
 * project/boundary_table.c - council areas with their outlines, kept as SpatiaLite multipolygons.
 */
#include "project/boundary_table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"
#include "project/geometry_blob.h"
#include "project/packed_rtree.h"
#include "project/project_file.h"

#define DIGEST_BYTES 16

static void add_text(cm_blake2b_stream *hash, const char *text)
{
    cm_blake2b_add(hash, text ? text : "", text ? strlen(text) + 1 : 1);
}

/* Everything that an analysis reads of the set, so that damage to the file is noticed. */
static void digest_area(cm_blake2b_stream *hash, const char *code, const char *name, const char *parent, double population,
                        const unsigned char *outline, size_t length)
{
    const double known = isnan(population) ? -1.0 : population;

    add_text(hash, code);
    add_text(hash, name);
    add_text(hash, parent);
    cm_blake2b_add(hash, &known, sizeof known);
    cm_blake2b_add(hash, outline, length);
}

void cm_boundary_set_clear(cm_boundary_set *set)
{
    free(set->level);
    free(set->name);
    free(set->vintage);
    free(set->source);
    free(set->licence);
    free(set->sha256);
    for (size_t i = 0; i < set->count; i++) {
        if (set->code)
            free(set->code[i]);
        if (set->area_name)
            free(set->area_name[i]);
        if (set->parent)
            free(set->parent[i]);
    }
    free(set->code);
    free(set->area_name);
    free(set->parent);
    free(set->population);
    free(set->repaired);
    cm_polygon_set_clear(&set->shape);
    *set = (cm_boundary_set)CM_BOUNDARY_SET_INIT;
}

static castmap_status store_areas(castmap_context *ctx, castmap_project *project, const cm_boundary_set *set, int64_t id,
                                  cm_blake2b_stream *hash)
{
    const castmap_polygons shape = cm_polygon_set_view(&set->shape);
    cm_query *insert = NULL, *index = NULL;
    unsigned char *outline = NULL;
    size_t length = 0;
    cm_box box;

    castmap_status status = cm_query_open(ctx, project->db, "INSERT INTO area (boundary, position, code, name, parent,"
                                          " population, repaired, geometry) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", &insert);
    if (!status)
        status = cm_rtree_insert_open(ctx, project->db, "area", &index);
    for (size_t i = 0; i < set->count && !status; i++) {
        status = cm_multipolygon_blob(ctx, &shape, i, &outline, &length, &box);
        if (status)
            break;
        cm_query_bind_integer(insert, 1, id);
        cm_query_bind_integer(insert, 2, (int64_t)i);
        cm_query_bind_text(insert, 3, set->code[i]);
        cm_query_bind_text(insert, 4, set->area_name[i] ? set->area_name[i] : "");
        cm_query_bind_text(insert, 5, set->parent ? set->parent[i] : NULL);
        cm_query_bind_real(insert, 6, set->population ? set->population[i] : (double)NAN);
        cm_query_bind_integer(insert, 7, set->repaired && set->repaired[i]);
        cm_query_bind_blob(insert, 8, outline, length);
        status = cm_query_run(ctx, insert);
        if (!status)
            status = cm_rtree_insert(ctx, index, cm_db_last_id(project->db), &box);
        digest_area(hash, set->code[i], set->area_name[i], set->parent ? set->parent[i] : NULL,
                    set->population ? set->population[i] : (double)NAN, outline, length);
        free(outline);
        outline = NULL;
    }
    free(outline);
    cm_query_close(insert);
    cm_query_close(index);
    return status;
}

castmap_status cm_boundary_store(castmap_context *ctx, castmap_project *project, int64_t run_number,
                                 const cm_boundary_set *set, int64_t *id)
{
    cm_query *query = NULL;
    cm_blake2b_stream hash;
    unsigned char digest[DIGEST_BYTES];
    int64_t repaired = 0, with_population = 0, made = 0;

    if (set->shape.count != set->count)
        return cm_fail(ctx, CASTMAP_E_INTERNAL, "%zu areas have %zu outlines", set->count, set->shape.count);
    for (size_t i = 0; i < set->count; i++) {
        repaired += set->repaired && set->repaired[i];
        with_population += set->population && !isnan(set->population[i]);
    }
    castmap_status status = cm_query_open(
        ctx, project->db, "INSERT INTO boundary (run, level, name, vintage, source, licence, sha256, areas, repaired,"
        " with_population, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, zeroblob(16))", &query);
    if (status)
        return status;
    cm_query_bind_integer(query, 1, run_number);
    const char *const texts[] = {set->level, set->name, set->vintage, set->source, set->licence, set->sha256};
    for (int i = 0; i < 6; i++)
        cm_query_bind_text(query, i + 2, texts[i] ? texts[i] : "");
    cm_query_bind_integer(query, 8, (int64_t)set->count);
    cm_query_bind_integer(query, 9, repaired);
    cm_query_bind_integer(query, 10, with_population);
    status = cm_query_run(ctx, query);
    cm_query_close(query);
    query = NULL;
    if (status)
        return status;
    made = cm_db_last_id(project->db);
    cm_blake2b_init(&hash, sizeof digest);
    status = store_areas(ctx, project, set, made, &hash);
    cm_blake2b_final(&hash, digest);
    if (!status)
        status = cm_query_open(ctx, project->db, "UPDATE boundary SET digest = ? WHERE id = ?", &query);
    if (!status) {
        cm_query_bind_blob(query, 1, digest, sizeof digest);
        cm_query_bind_integer(query, 2, made);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    if (!status)
        *id = made;
    return status;
}

static castmap_status fail_no_level(castmap_context *ctx, castmap_project *project, const char *level)
{
    cm_query *query = NULL;
    cm_text there = CM_TEXT_INIT;
    bool row = true;

    castmap_status status = cm_query_open(ctx, project->db, "SELECT DISTINCT level FROM boundary ORDER BY level", &query);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        const char *name = cm_query_text(query, 0);
        char shown[64];
        cm_escape_display(name ? name : "", name ? strlen(name) : 0, shown, sizeof shown);
        cm_text_addf(&there, "%s%s", there.length ? ", " : "", shown);
    }
    cm_query_close(query);
    if (!status && there.length == 0) {
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the project has no boundaries");
        cm_fail_hint(ctx, "castmap boundaries add FILE brings them in");
    } else if (!status) {
        char shown[64];
        cm_escape_display(level ? level : "", level ? strlen(level) : 0, shown, sizeof shown);
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the project has no boundaries of level \"%s\"; there are: %s", shown,
                         there.bytes);
    }
    cm_text_clear(&there);
    return status;
}

static castmap_status load_areas(castmap_context *ctx, castmap_project *project, cm_boundary_set *set,
                                 cm_blake2b_stream *hash)
{
    const size_t expected = set->count;
    cm_query *query = NULL;
    bool row = true;

    set->count = 0;
    set->code = cm_alloc_zero(expected + 1, sizeof *set->code);
    set->area_name = cm_alloc_zero(expected + 1, sizeof *set->area_name);
    set->parent = cm_alloc_zero(expected + 1, sizeof *set->parent);
    set->population = cm_alloc_zero(expected + 1, sizeof *set->population);
    set->repaired = cm_alloc_zero(expected + 1, sizeof *set->repaired);
    if (!set->code || !set->area_name || !set->parent || !set->population || !set->repaired)
        return cm_fail_memory(ctx);
    castmap_status status = cm_query_open(ctx, project->db, "SELECT code, name, parent, population, repaired, geometry"
                                          " FROM area WHERE boundary = ? ORDER BY position", &query);
    if (!status)
        cm_query_bind_integer(query, 1, set->id);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        const size_t i = set->count;
        if (i == expected) {
            status = cm_fail(ctx, CASTMAP_E_PROJECT, "a boundary set of the project is damaged");
            break;
        }
        set->count++;
        size_t length = 0;
        status = cm_query_copy(ctx, query, 0, &set->code[i]);
        if (!status)
            status = cm_query_copy(ctx, query, 1, &set->area_name[i]);
        if (!status)
            status = cm_query_copy(ctx, query, 2, &set->parent[i]);
        set->population[i] = cm_query_real(query, 3);
        set->repaired[i] = cm_query_integer(query, 4) != 0;
        const unsigned char *outline = cm_query_blob(query, 5, &length);
        if (!status)
            status = cm_multipolygon_read(ctx, outline, length, &set->shape);
        if (!status)
            digest_area(hash, set->code[i], set->area_name[i], set->parent[i], set->population[i], outline, length);
    }
    cm_query_close(query);
    if (!status && set->count != expected)
        status = cm_fail(ctx, CASTMAP_E_PROJECT, "a boundary set of the project is damaged: %zu of %zu areas are left",
                         set->count, expected);
    return status;
}

/* Did a GIS change the areas? SpatiaLite's triggers, which never run on our connection, write the time of it. */
static castmap_status check_digest(castmap_context *ctx, castmap_project *project, bool same)
{
    int64_t edited = 0;

    if (same)
        return CASTMAP_OK;
    castmap_status status = cm_db_integer(
        ctx, project->db, "SELECT count(*) FROM geometry_columns_time WHERE f_table_name = 'area' AND"
        " (last_insert > '0000-01-02' OR last_update > '0000-01-02' OR last_delete > '0000-01-02')", &edited);
    if (status)
        return status;
    if (edited) {
        cm_log(ctx, CASTMAP_LOG_WARNING, "areas were edited in another program since they were brought in");
        return CASTMAP_OK;
    }
    status = cm_fail(ctx, CASTMAP_E_PROJECT, "the areas are not those that were brought in: the file is damaged");
    cm_fail_hint(ctx, "restore the newest backup; keep the damaged file");
    return status;
}

castmap_status cm_boundary_load(castmap_context *ctx, castmap_project *project, const char *level, cm_boundary_set *out)
{
    cm_boundary_set set = CM_BOUNDARY_SET_INIT;
    cm_query *query = NULL;
    cm_blake2b_stream hash;
    unsigned char digest[DIGEST_BYTES], stored[DIGEST_BYTES] = {0};
    bool row = false;

    castmap_status status = cm_query_open(ctx, project->db, "SELECT id, areas, level, name, vintage, source, licence, sha256,"
                                          " digest FROM boundary WHERE ?1 IS NULL OR level = ?1 ORDER BY id DESC LIMIT 1",
                                          &query);
    if (!status) {
        cm_query_bind_text(query, 1, level);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && !row)
        status = fail_no_level(ctx, project, level);
    if (!status) {
        size_t length = 0;
        set.id = cm_query_integer(query, 0);
        const int64_t areas = cm_query_integer(query, 1);
        char **const texts[] = {&set.level, &set.name, &set.vintage, &set.source, &set.licence, &set.sha256};
        for (int i = 0; i < 6 && !status; i++)
            status = cm_query_copy(ctx, query, i + 2, texts[i]);
        const unsigned char *bytes = cm_query_blob(query, 8, &length);
        if (!status && (areas < 0 || areas > INT32_MAX || !bytes || length != sizeof stored))
            status = cm_fail(ctx, CASTMAP_E_PROJECT, "a boundary set of the project is damaged");
        if (!status) {
            memcpy(stored, bytes, sizeof stored);
            set.count = (size_t)areas;
        }
    }
    cm_query_close(query);
    cm_blake2b_init(&hash, sizeof digest);
    if (!status)
        status = load_areas(ctx, project, &set, &hash);
    else
        set.count = 0;
    cm_blake2b_final(&hash, digest);
    if (!status)
        status = check_digest(ctx, project, memcmp(digest, stored, sizeof digest) == 0);
    if (!status)
        status = cm_project_note_boundary(ctx, project, set.id);
    if (status) {
        cm_boundary_set_clear(&set);
        return status;
    }
    *out = set;
    return CASTMAP_OK;
}
