/*
 * find_canaries LIST FILE... - looks for private words and places in files, in every dress: plain, UTF-16, hexadecimal, base64, deflated, as
 * decimal text or as binary numbers, one inside the other.
 *
 * LIST has lines "text<TAB>WORD" and "place<TAB>FIRST<TAB>SECOND<TAB>TOLERANCE" (a pair of numbers in either order). Each find is a line on
 * standard output; the exit code is 1 if there is one, 2 if a file cannot be read. "find_canaries --self-test" dresses up a canary in each
 * way and must find them all.
 */
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define MAX_WORDS 200
#define MAX_PLACES 20000
#define MAX_DEPTH 4
#define MOST ((size_t)256 << 20) /* bytes of one unpacked stream */

typedef struct place {
    double a, b, tolerance;
} place;

typedef struct search {
    char        *word[MAX_WORDS]; /* lower case */
    size_t       n_words;
    place        places[MAX_PLACES]; /* by a */
    size_t       n_places;
    double       widest;
    const char  *file;
    unsigned     finds;
} search;

typedef struct bytes {
    unsigned char *at;
    size_t         length;
} bytes;

static void *must(void *memory)
{
    if (!memory) {
        fputs("out of memory\n", stderr);
        exit(2);
    }
    return memory;
}

static void report(search *s, const char *way, size_t offset, const char *what)
{
    if (s->finds++ < 20)
        printf("%s: %s at byte %zu of %s\n", s->file, what, offset, way);
}

static int compare_places(const void *one, const void *two)
{
    const place *p = one, *q = two;

    return (p->a > q->a) - (p->a < q->a);
}

static bool is_place(const search *s, double a, double b)
{
    size_t low = 0, high = s->n_places;

    if (!isfinite(a) || !isfinite(b))
        return false;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (s->places[middle].a < a - s->widest)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < s->n_places && s->places[low].a <= a + s->widest; low++)
        if (fabs(s->places[low].a - a) <= s->places[low].tolerance && fabs(s->places[low].b - b) <= s->places[low].tolerance)
            return true;
    return false;
}

static bool is_pair(const search *s, double a, double b)
{
    return is_place(s, a, b) || is_place(s, b, a);
}

/* Short words turn up in packed bytes by chance, in any mixture of cases: of them a hit is one in small or in capital letters throughout, or with a
 * capital at its head. */
static bool is_written(const unsigned char *at, size_t n)
{
    size_t small = 0, capital = 0;

    for (size_t i = 1; i < n; i++) {
        small += islower(at[i]) != 0;
        capital += isupper(at[i]) != 0;
    }
    return n > 8 || capital == 0 || (small == 0 && !islower(at[0]));
}

static void find_words(search *s, const char *way, bytes in)
{
    unsigned char *lower = must(malloc(in.length + 1));

    for (size_t i = 0; i < in.length; i++)
        lower[i] = (unsigned char)tolower(in.at[i]);
    for (size_t w = 0; w < s->n_words; w++) {
        const size_t n = strlen(s->word[w]);
        unsigned char wide[512];
        char hex[1024], wide_hex[2048];
        for (size_t i = 0; i < n; i++) {
            wide[2 * i] = 0;
            wide[2 * i + 1] = (unsigned char)s->word[w][i];
            snprintf(hex + 2 * i, 3, "%02x", (unsigned char)s->word[w][i]);
            snprintf(wide_hex + 4 * i, 5, "00%02x", (unsigned char)s->word[w][i]);
        }
        /* Upper-case letters have other hexadecimal digits: the canaries have none. */
        const struct { const void *at; size_t length; } forms[] = {{s->word[w], n}, {wide + 1, 2 * n - 1}, {hex, 2 * n}, {wide_hex, 4 * n}};
        for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
            const unsigned char *at = memmem(lower, in.length, forms[f].at, forms[f].length);
            while (at && f == 0 && !is_written(in.at + (at - lower), n))
                at = memmem(at + 1, in.length - (size_t)(at + 1 - lower), forms[f].at, forms[f].length);
            if (at)
                report(s, way, (size_t)(at - lower), s->word[w]);
        }
    }
    free(lower);
}

