/* Tests of tables of places: what goes in, what is found by them, what is refused, and what undo takes along. */
#include "ingest_bench.h"

#include "castmap/places.h"
#include "project/observation_table.h"
#include "project/place_index.h"
#include "project/postcode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* As Ordnance Survey publishes it: no header, postcodes padded to seven characters in some years. */
static const char CODE_POINT[] = "\"SO16 0AS\",10,437292,115542,\"E92000001\",\"E19000003\",\"E18000009\",\"\",\"E07000093\",\"E05004481\"\n"
                                 "\"SO160AT\",10,437300,115600,\"E92000001\",\"E19000003\",\"E18000009\",\"\",\"E07000093\",\"E05004481\"\n"
                                 "\"SO16 7NP\",10,441800,115800,\"E92000001\",\"\",\"\",\"\",\"\",\"\"\n"
                                 "\"AB10 1XX\",90,0,0,\"S92000003\",\"\",\"S08000020\",\"\",\"S12000033\",\"S13002842\"\n"
                                 "\"NOT ONE\",10,437300,115600,\"\",\"\",\"\",\"\",\"\",\"\"\n";
static const char ONSPD[] = "pcd,pcd2,pcds,dointr,doterm,oscty,oseast1m,osnrth1m,osgrdind,lat,long\n"
                            "\"SO16 0AS\",\"SO16  0AS\",\"SO16 0AS\",\"198001\",\"\",\"\",\"437292\",\"0115542\",\"1\",50.938200,-1.470600\n"
                            "\"SO15 9ZZ\",\"SO15  9ZZ\",\"SO15 9ZZ\",\"198001\",\"199806\",\"\",\"0437292\",\"0115542\",\"8\",50.930000,-1.440000\n"
                            "\"BT1 1AA\",\"BT1   1AA\",\"BT1 1AA\",\"198001\",\"\",\"\",\"333847\",\"374218\",\"1\",54.600000,-5.930000\n"
                            "\"GY1 1AA\",\"GY1   1AA\",\"GY1 1AA\",\"198001\",\"\",\"\",\"\",\"\",\"9\",99.999999,0.000000\n";
static const char ONSPD_2025[] = "pcd7,pcd8,pcds,dointr,doterm,cty25cd,east1m,north1m,gridind,lat,long,wd25cd\n"
                                 "\"SO16 0AS\",\"SO16 0AS\",\"SO16 0AS\",\"198001\",\"\",\"\",\"437292\",\"0115542\",\"1\",50.938200,-1.470600,\"E05015503\"\n";
#define GN(id, name, other, lat, lon, kind, code, admin1, admin2, people) \
    id "\t" name "\t" name "\t" other "\t" lat "\t" lon "\t" kind "\t" code "\tGB\t\t" admin1 "\t" admin2 "\t\t\t" people "\t\t9\tEurope/London\t2024-01-01\n"
static const char GEONAMES[] =
    GN("2637487", "Southampton", "Southanton,\xD0\xA1\xD0\xB0\xD1\x83\xD1\x82\xD0\xB3\xD0\xB5\xD0\xBC\xD0\xBF\xD1\x82\xD0\xBE\xD0\xBD", "50.90395", "-1.40428", "P", "PPLA2",
       "ENG", "M4", "246201")
    GN("2637488", "Southampton", "", "50.91000", "-1.40000", "A", "ADM2", "ENG", "M4", "246201")
    GN("2641598", "Newport", "Casnewydd", "51.58774", "-2.99835", "P", "PPLA2", "WLS", "Y7", "117326")
    GN("2641599", "Newport", "https://en.wikipedia.org/wiki/Newport", "50.70000", "-1.29000", "P", "PPLA2", "ENG", "G2", "23957")
    GN("6269131", "England", "", "52.16045", "-0.70312", "A", "ADM1", "ENG", "", "57106398")
    GN("7290621", "Wales", "", "52.5", "-3.5", "A", "ADM1", "WLS", "", "3125000")
    GN("2646007", "Isle of Wight", "", "50.66", "-1.33", "A", "ADM2", "ENG", "G2", "141771")
    GN("2000001", "Old Hill", "", "52.0", "-1.0", "T", "HLL", "ENG", "G2", "0");

