// Winograd's output transforms over a brick of tiles, with bias, activation and statistics on store.

/// One tile of one channel block: frequencies at a distance of `frequency` to the tile's outputs.
CK_INLINE void plane_inverse_tile(const float *from, size_t frequency, float *to, size_t row, const ck_axis axis) {
    const int n = ck_axis_frequencies(axis), outputs = ck_axis_outputs(axis);
    vf columns[4][MOST];
    CK_UNROLL for (int x = 0; x < n; x++) {
        vf m[MOST], y[4];
        CK_UNROLL for (int i = 0; i < n; i++) { m[i] = load(from + frequency * (i * n + x)); }
        inverse(axis, m, y);
        CK_UNROLL for (int i = 0; i < outputs; i++) { columns[i][x] = y[i]; }
    }
    CK_UNROLL for (int i = 0; i < outputs; i++) {
        vf y[4];
        inverse(axis, columns[i], y);
        CK_UNROLL for (int x = 0; x < outputs; x++) { store(to + row * i + x * CK_BLOCK, y[x]); }
    }
}

/// One depth frequency of block `lane` of a panel: products to [row][column][channel].
CK_INLINE void plane_inverse_tiles(
    const ck_convolution *c, const tiles_t *t, int lane, int width, const float *products, float *to, const ck_axis axis
) {
    const int outputs = ck_axis_outputs(axis);
    const size_t frequency = output_frequency(c, t), row = (size_t)t->count[1] * outputs * CK_BLOCK;
    for (int y = 0; y < t->count[0]; y++) {
        const float *from = products + ((size_t)(t->tile + y * t->count[1]) * width + lane) * CK_BLOCK;
        float *out = to + row * outputs * y;
        for (int x = 0; x < t->count[1]; x++, from += width * CK_BLOCK, out += outputs * CK_BLOCK) {
            plane_inverse_tile(from, frequency, out, row, axis);
        }
    }
}

static void plane_inverse(const ck_convolution *c, const tiles_t *t, int lane, int width, const float *products, float *to) {
    assert(ck_is_aligned(products, CK_BLOCK) && ck_is_aligned(to, CK_BLOCK) && lane >= 0 && lane < width && width <= CK_PANEL);
    switch (c->plane_axis) {
#define CASE(kind, ...) case ck_axis_##kind: plane_inverse_tiles(c, t, lane, width, products, to, ck_axis_##kind); break;
        CK_PLANE_AXES(CASE)
#undef CASE
    default: __builtin_unreachable();
    }
}

/// What is known of a row of output planes when it is compiled.
enum {
    /// No output is past the end.
    CK_NAME(row_whole) = 1,
    /// Neither bias nor activation.
    CK_NAME(row_plain) = 2,
    /// An upsampled layer's sums are added.
    CK_NAME(row_adds) = 4,
    /// It is stored past the caches.
    CK_NAME(row_streams) = 8,
};
#define WHOLE CK_NAME(row_whole)
#define PLAIN CK_NAME(row_plain)
#define ADDS CK_NAME(row_adds)
#define STREAMS CK_NAME(row_streams)

/// A row of every depth frequency and the rows of the tile's output planes.
typedef struct {
    /// `frequency` floats lie between depth frequencies.
    const float *from;
    size_t frequency;
    int count;
    /// NULL is past the end.
    float *to[4];
    const float *addend[4];
} CK_NAME(output_rows);
#define output_rows_t CK_NAME(output_rows)

