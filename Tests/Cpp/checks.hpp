/* SPDX-License-Identifier: MIT
 * checks.hpp: what the tests of leat.hpp share. The same source is compiled
 * with exceptions and without: CODE() and VALUE() of a call are the same in
 * both. */
#ifndef LEAT_TESTS_CHECKS_HPP
#define LEAT_TESTS_CHECKS_HPP

#include "leat.hpp"

#include "check.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

/* The last sentence of an error. */
inline std::string sentence;

/* The code with which a call failed, or LEAT_OK. */
#define CODE(call) code_of([&] { return call; })
/* What a call returned. It ends the program if the call failed. */
#define VALUE(call) value_of([&] { return call; }, #call)

template <class Call> int code_of(Call call)
{
#ifdef LEAT_NO_EXCEPTIONS
    auto result = call();
    if (!result)
        sentence = result.error().what();
    return result.code();
#else
    try {
        static_cast<void>(call());
        return LEAT_OK;
    } catch (const leat::error &error) {
        sentence = error.what();
        return error.code();
    }
#endif
}

[[noreturn]] inline void give_up_on(const char *call, const char *why)
{
    std::printf("%s: %s\n", call, why);
    CHECK(false);
    std::exit(check_report("a call"));
}

template <class Call> auto value_of(Call call, const char *what)
{
#ifdef LEAT_NO_EXCEPTIONS
    auto result = call();
    if (!result)
        give_up_on(what, result.error().what());
    return *std::move(result);
#else
    try {
        return call();
    } catch (const leat::error &error) {
        give_up_on(what, error.what());
    }
#endif
}

#define CHECK_FAILS(call, code) CHECK_EQUAL(CODE(call), code)

/* Deterministic samples between -1 and 1. */
inline std::vector<float> samples(std::size_t count, unsigned seed = 1)
{
    std::vector<float> values(count);
    for (float &value : values) {
        seed = seed * 1664525u + 1013904223u;
        value = static_cast<float>(seed >> 8) / 8388608.0f - 1.0f;
    }
    return values;
}

inline bool are_equal(const std::vector<float> &a, const std::vector<float> &b)
{
    return a.size() == b.size() &&
           std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

inline std::vector<unsigned char> file_contents(const char *path)
{
    std::vector<unsigned char> contents;
    std::FILE *file = std::fopen(path, "rb");
    if (file == nullptr)
        give_up_on("fopen", path);
    for (int byte; (byte = std::fgetc(file)) != EOF;)
        contents.push_back(static_cast<unsigned char>(byte));
    std::fclose(file);
    return contents;
}

#endif