static void add_path(ingest_bench *b, const char *path, castmap_places_summary *summary)
{
    castmap_places_options options = CASTMAP_PLACES_OPTIONS_INIT;
    options.path = &path;
    options.n_paths = 1;
    if (castmap_places_add(b->ctx, b->project, &options, summary) != CASTMAP_OK)
        fail_msg("%s | %s | %s", castmap_message(b->ctx), castmap_message_where(b->ctx), castmap_message_hint(b->ctx));
}

/* Every row is an entry or is left out for a reason. */
static void add_text(ingest_bench *b, const char *name, const char *text, size_t entries)
{
    castmap_places_summary s = CASTMAP_PLACES_SUMMARY_INIT;
    char path[256];
    size_t left = 0;
    folder_write(b->folder, name, text, strlen(text), path);
    add_path(b, path, &s);
    for (size_t i = 0; i < s.n_left_out; i++)
        left += s.left_out[i].count;
    assert_int_equal(s.entries, entries);
    assert_int_equal(s.rows, s.entries + left);
    castmap_places_summary_clear(&s);
}

static cm_observation_set stored(ingest_bench *b)
{
    cm_observation_set set;
    if (cm_observations_load(b->ctx, b->project, INT64_MIN, INT64_MAX, NULL, &set) != CASTMAP_OK)
        fail_msg("%s", castmap_message(b->ctx));
    return set;
}

static void postcodes_by_their_parts(void **state)
{
    static const struct {
        const char *text;
        cm_postcode_part part;
    } GOOD[] = {{"SO16 0AS", CM_POSTCODE_UNIT}, {"so160as", CM_POSTCODE_UNIT}, {"M1 1AE", CM_POSTCODE_UNIT}, {"EC1A 1BB", CM_POSTCODE_UNIT},
                {"W1A0AX", CM_POSTCODE_UNIT},   {"SO16  0AS", CM_POSTCODE_UNIT}, {"SO16 0", CM_POSTCODE_SECTOR}, {"SO160", CM_POSTCODE_SECTOR},
                {"S1 0", CM_POSTCODE_SECTOR},   {"S10", CM_POSTCODE_DISTRICT}, {"SO16", CM_POSTCODE_DISTRICT}, {"EC1A", CM_POSTCODE_DISTRICT}};
    static const char *const BAD[] = {"", "SO", "16 0AS", "SO16 0A", "SO16 0AS1", "SO-16", "SOO1 1AA", "12345", "SO16 AS0", "1AA"};
    cm_postcode unit, sector, district;
    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        cm_postcode code;
        if (!cm_postcode_parse(GOOD[i].text, strlen(GOOD[i].text), &code) || code.part != GOOD[i].part)
            fail_msg("%s was taken otherwise", GOOD[i].text);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        cm_postcode code;
        if (cm_postcode_parse(BAD[i], strlen(BAD[i]), &code))
            fail_msg("%s was taken for a postcode", BAD[i]);
    }
    assert_true(cm_postcode_parse("SO16 0AS", 8, &unit) && cm_postcode_parse("SO16 0", 6, &sector) && cm_postcode_parse("SO16", 4, &district));
    assert_true(district.from <= sector.from && sector.from <= unit.from && unit.to <= sector.to && sector.to <= district.to);
    assert_true(cm_postcode_parse("SO1", 3, &district)); /* SO1 does not hold SO16 */
    assert_true(unit.from >= district.to || unit.to <= district.from);
}

