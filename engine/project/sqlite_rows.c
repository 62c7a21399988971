/*
 * project/sqlite_rows.c - pages of a database with one table, written by hand.
 *
 *   page 1   the header and the schema, whose only entry is the table
 *   page 2   the root of the table: leaves and the largest key of each; or the only leaf itself
 *   page 3.. leaves, filled from their ends with cells, and what did not fit into a leaf of the cell before, on pages of its own
 */
#include "project/sqlite_rows.h"

#include "base/fail.h"
#include "base/memory.h"

#include <inttypes.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE ((size_t)65536)         /* the largest there is */
#define IMAGE_PAGES ((size_t)64)     /* full */
#define MOST_LOCAL (PAGE - 35)       /* of a row in its leaf */
#define LEAST_LOCAL ((PAGE - 12) * 32 / 255 - 23)
#define OVERFLOW_BYTES (PAGE - 4)
#define FILE_HEADER ((size_t)100)
#define LEAF_HEADER ((size_t)8)
#define ROOT_HEADER ((size_t)12)
#define LEAF_TYPE 0x0d
#define ROOT_TYPE 0x05
#define MOST_COLUMNS 64
#define MOST_VARINT 9
#define SCHEMA "row_image"

/* A page that is being filled: cells from its end, their places from its beginning. */
typedef struct leaf {
    size_t page;   /* number, from 1; 0: none */
    size_t header; /* offset of the leaf's header in it */
    size_t cells, content;
} leaf;

typedef struct done_leaf {
    size_t  page;
    int64_t last;
} done_leaf;

struct cm_row_image {
    cm_db         *db;       /* borrowed */
    char          *table;    /* owned */
    size_t         columns;
    unsigned char *bytes;    /* owned: the pages */
    size_t         bytes_capacity, pages;
    leaf           leaf;
    done_leaf     *done;     /* owned */
    size_t         n_done, done_capacity;
    int64_t        last;     /* key of the row before */
    int64_t        key;      /* of the row at hand */
    uint64_t       type[MOST_COLUMNS];
    size_t         n_types;
    unsigned char *body;     /* owned: values of the row at hand */
    size_t         body_bytes, body_capacity;
    bool           failed, any; /* out of memory; a row came before */
};

static void put(unsigned char *to, size_t bytes, uint64_t value)
{
    for (size_t i = bytes; i > 0; i--, value >>= 8)
        to[i - 1] = (unsigned char)value;
}

/* SQLite's integer of one to nine bytes; gives back how many. */
static size_t put_varint(unsigned char *to, uint64_t value)
{
    unsigned char low[MOST_VARINT];
    size_t n = 0;

    if (value >> 56) {
        to[8] = (unsigned char)value;
        value >>= 8;
        for (size_t i = 8; i > 0; i--, value >>= 7)
            to[i - 1] = (unsigned char)(0x80 | (value & 0x7f));
        return MOST_VARINT;
    }
    do {
        low[n++] = (unsigned char)(0x80 | (value & 0x7f));
        value >>= 7;
    } while (value);
    low[0] &= 0x7f;
    for (size_t i = 0; i < n; i++)
        to[i] = low[n - 1 - i];
    return n;
}

static unsigned char *page_at(const cm_row_image *image, size_t page)
{
    return image->bytes + (page - 1) * PAGE;
}

/* The number of a new page of zeros; 0: out of memory. */
static size_t add_page(cm_row_image *image)
{
    if (cm_grow(&image->bytes, &image->bytes_capacity, (image->pages + 1) * PAGE, 1) != 0) {
        image->failed = true;
        return 0;
    }
    memset(image->bytes + image->pages * PAGE, 0, PAGE);
    return ++image->pages;
}

static bool open_leaf(cm_row_image *image)
{
    image->leaf = (leaf){.page = add_page(image), .content = PAGE};
    return image->leaf.page != 0;
}

