/*
 * runs/check/findings.c - what was found, counted, with its first places in words.
 */
#include "runs/check/findings.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"

/* Put words behind those that are there, with `between` in the middle. */
static castmap_status append(castmap_context *ctx, char **text, const char *between, const char *words)
{
    const size_t have = *text ? strlen(*text) : 0, size = have + strlen(between) + strlen(words) + 1;
    char *made = cm_alloc(size, 1);

    if (!made)
        return cm_fail_memory(ctx);
    snprintf(made, size, "%s%s%s", have ? *text : "", have ? between : "", words);
    free(*text);
    *text = made;
    return CASTMAP_OK;
}

castmap_status cm_found_observation(cm_check *check, cm_rule rule, int64_t id, const cm_change *change)
{
    castmap_finding *finding = &check->found[rule];

    if (!check->wanted[rule])
        return CASTMAP_OK;
    if (finding->n_ids < CASTMAP_FINDING_PLACES)
        finding->id[finding->n_ids++] = id;
    finding->count++;
    if (!check->run || !change)
        return CASTMAP_OK;
    finding->repaired++;
    return cm_repair_observation(check->ctx, check->project, check->run, castmap_check_rules(&(size_t){0})[rule].id, id, change);
}

castmap_status cm_found(cm_check *check, cm_rule rule, size_t count, const char *format, ...)
{
    char words[256];
    va_list values;

    if (!check->wanted[rule])
        return CASTMAP_OK;
    check->found[rule].count += count;
    if (check->shown[rule]++ >= CASTMAP_FINDING_PLACES)
        return CASTMAP_OK;
    va_start(values, format);
    vsnprintf(words, sizeof words, format, values);
    va_end(values);
    return append(check->ctx, &check->found[rule].where, ", ", words);
}

castmap_status cm_found_repaired(cm_check *check, cm_rule rule, const char *field, const char *after)
{
    check->found[rule].repaired++;
    return cm_repair_note(check->ctx, check->project, check->run, castmap_check_rules(&(size_t){0})[rule].id, field, after);
}

castmap_status cm_found_detail(cm_check *check, cm_rule rule, const char *format, ...)
{
    char words[512];
    va_list values;

    if (!check->wanted[rule])
        return CASTMAP_OK;
    va_start(values, format);
    vsnprintf(words, sizeof words, format, values);
    va_end(values);
    return append(check->ctx, &check->found[rule].detail, "; ", words);
}

static castmap_status name_one(cm_check *check, cm_query *query, castmap_finding *finding)
{
    char file[80], words[160], last[80] = "";
    bool row = false;
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < finding->n_ids && !status; i++) {
        cm_query_bind_integer(query, 1, finding->id[i]);
        status = cm_query_step(check->ctx, query, &row);
        if (status || !row)
            continue;
        const char *name = cm_query_text(query, 0);
        cm_escape_display(name ? name : "", name ? strlen(name) : 0, file, sizeof file);
        const bool same = strcmp(file, last) == 0;
        snprintf(words, sizeof words, "%s%srow %" PRId64, same ? "" : file, same ? "" : " ", cm_query_integer(query, 1));
        memcpy(last, file, sizeof last);
        cm_query_reset(query);
        status = append(check->ctx, &finding->where, ", ", words);
    }
    return status;
}

castmap_status cm_findings_name(cm_check *check)
{
    cm_query *query = NULL;
    castmap_status status = cm_query_open(check->ctx, check->project->db,
                                          "SELECT b.file, o.row FROM observation AS o JOIN batch AS b ON b.id = o.batch WHERE o.id = ?", &query);

    for (int i = 0; i < CM_RULE_COUNT && !status; i++) {
        castmap_finding *finding = &check->found[i];
        if (finding->count == 0)
            continue;
        status = name_one(check, query, finding);
        const size_t told = finding->n_ids ? finding->n_ids : check->shown[i];
        if (!status && finding->where && (finding->n_ids ? finding->count > told : told > CASTMAP_FINDING_PLACES))
            status = append(check->ctx, &finding->where, ", ", "...");
        if (!status && !finding->where)
            status = append(check->ctx, &finding->where, "", "");
        if (!status && !finding->detail)
            status = append(check->ctx, &finding->detail, "", "");
    }
    cm_query_close(query);
    return status;
}

void cm_finding_clear(castmap_finding *finding)
{
    free(finding->where);
    free(finding->detail);
    *finding = (castmap_finding){0};
}
