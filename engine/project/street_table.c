/* project/street_table.c */
#include "project/street_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/disjoint_set.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"
#include "project/packed_array.h"
#include "project/project_file.h"
#include "project/run_table.h"

#define MOST ((int64_t)1 << 31)
#define MOST_TEXT ((int64_t)256 << 20)

enum { FROM, TO, WAYS, LINES, COUNTS, EAST, NORTH, NAME_TEXT, CLASS_TEXT, NAME_OF, CLASS_OF, COLUMNS };

void castmap_streets_clear(castmap_streets *streets)
{
    if (!streets)
        return;
    castmap_network_clear(&streets->network);
    for (size_t i = 0; streets->names && i < streets->n_names; i++)
        free(streets->names[i]);
    for (size_t i = 0; streets->classes && i < streets->n_classes; i++)
        free(streets->classes[i]);
    free(streets->names);
    free(streets->classes);
    free(streets->name_of);
    free(streets->class_of);
    free(streets->street);
    free(streets->name);
    free(streets->source);
    free(streets->licence);
    free(streets->crs);
    *streets = (castmap_streets)CASTMAP_STREETS_INIT;
}

static castmap_status pack_u32(castmap_context *ctx, const uint32_t *values, size_t n, cm_packed *out)
{
    int64_t *wide = cm_alloc(n, sizeof *wide);

    if (!wide)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < n; i++)
        wide[i] = values[i] == UINT32_MAX ? -1 : (int64_t)values[i];
    const castmap_status status = cm_pack_integers(ctx, wide, n, out);
    free(wide);
    return status;
}

static castmap_status pack_grains(castmap_context *ctx, const double *metres, size_t n, cm_packed *out)
{
    int64_t *grains = cm_alloc(n, sizeof *grains);

    if (!grains)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < n; i++)
        grains[i] = llround(metres[i] / CASTMAP_NETWORK_GRAIN_M);
    const castmap_status status = cm_pack_integers(ctx, grains, n, out);
    free(grains);
    return status;
}

static castmap_status pack_counts(castmap_context *ctx, const castmap_network *network, cm_packed *out)
{
    int64_t *count = cm_alloc(network->n_edges, sizeof *count);

    if (!count)
        return cm_fail_memory(ctx);
    for (size_t e = 0; e < network->n_edges; e++)
        count[e] = (int64_t)(network->vertex_start[e + 1] - network->vertex_start[e]);
    const castmap_status status = cm_pack_integers(ctx, count, network->n_edges, out);
    free(count);
    return status;
}

/* Texts one behind the other, each with its NUL. */
static castmap_status join_texts(castmap_context *ctx, char *const *texts, size_t n, cm_text *joined)
{
    for (size_t i = 0; i < n; i++)
        cm_text_add_bytes(joined, texts[i], strlen(texts[i]) + 1);
    return joined->failed ? cm_fail_memory(ctx) : CASTMAP_OK;
}

static void digest_columns(const castmap_streets *s, const cm_packed packed[COLUMNS], unsigned char digest[16])
{
    const uint64_t counts[] = {s->network.n_edges, s->network.n_nodes, s->n_names, s->n_classes};
    cm_blake2b_stream hash;

    cm_blake2b_init(&hash, 16);
    cm_blake2b_add(&hash, counts, sizeof counts);
    cm_blake2b_add(&hash, s->crs, strlen(s->crs) + 1);
    for (int i = 0; i < COLUMNS; i++)
        cm_blake2b_add(&hash, packed[i].bytes, packed[i].length);
    cm_blake2b_final(&hash, digest);
}

