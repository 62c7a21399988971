/* Tests of what a feature of a file of streets says: whom it serves, its level, its direction, its columns. */
#include "runs/street_ways.h"

#include "support/check.h"

#include <string.h>

#define COLUMNS 12

/* Columns as an OpenStreetMap extract has them. */
static char *const OSM[COLUMNS] = {"name", "ref", "highway", "oneway", "junction", "layer", "bridge", "tunnel", "access", "foot", "service", "footway"};

static cm_street_fields fields_of(void **state, char *const *columns, size_t n, const char *name, const char *class_column)
{
    const cm_vector_layer layer = {.n_fields = n, .field = (char **)(uintptr_t)columns};
    cm_street_fields fields;

    assert_status(cm_street_fields_find(*state, &layer, name, class_column, &fields), CASTMAP_OK);
    return fields;
}

/* A way with up to three tags, "highway=footway". */
typedef struct way {
    char *value[COLUMNS];
    char  text[3][40];
    cm_vector_feature feature;
} way;

static way *tagged(way *w, const char *a, const char *b, const char *c)
{
    const char *const tags[] = {a, b, c};

    memset(w, 0, sizeof *w);
    w->feature.value = w->value;
    for (int t = 0; t < 3; t++) {
        const char *equals = tags[t] ? strchr(tags[t], '=') : NULL;
        size_t k = 0;
        if (!equals)
            continue;
        while (k < COLUMNS && strncmp(OSM[k], tags[t], (size_t)(equals - tags[t])) != 0)
            k++;
        assert_true(k < COLUMNS);
        strcpy(w->text[t], equals + 1);
        w->value[k] = w->text[t];
    }
    return w;
}

static void whom_a_way_serves(void **state)
{
    static const struct {
        const char *tag[3];
        bool        all, foot, car;
    } CASES[] = {
        {{"highway=residential"}, true, true, true},
        {{"highway=unclassified"}, true, true, true},
        {{"highway=living_street"}, true, true, true},
        {{"highway=service"}, true, true, true},
        {{"highway=motorway"}, true, false, true},
        {{"highway=motorway_link"}, true, false, true},
        {{"highway=trunk"}, true, true, true},
        {{"highway=footway"}, true, true, false},
        {{"highway=path"}, true, true, false},
        {{"highway=steps"}, true, true, false},
        {{"highway=cycleway"}, true, true, false},
        {{"highway=bridleway"}, true, true, false},
        {{"highway=pedestrian"}, true, true, false},
        {{"highway=track"}, true, true, false},
        /* nobody walks or drives there */
        {{"highway=proposed"}, false, false, false},
        {{"highway=construction"}, false, false, false},
        {{"highway=platform"}, false, false, false},
        {{"highway=raceway"}, false, false, false},
        {{"highway=bus_stop"}, false, false, false},
        /* drawn beside a street that is there, or too small to matter */
        {{"highway=footway", "footway=sidewalk"}, false, false, false},
        {{"highway=footway", "footway=crossing"}, false, false, false},
        {{"highway=service", "service=driveway"}, false, false, false},
        {{"highway=service", "service=parking_aisle"}, false, false, false},
        {{"highway=service", "service=alley"}, true, true, true},
        /* closed: to all, or open on foot */
        {{"highway=service", "access=private"}, false, false, false},
        {{"highway=residential", "access=no"}, false, false, false},
        {{"highway=service", "access=private", "foot=yes"}, true, true, false},
        {{"highway=service", "access=private", "foot=permissive"}, true, true, false},
        {{"highway=service", "access=private", "foot=private"}, false, false, false},
        {{"highway=residential", "access=destination"}, true, true, true},
        /* words are taken in any case; without a class all is taken */
        {{"highway=Footway"}, true, true, false},
        {{"name=Mill Lane"}, true, true, true},
    };
    const cm_street_fields fields = fields_of(state, OSM, COLUMNS, NULL, NULL);

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        way w;
        const cm_vector_feature *f = &tagged(&w, CASES[i].tag[0], CASES[i].tag[1], CASES[i].tag[2])->feature;
        if (cm_street_is_used(&fields, f, CASTMAP_STREETS_ALL) != CASES[i].all || cm_street_is_used(&fields, f, CASTMAP_STREETS_FOOT) != CASES[i].foot ||
            cm_street_is_used(&fields, f, CASTMAP_STREETS_CAR) != CASES[i].car)
            fail_msg("case %zu: %s %s", i, CASES[i].tag[0], CASES[i].tag[1] ? CASES[i].tag[1] : "");
    }
}

static void levels_of_bridges_and_tunnels(void **state)
{
    static const struct {
        const char *tag[2];
        int         level;
    } CASES[] = {
        {{"layer=1"}, 1},   {{"layer=-2"}, -2},          {{"layer=0"}, 0},           {{"bridge=yes"}, 1},
        {{"bridge=viaduct"}, 1}, {{"bridge=no"}, 0},     {{"tunnel=yes"}, -1},       {{"tunnel=building_passage"}, -1},
        {{"tunnel=no"}, 0}, {{"bridge=yes", "layer=2"}, 2}, {{"bridge=yes", "layer=0"}, 1}, {{"bridge=yes", "layer=1;2"}, 1},
        {{"layer=40"}, 0},  {{"layer=high"}, 0},         {{"highway=footway"}, 0},   {{"bridge=F"}, 0}, /* Geofabrik: F and T */
    };
    const cm_street_fields fields = fields_of(state, OSM, COLUMNS, NULL, NULL);

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        way w;
        if (cm_street_level(&fields, &tagged(&w, CASES[i].tag[0], CASES[i].tag[1], NULL)->feature) != CASES[i].level)
            fail_msg("case %zu: %s", i, CASES[i].tag[0]);
    }
}

