#include "observations.h"

#include "calendar.h"
#include "random.h"

#include <math.h>
#include <stdlib.h>

#define FIRST_DAY day_number(2024, 7, 1)
#define LAST_DAY day_number(2026, 6, 30)
#define BACKGROUND 1400
#define HOUSE_REACH 30.0 /* a drawn place counts if a house is that near */

typedef struct pattern {
    pattern_id id;
    int        count;
    double     x, y;          /* km; the route and the riverside follow a curve instead */
    double     spread;        /* metres, standard deviation */
    int        categories[CATEGORY_COUNT];
    bool       at_night;
    bool       rising;
} pattern;

/* Weights in the order of CATEGORY_CODES. */
static const pattern PATTERNS[] = {
    {PATTERN_NONE, BACKGROUND, 0, 0, 0, {14, 12, 8, 9, 8, 13, 9, 9, 12, 10}, false, false},
    {PATTERN_ROUTE, 340, 0, 0, 0, {0, 3, 56, 2, 2, 14, 16, 2, 2, 5}, false, false},
    {PATTERN_NIGHT, 130, -2.36, -0.28, 120, {2, 60, 0, 0, 0, 26, 0, 0, 4, 8}, true, false},
    {PATTERN_RISING, 150, -3.45, 1.7, 150, {48, 22, 12, 0, 0, 6, 6, 0, 0, 6}, false, true},
    {PATTERN_BORDER, 130, 2.72, 0.76, 185, {30, 18, 8, 0, 4, 10, 10, 6, 4, 10}, false, false},
    {PATTERN_RIVERSIDE, 110, 0, 0, 0, {4, 4, 6, 52, 0, 2, 4, 22, 0, 6}, false, false},
    {PATTERN_TERRACES, 170, -0.55, -1.5, 210, {60, 16, 6, 0, 2, 6, 4, 2, 2, 2}, false, false},
    {PATTERN_MARKET, 90, 4.87, 1.17, 85, {2, 4, 4, 4, 46, 10, 6, 20, 0, 4}, false, false},
    {PATTERN_REPEATED, 30, -4.3, 0.72, 0, {0, 100, 0, 0, 0, 0, 0, 0, 0, 0}, true, false},
};

/* Share of each hour of the day, and of each month, by category. */
static const int HOURS[CATEGORY_COUNT][24] = {
    {2, 1, 1, 1, 1, 2, 5, 8, 8, 6, 5, 5, 6, 6, 6, 7, 9, 11, 13, 14, 12, 9, 6, 4},
    {16, 14, 9, 5, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 5, 8, 12, 18, 20},
    {0, 0, 0, 1, 7, 22, 24, 14, 5, 1, 0, 0, 0, 0, 0, 1, 3, 7, 10, 8, 4, 2, 1, 0},
    {0, 0, 0, 0, 0, 0, 0, 1, 6, 10, 12, 13, 12, 12, 12, 11, 10, 7, 3, 1, 0, 0, 0, 0},
    {0, 0, 0, 0, 0, 0, 0, 0, 1, 6, 9, 10, 11, 11, 11, 11, 12, 13, 10, 6, 2, 0, 0, 0},
    {3, 2, 1, 1, 0, 0, 1, 3, 6, 6, 6, 6, 6, 6, 7, 9, 9, 8, 8, 8, 9, 9, 7, 5},
    {0, 0, 0, 0, 0, 1, 3, 7, 10, 10, 9, 9, 9, 8, 8, 8, 8, 8, 6, 4, 2, 1, 0, 0},
    {0, 0, 0, 0, 1, 2, 5, 8, 9, 9, 9, 9, 9, 9, 9, 8, 7, 6, 4, 3, 2, 1, 0, 0},
    {6, 4, 2, 1, 1, 3, 5, 4, 1, 0, 0, 0, 0, 0, 0, 2, 6, 9, 10, 11, 12, 12, 11, 9},
    {2, 1, 1, 0, 0, 1, 3, 5, 7, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 7, 6, 5, 4, 3},
};

