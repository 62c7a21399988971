/*
 * release/disclosure/published.c - from records to published cells; to the ledger and back.
 */
#include "release/disclosure/published.h"

#include "base/decimal.h"
#include "base/digest.h"
#include "base/disjoint_set.h"
#include "base/fail.h"
#include "base/json_text.h"
#include "base/memory.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

/* A place that is said to be somewhere in a larger cell says nothing. */
#define LARGEST_PLACE_CELL_M 2000.0

void cm_published_clear(cm_published *published)
{
    free(published->crs);
    free(published->cell);
    free(published->place_start);
    free(published->place_cell);
    cm_published_months_clear(&published->months);
    cm_published_flows_clear(&published->flows);
    cm_published_streets_clear(&published->streets);
    cm_published_tracks_clear(&published->tracks);
    *published = (cm_published){0};
}

typedef struct membership { /* a group of a cluster in a shown cell */
    int32_t  cell, place;
    uint32_t incident;
} membership;

static int compare_membership(const void *left, const void *right)
{
    const membership *a = left, *b = right;

    if (a->place != b->place)
        return a->place < b->place ? -1 : 1;
    if (a->cell != b->cell)
        return a->cell < b->cell ? -1 : 1;
    return (a->incident > b->incident) - (a->incident < b->incident);
}

typedef struct placing {
    const cm_lattice  *lattice;
    const cm_incident *incidents;
    membership        *members;   /* owned */
    size_t             n_members;
    uint32_t          *scratch_member; /* owned */
    int64_t           *scratch;   /* owned */
    cm_disjoint_set    sets;      /* of cells */
    bool              *covered;   /* owned [cells] */
} placing;

/* Mark the cells in which a cluster's own groups pass, and unite those of one cluster. */
static void cover(placing *p, const cm_policy *policy, bool sources_recorded)
{
    int32_t first_cell = -1;

    for (size_t begin = 0; begin < p->n_members;) {
        const membership *m = &p->members[begin];
        size_t end = begin;
        if (begin == 0 || m->place != p->members[begin - 1].place)
            first_cell = -1;
        while (end < p->n_members && p->members[end].place == m->place && p->members[end].cell == m->cell) {
            p->scratch_member[end - begin] = p->members[end].incident;
            end++;
        }
        if (p->lattice->cell[m->cell].side_m <= LARGEST_PLACE_CELL_M &&
            cm_floors_pass(policy, p->incidents, p->scratch_member, end - begin, sources_recorded,
                           p->scratch)) {
            p->covered[m->cell] = true;
            if (first_cell >= 0)
                cm_disjoint_set_unite(&p->sets, (uint32_t)first_cell, (uint32_t)m->cell);
            first_cell = m->cell;
        }
        begin = end;
    }
}

/* Places in order of their first cell: the representative of a set is its smallest member. */
static castmap_status number_places(castmap_context *ctx, placing *p, cm_published *out)
{
    const size_t n = out->n_cells;
    size_t total = 0, at = 0;

    for (size_t c = 0; c < n; c++) {
        total += p->covered[c];
        out->n_places += p->covered[c] && cm_disjoint_set_find(&p->sets, (uint32_t)c) == c;
    }
    out->place_start = cm_alloc_zero(out->n_places + 1, sizeof *out->place_start);
    out->place_cell = cm_alloc(total, sizeof *out->place_cell);
    if (!out->place_start || !out->place_cell)
        return cm_fail_memory(ctx);
    size_t place = 0;
    for (size_t root = 0; root < n; root++) {
        if (!p->covered[root] || cm_disjoint_set_find(&p->sets, (uint32_t)root) != root)
            continue;
        for (size_t c = root; c < n; c++) {
            if (p->covered[c] && cm_disjoint_set_find(&p->sets, (uint32_t)c) == root)
                out->place_cell[at++] = (uint32_t)c;
        }
        out->place_start[++place] = at;
    }
    return CASTMAP_OK;
}

