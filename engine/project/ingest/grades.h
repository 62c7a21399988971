/*
 * project/ingest/grades.h - how good a record is (3x5x2), who may see it, and how many persons it names.
 */
#ifndef CM_PROJECT_INGEST_GRADES_H
#define CM_PROJECT_INGEST_GRADES_H

#include "project/ingest/flaw.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cm_grades {
    int  source;      /* 1 reliable, 2 untested, 3 not reliable */
    char information; /* A known directly .. E suspected false */
    char handling;    /* P sharing permitted, C with conditions */
    bool legacy;      /* came from a 5x5x5 code */
} cm_grades;

/* Each false with a flaw naming the allowed set. An empty text gives 0: not said. */
bool cm_grade_source(const char *text, size_t length, int *out, cm_flaw *flaw);
bool cm_grade_information(const char *text, size_t length, char *out, cm_flaw *flaw);
bool cm_grade_handling(const char *text, size_t length, char *out, cm_flaw *flaw);
/* "2BP"; with `legacy` also 5x5x5 codes such as "B25" by a fixed table. */
bool cm_grade_code(const char *text, size_t length, bool legacy, cm_grades *out, cm_flaw *flaw);

/* 0..10000; empty gives -1. */
bool cm_persons(const char *text, size_t length, int64_t *out, cm_flaw *flaw);

#endif
