// Winograd's minimal filtering for kernels of size 3 in the plane and 3 or 1 in depth, stride 1 or 2.
//
// Each axis has a kind: 1 passes unchanged (kernel 1); 2 is F(2,3) on the points 0, ±1, infinity; 4 is F(4,3) on 0, ±sqrt(1/2), ±sqrt(2),
// infinity; 8 is stride 2 with 4 outputs from 9 inputs, where the odd phase is F(4,2) on ±sqrt(1/2), ±sqrt(2), infinity and the even phase,
// one weight to each output, passes unchanged. The transforms are nested: depth over whole rows, then the plane tile by tile.

/// sqrt(1/2) and sqrt(2), and the third powers of both.
#define CK_POINT_A 0.70710678118654752440f
#define CK_POINT_B 1.41421356237309504880f
#define CK_POINT_A3 0.35355339059327376220f
#define CK_POINT_B3 2.82842712474619009760f

enum { CK_NAME(most_frequencies) = 9 };
#define MOST CK_NAME(most_frequencies)

// MARK: One axis

/// Outputs of one tile.
CK_INLINE int tile_outputs(int kind) { return kind == 8 ? 4 : kind; }
/// Inputs, and frequencies, of one tile.
CK_INLINE int frequencies(int kind) { return kind == 1 ? 1 : kind == 8 ? 9 : kind + 2; }
/// Inputs from one tile to the next.
CK_INLINE int tile_step(int kind) { return kind; }
/// Inputs of a row of tiles.
CK_INLINE int tile_inputs(int kind, int tiles) { return (tiles - 1) * tile_step(kind) + frequencies(kind); }
/// Frequencies that have weights of their own, and which weights a frequency has.
CK_INLINE int weight_frequencies(int kind) { return kind == 8 ? 6 : frequencies(kind); }
CK_INLINE int weight_frequency(int kind, int frequency) { return kind == 8 ? CK_MIN(frequency, 5) : frequency; }

