/*
 * runs/movement_places.c - a word is the code of an area, its name, a country, a position in one cell, a postcode, or a name in a gazetteer, in this order; each
 * is looked up once.
 */
#include "runs/movement_places.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "castmap/areas.h"
#include "project/ingest/place.h"
#include "project/run_table.h"
#include "runs/country_names.h"
#include "runs/country_places.h"

#include <stdlib.h>
#include <string.h>

void cm_movement_places_clear(cm_movement_places *p)
{
    castmap_area_locator_free(p->locator);
    cm_projected_areas_clear(&p->areas);
    cm_projection_free(p->projection);
    cm_projection_free(p->grid[0]);
    cm_projection_free(p->grid[1]);
    cm_place_index_free(p->places);
    free(p->table_used);
    for (size_t i = 0; i < p->n_labels; i++)
        free(p->label_name[i]);
    free(p->label_name);
    cm_text_numbers_clear(&p->codes);
    cm_text_numbers_clear(&p->names);
    cm_text_numbers_clear(&p->words);
    cm_text_numbers_clear(&p->label_codes);
    free(p->country_area);
    free(p->code_area);
    free(p->name_area);
    free(p->end);
    memset(p, 0, sizeof *p);
}

/* area of every key; a key that two areas share stands for neither. */
static castmap_status index_keys(cm_movement_places *p, char *const *text, cm_text_numbers *keys, uint32_t **area)
{
    const size_t n = p->areas.set.count;

    *area = cm_alloc(n, sizeof **area);
    if (!*area)
        return cm_fail_memory(p->ctx);
    for (size_t i = 0; i < n; i++) {
        char *key = cm_utf8_key(text[i], strlen(text[i]));
        uint32_t number = 0;
        bool fresh = false;
        if (!key || cm_text_number(keys, key, strlen(key), &number, &fresh)) {
            free(key);
            return cm_fail_memory(p->ctx);
        }
        (*area)[number] = fresh ? (uint32_t)i : CM_NO_NUMBER;
        free(key);
    }
    return CASTMAP_OK;
}

#define SHARED (CM_NO_NUMBER - 1)

/* Boundaries are of countries where the codes or names of two thirds of them are. Each goes then by two letters, three letters and all its names. */
static castmap_status index_countries(cm_movement_places *p)
{
    const size_t n = p->areas.set.count;
    size_t known = 0;
    uint32_t *area = cm_alloc(cm_country_count(), sizeof *area);

    if (!area)
        return cm_fail_memory(p->ctx);
    for (size_t i = 0; i < cm_country_count(); i++)
        area[i] = CM_NO_NUMBER;
    for (size_t i = 0; i < n; i++) {
        const char *code = p->areas.set.code[i], *name = p->areas.set.area_name[i];
        int country = cm_country_find(code, strlen(code));
        if (country == CM_NO_COUNTRY)
            country = cm_country_find(name, strlen(name));
        if (country == CM_NO_COUNTRY)
            continue;
        const size_t at = cm_country_index(cm_country_code(country));
        known += area[at] == CM_NO_NUMBER;
        area[at] = area[at] == CM_NO_NUMBER ? (uint32_t)i : SHARED; /* England and Wales are not the United Kingdom */
    }
    for (size_t i = 0; i < cm_country_count(); i++)
        area[i] = area[i] == SHARED ? CM_NO_NUMBER : area[i];
    if (known < 2 || 3 * known < 2 * n) {
        free(area);
        return CASTMAP_OK;
    }
    p->country_area = area;
    return CASTMAP_OK;
}

castmap_status cm_movement_places_open(castmap_context *ctx, castmap_project *project, const char *level, bool labels, cm_movement_places *out)
{
    cm_movement_places p = {.ctx = ctx, .labels = labels};
    castmap_status status = CASTMAP_OK;

    if (!labels && *cm_project_crs(project)) {
        status = cm_projection_new(ctx, cm_project_crs(project), false, &p.projection);
        if (!status)
            status = cm_projected_areas_load(ctx, project, level, p.projection, &p.areas);
        if (status == CASTMAP_E_NOT_FOUND && !level) {
            cm_fail_clear(ctx);
            status = CASTMAP_OK;
        } else {
            p.has_areas = true;
        }
    } else if (!labels && level) {
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the project has no boundaries yet");
        cm_fail_hint(ctx, "castmap boundaries add FILE brings them in");
    }
    p.labels = !p.has_areas;
    if (!status && p.has_areas)
        status = index_keys(&p, p.areas.set.code, &p.codes, &p.code_area);
    if (!status && p.has_areas)
        status = index_keys(&p, p.areas.set.area_name, &p.names, &p.name_area);
    if (!status && p.has_areas)
        status = index_countries(&p);
    if (!status && p.has_areas)
        status = cm_place_index_load(ctx, project, &p.places);
    if (!status && p.places && !(p.table_used = cm_alloc_zero(cm_place_index_tables(p.places) + 1, sizeof *p.table_used)))
        status = cm_fail_memory(ctx);
    if (status)
        cm_movement_places_clear(&p);
    else
        *out = p;
    return status;
}

