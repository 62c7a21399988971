/*
 * project/flow_layer_table.c - movements as packed arrays, what they add up to as rows that other programs can read, and one digest over all.
 */
#include "project/flow_layer_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "project/packed_array.h"
#include "project/project_file.h"

#define MAX_ITEMS INT32_MAX
#define COLUMNS 7

static void digest_numbers(cm_blake2b_stream *hash, const int64_t *values, size_t n)
{
    cm_blake2b_add(hash, values, n * sizeof *values);
}

static void digest_real(cm_blake2b_stream *hash, double value)
{
    const double known = isnan(value) ? -1.0 : value;

    cm_blake2b_add(hash, &known, sizeof known);
}

static void digest_layer(const cm_flow_layer *layer, cm_blake2b_stream *hash)
{
    const int64_t head[] = {layer->symmetric, (int64_t)layer->null, (int64_t)layer->not_placed, (int64_t)layer->n, (int64_t)layer->n_areas,
                            (int64_t)layer->n_flows, (int64_t)layer->n_corridors};
    const int64_t *const columns[COLUMNS] = {layer->from, layer->to, layer->when_s, layer->span_s, layer->person, layer->source, layer->grade};

    cm_blake2b_init(hash, 16);
    digest_numbers(hash, head, sizeof head / sizeof *head);
    digest_real(hash, layer->beta);
    digest_real(hash, layer->alpha);
    for (size_t c = 0; c < COLUMNS; c++)
        digest_numbers(hash, columns[c], layer->n);
    for (size_t i = 0; i < layer->n_areas; i++) {
        cm_blake2b_add(hash, layer->code[i], strlen(layer->code[i]) + 1);
        cm_blake2b_add(hash, layer->area_name[i], strlen(layer->area_name[i]) + 1);
    }
    for (size_t f = 0; f < layer->n_flows; f++) {
        const int64_t words[] = {layer->flow_from[f], layer->flow_to[f], layer->moves[f], layer->persons[f]};
        digest_numbers(hash, words, 4);
        digest_real(hash, layer->expected[f]);
        digest_real(hash, layer->p[f]);
        digest_real(hash, layer->q[f]);
    }
    digest_numbers(hash, layer->corridor_start, layer->n_corridors + 1);
    digest_numbers(hash, layer->corridor_stop, (size_t)layer->corridor_start[layer->n_corridors]);
    digest_numbers(hash, layer->corridor_journeys, layer->n_corridors);
}

/* Bind a packed array; the caller clears it after the statement ran. */
static castmap_status bind_packed(castmap_context *ctx, cm_query *query, int index, const int64_t *values, size_t n, cm_packed *packed)
{
    castmap_status status = cm_pack_integers(ctx, values, n, packed);

    if (!status)
        cm_query_bind_blob(query, index, packed->bytes, packed->length);
    return status;
}

