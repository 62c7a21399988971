/*
 * project/cluster_detail_table.c - three tables beside cluster_layer: the method, a row a place, its categories.
 *
 * One digest covers all of it, in the order in which it is read: what was altered by hand is noticed.
 */
#include "project/cluster_detail_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "project/packed_array.h"
#include "project/project_file.h"

#define MAX_ITEMS INT32_MAX
#define DETAIL_REALS 7  /* medoid_lon .. outlier, in the order of the table */
#define DETAIL_COUNTS 8 /* source_1 .. information_e */
#define MOST_METHODS 16

static castmap_status damaged(castmap_context *ctx)
{
    return cm_fail(ctx, CASTMAP_E_PROJECT, "a stored clustering is damaged");
}

static void add_integer(cm_blake2b_stream *hash, int64_t value)
{
    cm_blake2b_add(hash, &value, sizeof value);
}

/* Every "not defined" is the same. */
static void add_real(cm_blake2b_stream *hash, double value)
{
    if (isnan(value))
        add_integer(hash, INT64_MIN);
    else
        cm_blake2b_add(hash, &value, sizeof value);
}

static void add_text(cm_blake2b_stream *hash, const char *text)
{
    cm_blake2b_add(hash, text, strlen(text) + 1);
}

static void detail_reals(const castmap_place_detail *d, double out[DETAIL_REALS])
{
    const double reals[DETAIL_REALS] = {d->medoid_lon,      d->medoid_lat,          d->longest_hop_m, d->ellipse_major_m,
                                        d->ellipse_minor_m, d->ellipse_bearing_deg, d->outlier};
    memcpy(out, reals, sizeof reals);
}

static void detail_counts(const castmap_place_detail *d, int64_t out[DETAIL_COUNTS])
{
    for (int i = 0; i < 3; i++)
        out[i] = (int64_t)d->source_grade[i];
    for (int i = 0; i < 5; i++)
        out[3 + i] = (int64_t)d->information_grade[i];
}

static size_t outline_vertices(const cm_cluster_layer *layer)
{
    return layer->outline_start ? layer->outline_start[layer->shapes.count] : 0;
}

/* What is in memory, in the order of the file. */
static void digest_layer(const cm_cluster_layer *layer, unsigned char digest[16])
{
    const size_t k = layer->shapes.count, vertices = outline_vertices(layer);
    cm_blake2b_stream hash;

    cm_blake2b_init(&hash, 16);
    add_text(&hash, castmap_cluster_method_name(layer->method));
    const int64_t integers[] = {layer->window_s,           (int64_t)layer->selection, (int64_t)layer->outline,
                                layer->crimestat_ellipse,  (int64_t)layer->imprecise, (int64_t)layer->untimed,
                                layer->detail != NULL,     layer->outlier != NULL,    layer->outline_start != NULL};
    cm_blake2b_add(&hash, integers, sizeof integers);
    add_real(&hash, layer->xi);
    add_real(&hash, layer->study_km2);
    for (size_t i = 0; layer->outline_start && i <= k; i++)
        add_integer(&hash, (int64_t)layer->outline_start[i]);
    const double *const outline[] = {layer->outline_x, layer->outline_y, layer->outline_lon, layer->outline_lat};
    for (size_t a = 0; a < 4 && vertices > 0; a++)
        cm_blake2b_add(&hash, outline[a], vertices * sizeof **outline);
    if (layer->outlier) {
        cm_blake2b_add(&hash, layer->membership, layer->n * sizeof *layer->membership);
        cm_blake2b_add(&hash, layer->outlier, layer->n * sizeof *layer->outlier);
    }
    for (size_t i = 0; layer->detail && i < k; i++) {
        const castmap_place_detail *d = &layer->detail[i];
        double reals[DETAIL_REALS];
        int64_t counts[DETAIL_COUNTS];
        detail_reals(d, reals);
        detail_counts(d, counts);
        add_integer(&hash, d->medoid_id);
        for (int r = 0; r < DETAIL_REALS; r++)
            add_real(&hash, reals[r]);
        cm_blake2b_add(&hash, counts, sizeof counts);
        for (size_t c = 0; c < d->n_categories; c++) {
            add_text(&hash, d->categories[c].name);
            add_integer(&hash, (int64_t)d->categories[c].count);
        }
    }
    cm_blake2b_final(&hash, digest);
}

