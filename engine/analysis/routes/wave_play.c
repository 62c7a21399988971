/* analysis/routes/wave_play.c - the ticks of a tile: what arrives at a junction is shared among its ends, and what leaves by an own street is added up. */
#include "analysis/routes/wave_tile.h"

#include <math.h>
#include <string.h>

void cm_wave_taps(double x, double tap[CM_WAVE_TAPS])
{
    static const double UNDER[CM_WAVE_TAPS] = {-120.0, 24.0, -12.0, 12.0, -24.0, 120.0};

    for (unsigned i = 0; i < CM_WAVE_TAPS; i++) {
        tap[i] = 1.0 / UNDER[i];
        for (unsigned k = 0; k < CM_WAVE_TAPS; k++)
            tap[i] *= k == i ? 1.0 : x - (double)k;
    }
}

void cm_wave_set_due(const cm_wave_tile *t, const cm_wave_junction *j, cm_wave_arrival *a)
{
    const cm_route_sums *sums = t->run->job->sums;

    if (a->left == 0) {
        a->due = INT64_MAX;
        return;
    }
    const double r = a->end & 1 ? a->length - sums->event[a->event].along : sums->event[a->event].along;
    const int64_t tick = (int64_t)floor(r / cm_wave_tick(t->run, j->level)) - CM_WAVE_BEFORE;
    a->due = tick > 0 ? tick : 0;
}

static double place_to_end(const cm_wave_tile *t, const cm_wave_outlet *o, double length)
{
    const double at = t->run->job->place_at[o->next];

    return o->side ? length - at : at;
}

#define WINDOW (1.0 / 16.0) /* of the radius */

/* sum over pulses of w k(t + a), k the Gaussian, from their moments about the middle of a window: Taylor to the 4th power. The next term is below 4e-8 of the height. */
static double add_up_gaussian(const cm_wave_tile *t, const cm_wave_outlet *o, double a)
{
    /* u = d / h, k = height exp(-4 u^2); in s = u sqrt(8) that is exp(-s^2 / 2), whose derivatives are Hermite's polynomials. */
    const double scale = 2.8284271247461903, s = (a + o->origin) * scale, s2 = s * s;
    const double hermite[CM_SUM_TERMS] = {1.0, -s, s2 - 1.0, s * (3.0 - s2), s2 * (s2 - 6.0) + 3.0};
    double sum = 0.0, power = 1.0;

    for (int i = 0; i < CM_SUM_TERMS; i++) {
        sum += o->moment[i] * hermite[i] * power;
        power *= scale / (double)(i + 1);
    }
    return t->run->height * exp(-0.5 * s2) * sum;
}

/* sum over pulses of w k(t + a), from their moments. */
static double add_up(const cm_wave_tile *t, const double moment[CM_SUM_TERMS], double a)
{
    static const double CHOOSE[CM_SUM_TERMS][CM_SUM_TERMS] = {{1}, {1, 1}, {1, 2, 1}, {1, 3, 3, 1}, {1, 4, 6, 4, 1}};
    double sum = 0.0;

    for (int i = 0; i < CM_SUM_TERMS; i++) {
        double power = 1.0, part = 0.0; /* a^(i - j), from j = i down */
        for (int j = i; j >= 0; j--) {
            part += CHOOSE[i][j] * power * moment[j];
            power *= a;
        }
        sum += t->run->kernel[i] * part;
    }
    return sum;
}

/* Places that pulses of `time` and later no longer reach. */
static void settle(const cm_wave_tile *t, cm_wave_outlet *o, double length, double time)
{
    while (o->left > 0) {
        const double a = place_to_end(t, o, length);
        if (a + time < 1.0)
            return;
        t->run->sum[o->next] += t->run->gaussian ? add_up_gaussian(t, o, a) : add_up(t, o->moment, a);
        o->left--;
        if (o->side)
            o->next++;
        else
            o->next--;
    }
}

/* A Gaussian's window is over: its pulses are added to all places that are left, and the next begins. */
static void turn_window(const cm_wave_tile *t, cm_wave_outlet *o, double length, double time)
{
    cm_wave_outlet place = *o;

    for (; place.left > 0; place.left--) {
        t->run->sum[place.next] += add_up_gaussian(t, o, place_to_end(t, &place, length));
        if (o->side)
            place.next++;
        else
            place.next--;
    }
    memset(o->moment, 0, sizeof o->moment);
    o->origin = (floor(time / WINDOW) + 0.5) * WINDOW;
}

