/* Importing CSV whose structure is at fault: group A of the list of bad inputs, one case each. */
#include "ingest_bench.h"

#include "castmap/project.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD "lat,lon,date,category,note\n"
#define GOOD1 "51.5101,-0.1201,2025-05-01,car,one\n"
#define GOOD2 "51.5102,-0.1202,2025-05-02,car,two\n"
#define GOOD3 "51.5103,-0.1203,2025-05-03,car,three\n"

static void a01_empty_file(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "");
    expect_refused(b, CASTMAP_E_INPUT, "empty file, expected a header row", "case.csv");
}

static void a02_header_only(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, HEAD);
    expect_counts(b, 0, 0, 0, 0);
    expect_note(b, "unused-columns", 0);
    assert_int_equal(b->summary.batch_id, 0);
    assert_string_equal(b->summary.notes[0].code, "no-rows");
}

static void a03_header_without_line_end(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "lat,lon,date,category,note");
    expect_counts(b, 0, 0, 0, 0);
    assert_int_equal(b->summary.batch_id, 0);
}

static castmap_quarantine quarantine(ingest_bench *b)
{
    castmap_quarantine q;

    if (castmap_project_quarantine(b->ctx, b->project, 0, 0, &q) != CASTMAP_OK)
        fail_msg("%s", castmap_message(b->ctx));
    return q;
}

static void a04_too_few_fields(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, HEAD GOOD1 "51.5,-0.1,2025-05-01\n" GOOD2);
    expect_quarantined(b, "too-few-fields", 2);
    castmap_quarantine q = quarantine(b);
    assert_int_equal(q.count, 1);
    assert_int_equal(q.row[0].row, 3);
    assert_string_equal(q.row[0].reason, "3 fields, expected 5");
    assert_string_equal(q.row[0].text, "51.5,-0.1,2025-05-01");
    castmap_quarantine_clear(&q);
}

static void a05_too_many_fields(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, HEAD GOOD1 "51.5,-0.1,2025-05-01,car,a,b,c\n" GOOD2);
    expect_quarantined(b, "too-many-fields", 2);
}

static void a06_quote_that_swallows_a_row(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, HEAD GOOD1 GOOD2 "51.5,-0.1,2025-05-01,\"car,open\n51.5,-0.1,2025-05-01,car,\"closed\"\n" GOOD3);
    expect_refused(b, CASTMAP_E_INPUT, "quote opened at row 4 field 4 not closed before row 5", "case.csv:4");
    ingest_text(b, HEAD GOOD1 "51.5,-0.1,2025-05-01,car,\"open\n" GOOD2 GOOD3);
    expect_refused(b, CASTMAP_E_INPUT, "quote opened at row 3 field 5 not closed before the end of the file", "case.csv:3");
    /* It closes in front of a comma, but the row then has the wrong number of fields. */
    ingest_text(b, HEAD GOOD1 "51.5,-0.1,2025-05-01,\"car,x\n51.5,-0.1,2025-05-01,\",x,y\n");
    expect_refused(b, CASTMAP_E_INPUT, "reaches over 2 lines", "case.csv:3");
}

static void a07_quote_inside_an_unquoted_field(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, HEAD GOOD1 "51.5,-0.1,2025-05-01,ab\"c,x\n" GOOD2);
    expect_quarantined(b, "stray-quote", 2);
    castmap_quarantine q = quarantine(b);
    assert_string_equal(q.row[0].field, "category");
    castmap_quarantine_clear(&q);
}

static void a08_text_after_the_closing_quote(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, HEAD GOOD1 "51.5,-0.1,2025-05-01,\"a\"b,x\n" GOOD2);
    expect_quarantined(b, "text-after-quote", 2);
}

static void a09_zero_byte(void **state)
{
    static const char TEXT[] = HEAD GOOD1 "51.5,-0.1,2025-05-01,c\0r,x\n" GOOD2;
    ingest_bench *b = *state;
    ingest_bytes(b, "case.csv", TEXT, sizeof TEXT - 1);
    expect_refused(b, CASTMAP_E_INPUT, "zero byte at byte 85 of the file", "case.csv:3:field 4");
}

#define LATIN1 HEAD GOOD1 "51.51,-0.12,2025-05-01,car,caf\xE9\n" GOOD2