/* ---- writing ------------------------------------------------------------------------------------------------------ */

static castmap_status pack_outlines(castmap_context *ctx, const cm_cluster_layer *layer, cm_packed *starts, cm_packed *vertices)
{
    const size_t k = layer->shapes.count, n = outline_vertices(layer);
    int64_t *start = cm_alloc(k + 1, sizeof *start);
    double *all = cm_alloc(n, 4 * sizeof *all);
    castmap_status status = CASTMAP_OK;

    if (!start || !all) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t i = 0; i <= k; i++)
        start[i] = (int64_t)layer->outline_start[i];
    const double *const arrays[] = {layer->outline_x, layer->outline_y, layer->outline_lon, layer->outline_lat};
    for (size_t a = 0; a < 4; a++)
        memcpy(all + a * n, arrays[a], n * sizeof *all);
    status = cm_pack_integers(ctx, start, k + 1, starts);
    if (!status)
        status = cm_pack_bytes(ctx, all, n * 4 * sizeof *all, vertices);

done:
    free(start);
    free(all);
    return status;
}

static castmap_status store_method(castmap_context *ctx, castmap_project *project, const cm_cluster_layer *layer)
{
    cm_packed blob[4] = {CM_PACKED_INIT, CM_PACKED_INIT, CM_PACKED_INIT, CM_PACKED_INIT};
    unsigned char digest[16];
    cm_query *query = NULL;
    castmap_status status = CASTMAP_OK;

    digest_layer(layer, digest);
    if (layer->outline_start)
        status = pack_outlines(ctx, layer, &blob[0], &blob[1]);
    if (!status && layer->outlier)
        status = cm_pack_bytes(ctx, layer->membership, layer->n * sizeof *layer->membership, &blob[2]);
    if (!status && layer->outlier)
        status = cm_pack_bytes(ctx, layer->outlier, layer->n * sizeof *layer->outlier, &blob[3]);
    if (!status)
        status = cm_query_open(ctx, project->db, "INSERT INTO cluster_method (run, method, window_s, xi, selection, outline,"
                               " crimestat_ellipse, study_km2, imprecise, untimed, vertices, details, scored, outline_starts,"
                               " outlines, membership, outlier, digest)"
                               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &query);
    if (!status) {
        const int64_t integers[] = {(int64_t)layer->imprecise, (int64_t)layer->untimed, (int64_t)outline_vertices(layer),
                                    layer->detail != NULL, layer->outlier != NULL};
        cm_query_bind_integer(query, 1, layer->run_number);
        cm_query_bind_text(query, 2, castmap_cluster_method_name(layer->method));
        cm_query_bind_integer(query, 3, layer->window_s);
        cm_query_bind_real(query, 4, layer->xi);
        cm_query_bind_integer(query, 5, (int64_t)layer->selection);
        cm_query_bind_integer(query, 6, (int64_t)layer->outline);
        cm_query_bind_integer(query, 7, layer->crimestat_ellipse);
        cm_query_bind_real(query, 8, layer->study_km2);
        for (int i = 0; i < 5; i++)
            cm_query_bind_integer(query, 9 + i, integers[i]);
        for (int i = 0; i < 4; i++)
            cm_query_bind_blob(query, 14 + i, blob[i].bytes, blob[i].length);
        cm_query_bind_blob(query, 18, digest, sizeof digest);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    for (int i = 0; i < 4; i++)
        cm_packed_clear(&blob[i]);
    return status;
}

static castmap_status store_categories(castmap_context *ctx, cm_query *insert, int64_t run, int64_t number,
                                       const castmap_place_detail *d)
{
    castmap_status status = CASTMAP_OK;

    for (size_t c = 0; c < d->n_categories && !status; c++) {
        cm_query_bind_integer(insert, 1, run);
        cm_query_bind_integer(insert, 2, number);
        cm_query_bind_integer(insert, 3, (int64_t)c + 1);
        cm_query_bind_text(insert, 4, d->categories[c].name);
        cm_query_bind_integer(insert, 5, (int64_t)d->categories[c].count);
        status = cm_query_run(ctx, insert);
    }
    return status;
}

castmap_status cm_cluster_detail_store(castmap_context *ctx, castmap_project *project, const cm_cluster_layer *layer)
{
    cm_query *place = NULL, *category = NULL;
    castmap_status status = store_method(ctx, project, layer);

    if (!status)
        status = cm_query_open(ctx, project->db, "INSERT INTO cluster_detail VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                               " ?, ?, ?)", &place);
    if (!status)
        status = cm_query_open(ctx, project->db, "INSERT INTO cluster_category VALUES (?, ?, ?, ?, ?)", &category);
    for (size_t i = 0; layer->detail && i < layer->shapes.count && !status; i++) {
        const castmap_place_detail *d = &layer->detail[i];
        double reals[DETAIL_REALS];
        int64_t counts[DETAIL_COUNTS];
        detail_reals(d, reals);
        detail_counts(d, counts);
        cm_query_bind_integer(place, 1, layer->run_number);
        cm_query_bind_integer(place, 2, (int64_t)i + 1);
        cm_query_bind_integer(place, 3, d->medoid_id);
        for (int r = 0; r < DETAIL_REALS; r++)
            cm_query_bind_real(place, 4 + r, reals[r]);
        for (int c = 0; c < DETAIL_COUNTS; c++)
            cm_query_bind_integer(place, 4 + DETAIL_REALS + c, counts[c]);
        status = cm_query_run(ctx, place);
        if (!status)
            status = store_categories(ctx, category, layer->run_number, (int64_t)i + 1, d);
    }
    cm_query_close(place);
    cm_query_close(category);
    return status;
}

/* ---- reading ------------------------------------------------------------------------------------------------------ */

static bool method_of(const char *name, castmap_cluster_method *out)
{
    for (int m = 0; m < MOST_METHODS && castmap_cluster_method_name((castmap_cluster_method)m); m++) {
        if (name && strcmp(name, castmap_cluster_method_name((castmap_cluster_method)m)) == 0) {
            *out = (castmap_cluster_method)m;
            return true;
        }
    }
    return false;
}

static castmap_status load_outlines(castmap_context *ctx, cm_query *query, cm_cluster_layer *layer, size_t vertices)
{
    const size_t k = layer->shapes.count;
    int64_t *start = NULL;
    void *all = NULL;

    castmap_status status = cm_unpack_integers(ctx, query, 12, k + 1, &start);
    if (!status)
        status = cm_unpack_bytes(ctx, query, 13, vertices * 4 * sizeof(double), &all);
    if (status)
        goto done;
    layer->outline_start = cm_alloc(k + 1, sizeof *layer->outline_start);
    double **const arrays[] = {&layer->outline_x, &layer->outline_y, &layer->outline_lon, &layer->outline_lat};
    for (size_t a = 0; a < 4; a++) {
        *arrays[a] = cm_alloc(vertices, sizeof(double));
        if (*arrays[a])
            memcpy(*arrays[a], (const double *)all + a * vertices, vertices * sizeof(double));
        else
            status = cm_fail_memory(ctx);
    }
    if (!layer->outline_start)
        status = cm_fail_memory(ctx);
    for (size_t i = 0; i <= k && !status; i++) {
        if (start[i] < 0 || start[i] > (int64_t)vertices || (i > 0 && start[i] < start[i - 1]))
            status = damaged(ctx);
        else
            layer->outline_start[i] = (size_t)start[i];
    }
    if (!status && (start[0] != 0 || start[k] != (int64_t)vertices))
        status = damaged(ctx);

done:
    free(start);
    free(all);
    return status;
}

static castmap_status load_scores(castmap_context *ctx, cm_query *query, cm_cluster_layer *layer)
{
    void *membership = NULL, *outlier = NULL;

    castmap_status status = cm_unpack_bytes(ctx, query, 14, layer->n * sizeof(double), &membership);
    if (!status)
        status = cm_unpack_bytes(ctx, query, 15, layer->n * sizeof(double), &outlier);
    layer->membership = membership;
    layer->outlier = outlier;
    return status;
}

static bool load_counts(cm_query *query, size_t members, castmap_place_detail *d)
{
    for (int c = 0; c < DETAIL_COUNTS; c++) {
        const int64_t value = cm_query_integer(query, 2 + DETAIL_REALS + c);
        if (value < 0 || value > (int64_t)members)
            return false;
        if (c < 3)
            d->source_grade[c] = (size_t)value;
        else
            d->information_grade[c - 3] = (size_t)value;
    }
    return true;
}

static castmap_status load_places(castmap_context *ctx, castmap_project *project, cm_cluster_layer *layer)
{
    cm_query *query = NULL;
    bool row = true;
    size_t i = 0;

    layer->detail = cm_alloc_zero(layer->shapes.count, sizeof *layer->detail);
    if (!layer->detail)
        return cm_fail_memory(ctx);
    castmap_status status = cm_query_open(
        ctx, project->db, "SELECT number, medoid_observation, medoid_lon, medoid_lat, longest_hop_m, ellipse_major_m,"
        " ellipse_minor_m, ellipse_bearing_deg, outlier, source_1, source_2, source_3, information_a, information_b,"
        " information_c, information_d, information_e FROM cluster_detail WHERE run = ? ORDER BY number", &query);
    if (!status)
        cm_query_bind_integer(query, 1, layer->run_number);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (i == layer->shapes.count || cm_query_integer(query, 0) != (int64_t)i + 1) {
            status = damaged(ctx);
            break;
        }
        castmap_place_detail *d = &layer->detail[i];
        double *const reals[DETAIL_REALS] = {&d->medoid_lon,      &d->medoid_lat,          &d->longest_hop_m, &d->ellipse_major_m,
                                             &d->ellipse_minor_m, &d->ellipse_bearing_deg, &d->outlier};
        d->medoid_id = cm_query_integer(query, 1);
        for (int r = 0; r < DETAIL_REALS; r++)
            *reals[r] = cm_query_real(query, 2 + r);
        if (!load_counts(query, layer->shapes.shape[i].count, d))
            status = damaged(ctx);
        i++;
    }
    cm_query_close(query);
    if (!status && i != layer->shapes.count)
        status = damaged(ctx);
    return status;
}

