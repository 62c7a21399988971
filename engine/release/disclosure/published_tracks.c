/*
 * release/disclosure/published_tracks.c - from visits to published streets; to the ledger and back.
 *
 *   1. choose    visits of the period on streets with a name, by street and square of 2 km
 *   2. show      the square, or its quarters where the street passes in each of them
 */
#include "release/disclosure/published_tracks.h"

#include "analysis/routes/network_point.h"
#include "base/digest.h"
#include "base/fail.h"
#include "base/memory.h"
#include "release/disclosure/incident_groups.h"
#include "release/disclosure/lattice.h"
#include "release/disclosure/street_lines.h"

#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DAY_S 86400

static const struct {
    int64_t     from;
    const char *words;
} CLASSES[CM_PEOPLE_CLASSES] = {{5, "5 to 9"}, {10, "10 to 24"}, {25, "25 to 49"}, {50, "50 or more"}};

typedef struct sighting {
    uint32_t name;
    int64_t  column, row; /* of the square of 2 km */
    double   x, y;
    int64_t  person, day;
} sighting;

typedef struct counting {
    castmap_context       *ctx;
    const cm_policy       *policy;
    const castmap_streets *streets;
    sighting    *sighting; /* owned [n] */
    size_t       n;
    uint32_t    *edge;     /* owned; edges by name */
    size_t      *edge_start; /* owned [names + 1] */
    cm_incident *incident; /* owned [n] scratch of one square, with the next two */
    uint32_t    *member;
    int64_t     *scratch;
    size_t       room;     /* of made.track */
    cm_published_tracks made;
} counting;

void cm_published_tracks_clear(cm_published_tracks *tracks)
{
    for (size_t i = 0; tracks->track && i < tracks->count; i++)
        free(tracks->track[i].name);
    free(tracks->track);
    free(tracks->network);
    free(tracks->visits);
    *tracks = (cm_published_tracks){0};
}

size_t cm_people_class_number(int64_t from)
{
    size_t k = CM_PEOPLE_CLASSES - 1;

    while (k > 0 && CLASSES[k].from > from)
        k--;
    return k;
}

int64_t cm_people_class(size_t people)
{
    return CLASSES[cm_people_class_number((int64_t)people)].from;
}

const char *cm_people_class_words(size_t number)
{
    return number < CM_PEOPLE_CLASSES ? CLASSES[number].words : "";
}

/* Periods begin and end at midnight. */
static bool in_period(const cm_period *period, int64_t day)
{
    return day >= period->from_s / DAY_S && day < period->to_s / DAY_S;
}

void cm_visits_name(const cm_track_detail *detail, const cm_period *period, char out[33])
{
    unsigned char digest[16];
    cm_blake2b_stream hash;

    cm_blake2b_init(&hash, sizeof digest);
    for (size_t i = 0; i < detail->n_visits; i++) {
        const int64_t visit[] = {detail->piece[i], detail->person[i], detail->day[i]};
        if (in_period(period, detail->day[i]))
            cm_blake2b_add(&hash, visit, sizeof visit);
    }
    cm_blake2b_final(&hash, digest);
    cm_hex(digest, sizeof digest, out);
}

static int compare_sightings(const void *left, const void *right)
{
    const sighting *a = left, *b = right;

    if (a->name != b->name)
        return a->name < b->name ? -1 : 1;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    if (a->column != b->column)
        return a->column < b->column ? -1 : 1;
    if (a->person != b->person)
        return a->person < b->person ? -1 : 1;
    return (a->day > b->day) - (a->day < b->day);
}

static castmap_status choose(counting *c, const cm_period *period, const castmap_lixels *lixels, const cm_track_detail *detail)
{
    c->sighting = cm_alloc(detail->n_visits, sizeof *c->sighting);
    if (!c->sighting)
        return cm_fail_memory(c->ctx);
    for (size_t i = 0; i < detail->n_visits; i++) {
        const size_t piece = (size_t)detail->piece[i];
        const uint32_t name = c->streets->name_of[lixels->edge[piece]];
        sighting *s = &c->sighting[c->n];
        if (name == CASTMAP_NO_TEXT || !in_period(period, detail->day[i]))
            continue;
        *s = (sighting){.name = name, .person = detail->person[i], .day = detail->day[i]};
        cm_network_point(&c->streets->network, lixels->edge[piece], lixels->middle_m[piece], &s->x, &s->y);
        s->column = (int64_t)floor(s->x / CM_TRACK_SQUARE_M);
        s->row = (int64_t)floor(s->y / CM_TRACK_SQUARE_M);
        c->n++;
    }
    if (c->n > 1)
        qsort(c->sighting, c->n, sizeof *c->sighting, compare_sightings);
    c->incident = cm_alloc(c->n, sizeof *c->incident);
    c->member = cm_alloc(c->n, sizeof *c->member);
    c->scratch = cm_alloc(2 * c->n, sizeof *c->scratch);
    return c->incident && c->member && c->scratch ? CASTMAP_OK : cm_fail_memory(c->ctx);
}

