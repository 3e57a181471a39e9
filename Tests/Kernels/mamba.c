// A Mamba layer's kernels, each against float64.
#include "trial.h"
#include <math.h>
#include <stdio.h>

enum { STATES = CK_MAMBA_STATES, TAPS = CK_MAMBA_TAPS };

/// A layer with what its kernels read and write; `rows` are lanes.
typedef struct {
    ck_mamba m;
    int tokens, width_lanes, inner_lanes, channels;
    float *data, *output;
} trial;

static int lanes_of(const ck_kernels *t, int count) { return (count + t->block - 1) / t->block * t->block; }

/// `count` random floats and zeros up to `lanes`.
static float *padded(int count, int lanes) {
    float *p = memory(sizeof(float) * lanes);
    for (int i = 0; i < count; i++) { p[i] = value(); }
    return p;
}

static float *padded_rows(int rows, int count, int lanes) {
    float *p = memory(sizeof(float) * rows * lanes);
    for (int i = 0; i < rows * lanes; i++) { p[i] = i % lanes < count ? value() : 0; }
    return p;
}

static trial random_trial(const ck_kernels *t, int number) {
    trial r = {.channels = within(1, 40)};
    const int positions = within(2, 60);
    r.m.positions = positions;
    r.m.by_channel = number % 2;
    r.m.width = r.m.by_channel ? positions : r.channels;
    r.tokens = r.m.by_channel ? r.channels : positions;
    r.m.inner = 2 * r.m.width;
    r.m.epsilon = 1e-5f;
    r.width_lanes = lanes_of(t, r.m.width);
    r.inner_lanes = lanes_of(t, r.m.inner);
    const int lanes = lanes_of(t, r.channels);
    r.data = memory(sizeof(float) * lanes * positions);
    for (int i = 0; i < lanes * positions; i++) { r.data[i] = i / (t->block * positions) * t->block + i % t->block < r.channels ? value() : 0; }
    r.output = memory(sizeof(float) * lanes * positions);
    memset(r.output, 0xff, sizeof(float) * lanes * positions);
    r.m.source = (ck_source){.data = r.data, .channels = r.channels, .planes = 1, .slope = 1};
    if (number % 4 > 1) {
        r.m.source.scale = padded(r.channels, lanes), r.m.source.shift = padded(r.channels, lanes);
        r.m.source.slope = 0.01f;
    }
    r.m.output = r.output;
    r.m.norm_weight = padded(r.m.width, r.width_lanes), r.m.norm_bias = padded(r.m.width, r.width_lanes);
    r.m.convolution = padded_rows(TAPS, r.m.inner, r.inner_lanes), r.m.convolution_bias = padded(r.m.inner, r.inner_lanes);
    r.m.step_bias = padded(r.m.inner, r.inner_lanes), r.m.skip = padded(r.m.inner, r.inner_lanes);
    float *rates = memory(sizeof(float) * STATES * r.inner_lanes);
    for (int i = 0; i < STATES * r.inner_lanes; i++) { rates[i] = -20 * fabsf(value()); }
    r.m.rates = rates;
    return r;
}

static void release(trial *r) {
    const ck_mamba *m = &r->m;
    const float *all[] = {m->source.scale, m->source.shift, m->norm_weight, m->norm_bias, m->convolution, m->convolution_bias, m->step_bias,
                          m->skip, m->rates, r->data, r->output};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) { free((void *)all[i]); }
}

static double siLU(double x) { return x / (1 + exp(-x)); }

/// The largest of `error` and what a value is off by, in units of the larger of 1 and itself.
static double worse(double error, float found, double wanted) {
    return isnan(found) ? INFINITY : fmax(error, fabs(found - wanted) / fmax(1, fabs(wanted)));
}

static double token_value(const ck_kernels *t, const trial *r, int token, int i) {
    const int channel = r->m.by_channel ? token : i, position = r->m.by_channel ? i : token;
    const double x = r->data[((size_t)(channel / t->block) * r->m.positions + position) * t->block + channel % t->block];
    if (!r->m.source.scale) { return x; }
    const double y = x * r->m.source.scale[channel] + r->m.source.shift[channel];
    return fmax(y, y * r->m.source.slope);
}

/// Tokens and back: their normalisation, and each value's place in the output.
static double tokens_error(const ck_kernels *t, trial *r) {
    const int width = r->m.width, first = within(0, r->tokens - 1), count = r->tokens - first;
    float *rows = memory(sizeof(float) * count * r->width_lanes);
    memset(rows, 0xff, sizeof(float) * count * r->width_lanes);
    t->mamba_tokens(&r->m, first, count, rows);
    double error = 0;
    for (int token = 0; token < count; token++) {
        double mean = 0, squares = 0;
        for (int i = 0; i < width; i++) { mean += token_value(t, r, first + token, i) / width; }
        for (int i = 0; i < width; i++) { squares += pow(token_value(t, r, first + token, i) - mean, 2) / width; }
        for (int i = 0; i < r->width_lanes; i++) {
            const float found = rows[token * r->width_lanes + i];
            if (i >= width) {
                error = worse(error, found, 0);
            } else if (squares > 1e-3) {  // beside epsilon, rounding shows
                const double normal = (token_value(t, r, first + token, i) - mean) / sqrt(squares + r->m.epsilon);
                error = worse(error, found, normal * r->m.norm_weight[i] + r->m.norm_bias[i]);
            }
        }
    }
    free(rows);
    float *all = padded_rows(r->tokens, width, r->width_lanes);
    t->mamba_store(&r->m, 0, r->tokens, all);
    for (int channel = 0; channel < lanes_of(t, r->channels); channel++) {
        for (int p = 0; p < (int)r->m.positions; p++) {
            const int token = r->m.by_channel ? channel : p, i = r->m.by_channel ? p : channel;
            const double wanted = channel < r->channels ? all[token * r->width_lanes + i] : 0;
            error = worse(error, r->output[((size_t)(channel / t->block) * r->m.positions + p) * t->block + channel % t->block], wanted);
        }
    }
    free(all);
    return error;
}