static castmap_status load_categories(castmap_context *ctx, castmap_project *project, cm_cluster_layer *layer)
{
    cm_query *query = NULL;
    size_t capacity = 0;
    int64_t last = 0;
    bool row = true;

    castmap_status status = cm_query_open(ctx, project->db, "SELECT number, name, count FROM cluster_category WHERE run = ?"
                                          " ORDER BY number, position", &query);
    if (!status)
        cm_query_bind_integer(query, 1, layer->run_number);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        const int64_t number = cm_query_integer(query, 0), count = cm_query_integer(query, 2);
        if (number < 1 || number > (int64_t)layer->shapes.count || count < 1 ||
            count > (int64_t)layer->shapes.shape[number - 1].count) {
            status = damaged(ctx);
            break;
        }
        castmap_place_detail *d = &layer->detail[number - 1];
        if (number != last)
            capacity = 0;
        last = number;
        if (cm_grow(&d->categories, &capacity, d->n_categories + 1, sizeof *d->categories) != 0) {
            status = cm_fail_memory(ctx);
            break;
        }
        castmap_category_count *category = &d->categories[d->n_categories];
        *category = (castmap_category_count){NULL, (size_t)count};
        status = cm_query_copy(ctx, query, 1, &category->name);
        if (!status && !category->name)
            status = damaged(ctx);
        if (!status)
            d->n_categories++;
    }
    cm_query_close(query);
    return status;
}

