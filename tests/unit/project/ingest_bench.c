#include "ingest_bench.h"

#include "castmap/project.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOV_24_2026 INT64_C(1795478400)

int ingest_bench_setup(void **state)
{
    ingest_bench *bench = calloc(1, sizeof *bench);
    castmap_project_options options = CASTMAP_PROJECT_OPTIONS_INIT;
    castmap_project *project = NULL;

    if (!bench)
        return -1;
    bench->ctx = castmap_context_new();
    folder_make(bench->folder);
    snprintf(bench->blank, sizeof bench->blank, "%s/blank.castmap.sqlite", bench->folder);
    options.title = "Test";
    options.time_zone = "Europe/London";
    options.crs = "EPSG:27700";
    if (castmap_project_create(bench->ctx, bench->blank, &options, &project) != CASTMAP_OK) {
        print_error("%s\n", castmap_message(bench->ctx));
        return -1;
    }
    castmap_project_close(project);
    *state = bench;
    return 0;
}

int ingest_bench_teardown(void **state)
{
    ingest_bench *bench = *state;

    folder_remove(bench->folder);
    castmap_context_free(bench->ctx);
    free(bench);
    return 0;
}

static int copy_file(const char *from, const char *to)
{
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    char block[65536];
    size_t n;

    if (!in || !out)
        return -1;
    while ((n = fread(block, 1, sizeof block, in)) > 0)
        if (fwrite(block, 1, n, out) != n)
            return -1;
    fclose(in);
    return fclose(out);
}

int ingest_case_begin(void **state)
{
    ingest_bench *bench = *state;
    char path[160];

    snprintf(path, sizeof path, "%s/case.castmap.sqlite", bench->folder);
    bench->options = (castmap_import_options)CASTMAP_IMPORT_OPTIONS_INIT;
    bench->options.today_s = NOV_24_2026;
    if (copy_file(bench->blank, path) != 0 || chmod(path, 0600) != 0 ||
        castmap_project_open(bench->ctx, path, CASTMAP_WRITE, &bench->project) != CASTMAP_OK) {
        print_error("%s\n", castmap_message(bench->ctx));
        return -1;
    }
    return 0;
}

int ingest_case_end(void **state)
{
    ingest_bench *bench = *state;

    castmap_import_summary_clear(&bench->summary);
    castmap_project_close(bench->project);
    bench->project = NULL;
    return 0;
}

void ingest_path(ingest_bench *bench, const char *path)
{
    castmap_import_summary_clear(&bench->summary);
    bench->options.path = path;
    bench->status = castmap_import(bench->ctx, bench->project, &bench->options, NULL, NULL, &bench->summary);
    if (bench->status == CASTMAP_OK) {
        const castmap_import_summary *s = &bench->summary;
        size_t reasons = 0;
        for (size_t i = 0; i < s->n_reasons; i++)
            reasons += s->reasons[i].count;
        assert_int_equal(s->read, s->accepted + s->duplicate + s->quarantined);
        assert_int_equal(reasons, s->quarantined);
    }
}

void ingest_bytes(ingest_bench *bench, const char *name, const char *bytes, size_t length)
{
    char path[256];

    folder_write(bench->folder, name, bytes, length, path);
    ingest_path(bench, path);
}

void ingest_text(ingest_bench *bench, const char *text)
{
    ingest_bytes(bench, "case.csv", text, strlen(text));
}

static void show(const ingest_bench *bench)
{
    const castmap_import_summary *s = &bench->summary;

    print_error("%s: %s | %s | %s\n", castmap_status_name(bench->status), castmap_message(bench->ctx),
                castmap_message_where(bench->ctx), castmap_message_hint(bench->ctx));
    print_error("read %zu accepted %zu duplicate %zu quarantined %zu\n", s->read, s->accepted, s->duplicate, s->quarantined);
    for (size_t i = 0; i < s->n_reasons; i++)
        print_error("  reason %s %zu\n", s->reasons[i].code, s->reasons[i].count);
    for (size_t i = 0; i < s->n_notes; i++)
        print_error("  note %s %zu\n", s->notes[i].code, s->notes[i].count);
}

void expect_counts(const ingest_bench *bench, size_t read, size_t accepted, size_t duplicate, size_t quarantined)
{
    const castmap_import_summary *s = &bench->summary;

    if (bench->status != CASTMAP_OK || s->read != read || s->accepted != accepted || s->duplicate != duplicate ||
        s->quarantined != quarantined) {
        show(bench);
        fail_msg("expected read %zu accepted %zu duplicate %zu quarantined %zu", read, accepted, duplicate, quarantined);
    }
}

void expect_quarantined(const ingest_bench *bench, const char *code, size_t accepted)
{
    expect_counts(bench, accepted + 1, accepted, 0, 1);
    if (strcmp(bench->summary.reasons[0].code, code) != 0)
        fail_msg("refused for %s (%s), expected %s", bench->summary.reasons[0].code, bench->summary.reasons[0].reason, code);
}

void expect_refused(ingest_bench *bench, castmap_status status, const char *message, const char *where)
{
    snprintf(bench->hint, sizeof bench->hint, "%s", castmap_message_hint(bench->ctx));
    if (bench->status != status || !strstr(castmap_message(bench->ctx), message) ||
        !strstr(castmap_message_where(bench->ctx), where)) {
        show(bench);
        fail_msg("expected %s: ...%s... at %s", castmap_status_name(status), message, where);
    }
    /* Nothing may be left of it. */
    castmap_project_info info;
    if (castmap_project_describe(bench->ctx, bench->project, &info) != CASTMAP_OK)
        fail_msg("the project does not open after a refusal");
    assert_int_equal(info.observations, 0);
    assert_int_equal(info.quarantined, 0);
    assert_int_equal(info.n_batches, 0);
    castmap_project_info_clear(&info);
}

void expect_note(const ingest_bench *bench, const char *code, size_t count)
{
    size_t found = 0;

    for (size_t i = 0; i < bench->summary.n_notes; i++)
        if (strcmp(bench->summary.notes[i].code, code) == 0)
            found = bench->summary.notes[i].count;
    if (found != count) {
        show(bench);
        fail_msg("note %s has %zu, expected %zu", code, found, count);
    }
}