static double convolution_error(const ck_kernels *t, trial *r) {
    const int lanes = r->inner_lanes;
    float *from = padded_rows(r->tokens + TAPS - 1, r->m.inner, lanes), *to = memory(sizeof(float) * r->tokens * lanes);
    t->mamba_convolve(&r->m, r->tokens, from, to);
    double error = 0;
    for (int i = 0; i < r->tokens * lanes; i++) {
        double sum = r->m.convolution_bias[i % lanes];
        for (int tap = 0; tap < TAPS; tap++) { sum += (double)r->m.convolution[tap * lanes + i % lanes] * from[tap * lanes + i]; }
        error = worse(error, to[i], siLU(sum));
    }
    free(from), free(to);
    return error;
}

/// Relative, for small steps count as well.
static double steps_error(const ck_kernels *t, trial *r) {
    const int count = r->tokens * r->inner_lanes;
    float *steps = memory(sizeof(float) * count), *given = memory(sizeof(float) * count);
    for (int i = 0; i < count; i++) { given[i] = steps[i] = value() * (i % 3 ? 4.0f : 60.0f); }
    t->mamba_steps(&r->m, r->tokens, steps);
    double error = 0;
    for (int i = 0; i < count; i++) {
        const double x = (float)(given[i] + r->m.step_bias[i % r->inner_lanes]), wanted = x > 20 ? x : log1p(exp(x));
        // e^x has the rounding of x in it.
        error = fmax(error, isnan(steps[i]) ? INFINITY : fabs(steps[i] / wanted - 1) / fmax(1, fabs(x)));
    }
    free(steps), free(given);
    return error;
}

/// In two chunks, so that the state is carried on.
static double scan_error(const ck_kernels *t, trial *r) {
    const int lanes = r->inner_lanes, count = r->tokens * lanes, mix = 2 * STATES + t->block, half = r->tokens / 2;
    float *steps = random_floats(count), *values = random_floats(count), *gates = random_floats(count);
    float *mixes = random_floats((size_t)r->tokens * mix), *state = memory(sizeof(float) * lanes * STATES);
    float *given = memory(sizeof(float) * count);
    for (int i = 0; i < count; i++) { steps[i] = fabsf(steps[i]) * (i % 5 ? 1 : 20); }
    memcpy(given, values, sizeof(float) * count);
    for (int chunk = 0; chunk < 2; chunk++) {
        const int first = chunk ? half : 0, tokens = chunk ? r->tokens - half : half;
        const ck_mamba_chunk c = {
            .steps = steps + first * lanes, .gates = gates + first * lanes, .mixes = mixes + first * mix, .mix_stride = mix,
            .values = values + first * lanes, .state = state};
        for (int block = 0; block < lanes / t->block; block++) { t->mamba_scan(&r->m, block, tokens, &c); }
    }
    double error = 0;
    for (int channel = 0; channel < lanes; channel++) {
        double s[STATES] = {0};
        for (int token = 0; token < r->tokens; token++) {
            const int i = token * lanes + channel;
            double y = (double)r->m.skip[channel] * given[i];
            for (int n = 0; n < STATES; n++) {
                const float rate = r->m.rates[(channel / t->block * STATES + n) * t->block + channel % t->block];
                s[n] = exp2((double)steps[i] * rate) * s[n] + (double)steps[i] * given[i] * mixes[token * mix + n];
                y += mixes[token * mix + STATES + n] * s[n];
            }
            error = worse(error, values[i], y * siLU(gates[i]));
        }
    }
    free(steps), free(values), free(gates), free(mixes), free(state), free(given);
    return error;
}

int mamba_failures(const ck_kernels *t, int layers) {
    static const struct {
        const char *name;
        double (*error)(const ck_kernels *, trial *);
    } steps[] = {{"mamba tokens", tokens_error}, {"mamba convolution", convolution_error}, {"mamba steps", steps_error}, {"mamba scan", scan_error}};
    int failures = 0;
    for (size_t step = 0; step < sizeof steps / sizeof *steps; step++) {
        double worst = 0;
        for (int i = 0; i < layers; i++) {
            trial r = random_trial(t, i);
            worst = fmax(worst, steps[step].error(t, &r));
            release(&r);
        }
        failures += !(worst <= 5e-6);
        printf("%-9s %-18s %d layers, largest error %.1e%s\n", t->name, steps[step].name, layers, worst, worst <= 5e-6 ? "" : ": TOO LARGE");
    }
    return failures;
}
