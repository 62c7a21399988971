/*
 * project/ingest/content.c - which columns say where and when, told by what stands in them.
 *
 * Names of columns come first; their content is looked at only where no name tells. The first rows are read by a reader of their own from the same file, opened
 * once more: so it does with what came through standard input or out of a zip.
 */
#include "project/ingest/opening.h"

#include "base/fail.h"
#include "base/memory.h"
#include "project/postcode.h"
#include "project/project_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_ROWS 100
#define MOSTLY(part, all) ((all) > 0 && (part) * 5 >= (all) * 4) /* four in five */

/* What was met in one column. */
typedef struct sample {
    size_t filled, positions, postcodes, links, dates;
} sample;

/* A date in words or digits; a plain number may be anything, and a year alone too. Day and month need not be told apart yet. */
static bool is_date(const cm_csv_field *field, const cm_zone *utc)
{
    static const cm_date_order ORDERS[] = {CM_DATE_DMY, CM_DATE_MDY};
    bool sign = false;

    for (size_t i = 0; i < field->length; i++)
        sign = sign || field->bytes[i] < '0' || field->bytes[i] > '9';
    for (size_t i = 0; sign && i < 2; i++) {
        cm_when when;
        cm_flaw flaw = {NULL, NULL};
        if (cm_when_parse(field->bytes, field->length, ORDERS[i], utc, &when, &flaw))
            return when.precision != CM_WHEN_UNKNOWN && when.precision != CM_WHEN_YEAR;
    }
    return false;
}

/* "E07000150", a code of an area of the national statistics, has the form of an Irish grid reference. */
static bool area_code(const cm_csv_field *field, const cm_place *place)
{
    return place->kind == CM_PLACE_GRID_IRISH && field->length == 9 && !memchr(field->bytes, ' ', field->length);
}

static void look_at(const cm_csv_field *field, const cm_zone *utc, sample *s)
{
    cm_place place;
    cm_postcode code;
    cm_flaw flaw = {NULL, NULL};

    if (field->length == 0)
        return;
    s->filled++;
    s->dates += is_date(field, utc);
    if (cm_place_cell(field->bytes, field->length, &place, &flaw) && place.kind != CM_PLACE_WORDS && !area_code(field, &place))
        s->positions++;
    else if (cm_postcode_parse(field->bytes, field->length, &code) && code.part == CM_POSTCODE_UNIT)
        s->postcodes++;
    else if (cm_place_link(field->bytes, field->length, &place, &flaw) || (flaw.code && strcmp(flaw.code, "several-positions") == 0))
        s->links++;
}

/* Rows of a sheet, or of a layer without places: through a parsing process of their own. */
static castmap_status read_records(castmap_context *ctx, const castmap_import_options *options, const cm_opening *o, const cm_zone *utc,
                                   sample *list)
{
    const cm_stream_options how = {.layer = options->layer, .member = o->zip ? NULL : options->member, .follow = options->follow_links};
    const int fd = cm_text_input_again(cm_stream_fd(o->stream));
    cm_record_stream *stream = NULL;
    cm_stream_record record;
    bool more = true;

    if (fd < 0)
        return cm_fail_errno(ctx, "cannot read", options->path, errno);
    castmap_status status = cm_stream_open(ctx, o->zip ? o->file : options->path, fd, &how, &stream);
    for (size_t i = 0; !status && i < SAMPLE_ROWS; i++) {
        status = cm_stream_next(ctx, stream, &record, &more);
        if (status || !more)
            break;
        for (size_t k = 0; !record.fault_code && k < o->columns.n; k++)
            look_at(&record.field[k], utc, &list[k]);
    }
    cm_stream_close(stream);
    return status;
}

static castmap_status read_sample(castmap_context *ctx, const castmap_import_options *options, const char *file, const cm_opening *o, const cm_zone *utc,
                                  sample *list)
{
    cm_text_input *input = NULL;
    cm_csv_reader *csv = NULL;
    cm_csv_row row;
    bool more = true;

    const int fd = cm_text_input_again(cm_text_input_fd(o->input));

    if (fd < 0)
        return cm_fail_errno(ctx, "cannot read", options->path, errno);
    castmap_status status = cm_text_input_open_fd(ctx, options->path, fd, o->converted ? "windows-1252" : options->encoding, &input);
    if (!status)
        status = cm_csv_open(ctx, input, file, options->comments, &csv);
    if (!status)
        status = cm_csv_header(ctx, csv, o->separator, &row);
    if (!status)
        status = cm_csv_begin(ctx, csv, o->separator, o->columns.n);
    for (size_t i = 0; !status && i < SAMPLE_ROWS; i++) {
        status = cm_csv_next(ctx, csv, &row, &more);
        if (status || !more)
            break;
        if (row.fault == CM_CSV_FINE)
            for (size_t k = 0; k < o->columns.n; k++)
                look_at(&row.field[k], utc, &list[k]);
    }
    cm_csv_close(csv);
    cm_text_input_close(input);
    return status;
}

static bool taken(const cm_mapping *mapping, size_t column)
{
    for (int role = 0; role < CM_ROLE_COUNT; role++)
        if (mapping->column[role] == (int)column)
            return true;
    return false;
}

/* The first column that is mostly of a kind takes the role. */
static void choose(cm_opening *o, const sample *list)
{
    cm_mapping *mapping = &o->mapping;

    for (size_t i = 0; i < o->columns.n; i++) {
        if (taken(mapping, i))
            continue;
        if (MOSTLY(list[i].positions, list[i].filled))
            cm_mapping_set(mapping, CM_ROLE_POSITION, (int)i, "content of the first rows");
        else if (MOSTLY(list[i].postcodes, list[i].filled))
            cm_mapping_set(mapping, CM_ROLE_POSTCODE, (int)i, "content of the first rows");
    }
    for (size_t i = 0; i < o->columns.n && !cm_mapping_placed(mapping); i++)
        mapping->links = mapping->links || list[i].links > 0 || (taken(mapping, i) && list[i].positions > 0);
}

