/* Tests of io/record_stream: KML and GPX record by record, what documents must not hold, zips that lie, and parsers that die. */
#include "base/fail.h"
#include "io/record_stream.h"
#include "io/xml_screen.h"
#include "support/check.h"
#include "support/jpeg_maker.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define KML(body) "<?xml version=\"1.0\"?><kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>" body "</Document></kml>"
#define GPX(body) "<?xml version=\"1.0\"?><gpx version=\"1.1\" xmlns=\"http://www.topografix.com/GPX/1/1\">" body "</gpx>"

/* All records of a text: their number, and what the last one said. */
typedef struct outcome {
    castmap_status status;
    size_t         records, faults;
    char           code[32], text[512], notes[512];
    double         x, y;
    int            decimals;
} outcome;

static outcome read_path(castmap_context *ctx, const char *path)
{
    const cm_stream_options options = {0};
    cm_record_stream *stream = NULL;
    cm_stream_record record;
    outcome o = {0};
    bool more = true;
    size_t n;

    cm_fail_clear(ctx);
    o.status = cm_stream_open(ctx, path, -1, &options, &stream);
    while (!o.status) {
        o.status = cm_stream_next(ctx, stream, &record, &more);
        if (o.status || !more)
            break;
        o.records++;
        o.faults += record.fault_code != NULL;
        snprintf(o.code, sizeof o.code, "%s", record.fault_code ? record.fault_code : "");
        snprintf(o.text, sizeof o.text, "%.*s", (int)record.length, record.text);
        o.x = record.x;
        o.y = record.y;
        o.decimals = record.decimals;
    }
    const cm_stream_note *note = stream ? cm_stream_notes(stream, &n) : NULL;
    for (size_t i = 0; note && i < n; i++)
        snprintf(o.notes + strlen(o.notes), sizeof o.notes - strlen(o.notes), "%s=%zu ", note[i].code, note[i].count);
    cm_stream_close(stream);
    return o;
}

static outcome read_text(castmap_context *ctx, const char *folder, const char *name, const char *text)
{
    char path[256];

    folder_write(folder, name, text, strlen(text), path);
    return read_path(ctx, path);
}

static void reads_placemarks(void **state)
{
    static const char DOCUMENT[] = KML(
        "<Folder><name>Vans</name>"
        "<Placemark><name>A</name><Point><coordinates> -0.1278,51.5074,0 </coordinates></Point></Placemark>"
        "<Placemark><name>B</name><MultiGeometry><Point><coordinates>-0.13,51.51</coordinates></Point></MultiGeometry></Placemark>"
        "<Placemark><name>C</name><LineString><coordinates>0,1 2,3</coordinates></LineString></Placemark>"
        "<Placemark><name>D</name></Placemark>"
        "<Placemark><name>E</name><Point><coordinates>x,51.5</coordinates></Point></Placemark>"
        "<Placemark><name>F</name><MultiGeometry><Point><coordinates>1,2</coordinates></Point><Point><coordinates>3,4</coordinates></Point>"
        "</MultiGeometry></Placemark></Folder><GroundOverlay/><NetworkLink/>");
    static const char *const CODES[] = {NULL, NULL, "not-a-point", "no-position", "bad-number", "not-a-point"};
    castmap_context *ctx = *state;
    const cm_stream_options options = {0};
    cm_record_stream *stream = NULL;
    cm_stream_record record;
    char folder[64], path[256];
    bool more;
    size_t n = 0, notes;

    folder_make(folder);
    folder_write(folder, "a.kml", DOCUMENT, sizeof DOCUMENT - 1, path);
    assert_status(cm_stream_open(ctx, path, -1, &options, &stream), CASTMAP_OK);
    const cm_stream_table *table = cm_stream_table_of(stream);
    assert_string_equal(table->format, "KML");
    assert_true(table->placed);
    assert_int_equal(table->n_columns, 2); /* folder and name: the rest does not occur */
    assert_memory_equal(table->column[0].bytes, "folder", 6);
    while (!cm_stream_next(ctx, stream, &record, &more) && more) {
        assert_int_equal(record.row, n + 1);
        if (CODES[n])
            assert_string_equal(record.fault_code, CODES[n]);
        else
            assert_null(record.fault_code);
        assert_memory_equal(record.field[0].bytes, "Vans", 4);
        assert_int_equal(record.field[1].bytes[0], 'A' + (int)n);
        /* Word for word, from its first to its last sign, inside its folder. */
        const char lead[] = "<Folder><name>Vans</name><Placemark>", end[] = "</Placemark></Folder>";
        assert_memory_equal(record.text, lead, sizeof lead - 1);
        assert_memory_equal(record.text + record.length - (sizeof end - 1), end, sizeof end - 1);
        char *own = calloc(record.length + 1, 1);
        memcpy(own, record.text + 25, record.length - 25 - 9);
        assert_non_null(strstr(DOCUMENT, own));
        free(own);
        if (n == 0) {
            assert_near(record.x, -0.1278, 0);
            assert_near(record.y, 51.5074, 0);
            assert_int_equal(record.decimals, 4);
        }
        n++;
    }
    assert_int_equal(n, 6);
    const cm_stream_note *note = cm_stream_notes(stream, &notes);
    assert_int_equal(notes, 2);
    assert_string_equal(note[0].code, "network-link"); /* C25 */
    assert_string_equal(note[1].code, "overlay");
    cm_stream_close(stream);
    folder_remove(folder);
}

