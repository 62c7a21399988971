/*
 * results.c - the summaries of the engine in words, tables and JSON. Places have a file of their own, results_clusters.c.
 */
#include "session.h"

#include <math.h>
#include <string.h>

void show_guesses(const castmap_guess *guesses, size_t n, void *payload)
{
    const cli_env *env = payload;

    for (size_t i = 0; i < n; i++)
        cli_note(env, "  %-20s %s  (%s)", CLI_SAFE(guesses[i].what), CLI_SAFE(guesses[i].value), CLI_SAFE(guesses[i].why));
}

void show_import(cli_env *env, const char *file, const castmap_import_summary *summary)
{
    cli_say(env, "%s: %zu rows read = %zu accepted + %zu duplicate + %zu quarantined", CLI_SAFE(file), summary->read,
            summary->accepted, summary->duplicate, summary->quarantined);
    for (size_t i = 0; i < summary->n_reasons; i++)
        cli_say(env, "  quarantined %6zu  %s (%s; first: row %lld)", summary->reasons[i].count,
                CLI_SAFE(summary->reasons[i].reason), CLI_SAFE(summary->reasons[i].code),
                (long long)summary->reasons[i].first_row);
    for (size_t i = 0; i < summary->n_notes; i++)
        cli_say(env, "  note        %6zu  %s (%s)", summary->notes[i].count, CLI_SAFE(summary->notes[i].reason),
                CLI_SAFE(summary->notes[i].code));
}

void json_guesses(cli_json *json, const castmap_guess *guesses, size_t n)
{
    cli_json_list(json, "guesses");
    for (size_t i = 0; i < n; i++) {
        cli_json_object(json, NULL);
        cli_json_text(json, "what", guesses[i].what);
        cli_json_text(json, "value", guesses[i].value);
        cli_json_text(json, "why", guesses[i].why);
        cli_json_close(json);
    }
    cli_json_close(json);
}

void json_reasons(cli_json *json, const char *key, const castmap_reason_count *reasons, size_t n)
{
    cli_json_list(json, key);
    for (size_t i = 0; i < n; i++) {
        cli_json_object(json, NULL);
        cli_json_text(json, "code", reasons[i].code);
        cli_json_text(json, "reason", reasons[i].reason);
        cli_json_whole(json, "count", (int64_t)reasons[i].count);
        cli_json_whole(json, "first_row", reasons[i].first_row);
        cli_json_close(json);
    }
    cli_json_close(json);
}

void show_area_notes(cli_env *env, const char *what, const castmap_area_note *notes, size_t n)
{
    if (n > 0)
        cli_say(env, "  %s: %zu", what, n);
    for (size_t i = 0; i < n && i < 10; i++)
        cli_say(env, "    %s  %s  %s", CLI_SAFE(notes[i].code), CLI_SAFE(notes[i].name), CLI_SAFE(notes[i].note));
    if (n > 10)
        cli_say(env, "    and %zu more; --json lists them all", n - 10);
}

void show_boundaries(cli_env *env, const castmap_boundaries_summary *summary)
{
    cli_say(env, "%zu areas of level \"%s\"%s%s", summary->areas, CLI_SAFE(summary->level),
            summary->vintage && *summary->vintage ? ", vintage " : "", CLI_SAFE(summary->vintage));
    cli_say(env, "  code column: %s; name column: %s", CLI_SAFE(summary->code_column), CLI_SAFE(summary->name_column));
    if (summary->with_population > 0)
        cli_say(env, "  population: %.0f in %zu areas", summary->population, summary->with_population);
    show_area_notes(env, "repaired", summary->repaired, summary->n_repaired);
    show_area_notes(env, "refused", summary->refused, summary->n_refused);
    if (summary->with_population > 0 || summary->n_left_over > 0)
        show_area_notes(env, "areas without population", summary->unjoined, summary->n_unjoined);
    show_area_notes(env, "population rows without an area", summary->left_over, summary->n_left_over);
    if (summary->crs)
        cli_say(env, "  working CRS: %s %s\n    %s; largest scale error %.0f parts in a million", CLI_SAFE(summary->crs),
                CLI_SAFE(summary->crs_name), CLI_SAFE(summary->crs_reason), summary->crs_scale_error_ppm);
}

