/* SPDX-License-Identifier: MIT
 * RTNeural's networks of fixed sizes: compiled from the user's own sources, by
 * RTNEURAL=path of peers.mk. */
#include "templates.h"

#include <RTNeural/RTNeural.h>

#include <algorithm>
#include <type_traits>
#include <vector>

using Rows = std::vector<std::vector<float>>;

/* RTNeural wants the columns of PyTorch's matrix. */
static Rows columns(const float *matrix, int rows, int count)
{
    Rows made(static_cast<size_t>(count), std::vector<float>(static_cast<size_t>(rows)));
    for (int row = 0; row < rows; row++)
        for (int column = 0; column < count; column++)
            made[static_cast<size_t>(column)][static_cast<size_t>(row)] =
                matrix[row * count + column];
    return made;
}

template <int inputs, int hidden, int layers> struct Network {
    template <int in> using Layer = RTNeural::LSTMLayerT<float, in, hidden>;
    using Head = RTNeural::DenseT<float, hidden, 1>;
    using One = RTNeural::ModelT<float, inputs, 1, Layer<inputs>, Head>;
    using Two = RTNeural::ModelT<float, inputs, 1, Layer<inputs>, Layer<hidden>, Head>;
    std::conditional_t<layers == 1, One, Two> model;

    explicit Network(const Weights &weights)
    {
        fill(model.template get<0>(), weights, 0, inputs);
        if constexpr (layers == 2)
            fill(model.template get<1>(), weights, 1, hidden);
        auto &head = model.template get<layers>();
        head.setWeights(Rows{std::vector<float>(weights.head, weights.head + hidden)});
        head.setBias(weights.head_bias);
        model.reset();
    }

    template <class L> static void fill(L &layer, const Weights &weights, int l, int in)
    {
        layer.setWVals(columns(weights.ih[l], 4 * hidden, in));
        layer.setUVals(columns(weights.hh[l], 4 * hidden, hidden));
        layer.setBVals(std::vector<float>(weights.bias[l], weights.bias[l] + 4 * hidden));
    }

    /* RTNeural reads whole vectors. */
    alignas(64) float sample[(inputs + 15) / 16 * 16] = {};

    float step(const float *input)
    {
        std::copy(input, input + inputs, sample);
        return model.forward(sample);
    }
};

EXPORT_NETWORKS