static castmap_status load_method(castmap_context *ctx, cm_query *query, cm_cluster_layer *layer, bool *details)
{
    size_t vertices = 0, counts[2] = {0, 0};
    castmap_status status = CASTMAP_OK;

    const int64_t selection = cm_query_integer(query, 3), outline = cm_query_integer(query, 4);
    if (!method_of(cm_query_text(query, 0), &layer->method) || selection < 0 || selection > CASTMAP_HDBSCAN_LEAF ||
        outline < 0 || outline > CASTMAP_OUTLINE_CONCAVE)
        return damaged(ctx);
    layer->window_s = cm_query_integer(query, 1);
    layer->xi = cm_query_real(query, 2);
    layer->selection = (castmap_hdbscan_selection)selection;
    layer->outline = (castmap_outline)outline;
    layer->crimestat_ellipse = cm_query_integer(query, 5) != 0;
    layer->study_km2 = cm_query_real(query, 6);
    for (int i = 0; i < 2 && !status; i++)
        status = cm_stored_count(ctx, cm_query_integer(query, 7 + i), MAX_ITEMS, &counts[i]);
    layer->imprecise = counts[0];
    layer->untimed = counts[1];
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 9), MAX_ITEMS, &vertices);
    *details = cm_query_integer(query, 10) != 0;
    if (!status && !cm_query_is_null(query, 12))
        status = load_outlines(ctx, query, layer, vertices);
    if (!status && cm_query_integer(query, 11) != 0)
        status = load_scores(ctx, query, layer);
    return status;
}

