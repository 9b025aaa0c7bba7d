#!/bin/sh
# SPDX-License-Identifier: MIT
# test_header.sh: leat.hpp compiles alone, in each dialect and with each compiler that is installed,
# without a warning; the headers of C do so in C++. What would be a mistake doesn't compile. A program
# without a store links libleat alone. Files with exceptions and without make one program.
# usage: Tests/Cpp/test_header.sh
cd "$(dirname "$0")/../.." || exit 1
Scripts/setup g++=g++ || exit 1
. Tests/checks.sh

warn='-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast
    -Wnon-virtual-dtor -Woverloaded-virtual -Wundef -Wdouble-promotion -Wformat=2 -Werror'
# clang's others are of C++ before C++17, of the layout of structs, and of pointers in general.
everything='-Weverything -Wno-c++98-compat -Wno-c++98-compat-pedantic -Wno-pre-c++17-compat
    -Wno-pre-c++20-compat-pedantic -Wno-padded -Wno-weak-vtables -Wno-unsafe-buffer-usage
    -Wno-c++20-compat -Wno-missing-prototypes -Wno-unused-template -Wno-nrvo
    -Wno-unknown-warning-option'

compilers=$(for compiler in g++ clang++; do command -v $compiler; done)
own() { # compiler: its own warnings
    case $1 in
    *clang++) echo "$everything" ;;
    *) echo "-Wuseless-cast -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wnull-dereference
        -Wsuggest-override -Wextra-semi" ;;
    esac
}
compile() { # compiler option ... <source
    compiler=$1
    shift
    "$compiler" $warn $(own "$compiler") -IInclude -x c++ "$@" -
}

# --- alone ---

# As very many programs in C++ include them.
c_headers='extern "C" {
#include "leat_kernels.h"
#include "leat_store.h"
}
extern const leat_kernels every[];
const leat_kernels every[] = { LEAT_EACH_SET(LEAT_KERNELS_ALL) LEAT_KERNELS_END };
enum { INPUTS = 3 };
extern LEAT_ALIGNED unsigned char stream[], windowed[];
unsigned char stream[LEAT_STREAM_BYTES(INPUTS, 32, 1u, 2)];
unsigned char windowed[LEAT_WINDOW_BYTES(LEAT_STREAM_BYTES_ANY(INPUTS, 32, 1, 2, 1), 30, 4, INPUTS, 2)];
size_t bytes(int n, size_t m);
size_t bytes(int n, size_t m) { return LEAT_STREAM_BYTES(n, m, n, m); }
extern char constant[LEAT_E_GONE == -30 ? 1 : -1];'
# With each template once.
uses='#include "leat.hpp"
#ifdef LEAT_NO_EXCEPTIONS
struct ignore { template <class T> void operator=(T &&) const {} };
#define IGNORE ignore() =
#else
#define IGNORE
#endif
void use(leat::store &store, leat::stream &stream, leat::batch &batch);
void use(leat::store &store, leat::stream &stream, leat::batch &batch)
{
    float x[3] = {}, y[2];
    std::byte state[1000];
    std::uint64_t position = 0;
    int result = 0;
    const auto progress = [&](std::uint64_t done, std::uint64_t) { return done < 9; };
    const auto visit = [](const leat_store_entry &) {};
    IGNORE stream.step(x, y);
    IGNORE stream.run(leat::span<const float>(x, 3), y);
    IGNORE batch.step_at({&position, 1}, x, y, {&result, 1});
    IGNORE stream.get_state(0, x);
    IGNORE stream.set_state(0, x);
    IGNORE stream.save(state);
    IGNORE stream.copy();
    IGNORE leat::state_info(state);
    IGNORE store.list(visit);
    IGNORE store.list_group("g", visit);
    IGNORE store.backup("b", progress);
    IGNORE store.verify([](const char *) {}, progress);
    IGNORE store.verify();
    IGNORE store.prune({});
    IGNORE leat::batch_ref::of(batch.streams());
}'
alone() { # compiler option ...
    echo "$uses" | compile "$@" -o /dev/null
}
# The sizes are cast, which is useless for one that is a size_t already.
in_cpp() {
    echo "$c_headers" |
        compile "$@" -Wno-zero-as-null-pointer-constant -Wno-useless-cast -c -o /dev/null
}
for compiler in $compilers; do
    for mode in '' -fno-exceptions -DLEAT_NO_EXCEPTIONS -fno-rtti; do
        expect "$compiler c++17 $mode" alone "$compiler" -std=c++17 $mode -O2 -c
    done
    for dialect in c++20 c++23; do
        for mode in '' '-fno-exceptions -fno-rtti'; do
            expect "$compiler $dialect $mode" alone "$compiler" -std=$dialect $mode -fsyntax-only
        done
    done
    for dialect in c++98 c++17 c++23; do
        expect "$compiler $dialect: the headers of C" in_cpp "$compiler" -std=$dialect
    done