/// Six inputs to six frequencies: 0, +a, -a, +b, -b, infinity.
CK_INLINE void forward4(const vf *d, vf *y) {
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
CK_INLINE void inverse4(const vf *m, vf *y) {
    const vf as = m[1] + m[2], ad = m[1] - m[2], bs = m[3] + m[4], bd = m[3] - m[4];
    y[0] = m[0] + as + bs;
    y[1] = ad * CK_POINT_A + bd * CK_POINT_B;
    y[2] = as * 0.5f + bs * 2.0f;
    y[3] = ad * CK_POINT_A3 + (bd * CK_POINT_B3 + m[5]);
}

/// Four inputs to four frequencies: 0, 1, -1, infinity.
CK_INLINE void forward2(const vf *d, vf *y) {
    y[0] = d[0] - d[2];
    y[1] = d[1] + d[2];
    y[2] = d[2] - d[1];
    y[3] = d[3] - d[1];
}

/// Four frequencies to two outputs.
CK_INLINE void inverse2(const vf *m, vf *y) {
    y[0] = m[0] + m[1] + m[2];
    y[1] = m[1] - m[2] + m[3];
}

/// Nine inputs to +a, -a, +b, -b, infinity of the odd phase (inputs 0, 2, …) and the even phase (inputs 1, 3, …).
CK_INLINE void forward8(const vf *d, vf *y) {
    const vf a = d[6] - d[2] * 2.0f, as = (d[4] - d[0] * 2.0f) * CK_POINT_A;
    const vf b = d[6] - d[2] * 0.5f, bs = (d[4] - d[0] * 0.5f) * CK_POINT_B;
    y[0] = a + as;
    y[1] = a - as;
    y[2] = b + bs;
    y[3] = b - bs;
    y[4] = d[8] - d[4] * 2.5f + d[0];
    CK_UNROLL for (int i = 0; i < 4; i++) { y[5 + i] = d[1 + 2 * i]; }
}

/// Nine frequencies to four outputs.
CK_INLINE void inverse8(const vf *m, vf *y) {
    const vf as = m[0] + m[1], ad = m[0] - m[1], bs = m[2] + m[3], bd = m[2] - m[3];
    y[0] = as + bs + m[5];
    y[1] = ad * CK_POINT_A + (bd * CK_POINT_B + m[6]);
    y[2] = as * 0.5f + (bs * 2.0f + m[7]);
    y[3] = ad * CK_POINT_A3 + (bd * CK_POINT_B3 + (m[4] + m[8]));
}

CK_INLINE void forward(const int kind, const vf *d, vf *y) {
    if (kind == 8) {
        forward8(d, y);
    } else if (kind == 4) {
        forward4(d, y);
    } else if (kind == 2) {
        forward2(d, y);
    } else {
        y[0] = d[0];
    }
}

CK_INLINE void inverse(const int kind, const vf *m, vf *y) {
    if (kind == 8) {
        inverse8(m, y);
    } else if (kind == 4) {
        inverse4(m, y);
    } else if (kind == 2) {
        inverse2(m, y);
    } else {
        y[0] = m[0];
    }
}

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
    return (c->out[axis] + outputs - 1) / outputs;
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

/// One row of every depth frequency from the rows of the input; a NULL row is padding.
CK_INLINE void depth_forward_row(
    const float *const *from, int count, float *to, size_t frequency, affine_t a, const int kind, const int whole, const int raw
) {
    const int inputs = frequencies(kind);
    for (int x = 0; x < count; x++) {
        vf d[MOST], y[MOST];
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
    const int inputs = frequencies(kind), margin = kind == 1 ? 0 : 1;
    const int top = t->first[0] * tile_step(c->tile_plane) - 1, left = t->first[1] * tile_step(c->tile_plane) - 1;
    const int first = CK_MAX(0, -left), last = CK_MIN(t->columns, c->in[2] - left);
    const size_t row = (size_t)t->columns * CK_BLOCK;
    for (int y = 0; y < t->rows; y++, slab += row) {
        const int h = top + y;
        const float *from[MOST];
        int whole = 1;
        for (int i = 0; i < inputs; i++) {
            const int d = t->depth * tile_step(kind) - margin + i;
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
            depth_forward_row(from, last - first, to, frequency, a, kind, 1, 1);
        } else if (whole) {
            depth_forward_row(from, last - first, to, frequency, a, kind, 1, 0);
        } else {
            depth_forward_row(from, last - first, to, frequency, a, kind, 0, a.raw);
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

/// Two height frequencies of one column: +a and -a, +b and -b, infinity and the first even input, the next two, the last alone.
CK_INLINE void height_pair8(const float *p, size_t row, const int part, vf *one, vf *two) {
    if (part <= 1) {
        const float square = part == 0 ? 2.0f : 0.5f;
        const vf even = load(p + 6 * row) - load(p + 2 * row) * square;
        const vf odd = (load(p + 4 * row) - load(p) * square) * (part == 0 ? CK_POINT_A : CK_POINT_B);
        *one = even + odd;
        *two = even - odd;
    } else if (part == 2) {
        *one = load(p + 8 * row) - load(p + 4 * row) * 2.5f + load(p);
        *two = load(p + row);
    } else if (part == 3) {
        *one = load(p + 3 * row);
        *two = load(p + 5 * row);
    } else {
        *one = load(p + 7 * row);
        *two = *one;
    }
}

/// The two height frequencies of a part; the second is -1 where there is one only.
CK_INLINE int part_one(const int kind, const int part) { return kind == 8 ? 2 * part : part == 0 ? 0 : 2 * part - 1; }
CK_INLINE int part_two(const int kind, const int part) {
    if (kind == 8) { return part == 4 ? -1 : 2 * part + 1; }
    return part == 0 ? kind + 1 : 2 * part;
}

/// A row of tiles, two height frequencies at a time; columns two tiles share are kept in registers.
CK_INLINE void plane_forward_row(
    const float *slab, size_t row, int tiles, int index, float *to, size_t frequency, size_t group, int rows, const int kind, const int part
) {
    const int n = frequencies(kind), step = tile_step(kind), shared = n - step, one = part_one(kind, part), two = part_two(kind, part);
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

/// One tile of one channel block: frequencies at a distance of `frequency` to the tile's outputs.
CK_INLINE void plane_inverse_tile(const float *from, size_t frequency, float *to, size_t row, const int kind) {
    const int n = frequencies(kind), outputs = tile_outputs(kind);
    vf columns[4][MOST];
    CK_UNROLL for (int x = 0; x < n; x++) {
        vf m[MOST], y[4];
        CK_UNROLL for (int i = 0; i < n; i++) { m[i] = load(from + frequency * (i * n + x)); }
        inverse(kind, m, y);
        CK_UNROLL for (int i = 0; i < outputs; i++) { columns[i][x] = y[i]; }
    }
    CK_UNROLL for (int i = 0; i < outputs; i++) {
        vf y[4];
        inverse(kind, columns[i], y);
        CK_UNROLL for (int x = 0; x < outputs; x++) { store(to + row * i + x * CK_BLOCK, y[x]); }
    }
}

/// One depth frequency of block `lane` of a panel: products to [row][column][channel].
static void plane_inverse(const ck_convolution *c, const tiles_t *t, int lane, int width, const float *products, float *to) {
    const int outputs = tile_outputs(c->tile_plane);
    const size_t frequency = output_frequency(c, t), row = (size_t)t->count[1] * outputs * CK_BLOCK;
    for (int y = 0; y < t->count[0]; y++) {
        const float *from = products + ((size_t)(t->tile + y * t->count[1]) * width + lane) * CK_BLOCK;
        float *out = to + row * outputs * y;
        for (int x = 0; x < t->count[1]; x++, from += width * CK_BLOCK, out += outputs * CK_BLOCK) {
            if (c->tile_plane == 8) {
                plane_inverse_tile(from, frequency, out, row, 8);
            } else if (c->tile_plane == 4) {
                plane_inverse_tile(from, frequency, out, row, 4);
            } else {
                plane_inverse_tile(from, frequency, out, row, 2);
            }
        }
    }
}

/// One row of the tile's output planes from a row of every depth frequency; a NULL row is past the end.
CK_INLINE void depth_inverse_row(
    const float *from, size_t frequency, int count, float *const *to, vf bias, vf slope, moments_t *moments, const int kind, const int whole,
    const int plain
) {
    const int inputs = frequencies(kind), outputs = tile_outputs(kind);
    vf sum = splat(0), squares = splat(0);
    int planes = 0;
    CK_UNROLL for (int i = 0; i < outputs; i++) { planes += to[i] != NULL; }
    for (int x = 0; x < count; x++) {
        vf m[MOST], y[4];
        CK_UNROLL for (int i = 0; i < inputs; i++) { m[i] = load(from + frequency * i + (size_t)x * CK_BLOCK); }
        inverse(kind, m, y);
        CK_UNROLL for (int i = 0; i < outputs; i++) {
            if (!plain) {
                y[i] += bias;
                y[i] = larger(y[i], y[i] * slope);
            }
        }
        if (moments->count == 0 && x == 0) { moments->origin = y[0]; }
        CK_UNROLL for (int i = 0; i < outputs; i++) {
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
    const ck_convolution *c, const tiles_t *t, int block, const float *from, size_t frequency, double *statistics, const int kind
) {
    const vf bias = c->bias ? load(c->bias + block * CK_BLOCK) : splat(0), slope = splat(c->store_slope);
    const int plain = !c->bias && c->store_slope == 1;
    const int outputs = tile_outputs(kind), across = tile_outputs(c->tile_plane);
    const int top = t->first[0] * across, left = t->first[1] * across;
    const int height = CK_MIN(t->count[0] * across, c->out[1] - top), count = CK_MIN(t->count[1] * across, c->out[2] - left);
    moments_t moments = moments_start();
    for (int y = 0; y < height; y++) {
        float *to[4];
        int whole = 1;
        for (int i = 0; i < outputs; i++) {
            const int d = t->depth * outputs + i;
            to[i] = NULL;
            if (d < c->out[0]) {
                const size_t at = (((size_t)block * c->out[0] + d) * c->out[1] + top + y) * c->out[2] + left;
                to[i] = c->output + at * CK_BLOCK;
            } else {
                whole = 0;
            }
        }
        const float *row = from + (size_t)y * t->count[1] * across * CK_BLOCK;
        if (whole && plain) {
            depth_inverse_row(row, frequency, count, to, bias, slope, &moments, kind, 1, 1);
        } else {
            depth_inverse_row(row, frequency, count, to, bias, slope, &moments, kind, 0, 0);
        }
    }
    if (statistics) { moments_write(&moments, statistics, block, c->out_channels); }
}

static void depth_inverse_any(
    const ck_convolution *c, const tiles_t *t, int block, const float *from, size_t frequency, double *statistics
) {
    switch (c->tile_depth) {
    case 8: depth_inverse(c, t, block, from, frequency, statistics, 8); break;
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

CK_INLINE int plane_frequencies(const ck_convolution *c) { return frequencies(c->tile_plane) * frequencies(c->tile_plane); }

/// For a block of tiles with all channels (private), or a plane with one channel block (shared).
CK_INLINE layout_t layout_of(const ck_convolution *c, const tiles_t *t, int inputs, int outputs) {
    const int plane = plane_frequencies(c), across = tile_outputs(c->tile_plane);
    layout_t l;
    l.slab_block = (size_t)t->rows * t->columns * CK_BLOCK;
    l.result_block = (size_t)t->count[0] * t->count[1] * across * across * CK_BLOCK;
    l.slab = odd_lines(CK_MAX(l.slab_block * inputs, l.result_block * outputs));
    l.transformed = aligned(input_frequency(c, t) * plane);
    l.products = aligned(output_frequency(c, t) * plane);
    l.lists = aligned(2 * (size_t)input_blocks(c));
    return l;
}

/// Floats of one depth frequency's weights for `width` output blocks.
CK_INLINE size_t panel_weights(const ck_convolution *c, int width) {
    const size_t plane = (size_t)weight_frequencies(c->tile_plane) * weight_frequencies(c->tile_plane);
    return plane * input_depth_count(c) * width * CK_BLOCK;
}

/// The weights of a panel at a depth frequency and plane frequency.
CK_INLINE const float *frequency_weights(const ck_convolution *c, int depth, int panel, int width, int i, int k) {
    const int n = frequencies(c->tile_plane), rows = weight_frequency(c->tile_plane, i / n), columns = weight_frequency(c->tile_plane, i % n);
    const size_t plane = (size_t)rows * weight_frequencies(c->tile_plane) + columns;
    return c->weights + weight_frequency(c->tile_depth, depth) * panel_weights(c, blocks_of(c->out_channels)) +
        panel * panel_weights(c, CK_PANEL) + plane * k * width * CK_BLOCK;
}

/// Panels one item of the shared products computes: their weights at one frequency fit the second-level cache.
enum { CK_NAME(panels_at_once) = 256 / (CK_BLOCK * CK_PANEL) };

CK_INLINE int panel_parts(const ck_convolution *c) {
    return (panel_count(c) + CK_NAME(panels_at_once) - 1) / CK_NAME(panels_at_once);
}

static ck_work CK_NAME(winograd_work)(const ck_convolution *c) {
    const int depth = frequencies(c->tile_depth), plane = plane_frequencies(c), outputs = blocks_of(c->out_channels);
    ck_work work = {.weight_count = weight_frequencies(c->tile_depth) * panel_weights(c, outputs)};
    if (c->sharing == ck_shared) {
        const tiles_t t = plane_tiles(c, 0);
        const layout_t l = layout_of(c, &t, 1, 1);
        const int planes = tiles_on(c, 0);
        work.statistics_items = planes;
        work.phases = 3;
        work.phase[0].items = planes * input_blocks(c);
        work.phase[0].scratch_bytes = sizeof(float) * depth * l.slab;
        work.phase[1].items = depth * plane * panel_parts(c);
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
    const int plane = plane_frequencies(c), k = input_depth_count(c);
    const layout_t l = layout_of(c, &t, inputs, outputs);
    int *offsets = (int *)scratch, *counts = offsets + inputs;
    float *slab = scratch + l.lists, *transformed = slab + l.slab * depth, *out = transformed + l.transformed;
    const size_t from = input_frequency(c, &t), to = output_frequency(c, &t);
    list_blocks(c, offsets, counts);
    for (int b = 0; b < inputs; b++) { depth_forward_any(c, &t, b, slab + l.slab_block * b, l.slab); }
    for (int f = 0; f < depth; f++) {
        float *part = slab + l.slab * f;
        for (int b = 0; b < inputs; b++) { plane_forward(c, &t, b, part + l.slab_block * b, transformed); }
        for (int panel = 0; panel < panel_count(c); panel++) {
            const int width = panel_width(c, panel);
            for (int i = 0; i < plane; i++) {
                const float *weights = frequency_weights(c, f, panel, width, i, k);
                products(c, &t, t.count[0] * t.count[1], transformed + from * i, offsets, counts, weights, width, out + to * i);
            }
            for (int v = 0; v < width; v++) { plane_inverse(c, &t, v, width, out, part + l.result_block * (panel * CK_PANEL + v)); }
        }
    }
    double *statistics = c->statistics ? c->statistics + 3 * (size_t)c->out_channels * item : NULL;
    for (int b = 0; b < outputs; b++) { depth_inverse_any(c, &t, b, slab + l.result_block * b, l.slab, statistics); }
}

static void winograd_transform_input(const ck_convolution *c, int item, float *scratch) {
    const int inputs = input_blocks(c), depth = frequencies(c->tile_depth), plane = plane_frequencies(c);
    const tiles_t t = plane_tiles(c, item / inputs);
    const layout_t l = layout_of(c, &t, 1, 1);
    depth_forward_any(c, &t, item % inputs, scratch, l.slab);
    for (int f = 0; f < depth; f++) {
        plane_forward(c, &t, item % inputs, scratch + l.slab * f, c->shared_input + input_frequency(c, &t) * plane * f);
    }
}

static void winograd_multiply(const ck_convolution *c, int item, float *scratch) {
    const int plane = plane_frequencies(c), panels = panel_count(c), k = input_depth_count(c), parts = panel_parts(c);
    const int f = item / (plane * parts), i = item / parts % plane, first = item % parts * CK_NAME(panels_at_once);
    const tiles_t t = plane_tiles(c, 0);
    const size_t from = input_frequency(c, &t), to = output_frequency(c, &t);
    int *offsets = (int *)scratch, *counts = offsets + input_blocks(c);
    list_blocks(c, offsets, counts);
    const int tiles = tiles_on(c, 0) * tiles_on(c, 1) * tiles_on(c, 2);
    for (int panel = first; panel < CK_MIN(panels, first + CK_NAME(panels_at_once)); panel++) {
        const int width = panel_width(c, panel);
        products(
            c, &t, tiles, c->shared_input + from * (plane * f + i), offsets, counts, frequency_weights(c, f, panel, width, i, k), width,
            c->shared_output + to * ((size_t)(f * panels + panel) * plane + i));
    }
}

static void winograd_transform_output(const ck_convolution *c, int item, float *scratch) {
    const int outputs = blocks_of(c->out_channels), depth = frequencies(c->tile_depth), panels = panel_count(c);
    const int plane = plane_frequencies(c), block = item % outputs, panel = block / CK_PANEL;
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
