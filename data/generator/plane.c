#include "plane.h"

#include "random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define ORIGIN_LON (-4.05)
#define ORIGIN_LAT 53.75
#define METRES_PER_LON 65968.0 /* at the origin's latitude */
#define METRES_PER_LAT 111300.0

void *grow(void *block, int *room, int need, size_t size)
{
    if (need <= *room)
        return block;
    while (*room < need)
        *room = *room ? *room * 2 : 16;
    block = realloc(block, (size_t)*room * size);
    if (!block) {
        fputs("make_sample: out of memory\n", stderr);
        exit(1);
    }
    return block;
}

void path_add(path *p, vec at)
{
    p->at = grow(p->at, &p->room, p->count + 1, sizeof *p->at);
    p->at[p->count++] = at;
}

void path_append(path *p, const path *tail, bool reversed)
{
    for (int i = 0; i < tail->count; i++) {
        const vec at = tail->at[reversed ? tail->count - 1 - i : i];
        if (p->count && p->at[p->count - 1].x == at.x && p->at[p->count - 1].y == at.y)
            continue;
        path_add(p, at);
    }
}

void path_free(path *p)
{
    free(p->at);
    *p = (path){0};
}

vec vec_minus(vec a, vec b)
{
    return (vec){a.x - b.x, a.y - b.y};
}

vec vec_toward(vec from, vec direction, double distance)
{
    return (vec){from.x + direction.x * distance, from.y + direction.y * distance};
}

double vec_dot(vec a, vec b)
{
    return a.x * b.x + a.y * b.y;
}

double vec_cross(vec a, vec b)
{
    return a.x * b.y - a.y * b.x;
}

double vec_length(vec a)
{
    return sqrt(a.x * a.x + a.y * a.y);
}

vec vec_unit(vec a)
{
    const double length = vec_length(a);

    return length > 0.0 ? (vec){a.x / length, a.y / length} : (vec){1.0, 0.0};
}

double distance_to_piece(vec at, vec a, vec b)
{
    const vec along = vec_minus(b, a);
    const double square = vec_dot(along, along);
    double t = square > 0.0 ? vec_dot(vec_minus(at, a), along) / square : 0.0;

    t = t < 0.0 ? 0.0 : t > 1.0 ? 1.0 : t;
    return vec_length(vec_minus(at, vec_toward(a, along, t)));
}

double path_length(const path *p)
{
    double sum = 0.0;

    for (int i = 1; i < p->count; i++)
        sum += vec_length(vec_minus(p->at[i], p->at[i - 1]));
    return sum;
}

double path_area(const path *ring)
{
    double sum = 0.0;

    for (int i = 0; i < ring->count; i++)
        sum += vec_cross(ring->at[i], ring->at[(i + 1) % ring->count]);
    return sum / 2.0;
}

bool path_contains(const path *ring, vec at)
{
    bool inside = false;

    for (int i = 0, j = ring->count - 1; i < ring->count; j = i++) {
        const vec a = ring->at[i], b = ring->at[j];
        if ((a.y > at.y) != (b.y > at.y) && at.x < (b.x - a.x) * (at.y - a.y) / (b.y - a.y) + a.x)
            inside = !inside;
    }
    return inside;
}

vec path_at(const path *p, double along, vec *direction)
{
    for (int i = 1; i < p->count; i++) {
        const vec piece = vec_minus(p->at[i], p->at[i - 1]);
        const double length = vec_length(piece);
        if (along <= length || i == p->count - 1) {
            const vec unit = vec_unit(piece);
            if (direction)
                *direction = unit;
            return vec_toward(p->at[i - 1], unit, along < length ? along : length);
        }
        along -= length;
    }
    return p->at[0];
}

double path_distance(const path *p, vec at, vec *tangent)
{
    double best = 1e12;

    for (int i = 1; i < p->count; i++) {
        const double d = distance_to_piece(at, p->at[i - 1], p->at[i]);
        if (d < best) {
            best = d;
            if (tangent)
                *tangent = vec_unit(vec_minus(p->at[i], p->at[i - 1]));
        }
    }
    return best;
}

static void mark_kept(const path *p, int first, int last, double tolerance, bool *kept)
{
    double worst = tolerance;
    int at = -1;

    for (int i = first + 1; i < last; i++) {
        const double d = distance_to_piece(p->at[i], p->at[first], p->at[last]);
        if (d > worst) {
            worst = d;
            at = i;
        }
    }
    if (at < 0)
        return;
    kept[at] = true;
    mark_kept(p, first, at, tolerance, kept);
    mark_kept(p, at, last, tolerance, kept);
}

