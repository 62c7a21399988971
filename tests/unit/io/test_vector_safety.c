/* Tests of io/worker and io/gdal_vector against inputs that mean harm: crashes, hangs, lies, links to other files. */
#include "base/fail.h"
#include "io/gdal_vector.h"
#include "io/json_screen.h"
#include "io/worker.h"
#include "io/zip_entries.h"
#include "support/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITISED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITISED 1
#endif
#endif
#ifndef SANITISED
#define SANITISED 0
#endif

static castmap_status count_frames(castmap_context *ctx, uint32_t kind, const unsigned char *bytes, size_t length, void *payload)
{
    (void)ctx;
    (void)kind;
    (void)bytes;
    (void)length;
    ++*(size_t *)payload;
    return CASTMAP_OK;
}

static castmap_status run_body(castmap_context *ctx, cm_worker_body *body, void *job, size_t *frames)
{
    cm_worker_limits limits = CM_WORKER_LIMITS_INIT;

    cm_fail_clear(ctx);
    *frames = 0;
    limits.wall_s = 2;
    limits.memory_bytes = (uint64_t)256 << 20;
    limits.frame_bytes = 1 << 20;
    limits.result_bytes = 4 << 20;
    return cm_worker_run(ctx, "input.geojson", &limits, NULL, 0, body, job, count_frames, frames);
}

static int sends_three(cm_worker_pipe *pipe, void *job)
{
    (void)job;
    for (int i = 0; i < 3; i++)
        if (cm_worker_send(pipe, CM_WORKER_ITEM, "abc", 3) != 0)
            return -1;
    return 0;
}

/* As Ctrl-C does it, and timeout(1), which both mean the whole group. */
static int is_interrupted(cm_worker_pipe *pipe, void *job)
{
    static const int SIGNALS[] = {SIGINT, SIGTERM, SIGHUP};

    for (size_t i = 0; i < sizeof SIGNALS / sizeof *SIGNALS; i++)
        raise(SIGNALS[i]);
    return sends_three(pipe, job);
}

static int crashes_after_two(cm_worker_pipe *pipe, void *job)
{
    (void)job;
    (void)cm_worker_send(pipe, CM_WORKER_ITEM, "abc", 3);
    (void)cm_worker_send(pipe, CM_WORKER_ITEM, "abc", 3);
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
    return 0;
}

static int hangs(cm_worker_pipe *pipe, void *job)
{
    (void)pipe;
    (void)job;
    while (pause() < 0)
        continue;
    return 0;
}

static int floods(cm_worker_pipe *pipe, void *job)
{
    static const char block[65536];

    (void)job;
    while (cm_worker_send(pipe, CM_WORKER_ITEM, block, sizeof block) == 0)
        continue;
    return -1;
}

static int lies_about_a_length(cm_worker_pipe *pipe, void *job)
{
    const uint32_t head[2] = {CM_WORKER_ITEM, 0xfffffff0u};
    const int fd = *(int *)pipe; /* its first member: a child that has been taken over can do this too */

    (void)job;
    return write(fd, head, sizeof head) == sizeof head ? 0 : -1;
}

static int ends_twice(cm_worker_pipe *pipe, void *job)
{
    (void)job;
    (void)cm_worker_send(pipe, CM_WORKER_END, NULL, 0);
    return 0;
}

static int complains(cm_worker_pipe *pipe, void *job)
{
    (void)job;
    return cm_worker_fail(pipe, CASTMAP_E_INPUT, "try \033[31magain", "bad \033]52;c;x\a text");
}

/* Takes memory until there is none, and uses it; what a parser does then: it aborts. */
static int takes_all_memory(cm_worker_pipe *pipe, void *job)
{
    (void)pipe;
    (void)job;
    for (;;) {
        char *block = malloc((size_t)8 << 20);
        if (!block)
            abort();
        memset(block, 1, (size_t)8 << 20);
        __asm__ volatile("" : : "r"(block) : "memory"); /* the compiler must not see that nobody reads it */
    }
}

