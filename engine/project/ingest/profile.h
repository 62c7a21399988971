/*
 * project/ingest/profile.h - a kind of file that castmap knows: data plus a small recogniser, one file each.
 *
 * Adding one: write profile_NAME.c with a cm_profile, declare it here, and list it in profiles.c and CMakeLists.txt.
 */
#ifndef CM_PROJECT_INGEST_PROFILE_H
#define CM_PROJECT_INGEST_PROFILE_H

#include "project/ingest/columns.h"
#include "project/observation_table.h"

/* Columns that play a role by their key (columns.h), in order of preference, separated by spaces. role CM_ROLE_COUNT ends a list. */
typedef struct cm_alias {
    cm_role     role;
    const char *keys;
} cm_alias;

typedef struct cm_profile {
    const char *name;  /* for --profile */
    const char *title; /* "KoboToolbox" */
    const char *fingerprint; /* what in the header tells it, in words, shown before it is used */
    /* How surely the header is of this kind, 0..100; the highest wins, the earlier of equals. */
    int (*fits)(const cm_columns *columns);
    void (*locate)(const cm_columns *columns, cm_mapping *mapping); /* columns that need more than a name; may be NULL */
    const cm_alias *alias;  /* after locate, for roles still open */
    const cm_alias *otherwise; /* columns that are read where the one of the role is empty; may be NULL */
    bool generic_too;       /* and then the aliases of the generic profile */
    bool own_words;         /* texts are people's own words, so they are looked through for personal data */
    bool na_is_empty;       /* "n/a" stands for an empty cell */
    cm_precision_class precision; /* of its places */
    const char *place_note; /* shown with the guesses; may be NULL */
    const char *formats;    /* "KML|KMZ": of every file in these formats and no other, whatever its columns; NULL: by fits() */
} cm_profile;

extern const cm_profile CM_PROFILE_GENERIC, CM_PROFILE_POLICE, CM_PROFILE_KOBO, CM_PROFILE_ODK, CM_PROFILE_USHAHIDI, CM_PROFILE_EPICOLLECT,
    CM_PROFILE_OPEN311, CM_PROFILE_COMAPEO, CM_PROFILE_KML, CM_PROFILE_GPX, CM_PROFILE_PHOTO, CM_PROFILE_CHAT;

#define CM_PROFILE_NAMES "kobo, odk, epicollect, ushahidi, open311, comapeo, police, kml, gpx, photo, chat, generic"

size_t cm_profile_count(void);
const cm_profile *cm_profile_at(size_t i);
const cm_profile *cm_profile_named(const char *name); /* NULL: unknown */

/* Fill open roles from a list of aliases. */
void cm_alias_apply(const cm_alias *alias, const cm_columns *columns, cm_mapping *mapping);

#endif
