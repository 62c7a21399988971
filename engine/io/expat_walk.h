/*
 * io/expat_walk.h - one walk over an XML document in the parsing process: what every reader of XML shares.
 */
#ifndef CM_IO_EXPAT_WALK_H
#define CM_IO_EXPAT_WALK_H

#include "io/record_frames.h"

/* The first member of a reader's own state, which its handlers get. */
typedef struct cm_xml_walk {
    cm_record_sender        *sender;  /* borrowed */
    struct XML_ParserStruct *parser;  /* while it runs */
    bool                     stop;    /* a handler wants no more: a failure was sent, or memory is gone */
    bool                     no_memory;
    bool                     broken;  /* not well-formed */
    unsigned long            line;    /* where, from 1 */
    const char              *fault;   /* how, in English */
} cm_xml_walk;

typedef struct cm_xml_handlers {
    void (*begin)(void *reader, const char *name, const char **attributes);
    void (*end)(void *reader, const char *name);
    void (*text)(void *reader, const char *text, int length);
} cm_xml_handlers;

/* Without the prefix of a namespace. */
const char *cm_xml_local_name(const char *name);

/* For handlers: no further event comes. */
void cm_xml_halt(cm_xml_walk *walk, bool no_memory);

/* 0: the whole document, or up to where it is `broken`. -1: a handler stopped it; where memory is gone or it holds a document type definition, the failure was sent. */
int cm_xml_walk_run(cm_xml_walk *walk, const cm_xml_handlers *handlers, const unsigned char *bytes, size_t length);

/* Send what is wrong with a broken document; -1. */
int cm_xml_walk_fail(const cm_xml_walk *walk);

#endif
