/*
 * runs/places.c - postcodes and gazetteers into the project.
 *
 *   1. read      file by file; a zip entry by entry; each told by its first row
 *   2. project   eastings and northings to degrees, all at once
 *   3. sort      cm_place_collect_finish
 *   4. store     one run: the table, packed
 */
#include "castmap/places.h"

#include "base/digest.h"
#include "base/fail.h"
#include "base/files.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "io/input_parts.h"
#include "io/zip_entries.h"
#include "project/project_file.h"
#include "project/run_table.h"
#include "runs/place_formats.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROWS_BETWEEN_CHECKS 16384
#define ZIP_LIMIT ((uint64_t)1 << 30)
#define DEFAULT_CRS "EPSG:27700"

typedef struct adding {
    castmap_context              *ctx;
    castmap_project              *project;
    const castmap_places_options *options;
    cm_place_collect              collect;
    cm_place_layout               layout; /* of the first table; the others must be of its format */
    bool                          begun, metres;
    cm_place_set                  set;
    size_t                        file_now;
    cm_sha256                     digest; /* of the digests of all files */
    castmap_places_summary        out;
} adding;

static int guess(adding *a, const char *what, const char *value, const char *why)
{
    castmap_guess *grown = realloc(a->out.guesses, (a->out.n_guesses + 1) * sizeof *grown);

    if (!grown)
        return -1;
    a->out.guesses = grown;
    castmap_guess *g = &grown[a->out.n_guesses++];
    *g = (castmap_guess){cm_copy_text(what), cm_copy_text(value), cm_copy_text(why)};
    return g->what && g->value && g->why ? 0 : -1;
}

/* What was recognised of the first table. */
static castmap_status show_layout(adding *a, const cm_place_rows *rows)
{
    int failed = guess(a, "format", a->layout.format, a->layout.header ? "header" : "content of the first row");

    for (int i = 0; a->layout.header && i < CM_FIELD_COUNT; i++) {
        const int column = a->layout.column[i];
        char value[96], shown[64];
        if (column == CM_NO_COLUMN || (size_t)column >= rows->n)
            continue;
        cm_escape_display(rows->field[column].bytes, rows->field[column].length, shown, sizeof shown);
        snprintf(value, sizeof value, "column \"%s\"", shown);
        failed |= guess(a, cm_place_field_name((cm_place_field)i), value, "column name");
    }
    return failed ? cm_fail_memory(a->ctx) : CASTMAP_OK;
}

static castmap_status read_rows(adding *a, cm_place_rows *rows)
{
    const size_t least = a->layout.header ? 2 : 4;
    bool more = true;
    castmap_status status = CASTMAP_OK;

    rows->separator = a->layout.separator;
    rows->quotes = a->layout.quotes;
    if (a->layout.header)
        status = cm_place_rows_next(a->ctx, rows, &more);
    for (size_t n = 1; !status && more; n++) {
        status = cm_place_rows_next(a->ctx, rows, &more);
        if (status || !more)
            break;
        a->out.rows++;
        if (rows->n < least)
            cm_place_collect_leave(&a->collect, CM_LEFT_TOO_FEW, rows->line);
        else
            status = a->layout.take(a->ctx, &a->layout, rows, &a->collect);
        if (!status && a->collect.count > CM_PLACE_MOST)
            status = cm_fail(a->ctx, CASTMAP_E_LIMIT, "more than 16 million entries");
        if (n % ROWS_BETWEEN_CHECKS == 0) {
            if (!status && cm_cancelled(a->ctx))
                status = cm_fail_cancelled(a->ctx);
            const double within = rows->input ? cm_text_input_fraction(rows->input) : 0.5;
            cm_progress(a->ctx, "reading", ((double)a->file_now + within) / (double)a->options->n_paths);
        }
    }
    return status;
}

/* One table, or something that is none and is passed over. */
static castmap_status read_table(adding *a, cm_place_rows *rows)
{
    cm_place_layout layout;
    bool known = false;
    castmap_status status = cm_place_layout_find(a->ctx, rows, a->options, &layout, &known);

    if (status == CASTMAP_E_INPUT && a->options->n_paths > 1) {
        cm_fail_clear(a->ctx);
        status = CASTMAP_OK;
    }
    if (status)
        return status;
    if (!known) {
        a->out.passed_over++;
        return CASTMAP_OK;
    }
    if (!a->begun) {
        a->layout = layout;
        a->collect.kind = layout.kind;
        a->begun = true;
        status = show_layout(a, rows);
        if (status)
            return status;
    } else if (layout.kind != a->layout.kind || strcmp(layout.format, a->layout.format) != 0) {
        status = cm_fail(a->ctx, CASTMAP_E_INPUT, "the files are of several kinds: %s and %s", a->layout.format, layout.format);
        cm_fail_where(a->ctx, "%s", rows->name);
        cm_fail_hint(a->ctx, "add them one after the other");
        return status;
    }
    const cm_place_layout first = a->layout;
    a->layout = layout; /* the order of columns may differ from file to file */
    a->out.files++;
    status = read_rows(a, rows);
    a->layout = first;
    return status;
}