static void reads_waypoints_and_names_the_one_at_fault(void **state)
{
    castmap_context *ctx = *state;
    char folder[64];

    folder_make(folder);
    outcome o = read_text(ctx, folder, "a.gpx",
                          GPX("<wpt lat=\"51.5\" lon=\"-0.12\"><name>a</name><link href=\"http://x/\"><text>b</text></link></wpt>"
                              "<wpt lat=\"abc\" lon=\"1\"/>"        /* C30 */
                              "<wpt lat=\"1e400\" lon=\"1\"/>"
                              "<trk><trkseg><trkpt lat=\"1\" lon=\"2\"/></trkseg></trk><wpt lon=\"1\"/>"));
    assert_int_equal(o.status, CASTMAP_OK);
    assert_int_equal(o.records, 4);
    assert_int_equal(o.faults, 3);
    assert_string_equal(o.code, "bad-number");
    assert_string_equal(o.text, "<wpt lon=\"1\"/>");
    assert_string_equal(o.notes, "tracks-passed-over=1 ");
    o = read_text(ctx, folder, "bom.gpx", "\xEF\xBB\xBF" GPX("<wpt lat=\"51.5\" lon=\"-0.12\"/>"));
    assert_int_equal(o.records, 1);
    assert_int_equal(o.decimals, 2);
    folder_remove(folder);
}

static void refuses_documents_that_are_damaged_or_something_else(void **state)
{
    static const struct {
        const char *id, *text, *message;
    } BAD[] = {
        {"C01", "<?xml version=\"1.0\"?><kml><Document><Placemark><Point><coordinates>1,2</coor", "not well-formed XML"},
        {"C12", KML("") "<kml/>", "not well-formed XML"},
        {"C16", "<OGRVRTDataSource><OGRVRTLayer name=\"x\"><SrcDataSource>secret.csv</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
         "neither KML nor GPX (its first element is \"OGRVRTDataSource\")"},
        {"C21", "<?xml version=\"1.0\"?><!DOCTYPE kml [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><kml><name>&x;</name></kml>", "document type definition"},
        {"C22", "<!-- x --><!DOCTYPE gpx [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]><gpx><name>&b;</name></gpx>", "document type definition"},
        {"C23", "<!DOCTYPE kml SYSTEM \"http://127.0.0.1:9/kml.dtd\"><kml/>", "document type definition"},
        {"C25", KML("<NetworkLink><Link><href>http://127.0.0.1:9/a.kml</href></Link></NetworkLink>"), "NetworkLink"},
        {"html", "<html><body/></html>", "neither KML nor GPX"},
        {"entity", KML("<name>&x;</name>"), "not well-formed XML"},
    };
    castmap_context *ctx = *state;
    char folder[64];

    folder_make(folder);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        const outcome o = read_text(ctx, folder, "bad.kml", BAD[i].text);
        if (o.status != CASTMAP_E_INPUT || !strstr(castmap_message(ctx), BAD[i].message))
            fail_msg("%s: status %d: %s", BAD[i].id, (int)o.status, castmap_message(ctx));
        assert_string_equal(castmap_message_where(ctx), "bad.kml");
    }
    cm_fail_clear(ctx);
    folder_remove(folder);
}

