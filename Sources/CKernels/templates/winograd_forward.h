// Winograd's input transforms over a brick of tiles.

// MARK: A brick of tiles

/// Tiles of one brick: their place in the plane and how they are grouped for the products.
typedef struct {
    int depth;            // index of the tile in depth
    int first[2], count[2];  // tiles in height and width
    int rows, columns;    // inputs of the brick in the plane
    int tile;             // the place of the first tile in the products' order
    int groups;           // micro-kernel groups of all tiles in that order
} CK_NAME(tiles);
#define tiles_t CK_NAME(tiles)

CK_INLINE int tiles_on(const ck_convolution *c, int axis) {
    const int outputs = ck_axis_outputs(axis == 0 ? c->depth_axis : c->plane_axis);
    return (c->out[axis] / c->upsampling[axis] + outputs - 1) / outputs;
}

/// Odd multiples of a cache line keep the frequencies of one tile in different cache sets.
CK_INLINE size_t odd_lines(size_t floats) { return ((floats + 15) / 16 | 1) * 16; }

CK_INLINE size_t input_frequency(const ck_convolution *c, const tiles_t *t) {
    return odd_lines((size_t)t->groups * input_blocks(c) * c->rows * CK_BLOCK);
}
CK_INLINE size_t output_frequency(const ck_convolution *c, const tiles_t *t) {
    return odd_lines((size_t)t->groups * c->rows * CK_PANEL * CK_BLOCK);
}

/// The tiles of a whole plane, for the shared arrangement.
CK_INLINE tiles_t plane_tiles(const ck_convolution *c, int depth) {
    const int height = tiles_on(c, 1), width = tiles_on(c, 2), all = tiles_on(c, 0) * height * width;
    const tiles_t t = {
        .depth = depth, .first = {0, 0}, .count = {height, width}, .rows = tile_inputs(c->plane_axis, height),
        .columns = tile_inputs(c->plane_axis, width),
        .tile = depth * height * width, .groups = (all + c->rows - 1) / c->rows,
    };
    return t;
}

CK_INLINE tiles_t brick_tiles(const ck_convolution *c, int item) {
    const int height = tiles_on(c, 1), width = tiles_on(c, 2);
    const int across = (width + c->brick[2] - 1) / c->brick[2], down = (height + c->brick[1] - 1) / c->brick[1];
    tiles_t t = {.depth = item / (across * down), .tile = 0};
    t.first[0] = item / across % down * c->brick[1];
    t.first[1] = item % across * c->brick[2];
    t.count[0] = CK_MIN(c->brick[1], height - t.first[0]);
    t.count[1] = CK_MIN(c->brick[2], width - t.first[1]);
    t.rows = tile_inputs(c->plane_axis, t.count[0]);
    t.columns = tile_inputs(c->plane_axis, t.count[1]);
    t.groups = (t.count[0] * t.count[1] + c->rows - 1) / c->rows;
    return t;
}

// MARK: Depth, forward

/// Rows of the input that become one row of every depth frequency.
typedef struct {
    /// NULL is padding.
    const float *const *from;
    int count;
    /// Floats from a row to the one after it.
    size_t next_row;
    /// `frequency` floats lie between depth frequencies.
    float *to;
    size_t frequency;
} CK_NAME(depth_rows);
#define depth_rows_t CK_NAME(depth_rows)

/// One row of every depth frequency. The rows that follow are asked for on the way: a row is too short for the processor to see the stream.
///
/// - whole: no row is padding; raw: there is no affine to apply.
CK_INLINE void depth_forward_row(const depth_rows_t *r, affine_t a, const ck_axis axis, const int whole, const int raw) {
    const int inputs = ck_axis_inputs(axis);
    for (int x = 0; x < r->count; x++) {
        vf d[MOST], y[MOST];
        CK_UNROLL for (int i = 0; i < inputs; i++) {
            if (whole || r->from[i]) { __builtin_prefetch(r->from[i] + r->next_row + (size_t)x * CK_BLOCK); }
        }
        CK_UNROLL for (int i = 0; i < inputs; i++) {
            if (whole || r->from[i]) {
                d[i] = load(r->from[i] + (size_t)x * CK_BLOCK);
                if (!raw) { d[i] = applied(d[i], a); }
            } else {
                d[i] = splat(0);
            }
        }
        forward(axis, d, y);
        CK_UNROLL for (int i = 0; i < inputs; i++) { store(r->to + r->frequency * i + (size_t)x * CK_BLOCK, y[i]); }
    }
}

