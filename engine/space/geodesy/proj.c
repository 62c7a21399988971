/*
 * space/geodesy/proj.c - the PROJ boundary.
 *
 * One context of our own per handle and per worker thread: network off, errors kept silent and read back as codes. Among the operations PROJ offers we take the
 * most accurate one that needs no grid file, so that a machine with more grids installed computes the same metres. Axis order is
 * normalised here (x east or longitude, y north or latitude) and nowhere else.
 *
 * PROJ answers points it cannot transform with infinity and swapped axes with finite nonsense, neither as an error; so each result must be finite, come from
 * inside the area of use, and return to within 1 cm.
 */
#include "space/geodesy/projection.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <ctype.h>
#include <math.h>
#include <proj.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RETURN_LIMIT_M 0.01
#define METRES_PER_DEGREE 111320.0
#define AREA_MARGIN_DEG 0.05 /* areas of use are given to a hundredth of a degree, rounded inwards at times */
#define GRAIN 4096
#define MAX_WORKERS 64u

struct cm_projection {
    PJ_CONTEXT *context;   /* owned */
    PJ         *operation; /* owned; degrees to units of the CRS, normalised axes */
    PJ         *crs;       /* owned */
    char       *given, *name, *operation_name, *wkt; /* owned */
    int         epsg;
    bool        geographic; /* results are degrees */
    bool        has_area;
    double      west, south, east, north; /* area of use; west > east: over the antimeridian */
};

static void silent(void *payload, int level, const char *text)
{
    (void)payload;
    (void)level;
    (void)text;
}

static PJ_CONTEXT *context_new(void)
{
    PJ_CONTEXT *context = proj_context_create();

    if (context) {
        proj_log_func(context, NULL, silent);
        proj_context_set_enable_network(context, 0);
    }
    return context;
}

/* "EPSG:", "ESRI:" or "OGC:" and a code of digits; of OGC also letters. */
static bool is_authority_code(const char *text)
{
    size_t prefix = strncmp(text, "EPSG:", 5) == 0 || strncmp(text, "ESRI:", 5) == 0 ? 5 : strncmp(text, "OGC:", 4) == 0 ? 4 : 0;
    const size_t length = strlen(text + prefix);

    if (prefix == 0 || length == 0 || length > 12)
        return false;
    for (const char *c = text + prefix; *c; c++)
        if (prefix == 5 ? !isdigit((unsigned char)*c) : !isalnum((unsigned char)*c))
            return false;
    return true;
}

/* Only words that castmap writes itself; none of them names a file. */
static bool is_own_proj_string(const char *text)
{
    static const char *const WORDS[] = {"proj=laea", "proj=eqearth", "proj=utm", "proj=tmerc", "lat_0=", "lon_0=", "x_0=", "y_0=", "k_0=", "zone=",
                                        "south",     "datum=WGS84", "units=m",  "no_defs", "type=crs"};
    const char *at = text;

    if (strlen(text) > 250)
        return false;
    while (*at) {
        bool known = false;
        if (*at++ != '+')
            return false;
        for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS && !known; i++) {
            const size_t n = strlen(WORDS[i]);
            if (strncmp(at, WORDS[i], n) != 0)
                continue;
            const char *end = at + n;
            if (WORDS[i][n - 1] == '=')
                end += strspn(end, "0123456789.-");
            if (*end != '\0' && *end != ' ')
                continue;
            known = true;
            at = end + (*end == ' ');
        }
        if (!known)
            return false;
    }
    return at != text;
}

/* A working system has two axes, east then north or the reverse, in metres. */
static bool axes_are_metric(PJ_CONTEXT *context, const PJ *crs)
{
    PJ *system = proj_crs_get_coordinate_system(context, crs);
    bool good = system && proj_cs_get_axis_count(context, system) == 2;

    for (int i = 0; good && i < 2; i++) {
        const char *direction = NULL;
        double factor = 0.0;
        good = proj_cs_get_axis_info(context, system, i, NULL, NULL, &direction, &factor, NULL, NULL, NULL) && direction &&
               (strcmp(direction, "east") == 0 || strcmp(direction, "north") == 0) && fabs(factor - 1.0) < 1e-12;
    }
    proj_destroy(system);
    return good;
}

static castmap_status refuse(castmap_context *ctx, const char *crs, const char *why)
{
    castmap_status status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "coordinate system \"%.40s\" %s", crs, why);

    cm_fail_hint(ctx, "give a projected system in metres by its code, such as EPSG:27700 (Great Britain), EPSG:2157 (Ireland), EPSG:3006 (Sweden) "
                      "or EPSG:32630 (UTM zone 30)");
    return status;
}