/* An error whose text has no end, and one of no known status. */
static int sends_an_endless_error(cm_worker_pipe *pipe, void *job)
{
    (void)job;
    return cm_worker_send(pipe, CM_WORKER_ERROR, "\1\0\0\0no end", 10) == 0 ? 0 : -1;
}

static int sends_an_unknown_error(cm_worker_pipe *pipe, void *job)
{
    (void)job;
    return cm_worker_send(pipe, CM_WORKER_ERROR, "\xff\xff\xff\x7f" "a\0b\0", 8) == 0 ? 0 : -1;
}

static int sends_an_unknown_kind(cm_worker_pipe *pipe, void *job)
{
    (void)job;
    return cm_worker_send(pipe, 7, "abc", 3);
}

/* C47 to C50: the bodies here stand for a parser that an input has taken over. Each must end with its own status, which is the command's exit code too. */
static void contains_crashes_hangs_and_lies(void **state)
{
    castmap_context *ctx = *state;
    size_t frames;

    assert_status(run_body(ctx, sends_three, NULL, &frames), CASTMAP_OK);
    assert_int_equal(frames, 3);
    /* C47 */
    assert_status(run_body(ctx, crashes_after_two, NULL, &frames), CASTMAP_E_INPUT);
    assert_non_null(strstr(castmap_message(ctx), "crashed on this file (feature 3)"));
    assert_string_equal(castmap_message_where(ctx), "input.geojson");
    /* C48 */
    assert_status(run_body(ctx, hangs, NULL, &frames), CASTMAP_E_LIMIT);
    assert_non_null(strstr(castmap_message(ctx), "did not finish within 2 s"));
    assert_string_equal(castmap_message_where(ctx), "input.geojson");
    /* C49; sanitizers reserve more than any limit, so there the parser is not limited. */
    if (!SANITISED) {
        assert_status(run_body(ctx, takes_all_memory, NULL, &frames), CASTMAP_E_LIMIT);
        assert_non_null(strstr(castmap_message(ctx), "needed more than 256 MB of memory"));
        assert_string_equal(castmap_message_where(ctx), "input.geojson");
    }
    assert_status(run_body(ctx, floods, NULL, &frames), CASTMAP_E_LIMIT);
    assert_int_equal(castmap_status_exit_code(CASTMAP_E_LIMIT), 4);
    /* C50 */
    cm_worker_body *const LIARS[] = {lies_about_a_length, ends_twice, sends_an_endless_error, sends_an_unknown_error, sends_an_unknown_kind};
    for (size_t i = 0; i < sizeof LIARS / sizeof *LIARS; i++) {
        assert_status(run_body(ctx, LIARS[i], NULL, &frames), CASTMAP_E_INTERNAL);
        assert_non_null(strstr(castmap_message(ctx), "malformed message"));
        assert_string_equal(castmap_message_where(ctx), "input.geojson");
    }
    assert_int_equal(castmap_status_exit_code(CASTMAP_E_INTERNAL), 1);
    assert_status(run_body(ctx, complains, NULL, &frames), CASTMAP_E_INPUT);
    assert_null(strchr(castmap_message(ctx), '\033'));
    assert_null(strchr(castmap_message_hint(ctx), '\033'));
    cm_fail_clear(ctx);
}

/* Tells by the status it sends what it could still do. */
static int tries_the_door(cm_worker_pipe *pipe, void *job)
{
    const char *target = job;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd >= 0)
        return cm_worker_fail(pipe, CASTMAP_E_DATA, "", "a socket was opened");
    if (open(target, O_WRONLY | O_CREAT, 0600) >= 0)
        return cm_worker_fail(pipe, CASTMAP_E_DATA, "", "a file was opened for writing");
    execl("/bin/true", "true", (char *)NULL);
    if (errno != EPERM && errno != EACCES)
        return cm_worker_fail(pipe, CASTMAP_E_DATA, "", "exec failed for another reason");
    if (getenv("CASTMAP_TEST_SECRET"))
        return cm_worker_fail(pipe, CASTMAP_E_DATA, "", "the environment came along");
    for (fd = 3; fd < 64; fd++)
        if (fcntl(fd, F_GETFD) >= 0 && fd != *(int *)pipe)
            return cm_worker_fail(pipe, CASTMAP_E_DATA, "", "descriptor %d is open", fd);
    return 0;
}

