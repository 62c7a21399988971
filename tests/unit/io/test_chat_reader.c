/* Tests of io/chat_line and io/chat_reader: lines of many regions, places, pseudonyms, and what is counted only. */
#include "base/fail.h"
#include "io/chat_reader.h"
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK "\xE2\x80\x8E"  /* left-to-right mark */
#define NARROW "\xE2\x80\xAF" /* narrow no-break space */

static void reads_the_lines_of_many_regions(void **state)
{
    static const struct {
        const char   *line;
        cm_chat_order order;
        const char   *time, *name, *text;
    } LINES[] = {
        {"12/03/2024, 14:05 - Alice: hello", CM_CHAT_DAY_FIRST, "2024-03-12 14:05:00", "Alice", "hello"},
        {"12/03/2024, 14:05 - Alice: hello", CM_CHAT_MONTH_FIRST, "2024-12-03 14:05:00", "Alice", "hello"},
        {"3/12/24, 2:05 PM - Bob: a: b", CM_CHAT_MONTH_FIRST, "2024-03-12 14:05:00", "Bob", "a: b"},
        {"3/12/24, 12:05" NARROW "AM - Bob: x", CM_CHAT_MONTH_FIRST, "2024-03-12 00:05:00", "Bob", "x"},
        {"3/12/24, 12:05 p.m. - Bob: x", CM_CHAT_MONTH_FIRST, "2024-03-12 12:05:00", "Bob", "x"},
        {"[12/03/2024, 14:05:33] Alice: hello", CM_CHAT_DAY_FIRST, "2024-03-12 14:05:33", "Alice", "hello"},
        {MARK "[12/03/2024, 2:05:33" NARROW "pm] ~\xC2\xA0" "Alice: " MARK "hello", CM_CHAT_DAY_FIRST, "2024-03-12 14:05:33", "~\xC2\xA0" "Alice", "hello"},
        {"12.03.24, 14:05 - Zo\xC3\xAB: x", CM_CHAT_DAY_FIRST, "2024-03-12 14:05:00", "Zo\xC3\xAB", "x"},
        {"12. 3. 2024 14.05 - Jan: x", CM_CHAT_DAY_FIRST, "2024-03-12 14:05:00", "Jan", "x"},
        {"[2024-03-12, 09:00:01] +44 7700 900123: x", CM_CHAT_ORDER_UNKNOWN, "2024-03-12 09:00:01", "+44 7700 900123", "x"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        cm_chat_line line;
        char time[20];
        if (!cm_chat_line_read(LINES[i].line, strlen(LINES[i].line), &line) || !line.name || !cm_chat_time(&line, LINES[i].order, time))
            fail_msg("not read: %s", LINES[i].line);
        assert_string_equal(time, LINES[i].time);
        assert_int_equal(line.name_length, strlen(LINES[i].name));
        assert_memory_equal(line.name, LINES[i].name, line.name_length);
        assert_int_equal(line.text_length, strlen(LINES[i].text));
        assert_memory_equal(line.text, LINES[i].text, line.text_length);
    }
}

static void knows_what_begins_no_message(void **state)
{
    static const char *const LINES[] = {"", "by the van", "12/03", "12/03/2024", "12/03/2024, 25:05 - A: x", "12/03/2024, 14:05 A: x", "1/2/345, 14:05 - A: x",
                                        "[12/03/2024, 14:05:33 Alice: x", "14:05 - A: x", "12/03/2024, 13:05 pm - A: x", "latitude,longitude"};
    cm_chat_line line;
    char time[20];
    (void)state;
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++)
        if (cm_chat_line_read(LINES[i], strlen(LINES[i]), &line))
            fail_msg("read as a message: %s", LINES[i]);
    static const char SYSTEM[] = "12/03/2024, 14:05 - Messages are end-to-end encrypted";
    assert_true(cm_chat_line_read(SYSTEM, sizeof SYSTEM - 1, &line));
    assert_null(line.name);
    static const char NO_DAY[] = "31/02/2024, 14:05 - A: x";
    assert_true(cm_chat_line_read(NO_DAY, sizeof NO_DAY - 1, &line));
    assert_false(cm_chat_time(&line, CM_CHAT_DAY_FIRST, time));
    assert_false(cm_chat_time(&line, CM_CHAT_MONTH_FIRST, time));
    assert_false(cm_chat_time(&line, CM_CHAT_ORDER_UNKNOWN, time));
}