/* Converted and said; refused where certainty was asked for. */
static void a10_latin1(void **state)
{
    ingest_bench *b = *state;
    b->options.strict = true;
    ingest_text(b, LATIN1);
    expect_refused(b, CASTMAP_E_INPUT, "0xE9) is not valid UTF-8", "case.csv:3:field 5");
    assert_non_null(strstr(b->hint, "--encoding latin1"));
    b->options.strict = false;
    b->options.encoding = "utf-8";
    ingest_text(b, LATIN1);
    expect_refused(b, CASTMAP_E_INPUT, "0xE9) is not valid UTF-8", "case.csv:3:field 5");
    b->options.encoding = NULL;
    ingest_text(b, LATIN1);
    expect_counts(b, 3, 3, 0, 0);
    expect_note(b, "converted-encoding", 1);
    b->options.encoding = "latin1";
    ingest_text(b, LATIN1);
    expect_counts(b, 3, 0, 3, 0); /* the same letters either way */
    expect_note(b, "converted-encoding", 0);
}

/* The first letter that is no ASCII stands far behind what was looked at before the guess. */
static void a10_latin1_far_behind(void **state)
{
    ingest_bench *b = *state;
    const size_t rows = 3000;
    char *text = malloc(rows * 80 + 256), *at = text;
    at += sprintf(at, "%s", HEAD);
    for (size_t i = 0; i < rows; i++)
        at += sprintf(at, "51.5%04zu,-0.12,2025-05-01,car,n%zu%s\n", i, i, i == rows - 2 ? "caf\xE9" : "");
    ingest_bytes(b, "far.csv", text, (size_t)(at - text));
    expect_counts(b, rows, rows, 0, 0);
    expect_note(b, "converted-encoding", 1);
    free(text);
}

/* UTF-8 with one broken letter is damaged UTF-8, and not another encoding; nor are bytes that Windows-1252 has no letter for. */
static void a10_damage_is_not_another_encoding(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, HEAD GOOD1 "51.51,-0.12,2025-05-01,car,caf\xC3\xA9 na\xC3\xAFve caf\xE9\n" GOOD2);
    expect_refused(b, CASTMAP_E_INPUT, "0xE9) is not valid UTF-8", "case.csv:3:field 5");
    ingest_text(b, HEAD GOOD1 "51.51,-0.12,2025-05-01,car,caf\xE9 \x81\n" GOOD2);
    expect_refused(b, CASTMAP_E_INPUT, "0xE9) is not valid UTF-8", "case.csv:3:field 5");
}

static void a11_byte_order_mark(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "\xEF\xBB\xBF" HEAD GOOD1 GOOD2);
    expect_counts(b, 2, 2, 0, 0);
}

static size_t widen(const char *text, bool little, char *out)
{
    size_t n = 0;

    out[n++] = (char)(little ? 0xFF : 0xFE);
    out[n++] = (char)(little ? 0xFE : 0xFF);
    for (; *text; text++) {
        out[n++] = little ? *text : 0;
        out[n++] = little ? 0 : *text;
    }
    return n;
}

static void a12_utf16(void **state)
{
    ingest_bench *b = *state;
    char wide[512];

    for (int little = 0; little < 2; little++) {
        size_t n = widen(HEAD GOOD1 GOOD2, little, wide);
        b->options.encoding = "utf-8";
        ingest_bytes(b, "wide.csv", wide, n);
        if (little == 0)
            expect_refused(b, CASTMAP_E_INPUT, "UTF-16BE", "wide.csv");
        b->options.encoding = NULL;
        ingest_bytes(b, "wide.csv", wide, n);
        expect_counts(b, 2, little ? 0 : 2, little ? 2 : 0, 0);
    }
    b->options.encoding = "utf-16";
    size_t n = widen(HEAD GOOD1 GOOD2, true, wide);
    ingest_bytes(b, "wide.csv", wide, n);
    expect_counts(b, 2, 0, 2, 0);
    n = widen(HEAD GOOD1 GOOD3, false, wide);
    ingest_bytes(b, "wide.csv", wide, n);
    expect_counts(b, 2, 1, 1, 0);
}

static void a13_forms_that_utf8_forbids(void **state)
{
    static const char *const BAD[] = {"\xC0\xAF", "\xED\xA0\x80", "\xEF\xBF\xBE", "\xF5\x80\x80\x80"};
    ingest_bench *b = *state;
    char text[256];

    for (size_t i = 0; i < 4; i++) {
        snprintf(text, sizeof text, HEAD GOOD1 "51.5,-0.1,2025-05-01,car,%s\n", BAD[i]);
        ingest_text(b, text);
        expect_refused(b, CASTMAP_E_INPUT, "not valid UTF-8", "case.csv:3:field 5");
    }
}

