/* Rows through images against the same rows bound one by one: every value, long ones too, over many images, inside a transaction that is undone. */
#include "support/check.h"

#include "base/fail.h"
#include "project/sqlite_rows.h"
#include "project/sqlite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS " (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, r REAL, t TEXT, b BLOB, x)"

static const int64_t INTEGERS[] = {0, 1, -1, 2, 127, 128, -128, -129, 32767, 32768, -32768, -32769, 8388607, 8388608, -8388608, -8388609, 2147483647,
                                   2147483648, -2147483648, INT64_C(-2147483649), INT64_C(140737488355327), INT64_C(140737488355328), INT64_C(-140737488355328),
                                   INT64_C(-140737488355329), INT64_MAX, INT64_MIN};
/* Around what a page holds (65,501), what goes over pages of its own (65,532 each), and the lengths at which a number grows by a byte. */
static const size_t LENGTHS[] = {0, 1, 5, 57, 58, 121, 122, 8180, 8190, 65400, 65470, 65480, 65490, 65501, 65502, 65600, 131000, 131064, 139232, 139300, 300000};

static char *long_text; /* of letters that differ along it */

static cm_db *make(castmap_context *ctx, const char *path)
{
    cm_db *db = NULL;
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    fclose(file);
    assert_int_equal(cm_db_open(ctx, path, CM_DB_CREATE, &db), CASTMAP_OK);
    assert_int_equal(cm_db_settle(ctx, db), CASTMAP_OK);
    assert_int_equal(cm_db_exec(ctx, db, "CREATE TABLE bound" COLUMNS "; CREATE TABLE image" COLUMNS), CASTMAP_OK);
    return db;
}

static int64_t count(castmap_context *ctx, cm_db *db, const char *sql)
{
    int64_t n = -1;

    assert_int_equal(cm_db_integer(ctx, db, sql, &n), CASTMAP_OK);
    return n;
}

static void add_both(castmap_context *ctx, cm_query *insert, cm_row_image *image, int64_t key, size_t i)
{
    const int64_t a = INTEGERS[i % (sizeof INTEGERS / sizeof *INTEGERS)];
    const double r = i % 7 == 0 ? (double)NAN : (double)a / 3;
    const size_t length = i < 200 ? LENGTHS[i % (sizeof LENGTHS / sizeof *LENGTHS)] : i % 190;
    const char *text = i % 5 == 0 ? NULL : long_text + 400000 - length;

    cm_query_bind_integer(insert, 1, key);
    cm_query_bind_integer(insert, 2, a);
    cm_query_bind_real(insert, 3, r);
    cm_query_bind_text(insert, 4, text);
    cm_query_bind_blob(insert, 5, long_text, length / 3);
    if (i % 2)
        cm_query_bind_integer(insert, 6, a);
    else
        cm_query_bind_text(insert, 6, "word");
    assert_int_equal(cm_query_run(ctx, insert), CASTMAP_OK);

    cm_row_begin(image, key);
    cm_row_integer(image, a);
    cm_row_real(image, r);
    cm_row_text(image, text);
    cm_row_blob(image, long_text, length / 3);
    if (i % 2)
        cm_row_integer(image, a);
    else
        cm_row_text(image, "word");
    assert_int_equal(cm_row_end(ctx, image), CASTMAP_OK);
}