static castmap_status pack_all(castmap_context *ctx, const castmap_streets *s, const cm_text *names, const cm_text *classes,
                               cm_packed packed[COLUMNS])
{
    const castmap_network *net = &s->network;
    const size_t vertices = net->vertex_start[net->n_edges];
    castmap_status status = pack_u32(ctx, net->from, net->n_edges, &packed[FROM]);

    if (!status)
        status = pack_u32(ctx, net->to, net->n_edges, &packed[TO]);
    if (!status)
        status = cm_pack_bytes(ctx, net->way, net->n_edges, &packed[WAYS]);
    if (!status)
        status = cm_pack_integers(ctx, net->line, net->n_edges, &packed[LINES]);
    if (!status)
        status = pack_counts(ctx, net, &packed[COUNTS]);
    if (!status)
        status = pack_grains(ctx, net->x, vertices, &packed[EAST]);
    if (!status)
        status = pack_grains(ctx, net->y, vertices, &packed[NORTH]);
    if (!status)
        status = cm_pack_bytes(ctx, names->bytes, names->length, &packed[NAME_TEXT]);
    if (!status)
        status = cm_pack_bytes(ctx, classes->bytes, classes->length, &packed[CLASS_TEXT]);
    if (!status)
        status = pack_u32(ctx, s->name_of, net->n_edges, &packed[NAME_OF]);
    if (!status)
        status = pack_u32(ctx, s->class_of, net->n_edges, &packed[CLASS_OF]);
    return status;
}

castmap_status cm_streets_store(castmap_context *ctx, castmap_project *project, int64_t run, const castmap_streets *streets,
                                const cm_street_origin *origin, int64_t *id)
{
    const castmap_network *net = &streets->network;
    const char *const texts[] = {streets->name, streets->source, streets->licence, origin->format, origin->sha256, streets->crs};
    cm_packed packed[COLUMNS] = {CM_PACKED_INIT};
    cm_text names = CM_TEXT_INIT, classes = CM_TEXT_INIT;
    unsigned char digest[16];
    cm_query *query = NULL;
    castmap_status status = join_texts(ctx, streets->names, streets->n_names, &names);

    if (!status)
        status = join_texts(ctx, streets->classes, streets->n_classes, &classes);
    if (!status)
        status = pack_all(ctx, streets, &names, &classes, packed);
    if (!status)
        status = cm_query_open(ctx, project->db,
                               "INSERT INTO street_set (run, name, source, licence, format, sha256, crs, edges, nodes, vertices, parts, total_m,"
                               " names, name_bytes, classes, class_bytes, from_nodes, to_nodes, ways, lines, vertex_counts, east, north,"
                               " name_text, class_text, name_of, class_of, digest)"
                               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &query);
    if (!status) {
        const int64_t numbers[] = {(int64_t)net->n_edges, (int64_t)net->n_nodes, (int64_t)net->vertex_start[net->n_edges], (int64_t)origin->parts};
        cm_query_bind_integer(query, 1, run);
        for (int i = 0; i < 6; i++)
            cm_query_bind_text(query, 2 + i, texts[i]);
        for (int i = 0; i < 4; i++)
            cm_query_bind_integer(query, 8 + i, numbers[i]);
        cm_query_bind_real(query, 12, origin->total_m);
        cm_query_bind_integer(query, 13, (int64_t)streets->n_names);
        cm_query_bind_integer(query, 14, (int64_t)names.length);
        cm_query_bind_integer(query, 15, (int64_t)streets->n_classes);
        cm_query_bind_integer(query, 16, (int64_t)classes.length);
        for (int i = 0; i < COLUMNS; i++)
            cm_query_bind_blob(query, 17 + i, packed[i].bytes, packed[i].length);
        digest_columns(streets, packed, digest);
        cm_query_bind_blob(query, 17 + COLUMNS, digest, sizeof digest);
        status = cm_query_run(ctx, query);
    }
    if (!status)
        *id = cm_db_last_id(project->db);
    cm_query_close(query);
    for (int i = 0; i < COLUMNS; i++)
        cm_packed_clear(&packed[i]);
    cm_text_clear(&names);
    cm_text_clear(&classes);
    return status;
}