static castmap_status store_head(castmap_context *ctx, castmap_project *project, const cm_flow_layer *layer)
{
    const int64_t *const columns[COLUMNS] = {layer->from, layer->to, layer->when_s, layer->span_s, layer->person, layer->source, layer->grade};
    cm_packed packed[COLUMNS + 3] = {CM_PACKED_INIT};
    cm_blake2b_stream hash;
    unsigned char digest[16];
    cm_query *query = NULL;

    castmap_status status = cm_query_open(
        ctx, project->db, "INSERT INTO flow_layer (run, name, level, boundary, symmetric, null_model, beta, alpha, areas, movements, not_placed,"
        " origin, destination, when_s, span_s, person, source, grade, corridors, corridor_start, corridor_stop, corridor_journeys, digest)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &query);
    if (status)
        return status;
    digest_layer(layer, &hash);
    cm_blake2b_final(&hash, digest);
    cm_query_bind_integer(query, 1, layer->run_number);
    cm_query_bind_text(query, 2, layer->name);
    cm_query_bind_text(query, 3, layer->level);
    if (layer->boundary_id)
        cm_query_bind_integer(query, 4, layer->boundary_id);
    cm_query_bind_integer(query, 5, layer->symmetric);
    cm_query_bind_integer(query, 6, layer->null);
    cm_query_bind_real(query, 7, layer->beta);
    cm_query_bind_real(query, 8, layer->alpha);
    cm_query_bind_integer(query, 9, (int64_t)layer->n_areas);
    cm_query_bind_integer(query, 10, (int64_t)layer->n);
    cm_query_bind_integer(query, 11, (int64_t)layer->not_placed);
    for (int c = 0; c < COLUMNS && !status; c++)
        status = bind_packed(ctx, query, 12 + c, columns[c], layer->n, &packed[c]);
    cm_query_bind_integer(query, 19, (int64_t)layer->n_corridors);
    if (!status)
        status = bind_packed(ctx, query, 20, layer->corridor_start, layer->n_corridors + 1, &packed[COLUMNS]);
    if (!status)
        status = bind_packed(ctx, query, 21, layer->corridor_stop, (size_t)layer->corridor_start[layer->n_corridors], &packed[COLUMNS + 1]);
    if (!status)
        status = bind_packed(ctx, query, 22, layer->corridor_journeys, layer->n_corridors, &packed[COLUMNS + 2]);
    cm_query_bind_blob(query, 23, digest, sizeof digest);
    if (!status)
        status = cm_query_run(ctx, query);
    cm_query_close(query);
    for (size_t c = 0; c < COLUMNS + 3; c++)
        cm_packed_clear(&packed[c]);
    return status;
}

static castmap_status store_areas(castmap_context *ctx, castmap_project *project, const cm_flow_layer *layer)
{
    cm_query *query = NULL;
    castmap_status status = cm_query_open(ctx, project->db, "INSERT INTO flow_area (run, position, code, name) VALUES (?, ?, ?, ?)", &query);

    for (size_t i = 0; i < layer->n_areas && !status; i++) {
        cm_query_bind_integer(query, 1, layer->run_number);
        cm_query_bind_integer(query, 2, (int64_t)i);
        cm_query_bind_text(query, 3, layer->code[i]);
        cm_query_bind_text(query, 4, layer->area_name[i]);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}

static castmap_status store_flows(castmap_context *ctx, castmap_project *project, const cm_flow_layer *layer)
{
    cm_query *query = NULL;
    castmap_status status = cm_query_open(ctx, project->db, "INSERT INTO flow (run, position, origin, destination, movements, persons, expected, p, q)"
                                          " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", &query);

    for (size_t f = 0; f < layer->n_flows && !status; f++) {
        cm_query_bind_integer(query, 1, layer->run_number);
        cm_query_bind_integer(query, 2, (int64_t)f);
        cm_query_bind_text(query, 3, layer->code[layer->flow_from[f]]);
        cm_query_bind_text(query, 4, layer->code[layer->flow_to[f]]);
        cm_query_bind_integer(query, 5, layer->moves[f]);
        cm_query_bind_integer(query, 6, layer->persons[f]);
        cm_query_bind_real(query, 7, layer->expected[f]);
        cm_query_bind_real(query, 8, layer->p[f]);
        cm_query_bind_real(query, 9, layer->q[f]);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}

castmap_status cm_flow_layer_store(castmap_context *ctx, castmap_project *project, const cm_flow_layer *layer)
{
    castmap_status status = store_head(ctx, project, layer);

    if (!status)
        status = store_areas(ctx, project, layer);
    if (!status)
        status = store_flows(ctx, project, layer);
    return status;
}

static castmap_status damaged(castmap_context *ctx)
{
    castmap_status status = cm_fail(ctx, CASTMAP_E_PROJECT, "the stored movements are damaged");

    cm_fail_hint(ctx, "restore the newest backup, or make the layer again");
    return status;
}

static castmap_status load_head(castmap_context *ctx, cm_query *query, cm_flow_layer *layer)
{
    int64_t **const columns[COLUMNS] = {&layer->from, &layer->to, &layer->when_s, &layer->span_s, &layer->person, &layer->source, &layer->grade};

    layer->run_number = cm_query_integer(query, 0);
    layer->boundary_id = cm_query_is_null(query, 3) ? 0 : cm_query_integer(query, 3);
    layer->symmetric = cm_query_integer(query, 4) != 0;
    layer->null = (castmap_flow_null)cm_query_integer(query, 5);
    layer->beta = cm_query_real(query, 6);
    layer->alpha = cm_query_real(query, 7);
    castmap_status status = cm_query_copy(ctx, query, 1, &layer->name);
    if (!status)
        status = cm_query_copy(ctx, query, 2, &layer->level);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 8), MAX_ITEMS, &layer->n_areas);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 9), MAX_ITEMS, &layer->n);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 10), INT64_MAX, &layer->not_placed);
    for (int c = 0; c < COLUMNS && !status; c++)
        status = cm_unpack_integers(ctx, query, 11 + c, layer->n, columns[c]);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 18), MAX_ITEMS, &layer->n_corridors);
    if (!status)
        status = cm_unpack_integers(ctx, query, 19, layer->n_corridors + 1, &layer->corridor_start);
    size_t stops = 0;
    if (!status)
        status = cm_stored_count(ctx, layer->corridor_start[layer->n_corridors], MAX_ITEMS, &stops);
    if (!status)
        status = cm_unpack_integers(ctx, query, 20, stops, &layer->corridor_stop);
    if (!status)
        status = cm_unpack_integers(ctx, query, 21, layer->n_corridors, &layer->corridor_journeys);
    return status;
}

