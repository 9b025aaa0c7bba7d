/* SPDX-License-Identifier: MIT
 * Paths, names and tables in messages can't control a terminal: no control
 * character gets into a message, nor anything that isn't UTF-8.
 * Usage: test_store_control_characters MODEL.safetensors */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "store_fixture.h"

/* ESC, BEL, DEL, and C1's CSI in UTF-8 are removed; é and € stay. */
#define EVIL "p\033[2J\007\177\302\2331m\303\251\342\202\254"
#define TAME "p?[2J???1m\303\251\342\202\254"
/* The same with a bare CSI and a truncated character. */
#define BARE "p\033[2J\2331m\303\251\342\202"

/* The length of the UTF-8 character at the start of a text; 0 if there is
 * none. */
static size_t character(const unsigned char *text)
{
    size_t size = 0;
    size_t i;
    if (text[0] < 0x80)
        size = 1;
    else if (text[0] >= 0xc2 && text[0] < 0xe0)
        size = 2;
    else if (text[0] >= 0xe0 && text[0] < 0xf0)
        size = 3;
    else if (text[0] >= 0xf0 && text[0] < 0xf5)
        size = 4;
    for (i = 1; i < size; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    return size;
}

static int is_tame(const char *line)
{
    const unsigned char *text = (const unsigned char *)line;
    while (*text != 0) {
        size_t size = character(text);
        if (size == 0 || *text < 0x20 || *text == 0x7f ||
            (*text == 0xc2 && text[1] < 0xa0))
            return 0;
        text += size;
    }
    return 1;
}

/* The call is refused with a message that shows this part of its argument. */
#define TAMED(words, call)                                                     \
    do {                                                                       \
        int code = call;                                                       \
        check_that(code < 0 && is_tame(error.message) &&                       \
                       strstr(error.message, words) != NULL,                   \
                   __FILE__, __LINE__, "%s: %d '%s', expected '%s'", #call,    \
                   code, error.message, words);                                \
        memset(&error, 0, sizeof error);                                       \
    } while (0)

static void test_paths(void)
{
    leat_store *store, *second = NULL;
    leat_stream *stream = new_stream(model);
    leat_store_options look;

    memset(&look, 0, sizeof look);
    look.flags = LEAT_STORE_READ_ONLY;
    TAMED("p?[2J", leat_store_open(EVIL "/none", NULL, &second, &error));
    TAMED("p?[2J?1m\303\251??",
          leat_store_open(BARE "/none", NULL, &second, &error));
    TAMED("p?[2J", leat_store_open(EVIL ".none", &look, &second, &error));
    TAMED("p?[2J", leat_model_open(EVIL ".none", &model, &error));

    store = open_new(EVIL);
    save_at(store, EVIL, stream, 5);
    TAMED("p?[2J", leat_store_open(EVIL, NULL, &second, &error));
    OK(leat_store_backup(store, EVIL ".copy", NULL, NULL, &error));
    TAMED("p?[2J", leat_store_backup(store, EVIL ".copy", NULL, NULL, &error));
    TAMED("p?[2J", leat_store_backup(store, EVIL "/none", NULL, NULL, &error));
    TAMED("p?[2J", leat_store_backup(store, EVIL "-wal", NULL, NULL, &error));
    OK(leat_store_close(store, &error));
    write_file(EVIL ".text", "no store, of that many bytes and more", 37);
    TAMED("p?[2J", leat_store_open(EVIL ".text", &look, &second, &error));
    free(stream);
}

static void test_names(void)
{
    leat_store *store = open_new("names.db");
    leat_stream *stream = new_stream(model);
    leat_stream *other = new_stream(other_model);

    save_at(store, "a", stream, 5);
    TAMED("'" TAME "'",
          leat_store_load(store, EVIL, stream, NULL, 0, NULL, &error));
    TAMED("'" TAME "'", leat_store_delete(store, EVIL, &error));
    TAMED("'" TAME "'", leat_store_rename(store, EVIL, "b", &error));
    OK(leat_store_rename(store, "a", EVIL, &error));
    TAMED("'" TAME "'", leat_store_rename(store, EVIL, EVIL, &error));
    TAMED("'" TAME "'",
          leat_store_load(store, EVIL, other, NULL, 0, NULL, &error));
    TAMED("'" TAME "'",
          leat_store_save(store, EVIL, other, NULL, 0, 0, &error));
    TAMED("UTF-8", leat_store_delete(store, BARE, &error));
    OK(leat_store_close(store, &error));
    free(stream);
    free(other);
}

static int lines;

static void see(void *context, const char *line)
{
    (void)context;
    check_that(is_tame(line), __FILE__, __LINE__, "'%s'", line);
    lines++;
}

/* SQLite's integrity_check names tables, also with such names. */
static void test_tables(void)
{
    leat_store *store = open_new("tables.db");
    leat_stream *stream = new_stream(model);

    save_at(store, EVIL, stream, 5);
    OK(leat_store_close(store, &error));
    sql_at(
        "tables.db",
        "CREATE TABLE \"" BARE "\"(a);"
        "INSERT INTO \"" BARE "\" VALUES (NULL);"
        "PRAGMA writable_schema = 1;"
        "UPDATE sqlite_schema SET sql = replace(sql, '(a)', '(a NOT NULL)')");
    store = open_with("tables.db", LEAT_STORE_READ_ONLY, 0);
    TAMED("p?[2J?1m\303\251??",
          leat_store_verify(store, see, NULL, NULL, &error));
    CHECK(lines > 0);
    OK(leat_store_close(store, &error));
    /* A name in the store's own tables that no save could have written. */
    sql_at("tables.db",
           "UPDATE leat_stream SET name = CAST(x'701b5b9b' AS TEXT) "
           "WHERE id > 0");
    store = open_with("tables.db", LEAT_STORE_READ_ONLY, 0);
    TAMED("", leat_store_verify(store, see, NULL, NULL, &error));
    OK(leat_store_close(store, &error));
    free(stream);
}

int main(int count, char **arguments)
{
    char directory[64];
    check_usage(count == 2, "test_store_control_characters MODEL.safetensors");
    set_up(arguments[1], directory);
    test_paths();
    test_names();
    test_tables();
    return tear_down("test_store_control_characters", directory);
}