static void code_point_open_places_postcodes(void **state)
{
    ingest_bench *b = *state;
    add_text(b, "codepo.csv", CODE_POINT, 3);
    ingest_text(b, "date,postcode\n2025-05-01,SO16 0AS\n2025-05-01,so160at\n2025-05-01,SO16 0\n2025-05-01,SO16\n2025-05-01,ZE1 0AA\n2025-05-01,\n");
    expect_counts(b, 6, 4, 0, 2);
    expect_note(b, "located-by-postcode", 2);
    cm_observation_set set = stored(b);
    /* Ordnance Survey's easting and northing of the first, in degrees by the grid's own reverse. */
    assert_near(set.lon[0], -1.4706, 0.0005);
    assert_near(set.lat[0], 50.9381, 0.0005);
    assert_int_equal(set.precision[0], CM_PLACE_POSTCODE);
    assert_near(set.accuracy_m[0], 100, 0);
    assert_int_equal(set.precision[2], CM_PLACE_AREA);
    assert_near(set.accuracy_m[2], 250, 0);
    assert_near(set.lat[2], (set.lat[0] + set.lat[1]) / 2, 1e-6);
    assert_int_equal(set.precision[3], CM_PLACE_AREA);
    assert_true(set.accuracy_m[3] > 1000 && set.accuracy_m[3] < 5000);
    for (size_t i = 0; i < set.count; i++)
        assert_int_not_equal(set.precision[i], CM_PLACE_EXACT);
    cm_observation_set_clear(&set);
    castmap_quarantine q;
    assert_int_equal(castmap_project_quarantine(b->ctx, b->project, 0, 0, &q), CASTMAP_OK);
    assert_string_equal(q.row[0].code, "unknown-postcode");
    assert_string_equal(q.row[1].code, "no-position");
    castmap_quarantine_clear(&q);
}

static void both_generations_of_the_directory(void **state)
{
    ingest_bench *b = *state;
    add_text(b, "onspd.csv", ONSPD, 3);
    add_text(b, "onspd25.csv", ONSPD_2025, 1);
    ingest_text(b, "date,postcode\n1997-05-01,SO15 9ZZ\n2025-05-01,SO15 9ZZ\n2025-05-01,SO16 0AS\n");
    expect_counts(b, 3, 3, 0, 0);
    expect_note(b, "ended-postcode", 1); /* in 1997 it was still in use */
    cm_observation_set set = stored(b);
    assert_near(set.accuracy_m[1], 250, 0);
    assert_near(set.lat[2], 50.9382, 1e-6);
    cm_observation_set_clear(&set);
    cm_place_index *index = NULL;
    cm_place_hit hit;
    assert_int_equal(cm_place_index_load(b->ctx, b->project, &index), CASTMAP_OK);
    assert_int_equal(cm_place_index_postcode(index, "BT1 1AA", 7, &hit), CM_PLACE_FOUND);
    assert_near(hit.lon, -5.93, 1e-6); /* its easting is on the Irish grid; the directory's degrees count */
    cm_place_index_free(index);
}

static void names_that_mean_one_place(void **state)
{
    ingest_bench *b = *state;
    add_text(b, "GB.txt", GEONAMES, 7);
    ingest_text(b, "date,place\n2025-05-01,southampton\n2025-05-01,\"Newport, Isle of Wight\"\n2025-05-01,Casnewydd\n2025-05-01,Newport\n2025-05-01,Atlantis\n"
                   "2025-05-01,\xD0\xA1\xD0\xB0\xD1\x83\xD1\x82\xD0\xB3\xD0\xB5\xD0\xBC\xD0\xBF\xD1\x82\xD0\xBE\xD0\xBD\n");
    expect_counts(b, 6, 4, 0, 2);
    cm_observation_set set = stored(b);
    assert_near(set.lat[1], 50.70, 1e-6);
    assert_near(set.lat[2], 51.58774, 1e-6);
    /* A town of a quarter of a million people is no point, and the county of its name is the same place. */
    assert_true(set.accuracy_m[0] > 4000);
    assert_int_equal(set.precision[0], CM_PLACE_AREA);
    cm_observation_set_clear(&set);
    castmap_quarantine q;
    assert_int_equal(castmap_project_quarantine(b->ctx, b->project, 0, 0, &q), CASTMAP_OK);
    assert_string_equal(q.row[0].code, "ambiguous-place");
    assert_string_equal(q.row[0].reason, "2 places have this name: in Wales, GB; in Isle of Wight, England, GB");
    assert_string_equal(q.row[1].code, "unknown-place");
    castmap_quarantine_clear(&q);
}