static castmap_status load_areas(castmap_context *ctx, castmap_project *project, cm_flow_layer *layer)
{
    cm_query *query = NULL;
    bool row = true;
    size_t i = 0;

    layer->code = cm_alloc_zero(layer->n_areas, sizeof *layer->code);
    layer->area_name = cm_alloc_zero(layer->n_areas, sizeof *layer->area_name);
    if (!layer->code || !layer->area_name)
        return cm_fail_memory(ctx);
    castmap_status status = cm_query_open(ctx, project->db, "SELECT code, name FROM flow_area WHERE run = ? ORDER BY position", &query);
    if (!status)
        cm_query_bind_integer(query, 1, layer->run_number);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (i == layer->n_areas || cm_query_is_null(query, 0) || cm_query_is_null(query, 1)) {
            status = damaged(ctx);
            break;
        }
        status = cm_query_copy(ctx, query, 0, &layer->code[i]);
        if (!status)
            status = cm_query_copy(ctx, query, 1, &layer->area_name[i]);
        i++;
    }
    cm_query_close(query);
    return status ? status : i == layer->n_areas ? CASTMAP_OK : damaged(ctx);
}

typedef struct named_area {
    const char *code;
    uint32_t    area;
} named_area;

static int compare_codes(const void *left, const void *right)
{
    return strcmp(((const named_area *)left)->code, ((const named_area *)right)->code);
}

static castmap_status allocate_flows(castmap_context *ctx, castmap_project *project, cm_flow_layer *layer)
{
    cm_query *query = NULL;
    bool row = false;

    castmap_status status = cm_query_open(ctx, project->db, "SELECT count(*) FROM flow WHERE run = ?", &query);
    if (!status) {
        cm_query_bind_integer(query, 1, layer->run_number);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status)
        status = cm_stored_count(ctx, row ? cm_query_integer(query, 0) : 0, MAX_ITEMS, &layer->n_flows);
    cm_query_close(query);
    if (status)
        return status;
    layer->flow_from = cm_alloc(layer->n_flows, sizeof *layer->flow_from);
    layer->flow_to = cm_alloc(layer->n_flows, sizeof *layer->flow_to);
    layer->moves = cm_alloc(layer->n_flows, sizeof *layer->moves);
    layer->persons = cm_alloc(layer->n_flows, sizeof *layer->persons);
    layer->expected = cm_alloc(layer->n_flows, sizeof *layer->expected);
    layer->p = cm_alloc(layer->n_flows, sizeof *layer->p);
    layer->q = cm_alloc(layer->n_flows, sizeof *layer->q);
    return layer->flow_from && layer->flow_to && layer->moves && layer->persons && layer->expected && layer->p && layer->q ? CASTMAP_OK
                                                                                                                           : cm_fail_memory(ctx);
}

static bool find_code(const named_area *sorted, size_t n, const char *code, uint32_t *area)
{
    const named_area key = {code, 0};
    const named_area *found = code && n > 0 ? bsearch(&key, sorted, n, sizeof key, compare_codes) : NULL;

    if (found)
        *area = found->area;
    return found != NULL;
}

