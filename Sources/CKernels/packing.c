// Weights in the order the kernels read them. Runs once per model; plain C.
#include "CKernels.h"
#include <math.h>
#include <string.h>

static int blocks_of(int channels, int block) { return (channels + block - 1) / block; }

int ck_panels(const ck_kernels *t, const ck_convolution *c) {
    return blocks_of(blocks_of(c->out_channels, t->block), t->panel);
}

/// Steps through the input channels in the order of the blocks: `raw` is -1 for the padding that rounds a block up to 4.
typedef struct {
    int source, block, k, depth, base;
} input_walk;

static int walk_depth(const ck_kernels *t, const ck_convolution *c, const input_walk *w) {
    const int left = c->source[w->source].channels - w->block * t->block;
    return ((left < t->block ? left : t->block) + 3) & ~3;
}

static int walk_raw(const ck_kernels *t, const ck_convolution *c, const input_walk *w) {
    const int channel = w->block * t->block + w->k;
    return channel < c->source[w->source].channels ? w->base + channel : -1;
}

/// The next block; 0 past the last.
static int walk_next_block(const ck_kernels *t, const ck_convolution *c, input_walk *w) {
    w->k = 0;
    if (++w->block == blocks_of(c->source[w->source].channels, t->block)) {
        w->base += c->source[w->source].channels;
        w->block = 0;
        w->source++;
    }
    return w->source < c->sources;
}

static int input_count(const ck_convolution *c) {
    int count = 0;
    for (int s = 0; s < c->sources; s++) { count += c->source[s].channels; }
    return count;
}

/// The k of all blocks together.
static size_t depth_count(const ck_kernels *t, const ck_convolution *c) {
    if (c->plain_input) { return (size_t)c->source[0].channels; }
    size_t count = 0;
    input_walk w = {0};
    do { count += (size_t)walk_depth(t, c, &w); } while (walk_next_block(t, c, &w));
    return count;
}

/// The first output channel of a panel and how many lanes it has.
static int panel_lanes(const ck_kernels *t, const ck_convolution *c, int panel, int *first) {
    const int blocks = blocks_of(c->out_channels, t->block) - panel * t->panel;
    *first = panel * t->panel * t->block;
    return (blocks < t->panel ? blocks : t->panel) * t->block;
}

static size_t tap_count(const ck_convolution *c) { return (size_t)c->kernel[0] * c->kernel[1] * c->kernel[2]; }

void ck_pack_direct(const ck_kernels *t, const ck_convolution *c, const float *weights, float *packed, int item) {
    const size_t taps = tap_count(c), inputs = (size_t)input_count(c);
    int first;
    const int lanes = panel_lanes(t, c, item, &first);
    packed += depth_count(t, c) * taps * (size_t)first;
    if (c->plain_input) {
        for (size_t i = 0; i < inputs * taps; i++) {
            for (int l = 0; l < lanes; l++, packed++) {
                *packed = first + l < c->out_channels ? weights[(size_t)(first + l) * inputs * taps + i] : 0;
            }
        }
        return;
    }
    input_walk w = {0};
    do {
        const int depth = walk_depth(t, c, &w);
        for (size_t tap = 0; tap < taps; tap++) {
            for (w.k = 0; w.k < depth; w.k++) {
                const int raw = walk_raw(t, c, &w);
                for (int l = 0; l < lanes; l++, packed++) {
                    const int known = raw >= 0 && first + l < c->out_channels;
                    *packed = known ? weights[((size_t)(first + l) * inputs + (size_t)raw) * taps + tap] : 0;
                }
            }
        }
    } while (walk_next_block(t, c, &w));
}

void ck_pack_rows(const ck_kernels *t, const ck_convolution *c, const float *weights, float *packed, int item) {
    const size_t taps = tap_count(c), inputs = (size_t)input_count(c);
    int first;
    const int lanes = panel_lanes(t, c, item, &first);
    packed += depth_count(t, c) * taps * (size_t)first;
    input_walk w = {0};
    do {
        const int depth = walk_depth(t, c, &w);
        for (w.k = 0; w.k < depth; w.k++, packed += taps * (size_t)lanes) {
            const int raw = walk_raw(t, c, &w);
            for (int l = 0; l < lanes; l++) {
                const int known = raw >= 0 && first + l < c->out_channels;
                const float *from = known ? weights + ((size_t)(first + l) * inputs + (size_t)raw) * taps : NULL;
                for (size_t tap = 0; tap < taps; tap++) { packed[tap * (size_t)lanes + (size_t)l] = known ? from[tap] : 0; }
            }
        }
    } while (walk_next_block(t, c, &w));
}