static void a_table_of_ones_own(void **state)
{
    static const char *const MAP[] = {"name=Site", "x=E", "y=N"};
    ingest_bench *b = *state;
    castmap_places_options options = CASTMAP_PLACES_OPTIONS_INIT;
    castmap_places_summary s = CASTMAP_PLACES_SUMMARY_INIT;
    static const char TEXT[] = "Site;E;N;Radius\nOld Mill;437292;115542;40\nNew Mill;437400;115542;\nBad;x;y;\n";
    const char *path;
    char written[256];
    folder_write(b->folder, "sites.csv", TEXT, sizeof TEXT - 1, written);
    path = written;
    options.path = &path;
    options.n_paths = 1;
    options.map = MAP;
    options.n_map = 3;
    options.licence = "ours";
    assert_int_equal(castmap_places_add(b->ctx, b->project, &options, &s), CASTMAP_OK);
    assert_int_equal(s.entries, 2);
    assert_int_equal(s.n_left_out, 1);
    assert_string_equal(s.left_out[0].code, "bad-position");
    assert_string_equal(s.licence, "ours");
    castmap_places_summary_clear(&s);
    ingest_text(b, "date,place\n2025-05-01,OLD  MILL\n2025-05-01,New Mill\n");
    expect_counts(b, 2, 2, 0, 0);
    cm_observation_set set = stored(b);
    assert_near(set.accuracy_m[0], 40, 0);
    assert_near(set.accuracy_m[1], 1000, 0);
    cm_observation_set_clear(&set);
}

static void coordinates_count_before_postcodes(void **state)
{
    ingest_bench *b = *state;
    add_text(b, "codepo.csv", CODE_POINT, 3);
    ingest_text(b, "lat,lon,postcode\n50.95001,-1.45001,SO16 0AS\n,,SO16 0AS\n,-1.45,SO16 0AS\n50.95002,-1.45002,nonsense\n");
    expect_counts(b, 4, 3, 0, 1);
    assert_string_equal(b->summary.reasons[0].code, "half-position");
    cm_observation_set set = stored(b);
    assert_int_equal(set.precision[0], CM_PLACE_EXACT);
    assert_int_equal(set.precision[1], CM_PLACE_POSTCODE);
    cm_observation_set_clear(&set);
}

static void addresses_and_codes_in_a_position_column(void **state)
{
    ingest_bench *b = *state;
    add_text(b, "codepo.csv", CODE_POINT, 3);
    add_text(b, "GB.txt", GEONAMES, 7);
    ingest_text(b, "date,location\n2025-05-01,\"12 High Street, Southampton SO16 0AS\"\n2025-05-01,SU 420 120\n2025-05-01,W65F+5F Southampton\n"
                   "2025-05-01,SU16\n2025-05-01,SO16\n2025-05-01,W65F+5F\n");
    expect_counts(b, 6, 4, 0, 2);
    cm_observation_set set = stored(b);
    assert_int_equal(set.precision[0], CM_PLACE_POSTCODE);
    assert_int_equal(set.precision[1], CM_PLACE_STREET);
    assert_int_equal(set.precision[2], CM_PLACE_EXACT);
    assert_near(set.lat[2], 50.9080, 0.02);
    cm_observation_set_clear(&set);
    castmap_quarantine q;
    assert_int_equal(castmap_project_quarantine(b->ctx, b->project, 0, 0, &q), CASTMAP_OK);
    assert_string_equal(q.row[0].code, "ambiguous-place"); /* SO16: a square or a district? */
    assert_string_equal(q.row[1].code, "short-plus-code"); /* the project has no extent yet */
    castmap_quarantine_clear(&q);
}

