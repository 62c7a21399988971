/*
 * project/ingest/categories.c - a list of categories with aliases, and a memory of names already looked up.
 */
#include "project/ingest/categories.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "io/csv_reader.h"
#include "project/ingest/columns.h"
#include "project/ingest/text.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define REMEMBERED 4096 /* slots; names beyond three quarters of them are looked up each time */

typedef struct entry {
    char *key;  /* owned: folded name, label or alias */
    char *code; /* owned */
} entry;

typedef struct memory {
    char  *text; /* owned; as met */
    size_t length;
    cm_category found;
    char  *owned; /* found.name where it is not a code of the list */
} memory;

struct cm_categories {
    entry *entry; /* owned */
    size_t n, capacity, codes;
    bool   listed;
    memory *slot; /* owned [REMEMBERED] */
    size_t remembered;
    char  *last;  /* owned: a name that was not remembered */
};

static castmap_status add_entry(castmap_context *ctx, cm_categories *c, const char *name, size_t length, const char *code)
{
    char *key = cm_utf8_key(name, length);
    char *copy = cm_copy_text(code);

    if (!key || !copy || cm_grow(&c->entry, &c->capacity, c->n + 1, sizeof *c->entry) != 0) {
        free(key);
        free(copy);
        return cm_fail_memory(ctx);
    }
    for (size_t i = 0; i < c->n; i++) {
        if (strcmp(c->entry[i].key, key) == 0) { /* an alias like the label: the same meaning twice is fine */
            const bool same = strcmp(c->entry[i].code, code) == 0;
            free(key);
            free(copy);
            return same ? CASTMAP_OK
                        : cm_fail(ctx, CASTMAP_E_INPUT, "the same name stands for two categories, \"%s\" and \"%s\"",
                                  c->entry[i].code, code);
        }
    }
    c->entry[c->n++] = (entry){key, copy};
    return CASTMAP_OK;
}

static castmap_status add_row(castmap_context *ctx, cm_categories *c, const cm_csv_row *row, int code, int label, int aliases)
{
    char *name = cm_copy_bytes(row->field[code].bytes, row->field[code].length);
    castmap_status status = name ? CASTMAP_OK : cm_fail_memory(ctx);

    if (!status && !*name)
        status = cm_fail(ctx, CASTMAP_E_INPUT, "a category has no code");
    if (!status)
        status = add_entry(ctx, c, name, strlen(name), name);
    if (!status && label != CM_NO_COLUMN && row->field[label].length)
        status = add_entry(ctx, c, row->field[label].bytes, row->field[label].length, name);
    if (!status && aliases != CM_NO_COLUMN) {
        const char *at = row->field[aliases].bytes;
        const char *end = at + row->field[aliases].length;
        while (!status && at < end) {
            const char *bar = memchr(at, '|', (size_t)(end - at));
            const char *to = bar ? bar : end;
            if (to > at)
                status = add_entry(ctx, c, at, (size_t)(to - at), name);
            at = to + 1;
        }
    }
    if (!status)
        c->codes++;
    free(name);
    return status;
}

static castmap_status read_list(castmap_context *ctx, cm_categories *c, const char *path)
{
    cm_text_input *input = NULL;
    cm_csv_reader *reader = NULL;
    cm_columns columns = {0};
    cm_csv_row row;
    castmap_status status;
    bool more = true;

    status = cm_text_input_open(ctx, path, true, NULL, &input);
    if (status)
        goto done;
    status = cm_csv_open(ctx, input, cm_base_name(path), false, &reader);
    if (status)
        goto done;
    status = cm_csv_header(ctx, reader, ',', &row);
    if (status)
        goto done;
    status = cm_columns_init(ctx, cm_base_name(path), row.field, row.n_fields, &columns);
    if (status)
        goto done;
    const int code = cm_column_keyed(&columns, "code");
    const int label = cm_column_keyed(&columns, "label");
    const int aliases = cm_column_keyed(&columns, "aliases");
    if (code == CM_NO_COLUMN) {
        status = cm_fail(ctx, CASTMAP_E_INPUT, "the list of categories has no column \"code\"");
        cm_fail_hint(ctx, "columns: code,label,aliases; several aliases separated by |");
        goto done;
    }
    status = cm_csv_begin(ctx, reader, ',', columns.n);
    while (!status && more) {
        status = cm_csv_next(ctx, reader, &row, &more);
        if (status || !more)
            break;
        if (row.fault)
            status = cm_fail(ctx, CASTMAP_E_INPUT, "a row of the list of categories is damaged");
        else
            status = add_row(ctx, c, &row, code, label, aliases);
        if (status)
            cm_fail_where(ctx, "%s:%" PRId64, cm_base_name(path), row.line);
    }
done:
    cm_columns_clear(&columns);
    cm_csv_close(reader);
    cm_text_input_close(input);
    return status;
}