static const int MONTHS[CATEGORY_COUNT][12] = {
    {11, 11, 10, 9, 8, 7, 7, 7, 9, 10, 11, 11}, {9, 9, 9, 9, 10, 11, 12, 12, 10, 9, 9, 10},
    {6, 6, 8, 10, 12, 13, 13, 13, 12, 9, 7, 5},  {5, 6, 9, 10, 12, 13, 13, 12, 10, 8, 6, 5},
    {8, 8, 9, 9, 10, 10, 9, 9, 9, 9, 10, 13},    {7, 8, 9, 9, 10, 11, 12, 12, 9, 9, 8, 7},
    {10, 9, 11, 12, 11, 8, 6, 7, 12, 11, 9, 6},  {6, 7, 9, 10, 11, 13, 14, 13, 11, 8, 6, 6},
    {14, 12, 9, 6, 4, 3, 3, 4, 8, 12, 15, 16},   {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9},
};

static const char *const CONDITIONS[] = {
    "Only the safeguarding team of the council.", "Ask the reporter again before passing on.",
    "Not to leave the coordinators.", "Police only, and only in person.",
    "May be used in counts, not as a single record.",
};

typedef struct drawer {
    const plan    *plan;
    const network *net;
    const wards   *wards;
    const houses  *houses;
    observations  *all;
    stream         dice;
    int            home[REPORTER_COUNT + 1];   /* a house each */
    int            weight[REPORTER_COUNT + 1];
    int            grade[REPORTER_COUNT + 1];
    int            dwellings;                  /* in all */
} drawer;

static int house_by_people(drawer *d)
{
    int left = draw_below(&d->dice, d->dwellings);

    for (int i = 0; i < d->houses->count; i++) {
        left -= d->houses->list[i].dwellings;
        if (left < 0)
            return i;
    }
    return d->houses->count - 1;
}

static int house_near(const drawer *d, vec at, double reach)
{
    double best = reach;
    int found = -1;

    for (int i = 0; i < d->houses->count; i++) {
        const double away = vec_length(vec_minus(d->houses->list[i].at, at));
        if (away < best) {
            best = away;
            found = i;
        }
    }
    return found;
}

static vec scattered(drawer *d, vec at, double spread)
{
    const double dx = draw_normal(&d->dice), dy = draw_normal(&d->dice);

    return (vec){at.x + dx * spread, at.y + dy * spread};
}

/* In the street before a house: between its wall and the middle of the road. */
static vec before_house(drawer *d, int which)
{
    const house *h = &d->houses->list[which];
    const path *street = &d->net->edges[h->edge].path;
    const double share = draw_between(&d->dice, 0.1, 0.75);
    vec nearest = h->at;
    double best = 1e12;

    for (int i = 1; i < street->count; i++) {
        const vec a = street->at[i - 1], along = vec_minus(street->at[i], a);
        double t = vec_dot(vec_minus(h->at, a), along) / vec_dot(along, along);
        t = t < 0.0 ? 0.0 : t > 1.0 ? 1.0 : t;
        const vec on = vec_toward(a, along, t);
        const double away = vec_length(vec_minus(on, h->at));
        if (away < best) {
            best = away;
            nearest = on;
        }
    }
    return scattered(d, vec_toward(h->at, vec_minus(nearest, h->at), share), 2.5);
}

/* A stretch of Oswend Road, thicker at the bus stops, never far from the middle of the road. */
static vec on_the_route(drawer *d)
{
    const curve *road = plan_curve(d->plan, "east");
    const double first = 1120.0 + 950.0, length = 1250.0;
    double along = draw_between(&d->dice, 0.0, length);
    vec direction;

    if (draw_unit(&d->dice) < 0.3) {
        const double stop = floor(along / 310.0) * 310.0 + 150.0;
        along = stop + 25.0 * draw_normal(&d->dice);
    }
    along = along < 0.0 ? 0.0 : along > length ? length : along;
    const vec at = path_at(&road->path, first + along, &direction);
    double aside = 5.0 * draw_normal(&d->dice);
    aside = aside > 12.5 ? 12.5 : aside < -12.5 ? -12.5 : aside;
    return (vec){at.x - direction.y * aside, at.y + direction.x * aside};
}