void json_area_notes(cli_json *json, const char *key, const castmap_area_note *notes, size_t n)
{
    cli_json_list(json, key);
    for (size_t i = 0; i < n; i++) {
        cli_json_object(json, NULL);
        cli_json_text(json, "code", notes[i].code);
        cli_json_text(json, "name", notes[i].name);
        cli_json_text(json, "note", notes[i].note);
        cli_json_close(json);
    }
    cli_json_close(json);
}

void json_boundaries(cli_json *json, const castmap_boundaries_summary *summary)
{
    cli_json_whole(json, "set", summary->set_id);
    cli_json_whole(json, "run", summary->run_number);
    cli_json_text(json, "level", summary->level);
    cli_json_text(json, "code_column", summary->code_column);
    cli_json_text(json, "name_column", summary->name_column);
    cli_json_text(json, "parent_column", summary->parent_column);
    cli_json_text(json, "vintage", summary->vintage);
    cli_json_text(json, "format", summary->format);
    cli_json_whole(json, "areas", (int64_t)summary->areas);
    cli_json_whole(json, "vertices", (int64_t)summary->vertices);
    cli_json_whole(json, "with_population", (int64_t)summary->with_population);
    cli_json_number(json, "population", summary->population);
    json_area_notes(json, "repaired", summary->repaired, summary->n_repaired);
    json_area_notes(json, "refused", summary->refused, summary->n_refused);
    json_area_notes(json, "without_population", summary->unjoined, summary->n_unjoined);
    json_area_notes(json, "population_left_over", summary->left_over, summary->n_left_over);
    cli_json_object(json, "crs");
    cli_json_text(json, "code", summary->crs);
    cli_json_text(json, "name", summary->crs_name);
    cli_json_text(json, "reason", summary->crs_reason);
    cli_json_number(json, "scale_error_ppm", summary->crs ? summary->crs_scale_error_ppm : (double)NAN);
    cli_json_close(json);
}

void show_remarks(cli_env *env, const castmap_remark *remarks, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cli_say(env, "  %s", CLI_SAFE(remarks[i].text));
}

void json_remarks(cli_json *json, const castmap_remark *remarks, size_t n)
{
    cli_json_list(json, "remarks");
    for (size_t i = 0; i < n; i++) {
        cli_json_object(json, NULL);
        cli_json_text(json, "code", remarks[i].code);
        cli_json_text(json, "text", remarks[i].text);
        cli_json_close(json);
    }
    cli_json_close(json);
}

void show_areas(cli_env *env, const castmap_areas_summary *summary, size_t most)
{
    static const char *const HEADER[] = {"code", "name", "observations", "per km2", "rate", "interval"};
    cli_table table;

    cli_say(env, "%zu observations in %zu areas of level \"%s\"; %zu in none of them", summary->placed, summary->n_rows,
            CLI_SAFE(summary->level), summary->unplaced);
    bool rates = false;
    for (size_t i = 0; i < summary->n_rows; i++)
        rates = rates || !isnan(summary->rows[i].rate);
    if (rates)
        cli_say(env, "  rate: per %.0f people, with the %.0f%% interval", summary->per, summary->confidence * 100.0);
    show_remarks(env, summary->remarks, summary->n_remarks);
    cli_table_start(&table, rates ? "llrrrr" : "llrr", HEADER);
    for (size_t i = 0; i < summary->n_rows && i < most; i++) {
        const castmap_area_row *row = &summary->rows[i];
        cli_table_add(&table, "%s", row->code ? row->code : "");
        cli_table_add(&table, "%s", row->name ? row->name : "");
        cli_table_add(&table, "%zu", row->count);
        cli_table_add(&table, "%.2f", row->density_per_km2);
        if (!rates)
            continue;
        if (isnan(row->rate)) {
            cli_table_add(&table, "-");
            cli_table_add(&table, "-");
        } else {
            cli_table_add(&table, "%.2f", row->rate);
            cli_table_add(&table, "%.2f to %.2f", row->rate_lower, row->rate_upper);
        }
    }
    cli_table_end(env, &table);
    if (summary->n_rows > most)
        cli_say(env, "and %zu more areas", summary->n_rows - most);
}

