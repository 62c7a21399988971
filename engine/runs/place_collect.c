/*
 * runs/place_collect.c - from rows in the order of the file to sorted arrays.
 */
#include "runs/place_collect.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"
#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void cm_place_collect_clear(cm_place_collect *c)
{
    free(c->entry);
    free(c->name);
    free(c->admin);
    cm_text_clear(&c->names);
    cm_text_clear(&c->areas);
    cm_text_clear(&c->admins);
    *c = (cm_place_collect){0};
}

void cm_place_collect_leave(cm_place_collect *c, cm_left_out why, int64_t row)
{
    if (c->left[why]++ == 0)
        c->left_row[why] = row;
}

int cm_place_collect_entry(cm_place_collect *c, const cm_place_entry *entry)
{
    if (cm_grow(&c->entry, &c->capacity, c->count + 1, sizeof *c->entry) != 0)
        return -1;
    c->entry[c->count++] = *entry;
    return 0;
}

int cm_place_collect_name(cm_place_collect *c, const char *name, size_t length)
{
    char *key = length > 1 && !memchr(name, '\0', length) ? cm_utf8_key(name, length) : NULL;
    const size_t n = key ? strlen(key) : 0;

    if (n < 2) {
        free(key);
        return 1;
    }
    if (cm_grow(&c->name, &c->name_capacity, c->n_names + 1, sizeof *c->name) == 0) {
        c->name[c->n_names++] = (cm_place_name){c->names.length, (uint32_t)(c->count - 1)};
        cm_text_add_bytes(&c->names, key, n + 1);
    } else {
        c->names.failed = true;
    }
    free(key);
    return c->names.failed ? -1 : 0;
}

int cm_place_collect_area(cm_place_collect *c, const char *area, size_t length)
{
    if (!memchr(area, '\0', length))
        cm_text_add_bytes(&c->areas, area, length);
    cm_text_add_char(&c->areas, '\0');
    return c->areas.failed ? -1 : 0;
}

int cm_place_collect_admin(cm_place_collect *c, const char *code, const char *name, size_t length)
{
    if (cm_grow(&c->admin, &c->admin_capacity, c->n_admins + 1, sizeof *c->admin) != 0)
        return -1;
    c->admin[c->n_admins].code = c->admins.length;
    cm_text_add_bytes(&c->admins, code, strlen(code) + 1);
    c->admin[c->n_admins++].name = c->admins.length;
    cm_text_add_bytes(&c->admins, name, length);
    cm_text_add_char(&c->admins, '\0');
    return c->admins.failed ? -1 : 0;
}

castmap_status cm_place_collect_project(castmap_context *ctx, cm_place_collect *c, const char *crs)
{
    cm_projection *projection = NULL;
    double *x = cm_alloc(c->count, 4 * sizeof *x), *y = x ? x + c->count : NULL;
    bool *ok = cm_alloc(c->count, sizeof *ok);
    size_t n = 0;
    castmap_status status = x && ok ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t i = 0; !status && i < c->count; i++) {
        if (isnan(c->entry[i].lon)) {
            x[n] = c->entry[i].x;
            y[n++] = c->entry[i].y;
        }
    }
    if (!status && n) {
        status = cm_projection_new(ctx, crs, false, &projection);
        if (!status)
            status = cm_projection_inverse(ctx, projection, n, x, y, x + 2 * c->count, x + 3 * c->count, ok);
        n = 0;
        for (size_t i = 0; !status && i < c->count; i++) {
            cm_place_entry *entry = &c->entry[i];
            if (!isnan(entry->lon))
                continue;
            if (ok[n]) {
                entry->lon = x[2 * c->count + n];
                entry->lat = x[3 * c->count + n];
            }
            n++;
        }
    }
    cm_projection_free(projection);
    free(x);
    free(ok);
    return status;
}

static int32_t fixed(double degrees)
{
    return (int32_t)llround(degrees * CM_PLACE_DEGREE);
}