/* A bent band along the left bank below Tanners' Bridge. */
static vec by_the_river(drawer *d)
{
    const curve *river = plan_curve(d->plan, "river");
    double first = 0.0;
    vec direction;

    for (int i = 1; i <= river->start[12]; i++)
        first += vec_length(vec_minus(river->path.at[i], river->path.at[i - 1]));
    const double along = first + draw_between(&d->dice, 180.0, 1700.0);
    const double aside = 75.0 + 25.0 * draw_normal(&d->dice);
    const vec at = path_at(&river->path, along, &direction);
    return (vec){at.x - direction.y * aside, at.y + direction.x * aside};
}

static vec place_for(drawer *d, const pattern *p)
{
    switch (p->id) {
    case PATTERN_ROUTE:
        return on_the_route(d);
    case PATTERN_RIVERSIDE:
        return by_the_river(d);
    case PATTERN_REPEATED:
        return scattered(d, d->houses->list[house_near(d, (vec){p->x * 1000.0, p->y * 1000.0}, 1e12)].at, 3.0);
    case PATTERN_NONE:
        return before_house(d, house_by_people(d));
    default:
        break;
    }
    for (;;) {
        const int which = house_near(d, scattered(d, (vec){p->x * 1000.0, p->y * 1000.0}, p->spread), HOUSE_REACH);
        if (which >= 0)
            return before_house(d, which);
    }
}

/* The phone's own estimate, and where it then believes to be. */
static void fix_place(drawer *d, const pattern *p, observation *o)
{
    for (;;) {
        const bool road = p->id == PATTERN_ROUTE;
        double accuracy = 3.0 + 4.0 * fabs(draw_normal(&d->dice));
        if (!road && draw_unit(&d->dice) < 0.12)
            accuracy += draw_between(&d->dice, 8.0, 62.0);
        accuracy = accuracy > 80.0 ? 80.0 : accuracy;
        const double error = road ? 0.8 : accuracy * 0.3 > 15.0 ? 15.0 : accuracy * 0.3;
        o->place = spot_of(scattered(d, place_for(d, p), error));
        o->accuracy = (int)(accuracy * 10.0);
        o->altitude = 180 + (int)(12.0 * (20.0 + draw_normal(&d->dice) * 4.0));
        const vec at = vec_of(o->place);
        if (wards_at(d->wards, at) >= 0 && wards_border_distance(d->wards, at) > 0.5 &&
            plan_river_distance(d->plan, at) > 2.0)
            return;
    }
}

static void fix_time(drawer *d, const pattern *p, observation *o)
{
    const int days = (int)(LAST_DAY - FIRST_DAY) + 1;
    int64_t date = 0;

    for (;;) {
        date = FIRST_DAY + draw_below(&d->dice, days);
        if (p->id == PATTERN_REPEATED)
            date = day_number(2025, 2, 3) + draw_below(&d->dice, 150);
        const double gone = (double)(date - FIRST_DAY) / days;
        const double growth = p->rising ? 0.04 + gone * gone : 0.75 + 0.25 * gone;
        const int weekday = day_of_week(date);
        const double week = weekday == 0 ? 0.8 : weekday == 5 ? 1.0 : weekday == 6 ? 0.95 : 0.88;
        if (draw_unit(&d->dice) < growth * week * MONTHS[o->category][day_of(date).month - 1] / 16.0)
            break;
    }
    int hour = draw_weighted(&d->dice, HOURS[o->category], 24);
    while (p->at_night && hour >= 4 && hour < 22)
        hour = draw_weighted(&d->dice, HOURS[1], 24);
    const int second = 60 * draw_below(&d->dice, 60);
    o->seen = utc_of_clock(date * 86400 + hour * 3600 + second);
    const double luck = draw_unit(&d->dice);
    int64_t delay = 60 + draw_below(&d->dice, 1500);
    if (luck < 0.3)
        delay = 1800 + draw_below(&d->dice, 6 * 3600);
    else if (luck < 0.4)
        delay = 6 * 3600 + draw_below(&d->dice, 40 * 3600);
    o->opened = o->seen + delay + draw_below(&d->dice, 60);
    o->closed = o->opened + 50 + draw_below(&d->dice, 380);
    o->submitted = o->closed + 2 + (draw_unit(&d->dice) < 0.15 ? draw_below(&d->dice, 20 * 3600) : draw_below(&d->dice, 40));
}