static castmap_status find_places(castmap_context *ctx, const cm_policy *policy, const cm_counting *counting,
                                  const cm_incident *incidents, size_t n, const cm_lattice *lattice, cm_published *out)
{
    placing p = {.lattice = lattice, .incidents = incidents};
    castmap_status status = CASTMAP_OK;

    p.members = cm_alloc(n, sizeof *p.members);
    p.scratch_member = cm_alloc(n, sizeof *p.scratch_member);
    p.scratch = cm_alloc(2 * n, sizeof *p.scratch);
    p.covered = cm_alloc_zero(lattice->count, sizeof *p.covered);
    if (!p.members || !p.scratch_member || !p.scratch || !p.covered || cm_disjoint_set_init(&p.sets, lattice->count)) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t i = 0; i < n; i++) {
        if (lattice->incident_cell[i] >= 0 && incidents[i].place >= 0)
            p.members[p.n_members++] = (membership){lattice->incident_cell[i], incidents[i].place, (uint32_t)i};
    }
    qsort(p.members, p.n_members, sizeof *p.members, compare_membership);
    cover(&p, policy, counting->sources_recorded);
    status = number_places(ctx, &p, out);

done:
    free(p.members);
    free(p.scratch_member);
    free(p.scratch);
    free(p.covered);
    cm_disjoint_set_clear(&p.sets);
    return status;
}

castmap_status cm_published_count(castmap_context *ctx, const cm_policy *policy, const cm_period *period,
                                  const cm_counting *counting, cm_published *out, castmap_suppressed *stats)
{
    cm_published published = {.policy = *policy, .period = *period, .sources_recorded = counting->sources_recorded};
    cm_incident *incidents = NULL;
    cm_lattice lattice = {0};
    size_t n = 0;
    castmap_status status;

    status = cm_incidents_make(ctx, counting->reports, counting->n, policy->merge_repeats, &incidents, &n);
    if (status)
        goto done;
    status = cm_lattice_make(ctx, policy, incidents, n, counting->sources_recorded, counting->building_x,
                             counting->building_y, counting->n_buildings, &lattice);
    if (status)
        goto done;
    published.n_cells = lattice.count;
    published.cell = lattice.cell;
    status = find_places(ctx, policy, counting, incidents, n, &lattice, &published);
    lattice.cell = NULL;
    if (status)
        goto done;
    stats->incident_groups = n;
    stats->shown_groups = lattice.shown_groups;
    stats->cells_shown = published.n_cells;
    stats->cells_merged = lattice.merged;
    stats->cells_withheld = lattice.withheld;
    *out = published;
    published = (cm_published){0};

done:
    free(incidents);
    cm_lattice_clear(&lattice);
    cm_published_clear(&published);
    return status;
}

void cm_published_keep(cm_published *published, const bool *keep)
{
    size_t kept = 0, at = 0, places = 0;
    /* place_cell is ascending inside a place but not over all, so numbers are counted anew for each. */
    for (size_t p = 0; p < published->n_places; p++) {
        const size_t begin = published->place_start[p], end = published->place_start[p + 1], first = at;
        for (size_t k = begin; k < end; k++) {
            const uint32_t c = published->place_cell[k];
            if (!keep[c])
                continue;
            uint32_t number = 0;
            for (uint32_t i = 0; i < c; i++)
                number += keep[i];
            published->place_cell[at++] = number;
        }
        published->place_start[places] = first;
        places += at > first;
    }
    if (published->place_start)
        published->place_start[places] = at;
    published->n_places = places;
    for (size_t c = 0; c < published->n_cells; c++) {
        if (keep[c])
            published->cell[kept++] = published->cell[c];
    }
    published->n_cells = kept;
}

static void add_parameters(cm_text *text, const cm_published *published)
{
    const cm_policy *policy = &published->policy;
    cm_json json;

    cm_json_begin(&json, text, false);
    cm_json_object(&json, NULL);
    cm_json_string(&json, "crs", published->crs);
    cm_json_number(&json, "base_cell_m", policy->base_cell_m);
    cm_json_string(&json, "period", cm_period_type_name(published->period.type));
    cm_json_integer(&json, "min_groups", (int64_t)policy->min_groups);
    cm_json_integer(&json, "min_sources", (int64_t)policy->min_sources);
    cm_json_integer(&json, "min_days", (int64_t)policy->min_days);
    cm_json_integer(&json, "min_buildings", (int64_t)policy->min_buildings);
    cm_json_bool(&json, "sources_recorded", published->sources_recorded);
    cm_json_integer(&json, "last_record", published->last_record);
    cm_json_array(&json, "places");
    for (size_t p = 0; p < published->n_places; p++) {
        cm_json_array(&json, NULL);
        for (size_t k = published->place_start[p]; k < published->place_start[p + 1]; k++)
            cm_json_integer(&json, NULL, published->place_cell[k]);
        cm_json_end_array(&json);
    }
    cm_json_end_array(&json);
    cm_published_months_to_json(&json, "months", &published->months);
    cm_published_flows_to_json(&json, &published->flows);
    cm_published_streets_to_json(&json, &published->streets);
    cm_published_tracks_to_json(&json, &published->tracks);
    cm_json_end_object(&json);
}

