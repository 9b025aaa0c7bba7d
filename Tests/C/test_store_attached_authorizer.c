/* SPDX-License-Identifier: MIT
 * An authorizer on the connection that a store is attached to. It answers one
 * request after the other with SQLITE_IGNORE, so that SQLite leaves out a
 * statement or a column, or with SQLITE_DENY. Each call of the interface then
 * fails, or does all it says: LEAT_OK is never for nothing, no stream that is
 * there is "not found", and no state is wrong.
 * Usage: test_store_attached_authorizer MODEL.safetensors */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "attached_fixture.h"

/* --- the authorizer ------------------------------------------------------ */

static struct {
    long asked, from, to; /* these requests get the answer */
    int answer;
    int action; /* only these are counted; 0 for all */
    int makes_tables;
} authorizer;

static int authorize(void *context, int action, const char *first,
                     const char *second, const char *schema,
                     const char *trigger)
{
    (void)context, (void)second, (void)schema, (void)trigger;
    /* SQLite 3.40 itself crashes if a table is created while its index is
     * ignored. */
    if (authorizer.makes_tables && authorizer.answer == SQLITE_IGNORE &&
        (action == SQLITE_CREATE_INDEX ||
         (action == SQLITE_INSERT && strncmp(first, "sqlite_", 7) == 0)))
        return SQLITE_OK;
    if (authorizer.action != 0 && action != authorizer.action)
        return SQLITE_OK;
    authorizer.asked++;
    return authorizer.asked >= authorizer.from &&
                   authorizer.asked <= authorizer.to
               ? authorizer.answer
               : SQLITE_OK;
}

/* --- the calls ------------------------------------------------------------ */

static unsigned char exported[4096];

static int save(void)
{
    return leat_store_save(store, "a", stream, NULL, 0, 0, &error);
}

static int save_new(void)
{
    return leat_store_save(store, "new", stream, NULL, 0, 0, &error);
}

static int save_lower(void)
{
    leat_stream *lower = new_stream(model);
    int code;
    step_to(lower, 15);
    code = leat_store_save(store, "a", lower, NULL, 0, LEAT_SAVE_REWIND,
                           &error);
    free(lower);
    return code;
}

static int import_state(void)
{
    unsigned char *state = state_of(stream);
    int code = leat_store_import(store, "a", state, state_size, NULL, 0, 0,
                                 &error);
    free(state);
    return code;
}

static int transaction(void)
{
    int code = leat_store_begin(store, &error);
    if (code != LEAT_OK)
        return code;
    code = save();
    if (code == LEAT_OK)
        code = leat_store_commit(store, &error);
    else
        leat_store_rollback(store, NULL);
    return code;
}

static int delete_b(void) { return leat_store_delete(store, "b", &error); }

static int rename_b(void)
{
    return leat_store_rename(store, "b", "z", &error);
}

static uint64_t pruned; /* by prune(), as it reports */

static int prune(void)
{
    leat_prune_options options;
    uint64_t deleted = 0;
    int code;
    memset(&options, 0, sizeof options);
    options.generations = 1;
    code = leat_store_prune(store, &options, NULL, NULL, &deleted, &error);
    pruned = code == LEAT_OK ? deleted : 0;
    return code;
}

static leat_stream *found;
static leat_checkpoint checkpoint;

static int load(void)
{
    leat_stream_reset(found, &error);
    return leat_store_load(store, "b", found, NULL, 0, &checkpoint, &error);
}

static int export_state(void)
{
    int code = leat_store_export(store, "b", exported, sizeof exported, NULL, 0,
                                 &checkpoint, &error);
    if (code >= 0)
        CHECK(leat_stream_load(found, exported, state_size, &error) == LEAT_OK);
    return code;
}

static int count_entry(void *context, const leat_store_entry *entry)
{
    (void)entry;
    ++*(int *)context;
    return 0;
}

