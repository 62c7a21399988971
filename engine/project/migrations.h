/*
 * project/migrations.h - the steps that make or bring forward a schema, in order; each is a list of statements ended by NULL.
 */
#ifndef CM_PROJECT_MIGRATIONS_H
#define CM_PROJECT_MIGRATIONS_H

extern const char *const CM_MIGRATION_1[];

/* The second step, one list a family of tables. */
extern const char *const CM_MIGRATION_2_CLUSTERS[];
extern const char *const CM_MIGRATION_2_HEAT[];
extern const char *const CM_MIGRATION_2_PLACES[];
extern const char *const CM_MIGRATION_2_INGEST[];

/* The third step. */
extern const char *const CM_MIGRATION_3_CHECK[];
extern const char *const CM_MIGRATION_3_FLOWS[];
extern const char *const CM_MIGRATION_3_ROUTES[];
extern const char *const CM_MIGRATION_3_STREETS[];
extern const char *const CM_MIGRATION_3_TRACKS[];

/* The fourth step. */
extern const char *const CM_MIGRATION_4_ALONG[];
extern const char *const CM_MIGRATION_4_ROUTES[];
extern const char *const CM_MIGRATION_4_TRACKS[];

#endif
