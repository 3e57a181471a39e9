// Winograd's input transforms over a block of tiles.

// MARK: A block of tiles

/// Tiles of one block: their place in the plane and how they are grouped for the products.
typedef struct {
    int depth;            // index of the tile in depth
    int first[2], count[2];  // tiles in height and width
    int rows, columns;    // inputs of the block in the plane
    int tile;             // the place of the first tile in the products' order
    int groups;           // micro-kernel groups of all tiles in that order
} CK_NAME(tiles);
#define tiles_t CK_NAME(tiles)

CK_INLINE int tiles_on(const ck_convolution *c, int axis) {
    const int outputs = tile_outputs(axis == 0 ? c->tile_depth : c->tile_plane);
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
        .depth = depth, .first = {0, 0}, .count = {height, width}, .rows = tile_inputs(c->tile_plane, height),
        .columns = tile_inputs(c->tile_plane, width),
        .tile = depth * height * width, .groups = (all + c->rows - 1) / c->rows,
    };
    return t;
}

CK_INLINE tiles_t block_tiles(const ck_convolution *c, int item) {
    const int height = tiles_on(c, 1), width = tiles_on(c, 2);
    const int across = (width + c->block[2] - 1) / c->block[2], down = (height + c->block[1] - 1) / c->block[1];
    tiles_t t = {.depth = item / (across * down), .tile = 0};
    t.first[0] = item / across % down * c->block[1];
    t.first[1] = item % across * c->block[2];
    t.count[0] = CK_MIN(c->block[1], height - t.first[0]);
    t.count[1] = CK_MIN(c->block[2], width - t.first[1]);
    t.rows = tile_inputs(c->tile_plane, t.count[0]);
    t.columns = tile_inputs(c->tile_plane, t.count[1]);
    t.groups = (t.count[0] * t.count[1] + c->rows - 1) / c->rows;
    return t;
}

// MARK: Depth, forward

/// One row of every depth frequency from the rows of the input; a NULL row is padding. The rows that follow are asked for on the way: a row
/// is too short for the processor to see the stream.
CK_INLINE void depth_forward_row(
    const float *const *from, int count, size_t next_row, float *to, size_t frequency, affine_t a, const int kind, const int whole,
    const int raw
) {
    const int inputs = tile_width(kind);
    for (int x = 0; x < count; x++) {
        vf d[MOST], y[MOST];
        CK_UNROLL for (int i = 0; i < inputs; i++) {
            if (whole || from[i]) { __builtin_prefetch(from[i] + next_row + (size_t)x * CK_BLOCK); }
        }
        CK_UNROLL for (int i = 0; i < inputs; i++) {
            if (whole || from[i]) {
                d[i] = load(from[i] + (size_t)x * CK_BLOCK);
                if (!raw) { d[i] = applied(d[i], a); }
            } else {
                d[i] = splat(0);
            }
        }
        forward(kind, d, y);
        CK_UNROLL for (int i = 0; i < inputs; i++) { store(to + frequency * i + (size_t)x * CK_BLOCK, y[i]); }
    }
}

/// Input block `block` to its slab, [depth frequency][row][column][channel]; `frequency` floats lie between depth frequencies.
CK_INLINE void depth_forward(const ck_convolution *c, const tiles_t *t, int block, float *slab, size_t frequency, const int kind) {
    const ck_source *source = source_of(c, &block);
    const affine_t a = affine_of(source, block);
    const int inputs = tile_width(kind), front = first_input(kind, t->depth);
    const int top = first_input(c->tile_plane, t->first[0]), left = first_input(c->tile_plane, t->first[1]);
    const int first = CK_MAX(0, -left), last = CK_MIN(t->columns, c->in[2] - left);
    const size_t row = (size_t)t->columns * CK_BLOCK, next_row = (size_t)c->in[2] * CK_BLOCK;
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
        float *to = slab + (size_t)first * CK_BLOCK;
        if (whole && a.raw) {
            depth_forward_row(from, last - first, next_row, to, frequency, a, kind, 1, 1);
        } else if (whole) {
            depth_forward_row(from, last - first, next_row, to, frequency, a, kind, 1, 0);
        } else {
            depth_forward_row(from, last - first, next_row, to, frequency, a, kind, 0, a.raw);
        }
    }
}

static void depth_forward_any(const ck_convolution *c, const tiles_t *t, int block, float *slab, size_t frequency) {
    switch (c->tile_depth) {
    case 8: depth_forward(c, t, block, slab, frequency, 8); break;
    case 4: depth_forward(c, t, block, slab, frequency, 4); break;
    case 2: depth_forward(c, t, block, slab, frequency, 2); break;
    default: depth_forward(c, t, block, slab, frequency, 1); break;
    }
}

// MARK: Plane, forward

/// Two height frequencies of one column: 0 and infinity (part 0), +a and -a (part 1), +b and -b (part 2).
CK_INLINE void height_pair4(const float *p, size_t row, const int part, vf *one, vf *two) {
    const vf d1 = load(p + row), d2 = load(p + 2 * row), d3 = load(p + 3 * row), d4 = load(p + 4 * row);
    if (part == 0) {
        *one = d4 - d2 * 2.5f + load(p);
        *two = load(p + 5 * row) - d3 * 2.5f + d1;
    } else if (part == 1) {
        const vf a = d4 - d2 * 2.0f, s = (d3 - d1 * 2.0f) * CK_POINT_A;
        *one = a + s;
        *two = a - s;
    } else {
        const vf b = d4 - d2 * 0.5f, s = (d3 - d1 * 0.5f) * CK_POINT_B;
        *one = b + s;
        *two = b - s;
    }
}