static void a14_other_separators(void **state)
{
    ingest_bench *b = *state;
    /* Known column names: recognised, and shown. */
    ingest_text(b, "lat;lon;date\n51.5101;-0.1201;2025-05-01\n51.5102;-0.1202;2025-05-02\n");
    expect_counts(b, 2, 2, 0, 0);
    assert_string_equal(b->summary.guesses[0].what, "separator");
    assert_string_equal(b->summary.guesses[0].value, "semicolon");
    ingest_text(b, "lat\tlon\tdate\n51.5103\t-0.1201\t2025-05-01\n");
    expect_counts(b, 1, 1, 0, 0);
    assert_string_equal(b->summary.guesses[0].value, "tab");
}

static void a14_unknown_columns_are_not_guessed(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "breite;laenge;tag\n51.5101;-0.1201;2025-05-01\n");
    expect_refused(b, CASTMAP_E_INPUT, "one column found, looks like semicolon separated", "case.csv:1");
    assert_non_null(strstr(b->hint, "--delimiter"));
}

static void a15_line_ends(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "lat,lon,date,category,note\r\n51.5101,-0.1201,2025-05-01,car,one\r\n" GOOD2);
    expect_counts(b, 2, 2, 0, 0);
}

static void a15_carriage_returns_alone(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "lat,lon,date\r51.5,-0.1,2025-05-01\r51.6,-0.1,2025-05-01\r");
    expect_refused(b, CASTMAP_E_INPUT, "CR alone", "case.csv:1");
    ingest_text(b, HEAD GOOD1 "51.5,-0.1,2025-05-01,car,a\rb\n" GOOD2);
    expect_quarantined(b, "bare-carriage-return", 2);
}

static void a16_two_columns_of_one_name(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "lat,lon,note,Note \n51.5,-0.1,a,b\n");
    expect_refused(b, CASTMAP_E_INPUT, "columns 3 and 4 have the same name", "case.csv:1");
}

static void a17_no_position(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "lat,date,note\n51.5,2025-05-01,a\n");
    expect_refused(b, CASTMAP_E_INPUT, "a longitude column is missing; present: lat, date, note", "case.csv:1");
    ingest_text(b, "when,note\n2025-05-01,a\n");
    expect_refused(b, CASTMAP_E_INPUT, "present: when, note", "case.csv:1");
}

static void a18_columns_without_a_part(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "lat,lon,weather,moon\n51.5101,-0.1201,rain,full\n");
    expect_counts(b, 1, 1, 0, 0);
    expect_note(b, "unused-columns", 2);
}

/* `n` times `unit` after `head`. */
static char *repeated(const char *head, const char *unit, size_t n, const char *tail, size_t *length)
{
    const size_t h = strlen(head), u = strlen(unit), t = strlen(tail);
    char *text = malloc(h + u * n + t + 1);

    assert_non_null(text);
    memcpy(text, head, h);
    for (size_t i = 0; i < n; i++)
        memcpy(text + h + i * u, unit, u);
    memcpy(text + h + u * n, tail, t + 1);
    *length = h + u * n + t;
    return text;
}

static void a19_too_many_columns(void **state)
{
    ingest_bench *b = *state;
    size_t n;
    char *text = repeated("lat,lon", ",c", 20000, "\n", &n);
    ingest_bytes(b, "case.csv", text, n);
    expect_refused(b, CASTMAP_E_LIMIT, "more than 500 columns", "case.csv:1");
    free(text);
}

static void a20_a_field_of_thirty_megabytes(void **state)
{
    ingest_bench *b = *state;
    size_t n;
    char *text = repeated(HEAD GOOD1 "51.5,-0.1,2025-05-01,car,\"", "text text text ", 2000000, "\"\n", &n);
    ingest_bytes(b, "case.csv", text, n);
    expect_refused(b, CASTMAP_E_LIMIT, "64 KiB", "case.csv:3");
    free(text);
    text = repeated(HEAD GOOD1 "51.5,-0.1,2025-05-01,car,", "x", 70000, "\n", &n);
    ingest_bytes(b, "case.csv", text, n);
    expect_refused(b, CASTMAP_E_LIMIT, "64 KiB", "case.csv:3:field 5");
    free(text);
}

