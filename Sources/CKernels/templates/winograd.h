// Winograd's minimal filtering for kernels of size 3 in the plane and 3 or 1 in depth, stride 1.
//
// An axis has tiles of 4 outputs from 6 inputs, F(4,3) on the points 0, ±sqrt(1/2), ±sqrt(2), infinity, or of 2 from 4, F(2,3) on 0, ±1,
// infinity; an axis of kernel 1 passes unchanged. The transforms are nested: depth over whole rows, then the plane tile by tile.

/// sqrt(1/2) and sqrt(2), and the third powers of both.
#define CK_POINT_A 0.70710678118654752440f
#define CK_POINT_B 1.41421356237309504880f
#define CK_POINT_A3 0.35355339059327376220f
#define CK_POINT_B3 2.82842712474619009760f

// MARK: One axis

/// Six inputs to six frequencies: 0, +a, -a, +b, -b, infinity.
CK_INLINE void forward4(const vf d[6], vf y[6]) {
    const vf a = d[4] - d[2] * 2.0f, as = (d[3] - d[1] * 2.0f) * CK_POINT_A;
    const vf b = d[4] - d[2] * 0.5f, bs = (d[3] - d[1] * 0.5f) * CK_POINT_B;
    y[0] = d[4] - d[2] * 2.5f + d[0];
    y[1] = a + as;
    y[2] = a - as;
    y[3] = b + bs;
    y[4] = b - bs;
    y[5] = d[5] - d[3] * 2.5f + d[1];
}

/// Six frequencies to four outputs.
CK_INLINE void inverse4(const vf m[6], vf y[4]) {
    const vf as = m[1] + m[2], ad = m[1] - m[2], bs = m[3] + m[4], bd = m[3] - m[4];
    y[0] = m[0] + as + bs;
    y[1] = ad * CK_POINT_A + bd * CK_POINT_B;
    y[2] = as * 0.5f + bs * 2.0f;
    y[3] = ad * CK_POINT_A3 + (bd * CK_POINT_B3 + m[5]);
}

/// Four inputs to four frequencies: 0, 1, -1, infinity.
CK_INLINE void forward2(const vf d[4], vf y[4]) {
    y[0] = d[0] - d[2];
    y[1] = d[1] + d[2];
    y[2] = d[2] - d[1];
    y[3] = d[3] - d[1];
}

/// Four frequencies to two outputs.
CK_INLINE void inverse2(const vf m[4], vf y[2]) {
    y[0] = m[0] + m[1] + m[2];
    y[1] = m[1] - m[2] + m[3];
}

CK_INLINE void forward(const int tile, const vf *d, vf *y) {
    if (tile == 4) {
        forward4(d, y);
    } else if (tile == 2) {
        forward2(d, y);
    } else {
        y[0] = d[0];
    }
}

CK_INLINE void inverse(const int tile, const vf *m, vf *y) {
    if (tile == 4) {
        inverse4(m, y);
    } else if (tile == 2) {
        inverse2(m, y);
    } else {
        y[0] = m[0];
    }
}

CK_INLINE int frequencies(int tile) { return tile == 1 ? 1 : tile + 2; }

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
    const int tile = axis == 0 ? c->tile_depth : c->tile_plane;
    return (c->out[axis] + tile - 1) / tile;
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
        .depth = depth, .first = {0, 0}, .count = {height, width}, .rows = height * c->tile_plane + 2, .columns = width * c->tile_plane + 2,
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
    t.rows = t.count[0] * c->tile_plane + 2;
    t.columns = t.count[1] * c->tile_plane + 2;
    t.groups = (t.count[0] * t.count[1] + c->rows - 1) / c->rows;
    return t;
}

// MARK: Depth, forward

/// One row of every depth frequency from the rows of the input; a NULL row is padding.
CK_INLINE void depth_forward_row(
    const float *const *from, int count, float *to, size_t frequency, affine_t a, const int tile, const int whole, const int raw
) {
    const int inputs = frequencies(tile);
    for (int x = 0; x < count; x++) {
        vf d[6], y[6];
        CK_UNROLL for (int i = 0; i < inputs; i++) {
            if (whole || from[i]) {
                d[i] = load(from[i] + (size_t)x * CK_BLOCK);
                if (!raw) { d[i] = applied(d[i], a); }
            } else {
                d[i] = splat(0);
            }
        }
        forward(tile, d, y);
        CK_UNROLL for (int i = 0; i < inputs; i++) { store(to + frequency * i + (size_t)x * CK_BLOCK, y[i]); }
    }
}