size_t cm_movement_areas(const cm_movement_places *p)
{
    return p->labels ? p->label_codes.count : p->areas.set.count;
}

/* The word is the area. Countries go under their codes, so that "UK" and "United Kingdom" are one. */
static castmap_status place_label(cm_movement_places *p, const char *word, size_t length, cm_movement_end *end)
{
    const int country = cm_country_find(word, length);
    const char *code = country == CM_NO_COUNTRY ? word : cm_country_code(country);
    bool fresh = false;

    if (cm_text_number(&p->label_codes, code, country == CM_NO_COUNTRY ? length : strlen(code), &end->area, &fresh))
        return cm_fail_memory(p->ctx);
    if (!fresh)
        return CASTMAP_OK;
    char *name = country == CM_NO_COUNTRY ? cm_copy_bytes(word, length) : cm_copy_text(cm_country_name(country));
    if (!name || cm_grow(&p->label_name, &p->label_room, p->label_codes.count, sizeof *p->label_name)) {
        free(name);
        return cm_fail_memory(p->ctx);
    }
    p->label_name[p->n_labels++] = name;
    return CASTMAP_OK;
}

static bool has_letters(const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)word[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80)
            return true;
    }
    return false;
}

/* "53.75, -4.08", a grid reference, a plus code, a link of a map. *told: it is a position, whether it can be used or not. */
static castmap_status place_by_position(cm_movement_places *p, const char *word, size_t length, cm_movement_end *end, bool *told)
{
    static const char *const GRIDS[] = {"EPSG:27700", "EPSG:29903"};
    cm_place place;
    cm_flaw flaw = {0};
    castmap_status status = CASTMAP_OK;

    const bool read = cm_place_cell(word, length, &place, &flaw);
    *told = read ? place.kind == CM_PLACE_DEGREES || place.kind == CM_PLACE_GRID_GB || place.kind == CM_PLACE_GRID_IRISH : !has_letters(word, length);
    if (!read || !*told) {
        end->flaw = *told ? CM_END_BAD_POSITION : CM_END_FINE;
        return CASTMAP_OK;
    }
    end->lon = place.a;
    end->lat = place.b;
    if (place.kind != CM_PLACE_DEGREES) {
        const int k = place.kind == CM_PLACE_GRID_IRISH;
        bool ok = true;
        if (!p->grid[k])
            status = cm_projection_new(p->ctx, GRIDS[k], false, &p->grid[k]);
        if (!status)
            status = cm_projection_inverse(p->ctx, p->grid[k], 1, &place.a, &place.b, &end->lon, &end->lat, &ok);
        if (!ok)
            end->flaw = CM_END_BAD_POSITION;
    }
    if (!end->flaw && !cm_place_check_degrees(end->lon, end->lat, &flaw))
        end->flaw = CM_END_BAD_POSITION;
    if (!end->flaw && cm_place_class(place.accuracy_m) == CM_PLACE_AREA && place.accuracy_m > 0.0)
        end->flaw = CM_END_PART;
    return status;
}

static void place_by_tables(const cm_movement_places *p, const char *word, size_t length, const char *key, cm_movement_end *end)
{
    cm_place_hit hit[CM_PLACE_CANDIDATES];

    end->flaw = CM_END_UNKNOWN;
    if (!p->places)
        return;
    if (cm_place_index_postcode(p->places, word, length, hit) == CM_PLACE_FOUND) {
        end->flaw = hit[0].whole ? CM_END_FINE : CM_END_PART;
    } else if (cm_place_index_has(p->places, CM_PLACE_NAMES)) {
        const size_t n = cm_place_index_name(p->places, key, NULL, hit);
        end->flaw = n == 1 ? CM_END_FINE : n > 1 ? CM_END_AMBIGUOUS : CM_END_UNKNOWN;
    }
    if (end->flaw != CM_END_FINE)
        return;
    p->table_used[hit[0].table] = true;
    end->lon = hit[0].lon;
    end->lat = hit[0].lat;
}