static void leaves_the_end_to_the_parent_when_the_group_is_interrupted(void **state)
{
    size_t frames;

    assert_int_equal(run_body(*state, is_interrupted, NULL, &frames), CASTMAP_OK);
    assert_int_equal(frames, 3);
}

static void leaves_the_child_no_rights(void **state)
{
    castmap_context *ctx = *state;
    char folder[64], target[256];
    size_t frames;

    folder_make(folder);
    snprintf(target, sizeof target, "%s/new", folder);
    setenv("CASTMAP_TEST_SECRET", "1", 1);
    int open_one = open("/dev/null", O_RDONLY);
    assert_status(run_body(ctx, tries_the_door, target, &frames), CASTMAP_OK);
    assert_int_equal(access(target, F_OK), -1);
    close(open_one);
    unsetenv("CASTMAP_TEST_SECRET");
    folder_remove(folder);
}

static castmap_status read_text(castmap_context *ctx, const char *folder, const char *name, const void *bytes, size_t length)
{
    const cm_vector_options options = {0};
    cm_vector_layer layer = CM_VECTOR_LAYER_INIT;
    char path[256];
    castmap_status status;

    cm_fail_clear(ctx);
    folder_write(folder, name, bytes, length, path);
    status = cm_vector_read(ctx, path, &options, &layer);
    cm_vector_layer_clear(&layer);
    return status;
}

static void never_opens_a_file_that_the_input_names(void **state)
{
    castmap_context *ctx = *state;
    char folder[64], secret[256], text[1024];
    struct pollfd ready;

    folder_make(folder);
    folder_write(folder, "secret.geojson", "{\"type\":\"FeatureCollection\",\"features\":[]}", 41, secret);
    ready.fd = inotify_init1(IN_CLOEXEC);
    ready.events = POLLIN;
    assert_true(inotify_add_watch(ready.fd, secret, IN_OPEN | IN_ACCESS) >= 0);
    snprintf(text, sizeof text, "<OGRVRTDataSource><OGRVRTLayer name=\"secret\"><SrcDataSource>%s</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
             secret);
    assert_status(read_text(ctx, folder, "evil.geojson", text, strlen(text)), CASTMAP_E_INPUT);
    assert_status(read_text(ctx, folder, "evil.gpkg", text, strlen(text)), CASTMAP_E_INPUT);
    snprintf(text, sizeof text, "{\"type\":\"FeatureCollection\",\"features\":[],\"link\":\"%s\"}", secret);
    (void)!read_text(ctx, folder, "link.geojson", text, strlen(text));
    assert_int_equal(poll(&ready, 1, 50), 0);
    close(ready.fd);
    cm_fail_clear(ctx);
    folder_remove(folder);
}

static void refuses_names_that_are_no_files(void **state)
{
    castmap_context *ctx = *state;
    static const char *const NAMES[] = {"http://127.0.0.1/x.geojson", "GeoJSON:http://127.0.0.1/x", "/vsicurl/http://127.0.0.1/x", "/vsizip/x.zip",
                                        "/vsimem/x", "/vsistdin/", "{\"type\":\"Point\"}", "<xml/>", "PG:dbname=x", "MEM:::DATAPOINTER=1"};
    const cm_vector_options options = {0};
    cm_vector_layer layer = CM_VECTOR_LAYER_INIT;

    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        cm_fail_clear(ctx);
        assert_status(cm_vector_read(ctx, NAMES[i], &options, &layer), CASTMAP_E_ARGUMENT);
    }
    cm_fail_clear(ctx);
    assert_status(cm_vector_read(ctx, "/tmp", &options, &layer), CASTMAP_E_IO);
    cm_fail_clear(ctx);
}