/* Numbers of at least four characters, read with a point or a comma; each with the next within 40 bytes. */
static void find_decimal_pairs(search *s, const char *way, bytes in)
{
    double before = NAN;
    size_t before_end = 0;

    for (size_t i = 0; i < in.length;) {
        char text[40];
        size_t n = 0, digits = 0, j = i;
        if (!isdigit(in.at[i]) || (i > 0 && isdigit(in.at[i - 1]))) {
            i++;
            continue;
        }
        if (i > 0 && in.at[i - 1] == '-')
            text[n++] = '-';
        while (j < in.length && n + 1 < sizeof text && isdigit(in.at[j]))
            text[n++] = (char)in.at[j++], digits++;
        if (j + 1 < in.length && (in.at[j] == '.' || in.at[j] == ',') && isdigit(in.at[j + 1]) && n + 2 < sizeof text) {
            text[n++] = '.';
            j++;
            while (j < in.length && n + 1 < sizeof text && isdigit(in.at[j]))
                text[n++] = (char)in.at[j++], digits++;
        }
        text[n] = '\0';
        if (digits >= 4) {
            const double value = strtod(text, NULL);
            if (i - before_end <= 40 && (is_pair(s, before, value) || is_pair(s, before * 1e-7, value * 1e-7) || is_pair(s, before * 1e-6, value * 1e-6)))
                report(s, way, i, text);
            before = value;
            before_end = j;
        }
        i = j;
    }
}

static uint64_t whole(const unsigned char *at, size_t n, bool big)
{
    uint64_t v = 0;

    for (size_t i = 0; i < n; i++)
        v = v << 8 | at[big ? i : n - 1 - i];
    return v;
}

static void find_binary_pairs(search *s, const char *way, bytes in)
{
    for (size_t i = 0; i + 16 <= in.length; i++)
        for (int big = 0; big < 2; big++) {
            const uint64_t one = whole(in.at + i, 8, big), two = whole(in.at + i + 8, 8, big);
            double a, b;
            memcpy(&a, &one, 8);
            memcpy(&b, &two, 8);
            if (is_pair(s, a, b))
                report(s, way, i, big ? "a place as two big-endian doubles" : "a place as two doubles");
            const uint32_t small[2] = {(uint32_t)whole(in.at + i, 4, big), (uint32_t)whole(in.at + i + 4, 4, big)};
            float f[2];
            memcpy(f, small, 8);
            if (is_pair(s, (double)f[0], (double)f[1]))
                report(s, way, i, "a place as two floats");
            if (is_pair(s, 1e-7 * (int32_t)small[0], 1e-7 * (int32_t)small[1]))
                report(s, way, i, "a place as two integers of 1e-7 degrees");
        }
}

static void look(search *s, const char *way, bytes in, int depth);

static void unpack(search *s, const char *way, bytes in, size_t from, int depth, int bits)
{
    z_stream z = {.next_in = in.at + from, .avail_in = (uInt)(in.length - from < UINT32_MAX ? in.length - from : UINT32_MAX)};
    bytes out = {must(malloc(65536)), 0};
    size_t capacity = 65536;
    int code = Z_OK;

    if (inflateInit2(&z, bits) == Z_OK) {
        while (code == Z_OK && out.length < MOST) {
            if (capacity - out.length < 32768)
                out.at = must(realloc(out.at, capacity *= 2));
            z.next_out = out.at + out.length;
            z.avail_out = (uInt)(capacity - out.length);
            code = inflate(&z, Z_NO_FLUSH);
            out.length = capacity - z.avail_out;
        }
        inflateEnd(&z);
    }
    if (out.length >= 8) {
        char inner[200];
        snprintf(inner, sizeof inner, "the stream at %zu in %.120s", from, way);
        look(s, inner, out, depth + 1);
    }
    free(out.at);
}