static castmap_status damaged(castmap_context *ctx)
{
    return cm_fail(ctx, CASTMAP_E_PROJECT, "the stored streets are damaged");
}

/* Numbers of a column in [0, limit), or (with none) also -1 for UINT32_MAX. */
static castmap_status unpack_u32(castmap_context *ctx, cm_query *query, int column, size_t n, size_t limit, bool none, uint32_t **out)
{
    int64_t *wide = NULL;
    castmap_status status = cm_unpack_integers(ctx, query, column, n, &wide);
    uint32_t *narrow = status ? NULL : cm_alloc(n, sizeof *narrow);

    if (!status && !narrow)
        status = cm_fail_memory(ctx);
    for (size_t i = 0; i < n && !status; i++) {
        if (none && wide[i] == -1)
            narrow[i] = UINT32_MAX;
        else if (wide[i] < 0 || wide[i] >= (int64_t)limit)
            status = damaged(ctx);
        else
            narrow[i] = (uint32_t)wide[i];
    }
    free(wide);
    if (status)
        free(narrow);
    else
        *out = narrow;
    return status;
}

static castmap_status unpack_metres(castmap_context *ctx, cm_query *query, int column, size_t n, double **out)
{
    int64_t *grains = NULL;
    castmap_status status = cm_unpack_integers(ctx, query, column, n, &grains);
    double *metres = status ? NULL : cm_alloc(n, sizeof *metres);

    if (!status && !metres)
        status = cm_fail_memory(ctx);
    for (size_t i = 0; i < n && !status; i++)
        metres[i] = (double)grains[i] * CASTMAP_NETWORK_GRAIN_M;
    free(grains);
    if (!status)
        *out = metres;
    return status;
}

static castmap_status unpack_texts(castmap_context *ctx, cm_query *query, int column, size_t n, size_t bytes, char ***out, size_t *count)
{
    void *joined = NULL;
    castmap_status status = cm_unpack_bytes(ctx, query, column, bytes, &joined);
    const char *at = joined;
    size_t left = bytes;

    if (status)
        return status;
    *out = cm_alloc_zero(n, sizeof **out);
    if (!*out)
        status = cm_fail_memory(ctx);
    for (size_t i = 0; i < n && !status; i++) {
        const char *end = left ? memchr(at, '\0', left) : NULL;
        if (!end) {
            status = damaged(ctx);
            break;
        }
        (*out)[i] = cm_copy_text(at);
        if (!(*out)[i])
            status = cm_fail_memory(ctx);
        *count = i + 1;
        left -= (size_t)(end + 1 - at);
        at = end + 1;
    }
    free(joined);
    return status;
}

static castmap_status load_vertices(castmap_context *ctx, cm_query *query, size_t vertices, castmap_network *net)
{
    int64_t *counts = NULL;
    castmap_status status = cm_unpack_integers(ctx, query, 11 + COUNTS, net->n_edges, &counts);

    if (status)
        return status;
    net->vertex_start = cm_alloc(net->n_edges + 1, sizeof *net->vertex_start);
    net->length_m = cm_alloc(net->n_edges, sizeof *net->length_m);
    net->node_x = cm_alloc_zero(net->n_nodes, sizeof *net->node_x);
    net->node_y = cm_alloc_zero(net->n_nodes, sizeof *net->node_y);
    if (!net->vertex_start || !net->length_m || !net->node_x || !net->node_y)
        status = cm_fail_memory(ctx);
    size_t at = 0;
    for (size_t e = 0; e < net->n_edges && !status; e++) {
        net->vertex_start[e] = at;
        if (counts[e] < 2 || (uint64_t)counts[e] > vertices - at)
            status = damaged(ctx);
        else
            at += (size_t)counts[e];
    }
    free(counts);
    if (!status && at != vertices)
        status = damaged(ctx);
    if (!status) {
        net->vertex_start[net->n_edges] = at;
        status = unpack_metres(ctx, query, 11 + EAST, vertices, &net->x);
    }
    return status ? status : unpack_metres(ctx, query, 11 + NORTH, vertices, &net->y);
}

