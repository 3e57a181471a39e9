// The convolution of an upsampled tensor: a transposed convolution whose kernel is its stride, and Winograd's after it, as one.
//
// Nothing lies between the two, so both together are a convolution of the small tensor: output 2i + p of an axis is a sum over the inputs
// i - 1 and i (p = 0) or i and i + 1 (p = 1). The phases p share the transformed input; each has weights, products and an inverse of its
// own, without the frequency that vanishes.

/// The phases of a layer, and a phase's place on an axis.
CK_INLINE int phase_count(const ck_convolution *c) { return (int)volume(c->upsampling); }
CK_INLINE int phase_at(const ck_convolution *c, int phase, int axis) {
    for (int a = 2; a > axis; a--) { phase /= c->upsampling[a]; }
    return phase % c->upsampling[axis];
}

/// What a phase has of an axis' frequencies.
CK_INLINE share_t share_of(const ck_convolution *c, int phase, int axis) {
    const ck_axis kind = axis == 0 ? c->depth_axis : c->plane_axis;
    if (c->upsampling[axis] == 1 || kind == ck_axis_one) { return ALL; }
    return phase_at(c, phase, axis) == 0 ? FIRST : LAST;
}

/// Floats of one depth frequency's weights for `width` output blocks of a phase.
CK_INLINE size_t share_weights(const ck_convolution *c, int width) {
    const size_t across = share_frequencies(c->plane_axis, share_of(c, 0, 1));
    return across * across * input_depth_count(c) * width * CK_BLOCK;
}

/// Floats of all weights.
CK_INLINE size_t upsampled_weights(const ck_convolution *c) {
    return phase_count(c) * share_frequencies(c->depth_axis, share_of(c, 0, 0)) * share_weights(c, blocks_of(c->out_channels));
}

static ck_work CK_NAME(upsampled_work)(const ck_convolution *c) {
    assert(ck_is_shaped(c) && ck_is_padded(c) && ck_has_axes(c) && c->sharing == ck_private && c->brick[0] == 1 && volume(c->stride) == 1);
    assert(c->rows > 0 && c->rows <= CK_ROWS && c->upsampling[0] <= 2 && c->upsampling[1] <= 2 && c->upsampling[1] == c->upsampling[2]);
    const tiles_t t = brick_tiles(c, 0);
    const layout_t l = layout_of(c, &t, input_blocks(c), blocks_of(c->out_channels));
    ck_work work = {.rounds = 1, .statistics_items = private_items(c), .weight_count = upsampled_weights(c)};
    work.round[0].items = private_items(c);
    work.round[0].scratch_bytes =
        sizeof(float) * (l.lists + ck_axis_frequencies(c->depth_axis) * l.slab + l.transformed + l.products);
    return work;
}

// MARK: Inverse

/// Tiles of one channel block and phase, from products to every `step`-th column of every `step`-th row.
typedef struct {
    /// `frequency` floats lie between frequencies of the plane, `pitch` between tiles.
    const float *products;
    size_t frequency, pitch;
    /// `row` floats lie between rows.
    float *to;
    size_t row;
    int step;
} CK_NAME(phase_tiles);
#define phase_tiles_t CK_NAME(phase_tiles)

CK_INLINE void upsampled_tile(
    const phase_tiles_t *p, const float *from, float *to, const ck_axis axis, const share_t height, const share_t width
) {
    const int ny = share_frequencies(axis, height), nx = share_frequencies(axis, width), outputs = ck_axis_outputs(axis);
    vf columns[4][MOST];
    CK_UNROLL for (int x = 0; x < nx; x++) {
        vf m[MOST], y[4];
        CK_UNROLL for (int i = 0; i < ny; i++) { m[i] = load(from + p->frequency * (i * nx + x)); }
        inverse_share(axis, height, m, y);
        CK_UNROLL for (int i = 0; i < outputs; i++) { columns[i][x] = y[i]; }
    }
    CK_UNROLL for (int i = 0; i < outputs; i++) {
        vf y[4];
        inverse_share(axis, width, columns[i], y);
        CK_UNROLL for (int x = 0; x < outputs; x++) { store(to + p->row * p->step * i + (size_t)x * p->step * CK_BLOCK, y[x]); }
    }
}