static void find_streams(search *s, const char *way, bytes in, int depth)
{
    for (size_t i = 0; i + 8 < in.length; i++) {
        if ((in.at[i] & 0x8f) == 8 && ((unsigned)in.at[i] << 8 | in.at[i + 1]) % 31 == 0 && !(in.at[i + 1] & 0x20))
            unpack(s, way, in, i, depth, 15);
        else if (in.at[i] == 0x1f && in.at[i + 1] == 0x8b && in.at[i + 2] == 8)
            unpack(s, way, in, i, depth, 31);
        else if (memcmp(in.at + i, "PK\3\4", 4) == 0 && i + 30 < in.length)
            unpack(s, way, in, i + 30 + in.at[i + 26] + in.at[i + 28], depth, -15); /* names and extras below 256 bytes */
    }
}

static int sextet(unsigned char c)
{
    static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(LETTERS, c) : NULL;

    return at ? (int)(at - LETTERS) : -1;
}

static void find_base64(search *s, const char *way, bytes in, int depth)
{
    for (size_t i = 0, end; i < in.length; i = end + 1) {
        for (end = i; end < in.length && sextet(in.at[end]) >= 0; end++)
            continue;
        if (end - i < 16)
            continue;
        bytes out = {must(malloc(end - i + 4)), 0};
        uint32_t v = 0;
        int have = 0;
        for (size_t k = i; k < end; k++) {
            v = v << 6 | (uint32_t)sextet(in.at[k]);
            if ((have += 6) >= 8)
                out.at[out.length++] = (unsigned char)(v >> (have -= 8));
        }
        char inner[200];
        snprintf(inner, sizeof inner, "the base64 at %zu in %.120s", i, way);
        look(s, inner, out, depth + 1);
        free(out.at);
    }
}

static void look(search *s, const char *way, bytes in, int depth)
{
    find_words(s, way, in);
    find_decimal_pairs(s, way, in);
    find_binary_pairs(s, way, in);
    if (depth < MAX_DEPTH) {
        find_streams(s, way, in, depth);
        find_base64(s, way, in, depth);
    }
}

static void add_word(search *s, const char *word)
{
    const size_t n = strlen(word);

    if (n < 4 || n > 200 || s->n_words == MAX_WORDS)
        exit(2);
    s->word[s->n_words] = must(malloc(n + 1));
    for (size_t i = 0; i <= n; i++)
        s->word[s->n_words][i] = (char)tolower((unsigned char)word[i]);
    s->n_words++;
}

static void add_place(search *s, double a, double b, double tolerance)
{
    if (s->n_places == MAX_PLACES)
        exit(2);
    s->places[s->n_places++] = (place){a, b, tolerance};
    s->widest = fmax(s->widest, tolerance);
}