/* C22: refused before anything is multiplied. A definition in a description is only a text. */
static void screens_definitions_and_nothing_else(void **state)
{
    char laughs[2048] = "<?xml version=\"1.0\"?><!DOCTYPE kml [<!ENTITY l0 \"lol\">", folder[64];
    castmap_context *ctx = *state;
    const clock_t begin = clock();

    for (int i = 1; i < 10; i++) {
        char line[160];
        snprintf(line, sizeof line, "<!ENTITY l%d \"&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;\">", i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1,
                 i - 1, i - 1, i - 1);
        strcat(laughs, line);
    }
    strcat(laughs, "]><kml><Document><name>&l9;</name></Document></kml>");
    folder_make(folder);
    assert_int_equal(read_text(ctx, folder, "laughs.kml", laughs).status, CASTMAP_E_INPUT);
    assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 1.0);
    const outcome o = read_text(ctx, folder, "fine.kml",
                                KML("<Placemark><description><![CDATA[<!DOCTYPE html><html>]]></description><Point><coordinates>1,2</coordinates></Point></Placemark>"));
    assert_int_equal(o.status, CASTMAP_OK);
    assert_int_equal(o.records, 1);
    assert_null(cm_xml_screen((const unsigned char *)"<a/>", 4));
    assert_non_null(cm_xml_screen((const unsigned char *)"<\0a\0/\0>\0", 8));
    folder_remove(folder);
}

/* Nested 200 deep, a text of 2 MB, 600 columns: each is a limit that is named. */
static void names_limits(void **state)
{
    castmap_context *ctx = *state;
    char folder[64], *text = malloc(3u << 20), *at = text;

    folder_make(folder);
    at += sprintf(at, "<kml>");
    for (int i = 0; i < 200; i++)
        at += sprintf(at, "<Folder>");
    assert_int_equal(read_text(ctx, folder, "deep.kml", text).status, CASTMAP_E_LIMIT);
    assert_non_null(strstr(castmap_message(ctx), "nested more than"));
    at = text + sprintf(text, "<kml><Placemark><description>");
    memset(at, 'x', 2u << 20);
    strcpy(at + (2u << 20), "</description></Placemark></kml>");
    assert_int_equal(read_text(ctx, folder, "long.kml", text).status, CASTMAP_E_LIMIT);
    assert_non_null(strstr(castmap_message(ctx), "longer than 1 MiB"));
    at = text + sprintf(text, "<gpx><wpt lat=\"1\" lon=\"2\">");
    for (int i = 0; i < 600; i++)
        at += sprintf(at, "<c%d>x</c%d>", i, i);
    sprintf(at, "</wpt></gpx>");
    assert_int_equal(read_text(ctx, folder, "wide.gpx", text).status, CASTMAP_E_LIMIT);
    assert_non_null(strstr(castmap_message(ctx), "500 columns"));
    cm_fail_clear(ctx);
    free(text);
    folder_remove(folder);
}