static void digest_months(cm_sha256 *hash, const cm_published_months *months)
{
    if (months->n > 0)
        cm_sha256_add(hash, months->month, months->n * sizeof *months->month);
}

static void digest_streets(cm_sha256 *hash, const cm_published_streets *streets)
{
    cm_sha256_add(hash, streets->network, strlen(streets->network) + 1);
    for (size_t i = 0; i < streets->count; i++) {
        const cm_published_street *street = &streets->street[i];
        const int64_t square[] = {street->column, street->row, (int64_t)street->side_m};
        cm_sha256_add(hash, street->name, strlen(street->name) + 1);
        cm_sha256_add(hash, square, sizeof square);
    }
}

static void digest_tracks(cm_sha256 *hash, const cm_published_tracks *tracks)
{
    cm_sha256_add(hash, "tracks", sizeof "tracks"); /* or they might be streets */
    cm_sha256_add(hash, tracks->network, strlen(tracks->network) + 1);
    for (size_t i = 0; i < tracks->count; i++) {
        const cm_published_track *track = &tracks->track[i];
        const int64_t square[] = {track->column, track->row, (int64_t)track->side_m, track->people_from};
        cm_sha256_add(hash, track->name, strlen(track->name) + 1);
        cm_sha256_add(hash, square, sizeof square);
    }
}

static void digest_flows(cm_sha256 *hash, const cm_published_flows *flows)
{
    const int64_t head[] = {flows->symmetric, (int64_t)flows->count};

    cm_sha256_add(hash, head, sizeof head);
    cm_sha256_add(hash, flows->areas, strlen(flows->areas) + 1);
    for (size_t f = 0; f < flows->count; f++) {
        cm_sha256_add(hash, flows->flow[f].from, strlen(flows->flow[f].from) + 1);
        cm_sha256_add(hash, flows->flow[f].to, strlen(flows->flow[f].to) + 1);
        cm_sha256_add(hash, &flows->flow[f].published, sizeof flows->flow[f].published);
        if (flows->flow[f].slice)
            cm_sha256_add(hash, flows->flow[f].slice, flows->n_slices * sizeof *flows->flow[f].slice);
    }
    digest_months(hash, &flows->months);
}

/* Over what is published; neither the recipient nor the last record is part of it. */
static void digest(const cm_published *published, char hex[CM_SHA256_HEX])
{
    cm_sha256 hash;
    int64_t head[6] = {published->policy.audience, published->period.from_s, published->period.to_s,
                       (int64_t)published->policy.base_cell_m, (int64_t)published->n_cells,
                       (int64_t)published->n_places};

    cm_sha256_init(&hash);
    cm_sha256_add(&hash, head, sizeof head);
    cm_sha256_add(&hash, published->crs, strlen(published->crs));
    for (size_t c = 0; c < published->n_cells; c++) {
        const cm_ledger_cell *cell = &published->cell[c];
        const int64_t words[4] = {cell->column, cell->row, (int64_t)cell->side_m, cell->published};
        cm_sha256_add(&hash, words, sizeof words);
    }
    for (size_t p = 0; p < published->n_places; p++) {
        const uint64_t n = published->place_start[p + 1] - published->place_start[p];
        cm_sha256_add(&hash, &n, sizeof n);
        cm_sha256_add(&hash, &published->place_cell[published->place_start[p]], n * sizeof *published->place_cell);
    }
    digest_months(&hash, &published->months);
    if (published->flows.present)
        digest_flows(&hash, &published->flows);
    if (published->streets.present)
        digest_streets(&hash, &published->streets);
    if (published->tracks.present)
        digest_tracks(&hash, &published->tracks);
    cm_sha256_final(&hash, hex);
}

castmap_status cm_published_to_entry(castmap_context *ctx, const cm_published *published, const char *recipient,
                                     cm_ledger_entry *entry)
{
    cm_text parameters = CM_TEXT_INIT;
    char hex[CM_SHA256_HEX];
    cm_ledger_entry made = {.audience = published->policy.audience, .from_s = published->period.from_s,
                            .to_s = published->period.to_s, .n_cells = published->n_cells};

    add_parameters(&parameters, published);
    digest(published, hex);
    made.parameters = cm_text_take(&parameters);
    made.digest = cm_copy_text(hex);
    made.recipient = cm_copy_text(recipient);
    made.cells = cm_alloc(published->n_cells, sizeof *made.cells);
    if (!made.parameters || !made.digest || !made.cells || (recipient && !made.recipient)) {
        cm_text_clear(&parameters);
        cm_ledger_entry_clear(&made);
        return cm_fail_memory(ctx);
    }
    if (published->n_cells > 0)
        memcpy(made.cells, published->cell, published->n_cells * sizeof *made.cells);
    *entry = made;
    return CASTMAP_OK;
}

