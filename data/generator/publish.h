/* Writes the files of the sample, all but the observations. */
#ifndef SAMPLE_PUBLISH_H
#define SAMPLE_PUBLISH_H

#include "rows.h"

typedef struct sample {
    plan         plan;
    network      net;
    wards        wards;
    houses       houses;
    observations observations;
    rows         rows;
} sample;

void publish_wards(const sample *s, const char *file);
void publish_councils(const sample *s, const char *file);
void publish_population(const sample *s, const char *file);
void publish_streets(const sample *s, const char *file);
void publish_backdrop(const sample *s, const char *file);
void publish_places(const sample *s, const char *file);
void publish_buildings(const sample *s, const char *file);
void publish_categories(const sample *s, const char *file);
void publish_movements(const sample *s, const char *file);
void publish_expected(const sample *s, const char *file);

#endif