static int self_test(search *s)
{
    static const char WORD[] = "zq-canary-7";
    static const double PLACE[2] = {53.754917, -4.083071};
    struct { const char *way; unsigned char at[900]; size_t length; } dress[16] = {0};
    size_t n = 0;
    unsigned char packed[400];
    uLongf packed_length = sizeof packed;
    int missed = 0;

#define DRESS(words) dress[n].way = (words)
#define TEXT(words, ...) (DRESS(words), dress[n].length = (size_t)snprintf((char *)dress[n].at, 900, __VA_ARGS__), n++)
    TEXT("plain", "say %s here", WORD);
    TEXT("other case", "ZQ-Canary-7");
    TEXT("hexadecimal", "<7a712d63616e6172792d37>");
    TEXT("UTF-16 in hexadecimal", "<FEFF007A0071002D00630061006E006100720079002D0037>");
    DRESS("UTF-16");
    for (size_t i = 0; i < 2 * strlen(WORD); i++)
        dress[n].at[dress[n].length++] = i % 2 ? (unsigned char)WORD[i / 2] : 0;
    n++;
    compress(packed, &packed_length, (const unsigned char *)"xxxx zq-canary-7 xxxx zq-canary-7", 33);
    DRESS("deflated");
    memcpy(dress[n].at + 5, packed, packed_length);
    dress[n++].length = packed_length + 20;
    static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    DRESS("deflated, in base64");
    dress[n].at[dress[n].length++] = '"';
    for (size_t i = 0; i * 6 < packed_length * 8; i++) {
        unsigned v = 0;
        for (size_t bit = i * 6; bit < i * 6 + 6; bit++)
            v = v << 1 | (bit / 8 < packed_length ? (unsigned)packed[bit / 8] >> (7 - bit % 8) & 1u : 0u);
        dress[n].at[dress[n].length++] = (unsigned char)LETTERS[v];
    }
    n++;
    TEXT("decimals", "[-4.083071,53.754917]");
    TEXT("decimals, five of them, and commas", "53,75492; -4,08307");
    TEXT("integers of 1e-7", "{\"lat\":537549170,\"lon\":-40830710}");
    for (int big = 0; big < 2; big++) {
        DRESS(big ? "big-endian doubles" : "doubles");
        for (int k = 0; k < 2; k++) {
            uint64_t v;
            memcpy(&v, &PLACE[1 - k], 8);
            for (int i = 0; i < 8; i++)
                dress[n].at[3 + 8 * k + i] = (unsigned char)(v >> 8 * (big ? 7 - i : i));
        }
        dress[n++].length = 24;
    }
    DRESS("floats");
    for (int k = 0; k < 2; k++) {
        const float f = (float)PLACE[k];
        memcpy(dress[n].at + 1 + 4 * k, &f, 4);
    }
    dress[n++].length = 24;
    add_word(s, WORD);
    add_place(s, PLACE[0], PLACE[1], 1e-5);
    for (size_t i = 0; i < n; i++) {
        const unsigned before = s->finds;
        s->file = dress[i].way;
        look(s, "the test", (bytes){dress[i].at, dress[i].length}, 0);
        if (s->finds == before) {
            printf("not found: %s\n", dress[i].way);
            missed++;
        }
    }
    const unsigned before = s->finds;
    s->file = "nothing";
    static unsigned char innocent[] = "zq-canary-8 53.7549 12 -4.0831 53.754917 and far away in the text, more than forty bytes, -4.083071";
    look(s, "the test", (bytes){innocent, sizeof innocent - 1}, 0);
    return missed > 0 || s->finds != before;
}

int main(int argc, char **argv)
{
    static search s;
    char line[1000];

    if (argc == 2 && strcmp(argv[1], "--self-test") == 0)
        return self_test(&s);
    FILE *list = argc > 2 ? fopen(argv[1], "r") : NULL;
    if (!list) {
        fputs("usage: find_canaries LIST FILE...\n", stderr);
        return 2;
    }
    while (fgets(line, sizeof line, list)) {
        double a, b, tolerance;
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "text\t", 5) == 0)
            add_word(&s, line + 5);
        else if (sscanf(line, "place\t%lf\t%lf\t%lf", &a, &b, &tolerance) == 3)
            add_place(&s, a, b, tolerance);
        else
            return 2;
    }
    fclose(list);
    if (s.n_words + s.n_places == 0)
        return 2;
    qsort(s.places, s.n_places, sizeof *s.places, compare_places);
    for (int i = 2; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        bytes in = {NULL, 0};
        if (!file || fseek(file, 0, SEEK_END) != 0)
            return 2;
        const long size = ftell(file);
        rewind(file);
        in.at = must(malloc((size_t)size + 1));
        in.length = fread(in.at, 1, (size_t)size, file);
        fclose(file);
        if (in.length != (size_t)size)
            return 2;
        s.file = argv[i];
        look(&s, "the file", in, 0);
        free(in.at);
    }
    if (s.finds > 20)
        printf("and %u more\n", s.finds - 20);
    return s.finds > 0;
}
