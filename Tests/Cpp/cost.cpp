/* SPDX-License-Identifier: MIT
 * cost.cpp: cost.c in C++, with exceptions or with results. */
#include <leat.hpp>

#include <array>
#include <cstdio>

namespace {

constexpr std::size_t streams = 8;
constexpr int steps = 200;
std::array<float, streams * 3> x;
std::array<float, streams * 2> y;

#ifdef LEAT_NO_EXCEPTIONS
#define CHECKED(call)                                                          \
    if (!(call))                                                               \
    return 1
#define VALUE(call) *(call)
#else
#define CHECKED(call) call
#define VALUE(call) call
#endif

} // namespace

#define COUNTED extern "C" [[gnu::noinline]] int
COUNTED count_step(leat::stream &stream);
COUNTED count_step_at(leat::stream &stream);
COUNTED count_batch(leat::batch &batch);
COUNTED count_batch_at(leat::batch &batch);

COUNTED count_step(leat::stream &stream)
{
    for (int step = 0; step < steps; step++)
        CHECKED(stream.step({x.data(), 3}, {y.data(), 2}));
    return 0;
}

COUNTED count_step_at(leat::stream &stream)
{
    for (std::uint64_t step = 0; step < steps; step++)
        CHECKED(stream.step_at(step, {x.data(), 3}, {y.data(), 2}));
    return 0;
}

COUNTED count_batch(leat::batch &batch)
{
    for (int step = 0; step < steps; step++)
        CHECKED(batch.step(x, y));
    return 0;
}

COUNTED count_batch_at(leat::batch &batch)
{
    std::array<std::uint64_t, streams> positions = {};
    std::array<int, streams> results;
    for (int step = 0; step < steps; step++) {
        CHECKED(batch.step_at(positions, x, y, results));
        for (std::uint64_t &position : positions)
            position++;
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    for (std::size_t i = 0; i < x.size(); i++)
        x[i] = static_cast<float>(i) / 8 - 1;
    const leat::model model = VALUE(leat::model::open(argv[1]));
    leat::stream stream = VALUE(leat::stream::init(model));
    leat::batch batch = VALUE(leat::batch::init(model, streams));
    if (count_step(stream) != 0)
        return 1;
    CHECKED(stream.reset());
    if (count_step_at(stream) != 0 || count_batch(batch) != 0)
        return 1;
    for (std::size_t i = 0; i < streams; i++)
        CHECKED(batch[i].reset());
    if (count_batch_at(batch) != 0)
        return 1;
    std::printf("%.9g %.9g\n", double{y[0]}, double{y[streams * 2 - 1]});
    return 0;
}