done
too_old() {
    echo '#include "leat.hpp"' | g++ -std=c++14 -IInclude -x c++ -fsyntax-only - 2>&1 |
        grep 'leat.hpp needs C++17'
}
expect "C++14 is refused" too_old

# --- whole ---

# The functions that a program calls by their C names, and that destructors and views call.
without='leat_kernel_available leat_model_init_with leat_strerror leat_version leat_model_close
    leat_stream_model'
# Each other one is called, and named in the comment of its method.
whole() {
    sed -n 's/^ \(leat_[a-z_]*\)@.*/\1/p' Packaging/debian/libleat0.symbols | sort -u >"$work/exported"
    grep -o 'leat_[a-z_]*()' Include/leat.hpp | tr -d '()' | sort -u >"$work/named"
    grep -o 'leat_[a-z_]*(\([^)]\|$\)' Include/leat.hpp | sed 's/(.*//' | sort -u >"$work/called"
    { comm -12 "$work/named" "$work/called" && printf '%s\n' $without; } | sort -u >"$work/covered"
    [ -s "$work/exported" ] && ! comm -23 "$work/exported" "$work/covered" | grep .
}
expect "each function of C is called" whole

# --- mistakes ---

# Each line is a statement in a function that has all objects. A line that begins with "bad" must not
# compile, and a line that begins with "good" must.
cat >"$work/statements" <<'END'
good leat::stream::init(constant_model)
bad leat::stream::init(make_model())
bad leat::stream::init(make_constant())
bad leat::stream::init(std::move(model))
bad leat::stream::init_window(make_model(), 3, 1)
bad leat::batch::init(make_model(), 3)
bad leat::batch::init_window(make_model(), 3, 3, 1)
bad leat::stream_ref::init({}, make_model())
bad leat::stream_ref::init_window({}, make_model(), 3, 1)
good leat::stream_ref ref = stream
bad leat::stream_ref ref = make_stream()
bad leat::stream_ref ref = constant
good leat::stream_ref ref = any
good leat::batch_ref ref = batch
bad leat::batch_ref ref = make_batch()
good leat::batch_ref::of(batch.streams())
good leat::batch_ref::of({}); leat_stream *array[] = {any.get()}; leat::batch_ref::of(array)
good std::vector<leat_stream *> array(3); leat::batch_ref::of(array)
bad leat::batch_ref::of(std::vector<leat_stream *>(3))
bad leat::batch_ref::of(std::array<leat_stream *, 3>())
good leat_stream_position(constant_batch.streams()[1])
good store.load("a", stream)
good store.load("a", batch[1])
good store.load("a", any)
bad store.load("a", constant)
bad store.load("a", make_stream())
good store.save("a", constant)
good store.save("a", batch[1])
good auto guard = store.begin()
bad auto guard = make_store().begin()
bad auto guard = store.begin(); guard = store.begin()
bad leat::autosave::start(store, {})
bad leat::model copy = model
bad leat::stream copy = stream
bad leat::batch copy = batch
bad leat::store copy = store
bad leat::autosave copy = autosave
bad leat::any_stream &any = stream; any = stream
good stream.step(constant_x, x)
good stream.step(make_x(), x)
bad stream.step(x, constant_x)
bad stream.step(x, make_x())
bad stream.step(x, std::array<float, 2>())
bad constant.step(x, x)
bad constant.reset()
good constant.save(x.empty() ? leat::bytes() : leat::bytes())
bad stream.step(std::vector<double>(), x)
bad stream.step(std::vector<int>(), x)
bad stream.load(x)
good stream.load("state"sv)
bad stream.load("state")
bad stream.save("state"sv)
good std::string bytes; stream.save(bytes)
bad const std::string bytes; stream.save(bytes)
bad stream.load(std::vector<short>())
good const double object = 1; stream.load(leat::bytes_of(object))
bad const double object = 1; stream.save(leat::bytes_of(object))
bad std::string object; stream.save(leat::bytes_of(object))
bad auto *object = &x; stream.save(leat::bytes_of(object))
good std::array<float, 3> object; stream.save(leat::bytes_of(object))
bad const auto object = "cursor"sv; stream.load(leat::bytes_of(object))
bad leat::span<float> object(x); stream.load(leat::bytes_of(object))
bad stream.load(leat::bytes_of("cursor"))
good char object[] = "cursor"; stream.load(leat::bytes_of(object))
bad leat::model::open("name"sv)
good leat::model::open("name"s)
good struct no_size { const char *c_str() const; }; static_assert(!std::is_convertible_v<no_size, leat::text>)
good struct name { const char *c_str() const; int size() const; }; store.remove(name())
good store.backup("a", [](uint64_t, uint64_t) {})
good store.backup("a", [](uint64_t, uint64_t) { return true; })
good store.backup("a", nullptr); store.verify(nullptr, nullptr); store.verify({}, nullptr)
good auto progress = [](uint64_t, uint64_t) {}; store.backup("a", progress)
good const auto progress = [](auto...) { return true; }; store.verify(progress, progress)
bad store.backup("a", [](uint64_t, uint64_t) { return 0; })
bad store.backup("a", [] {})
bad store.list([](const char *) {})
END
cat >"$work/spans" <<'END'
good stream.step(readable, writable)
good stream.step(writable, std::span(x))
good stream.save(std::as_writable_bytes(writable))
good stream.load(std::as_bytes(readable))
good std::span<float, 2> fixed(writable.first<2>()); stream.step(fixed, fixed)
bad stream.step(readable, readable)
bad stream.save(std::as_bytes(readable))
END
program() { # header file
    echo "#include <leat.hpp>
        #include <$1>
        #include <array>
        #include <string>
        #include <string_view>
        #include <vector>
        using namespace std::literals;
        leat::model make_model(); leat::stream make_stream(); leat::batch make_batch();
        leat::store make_store(); std::vector<float> make_x(); const leat::model make_constant();
        void f(leat::model &model, const leat::model &constant_model, leat::stream &stream,
               const leat::stream &constant, leat::any_stream &any, leat::batch &batch,
               const leat::batch &constant_batch, leat::store &store, leat::autosave &autosave,
               std::vector<float> &x, const std::vector<float> &constant_x) {"
    [ "$1" != span ] ||
        echo "std::span<float> writable(x); std::span<const float> readable(x);"
    echo '#line 1 "statements"'
    sed 's/^[a-z]* \(.*\)/{ \1; }/' "$2"
    echo '}'
}
# The compiler complains of the lines that begin with "bad", and of no other.
only_mistakes() { # compiler dialect header file
    limit=-fmax-errors=0
    case $1 in *clang++) limit=-ferror-limit=0 ;; esac
    program "$3" "$4" | "$1" $2 -Wno-unused -Wno-unused-result $limit -IInclude -x c++ -fsyntax-only - \
        >"$work/said" 2>&1
    # Some errors are in the header, with a note that names the line.
    sed -n 's/^ *statements:\([0-9]*\):.*/\1/p' "$work/said" | sort -nu >"$work/found"
    grep -n '^bad ' "$4" | cut -d: -f1 >"$work/bad"
    grep 'fatal error\|^<stdin>' "$work/said" && return 1
    # A line with a misspelt name isn't the mistake that is meant.
    grep 'error: ' "$work/said" |
        grep 'not declared\|undeclared\|has no member\|no member named\|not name a type' &&
        return 1
    [ -s "$work/bad" ] && diff "$work/bad" "$work/found"
}
for compiler in $compilers; do
    expect "$compiler: mistakes" only_mistakes "$compiler" -std=c++17 vector "$work/statements"
    expect "$compiler: std::span" only_mistakes "$compiler" -std=c++20 span "$work/spans"
