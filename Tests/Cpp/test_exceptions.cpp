/* SPDX-License-Identifier: MIT
 * What is thrown: leat::error with the library's code and sentence, and what a
 * callable throws, after C has ended the operation.
 *
 *     test_exceptions MODEL, in a folder for its stores */
#include "checks.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <stdexcept>

namespace {

static_assert(std::is_base_of_v<std::exception, leat::error>);
static_assert(std::is_nothrow_copy_constructible_v<leat::error>);

void test_errors(const leat::model &model)
{
    check_context("errors");
    leat_error why;
    const leat_model *none = nullptr;
    const int code = leat_model_open("/nowhere", &none, &why);
    try {
        leat::model::open("/nowhere");
        CHECK(false);
    } catch (const std::exception &error) {
        CHECK(std::strcmp(error.what(), why.message) == 0);
    }
    try {
        leat::model::open("/nowhere");
        CHECK(false);
    } catch (const leat::error &error) {
        CHECK_EQUAL(error.code(), code);
        CHECK_EQUAL(error.sqlite_code(), 0);
    }
    leat::store store = leat::store::open("errors.db");
    leat::stream stream = leat::stream::init(model);
    sqlite3_exec(store.database(), "PRAGMA query_only = 1", nullptr, nullptr,
                 nullptr);
    try {
        store.save("a", stream);
        CHECK(false);
    } catch (const leat::error &error) {
        CHECK_EQUAL(error.sqlite_code(), SQLITE_READONLY);
    }
    sqlite3_exec(store.database(), "PRAGMA query_only = 0", nullptr, nullptr,
                 nullptr);
    try {
        store.begin().commit(), store.save("\xff", stream);
        CHECK(false);
    } catch (const leat::error &error) {
        CHECK_EQUAL(error.code(), LEAT_E_ARGUMENT);
        const leat::error copy = error;
        CHECK(std::strcmp(copy.what(), error.what()) == 0);
    }
}

void test_transactions(const leat::model &model)
{
    check_context("transactions");
    leat::store store = leat::store::open("transactions.db");
    leat::stream stream = leat::stream::init(model);
    for (const bool fails : {true, false}) {
        try {
            leat::transaction transaction = store.begin();
            store.save("a", stream);
            store.save("b", stream);
            if (fails)
                throw std::runtime_error("half-way");
            transaction.commit();
        } catch (const std::runtime_error &) {
            CHECK(fails);
        }
        CHECK(store.load("a", stream).is_found() == !fails);
        CHECK(store.load("b", stream).is_found() == !fails);
    }
}

/* A callable throws at its call number `at`, which the call throws again. The
 * store can be used afterwards. */
template <class Call> void check_thrown(const char *what, int at, Call call)
{
    check_context("%s throws at call %d", what, at);
    int calls = 0;
    const auto throws = [&](auto &&...) {
        if (++calls >= at)
            throw std::runtime_error(std::to_string(calls));
    };
    try {
        call(throws);
        CHECK(false);
    } catch (const std::runtime_error &error) {
        CHECK(error.what() == std::to_string(at)); /* the first one thrown */
    } catch (const leat::error &error) {
        CHECK_WORDS(error.what(), "not this one");
    }
    CHECK_EQUAL(calls, at); /* and it isn't called again */
}

void test_callables(const leat::model &model)
{
    leat::store store = leat::store::open("callables.db");
    leat::stream stream = leat::stream::init(model);
    const std::string big(60000, 'x'); /* so that a backup has many pages */
    for (int i = 0; i < 40; i++)
        store.save("stream " + std::to_string(i), stream, big);
    const std::array<const char *, 2> members = {{"a", "b"}};
    leat::batch batch = leat::batch::init(model, 2);
    store.save_group("group", members, batch.streams());

    for (int at : {1, 2}) {
        check_thrown("list", at, [&](auto &f) { store.list(f); });
        check_thrown("list_group", at,
                     [&](auto &f) { store.list_group("group", f); });
        check_thrown("backup", at, [&](auto &f) { store.backup("b.db", f); });
        CHECK(!std::filesystem::exists("b.db"));
        CHECK(!std::filesystem::exists("b.db-new"));
        check_thrown("verify", at,
                     [&](auto &f) { store.verify([](const char *) {}, f); });
    }
    leat_prune_options options = {};
    options.generations = 1;
    check_thrown("prune", 1,
                 [&](auto &f) { store.prune(options, nullptr, f); });
    CHECK_EQUAL(sqlite3_exec(store.database(),
                             "UPDATE leat_checkpoint SET position = 3",
                             nullptr, nullptr, nullptr), SQLITE_OK);
    check_thrown("finding", 1, [&](auto &f) { store.verify(f); });
    check_thrown("finding", 2, [&](auto &f) { store.verify(f); });
    check_context("afterwards");
    store.save("stream 0", stream);
    CHECK(store.load("stream 0", stream).is_found());
}

/* The assignment never happens, so the object is as it was. */
void test_assignment(const leat::model &model)
{
    check_context("assignment");
    float x[3] = {}, y[2];
    leat::stream stream = leat::stream::init(model);
    stream.step(x, y);
    try {
        stream = leat::stream::init_window(model, 0, 0);
        CHECK(false);
    } catch (const leat::error &) {
        CHECK_EQUAL(stream.position(), 1);
    }
}

} // namespace

int main(int count, char **arguments)
{
    check_usage(count == 2, "test_exceptions MODEL");
    const leat::model model = leat::model::open(arguments[1]);
    test_errors(model);
    test_transactions(model);
    test_callables(model);
    test_assignment(model);
    return check_report("test_exceptions");
}
