/*
 * Memory of an import does not grow with the text: the same records in every form that could tempt a reader to hold them whole, each imported by a
 * process of its own, whose peak the kernel tells. Usage: test_import_memory [rows]; a million rows without. What sorting and the page cache take is
 * alike in all forms, so each is held against CSV, which is read by lines.
 */
#include "castmap/import.h"
#include "castmap/project.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#define MORE_THAN_CSV 32e6 /* bytes; the GeoJSON of a million rows has 163e6 */

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            exit(1); \
        } \
    } while (0)

typedef enum form { CSV, GEOJSON, LINES, STANDARD_INPUT, ZIPPED_CSV, ZIPPED_GEOJSON, FORMS } form;
static const char *const NAMES[FORMS] = {"CSV", "GeoJSON", "newline-delimited GeoJSON", "CSV through a pipe", "CSV in a zip", "GeoJSON in a zip"};
static const char *const FILES[FORMS] = {"o.csv", "o.geojson", "o.geojsonl", "o.csv", "csv.zip", "geojson.zip"};

static int row_text(form as, size_t i, char out[256])
{
    /* Over a town of 20 km, no two on one place, and no two at one time. */
    const double lon = -0.1 - (double)(i * 7919 % 100003) * 3e-6, lat = 51.4 + (double)(i * 104729 % 99991) * 2e-6;
    const unsigned day = (unsigned)(i % 28) + 1, month = (unsigned)(i / 28 % 12) + 1, second = (unsigned)(i * 37 % 86400);
    char when[32];

    snprintf(when, sizeof when, "2024-%02u-%02uT%02u:%02u:%02uZ", month, day, second / 3600, second / 60 % 60, second % 60);
    if (as == CSV || as == STANDARD_INPUT || as == ZIPPED_CSV)
        return snprintf(out, 256, "%zu,%.6f,%.6f,%s,visitors\n", i + 1, lat, lon, when);
    return snprintf(out, 256, "{\"type\":\"Feature\",\"properties\":{\"id\":%zu,\"time\":\"%s\",\"category\":\"visitors\"},"
                    "\"geometry\":{\"type\":\"Point\",\"coordinates\":[%.6f,%.6f]}}\n", i + 1, when, lon, lat);
}

static void write_records(const char *path, form as, size_t n)
{
    FILE *file = fopen(path, "wb");
    char line[256];

    CHECK(file != NULL);
    if (as == CSV)
        fputs("id,latitude,longitude,time,category\n", file);
    if (as == GEOJSON)
        fputs("{\"type\":\"FeatureCollection\",\"features\":[\n", file);
    for (size_t i = 0; i < n; i++) {
        if (as == GEOJSON && i > 0)
            fputc(',', file);
        fwrite(line, (size_t)row_text(as, i, line), 1, file);
    }
    if (as == GEOJSON)
        fputs("]}\n", file);
    CHECK(fclose(file) == 0);
}

static void put(unsigned char *to, size_t bytes, unsigned long value)
{
    for (size_t i = 0; i < bytes; i++, value >>= 8)
        to[i] = (unsigned char)value;
}

