/* What the tests of importing share: a text or a file into a fresh project, and the account checked each time. */
#ifndef CM_TESTS_INGEST_BENCH_H
#define CM_TESTS_INGEST_BENCH_H

#include "castmap/import.h"
#include "support/check.h"

typedef struct ingest_bench {
    castmap_context        *ctx;
    char                    folder[64];
    char                    blank[128];   /* an empty project, copied for each case */
    castmap_project        *project;      /* of the case at work */
    castmap_import_options  options;
    castmap_import_summary  summary;
    castmap_status          status;
    char                    hint[256];    /* of the last expect_refused() */
} ingest_bench;

int ingest_bench_setup(void **state);
int ingest_bench_teardown(void **state);
int ingest_case_begin(void **state); /* a fresh project in the British National Grid, default options; today is 2026-11-24 */
int ingest_case_end(void **state);

/* Import a text as NAME; the status and the summary are kept. Rows read must be accounted for. */
void ingest_bytes(ingest_bench *bench, const char *name, const char *bytes, size_t length);
void ingest_text(ingest_bench *bench, const char *text);
void ingest_path(ingest_bench *bench, const char *path);

void expect_counts(const ingest_bench *bench, size_t read, size_t accepted, size_t duplicate, size_t quarantined);
/* One row of the text is refused for `code`; all others are accepted. */
void expect_quarantined(const ingest_bench *bench, const char *code, size_t accepted);
void expect_refused(ingest_bench *bench, castmap_status status, const char *message, const char *where);
void expect_note(const ingest_bench *bench, const char *code, size_t count); /* count 0: the note is absent */

#endif