/* Arrays of the set for the entries in `order`. */
static castmap_status fill(castmap_context *ctx, const cm_place_collect *c, const uint32_t *order, size_t n, cm_place_set *set)
{
    set->kind = c->kind;
    set->count = n;
    set->lon = cm_alloc(n, sizeof *set->lon);
    set->lat = cm_alloc(n, sizeof *set->lat);
    set->accuracy_m = cm_alloc(n, sizeof *set->accuracy_m);
    if (c->kind == CM_PLACE_POSTCODES) {
        set->key = cm_alloc(n, sizeof *set->key);
        set->ended = cm_alloc(n, sizeof *set->ended);
    }
    if (!set->lon || !set->lat || !set->accuracy_m || (c->kind == CM_PLACE_POSTCODES && (!set->key || !set->ended)))
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        const cm_place_entry *entry = &c->entry[order[i]];
        set->lon[i] = fixed(entry->lon);
        set->lat[i] = fixed(entry->lat);
        set->accuracy_m[i] = (uint32_t)entry->accuracy_m;
        if (set->key) {
            set->key[i] = entry->key;
            set->ended[i] = entry->ended;
        }
    }
    return CASTMAP_OK;
}

/* Of two with one key the one in use stands, else the later of the file. */
static castmap_status finish_postcodes(castmap_context *ctx, cm_place_collect *c, cm_place_set *out)
{
    uint64_t *key = cm_alloc(c->count, sizeof *key);
    uint32_t *order = cm_alloc(c->count, sizeof *order);
    size_t n = 0;
    castmap_status status = key && order ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t i = 0; !status && i < c->count; i++) {
        if (isnan(c->entry[i].lon)) {
            cm_place_collect_leave(c, CM_LEFT_BAD_POSITION, 0);
            continue;
        }
        key[n] = c->entry[i].key;
        order[n++] = (uint32_t)i;
    }
    if (!status)
        status = cm_sort_u64(ctx, key, order, n);
    size_t kept = 0;
    for (size_t i = 0; !status && i < n; i++) {
        const cm_place_entry *entry = &c->entry[order[i]];
        if (kept && c->entry[order[kept - 1]].key == entry->key) {
            cm_place_collect_leave(c, CM_LEFT_TWICE, 0);
            if (!entry->ended || c->entry[order[kept - 1]].ended)
                order[kept - 1] = order[i];
            continue;
        }
        order[kept++] = order[i];
    }
    if (!status)
        status = fill(ctx, c, order, kept, out);
    free(key);
    free(order);
    return status;
}

/* A name with its text, for sorting. */
typedef struct sorted_name {
    const char *text;
    uint32_t    entry;
} sorted_name;

static int by_text(const void *a, const void *b)
{
    const sorted_name *x = a, *y = b;
    const int order = strcmp(x->text, y->text);

    return order ? order : (x->entry > y->entry) - (x->entry < y->entry);
}

static int by_admin_code(const void *a, const void *b)
{
    return strcmp(((const sorted_name *)a)->text, ((const sorted_name *)b)->text);
}

/* "GB.ENG.F8" -> "Hampshire, England, GB"; what has no name is passed over. */
static void resolve(const sorted_name *admin, size_t n, const cm_place_collect *c, const char *codes, cm_text *out)
{
    char part[64];
    size_t length = strlen(codes);
    const size_t begun = out->length;

    while (length && length < sizeof part) {
        memcpy(part, codes, length);
        part[length] = '\0';
        const sorted_name wanted = {part, 0};
        const sorted_name *found = n ? bsearch(&wanted, admin, n, sizeof *admin, by_admin_code) : NULL;
        const bool country = !memchr(codes, '.', length);
        if (found || country) {
            if (out->length > begun)
                cm_text_add(out, ", ");
            cm_text_add(out, found ? c->admins.bytes + c->admin[found->entry].name : part);
        }
        while (length && codes[length - 1] != '.')
            length--;
        length -= length > 0;
    }
    cm_text_add_char(out, '\0');
}

