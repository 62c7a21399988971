/*
 * project/observation_writer.c - observations on their way into the table.
 *
 * Rows are appended with ids that only grow, many at a time (sqlite_rows.h), so the table is written once from its first page to its last; texts that
 * repeat are kept once; what is known already is looked up by content id; the spatial index is built at the end. Memory does not grow with the rows but
 * for about 2 bytes each: see content_index.h, base/sorter.h and rtree_stream.h.
 *
 * The table's CHECK constraints guard it against other programs. Here they would take more than half of the time of an insert (2.06 s
 * against 0.78 s for 620,000 rows: IN lists become tables of their own for every row), so check_values() asks the same questions and the
 * constraints rest while the writer is open.
 */
#include "project/observation_table.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/digest.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/time_text.h"
#include "project/content_index.h"
#include "project/observation_check.h"
#include "project/observation_index.h"
#include "project/packed_rtree.h"
#include "project/project_file.h"
#include "project/sqlite_rows.h"
#include "project/run_table.h"
#include "project/term_table.h"

#define SAME_DEGREES 0.5e-7 /* piles are told to the seventh decimal */
#define ROWS_BETWEEN_CHECKS 4096u
#define NO_LIMIT ((size_t)UINT32_MAX)
/* Beyond this many different texts the columns evidently do not repeat, and the text goes into the row. */
#define TERM_LIMIT 32768u
/* A column of which more than three quarters of this many texts in a row were new does not repeat either. */
#define TERM_WINDOW 4096u
/* A batch that is smaller than this share of the table is indexed row by row: about 10 us a row against 1 us for all rows. */
#define REBUILD_SHARE 8

/* What is known of one column of terms. */
typedef struct term_column {
    cm_term_hint hint;
    unsigned     asked, unknown; /* in the window at hand */
    bool         plain;          /* its texts go into the rows */
} term_column;

enum { TIME_TEXT, ZONE, CONDITIONS, EXTRA, TERM_COLUMNS };

struct cm_observation_writer {
    castmap_project *project;  /* borrowed */
    int64_t          batch_id, first_id, next_id, rows_before;
    size_t           count;    /* rows of this batch */
    cm_row_image    *rows;     /* owned: in the order of the columns of the table */
    cm_content_index known;    /* owned */
    cm_term_table    category, source, term; /* owned */
    cm_term_hint     category_hint, source_hint;
    term_column      column[TERM_COLUMNS];
    cm_rtree_points *points;   /* owned: places of this batch's rows */
    uint64_t         checksum;
    uint64_t         digest[4]; /* sums of content ids and hashes, so that the order of rows does not matter */
};

static uint32_t check_of(const unsigned char hash[CM_CONTENT_ID_BYTES])
{
    uint32_t check;

    memcpy(&check, hash, sizeof check);
    return check;
}

static castmap_status load_known(castmap_context *ctx, cm_observation_writer *writer)
{
    cm_query *query = NULL;
    cm_content_entry *entry;
    bool row = true, added;
    size_t id_bytes, hash_bytes;

    castmap_status status = cm_query_open(ctx, writer->project->db, "SELECT content_id, content_hash FROM observation", &query);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        writer->rows_before++;
        const unsigned char *id = cm_query_blob(query, 0, &id_bytes), *hash = cm_query_blob(query, 1, &hash_bytes);
        if (!id || !hash || id_bytes != CM_CONTENT_ID_BYTES || hash_bytes != CM_CONTENT_ID_BYTES)
            status = cm_fail(ctx, CASTMAP_E_PROJECT, "an observation of the project has a damaged content id");
        else
            status = cm_content_index_get(ctx, &writer->known, id, &entry, &added);
        if (!status)
            entry->check = check_of(hash);
        if (!status && writer->rows_before % ROWS_BETWEEN_CHECKS == 0 && cm_cancelled(ctx))
            status = cm_fail_cancelled(ctx);
    }
    cm_query_close(query);
    return status;
}

