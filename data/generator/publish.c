#include "publish.h"

#include "text.h"

void publish_wards(const sample *s, const char *file)
{
    features f = features_open(file);

    for (int i = 0; i < s->wards.count; i++) {
        const ward *w = &s->wards.list[i];
        features_begin(&f);
        features_text(&f, "WD25CD", w->code);
        features_text(&f, "WD25NM", w->name);
        features_text(&f, "LAD25CD", COUNCIL_CODES[w->council]);
        features_text(&f, "LAD25NM", COUNCIL_NAMES[w->council]);
        features_polygon(&f, &w->ring);
    }
    features_close(&f);
}

void publish_councils(const sample *s, const char *file)
{
    features f = features_open(file);

    for (int c = 0; c < 2; c++) {
        features_begin(&f);
        features_text(&f, "LAD25CD", COUNCIL_CODES[c]);
        features_text(&f, "LAD25NM", COUNCIL_NAMES[c]);
        features_polygon(&f, &s->wards.council[c]);
    }
    features_close(&f);
}

void publish_population(const sample *s, const char *file)
{
    FILE *out = text_open(file);
    int sum[2] = {0, 0};

    for (int i = 0; i < s->wards.count; i++)
        sum[s->wards.list[i].council] += s->wards.list[i].people;
    fputs("area_code,population\n", out);
    for (int c = 0; c < 2; c++)
        fprintf(out, "%s,%d\n", COUNCIL_CODES[c], sum[c]);
    for (int i = 0; i < s->wards.count; i++)
        fprintf(out, "%s,%d\n", s->wards.list[i].code, s->wards.list[i].people);
    text_close(out, file);
}

static bool meets(const path *a, const path *b)
{
    for (int i = 1; i < a->count; i++)
        for (int j = 1; j < b->count; j++) {
            const vec r = vec_minus(a->at[i], a->at[i - 1]), q = vec_minus(b->at[j], b->at[j - 1]);
            const vec gap = vec_minus(b->at[j - 1], a->at[i - 1]);
            const double turn = vec_cross(r, q);
            if (turn == 0.0)
                continue;
            const double t = vec_cross(gap, q) / turn, u = vec_cross(gap, r) / turn;
            if (t >= 0.0 && t <= 1.0 && u >= 0.0 && u <= 1.0)
                return true;
        }
    return false;
}

static const char *class_name(kind k)
{
    switch (k) {
    case KIND_MAIN:
        return "main";
    case KIND_LANE:
        return "lane";
    case KIND_PATH:
        return "path";
    case KIND_RAIL:
        return "rail";
    default:
        return "residential";
    }
}

void publish_streets(const sample *s, const char *file)
{
    const path *river = &plan_curve(&s->plan, "river")->path;
    const path *rail = &plan_curve(&s->plan, "rail")->path;
    features f = features_open(file);

    for (int i = 0; i < s->net.edge_count; i++) {
        const edge *e = &s->net.edges[i];
        if (!e->alive)
            continue;
        const bool over = meets(&e->path, river) || (e->kind != KIND_RAIL && meets(&e->path, rail));
        features_begin(&f);
        features_number(&f, "id", f.count);
        features_text(&f, "name", e->name);
        features_text(&f, "class", class_name(e->kind));
        features_text(&f, "bus", e->bus ? "7" : NULL);
        features_number(&f, "level", over ? 1 : 0);
        features_line(&f, &e->path);
    }
    features_close(&f);
}

void publish_backdrop(const sample *s, const char *file)
{
    features f = features_open(file);

    for (int i = 0; i < s->plan.green_count; i++) {
        const green *g = &s->plan.greens[i];
        features_begin(&f);
        features_text(&f, "kind", g->kind);
        features_text(&f, "name", g->name);
        features_polygon(&f, &g->ring);
    }
    const curve *brook = plan_curve(&s->plan, "brook");
    features_begin(&f);
    features_text(&f, "kind", "stream");
    features_text(&f, "name", brook->name[0]);
    features_line(&f, &brook->path);
    features_begin(&f);
    features_text(&f, "kind", "river");
    features_text(&f, "name", plan_curve(&s->plan, "river")->name[0]);
    features_polygon(&f, &s->plan.river);
    features_close(&f);
}

typedef struct landmark {
    const char *kind, *name;
    double x, y; /* km */
} landmark;