/// Two height frequencies of one column: 0 and infinity (part 0), 1 and -1 (part 1).
CK_INLINE void height_pair2(const float *p, size_t row, const int part, vf *one, vf *two) {
    const vf d1 = load(p + row), d2 = load(p + 2 * row);
    if (part == 0) {
        *one = load(p) - d2;
        *two = load(p + 3 * row) - d1;
    } else {
        *one = d1 + d2;
        *two = d2 - d1;
    }
}

/// Two height frequencies of one column: +a and -a, +b and -b of the odd phase, the same of the even phase, infinity alone.
CK_INLINE void height_pair8(const float *p, size_t row, const int part, vf *one, vf *two) {
    if (part == 4) {
        *one = load(p + 8 * row) - load(p + 4 * row) * 2.5f + load(p);
        *two = *one;
        return;
    }
    vf even, odd;
    if (part <= 1) {
        const float square = part == 0 ? 2.0f : 0.5f;
        even = load(p + 6 * row) - load(p + 2 * row) * square;
        odd = (load(p + 4 * row) - load(p) * square) * (part == 0 ? CK_POINT_A : CK_POINT_B);
    } else if (part == 2) {
        even = load(p + row) * 2.0f - load(p + 5 * row);
        odd = (load(p + 3 * row) * 2.0f - load(p + 7 * row)) * CK_POINT_B;
    } else {
        even = load(p + 5 * row) - load(p + row) * 0.5f;
        odd = (load(p + 7 * row) - load(p + 3 * row) * 0.5f) * CK_POINT_A;
    }
    *one = even + odd;
    *two = even - odd;
}

/// The two height frequencies of a part; the second is -1 where there is one only.
CK_INLINE int part_one(const int kind, const int part) {
    if (kind == 8) { return part == 4 ? 4 : 2 * part + (part > 1); }
    return part == 0 ? 0 : 2 * part - 1;
}
CK_INLINE int part_two(const int kind, const int part) {
    if (kind == 8) { return part == 4 ? -1 : part_one(kind, part) + 1; }
    return part == 0 ? kind + 1 : 2 * part;
}

/// A row of tiles, two height frequencies at a time; columns two tiles share are kept in registers.
CK_INLINE void plane_forward_row(
    const float *slab, size_t row, int tiles, int index, float *to, size_t frequency, size_t group, int rows, const int kind, const int part
) {
    const int n = tile_width(kind), step = tile_step(kind), shared = tile_overlap(kind), one = part_one(kind, part), two = part_two(kind, part);
    int g = index / rows, r = index % rows;
    vf p[MOST], q[MOST];
    for (int x = 0; x < tiles; x++) {
        const float *in = slab + (size_t)x * step * CK_BLOCK;
        CK_UNROLL for (int i = 0; i < n; i++) {
            if (i < shared && x > 0) {
                p[i] = p[i + step];
                q[i] = q[i + step];
            } else if (kind == 8) {
                height_pair8(in + i * CK_BLOCK, row, part, &p[i], &q[i]);
            } else if (kind == 4) {
                height_pair4(in + i * CK_BLOCK, row, part, &p[i], &q[i]);
            } else {
                height_pair2(in + i * CK_BLOCK, row, part, &p[i], &q[i]);
            }
        }
        vf y[MOST];
        float *out = to + g * group + (size_t)r * CK_BLOCK;
        forward(kind, p, y);
        CK_UNROLL for (int i = 0; i < n; i++) { store(out + frequency * (one * n + i), y[i]); }
        if (two >= 0) {
            forward(kind, q, y);
            CK_UNROLL for (int i = 0; i < n; i++) { store(out + frequency * (two * n + i), y[i]); }
        }
        if (++r == rows) { r = 0, g++; }
    }
}

/// One depth frequency of one input block: slab to [plane frequency][group][input block][row][channel].
static void plane_forward(const ck_convolution *c, const tiles_t *t, int block, const float *slab, float *transformed) {
    const size_t row = (size_t)t->columns * CK_BLOCK, frequency = input_frequency(c, t);
    const size_t group = (size_t)input_blocks(c) * c->rows * CK_BLOCK;
    float *to = transformed + (size_t)block * c->rows * CK_BLOCK;
    for (int y = 0; y < t->count[0]; y++) {
        const float *from = slab + (size_t)y * tile_step(c->tile_plane) * row;
        const int index = t->tile + y * t->count[1], tiles = t->count[1], rows = c->rows;
        if (c->tile_plane == 8) {
            plane_forward_row(from, row, tiles, index, to, frequency, group, rows, 8, 0);
            plane_forward_row(from, row, tiles, index, to, frequency, group, rows, 8, 1);
            plane_forward_row(from, row, tiles, index, to, frequency, group, rows, 8, 2);
            plane_forward_row(from, row, tiles, index, to, frequency, group, rows, 8, 3);
            plane_forward_row(from, row, tiles, index, to, frequency, group, rows, 8, 4);
        } else if (c->tile_plane == 4) {
            plane_forward_row(from, row, tiles, index, to, frequency, group, rows, 4, 0);
            plane_forward_row(from, row, tiles, index, to, frequency, group, rows, 4, 1);
            plane_forward_row(from, row, tiles, index, to, frequency, group, rows, 4, 2);
        } else {
            plane_forward_row(from, row, tiles, index, to, frequency, group, rows, 2, 0);
            plane_forward_row(from, row, tiles, index, to, frequency, group, rows, 2, 1);
        }
    }
}