static void finds_places_in_links_only(void **state)
{
    static const struct {
        const char *text, *place;
    } TEXTS[] = {
        {"location: https://maps.google.com/?q=51.5074,-0.1278", "51.5074 -0.1278"},
        {"here https://maps.google.com/maps?ll=51.5,0.1&z=3 there", "51.5 0.1"},
        {"https://www.google.com/maps/@51.5074,-0.1278,17z", "51.5074 -0.1278"},
        {"https://www.google.com/maps/search/?api=1&query=51.5%2C-0.12", "51.5 -0.12"},
        {"https://maps.apple.com/?ll=51.5074,-0.1278&q=Pin", "51.5074 -0.1278"},
        {"geo:51.5,-0.12?z=3", "51.5 -0.12"},
        {"https://maps.google.com/?q=Victoria+Station", NULL},
        {"https://goo.gl/maps/abc", NULL},
        {"51.5074,-0.1278", NULL},
        {"https://evil.example/?q=51.5,-0.12", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        size_t begin, end;
        char place[64];
        const bool found = cm_chat_place(TEXTS[i].text, strlen(TEXTS[i].text), &begin, &end, place, sizeof place);
        assert_int_equal(found, TEXTS[i].place != NULL);
        if (found)
            assert_string_equal(place, TEXTS[i].place);
    }
}

static cm_chat_reader *open_chat(castmap_context *ctx, const char *folder, const char *text, cm_chat_order order, bool names, cm_text_input **input)
{
    static const unsigned char KEY[32] = "a key that is only for this test";
    cm_chat_reader *reader = NULL;
    static char path[256];

    folder_write(folder, "chat.txt", text, strlen(text), path);
    if (cm_text_input_open(ctx, path, false, NULL, input) || cm_chat_open(ctx, *input, "chat.txt", order, names ? KEY : NULL, names ? 32 : 0, &reader))
        fail_msg("%s", castmap_message(ctx));
    return reader;
}

static void gathers_what_was_said_of_a_place(void **state)
{
    static const char CHAT[] =
        "[12/03/2024, 14:00:00] Group: " MARK "Messages are encrypted\r\n"
        "[12/03/2024, 14:05:00] Alice: " MARK "Location: https://maps.google.com/?q=51.507400,-0.127800\r\n"
        "[12/03/2024, 14:05:20] Alice: " MARK "image omitted\r\n"
        "[12/03/2024, 14:06:00] Alice: two vans\r\n"
        "one of them white\r\n"
        "[12/03/2024, 14:17:00] Alice: later, of something else\r\n"
        "[13/03/2024, 08:00:00] Bob: look https://maps.google.com/?q=51.51,-0.13 again\r\n"
        "[13/03/2024, 08:01:00] Alice: I see\r\n"
        "[13/03/2024, 08:02:00] Bob: not of the place any more\r\n";
    castmap_context *ctx = *state;
    cm_text_input *input = NULL;
    cm_chat_record record;
    char folder[64];
    bool more;

    folder_make(folder);
    cm_chat_reader *reader = open_chat(ctx, folder, CHAT, CM_CHAT_DAY_FIRST, true, &input);
    assert_status(cm_chat_next(ctx, reader, &record, &more), CASTMAP_OK);
    assert_true(more);
    assert_int_equal(record.line, 2);
    assert_memory_equal(record.field[CM_CHAT_TIME].bytes, "2024-03-12 14:05:00", record.field[CM_CHAT_TIME].length);
    assert_memory_equal(record.field[CM_CHAT_POSITION].bytes, "51.507400 -0.127800", record.field[CM_CHAT_POSITION].length);
    assert_int_equal(record.field[CM_CHAT_TEXT].length, strlen("two vans\r\none of them white"));
    assert_memory_equal(record.field[CM_CHAT_TEXT].bytes, "two vans\r\none of them white", record.field[CM_CHAT_TEXT].length);
    assert_null(memmem(record.text, record.length, "Alice", 5));
    assert_non_null(memmem(record.text, record.length, "person-", 7));
    assert_status(cm_chat_next(ctx, reader, &record, &more), CASTMAP_OK);
    assert_true(more);
    assert_int_equal(record.line, 7);
    assert_memory_equal(record.field[CM_CHAT_TEXT].bytes, "look\nagain", record.field[CM_CHAT_TEXT].length);
    assert_status(cm_chat_next(ctx, reader, &record, &more), CASTMAP_OK);
    assert_false(more);
    const cm_chat_counts counts = cm_chat_count(reader);
    /* Counted by hand: eight lines with a name and a colon (the first says "Group:"), two of them places, one joined. */
    assert_int_equal(counts.messages, 8);
    assert_int_equal(counts.joined, 1);
    assert_int_equal(counts.media, 1);
    assert_int_equal(counts.without_place, 5);
    cm_chat_close(reader);
    cm_text_input_close(input);
    folder_remove(folder);
}

static void asks_for_the_order_and_can_do_without_names(void **state)
{
    static const char CHAT[] = "13/03/2024, 08:00 - Bob: https://maps.google.com/?q=51.51,-0.13\n13/03/2024, 08:01 - Bob: words\n";
    castmap_context *ctx = *state;
    cm_text_input *input = NULL;
    cm_chat_record record;
    char folder[64];
    bool more;

    folder_make(folder);
    cm_chat_reader *reader = open_chat(ctx, folder, CHAT, CM_CHAT_ORDER_UNKNOWN, true, &input);
    assert_status(cm_chat_next(ctx, reader, &record, &more), CASTMAP_E_INPUT);
    assert_non_null(strstr(castmap_message(ctx), "day or the month"));
    assert_string_equal(castmap_message_where(ctx), "chat.txt:1");
    assert_non_null(strstr(castmap_message_hint(ctx), "--date-order dmy: this line begins with 13"));
    cm_fail_clear(ctx);
    cm_chat_close(reader);
    cm_text_input_close(input);
    reader = open_chat(ctx, folder, CHAT, CM_CHAT_MONTH_FIRST, false, &input);
    assert_status(cm_chat_next(ctx, reader, &record, &more), CASTMAP_OK);
    assert_true(record.bad_date);
    assert_int_equal(record.field[CM_CHAT_SOURCE].length, 0);
    assert_int_equal(record.field[CM_CHAT_TEXT].length, 0);
    assert_null(memmem(record.text, record.length, "Bob", 3));
    cm_chat_close(reader);
    cm_text_input_close(input);
    folder_remove(folder);
}

/* However the reading is cut into blocks: a long chat gives each of its places once. */
static void reads_long_chats_whole(void **state)
{
    const size_t places = 6000;
    castmap_context *ctx = *state;
    cm_text_input *input = NULL;
    cm_chat_record record;
    char folder[64], *text = malloc(places * 160), *at = text;
    size_t found = 0, characters = 0;
    bool more = true;

    for (size_t i = 0; i < places; i++)
        at += sprintf(at, "12/03/2024, 14:05 - P%zu: https://maps.google.com/?q=51.5%04zu,-0.12\n12/03/2024, 14:05 - P%zu: word %zu\nand more\n", i, i, i, i);
    folder_make(folder);
    cm_chat_reader *reader = open_chat(ctx, folder, text, CM_CHAT_DAY_FIRST, true, &input);
    while (!cm_chat_next(ctx, reader, &record, &more) && more) {
        char want[48];
        snprintf(want, sizeof want, "word %zu\nand more", found);
        assert_int_equal(record.line, 3 * found + 1);
        assert_int_equal(record.field[CM_CHAT_TEXT].length, strlen(want));
        assert_memory_equal(record.field[CM_CHAT_TEXT].bytes, want, strlen(want));
        characters += record.length;
        found++;
    }
    assert_int_equal(found, places);
    assert_true(characters > places * 60);
    cm_chat_close(reader);
    cm_text_input_close(input);
    free(text);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_lines_of_many_regions),
        cmocka_unit_test(knows_what_begins_no_message),
        cmocka_unit_test(finds_places_in_links_only),
        cmocka_unit_test(gathers_what_was_said_of_a_place),
        cmocka_unit_test(asks_for_the_order_and_can_do_without_names),
        cmocka_unit_test(reads_long_chats_whole),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