CK_INLINE void upsampled_tiles(const tiles_t *t, const phase_tiles_t *p, const ck_axis axis, const share_t height, const share_t width) {
    const int across = ck_axis_outputs(axis) * p->step;
    for (int y = 0; y < t->count[0]; y++) {
        const float *from = p->products + (size_t)y * t->count[1] * p->pitch;
        float *out = p->to + p->row * across * y;
        for (int x = 0; x < t->count[1]; x++, from += p->pitch, out += across * CK_BLOCK) {
            upsampled_tile(p, from, out, axis, height, width);
        }
    }
}

/// A phase has both of the plane's axes split or none.
CK_INLINE void upsampled_shares(const tiles_t *t, const phase_tiles_t *p, const ck_axis axis, const share_t height, const share_t width) {
    if (height == ALL) {
        upsampled_tiles(t, p, axis, ALL, ALL);
    } else if (height == FIRST && width == FIRST) {
        upsampled_tiles(t, p, axis, FIRST, FIRST);
    } else if (height == FIRST) {
        upsampled_tiles(t, p, axis, FIRST, LAST);
    } else if (width == FIRST) {
        upsampled_tiles(t, p, axis, LAST, FIRST);
    } else {
        upsampled_tiles(t, p, axis, LAST, LAST);
    }
}

/// One depth frequency of block `lane` of a panel of a phase: products to [row][column][channel] of all phases in the plane.
static void upsampled_plane(const ck_convolution *c, const tiles_t *t, int phase, int lane, int width, const float *products, float *to) {
    assert(ck_is_aligned(products, CK_BLOCK) && ck_is_aligned(to, CK_BLOCK) && phase < phase_count(c) && lane < width && width <= CK_PANEL);
    const int step = c->upsampling[1];
    const size_t row = (size_t)t->count[1] * ck_axis_outputs(c->plane_axis) * step * CK_BLOCK;
    const phase_tiles_t p = {
        .products = products + lane * CK_BLOCK, .frequency = output_frequency(c, t), .pitch = (size_t)width * CK_BLOCK,
        .to = to + row * phase_at(c, phase, 1) + (size_t)phase_at(c, phase, 2) * CK_BLOCK, .row = row, .step = step,
    };
    const share_t high = share_of(c, phase, 1), wide = share_of(c, phase, 2);
    switch (c->plane_axis) {
#define CASE(kind, ...) case ck_axis_##kind: upsampled_shares(t, &p, ck_axis_##kind, high, wide); break;
        CK_UNIT_STRIDE_AXES(CASE)
#undef CASE
    default: __builtin_unreachable();
    }
}

// MARK: Depth

/// Which border's bias a place has.
enum {
    CK_NAME(border_first) = 1,
    CK_NAME(border_last) = 2,
    CK_NAME(borders) = 4,
};

/// The sum of the borders that a place of an axis is at; none inside.
CK_INLINE int border_of(int at, int size) { return (at == 0) * CK_NAME(border_first) + (at == size - 1) * CK_NAME(border_last); }

CK_INLINE vf border_bias(const ck_convolution *c, int block, const int border[3]) {
    const size_t place = (size_t)((border[0] * CK_NAME(borders) + border[1]) * CK_NAME(borders) + border[2]);
    return load(c->bias + (place * blocks_of(c->out_channels) + block) * CK_BLOCK);
}

/// One row of one depth phase's planes, and what inner places of it add.
typedef struct {
    /// `frequency` floats lie between depth frequencies.
    const float *from;
    size_t frequency;
    int count;
    /// NULL is past the end.
    float *to[4];
    vf bias[4];
    /// The border of each plane and, for all, of the row.
    int border[4][2];
} CK_NAME(upsampled_rows);
#define upsampled_rows_t CK_NAME(upsampled_rows)

CK_INLINE void upsampled_row(const upsampled_rows_t *r, const ck_axis axis, const share_t share, const int whole) {
    const int inputs = share_frequencies(axis, share), outputs = ck_axis_outputs(axis);
    for (int x = 0; x < r->count; x++) {
        vf m[MOST], y[4];
        CK_UNROLL for (int i = 0; i < inputs; i++) { m[i] = load(r->from + r->frequency * i + (size_t)x * CK_BLOCK); }
        inverse_share(axis, share, m, y);
        CK_UNROLL for (int i = 0; i < outputs; i++) {
            if (whole || r->to[i]) { store(r->to[i] + (size_t)x * CK_BLOCK, y[i] + r->bias[i]); }
        }
    }
}