static void end_leaf(cm_row_image *image)
{
    unsigned char *header = page_at(image, image->leaf.page) + image->leaf.header;

    header[0] = LEAF_TYPE;
    put(header + 3, 2, image->leaf.cells);
    put(header + 5, 2, image->leaf.content & 0xffff);
}

static bool next_leaf(cm_row_image *image)
{
    end_leaf(image);
    if (cm_grow(&image->done, &image->done_capacity, image->n_done + 1, sizeof *image->done) != 0)
        return false;
    image->done[image->n_done++] = (done_leaf){image->leaf.page, image->last};
    return open_leaf(image);
}

/* Pages one after the other for what a leaf has no room for; the number of the first, 0: out of memory. */
static size_t put_overflow(cm_row_image *image, const unsigned char *bytes, size_t length)
{
    size_t first = 0, before = 0;

    while (length > 0) {
        const size_t page = add_page(image), n = length < OVERFLOW_BYTES ? length : OVERFLOW_BYTES;
        if (!page)
            return 0;
        memcpy(page_at(image, page) + 4, bytes, n);
        if (before)
            put(page_at(image, before), 4, page);
        else
            first = page;
        before = page;
        bytes += n;
        length -= n;
    }
    return first;
}

/* The row at hand as a cell of the leaf, or of the next one. */
static bool put_cell(cm_row_image *image)
{
    unsigned char head[2 * MOST_VARINT + MOST_COLUMNS * MOST_VARINT + 1], types[MOST_COLUMNS * MOST_VARINT + 1];
    size_t n_types = 0, over = 0;

    for (size_t i = 0; i < image->n_types; i++)
        n_types += put_varint(types + n_types, image->type[i]);
    const size_t header = n_types + (n_types + 1 < 128 ? 1 : 2); /* counts itself */
    const size_t payload = header + image->body_bytes;
    const size_t local = payload <= MOST_LOCAL ? payload : LEAST_LOCAL + (payload - LEAST_LOCAL) % OVERFLOW_BYTES;
    const size_t kept = payload <= MOST_LOCAL ? payload : local <= MOST_LOCAL ? local : LEAST_LOCAL;
    size_t n = put_varint(head, payload);
    n += put_varint(head + n, (uint64_t)image->key);
    n += put_varint(head + n, header);
    memcpy(head + n, types, n_types);
    n += n_types;
    /* A body is longer than what a leaf leaves out of it: the header is always in the leaf. */
    const size_t body_kept = kept - header, size = n + body_kept + (kept < payload ? 4 : 0);
    if (image->leaf.header + LEAF_HEADER + 2 * (image->leaf.cells + 1) + size > image->leaf.content && !next_leaf(image))
        return false;
    if (kept < payload) {
        over = put_overflow(image, image->body + body_kept, image->body_bytes - body_kept);
        if (!over)
            return false;
    }
    image->leaf.content -= size;
    unsigned char *page = page_at(image, image->leaf.page), *cell = page + image->leaf.content;
    memcpy(cell, head, n);
    if (body_kept)
        memcpy(cell + n, image->body, body_kept);
    if (over)
        put(cell + n + body_kept, 4, over);
    put(page + image->leaf.header + LEAF_HEADER + 2 * image->leaf.cells++, 2, image->leaf.content);
    return true;
}

void cm_row_begin(cm_row_image *image, int64_t key)
{
    image->key = key;
    image->body_bytes = 0;
    image->n_types = 0;
    cm_row_null(image); /* in place of the key */
}

/* The next column is of that type; its bytes, to be filled. NULL: one column too many, or out of memory. */
static unsigned char *add_value(cm_row_image *image, uint64_t type, size_t length)
{
    if (image->n_types < MOST_COLUMNS)
        image->type[image->n_types] = type;
    image->n_types++;
    if (image->n_types > MOST_COLUMNS)
        return NULL;
    if (image->body_capacity - image->body_bytes < length &&
        cm_grow(&image->body, &image->body_capacity, image->body_bytes + length, 1) != 0) {
        image->failed = true;
        return NULL;
    }
    image->body_bytes += length;
    return image->body + image->body_bytes - length;
}

