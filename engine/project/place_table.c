/*
 * project/place_table.c - a table of places as packed columns. Neighbours in the order of postcodes are neighbours on the ground, so
 * differences are small: 1.7 million postcodes take about 9 MB.
 */
#include "project/place_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "project/packed_array.h"
#include "project/project_file.h"

#define TEXT_LIMIT ((int64_t)1 << 30)
#define NAME_LIMIT ((int64_t)64 << 20)

static const char *const KINDS[] = {"postcodes", "names"};

void cm_place_set_clear(cm_place_set *set)
{
    free(set->name);
    free(set->format);
    free(set->source);
    free(set->licence);
    free(set->vintage);
    free(set->sha256);
    free(set->lon);
    free(set->lat);
    free(set->accuracy_m);
    free(set->key);
    free(set->ended);
    free(set->place);
    free(set->name_text);
    free(set->area_text);
    *set = (cm_place_set)CM_PLACE_SET_INIT;
}

static void digest_set(const cm_place_set *set, cm_blake2b_stream *hash)
{
    const uint64_t counts[] = {set->kind, set->count, set->n_names, set->name_bytes, set->area_bytes};
    const struct {
        const void *bytes;
        size_t      length;
    } part[] = {
        {counts, sizeof counts},
        {set->lon, set->count * sizeof *set->lon},
        {set->lat, set->count * sizeof *set->lat},
        {set->accuracy_m, set->count * sizeof *set->accuracy_m},
        {set->key, set->key ? set->count * sizeof *set->key : 0},
        {set->ended, set->ended ? set->count * sizeof *set->ended : 0},
        {set->place, set->n_names * sizeof *set->place},
        {set->name_text, set->name_bytes},
        {set->area_text, set->area_bytes},
    };

    cm_blake2b_init(hash, 16);
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++)
        if (part[i].length)
            cm_blake2b_add(hash, part[i].bytes, part[i].length);
}

typedef enum number_kind { SIGNED_32, UNSIGNED_32, UNSIGNED_64 } number_kind;

static castmap_status pack(castmap_context *ctx, const void *array, number_kind kind, size_t n, cm_packed *out)
{
    int64_t *wide = cm_alloc(n, sizeof *wide);

    if (!wide)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < n; i++)
        wide[i] = kind == SIGNED_32     ? ((const int32_t *)array)[i]
                  : kind == UNSIGNED_32 ? ((const uint32_t *)array)[i]
                                        : (int64_t)((const uint64_t *)array)[i];
    const castmap_status status = cm_pack_integers(ctx, wide, n, out);
    free(wide);
    return status;
}

static castmap_status bind_columns(castmap_context *ctx, const cm_place_set *set, cm_query *query, int first, cm_packed packed[8])
{
    castmap_status status = pack(ctx, set->lon, SIGNED_32, set->count, &packed[0]);

    if (!status)
        status = pack(ctx, set->lat, SIGNED_32, set->count, &packed[1]);
    if (!status)
        status = pack(ctx, set->accuracy_m, UNSIGNED_32, set->count, &packed[2]);
    if (!status && set->kind == CM_PLACE_POSTCODES)
        status = pack(ctx, set->key, UNSIGNED_64, set->count, &packed[3]);
    if (!status && set->kind == CM_PLACE_POSTCODES)
        status = pack(ctx, set->ended, UNSIGNED_32, set->count, &packed[4]);
    if (!status && set->kind == CM_PLACE_NAMES)
        status = pack(ctx, set->place, UNSIGNED_32, set->n_names, &packed[5]);
    if (!status && set->kind == CM_PLACE_NAMES)
        status = cm_pack_bytes(ctx, set->name_text, set->name_bytes, &packed[6]);
    if (!status && set->kind == CM_PLACE_NAMES)
        status = cm_pack_bytes(ctx, set->area_text, set->area_bytes, &packed[7]);
    for (int i = 0; !status && i < 8; i++)
        cm_query_bind_blob(query, first + i, packed[i].bytes, packed[i].length);
    return status;
}