static void content_tells_where_no_name_does(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "a,b\none,TQ 300 804\ntwo,TQ 301 805\nthree,TQ 302 806\n");
    expect_counts(b, 3, 3, 0, 0);
    ingest_text(b, "who,said\nx,\"look https://maps.google.com/?q=51.5074,-0.1278\"\ny,\"here geo:51.50741,-0.12781 now\"\nz,nothing\n");
    expect_counts(b, 3, 2, 0, 1);
    expect_note(b, "located-by-link", 2);
    add_text(b, "codepo.csv", CODE_POINT, 3);
    ingest_text(b, "a,b\none,SO16 0AS\ntwo,SO16 0AT\n");
    expect_counts(b, 2, 2, 0, 0);
}

static void without_a_table_the_file_is_refused(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "date,postcode\n2025-05-01,SO16 0AS\n");
    expect_refused(b, CASTMAP_E_INPUT, "no table of them", "case.csv:1");
    assert_non_null(strstr(b->hint, "castmap places add"));
}

/* Records that a table placed go with it. */
static void undo_takes_what_was_placed(void **state)
{
    ingest_bench *b = *state;
    castmap_project_info info;
    castmap_places_info *tables = NULL;
    size_t undone = 0, n = 1;
    add_text(b, "codepo.csv", CODE_POINT, 3);
    ingest_text(b, "date,postcode\n2025-05-01,SO16 0AS\n");
    expect_counts(b, 1, 1, 0, 0);
    ingest_text(b, "lat,lon\n50.95001,-1.45001\n");
    assert_int_equal(castmap_project_undo(b->ctx, b->project, 1, &undone), CASTMAP_OK);
    assert_int_equal(undone, 2);
    assert_int_equal(castmap_project_describe(b->ctx, b->project, &info), CASTMAP_OK);
    assert_int_equal(info.observations, 1);
    castmap_project_info_clear(&info);
    assert_int_equal(castmap_places_list(b->ctx, b->project, &tables, &n), CASTMAP_OK);
    assert_int_equal(n, 0);
    castmap_places_list_clear(tables, n);
}

/* The lowest numbers of a zip: one stored entry. */
static size_t make_zip(unsigned char *out, const char *name, const char *text)
{
    const size_t n = strlen(text), m = strlen(name);
    const uLong crc = crc32(0, (const Bytef *)text, (uInt)n);
    unsigned char local[30] = {'P', 'K', 3, 4, 20}, central[46] = {'P', 'K', 1, 2, 20, 0, 20}, end[22] = {'P', 'K', 5, 6};
    for (int i = 0; i < 4; i++) {
        local[14 + i] = central[16 + i] = (unsigned char)(crc >> 8 * i);
        local[18 + i] = local[22 + i] = central[20 + i] = central[24 + i] = (unsigned char)(n >> 8 * i);
        end[12 + i] = (unsigned char)((46 + m) >> 8 * i);
        end[16 + i] = (unsigned char)((30 + m + n) >> 8 * i);
    }
    local[26] = central[28] = (unsigned char)m;
    end[8] = end[10] = 1;
    memcpy(out, local, 30);
    memcpy(out + 30, name, m);
    memcpy(out + 30 + m, text, n);
    memcpy(out + 30 + m + n, central, 46);
    memcpy(out + 76 + m + n, name, m);
    memcpy(out + 76 + 2 * m + n, end, 22);
    return 98 + 2 * m + n;
}

