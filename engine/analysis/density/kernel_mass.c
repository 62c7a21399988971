/*
 * analysis/density/kernel_mass.c - the integral of a kernel over a polygon, exactly, from its border.
 *
 * Seen from the centre of the kernel, an element of the border under the angle dt at distance r bounds a wedge that holds G(r) dt of the mass,
 * G(r) the mass within r over 2 pi. Going round the border and adding, with sign, gives the mass inside (Green's theorem in polar
 * coordinates). With M(r) = 1 - 2 pi G(r), the mass beyond r, that is
 *
 *     e = [centre inside] - 1/(2 pi) sum over edges int M(r) dt,
 *
 * where only edges within the radius count. For (1 - r^2)^p the mass beyond r is (1 - r^2)^(p + 1), for the triangle 1 - 3 r^2 + 2 r^3,
 * and along a straight edge the integrals are elementary; for the Gaussian it is D. B. Owen's T function (1956, "Tables for computing
 * bivariate normal probabilities", Annals of Mathematical Statistics 27), so no raster and no step size stands between data and result.
 *
 * Where two areas of the region meet, the border of one runs along that of the other the other way: such pairs of edges add nothing and are
 * left out, so that of a town of many wards only the outer border counts, and only the outer border is a border.
 *
 * A centre on the border itself has a part of the full angle inside; that case, which only exact arithmetic can tell, adds all angles.
 */
#include "analysis/density/kernel_mass.h"

#include "base/fail.h"
#include "base/memory.h"
#include "space/geometry/orientation.h"

#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846
#define BLOCK 16u
#define GAUSSIAN_REACH 8.5 /* deviations; less than 1e-16 lies beyond */

typedef struct box {
    double west, south, east, north;
} box;

typedef struct edge {
    double ax, ay, bx, by; /* the region on the left */
} edge;

struct cm_kernel_mass {
    edge  *edges;  /* owned [count] */
    box   *blocks; /* owned, of BLOCK edges each; neighbours along a ring are neighbours in place */
    box   *groups; /* owned, of BLOCK blocks each */
    size_t count, n_blocks, n_groups;
    box    extent;
};

static box no_box(void)
{
    return (box){INFINITY, INFINITY, -INFINITY, -INFINITY};
}

static void widen(box *b, double west, double south, double east, double north)
{
    b->west = fmin(b->west, west);
    b->south = fmin(b->south, south);
    b->east = fmax(b->east, east);
    b->north = fmax(b->north, north);
}

void cm_kernel_mass_free(cm_kernel_mass *mass)
{
    if (!mass)
        return;
    free(mass->edges);
    free(mass->blocks);
    free(mass->groups);
    free(mass);
}

/* An edge by its ends, the lower end first: of the two directions in which a shared edge is run, both give the same key. */
typedef struct edge_key {
    double   ends[4];
    uint32_t index;
    bool     turned;
} edge_key;

static edge_key key_of(const edge *e, size_t index)
{
    const bool turned = e->ax != e->bx ? e->ax > e->bx : e->ay > e->by;
    const edge_key forth = {{e->ax, e->ay, e->bx, e->by}, (uint32_t)index, false}, back = {{e->bx, e->by, e->ax, e->ay}, (uint32_t)index, true};

    return turned ? back : forth;
}

static int compare_ends(const edge_key *p, const edge_key *q)
{
    for (int i = 0; i < 4; i++) {
        if (p->ends[i] != q->ends[i])
            return p->ends[i] < q->ends[i] ? -1 : 1;
    }
    return 0;
}

static int by_ends(const void *a, const void *b)
{
    const edge_key *p = a, *q = b;
    const int order = compare_ends(p, q);

    return order ? order : (p->index > q->index) - (p->index < q->index);
}

/* Of the edges with the same ends, forget as many in one direction as in the other; the first ones go. Not 0: out of memory. */
static int drop_shared(cm_kernel_mass *m)
{
    edge_key *key = cm_alloc(m->count, sizeof *key);
    bool *shared = cm_alloc_zero(m->count, sizeof *shared);
    size_t kept = 0;

    for (size_t i = 0; key && shared && i < m->count; i++)
        key[i] = key_of(&m->edges[i], i);
    if (key && shared)
        qsort(key, m->count, sizeof *key, by_ends);
    for (size_t begin = 0, end; key && shared && begin < m->count; begin = end) {
        size_t turned = 0;
        for (end = begin; end < m->count && compare_ends(&key[begin], &key[end]) == 0; end++)
            turned += key[end].turned;
        const size_t pairs = turned < end - begin - turned ? turned : end - begin - turned;
        size_t gone[2] = {0, 0};
        for (size_t i = begin; i < end; i++)
            shared[key[i].index] = gone[key[i].turned]++ < pairs;
    }
    for (size_t i = 0; key && shared && i < m->count; i++) {
        if (!shared[i])
            m->edges[kept++] = m->edges[i];
    }
    const int failed = !key || !shared;
    m->count = failed ? m->count : kept;
    free(key);
    free(shared);
    return failed;
}

