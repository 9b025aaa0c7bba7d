/* SPDX-License-Identifier: MIT
 *
 * leat.hpp: leat.h and leat_store.h in C++17.
 *
 *     leat::model model = leat::model::open("model.safetensors");
 *     leat::stream stream = leat::stream::init(model);
 *     leat::store store = leat::store::open("state.db");
 *     store.load("pump-7", stream);
 *     for (;;) {
 *         read_sensor(stream.position(), x);
 *         stream.step(x, y);
 *         store.save("pump-7", stream);
 *     }
 *
 * All of this header is inline. There is nothing to link but the C libraries:
 * libleat, and libleat_store if a store is used (or with gcc's
 * -fkeep-inline-functions). What the headers of C say holds here too: each
 * function calls the C function that is named beside it, and a comment here
 * says only what differs. What isn't here is called by its C name, with get():
 * leat_version(), leat_kernel_available(), LEAT_E_* ...
 *
 * ERRORS   A function that returns returns<T> returns a T, and throws
 *          leat::error for a negative code. Compiled with -fno-exceptions, or
 *          with LEAT_NO_EXCEPTIONS defined, it returns leat::result<T> and
 *          throws nothing. Object files of both kinds may be linked together:
 *          the names are in different inline namespaces. So a class of leat
 *          can't be declared without this header, and a function of yours that
 *          takes one can only be called by files of the same kind.
 *          After a failure all objects and outputs are as before. Where a
 *          failure is nothing exceptional, as a NaN from a sensor, call the C
 *          function with get().
 * OBJECTS  model, stream, batch, store, transaction and autosave own what C
 *          makes them of. They can be moved and not copied. A moved object, or
 *          one that was made by its default constructor, is empty: calls on it
 *          fail with LEAT_E_ARGUMENT. Destructors throw nothing, and ignore
 *          failures: to see them, call close(), commit() or stop() before.
 * ORDER    An object must live longer than those made of it: a model than its
 *          streams and their autosave, a stream than its stream_refs, a
 *          database than the store attached to it. All may be moved meanwhile.
 *          Declare them in this order. An assignment to a model closes the one
 *          that was there. A temporary model or stream doesn't compile where it
 *          would be gone too early.
 * VIEWS    Arrays are passed as leat::span, which any array, std::vector,
 *          std::array, std::span or leat::span converts to. Its size is
 *          checked: LEAT_E_SIZE. So a call can't read or write beyond an array.
 * MEMORY   stream::init(), batch::init() and copy() allocate, once each, by
 *          operator new. Nothing else here does, except an exception.
 * COST     At -O2, a step executes at most 32 instructions more than in C, and
 *          a step of a whole batch at most 128.
 */
#ifndef LEAT_HPP
#define LEAT_HPP

#if !defined(__cplusplus) || __cplusplus < 201703L
#error "leat.hpp needs C++17: compile with -std=c++17 or newer"
#endif

#include "leat.h"
#include "leat_store.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <type_traits>
#include <utility>

#if !defined(LEAT_NO_EXCEPTIONS) && !defined(__cpp_exceptions)
#define LEAT_NO_EXCEPTIONS
#endif

