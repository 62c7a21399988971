/*
 * project/ingest/profiles.c - the list of profiles, most particular first.
 */
#include "project/ingest/profile.h"

#include <string.h>

static const cm_profile *const PROFILES[] = {&CM_PROFILE_POLICE,  &CM_PROFILE_KOBO,    &CM_PROFILE_ODK, &CM_PROFILE_EPICOLLECT,
                                             &CM_PROFILE_USHAHIDI, &CM_PROFILE_OPEN311, &CM_PROFILE_COMAPEO, &CM_PROFILE_KML,
                                             &CM_PROFILE_GPX,      &CM_PROFILE_PHOTO,   &CM_PROFILE_CHAT, &CM_PROFILE_GENERIC};

size_t cm_profile_count(void)
{
    return sizeof PROFILES / sizeof PROFILES[0];
}

const cm_profile *cm_profile_at(size_t i)
{
    return PROFILES[i];
}

const cm_profile *cm_profile_named(const char *name)
{
    for (size_t i = 0; i < cm_profile_count(); i++)
        if (strcmp(PROFILES[i]->name, name) == 0)
            return PROFILES[i];
    return NULL;
}

static bool taken(const cm_mapping *mapping, int column)
{
    for (int i = 0; i < CM_ROLE_COUNT; i++)
        if (mapping->column[i] == column)
            return true;
    return false;
}

void cm_alias_apply(const cm_alias *alias, const cm_columns *columns, cm_mapping *mapping)
{
    for (; alias->role != CM_ROLE_COUNT; alias++) {
        const char *at = alias->keys;
        while (*at && !mapping->why[alias->role]) {
            char key[48];
            const size_t n = strcspn(at, " ");
            if (n < sizeof key) {
                memcpy(key, at, n);
                key[n] = '\0';
                const int column = cm_column_keyed(columns, key);
                /* "_notes" and the like are the form tool's own, not a question's answer. */
                const bool tool = column != CM_NO_COLUMN && columns->name[column][0] == '_' && alias->role != CM_ROLE_ID;
                if (column != CM_NO_COLUMN && !tool && !taken(mapping, column))
                    cm_mapping_set(mapping, alias->role, column, "column name");
            }
            at += n;
            at += strspn(at, " ");
        }
    }
}
