/* Movements between wards as a group might have noted them: journeys of one to three legs, two planted patterns, and a few faults. */
#include "calendar.h"
#include "publish.h"
#include "random.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define BACKGROUND 800
#define CHAIN 46   /* journeys along all of the planted chain */
#define LONE 60    /* from Brackwold to Northgate, one leg */
#define REPORTERS 24

static const char *const CHAIN_STOPS[] = {"Oswend North", "Eastern Way", "Linnetfield", "Weirside"};

typedef struct journeys {
    const sample *s;
    FILE         *out;
    stream        dice;
    vec          *middle; /* of each ward; owned */
    int           journey, rows;
} journeys;

static int ward_named(const sample *s, const char *name)
{
    for (int i = 0; i < s->wards.count; i++) {
        if (strcmp(s->wards.list[i].name, name) == 0)
            return i;
    }
    fprintf(stderr, "no ward %s\n", name);
    exit(1);
}

static vec middle_of(const path *ring)
{
    vec sum = {0, 0};

    for (int i = 0; i < ring->count; i++) {
        sum.x += ring->at[i].x;
        sum.y += ring->at[i].y;
    }
    return (vec){sum.x / ring->count, sum.y / ring->count};
}

/* Where people live, fewer the farther it is: people / (1 km + distance)^2. */
static int destination(journeys *j, int from)
{
    int weight[64];

    for (int i = 0; i < j->s->wards.count; i++) {
        const double km = 1.0 + vec_length(vec_minus(j->middle[i], j->middle[from])) / 1000.0;
        weight[i] = (int)(j->s->wards.list[i].people / (km * km));
    }
    return draw_weighted(&j->dice, weight, j->s->wards.count);
}

static int origin(journeys *j)
{
    int weight[64];

    for (int i = 0; i < j->s->wards.count; i++)
        weight[i] = j->s->wards.list[i].people;
    return draw_weighted(&j->dice, weight, j->s->wards.count);
}

/* Some write the code of a ward and some its name. */
static const char *written(journeys *j, int ward)
{
    return draw_below(&j->dice, 4) == 0 ? j->s->wards.list[ward].name : j->s->wards.list[ward].code;
}

static void leg(journeys *j, int number, int64_t date, int from, int to, int persons, int reporter, const char *grade)
{
    char moved[64];
    const char *first = written(j, from);

    write_date(date * 86400 + 43200, moved);
    fprintf(j->out, "J%04d,%d,%s,%s,%s,%d,R-%03d,%s\n", j->journey, number, moved, first, written(j, to), persons, reporter, grade);
    j->rows++;
}

static void journey(journeys *j, const int *stop, int stops)
{
    static const char *const GRADES[] = {"1AP", "1BP", "2AP", "2BP", "2BP", "2CP", "3CP", "2BC", "3DP", "2EP"};
    const int64_t date = day_number(2024, 7, 1) + draw_below(&j->dice, 730);
    const int persons = 1 + draw_below(&j->dice, 4), reporter = 1 + draw_below(&j->dice, REPORTERS);
    const int kind = draw_below(&j->dice, 40);
    const char *grade = GRADES[kind < 10 ? kind : kind % 7];

    j->journey++;
    for (int k = 0; k + 1 < stops; k++)
        leg(j, k + 1, date + (k > 1), stop[k], stop[k + 1], persons, reporter, grade);
}

static void faults(journeys *j)
{
    static const char *const ROWS[] = {
        "J9001,1,2025-02-30,X05000001,X05000002,1,R-001,2BP", "J9002,1,2025-03-04,,X05000002,1,R-002,2BP", "J9003,1,2025-03-04,X05000001,,2,R-003,2BP",
        "J9004,1,2025-03-04,X05000001,Nether Wallow,1,R-004,2BP", "J9005,1,2025-03-04,X05000099,X05000002,1,R-005,2BP", "J9006,1,03/04/2025,X05000001,X05000002,1,R-001,2BP",
        "J9007,1,2025-03-04,X05000001,X05000002,several,R-002,2BP", "J9008,1,2025-03-04,X05000001,X05000002,1,R-002,9ZQ", "J9009,1,2025-03-04,X05000001,X05000002"};

    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        fprintf(j->out, "%s\n", ROWS[i]);
}

void publish_movements(const sample *s, const char *file)
{
    journeys j = {.s = s, .out = text_open(file), .dice = stream_of(50)};
    int chain[4], lone[2] = {ward_named(s, "Brackwold"), ward_named(s, "Northgate")}, stop[4];
    int room = 0;

    j.middle = grow(NULL, &room, s->wards.count, sizeof *j.middle);
    for (int i = 0; i < s->wards.count; i++)
        j.middle[i] = middle_of(&s->wards.list[i].ring);
    for (int i = 0; i < 4; i++)
        chain[i] = ward_named(s, CHAIN_STOPS[i]);
    fputs("journey,leg,moved_on,from_ward,to_ward,persons,reporter,grade\n", j.out);
    for (int i = 0; i < BACKGROUND; i++) {
        const int stops = 2 + draw_below(&j.dice, 3) % 2 + draw_below(&j.dice, 5) / 4;
        stop[0] = origin(&j);
        for (int k = 1; k < stops; k++)
            stop[k] = destination(&j, stop[k - 1]);
        journey(&j, stop, stops);
        if (i % (BACKGROUND / CHAIN) == 3 && i / (BACKGROUND / CHAIN) < CHAIN)
            journey(&j, chain, 4);
        if (i % (BACKGROUND / LONE) == 7 && i / (BACKGROUND / LONE) < LONE)
            journey(&j, lone, 2);
    }
    faults(&j);
    free(j.middle);
    text_close(j.out, file);
}
