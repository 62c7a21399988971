/* Tests of the web page and the report. */
#include "base/files.h"
#include "castmap/products.h"
#include "release/disclosure/release_view.h"
#include "release/web/page_text.h"
#include "support/check.h"
#include "support/release_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char PAYLOAD[] = "</script><script>alert(1)</script>\"><img src=x onerror=alert(2)>'<a href=\"javascript:alert(3)\">{{title}}";

static char *whole(castmap_context *ctx, const char *path, size_t *length)
{
    char *bytes = NULL;

    if (cm_file_read(ctx, path, 64u << 20, &bytes, length))
        fail_msg("%s", castmap_message(ctx));
    return bytes;
}

static void replace(char **words, const char *with)
{
    free(*words);
    *words = strdup(with);
    assert_non_null(*words);
}

static void spoil(castmap_release *release)
{
    replace(&release->title, PAYLOAD);
    replace(&release->subtitle, PAYLOAD);
    replace(&release->audience_mark, PAYLOAD);
    replace(&release->data_dates, PAYLOAD);
    replace(&release->caveats[0], PAYLOAD);
    replace(&release->sources[0], PAYLOAD);
    replace(&release->facts[0].title, PAYLOAD);
    for (size_t i = 0; i < release->n_layers; i++) {
        cm_layer *layer = &release->layers[i];
        replace(&layer->title, PAYLOAD);
        replace(&layer->description, PAYLOAD);
        for (size_t f = 0; f < layer->n_fields; f++) {
            replace(&layer->fields[f].title, PAYLOAD);
            replace(&layer->fields[f].description, PAYLOAD);
            if (layer->fields[f].type == CM_FIELD_TEXT && layer->count)
                replace(&layer->fields[f].text[0], PAYLOAD);
        }
        for (size_t k = 0; k < layer->style.n_classes; k++)
            replace(&layer->style.classes[k].label, PAYLOAD);
    }
}

static void hostile_words_stay_words(void **state)
{
    castmap_release *release = fixture_release(*state, CASTMAP_PUBLIC);
    castmap_map_options options = CASTMAP_MAP_OPTIONS_INIT;
    char folder[64], path[256];
    static const char *const NAME[] = {"page.html", "report.html"};

    spoil(release);
    folder_make(folder);
    for (size_t i = 0; i < 2; i++) {
        size_t length;
        snprintf(path, sizeof path, "%s/%s", folder, NAME[i]);
        if (i == 0)
            assert_status(castmap_write_page(*state, release, &options, path), CASTMAP_OK);
        else
            assert_status(castmap_write_report(*state, release, path, false), CASTMAP_OK);
        char *html = whole(*state, path, &length);
        assert_int_equal(strlen(html), length);
        assert_null(strstr(html, "<script>alert"));
        assert_null(strstr(html, "<img src=x"));
        assert_null(strstr(html, "<a href=\"javascript"));
        assert_non_null(strstr(html, "&lt;/script&gt;&lt;script&gt;alert(1)"));
        assert_non_null(strstr(html, "{{title}}")); /* words of people are no template */
        free(html);
    }
    if (getenv("CASTMAP_KEEP")) { /* for the test in a browser */
        options.overwrite = true;
        snprintf(path, sizeof path, "%s/hostile.html", getenv("CASTMAP_KEEP"));
        assert_status(castmap_write_page(*state, release, &options, path), CASTMAP_OK);
    }
    folder_remove(folder);
    castmap_release_free(release);
}

/* No element of the page asks for anything: every src is data, every href a place in the page. */
static void only_inlined_targets(const char *html)
{
    static const char *const ATTRIBUTES[] = {" src=\"", " href=\"", " action=\"", " srcset=\"", " poster=\""};
    static const char *const FORBIDDEN[] = {"<link", "<iframe", "<object", "<embed", "<base", "@import", " onclick=", " style=\"",
                                            "http-equiv=\"refresh"};
    const char *data = strstr(html, "<script type=\"application/json\"");
    const char *style = strstr(html, "<style>");
    const size_t head = data ? (size_t)(data - html) : strlen(html);
    char *markup = strndup(html, head);
    char *css = strstr(markup, "<style>"), *after = strstr(markup, "</style>");

    assert_non_null(style);
    assert_true(css && after && css < after);
    memset(css + 7, ' ', (size_t)(after - css - 7));
    for (size_t a = 0; a < sizeof ATTRIBUTES / sizeof ATTRIBUTES[0]; a++) {
        for (const char *p = strstr(markup, ATTRIBUTES[a]); p; p = strstr(p + 1, ATTRIBUTES[a])) {
            const char *target = p + strlen(ATTRIBUTES[a]);
            assert_true(strncmp(target, "data:", 5) == 0 || *target == '#');
        }
    }
    for (size_t f = 0; f < sizeof FORBIDDEN / sizeof FORBIDDEN[0]; f++)
        assert_null(strstr(markup, FORBIDDEN[f]));
    assert_null(strstr(markup, "http://"));
    assert_null(strstr(markup, "https://"));
    free(markup);
}