static bool ends_in(const char *name, const char *ending)
{
    const size_t n = strlen(name), m = strlen(ending);

    return n > m && strcasecmp(name + n - m, ending) == 0;
}

static castmap_status read_all(castmap_context *ctx, int fd, const char *path, uint64_t size, unsigned char **bytes)
{
    unsigned char *made = size <= ZIP_LIMIT ? cm_alloc(size, 1) : NULL;
    size_t used = 0;

    if (!made)
        return size > ZIP_LIMIT ? cm_fail(ctx, CASTMAP_E_LIMIT, "the zip is larger than 1 GiB: unpack it and give the folder") : cm_fail_memory(ctx);
    while (used < size) {
        const ssize_t n = read(fd, made + used, size - used);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            free(made);
            return n < 0 ? cm_fail_errno(ctx, "cannot read", path, errno) : cm_fail(ctx, CASTMAP_E_IO, "the file changed while it was read");
        }
        used += (size_t)n;
    }
    *bytes = made;
    return CASTMAP_OK;
}

static castmap_status read_entries(adding *a, cm_zip *zip)
{
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; !status && i < zip->count; i++) {
        unsigned char *bytes = NULL;
        size_t length = 0;
        const char *name = zip->entry[i].name;
        if (!ends_in(name, ".csv") && !ends_in(name, ".txt") && !ends_in(name, ".tsv")) {
            a->out.passed_over += zip->entry[i].unpacked > 0;
            continue;
        }
        status = cm_zip_unpack(zip, i, &bytes, &length);
        if (status) {
            status = cm_fail(a->ctx, status, "%s", zip->fault);
            break;
        }
        cm_place_rows rows;
        cm_place_rows_memory((char *)bytes, length, cm_base_name(name), &rows);
        status = read_table(a, &rows);
        cm_place_rows_close(&rows);
    }
    return status;
}

static castmap_status read_zip(adding *a, const char *path)
{
    unsigned char *bytes = NULL;
    uint64_t size = 0;
    int fd = -1;
    cm_zip zip;
    castmap_status status = cm_file_open(a->ctx, path, a->options->follow_links, &fd, &size);

    if (status)
        return status;
    status = read_all(a->ctx, fd, path, size, &bytes);
    close(fd);
    if (status)
        return status;
    status = cm_zip_open(bytes, (size_t)size, &zip);
    status = status ? cm_fail(a->ctx, status, "%s", zip.fault) : read_entries(a, &zip);
    cm_zip_close(&zip);
    free(bytes);
    return status;
}

static castmap_status read_text(adding *a, cm_text_input *input, const char *name)
{
    cm_place_rows rows;
    castmap_status status = cm_place_rows_open(a->ctx, input, name, &rows);

    if (!status)
        status = read_table(a, &rows);
    cm_place_rows_close(&rows);
    return status ? status : cm_text_input_unchanged(a->ctx, input);
}

static castmap_status read_file(adding *a, const char *path)
{
    const char *name = cm_base_name(path);
    char hex[CM_SHA256_HEX];
    cm_text_input *input = NULL;
    uint64_t size;
    size_t n;
    castmap_status status = cm_text_input_open(a->ctx, path, a->options->follow_links, NULL, &input);

    if (status)
        return status;
    const unsigned char *bytes = cm_text_input_peek(input, &n);
    const cm_content content = cm_content_of(bytes, n);
    if (content == CM_CONTENT_ZIP)
        status = read_zip(a, path);
    else if (content == CM_CONTENT_OTHER)
        status = read_text(a, input, name);
    else
        a->out.passed_over++;
    cm_text_input_close(input);
    if (!status)
        status = cm_sha256_file(a->ctx, path, hex, &size);
    if (!status)
        cm_sha256_add(&a->digest, hex, strlen(hex));
    if (!status && a->options->n_paths == 1)
        a->set.sha256 = cm_copy_text(hex);
    if (status)
        cm_fail_where(a->ctx, "%s", name);
    return status;
}