static castmap_status sort_edges(counting *c)
{
    const castmap_streets *s = c->streets;
    size_t *next = cm_alloc_zero(s->n_names + 1, sizeof *next);

    c->edge = cm_alloc(s->network.n_edges, sizeof *c->edge);
    c->edge_start = cm_alloc_zero(s->n_names + 1, sizeof *c->edge_start);
    if (!next || !c->edge || !c->edge_start) {
        free(next);
        return cm_fail_memory(c->ctx);
    }
    for (size_t e = 0; e < s->network.n_edges; e++)
        if (s->name_of[e] != CASTMAP_NO_TEXT)
            c->edge_start[s->name_of[e] + 1]++;
    for (size_t k = 0; k < s->n_names; k++)
        next[k + 1] = c->edge_start[k + 1] += c->edge_start[k];
    for (size_t e = 0; e < s->network.n_edges; e++)
        if (s->name_of[e] != CASTMAP_NO_TEXT)
            c->edge[next[s->name_of[e]]++] = (uint32_t)e;
    free(next);
    return CASTMAP_OK;
}

static double length_in(const counting *c, uint32_t name, const cm_square *square)
{
    double length = 0.0;

    for (size_t k = c->edge_start[name]; k < c->edge_start[name + 1]; k++)
        (void)cm_line_in_square(NULL, &c->streets->network, c->edge[k], square, &length);
    return length;
}

/* Half open, so that a place on a border is in one square. */
static bool holds(const cm_square *q, const sighting *s)
{
    return s->x >= q->west && s->x < q->west + q->side_m && s->y >= q->south && s->y < q->south + q->side_m;
}

/* The people of sightings [begin, end), one street by person and day, who were in the square; each with the first day. */
static size_t people_in(counting *c, size_t begin, size_t end, const cm_square *square)
{
    size_t people = 0;

    for (size_t i = begin; i < end; i++) {
        const sighting *s = &c->sighting[i];
        if (!holds(square, s) || (people > 0 && c->incident[people - 1].source == (int32_t)s->person))
            continue;
        c->incident[people] = (cm_incident){s->x, s->y, cm_when_key_day(s->day), (int32_t)s->person, -1};
        c->member[people] = (uint32_t)people;
        people++;
    }
    return people;
}

/* *people is set where the street passes. */
static bool passes(counting *c, size_t begin, size_t end, const cm_square *square, double length_m, size_t *people)
{
    if (square->side_m < c->policy->base_cell_m || length_m < c->policy->base_cell_m)
        return false;
    *people = people_in(c, begin, end, square);
    return cm_floors_pass(c->policy, c->incident, c->member, *people, true, c->scratch);
}

static castmap_status add(castmap_context *ctx, cm_published_tracks *made, size_t *room, const cm_published_track *track)
{
    if (cm_grow(&made->track, room, made->count + 1, sizeof *made->track))
        return cm_fail_memory(ctx);
    made->track[made->count] = *track;
    made->track[made->count].name = cm_copy_text(track->name);
    return made->track[made->count++].name ? CASTMAP_OK : cm_fail_memory(ctx);
}

static cm_square quarter_of(const cm_square *q, int k)
{
    const double half = 0.5 * q->side_m;

    return (cm_square){q->west + (k % 2) * half, q->south + (k / 2) * half, half};
}

/* A square in which the street passes, with so many people. */
static castmap_status show(counting *c, size_t begin, size_t end, const cm_square *square, size_t people)
{
    const uint32_t name = c->sighting[begin].name;
    bool divide = true;
    size_t inside[4] = {0};
    double length[4];
    castmap_status status = CASTMAP_OK;

    for (int k = 0; k < 4 && divide; k++) {
        const cm_square quarter = quarter_of(square, k);
        length[k] = length_in(c, name, &quarter);
        divide = !(length[k] > 0.0) || passes(c, begin, end, &quarter, length[k], &inside[k]);
    }
    if (!divide) {
        const cm_published_track track = {c->streets->names[name], (int64_t)floor(square->west / square->side_m + 0.5),
                                          (int64_t)floor(square->south / square->side_m + 0.5), square->side_m, cm_people_class(people)};
        return add(c->ctx, &c->made, &c->room, &track);
    }
    for (int k = 0; k < 4 && !status; k++) {
        const cm_square quarter = quarter_of(square, k);
        if (length[k] > 0.0)
            status = show(c, begin, end, &quarter, inside[k]);
    }
    return status;
}