static void directions_of_one_way_streets(void **state)
{
    static const struct {
        const char *tag[2];
        castmap_way way;
    } CASES[] = {
        {{"oneway=yes"}, CASTMAP_WAY_FORWARD},
        {{"oneway=true"}, CASTMAP_WAY_FORWARD},
        {{"oneway=1"}, CASTMAP_WAY_FORWARD},
        {{"oneway=-1"}, CASTMAP_WAY_BACKWARD},
        {{"oneway=reverse"}, CASTMAP_WAY_BACKWARD},
        {{"oneway=no"}, CASTMAP_WAY_BOTH},
        {{"oneway=reversible"}, CASTMAP_WAY_BOTH},
        {{"oneway=F"}, CASTMAP_WAY_FORWARD}, /* Geofabrik: F forward, T against, B both */
        {{"oneway=T"}, CASTMAP_WAY_BACKWARD},
        {{"oneway=B"}, CASTMAP_WAY_BOTH},
        {{"highway=residential"}, CASTMAP_WAY_BOTH},
        {{"highway=motorway"}, CASTMAP_WAY_FORWARD},
        {{"highway=motorway", "oneway=no"}, CASTMAP_WAY_BOTH},
        {{"junction=roundabout"}, CASTMAP_WAY_FORWARD},
        {{"junction=circular"}, CASTMAP_WAY_FORWARD},
        {{"junction=roundabout", "oneway=no"}, CASTMAP_WAY_BOTH},
    };
    const cm_street_fields fields = fields_of(state, OSM, COLUMNS, NULL, NULL);

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        way w;
        if (cm_street_way(&fields, &tagged(&w, CASES[i].tag[0], CASES[i].tag[1], NULL)->feature) != CASES[i].way)
            fail_msg("case %zu: %s %s", i, CASES[i].tag[0], CASES[i].tag[1] ? CASES[i].tag[1] : "");
    }
}

static void columns_are_known_by_their_names(void **state)
{
    char *const open_roads[] = {"ID", "NAME1", "road_function", "road_structure", "road_classification_number"};
    char *const geofabrik[] = {"osm_id", "fclass", "name", "ref", "oneway", "layer", "bridge", "tunnel"};
    char *const mine[] = {"STREET", "kind", "label"};
    cm_street_fields f = fields_of(state, open_roads, 5, NULL, NULL);

    assert_int_equal(f.column[CM_STREET_NAME], 1);
    assert_int_equal(f.column[CM_STREET_CLASS], 2);
    assert_int_equal(f.column[CM_STREET_STRUCTURE], 3);
    assert_int_equal(f.column[CM_STREET_REF], 4);
    assert_true(f.column[CM_STREET_ONEWAY] == CM_NO_FIELD);
    f = fields_of(state, geofabrik, 8, NULL, NULL);
    assert_int_equal(f.column[CM_STREET_CLASS], 1);
    assert_int_equal(f.column[CM_STREET_NAME], 2);
    assert_int_equal(f.column[CM_STREET_LAYER], 5);
    f = fields_of(state, mine, 3, NULL, "kind"); /* the best word wins, and what the user says */
    assert_int_equal(f.column[CM_STREET_NAME], 0);
    assert_int_equal(f.column[CM_STREET_CLASS], 1);
    f = fields_of(state, mine, 3, "label", NULL);
    assert_int_equal(f.column[CM_STREET_NAME], 2);
    assert_true(f.column[CM_STREET_CLASS] == CM_NO_FIELD);

    const cm_vector_layer layer = {.n_fields = 3, .field = (char **)(uintptr_t)mine};
    assert_status(cm_street_fields_find(*state, &layer, "nom", NULL, &f), CASTMAP_E_ARGUMENT);
}

/* OS Open Roads says what a street is built on, not on which level. */
static void structures_of_open_roads(void **state)
{
    char *const columns[] = {"name1", "road_structure"};
    const cm_street_fields fields = fields_of(state, columns, 2, NULL, NULL);
    char bridge[] = "Road On Bridge", tunnel[] = "Road In Tunnel", empty[] = "";
    char *value[2] = {NULL, bridge};
    const cm_vector_feature feature = {.value = value};

    assert_int_equal(cm_street_level(&fields, &feature), 1);
    value[1] = tunnel;
    assert_int_equal(cm_street_level(&fields, &feature), -1);
    value[1] = empty;
    assert_int_equal(cm_street_level(&fields, &feature), 0);
    assert_null(cm_street_value(&fields, &feature, CM_STREET_STRUCTURE)); /* empty is nothing */
    assert_null(cm_street_value(&fields, &feature, CM_STREET_ONEWAY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whom_a_way_serves),
        cmocka_unit_test(levels_of_bridges_and_tunnels),
        cmocka_unit_test(directions_of_one_way_streets),
        cmocka_unit_test(columns_are_known_by_their_names),
        cmocka_unit_test(structures_of_open_roads),
    };

    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