static castmap_status read_files(adding *a)
{
    castmap_status status = CASTMAP_OK;
    char hex[CM_SHA256_HEX];

    cm_sha256_init(&a->digest);
    for (a->file_now = 0; !status && a->file_now < a->options->n_paths; a->file_now++)
        status = read_file(a, a->options->path[a->file_now]);
    if (status)
        return status;
    cm_sha256_final(&a->digest, hex);
    if (!a->set.sha256)
        a->set.sha256 = cm_copy_text(hex);
    if (!a->set.sha256)
        return cm_fail_memory(a->ctx);
    if (a->begun)
        return CASTMAP_OK;
    status = cm_fail(a->ctx, CASTMAP_E_INPUT, "no table of places: expected Code-Point Open, the ONS Postcode Directory, GeoNames, or a header "
                                              "with a name or postcode and a position");
    cm_fail_where(a->ctx, "%s", cm_base_name(a->options->path[0]));
    cm_fail_hint(a->ctx, "name its columns: --map name=COLUMN --map lat=COLUMN --map lon=COLUMN");
    return status;
}

static castmap_status left_out(adding *a)
{
    static const struct {
        const char *code, *words;
    } LEFT[CM_LEFT_COUNT] = {
        [CM_LEFT_NO_POSITION] = {"no-position", "the publisher knows no position"},
        [CM_LEFT_BAD_POSITION] = {"bad-position", "the position is no number or lies outside its coordinate system"},
        [CM_LEFT_BAD_NAME] = {"bad-name", "not a postcode, or not a name"},
        [CM_LEFT_TOO_FEW] = {"too-few-fields", "too few fields"},
        [CM_LEFT_TWICE] = {"twice", "the same postcode again: one in use stands, else the last"},
        [CM_LEFT_KIND] = {"other-feature", "features that nobody gives as the place of something: hills, waters, undersea"},
    };

    a->out.left_out = cm_alloc_zero(CM_LEFT_COUNT, sizeof *a->out.left_out);
    if (!a->out.left_out)
        return cm_fail_memory(a->ctx);
    for (int i = 0; i < CM_LEFT_COUNT; i++) {
        if (!a->collect.left[i])
            continue;
        castmap_reason_count *reason = &a->out.left_out[a->out.n_left_out++];
        snprintf(reason->code, sizeof reason->code, "%s", LEFT[i].code);
        reason->reason = cm_copy_text(LEFT[i].words);
        reason->count = a->collect.left[i];
        reason->first_row = a->collect.left_row[i];
        if (!reason->reason)
            return cm_fail_memory(a->ctx);
    }
    return CASTMAP_OK;
}

static castmap_status describe(adding *a)
{
    const castmap_places_options *o = a->options;
    const char *file = cm_base_name(o->path[0]);
    char name[200];

    if (o->n_paths > 1)
        snprintf(name, sizeof name, "%.150s and %zu more", file, o->n_paths - 1);
    else
        snprintf(name, sizeof name, "%.190s", file);
    a->set.name = cm_copy_text(name);
    a->set.format = cm_copy_text(a->layout.format);
    a->set.source = cm_copy_text(o->source ? o->source : a->layout.source ? a->layout.source : file);
    a->set.licence = cm_copy_text(o->licence ? o->licence : a->layout.licence ? a->layout.licence : "not stated");
    a->set.vintage = cm_copy_text(o->vintage ? o->vintage : "");
    a->out.kind = cm_copy_text(a->set.kind == CM_PLACE_POSTCODES ? "postcodes" : "names");
    a->out.format = cm_copy_text(a->layout.format);
    a->out.licence = cm_copy_text(a->set.licence);
    a->out.entries = a->set.count;
    a->out.names = a->set.n_names;
    for (size_t i = 0; a->set.ended && i < a->set.count; i++)
        a->out.ended += a->set.ended[i] != 0;
    return a->set.name && a->set.format && a->set.source && a->set.licence && a->set.vintage && a->out.kind && a->out.format && a->out.licence
               ? CASTMAP_OK
               : cm_fail_memory(a->ctx);
}