static int list(void)
{
    int seen = 0;
    int code = leat_store_list(store, count_entry, &seen, &error);
    if (code == LEAT_OK)
        CHECK_EQUAL(seen, 2);
    return code;
}

static int statistics(void)
{
    leat_store_statistics_t figures;
    int code = leat_store_statistics(store, &figures, &error);
    if (code == LEAT_OK)
        CHECK(figures.streams == 2 && figures.checkpoints == 6);
    return code;
}

static int verify(void)
{
    return leat_store_verify(store, NULL, NULL, NULL, &error);
}

static int attach_again(void) { return try_attach(); }

enum {
    CHANGES_A = 1,  /* "a" is at 40 after success */
    LOWERS_A = 2,   /* "a" is at 15 */
    MAKES_NEW = 4,  /* there is "new", at 40 */
    DELETES_B = 8,
    RENAMES_B = 16,
    LOADS_B = 32,   /* loaded into `found` */
    ATTACHES = 64,
    EMPTY = 128     /* the database is new */
};

static const struct act {
    const char *name;
    int (*run)(void);
    int flags;
    int saves; /* before it, of "a" */
} acts[] = {
    { "first save", save, CHANGES_A, 0 },
    { "second save", save, CHANGES_A, 1 },
    { "third save", save, CHANGES_A, 2 },
    { "save of a new stream", save_new, MAKES_NEW, 0 },
    { "save that rewinds", save_lower, LOWERS_A, 2 },
    { "import", import_state, CHANGES_A, 0 },
    { "transaction", transaction, CHANGES_A, 2 },
    { "delete", delete_b, DELETES_B, 0 },
    { "rename", rename_b, RENAMES_B, 0 },
    { "prune", prune, 0, 0 },
    { "load", load, LOADS_B, 0 },
    { "export", export_state, LOADS_B, 0 },
    { "list", list, 0, 0 },
    { "statistics", statistics, 0, 0 },
    { "verify", verify, 0, 0 },
    { "attach", attach_again, ATTACHES, 0 },
    { "attach to a new database", attach_again, ATTACHES | EMPTY, 0 },
};

static void check_position(const char *name, int64_t expected)
{
    int64_t position = found_at(name);
    check_that(position == expected, __FILE__, __LINE__,
               "'%s' is found at %lld, expected %lld", name,
               (long long)position, (long long)expected);
}

/* Do `act` while some requests get this answer, and check the outcome. Returns
 * whether there was such a request. */