void path_simplify(path *p, double tolerance)
{
    int room = 0, n = 0;
    bool *kept = NULL;

    if (p->count < 3)
        return;
    kept = grow(kept, &room, p->count, sizeof *kept);
    for (int i = 0; i < p->count; i++)
        kept[i] = i == 0 || i == p->count - 1;
    mark_kept(p, 0, p->count - 1, tolerance, kept);
    for (int i = 0; i < p->count; i++)
        if (kept[i])
            p->at[n++] = p->at[i];
    p->count = n;
    free(kept);
}

static vec blend(vec a, vec b, double ta, double tb, double t)
{
    const double u = (tb - t) / (tb - ta), v = (t - ta) / (tb - ta);

    return (vec){a.x * u + b.x * v, a.y * u + b.y * v};
}

/* Barry and Goldman's pyramid, knots at the square root of the chord. */
static vec curve_point(const vec p[4], const double k[4], double t)
{
    const vec a1 = blend(p[0], p[1], k[0], k[1], t), a2 = blend(p[1], p[2], k[1], k[2], t);
    const vec a3 = blend(p[2], p[3], k[2], k[3], t);
    const vec b1 = blend(a1, a2, k[0], k[2], t), b2 = blend(a2, a3, k[1], k[3], t);

    return blend(b1, b2, k[1], k[2], t);
}

void curve_through(const vec *controls, int n, double step, path *out, int *starts)
{
    for (int i = 0; i + 1 < n; i++) {
        const vec first = controls[i], last = controls[i + 1];
        const vec mirror_in = {2.0 * first.x - last.x, 2.0 * first.y - last.y};
        const vec mirror_out = {2.0 * last.x - first.x, 2.0 * last.y - first.y};
        const vec p[4] = {i ? controls[i - 1] : mirror_in, first, last,
                          i + 2 < n ? controls[i + 2] : mirror_out};
        double k[4] = {0.0};

        for (int j = 1; j < 4; j++)
            k[j] = k[j - 1] + sqrt(vec_length(vec_minus(p[j], p[j - 1])));
        const int pieces = (int)ceil(vec_length(vec_minus(last, first)) / step);
        if (starts)
            starts[i] = out->count;
        path_add(out, first);
        for (int j = 1; j < pieces; j++)
            path_add(out, curve_point(p, k, k[1] + (k[2] - k[1]) * j / pieces));
    }
    if (starts)
        starts[n - 1] = out->count;
    path_add(out, controls[n - 1]);
}

static void wander_between(vec a, vec b, stream *s, path *out)
{
    const vec along = vec_minus(b, a);
    const double length = vec_length(along);

    if (length < 110.0) {
        path_add(out, b);
        return;
    }
    const double push = length * draw_between(s, -0.11, 0.11);
    const double share = draw_between(s, 0.4, 0.6);
    const vec unit = vec_unit(along);
    vec middle = vec_toward(a, along, share);
    middle.x -= unit.y * push;
    middle.y += unit.x * push;
    wander_between(a, middle, s, out);
    wander_between(middle, b, s, out);
}

void wander(vec a, vec b, uint64_t subject, path *out)
{
    stream s = stream_of(subject);

    if (!out->count)
        path_add(out, a);
    wander_between(a, b, &s, out);
}

void blob(vec centre, double rx, double ry, uint64_t subject, path *out)
{
    /* One step of 15 degrees. */
    const double c = 0.96592582628906829, s = 0.25881904510252076;
    vec at = {1.0, 0.0}, controls[25];

    for (int i = 0; i < 24; i++) {
        const double wave = 1.0 + 0.32 * noise_at(at.x * 10.0, at.y * 10.0, 9.0, subject);
        controls[i] = (vec){centre.x + rx * at.x * wave, centre.y + ry * at.y * wave};
        at = (vec){at.x * c - at.y * s, at.x * s + at.y * c};
    }
    controls[24] = controls[0];
    curve_through(controls, 25, 40.0, out, NULL);
    out->count--; /* rings are kept open here and closed when written */
}

static int64_t nearest_millionth(double degrees)
{
    return (int64_t)floor(degrees * 1e6 + 0.5);
}

spot spot_of(vec at)
{
    return (spot){nearest_millionth(ORIGIN_LON + at.x / METRES_PER_LON),
                  nearest_millionth(ORIGIN_LAT + at.y / METRES_PER_LAT)};
}

vec vec_of(spot at)
{
    return (vec){((double)at.lon / 1e6 - ORIGIN_LON) * METRES_PER_LON,
                 ((double)at.lat / 1e6 - ORIGIN_LAT) * METRES_PER_LAT};
}