static void a21_a_line_without_end(void **state)
{
    ingest_bench *b = *state;
    size_t n;
    char *text = repeated(HEAD GOOD1, "12345678,", 500000, "", &n);
    ingest_bytes(b, "case.csv", text, n);
    expect_refused(b, CASTMAP_E_LIMIT, "longer than 1 MiB", "case.csv:3");
    free(text);
}

static void a23_blank_lines(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, HEAD GOOD1 "\n" GOOD2 "\n\r\n\n");
    expect_quarantined(b, "blank-line", 2);
    expect_note(b, "blank-end", 3);
    assert_int_equal(b->summary.reasons[0].first_row, 3);
}

static void a24_comment_lines(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, HEAD "# remark\n" GOOD1 GOOD2);
    expect_quarantined(b, "too-few-fields", 2);
    b->options.comments = true;
    ingest_text(b, HEAD "# remark\n" GOOD3);
    expect_counts(b, 1, 1, 0, 0);
}

static void a25_line_breaks_inside_quotes(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, HEAD "51.5101,-0.1201,2025-05-01,car,\"one\n\"\"two\"\"\nthree\"\n" GOOD2 "51.5,-0.1\n" GOOD3);
    expect_quarantined(b, "too-few-fields", 3);
    assert_int_equal(b->summary.reasons[0].first_row, 6);
}

static void a26_decimal_comma(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, HEAD GOOD1 "\"51,5\",-0.1,2025-05-01,car,x\n" GOOD2);
    expect_quarantined(b, "decimal-comma", 2);
}

static void a27_thousands_separators(void **state)
{
    ingest_bench *b = *state;
    b->options.crs = "EPSG:27700";
    ingest_text(b, "easting,northing\n530000,180000\n\"530,000\",\"180,000\"\n530010,180010\n");
    expect_quarantined(b, "thousands-separator", 2);
}

static void a28_file_cut_in_the_middle_of_a_row(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, HEAD GOOD1 GOOD2 "51.5103,-0.12");
    expect_refused(b, CASTMAP_E_INPUT, "the last row (4) is cut", "case.csv:4");
}

static void a30_not_a_regular_file(void **state)
{
    ingest_bench *b = *state;
    char path[128];

    snprintf(path, sizeof path, "%s/pipe.csv", b->folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    ingest_path(b, path);
    expect_refused(b, CASTMAP_E_IO, "regular file", "pipe.csv");
    ingest_path(b, b->folder);
    assert_int_equal(b->status, CASTMAP_E_IO);
    ingest_path(b, "/dev/null");
    assert_int_equal(b->status, CASTMAP_E_IO);
    unlink(path);
}

static void a31_symbolic_link(void **state)
{
    ingest_bench *b = *state;
    char path[256], link[128];

    folder_write(b->folder, "real.csv", HEAD GOOD1, strlen(HEAD GOOD1), path);
    snprintf(link, sizeof link, "%s/link.csv", b->folder);
    assert_int_equal(symlink(path, link), 0);
    ingest_path(b, link);
    assert_int_equal(b->status, CASTMAP_E_IO);
    b->options.follow_links = true;
    ingest_path(b, link);
    expect_counts(b, 1, 1, 0, 0);
    unlink(link);
}

static void a32_missing_file(void **state)
{
    ingest_bench *b = *state;
    ingest_path(b, "/nonexistent/none.csv");
    assert_int_equal(b->status, CASTMAP_E_IO);
    assert_non_null(strstr(castmap_message(b->ctx), "No such file"));
}

static void a33_odd_file_names(void **state)
{
    ingest_bench *b = *state;
    ingest_bytes(b, "-a\n\"\x1b[31m.csv", HEAD GOOD1, strlen(HEAD GOOD1));
    expect_counts(b, 1, 1, 0, 0);
}

static void a35_the_same_file_twice(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, HEAD GOOD1 GOOD2 GOOD1);
    expect_counts(b, 3, 3, 0, 0); /* equal rows without an id are separate events */
    ingest_text(b, HEAD GOOD1 GOOD2 GOOD1);
    expect_counts(b, 3, 0, 3, 0);
    ingest_text(b, HEAD GOOD2 GOOD1 GOOD1 GOOD3);
    expect_counts(b, 4, 1, 3, 0);
}

static void a36_same_id_with_other_content(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "id,lat,lon,note\n7,51.5101,-0.1201,one\n");
    expect_counts(b, 1, 1, 0, 0);
    ingest_text(b, "id,lat,lon,note\n7,51.5101,-0.1201,other\n8,51.5102,-0.1202,two\n");
    expect_quarantined(b, "id-conflict", 1);
    ingest_text(b, "id,lat,lon,note\n7,51.5101,-0.1201,one\n");
    expect_counts(b, 1, 0, 1, 0);
}

