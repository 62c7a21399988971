/*
 * project/track_table.c - tracks as packed columns: neighbours in time are neighbours on the ground, so a fix takes five bytes or so.
 */
#include "project/track_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"
#include "project/packed_array.h"
#include "project/project_file.h"

#define COLUMNS 6
#define UNKNOWN (-(INT64_C(1) << 53)) /* stands for INT64_MIN, whose differences would not fit */
#define TEXT_LIMIT ((size_t)1 << 26)

void cm_track_set_clear(cm_track_set *set)
{
    for (size_t i = 0; set->pseudonym && i < set->n_people; i++)
        free(set->pseudonym[i]);
    free(set->pseudonym);
    free(set->name);
    free(set->format);
    free(set->sha256);
    free(set->start);
    free(set->recording);
    free(set->person);
    free(set->lon);
    free(set->lat);
    free(set->time_s);
    *set = (cm_track_set)CM_TRACK_SET_INIT;
}

static void digest_set(const cm_track_set *set, const char *pseudonyms, cm_blake2b_stream *hash)
{
    const uint64_t counts[] = {set->n_tracks, set->n_fixes, set->n_people};

    cm_blake2b_init(hash, 16);
    cm_blake2b_add(hash, counts, sizeof counts);
    cm_blake2b_add(hash, set->start, (set->n_tracks + 1) * sizeof *set->start);
    cm_blake2b_add(hash, set->recording, set->n_tracks * sizeof *set->recording);
    cm_blake2b_add(hash, set->person, set->n_tracks * sizeof *set->person);
    cm_blake2b_add(hash, set->lon, set->n_fixes * sizeof *set->lon);
    cm_blake2b_add(hash, set->lat, set->n_fixes * sizeof *set->lat);
    cm_blake2b_add(hash, set->time_s, set->n_fixes * sizeof *set->time_s);
    cm_blake2b_add(hash, pseudonyms, strlen(pseudonyms) + 1);
}

static castmap_status pack_32(castmap_context *ctx, const int32_t *values, size_t n, cm_packed *out)
{
    int64_t *wide = cm_alloc(n, sizeof *wide);

    if (!wide)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < n; i++)
        wide[i] = values[i];
    const castmap_status status = cm_pack_integers(ctx, wide, n, out);
    free(wide);
    return status;
}

static castmap_status pack_times(castmap_context *ctx, const int64_t *values, size_t n, cm_packed *out)
{
    int64_t *known = cm_alloc(n, sizeof *known);

    if (!known)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < n; i++)
        known[i] = values[i] == INT64_MIN ? UNKNOWN : values[i];
    const castmap_status status = cm_pack_integers(ctx, known, n, out);
    free(known);
    return status;
}

/* One text, a pseudonym a line. */
static char *join_pseudonyms(const cm_track_set *set)
{
    cm_text text = CM_TEXT_INIT;

    for (size_t i = 0; i < set->n_people; i++) {
        cm_text_add_bytes(&text, set->pseudonym[i], strlen(set->pseudonym[i]));
        cm_text_add_bytes(&text, "\n", 1);
    }
    char *made = text.failed ? NULL : text.bytes ? cm_text_take(&text) : cm_copy_text("");
    cm_text_clear(&text);
    return made;
}

static castmap_status pack_columns(castmap_context *ctx, const cm_track_set *set, cm_packed packed[COLUMNS])
{
    castmap_status status = cm_pack_integers(ctx, set->start, set->n_tracks + 1, &packed[0]);

    if (!status)
        status = cm_pack_integers(ctx, set->recording, set->n_tracks, &packed[1]);
    if (!status)
        status = cm_pack_integers(ctx, set->person, set->n_tracks, &packed[2]);
    if (!status)
        status = pack_32(ctx, set->lon, set->n_fixes, &packed[3]);
    if (!status)
        status = pack_32(ctx, set->lat, set->n_fixes, &packed[4]);
    return status ? status : pack_times(ctx, set->time_s, set->n_fixes, &packed[5]);
}

static void bind_span(cm_query *query, int first, const cm_track_set *set)
{
    int64_t from_s = INT64_MAX, to_s = INT64_MIN;

    for (size_t i = 0; i < set->n_fixes; i++) {
        if (set->time_s[i] == INT64_MIN)
            continue;
        from_s = set->time_s[i] < from_s ? set->time_s[i] : from_s;
        to_s = set->time_s[i] > to_s ? set->time_s[i] : to_s;
    }
    if (to_s == INT64_MIN) {
        cm_query_bind_null(query, first);
        cm_query_bind_null(query, first + 1);
        return;
    }
    cm_query_bind_integer(query, first, from_s);
    cm_query_bind_integer(query, first + 1, to_s);
}