castmap_status cm_published_tracks_count(castmap_context *ctx, const cm_policy *policy, const cm_period *period, const castmap_streets *streets,
                                         const castmap_lixels *lixels, const char *network, const cm_track_detail *detail, cm_published_tracks *out,
                                         size_t *withheld)
{
    counting c = {.ctx = ctx, .policy = policy, .streets = streets, .made = {.present = true, .network = cm_copy_text(network)}};
    char visits[33];
    size_t hidden = 0;
    castmap_status status = lixels->count == detail->n_pieces ? CASTMAP_OK : cm_fail(ctx, CASTMAP_E_PROJECT, "stored visits do not fit the streets");

    cm_visits_name(detail, period, visits);
    c.made.visits = cm_copy_text(visits);
    if (!status && !(c.made.network && c.made.visits))
        status = cm_fail_memory(ctx);
    if (!status)
        status = choose(&c, period, lixels, detail);
    if (!status)
        status = sort_edges(&c);
    for (size_t begin = 0, end; begin < c.n && !status; begin = end) {
        const sighting *s = &c.sighting[begin];
        const cm_square square = {(double)s->column * CM_TRACK_SQUARE_M, (double)s->row * CM_TRACK_SQUARE_M, CM_TRACK_SQUARE_M};
        size_t people = 0;
        for (end = begin + 1; end < c.n && c.sighting[end].name == s->name && c.sighting[end].row == s->row && c.sighting[end].column == s->column;)
            end++;
        if (passes(&c, begin, end, &square, length_in(&c, s->name, &square), &people))
            status = show(&c, begin, end, &square, people);
        else
            hidden++;
    }
    free(c.sighting);
    free(c.edge);
    free(c.edge_start);
    free(c.incident);
    free(c.member);
    free(c.scratch);
    if (status) {
        cm_published_tracks_clear(&c.made);
        return status;
    }
    *out = c.made;
    *withheld = hidden;
    return CASTMAP_OK;
}

void cm_published_tracks_keep(cm_published_tracks *tracks, const bool *keep)
{
    size_t kept = 0;

    for (size_t i = 0; i < tracks->count; i++) {
        if (keep[i])
            tracks->track[kept++] = tracks->track[i];
        else
            free(tracks->track[i].name);
    }
    tracks->count = kept;
}

void cm_published_tracks_to_json(cm_json *json, const cm_published_tracks *tracks)
{
    if (!tracks->present)
        return;
    cm_json_object(json, "tracks");
    cm_json_string(json, "network", tracks->network);
    cm_json_string(json, "visits", tracks->visits);
    cm_json_array(json, "shown");
    for (size_t i = 0; i < tracks->count; i++) {
        cm_json_array(json, NULL);
        cm_json_string(json, NULL, tracks->track[i].name);
        cm_json_integer(json, NULL, tracks->track[i].column);
        cm_json_integer(json, NULL, tracks->track[i].row);
        cm_json_integer(json, NULL, (int64_t)tracks->track[i].side_m);
        cm_json_integer(json, NULL, tracks->track[i].people_from);
        cm_json_end_array(json);
    }
    cm_json_end_array(json);
    cm_json_end_object(json);
}

static castmap_status unreadable(castmap_context *ctx)
{
    return cm_fail(ctx, CASTMAP_E_PROJECT, "the tracks of a release in the ledger cannot be read");
}

castmap_status cm_published_tracks_from_json(castmap_context *ctx, struct json_object *document, cm_published_tracks *out)
{
    struct json_object *object, *network, *visits, *shown;
    cm_published_tracks made = {.present = true};
    size_t room = 0;
    castmap_status status = CASTMAP_OK;

    if (!json_object_object_get_ex(document, "tracks", &object))
        return CASTMAP_OK;
    if (!json_object_object_get_ex(object, "network", &network) || !json_object_object_get_ex(object, "visits", &visits) ||
        !json_object_object_get_ex(object, "shown", &shown) || !json_object_is_type(network, json_type_string) ||
        !json_object_is_type(visits, json_type_string) || !json_object_is_type(shown, json_type_array))
        return unreadable(ctx);
    made.network = cm_copy_text(json_object_get_string(network));
    made.visits = cm_copy_text(json_object_get_string(visits));
    if (!made.network || !made.visits)
        status = cm_fail_memory(ctx);
    for (size_t k = 0; k < json_object_array_length(shown) && !status; k++) {
        struct json_object *one = json_object_array_get_idx(shown, k);
        if (!json_object_is_type(one, json_type_array) || json_object_array_length(one) != 5) {
            status = unreadable(ctx);
            break;
        }
        const char *name = json_object_get_string(json_object_array_get_idx(one, 0));
        int64_t number[4];
        for (int i = 0; i < 4; i++)
            number[i] = json_object_get_int64(json_object_array_get_idx(one, (size_t)i + 1));
        char *words = cm_copy_text(name ? name : "");
        const cm_published_track track = {words, number[0], number[1], (double)number[2], number[3]};
        status = words ? add(ctx, &made, &room, &track) : cm_fail_memory(ctx);
        free(words);
    }
    if (status)
        cm_published_tracks_clear(&made);
    else
        *out = made;
    return status;
}