/// One row of the tile's output planes from a row of every depth frequency.
CK_INLINE void depth_inverse_row(
    const output_rows_t *r, finishing_t f, moments_t *moments, const ck_axis axis, const int form
) {
    const int inputs = ck_axis_frequencies(axis), outputs = ck_axis_outputs(axis);
    int planes = 0;
    CK_UNROLL for (int i = 0; i < outputs; i++) { planes += r->to[i] != NULL; }
    for (int first = 0; first < r->count; first += CK_NAME(moments_run)) {
        const int last = CK_MIN(r->count, first + CK_NAME(moments_run));
        vf sum = splat(0), squares = splat(0);
        for (int x = first; x < last; x++) {
            vf m[MOST], y[4], s = splat(0), q = splat(0);
            CK_UNROLL for (int i = 0; i < inputs; i++) { m[i] = load(r->from + r->frequency * i + (size_t)x * CK_BLOCK); }
            inverse(axis, m, y);
            CK_UNROLL for (int i = 0; i < outputs; i++) {
                if (form & ADDS && (form & WHOLE || r->to[i])) { y[i] += load(r->addend[i] + (size_t)x * CK_BLOCK); }
                if (!(form & PLAIN)) {
                    y[i] += f.bias;
                    y[i] = larger(y[i], y[i] * f.slope);
                }
            }
            if (moments->count == 0 && x == 0) { moments->origin = y[0]; }
            CK_UNROLL for (int i = 0; i < outputs; i++) {
                if (form & WHOLE || r->to[i]) {
                    store_or_stream(r->to[i] + (size_t)x * CK_BLOCK, y[i], form & STREAMS);
                    const vf d = y[i] - moments->origin;
                    s += d;
                    q += d * d;
                }
            }
            sum += s;
            squares += q;
        }
        moments_add(moments, sum, squares, (long)(last - first) * planes);
    }
}

/// The rows of a tile's output planes at row `h` of the output, from column `left` on, and whether all are there.
CK_INLINE int output_rows(const ck_convolution *c, const tiles_t *t, int block, int h, int left, output_rows_t *r, const ck_axis axis) {
    const size_t at = (size_t)(h * c->out[2] + left) * CK_BLOCK;
    int whole = 1;
    for (int i = 0; i < ck_axis_outputs(axis); i++) {
        const int d = t->depth * ck_axis_outputs(axis) + i;
        r->to[i] = NULL;
        r->addend[i] = NULL;
        if (d < c->out[0]) {
            r->to[i] = output_plane(c, block, d) + at;
            if (c->sums.data) { r->addend[i] = sums_row(c, block, d, h) + left * CK_BLOCK; }
        } else {
            whole = 0;
        }
    }
    return whole;
}

CK_INLINE void depth_inverse(
    const ck_convolution *c, const tiles_t *t, int block, const float *from, size_t frequency, double *statistics, const ck_axis axis
) {
    assert(ck_is_aligned(from, CK_BLOCK) && block >= 0 && block < blocks_of(c->out_channels));
    const finishing_t f = {c->bias ? load(c->bias + block * CK_BLOCK) : splat(0), splat(c->store_slope)};
    const int plain = !c->bias && c->store_slope == 1, across = ck_axis_outputs(c->plane_axis);
    const int top = t->first[0] * across, left = t->first[1] * across;
    const int height = CK_MIN(t->count[0] * across, c->out[1] - top);
    output_rows_t rows = {.from = from, .frequency = frequency, .count = CK_MIN(t->count[1] * across, c->out[2] - left)};
    moments_t moments = moments_start();
    for (int y = 0; y < height; y++, rows.from += (size_t)t->count[1] * across * CK_BLOCK) {
        const int whole = output_rows(c, t, block, top + y, left, &rows, axis);
        if (!whole || !plain) {
            depth_inverse_row(&rows, f, &moments, axis, c->sums.data ? ADDS : 0);
        } else if (c->sums.data && c->streams_output) {
            depth_inverse_row(&rows, f, &moments, axis, WHOLE | PLAIN | ADDS | STREAMS);
        } else if (c->sums.data) {
            depth_inverse_row(&rows, f, &moments, axis, WHOLE | PLAIN | ADDS);
        } else if (c->streams_output) {
            depth_inverse_row(&rows, f, &moments, axis, WHOLE | PLAIN | STREAMS);
        } else {
            depth_inverse_row(&rows, f, &moments, axis, WHOLE | PLAIN);
        }
    }
    if (c->streams_output) { stream_end(); }
    if (statistics) { moments_write(&moments, statistics, block, c->out_channels); }
}

static void depth_inverse_any(
    const ck_convolution *c, const tiles_t *t, int block, const float *from, size_t frequency, double *statistics
) {
    switch (c->depth_axis) {
#define CASE(kind, ...) case ck_axis_##kind: depth_inverse(c, t, block, from, frequency, statistics, ck_axis_##kind); break;
        CK_AXES(CASE)
#undef CASE
    }
}