static void check_alike(castmap_context *ctx, cm_db *db, int64_t rows)
{
    assert_int_equal(count(ctx, db, "SELECT count(*) FROM image"), rows);
    /* Of a real column whose value is whole SQLite keeps an integer and the image a real: both are read as the same number. */
    assert_int_equal(count(ctx, db, "SELECT count(*) FROM bound AS p JOIN image AS q ON p.id = q.id WHERE p.a = q.a AND typeof(p.a) = typeof(q.a)"
                                    " AND p.r IS q.r AND typeof(p.r) = typeof(q.r) AND p.t IS q.t AND p.b IS q.b AND typeof(p.b) = typeof(q.b)"
                                    " AND p.x IS q.x AND typeof(p.x) = typeof(q.x)"), rows);
    assert_int_equal(count(ctx, db, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
}

static void test_same_as_bound(void **state)
{
    castmap_context *ctx = *state;
    char folder[64], path[256];
    cm_query *insert = NULL;
    cm_row_image *image = NULL;
    const size_t n = 60000;

    folder_make(folder);
    snprintf(path, sizeof path, "%s/rows.db", folder);
    cm_db *db = make(ctx, path);
    assert_status(cm_db_begin(ctx, db), CASTMAP_OK);
    assert_status(cm_query_open(ctx, db, "INSERT INTO bound VALUES (?, ?, ?, ?, ?, ?)", &insert), CASTMAP_OK);
    assert_status(cm_row_image_new(ctx, db, "image", &image), CASTMAP_OK);
    assert_status(cm_row_image_flush(ctx, image), CASTMAP_OK); /* nothing yet */
    add_both(ctx, insert, image, -9000000000, 3);
    assert_status(cm_row_image_flush(ctx, image), CASTMAP_OK); /* a leaf alone */
    check_alike(ctx, db, 1);
    for (size_t i = 0; i < n; i++)
        add_both(ctx, insert, image, i < 1000 ? (int64_t)i - 500 : (int64_t)(i * i), i);
    assert_status(cm_row_image_flush(ctx, image), CASTMAP_OK);
    assert_status(cm_row_image_flush(ctx, image), CASTMAP_OK); /* nothing left */
    cm_row_image_free(image);
    cm_query_close(insert);
    check_alike(ctx, db, (int64_t)n + 1);
    assert_status(cm_db_commit(ctx, db), CASTMAP_OK);
    check_alike(ctx, db, (int64_t)n + 1);
    cm_db_close(db);
    folder_remove(folder);
}

/* What is undone is gone, and the connection takes another image. */
static void test_undone(void **state)
{
    castmap_context *ctx = *state;
    char folder[64], path[256];
    cm_row_image *image = NULL;

    folder_make(folder);
    snprintf(path, sizeof path, "%s/rows.db", folder);
    cm_db *db = make(ctx, path);
    for (int turn = 0; turn < 2; turn++) {
        assert_status(cm_db_begin(ctx, db), CASTMAP_OK);
        assert_status(cm_row_image_new(ctx, db, "image", &image), CASTMAP_OK);
        for (int64_t key = 1; key <= 50000; key++) {
            cm_row_begin(image, key);
            cm_row_integer(image, key);
            for (int k = 0; k < 4; k++)
                cm_row_null(image);
            assert_status(cm_row_end(ctx, image), CASTMAP_OK);
        }
        assert_status(cm_row_image_flush(ctx, image), CASTMAP_OK);
        assert_int_equal(count(ctx, db, "SELECT count(*) FROM image"), 50000);
        if (turn == 0)
            cm_row_image_free(image); /* inside the transaction, as an interrupted command may */
        cm_db_rollback(db);
        if (turn == 1)
            cm_row_image_free(image);
        assert_int_equal(count(ctx, db, "SELECT count(*) FROM image"), 0);
    }
    assert_int_equal(count(ctx, db, "SELECT count(*) FROM pragma_database_list WHERE name NOT IN ('main', 'temp')"), 0);
    cm_db_close(db);
    folder_remove(folder);
}

static void test_out_of_order(void **state)
{
    castmap_context *ctx = *state;
    char folder[64], path[256];
    cm_row_image *image = NULL;

    folder_make(folder);
    snprintf(path, sizeof path, "%s/rows.db", folder);
    cm_db *db = make(ctx, path);
    assert_status(cm_row_image_new(ctx, db, "no such table", &image), CASTMAP_E_PROJECT);
    cm_fail_clear(ctx);
    assert_status(cm_row_image_new(ctx, db, "image", &image), CASTMAP_OK);
    for (int columns = 4; columns <= 6; columns++) {
        cm_row_begin(image, columns == 5 ? 2 : 3);
        for (int k = 0; k < columns; k++)
            cm_row_integer(image, k);
        assert_int_equal(cm_row_end(ctx, image), columns == 5 ? CASTMAP_OK : CASTMAP_E_INTERNAL);
        cm_fail_clear(ctx);
    }
    cm_row_begin(image, 2); /* again */
    for (int k = 0; k < 5; k++)
        cm_row_integer(image, k);
    assert_int_equal(cm_row_end(ctx, image), CASTMAP_E_INTERNAL);
    cm_row_image_free(image);
    cm_db_close(db);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_same_as_bound, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(test_undone, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(test_out_of_order, context_setup, context_teardown),
    };

    long_text = malloc(400001);
    if (!long_text)
        return 1;
    for (size_t i = 0; i < 400000; i++)
        long_text[i] = (char)('a' + (i * i / 7 + i / 26) % 26);
    long_text[400000] = '\0';
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(long_text);
    return failed;
}
