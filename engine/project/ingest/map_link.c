/*
 * project/ingest/map_link.c - links are found, told apart by their host, and looked through for the parameters that hold a position.
 */
#include "project/ingest/map_link.h"

#include "base/decimal.h"

#include <math.h>
#include <string.h>

#define LINK_LIMIT 2048   /* bytes of one link, unescaped */
#define SAME_DEGREES 1e-5 /* positions nearer than this are the same */
/* Who shares a view means something within a hundred pixels of its middle; a pixel of a web map at zoom 0 is 156,543 m on the equator. */
#define VIEW_PIXELS 100
#define PIXEL_M 156543.03392804097
#define VIEW_UNKNOWN_M 250

typedef struct span {
    const char *at, *end;
} span;

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Where `what`, in lower case, begins in s; NULL: nowhere. */
static const char *find(span s, const char *what)
{
    const size_t n = strlen(what);

    for (; (size_t)(s.end - s.at) >= n; s.at++) {
        size_t i = 0;
        while (i < n && lower(s.at[i]) == what[i])
            i++;
        if (i == n)
            return s.at;
    }
    return NULL;
}

static bool begins(span s, const char *what)
{
    const char *at = find((span){s.at, (size_t)(s.end - s.at) < strlen(what) ? s.end : s.at + strlen(what)}, what);

    return at && at == s.at;
}

