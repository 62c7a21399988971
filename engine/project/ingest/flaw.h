/*
 * project/ingest/flaw.h - why a value was refused.
 */
#ifndef CM_PROJECT_INGEST_FLAW_H
#define CM_PROJECT_INGEST_FLAW_H

/* Both texts are constants, so a flaw never quotes a value. code NULL: no flaw. */
typedef struct cm_flaw {
    const char *code;   /* stable: "no-position", "bad-date", ... */
    const char *reason; /* plain words, with what to do where that is known */
} cm_flaw;

#define CM_FLAW(code_text, reason_text) ((cm_flaw){(code_text), (reason_text)})

#endif