/// Input block `block` to its slab, [depth frequency][row][column][channel]; `frequency` floats lie between depth frequencies.
CK_INLINE void depth_forward(const ck_convolution *c, const tiles_t *t, int block, float *slab, size_t frequency, const int tile) {
    const ck_source *source = source_of(c, &block);
    const affine_t a = affine_of(source, block);
    const int inputs = frequencies(tile), margin = tile == 1 ? 0 : 1;
    const int top = t->first[0] * c->tile_plane - 1, left = t->first[1] * c->tile_plane - 1;
    const int first = CK_MAX(0, -left), last = CK_MIN(t->columns, c->in[2] - left);
    const size_t row = (size_t)t->columns * CK_BLOCK;
    for (int y = 0; y < t->rows; y++, slab += row) {
        const int h = top + y;
        const float *from[6];
        int whole = 1;
        for (int i = 0; i < inputs; i++) {
            const int d = t->depth * tile - margin + i;
            from[i] = NULL;
            if (d >= 0 && d < c->in[0] && h >= 0 && h < c->in[1]) {
                const size_t at = (((size_t)block * c->in[0] + d) * c->in[1] + h) * c->in[2];
                from[i] = source->data + (ptrdiff_t)(at + left + first) * CK_BLOCK;
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
            depth_forward_row(from, last - first, to, frequency, a, tile, 1, 1);
        } else if (whole) {
            depth_forward_row(from, last - first, to, frequency, a, tile, 1, 0);
        } else {
            depth_forward_row(from, last - first, to, frequency, a, tile, 0, a.raw);
        }
    }
}

static void depth_forward_any(const ck_convolution *c, const tiles_t *t, int block, float *slab, size_t frequency) {
    switch (c->tile_depth) {
    case 4: depth_forward(c, t, block, slab, frequency, 4); break;
    case 2: depth_forward(c, t, block, slab, frequency, 2); break;
    default: depth_forward(c, t, block, slab, frequency, 1); break;
    }
}

// MARK: Plane, forward

/// Two height frequencies of one column: 0 and infinity (part 0), +a and -a (part 1), +b and -b (part 2).
CK_INLINE void height_pair4(const float *p, size_t row, const int part, vf *even, vf *odd) {
    const vf d1 = load(p + row), d2 = load(p + 2 * row), d3 = load(p + 3 * row), d4 = load(p + 4 * row);
    if (part == 0) {
        *even = d4 - d2 * 2.5f + load(p);
        *odd = load(p + 5 * row) - d3 * 2.5f + d1;
    } else if (part == 1) {
        const vf a = d4 - d2 * 2.0f, s = (d3 - d1 * 2.0f) * CK_POINT_A;
        *even = a + s;
        *odd = a - s;
    } else {
        const vf b = d4 - d2 * 0.5f, s = (d3 - d1 * 0.5f) * CK_POINT_B;
        *even = b + s;
        *odd = b - s;
    }
}

/// Two height frequencies of one column: 0 and infinity (part 0), 1 and -1 (part 1).
CK_INLINE void height_pair2(const float *p, size_t row, const int part, vf *even, vf *odd) {
    const vf d1 = load(p + row), d2 = load(p + 2 * row);
    if (part == 0) {
        *even = load(p) - d2;
        *odd = load(p + 3 * row) - d1;
    } else {
        *even = d1 + d2;
        *odd = d2 - d1;
    }
}

/// A row of tiles, two height frequencies at a time; columns two tiles share are kept in registers.
CK_INLINE void plane_forward_row(
    const float *slab, size_t row, int tiles, int index, float *to, size_t frequency, size_t group, int rows, const int tile, const int part
) {
    const int n = tile + 2, even = part == 0 ? 0 : 2 * part - 1, odd = part == 0 ? n - 1 : 2 * part;
    int g = index / rows, r = index % rows;
    vf p[6], q[6];
    CK_UNROLL for (int i = 0; i < 2; i++) {
        if (tile == 4) {
            height_pair4(slab + i * CK_BLOCK, row, part, &p[i], &q[i]);
        } else {
            height_pair2(slab + i * CK_BLOCK, row, part, &p[i], &q[i]);
        }
    }
    for (int x = 0; x < tiles; x++) {
        const float *in = slab + (size_t)x * tile * CK_BLOCK;
        CK_UNROLL for (int i = 2; i < n; i++) {
            if (tile == 4) {
                height_pair4(in + i * CK_BLOCK, row, part, &p[i], &q[i]);
            } else {
                height_pair2(in + i * CK_BLOCK, row, part, &p[i], &q[i]);
            }
        }
        vf y[6];
        float *out = to + g * group + (size_t)r * CK_BLOCK;
        forward(tile, p, y);
        CK_UNROLL for (int i = 0; i < n; i++) { store(out + frequency * (even * n + i), y[i]); }
        forward(tile, q, y);
        CK_UNROLL for (int i = 0; i < n; i++) { store(out + frequency * (odd * n + i), y[i]); }
        p[0] = p[n - 2], p[1] = p[n - 1], q[0] = q[n - 2], q[1] = q[n - 1];
        if (++r == rows) { r = 0, g++; }
    }
}

/// One depth frequency of one input block: slab to [plane frequency][group][input block][row][channel].
static void plane_forward(const ck_convolution *c, const tiles_t *t, int block, const float *slab, float *transformed) {
    const size_t row = (size_t)t->columns * CK_BLOCK, frequency = input_frequency(c, t);
    const size_t group = (size_t)input_blocks(c) * c->rows * CK_BLOCK;
    float *to = transformed + (size_t)block * c->rows * CK_BLOCK;
    for (int y = 0; y < t->count[0]; y++) {
        const float *from = slab + (size_t)y * c->tile_plane * row;
        const int index = t->tile + y * t->count[1], tiles = t->count[1], rows = c->rows;
        if (c->tile_plane == 4) {
            plane_forward_row(from, row, tiles, index, to, frequency, group, rows, 4, 0);
            plane_forward_row(from, row, tiles, index, to, frequency, group, rows, 4, 1);
            plane_forward_row(from, row, tiles, index, to, frequency, group, rows, 4, 2);
        } else {
            plane_forward_row(from, row, tiles, index, to, frequency, group, rows, 2, 0);
            plane_forward_row(from, row, tiles, index, to, frequency, group, rows, 2, 1);
        }
    }
}

// MARK: Products

/// All tiles of one frequency times one panel of weights.
CK_INLINE void products(
    const ck_convolution *c, const tiles_t *t, int tiles, const float *transformed, const int *offsets, const int *counts,
    const float *weights, int width, float *out
) {
    const int inputs = input_blocks(c);
    const size_t group = (size_t)inputs * c->rows * CK_BLOCK, sums = (size_t)c->rows * width * CK_BLOCK;
    for (int g = 0; g < t->groups; g++) {
        const int rows = CK_MIN(c->rows, tiles - g * c->rows);
        micro_blocked[width - 1][rows](transformed + group * g, offsets, counts, inputs, weights, out + sums * g, 0);
    }
}

CK_INLINE void list_blocks(const ck_convolution *c, int *offsets, int *counts) {
    for (int b = 0; b < input_blocks(c); b++) {
        offsets[b] = b * c->rows * CK_BLOCK;
        counts[b] = depth_of_block(c, b);
    }
}

// MARK: Inverse

/// One tile of one channel block: frequencies at a distance of `frequency` to tile x tile outputs.
CK_INLINE void plane_inverse_tile(const float *from, size_t frequency, float *to, size_t row, const int tile) {
    const int n = tile + 2;
    vf columns[4][6];
    CK_UNROLL for (int x = 0; x < n; x++) {
        vf m[6], y[4];
        CK_UNROLL for (int i = 0; i < n; i++) { m[i] = load(from + frequency * (i * n + x)); }
        inverse(tile, m, y);
        CK_UNROLL for (int i = 0; i < tile; i++) { columns[i][x] = y[i]; }
    }
    CK_UNROLL for (int i = 0; i < tile; i++) {
        vf y[4];
        inverse(tile, columns[i], y);
        CK_UNROLL for (int x = 0; x < tile; x++) { store(to + row * i + x * CK_BLOCK, y[x]); }
    }
}

/// One depth frequency of block `lane` of a panel: products to [row][column][channel].
static void plane_inverse(const ck_convolution *c, const tiles_t *t, int lane, int width, const float *products, float *to) {
    const size_t frequency = output_frequency(c, t), row = (size_t)t->count[1] * c->tile_plane * CK_BLOCK;
    for (int y = 0; y < t->count[0]; y++) {
        const float *from = products + ((size_t)(t->tile + y * t->count[1]) * width + lane) * CK_BLOCK;
        float *out = to + row * c->tile_plane * y;
        for (int x = 0; x < t->count[1]; x++, from += width * CK_BLOCK, out += c->tile_plane * CK_BLOCK) {
            if (c->tile_plane == 4) {
                plane_inverse_tile(from, frequency, out, row, 4);
            } else {
                plane_inverse_tile(from, frequency, out, row, 2);
            }
        }
    }
}

/// One row of up to `tile` output planes from a row of every depth frequency.
CK_INLINE void depth_inverse_row(
    const float *from, size_t frequency, int count, float *const *to, vf bias, vf slope, moments_t *moments, const int tile, const int whole,
    const int plain
) {
    const int inputs = frequencies(tile);
    vf sum = splat(0), squares = splat(0);
    int planes = 0;
    CK_UNROLL for (int i = 0; i < tile; i++) { planes += to[i] != NULL; }
    for (int x = 0; x < count; x++) {
        vf m[6], y[4];
        CK_UNROLL for (int i = 0; i < inputs; i++) { m[i] = load(from + frequency * i + (size_t)x * CK_BLOCK); }
        inverse(tile, m, y);
        CK_UNROLL for (int i = 0; i < tile; i++) {
            if (!plain) {
                y[i] += bias;
                y[i] = larger(y[i], y[i] * slope);
            }
        }
        if (moments->count == 0 && x == 0) { moments->origin = y[0]; }
        CK_UNROLL for (int i = 0; i < tile; i++) {
            if (whole || to[i]) {
                store(to[i] + (size_t)x * CK_BLOCK, y[i]);
                const vf d = y[i] - moments->origin;
                sum += d;
                squares += d * d;
            }
        }
    }
    moments_add(moments, sum, squares, (long)count * planes);
}

CK_INLINE void depth_inverse(
    const ck_convolution *c, const tiles_t *t, int block, const float *from, size_t frequency, double *statistics, const int tile
) {
    const vf bias = c->bias ? load(c->bias + block * CK_BLOCK) : splat(0), slope = splat(c->store_slope);
    const int plain = !c->bias && c->store_slope == 1;
    const int top = t->first[0] * c->tile_plane, left = t->first[1] * c->tile_plane;
    const int height = CK_MIN(t->count[0] * c->tile_plane, c->out[1] - top), count = CK_MIN(t->count[1] * c->tile_plane, c->out[2] - left);
    moments_t moments = moments_start();
    for (int y = 0; y < height; y++) {
        float *to[4];
        int whole = 1;
        for (int i = 0; i < tile; i++) {
            const int d = t->depth * tile + i;
            to[i] = NULL;
            if (d < c->out[0]) {
                const size_t at = (((size_t)block * c->out[0] + d) * c->out[1] + top + y) * c->out[2] + left;
                to[i] = c->output + at * CK_BLOCK;
            } else {
                whole = 0;
            }
        }
        const float *row = from + (size_t)y * t->count[1] * c->tile_plane * CK_BLOCK;
        if (whole && plain) {
            depth_inverse_row(row, frequency, count, to, bias, slope, &moments, tile, 1, 1);
        } else {
            depth_inverse_row(row, frequency, count, to, bias, slope, &moments, tile, 0, 0);
        }
    }
    if (statistics) { moments_write(&moments, statistics, block, c->out_channels); }
}

static void depth_inverse_any(
    const ck_convolution *c, const tiles_t *t, int block, const float *from, size_t frequency, double *statistics
) {
    switch (c->tile_depth) {
    case 4: depth_inverse(c, t, block, from, frequency, statistics, 4); break;
    case 2: depth_inverse(c, t, block, from, frequency, statistics, 2); break;
    default: depth_inverse(c, t, block, from, frequency, statistics, 1); break;
    }
}

// MARK: The whole

/// What lies in an item's scratch memory, in floats.
typedef struct {
    size_t slab_block, slab, result_block, transformed, products, lists;
} CK_NAME(layout);
#define layout_t CK_NAME(layout)

/// For a block of tiles with all channels (private), or a plane with one channel block (shared).
CK_INLINE layout_t layout_of(const ck_convolution *c, const tiles_t *t, int inputs, int outputs) {
    const int plane = (c->tile_plane + 2) * (c->tile_plane + 2);
    layout_t l;
    l.slab_block = (size_t)t->rows * t->columns * CK_BLOCK;
    l.result_block = (size_t)t->count[0] * t->count[1] * c->tile_plane * c->tile_plane * CK_BLOCK;
    l.slab = odd_lines(CK_MAX(l.slab_block * inputs, l.result_block * outputs));
    l.transformed = aligned(input_frequency(c, t) * plane);
    l.products = aligned(output_frequency(c, t) * plane);
    l.lists = aligned(2 * (size_t)input_blocks(c));
    return l;
}

CK_INLINE size_t panel_weights(const ck_convolution *c, int width) {
    return (size_t)(c->tile_plane + 2) * (c->tile_plane + 2) * input_depth_count(c) * width * CK_BLOCK;
}

static ck_work CK_NAME(winograd_work)(const ck_convolution *c) {
    const int depth = frequencies(c->tile_depth), plane = (c->tile_plane + 2) * (c->tile_plane + 2), outputs = blocks_of(c->out_channels);
    ck_work work = {.weight_count = depth * panel_weights(c, 1) * outputs};
    if (c->sharing == ck_shared) {
        const tiles_t t = plane_tiles(c, 0);
        const layout_t l = layout_of(c, &t, 1, 1);
        const int planes = tiles_on(c, 0);
        work.statistics_items = planes;
        work.phases = 3;
        work.phase[0].items = planes * input_blocks(c);
        work.phase[0].scratch_bytes = sizeof(float) * depth * l.slab;
        work.phase[1].items = depth * panel_count(c) * (c->tile_plane + 2);
        work.phase[1].scratch_bytes = sizeof(float) * l.lists;
        work.phase[2].items = planes * outputs;
        work.phase[2].scratch_bytes = sizeof(float) * depth * l.slab;
        work.shared_input_count = depth * plane * input_frequency(c, &t);
        work.shared_output_count = (size_t)depth * panel_count(c) * plane * output_frequency(c, &t);
    } else {
        const tiles_t t = block_tiles(c, 0);
        const layout_t l = layout_of(c, &t, input_blocks(c), outputs);
        const int across = (tiles_on(c, 2) + c->block[2] - 1) / c->block[2], down = (tiles_on(c, 1) + c->block[1] - 1) / c->block[1];
        work.statistics_items = tiles_on(c, 0) * down * across;
        work.phases = 1;
        work.phase[0].items = work.statistics_items;
        work.phase[0].scratch_bytes = sizeof(float) * (l.lists + depth * l.slab + l.transformed + l.products);
    }
    return work;
}

static void winograd_private(const ck_convolution *c, int item, float *scratch) {
    const tiles_t t = block_tiles(c, item);
    const int inputs = input_blocks(c), outputs = blocks_of(c->out_channels), depth = frequencies(c->tile_depth);
    const int plane = (c->tile_plane + 2) * (c->tile_plane + 2), k = input_depth_count(c);
    const layout_t l = layout_of(c, &t, inputs, outputs);
    int *offsets = (int *)scratch, *counts = offsets + inputs;
    float *slab = scratch + l.lists, *transformed = slab + l.slab * depth, *out = transformed + l.transformed;
    const size_t from = input_frequency(c, &t), to = output_frequency(c, &t);
    list_blocks(c, offsets, counts);
    for (int b = 0; b < inputs; b++) { depth_forward_any(c, &t, b, slab + l.slab_block * b, l.slab); }
    const float *weights = c->weights;
    for (int f = 0; f < depth; f++) {
        float *part = slab + l.slab * f;
        for (int b = 0; b < inputs; b++) { plane_forward(c, &t, b, part + l.slab_block * b, transformed); }
        for (int panel = 0; panel < panel_count(c); panel++) {
            const int width = panel_width(c, panel);
            for (int i = 0; i < plane; i++) {
                products(c, &t, t.count[0] * t.count[1], transformed + from * i, offsets, counts, weights, width, out + to * i);
                weights += (size_t)k * width * CK_BLOCK;
            }
            for (int v = 0; v < width; v++) { plane_inverse(c, &t, v, width, out, part + l.result_block * (panel * CK_PANEL + v)); }
        }
    }
    double *statistics = c->statistics ? c->statistics + 3 * (size_t)c->out_channels * item : NULL;
    for (int b = 0; b < outputs; b++) { depth_inverse_any(c, &t, b, slab + l.result_block * b, l.slab, statistics); }
}

static void winograd_transform_input(const ck_convolution *c, int item, float *scratch) {
    const int inputs = input_blocks(c), depth = frequencies(c->tile_depth), plane = (c->tile_plane + 2) * (c->tile_plane + 2);
    const tiles_t t = plane_tiles(c, item / inputs);
    const layout_t l = layout_of(c, &t, 1, 1);
    depth_forward_any(c, &t, item % inputs, scratch, l.slab);
    for (int f = 0; f < depth; f++) {
        plane_forward(c, &t, item % inputs, scratch + l.slab * f, c->shared_input + input_frequency(c, &t) * plane * f);
    }
}

static void winograd_multiply(const ck_convolution *c, int item, float *scratch) {
    const int n = c->tile_plane + 2, plane = n * n, panels = panel_count(c), k = input_depth_count(c);
    const int f = item / (panels * n), panel = item / n % panels, width = panel_width(c, panel);
    const tiles_t t = plane_tiles(c, 0);
    const size_t from = input_frequency(c, &t), to = output_frequency(c, &t);
    int *offsets = (int *)scratch, *counts = offsets + input_blocks(c);
    list_blocks(c, offsets, counts);
    const float *weights = c->weights + f * panel_weights(c, 1) * blocks_of(c->out_channels) + panel * panel_weights(c, CK_PANEL);
    const int tiles = tiles_on(c, 0) * tiles_on(c, 1) * tiles_on(c, 2);
    for (int i = item % n * n; i < (item % n + 1) * n; i++) {
        products(
            c, &t, tiles, c->shared_input + from * (plane * f + i), offsets, counts, weights + (size_t)i * k * width * CK_BLOCK, width,
            c->shared_output + to * ((size_t)(f * panels + panel) * plane + i));
    }
}

static void winograd_transform_output(const ck_convolution *c, int item, float *scratch) {
    const int outputs = blocks_of(c->out_channels), depth = frequencies(c->tile_depth), panels = panel_count(c);
    const int plane = (c->tile_plane + 2) * (c->tile_plane + 2), block = item % outputs, panel = block / CK_PANEL;
    const tiles_t t = plane_tiles(c, item / outputs);
    const layout_t l = layout_of(c, &t, 1, 1);
    for (int f = 0; f < depth; f++) {
        const float *from = c->shared_output + output_frequency(c, &t) * plane * (f * panels + panel);
        plane_inverse(c, &t, block % CK_PANEL, panel_width(c, panel), from, scratch + l.slab * f);
    }
    double *statistics = c->statistics ? c->statistics + 3 * (size_t)c->out_channels * (item / outputs) : NULL;
    depth_inverse_any(c, &t, block, scratch, l.slab, statistics);
}

static void CK_NAME(winograd_item)(const ck_convolution *c, int phase, int item, float *scratch) {
    if (c->sharing != ck_shared) {
        winograd_private(c, item, scratch);
    } else if (phase == 0) {
        winograd_transform_input(c, item, scratch);
    } else if (phase == 1) {
        winograd_multiply(c, item, scratch);
    } else {
        winograd_transform_output(c, item, scratch);
    }
}