castmap_status cm_cluster_detail_load(castmap_context *ctx, castmap_project *project, cm_cluster_layer *layer)
{
    cm_query *query = NULL;
    unsigned char made[16];
    bool row = false, details = false;

    castmap_status status = cm_query_open(
        ctx, project->db, "SELECT method, window_s, xi, selection, outline, crimestat_ellipse, study_km2, imprecise, untimed,"
        " vertices, details, scored, outline_starts, outlines, membership, outlier, digest FROM cluster_method WHERE run = ?",
        &query);
    if (!status) {
        cm_query_bind_integer(query, 1, layer->run_number);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && row) {
        status = load_method(ctx, query, layer, &details);
        if (!status && details)
            status = load_places(ctx, project, layer);
        if (!status && details)
            status = load_categories(ctx, project, layer);
        if (!status) {
            size_t length = 0;
            const unsigned char *stored = cm_query_blob(query, 16, &length);
            digest_layer(layer, made);
            if (!stored || length != sizeof made || memcmp(stored, made, sizeof made) != 0)
                status = damaged(ctx);
        }
    }
    cm_query_close(query);
    return status;
}

void cm_cluster_detail_clear(cm_cluster_layer *layer)
{
    for (size_t i = 0; layer->detail && i < layer->shapes.count; i++) {
        for (size_t c = 0; c < layer->detail[i].n_categories; c++)
            free(layer->detail[i].categories[c].name);
        free(layer->detail[i].categories);
    }
    free(layer->detail);
    free(layer->outline_start);
    free(layer->outline_x);
    free(layer->outline_y);
    free(layer->outline_lon);
    free(layer->outline_lat);
    free(layer->membership);
    free(layer->outlier);
}