static uint32_t find_country(const cm_movement_places *p, const char *word, size_t length)
{
    const int country = p->country_area ? cm_country_find(word, length) : CM_NO_COUNTRY;

    return country == CM_NO_COUNTRY ? CM_NO_NUMBER : p->country_area[cm_country_index(cm_country_code(country))];
}

static castmap_status place_in_areas(cm_movement_places *p, const char *word, size_t length, cm_movement_end *end)
{
    char *key = cm_utf8_key(word, length);
    castmap_status status = CASTMAP_OK;
    bool told = false;

    if (!key)
        return cm_fail_memory(p->ctx);
    uint32_t number = cm_text_number_find(&p->codes, key, strlen(key));
    if (number != CM_NO_NUMBER) {
        end->area = p->code_area[number];
        end->flaw = end->area == CM_NO_NUMBER ? CM_END_AMBIGUOUS : CM_END_FINE;
    } else {
        number = cm_text_number_find(&p->names, key, strlen(key));
        if (number != CM_NO_NUMBER) {
            end->area = p->name_area[number];
            end->flaw = end->area == CM_NO_NUMBER ? CM_END_AMBIGUOUS : CM_END_FINE;
        } else if ((end->area = find_country(p, word, length)) == CM_NO_NUMBER) {
            status = place_by_position(p, word, length, end, &told);
            if (!told && !status)
                place_by_tables(p, word, length, key, end);
        }
    }
    free(key);
    return status;
}

castmap_status cm_movement_place(cm_movement_places *p, const char *word, size_t length, cm_movement_end *out)
{
    uint32_t number = 0;
    bool fresh = false;
    castmap_status status = CASTMAP_OK;

    while (length > 0 && (*word == ' ' || *word == '\t')) {
        word++;
        length--;
    }
    while (length > 0 && (word[length - 1] == ' ' || word[length - 1] == '\t'))
        length--;
    if (length == 0) {
        *out = (cm_movement_end){.flaw = CM_END_EMPTY, .area = CM_NO_NUMBER};
        return CASTMAP_OK;
    }
    if (cm_text_number(&p->words, word, length, &number, &fresh) || cm_grow(&p->end, &p->end_room, p->words.count, sizeof *p->end))
        return cm_fail_memory(p->ctx);
    if (fresh) {
        cm_movement_end end = {.flaw = CM_END_FINE, .area = CM_NO_NUMBER};
        status = p->labels ? place_label(p, word, length, &end) : place_in_areas(p, word, length, &end);
        p->end[number] = end;
    }
    *out = p->end[number];
    return status;
}

castmap_status cm_movement_locate(cm_movement_places *p, cm_movement_end *end, size_t n)
{
    size_t k = 0, waiting = 0;
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < n; i++)
        waiting += end[i].flaw == CM_END_FINE && end[i].area == CM_NO_NUMBER;
    if (waiting == 0)
        return CASTMAP_OK;
    double *position = cm_alloc(4 * waiting, sizeof *position), *x = position, *y = position + waiting, *lon = y + waiting, *lat = lon + waiting;
    bool *reached = cm_alloc(waiting, sizeof *reached);
    int32_t *area = cm_alloc(waiting, sizeof *area);
    if (!position || !reached || !area) {
        status = cm_fail_memory(p->ctx);
        goto done;
    }
    for (size_t i = 0; i < n; i++) {
        if (end[i].flaw == CM_END_FINE && end[i].area == CM_NO_NUMBER) {
            lon[k] = end[i].lon;
            lat[k++] = end[i].lat;
        }
    }
    status = cm_projection_forward(p->ctx, p->projection, waiting, lon, lat, x, y, reached);
    if (status)
        goto done;
    for (k = 0; k < waiting; k++) { /* what the coordinate system does not reach lies in no area: any place far off says so */
        if (!reached[k])
            x[k] = y[k] = -1e9;
    }
    const castmap_points points = {.count = waiting, .x = x, .y = y};
    if (!p->locator) {
        p->view = cm_projected_areas_view(&p->areas);
        status = castmap_area_locator_new(p->ctx, &p->view, NULL, &p->locator);
    }
    if (!status)
        status = castmap_area_locate(p->ctx, p->locator, &points, area);
    k = 0;
    for (size_t i = 0; i < n && !status; i++) {
        if (end[i].flaw != CM_END_FINE || end[i].area != CM_NO_NUMBER)
            continue;
        if (area[k] == CASTMAP_NO_AREA)
            end[i].flaw = CM_END_OUTSIDE;
        else
            end[i].area = (uint32_t)area[k];
        k++;
    }

done:
    free(position);
    free(reached);
    free(area);
    return status;
}