/// A channel block of a depth phase; `from` is its first depth frequency.
typedef struct {
    int phase, block;
    const float *from;
    size_t frequency;
} CK_NAME(depth_phase);
#define depth_phase_t CK_NAME(depth_phase)

/// The rows of a tile's planes at row `h` of the output, from column `left` on, and whether all are there.
CK_INLINE int upsampled_rows(
    const ck_convolution *c, const tiles_t *t, const depth_phase_t *p, int h, int left, upsampled_rows_t *r, const ck_axis axis
) {
    int whole = 1;
    for (int i = 0; i < ck_axis_outputs(axis); i++) {
        const int d = (t->depth * ck_axis_outputs(axis) + i) * c->upsampling[0] + p->phase;
        const int border[3] = {border_of(d, c->out[0]), border_of(h, c->out[1]), 0};
        r->border[i][0] = border[0];
        r->border[i][1] = border[1];
        r->to[i] = NULL;
        r->bias[i] = c->bias ? border_bias(c, p->block, border) : splat(0);
        if (d < c->out[0]) {
            r->to[i] = sums_row(c, p->block, d, h) + left * CK_BLOCK;
        } else {
            whole = 0;
        }
    }
    return whole;
}

/// What the ends of whole rows add beside inner places.
CK_INLINE void upsampled_ends(const ck_convolution *c, int block, int left, const upsampled_rows_t *r, const ck_axis axis) {
    for (int x = 0; x < r->count; x++) {
        const int border = border_of(left + x, c->out[2]);
        if (border == 0) {
            // Only the ends of the whole row differ.
            x = CK_MAX(x, CK_MIN(r->count, c->out[2] - 1 - left) - 1);
            continue;
        }
        for (int i = 0; i < ck_axis_outputs(axis); i++) {
            if (!r->to[i]) { continue; }
            float *at = r->to[i] + (size_t)x * CK_BLOCK;
            const int borders[3] = {r->border[i][0], r->border[i][1], border};
            store(at, load(at) + (border_bias(c, block, borders) - r->bias[i]));
        }
    }
}

/// One channel block of one depth phase to the sums.
CK_INLINE void upsampled_depth(
    const ck_convolution *c, const tiles_t *t, const depth_phase_t *p, const ck_axis axis, const share_t share
) {
    const int across = ck_axis_outputs(c->plane_axis) * c->upsampling[1];
    const int top = t->first[0] * across, left = t->first[1] * across, pitch = t->count[1] * across;
    const int height = CK_MIN(t->count[0] * across, c->out[1] - top);
    upsampled_rows_t rows = {.from = p->from, .frequency = p->frequency, .count = CK_MIN(pitch, c->out[2] - left)};
    for (int y = 0; y < height; y++, rows.from += (size_t)pitch * CK_BLOCK) {
        if (upsampled_rows(c, t, p, top + y, left, &rows, axis)) {
            upsampled_row(&rows, axis, share, 1);
        } else {
            upsampled_row(&rows, axis, share, 0);
        }
        if (c->bias) { upsampled_ends(c, p->block, left, &rows, axis); }
    }
}

