#include "text.h"

#include <stdlib.h>
#include <string.h>

char *text_copy(const char *text)
{
    const size_t size = strlen(text) + 1;
    int room = 0;
    char *copy = grow(NULL, &room, (int)size, 1);

    memcpy(copy, text, size);
    return copy;
}

const char *text_degrees(int64_t millionths, char out[32])
{
    const int64_t size = millionths < 0 ? -millionths : millionths;

    snprintf(out, 32, "%s%lld.%06lld", millionths < 0 ? "-" : "", (long long)(size / 1000000),
             (long long)(size % 1000000));
    return out;
}

const char *text_tenths(int tenths, char out[64])
{
    snprintf(out, 64, "%d.%d", tenths / 10, tenths % 10);
    return out;
}

static void fail(const char *file)
{
    fprintf(stderr, "make_sample: cannot write ");
    perror(file);
    exit(1);
}

FILE *text_open(const char *file)
{
    FILE *out = fopen(file, "wb");

    if (!out)
        fail(file);
    return out;
}

void text_close(FILE *out, const char *file)
{
    const bool bad = ferror(out) != 0;

    if (fclose(out) != 0 || bad)
        fail(file);
}

features features_open(const char *file)
{
    features f = {.out = text_open(file), .file = file};

    fputs("{\"type\":\"FeatureCollection\",\"features\":[", f.out);
    return f;
}

void features_begin(features *f)
{
    fprintf(f->out, "%s\n{\"type\":\"Feature\",\"properties\":{", f->count ? "," : "");
    f->count++;
    f->first = true;
}

static void property(features *f, const char *name)
{
    fprintf(f->out, "%s\"%s\":", f->first ? "" : ",", name);
    f->first = false;
}

void features_text(features *f, const char *name, const char *value)
{
    property(f, name);
    if (value)
        fprintf(f->out, "\"%s\"", value);
    else
        fputs("null", f->out);
}

void features_number(features *f, const char *name, int64_t value)
{
    property(f, name);
    fprintf(f->out, "%lld", (long long)value);
}

static void position(features *f, spot at)
{
    char lon[32], lat[32];

    fprintf(f->out, "[%s,%s]", text_degrees(at.lon, lon), text_degrees(at.lat, lat));
}

/* Vertices that fall on the same millionth of a degree are written once. */
static void positions(features *f, const path *p)
{
    spot last = spot_of(p->at[0]);

    position(f, last);
    for (int i = 1; i < p->count; i++) {
        const spot now = spot_of(p->at[i]);
        if (now.lon == last.lon && now.lat == last.lat)
            continue;
        fputc(',', f->out);
        position(f, now);
        last = now;
    }
}

static void geometry(features *f, const char *type, const char *open)
{
    fprintf(f->out, "},\"geometry\":{\"type\":\"%s\",\"coordinates\":%s", type, open);
}

void features_polygon(features *f, const path *ring)
{
    geometry(f, "Polygon", "[[");
    positions(f, ring);
    fputc(',', f->out);
    position(f, spot_of(ring->at[0]));
    fputs("]]}}", f->out);
}

void features_line(features *f, const path *line)
{
    geometry(f, "LineString", "[");
    positions(f, line);
    fputs("]}}", f->out);
}

void features_point(features *f, vec at)
{
    geometry(f, "Point", "");
    position(f, spot_of(at));
    fputs("}}", f->out);
}

void features_close(features *f)
{
    fputs("\n]}\n", f->out);
    text_close(f->out, f->file);
}
