// Every method of every instruction set this processor has, on random layers, against sums in float64.
//
// Plain C, so that the kernels can be run where Swift is not: under the sanitizers (every buffer has exactly the size the plan asks for)
// and on another processor under emulation. usage: kernels [LAYERS_PER_METHOD]
#include "trial.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// A layer with its plain inputs (channel, z, y, x), affine parameters, weights, bias (of an upsampled layer for each border), and what is
/// added to its output, if anything.
typedef struct {
    ck_convolution c;
    const ck_method *method;
    float *input[2], *scale[2], *shift[2], *weights, *bias, *addend;
} layer;

static int is(const ck_method *method, const char *name) { return strcmp(method->name, name) == 0; }
static int blocks_of(const ck_kernels *t, int channels) { return (channels + t->block - 1) / t->block; }
static int volume(const int size[3]) { return size[0] * size[1] * size[2]; }
static int channels_of(const ck_convolution *c) { return c->source[0].channels + (c->sources > 1 ? c->source[1].channels : 0); }

static int index_of(int index, const int size[3], int axis) {
    for (int a = 2; a > axis; a--) { index /= size[a]; }
    return index % size[axis];
}

/// Each phase of an upsampled layer has a kernel that reads two of three inputs on the axes that are upsampled.
static void clear_vanishing_weights(layer *l) {
    const ck_convolution *c = &l->c;
    const int pairs = channels_of(c) * c->out_channels, taps = volume(c->kernel);
    for (int i = 0; i < volume(c->upsampling) * pairs * taps; i++) {
        for (int a = 0; a < 3; a++) {
            const int phase = index_of(i / (pairs * taps), c->upsampling, a), tap = index_of(i % taps, c->kernel, a);
            if (c->upsampling[a] == 2 && c->kernel[a] == 3 && tap == (phase ? 0 : 2)) { l->weights[i] = 0; }
        }
    }
}

/// The kinds of axes that a kernel size and stride have, 0 for any; counted round and round.
static ck_axis axis_of(int kernel, int stride, int number) {
    ck_axis found[8];
    int count = 0;
    for (int i = 0; ck_axis_at(i); i++) {
        const ck_axis_line *line = ck_axis_at(i);
        if ((kernel == 0 || line->kernel == kernel) && (stride == 0 || line->stride == stride)) { found[count++] = line->axis; }
    }
    return found[number % count];
}

/// Kernel and stride as the axes' kinds have them.
static void set_axes(ck_convolution *c, ck_axis depth, ck_axis plane) {
    c->depth_axis = depth;
    c->plane_axis = plane;
    for (int a = 0; a < 3; a++) {
        c->kernel[a] = ck_axis_kernel(a == 0 ? depth : plane);
        c->stride[a] = ck_axis_stride(a == 0 ? depth : plane);
    }
    c->brick[0] = 1;
}