castmap_status cm_kernel_mass_new(castmap_context *ctx, const castmap_polygons *region, size_t first, size_t count,
                                  cm_kernel_mass **out)
{
    const size_t ring_begin = region->ring_start[region->part_start[first]];
    const size_t ring_end = region->ring_start[region->part_start[first + count]];
    const size_t most = region->vertex_start[ring_end] - region->vertex_start[ring_begin];
    cm_kernel_mass *m = cm_alloc_zero(1, sizeof *m);

    if (!m)
        return cm_fail_memory(ctx);
    m->edges = cm_alloc(most, sizeof *m->edges);
    m->blocks = cm_alloc(most / BLOCK + 1, sizeof *m->blocks);
    m->groups = cm_alloc(most / BLOCK / BLOCK + 1, sizeof *m->groups);
    if (!m->edges || !m->blocks || !m->groups) {
        cm_kernel_mass_free(m);
        return cm_fail_memory(ctx);
    }
    for (size_t r = ring_begin; r < ring_end; r++) {
        for (size_t v = region->vertex_start[r]; v + 1 < region->vertex_start[r + 1]; v++) {
            const edge e = {region->x[v], region->y[v], region->x[v + 1], region->y[v + 1]};
            if (!isfinite(e.ax) || !isfinite(e.ay) || !isfinite(e.bx) || !isfinite(e.by)) {
                cm_kernel_mass_free(m);
                return cm_fail(ctx, CASTMAP_E_DATA, "a vertex of the area is not a finite number");
            }
            if (e.ax != e.bx || e.ay != e.by)
                m->edges[m->count++] = e;
        }
    }
    m->extent = no_box();
    if (count > 1 && drop_shared(m)) {
        cm_kernel_mass_free(m);
        return cm_fail_memory(ctx);
    }
    for (size_t i = 0; i < m->count; i++) {
        const edge *e = &m->edges[i];
        if (i % BLOCK == 0)
            m->blocks[m->n_blocks++] = no_box();
        if (i % (BLOCK * BLOCK) == 0)
            m->groups[m->n_groups++] = no_box();
        box *targets[] = {&m->blocks[m->n_blocks - 1], &m->groups[m->n_groups - 1], &m->extent};
        for (size_t k = 0; k < 3; k++)
            widen(targets[k], fmin(e->ax, e->bx), fmin(e->ay, e->by), fmax(e->ax, e->bx), fmax(e->ay, e->by));
    }
    *out = m;
    return CASTMAP_OK;
}

void cm_kernel_mass_extent(const cm_kernel_mass *mass, double extent[4])
{
    extent[0] = mass->extent.west;
    extent[1] = mass->extent.south;
    extent[2] = mass->extent.east;
    extent[3] = mass->extent.north;
}

/* Gauss-Legendre with 20 points over [0, a], a <= 1: the integrand is smooth there. */
static double owen_small(double h, double a)
{
    static const double AT[] = {0.07652652113349734, 0.2277858511416451, 0.3737060887154195, 0.5108670019508271,
                                0.636053680726515,   0.7463319064601508, 0.8391169718222188, 0.9122344282513259,
                                0.9639719272779138,  0.9931285991850949};
    static const double WEIGHT[] = {0.15275338713072584, 0.14917298647260374, 0.14209610931838204, 0.13168863844917664,
                                    0.11819453196151841, 0.10193011981724044, 0.08327674157670475, 0.06267204833410907,
                                    0.04060142980038694, 0.017614007139152118};
    double sum = 0.0;

    for (size_t i = 0; i < sizeof AT / sizeof *AT; i++) {
        for (int sign = -1; sign <= 1; sign += 2) {
            const double x = 0.5 * a * (1.0 + sign * AT[i]), s = 1.0 + x * x;
            sum += WEIGHT[i] * exp(-0.5 * h * h * s) / s;
        }
    }
    return sum * 0.5 * a / (2.0 * PI);
}