/* The smallest zip of one deflated member. */
static void write_zip(const char *path, const char *member, const char *name)
{
    unsigned char head[30] = "PK\3\4", entry[46] = "PK\1\2", end[22] = "PK\5\6", in[65536], out[65536];
    FILE *from = fopen(member, "rb"), *to = fopen(path, "wb");
    z_stream stream = {0};
    unsigned long crc = crc32(0, NULL, 0);
    int flush;

    CHECK(from && to && deflateInit2(&stream, 1, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    fwrite(head, sizeof head, 1, to);
    fputs(name, to);
    do {
        stream.avail_in = (uInt)fread(in, 1, sizeof in, from);
        stream.next_in = in;
        crc = crc32(crc, in, stream.avail_in);
        flush = feof(from) ? Z_FINISH : Z_NO_FLUSH;
        do {
            stream.next_out = out;
            stream.avail_out = sizeof out;
            CHECK(deflate(&stream, flush) != Z_STREAM_ERROR);
            fwrite(out, sizeof out - stream.avail_out, 1, to);
        } while (stream.avail_out == 0);
    } while (flush != Z_FINISH);
    put(head + 4, 2, 20);
    put(head + 8, 2, 8);
    put(head + 14, 4, crc);
    put(head + 18, 4, stream.total_out);
    put(head + 22, 4, stream.total_in);
    put(head + 26, 2, strlen(name));
    put(entry + 4, 2, 20);
    memcpy(entry + 6, head + 4, 26);
    fwrite(entry, sizeof entry, 1, to);
    fputs(name, to);
    put(end + 8, 2, 1);
    put(end + 10, 2, 1);
    put(end + 12, 4, sizeof entry + strlen(name));
    put(end + 16, 4, sizeof head + strlen(name) + stream.total_out);
    fwrite(end, sizeof end, 1, to);
    rewind(to);
    fwrite(head, sizeof head, 1, to);
    deflateEnd(&stream);
    CHECK(fclose(from) == 0 && fclose(to) == 0);
}

static int import_once(const char *path, size_t n)
{
    castmap_context *ctx = castmap_context_new();
    castmap_project_options options = CASTMAP_PROJECT_OPTIONS_INIT;
    castmap_import_options reading = CASTMAP_IMPORT_OPTIONS_INIT;
    castmap_import_summary summary = CASTMAP_IMPORT_SUMMARY_INIT;
    castmap_project *project = NULL;

    options.overwrite = true;
    reading.path = path;
    castmap_status status = castmap_project_create(ctx, "town" CASTMAP_PROJECT_SUFFIX, &options, &project);
    if (!status)
        status = castmap_import(ctx, project, &reading, NULL, NULL, &summary);
    if (status || summary.read != n || summary.accepted != n)
        fprintf(stderr, "%s (%s): %zu read, %zu accepted\n", castmap_message(ctx), castmap_message_where(ctx), summary.read, summary.accepted);
    const int failed = status || summary.accepted != n;
    castmap_project_close(project);
    return failed;
}

/* Through a pipe, as from another program. */
static void feed(const char *path)
{
    int ends[2];
    char block[65536];
    size_t got;

    CHECK(pipe(ends) == 0);
    if (fork() == 0) {
        FILE *file = fopen(path, "rb");
        close(ends[0]);
        while (file && (got = fread(block, 1, sizeof block, file)) > 0)
            if (write(ends[1], block, got) < 0)
                _exit(1);
        _exit(0);
    }
    CHECK(dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
    close(ends[0]);
    close(ends[1]);
}

/* Peak of one import and of the processes that parsed for it, bytes. */
static double peak(form as, size_t n)
{
    struct rusage usage;
    int state;

    fflush(NULL);
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        if (as == STANDARD_INPUT)
            feed(FILES[as]);
        _exit(import_once(as == STANDARD_INPUT ? "-" : FILES[as], n));
    }
    CHECK(wait4(child, &state, 0, &usage) == child && WIFEXITED(state) && WEXITSTATUS(state) == 0);
    return (double)usage.ru_maxrss * 1024.0;
}

static void measure(size_t n, double out[FORMS])
{
    for (form as = CSV; as <= LINES; as++)
        write_records(FILES[as], as, n);
    write_zip(FILES[ZIPPED_CSV], FILES[CSV], "o.csv");
    write_zip(FILES[ZIPPED_GEOJSON], FILES[GEOJSON], "o.geojson");
    for (form as = CSV; as < FORMS; as++) {
        struct stat info;
        CHECK(stat(FILES[as], &info) == 0);
        out[as] = peak(as, n);
        printf("%-26s %9zu rows, %8.1f MB: peak %6.1f MB\n", NAMES[as], n, (double)info.st_size / 1e6, out[as] / 1e6);
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/castmap-memory-XXXXXX";
    double bytes[FORMS];
    int failed = 0;

    CHECK(mkdtemp(folder) != NULL && chdir(folder) == 0);
    measure(argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000, bytes);
    for (form as = CSV; as < FORMS; as++) {
        failed += bytes[as] - bytes[CSV] > MORE_THAN_CSV;
        unlink(FILES[as]);
    }
    unlink("town" CASTMAP_PROJECT_SUFFIX);
    unlink("town" CASTMAP_PROJECT_SUFFIX "-journal");
    CHECK(chdir("/") == 0 && rmdir(folder) == 0);
    return failed != 0;
}