static castmap_status load_flows(castmap_context *ctx, castmap_project *project, cm_flow_layer *layer)
{
    named_area *sorted = cm_alloc(layer->n_areas, sizeof *sorted);
    cm_query *query = NULL;
    bool row = true;
    size_t f = 0;

    castmap_status status = sorted ? allocate_flows(ctx, project, layer) : cm_fail_memory(ctx);
    for (size_t i = 0; i < layer->n_areas && !status; i++)
        sorted[i] = (named_area){layer->code[i], (uint32_t)i};
    if (!status && layer->n_areas > 1)
        qsort(sorted, layer->n_areas, sizeof *sorted, compare_codes);
    if (!status)
        status = cm_query_open(ctx, project->db, "SELECT origin, destination, movements, persons, expected, p, q FROM flow WHERE run = ?"
                               " ORDER BY position", &query);
    if (!status)
        cm_query_bind_integer(query, 1, layer->run_number);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (f == layer->n_flows || !find_code(sorted, layer->n_areas, cm_query_text(query, 0), &layer->flow_from[f]) ||
            !find_code(sorted, layer->n_areas, cm_query_text(query, 1), &layer->flow_to[f])) {
            status = damaged(ctx);
            break;
        }
        layer->moves[f] = cm_query_integer(query, 2);
        layer->persons[f] = cm_query_integer(query, 3);
        layer->expected[f] = cm_query_real(query, 4);
        layer->p[f] = cm_query_real(query, 5);
        layer->q[f++] = cm_query_real(query, 6);
    }
    cm_query_close(query);
    free(sorted);
    return status ? status : f == layer->n_flows ? CASTMAP_OK : damaged(ctx);
}

/* Numbers that are used as indices are looked at, whatever the digest says. */
static bool is_sound(const cm_flow_layer *layer)
{
    const int64_t areas = (int64_t)layer->n_areas;

    for (size_t i = 0; i < layer->n; i++) {
        if (layer->from[i] < 0 || layer->from[i] >= areas || layer->to[i] < 0 || layer->to[i] >= areas)
            return false;
    }
    for (size_t c = 0; c < layer->n_corridors; c++) {
        if (layer->corridor_start[c] < 0 || layer->corridor_start[c] > layer->corridor_start[c + 1])
            return false;
    }
    for (int64_t k = 0; k < layer->corridor_start[layer->n_corridors]; k++) {
        if (layer->corridor_stop[k] < 0 || layer->corridor_stop[k] >= areas)
            return false;
    }
    return true;
}

castmap_status cm_flow_layer_load(castmap_context *ctx, castmap_project *project, cm_flow_layer *out)
{
    cm_flow_layer layer = {0};
    cm_blake2b_stream hash;
    cm_query *query = NULL;
    bool row = false;

    castmap_status status = cm_query_open(
        ctx, project->db, "SELECT run, name, level, boundary, symmetric, null_model, beta, alpha, areas, movements, not_placed, origin, destination,"
        " when_s, span_s, person, source, grade, corridors, corridor_start, corridor_stop, corridor_journeys, digest FROM flow_layer"
        " ORDER BY run DESC LIMIT 1", &query);
    if (!status)
        status = cm_query_step(ctx, query, &row);
    if (!status && !row) {
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the project has no flows");
        cm_fail_hint(ctx, "castmap flows FILE makes them");
    }
    if (!status)
        status = load_head(ctx, query, &layer);
    if (!status)
        status = load_areas(ctx, project, &layer);
    if (!status)
        status = load_flows(ctx, project, &layer);
    if (!status && !is_sound(&layer))
        status = damaged(ctx);
    if (!status) {
        digest_layer(&layer, &hash);
        status = cm_stored_digest(ctx, query, 22, &hash);
    }
    cm_query_close(query);
    if (status)
        cm_flow_layer_clear(&layer);
    else
        *out = layer;
    return status;
}

static void clear_texts(char **text, size_t n)
{
    for (size_t i = 0; text && i < n; i++)
        free(text[i]);
    free(text);
}

void cm_flow_layer_clear(cm_flow_layer *layer)
{
    free(layer->name);
    free(layer->level);
    clear_texts(layer->code, layer->n_areas);
    clear_texts(layer->area_name, layer->n_areas);
    free(layer->from);
    free(layer->to);
    free(layer->when_s);
    free(layer->span_s);
    free(layer->person);
    free(layer->source);
    free(layer->grade);
    free(layer->flow_from);
    free(layer->flow_to);
    free(layer->moves);
    free(layer->persons);
    free(layer->expected);
    free(layer->p);
    free(layer->q);
    free(layer->corridor_start);
    free(layer->corridor_stop);
    free(layer->corridor_journeys);
    memset(layer, 0, sizeof *layer);
}