static layer random_layer(const ck_method *method, int variant) {
    layer l = {.method = method};
    ck_convolution *c = &l.c;
    c->sources = is(method, "direct") || is(method, "winograd") || is(method, "upsampled winograd") ? within(1, 2) : 1;
    for (int s = 0; s < c->sources; s++) { c->source[s].channels = within(1, 37); }
    c->out_channels = within(1, 50);
    for (int a = 0; a < 3; a++) {
        c->in[a] = within(1, 15);
        c->kernel[a] = c->stride[a] = c->upsampling[a] = 1;
        if (is(method, "direct")) { c->kernel[a] = 2 * within(0, 2) + 1, c->stride[a] = within(1, 3); }
        if (is(method, "transposed")) { c->kernel[a] = c->stride[a] = within(1, 3); }
        c->brick[a] = within(1, 6);
    }
    if (is(method, "winograd")) {
        set_axes(c, axis_of(0, 0, variant), axis_of(3, 0, variant / 4));
        c->sharing = within(0, 1) ? ck_shared : ck_private;
        c->transforms_weights = c->sharing == ck_shared && within(0, 1);
    } else if (is(method, "upsampled winograd")) {
        set_axes(c, axis_of(0, 1, variant), axis_of(3, 1, variant / 3));
        c->upsampling[0] = within(1, 2);
        c->upsampling[1] = c->upsampling[2] = within(1, 2);
    } else if (is(method, "head")) {
        c->plain_output = 1;
        c->out_channels = within(1, 7);
    } else if (is(method, "direct") && variant % 3 == 1) {
        c->plain_input = 1;
        c->sources = 1;
        c->source[0].channels = within(1, 4);
    } else if (is(method, "direct") && variant % 3 == 2) {
        c->plain_output = 1;
        for (int a = 0; a < 3; a++) { c->kernel[a] = c->stride[a] = 1; }
    }
    if (is(method, "transposed") || (is(method, "direct") && !c->plain_input)) { c->sharing = within(0, 1) ? ck_shared : ck_private; }
    for (int a = 0; a < 3; a++) { c->out[a] = is(method, "transposed") ? c->in[a] * c->stride[a] : (c->in[a] - 1) / c->stride[a] + 1; }
    for (int a = 0; a < 3; a++) { c->out[a] *= c->upsampling[a]; }
    c->store_slope = is(method, "direct") && !c->plain_output && within(0, 1) ? 0.1f : 1;
    c->items_ahead = within(0, 3);
    c->streams_output = within(0, 1);
    for (int s = 0; s < c->sources; s++) {
        l.input[s] = random_floats((size_t)c->source[s].channels * volume(c->in));
        l.scale[s] = random_floats(c->source[s].channels);
        l.shift[s] = random_floats(c->source[s].channels);
        c->source[s].slope = 0.2f;
    }
    l.weights = random_floats((size_t)channels_of(c) * c->out_channels * volume(c->kernel) * volume(c->upsampling));
    l.bias = random_floats((size_t)c->out_channels * (is(method, "upsampled winograd") ? 64 : 1));
    if (is(method, "upsampled winograd")) { clear_vanishing_weights(&l); }
    if (is(method, "winograd") && within(0, 1)) { l.addend = random_floats((size_t)c->out_channels * volume(c->out)); }
    return l;
}

static double input_value(const layer *l, int channel, int index) {
    int s = 0;
    if (channel >= l->c.source[0].channels) { channel -= l->c.source[0].channels, s = 1; }
    const double x = l->input[s][(size_t)channel * volume(l->c.in) + index];
    if (l->c.plain_input) { return x; }
    const double y = x * l->scale[s][channel] + l->shift[s][channel];
    return fmax(y, y * l->c.source[s].slope);
}

static double expected(const layer *l, int out, const int at[3]) {
    const ck_convolution *c = &l->c;
    const int channels = channels_of(c), taps = volume(c->kernel);
    double sum = l->bias[out];
    int phase = 0;
    if (is(l->method, "upsampled winograd")) {
        int border = 0;
        for (int a = 0; a < 3; a++) {
            border = border * 4 + (at[a] == 0) + 2 * (at[a] == c->out[a] - 1);
            phase = phase * c->upsampling[a] + at[a] % c->upsampling[a];
        }
        sum = l->bias[border * c->out_channels + out];
    }
    if (l->addend) { sum += l->addend[((size_t)out * c->out[0] + at[0]) * c->out[1] * c->out[2] + at[1] * c->out[2] + at[2]]; }
    for (int t = 0; t < taps; t++) {
        const int tap[3] = {t / (c->kernel[1] * c->kernel[2]), t / c->kernel[2] % c->kernel[1], t % c->kernel[2]};
        int from[3], inside = 1;
        for (int a = 0; a < 3; a++) {
            if (is(l->method, "transposed")) {
                from[a] = at[a] / c->stride[a];
                inside &= at[a] % c->stride[a] == tap[a];
            } else {
                from[a] = at[a] / c->upsampling[a] * c->stride[a] + tap[a] - (c->kernel[a] - 1) / 2;
                inside &= from[a] >= 0 && from[a] < c->in[a];
            }
        }
        if (!inside) { continue; }
        for (int i = 0; i < channels; i++) {
            const size_t pair = is(l->method, "transposed") ? (size_t)i * c->out_channels + out : ((size_t)phase * c->out_channels + out) * channels + i;
            sum += l->weights[pair * taps + t] * input_value(l, i, (from[0] * c->in[1] + from[1]) * c->in[2] + from[2]);
        }
    }
    return fmax(sum, sum * c->store_slope);
}

