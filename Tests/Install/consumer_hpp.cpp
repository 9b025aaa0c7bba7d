/* SPDX-License-Identifier: MIT
 * consumer_hpp.cpp: consumer.c with leat.hpp, in C++17. It prints the same. */
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <leat.hpp>
#include <string>
#include <vector>

/* Samples that can be computed again. */
static float sample(std::uint64_t position, std::uint64_t i)
{
    return static_cast<float>((position * 7 + i * 3) % 19) / 8 - 1;
}

int main(int argc, char **argv)
try {
    if (argc < 4 || leat_version() != LEAT_VERSION) {
        std::fprintf(stderr, "usage: consumer MODEL STORE UNTIL [KILLED-AT]\n");
        return 1;
    }
    const std::uint64_t until = std::stoull(argv[3]);
    const std::uint64_t killed_at = argc > 4 ? std::stoull(argv[4]) : UINT64_MAX;

    const leat::model model = leat::model::open(argv[1]);
    leat::stream stream = leat::stream::init(model);
    leat::store store = leat::store::open(argv[2]);
    std::vector<float> input(model.input_size()), output(model.output_size());
    const leat::loaded found = store.load("pump-7", stream);
    while (stream.position() != until) {
        const std::uint64_t position = stream.position();
        if (position == killed_at)
            std::raise(SIGKILL);
        for (std::size_t i = 0; i < input.size(); i++)
            input[i] = sample(position, i);
        stream.step(input, output);
        if ((position + 1) % 10 == 0)
            store.save("pump-7", stream);
    }
    store.close();

    std::printf("%s", std::to_string(until).c_str());
    for (const float value : output) {
        std::uint32_t bits;
        std::memcpy(&bits, &value, sizeof bits);
        std::printf(" %08lx", static_cast<unsigned long>(bits));
    }
    std::printf("\n");
    return found.is_found() ? 75 : 0;
} catch (const leat::error &error) {
    std::fprintf(stderr, "consumer: %s\n", error.what());
    return 1;
}