/* C26, C27, C28: zips made by a few lines of Python, which may write what no honest program does. */
static void refuses_zips_that_lie(void **state)
{
    static const struct {
        const char    *id, *python, *message;
        castmap_status status;
    } BAD[] = {
        {"C26 ratio", "z.writestr('doc.kml', b' ' * (64 << 20))", "more than 100 times its size", CASTMAP_E_LIMIT},
        {"C26 entries", "[z.writestr('e%d' % i, b'') for i in range(10001)]", "more than 10,000 entries", CASTMAP_E_LIMIT},
        {"C26 workbook", "z.writestr('xl/workbook.xml', b'<x/>'); z.writestr('xl/worksheets/sheet1.xml', b' ' * (64 << 20))", "more than 100 times its size",
         CASTMAP_E_LIMIT},
        {"C26 nested", "z.writestr('inner.zip', b'PK\\x03\\x04')", "no Shapefile, KML or workbook", CASTMAP_E_INPUT},
        {"C27 climbs", "z.writestr('../../evil.kml', b'<kml/>')", "climbs out of its folder", CASTMAP_E_INPUT},
        {"C27 absolute", "z.writestr('/etc/evil.kml', b'<kml/>')", "absolute path", CASTMAP_E_INPUT},
        {"C27 twice", "z.writestr('doc.kml', b'<kml/>'); z.writestr('doc.kml', b'<kml/>')", "stands twice", CASTMAP_E_INPUT},
        {"C21 workbook", "z.writestr('xl/workbook.xml', b'<!DOCTYPE x [<!ENTITY a \\\"b\\\">]><x/>')", "document type definition", CASTMAP_E_INPUT},
        {"C28 check sum", "z.writestr('xl/workbook.xml', b'<workbook/>' * 50); z.close(); b=bytearray(open(z.filename,'rb').read()); i=b.find(b'PK\\x01\\x02'); "
                          "b[i+16]^=1; open(z.filename,'wb').write(b)", "size or check sum disagree", CASTMAP_E_INPUT},
        {"C28 size", "z.writestr('doc.kml', b'<kml/>' * 50); z.close(); b=bytearray(open(z.filename,'rb').read()); i=b.find(b'PK\\x01\\x02'); "
                     "b[i+24:i+28]=b'\\x10\\0\\0\\0'; open(z.filename,'wb').write(b)", "size or check sum disagree", CASTMAP_E_INPUT},
        {"C28 zip64", "z.writestr('doc.kml', b'<kml/>'); z.close(); b=bytearray(open(z.filename,'rb').read()); i=b.find(b'PK\\x01\\x02'); "
                      "b[i+24:i+28]=b'\\xff'*4; open(z.filename,'wb').write(b)", "zip64", CASTMAP_E_INPUT},
        {"C28 encrypted", "z.writestr('doc.kml', b'<kml/>'); z.close(); b=bytearray(open(z.filename,'rb').read()); i=b.find(b'PK\\x01\\x02'); "
                          "b[i+8]|=1; open(z.filename,'wb').write(b)", "is encrypted", CASTMAP_E_INPUT},
        {"C24 xlsx", "z.writestr('xl/workbook.xml', b'<workbook/>')", "cannot be read as XLSX", CASTMAP_E_INPUT},
    };
    castmap_context *ctx = *state;
    char folder[64], path[256], command[1024];

    folder_make(folder);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        snprintf(path, sizeof path, "%s/z%zu.zip", folder, i);
        snprintf(command, sizeof command, "python3 -W ignore -c \"import zipfile; z=zipfile.ZipFile('%s','w',zipfile.ZIP_DEFLATED); %s; z.close()\"", path,
                 BAD[i].python);
        if (system(command) != 0) {
            print_message("skipped: python3 is not here\n");
            skip();
        }
        const outcome o = read_path(ctx, path);
        if (o.status != BAD[i].status || !strstr(castmap_message(ctx), BAD[i].message))
            fail_msg("%s: status %d: %s", BAD[i].id, (int)o.status, castmap_message(ctx));
    }
    cm_fail_clear(ctx);
    folder_remove(folder);
}

/* C35, C46, and the folder of hostile files: each is refused or read, and this process is still here to say so. */
static void survives_every_hostile_file(void **state)
{
    static const char *const FOLDERS[] = {"hostile/shapefile", "messy/gpx", "messy/kml"};
    castmap_context *ctx = *state;
    char folder[64], path[512];
    size_t files = 0;

    folder_make(folder);
    assert_int_equal(read_text(ctx, folder, "a.gpkg", "SQLite format 3").status, CASTMAP_E_INPUT);
    assert_int_equal(read_text(ctx, folder, "a.zip", "PK\3\4").status, CASTMAP_E_INPUT);
    assert_int_equal(read_text(ctx, folder, "a.fgb", "fgb\3fgb\1 and nothing").status, CASTMAP_E_INPUT);
    folder_remove(folder);
    for (size_t i = 0; i < 3; i++) {
        need_shared_data(FOLDERS[i], path);
        DIR *list = opendir(path);
        assert_non_null(list);
        for (struct dirent *entry; (entry = readdir(list));) {
            char file[1024];
            const size_t n = strlen(entry->d_name);
            if (entry->d_name[0] == '.' || (i == 0 && strcmp(entry->d_name + n - 4, ".shp") != 0))
                continue;
            snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
            const outcome o = read_path(ctx, file);
            if (o.status != CASTMAP_OK && o.status != CASTMAP_E_INPUT && o.status != CASTMAP_E_LIMIT && o.status != CASTMAP_E_UNSUPPORTED)
                fail_msg("%s: %s", file, castmap_message(ctx));
            files++;
        }
        closedir(list);
    }
    assert_int_equal(files, 1 + 11 + 9);
    cm_fail_clear(ctx);
}