/* Make a GeoPackage-like file with the sqlite3 program; its application id says GPKG. */
static void make_package(const char *path, const char *sql)
{
    char command[2048];

    snprintf(command, sizeof command,
             "sqlite3 %s \"PRAGMA application_id = 1196444487; CREATE TABLE gpkg_contents(table_name TEXT, data_type TEXT, identifier TEXT);\" && "
             "sqlite3 %s <<'END'\n%s\nEND\n",
             path, path, sql);
    if (system(command) != 0)
        fail_msg("cannot make %s", path);
}

static void refuses_geopackages_that_run_something(void **state)
{
    castmap_context *ctx = *state;
    static const struct {
        const char *sql, *why;
    } CASES[] = {
        {"PRAGMA writable_schema=ON; INSERT INTO sqlite_master VALUES('table','secrets','secrets',0,'CREATE VIRTUAL TABLE secrets USING "
         "VirtualText(\"/etc/passwd\", UTF-8, 0, POINT, NONE, \":\")');",
         "runs the module virtualtext"},
        {"PRAGMA writable_schema=ON; INSERT INTO sqlite_master VALUES('table','rtree_a using rtree(b','x',0,'CREATE VIRTUAL TABLE \"rtree_a using "
         "rtree(b\" USING VirtualText(1)');",
         ""}, /* SQLite calls the schema malformed before we see it; either refusal will do */
        {"PRAGMA writable_schema=ON; INSERT INTO sqlite_master VALUES('table','rtree_a','rtree_a',0,'CREATE VIRTUAL TABLE rtree_a /* using rtree( */ USING "
         "VirtualText(1)');",
         "hides its module"},
        {"CREATE VIEW v AS SELECT load_extension('x');", "view \"v\""},
        {"CREATE TRIGGER t AFTER INSERT ON gpkg_contents BEGIN SELECT 1; END;", "trigger \"t\""},
        {"CREATE TABLE g(a, b AS (abs(a)));", "computed column"},
        {"CREATE TABLE g(a); CREATE INDEX i ON g(abs(a));", "made of an expression"},
    };
    const cm_vector_options options = {0};
    cm_vector_layer layer = CM_VECTOR_LAYER_INIT;
    char folder[64], path[256];

    folder_make(folder);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        snprintf(path, sizeof path, "%s/evil%zu.gpkg", folder, i);
        make_package(path, CASES[i].sql);
        cm_fail_clear(ctx);
        assert_status(cm_vector_read(ctx, path, &options, &layer), CASTMAP_E_INPUT);
        if (!strstr(castmap_message(ctx), CASES[i].why))
            fail_msg("case %zu: %s", i, castmap_message(ctx));
    }
    cm_fail_clear(ctx);
    folder_remove(folder);
}

static void reads_a_real_geopackage_and_zipped_shapefile(void **state)
{
    castmap_context *ctx = *state;
    const cm_vector_options options = {0};
    cm_vector_layer layer = CM_VECTOR_LAYER_INIT;
    char source[512], folder[64], command[2048], path[256];

    need_shared_data("boundaries/bristol_wards_2013.geojson", source);
    folder_make(folder);
    snprintf(command, sizeof command,
             "ogr2ogr -f GPKG %s/w.gpkg %s 2>&1 && ogr2ogr -t_srs EPSG:27700 %s/w.shp %s 2>&1 && cd %s && python3 -m zipfile -c w.zip w.shp w.shx w.dbf "
             "w.prj && head -c 5000 w.gpkg > cut.gpkg && cp w.shp lone.shp && head -c 3000 w.zip > cut.zip",
             folder, source, folder, source, folder);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/w.gpkg", folder);
    assert_status(cm_vector_read(ctx, path, &options, &layer), CASTMAP_OK);
    assert_string_equal(layer.format, "GeoPackage");
    assert_string_equal(layer.crs, "EPSG:4326");
    assert_int_equal(layer.count, 35);
    snprintf(path, sizeof path, "%s/w.shp", folder);
    assert_status(cm_vector_read(ctx, path, &options, &layer), CASTMAP_OK);
    assert_string_equal(layer.crs, "EPSG:27700");
    assert_int_equal(layer.count, 35);
    snprintf(path, sizeof path, "%s/w.zip", folder);
    assert_status(cm_vector_read(ctx, path, &options, &layer), CASTMAP_OK);
    assert_string_equal(layer.format, "Shapefile in a zip");
    assert_string_equal(layer.crs, "EPSG:27700");
    assert_int_equal(layer.count, 35);
    cm_vector_layer_clear(&layer);
    static const char *const BAD[] = {"cut.gpkg", "lone.shp", "cut.zip"};
    for (int i = 0; i < 3; i++) {
        cm_fail_clear(ctx);
        snprintf(path, sizeof path, "%s/%s", folder, BAD[i]);
        assert_status(cm_vector_read(ctx, path, &options, &layer), CASTMAP_E_INPUT);
    }
    cm_fail_clear(ctx);
    folder_remove(folder);
}