/* What follows from the vertices: lengths, summed as when the network was built, and the nodes' places. */
static castmap_status complete(castmap_context *ctx, castmap_network *net)
{
    for (size_t e = 0; e < net->n_edges; e++) {
        const size_t first = net->vertex_start[e], last = net->vertex_start[e + 1] - 1;
        net->length_m[e] = 0.0;
        for (size_t v = first + 1; v <= last; v++)
            net->length_m[e] += hypot(net->x[v] - net->x[v - 1], net->y[v] - net->y[v - 1]);
        if (!(net->length_m[e] > 0.0) || net->way[e] > CASTMAP_WAY_BACKWARD)
            return damaged(ctx);
        net->node_x[net->from[e]] = net->x[first];
        net->node_y[net->from[e]] = net->y[first];
        net->node_x[net->to[e]] = net->x[last];
        net->node_y[net->to[e]] = net->y[last];
    }
    return CASTMAP_OK;
}

/* Edges of one name are one street; edges without one are, where they meet end to end and nothing else is there. */
static castmap_status number_streets(castmap_context *ctx, castmap_streets *s)
{
    const castmap_network *net = &s->network;
    uint32_t *ends = cm_alloc_zero(net->n_nodes, sizeof *ends), *first = cm_alloc(net->n_nodes, sizeof *first);
    uint32_t *of_name = cm_alloc(s->n_names, sizeof *of_name);
    cm_disjoint_set set = {0};
    castmap_status status = CASTMAP_OK;

    s->street = cm_alloc(net->n_edges, sizeof *s->street);
    if (!ends || !first || !of_name || !s->street || cm_disjoint_set_init(&set, net->n_edges) != 0) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t i = 0; i < s->n_names; i++)
        of_name[i] = UINT32_MAX;
    for (size_t i = 0; i < net->n_nodes; i++)
        first[i] = UINT32_MAX;
    for (size_t e = 0; e < net->n_edges; e++) {
        ends[net->from[e]]++;
        ends[net->to[e]]++;
    }
    for (uint32_t e = 0; e < net->n_edges; e++) {
        const uint32_t node[2] = {net->from[e], net->to[e]}, name = s->name_of[e];
        if (name != CASTMAP_NO_TEXT) {
            if (of_name[name] == UINT32_MAX)
                of_name[name] = e;
            (void)cm_disjoint_set_unite(&set, of_name[name], e);
            continue;
        }
        for (int side = 0; side < 2; side++) {
            if (ends[node[side]] != 2)
                continue;
            if (first[node[side]] == UINT32_MAX)
                first[node[side]] = e;
            else
                (void)cm_disjoint_set_unite(&set, first[node[side]], e);
        }
    }
    for (uint32_t e = 0; e < net->n_edges; e++)
        s->street[e] = cm_disjoint_set_find(&set, e);

done:
    cm_disjoint_set_clear(&set);
    free(ends);
    free(first);
    free(of_name);
    return status;
}

static castmap_status check_digest(castmap_context *ctx, cm_query *query, const castmap_streets *s)
{
    cm_packed packed[COLUMNS];
    unsigned char made[16];
    size_t length = 0;

    for (int i = 0; i < COLUMNS; i++) {
        const unsigned char *bytes = cm_query_blob(query, 11 + i, &packed[i].length);
        memcpy(&packed[i].bytes, &bytes, sizeof bytes); /* only read */
    }
    digest_columns(s, packed, made);
    const unsigned char *stored = cm_query_blob(query, 11 + COLUMNS, &length);
    return length == sizeof made && memcmp(stored, made, sizeof made) == 0 ? CASTMAP_OK : damaged(ctx);
}

