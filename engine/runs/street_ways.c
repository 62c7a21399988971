/* runs/street_ways.c */
#include "runs/street_ways.h"

#include "base/fail.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Names of columns, best first. */
static const char *const WORDS[CM_STREET_FIELDS][16] = {
    [CM_STREET_NAME] = {"name", "name1", "name_1", "street_name", "streetname", "road_name", "roadname", "street", "fullname", "full_name", "strname",
                        "road", "nom", "label", NULL},
    [CM_STREET_REF] = {"ref", "road_classification_number", "roadnumber", "road_number", NULL},
    [CM_STREET_CLASS] = {"highway", "fclass", "road_function", "roadfunction", "function", "road_class", "roadclass", "class", "type", "clsrte", NULL},
    [CM_STREET_ONEWAY] = {"oneway", "one_way", NULL},
    [CM_STREET_JUNCTION] = {"junction", NULL},
    [CM_STREET_LAYER] = {"layer", "level", NULL},
    [CM_STREET_BRIDGE] = {"bridge", NULL},
    [CM_STREET_TUNNEL] = {"tunnel", NULL},
    [CM_STREET_STRUCTURE] = {"road_structure", "roadstructure", "structure", NULL},
    [CM_STREET_ACCESS] = {"access", NULL},
    [CM_STREET_FOOT] = {"foot", NULL},
    [CM_STREET_SERVICE] = {"service", NULL},
    [CM_STREET_FOOTWAY] = {"footway", NULL},
    [CM_STREET_AREA] = {"area", NULL},
};

static size_t find_column(const cm_vector_layer *layer, const char *word)
{
    for (size_t i = 0; i < layer->n_fields; i++)
        if (strcasecmp(layer->field[i], word) == 0)
            return i;
    return CM_NO_FIELD;
}

castmap_status cm_street_fields_find(castmap_context *ctx, const cm_vector_layer *layer, const char *name, const char *class_column,
                                     cm_street_fields *out)
{
    const char *const given[2] = {name, class_column};
    const cm_street_field which[2] = {CM_STREET_NAME, CM_STREET_CLASS};

    for (int f = 0; f < CM_STREET_FIELDS; f++) {
        out->column[f] = CM_NO_FIELD;
        for (size_t k = 0; WORDS[f][k] && out->column[f] == CM_NO_FIELD; k++)
            out->column[f] = find_column(layer, WORDS[f][k]);
    }
    for (int i = 0; i < 2; i++) {
        if (!given[i])
            continue;
        out->column[which[i]] = find_column(layer, given[i]);
        if (out->column[which[i]] == CM_NO_FIELD)
            return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the layer has no column \"%.60s\"", given[i]);
    }
    return CASTMAP_OK;
}

const char *cm_street_value(const cm_street_fields *fields, const cm_vector_feature *feature, cm_street_field field)
{
    const size_t column = fields->column[field];
    const char *value = column == CM_NO_FIELD ? NULL : feature->value[column];

    return value && value[0] ? value : NULL;
}

static bool is_one_of(const char *value, const char *const *words)
{
    for (; value && *words; words++)
        if (strcasecmp(value, *words) == 0)
            return true;
    return false;
}

static bool is_yes(const char *value)
{
    static const char *const NO[] = {"no", "false", "0", "F", "n", NULL};

    return value && !is_one_of(value, NO);
}

bool cm_street_is_used(const cm_street_fields *fields, const cm_vector_feature *feature, castmap_street_use use)
{
    static const char *const NOBODY[] = {"proposed", "construction", "abandoned", "disused", "razed", "platform", "raceway", "bus_guideway", "escape",
                                         "elevator", "rest_area", "services", "emergency_bay", "bus_stop", "corridor", "rail", "railway", NULL};
    static const char *const CARS[] = {"motorway", "motorway_link", NULL};
    static const char *const WALKERS[] = {"pedestrian", "footway", "path", "steps", "cycleway", "bridleway", "track", NULL};
    static const char *const PRIVATE[] = {"private", "no", NULL};
    static const char *const OPEN_ON_FOOT[] = {"yes", "designated", "permissive", NULL};
    static const char *const SMALL[] = {"driveway", "parking_aisle", "drive-through", "emergency_access", NULL};
    static const char *const BESIDE[] = {"sidewalk", "crossing", "traffic_island", NULL};
    const char *class_name = cm_street_value(fields, feature, CM_STREET_CLASS);

    if (!class_name)
        return true;
    if (is_one_of(class_name, NOBODY) || is_one_of(cm_street_value(fields, feature, CM_STREET_SERVICE), SMALL) ||
        is_one_of(cm_street_value(fields, feature, CM_STREET_FOOTWAY), BESIDE) ||
        (cm_street_value(fields, feature, CM_STREET_AREA) && strcasecmp(cm_street_value(fields, feature, CM_STREET_AREA), "yes") == 0))
        return false;
    if (is_one_of(cm_street_value(fields, feature, CM_STREET_ACCESS), PRIVATE) &&
        (use == CASTMAP_STREETS_CAR || !is_one_of(cm_street_value(fields, feature, CM_STREET_FOOT), OPEN_ON_FOOT)))
        return false;
    if (use == CASTMAP_STREETS_FOOT)
        return !is_one_of(class_name, CARS);
    return use != CASTMAP_STREETS_CAR || !is_one_of(class_name, WALKERS);
}

int8_t cm_street_level(const cm_street_fields *fields, const cm_vector_feature *feature)
{
    const char *layer = cm_street_value(fields, feature, CM_STREET_LAYER), *structure = cm_street_value(fields, feature, CM_STREET_STRUCTURE);
    char *end = NULL;

    if (layer) {
        const long level = strtol(layer, &end, 10);
        if (end != layer && *end == '\0' && level != 0 && level >= -10 && level <= 10)
            return (int8_t)level;
    }
    if (is_yes(cm_street_value(fields, feature, CM_STREET_BRIDGE)) || (structure && strcasestr(structure, "bridge")))
        return 1;
    return is_yes(cm_street_value(fields, feature, CM_STREET_TUNNEL)) || (structure && strcasestr(structure, "tunnel")) ? -1 : 0;
}

castmap_way cm_street_way(const cm_street_fields *fields, const cm_vector_feature *feature)
{
    static const char *const FORWARD[] = {"yes", "true", "1", "F", NULL}; /* Geofabrik: F forward, T against, B both */
    static const char *const BACKWARD[] = {"-1", "reverse", "T", NULL};
    static const char *const ROUND[] = {"roundabout", "circular", NULL};
    static const char *const MOTORWAYS[] = {"motorway", "motorway_link", NULL};
    const char *oneway = cm_street_value(fields, feature, CM_STREET_ONEWAY);

    if (is_one_of(oneway, FORWARD))
        return CASTMAP_WAY_FORWARD;
    if (is_one_of(oneway, BACKWARD))
        return CASTMAP_WAY_BACKWARD;
    if (oneway)
        return CASTMAP_WAY_BOTH;
    return is_one_of(cm_street_value(fields, feature, CM_STREET_JUNCTION), ROUND) ||
                   is_one_of(cm_street_value(fields, feature, CM_STREET_CLASS), MOTORWAYS)
               ? CASTMAP_WAY_FORWARD
               : CASTMAP_WAY_BOTH;
}