static void refuses_zips_that_lie(void **state)
{
    castmap_context *ctx = *state;
    static const struct {
        const char *python, *why;
        castmap_status status;
    } CASES[] = {
        {"z.writestr('../evil.shp','x')", "climbs out", CASTMAP_E_INPUT},
        {"z.writestr('/etc/evil.shp','x')", "absolute", CASTMAP_E_INPUT},
        {"z.writestr('C:evil.shp','x')", "absolute", CASTMAP_E_INPUT},
        {"z.writestr('a.shp','x'); z.writestr('A.shp','y')", "stands twice", CASTMAP_E_INPUT},
        {"i=zipfile.ZipInfo('a.shp'); i.create_system=3; i.external_attr=0o120777<<16; z.writestr(i,'/etc/passwd')", "symbolic link", CASTMAP_E_INPUT},
        {"z.writestr('a.shp',b'0'*90000000)", "100 times", CASTMAP_E_LIMIT},
        {"[z.writestr(str(n),'') for n in range(10001)]", "10,000", CASTMAP_E_LIMIT},
        {"z.writestr('readme.txt','x')", "no Shapefile", CASTMAP_E_INPUT},
        {"z.writestr('a.shp','x'); z.writestr('b.shp','x')", "2 Shapefiles", CASTMAP_E_INPUT},
    };
    const cm_vector_options options = {0};
    cm_vector_layer layer = CM_VECTOR_LAYER_INIT;
    char folder[64], path[256], command[1024];

    folder_make(folder);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        snprintf(path, sizeof path, "%s/z%zu.zip", folder, i);
        snprintf(command, sizeof command, "python3 -c \"import zipfile; z=zipfile.ZipFile('%s','w',zipfile.ZIP_DEFLATED); %s; z.close()\"", path,
                 CASES[i].python);
        assert_int_equal(system(command), 0);
        cm_fail_clear(ctx);
        assert_status(cm_vector_read(ctx, path, &options, &layer), CASES[i].status);
        if (!strstr(castmap_message(ctx), CASES[i].why))
            fail_msg("case %zu: %s", i, castmap_message(ctx));
    }
    cm_fail_clear(ctx);
    folder_remove(folder);
}

static void checks_json_to_the_letter(void **state)
{
    char folder[512];
    DIR *list;
    struct dirent *entry;
    size_t yes = 0, no = 0;

    (void)state;
    need_shared_data("hostile/json", folder);
    list = opendir(folder);
    assert_non_null(list);
    while ((entry = readdir(list))) {
        char path[1024];
        cm_json_screen screen;
        static char text[300000];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        const size_t n = fread(text, 1, sizeof text, file);
        fclose(file);
        cm_json_check(text, n, 128, &screen);
        /* A key that stands twice is allowed by the grammar; we refuse it, and say so. */
        if (entry->d_name[0] == 'y' && !strstr(entry->d_name, "duplicated_key")) {
            yes++;
            if (!screen.good)
                fail_msg("%s refused: %s", entry->d_name, screen.fault);
        }
        if (entry->d_name[0] == 'n') {
            no++;
            if (screen.good)
                fail_msg("%s accepted", entry->d_name);
        }
    }
    closedir(list);
    print_message("%zu accepted, %zu refused\n", yes, no);
    assert_true(yes > 20 && no > 50);
}