/* The one column that is mostly dates is the time; of several none is taken, for each may be another one. */
static void choose_time(cm_opening *o, const sample *list)
{
    size_t found = 0, which = 0;

    for (size_t i = 0; i < o->columns.n; i++) {
        if (taken(&o->mapping, i) || !MOSTLY(list[i].dates, list[i].filled))
            continue;
        which = i;
        found++;
    }
    if (found == 1)
        cm_mapping_set(&o->mapping, CM_ROLE_TIME, (int)which, "content of the first rows");
}

static castmap_status by_content(castmap_context *ctx, const castmap_import_options *options, const char *file, bool place, cm_opening *o)
{
    sample *list = cm_alloc_zero(o->columns.n, sizeof *list);
    cm_zone *utc = NULL;
    castmap_status status = list ? cm_zone_open(ctx, "UTC", &utc) : cm_fail_memory(ctx);

    if (!status)
        status = o->stream ? read_records(ctx, options, o, utc, list) : read_sample(ctx, options, file, o, utc, list);
    if (!status && place)
        choose(o, list);
    if (!status)
        choose_time(o, list);
    else if (status != CASTMAP_E_NOMEM) {
        cm_fail_clear(ctx); /* what is wrong with the file is told when it is read */
        status = CASTMAP_OK;
    }
    cm_zone_free(utc);
    free(list);
    return status;
}

/* The box of the boundaries, or else of the records. */
static castmap_status project_extent(castmap_context *ctx, castmap_project *project, double extent[4])
{
    static const char *const BOXES[] = {"SELECT min(xmin), min(ymin), max(xmax), max(ymax) FROM idx_area_geometry",
                                        "SELECT min(xmin), min(ymin), max(xmax), max(ymax) FROM idx_observation_geometry"};
    castmap_status status = CASTMAP_OK;
    bool known = false;

    for (size_t i = 0; i < 2 && !status && !known; i++) {
        cm_query *query = NULL;
        bool row = false;
        status = cm_query_open(ctx, project->db, BOXES[i], &query);
        if (!status)
            status = cm_query_step(ctx, query, &row);
        known = !status && row && !cm_query_is_null(query, 0);
        for (int k = 0; known && k < 4; k++)
            extent[k] = cm_query_real(query, k);
        cm_query_close(query);
    }
    return status;
}

static void drop_words(cm_mapping *mapping)
{
    static const cm_role ROLES[] = {CM_ROLE_POSTCODE, CM_ROLE_PLACE};

    for (size_t i = 0; i < 2; i++) {
        if (mapping->why[ROLES[i]] && strcmp(mapping->why[ROLES[i]], "given") == 0)
            continue;
        mapping->column[ROLES[i]] = CM_NO_COLUMN;
        mapping->why[ROLES[i]] = NULL;
    }
}

static bool coordinates(const cm_mapping *mapping)
{
    return (mapping->column[CM_ROLE_LAT] != CM_NO_COLUMN && mapping->column[CM_ROLE_LON] != CM_NO_COLUMN) ||
           (mapping->column[CM_ROLE_X] != CM_NO_COLUMN && mapping->column[CM_ROLE_Y] != CM_NO_COLUMN) ||
           mapping->column[CM_ROLE_POSITION] != CM_NO_COLUMN || mapping->links;
}

static bool words(const cm_mapping *mapping)
{
    return mapping->column[CM_ROLE_POSTCODE] != CM_NO_COLUMN || mapping->column[CM_ROLE_PLACE] != CM_NO_COLUMN;
}

castmap_status cm_settle_places(castmap_context *ctx, castmap_project *project, const castmap_import_options *options, const char *file, bool placed,
                                cm_opening *o)
{
    size_t tables = 0;
    castmap_status status = CASTMAP_OK;

    o->extent[0] = 1;
    o->extent[2] = -1;
    if (placed)
        return CASTMAP_OK;
    const bool place = !coordinates(&o->mapping) && !words(&o->mapping);
    if ((place || o->mapping.column[CM_ROLE_TIME] == CM_NO_COLUMN) && (o->csv || o->stream))
        status = by_content(ctx, options, file, place, o);
    if (!status)
        status = cm_place_sets_count(ctx, project, &tables);
    if (!status && tables == 0 && words(&o->mapping)) {
        if (!coordinates(&o->mapping)) {
            status = cm_fail(ctx, CASTMAP_E_INPUT, "the file says where by postcode or name alone, and the project has no table of them");
            cm_fail_where(ctx, "%s:1", file);
            cm_fail_hint(ctx, "bring one in first: castmap places add FILE (Code-Point Open, ONSPD, GeoNames or any CSV)");
            return status;
        }
        drop_words(&o->mapping);
    }
    const bool cell = o->mapping.column[CM_ROLE_POSITION] != CM_NO_COLUMN;
    if (!status && tables && (cell || words(&o->mapping)))
        status = cm_place_index_load(ctx, project, &o->places);
    if (!status && cell)
        status = project_extent(ctx, project, o->extent);
    for (size_t i = 0; !status && i < cm_place_index_tables(o->places); i++) {
        const cm_place_set *set = cm_place_index_table(o->places, i);
        cm_guess_add(&o->guesses, set->kind == CM_PLACE_POSTCODES ? "postcodes" : "names of places", "table of the project", "%.200s (%zu entries)",
                     set->name, set->count);
    }
    return status;
}
