/* Names for streets: each is used once. */
#ifndef SAMPLE_NAMES_H
#define SAMPLE_NAMES_H

#include "plan.h"
#include "random.h"

typedef struct name_book {
    stream dice;
    bool   used[4096];
} name_book;

void name_book_open(name_book *book);
/* A name that suits the street's shape and place; the caller frees it. */
char *name_next(name_book *book, const path *street, zone z);

#endif