/* Ids are not used again even when a batch was undone. */
static castmap_status find_next_id(castmap_context *ctx, cm_observation_writer *writer)
{
    char *text = NULL;
    int64_t next = 1, largest = 0;

    castmap_status status = cm_setting_get(ctx, writer->project, "next_observation", &text);
    if (!status)
        status = cm_db_integer(ctx, writer->project->db, "SELECT coalesce(max(id), 0) FROM observation", &largest);
    if (!status && text && !cm_decimal_parse_i64(text, strlen(text), &next))
        next = 1;
    free(text);
    writer->first_id = writer->next_id = next > largest ? next : largest + 1;
    return status;
}

castmap_status cm_observation_writer_open(castmap_context *ctx, castmap_project *project, int64_t batch_id,
                                          cm_observation_writer **out)
{
    cm_observation_writer *writer = cm_alloc_zero(1, sizeof *writer);

    if (!writer)
        return cm_fail_memory(ctx);
    writer->project = project;
    writer->batch_id = batch_id;
    writer->known.beside = project->path;
    castmap_status status = find_next_id(ctx, writer);
    if (!status)
        status = cm_rtree_points_new(ctx, project->path, &writer->points);
    if (!status)
        status = load_known(ctx, writer);
    if (!status)
        status = cm_term_table_open(ctx, project->db, "SELECT id, name FROM category ORDER BY id",
                                    "INSERT INTO category (name) VALUES (?)", NO_LIMIT, &writer->category);
    if (!status)
        status = cm_term_table_open(ctx, project->db, "SELECT id, name FROM source ORDER BY id",
                                    "INSERT INTO source (name) VALUES (?)", NO_LIMIT, &writer->source);
    if (!status)
        status = cm_term_table_open(ctx, project->db, "SELECT id, text FROM term ORDER BY id",
                                    "INSERT INTO term (text) VALUES (?)", TERM_LIMIT, &writer->term);
    if (!status)
        status = cm_db_rest_checks(ctx, project->db);
    if (!status)
        status = cm_row_image_new(ctx, project->db, "observation", &writer->rows);
    if (status) {
        cm_observation_writer_free(writer);
        return status;
    }
    *out = writer;
    return CASTMAP_OK;
}

/* A term by its number; or the text itself, where the dictionary is full or the column does not repeat. */
static castmap_status put_term(castmap_context *ctx, cm_observation_writer *writer, term_column *column, const char *text)
{
    const size_t known = writer->term.count;
    int64_t id = 0;
    castmap_status status = CASTMAP_OK;

    if (!text) {
        cm_row_null(writer->rows);
        return CASTMAP_OK;
    }
    if (!column->plain) {
        status = cm_term_table_id(ctx, &writer->term, text, &column->hint, &id);
        if (!id || writer->term.count != known)
            column->unknown++;
        if (++column->asked == TERM_WINDOW) {
            column->plain = column->unknown > TERM_WINDOW / 4 * 3;
            column->asked = column->unknown = 0;
        }
    }
    if (id)
        cm_row_integer(writer->rows, id);
    else
        cm_row_text(writer->rows, text);
    return status;
}

static castmap_status put_name(castmap_context *ctx, cm_observation_writer *writer, cm_term_table *table, cm_term_hint *hint, const char *text)
{
    int64_t id = 0;

    if (!text) {
        cm_row_null(writer->rows);
        return CASTMAP_OK;
    }
    castmap_status status = cm_term_table_id(ctx, table, text, hint, &id);
    cm_row_integer(writer->rows, id);
    return status;
}

static void put_time(cm_row_image *rows, int64_t time_s)
{
    if (time_s == CM_TIME_UNKNOWN)
        cm_row_null(rows);
    else
        cm_row_integer(rows, time_s);
}

