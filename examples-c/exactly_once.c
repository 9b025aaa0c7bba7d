/* SPDX-License-Identifier: MIT
 *
 * exactly_once.c writes its outputs to a table in the transaction that saves
 * the checkpoint. The table has exactly one row for each sample that the stream
 * has taken in, even if the program is killed.
 *
 *     exactly_once [MODEL [DATABASE [RECORDING.csv]]] */
#define _FILE_OFFSET_BITS 64 /* of 32-bit systems, too */
#define _POSIX_C_SOURCE 200809L
#include <leat_store.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

enum { INPUTS = 11, CHECKPOINT_EVERY = 10 };

static sqlite3 *database;
static leat_error error;

static void die(const char *why)
{
    fprintf(stderr, "exactly_once: %s\n", why);
    exit(1);
}

static int check(int code)
{
    if (code < 0)
        die(error.message);
    return code;
}

static void check_sql(int code)
{
    if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE)
        die(sqlite3_errmsg(database));
}

static void run(const char *sql)
{
    check_sql(sqlite3_exec(database, sql, NULL, NULL, NULL));
}

static sqlite3_stmt *prepare(const char *sql)
{
    sqlite3_stmt *statement;

    check_sql(sqlite3_prepare_v2(database, sql, -1, &statement, NULL));
    return statement;
}

/* Return the number that a query gives. */
static uint64_t ask(const char *sql)
{
    sqlite3_stmt *statement = prepare(sql);
    uint64_t answer;

    check_sql(sqlite3_step(statement));
    answer = (uint64_t)sqlite3_column_int64(statement, 0);
    check_sql(sqlite3_finalize(statement));
    return answer;
}

/* Each line has a time, which the model doesn't see, and the inputs. */
static int read_sample(FILE *recording, float *input)
{
    if (fscanf(recording, "%*f") == EOF) {
        if (ferror(recording))
            die("can't read the recording");
        return 0;
    }
    for (int i = 0; i < INPUTS; i++)
        if (fscanf(recording, ",%f", &input[i]) != 1)
            die("a line of the recording is not a time and 11 numbers");
    return 1;
}

/* Return where the current line ends, before its line feed. */
static int64_t place_of(FILE *recording)
{
    int64_t offset = ftello(recording);

    if (offset < 0)
        die("the recording is a pipe: expected a file");
    return offset;
}

/* Go to the checkpoint's place. If this is the same file, a line, or the file,
 * ends there. */
static void go_on_at(FILE *recording, int64_t offset)
{
    int next = EOF;

    if (fseek(recording, 0, SEEK_END) == 0 && ftello(recording) >= offset &&
        fseeko(recording, (off_t)offset, SEEK_SET) == 0)
        next = getc(recording);
    if (next != '\n' && next != '\r' && !feof(recording))
        die("the recording is another file than the checkpoint's, or cut");
}

static void open_database(const char *path)
{
    check_sql(sqlite3_open(path, &database));
    check_sql(sqlite3_busy_timeout(database, 5000));
    /* The owner of the connection decides what a commit survives. */
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    if (!ask("SELECT journal_mode = 'wal' AND synchronous = 2"
             " FROM pragma_journal_mode, pragma_synchronous"))
        die("the database doesn't take journal_mode=WAL, synchronous=FULL");
    run("CREATE TABLE IF NOT EXISTS outputs"
        " (position INTEGER PRIMARY KEY, output BLOB NOT NULL) STRICT");
}

static void insert(sqlite3_stmt *statement, uint64_t position,
                   const float *output)
{
    check_sql(sqlite3_bind_int64(statement, 1, (sqlite3_int64)position));
    check_sql(sqlite3_bind_blob(statement, 2, output,
                                INPUTS * (int)sizeof *output, SQLITE_STATIC));
    check_sql(sqlite3_step(statement));
    check_sql(sqlite3_reset(statement));
}

/* If the newest checkpoint is corrupt, the rows go back with the stream. */
static void delete_after(uint64_t position)
{
    sqlite3_stmt *statement = prepare("DELETE FROM outputs WHERE position > ?");

    check_sql(sqlite3_bind_int64(statement, 1, (sqlite3_int64)position));
    check_sql(sqlite3_step(statement));
    check_sql(sqlite3_finalize(statement));
}

static void print_table(void)
{
    sqlite3_stmt *rows = prepare("SELECT * FROM outputs ORDER BY position");
    int code;

    while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
        const float *output = sqlite3_column_blob(rows, 1);

        printf("%lld", (long long)sqlite3_column_int64(rows, 0));
        for (int i = 0; i < INPUTS; i++)
            printf(" %.9g", output[i]);
        printf("\n");
    }
    check_sql(code);
    check_sql(sqlite3_finalize(rows));
    if (fflush(stdout) != 0 || ferror(stdout))
        die("can't print the table");
}

int main(int argc, char **argv)
{
    FILE *recording = fopen(
        argc > 3 ? argv[3] : "examples-c/telemetry/recording.csv", "r");
    float input[INPUTS], output[INPUTS];
    const leat_model *model;
    leat_model_info_t info;
    leat_stream *stream;
    leat_store *store;
    int64_t offset;
    int found;

    check(leat_model_open(argc > 1 ? argv[1]
                                   : "examples-c/telemetry/model.safetensors",
                          &model, &error));
    check(leat_model_info(model, &info, &error));
    if (info.input_size != INPUTS || info.output_size != INPUTS)
        die("the model doesn't have 11 inputs and 11 outputs");
    void *memory = malloc(leat_stream_size(model));
    check(leat_stream_init(memory, leat_stream_size(model), model, &stream,
                           &error));
    open_database(argc > 2 ? argv[2] : "build/exactly_once.db");
    check(leat_store_attach(database, NULL, &store, &error));

    if (recording == NULL || fscanf(recording, "%*[^\n]") == EOF)
        die("can't read the recording");
    offset = place_of(recording);
    found = leat_store_load(store, "telemetry", stream, &offset, sizeof offset,
                            NULL, &error);
    if (found != LEAT_E_NOT_FOUND)
        check(found);
    go_on_at(recording, offset);

    if (found == LEAT_FALLBACK)
        delete_after(leat_stream_position(stream));

    /* Check the promise. */
    fprintf(stderr, "%llu rows, position %llu\n",
            (unsigned long long)ask("SELECT count(*) FROM outputs"),
            (unsigned long long)leat_stream_position(stream));
    if (ask("SELECT count(*) FROM outputs") != leat_stream_position(stream))
        die("the rows are not those of the checkpoint");

    sqlite3_stmt *statement = prepare("INSERT INTO outputs VALUES (?, ?)");
    for (;;) {
        int taken = 0;

        check(leat_store_begin(store, &error));
        while (taken < CHECKPOINT_EVERY && read_sample(recording, input)) {
            offset = place_of(recording);
            check(leat_stream_step(stream, input, output, &error));
            insert(statement, leat_stream_position(stream), output);
            taken++;
        }
        if (taken == 0)
            break;
        check(leat_store_save(store, "telemetry", stream, &offset,
                              sizeof offset, 0, &error));
        check(leat_store_commit(store, &error));
    }
    check(leat_store_rollback(store, &error));
    check_sql(sqlite3_finalize(statement));

    print_table();
    check(leat_store_close(store, &error));
    check_sql(sqlite3_close(database));
    fclose(recording);
    return 0;
}
