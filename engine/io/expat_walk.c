/*
 * io/expat_walk.c - see expat_walk.h.
 */
#include "io/expat_walk.h"

#include <expat.h>
#include <string.h>

#define STEP ((size_t)1 << 20)

const char *cm_xml_local_name(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon ? colon + 1 : name;
}

void cm_xml_halt(cm_xml_walk *walk, bool no_memory)
{
    walk->stop = true;
    walk->no_memory = walk->no_memory || no_memory;
    XML_StopParser(walk->parser, XML_FALSE);
}

/* Entities are declared there. */
static void XMLCALL on_doctype(void *payload, const char *name, const char *system, const char *public, int subset)
{
    cm_xml_walk *walk = payload;

    (void)name;
    (void)system;
    (void)public;
    (void)subset;
    (void)cm_worker_fail(walk->sender->pipe, CASTMAP_E_INPUT, "", "the file holds a document type definition");
    cm_xml_halt(walk, false);
}

int cm_xml_walk_run(cm_xml_walk *walk, const cm_xml_handlers *handlers, const unsigned char *bytes, size_t length)
{
    enum XML_Status result = XML_STATUS_OK;
    size_t at = 0;

    walk->parser = XML_ParserCreate(NULL);
    if (!walk->parser)
        return cm_worker_fail(walk->sender->pipe, CASTMAP_E_NOMEM, "", "out of memory");
    XML_SetUserData(walk->parser, walk);
    XML_SetElementHandler(walk->parser, handlers->begin, handlers->end);
    XML_SetCharacterDataHandler(walk->parser, handlers->text);
    XML_SetStartDoctypeDeclHandler(walk->parser, on_doctype);
    do {
        const size_t step = length - at < STEP ? length - at : STEP;
        result = XML_Parse(walk->parser, (const char *)bytes + at, (int)step, at + step == length);
        at += step;
    } while (result == XML_STATUS_OK && at < length);
    walk->broken = result != XML_STATUS_OK && !walk->stop;
    walk->line = (unsigned long)XML_GetCurrentLineNumber(walk->parser);
    walk->fault = XML_ErrorString(XML_GetErrorCode(walk->parser));
    XML_ParserFree(walk->parser);
    walk->parser = NULL;
    if (walk->no_memory)
        return cm_worker_fail(walk->sender->pipe, CASTMAP_E_NOMEM, "", "out of memory");
    return walk->stop ? -1 : 0;
}

int cm_xml_walk_fail(const cm_xml_walk *walk)
{
    return cm_worker_fail(walk->sender->pipe, CASTMAP_E_INPUT, "the file is damaged or was cut off; export it again", "not well-formed XML at line %lu: %s", walk->line,
                          walk->fault);
}
