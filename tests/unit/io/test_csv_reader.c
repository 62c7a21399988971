/* Tests of the strict CSV reader and of the text behind it. */
#include "io/csv_reader.h"

#include "base/fail.h"
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

typedef struct opened {
    char           folder[64], path[256];
    cm_text_input *input;
    cm_csv_reader *reader;
    cm_csv_row     row;
    bool           more;
} opened;

static void open_text(void **state, opened *o, const char *text, size_t length, size_t columns)
{
    memset(o, 0, sizeof *o);
    folder_make(o->folder);
    folder_write(o->folder, "t.csv", text, length, o->path);
    assert_status(cm_text_input_open(*state, o->path, false, NULL, &o->input), CASTMAP_OK);
    assert_status(cm_csv_open(*state, o->input, "t.csv", false, &o->reader), CASTMAP_OK);
    assert_status(cm_csv_header(*state, o->reader, ',', &o->row), CASTMAP_OK);
    assert_int_equal(o->row.n_fields, columns);
    assert_status(cm_csv_begin(*state, o->reader, ',', columns), CASTMAP_OK);
}

static void next(void **state, opened *o)
{
    assert_status(cm_csv_next(*state, o->reader, &o->row, &o->more), CASTMAP_OK);
}

static void close_text(opened *o)
{
    cm_csv_close(o->reader);
    cm_text_input_close(o->input);
    folder_remove(o->folder);
}

static void assert_field(const opened *o, size_t i, const char *want)
{
    assert_int_equal(o->row.field[i].length, strlen(want));
    assert_memory_equal(o->row.field[i].bytes, want, strlen(want));
}

static void splits_rows_and_counts_physical_lines(void **state)
{
    static const char TEXT[] = "a,b\r\n1,\"x\ny\"\r\n\"q\"\"q\",\n,\"\"";
    opened o;
    open_text(state, &o, TEXT, sizeof TEXT - 1, 2);
    next(state, &o);
    assert_int_equal(o.row.line, 2);
    assert_field(&o, 0, "1");
    assert_field(&o, 1, "x\ny");
    assert_int_equal(o.row.length, strlen("1,\"x\ny\""));
    next(state, &o);
    assert_int_equal(o.row.line, 4);
    assert_field(&o, 0, "q\"q");
    assert_field(&o, 1, "");
    next(state, &o);
    assert_int_equal(o.row.line, 5);
    assert_field(&o, 0, "");
    assert_field(&o, 1, "");
    assert_true(cm_csv_unended(o.reader));
    next(state, &o);
    assert_false(o.more);
    close_text(&o);
}

/* Rows of changing length around the size of the buffer: none may be lost or cut where the buffer is moved. */
static void rows_survive_the_moving_of_the_buffer(void **state)
{
    const size_t rows = 60000;
    char *text = malloc(rows * 200);
    size_t n = (size_t)sprintf(text, "n,text\n");
    for (size_t i = 0; i < rows; i++) {
        n += (size_t)sprintf(text + n, "%zu,", i);
        if (i % 7 == 0)
            n += (size_t)sprintf(text + n, "\"quoted \"\"%zu\"\"\n\"", i);
        for (size_t k = 0; k < i % 97 && i % 7; k++)
            text[n++] = (char)('a' + k % 26);
        text[n++] = '\n';
    }
    opened o;
    open_text(state, &o, text, n, 2);
    for (size_t i = 0; i < rows; i++) {
        char want[32];
        next(state, &o);
        assert_true(o.more);
        assert_int_equal(o.row.fault, CM_CSV_FINE);
        snprintf(want, sizeof want, "%zu", i);
        assert_field(&o, 0, want);
        if (i % 7 == 0) {
            snprintf(want, sizeof want, "quoted \"%zu\"\n", i);
            assert_field(&o, 1, want);
        } else {
            assert_int_equal(o.row.field[1].length, i % 97);
        }
    }
    next(state, &o);
    assert_false(o.more);
    close_text(&o);
    free(text);
}

static void a_change_of_the_file_is_noticed(void **state) /* A29 */
{
    opened o;
    open_text(state, &o, "a\n1\n2\n", 6, 1);
    assert_status(cm_text_input_unchanged(*state, o.input), CASTMAP_OK);
    FILE *file = fopen(o.path, "ab");
    fputs("3\n", file);
    fclose(file);
    assert_status(cm_text_input_unchanged(*state, o.input), CASTMAP_E_IO);
    cm_fail_clear(*state);
    close_text(&o);
}

static void write_packed(const char *path, const char *text, size_t length, size_t times)
{
    gzFile file = gzopen(path, "wb9");
    assert_non_null(file);
    for (size_t i = 0; i < times; i++)
        assert_int_equal(gzwrite(file, text, (unsigned)length), length);
    gzclose(file);
}

static castmap_status read_to_end(castmap_context *ctx, const char *path, size_t *total)
{
    static const size_t SIZE = 1 << 16;
    char *block = malloc(SIZE);
    cm_text_input *input = NULL;
    castmap_status status = cm_text_input_open(ctx, path, false, NULL, &input);
    size_t got = 1;
    *total = 0;
    while (!status && got) {
        status = cm_text_input_read(ctx, input, block, SIZE, &got);
        *total += status ? 0 : got;
    }
    cm_text_input_close(input);
    free(block);
    return status;
}

static void packed_text_is_bounded_and_must_be_whole(void **state)
{
    char folder[64], path[128], cut[256];
    static char zeros[65536], packed[65536];
    size_t total;
    folder_make(folder);
    snprintf(path, sizeof path, "%s/a.csv.gz", folder);

    write_packed(path, "lat,lon\n1,2\n", 12, 1000);
    assert_status(read_to_end(*state, path, &total), CASTMAP_OK);
    assert_int_equal(total, 12000);

    FILE *file = fopen(path, "rb");
    const size_t n = fread(packed, 1, sizeof packed, file);
    fclose(file);
    folder_write(folder, "cut.csv.gz", packed, n - 9, cut);
    assert_status(read_to_end(*state, cut, &total), CASTMAP_E_INPUT);
    cm_fail_clear(*state);
    memcpy(packed + n, "tail", 4);
    folder_write(folder, "tail.csv.gz", packed, n + 4, cut);
    assert_status(read_to_end(*state, cut, &total), CASTMAP_E_INPUT);
    cm_fail_clear(*state);

    memset(zeros, 'a', sizeof zeros);
    write_packed(path, zeros, sizeof zeros, 1000); /* 64 MB out of 64 KB */
    assert_status(read_to_end(*state, path, &total), CASTMAP_E_LIMIT);
    assert_true(total < (size_t)32 << 20);
    cm_fail_clear(*state);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_rows_and_counts_physical_lines),
        cmocka_unit_test(rows_survive_the_moving_of_the_buffer),
        cmocka_unit_test(a_change_of_the_file_is_noticed),
        cmocka_unit_test(packed_text_is_bounded_and_must_be_whole),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