void cm_row_null(cm_row_image *image)
{
    (void)add_value(image, 0, 0);
}

void cm_row_integer(cm_row_image *image, int64_t value)
{
    static const unsigned char BYTES[] = {0, 1, 2, 3, 4, 6, 8};
    const uint64_t positive = (uint64_t)(value < 0 ? ~value : value); /* without the sign */

    if (value == 0 || value == 1) {
        (void)add_value(image, value ? 9 : 8, 0);
        return;
    }
    const unsigned type = positive < 0x80 ? 1 : positive < 0x8000 ? 2 : positive < 0x800000 ? 3 : positive < 0x80000000 ? 4
                          : positive < UINT64_C(0x800000000000) ? 5 : 6;
    unsigned char *to = add_value(image, type, BYTES[type]);
    if (to)
        put(to, BYTES[type], (uint64_t)value);
}

void cm_row_real(cm_row_image *image, double value)
{
    uint64_t bits;

    if (isnan(value)) {
        cm_row_null(image);
        return;
    }
    memcpy(&bits, &value, sizeof bits);
    unsigned char *to = add_value(image, 7, sizeof bits);
    if (to)
        put(to, sizeof bits, bits);
}

void cm_row_text(cm_row_image *image, const char *value)
{
    if (!value) {
        cm_row_null(image);
        return;
    }
    const size_t length = strlen(value);
    unsigned char *to = add_value(image, 13 + 2 * (uint64_t)length, length);
    if (to)
        memcpy(to, value, length);
}

void cm_row_blob(cm_row_image *image, const void *bytes, size_t length)
{
    unsigned char *to = add_value(image, 12 + 2 * (uint64_t)length, length);

    if (to)
        memcpy(to, bytes, length);
}

castmap_status cm_row_end(castmap_context *ctx, cm_row_image *image)
{
    if (image->failed)
        return cm_fail_memory(ctx);
    if (image->n_types != image->columns || (image->any && image->key <= image->last))
        return cm_fail(ctx, CASTMAP_E_INTERNAL, "a row of %s is out of order", image->table);
    if (!put_cell(image))
        return cm_fail_memory(ctx);
    image->last = image->key;
    image->any = true;
    return image->pages >= IMAGE_PAGES ? cm_row_image_flush(ctx, image) : CASTMAP_OK;
}

/* Page 2 from the leaves; of one leaf it is that leaf. */
static void put_root(cm_row_image *image)
{
    unsigned char *root = page_at(image, 2);
    size_t content = PAGE;

    end_leaf(image);
    if (image->n_done == 0) {
        memcpy(root, page_at(image, image->leaf.page), PAGE);
        return;
    }
    root[0] = ROOT_TYPE;
    for (size_t i = 0; i < image->n_done; i++) {
        unsigned char cell[4 + MOST_VARINT];
        put(cell, 4, image->done[i].page);
        const size_t size = 4 + put_varint(cell + 4, (uint64_t)image->done[i].last);
        content -= size;
        memcpy(root + content, cell, size);
        put(root + ROOT_HEADER + 2 * i, 2, content);
    }
    put(root + 3, 2, image->n_done);
    put(root + 5, 2, content & 0xffff);
    put(root + 8, 4, image->leaf.page);
}

/* Pages 1 and 2, and the first leaf. The pages are those of the image before; a page is zeroed when it is added. */
static castmap_status start(castmap_context *ctx, cm_row_image *image)
{
    image->pages = 1;
    image->n_done = 0;
    if (!add_page(image) || !open_leaf(image))
        return cm_fail_memory(ctx);
    return CASTMAP_OK;
}

static void put_file_header(unsigned char *page, size_t pages)
{
    memcpy(page, "SQLite format 3", 16);
    put(page + 16, 2, 1);  /* of 65,536 bytes */
    page[18] = page[19] = 1;
    page[21] = 64;
    page[22] = page[23] = 32;
    put(page + 24, 4, 1);  /* changes, of which the number of pages and the library below were written */
    put(page + 28, 4, pages);
    put(page + 40, 4, 1);
    put(page + 44, 4, 4);  /* integers 0 and 1 take no bytes */
    put(page + 56, 4, 1);  /* UTF-8 */
    put(page + 92, 4, 1);
    put(page + 96, 4, SQLITE_VERSION_NUMBER);
}