double cm_owen_t(double h, double a)
{
    if (a < 0.0)
        return -cm_owen_t(h, -a);
    if (a <= 1.0)
        return owen_small(h, a);
    if (h == 0.0)
        return atan(a) / (2.0 * PI);
    /* T(h, a) = (Q(h) + Q(ah)) / 2 - Q(h) Q(ah) - T(ah, 1/a), Q the upper tail of the normal distribution */
    const double q = 0.5 * erfc(h * 0.7071067811865476), r = 0.5 * erfc(a * h * 0.7071067811865476);
    return 0.5 * (q + r) - q * r - owen_small(a * h, 1.0 / a);
}

/*
 * The same for a Gaussian: int_t1^t2 d exp(-(d^2 + t^2) / 2) / (d^2 + t^2) dt / (2 pi). Where the edge is short against its distance and against
 * a deviation, the integrand is smooth, and a few points of Gauss and Legendre say as much as Owen's function. Its nearest pole lies at the
 * distance of the edge: with a half length of a share s of that, n points leave about (2 / s)^(-2 n) of the value: less than 2e-13.
 */
static bool short_edge(double d, double t1, double t2, double *out)
{
    static const double AT_4[] = {0.33998104358485626, 0.8611363115940526}, WEIGHT_4[] = {0.6521451548625461, 0.34785484513745385};
    static const double AT_8[] = {0.18343464249564981, 0.525532409916329, 0.7966664774136267, 0.9602898564975363};
    static const double WEIGHT_8[] = {0.362683783378362, 0.31370664587788727, 0.22238103445337448, 0.10122853629037626};
    const double middle = 0.5 * (t1 + t2), half = 0.5 * (t2 - t1), d2 = d * d;
    const double nearest = fmax(fmax(t1, -t2), 0.0), room = sqrt(d2 + nearest * nearest), share = half / fmin(room, 1.0);
    const double change = half * fabs(middle); /* of the exponent, from the middle to an end */
    const bool four = share < 0.05 && change < 0.05;
    const double *at = four ? AT_4 : AT_8, *weight = four ? WEIGHT_4 : WEIGHT_8;
    double sum = 0.0;

    if (!(share < 0.3) || !(change < 1.5))
        return false;
    for (int i = 0; i < (four ? 2 : 4); i++) {
        const double s = middle - half * at[i], t = middle + half * at[i], p = d2 + s * s, q = d2 + t * t;
        sum += weight[i] * (exp(-0.5 * p) / p + exp(-0.5 * q) / q);
    }
    *out = sum * half * d / (2.0 * PI);
    return true;
}

/* int M(r) dt / (2 pi) along an edge at distance d > 0 from t1 to t2 (measured from the foot), in radii; Gaussian: in deviations. */
static double beyond(castmap_kernel kernel, double d, double t1, double t2)
{
    if (kernel == CASTMAP_KERNEL_GAUSSIAN) {
        if (!(d > 1e-200))
            return (atan2(t2, d) - atan2(t1, d)) / (2.0 * PI); /* the foot is the centre: T near h = 0 */
        double mass;
        return short_edge(d, t1, t2, &mass) ? mass : cm_owen_t(d, t2 / d) - cm_owen_t(d, t1 / d);
    }
    const double reach = sqrt(fmax(1.0 - d * d, 0.0));
    t1 = fmin(fmax(t1, -reach), reach);
    t2 = fmin(fmax(t2, -reach), reach);
    if (!(t2 > t1))
        return 0.0;
    const double t[2] = {t1, t2}, d2 = d * d;
    double ends[2];
    for (int i = 0; i < 2; i++) {
        /* with q = d^2 + t^2: the integrals of 1, q, q^2, q^3 */
        const double s = t[i], s2 = s * s, s3 = s * s2, s5 = s3 * s2;
        const double q0 = s, q1 = d2 * s + s3 / 3.0, q2 = d2 * d2 * s + 2.0 * d2 * s3 / 3.0 + s5 / 5.0;
        const double q3 = d2 * d2 * d2 * s + d2 * d2 * s3 + 0.6 * d2 * s5 + s5 * s2 / 7.0;
        double rest = 0.0; /* (M - 1) / q, integrated */
        switch (kernel) {
        case CASTMAP_KERNEL_UNIFORM:
            rest = -q0;
            break;
        case CASTMAP_KERNEL_EPANECHNIKOV:
            rest = -2.0 * q0 + q1;
            break;
        case CASTMAP_KERNEL_QUARTIC:
            rest = -3.0 * q0 + 3.0 * q1 - q2;
            break;
        case CASTMAP_KERNEL_TRIWEIGHT:
            rest = -4.0 * q0 + 6.0 * q1 - 4.0 * q2 + q3;
            break;
        default: /* triangular: (-3 q + 2 q^1.5) / q */
            rest = -3.0 * q0 + s * sqrt(d2 + s2) + (d > 0.0 ? d2 * asinh(s / d) : 0.0);
            break;
        }
        ends[i] = atan2(s, d) + d * rest;
    }
    return (ends[1] - ends[0]) / (2.0 * PI);
}