/* Every column of the table in its order. */
static castmap_status append_row(castmap_context *ctx, cm_observation_writer *writer, const cm_observation *row,
                                 const unsigned char content_id[CM_CONTENT_ID_BYTES])
{
    unsigned char point[CM_POINT_BLOB_BYTES];
    const char information[2] = {row->information_grade, '\0'}, handling[2] = {row->handling, '\0'};
    cm_row_image *rows = writer->rows;

    cm_row_begin(rows, writer->next_id);
    cm_row_integer(rows, writer->batch_id);
    cm_row_integer(rows, row->row);
    cm_row_real(rows, row->lon);
    cm_row_real(rows, row->lat);
    cm_row_real(rows, row->accuracy_m);
    cm_row_integer(rows, row->precision);
    put_time(rows, row->from_s);
    put_time(rows, row->to_s);
    cm_row_integer(rows, row->when);
    castmap_status status = put_name(ctx, writer, &writer->category, &writer->category_hint, row->category);
    if (!status)
        status = put_name(ctx, writer, &writer->source, &writer->source_hint, row->source);
    cm_row_integer(rows, row->source_grade);
    cm_row_text(rows, information);
    cm_row_text(rows, handling);
    if (row->persons < 0)
        cm_row_null(rows);
    else
        cm_row_integer(rows, row->persons);
    cm_row_blob(rows, content_id, CM_CONTENT_ID_BYTES);
    cm_row_blob(rows, row->content_hash, CM_CONTENT_ID_BYTES);
    if (!status)
        status = put_term(ctx, writer, &writer->column[TIME_TEXT], row->when_text);
    if (!status)
        status = put_term(ctx, writer, &writer->column[ZONE], row->zone);
    if (!status)
        status = put_term(ctx, writer, &writer->column[CONDITIONS], row->conditions);
    if (!status)
        status = put_term(ctx, writer, &writer->column[EXTRA], row->extra);
    cm_row_text(rows, row->record_id);
    cm_row_text(rows, row->text);
    cm_point_blob(row->lon, row->lat, point);
    cm_row_blob(rows, point, sizeof point);
    return status ? status : cm_row_end(ctx, rows);
}

static void add_to_sums(cm_observation_writer *writer, const cm_observation *row, const unsigned char content_id[CM_CONTENT_ID_BYTES])
{
    const cm_checked_row checked = {
        .id = writer->next_id, .from_s = row->from_s, .to_s = row->to_s, .lon = row->lon, .lat = row->lat,
        .accuracy_m = row->accuracy_m, .place = row->precision, .when = row->when, .source_grade = (unsigned)row->source_grade,
        .information_grade = row->information_grade, .handling = row->handling, .category = cm_check_text(row->category),
        .source = cm_check_text(row->source)};
    uint64_t part[4];

    writer->checksum += cm_check_row(&checked);
    memcpy(part, content_id, CM_CONTENT_ID_BYTES);
    memcpy(part + 2, row->content_hash, CM_CONTENT_ID_BYTES);
    for (int i = 0; i < 4; i++)
        writer->digest[i] += part[i];
}

/* What the table's constraints would ask. */
static castmap_status check_values(castmap_context *ctx, const cm_observation *row)
{
    if (!(fabs(row->lon) <= 180.0) || !(fabs(row->lat) <= 90.0))
        return cm_fail(ctx, CASTMAP_E_DATA, "row %" PRId64 " has no place on the earth", row->row);
    if (row->source_grade < 1 || row->source_grade > 3 || row->information_grade < 'A' || row->information_grade > 'E' ||
        (row->handling != 'P' && row->handling != 'C'))
        return cm_fail(ctx, CASTMAP_E_DATA, "row %" PRId64 " has a grade or a handling code that does not exist", row->row);
    return CASTMAP_OK;
}

/* A record that has an id of its own: the row of this file that had it first is kept with it. */
static castmap_status judge_own(castmap_context *ctx, cm_observation_writer *writer, const cm_observation *row, cm_stored *stored, int64_t *earlier)
{
    cm_content_entry *entry;
    bool added;

    castmap_status status = cm_content_index_get(ctx, &writer->known, row->content_id, &entry, &added);
    if (status)
        return status;
    if (added)
        entry->check = check_of(row->content_hash);
    *stored = added ? CM_STORED_NEW : entry->check == check_of(row->content_hash) ? CM_STORED_DUPLICATE : CM_STORED_CONFLICT;
    *earlier = entry->seen;
    if (entry->seen == 0 && row->row > 0 && row->row <= UINT32_MAX)
        entry->seen = (uint32_t)row->row;
    return CASTMAP_OK;
}