/// Input block `block` to its slab, [depth frequency][row][column][channel]; `frequency` floats lie between depth frequencies.
CK_INLINE void depth_forward(const ck_convolution *c, const tiles_t *t, int block, float *slab, size_t frequency, const ck_axis axis) {
    assert(ck_is_aligned(slab, CK_BLOCK) && block >= 0 && block < input_blocks(c) && t->depth >= 0 && t->depth < tiles_on(c, 0));
    const ck_source *source = source_of(c, &block);
    const affine_t a = affine_of(source, block);
    const int inputs = ck_axis_inputs(axis), front = first_input(axis, t->depth);
    const int top = first_input(c->plane_axis, t->first[0]), left = first_input(c->plane_axis, t->first[1]);
    const int first = CK_MAX(0, -left), last = CK_MIN(t->columns, c->in[2] - left);
    const size_t row = (size_t)t->columns * CK_BLOCK;
    for (int y = 0; y < t->rows; y++, slab += row) {
        const int h = top + y;
        const float *from[MOST];
        int whole = 1;
        for (int i = 0; i < inputs; i++) {
            const int d = front + i;
            from[i] = NULL;
            if (d >= 0 && d < c->in[0] && h >= 0 && h < c->in[1]) {
                from[i] = source_plane(c, source, block, d) + (ptrdiff_t)(h * c->in[2] + left + first) * CK_BLOCK;
            } else {
                whole = 0;
            }
        }
        for (int i = 0; i < inputs; i++) {
            if (first > 0) { memset(slab + frequency * i, 0, sizeof(float) * CK_BLOCK * first); }
            if (last < t->columns) {
                memset(slab + frequency * i + (size_t)last * CK_BLOCK, 0, sizeof(float) * CK_BLOCK * (t->columns - last));
            }
        }
        const depth_rows_t rows = {from, last - first, (size_t)c->in[2] * CK_BLOCK, slab + (size_t)first * CK_BLOCK, frequency};
        if (whole && a.raw) {
            depth_forward_row(&rows, a, axis, 1, 1);
        } else if (whole) {
            depth_forward_row(&rows, a, axis, 1, 0);
        } else {
            depth_forward_row(&rows, a, axis, 0, a.raw);
        }
    }
}

static void depth_forward_any(const ck_convolution *c, const tiles_t *t, int block, float *slab, size_t frequency) {
    switch (c->depth_axis) {
#define CASE(kind, ...) case ck_axis_##kind: depth_forward(c, t, block, slab, frequency, ck_axis_##kind); break;
        CK_AXES(CASE)
#undef CASE
    }
}

// MARK: Plane, forward

/// Two height frequencies of one column: 0 and infinity (pair 0), +a and -a (pair 1), +b and -b (pair 2).
CK_INLINE void height_pair_four(const float *p, size_t row, const int pair, vf *one, vf *two) {
    const vf d1 = load(p + row), d2 = load(p + 2 * row), d3 = load(p + 3 * row), d4 = load(p + 4 * row);
    if (pair == 0) {
        *one = d4 - d2 * 2.5f + load(p);
        *two = load(p + 5 * row) - d3 * 2.5f + d1;
    } else if (pair == 1) {
        const vf a = d4 - d2 * 2.0f, s = (d3 - d1 * 2.0f) * CK_POINT_A;
        *one = a + s;
        *two = a - s;
    } else {
        const vf b = d4 - d2 * 0.5f, s = (d3 - d1 * 0.5f) * CK_POINT_B;
        *one = b + s;
        *two = b - s;
    }
}

/// Two height frequencies of one column: 0 and infinity (pair 0), 1 and -1 (pair 1).
CK_INLINE void height_pair_two(const float *p, size_t row, const int pair, vf *one, vf *two) {
    const vf d1 = load(p + row), d2 = load(p + 2 * row);
    if (pair == 0) {
        *one = load(p) - d2;
        *two = load(p + 3 * row) - d1;
    } else {
        *one = d1 + d2;
        *two = d2 - d1;
    }
}

/// Two height frequencies of one column: +a and -a, +b and -b of the odd phase, the same of the even phase, infinity alone.
CK_INLINE void height_pair_strided(const float *p, size_t row, const int pair, vf *one, vf *two) {
    if (pair == 4) {
        *one = load(p + 8 * row) - load(p + 4 * row) * 2.5f + load(p);
        *two = *one;
        return;
    }
    vf even, odd;
    if (pair <= 1) {
        const float square = pair == 0 ? 2.0f : 0.5f;
        even = load(p + 6 * row) - load(p + 2 * row) * square;
        odd = (load(p + 4 * row) - load(p) * square) * (pair == 0 ? CK_POINT_A : CK_POINT_B);
    } else if (pair == 2) {
        even = load(p + row) * 2.0f - load(p + 5 * row);
        odd = (load(p + 3 * row) * 2.0f - load(p + 7 * row)) * CK_POINT_B;
    } else {
        even = load(p + 5 * row) - load(p + row) * 0.5f;
        odd = (load(p + 7 * row) - load(p + 3 * row) * 0.5f) * CK_POINT_A;
    }
    *one = even + odd;
    *two = even - odd;
}