static void a_zip_is_gone_through(void **state)
{
    ingest_bench *b = *state;
    castmap_places_summary s = CASTMAP_PLACES_SUMMARY_INIT;
    unsigned char zip[2048];
    char path[256];
    folder_write(b->folder, "codepo_gb.zip", zip, make_zip(zip, "Data/CSV/so.csv", CODE_POINT), path);
    add_path(b, path, &s);
    assert_int_equal(s.entries, 3);
    assert_string_equal(s.format, "Code-Point Open");
    castmap_places_summary_clear(&s);
    castmap_places_options options = CASTMAP_PLACES_OPTIONS_INIT;
    const char *at = path;
    options.path = &at;
    options.n_paths = 1;
    folder_write(b->folder, "climbing.zip", zip, make_zip(zip, "../../so.csv", CODE_POINT), path);
    assert_int_equal(castmap_places_add(b->ctx, b->project, &options, &s), CASTMAP_E_INPUT);
}

static void what_is_no_table_is_refused(void **state)
{
    static const char *const TEXTS[] = {"", "hello\n", "name,population\nA,1\n", "name,lat,lon\n,51,0\n", "{\"a\": 1}\n", "postcode,lat,lon\n10115,52.5,13.4\n"};
    ingest_bench *b = *state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        castmap_places_options options = CASTMAP_PLACES_OPTIONS_INIT;
        castmap_places_summary s = CASTMAP_PLACES_SUMMARY_INIT;
        char path[256];
        const char *at = path;
        folder_write(b->folder, "none.csv", TEXTS[i], strlen(TEXTS[i]), path);
        options.path = &at;
        options.n_paths = 1;
        const castmap_status status = castmap_places_add(b->ctx, b->project, &options, &s);
        if (status != CASTMAP_E_INPUT)
            fail_msg("text %zu gave %s", i, castmap_status_name(status));
    }
}

/* The order of rows is nothing that a table remembers. */
static void order_of_rows_does_not_matter(void **state)
{
    ingest_bench *b = *state;
    cm_place_index *index = NULL;
    cm_place_hit first, second;
    add_text(b, "a.csv", "postcode,lat,lon\nSO16 0AS,50.9,-1.4\nSO16 0AT,50.8,-1.3\nSO16 0AS,50.7,-1.2\n", 2);
    assert_int_equal(cm_place_index_load(b->ctx, b->project, &index), CASTMAP_OK);
    assert_int_equal(cm_place_index_postcode(index, "SO16 0AT", 8, &first), CM_PLACE_FOUND);
    assert_int_equal(cm_place_index_postcode(index, "SO16 0AS", 8, &second), CM_PLACE_FOUND);
    assert_near(second.lat, 50.7, 1e-7); /* of two, the later */
    cm_place_index_free(index);
    add_text(b, "b.csv", "postcode,lat,lon\nSO16 0AT,50.8,-1.3\nSO16 0AS,50.7,-1.2\n", 2);
    assert_int_equal(cm_place_index_load(b->ctx, b->project, &index), CASTMAP_OK);
    assert_int_equal(cm_place_index_tables(index), 2);
    assert_memory_equal(cm_place_index_table(index, 0)->key, cm_place_index_table(index, 1)->key, 2 * sizeof(uint64_t));
    assert_memory_equal(cm_place_index_table(index, 0)->lon, cm_place_index_table(index, 1)->lon, 2 * sizeof(int32_t));
    cm_place_index_free(index);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, ingest_case_begin, ingest_case_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(postcodes_by_their_parts),
        CASE(code_point_open_places_postcodes),
        CASE(both_generations_of_the_directory),
        CASE(names_that_mean_one_place),
        CASE(a_table_of_ones_own),
        CASE(coordinates_count_before_postcodes),
        CASE(addresses_and_codes_in_a_position_column),
        CASE(content_tells_where_no_name_does),
        CASE(without_a_table_the_file_is_refused),
        CASE(undo_takes_what_was_placed),
        CASE(a_zip_is_gone_through),
        CASE(what_is_no_table_is_refused),
        CASE(order_of_rows_does_not_matter),
    };
    return cmocka_run_group_tests(tests, ingest_bench_setup, ingest_bench_teardown);
}