static castmap_status load(castmap_context *ctx, cm_query *query, castmap_streets *s)
{
    castmap_network *net = &s->network;
    char **const texts[] = {&s->name, &s->source, &s->licence, &s->crs};
    size_t vertices = 0, names = 0, name_bytes = 0, classes = 0, class_bytes = 0;
    void *ways = NULL;
    castmap_status status = CASTMAP_OK;

    s->set_id = cm_query_integer(query, 0);
    s->run_number = cm_query_integer(query, 1);
    for (int i = 0; i < 4 && !status; i++)
        status = cm_query_copy(ctx, query, 2 + i, texts[i]);
    if (!status && (!s->name || !s->source || !s->licence || !s->crs))
        status = damaged(ctx);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 6), MOST, &net->n_edges);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 7), MOST, &net->n_nodes);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 8), MOST, &vertices);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 9), MOST, &names);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 10), MOST, &classes);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 12 + COLUMNS), MOST_TEXT, &name_bytes);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 13 + COLUMNS), MOST_TEXT, &class_bytes);
    if (!status)
        status = unpack_u32(ctx, query, 11 + FROM, net->n_edges, net->n_nodes, false, &net->from);
    if (!status)
        status = unpack_u32(ctx, query, 11 + TO, net->n_edges, net->n_nodes, false, &net->to);
    if (!status)
        status = cm_unpack_bytes(ctx, query, 11 + WAYS, net->n_edges, &ways);
    net->way = ways;
    if (!status)
        status = cm_unpack_integers(ctx, query, 11 + LINES, net->n_edges, &net->line);
    if (!status)
        status = load_vertices(ctx, query, vertices, net);
    if (!status)
        status = complete(ctx, net);
    if (!status)
        status = unpack_texts(ctx, query, 11 + NAME_TEXT, names, name_bytes, &s->names, &s->n_names);
    if (!status)
        status = unpack_texts(ctx, query, 11 + CLASS_TEXT, classes, class_bytes, &s->classes, &s->n_classes);
    if (!status)
        status = unpack_u32(ctx, query, 11 + NAME_OF, net->n_edges, s->n_names, true, &s->name_of);
    if (!status)
        status = unpack_u32(ctx, query, 11 + CLASS_OF, net->n_edges, s->n_classes, true, &s->class_of);
    return status ? status : check_digest(ctx, query, s);
}

castmap_status castmap_streets_load(castmap_context *ctx, castmap_project *project, int64_t set_id, castmap_streets *out)
{
    castmap_streets made = CASTMAP_STREETS_INIT;
    cm_query *query = NULL;
    bool row = false;
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_query_open(ctx, project->db,
                           "SELECT id, run, name, source, licence, crs, edges, nodes, vertices, names, classes, from_nodes, to_nodes, ways, lines,"
                           " vertex_counts, east, north, name_text, class_text, name_of, class_of, digest, name_bytes, class_bytes"
                           " FROM street_set WHERE ?1 = 0 OR id = ?1 ORDER BY id DESC LIMIT 1", &query);
    if (!status) {
        cm_query_bind_integer(query, 1, set_id);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && !row) {
        status = set_id ? cm_fail(ctx, CASTMAP_E_NOT_FOUND, "there are no streets with the number %lld", (long long)set_id)
                        : cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the project has no streets");
        cm_fail_hint(ctx, set_id ? "castmap streets list shows what there is" : "add some first: castmap streets add FILE");
    }
    if (!status)
        status = load(ctx, query, &made);
    if (!status && strcmp(made.crs, cm_project_crs(project)) != 0) {
        status = cm_fail(ctx, CASTMAP_E_PROJECT, "the streets are stored in another coordinate system (%s) than the project's", made.crs);
        cm_fail_hint(ctx, "add them again: castmap streets add FILE");
    }
    if (!status)
        status = number_streets(ctx, &made);
    cm_query_close(query);
    if (status)
        castmap_streets_clear(&made);
    else
        *out = made;
    return status;
}