/// The two height frequencies of a pair; the second is -1 where there is one only.
CK_INLINE int pair_one(const ck_axis axis, const int pair) {
    if (has_phases(axis)) { return pair == 4 ? 4 : 2 * pair + (pair > 1); }
    return pair == 0 ? 0 : 2 * pair - 1;
}
CK_INLINE int pair_two(const ck_axis axis, const int pair) {
    if (has_phases(axis)) { return pair == 4 ? -1 : pair_one(axis, pair) + 1; }
    return pair == 0 ? ck_axis_inputs(axis) - 1 : 2 * pair;
}

CK_INLINE void height_pair(const float *p, size_t row, const ck_axis axis, const int pair, vf *one, vf *two) {
    switch (axis) {
#define CASE(kind, ...) case ck_axis_##kind: height_pair_##kind(p, row, pair, one, two); break;
        CK_PLANE_AXES(CASE)
#undef CASE
    default: __builtin_unreachable();
    }
}

/// A row of tiles of one depth frequency and where their transformed inputs go.
typedef struct {
    /// `row` floats lie between rows.
    const float *slab;
    size_t row;
    /// The number of tiles, and the place of the first in the products' order.
    int tiles, index;
    /// `frequency` floats lie between frequencies of the plane, `group` between groups of `rows` tiles.
    float *to;
    size_t frequency, group;
    int rows;
} CK_NAME(tile_row);
#define tile_row_t CK_NAME(tile_row)

/// A row of tiles, two height frequencies at a time; columns two tiles share are kept in registers.
CK_INLINE void plane_forward_row(const tile_row_t *t, const ck_axis axis, const int pair) {
    const int n = ck_axis_inputs(axis), step = tile_step(axis), shared = tile_overlap(axis);
    const int one = pair_one(axis, pair), two = pair_two(axis, pair);
    int g = t->index / t->rows, r = t->index % t->rows;
    vf p[MOST], q[MOST];
    for (int x = 0; x < t->tiles; x++) {
        const float *in = t->slab + (size_t)x * step * CK_BLOCK;
        CK_UNROLL for (int i = 0; i < n; i++) {
            if (i < shared && x > 0) {
                p[i] = p[i + step];
                q[i] = q[i + step];
            } else {
                height_pair(in + i * CK_BLOCK, t->row, axis, pair, &p[i], &q[i]);
            }
        }
        vf y[MOST];
        float *out = t->to + g * t->group + (size_t)r * CK_BLOCK;
        forward(axis, p, y);
        CK_UNROLL for (int i = 0; i < n; i++) { store(out + t->frequency * (one * n + i), y[i]); }
        if (two >= 0) {
            forward(axis, q, y);
            CK_UNROLL for (int i = 0; i < n; i++) { store(out + t->frequency * (two * n + i), y[i]); }
        }
        if (++r == t->rows) { r = 0, g++; }
    }
}

/// All pairs of height frequencies of a row of tiles.
CK_INLINE void plane_forward_pairs(const tile_row_t *t, const ck_axis axis) {
    plane_forward_row(t, axis, 0);
    plane_forward_row(t, axis, 1);
    if (axis == ck_axis_two) { return; }
    plane_forward_row(t, axis, 2);
    if (axis == ck_axis_four) { return; }
    plane_forward_row(t, axis, 3);
    plane_forward_row(t, axis, 4);
}

/// One depth frequency of one input block: slab to [plane frequency][group][input block][row][channel].
static void plane_forward(const ck_convolution *c, const tiles_t *t, int block, const float *slab, float *transformed) {
    assert(ck_is_aligned(slab, CK_BLOCK) && ck_is_aligned(transformed, CK_BLOCK) && block >= 0 && block < input_blocks(c));
    tile_row_t row = {
        .slab = slab, .row = (size_t)t->columns * CK_BLOCK, .tiles = t->count[1], .index = t->tile,
        .to = transformed + (size_t)block * c->rows * CK_BLOCK, .frequency = input_frequency(c, t),
        .group = (size_t)input_blocks(c) * c->rows * CK_BLOCK, .rows = c->rows,
    };
    for (int y = 0; y < t->count[0]; y++) {
        switch (c->plane_axis) {
#define CASE(kind, ...) case ck_axis_##kind: plane_forward_pairs(&row, ck_axis_##kind); break;
            CK_PLANE_AXES(CASE)
#undef CASE
        default: __builtin_unreachable();
        }
        row.slab += tile_step(c->plane_axis) * row.row;
        row.index += t->count[1];
    }
}