void ck_pack_head(const ck_kernels *t, const ck_convolution *c, const float *weights, float *packed) {
    for (int out = 0; out < c->out_channels; out++) {
        for (int s = 0; s < c->sources; s++) {
            const int channels = c->source[s].channels, lanes = blocks_of(channels, t->block) * t->block;
            for (int l = 0; l < lanes; l++) { *packed++ = l < channels ? *weights++ : 0; }
        }
    }
}

void ck_pack_transposed(const ck_kernels *t, const ck_convolution *c, const float *weights, float *packed, int item) {
    const size_t taps = tap_count(c);
    int first;
    const int lanes = panel_lanes(t, c, item, &first);
    packed += depth_count(t, c) * taps * (size_t)first;
    for (size_t tap = 0; tap < taps; tap++) {
        input_walk w = {0};
        do {
            const int depth = walk_depth(t, c, &w);
            for (w.k = 0; w.k < depth; w.k++) {
                const int raw = walk_raw(t, c, &w);
                for (int l = 0; l < lanes; l++, packed++) {
                    const int known = raw >= 0 && first + l < c->out_channels;
                    *packed = known ? weights[((size_t)raw * (size_t)c->out_channels + (size_t)(first + l)) * taps + tap] : 0;
                }
            }
        } while (walk_next_block(t, c, &w));
    }
}

// MARK: Winograd