/// The Winograd weights of one panel of one phase: the transform as a plain product.
static void pack_winograd(const ck_kernels *t, const layer *l, int phase, float *packed, int panel) {
    const ck_convolution *c = &l->c;
    const float *weights = l->weights + (size_t)phase * channels_of(c) * c->out_channels * volume(c->kernel);
    double *matrix = memory(216 * 27 * sizeof(double));
    const int frequencies = ck_winograd_transform(c, matrix), taps = volume(c->kernel);
    const int rows = ck_winograd_rows(t, c), columns = rows * ck_panel_lanes(t, c, panel);
    double *gathered = memory(sizeof(double) * taps * columns), *transformed = memory(sizeof(double) * frequencies * columns);
    const ck_panel_rows all = {phase, panel, 0, rows};
    ck_gather_winograd(t, c, all, weights, gathered);
    for (int f = 0; f < frequencies; f++) {
        for (int tap = 0; tap < taps; tap++) {
            for (int i = 0; i < columns; i++) { transformed[(size_t)f * columns + i] += matrix[f * taps + tap] * gathered[(size_t)tap * columns + i]; }
        }
    }
    if (is(l->method, "upsampled winograd")) {
        ck_scatter_upsampled(t, c, all, transformed, packed);
    } else {
        ck_scatter_winograd(t, c, all, transformed, packed);
    }
    free(matrix), free(gathered), free(transformed);
}

static void pack(const ck_kernels *t, const layer *l, float *packed) {
    const ck_convolution *c = &l->c;
    if (is(l->method, "head")) {
        ck_pack_head(t, c, l->weights, packed);
        return;
    }
    for (int panel = 0; panel < ck_panels(t, c); panel++) {
        if (is(l->method, "transposed")) {
            ck_pack_transposed(t, c, l->weights, packed, panel);
        } else if (is(l->method, "direct")) {
            ck_pack_direct(t, c, l->weights, packed, panel);
        } else if (c->transforms_weights) {
            ck_pack_rows(t, c, l->weights, packed, panel);
        } else {
            for (int phase = 0; phase < volume(c->upsampling); phase++) { pack_winograd(t, l, phase, packed, panel); }
        }
    }
}

/// Channels in blocks, padded with zeros, planes at their places.
static float *in_blocks(const ck_kernels *t, const float *plain, int channels, const int size[3], int planes, int origin) {
    const int plane = size[1] * size[2];
    float *blocked = memory(sizeof(float) * blocks_of(t, channels) * t->block * planes * plane);
    for (int k = 0; k < channels; k++) {
        for (int p = 0; p < volume(size); p++) {
            const size_t at = ((size_t)(k / t->block) * planes + (p / plane + origin) % planes) * plane + p % plane;
            blocked[at * t->block + k % t->block] = plain[(size_t)k * volume(size) + p];
        }
    }
    return blocked;
}