castmap_status cm_categories_open(castmap_context *ctx, const char *path, cm_categories **out)
{
    cm_categories *c = cm_alloc_zero(1, sizeof *c);
    castmap_status status = CASTMAP_OK;

    if (!c)
        return cm_fail_memory(ctx);
    c->listed = path != NULL;
    c->slot = cm_alloc_zero(REMEMBERED, sizeof *c->slot);
    if (!c->slot)
        status = cm_fail_memory(ctx);
    if (!status && path)
        status = read_list(ctx, c, path);
    if (status) {
        cm_categories_free(c);
        return status;
    }
    *out = c;
    return CASTMAP_OK;
}

void cm_categories_free(cm_categories *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n; i++) {
        free(c->entry[i].key);
        free(c->entry[i].code);
    }
    for (size_t i = 0; c->slot && i < REMEMBERED; i++) {
        free(c->slot[i].text);
        free(c->slot[i].owned);
    }
    free(c->entry);
    free(c->slot);
    free(c->last);
    free(c);
}

size_t cm_categories_count(const cm_categories *c)
{
    return c->codes;
}

/* Edits (insert, delete, replace) between two short texts; long ones are cut at 63 bytes. */
static size_t edits(const char *a, const char *b)
{
    size_t row[64];
    const size_t n = strlen(a) < 63 ? strlen(a) : 63;
    const size_t m = strlen(b) < 63 ? strlen(b) : 63;

    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            const size_t replace = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            const size_t shift = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = replace < shift ? replace : shift;
        }
    }
    return row[m];
}

static bool look_up(cm_categories *c, const char *text, size_t length, cm_category *out, char **owned)
{
    size_t best = SIZE_MAX;

    *owned = NULL;
    *out = (cm_category){.deceptive = cm_text_deceptive(text, length)};
    if (!c->listed) {
        *owned = cm_utf8_nfc(text, length);
        out->name = *owned;
        return *owned != NULL;
    }
    char *key = cm_utf8_key(text, length);
    if (!key)
        return false;
    for (size_t i = 0; i < c->n; i++) {
        if (strcmp(key, c->entry[i].key) == 0) {
            out->name = c->entry[i].code;
            break;
        }
        const size_t far = edits(key, c->entry[i].key);
        if (far < best) {
            best = far;
            out->nearest = c->entry[i].code;
        }
    }
    free(key);
    return true;
}

bool cm_category_resolve(cm_categories *c, const char *text, size_t length, cm_category *out)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    char *owned;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 1099511628211u;
    size_t at = (size_t)(hash ^ hash >> 32) % REMEMBERED;
    while (c->slot[at].text && (c->slot[at].length != length || memcmp(c->slot[at].text, text, length) != 0))
        at = (at + 1) % REMEMBERED;
    if (c->slot[at].text) {
        *out = c->slot[at].found;
        return true;
    }
    if (!look_up(c, text, length, out, &owned))
        return false;
    char *copy = c->remembered < REMEMBERED / 4 * 3 ? cm_copy_bytes(text, length) : NULL;
    if (copy) {
        c->slot[at] = (memory){copy, length, *out, owned};
        c->remembered++;
    } else {
        free(c->last);
        c->last = owned;
    }
    return true;
}