static castmap_status check_kind(castmap_context *ctx, cm_projection *p, bool any)
{
    const PJ_TYPE type = proj_get_type(p->crs);

    p->geographic = type == PJ_TYPE_GEOGRAPHIC_2D_CRS;
    if (type == PJ_TYPE_PROJECTED_CRS) {
        if (any || axes_are_metric(p->context, p->crs))
            return CASTMAP_OK;
        return refuse(ctx, p->given, "is not measured east and north in metres");
    }
    if (p->geographic)
        return any ? CASTMAP_OK : refuse(ctx, p->given, "is in degrees; distances need metres");
    return refuse(ctx, p->given, "is neither a projected nor a geographic system on the map");
}

/* The most accurate operation without grid and without guesswork; ties go to PROJ's own order. */
static PJ *pick_operation(PJ_CONTEXT *context, PJ *from, PJ *to, double *accuracy_m)
{
    PJ_OPERATION_FACTORY_CONTEXT *factory = proj_create_operation_factory_context(context, NULL);
    PJ_OBJ_LIST *list;
    PJ *best = NULL;
    double best_accuracy = INFINITY;

    if (!factory)
        return NULL;
    proj_operation_factory_context_set_spatial_criterion(context, factory, PROJ_SPATIAL_CRITERION_PARTIAL_INTERSECTION);
    proj_operation_factory_context_set_grid_availability_use(context, factory, PROJ_GRID_AVAILABILITY_IGNORED);
    proj_operation_factory_context_set_allow_use_intermediate_crs(context, factory, PROJ_INTERMEDIATE_CRS_USE_IF_NO_DIRECT_TRANSFORMATION);
    list = proj_create_operations(context, from, to, factory);
    for (int i = 0, n = list ? proj_list_get_count(list) : 0; i < n; i++) {
        PJ *candidate = proj_list_get(context, list, i);
        double accuracy;

        if (!candidate)
            continue;
        accuracy = proj_coordoperation_get_accuracy(context, candidate);
        if (accuracy < 0.0)
            accuracy = 1000.0; /* not stated */
        if (proj_coordoperation_has_ballpark_transformation(context, candidate))
            accuracy = 1e6;
        if (proj_coordoperation_get_grid_used_count(context, candidate) == 0 && accuracy < best_accuracy &&
            proj_coordoperation_is_instantiable(context, candidate)) {
            proj_destroy(best);
            best = candidate;
            best_accuracy = accuracy;
        } else {
            proj_destroy(candidate);
        }
    }
    proj_list_destroy(list);
    proj_operation_factory_context_destroy(factory);
    *accuracy_m = best_accuracy;
    return best;
}

static castmap_status build_operation(castmap_context *ctx, cm_projection *p)
{
    PJ *wgs84 = proj_create(p->context, "OGC:CRS84"), *found = NULL;
    castmap_status status = CASTMAP_OK;
    double accuracy = NAN;
    char text[512];

    if (wgs84)
        found = pick_operation(p->context, wgs84, p->crs, &accuracy);
    if (!found) {
        status = refuse(ctx, p->given, "cannot be reached from longitude and latitude without a grid file");
        goto done;
    }
    const char *name = proj_get_name(found);
    if (accuracy < 1000.0)
        snprintf(text, sizeof text, "%s (accuracy %g m, no grid file)", name ? name : "unnamed", accuracy);
    else
        snprintf(text, sizeof text, "%s (accuracy not stated, no grid file)", name ? name : "unnamed");
    for (char *c = text; *c; c++) /* %g follows the locale */
        if (*c == ',' && isdigit((unsigned char)c[1]) && c > text && isdigit((unsigned char)c[-1]))
            *c = '.';
    p->operation_name = cm_copy_text(text);
    p->operation = proj_normalize_for_visualization(p->context, found);
    if (!p->operation || !p->operation_name)
        status = cm_fail_memory(ctx);

done:
    proj_destroy(found);
    proj_destroy(wgs84);
    return status;
}

static void read_area(cm_projection *p)
{
    double west, south, east, north;

    if (proj_get_area_of_use(p->context, p->crs, &west, &south, &east, &north, NULL) && west > -1000.0) {
        p->has_area = true;
        p->west = west - AREA_MARGIN_DEG;
        p->south = south - AREA_MARGIN_DEG;
        p->east = east + AREA_MARGIN_DEG;
        p->north = north + AREA_MARGIN_DEG;
    }
}

