/* SPDX-License-Identifier: MIT
 * What the peers that are C++ templates export: a network of each size that is
 * compiled in, and its step. A source that includes this defines
 *
 *     template <int inputs, int hidden, int layers> struct Network {
 *         explicit Network(const Weights &weights);
 *         float step(const float *input);
 *     };
 *
 * and ends with EXPORT_NETWORKS. compare_peers.py calls the functions. */
#ifndef LEAT_BENCHMARKS_TEMPLATES_H
#define LEAT_BENCHMARKS_TEMPLATES_H

#include <cstddef>

/* PyTorch's tensors, the two biases of a gate added. */
struct Weights {
    const float *ih[2], *hh[2], *bias[2], *head, *head_bias;
};

typedef int (*step_function)(void *network, const float *input, float *output);

template <int inputs, int hidden, int layers> struct Network;

template <class N> int step_network(void *network, const float *input, float *output)
{
    *output = static_cast<N *>(network)->step(input);
    return 0;
}

#define EACH_SIZE(S)                                                               \
    S(1, 8, 1) S(1, 16, 1) S(1, 24, 1) S(1, 40, 1) S(1, 16, 2) S(3, 32, 1)         \
    S(8, 64, 1) S(16, 128, 2) S(64, 256, 2) S(64, 512, 2)

#define MAKE_NETWORK(i, h, l)                                                      \
    if (inputs == i && hidden == h && layers == l) {                               \
        *step = step_network<Network<i, h, l>>;                                    \
        return new Network<i, h, l>(*weights);                                     \
    }

#define EXPORT_NETWORKS                                                            \
    extern "C" void *make_network(size_t inputs, size_t hidden, size_t layers,     \
                                  const Weights *weights, step_function *step)     \
    {                                                                              \
        EACH_SIZE(MAKE_NETWORK)                                                    \
        return nullptr;                                                            \
    }

#endif
