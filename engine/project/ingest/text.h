/*
 * project/ingest/text.h - free text: what may be personal data, and characters that deceive the eye.
 */
#ifndef CM_PROJECT_INGEST_TEXT_H
#define CM_PROJECT_INGEST_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#define CM_TEXT_LIMIT ((size_t)16 << 10) /* bytes of one text */

/* A phone number, email address, British postcode, vehicle registration or National Insurance number seems to be in it. Errs towards yes. */
bool cm_text_personal(const char *text, size_t length);

/* Direction overrides, invisible characters, or letters of two scripts within one word. Valid UTF-8. */
bool cm_text_deceptive(const char *text, size_t length);

#endif
