/* SPDX-License-Identifier: MIT
 * cost.cpp: cost.c in C++, with exceptions or with results. */
#include <leat.hpp>

#include <cstdio>
#include <vector>

namespace {

constexpr std::size_t streams = 8;
constexpr int steps = 200;

#ifdef LEAT_NO_EXCEPTIONS
#define CHECKED(call)                                                          \
    if (!(call))                                                               \
    return 1
#define VALUE(call) *(call)
#else
#define CHECKED(call) call
#define VALUE(call) call
#endif

using floats = std::vector<float>; /* whose size is checked at each call */

} // namespace

#define COUNTED extern "C" [[gnu::noinline]] int
COUNTED count_one(leat::stream &stream, const floats &x, floats &y);
COUNTED count_step(leat::stream &stream, const floats &x, floats &y);
COUNTED count_step_at(leat::stream &stream, const floats &x, floats &y);
COUNTED count_batch(leat::batch &batch, const floats &x, floats &y);
COUNTED count_batch_at(leat::batch &batch, const floats &x, floats &y);

COUNTED count_one(leat::stream &stream, const floats &x, floats &y)
{
#ifdef LEAT_NO_EXCEPTIONS
    const auto stepped = stream.step(x, y);
    return stepped ? static_cast<int>(*stepped) : stepped.code();
#else
    return static_cast<int>(stream.step(x, y));
#endif
}

COUNTED count_step(leat::stream &stream, const floats &x, floats &y)
{
    for (int step = 0; step < steps; step++)
        CHECKED(stream.step(x, y));
    return 0;
}

COUNTED count_step_at(leat::stream &stream, const floats &x, floats &y)
{
    for (std::uint64_t step = 0; step < steps; step++)
        CHECKED(stream.step_at(step, x, y));
    return 0;
}

COUNTED count_batch(leat::batch &batch, const floats &x, floats &y)
{
    for (int step = 0; step < steps; step++)
        CHECKED(batch.step(x, y));
    return 0;
}

COUNTED count_batch_at(leat::batch &batch, const floats &x, floats &y)
{
    std::vector<std::uint64_t> positions(streams);
    std::vector<int> results(streams);
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
    floats x(streams * 3), y(streams * 2);
    for (std::size_t i = 0; i < x.size(); i++)
        x[i] = static_cast<float>(i) / 8 - 1;
    const floats sample(x.begin(), x.begin() + 3);
    floats output(2);
    const leat::model model = VALUE(leat::model::open(argv[1]));
    leat::stream stream = VALUE(leat::stream::init(model));
    leat::batch batch = VALUE(leat::batch::init(model, streams));
    for (int step = 0; step < steps; step++)
        if (count_one(stream, sample, output) < 0)
            return 1;
    CHECKED(stream.reset());
    if (count_step(stream, sample, output) != 0)
        return 1;
    CHECKED(stream.reset());
    if (count_step_at(stream, sample, output) != 0 ||
        count_batch(batch, x, y) != 0)
        return 1;
    for (std::size_t i = 0; i < streams; i++)
        CHECKED(batch[i].reset());
    if (count_batch_at(batch, x, y) != 0)
        return 1;
    std::printf("%.9g %.9g\n", double{y[0]}, double{y[streams * 2 - 1]});
    return 0;
}