static void a37_same_id_twice_in_one_file(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "id,lat,lon,note\n7,51.5101,-0.1201,one\n8,51.5102,-0.1202,two\n7,51.5103,-0.1203,three\n");
    expect_quarantined(b, "id-conflict", 2);
    castmap_quarantine q = quarantine(b);
    assert_int_equal(q.row[0].row, 4);
    assert_string_equal(q.row[0].reason, "row 2 has the same id and other content");
    castmap_quarantine_clear(&q);
}

static void a38_header_in_other_case(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, " LATITUDE , Longitude,Date\n51.5101,-0.1201,2025-05-01\n");
    expect_counts(b, 1, 1, 0, 0);
}

static void a38_two_columns_for_one_part(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "lat,Latitude,lon\n51.5,51.5,-0.1\n");
    expect_refused(b, CASTMAP_E_INPUT, "two columns could be the latitude", "case.csv:1");
}

static void strict_refuses_the_file_for_one_row(void **state)
{
    ingest_bench *b = *state;
    b->options.strict = true;
    ingest_text(b, HEAD GOOD1 "x,-0.1,2025-05-01,car,x\n" GOOD2);
    expect_refused(b, CASTMAP_E_INPUT, "not a plain decimal number", "case.csv:3:lat");
}

static void dry_run_stores_nothing(void **state)
{
    ingest_bench *b = *state;
    castmap_project_info info;
    b->options.dry_run = true;
    ingest_text(b, HEAD GOOD1 GOOD2 "51.5\n" GOOD1);
    expect_counts(b, 4, 3, 0, 1);
    assert_int_equal(castmap_project_describe(b->ctx, b->project, &info), CASTMAP_OK);
    assert_int_equal(info.observations, 0);
    assert_int_equal(info.n_batches, 0);
    castmap_project_info_clear(&info);
}

static void content_that_is_no_text_is_named(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "PK\x03\x04xxxx");
    expect_refused(b, CASTMAP_E_INPUT, "the zip has no directory at its end", "case.csv"); /* C35 */
    ingest_bytes(b, "old.xls", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
    expect_refused(b, CASTMAP_E_INPUT, "an old spreadsheet", "old.xls");
    ingest_text(b, "\x89PNG\r\n");
    expect_refused(b, CASTMAP_E_INPUT, "PNG", "case.csv");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, ingest_case_begin, ingest_case_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a01_empty_file), CASE(a02_header_only), CASE(a03_header_without_line_end), CASE(a04_too_few_fields),
        CASE(a05_too_many_fields), CASE(a06_quote_that_swallows_a_row), CASE(a07_quote_inside_an_unquoted_field),
        CASE(a08_text_after_the_closing_quote), CASE(a09_zero_byte), CASE(a10_latin1), CASE(a10_latin1_far_behind), CASE(a10_damage_is_not_another_encoding), CASE(a11_byte_order_mark),
        CASE(a12_utf16), CASE(a13_forms_that_utf8_forbids), CASE(a14_other_separators),
        CASE(a14_unknown_columns_are_not_guessed), CASE(a15_line_ends), CASE(a15_carriage_returns_alone),
        CASE(a16_two_columns_of_one_name), CASE(a17_no_position), CASE(a18_columns_without_a_part),
        CASE(a19_too_many_columns), CASE(a20_a_field_of_thirty_megabytes), CASE(a21_a_line_without_end),
        CASE(a23_blank_lines), CASE(a24_comment_lines), CASE(a25_line_breaks_inside_quotes), CASE(a26_decimal_comma),
        CASE(a27_thousands_separators), CASE(a28_file_cut_in_the_middle_of_a_row), CASE(a30_not_a_regular_file),
        CASE(a31_symbolic_link), CASE(a32_missing_file), CASE(a33_odd_file_names), CASE(a35_the_same_file_twice),
        CASE(a36_same_id_with_other_content), CASE(a37_same_id_twice_in_one_file), CASE(a38_header_in_other_case),
        CASE(a38_two_columns_for_one_part), CASE(strict_refuses_the_file_for_one_row), CASE(dry_run_stores_nothing),
        CASE(content_that_is_no_text_is_named),
    };
    return cmocka_run_group_tests(tests, ingest_bench_setup, ingest_bench_teardown);
}