static void upsampled_depth_any(const ck_convolution *c, const tiles_t *t, const depth_phase_t *p) {
    assert(ck_is_aligned(p->from, CK_BLOCK) && p->block >= 0 && p->block < blocks_of(c->out_channels));
    const share_t share = share_of(c, p->phase * c->upsampling[1] * c->upsampling[2], 0);
    if (c->depth_axis == ck_axis_one) {
        upsampled_depth(c, t, p, ck_axis_one, ALL);
        return;
    }
    switch (c->depth_axis) {
#define CASE(kind, ...)                                                                    \
    case ck_axis_##kind:                                                                   \
        if (share == ALL) { upsampled_depth(c, t, p, ck_axis_##kind, ALL); }               \
        if (share == FIRST) { upsampled_depth(c, t, p, ck_axis_##kind, FIRST); }           \
        if (share == LAST) { upsampled_depth(c, t, p, ck_axis_##kind, LAST); }             \
        break;
        CK_UNIT_STRIDE_AXES(CASE)
#undef CASE
    default: __builtin_unreachable();
    }
}

// MARK: The whole

/// Where an item of an upsampled layer keeps what.
typedef struct {
    layout_t layout;
    float *slab, *transformed, *products;
} CK_NAME(upsampled_memory);
#define upsampled_memory_t CK_NAME(upsampled_memory)

/// The products of depth frequency `f` of one phase, brought back to rows in its slab.
static void upsampled_panels(const factors_t *factors, const tiles_t *t, int f, int phase, const upsampled_memory_t *memory, ahead_t *ahead) {
    const ck_convolution *c = factors->c;
    const int outputs = blocks_of(c->out_channels), n = ck_axis_frequencies(c->plane_axis);
    const share_t high = share_of(c, phase, 1), wide = share_of(c, phase, 2);
    const int across = share_frequencies(c->plane_axis, high), y = share_begin(high), x = share_begin(wide);
    const size_t to = output_frequency(c, t), panel_row = (size_t)input_depth_count(c) * CK_BLOCK;
    const int depth_phase = phase / (c->upsampling[1] * c->upsampling[2]), far = has_far_weights(upsampled_weights(c));
    float *slab = memory->slab + memory->layout.slab * f;
    for (int panel = 0; panel < panel_count(c); panel++) {
        const int width = panel_width(c, panel);
        const float *weights =
            c->weights + ck_upsampled_place(c, f, phase) * share_weights(c, outputs) + panel * share_weights(c, CK_PANEL);
        for (int i = 0; i < across * across; i++, weights += panel_row * width) {
            const asking_t asking = {far ? NULL : ahead, weights + panel_row * width, lines_apart(t->groups, panel_row * width)};
            products(factors, (i / across + y) * n + i % across + x, weights, width, memory->products + to * i, 0, asking);
        }
        for (int v = 0; v < width; v++) {
            const int block = depth_phase * outputs + panel * CK_PANEL + v;
            upsampled_plane(c, t, phase, v, width, memory->products, slab + memory->layout.result_block * block);
        }
    }
}

/// A brick of tiles with all channels and phases.
static void CK_NAME(upsampled_item)(const ck_convolution *c, int round, int item, float *scratch) {
    assert(ck_is_item(CK_NAME(upsampled_work)(c), round, item, scratch, CK_BLOCK) && ck_is_placed(c, CK_BLOCK) && c->sums.data != NULL);
    (void)round;
    const tiles_t t = brick_tiles(c, item);
    const int inputs = input_blocks(c), outputs = blocks_of(c->out_channels), depth = ck_axis_frequencies(c->depth_axis);
    const layout_t l = layout_of(c, &t, inputs, outputs);
    upsampled_memory_t memory = {.layout = l, .slab = scratch + l.lists};
    memory.transformed = memory.slab + l.slab * depth;
    memory.products = memory.transformed + l.transformed;
    const int plane_phases = c->upsampling[1] * c->upsampling[2], depth_shares = share_frequencies(c->depth_axis, share_of(c, 0, 0));
    const selection_t all = {0, plane_frequencies(c), 0, inputs, input_frequency(c, &t), 0};
    const factors_t factors = {c, t.groups, t.count[0] * t.count[1], memory.transformed, list_products(c, &all, scratch)};
    ahead_t ahead = ahead_of(c, item, private_items(c));
    for (int b = 0; b < inputs; b++) { depth_forward_any(c, &t, b, memory.slab + l.slab_block * b, l.slab); }
    for (int f = 0; f < depth; f++) {
        for (int b = 0; b < inputs; b++) { plane_forward(c, &t, b, memory.slab + l.slab * f + l.slab_block * b, memory.transformed); }
        for (int phase = 0; phase < phase_count(c); phase++) {
            const int d = f - share_begin(share_of(c, phase, 0));
            if (d >= 0 && d < depth_shares) { upsampled_panels(&factors, &t, f, phase, &memory, &ahead); }
        }
    }
    for (int phase = 0; phase < c->upsampling[0]; phase++) {
        const float *first = memory.slab + l.slab * share_begin(share_of(c, phase * plane_phases, 0));
        for (int b = 0; b < outputs; b++) {
            const depth_phase_t p = {phase, b, first + l.result_block * (phase * outputs + b), l.slab};
            upsampled_depth_any(c, &t, &p);
        }
    }
}