/// Rows: the weight transform of one axis, three weights to each frequency that has its own; the points' products are divided out here.
static int weight_transform(int kind, double g[6][3]) {
    if (kind == 1) {
        g[0][0] = 1, g[0][1] = 0, g[0][2] = 0;
        return 1;
    }
    const double a = sqrt(0.5), b = sqrt(2.0);
    const double points4[5] = {0, a, -a, b, -b}, scales4[5] = {1, -1.5, -1.5, 6, 6};
    const double rows2[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
    if (kind == 2) {
        memcpy(g, rows2, sizeof rows2);
        return 4;
    }
    if (kind == 8) {
        const double points8[4] = {a, -a, b, -b}, scales8[4] = {-3 * a, 3 * a, 3 * b, -3 * b};
        for (int i = 0; i < 4; i++) { g[i][0] = 1 / scales8[i], g[i][1] = 0, g[i][2] = points8[i] / scales8[i]; }
        g[4][0] = 0, g[4][1] = 0, g[4][2] = 1;
        g[5][0] = 0, g[5][1] = 1.0 / 3, g[5][2] = 0;
        return 6;
    }
    for (int i = 0; i < 5; i++) {
        for (int j = 0; j < 3; j++) { g[i][j] = pow(points4[i], j) / scales4[i]; }
    }
    g[5][0] = 0, g[5][1] = 0, g[5][2] = 1;
    return 6;
}

void ck_winograd_row(int kind, int frequency, float row[3]) {
    double g[6][3];
    weight_transform(kind, g);
    for (int j = 0; j < 3; j++) { row[j] = (float)g[frequency][j]; }
}

int ck_winograd_transform(const ck_convolution *c, double *matrix) {
    double depth[6][3], plane[6][3];
    const int nd = weight_transform(c->tile_depth, depth), np = weight_transform(c->tile_plane, plane), kd = c->kernel[0];
    for (int f = 0; f < nd * np * np; f++) {
        for (int tap = 0; tap < kd * 9; tap++) {
            *matrix++ = depth[f / (np * np)][tap / 9] * plane[f / np % np][tap / 3 % 3] * plane[f % np][tap % 3];
        }
    }
    return nd * np * np;
}

int ck_winograd_rows(const ck_kernels *t, const ck_convolution *c) { return (int)depth_count(t, c); }

int ck_panel_lanes(const ck_kernels *t, const ck_convolution *c, int item) {
    int first;
    return panel_lanes(t, c, item, &first);
}

void ck_gather_winograd(
    const ck_kernels *t, const ck_convolution *c, const float *weights, int item, int first_row, int rows, double *gathered
) {
    const size_t taps = tap_count(c), inputs = (size_t)input_count(c);
    int first;
    const int lanes = panel_lanes(t, c, item, &first);
    const size_t columns = (size_t)rows * (size_t)lanes;
    int row = 0;
    input_walk w = {0};
    do {
        const int depth = walk_depth(t, c, &w);
        for (w.k = 0; w.k < depth; w.k++, row++) {
            if (row < first_row || row >= first_row + rows) { continue; }
            const int raw = walk_raw(t, c, &w);
            for (int l = 0; l < lanes; l++) {
                const int known = raw >= 0 && first + l < c->out_channels;
                const float *from = known ? weights + ((size_t)(first + l) * inputs + (size_t)raw) * taps : NULL;
                double *to = gathered + (size_t)(row - first_row) * (size_t)lanes + (size_t)l;
                for (size_t tap = 0; tap < taps; tap++) { to[tap * columns] = known ? from[tap] : 0; }
            }
        }
    } while (walk_next_block(t, c, &w));
}

void ck_scatter_winograd(
    const ck_kernels *t, const ck_convolution *c, const double *transformed, int item, int first_row, int rows, int frequencies,
    float *packed
) {
    const int planes = c->tile_plane == 2 ? 16 : 36, out_lanes = blocks_of(c->out_channels, t->block) * t->block;
    const size_t k = depth_count(t, c);
    int first;
    const int lanes = panel_lanes(t, c, item, &first);
    const size_t columns = (size_t)rows * (size_t)lanes;
    for (int f = 0; f < frequencies; f++) {
        const size_t depth = (size_t)(f / planes), plane = (size_t)(f % planes);
        float *to = packed + (depth * (size_t)out_lanes + (size_t)first) * (size_t)planes * k;
        to += (plane * k + (size_t)first_row) * (size_t)lanes;
        for (size_t i = 0; i < columns; i++) { to[i] = (float)transformed[(size_t)f * columns + i]; }
    }
}

int ck_upsampled_place(const ck_convolution *c, int depth, int phase) {
    double g[6][3];
    const int phases = c->upsampling[0] * c->upsampling[1] * c->upsampling[2], last = weight_transform(c->tile_depth, g) - 1;
    const int missing = c->upsampling[0] == 2 && c->tile_depth > 1 ? phases / 2 : 0;
    return depth * phases + phase - (depth > 0 ? missing : 0) - (depth > 0 && depth == last ? missing : 0);
}

void ck_scatter_upsampled(
    const ck_kernels *t, const ck_convolution *c, const double *transformed, int phase, int item, int first_row, int rows, float *packed
) {
    const int kinds[3] = {c->tile_depth, c->tile_plane, c->tile_plane};
    const int at[3] = {phase / (c->upsampling[1] * c->upsampling[2]), phase / c->upsampling[2] % c->upsampling[1], phase % c->upsampling[2]};
    int all[3], from[3], count[3];
    for (int a = 0; a < 3; a++) {
        double g[6][3];
        const int phases = c->upsampling[a] == 2 && kinds[a] > 1;
        all[a] = weight_transform(kinds[a], g);
        from[a] = phases ? at[a] : 0;
        count[a] = all[a] - phases;
    }
    int first;
    const int lanes = panel_lanes(t, c, item, &first);
    const size_t out_lanes = (size_t)(blocks_of(c->out_channels, t->block) * t->block), k = depth_count(t, c);
    const size_t plane = (size_t)count[1] * (size_t)count[2] * k, columns = (size_t)rows * (size_t)lanes;
    for (int z = from[0]; z < from[0] + count[0]; z++) {
        float *to = packed + plane * ((size_t)ck_upsampled_place(c, z, phase) * out_lanes + (size_t)first) + (size_t)first_row * (size_t)lanes;
        for (int y = from[1]; y < from[1] + count[1]; y++) {
            for (int x = from[2]; x < from[2] + count[2]; x++, to += k * (size_t)lanes) {
                const double *values = transformed + (size_t)((z * all[1] + y) * all[2] + x) * columns;
                for (size_t i = 0; i < columns; i++) { to[i] = (float)values[i]; }
            }
        }
    }
}