void json_areas(cli_json *json, const castmap_areas_summary *summary)
{
    cli_json_whole(json, "run", summary->run_number);
    cli_json_text(json, "level", summary->level);
    cli_json_whole(json, "placed", (int64_t)summary->placed);
    cli_json_whole(json, "unplaced", (int64_t)summary->unplaced);
    cli_json_number(json, "per", summary->per);
    cli_json_number(json, "confidence", summary->confidence);
    cli_json_list(json, "breaks");
    for (size_t i = 0; i < summary->n_breaks; i++)
        cli_json_number(json, NULL, summary->breaks[i]);
    cli_json_close(json);
    cli_json_list(json, "areas");
    for (size_t i = 0; i < summary->n_rows; i++) {
        const castmap_area_row *row = &summary->rows[i];
        cli_json_object(json, NULL);
        cli_json_text(json, "code", row->code);
        cli_json_text(json, "name", row->name);
        cli_json_text(json, "parent", row->parent);
        cli_json_whole(json, "count", (int64_t)row->count);
        cli_json_number(json, "area_km2", row->area_km2);
        cli_json_number(json, "density_per_km2", row->density_per_km2);
        cli_json_number(json, "population", row->population);
        cli_json_number(json, "rate", row->rate);
        cli_json_number(json, "rate_lower", row->rate_lower);
        cli_json_number(json, "rate_upper", row->rate_upper);
        cli_json_whole(json, "class", row->class_number);
        cli_json_close(json);
    }
    cli_json_close(json);
    json_remarks(json, summary->remarks, summary->n_remarks);
}

void show_heat(cli_env *env, const castmap_heat_summary *summary)
{
    cli_say(env, "heat of %zu observations: %s kernel, radius %.6g m (standard deviation %.6g m), cells of %.6g m (%zu x %zu)",
            summary->observations, castmap_kernel_name(summary->kernel), summary->radius_m, summary->sigma_m, summary->grid.cell_m,
            summary->grid.columns, summary->grid.rows);
    if (summary->kind == CASTMAP_HEAT_COMPARE)
        cli_say(env, "  the ratio runs from %s%.2g to %s%.3g", summary->minimum < -log(1000.0) ? "under " : "", fmax(exp(summary->minimum), 0.001),
                summary->maximum > log(1000.0) ? "over " : "", fmin(exp(summary->maximum), 1000.0));
    else if (summary->kind == CASTMAP_HEAT_CHANGE)
        cli_say(env, "  %s: from %.4g to +%.4g", summary->measure, summary->minimum, summary->maximum);
    else if (isfinite(summary->integral))
        cli_say(env, "  %s: at most %.4g; the surface adds up to %.6g%s", summary->measure, summary->maximum, summary->integral,
                summary->integral < 0.999 * summary->weight ? "; the rest lies where nothing is shown" : "");
    else
        cli_say(env, "  %s: at most %.4g", summary->measure, summary->maximum);
    if (summary->slices > 0 && summary->kind == CASTMAP_HEAT_CHANGE)
        cli_say(env, "  %zu changes from one period to the next, with one legend; castmap map --layer slices draws them side by side", summary->slices);
    else if (summary->slices > 0)
        cli_say(env, "  %zu slices in time with one legend; castmap map --layer slices draws them side by side", summary->slices);
    show_remarks(env, summary->remarks, summary->n_remarks);
}

void json_heat(cli_json *json, const castmap_heat_summary *summary)
{
    static const char *const KIND[] = {"density", "compare", "change"};

    cli_json_whole(json, "run", summary->run_number);
    cli_json_text(json, "kind", KIND[summary->kind]);
    cli_json_text(json, "measure", summary->measure);
    cli_json_text(json, "kernel", castmap_kernel_name(summary->kernel));
    cli_json_number(json, "radius_m", summary->radius_m);
    cli_json_number(json, "sigma_m", summary->sigma_m);
    cli_json_number(json, "cell_m", summary->grid.cell_m);
    cli_json_whole(json, "columns", (int64_t)summary->grid.columns);
    cli_json_whole(json, "rows", (int64_t)summary->grid.rows);
    cli_json_whole(json, "observations", (int64_t)summary->observations);
    cli_json_whole(json, "spread", (int64_t)summary->spread);
    cli_json_number(json, "weight", summary->weight);
    cli_json_whole(json, "slices", (int64_t)summary->slices);
    cli_json_number(json, "maximum", summary->maximum);
    cli_json_number(json, "minimum", summary->minimum);
    cli_json_number(json, "integral", summary->integral);
    cli_json_list(json, "breaks");
    for (size_t i = 0; i < summary->n_breaks; i++)
        cli_json_number(json, NULL, summary->breaks[i]);
    cli_json_close(json);
    json_remarks(json, summary->remarks, summary->n_remarks);
}