/* Busy reporters report more, and people report what is near them. */
static int reporter_for(drawer *d, vec at)
{
    int best = 0;
    double nearest = 1e12;

    for (int turn = 0; turn < 4; turn++) {
        const int who = 1 + draw_weighted(&d->dice, d->weight + 1, REPORTER_COUNT);
        const double away = vec_length(vec_minus(d->houses->list[d->home[who]].at, at));
        if (away < nearest) {
            nearest = away;
            best = who;
        }
    }
    return best;
}

static void fix_grades(drawer *d, const pattern *p, observation *o)
{
    static const int information[5] = {200, 240, 370, 182, 8};

    o->reporter = p->id == PATTERN_REPEATED ? 14 : reporter_for(d, vec_of(o->place));
    o->source_grade = d->grade[o->reporter];
    o->information_grade = (char)('A' + draw_weighted(&d->dice, information, 5));
    o->restricted = draw_unit(&d->dice) < 0.08;
    const int which = draw_below(&d->dice, 5);
    o->conditions = o->restricted ? CONDITIONS[which] : "";
    const int persons = 1 + draw_below(&d->dice, o->category == 5 ? 2 : 8);
    const bool said = draw_unit(&d->dice) < 0.55 && o->category != 6 && o->category != 8;
    o->how_many = said ? persons : 0;
    const int note = draw_below(&d->dice, 6);
    o->note = draw_unit(&d->dice) < 0.62 ? note_for(o->category, note) : "";
}

static int by_submission(const void *left, const void *right)
{
    const observation *a = left, *b = right;

    if (a->submitted != b->submitted)
        return a->submitted < b->submitted ? -1 : 1;
    if (a->place.lon != b->place.lon)
        return a->place.lon < b->place.lon ? -1 : 1;
    return a->place.lat < b->place.lat ? -1 : a->place.lat > b->place.lat;
}

static void meet_reporters(drawer *d)
{
    for (int i = 0; i < d->houses->count; i++)
        d->dwellings += d->houses->list[i].dwellings;
    for (int i = 1; i <= REPORTER_COUNT; i++) {
        const double luck = draw_unit(&d->dice);
        d->home[i] = house_by_people(d);
        d->weight[i] = 10 + 900 / (i + 4);
        d->grade[i] = luck < 0.22 ? 1 : luck < 0.9 ? 2 : 3;
    }
    d->grade[14] = 2;
}

observations observations_draw(const plan *p, const network *n, const wards *w, const houses *h)
{
    observations all = {0};
    drawer d = {.plan = p, .net = n, .wards = w, .houses = h, .all = &all, .dice = stream_of(40)};

    meet_reporters(&d);
    for (size_t k = 0; k < sizeof PATTERNS / sizeof PATTERNS[0]; k++)
        for (int i = 0; i < PATTERNS[k].count; i++) {
            observation o = {.pattern = PATTERNS[k].id};
            o.category = draw_weighted(&d.dice, PATTERNS[k].categories, CATEGORY_COUNT);
            fix_place(&d, &PATTERNS[k], &o);
            fix_time(&d, &PATTERNS[k], &o);
            fix_grades(&d, &PATTERNS[k], &o);
            all.list = grow(all.list, &all.room, all.count + 1, sizeof *all.list);
            all.list[all.count++] = o;
        }
    qsort(all.list, (size_t)all.count, sizeof *all.list, by_submission);
    return all;
}