/// The largest error of one layer in units of its largest output.
static double error_of(const ck_kernels *t, layer *l) {
    ck_convolution c = l->c;
    const int lanes = blocks_of(t, c.out_channels) * t->block, positions = volume(c.out), plane = c.out[1] * c.out[2];
    c.rows = within(1, t->rows);
    float *allocated[16];
    int count = 0;
    for (int s = 0; s < c.sources; s++) {
        ck_source *source = &c.source[s];
        if (c.plain_input) {
            source->data = l->input[s];
            continue;
        }
        source->planes = c.in[0] + within(0, 2);
        source->origin = within(0, source->planes - 1);
        source->data = allocated[count++] = in_blocks(t, l->input[s], source->channels, c.in, source->planes, source->origin);
        const int padded = blocks_of(t, source->channels) * t->block;
        float *scale = memory(sizeof(float) * padded), *shift = memory(sizeof(float) * padded);
        memcpy(scale, l->scale[s], sizeof(float) * source->channels);
        memcpy(shift, l->shift[s], sizeof(float) * source->channels);
        source->scale = allocated[count++] = scale;
        source->shift = allocated[count++] = shift;
    }
    c.out_planes = c.out[0] + within(0, 2);
    c.out_origin = within(0, c.out_planes - 1);
    const int biases = is(l->method, "upsampled winograd") ? 64 : 1;
    float *bias = memory(sizeof(float) * lanes * biases);
    for (int i = 0; i < biases; i++) { memcpy(bias + i * lanes, l->bias + i * c.out_channels, sizeof(float) * c.out_channels); }
    c.bias = allocated[count++] = bias;
    float *output = allocated[count++] = memory(sizeof(float) * (c.plain_output ? (size_t)c.out_channels * positions : (size_t)lanes * c.out_planes * plane));
    if (c.plain_output) {
        c.sink = (ck_sink){.data = output, .channel_stride = positions, .stride = {plane, c.out[2], 1}, .last = {c.out[0], c.out[1], c.out[2]}};
    } else if (is(l->method, "upsampled winograd")) {
        c.out_planes = c.out[0], c.out_origin = 0;
        c.sums = (ck_sums){.data = output, .planes = c.out[0], .rows = c.out[1]};
    } else {
        c.output = output;
    }
    if (l->addend) {
        float *addend = allocated[count++] = in_blocks(t, l->addend, c.out_channels, c.out, c.out[0], 0);
        c.sums = (ck_sums){.data = addend, .planes = c.out[0], .rows = c.out[1]};
    }
    const ck_work work = l->method->work(&c);
    float *packed = allocated[count++] = memory(sizeof(float) * work.weight_count);
    pack(t, l, packed);
    c.weights = packed;
    c.shared_input = allocated[count++] = memory(sizeof(float) * work.shared_input_count);
    c.shared_output = allocated[count++] = memory(sizeof(float) * work.shared_output_count);
    double *statistics = memory(sizeof(double) * 3 * work.statistics_items * c.out_channels);
    if (work.statistics_items > 0 && !c.plain_output && !is(l->method, "upsampled winograd")) { c.statistics = statistics; }
    for (int round = 0; round < work.rounds; round++) {
        for (int item = work.round[round].items - 1; item >= 0; item--) {
            float *scratch = memory(work.round[round].scratch_bytes);
            memset(scratch, 0xff, work.round[round].scratch_bytes);
            l->method->item(&c, round, item, scratch);
            free(scratch);
        }
    }
    if (c.statistics) {
        float *scale = memory(sizeof(float) * lanes), *shift = memory(sizeof(float) * lanes);
        ck_finish_statistics(&(ck_normalization){
            .statistics = statistics, .items = work.statistics_items, .channels = c.out_channels, .epsilon = 1e-5, .scale = scale,
            .shift = shift, .padded = lanes});
        free(scale), free(shift);
    }
    double largest = 0, error = 0;
    for (int k = 0; k < c.out_channels; k++) {
        for (int p = 0; p < positions; p++) {
            const int at[3] = {p / plane, p / c.out[2] % c.out[1], p % c.out[2]};
            const size_t place = ((size_t)(k / t->block) * c.out_planes + (at[0] + c.out_origin) % c.out_planes) * plane + p % plane;
            const double wanted = expected(l, k, at);
            const double found = c.plain_output ? output[(size_t)k * positions + p] : output[place * t->block + k % t->block];
            largest = fmax(largest, fabs(wanted));
            error = isnan(found) ? INFINITY : fmax(error, fabs(found - wanted));
        }
    }
    while (count > 0) { free(allocated[--count]); }
    free(statistics);
    return error / fmax(largest, 1e-30);
}

int main(int argc, char **argv) {
    const int layers = argc > 1 ? atoi(argv[1]) : 60;
    const double limit = 5e-6;
    int failures = 0;
    for (int index = 0; ck_kernels_at(index); index++) {
        const ck_kernels *t = ck_kernels_at(index);
        for (const ck_method *m = t->methods; m->name; m++) {
            double worst = 0;
            for (int i = 0; i < layers; i++) {
                layer l = random_layer(m, i);
                worst = fmax(worst, error_of(t, &l));
                for (int s = 0; s < l.c.sources; s++) { free(l.input[s]), free(l.scale[s]), free(l.shift[s]); }
                free(l.weights), free(l.bias), free(l.addend);
            }
            failures += !(worst <= limit);
            printf("%-9s %-18s %d layers, largest error %.1e of the largest output%s\n", t->name, m->name, layers, worst, worst <= limit ? "" : ": TOO LARGE");
        }
    }
    for (int index = 0; ck_kernels_at(index); index++) { failures += mamba_failures(ck_kernels_at(index), layers); }
    return failures > 0;
}