static const landmark LANDMARKS[] = {
    {"town", "Wetherstow", -2.05, 0.3},         {"town", "Oswend", 4.92, 1.35},
    {"village", "Pellingdon", -5.9, 0.55},      {"village", "Far Pellingdon", -5.75, 2.75},
    {"village", "Little Orsby", -4.3, 4.2},     {"village", "Nether Tolling", -2.05, 4.15},
    {"village", "Over Tolling", 0.2, 4.62},     {"village", "Coldharrow", 0.15, -4.55},
    {"village", "Osierfoot", -4.1, -4.35},      {"village", "Harrel", -1.95, -4.15},
    {"village", "Sandlethorpe", 3.6, 3.45},     {"village", "Ridge End", 5.7, 3.3},
    {"village", "Tarrow", 4.3, -1.0},           {"village", "Brackwold", 4.2, -3.2},
    {"village", "Gorsewell", 6.0, -2.2},       {"village", "Sheepfold End", 2.9, -4.25},
    {"village", "Sallowby", 2.9, -1.6},         {"village", "Coney Harrow", 5.65, -4.1},
    {"village", "Withy Sandle", 2.35, 3.5}, {"station", "Wetherstow", -2.37, -0.6},
    {"station", "Eastlathe", 1.0, -0.62},        {"station", "Oswend", 4.82, 0.62},
    {"market", "Market Place", -2.08, 0.2},     {"market", "Oswend Market", 4.88, 1.22},
    {"library", "Wetherstow Library", -2.0, 0.36}, {"library", "Oswend Library", 4.95, 1.1},
    {"minster", "Minster Church", -2.35, 0.52}, {"hospital", "Northgate Hospital", -1.62, 2.3},
    {"town hall", "Town Hall", -1.86, 0.24},    {"school", "Linnetfield School", 0.9, 0.85},
    {"school", "Southfield School", -0.35, -2.35}, {"community centre", "Weir House", -3.0, -0.1},
};

static const char *const STOPS[] = {
    "Market Place", "Malthouse", "Old Bridge", "Chapel Corner", "Quarrel Lane", "Eastlathe Baths", "The Ropewalk",
    "Sallow Turn", "Linnet Inn", "Eastern Way", "Boundary Post", "Quarry Cottages", "Halfway Oak", "Vale Works",
    "Oswend West", "Market Street", "Oswend Market",
};

#define STOP_GAP 455.0

void publish_places(const sample *s, const char *file)
{
    const curve *route = plan_curve(&s->plan, "east");
    features f = features_open(file);

    for (size_t i = 0; i < sizeof LANDMARKS / sizeof LANDMARKS[0]; i++) {
        features_begin(&f);
        features_text(&f, "kind", LANDMARKS[i].kind);
        features_text(&f, "name", LANDMARKS[i].name);
        features_point(&f, (vec){LANDMARKS[i].x * 1000.0, LANDMARKS[i].y * 1000.0});
    }
    for (size_t i = 0; i < sizeof STOPS / sizeof STOPS[0]; i++) {
        vec along;
        const vec at = path_at(&route->path, 40.0 + STOP_GAP * (double)i, &along);
        features_begin(&f);
        features_text(&f, "kind", "bus stop");
        features_text(&f, "name", STOPS[i]);
        features_point(&f, (vec){at.x - along.y * 7.0, at.y + along.x * 7.0});
    }
    features_close(&f);
}

void publish_buildings(const sample *s, const char *file)
{
    FILE *out = text_open(file);
    char lon[32], lat[32];

    fputs("lon,lat,dwellings\n", out);
    for (int i = 0; i < s->houses.count; i++) {
        const spot at = spot_of(s->houses.list[i].at);
        fprintf(out, "%s,%s,%d\n", text_degrees(at.lon, lon), text_degrees(at.lat, lat), s->houses.list[i].dwellings);
    }
    text_close(out, file);
}

void publish_categories(const sample *s, const char *file)
{
    FILE *out = text_open(file);

    (void)s;
    fputs("code,label,aliases\n", out);
    for (int i = 0; i < CATEGORY_COUNT; i++)
        fprintf(out, "%s,%s,%s\n", CATEGORY_CODES[i], CATEGORY_LABELS[i], CATEGORY_ALIASES[i]);
    text_close(out, file);
}