castmap_status cm_track_set_store(castmap_context *ctx, castmap_project *project, int64_t run, const cm_track_set *set, int64_t *id)
{
    static const int PLACE[COLUMNS] = {10, 11, 12, 14, 15, 16};
    cm_packed packed[COLUMNS] = {CM_PACKED_INIT};
    cm_blake2b_stream hash;
    unsigned char digest[16];
    cm_query *query = NULL;
    char *pseudonyms = join_pseudonyms(set);
    castmap_status status = pseudonyms ? pack_columns(ctx, set, packed) : cm_fail_memory(ctx);

    if (!status)
        status = cm_query_open(ctx, project->db, "INSERT INTO track_set (run, name, format, sha256, tracks, fixes, people, first_s, last_s, start,"
                               " recording, person, pseudonyms, lon, lat, time_s, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                               &query);
    if (!status) {
        cm_query_bind_integer(query, 1, run);
        cm_query_bind_text(query, 2, set->name);
        cm_query_bind_text(query, 3, set->format);
        cm_query_bind_text(query, 4, set->sha256);
        cm_query_bind_integer(query, 5, (int64_t)set->n_tracks);
        cm_query_bind_integer(query, 6, (int64_t)set->n_fixes);
        cm_query_bind_integer(query, 7, (int64_t)set->n_people);
        bind_span(query, 8, set);
        for (int k = 0; k < COLUMNS; k++)
            cm_query_bind_blob(query, PLACE[k], packed[k].bytes, packed[k].length);
        cm_query_bind_text(query, 13, pseudonyms);
        digest_set(set, pseudonyms, &hash);
        cm_blake2b_final(&hash, digest);
        cm_query_bind_blob(query, 17, digest, sizeof digest);
        status = cm_query_run(ctx, query);
    }
    if (!status)
        *id = cm_db_last_id(project->db);
    cm_query_close(query);
    for (int k = 0; k < COLUMNS; k++)
        cm_packed_clear(&packed[k]);
    free(pseudonyms);
    return status;
}

static castmap_status damaged(castmap_context *ctx)
{
    return cm_fail(ctx, CASTMAP_E_PROJECT, "stored tracks are damaged");
}

static castmap_status unpack_degrees(castmap_context *ctx, cm_query *query, int column, size_t n, int64_t most, int32_t **out)
{
    int64_t *wide = NULL;
    castmap_status status = cm_unpack_integers(ctx, query, column, n, &wide);

    if (status)
        return status;
    *out = cm_alloc(n, sizeof **out);
    if (!*out)
        status = cm_fail_memory(ctx);
    for (size_t i = 0; i < n && !status; i++) {
        if (wide[i] < -most || wide[i] > most)
            status = damaged(ctx);
        else
            (*out)[i] = (int32_t)wide[i];
    }
    free(wide);
    return status;
}

static castmap_status part_pseudonyms(castmap_context *ctx, const char *text, cm_track_set *set)
{
    if (strlen(text) > TEXT_LIMIT || set->n_people > TEXT_LIMIT)
        return damaged(ctx);
    set->pseudonym = cm_alloc_zero(set->n_people, sizeof *set->pseudonym);
    if (!set->pseudonym)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < set->n_people; i++) {
        const char *end = strchr(text, '\n');
        if (!end)
            return damaged(ctx);
        set->pseudonym[i] = cm_copy_bytes(text, (size_t)(end - text));
        if (!set->pseudonym[i])
            return cm_fail_memory(ctx);
        text = end + 1;
    }
    return *text ? damaged(ctx) : CASTMAP_OK;
}

/* What later code relies on: starts that ascend to the number of fixes, people that are there. */
static castmap_status check_loaded(castmap_context *ctx, const cm_track_set *set)
{
    if (set->start[0] != 0 || set->start[set->n_tracks] != (int64_t)set->n_fixes)
        return damaged(ctx);
    for (size_t t = 0; t < set->n_tracks; t++) {
        if (set->start[t + 1] < set->start[t] || set->recording[t] < 0 || set->recording[t] >= (int64_t)set->n_tracks ||
            (t > 0 && set->recording[t] < set->recording[t - 1]) || set->person[t] < CM_NO_PERSON || set->person[t] >= (int64_t)set->n_people)
            return damaged(ctx);
    }
    return CASTMAP_OK;
}