static char *parameters_text(const adding *a, const char *crs)
{
    cm_text text = CM_TEXT_INIT;
    cm_json json;

    cm_json_begin(&json, &text, false);
    cm_json_object(&json, NULL);
    cm_json_array(&json, "files");
    for (size_t i = 0; i < a->options->n_paths; i++)
        cm_json_string(&json, NULL, cm_base_name(a->options->path[i]));
    cm_json_end_array(&json);
    cm_json_string(&json, "format", a->out.format);
    cm_json_string(&json, "kind", a->out.kind);
    cm_json_string(&json, "licence", a->set.licence);
    cm_json_string(&json, "crs", crs);
    cm_json_integer(&json, "rows", (int64_t)a->out.rows);
    cm_json_integer(&json, "entries", (int64_t)a->out.entries);
    cm_json_object(&json, "left_out");
    for (size_t i = 0; i < a->out.n_left_out; i++)
        cm_json_integer(&json, a->out.left_out[i].code, (int64_t)a->out.left_out[i].count);
    cm_json_end_object(&json);
    cm_json_end_object(&json);
    char *made = cm_text_take(&text);
    cm_text_clear(&text);
    return made;
}

static castmap_status store(adding *a, const char *crs)
{
    char line[300], input[200];
    char *parameters = NULL, *provenance = NULL;
    int64_t number = 0;
    castmap_status status = cm_run_begin(a->ctx, a->project, "places", &number);

    if (status)
        return status;
    status = cm_place_set_store(a->ctx, a->project, number, &a->set, &a->out.set_id);
    if (!status) {
        snprintf(input, sizeof input, "\"input\": {\"sha256\": \"%s\"}", a->set.sha256);
        parameters = parameters_text(a, crs);
        provenance = parameters ? cm_run_provenance(a->ctx, a->project, input) : NULL;
        if (!provenance)
            status = cm_fail_memory(a->ctx);
    }
    if (!status) {
        snprintf(line, sizeof line, "%zu %s (%s) from %.120s", a->set.count, a->out.kind, a->out.format, a->set.name);
        status = cm_run_finish(a->ctx, a->project, number, line, parameters, provenance);
    }
    if (status)
        cm_run_abandon(a->project, number);
    else
        a->out.run_number = number;
    free(parameters);
    free(provenance);
    return status;
}

static castmap_status add_places(adding *a)
{
    const char *crs = a->options->crs ? a->options->crs : DEFAULT_CRS;
    castmap_status status = read_files(a);

    if (!status) {
        cm_progress(a->ctx, "converting to degrees", 0);
        status = cm_place_collect_project(a->ctx, &a->collect, crs);
    }
    if (!status)
        status = cm_place_collect_finish(a->ctx, &a->collect, &a->set);
    if (!status)
        status = left_out(a);
    if (!status && a->set.count == 0) {
        status = cm_fail(a->ctx, CASTMAP_E_INPUT, "%zu rows, and none of them is a place that can be used%s%s", a->out.rows,
                         a->out.n_left_out ? ": " : "", a->out.n_left_out ? a->out.left_out[0].reason : "");
        cm_fail_where(a->ctx, "%s", cm_base_name(a->options->path[0]));
        cm_fail_hint(a->ctx, "codes of other countries are read as names: --map name=COLUMN");
    }
    if (!status)
        status = describe(a);
    if (!status && !a->options->dry_run)
        status = store(a, crs);
    return status;
}

castmap_status castmap_places_add(castmap_context *ctx, castmap_project *project, const castmap_places_options *options,
                                  castmap_places_summary *summary)
{
    adding *a = cm_alloc_zero(1, sizeof *a);
    castmap_status status;

    cm_fail_clear(ctx);
    if (!a)
        return cm_fail_memory(ctx);
    *a = (adding){.ctx = ctx, .project = project, .options = options};
    status = options->n_paths && options->path[0][0] ? add_places(a) : cm_fail(ctx, CASTMAP_E_ARGUMENT, "no table of places was named");
    if (!status) {
        *summary = a->out;
        a->out = (castmap_places_summary)CASTMAP_PLACES_SUMMARY_INIT;
    }
    castmap_places_summary_clear(&a->out);
    cm_place_collect_clear(&a->collect);
    cm_place_set_clear(&a->set);
    free(a);
    return status;
}

void castmap_places_summary_clear(castmap_places_summary *summary)
{
    if (!summary)
        return;
    for (size_t i = 0; i < summary->n_guesses; i++) {
        free(summary->guesses[i].what);
        free(summary->guesses[i].value);
        free(summary->guesses[i].why);
    }
    for (size_t i = 0; i < summary->n_left_out; i++)
        free(summary->left_out[i].reason);
    free(summary->guesses);
    free(summary->left_out);
    free(summary->kind);
    free(summary->format);
    free(summary->licence);
    *summary = (castmap_places_summary)CASTMAP_PLACES_SUMMARY_INIT;
}