namespace leat {

/* Functions that throw have other names for the linker than functions that
 * return results. */
#ifdef LEAT_NO_EXCEPTIONS
inline namespace with_results {
#else
inline namespace with_exceptions {
#endif

/* ------------------------------------------------------------------------ *
 * Codes
 * ------------------------------------------------------------------------ */

/* What a function returns that isn't an error. */
enum class status : int {
    ok = LEAT_OK,
    skipped = LEAT_SKIPPED,    /* the sample had been taken in before       */
    fallback = LEAT_FALLBACK,  /* loaded, but perhaps not the newest        */
    no_output = LEAT_NO_OUTPUT /* taken in; no window ends with the sample  */
};

/* What went wrong: a leat_error. It is thrown, or in a result. */
#ifdef LEAT_NO_EXCEPTIONS
class error {
#else
class [[gnu::visibility("default")]] error : public std::exception {
#endif
public:
    explicit error(const leat_error &why) noexcept : why_(why) {}

    int code() const noexcept { return why_.code; } /* a LEAT_E_* */
    int sqlite_code() const noexcept { return why_.sqlite_code; }

    /* The library's sentence: what was found and what was expected. */
#ifdef LEAT_NO_EXCEPTIONS
    const char *what() const noexcept { return why_.message; }
#else
    const char *what() const noexcept override { return why_.message; }
#endif

private:
    leat_error why_;
};

#ifdef LEAT_NO_EXCEPTIONS

/* A value, or an error.
 *
 *     auto opened = leat::model::open(path);
 *     if (!opened)
 *         return complain(opened.error().what());
 *     leat::model model = *std::move(opened);
 *
 * To take the value of a failure, or the error of a success, is a mistake in
 * the program, and calls std::abort(). */
template <class T> class [[nodiscard]] result {
public:
    result(T &&value) noexcept : value_(std::move(value)), is_ok_(true) {}
    result(const leat::error &error) noexcept : error_(error), is_ok_(false) {}
    result(result &&other) noexcept : is_ok_(other.is_ok_)
    {
        if (is_ok_)
            ::new (static_cast<void *>(&value_)) T(std::move(other.value_));
        else
            ::new (static_cast<void *>(&error_)) leat::error(other.error_);
    }
    result &operator=(result &&) = delete;
    ~result()
    {
        if (is_ok_)
            value_.~T();
    }

    explicit operator bool() const noexcept { return is_ok_; }
    T &operator*() & noexcept { return *required(this); }
    const T &operator*() const & noexcept { return *required(this); }
    T &&operator*() && noexcept { return std::move(*required(this)); }
    T *operator->() noexcept { return required(this); }
    const T *operator->() const noexcept { return required(this); }
    int code() const noexcept { return is_ok_ ? LEAT_OK : error_.code(); }
    const leat::error &error() const noexcept
    {
        if (is_ok_)
            std::abort();
        return error_;
    }

private:
    template <class Self> static auto *required(Self *self) noexcept
    {
        if (!self->is_ok_)
            std::abort();
        return &self->value_;
    }

    union {
        T value_;
        leat::error error_;
    };
    bool is_ok_;
};

template <> class [[nodiscard]] result<void> {
public:
    result() noexcept : error_(leat_error{}) {}
    result(const leat::error &error) noexcept : error_(error) {}

    explicit operator bool() const noexcept { return code() == LEAT_OK; }
    int code() const noexcept { return error_.code(); }
    const leat::error &error() const noexcept
    {
        if (code() == LEAT_OK)
            std::abort();
        return error_;
    }

private:
    leat::error error_;
};

template <class T> using returns = result<T>;
#else
template <class T> using returns = T;
#endif

namespace detail {

#ifdef LEAT_NO_EXCEPTIONS
template <class T> [[gnu::cold]] returns<T> fail(const leat_error &why)
{
    return error(why);
}
#else
[[noreturn, gnu::cold, gnu::noinline]] inline void raise(const leat_error &why)
{
    throw error(why);
}
template <class T> [[noreturn]] returns<T> fail(const leat_error &why)
{
    raise(why);
}
#endif

/* Failures that this header finds itself. */
[[gnu::cold, gnu::noinline]] inline leat_error refused(int code,
                                                       const char *sentence)
{
    leat_error why{};
    why.code = code;
    std::snprintf(why.message, sizeof why.message, "%s", sentence);
    return why;
}

[[gnu::cold, gnu::noinline]] inline leat_error
wrong_size(const char *what, std::size_t found, std::size_t count,
           std::size_t each)
{
    leat_error why{};
    why.code = LEAT_E_SIZE;
    std::snprintf(why.message, sizeof why.message,
                  "%s: a span of %zu, expected %zu x %zu", what, found, count,
                  each);
    return why;
}

[[gnu::cold, gnu::noinline]] inline leat_error no_memory(std::size_t size)
{
    leat_error why{};
    why.code = LEAT_E_MEMORY;
    std::snprintf(why.message, sizeof why.message,
                  "no memory for a block of %zu bytes", size);
    return why;
}

/* What C returned, as a T: void or status. */
template <class T> returns<T> returned(int code, const leat_error &why)
{
    if (code < 0)
        return fail<T>(why);
    if constexpr (std::is_void_v<T>)
        return returns<void>();
    else
        return static_cast<T>(code);
}

} // namespace detail

/* ------------------------------------------------------------------------ *
 * Views
 * ------------------------------------------------------------------------ */

namespace detail {

template <class U>
constexpr bool is_byte = std::is_same_v<U, std::byte> ||
                         std::is_same_v<U, unsigned char> ||
                         std::is_same_v<U, signed char> ||
                         std::is_same_v<U, char> || std::is_void_v<U>;

/* Whether an array of U may be seen as an array of T: the same type, perhaps
 * more const; or any bytes as std::byte. */
template <class U, class T>
constexpr bool is_viewable =
    std::is_same_v<std::remove_cv_t<T>, std::byte>
        ? is_byte<std::remove_cv_t<U>> &&
              (std::is_const_v<T> || !std::is_const_v<U>)
        : std::is_convertible_v<U *, T *> && !std::is_void_v<U> &&
              std::is_pointer_v<U> == std::is_pointer_v<T> &&
              (std::is_pointer_v<U> ||
               std::is_same_v<std::remove_cv_t<U>, std::remove_cv_t<T>>);

template <class C>
using element = std::remove_pointer_t<decltype(std::declval<C &>().data())>;

/* Whether C is another's array, as std::span and std::string_view are: a const
 * one has the same elements. */
template <class C, class = void> constexpr bool is_view = false;
template <class C>
constexpr bool is_view<C, std::void_t<element<const C>>> =
    std::is_same_v<element<C>, element<const C>>;

} // namespace detail

/* An array of the caller's: a pointer and a size, as std::span is. T is const
 * where the array is only read. A span<std::byte> is made of arrays of any
 * kind of char, but not of an array of const char, as a string literal is: its
 * size would count the NUL. Use std::string_view. A temporary can be read from
 * and not written to. */
template <class T> class span {
public:
    span() noexcept = default;
    template <class U, std::enable_if_t<detail::is_viewable<U, T>, int> = 0>
    span(U *data, std::size_t size) noexcept : data_(cast(data)), size_(size)
    {
    }
    template <class U, std::size_t size,
              std::enable_if_t<detail::is_viewable<U, T> &&
                                   (!std::is_same_v<U, const char> ||
                                    std::is_same_v<T, const char>),
                               int> = 0>
    span(U (&array)[size]) noexcept : data_(cast(array)), size_(size)
    {
    }
    template <class C, std::enable_if_t<
                           detail::is_viewable<detail::element<C>, T>, int> = 0>
    span(C &container) noexcept
        : data_(cast(container.data())),
          size_(static_cast<std::size_t>(container.size()))
    {
    }
    template <class C,
              std::enable_if_t<
                  detail::is_viewable<detail::element<const C>, T>, int> = 0>
    span(const C &container) noexcept
        : data_(cast(container.data())),
          size_(static_cast<std::size_t>(container.size()))
    {
    }

    T *data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    T &operator[](std::size_t index) const noexcept { return data_[index]; }
    T *begin() const noexcept { return data_; }
    T *end() const noexcept { return data_ + size_; }

private:
    template <class U> static T *cast(U *data) noexcept
    {
        if constexpr (std::is_convertible_v<U *, T *>)
            return data;
        else if constexpr (std::is_const_v<T>)
            return static_cast<T *>(static_cast<const void *>(data));
        else
            return static_cast<T *>(static_cast<void *>(data));
    }

    T *data_ = nullptr;
    std::size_t size_ = 0;
};

using bytes = span<std::byte>;
using const_bytes = span<const std::byte>;

/* The bytes of a struct, such as a cursor. Not of a pointer or a view, which
 * are of no use when they are read again; nor of a string literal, whose size
 * would count the NUL. */
template <class T>
std::conditional_t<std::is_const_v<T>, const_bytes, bytes>
bytes_of(T &object) noexcept
{
    static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T> &&
                      !detail::is_view<std::remove_const_t<T>>,
                  "only the bytes of a trivially copyable object can be kept");
    static_assert(!std::is_array_v<T> ||
                      !std::is_same_v<std::remove_extent_t<T>, const char>,
                  "the size of a string literal would count the NUL");
    using untyped =
        std::conditional_t<std::is_const_v<T>, const void *, void *>;
    return {static_cast<untyped>(&object), sizeof object};
}

/* A name or a path: made of a C string, a std::string or, on POSIX, a
 * std::filesystem::path. One with a NUL inside it is refused with
 * LEAT_E_ARGUMENT: C would take its beginning for the whole. */
class text {
    template <class S>
    static auto length(const S &string, int)
        -> decltype(string.native().size(), std::size_t())
    {
        return static_cast<std::size_t>(string.native().size());
    }
    template <class S>
    static auto length(const S &string, long)
        -> decltype(string.size(), std::size_t())
    {
        return static_cast<std::size_t>(string.size());
    }

public:
    text(const char *string) noexcept : string_(string) {}
    template <class S,
              std::enable_if_t<
                  std::is_same_v<decltype(std::declval<const S &>().c_str()),
                                 const char *> &&
                      std::is_same_v<decltype(length(std::declval<const S &>(),
                                                     0)),
                                     std::size_t>,
                  int> = 0>
    text(const S &string) : string_(string.c_str())
    {
        if (std::strlen(string_) == length(string, 0))
            return;
#ifdef LEAT_NO_EXCEPTIONS
        string_ = nullptr; /* which C refuses */
#else
        throw error(detail::refused(LEAT_E_ARGUMENT,
                                    "a name or path has a NUL inside it"));
#endif
    }

    const char *c_str() const noexcept { return string_; }

private:
    const char *string_;
};

/* ------------------------------------------------------------------------ *
 * Model
 * ------------------------------------------------------------------------ */

namespace detail {

/* Floats in a sample and in an output. */
struct sizes {
    std::size_t inputs = 0, outputs = 0;
};

[[gnu::cold, gnu::noinline]] inline sizes
sizes_of(const leat_model *model) noexcept
{
    leat_model_info_t info;
    if (leat_model_info(model, &info, nullptr) < 0)
        return {};
    return {info.input_size, info.output_size};
}

/* An empty array may have an address. C takes only NULL for "not wanted". */
template <class T> T *or_null(span<T> array) noexcept
{
    return array.empty() ? nullptr : array.data();
}

} // namespace detail

class model {
public:
    model() noexcept = default;
    model(model &&other) noexcept { swap(other); }
    model &operator=(model &&other) noexcept
    {
        model taken(std::move(other));
        swap(taken);
        return *this;
    }
    ~model()
    {
        if (is_owned_)
            leat_model_close(made_);
    }

    /* leat_model_open() */
    static returns<model> open(text path)
    {
        leat_error why;
        const leat_model *made = nullptr;
        if (leat_model_open(path.c_str(), &made, &why) < 0)
            return detail::fail<model>(why);
        return model(made, true);
    }

    /* leat_model_measure() */
    static returns<std::size_t> measure(const_bytes file)
    {
        leat_error why;
        std::size_t size = 0;
        if (leat_model_measure(file.data(), file.size(), &size, &why) < 0)
            return detail::fail<std::size_t>(why);
        return size;
    }

    /* leat_model_init(). The memory must outlive the streams. */
    static returns<model> init(bytes memory, const_bytes file)
    {
        leat_error why;
        const leat_model *made = nullptr;
        if (leat_model_init(memory.data(), memory.size(), file.data(),
                            file.size(), &made, &why) < 0)
            return detail::fail<model>(why);
        return model(made, false);
    }

    /* Use a model that C made, and still closes: with leat_kernels.h, say. */
    static model of(const leat_model *made) noexcept
    {
        return model(made, false);
    }

    /* NULL when it is empty. */
    const leat_model *get() const noexcept { return made_; }

    /* Fields of leat_model_info_t. */
    std::size_t input_size() const noexcept { return sizes_.inputs; }
    std::size_t output_size() const noexcept { return sizes_.outputs; }

    /* leat_stream_size(), leat_window_size(), leat_state_size() */
    std::size_t stream_size() const noexcept { return leat_stream_size(made_); }
    std::size_t window_size(std::uint32_t window,
                            std::uint32_t hop) const noexcept
    {
        return leat_window_size(made_, window, hop);
    }
    std::size_t state_size() const noexcept { return leat_state_size(made_); }

    /* leat_model_info() */
    returns<leat_model_info_t> info() const
    {
        leat_error why;
        leat_model_info_t info;
        if (leat_model_info(made_, &info, &why) < 0)
            return detail::fail<leat_model_info_t>(why);
        return info;
    }

    /* leat_model_layer() */
    returns<leat_layer_info_t> layer(std::uint32_t place) const
    {
        leat_error why;
        leat_layer_info_t layer;
        if (leat_model_layer(made_, place, &layer, &why) < 0)
            return detail::fail<leat_layer_info_t>(why);
        return layer;
    }

    /* leat_model_normalizer(). An empty span isn't filled. */
    returns<void> normalizer(span<float> mean,
                             span<float> standard_deviation) const
    {
        leat_error why;
        for (span<float> array : {mean, standard_deviation})
            if (made_ != nullptr && !array.empty() &&
                array.size() != sizes_.inputs)
                return detail::fail<void>(detail::wrong_size(
                    "the normalizer", array.size(), 1, sizes_.inputs));
        return detail::returned<void>(
            leat_model_normalizer(made_, detail::or_null(mean),
                                  detail::or_null(standard_deviation), &why),
            why);
    }

private:
    model(const leat_model *made, bool is_owned) noexcept
        : made_(made), sizes_(detail::sizes_of(made)), is_owned_(is_owned)
    {
    }
    void swap(model &other) noexcept
    {
        std::swap(made_, other.made_);
        std::swap(sizes_, other.sizes_);
        std::swap(is_owned_, other.is_owned_);
    }

    friend class stream;
    friend class stream_ref;
    friend class batch;
    const leat_model *made_ = nullptr;
    detail::sizes sizes_;
    bool is_owned_ = false;
};

/* ------------------------------------------------------------------------ *
 * Stream
 * ------------------------------------------------------------------------ */

namespace detail {

inline void *allocate(std::size_t size) noexcept
{
    return ::operator new(size, std::align_val_t(LEAT_FAST_ALIGNMENT),
                          std::nothrow);
}

inline void deallocate(void *block) noexcept
{
    ::operator delete(block, std::align_val_t(LEAT_FAST_ALIGNMENT));
}

} // namespace detail

class stream;

/* What a stream and a stream_ref can do. */
class any_stream {
public:
    /* NULL when it is empty. */
    leat_stream *get() noexcept { return made_; }
    const leat_stream *get() const noexcept { return made_; }

    /* leat_stream_reset() */
    returns<void> reset()
    {
        leat_error why;
        return detail::returned<void>(leat_stream_reset(made_, &why), why);
    }

    /* leat_stream_step() */
    returns<status> step(span<const float> input, span<float> output)
    {
        leat_error why;
        if (input.size() != sizes_.inputs || output.size() != sizes_.outputs)
            return wrong_sizes<status>(input.size(), output.size(), 1);
        return detail::returned<status>(
            leat_stream_step(made_, input.data(), output.data(), &why), why);
    }

    /* leat_stream_step_at() */
    returns<status> step_at(std::uint64_t position, span<const float> input,
                            span<float> output)
    {
        leat_error why;
        if (input.size() != sizes_.inputs || output.size() != sizes_.outputs)
            return wrong_sizes<status>(input.size(), output.size(), 1);
        return detail::returned<status>(
            leat_stream_step_at(made_, position, input.data(), output.data(),
                                &why),
            why);
    }

    /* leat_stream_run(), with as many steps as there are samples in inputs. */
    returns<status> run(span<const float> inputs, span<float> outputs)
    {
        leat_error why;
        const std::size_t steps =
            sizes_.inputs == 0 ? 0 : inputs.size() / sizes_.inputs;
        if (inputs.size() != steps * sizes_.inputs ||
            outputs.size() != steps * sizes_.outputs)
            return wrong_sizes<status>(inputs.size(), outputs.size(), steps);
        if (steps == 0 && made_ != nullptr)
            return status::ok;
        return detail::returned<status>(
            leat_stream_run(made_, steps, inputs.data(), outputs.data(), &why),
            why);
    }

    /* leat_stream_position() */
    std::uint64_t position() const noexcept
    {
        return leat_stream_position(made_);
    }

    /* leat_stream_set_position() */
    returns<void> set_position(std::uint64_t position)
    {
        leat_error why;
        return detail::returned<void>(
            leat_stream_set_position(made_, position, &why), why);
    }

    /* leat_stream_kernel() */
    const char *kernel() const noexcept { return leat_stream_kernel(made_); }

    /* leat_stream_set_kernel() */
    returns<void> set_kernel(text name)
    {
        leat_error why;
        return detail::returned<void>(
            leat_stream_set_kernel(made_, name.c_str(), &why), why);
    }

    /* leat_stream_get_state(). An empty span isn't filled. Of a layer without
     * c, that of c must be empty. */
    returns<void> get_state(std::uint32_t recurrent, span<float> h,
                            span<float> c = {}) const
    {
        leat_error why;
        if (is_wrong(recurrent, h.size(), c.size(), why))
            return detail::fail<void>(why);
        return detail::returned<void>(
            leat_stream_get_state(made_, recurrent, detail::or_null(h),
                                  detail::or_null(c), &why),
            why);
    }

    /* leat_stream_set_state(). An empty span leaves h or c as it is. */
    returns<void> set_state(std::uint32_t recurrent, span<const float> h,
                            span<const float> c = {})
    {
        leat_error why;
        if (is_wrong(recurrent, h.size(), c.size(), why))
            return detail::fail<void>(why);
        return detail::returned<void>(
            leat_stream_set_state(made_, recurrent, detail::or_null(h),
                                  detail::or_null(c), &why),
            why);
    }

    /* leat_stream_window(): the window and the hop, both 0 without windows. */
    std::uint32_t window() const noexcept
    {
        return leat_stream_window(made_, nullptr);
    }
    std::uint32_t hop() const noexcept
    {
        std::uint32_t hop = 0;
        leat_stream_window(made_, &hop);
        return hop;
    }

    /* leat_stream_outputs() */
    std::uint64_t outputs(std::uint64_t position,
                          std::uint64_t count) const noexcept
    {
        return leat_stream_outputs(made_, position, count);
    }

    /* leat_stream_block_size() */
    std::size_t block_size() const noexcept
    {
        return leat_stream_block_size(made_);
    }

    /* leat_stream_state_size() */
    std::size_t state_size() const noexcept
    {
        return leat_stream_state_size(made_);
    }

    /* leat_stream_save() */
    returns<void> save(bytes buffer) const
    {
        leat_error why;
        return detail::returned<void>(
            leat_stream_save(made_, buffer.data(), buffer.size(), &why), why);
    }

    /* leat_stream_load() */
    returns<void> load(const_bytes state)
    {
        leat_error why;
        return detail::returned<void>(
            leat_stream_load(made_, state.data(), state.size(), &why), why);
    }

    /* An independent stream that is where this one is, in memory of its own. */
    returns<stream> copy() const;

protected:
    any_stream() noexcept = default;
    any_stream(leat_stream *made, detail::sizes sizes) noexcept
        : made_(made), sizes_(sizes)
    {
    }
    any_stream(const any_stream &) noexcept = default;
    any_stream &operator=(const any_stream &) noexcept = default;
    ~any_stream() = default;

    leat_stream *made_ = nullptr;
    detail::sizes sizes_;

private:
    friend class stream_ref;

    template <class T>
    [[gnu::cold, gnu::noinline]] returns<T>
    wrong_sizes(std::size_t inputs, std::size_t outputs,
                std::size_t steps) const
    {
        if (made_ == nullptr)
            return detail::fail<T>(
                detail::refused(LEAT_E_ARGUMENT, "the stream is empty"));
        if (inputs != steps * sizes_.inputs)
            return detail::fail<T>(
                detail::wrong_size("inputs", inputs, steps, sizes_.inputs));
        return detail::fail<T>(
            detail::wrong_size("outputs", outputs, steps, sizes_.outputs));
    }

    /* Whether spans for h and c have other sizes than the layer. */
    bool is_wrong(std::uint32_t recurrent, std::size_t h, std::size_t c,
                  leat_error &why) const noexcept
    {
        const leat_model *model = leat_stream_model(made_);
        leat_layer_info_t layer;
        std::uint32_t place = 0;
        if (recurrent == LEAT_NOT_RECURRENT)
            return false;
        do
            if (leat_model_layer(model, place++, &layer, nullptr) < 0)
                return false; /* C says what is wrong */
        while (layer.recurrent != recurrent);
        const std::size_t cells =
            layer.kind == LEAT_LAYER_LSTM ? layer.hidden_size : 0;
        if (h != 0 && h != layer.output_size)
            why = detail::wrong_size("h", h, 1, layer.output_size);
        else if (c != 0 && c != cells)
            why = detail::wrong_size("c", c, 1, cells);
        else
            return false;
        return true;
    }
};

/* A stream in a block that it owns. The block is allocated once, and moves
 * don't move it: get() and stream_refs stay what they are. */
class stream : public any_stream {
public:
    stream() noexcept = default;
    stream(stream &&other) noexcept { swap(other); }
    stream &operator=(stream &&other) noexcept
    {
        stream taken(std::move(other));
        swap(taken);
        return *this;
    }
    ~stream()
    {
        if (made_ != nullptr)
            detail::deallocate(made_);
    }

    /* leat_stream_init(). LEAT_E_MEMORY, too. */
    static returns<stream> init(const model &model)
    {
        return make(leat_stream_size(model.get()), model,
                    [&](void *block, std::size_t size, leat_stream **made,
                        leat_error *why) {
                        return leat_stream_init(block, size, model.get(), made,
                                                why);
                    });
    }
    static returns<stream> init(const model &&) = delete;

    /* leat_window_init(). LEAT_E_MEMORY, too. */
    static returns<stream> init_window(const model &model, std::uint32_t window,
                                       std::uint32_t hop)
    {
        return make(leat_window_size(model.get(), window, hop), model,
                    [&](void *block, std::size_t size, leat_stream **made,
                        leat_error *why) {
                        return leat_window_init(block, size, model.get(),
                                                window, hop, made, why);
                    });
    }
    static returns<stream> init_window(const model &&, std::uint32_t,
                                       std::uint32_t) = delete;

private:
    friend class any_stream;

    stream(leat_stream *made, detail::sizes sizes) noexcept
        : any_stream(made, sizes)
    {
    }
    template <class Init>
    static returns<stream> make(std::size_t size, const model &model, Init init)
    {
        leat_error why;
        leat_stream *made = nullptr;
        /* Without a size there is no such stream: C says why. */
        void *block = detail::allocate(size == 0 ? LEAT_FAST_ALIGNMENT : size);
        if (block == nullptr)
            return detail::fail<stream>(detail::no_memory(size));
        if (init(block, size, &made, &why) < 0) {
            detail::deallocate(block);
            return detail::fail<stream>(why);
        }
        return stream(made, model.sizes_);
    }
    void swap(stream &other) noexcept
    {
        std::swap(made_, other.made_);
        std::swap(sizes_, other.sizes_);
    }
};

/* A stream in memory of the caller's, or in an object that owns it. It is a
 * pointer, which may be copied, and must not be used after that memory. */
class stream_ref : public any_stream {
public:
    stream_ref() noexcept = default;
    stream_ref(any_stream &stream) noexcept : any_stream(stream) {}
    stream_ref(stream &&) = delete;

    /* leat_stream_init() */
    static returns<stream_ref> init(bytes memory, const model &model)
    {
        leat_error why;
        leat_stream *made = nullptr;
        if (leat_stream_init(memory.data(), memory.size(), model.get(), &made,
                             &why) < 0)
            return detail::fail<stream_ref>(why);
        return stream_ref(made, model.sizes_);
    }
    static returns<stream_ref> init(bytes, const model &&) = delete;

    /* leat_window_init() */
    static returns<stream_ref> init_window(bytes memory, const model &model,
                                           std::uint32_t window,
                                           std::uint32_t hop)
    {
        leat_error why;
        leat_stream *made = nullptr;
        if (leat_window_init(memory.data(), memory.size(), model.get(), window,
                             hop, &made, &why) < 0)
            return detail::fail<stream_ref>(why);
        return stream_ref(made, model.sizes_);
    }
    static returns<stream_ref> init_window(bytes, const model &&, std::uint32_t,
                                           std::uint32_t) = delete;

    /* A stream that C made. */
    static stream_ref of(leat_stream *made) noexcept
    {
        return stream_ref(made, detail::sizes_of(leat_stream_model(made)));
    }

private:
    friend class any_batch;

    stream_ref(leat_stream *made, detail::sizes sizes) noexcept
        : any_stream(made, sizes)
    {
    }
};

inline returns<stream> any_stream::copy() const
{
    const std::size_t size = block_size();
    if (size == 0)
        return detail::fail<stream>(
            detail::refused(LEAT_E_ARGUMENT, "the stream is empty"));
    void *block = detail::allocate(size);
    if (block == nullptr)
        return detail::fail<stream>(detail::no_memory(size));
    std::memcpy(block, made_, size);
    return stream(static_cast<leat_stream *>(block), sizes_);
}

/* ------------------------------------------------------------------------ *
 * Batch
 * ------------------------------------------------------------------------ */

/* What a batch and a batch_ref can do. */
class any_batch {
public:
    std::size_t size() const noexcept { return count_; }

    /* A stream of the batch; an empty one beyond its size. */
    stream_ref operator[](std::size_t index) noexcept
    {
        return index < count_ ? stream_ref(made_[index], sizes(index))
                              : stream_ref();
    }

    /* The streams of C: for a batch_ref of some of them, or a group; or to
     * read a const batch: leat_stream_position(batch.streams()[2]). */
    span<leat_stream *const> streams() noexcept { return {made_, count_}; }
    span<const leat_stream *const> streams() const noexcept
    {
        return {made_, count_};
    }

    /* leat_batch_step() */
    returns<status> step(span<const float> inputs, span<float> outputs)
    {
        leat_error why;
        const detail::sizes each = sizes(0);
        if (is_other(inputs.size(), each.inputs) ||
            is_other(outputs.size(), each.outputs) || count_ == 0)
            return nothing<status>(inputs.size(), outputs.size(), count_,
                                   count_);
        return detail::returned<status>(
            leat_batch_step(made_, count_, inputs.data(), outputs.data(), &why),
            why);
    }

    /* leat_batch_step_at(). What became of each stream's sample is in results:
     * a code of C. */
    returns<void> step_at(span<const std::uint64_t> positions,
                          span<const float> inputs, span<float> outputs,
                          span<int> results)
    {
        leat_error why;
        const detail::sizes each = sizes(0);
        if (is_other(inputs.size(), each.inputs) ||
            is_other(outputs.size(), each.outputs) ||
            is_other(positions.size(), 1) || is_other(results.size(), 1) ||
            count_ == 0)
            return nothing<void>(inputs.size(), outputs.size(),
                                 positions.size(), results.size());
        return detail::returned<void>(
            leat_batch_step_at(made_, positions.data(), count_, inputs.data(),
                               outputs.data(), results.data(), &why),
            why);
    }

    /* leat_batch_save() */
    returns<void> save(bytes buffer)
    {
        leat_error why;
        if (has_no_streams())
            return detail::returned<void>(LEAT_OK, why);
        return detail::returned<void>(
            leat_batch_save(made_, count_, buffer.data(), buffer.size(), &why),
            why);
    }

    /* leat_batch_load() */
    returns<void> load(const_bytes states)
    {
        leat_error why;
        if (has_no_streams())
            return detail::returned<void>(LEAT_OK, why);
        return detail::returned<void>(
            leat_batch_load(made_, count_, states.data(), states.size(), &why),
            why);
    }

protected:
    any_batch() noexcept = default;
    any_batch(leat_stream *const *made, std::size_t count,
              const leat_model *model, detail::sizes sizes) noexcept
        : made_(made), count_(count), model_(model), sizes_(sizes)
    {
    }
    any_batch(const any_batch &) noexcept = default;
    any_batch &operator=(const any_batch &) noexcept = default;
    ~any_batch() = default;

    leat_stream *const *made_ = nullptr;
    std::size_t count_ = 0;
    const leat_model *model_ = nullptr; /* with these sizes */
    detail::sizes sizes_;

private:
    friend class batch_ref;

    /* Those of a stream; of the first, they are those of all that a call
     * steps, as C checks that their model is the same. The model is asked for
     * each time: the array of a batch_ref may have changed, and may have
     * streams of several models. */
    detail::sizes sizes(std::size_t index) const noexcept
    {
        if (index >= count_)
            return {};
        const leat_model *model = leat_stream_model(made_[index]);
        return model == model_ ? sizes_ : detail::sizes_of(model);
    }

    bool is_other(std::size_t size, std::size_t each) const noexcept
    {
        return size != count_ * each;
    }

    /* Whose states C would refuse, as those of an empty vector are at NULL. */
    bool has_no_streams() const noexcept
    {
        return made_ != nullptr && count_ == 0;
    }

    /* With no streams there is nothing to step. Else a size is wrong. */
    template <class T>
    [[gnu::cold, gnu::noinline]] returns<T>
    nothing(std::size_t inputs, std::size_t outputs, std::size_t positions,
            std::size_t results) const
    {
        if (made_ == nullptr)
            return detail::fail<T>(
                detail::refused(LEAT_E_ARGUMENT, "the batch is empty"));
        const detail::sizes each = sizes(0);
        if (count_ != 0 && each.inputs == 0)
            return detail::fail<T>(detail::refused(
                LEAT_E_ARGUMENT,
                "the batch's first stream is NULL or not a stream"));
        if (is_other(inputs, each.inputs))
            return detail::fail<T>(
                detail::wrong_size("inputs", inputs, count_, each.inputs));
        if (is_other(outputs, each.outputs))
            return detail::fail<T>(
                detail::wrong_size("outputs", outputs, count_, each.outputs));
        if (is_other(positions, 1))
            return detail::fail<T>(
                detail::wrong_size("positions", positions, count_, 1));
        if (is_other(results, 1))
            return detail::fail<T>(
                detail::wrong_size("results", results, count_, 1));
        return detail::returned<T>(LEAT_OK, leat_error{});
    }
};

/* New streams of one model, in one block that it owns. It is allocated once,
 * and moves don't move it. */
class batch : public any_batch {
public:
    batch() noexcept = default;
    batch(batch &&other) noexcept { swap(other); }
    batch &operator=(batch &&other) noexcept
    {
        batch taken(std::move(other));
        swap(taken);
        return *this;
    }
    ~batch()
    {
        if (block_ != nullptr)
            detail::deallocate(block_);
    }

    /* leat_stream_init() of each. LEAT_E_MEMORY, too. */
    static returns<batch> init(const model &model, std::size_t count)
    {
        return make(leat_stream_size(model.get()), model, count,
                    [&](void *block, std::size_t size, leat_stream **made,
                        leat_error *why) {
                        return leat_stream_init(block, size, model.get(), made,
                                                why);
                    });
    }
    static returns<batch> init(const model &&, std::size_t) = delete;

    /* leat_window_init() of each. LEAT_E_MEMORY, too. */
    static returns<batch> init_window(const model &model, std::size_t count,
                                      std::uint32_t window, std::uint32_t hop)
    {
        return make(leat_window_size(model.get(), window, hop), model, count,
                    [&](void *block, std::size_t size, leat_stream **made,
                        leat_error *why) {
                        return leat_window_init(block, size, model.get(),
                                                window, hop, made, why);
                    });
    }
    static returns<batch> init_window(const model &&, std::size_t,
                                      std::uint32_t, std::uint32_t) = delete;

private:
    batch(void *block, leat_stream *const *streams, std::size_t count,
          const model &model) noexcept
        : any_batch(streams, count, model.get(), model.sizes_), block_(block)
    {
    }
    void swap(batch &other) noexcept
    {
        std::swap(made_, other.made_);
        std::swap(count_, other.count_);
        std::swap(model_, other.model_);
        std::swap(sizes_, other.sizes_);
        std::swap(block_, other.block_);
    }

    /* The block holds the streams, and after them the pointers to them. */
    template <class Init>
    static returns<batch> make(std::size_t size, const model &model,
                               std::size_t count, Init init)
    {
        leat_error why;
        leat_stream *made = nullptr;
        if (size == 0) { /* there is no such stream: C says why */
            init(&made, size, &made, &why);
            return detail::fail<batch>(why);
        }
        if (count >= SIZE_MAX / (size + sizeof made))
            return detail::fail<batch>(detail::no_memory(SIZE_MAX));
        const std::size_t total = count * (size + sizeof made) + sizeof made;
        void *block = detail::allocate(total);
        if (block == nullptr)
            return detail::fail<batch>(detail::no_memory(total));
        auto *place = static_cast<unsigned char *>(block);
        auto **streams = static_cast<leat_stream **>(
            static_cast<void *>(place + count * size));
        for (std::size_t i = 0; i < count; i++) {
            if (init(place + i * size, size, &made, &why) < 0) {
                detail::deallocate(block);
                return detail::fail<batch>(why);
            }
            streams[i] = made;
        }
        return batch(block, streams, count, model);
    }

    void *block_ = nullptr;
};

/* Any streams of one model, wherever they are. The array of pointers stays the
 * caller's, who may change it. As a pointer, it may be copied, and must not be
 * used after the array, a stream, or the model of the first. */
class batch_ref : public any_batch {
public:
    batch_ref() noexcept = default;
    batch_ref(batch &batch) noexcept : any_batch(batch) {}
    batch_ref(batch &&) = delete;

    /* What get() of the streams returns. LEAT_E_MISMATCH, when they are of
     * several models, is found by the calls. */
    static batch_ref of(span<leat_stream *const> streams) noexcept
    {
        static leat_stream *const none = nullptr;
        if (streams.empty())
            return batch_ref(&none, 0, nullptr, {});
        const leat_model *model = leat_stream_model(streams[0]);
        return batch_ref(streams.data(), streams.size(), model,
                         detail::sizes_of(model));
    }

    /* A temporary array would be gone at the first call. */
    template <class C, std::enable_if_t<!detail::is_view<C>, int> = 0>
    static batch_ref of(const C &&) = delete;

private:
    batch_ref(leat_stream *const *made, std::size_t count,
              const leat_model *model, detail::sizes sizes) noexcept
        : any_batch(made, count, model, sizes)
    {
    }
};

/* leat_state_info() */
inline returns<leat_state_info_t> state_info(const_bytes state)
{
    leat_error why;
    leat_state_info_t info;
    if (leat_state_info(state.data(), state.size(), &info, &why) < 0)
        return detail::fail<leat_state_info_t>(why);
    return info;
}

/* ------------------------------------------------------------------------ *
 * Callables
 * ------------------------------------------------------------------------ */

/* Functions that take a callable call it as the C function calls its own; it
 * may be nullptr. It returns nothing, or a bool: true to continue, false to
 * end. What it throws goes on from the function that was given it, and the
 * operation ends as if it had returned false. Where functions return results,
 * it must not throw: std::terminate() is called. Once it has ended the
 * operation it isn't called again. */
namespace detail {

/* Calls callables for C. What one throws must not pass through frames of C: it
 * is kept, and thrown again by finish(). */
template <class Line, class Progress> class calls {
public:
    calls(Line &line, Progress &progress) noexcept
        : line_(line), progress_(progress)
    {
    }

    static int progress(void *self, std::uint64_t done, std::uint64_t total)
    {
        return static_cast<calls *>(self)->ends(
            static_cast<calls *>(self)->progress_, done, total);
    }
    static void finding(void *self, const char *line)
    {
        static_cast<calls *>(self)->ends(static_cast<calls *>(self)->line_,
                                         line);
    }
    static int entry(void *self, const leat_store_entry *entry)
    {
        return static_cast<calls *>(self)->ends(
            static_cast<calls *>(self)->line_, *entry);
    }

    template <class T> returns<T> finish(int code, const leat_error &why)
    {
#ifndef LEAT_NO_EXCEPTIONS
        if (thrown_)
            std::rethrow_exception(thrown_);
#endif
        return returned<T>(code, why);
    }

private:
    template <class F, class... Arguments>
    int ends(F &callable, Arguments &&...arguments) noexcept
    {
        if (is_ended_)
            return 1;
        if constexpr (!std::is_null_pointer_v<std::remove_cv_t<F>>) {
            using result = decltype(callable(arguments...));
            static_assert(std::is_void_v<result> ||
                              std::is_same_v<result, bool>,
                          "the callable must return void or bool");
#ifndef LEAT_NO_EXCEPTIONS
            try {
#endif
                if constexpr (std::is_void_v<result>)
                    callable(arguments...);
                else
                    is_ended_ = !callable(arguments...);
#ifndef LEAT_NO_EXCEPTIONS
            } catch (...) {
                thrown_ = std::current_exception();
                is_ended_ = true;
            }
#endif
        }
        return is_ended_ ? 1 : 0;
    }

#ifndef LEAT_NO_EXCEPTIONS
    std::exception_ptr thrown_;
#endif
    bool is_ended_ = false;
    Line &line_;
    Progress &progress_;
};

} // namespace detail

/* ------------------------------------------------------------------------ *
 * Store
 * ------------------------------------------------------------------------ */

/* What a load found. That there is no such stream, as at the first start, is
 * no failure: it isn't thrown, and the stream is as it was. */
struct loaded {
    int code = LEAT_E_NOT_FOUND; /* or LEAT_OK, LEAT_FALLBACK */
    leat_checkpoint checkpoint = {};

    bool is_found() const noexcept { return code >= 0; }
    bool is_fallback() const noexcept { return code == LEAT_FALLBACK; }
};

class store;

/* A transaction: it is rolled back unless commit() was called. It follows its
 * store when this is moved. When the store is closed, or the library has
 * rolled the transaction back and another was begun, it is empty. */
class [[nodiscard]] transaction {
public:
    transaction(transaction &&other) noexcept : transaction(other.store_) {}
    transaction &operator=(transaction &&) = delete;
    ~transaction();

    /* leat_store_commit(). The transaction is over also when it fails. */
    returns<void> commit();

    /* leat_store_rollback() */
    returns<void> rollback();

private:
    friend class store;
    explicit transaction(store *store) noexcept;
    leat_store *end() noexcept;

    store *store_ = nullptr;
};

class store {
public:
    store() noexcept = default;
    store(store &&other) noexcept { swap(other); }
    store &operator=(store &&other) noexcept
    {
        store taken(std::move(other));
        swap(taken);
        return *this;
    }
    ~store()
    {
        follow(nullptr);
        leat_store_close(made_, nullptr);
    }

    /* leat_store_open() */
    static returns<store> open(text path,
                               const leat_store_options &options = {})
    {
        leat_error why;
        leat_store *made = nullptr;
        if (leat_store_open(path.c_str(), &options, &made, &why) < 0)
            return detail::fail<store>(why);
        return store(made);
    }

    /* leat_store_attach() */
    static returns<store> attach(sqlite3 *database,
                                 const leat_store_options &options = {})
    {
        leat_error why;
        leat_store *made = nullptr;
        if (leat_store_attach(database, &options, &made, &why) < 0)
            return detail::fail<store>(why);
        return store(made);
    }

    /* leat_store_close(). If it fails, the store stays open; when the
     * destructor can't close it either, its memory and lock stay until the
     * process ends. Call it before the same path is opened again: in
     * `store = store::open(path)`, the store that is there still has its lock,
     * and the open fails with LEAT_E_BUSY. */
    returns<void> close()
    {
        leat_error why;
        const int code = leat_store_close(made_, &why);
        if (code >= 0) {
            made_ = nullptr;
            follow(nullptr);
        }
        return detail::returned<void>(code, why);
    }

    /* NULL when it is empty. */
    leat_store *get() noexcept { return made_; }

    /* leat_store_database() */
    sqlite3 *database() noexcept { return leat_store_database(made_); }

    /* leat_store_save() */
    returns<void> save(text name, const any_stream &stream,
                       const_bytes cursor = {}, unsigned flags = 0)
    {
        leat_error why;
        return detail::returned<void>(
            leat_store_save(made_, name.c_str(), stream.get(), cursor.data(),
                            cursor.size(), flags, &why),
            why);
    }

    /* leat_store_load(). An empty cursor isn't filled. */
    returns<loaded> load(text name, stream_ref stream, bytes cursor = {})
    {
        leat_error why;
        loaded found;
        found.code = leat_store_load(made_, name.c_str(), stream.get(),
                                     detail::or_null(cursor), cursor.size(),
                                     &found.checkpoint, &why);
        return found_or_failed(found, why);
    }

    /* leat_store_delete() */
    returns<void> remove(text name)
    {
        leat_error why;
        return detail::returned<void>(
            leat_store_delete(made_, name.c_str(), &why), why);
    }

    /* leat_store_list(): visit(const leat_store_entry &) */
    template <class Visit> returns<void> list(Visit &&visit)
    {
        leat_error why;
        std::nullptr_t none;
        detail::calls<std::remove_reference_t<Visit>, std::nullptr_t> calls(
            visit, none);
        const int code = leat_store_list(made_, calls.entry, &calls, &why);
        return calls.template finish<void>(code, why);
    }

    /* leat_store_rename() */
    returns<void> rename(text from, text to)
    {
        leat_error why;
        return detail::returned<void>(
            leat_store_rename(made_, from.c_str(), to.c_str(), &why), why);
    }

    /* leat_store_export(). An empty span isn't filled: the checkpoint says the
     * sizes. */
    returns<loaded> export_state(text name, bytes state, bytes cursor = {})
    {
        leat_error why;
        loaded found;
        found.code = leat_store_export(
            made_, name.c_str(), detail::or_null(state), state.size(),
            detail::or_null(cursor), cursor.size(), &found.checkpoint, &why);
        return found_or_failed(found, why);
    }

    /* leat_store_import() */
    returns<void> import_state(text name, const_bytes state,
                               const_bytes cursor = {}, unsigned flags = 0)
    {
        leat_error why;
        return detail::returned<void>(
            leat_store_import(made_, name.c_str(), state.data(), state.size(),
                              cursor.data(), cursor.size(), flags, &why),
            why);
    }

    /* leat_store_save_group(). The streams are pointers of C: get() of a
     * stream, streams() of a batch. */
    returns<void> save_group(text name, span<const char *const> members,
                             span<const leat_stream *const> streams,
                             const_bytes cursor = {}, unsigned flags = 0)
    {
        leat_error why;
        if (made_ != nullptr && members.size() != streams.size())
            return detail::fail<void>(detail::wrong_size(
                "streams", streams.size(), members.size(), 1));
        return detail::returned<void>(
            leat_store_save_group(made_, name.c_str(), members.data(),
                                  streams.data(), streams.size(), cursor.data(),
                                  cursor.size(), flags, &why),
            why);
    }

    /* leat_store_load_group() */
    returns<loaded> load_group(text name, span<const char *const> members,
                               span<leat_stream *const> streams,
                               bytes cursor = {})
    {
        leat_error why;
        loaded found;
        if (made_ != nullptr && members.size() != streams.size())
            return detail::fail<loaded>(detail::wrong_size(
                "streams", streams.size(), members.size(), 1));
        found.code = leat_store_load_group(
            made_, name.c_str(), members.data(), streams.data(), streams.size(),
            detail::or_null(cursor), cursor.size(), &found.checkpoint, &why);
        return found_or_failed(found, why);
    }

    /* leat_store_list_group(): visit(const leat_store_entry &). That there is
     * no such group is a failure here: LEAT_E_NOT_FOUND. */
    template <class Visit> returns<status> list_group(text name, Visit &&visit)
    {
        leat_error why;
        std::nullptr_t none;
        detail::calls<std::remove_reference_t<Visit>, std::nullptr_t> calls(
            visit, none);
        const int code = leat_store_list_group(made_, name.c_str(), calls.entry,
                                               &calls, &why);
        return calls.template finish<status>(code, why);
    }

    /* leat_store_begin() */
    returns<transaction> begin() &
    {
        leat_error why;
        if (leat_store_begin(made_, &why) < 0)
            return detail::fail<transaction>(why);
        return transaction(this);
    }
    returns<transaction> begin() && = delete;

    /* leat_store_backup(): progress(uint64_t done, uint64_t total) */
    template <class Progress = std::nullptr_t>
    returns<void> backup(text path, Progress &&progress = {})
    {
        leat_error why;
        std::nullptr_t none;
        detail::calls<std::nullptr_t, std::remove_reference_t<Progress>> calls(
            none, progress);
        const int code = leat_store_backup(made_, path.c_str(), calls.progress,
                                           &calls, &why);
        return calls.template finish<void>(code, why);
    }

    /* leat_store_verify(): finding(const char *line), and progress as for
     * backup() */
    template <class Finding = std::nullptr_t, class Progress = std::nullptr_t>
    returns<void> verify(Finding &&finding = {}, Progress &&progress = {})
    {
        leat_error why;
        detail::calls<std::remove_reference_t<Finding>,
                      std::remove_reference_t<Progress>>
            calls(finding, progress);
        const int code = leat_store_verify(made_, calls.finding, calls.progress,
                                           &calls, &why);
        return calls.template finish<void>(code, why);
    }

    /* leat_store_prune(): progress as for backup() */
    template <class Progress = std::nullptr_t>
    returns<void> prune(const leat_prune_options &options,
                        std::uint64_t *deleted = nullptr,
                        Progress &&progress = {})
    {
        leat_error why;
        std::nullptr_t none;
        detail::calls<std::nullptr_t, std::remove_reference_t<Progress>> calls(
            none, progress);
        const int code = leat_store_prune(made_, &options, calls.progress,
                                          &calls, deleted, &why);
        return calls.template finish<void>(code, why);
    }

    /* leat_store_statistics() */
    returns<leat_store_statistics_t> statistics()
    {
        leat_error why;
        leat_store_statistics_t statistics;
        if (leat_store_statistics(made_, &statistics, &why) < 0)
            return detail::fail<leat_store_statistics_t>(why);
        return statistics;
    }

    /* leat_store_use_memory() */
    static returns<void> use_memory(bytes block)
    {
        leat_error why;
        return detail::returned<void>(
            leat_store_use_memory(block.data(), block.size(), &why), why);
    }

private:
    friend class autosave;
    friend class transaction;
    explicit store(leat_store *made) noexcept : made_(made) {}
    void swap(store &other) noexcept
    {
        std::swap(made_, other.made_);
        std::swap(transaction_, other.transaction_);
        follow(this);
        other.follow(&other);
    }

    /* Tell the transaction where its store is. */
    void follow(store *place) noexcept
    {
        if (transaction_ != nullptr)
            transaction_->store_ = place;
        if (place == nullptr)
            transaction_ = nullptr;
    }

    static returns<loaded> found_or_failed(loaded &found, const leat_error &why)
    {
        if (found.code < 0 && found.code != LEAT_E_NOT_FOUND)
            return detail::fail<loaded>(why);
        return std::move(found);
    }

    leat_store *made_ = nullptr;
    transaction *transaction_ = nullptr;
};

/* The store's transaction before, or the one that moves here, becomes empty. */
inline transaction::transaction(store *store) noexcept : store_(store)
{
    if (store_ == nullptr)
        return;
    store_->follow(nullptr);
    store_->transaction_ = this;
}

inline transaction::~transaction()
{
    if (store_ != nullptr)
        leat_store_rollback(end(), nullptr);
}

/* The store of C, which this no longer holds. */
inline leat_store *transaction::end() noexcept
{
    if (store_ == nullptr)
        return nullptr;
    leat_store *made = store_->made_;
    store_->follow(nullptr);
    return made;
}

inline returns<void> transaction::commit()
{
    leat_error why;
    const int code = leat_store_commit(end(), &why);
    return detail::returned<void>(code, why);
}

inline returns<void> transaction::rollback()
{
    leat_error why;
    const int code = leat_store_rollback(end(), &why);
    return detail::returned<void>(code, why);
}

/* ------------------------------------------------------------------------ *
 * Autosave
 * ------------------------------------------------------------------------ */

/* It owns its store: stop() gives it back. The destructor writes what was
 * taken, as stop() does; what can't be written is lost. To see that, call
 * stop() or flush() before. The models of its streams must live longer. */
class [[nodiscard]] autosave {
public:
    autosave() noexcept = default;
    autosave(autosave &&other) noexcept
        : made_(std::exchange(other.made_, nullptr)),
          store_(std::move(other.store_))
    {
    }
    autosave &operator=(autosave &&other) noexcept
    {
        autosave taken(std::move(other));
        std::swap(made_, taken.made_);
        std::swap(store_, taken.store_);
        return *this;
    }
    ~autosave() { leat_autosave_stop(made_, LEAT_AUTOSAVE_ABANDON, nullptr); }

    /* leat_autosave_start(). The store is only moved when this succeeds. */
    static returns<autosave> start(store &&store,
                                   const leat_autosave_options &options)
    {
        leat_error why;
        autosave started;
        if (leat_autosave_start(store.made_, &options, &started.made_, &why) <
            0)
            return detail::fail<autosave>(why);
        started.store_ = std::move(store);
        return started;
    }

    /* NULL when it is empty. */
    leat_autosave *get() noexcept { return made_; }

    /* leat_autosave_add(): returns the slot. */
    returns<std::uint32_t> add(text name)
    {
        leat_error why;
        std::uint32_t slot = 0;
        if (leat_autosave_add(made_, name.c_str(), &slot, &why) < 0)
            return detail::fail<std::uint32_t>(why);
        return slot;
    }

    /* leat_autosave_add_group(): returns the slot. */
    returns<std::uint32_t> add_group(text name,
                                     span<const char *const> members)
    {
        leat_error why;
        std::uint32_t slot = 0;
        if (leat_autosave_add_group(made_, name.c_str(), members.data(),
                                    members.size(), &slot, &why) < 0)
            return detail::fail<std::uint32_t>(why);
        return slot;
    }

    /* leat_autosave_remove(). With LEAT_AUTOSAVE_ABANDON, a failure says what
     * couldn't be written: the slot is given back all the same. */
    returns<void> remove(std::uint32_t slot, unsigned flags = 0)
    {
        leat_error why;
        return detail::returned<void>(
            leat_autosave_remove(made_, slot, flags, &why), why);
    }

    /* leat_autosave_offer(). As in C, a failure doesn't say that the stream
     * wasn't taken. */
    returns<void> offer(std::uint32_t slot, const any_stream &stream,
                        const_bytes cursor = {}, unsigned flags = 0)
    {
        leat_error why;
        return detail::returned<void>(
            leat_autosave_offer(made_, slot, stream.get(), cursor.data(),
                                cursor.size(), flags, &why),
            why);
    }

    /* leat_autosave_offer_group() */
    returns<void> offer_group(std::uint32_t slot,
                              span<const leat_stream *const> streams,
                              const_bytes cursor = {}, unsigned flags = 0,
                              std::uint64_t *number = nullptr)
    {
        leat_error why;
        return detail::returned<void>(
            leat_autosave_offer_group(made_, slot, streams.data(),
                                      streams.size(), cursor.data(),
                                      cursor.size(), flags, number, &why),
            why);
    }

    /* leat_autosave_durable() */
    returns<std::uint64_t> durable(std::uint32_t slot) const
    {
        leat_error why;
        std::uint64_t position = 0;
        if (leat_autosave_durable(made_, slot, &position, &why) < 0)
            return detail::fail<std::uint64_t>(why);
        return position;
    }

    /* leat_autosave_flush() */
    returns<void> flush()
    {
        leat_error why;
        return detail::returned<void>(leat_autosave_flush(made_, &why), why);
    }

    /* leat_autosave_stop(): returns the store. If it fails, the autosave goes
     * on. */
    returns<store> stop()
    {
        leat_error why;
        if (made_ == nullptr)
            return detail::fail<store>(
                detail::refused(LEAT_E_ARGUMENT, "the autosave is empty"));
        if (leat_autosave_stop(made_, 0, &why) < 0)
            return detail::fail<store>(why);
        made_ = nullptr;
        return std::move(store_);
    }

    /* leat_autosave_stop() with LEAT_AUTOSAVE_ABANDON: stops in any case, and
     * returns the store.
     *
     * why  its code becomes LEAT_OK, or that with which writing failed; may be
     *      NULL */
    store abandon(leat_error *why = nullptr) noexcept
    {
        if (why != nullptr)
            *why = {};
        leat_autosave_stop(std::exchange(made_, nullptr), LEAT_AUTOSAVE_ABANDON,
                           why);
        return std::move(store_);
    }

private:
    leat_autosave *made_ = nullptr;
    store store_;
};

} // namespace with_exceptions or with_results
} // namespace leat

#endif /* LEAT_HPP */
