/*
 * analysis/cluster/convex_hull.c - monotone chain, rotating calipers, smallest circle.
 *
 * Sources: A. M. Andrew (1979), "Another efficient algorithm for convex hulls in two dimensions", Information Processing
 * Letters 9(5), pp. 216-219; M. I. Shamos (1978), "Computational geometry" (antipodal pairs); E. Welzl (1991), "Smallest
 * enclosing disks (balls and ellipsoids)", LNCS 555, pp. 359-370; S. Akl, G. Toussaint (1978), Information Processing
 * Letters 7(5), pp. 219-222 (the octagon).
 */
#include "analysis/cluster/convex_hull.h"

#include "base/random.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define CIRCLE_STREAM 0x5ec1u
#define INSIDE (1.0 + 1e-13) /* a place this little outside a circle counts as on it */

static double cross(cm_place a, cm_place b, cm_place c)
{
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

static double distance(cm_place a, cm_place b)
{
    return hypot(a.x - b.x, a.y - b.y);
}

static int by_place(const void *left, const void *right)
{
    const cm_place *a = left, *b = right;

    if (a->x != b->x)
        return a->x < b->x ? -1 : 1;
    return (a->y > b->y) - (a->y < b->y);
}

size_t cm_convex_hull(cm_place *places, size_t n, cm_place *hull)
{
    size_t kept = 0, k = 0;

    qsort(places, n, sizeof *places, by_place);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || by_place(&places[kept - 1], &places[i]) != 0)
            places[kept++] = places[i];
    }
    if (kept < 2) {
        if (kept)
            hull[0] = places[0];
        return kept;
    }
    for (size_t i = 0; i < kept; i++) { /* along the south */
        while (k >= 2 && cross(hull[k - 2], hull[k - 1], places[i]) <= 0.0)
            k--;
        hull[k++] = places[i];
    }
    const size_t south = k + 1;
    for (size_t i = kept - 1; i-- > 0;) { /* back along the north */
        while (k >= south && cross(hull[k - 2], hull[k - 1], places[i]) <= 0.0)
            k--;
        hull[k++] = places[i];
    }
    return k - 1; /* the first came again as the last */
}

size_t cm_hull_candidates(cm_place *places, size_t n)
{
    cm_place extreme[8], corner[8];
    size_t corners = 0, kept = 0;

    if (n < 16)
        return n;
    for (size_t d = 0; d < 8; d++)
        extreme[d] = places[0];
    for (size_t i = 0; i < n; i++) { /* counter-clockwise from the west */
        const cm_place p = places[i];
        extreme[0] = p.x < extreme[0].x ? p : extreme[0];
        extreme[1] = p.x + p.y < extreme[1].x + extreme[1].y ? p : extreme[1];
        extreme[2] = p.y < extreme[2].y ? p : extreme[2];
        extreme[3] = p.x - p.y > extreme[3].x - extreme[3].y ? p : extreme[3];
        extreme[4] = p.x > extreme[4].x ? p : extreme[4];
        extreme[5] = p.x + p.y > extreme[5].x + extreme[5].y ? p : extreme[5];
        extreme[6] = p.y > extreme[6].y ? p : extreme[6];
        extreme[7] = p.x - p.y < extreme[7].x - extreme[7].y ? p : extreme[7];
    }
    for (size_t d = 0; d < 8; d++) {
        if (by_place(&extreme[d], &extreme[(d + 1) % 8]) != 0)
            corner[corners++] = extreme[d];
    }
    if (corners < 3)
        return n;
    for (size_t i = 0; i < n; i++) {
        bool inside = true;
        for (size_t c = 0; c < corners && inside; c++)
            inside = cross(corner[c], corner[(c + 1) % corners], places[i]) > 0.0;
        if (!inside)
            places[kept++] = places[i];
    }
    return kept;
}

double cm_hull_area(const cm_place *hull, size_t n)
{
    double twice = 0.0;

    for (size_t i = 2; i < n; i++)
        twice += cross(hull[0], hull[i - 1], hull[i]);
    return 0.5 * twice;
}

double cm_hull_diameter(const cm_place *hull, size_t n)
{
    double widest = 0.0;
    size_t far = 1;

    if (n < 2)
        return 0.0;
    if (n == 2)
        return distance(hull[0], hull[1]);
    for (size_t i = 0; i < n; i++) { /* far runs round once while i does: the farthest from each side */
        const cm_place a = hull[i], b = hull[(i + 1) % n];
        for (size_t steps = 0; steps < n && cross(a, b, hull[(far + 1) % n]) > cross(a, b, hull[far]); steps++)
            far = (far + 1) % n;
        /* A side that is parallel to this one has both its ends as far. */
        widest = fmax(widest, fmax(distance(a, hull[far]), distance(b, hull[far])));
        widest = fmax(widest, fmax(distance(a, hull[(far + 1) % n]), distance(b, hull[(far + 1) % n])));
    }
    return widest;
}

typedef struct circle {
    double x, y, r;
} circle;

static circle through_two(cm_place a, cm_place b)
{
    circle c = {a.x + 0.5 * (b.x - a.x), a.y + 0.5 * (b.y - a.y), 0.5 * distance(a, b)};

    return c;
}

static circle through_three(cm_place a, cm_place b, cm_place c)
{
    const double bx = b.x - a.x, by = b.y - a.y, cx = c.x - a.x, cy = c.y - a.y;
    const double d = 2.0 * (bx * cy - by * cx), b2 = bx * bx + by * by, c2 = cx * cx + cy * cy;
    circle out = {a.x + (cy * b2 - by * c2) / d, a.y + (bx * c2 - cx * b2) / d, 0.0};

    out.r = hypot(out.x - a.x, out.y - a.y);
    return out;
}

static bool holds(circle c, cm_place p)
{
    return hypot(p.x - c.x, p.y - c.y) <= c.r * INSIDE;
}

static cm_place nth(const cm_place *hull, const uint32_t *order, size_t i)
{
    return hull[order[i]];
}

/* Welzl's algorithm as three loops; the order is shuffled, which makes it linear on average. */
static circle welzl(const cm_place *hull, const uint32_t *order, size_t n)
{
    circle c = {nth(hull, order, 0).x, nth(hull, order, 0).y, 0.0};

    for (size_t i = 1; i < n; i++) {
        const cm_place p = nth(hull, order, i);
        if (holds(c, p))
            continue;
        c = (circle){p.x, p.y, 0.0};
        for (size_t j = 0; j < i; j++) {
            const cm_place q = nth(hull, order, j);
            if (holds(c, q))
                continue;
            c = through_two(p, q);
            for (size_t k = 0; k < j; k++) {
                if (!holds(c, nth(hull, order, k)))
                    c = through_three(p, q, nth(hull, order, k));
            }
        }
    }
    return c;
}

void cm_hull_circle(const cm_place *hull, size_t n, uint32_t *order, double *x, double *y, double *radius)
{
    circle c = {0.0, 0.0, 0.0};

    if (n) {
        for (size_t i = 0; i < n; i++) { /* the same shuffle for the same number of vertices */
            size_t j = (size_t)cm_random_below(n, CIRCLE_STREAM, i, i + 1);
            order[i] = order[j];
            order[j] = (uint32_t)i;
        }
        c = welzl(hull, order, n);
        /* The farthest vertex has the last word. */
        c.r = 0.0;
        for (size_t i = 0; i < n; i++)
            c.r = fmax(c.r, hypot(hull[i].x - c.x, hull[i].y - c.y));
    }
    *x = c.x;
    *y = c.y;
    *radius = c.r;
}