/* Words of the areas, for entries in the order they were collected. */
static castmap_status resolve_areas(castmap_context *ctx, cm_place_collect *c)
{
    cm_text words = CM_TEXT_INIT;
    sorted_name *admin = cm_alloc(c->n_admins, sizeof *admin);

    if (!admin)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < c->n_admins; i++)
        admin[i] = (sorted_name){c->admins.bytes + c->admin[i].code, (uint32_t)i};
    qsort(admin, c->n_admins, sizeof *admin, by_admin_code);
    for (size_t i = 0, at = 0; i < c->count; i++) {
        const char *codes = c->areas.bytes + at;
        at += strlen(codes) + 1;
        resolve(admin, c->n_admins, c, codes, &words);
    }
    free(admin);
    if (words.failed) {
        cm_text_clear(&words);
        return cm_fail_memory(ctx);
    }
    cm_text_clear(&c->areas);
    c->areas = words;
    return CASTMAP_OK;
}

/* Entries without a place of their own go, with their names and areas. */
static castmap_status drop_unplaced(castmap_context *ctx, cm_place_collect *c)
{
    uint32_t *now = cm_alloc(c->count, sizeof *now);
    size_t kept = 0, names = 0, used = 0, at = 0;

    if (!now)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < c->count; i++) {
        const size_t length = strlen(c->areas.bytes + at) + 1;
        now[i] = UINT32_MAX;
        if (isnan(c->entry[i].lon)) {
            cm_place_collect_leave(c, CM_LEFT_BAD_POSITION, 0);
        } else {
            memmove(c->areas.bytes + used, c->areas.bytes + at, length);
            used += length;
            now[i] = (uint32_t)kept;
            c->entry[kept++] = c->entry[i];
        }
        at += length;
    }
    for (size_t i = 0; i < c->n_names; i++) {
        if (now[c->name[i].entry] == UINT32_MAX)
            continue;
        c->name[names] = c->name[i];
        c->name[names++].entry = now[c->name[i].entry];
    }
    c->count = kept;
    c->n_names = names;
    c->areas.length = used;
    free(now);
    return CASTMAP_OK;
}

/* Names in order, each once an entry. */
static castmap_status sort_names(castmap_context *ctx, cm_place_collect *c, cm_place_set *out)
{
    sorted_name *list = cm_alloc(c->n_names, sizeof *list);
    cm_text text = CM_TEXT_INIT;

    out->place = cm_alloc(c->n_names, sizeof *out->place);
    if (!list || !out->place) {
        free(list);
        return cm_fail_memory(ctx);
    }
    for (size_t i = 0; i < c->n_names; i++)
        list[i] = (sorted_name){c->names.bytes + c->name[i].at, c->name[i].entry};
    qsort(list, c->n_names, sizeof *list, by_text);
    for (size_t i = 0; i < c->n_names; i++) {
        if (i && by_text(&list[i - 1], &list[i]) == 0)
            continue;
        out->place[out->n_names++] = list[i].entry;
        cm_text_add_bytes(&text, list[i].text, strlen(list[i].text) + 1);
    }
    free(list);
    out->name_bytes = text.length;
    out->name_text = cm_text_take(&text);
    return out->name_text ? CASTMAP_OK : cm_fail_memory(ctx);
}

static castmap_status finish_names(castmap_context *ctx, cm_place_collect *c, cm_place_set *out)
{
    castmap_status status = c->n_admins ? resolve_areas(ctx, c) : CASTMAP_OK;
    uint32_t *order = NULL;

    if (!status)
        status = drop_unplaced(ctx, c);
    if (!status) {
        order = cm_alloc(c->count, sizeof *order);
        for (size_t i = 0; order && i < c->count; i++)
            order[i] = (uint32_t)i;
        status = order ? fill(ctx, c, order, c->count, out) : cm_fail_memory(ctx);
    }
    free(order);
    if (!status)
        status = sort_names(ctx, c, out);
    if (!status) {
        out->area_bytes = c->areas.length;
        out->area_text = cm_text_take(&c->areas);
        if (!out->area_text)
            status = cm_fail_memory(ctx);
    }
    return status;
}

castmap_status cm_place_collect_finish(castmap_context *ctx, cm_place_collect *c, cm_place_set *out)
{
    return c->kind == CM_PLACE_POSTCODES ? finish_postcodes(ctx, c, out) : finish_names(ctx, c, out);
}