/* A record without one is told by its content, and equal records of one file by their number: how often it was seen in this file is kept with it. */
static castmap_status judge_content(castmap_context *ctx, cm_observation_writer *writer, const cm_observation *row, unsigned char id[CM_CONTENT_ID_BYTES],
                                    cm_stored *stored)
{
    unsigned char numbered[CM_CONTENT_ID_BYTES + 8];
    cm_content_entry *entry;
    bool added;

    castmap_status status = cm_content_index_get(ctx, &writer->known, id, &entry, &added);
    if (!status && ++entry->seen > 1) {
        const uint32_t number = entry->seen;
        memcpy(numbered, row->content_hash, CM_CONTENT_ID_BYTES);
        for (int i = 0; i < 8; i++)
            numbered[CM_CONTENT_ID_BYTES + i] = (unsigned char)((uint64_t)number >> (8 * i));
        cm_blake2b(numbered, sizeof numbered, NULL, 0, id, CM_CONTENT_ID_BYTES);
        status = cm_content_index_get(ctx, &writer->known, id, &entry, &added);
    }
    if (status)
        return status;
    if (added)
        entry->check = check_of(row->content_hash);
    *stored = added ? CM_STORED_NEW : CM_STORED_DUPLICATE;
    return CASTMAP_OK;
}

castmap_status cm_observation_writer_add(castmap_context *ctx, cm_observation_writer *writer, const cm_observation *observation, cm_stored *stored,
                                         int64_t *earlier)
{
    unsigned char id[CM_CONTENT_ID_BYTES];
    cm_stored found = CM_STORED_NEW;

    castmap_status status = check_values(ctx, observation);
    if (status)
        return status;
    if (writer->count % ROWS_BETWEEN_CHECKS == 0 && cm_cancelled(ctx))
        return cm_fail_cancelled(ctx);
    *earlier = 0;
    memcpy(id, observation->content_id, sizeof id);
    status = observation->record_id ? judge_own(ctx, writer, observation, &found, earlier) : judge_content(ctx, writer, observation, id, &found);
    if (!status && found == CM_STORED_NEW) {
        status = append_row(ctx, writer, observation, id);
        if (!status)
            status = cm_rtree_points_add(ctx, writer->points, writer->next_id, observation->lon, observation->lat);
        if (status)
            return status;
        add_to_sums(writer, observation, id);
        writer->count++;
        writer->next_id++;
    }
    *stored = found;
    return status;
}

static castmap_status build_index(castmap_context *ctx, cm_observation_writer *writer)
{
    cm_db *db = writer->project->db;
    castmap_status status = CASTMAP_OK;

    if (writer->count == 0)
        return CASTMAP_OK;
    if (writer->count * REBUILD_SHARE < (size_t)writer->rows_before)
        return cm_rtree_points_insert(ctx, db, "observation", writer->points);
    if (writer->rows_before > 0)
        status = cm_observation_index_read(ctx, db, writer->first_id, writer->points);
    return status ? status : cm_packed_rtree_store(ctx, db, "observation", writer->points);
}

static castmap_status write_sums(castmap_context *ctx, cm_observation_writer *writer)
{
    cm_query *query = NULL;
    char hex[65], next[CM_DECIMAL_SIZE];
    unsigned char bytes[32];

    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < 8; k++)
            bytes[8 * i + k] = (unsigned char)(writer->digest[i] >> (8 * k));
    }
    cm_hex(bytes, sizeof bytes, hex);
    castmap_status status = cm_query_open(ctx, writer->project->db,
                                          "UPDATE batch SET digest = ?, checksum = ? WHERE id = ?", &query);
    if (!status) {
        cm_query_bind_text(query, 1, hex);
        cm_query_bind_integer(query, 2, (int64_t)writer->checksum);
        cm_query_bind_integer(query, 3, writer->batch_id);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    cm_decimal_i64(writer->next_id, next);
    return status ? status : cm_setting_set(ctx, writer->project, "next_observation", next);
}