done
expect "g++: mistakes with results" \
    only_mistakes g++ '-std=c++17 -fno-exceptions' vector "$work/statements"
ignored() { # statement option ...
    statement=$1
    shift
    echo "#include <leat.hpp>
        void f(leat::stream &stream, leat::store &store, leat_autosave_options &options);
        void f(leat::stream &stream, leat::store &store, leat_autosave_options &options) {
            (void)&stream, (void)&store, (void)&options;
            $statement;
        }" | g++ -std=c++17 -IInclude -x c++ -fsyntax-only "$@" - 2>&1 | grep nodiscard
}
expect "a result that is ignored is warned of" ignored 'stream.reset()' -fno-exceptions
expect "a transaction that is" ignored 'store.begin()'
expect "an autosave that is" ignored 'leat::autosave::start(std::move(store), options)'

# --- linked ---

link="-Lbuild -Wl,-rpath,$PWD/build"
core() { # option ...
    echo '#include <leat.hpp>
        int main() { return leat::stream().get() != nullptr || leat_version() != LEAT_VERSION; }' |
        g++ -std=c++17 -IInclude -x c++ "$@" - -o "$work/core" $link -lleat -lm &&
        "$work/core" && ! ldd "$work/core" | grep -e store -e sqlite
}
for option in -O0 -O2; do expect "the core alone, $option" core $option; done
both() {
    cat >"$work/throws.cpp" <<END
#include <leat.hpp>
int results(const char *path);
int main()
{
    try {
        leat::model::open("/nowhere");
    } catch (const leat::error &error) {
        return error.code() == LEAT_E_IO ? results("/nowhere") : 1;
    }
    return 1;
}
END
    cat >"$work/results.cpp" <<END
#include <leat.hpp>
int results(const char *path);
int results(const char *path)
{
    return leat::model::open(path).error().code() == LEAT_E_IO ? 0 : 1;
}
END
    g++ -std=c++17 -IInclude -c "$work/throws.cpp" -o "$work/throws.o" &&
        g++ -std=c++17 -fno-exceptions -IInclude -c "$work/results.cpp" -o "$work/results.o" &&
        g++ "$work/throws.o" "$work/results.o" -o "$work/both" $link -lleat && "$work/both"
}
expect "exceptions and results in one program" both
finish