static castmap_status load_one(castmap_context *ctx, cm_query *query, cm_track_set *set)
{
    char **const texts[] = {&set->name, &set->format, &set->sha256};
    const char *pseudonyms;
    cm_blake2b_stream hash;

    set->id = cm_query_integer(query, 0);
    set->run = cm_query_integer(query, 1);
    castmap_status status = cm_stored_count(ctx, cm_query_integer(query, 5), (int64_t)CM_TRACK_FIXES_MOST, &set->n_tracks);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 6), (int64_t)CM_TRACK_FIXES_MOST, &set->n_fixes);
    for (int i = 0; i < 3 && !status; i++)
        status = cm_query_copy(ctx, query, 2 + i, texts[i]);
    if (!status)
        status = cm_unpack_integers(ctx, query, 8, set->n_tracks + 1, &set->start);
    if (!status)
        status = cm_unpack_integers(ctx, query, 9, set->n_tracks, &set->recording);
    if (!status)
        status = cm_unpack_integers(ctx, query, 10, set->n_tracks, &set->person);
    if (!status)
        status = unpack_degrees(ctx, query, 12, set->n_fixes, (int64_t)180 * CM_TRACK_DEGREE, &set->lon);
    if (!status)
        status = unpack_degrees(ctx, query, 13, set->n_fixes, (int64_t)90 * CM_TRACK_DEGREE, &set->lat);
    if (!status)
        status = cm_unpack_integers(ctx, query, 14, set->n_fixes, &set->time_s);
    for (size_t i = 0; i < set->n_fixes && !status; i++) {
        if (set->time_s[i] == UNKNOWN)
            set->time_s[i] = INT64_MIN;
    }
    size_t people = 0;
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 7), (int64_t)CM_TRACK_FIXES_MOST, &people);
    if (status)
        return status;
    set->n_people = people;
    pseudonyms = cm_query_text(query, 11);
    pseudonyms = pseudonyms ? pseudonyms : "";
    status = part_pseudonyms(ctx, pseudonyms, set);
    if (!status)
        status = check_loaded(ctx, set);
    if (status)
        return status;
    digest_set(set, pseudonyms, &hash);
    return cm_stored_digest(ctx, query, 15, &hash);
}

castmap_status cm_track_sets_load(castmap_context *ctx, castmap_project *project, int64_t id, cm_track_set **sets, size_t *n)
{
    cm_track_set *list = NULL;
    size_t count = 0, capacity = 0;
    cm_query *query = NULL;
    bool row = true;
    castmap_status status = cm_query_open(ctx, project->db, "SELECT id, run, name, format, sha256, tracks, fixes, people, start, recording, person,"
                                          " pseudonyms, lon, lat, time_s, digest FROM track_set WHERE ?1 = 0 OR id = ?1 ORDER BY id", &query);

    if (!status)
        cm_query_bind_integer(query, 1, id);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (cm_grow(&list, &capacity, count + 1, sizeof *list) != 0) {
            status = cm_fail_memory(ctx);
            break;
        }
        list[count] = (cm_track_set)CM_TRACK_SET_INIT;
        status = load_one(ctx, query, &list[count++]);
    }
    cm_query_close(query);
    if (!status && count == 0) {
        status = id ? cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the project has no set of tracks %lld", (long long)id)
                    : cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the project has no tracks");
        cm_fail_hint(ctx, id ? "castmap tracks list shows them" : "castmap tracks add FILE brings them in");
    }
    if (status) {
        for (size_t i = 0; i < count; i++)
            cm_track_set_clear(&list[i]);
        free(list);
        return status;
    }
    *sets = list;
    *n = count;
    return CASTMAP_OK;
}

castmap_status cm_track_set_find(castmap_context *ctx, castmap_project *project, const char *sha256, int64_t *id)
{
    cm_query *query = NULL;
    bool row = false;
    castmap_status status = cm_query_open(ctx, project->db, "SELECT id FROM track_set WHERE sha256 = ? ORDER BY id LIMIT 1", &query);

    if (!status) {
        cm_query_bind_text(query, 1, sha256);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status)
        *id = row ? cm_query_integer(query, 0) : 0;
    cm_query_close(query);
    return status;
}