/* The row at the query with its place known so well: its part of the check sum. */
static uint64_t check_stored(cm_query *query, unsigned place)
{
    const char *information = cm_query_text(query, 8), *handling = cm_query_text(query, 9);
    const cm_checked_row checked = {
        .id = cm_query_integer(query, 0), .lon = cm_query_real(query, 1), .lat = cm_query_real(query, 2), .accuracy_m = cm_query_real(query, 3),
        .from_s = cm_query_is_null(query, 4) ? CM_TIME_UNKNOWN : cm_query_integer(query, 4),
        .to_s = cm_query_is_null(query, 5) ? CM_TIME_UNKNOWN : cm_query_integer(query, 5), .place = place,
        .when = (unsigned)cm_query_integer(query, 6), .source_grade = (unsigned)cm_query_integer(query, 7),
        .information_grade = information ? information[0] : '\0', .handling = handling ? handling[0] : '\0',
        .category = cm_check_text(cm_query_text(query, 10)), .source = cm_check_text(cm_query_text(query, 11))};

    return cm_check_row(&checked);
}

static bool on_a_pile(cm_query *row, size_t n, const double (*place)[2])
{
    const double lon = cm_query_real(row, 1), lat = cm_query_real(row, 2);

    for (size_t i = 0; i < n; i++)
        if (fabs(lon - place[i][0]) <= SAME_DEGREES && fabs(lat - place[i][1]) <= SAME_DEGREES)
            return true;
    return false;
}

/* The row that is altered is the one that was read last, and its id stays: the reading goes on behind it. */
castmap_status cm_observation_writer_doubt(castmap_context *ctx, cm_observation_writer *writer, size_t n, const double (*place)[2])
{
    cm_query *select = NULL, *update = NULL;
    bool row = false;
    size_t turn = 0;

    if (n == 0)
        return CASTMAP_OK;
    castmap_status status = cm_row_image_flush(ctx, writer->rows);
    if (!status)
        status = cm_query_open(ctx, writer->project->db, "SELECT o.id, o.lon, o.lat, o.accuracy_m, o.from_s, o.to_s, o.time_known, o.source_grade, o.information_grade,"
        " o.handling, c.name, s.name FROM observation AS o LEFT JOIN category AS c ON c.id = o.category"
        " LEFT JOIN source AS s ON s.id = o.source WHERE o.id >= ? AND o.place = ?", &select);
    if (!status)
        status = cm_query_open(ctx, writer->project->db, "UPDATE observation SET place = ? WHERE id = ?", &update);
    if (!status) {
        cm_query_bind_integer(select, 1, writer->first_id);
        cm_query_bind_integer(select, 2, CM_PLACE_EXACT);
    }
    while (!status) {
        status = cm_query_step(ctx, select, &row);
        if (status || !row)
            break;
        if (++turn % ROWS_BETWEEN_CHECKS == 0 && cm_cancelled(ctx))
            status = cm_fail_cancelled(ctx);
        if (status || !on_a_pile(select, n, place))
            continue;
        writer->checksum += check_stored(select, CM_PLACE_UNKNOWN) - check_stored(select, CM_PLACE_EXACT);
        cm_query_bind_integer(update, 1, CM_PLACE_UNKNOWN);
        cm_query_bind_integer(update, 2, cm_query_integer(select, 0));
        status = cm_query_run(ctx, update);
    }
    cm_query_close(select);
    cm_query_close(update);
    return status;
}

void cm_observation_writer_expect(const cm_observation_writer *writer, const cm_observation *observation)
{
    cm_content_index_expect(&writer->known, observation->content_id);
}

castmap_status cm_observation_writer_finish(castmap_context *ctx, cm_observation_writer *writer, double *seconds_index)
{
    const double begin = cm_clock();

    cm_content_index_clear(&writer->known); /* its memory is wanted for the index */
    castmap_status status = cm_row_image_flush(ctx, writer->rows);
    cm_db_resume_checks(writer->project->db);
    if (!status)
        status = write_sums(ctx, writer);
    if (!status)
        status = build_index(ctx, writer);
    if (!status) {
        writer->project->written_batch = writer->batch_id;
        writer->project->written_rows = (int64_t)writer->count;
    }
    if (!status && seconds_index)
        *seconds_index = cm_clock() - begin;
    return status;
}

void cm_observation_writer_free(cm_observation_writer *writer)
{
    if (!writer)
        return;
    cm_row_image_free(writer->rows);
    cm_db_resume_checks(writer->project->db);
    cm_content_index_clear(&writer->known);
    cm_term_table_close(&writer->category);
    cm_term_table_close(&writer->source);
    cm_term_table_close(&writer->term);
    cm_rtree_points_free(writer->points);
    free(writer);
}