castmap_status cm_projection_new(castmap_context *ctx, const char *crs, bool any, cm_projection **out)
{
    static const char *const ONE_LINE[] = {"MULTILINE=NO", NULL};
    cm_projection *p = NULL;
    castmap_status status;

    if (!crs || !(is_authority_code(crs) || is_own_proj_string(crs)))
        return refuse(ctx, crs ? "..." : "", "is not a code such as EPSG:27700");
    p = cm_alloc_zero(1, sizeof *p);
    if (!p)
        return cm_fail_memory(ctx);
    p->context = context_new();
    p->given = cm_copy_text(crs);
    if (!p->context || !p->given) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    p->crs = proj_create(p->context, crs);
    if (!p->crs) {
        status = refuse(ctx, crs, "is not known");
        goto done;
    }
    status = check_kind(ctx, p, any);
    if (status)
        goto done;
    status = build_operation(ctx, p);
    if (status)
        goto done;
    read_area(p);
    p->epsg = strncmp(crs, "EPSG:", 5) == 0 ? atoi(crs + 5) : 0;
    p->name = cm_copy_text(p->epsg ? proj_get_name(p->crs) : crs);
    p->wkt = cm_copy_text(proj_as_wkt(p->context, p->crs, PJ_WKT2_2019, ONE_LINE));
    if (!p->name || !p->wkt) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    *out = p;
    p = NULL;

done:
    cm_projection_free(p);
    return status;
}

void cm_projection_free(cm_projection *p)
{
    if (!p)
        return;
    proj_destroy(p->operation);
    proj_destroy(p->crs);
    if (p->context)
        proj_context_destroy(p->context);
    free(p->given);
    free(p->name);
    free(p->operation_name);
    free(p->wkt);
    free(p);
}

/* One call of _forward or _inverse. Every worker has its own PROJ context and clone. */
typedef struct transform {
    const cm_projection *projection;
    bool                 inverse;
    const double        *from_x, *from_y;
    double              *to_x, *to_y;
    bool                *ok;
    unsigned             n_workers;
    PJ_CONTEXT          *context[MAX_WORKERS]; /* owned */
    PJ                  *clone[MAX_WORKERS];   /* owned */
} transform;

static bool inside_area(const cm_projection *p, double lon, double lat)
{
    if (lat < -90.0 || lat > 90.0 || lon < -180.0 || lon > 180.0)
        return false;
    if (!p->has_area)
        return true;
    if (lat < p->south || lat > p->north)
        return false;
    return p->west <= p->east ? lon >= p->west && lon <= p->east : lon >= p->west || lon <= p->east;
}

/* Distance in metres that a point moved by going there and back; a_* and b_* in the units of the source. */
static double moved_m(bool degrees, double ax, double ay, double bx, double by)
{
    double dx = bx - ax, dy = by - ay;

    if (degrees) {
        dx = remainder(dx, 360.0) * METRES_PER_DEGREE * cos(ay * (3.14159265358979323846 / 180.0));
        dy *= METRES_PER_DEGREE;
    }
    return hypot(dx, dy);
}

static castmap_status transform_range(size_t begin, size_t end, unsigned worker, void *job)
{
    transform *t = job;
    const cm_projection *p = t->projection;
    const PJ_DIRECTION there = t->inverse ? PJ_INV : PJ_FWD, back = t->inverse ? PJ_FWD : PJ_INV;
    PJ *pj = t->clone[worker];
    const size_t n = end - begin, step = sizeof(double);
    double back_x[GRAIN], back_y[GRAIN];

    memcpy(t->to_x + begin, t->from_x + begin, n * step);
    memcpy(t->to_y + begin, t->from_y + begin, n * step);
    proj_trans_generic(pj, there, t->to_x + begin, step, n, t->to_y + begin, step, n, NULL, 0, 0, NULL, 0, 0);
    memcpy(back_x, t->to_x + begin, n * step);
    memcpy(back_y, t->to_y + begin, n * step);
    proj_trans_generic(pj, back, back_x, step, n, back_y, step, n, NULL, 0, 0, NULL, 0, 0);
    for (size_t i = 0; i < n; i++) {
        const size_t at = begin + i;
        const double lon = t->inverse ? t->to_x[at] : t->from_x[at], lat = t->inverse ? t->to_y[at] : t->from_y[at];
        const bool degrees = !t->inverse || p->geographic;
        bool good = isfinite(t->from_x[at]) && isfinite(t->from_y[at]) && isfinite(t->to_x[at]) && isfinite(t->to_y[at]) &&
                    inside_area(p, lon, lat);

        good = good && moved_m(degrees, t->from_x[at], t->from_y[at], back_x[i], back_y[i]) <= RETURN_LIMIT_M;
        if (t->ok)
            t->ok[at] = good;
        if (!good)
            t->to_x[at] = t->to_y[at] = NAN;
        if (!good && !t->ok)
            return CASTMAP_E_DATA;
    }
    return CASTMAP_OK;
}