/* GDAL fetches what a "crs" of the type "link" points to, from any object, in any case, however the letters are escaped. */
static void sees_coordinate_systems_that_are_links(void **state)
{
    static const struct {
        const char *text;
        bool        linked;
        const char *name; /* of the top-level one */
    } CASES[] = {
        {"{\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:4326\"}}}", false, "EPSG:4326"},
        {"{\"crs\":{\"properties\":{\"name\":\"urn:x\"},\"type\":\"name\"}}", false, "urn:x"},
        {"{\"crs\":null}", false, NULL},
        {"{\"crs\":{\"type\":\"link\",\"properties\":{\"href\":\"http://127.0.0.1:9/\"}}}", true, NULL},
        {"{\"a\":[{\"CRS\":{\"properties\":{},\"Type\":\"Link\"}}]}", true, NULL},
        {"{\"c\\u0072s\":{\"typ\\u0065\":\"l\\u0069nk\"}}", true, NULL},
        {"{\"crs\":{\"type\":7}}", true, NULL},
        {"{\"a\":{\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"x\"}}},\"type\":\"link\"}", false, NULL},
        {"{\"crs\":{\"type\":\"name\"},\"b\":{\"type\":\"link\"},\"crs2\":{\"type\":\"link\"}}", false, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        cm_json_screen screen;
        cm_json_check(CASES[i].text, strlen(CASES[i].text), 128, &screen);
        const bool same_name = CASES[i].name ? screen.crs && screen.crs_length == strlen(CASES[i].name) &&
                                                   memcmp(screen.crs, CASES[i].name, screen.crs_length) == 0
                                             : !screen.crs;
        if (!screen.good || screen.linked != CASES[i].linked || !same_name)
            fail_msg("case %zu: good %d, linked %d, name %s", i, screen.good, screen.linked, same_name ? "right" : "wrong");
    }
}

static void survives_every_hostile_file(void **state)
{
    castmap_context *ctx = *state;
    static const char *const FOLDERS[] = {"hostile/geojson", "hostile/shapefile", "hostile/csv", "messy/kml"};
    const cm_vector_options options = {0};

    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++) {
        char folder[512], path[1024];
        struct dirent *entry;
        need_shared_data(FOLDERS[i], folder);
        DIR *list = opendir(folder);
        assert_non_null(list);
        while ((entry = readdir(list))) {
            cm_vector_layer layer = CM_VECTOR_LAYER_INIT;
            if (entry->d_name[0] == '.')
                continue;
            snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
            cm_fail_clear(ctx);
            const castmap_status status = cm_vector_read(ctx, path, &options, &layer);
            assert_true(status == CASTMAP_OK || status == CASTMAP_E_INPUT);
            if (strstr(castmap_message(ctx), "crashed"))
                fail_msg("%s: %s", entry->d_name, castmap_message(ctx));
            for (size_t f = 0; f < layer.count; f++)
                assert_true(!layer.feature[f].wkb != !layer.feature[f].problem);
            cm_vector_layer_clear(&layer);
        }
        closedir(list);
    }
    cm_fail_clear(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contains_crashes_hangs_and_lies),
        cmocka_unit_test(leaves_the_end_to_the_parent_when_the_group_is_interrupted),
        cmocka_unit_test(leaves_the_child_no_rights),
        cmocka_unit_test(never_opens_a_file_that_the_input_names),
        cmocka_unit_test(refuses_names_that_are_no_files),
        cmocka_unit_test(refuses_geopackages_that_run_something),
        cmocka_unit_test(reads_a_real_geopackage_and_zipped_shapefile),
        cmocka_unit_test(refuses_zips_that_lie),
        cmocka_unit_test(checks_json_to_the_letter),
        cmocka_unit_test(sees_coordinate_systems_that_are_links),
        cmocka_unit_test(survives_every_hostile_file),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
