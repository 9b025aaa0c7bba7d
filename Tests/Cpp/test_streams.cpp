/* SPDX-License-Identifier: MIT
 * Models, streams, windows and batches give the bits of the C functions, and
 * refuse what these refuse, and arrays of the wrong size.
 *
 *     test_streams MODEL LARGE: 3 -> 2, and a model with more outputs */
#include "checks.hpp"

#include <algorithm>
#include <cmath>
#include <sys/mman.h>

namespace {

constexpr std::size_t steps = 50;

/* What C puts out for all samples. */
std::vector<float> by_c(const leat_model *model, const std::vector<float> &x,
                        std::uint32_t window = 0, std::uint32_t hop = 0)
{
    leat_model_info_t info;
    leat_stream *stream = nullptr;
    CHECK_EQUAL(leat_model_info(model, &info, nullptr), LEAT_OK);
    std::vector<unsigned char> block(
        window == 0 ? leat_stream_size(model)
                    : leat_window_size(model, window, hop));
    const int code =
        window == 0 ? leat_stream_init(block.data(), block.size(), model,
                                       &stream, nullptr)
                    : leat_window_init(block.data(), block.size(), model,
                                       window, hop, &stream, nullptr);
    CHECK_EQUAL(code, LEAT_OK);
    const std::size_t count = x.size() / info.input_size;
    std::vector<float> y(count * info.output_size);
    CHECK(leat_stream_run(stream, count, x.data(), y.data(), nullptr) >= 0);
    return y;
}

leat::span<const float> row(const std::vector<float> &all,
                            std::size_t index, std::size_t size)
{
    return {all.data() + index * size, size};
}

leat::span<float> row(std::vector<float> &all, std::size_t index,
                      std::size_t size)
{
    return {all.data() + index * size, size};
}

void test_model(const char *path)
{
    check_context("model");
    const leat::model model = VALUE(leat::model::open(path));
    const leat_model_info_t info = VALUE(model.info());
    CHECK_EQUAL(model.input_size(), info.input_size);
    CHECK_EQUAL(model.output_size(), info.output_size);
    CHECK_EQUAL(model.stream_size(), info.stream_size);
    CHECK_EQUAL(model.state_size(), info.state_size);
    CHECK_EQUAL(model.window_size(30, 4), leat_window_size(model.get(), 30, 4));
    CHECK_EQUAL(VALUE(model.layer(0)).kind, LEAT_LAYER_LSTM);
    CHECK_FAILS(model.layer(info.layers), LEAT_E_ARGUMENT);
    CHECK_EQUAL(VALUE(leat::model::open(std::string(path))).input_size(),
                info.input_size);

    std::vector<float> mean(info.input_size, 5), deviation(info.input_size, 5);
    CHECK_EQUAL(CODE(model.normalizer(mean, deviation)), LEAT_OK);
    CHECK(mean[0] == 0 && deviation[0] == 1);
    CHECK_EQUAL(CODE(model.normalizer({}, deviation)), LEAT_OK);
    mean.push_back(7);
    CHECK_FAILS(model.normalizer(mean, deviation), LEAT_E_SIZE);
    CHECK_WORDS(sentence.c_str(), "a span of 4, expected 1 x 3");
    CHECK(mean[0] == 0);

    CHECK_FAILS(leat::model::open("/nowhere"), LEAT_E_IO);
    CHECK_WORDS(sentence.c_str(), "/nowhere");
    CHECK_FAILS(leat::model::open(nullptr), LEAT_E_ARGUMENT);
    CHECK_FAILS(leat::model::open(std::string("a\0b", 3)), LEAT_E_ARGUMENT);

    const std::vector<unsigned char> file = file_contents(path);
    const std::size_t size = VALUE(leat::model::measure(file));
    CHECK_EQUAL(size, info.model_size);
    void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    {
        const leat::model made =
            VALUE(leat::model::init(leat::bytes(memory, size), file));
        CHECK_EQUAL(made.output_size(), info.output_size);
        munmap(memory, size); /* which the destructor doesn't read */
    }
    std::vector<std::byte> small(size - 1);
    CHECK_FAILS(leat::model::init(small, file), LEAT_E_SIZE);
    CHECK_FAILS(leat::model::measure(std::string_view("no model")),
                LEAT_E_FORMAT);
    const leat::model same = leat::model::of(model.get());
    CHECK(same.get() == model.get() && same.input_size() == info.input_size);
}

void test_steps(const leat::model &model)
{
    check_context("steps");
    const std::size_t in = model.input_size(), out = model.output_size();
    const std::vector<float> x = samples(steps * in);
    const std::vector<float> expected = by_c(model.get(), x);
    std::vector<float> y(steps * out);

    leat::stream stream = VALUE(leat::stream::init(model));
    for (std::size_t t = 0; t < steps; t++)
        CHECK(VALUE(stream.step(row(x, t, in), row(y, t, out))) ==
              leat::status::ok);
    CHECK(are_equal(y, expected));
    CHECK_EQUAL(stream.position(), steps);

    CHECK_EQUAL(CODE(stream.reset()), LEAT_OK);
    y.assign(y.size(), 0);
    CHECK_EQUAL(CODE(stream.run(x, y)), LEAT_OK);
    CHECK(are_equal(y, expected));
    CHECK_EQUAL(CODE(stream.run({}, {})), LEAT_OK);
    CHECK_EQUAL(stream.position(), steps);

    CHECK_EQUAL(CODE(stream.reset()), LEAT_OK);
    y.assign(y.size(), 0);
    for (std::size_t t = 0; t < steps; t++) {
        CHECK(VALUE(stream.step_at(t, row(x, t, in), row(y, t, out))) ==
              leat::status::ok);
        CHECK(VALUE(stream.step_at(t / 2, row(x, t, in), row(y, 0, out))) ==
              leat::status::skipped);
    }
    CHECK(are_equal(y, expected));
    CHECK_FAILS(stream.step_at(steps + 1, row(x, 0, in), row(y, 0, out)),
                LEAT_E_POSITION);

    /* In memory of the caller's. */
    std::vector<unsigned char> block(model.stream_size());
    leat::stream_ref ref = VALUE(leat::stream_ref::init(block, model));
    y.assign(y.size(), 0);
    CHECK_EQUAL(CODE(ref.run(x, y)), LEAT_OK);
    CHECK(are_equal(y, expected));
    CHECK_FAILS(leat::stream_ref::init({}, model), LEAT_E_ARGUMENT);
    CHECK_FAILS(leat::stream_ref::init(leat::bytes(block.data(), 64), model),
                LEAT_E_SIZE);
    leat::stream_ref handle = leat::stream_ref::of(stream.get());
    CHECK_EQUAL(CODE(handle.step(row(x, 0, in), row(y, 0, out))), LEAT_OK);
    CHECK_EQUAL(stream.position(), steps + 1);

    CHECK_EQUAL(CODE(stream.set_position(7)), LEAT_OK);
    CHECK_EQUAL(stream.position(), 7);
    std::uint32_t last = 0;
    while (leat_kernel_available(last + 1) != nullptr)
        last++;
    CHECK_EQUAL(CODE(stream.set_kernel(leat_kernel_available(last))), LEAT_OK);
    CHECK(stream.kernel() == std::string(leat_kernel_available(last)));
    CHECK_FAILS(stream.set_kernel("none"), LEAT_E_ARGUMENT);
    CHECK_EQUAL(stream.block_size(), model.stream_size());
    CHECK_EQUAL(stream.outputs(0, 9), 9);
    CHECK_EQUAL(stream.window() + stream.hop(), 0);
}

/* Arrays of other sizes, and refused values: nothing is written. */
void test_refused(const leat::model &model)
{
    check_context("refused");
    const std::size_t in = model.input_size(), out = model.output_size();
    leat::stream stream = VALUE(leat::stream::init(model));
    std::vector<float> x(in), y(out, 5), longer(in + 1), shorter(out - 1);
    CHECK_FAILS(stream.step(longer, y), LEAT_E_SIZE);
    CHECK_WORDS(sentence.c_str(), "inputs: a span of 4, expected 1 x 3");
    CHECK_FAILS(stream.step({}, y), LEAT_E_SIZE);
    CHECK_FAILS(stream.step(x, shorter), LEAT_E_SIZE);
    CHECK_WORDS(sentence.c_str(), "outputs: a span of 1, expected 1 x 2");
    CHECK_FAILS(stream.step_at(0, longer, y), LEAT_E_SIZE);
    CHECK_FAILS(stream.step_at(0, x, shorter), LEAT_E_SIZE);
    CHECK_FAILS(stream.run(longer, y), LEAT_E_SIZE);
    CHECK_FAILS(stream.run(x, shorter), LEAT_E_SIZE);
    CHECK_FAILS(stream.run({}, y), LEAT_E_SIZE);
    CHECK_FAILS(stream.run(leat::span<const float>(x.data(), SIZE_MAX), y),
                LEAT_E_SIZE);
    x[1] = NAN;
    CHECK_FAILS(stream.step(x, y), LEAT_E_INPUT);
    CHECK_EQUAL(stream.position(), 0);
    CHECK(y[0] == 5 && y[1] == 5);
}

void test_states(const leat::model &model)
{
    check_context("states");
    const std::size_t in = model.input_size(), out = model.output_size();
    const std::vector<float> x = samples(steps * in, 3);
    std::vector<float> y(steps * out), again(steps * out);
    leat::stream stream = VALUE(leat::stream::init(model));
    CHECK_EQUAL(CODE(stream.run(x, y)), LEAT_OK);

    std::vector<std::byte> state(stream.state_size());
    CHECK_EQUAL(CODE(stream.save(state)), LEAT_OK);
    CHECK_EQUAL(VALUE(leat::state_info(state)).position, steps);
    leat::stream copied = VALUE(stream.copy());
    leat::stream loaded = VALUE(leat::stream::init(model));
    CHECK_EQUAL(CODE(loaded.load(state)), LEAT_OK);
    CHECK_EQUAL(CODE(stream.run(x, y)), LEAT_OK);
    CHECK_EQUAL(CODE(loaded.run(x, again)), LEAT_OK);
    CHECK(are_equal(y, again));
    CHECK_EQUAL(copied.position(), steps);
    CHECK_EQUAL(CODE(copied.run(x, again)), LEAT_OK);
    CHECK(are_equal(y, again));

    std::string text(stream.state_size(), ' '); /* any bytes */
    CHECK_EQUAL(CODE(stream.save(text)), LEAT_OK);
    CHECK_EQUAL(VALUE(leat::state_info(text)).position, 2 * steps);
    text[40] = static_cast<char>(text[40] ^ 1);
    CHECK_FAILS(stream.load(text), LEAT_E_CORRUPT);
    CHECK_FAILS(leat::state_info(text), LEAT_E_CORRUPT);
    state.pop_back();
    CHECK_FAILS(stream.save(state), LEAT_E_SIZE);

    const leat_layer_info_t layer = VALUE(model.layer(0));
    std::vector<float> h(layer.output_size), c(layer.hidden_size);
    CHECK_EQUAL(CODE(stream.get_state(0, h, c)), LEAT_OK);
    CHECK_EQUAL(CODE(loaded.set_state(0, h, c)), LEAT_OK);
    CHECK_EQUAL(CODE(loaded.get_state(0, h)), LEAT_OK);
    CHECK_EQUAL(CODE(stream.run(x, y)), LEAT_OK);
    CHECK_EQUAL(CODE(loaded.run(x, again)), LEAT_OK);
    CHECK(are_equal(y, again));
    h.pop_back();
    CHECK_FAILS(stream.get_state(0, h, c), LEAT_E_SIZE);
    CHECK_WORDS(sentence.c_str(), "h: a span of 31, expected 1 x 32");
    CHECK_FAILS(stream.set_state(0, {}, h), LEAT_E_SIZE);
    CHECK_FAILS(stream.get_state(1, {}, c), LEAT_E_ARGUMENT);
    CHECK_FAILS(stream.get_state(LEAT_NOT_RECURRENT, h), LEAT_E_ARGUMENT);

    /* An empty span that has an address is not wanted either. */
    const leat::span<float> none(c.data(), 0);
    c[0] = 5;
    CHECK_EQUAL(CODE(stream.get_state(0, none, none)), LEAT_OK);
    CHECK_EQUAL(CODE(model.normalizer(none, none)), LEAT_OK);
    CHECK(c[0] == 5);
}

void test_windows(const leat::model &model)
{
    check_context("windows");
    const std::size_t in = model.input_size(), out = model.output_size();
    const std::vector<float> x = samples(steps * in, 5);
    const std::vector<float> expected = by_c(model.get(), x, 12, 5);
    std::vector<float> y(steps * out), z(steps * out);
    leat::stream stream = VALUE(leat::stream::init_window(model, 12, 5));
    CHECK_EQUAL(stream.window(), 12);
    CHECK_EQUAL(stream.hop(), 5);
    CHECK_EQUAL(stream.outputs(0, steps), (steps - 12) / 5 + 1);
    for (std::size_t t = 0; t < steps; t++) {
        const bool has_output = stream.outputs(t, 1) == 1;
        CHECK(VALUE(stream.step(row(x, t, in), row(y, t, out))) ==
              (has_output ? leat::status::ok : leat::status::no_output));
    }
    CHECK(are_equal(y, expected));
    CHECK_FAILS(leat::stream::init_window(model, 4, 5), LEAT_E_ARGUMENT);
    CHECK_FAILS(leat::stream::init_window(model, 0, 0), LEAT_E_ARGUMENT);

    std::vector<unsigned char> block(model.window_size(12, 5));
    leat::stream_ref ref =
        VALUE(leat::stream_ref::init_window(block, model, 12, 5));
    CHECK(VALUE(ref.run(row(x, 0, 11 * in), row(z, 0, 11 * out))) ==
          leat::status::no_output);
    CHECK(VALUE(ref.step_at(11, row(x, 11, in), row(z, 0, out))) ==
          leat::status::ok);
    CHECK(VALUE(ref.step_at(12, row(x, 12, in), row(z, 1, out))) ==
          leat::status::no_output);
    CHECK(VALUE(ref.step_at(3, row(x, 3, in), row(z, 1, out))) ==
          leat::status::skipped);
    CHECK_EQUAL(CODE(ref.reset()), LEAT_OK);
    z.assign(z.size(), 0);
    CHECK(VALUE(ref.run(x, z)) == leat::status::ok);
    CHECK(are_equal(z, expected));
    CHECK_EQUAL(stream.outputs(20, 10), leat_stream_outputs(stream.get(), 20,
                                                            10));
    CHECK(stream.outputs(20, 10) != stream.outputs(0, 10));
    CHECK_FAILS(stream.get_state(0, {}), LEAT_E_UNSUPPORTED);
}

void test_batches(const leat::model &model)
{
    check_context("batches");
    constexpr std::size_t count = 7;
    const std::size_t in = model.input_size(), out = model.output_size();
    std::vector<std::vector<float>> x, expected;
    for (unsigned i = 0; i < count; i++) {
        x.push_back(samples(steps * in, 10 + i));
        expected.push_back(by_c(model.get(), x[i]));
    }
    leat::batch batch = VALUE(leat::batch::init(model, count));
    CHECK_EQUAL(batch.size(), count);
    std::vector<float> inputs(count * in), outputs(count * out);
    bool are_right = true;
    for (std::size_t t = 0; t < steps; t++) {
        for (std::size_t i = 0; i < count; i++)
            std::copy_n(&x[i][t * in], in, &inputs[i * in]);
        CHECK_EQUAL(CODE(batch.step(inputs, outputs)), LEAT_OK);
        for (std::size_t i = 0; i < count; i++)
            are_right &= std::memcmp(&outputs[i * out], &expected[i][t * out],
                                     out * sizeof(float)) == 0;
    }
    CHECK(are_right);
    CHECK_EQUAL(batch[6].position(), steps);

    /* Each at its own position. */
    std::array<std::uint64_t, count> positions;
    std::array<int, count> results;
    positions.fill(steps);
    positions[2] = 3;
    positions[4] = steps + 1;
    CHECK_EQUAL(CODE(batch.step_at(positions, inputs, outputs, results)),
                LEAT_OK);
    CHECK_EQUAL(results[1], LEAT_OK);
    CHECK_EQUAL(results[2], LEAT_SKIPPED);
    CHECK_EQUAL(results[4], LEAT_E_POSITION);
    CHECK_EQUAL(batch[1].position(), steps + 1);
    CHECK_EQUAL(batch[2].position(), steps);

    std::vector<std::byte> states(count * batch[0].state_size());
    CHECK_EQUAL(CODE(batch.save(states)), LEAT_OK);
    leat::batch loaded = VALUE(leat::batch::init(model, count));
    CHECK_EQUAL(CODE(loaded.load(states)), LEAT_OK);
    CHECK_EQUAL(loaded[0].position(), steps + 1);
    CHECK_EQUAL(loaded[4].position(), steps);

    /* Chosen streams, also of several owners. */
    leat::stream alone = VALUE(leat::stream::init(model));
    std::vector<leat_stream *> chosen = {batch[3].get(), alone.get()};
    leat::batch_ref some = leat::batch_ref::of(chosen);
    inputs.resize(2 * in);
    outputs.resize(2 * out);
    CHECK_EQUAL(CODE(some.step(inputs, outputs)), LEAT_OK);
    CHECK_EQUAL(alone.position(), 1);
    CHECK_EQUAL(batch[3].position(), steps + 2);
    chosen[1] = chosen[0];
    CHECK_FAILS(some.step(inputs, outputs), LEAT_E_ARGUMENT);

    /* Wrong sizes. */
    const std::vector<float> shorter(2 * in - 1);
    CHECK_FAILS(some.step(shorter, outputs), LEAT_E_SIZE);
    CHECK_WORDS(sentence.c_str(), "inputs: a span of 5, expected 2 x 3");
    CHECK_FAILS(batch.step_at(positions, inputs, outputs, results),
                LEAT_E_SIZE);
    CHECK_FAILS(some.step_at(positions, inputs, outputs, results), LEAT_E_SIZE);
    CHECK_WORDS(sentence.c_str(), "positions: a span of 7, expected 2 x 1");
    CHECK_FAILS(some.step_at({positions.data(), 2}, inputs, outputs, results),
                LEAT_E_SIZE);
    CHECK_WORDS(sentence.c_str(), "results: a span of 7, expected 2 x 1");
    CHECK_FAILS(some.step_at({positions.data(), 1}, inputs, outputs,
                             {results.data(), 2}), LEAT_E_SIZE);
    CHECK_WORDS(sentence.c_str(), "positions: a span of 1, expected 2 x 1");

    /* More than there is memory for. The last count wraps to a small size. */
    CHECK_FAILS(leat::batch::init(model, SIZE_MAX), LEAT_E_MEMORY);
    CHECK_FAILS(leat::batch::init(model, SIZE_MAX / model.stream_size() / 4),
                LEAT_E_MEMORY);
    CHECK_FAILS(leat::batch::init(model, SIZE_MAX / (model.stream_size() +
                                                     sizeof(void *)) + 2),
                LEAT_E_MEMORY);

    leat::batch windows = VALUE(leat::batch::init_window(model, 2, 3, 1));
    CHECK(VALUE(windows.step(inputs, outputs)) == leat::status::no_output);
    CHECK_EQUAL(CODE(windows.step_at({positions.data(), 2}, inputs, outputs,
                                     {results.data(), 2})), LEAT_OK);
    CHECK_FAILS(leat::batch::init_window(model, 2, 3, 4), LEAT_E_ARGUMENT);
}

/* The outputs fit the stream that is stepped, not the first of the array. */
void test_several_models(const leat::model &model, const leat::model &large)
{
    check_context("several models");
    leat::stream small = VALUE(leat::stream::init(model));
    leat::stream other = VALUE(leat::stream::init(large));
    leat_stream *streams[] = {small.get(), other.get()};
    leat::batch_ref batch = leat::batch_ref::of(streams);
    const float x[6] = {1, 2, 3, 4, 5, 6};
    float y[6] = {5, 5, 5, 5, 5, 5};
    CHECK_EQUAL(large.output_size(), 3);
    CHECK_FAILS(batch[1].step({x, 3}, {y, 2}), LEAT_E_SIZE);
    CHECK_FAILS(batch.step(x, {y, 4}), LEAT_E_MISMATCH);
    CHECK_EQUAL(CODE(batch[0].step({x, 3}, {y, 2})), LEAT_OK);
    CHECK(y[2] == 5);
    CHECK_EQUAL(CODE(batch[1].step({x, 3}, {y, 3})), LEAT_OK);
    CHECK(y[2] != 5);

    /* The array is the caller's, who changes it. */
    const leat::span<leat_stream *const> one(streams, 1);
    batch = leat::batch_ref::of(one);
    std::uint64_t position = 1;
    int result = 0;
    streams[0] = other.get();
    CHECK_FAILS(batch.step({x, 3}, {y, 2}), LEAT_E_SIZE);
    CHECK_FAILS(batch.step_at({&position, 1}, {x, 3}, {y, 2}, {&result, 1}),
                LEAT_E_SIZE);
    CHECK_EQUAL(CODE(batch.step({x, 3}, {y, 3})), LEAT_OK);
    streams[0] = nullptr;
    CHECK_FAILS(batch.step({x, 3}, {y, 2}), LEAT_E_ARGUMENT);
    CHECK_FAILS(batch.step({}, {}), LEAT_E_ARGUMENT);
    CHECK_FAILS(batch[0].step({x, 3}, {y, 2}), LEAT_E_ARGUMENT);
}

/* A program whose number of streams is 0 needs no code of its own. */
void test_no_streams(const leat::model &model)
{
    check_context("no streams");
    const float x[3] = {};
    float y[2] = {};
    std::vector<std::byte> states;
    leat::batch batch = VALUE(leat::batch::init(model, 0));
    leat::batch_ref of_none = leat::batch_ref::of({});
    for (leat::batch_ref none : {leat::batch_ref(batch), of_none}) {
        CHECK_EQUAL(CODE(none.step({}, {})), LEAT_OK);
        CHECK_EQUAL(CODE(none.step_at({}, {}, {}, {})), LEAT_OK);
        CHECK_FAILS(none.step(x, y), LEAT_E_SIZE);
        CHECK_EQUAL(CODE(none.save(states)), LEAT_OK);
        CHECK_EQUAL(CODE(none.load(states)), LEAT_OK);
        CHECK(none[0].get() == nullptr);
    }
}

/* All that a span is made of. */
void test_views(const leat::model &model)
{
    check_context("views");
    leat::stream stream = VALUE(leat::stream::init(model));
    const float fixed[3] = {0.5f, -0.25f, 1};
    float output[2];
    const std::array<float, 3> array = {{0.5f, -0.25f, 1}};
    std::array<float, 2> array_output;
    const std::vector<float> vector = {0.5f, -0.25f, 1};
    const leat::span<const float> view = vector;
    leat::span<float> output_view(output, 2);
    CHECK_EQUAL(CODE(stream.step(fixed, output)), LEAT_OK);
    CHECK_EQUAL(CODE(stream.step(array, array_output)), LEAT_OK);
    CHECK_EQUAL(CODE(stream.step(vector, output_view)), LEAT_OK);
    CHECK_EQUAL(CODE(stream.step(view, leat::span<float>(output, 2))), LEAT_OK);
    CHECK_EQUAL(CODE(stream.step({fixed, 3}, {output, 2})), LEAT_OK);
    CHECK_EQUAL(CODE(stream.step(std::vector<float>{1, 2, 3}, output)),
                LEAT_OK);
    CHECK_EQUAL(CODE(stream.step(output_view, output_view)), LEAT_E_SIZE);
    float sum = 0;
    for (float value : view)
        sum += value;
    CHECK(sum == 1.25f && view[1] == -0.25f);

    /* A size that is signed, as in Eigen and Qt. */
    struct {
        std::vector<float> values = std::vector<float>(3);
        const float *data() const { return values.data(); }
        int size() const { return 3; }
    } const vector_3;
    CHECK_EQUAL(CODE(stream.step(vector_3, output)), LEAT_OK);
}

} // namespace

int main(int count, char **arguments)
{
    check_usage(count == 3, "test_streams MODEL LARGE");
    test_model(arguments[1]);
    const leat::model model = VALUE(leat::model::open(arguments[1]));
    test_steps(model);
    test_refused(model);
    test_states(model);
    test_windows(model);
    test_batches(model);
    test_several_models(model, VALUE(leat::model::open(arguments[2])));
    test_no_streams(model);
    test_views(model);
    return check_report("test_streams");
}