/* A pulse leaves by an end of an own edge. */
static inline void leave(const cm_wave_tile *t, const cm_wave_arrival *a, double pulse, double time)
{
    cm_wave_outlet *o = &t->outlet[a->out];

    settle(t, o, a->length, time);
    if (t->run->gaussian) {
        if (time - o->origin >= 0.5 * WINDOW)
            turn_window(t, o, a->length, time);
        time -= o->origin;
    }
    for (int m = 0; m < CM_SUM_TERMS; m++) {
        o->moment[m] += pulse;
        pulse *= time;
    }
}

static inline void push(const cm_wave_tile *t, const cm_wave_arrival *a, const cm_wave_junction *j, int64_t tick, double pulse)
{
    const cm_wave_arrival *far = &t->arrival[a->far];
    double *ring = t->ring + far->ring;

    if (a->far_level >= j->level) {
        const int64_t first = (tick << (a->far_level - j->level)) + a->offset;
        for (unsigned i = 0; i < CM_WAVE_TAPS; i++)
            ring[(size_t)(first + i) & far->mask] += pulse * a->tap[i];
        return;
    }
    /* Longer ticks there: ours lie at fractions of them. */
    const double at = ((double)tick * cm_wave_tick(t->run, j->level) + a->length) / cm_wave_tick(t->run, a->far_level), whole = floor(at);
    double tap[CM_WAVE_TAPS];
    cm_wave_taps(at - whole + CM_WAVE_BEFORE, tap);
    for (unsigned i = 0; i < CM_WAVE_TAPS; i++)
        ring[(size_t)((int64_t)whole - CM_WAVE_BEFORE + i) & far->mask] += pulse * tap[i];
}

/* Events whose first tap is this tick. Near the junction all taps are later than it, and the pulse lies among the first of them. */
static void put_in(const cm_wave_tile *t, const cm_wave_junction *j, cm_wave_arrival *a, int64_t tick)
{
    const cm_route_sums *sums = t->run->job->sums;
    double tap[CM_WAVE_TAPS], *ring = t->ring + a->ring;

    while (a->due == tick) {
        const cm_route_event *event = &sums->event[a->event];
        const double r = a->end & 1 ? a->length - event->along : event->along;
        cm_wave_taps(r / cm_wave_tick(t->run, j->level) - (double)tick, tap);
        for (unsigned i = 0; i < CM_WAVE_TAPS; i++)
            ring[(size_t)(tick + i) & a->mask] += event->weight * tap[i];
        a->left--;
        if (a->end & 1)
            a->event--;
        else
            a->event++;
        cm_wave_set_due(t, j, a);
    }
}

static void play_junction(cm_wave_tile *t, const cm_wave_junction *j, int64_t tick)
{
    cm_wave_arrival *a = t->arrival + j->first;
    double total = 0.0;
    bool any = tick == 0 && j->at_node > 0.0;

    for (uint32_t k = 0; k < j->n; k++) {
        if (a[k].due == tick)
            put_in(t, j, &a[k], tick);
        const double in = t->ring[a[k].ring + ((size_t)tick & a[k].mask)];
        total += in;
        any = any || in != 0.0;
    }
    if (!any)
        return;
    const double time = (double)tick * cm_wave_tick(t->run, j->level), across = total * j->forward + (tick == 0 ? j->at_node : 0.0);
    for (uint32_t k = 0; k < j->n; k++) {
        double *in = &t->ring[a[k].ring + ((size_t)tick & a[k].mask)];
        const double pulse = across + (j->back - j->forward) * *in;
        *in = 0.0;
        if (a[k].far != CM_NO_ARRIVAL)
            push(t, &a[k], j, tick, pulse);
        if (a[k].out != CM_NO_ARRIVAL)
            leave(t, &a[k], pulse, time);
    }
}