castmap_status cm_place_set_store(castmap_context *ctx, castmap_project *project, int64_t run, const cm_place_set *set, int64_t *id)
{
    const char *const texts[] = {set->name, set->format, set->source, set->licence, set->vintage, set->sha256};
    cm_packed packed[8] = {CM_PACKED_INIT};
    cm_blake2b_stream hash;
    unsigned char digest[16];
    cm_query *query = NULL;
    int64_t ended = 0;

    for (size_t i = 0; set->ended && i < set->count; i++)
        ended += set->ended[i] != 0;
    castmap_status status = cm_query_open(
        ctx, project->db, "INSERT INTO place_set (run, kind, name, format, source, licence, vintage, sha256, entries, ended, names,"
        " name_bytes, area_bytes, lon, lat, accuracy_m, keys, ends, places, name_text, area_text, digest)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &query);
    if (status)
        return status;
    cm_query_bind_integer(query, 1, run);
    cm_query_bind_text(query, 2, KINDS[set->kind]);
    for (int i = 0; i < 6; i++)
        cm_query_bind_text(query, 3 + i, texts[i] ? texts[i] : "");
    cm_query_bind_integer(query, 9, (int64_t)set->count);
    cm_query_bind_integer(query, 10, ended);
    cm_query_bind_integer(query, 11, (int64_t)set->n_names);
    cm_query_bind_integer(query, 12, (int64_t)set->name_bytes);
    cm_query_bind_integer(query, 13, (int64_t)set->area_bytes);
    status = bind_columns(ctx, set, query, 14, packed);
    if (!status) {
        digest_set(set, &hash);
        cm_blake2b_final(&hash, digest);
        cm_query_bind_blob(query, 22, digest, sizeof digest);
        status = cm_query_run(ctx, query);
    }
    if (!status)
        *id = cm_db_last_id(project->db);
    cm_query_close(query);
    for (int i = 0; i < 8; i++)
        cm_packed_clear(&packed[i]);
    return status;
}

/* Whole numbers of a column within [low, high], as a 32- or 64-bit array. */
static castmap_status unpack(castmap_context *ctx, cm_query *query, int column, number_kind kind, size_t n, int64_t low, int64_t high, void **out)
{
    int64_t *wide = NULL;
    castmap_status status = cm_unpack_integers(ctx, query, column, n, &wide);

    if (status)
        return status;
    void *made = cm_alloc(n, kind == UNSIGNED_64 ? 8 : 4);
    if (!made) {
        free(wide);
        return cm_fail_memory(ctx);
    }
    for (size_t i = 0; i < n && !status; i++) {
        if (wide[i] < low || wide[i] > high)
            status = cm_fail(ctx, CASTMAP_E_PROJECT, "a table of places of the project is damaged");
        else if (kind == SIGNED_32)
            ((int32_t *)made)[i] = (int32_t)wide[i];
        else if (kind == UNSIGNED_32)
            ((uint32_t *)made)[i] = (uint32_t)wide[i];
        else
            ((uint64_t *)made)[i] = (uint64_t)wide[i];
    }
    free(wide);
    if (status)
        free(made);
    else
        *out = made;
    return status;
}

/* n texts, each with its NUL, fill the bytes. */
static bool texts_fill(const char *text, size_t bytes, size_t n)
{
    size_t found = 0;

    for (size_t i = 0; i < bytes; i++)
        found += text[i] == '\0';
    return found == n && (bytes == 0 || text[bytes - 1] == '\0');
}

static castmap_status load_columns(castmap_context *ctx, cm_query *query, cm_place_set *set)
{
    const int64_t half_turn = (int64_t)180 * CM_PLACE_DEGREE;
    const bool names = set->kind == CM_PLACE_NAMES;
    castmap_status status = unpack(ctx, query, 13, SIGNED_32, set->count, -half_turn, half_turn, (void **)&set->lon);

    if (!status)
        status = unpack(ctx, query, 14, SIGNED_32, set->count, -half_turn / 2, half_turn / 2, (void **)&set->lat);
    if (!status)
        status = unpack(ctx, query, 15, UNSIGNED_32, set->count, 0, UINT32_MAX, (void **)&set->accuracy_m);
    if (!status && !names)
        status = unpack(ctx, query, 16, UNSIGNED_64, set->count, 0, INT64_MAX, (void **)&set->key);
    if (!status && !names)
        status = unpack(ctx, query, 17, UNSIGNED_32, set->count, 0, UINT32_MAX, (void **)&set->ended);
    if (!status && names)
        status = unpack(ctx, query, 18, UNSIGNED_32, set->n_names, 0, (int64_t)set->count - 1, (void **)&set->place);
    if (!status && names)
        status = cm_unpack_bytes(ctx, query, 19, set->name_bytes, (void **)&set->name_text);
    if (!status && names)
        status = cm_unpack_bytes(ctx, query, 20, set->area_bytes, (void **)&set->area_text);
    if (!status && names &&
        (!texts_fill(set->name_text, set->name_bytes, set->n_names) || !texts_fill(set->area_text, set->area_bytes, set->count)))
        status = cm_fail(ctx, CASTMAP_E_PROJECT, "a table of places of the project is damaged");
    return status;
}

static castmap_status load_one(castmap_context *ctx, cm_query *query, cm_place_set *set)
{
    char **const texts[] = {&set->name, &set->format, &set->source, &set->licence, &set->vintage, &set->sha256};
    const char *kind = cm_query_text(query, 2);
    cm_blake2b_stream hash;

    set->id = cm_query_integer(query, 0);
    set->run = cm_query_integer(query, 1);
    set->kind = kind && strcmp(kind, KINDS[CM_PLACE_NAMES]) == 0 ? CM_PLACE_NAMES : CM_PLACE_POSTCODES;
    castmap_status status = CASTMAP_OK;
    for (int i = 0; i < 6 && !status; i++)
        status = cm_query_copy(ctx, query, 3 + i, texts[i]);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 9), (int64_t)CM_PLACE_MOST, &set->count);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 10), NAME_LIMIT, &set->n_names);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 11), TEXT_LIMIT, &set->name_bytes);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 12), TEXT_LIMIT, &set->area_bytes);
    if (!status)
        status = load_columns(ctx, query, set);
    if (status)
        return status;
    digest_set(set, &hash);
    return cm_stored_digest(ctx, query, 21, &hash);
}