static int64_t whole(struct json_object *object, const char *key)
{
    struct json_object *value;

    return json_object_object_get_ex(object, key, &value) ? json_object_get_int64(value) : -1;
}

static const char *words(struct json_object *object, const char *key)
{
    struct json_object *value;

    return json_object_object_get_ex(object, key, &value) && json_object_is_type(value, json_type_string)
               ? json_object_get_string(value) : "";
}

static int read_places(struct json_object *places, cm_published *out)
{
    const size_t n = json_object_array_length(places);
    size_t at = 0, total = 0;

    for (size_t p = 0; p < n; p++) {
        struct json_object *cells = json_object_array_get_idx(places, p);
        if (!json_object_is_type(cells, json_type_array))
            return -1;
        total += json_object_array_length(cells);
    }
    out->place_start = cm_alloc_zero(n + 1, sizeof *out->place_start);
    out->place_cell = cm_alloc(total, sizeof *out->place_cell);
    if (!out->place_start || !out->place_cell)
        return -1;
    for (size_t p = 0; p < n; p++) {
        struct json_object *cells = json_object_array_get_idx(places, p);
        for (size_t k = 0; k < json_object_array_length(cells); k++) {
            const int64_t c = json_object_get_int64(json_object_array_get_idx(cells, k));
            if (c < 0 || (size_t)c >= out->n_cells)
                return -1;
            out->place_cell[at++] = (uint32_t)c;
        }
        out->place_start[p + 1] = at;
    }
    out->n_places = n;
    return 0;
}

castmap_status cm_published_from_entry(castmap_context *ctx, const cm_ledger_entry *entry, const cm_policy *policy,
                                       cm_published *out)
{
    struct json_object *document = json_tokener_parse(entry->parameters), *places, *recorded;
    cm_published made = {.policy = *policy, .n_cells = entry->n_cells};
    castmap_status status = CASTMAP_OK;

    if (!document || !json_object_object_get_ex(document, "places", &places) ||
        !json_object_is_type(places, json_type_array) ||
        !json_object_object_get_ex(document, "sources_recorded", &recorded)) {
        status = cm_fail(ctx, CASTMAP_E_PROJECT, "release %lld of the ledger cannot be read", (long long)entry->number);
        goto done;
    }
    made.policy.base_cell_m = (double)whole(document, "base_cell_m");
    made.policy.min_groups = (size_t)whole(document, "min_groups");
    made.policy.min_sources = (size_t)whole(document, "min_sources");
    made.policy.min_days = (size_t)whole(document, "min_days");
    made.policy.min_buildings = (size_t)whole(document, "min_buildings");
    made.last_record = whole(document, "last_record");
    made.sources_recorded = json_object_get_boolean(recorded);
    made.period = (cm_period){strcmp(words(document, "period"), "year") == 0 ? CM_PERIOD_YEAR : CM_PERIOD_QUARTER,
                              entry->from_s, entry->to_s};
    made.crs = cm_copy_text(words(document, "crs"));
    made.cell = cm_alloc(entry->n_cells, sizeof *made.cell);
    if (!made.crs || !made.cell) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    if (entry->n_cells > 0)
        memcpy(made.cell, entry->cells, entry->n_cells * sizeof *made.cell);
    if (read_places(places, &made)) {
        status = cm_fail(ctx, CASTMAP_E_PROJECT, "release %lld of the ledger cannot be read", (long long)entry->number);
        goto done;
    }
    status = cm_published_months_from_json(ctx, document, "months", &made.months);
    if (!status)
        status = cm_published_flows_from_json(ctx, document, &made.flows);
    if (!status)
        status = cm_published_streets_from_json(ctx, document, &made.streets);
    if (!status)
        status = cm_published_tracks_from_json(ctx, document, &made.tracks);
    if (status)
        goto done;
    *out = made;
    made = (cm_published){0};

done:
    if (document)
        json_object_put(document);
    cm_published_clear(&made);
    return status;
}