static void the_same_release_gives_the_same_bytes(void **state)
{
    static const castmap_audience AUDIENCES[] = {CASTMAP_INTERNAL, CASTMAP_PARTNER, CASTMAP_PUBLIC};
    const char *keep = getenv("CASTMAP_KEEP");
    char folder[64];

    folder_make(folder);
    for (size_t a = 0; a < 3; a++) {
        castmap_map_options options = CASTMAP_MAP_OPTIONS_INIT;
        char page[2][256], report[2][256];
        for (size_t k = 0; k < 2; k++) {
            castmap_release *release = fixture_release(*state, AUDIENCES[a]);
            const char *name = castmap_audience_name(AUDIENCES[a]);
            const char *in = keep && k == 0 ? keep : folder;
            options.overwrite = keep != NULL;
            snprintf(page[k], sizeof page[k], "%s/page-%s-%zu.html", in, name, k);
            snprintf(report[k], sizeof report[k], "%s/report-%s-%zu.html", in, name, k);
            assert_status(castmap_write_page(*state, release, &options, page[k]), CASTMAP_OK);
            assert_status(castmap_write_report(*state, release, report[k], keep != NULL), CASTMAP_OK);
            castmap_release_free(release);
        }
        size_t n[4];
        char *html[] = {whole(*state, page[0], &n[0]), whole(*state, page[1], &n[1]), whole(*state, report[0], &n[2]),
                        whole(*state, report[1], &n[3])};
        assert_int_equal(n[0], n[1]);
        assert_memory_equal(html[0], html[1], n[0]);
        assert_int_equal(n[2], n[3]);
        assert_memory_equal(html[2], html[3], n[2]);
        only_inlined_targets(html[0]);
        only_inlined_targets(html[2]);
        assert_null(strstr(html[2], "<script"));
        assert_non_null(strstr(html[0], "default-src 'none'"));
        assert_null(strstr(html[0], "unsafe-"));
        assert_true((strstr(html[2], "id=\"held-back\"") != NULL) == (AUDIENCES[a] == CASTMAP_INTERNAL));
        assert_true((strstr(html[2], "not shown</span>") != NULL) == (AUDIENCES[a] != CASTMAP_INTERNAL));
        for (size_t k = 0; k < 4; k++)
            free(html[k]);
    }
    folder_remove(folder);
}

static void an_existing_page_is_not_replaced_unasked(void **state)
{
    castmap_release *release = fixture_release(*state, CASTMAP_PUBLIC);
    castmap_map_options options = CASTMAP_MAP_OPTIONS_INIT;
    char folder[64], path[256];

    folder_make(folder);
    folder_write(folder, "page.html", "old", 3, path);
    assert_int_equal(castmap_write_page(*state, release, &options, path), CASTMAP_E_EXISTS);
    assert_int_equal(castmap_write_report(*state, release, path, false), CASTMAP_E_EXISTS);
    options.overwrite = true;
    assert_status(castmap_write_page(*state, release, &options, path), CASTMAP_OK);
    assert_status(castmap_write_report(*state, release, path, true), CASTMAP_OK);
    options.layer = "no-such";
    assert_int_equal(castmap_write_page(*state, release, &options, path), CASTMAP_E_NOT_FOUND);
    folder_remove(folder);
    castmap_release_free(release);
}

static void words_and_hashes_are_written_as_html_wants_them(void **state)
{
    cm_text text = CM_TEXT_INIT;

    (void)state;
    cm_html_add(&text, "a<b>&\"'\x01\xe2\x80\xae\xc2\x85z");
    assert_string_equal(text.bytes, "a&lt;b&gt;&amp;&quot;&#39;z");
    cm_text_reset(&text);
    cm_base64_add(&text, (const unsigned char *)"foobar", 6);
    cm_base64_add(&text, (const unsigned char *)"foob", 4);
    cm_base64_add(&text, (const unsigned char *)"fooba", 5);
    assert_string_equal(text.bytes, "Zm9vYmFyZm9vYg==Zm9vYmE="); /* RFC 4648 section 10 */
    cm_text_reset(&text);
    cm_csp_hash_add(&text, "", 0);
    assert_string_equal(text.bytes, "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
    assert_true(cm_title_says_unit("Per 1,000 residents", "per 1,000"));
    assert_true(cm_title_says_unit("Observations per km\xc2\xb2", "per km2"));
    assert_false(cm_title_says_unit("Diameter", "m"));
    cm_text_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_hashes_are_written_as_html_wants_them),
        cmocka_unit_test(hostile_words_stay_words),
        cmocka_unit_test(the_same_release_gives_the_same_bytes),
        cmocka_unit_test(an_existing_page_is_not_replaced_unasked),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