castmap_status cm_place_sets_load(castmap_context *ctx, castmap_project *project, cm_place_set **sets, size_t *n)
{
    cm_place_set *list = NULL;
    size_t count = 0, capacity = 0;
    cm_query *query = NULL;
    bool row = true;

    castmap_status status = cm_query_open(
        ctx, project->db, "SELECT id, run, kind, name, format, source, licence, vintage, sha256, entries, names, name_bytes, area_bytes,"
        " lon, lat, accuracy_m, keys, ends, places, name_text, area_text, digest FROM place_set ORDER BY id DESC", &query);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (cm_grow(&list, &capacity, count + 1, sizeof *list) != 0) {
            status = cm_fail_memory(ctx);
            break;
        }
        list[count] = (cm_place_set)CM_PLACE_SET_INIT;
        status = load_one(ctx, query, &list[count++]);
    }
    cm_query_close(query);
    if (status) {
        for (size_t i = 0; i < count; i++)
            cm_place_set_clear(&list[i]);
        free(list);
        return status;
    }
    *sets = list;
    *n = count;
    return CASTMAP_OK;
}

castmap_status cm_place_sets_count(castmap_context *ctx, castmap_project *project, size_t *n)
{
    int64_t count = 0;
    const castmap_status status = cm_db_integer(ctx, project->db, "SELECT count(*) FROM place_set", &count);

    if (!status)
        *n = (size_t)count;
    return status;
}