static void a_photo_is_one_record(void **state)
{
    const jpeg_wish wish = {.exif = true, .gps = true, .lat = {{51, 1}, {30, 1}, {0, 1}}, .lon = {{0, 1}, {7, 1}, {12, 1}}, .lat_ref = 'N', .lon_ref = 'W',
                            .taken = "2024:05:01 09:30:15"};
    const jpeg_wish bare = {0};
    castmap_context *ctx = *state;
    unsigned char jpeg[4096];
    char folder[64], path[256];

    folder_make(folder);
    folder_write(folder, "a.jpg", jpeg, jpeg_make(&wish, jpeg), path);
    outcome o = read_path(ctx, path);
    assert_int_equal(o.status, CASTMAP_OK);
    assert_int_equal(o.records, 1);
    assert_string_equal(o.code, "");
    assert_near(o.x, -0.12, 1e-12);
    assert_near(o.y, 51.5, 1e-12);
    assert_non_null(strstr(o.text, "2024-05-01 09:30:15"));
    folder_write(folder, "b.jpg", jpeg, jpeg_make(&bare, jpeg), path);
    o = read_path(ctx, path);
    assert_string_equal(o.code, "no-position");
    folder_write(folder, "c.jpg", jpeg, 40, path);
    assert_int_equal(read_path(ctx, path).status, CASTMAP_E_INPUT);
    cm_fail_clear(ctx);
    folder_remove(folder);
}

/* A caller that has enough closes the stream; the child does not outlive it, however much it still has to say. */
static void may_be_left_early(void **state)
{
    castmap_context *ctx = *state;
    const cm_stream_options options = {0};
    cm_record_stream *stream = NULL;
    cm_stream_record record;
    char folder[64], path[256], *text = malloc(8u << 20), *at = text;
    bool more;

    at += sprintf(at, "<gpx>");
    for (int i = 0; i < 100000; i++)
        at += sprintf(at, "<wpt lat=\"51.5\" lon=\"-0.12\"><name>%d</name></wpt>", i);
    at += sprintf(at, "</gpx>");
    folder_make(folder);
    folder_write(folder, "many.gpx", text, (size_t)(at - text), path);
    assert_status(cm_stream_open(ctx, path, -1, &options, &stream), CASTMAP_OK);
    assert_status(cm_stream_next(ctx, stream, &record, &more), CASTMAP_OK);
    assert_int_equal(record.row, 1);
    cm_stream_close(stream);
    assert_int_equal(read_path(ctx, path).records, 100000);
    free(text);
    folder_remove(folder);
}

/* C47: the parser dies in the middle. The caller lives, and says which file did it and after how many records. */
static void says_which_file_killed_its_parser(void **state)
{
    castmap_context *ctx = *state;
    const cm_stream_options options = {0};
    cm_record_stream *stream = NULL;
    cm_stream_record record;
    castmap_status status = CASTMAP_OK;
    char folder[64], path[256], name[64], *text = malloc(8u << 20), *at = text;
    int child = 0;
    bool more = true;
    size_t n = 0;

    at += sprintf(at, "<gpx>");
    for (int i = 0; i < 100000; i++)
        at += sprintf(at, "<wpt lat=\"51.5\" lon=\"-0.12\"><name>%d</name></wpt>", i);
    sprintf(at, "</gpx>");
    folder_make(folder);
    folder_write(folder, "deadly.gpx", text, strlen(text), path);
    free(text);
    assert_status(cm_stream_open(ctx, path, -1, &options, &stream), CASTMAP_OK);
    assert_status(cm_stream_next(ctx, stream, &record, &more), CASTMAP_OK);
    snprintf(name, sizeof name, "/proc/self/task/%d/children", (int)getpid());
    FILE *children = fopen(name, "r");
    if (!children || fscanf(children, "%d", &child) != 1) {
        print_message("skipped: this kernel does not tell a process its children\n");
        skip();
    }
    fclose(children);
    assert_int_equal(kill(child, SIGSEGV), 0);
    while (!status && more) {
        status = cm_stream_next(ctx, stream, &record, &more);
        n++;
    }
    assert_int_equal(status, CASTMAP_E_INPUT);
    assert_true(n < 100000); /* what had come already is given out first */
    assert_non_null(strstr(castmap_message(ctx), "crashed on this file (feature "));
    assert_string_equal(castmap_message_where(ctx), "deadly.gpx");
    cm_stream_close(stream);
    cm_fail_clear(ctx);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_placemarks),
        cmocka_unit_test(reads_waypoints_and_names_the_one_at_fault),
        cmocka_unit_test(refuses_documents_that_are_damaged_or_something_else),
        cmocka_unit_test(screens_definitions_and_nothing_else),
        cmocka_unit_test(names_limits),
        cmocka_unit_test(refuses_zips_that_lie),
        cmocka_unit_test(survives_every_hostile_file),
        cmocka_unit_test(a_photo_is_one_record),
        cmocka_unit_test(may_be_left_early),
        cmocka_unit_test(says_which_file_killed_its_parser),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