static int run_act(const struct act *act)
{
    int code, was_asked;
    int64_t before;
    begin_case(act->saves);
    before = 30 + act->saves;
    step_to(stream, 40);
    if (act->flags & ATTACHES) {
        detach();
        if (act->flags & EMPTY)
            remove_store(app_path);
        app = raw_open(app_path);
        run_sql(app, "PRAGMA journal_mode = WAL");
    }
    authorizer.asked = 0;
    authorizer.makes_tables = (act->flags & EMPTY) != 0;
    sqlite3_set_authorizer(app, authorize, NULL);
    code = act->run();
    was_asked = authorizer.asked >= authorizer.from;
    sqlite3_set_authorizer(app, NULL, NULL);

    check_that(code == LEAT_OK || code == LEAT_FALLBACK ||
                   (code < 0 && error.code == code && error.message[0] != '\0'),
               __FILE__, __LINE__, "%d '%s'", code, error.message);
    CHECK(code != LEAT_E_NOT_FOUND && code != LEAT_E_BUSY);
    CHECK(was_asked || code == LEAT_OK);
    if ((act->flags & LOADS_B) && code >= 0) {
        CHECK(is_run_to(found, leat_stream_position(found)));
        CHECK(code == LEAT_FALLBACK || leat_stream_position(found) == 30);
    }
    if ((act->flags & ATTACHES) && code < 0) {
        CHECK(store == NULL);
        /* Nobody can end a transaction if that is always ignored. */
        CHECK(sqlite3_get_autocommit(app) || authorizer.to > authorizer.from);
        if (!sqlite3_get_autocommit(app))
            run_sql(app, "ROLLBACK");
        OK(try_attach());
    }
    if (act->flags & EMPTY) {
        save_at(store, "a", stream, 50);
        CHECK_EQUAL(end_case("a"), 50);
        return was_asked;
    }
    /* Only the caller may end the caller's own transaction. */
    if (act->run == transaction && !sqlite3_get_autocommit(app))
        OK(leat_store_rollback(store, &error));
    /* A transaction that could not be ended is ended now, and nothing is left
     * in it. SQLite keeps the answers in compiled statements; Leat has them
     * compiled again after a call failed. */
    if (code == LEAT_OK)
        leat_store_save(store, "b2", stream, NULL, 0, 0, &error);
    OK(leat_store_save(store, "b2", stream, NULL, 0, 0, &error));
    CHECK(sqlite3_get_autocommit(app));
    if (act->run == prune) {
        /* What can't be read isn't deleted. */
        CHECK(was_asked || pruned == 4);
        CHECK_EQUAL(number_of(app, "SELECT count(*) FROM leat_checkpoint "
                                   "WHERE id < 192"),
                    6 - (long)pruned);
    }
    detach();
    check_position("b2", 40);
    check_position("a", code != LEAT_OK            ? before
                        : act->flags & CHANGES_A   ? 40
                        : act->flags & LOWERS_A    ? 15
                                                   : before);
    check_position("new", code == LEAT_OK && act->flags & MAKES_NEW
                              ? 40
                              : LEAT_E_NOT_FOUND);
    check_position("b", code == LEAT_OK && act->flags & (DELETES_B | RENAMES_B)
                            ? LEAT_E_NOT_FOUND
                            : 30);
    check_position("z", code == LEAT_OK && act->flags & RENAMES_B
                            ? 30
                            : LEAT_E_NOT_FOUND);
    return was_asked;
}

int main(int count, char **arguments)
{
    static const int answers[] = { SQLITE_IGNORE, SQLITE_DENY };
    static const int actions[] = {
        0, SQLITE_READ, SQLITE_SELECT, SQLITE_INSERT, SQLITE_UPDATE,
        SQLITE_DELETE, SQLITE_TRANSACTION, SQLITE_SAVEPOINT, SQLITE_PRAGMA,
        SQLITE_FUNCTION, SQLITE_CREATE_TABLE,
    };
    char directory[64];
    size_t act, answer, action;
    unsigned long cases = 0;
    check_usage(count == 2, "test_store_attached_authorizer MODEL.safetensors");
    set_up(arguments[1], directory);
    make_template();
    found = new_stream(model);
    for (act = 0; act < sizeof acts / sizeof *acts; act++)
        for (answer = 0; answer < 2; answer++)
            for (action = 0; action < sizeof actions / sizeof *actions;
                 action++) {
                long n = 0;
                int goes_on, was_asked = 1;
                authorizer.answer = answers[answer];
                authorizer.action = actions[action];
                /* All requests of a kind; otherwise each alone, and all from
                 * each on. */
                while (was_asked) {
                    n++;
                    for (goes_on = 0, was_asked = 0; goes_on < 2; goes_on++) {
                        authorizer.from = n;
                        authorizer.to = goes_on ? 1000000 : n;
                        if (authorizer.action != 0) {
                            if (n > 1 || !goes_on)
                                continue;
                        }
                        check_context("%s, %s, %s %d, question %ld%s",
                                      acts[act].name,
                                      answer == 0 ? "ignored" : "denied",
                                      "action", actions[action], n,
                                      goes_on ? " and on" : "");
                        was_asked |= run_act(&acts[act]);
                        cases++;
                    }
                }
            }
    check_context("%s", "");
    printf("%lu cases\n", cases);
    CHECK(cases > 1000);
    free(found);
    free_template();
    return tear_down("test_store_attached_authorizer", directory);
}