static bool near(const box *b, double x, double y, double reach)
{
    return x >= b->west - reach && x <= b->east + reach && y >= b->south - reach && y <= b->north + reach;
}

static bool on_edge(const edge *e, double x, double y)
{
    return x >= fmin(e->ax, e->bx) && x <= fmax(e->ax, e->bx) && y >= fmin(e->ay, e->by) && y <= fmax(e->ay, e->by) &&
           cm_orientation(e->ax, e->ay, e->bx, e->by, x, y) == 0;
}

/* Share of the full angle at (x, y) that lies inside; for a point on the border. */
static double angle_inside(const cm_kernel_mass *m, double x, double y)
{
    double sum = 0.0;

    for (size_t i = 0; i < m->count; i++) {
        const edge *e = &m->edges[i];
        const double ux = e->ax - x, uy = e->ay - y, vx = e->bx - x, vy = e->by - y;
        if (!on_edge(e, x, y))
            sum += atan2(ux * vy - uy * vx, ux * vx + uy * vy);
    }
    return sum / (2.0 * PI);
}

double cm_kernel_mass_at(const cm_kernel_mass *m, castmap_kernel kernel, double radius_m, double x, double y, bool inside)
{
    const bool gaussian = kernel == CASTMAP_KERNEL_GAUSSIAN;
    const double unit = gaussian ? castmap_kernel_sigma_m(kernel, radius_m) : radius_m;
    const double reach = gaussian ? GAUSSIAN_REACH * unit : radius_m;
    double outside = 0.0;
    bool border = false;

    for (size_t g = 0; g < m->n_groups; g++) {
        if (!near(&m->groups[g], x, y, reach))
            continue;
        for (size_t b = g * BLOCK; b < (g + 1) * BLOCK && b < m->n_blocks; b++) {
            if (!near(&m->blocks[b], x, y, reach))
                continue;
            for (size_t i = b * BLOCK; i < (b + 1) * BLOCK && i < m->count; i++) {
                const edge *e = &m->edges[i];
                const double dx = e->bx - e->ax, dy = e->by - e->ay, length = sqrt(dx * dx + dy * dy);
                const double ux = e->ax - x, uy = e->ay - y;
                const double d = fabs(ux * dy - uy * dx) / length / unit;
                if (d * unit > reach)
                    continue;
                const int side = cm_orientation(e->ax, e->ay, e->bx, e->by, x, y);
                if (side == 0) { /* seen end on: no angle */
                    border |= on_edge(e, x, y);
                    continue;
                }
                const double t1 = (ux * dx + uy * dy) / length / unit;
                outside += side * beyond(kernel, d, t1, t1 + length / unit);
            }
        }
    }
    const double whole = border ? angle_inside(m, x, y) : inside ? 1.0 : 0.0;
    return fmin(fmax(whole - outside, 0.0), 1.0);
}

static double box_distance(const box *b, double x, double y)
{
    const double dx = fmax(fmax(b->west - x, x - b->east), 0.0), dy = fmax(fmax(b->south - y, y - b->north), 0.0);

    return sqrt(dx * dx + dy * dy);
}

double cm_kernel_mass_border_m(const cm_kernel_mass *m, double x, double y)
{
    double best = INFINITY;

    for (size_t g = 0; g < m->n_groups; g++) {
        if (box_distance(&m->groups[g], x, y) >= best)
            continue;
        for (size_t b = g * BLOCK; b < (g + 1) * BLOCK && b < m->n_blocks; b++) {
            if (box_distance(&m->blocks[b], x, y) >= best)
                continue;
            for (size_t i = b * BLOCK; i < (b + 1) * BLOCK && i < m->count; i++) {
                const edge *e = &m->edges[i];
                const double dx = e->bx - e->ax, dy = e->by - e->ay, ux = x - e->ax, uy = y - e->ay;
                const double t = fmin(fmax((ux * dx + uy * dy) / (dx * dx + dy * dy), 0.0), 1.0);
                const double px = ux - t * dx, py = uy - t * dy;
                best = fmin(best, sqrt(px * px + py * py));
            }
        }
    }
    return best;
}
