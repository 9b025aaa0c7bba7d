/* SPDX-License-Identifier: MIT
 * NeuralAudio's LSTM of fixed sizes, with the activations that LSTM_MATH names:
 * compiled from the user's own sources, by NEURALAUDIO=path of peers.mk. Its
 * model takes one input; its layers take any number, so they are put together
 * here as the model does it. */
#include "templates.h"

#include <NeuralAudio/LSTM.h>

template <int inputs, int hidden, int layers> struct Network {
    NeuralAudio::LSTMLayerT<inputs, hidden> first;
    NeuralAudio::LSTMLayerT<hidden, hidden> second;
    Eigen::Vector<float, hidden> head;
    float head_bias;

    explicit Network(const Weights &weights) : head_bias(*weights.head_bias)
    {
        fill(first, weights, 0, inputs);
        if constexpr (layers == 2)
            fill(second, weights, 1, hidden);
        for (int unit = 0; unit < hidden; unit++)
            head[unit] = weights.head[unit];
    }

    /* It wants PyTorch's matrices column by column. */
    static std::vector<float> columns(const float *matrix, int count)
    {
        std::vector<float> made;
        for (int column = 0; column < count; column++)
            for (int row = 0; row < 4 * hidden; row++)
                made.push_back(matrix[row * count + column]);
        return made;
    }

    template <class L> static void fill(L &layer, const Weights &weights, int l, int in)
    {
        NeuralAudio::LSTMLayerDef def;
        def.InputWeights = columns(weights.ih[l], in);
        def.HiddenWeights = columns(weights.hh[l], hidden);
        def.BiasWeights.assign(weights.bias[l], weights.bias[l] + 4 * hidden);
        layer.SetWeights(def);
    }

    float step(const float *input)
    {
        first.Process(input);
        if constexpr (layers == 1)
            return head.dot(first.GetHiddenState()) + head_bias;
        second.Process(first.GetHiddenState().data());
        return head.dot(second.GetHiddenState()) + head_bias;
    }
};

EXPORT_NETWORKS