static int hex(char c)
{
    c = lower(c);
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The link without percent signs; only what is printable ASCII is unescaped. */
static size_t unescape(span link, char *out, size_t size)
{
    size_t n = 0;

    for (const char *p = link.at; p < link.end && n < size; p++) {
        if (*p == '%' && link.end - p >= 3 && hex(p[1]) >= 0 && hex(p[2]) >= 0) {
            const int c = hex(p[1]) * 16 + hex(p[2]);
            out[n++] = c > 0x20 && c < 0x7F ? (char)c : ' ';
            p += 2;
        } else {
            out[n++] = *p == '+' ? ' ' : *p;
        }
    }
    return n;
}

/* [-]digits[.digits]; moves on. */
static bool number(span *s, double *value, int *decimals)
{
    const char *p = s->at;
    const char *point = NULL;

    if (p < s->end && (*p == '-' || *p == '+'))
        p++;
    const char *digits = p;
    for (; p < s->end && ((*p >= '0' && *p <= '9') || (*p == '.' && !point)); p++)
        if (*p == '.')
            point = p;
    if (p > digits && p[-1] == '.')
        p--;
    if (p == digits || !cm_decimal_parse(s->at, (size_t)(p - s->at), value))
        return false;
    *decimals = point && point < p ? (int)(p - point - 1) : 0;
    s->at = p;
    return true;
}

/* "51.5,-0.1" with the separator of the map at hand. */
static bool pair(span *s, char separator, cm_map_link *out)
{
    int a = 0, b = 0;

    while (s->at < s->end && *s->at == ' ')
        s->at++;
    if (!number(s, &out->lat, &a))
        return false;
    while (s->at < s->end && *s->at == ' ')
        s->at++;
    if (s->at == s->end || *s->at != separator)
        return false;
    s->at++;
    while (s->at < s->end && *s->at == ' ')
        s->at++;
    if (!number(s, &out->lon, &b))
        return false;
    out->decimals = a > b ? a : b;
    out->accuracy_m = NAN;
    return true;
}

/* The pair behind one of the names, each of which begins a parameter: "?q=", "&ll=". */
static bool named_pair(span link, const char *const *name, char separator, cm_map_link *out)
{
    for (; *name; name++) {
        span rest = link;
        const char *at;
        while ((at = find(rest, *name))) {
            rest.at = at + strlen(*name);
            span value = rest;
            if (begins(value, "loc:"))
                value.at += 4;
            if (at > link.at && strchr("?&#;/", at[-1]) && pair(&value, separator, out))
                return true;
        }
    }
    return false;
}

static double view_accuracy_m(double zoom, double lat)
{
    if (!(zoom >= 1 && zoom <= 24))
        return VIEW_UNKNOWN_M;
    return VIEW_PIXELS * PIXEL_M * cos(lat / 57.29577951308232) / exp2(zoom);
}

static cm_map_link_kind google(span link, cm_map_link *out)
{
    static const char *const PINS[] = {"q=", "query=", "ll=", "destination=", "daddr=", "center=", "search/", "place/", "viewpoint=", NULL};
    int decimals;
    span rest = link;
    const char *last = NULL, *at;

    while ((at = find(rest, "!3d"))) { /* the last one is the place that was chosen */
        last = at;
        rest.at = at + 3;
    }
    if (last) {
        span value = {last + 3, link.end};
        int a = 0, b = 0;
        if (number(&value, &out->lat, &a) && begins(value, "!4d")) {
            value.at += 3;
            if (number(&value, &out->lon, &b)) {
                out->decimals = a > b ? a : b;
                out->accuracy_m = NAN;
                return CM_MAP_LINK_PIN;
            }
        }
    }
    if (named_pair(link, PINS, ',', out))
        return CM_MAP_LINK_PIN;
    at = find(link, "/@");
    if (!at)
        return CM_MAP_LINK_OFFLINE;
    span value = {at + 2, link.end};
    if (!pair(&value, ',', out))
        return CM_MAP_LINK_OFFLINE;
    double zoom = NAN;
    if (value.at < value.end && *value.at == ',') {
        value.at++;
        if (!number(&value, &zoom, &decimals) || value.at == value.end || lower(*value.at) != 'z')
            zoom = NAN; /* "846m": a height, not a zoom */
    }
    out->accuracy_m = view_accuracy_m(zoom, out->lat);
    return CM_MAP_LINK_VIEW;
}

static cm_map_link_kind openstreetmap(span link, cm_map_link *out)
{
    const char *lat = find(link, "mlat="), *lon = find(link, "mlon="), *map = find(link, "map=");
    int a = 0, b = 0;

    if (lat && lon) {
        span y = {lat + 5, link.end}, x = {lon + 5, link.end};
        if (number(&y, &out->lat, &a) && number(&x, &out->lon, &b)) {
            out->decimals = a > b ? a : b;
            out->accuracy_m = NAN;
            return CM_MAP_LINK_PIN;
        }
    }
    if (!map)
        return CM_MAP_LINK_OFFLINE;
    span value = {map + 4, link.end};
    double zoom;
    if (!number(&value, &zoom, &a) || value.at == value.end || *value.at++ != '/' || !pair(&value, '/', out))
        return CM_MAP_LINK_OFFLINE;
    out->accuracy_m = view_accuracy_m(zoom, out->lat);
    return CM_MAP_LINK_VIEW;
}

/* geo:51.5,-0.1,12;u=8?q=51.5,-0.1(Gate). Android writes 0,0 before a q that holds the place. */
static cm_map_link_kind geo(span link, cm_map_link *out)
{
    static const char *const QUERY[] = {"q=", NULL};
    span value = {link.at + 4, link.end};
    int decimals;

    if (named_pair(link, QUERY, ',', out))
        return CM_MAP_LINK_PIN;
    if (!pair(&value, ',', out))
        return CM_MAP_LINK_NONE;
    const char *u = find(value, ";u=");
    if (u) {
        span uncertainty = {u + 3, link.end};
        if (!number(&uncertainty, &out->accuracy_m, &decimals))
            out->accuracy_m = NAN;
    }
    return CM_MAP_LINK_PIN;
}

/* One link, unescaped. */
static cm_map_link_kind look_at(span link, cm_map_link *out)
{
    static const char *const APPLE[] = {"coordinate=", "ll=", "q=", "daddr=", "sll=", "center=", NULL};
    static const char *const BING[] = {"sp=point.", "cp=", "rtp=pos.", NULL};
    static const char *const WAZE[] = {"ll=", "latlng=", NULL};
    const char *host = find(link, "://");

    if (begins(link, "geo:"))
        return geo(link, out);
    if (!host)
        return CM_MAP_LINK_NONE;
    host += 3;
    const char *slash = memchr(host, '/', (size_t)(link.end - host));
    const span name = {host, slash ? slash : link.end};
    if (find(name, "what3words") || find(name, "w3w.co") || find(name, "maps.app.goo.gl") || (find(name, "goo.gl") && find(link, "/maps")) ||
        find(name, "osm.org/go"))
        return CM_MAP_LINK_OFFLINE;
    if (find(name, "google.") && (find(name, "maps.") || find(link, "/maps")))
        return google(link, out);
    if (find(name, "openstreetmap.") || begins(name, "osm.org") || begins(name, "www.osm.org"))
        return openstreetmap(link, out);
    if (find(name, "maps.apple."))
        return named_pair(link, APPLE, ',', out) ? CM_MAP_LINK_PIN : CM_MAP_LINK_OFFLINE;
    if (find(name, "bing.") && find(link, "/maps"))
        return named_pair(link, BING, find(link, "cp=") ? '~' : '_', out) ? CM_MAP_LINK_PIN : CM_MAP_LINK_OFFLINE;
    if (find(name, "waze."))
        return named_pair(link, WAZE, ',', out) ? CM_MAP_LINK_PIN : CM_MAP_LINK_OFFLINE;
    return CM_MAP_LINK_NONE;
}

static bool ends_link(char c)
{
    return (unsigned char)c <= ' ' || c == '"' || c == '<' || c == '>' || c == '\\';
}

/* Where a link begins at s.at: its kind of beginning, or "///" of three words. */
static bool link_here(span s, const char *text)
{
    if (begins(s, "http://") || begins(s, "https://"))
        return true;
    return begins(s, "geo:") && s.end - s.at > 4 && (s.at == text || (unsigned char)s.at[-1] <= ' ' || strchr("(\"'<", s.at[-1])) &&
           (hex(s.at[4]) >= 0 || s.at[4] == '-');
}

static bool three_words(span s)
{
    size_t dots = 0, letters = 0;

    if (!begins(s, "///"))
        return false;
    for (const char *p = s.at + 3; p < s.end && !ends_link(*p); p++) {
        if (*p == '.' && letters) {
            dots++;
            letters = 0;
        } else if ((lower(*p) >= 'a' && lower(*p) <= 'z') || (unsigned char)*p >= 0x80) {
            letters++;
        } else {
            return false;
        }
    }
    return dots == 2 && letters;
}

/* How much a link says; a better one takes the place of a worse one. */
static int rank(cm_map_link_kind kind)
{
    return kind == CM_MAP_LINK_PIN ? 3 : kind == CM_MAP_LINK_VIEW ? 2 : kind == CM_MAP_LINK_OFFLINE ? 1 : 0;
}

cm_map_link_kind cm_map_link_find(const char *text, size_t length, cm_map_link *out)
{
    const char *end = text + length;
    cm_map_link_kind best = CM_MAP_LINK_NONE;
    cm_map_link found = {0};
    char plain[LINK_LIMIT];

    for (const char *p = text; p < end; p++) {
        const span rest = {p, end};
        cm_map_link link = {0};
        if (*p == '/' && three_words(rest) && best == CM_MAP_LINK_NONE)
            best = CM_MAP_LINK_OFFLINE;
        if ((lower(*p) != 'h' && lower(*p) != 'g') || !link_here(rest, text))
            continue;
        span whole = rest;
        while (p < end && !ends_link(*p))
            p++;
        whole.end = p;
        const size_t n = unescape(whole, plain, sizeof plain);
        const cm_map_link_kind kind = look_at((span){plain, plain + n}, &link);
        if (rank(kind) == rank(best) && rank(kind) >= 2 &&
            (fabs(link.lon - found.lon) > SAME_DEGREES || fabs(link.lat - found.lat) > SAME_DEGREES))
            return CM_MAP_LINK_SEVERAL;
        if (rank(kind) > rank(best)) {
            best = kind;
            found = link;
        }
    }
    if (rank(best) >= 2)
        *out = found;
    return best;
}
