// Weights in the order the kernels read them. Runs once per model; plain C.
#include "checks.h"
#include <math.h>
#include <string.h>

static int blocks_of(int channels, int block) { return (channels + block - 1) / block; }

int ck_panels(const ck_kernels *t, const ck_convolution *c) {
    assert(t != NULL && ck_is_shaped(c));
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

void ck_pack_direct(const ck_kernels *t, const ck_convolution *c, const float *weights, float *packed, int panel) {
    assert(ck_can_pack(t, c, weights, packed) && panel >= 0 && panel < ck_panels(t, c));
    const size_t taps = tap_count(c), inputs = (size_t)input_count(c);
    int first;
    const int lanes = panel_lanes(t, c, panel, &first);
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

void ck_pack_rows(const ck_kernels *t, const ck_convolution *c, const float *weights, float *packed, int panel) {
    assert(ck_can_pack(t, c, weights, packed) && panel >= 0 && panel < ck_panels(t, c));
    const size_t taps = tap_count(c), inputs = (size_t)input_count(c);
    int first;
    const int lanes = panel_lanes(t, c, panel, &first);
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
    assert(ck_can_pack(t, c, weights, packed) && tap_count(c) == 1);
    for (int out = 0; out < c->out_channels; out++) {
        for (int s = 0; s < c->sources; s++) {
            const int channels = c->source[s].channels, lanes = blocks_of(channels, t->block) * t->block;
            for (int l = 0; l < lanes; l++) { *packed++ = l < channels ? *weights++ : 0; }
        }
    }
}

void ck_pack_transposed(const ck_kernels *t, const ck_convolution *c, const float *weights, float *packed, int panel) {
    assert(ck_can_pack(t, c, weights, packed) && panel >= 0 && panel < ck_panels(t, c));
    const size_t taps = tap_count(c);
    int first;
    const int lanes = panel_lanes(t, c, panel, &first);
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

enum {
    /// The most sets of weights of an axis.
    most_sets = 6
};

/// The weight transform of one axis, one line for each kind: three weights to each of its sets. The points' products are divided out here.
typedef double weight_rows[most_sets][3];

static void weight_rows_one(weight_rows g) { g[0][0] = 1, g[0][1] = 0, g[0][2] = 0; }

static void weight_rows_two(weight_rows g) {
    const double rows[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
    memcpy(g, rows, sizeof rows);
}

static void weight_rows_four(weight_rows g) {
    const double a = sqrt(0.5), b = sqrt(2.0), points[5] = {0, a, -a, b, -b}, scales[5] = {1, -1.5, -1.5, 6, 6};
    for (int i = 0; i < 5; i++) {
        for (int j = 0; j < 3; j++) { g[i][j] = pow(points[i], j) / scales[i]; }
    }
    g[5][0] = 0, g[5][1] = 0, g[5][2] = 1;
}

static void weight_rows_strided(weight_rows g) {
    const double a = sqrt(0.5), b = sqrt(2.0), points[4] = {a, -a, b, -b}, scales[4] = {-3 * a, 3 * a, 3 * b, -3 * b};
    for (int i = 0; i < 4; i++) { g[i][0] = 1 / scales[i], g[i][1] = 0, g[i][2] = points[i] / scales[i]; }
    g[4][0] = 0, g[4][1] = 0, g[4][2] = 1;
    g[5][0] = 0, g[5][1] = 1.0 / 3, g[5][2] = 0;
}

/// Returns the number of sets.
static int rows_of_weights(ck_axis axis, weight_rows g) {
    switch (axis) {
#define CASE(kind, ...) case ck_axis_##kind: weight_rows_##kind(g); break;
        CK_AXES(CASE)
#undef CASE
    }
    return ck_axis_weight_sets(axis);
}

void ck_winograd_row(ck_axis axis, int set, float row[3]) {
    assert(row != NULL && set >= 0 && set < ck_axis_weight_sets(axis));
    weight_rows g;
    rows_of_weights(axis, g);
    for (int j = 0; j < 3; j++) { row[j] = (float)g[set][j]; }
}

int ck_winograd_transform(const ck_convolution *c, double *matrix) {
    assert(ck_is_shaped(c) && ck_has_axes(c) && matrix != NULL);
    weight_rows depth, plane;
    const int nd = rows_of_weights(c->depth_axis, depth), np = rows_of_weights(c->plane_axis, plane), kd = c->kernel[0];
    for (int f = 0; f < nd * np * np; f++) {
        for (int tap = 0; tap < kd * 9; tap++) {
            *matrix++ = depth[f / (np * np)][tap / 9] * plane[f / np % np][tap / 3 % 3] * plane[f % np][tap % 3];
        }
    }
    return nd * np * np;
}

int ck_winograd_rows(const ck_kernels *t, const ck_convolution *c) {
    assert(t != NULL && ck_is_shaped(c));
    return (int)depth_count(t, c);
}

int ck_panel_lanes(const ck_kernels *t, const ck_convolution *c, int panel) {
    assert(panel >= 0 && panel < ck_panels(t, c));
    int first;
    return panel_lanes(t, c, panel, &first);
}

void ck_gather_winograd(
    const ck_kernels *t, const ck_convolution *c, ck_panel_rows part, const float *weights, double *gathered
) {
    assert(ck_can_pack(t, c, weights, gathered) && ck_are_rows(t, c, part));
    const size_t taps = tap_count(c), inputs = (size_t)input_count(c);
    int first;
    const int lanes = panel_lanes(t, c, part.panel, &first);
    const size_t columns = (size_t)part.rows * (size_t)lanes;
    int row = 0;
    input_walk w = {0};
    do {
        const int depth = walk_depth(t, c, &w);
        for (w.k = 0; w.k < depth; w.k++, row++) {
            if (row < part.first_row || row >= part.first_row + part.rows) { continue; }
            const int raw = walk_raw(t, c, &w);
            for (int l = 0; l < lanes; l++) {
                const int known = raw >= 0 && first + l < c->out_channels;
                const float *from = known ? weights + ((size_t)(first + l) * inputs + (size_t)raw) * taps : NULL;
                double *to = gathered + (size_t)(row - part.first_row) * (size_t)lanes + (size_t)l;
                for (size_t tap = 0; tap < taps; tap++) { to[tap * columns] = known ? from[tap] : 0; }
            }
        }
    } while (walk_next_block(t, c, &w));
}

void ck_scatter_winograd(
    const ck_kernels *t, const ck_convolution *c, ck_panel_rows part, const double *transformed, float *packed
) {
    assert(ck_can_pack(t, c, transformed, packed) && ck_has_axes(c) && ck_are_rows(t, c, part));
    const int across = ck_axis_weight_sets(c->plane_axis), planes = across * across, sets = planes * ck_axis_weight_sets(c->depth_axis);
    const int out_lanes = blocks_of(c->out_channels, t->block) * t->block;
    const size_t k = depth_count(t, c);
    int first;
    const int lanes = panel_lanes(t, c, part.panel, &first);
    const size_t columns = (size_t)part.rows * (size_t)lanes;
    for (int set = 0; set < sets; set++) {
        const size_t depth = (size_t)(set / planes), plane = (size_t)(set % planes);
        float *to = packed + (depth * (size_t)out_lanes + (size_t)first) * (size_t)planes * k;
        to += (plane * k + (size_t)part.first_row) * (size_t)lanes;
        for (size_t i = 0; i < columns; i++) { to[i] = (float)transformed[(size_t)set * columns + i]; }
    }
}

int ck_upsampled_place(const ck_convolution *c, int depth, int phase) {
    assert(ck_is_shaped(c) && depth >= 0 && depth < ck_axis_weight_sets(c->depth_axis) && phase >= 0);
    const int phases = c->upsampling[0] * c->upsampling[1] * c->upsampling[2], last = ck_axis_weight_sets(c->depth_axis) - 1;
    const int missing = c->upsampling[0] == 2 && c->depth_axis != ck_axis_one ? phases / 2 : 0;
    return depth * phases + phase - (depth > 0 ? missing : 0) - (depth > 0 && depth == last ? missing : 0);
}

void ck_scatter_upsampled(
    const ck_kernels *t, const ck_convolution *c, ck_panel_rows part, const double *transformed, float *packed
) {
    assert(ck_can_pack(t, c, transformed, packed) && ck_has_axes(c) && ck_are_rows(t, c, part));
    const ck_axis axes[3] = {c->depth_axis, c->plane_axis, c->plane_axis};
    const int up[3] = {c->upsampling[0], c->upsampling[1], c->upsampling[2]};
    const int at[3] = {part.phase / (up[1] * up[2]), part.phase / up[2] % up[1], part.phase % up[2]};
    int all[3], from[3], count[3];
    for (int a = 0; a < 3; a++) {
        const int phases = up[a] == 2 && axes[a] != ck_axis_one;
        all[a] = ck_axis_weight_sets(axes[a]);
        from[a] = phases ? at[a] : 0;
        count[a] = all[a] - phases;
    }
    int first;
    const int lanes = panel_lanes(t, c, part.panel, &first);
    const size_t out_lanes = (size_t)(blocks_of(c->out_channels, t->block) * t->block), k = depth_count(t, c);
    const size_t plane = (size_t)count[1] * (size_t)count[2] * k, columns = (size_t)part.rows * (size_t)lanes;
    for (int z = from[0]; z < from[0] + count[0]; z++) {
        float *to = packed + plane * ((size_t)ck_upsampled_place(c, z, part.phase) * out_lanes + (size_t)first);
        to += (size_t)part.first_row * (size_t)lanes;
        for (int y = from[1]; y < from[1] + count[1]; y++) {
            for (int x = from[2]; x < from[2] + count[2]; x++, to += k * (size_t)lanes) {
                const double *values = transformed + (size_t)((z * all[1] + y) * all[2] + x) * columns;
                for (size_t i = 0; i < columns; i++) { to[i] = (float)values[i]; }
            }
        }
    }
}