/* What leaves by one end in a block of ticks, in those of the other end. */
static void push_block(const cm_wave_tile *t, const cm_wave_arrival *a, const cm_wave_junction *j, int64_t tick, const double pulse[CM_WAVE_BLOCK])
{
    double *ring = t->ring + t->arrival[a->far].ring, spread[CM_WAVE_BLOCK + CM_WAVE_TAPS - 1] = {0.0};
    const size_t mask = t->arrival[a->far].mask, first = (size_t)(tick + a->offset) & mask;

    if (a->far_level > 0) {
        for (unsigned i = 0; i < CM_WAVE_BLOCK; i++)
            push(t, a, j, tick + i, pulse[i]);
        return;
    }
    for (unsigned m = 0; m < CM_WAVE_TAPS; m++)
        for (unsigned i = 0; i < CM_WAVE_BLOCK; i++)
            spread[i + m] += a->tap[m] * pulse[i];
    if (first + CM_WAVE_BLOCK + CM_WAVE_TAPS - 2 <= mask) {
        for (unsigned i = 0; i < CM_WAVE_BLOCK + CM_WAVE_TAPS - 1; i++)
            ring[first + i] += spread[i];
        return;
    }
    for (unsigned i = 0; i < CM_WAVE_BLOCK + CM_WAVE_TAPS - 1; i++)
        ring[(first + i) & mask] += spread[i];
}

/* As play_junction(), for CM_WAVE_BLOCK ticks from one that is a multiple of it: nothing that is sent in them arrives here in them. */
static void play_block(cm_wave_tile *t, const cm_wave_junction *j, int64_t tick)
{
    cm_wave_arrival *a = t->arrival + j->first;
    double across[CM_WAVE_BLOCK] = {0.0};
    bool any = tick == 0 && j->at_node > 0.0;

    for (uint32_t k = 0; k < j->n; k++) {
        while (a[k].due < tick + CM_WAVE_BLOCK)
            put_in(t, j, &a[k], a[k].due);
        const double *in = t->ring + a[k].ring + ((size_t)tick & a[k].mask);
        for (unsigned i = 0; i < CM_WAVE_BLOCK; i++) {
            across[i] += in[i];
            any = any || in[i] != 0.0;
        }
    }
    if (!any)
        return;
    for (unsigned i = 0; i < CM_WAVE_BLOCK; i++)
        across[i] *= j->forward;
    across[0] += tick == 0 ? j->at_node : 0.0;
    for (uint32_t k = 0; k < j->n; k++) {
        double *in = t->ring + a[k].ring + ((size_t)tick & a[k].mask), pulse[CM_WAVE_BLOCK];
        for (unsigned i = 0; i < CM_WAVE_BLOCK; i++) {
            pulse[i] = across[i] + (j->back - j->forward) * in[i];
            in[i] = 0.0;
        }
        if (a[k].far != CM_NO_ARRIVAL)
            push_block(t, &a[k], j, tick, pulse);
        for (unsigned i = 0; i < CM_WAVE_BLOCK && a[k].out != CM_NO_ARRIVAL; i++)
            leave(t, &a[k], pulse[i], (double)(tick + i) * cm_wave_tick(t->run, 0));
    }
}

void cm_wave_play(cm_wave_tile *t)
{
    const int64_t end = (int64_t)t->run->steps << t->deepest;

    for (int64_t tick = 0; tick < end; tick++) {
        /* Junctions of a level have a tick here if this is one of theirs. */
        for (uint32_t level = t->deepest + 1; level-- > 0;) {
            const uint32_t finer = t->deepest - level;
            const int64_t own = tick >> finer;
            if (tick & (((int64_t)1 << finer) - 1))
                break;
            for (size_t i = 0; level == 0 && own % CM_WAVE_BLOCK == 0 && i < t->n_blocks && t->junction[i].stop >= own; i++)
                play_block(t, &t->junction[i], own);
            for (size_t i = t->level_start[level]; i < t->level_start[level + 1]; i++) {
                if (t->junction[i].stop < own)
                    break;
                play_junction(t, &t->junction[i], own);
            }
        }
    }
    for (size_t k = 0; k < t->n_arrivals; k++)
        if (t->arrival[k].out != CM_NO_ARRIVAL)
            settle(t, &t->outlet[t->arrival[k].out], t->arrival[k].length, 1.0);
}