static castmap_status run_transform(castmap_context *ctx, transform *t, size_t n)
{
    castmap_status status = CASTMAP_OK;
    const size_t chunks = (n + GRAIN - 1) / GRAIN;

    if (n == 0)
        return CASTMAP_OK;
    t->n_workers = castmap_threads(ctx);
    if (t->n_workers > chunks)
        t->n_workers = (unsigned)chunks;
    if (t->n_workers > MAX_WORKERS)
        t->n_workers = MAX_WORKERS;
    for (unsigned i = 0; i < t->n_workers && !status; i++) {
        t->context[i] = context_new();
        if (t->context[i])
            t->clone[i] = proj_clone(t->context[i], t->projection->operation);
        if (!t->clone[i])
            status = cm_fail_memory(ctx);
    }
    if (!status) {
        status = cm_parallel_workers(ctx, "converting coordinates", n, GRAIN, transform_range, t);
        if (status == CASTMAP_E_DATA) {
            status = cm_fail(ctx, CASTMAP_E_DATA, "a coordinate lies outside the area where %s can be used",
                             t->projection->name);
            cm_fail_hint(ctx, "check that longitude and latitude are not swapped and that the coordinate system is right");
        }
    }
    for (unsigned i = 0; i < t->n_workers; i++) {
        proj_destroy(t->clone[i]);
        if (t->context[i])
            proj_context_destroy(t->context[i]);
    }
    return status;
}

castmap_status cm_projection_forward(castmap_context *ctx, const cm_projection *projection, size_t n, const double *lon,
                                     const double *lat, double *x, double *y, bool *ok)
{
    transform t = {.projection = projection, .from_x = lon, .from_y = lat, .to_x = x, .to_y = y, .ok = ok};

    return run_transform(ctx, &t, n);
}

castmap_status cm_projection_inverse(castmap_context *ctx, const cm_projection *projection, size_t n, const double *x,
                                     const double *y, double *lon, double *lat, bool *ok)
{
    transform t = {.projection = projection, .inverse = true, .from_x = x, .from_y = y, .to_x = lon, .to_y = lat, .ok = ok};

    return run_transform(ctx, &t, n);
}

/* The projection of a CRS without its datum: radians in, metres out. */
static PJ *bare_projection(PJ_CONTEXT *context, const PJ *crs)
{
    const char *text = proj_as_proj_string(context, crs, PJ_PROJ_5, NULL);
    char bare[512];

    if (!text || strlen(text) >= sizeof bare)
        return NULL;
    strcpy(bare, text);
    char *type = strstr(bare, "+type=crs");
    if (type)
        *type = '\0';
    return proj_create(context, bare);
}

double cm_projection_scale_error_ppm(const cm_projection *p, double west, double south, double east, double north)
{
    enum { STEPS = 8 };
    PJ_CONTEXT *context = context_new();
    /* Asked for a CRS, PROJ builds a transformation anew at every point (50 ms); the bare projection answers at once. */
    PJ *crs = context ? bare_projection(context, p->crs) : NULL;
    double worst = NAN;

    if (crs && !p->geographic && isfinite(west) && isfinite(south) && isfinite(east) && isfinite(north)) {
        for (int i = 0; i <= STEPS; i++) {
            for (int j = 0; j <= STEPS; j++) {
                const double lon = west + (east - west) * i / STEPS, lat = south + (north - south) * j / STEPS;
                const PJ_FACTORS f = proj_factors(crs, proj_coord(proj_torad(lon), proj_torad(lat), 0, 0));
                const double error = fmax(fabs(f.tissot_semimajor - 1.0), fabs(f.tissot_semiminor - 1.0)) * 1e6;

                if (proj_errno(crs) == 0 && isfinite(error) && f.tissot_semimajor > 0.0 && !(error <= worst))
                    worst = error;
                proj_errno_reset(crs);
            }
        }
    }
    proj_destroy(crs);
    if (context)
        proj_context_destroy(context);
    return worst;
}

bool cm_projection_covers(const cm_projection *p, double west, double south, double east, double north)
{
    return inside_area(p, west, south) && inside_area(p, east, north) && inside_area(p, west, north) &&
           inside_area(p, east, south);
}

const char *cm_projection_crs(const cm_projection *p)
{
    return p->given;
}

const char *cm_projection_name(const cm_projection *p)
{
    return p->name;
}

const char *cm_projection_operation(const cm_projection *p)
{
    return p->operation_name;
}

const char *cm_projection_wkt(const cm_projection *p)
{
    return p->wkt;
}

int cm_projection_epsg(const cm_projection *p)
{
    return p->epsg;
}