/* The table as it is in the project, so that SQLite sees that both are alike; on page 1, which stays from image to image. */
static castmap_status put_schema(castmap_context *ctx, cm_row_image *image, const char *sql)
{
    if (!add_page(image))
        return cm_fail_memory(ctx);
    image->leaf = (leaf){.page = 1, .header = FILE_HEADER, .content = PAGE};
    image->key = 1;
    cm_row_text(image, "table");
    cm_row_text(image, image->table);
    cm_row_text(image, image->table);
    cm_row_integer(image, 2);
    cm_row_text(image, sql);
    if (image->failed || image->body_bytes > PAGE / 2 || !put_cell(image))
        return cm_fail_memory(ctx);
    end_leaf(image);
    return start(ctx, image);
}

static castmap_status attach(castmap_context *ctx, cm_db *db)
{
    return sqlite3_db_filename(cm_db_handle(db), SCHEMA) ? CASTMAP_OK : cm_db_exec(ctx, db, "ATTACH ':memory:' AS " SCHEMA);
}

castmap_status cm_row_image_new(castmap_context *ctx, cm_db *db, const char *table, cm_row_image **out)
{
    cm_row_image *image = cm_alloc_zero(1, sizeof *image);
    cm_query *query = NULL;
    bool row = false;

    if (!image || !(image->table = cm_copy_text(table))) {
        cm_row_image_free(image);
        return cm_fail_memory(ctx);
    }
    image->db = db;
    castmap_status status = cm_query_open(ctx, db, "SELECT sql, (SELECT count(*) FROM pragma_table_info(?1)) FROM main.sqlite_schema"
                                                   " WHERE type = 'table' AND name = ?1", &query);
    if (!status) {
        cm_query_bind_text(query, 1, table);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && !row)
        status = cm_fail(ctx, CASTMAP_E_PROJECT, "the project has no table %s", table);
    if (!status) {
        image->columns = (size_t)cm_query_integer(query, 1);
        status = put_schema(ctx, image, cm_query_text(query, 0));
    }
    cm_query_close(query);
    if (!status)
        status = attach(ctx, db);
    if (status)
        cm_row_image_free(image);
    else
        *out = image;
    return status;
}

/* The pages are ours and will change, so SQLite looks at nothing instead. */
static void let_go(cm_row_image *image)
{
    (void)sqlite3_deserialize(cm_db_handle(image->db), SCHEMA, NULL, 0, 0, 0);
}

castmap_status cm_row_image_flush(castmap_context *ctx, cm_row_image *image)
{
    char sql[256];

    if (image->leaf.cells == 0)
        return CASTMAP_OK;
    put_root(image);
    put_file_header(image->bytes, image->pages);
    const sqlite3_int64 size = (sqlite3_int64)(image->pages * PAGE);
    const int code = sqlite3_deserialize(cm_db_handle(image->db), SCHEMA, image->bytes, size, size, SQLITE_DESERIALIZE_READONLY);
    castmap_status status = cm_db_fail(ctx, image->db, code, "rows cannot be handed over");
    snprintf(sql, sizeof sql, "INSERT INTO main.\"%s\" SELECT * FROM " SCHEMA ".\"%s\"", image->table, image->table);
    if (!status)
        status = cm_db_exec(ctx, image->db, sql);
    let_go(image);
    return status ? status : start(ctx, image);
}

void cm_row_image_free(cm_row_image *image)
{
    if (!image)
        return;
    if (image->db)
        (void)sqlite3_exec(cm_db_handle(image->db), "DETACH " SCHEMA, NULL, NULL, NULL); /* inside a transaction it may stay, empty */
    free(image->table);
    free(image->bytes);
    free(image->done);
    free(image->body);
    free(image);
}
