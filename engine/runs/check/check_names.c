/*
 * runs/check/check_names.c - categories: against a list, or against each other.
 */
#include "runs/check/findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"
#include "project/ingest/categories.h"

typedef struct name {
    size_t count;
    char  *fold;          /* owned: letters and digits alone, small */
    char  *target;        /* owned; the name it should have, NULL: it is right, or not known */
    bool   unknown, spelling;
} name;

/* Letters and digits in lower case; bytes beyond ASCII as they are. "Drug use", "drug-use" and "DRUG USE" are one. */
static char *fold(const char *text)
{
    char *made = cm_copy_text(text), *to = made;

    for (const char *c = text; made && *c; c++) {
        if ((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || (unsigned char)*c >= 0x80)
            *to++ = *c;
        else if (*c >= 'A' && *c <= 'Z')
            *to++ = (char)(*c - 'A' + 'a');
    }
    if (made)
        *to = '\0';
    return made;
}

/* The most frequent spelling of what folds to the same; of equally frequent ones the first by bytes. */
static castmap_status compare_spellings(cm_check *check, name *names)
{
    const cm_observation_set *set = &check->set;

    for (size_t i = 0; i < set->n_categories; i++) {
        if (!(names[i].fold = fold(set->category_name[i])))
            return cm_fail_memory(check->ctx);
    }
    for (size_t i = 0; i < set->n_categories; i++) {
        size_t best = i;
        for (size_t k = 0; k < set->n_categories; k++) {
            if (names[i].count == 0 || names[k].count == 0 || !*names[i].fold || strcmp(names[i].fold, names[k].fold) != 0)
                continue;
            if (names[k].count > names[best].count ||
                (names[k].count == names[best].count && strcmp(set->category_name[k], set->category_name[best]) < 0))
                best = k;
        }
        if (best == i)
            continue;
        names[i].spelling = true;
        if (!(names[i].target = cm_copy_text(set->category_name[best])))
            return cm_fail_memory(check->ctx);
    }
    return CASTMAP_OK;
}

static castmap_status compare_with_list(cm_check *check, name *names)
{
    const cm_observation_set *set = &check->set;
    cm_categories *list = NULL;
    cm_category answer;
    castmap_status status = cm_categories_open(check->ctx, check->options->categories, &list);

    for (size_t i = 0; i < set->n_categories && !status; i++) {
        const char *text = set->category_name[i];
        if (names[i].count == 0)
            continue;
        if (!cm_category_resolve(list, text, strlen(text), &answer)) {
            status = cm_fail_memory(check->ctx);
            break;
        }
        names[i].unknown = answer.name == NULL;
        const char *target = answer.name ? answer.name : answer.nearest;
        if (target && strcmp(target, text) != 0 && !(names[i].target = cm_copy_text(target)))
            status = cm_fail_memory(check->ctx);
    }
    cm_categories_free(list);
    return status;
}

static cm_rule rule_of(const name *one)
{
    return one->unknown ? CM_RULE_CATEGORY_UNKNOWN : one->spelling ? CM_RULE_CATEGORY_SPELLING : CM_RULE_CATEGORY_ALIAS;
}

/* Which name should be which: names of categories are no private values. */
static castmap_status tell(cm_check *check, const name *names)
{
    const cm_observation_set *set = &check->set;
    castmap_status status = CASTMAP_OK;
    char a[64], b[64];

    for (size_t i = 0; i < set->n_categories && !status; i++) {
        if (!names[i].target && !names[i].unknown)
            continue;
        cm_escape_display(set->category_name[i], strlen(set->category_name[i]), a, sizeof a);
        if (names[i].target)
            cm_escape_display(names[i].target, strlen(names[i].target), b, sizeof b);
        if (names[i].target)
            status = cm_found_detail(check, rule_of(&names[i]), names[i].unknown ? "%zu \"%s\" (nearest: %s)" : "%zu \"%s\" for \"%s\"",
                                     names[i].count, a, b);
        else
            status = cm_found_detail(check, CM_RULE_CATEGORY_UNKNOWN, "%zu \"%s\"", names[i].count, a);
    }
    return status;
}

static castmap_status tell_records(cm_check *check, const name *names)
{
    const cm_observation_set *set = &check->set;
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < set->count && !status; i++) {
        const name *one = set->category[i] < 0 ? NULL : &names[set->category[i]];
        if (!one)
            status = cm_found_observation(check, CM_RULE_NO_CATEGORY, set->id[i], NULL);
        else if (one->unknown)
            status = cm_found_observation(check, CM_RULE_CATEGORY_UNKNOWN, set->id[i], NULL);
        else if (one->target && check->wanted[rule_of(one)]) {
            const cm_change change = {.field = CM_REPAIR_CATEGORY, .category = one->target};
            status = cm_found_observation(check, rule_of(one), set->id[i], &change);
        }
    }
    return status;
}

castmap_status cm_check_names(cm_check *check)
{
    const cm_observation_set *set = &check->set;
    name *names = cm_alloc_zero(set->n_categories + 1, sizeof *names);
    castmap_status status;

    if (!names)
        return cm_fail_memory(check->ctx);
    for (size_t i = 0; i < set->count; i++) {
        if (set->category[i] >= 0)
            names[set->category[i]].count++;
    }
    status = check->options->categories ? compare_with_list(check, names) : compare_spellings(check, names);
    if (!status)
        status = tell(check, names);
    if (!status)
        status = tell_records(check, names);
    for (size_t i = 0; i < set->n_categories; i++) {
        free(names[i].fold);
        free(names[i].target);
    }
    free(names);
    return status;
}
