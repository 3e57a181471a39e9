// Winograd's weight transform where the weights are used: layers with many weights and few tiles read their weights as they were trained,
// an eighth of what F(4,3)^3 makes of them, and transform a part of them at a time in the second-level cache.

enum {
    /// Input channels whose transformed weights lie in the cache at once.
    CK_NAME(weight_channels) = 64
};

// Three weights to the sets of weights of one axis of the plane, in the order of `ck_winograd_row`.

CK_INLINE void weights_strided(const vf *g, vf *u) {
    const vf a = g[2] * CK_POINT_A, b = g[2] * CK_POINT_B;
    u[0] = (g[0] + a) * (-1 / (3 * CK_POINT_A));
    u[1] = (g[0] - a) * (1 / (3 * CK_POINT_A));
    u[2] = (g[0] + b) * (1 / (3 * CK_POINT_B));
    u[3] = (g[0] - b) * (-1 / (3 * CK_POINT_B));
    u[4] = g[2];
    u[5] = g[1] * (1.0f / 3);
}

CK_INLINE void weights_four(const vf *g, vf *u) {
    const vf a = (g[0] + g[2] * 0.5f) * (-2.0f / 3), as = g[1] * (-2.0f / 3 * CK_POINT_A);
    const vf b = (g[0] + g[2] * 2.0f) * (1.0f / 6), bs = g[1] * (1.0f / 6 * CK_POINT_B);
    u[0] = g[0];
    u[1] = a + as;
    u[2] = a - as;
    u[3] = b + bs;
    u[4] = b - bs;
    u[5] = g[2];
}

CK_INLINE void weights_two(const vf *g, vf *u) {
    const vf even = (g[0] + g[2]) * 0.5f, odd = g[1] * 0.5f;
    u[0] = g[0];
    u[1] = even + odd;
    u[2] = even - odd;
    u[3] = g[2];
}

CK_INLINE void weight_sets_of(const ck_axis axis, const vf *g, vf *u) {
    switch (axis) {
#define CASE(kind, ...) case ck_axis_##kind: weights_##kind(g, u); break;
        CK_PLANE_AXES(CASE)
#undef CASE
    default: __builtin_unreachable();
    }
}

/// Some of a panel's weights at one set in depth, as they were trained, and where they go: [set of the plane][k][lane].
typedef struct {
    int set;
    /// Input blocks `first ..< last`, and the blocks of outputs in the panel.
    int first, last, width;
    /// As `ck_pack_rows` packs the panel, from block `first` on.
    const float *weights;
    /// `pitch` floats lie between sets.
    float *to;
    size_t pitch;
} CK_NAME(trained);
#define trained_t CK_NAME(trained)

/// One vector of output channels: taps at a distance of `step` floats to all sets of the plane of one set in depth.
CK_INLINE void weight_plane(
    const float *weights, size_t step, const int depth_taps, const vf *row, float *to, size_t pitch, const ck_axis axis
) {
    const int n = ck_axis_weight_sets(axis);
    vf columns[3][6];
    CK_UNROLL for (int x = 0; x < 3; x++) {
        vf g[3];
        CK_UNROLL for (int y = 0; y < 3; y++) {
            const float *from = weights + step * (y * 3 + x);
            g[y] = load(from);
            if (depth_taps == 3) { g[y] = g[y] * row[0] + load(from + step * 9) * row[1] + load(from + step * 18) * row[2]; }
        }
        weight_sets_of(axis, g, columns[x]);
    }
    CK_UNROLL for (int i = 0; i < n; i++) {
        const vf g[3] = {columns[0][i], columns[1][i], columns[2][i]};
        vf u[6];
        weight_sets_of(axis, g, u);
        CK_UNROLL for (int j = 0; j < n; j++) { store(to + pitch * (i * n + j), u[j]); }
    }
}

CK_INLINE void transform_weights(const ck_convolution *c, const trained_t *t, const ck_axis axis) {
    const int lanes = t->width * CK_BLOCK, taps = c->kernel[0] * 9;
    const float *weights = t->weights;
    float coefficients[3], *to = t->to;
    ck_winograd_row(c->depth_axis, t->set, coefficients);
    const vf row[3] = {splat(coefficients[0]), splat(coefficients[1]), splat(coefficients[2])};
    int rows = 0;
    for (int block = t->first; block < t->last; block++) { rows += depth_of_block(c, block); }
    for (int k = 0; k < rows; k++, weights += (size_t)taps * lanes, to += lanes) {
        for (int at = 0; at < lanes; at += CK_BLOCK) {
            if (c->kernel[0] == 3) {
                weight_plane(weights + at, lanes, 3, row, to + at, t->pitch, axis);
            } else {
                weight_plane(weights + at, lanes, 1, row, to + at, t->pitch, axis);
            }
        }
    }
}

static void transform_weights_any(const ck_convolution *c, const trained_t *t) {
    assert(ck_is_aligned(t->weights, CK_BLOCK) && ck_is_aligned(t->to, CK_BLOCK) && t->first < t->last && t->width <= CK_PANEL);
    switch (c->plane_axis) {
#define CASE(kind, ...) case ck_axis_##kind: transform_weights(c, t, ck_axis_##kind); break;
        CK_PLANE_AXES(CASE)
#undef CASE
    default: __builtin_unreachable();
    }
}
