// Winograd's output transforms over a block of tiles, with bias, activation and statistics on store.

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
///
/// - addend: rows that are added to the outputs, if `adds`.
CK_INLINE void depth_inverse_row(
    const float *from, size_t frequency, int count, float *const *to, const float *const *addend, vf bias, vf slope, moments_t *moments,
    const int kind, const int whole, const int plain, const int adds, const int streams
) {
    const int inputs = frequencies(kind), outputs = tile_outputs(kind);
    int planes = 0;
    CK_UNROLL for (int i = 0; i < outputs; i++) { planes += to[i] != NULL; }
    for (int first = 0; first < count; first += CK_NAME(moments_run)) {
        const int last = CK_MIN(count, first + CK_NAME(moments_run));
        vf sum = splat(0), squares = splat(0);
        for (int x = first; x < last; x++) {
            vf m[MOST], y[4], s = splat(0), q = splat(0);
            CK_UNROLL for (int i = 0; i < inputs; i++) { m[i] = load(from + frequency * i + (size_t)x * CK_BLOCK); }
            inverse(kind, m, y);
            CK_UNROLL for (int i = 0; i < outputs; i++) {
                if (adds && (whole || to[i])) { y[i] += load(addend[i] + (size_t)x * CK_BLOCK); }
                if (!plain) {
                    y[i] += bias;
                    y[i] = larger(y[i], y[i] * slope);
                }
            }
            if (moments->count == 0 && x == 0) { moments->origin = y[0]; }
            CK_UNROLL for (int i = 0; i < outputs; i++) {
                if (whole || to[i]) {
                    store_or_stream(to[i] + (size_t)x * CK_BLOCK, y[i], streams);
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
        const float *addend[4] = {NULL};
        int whole = 1;
        for (int i = 0; i < outputs; i++) {
            const int d = t->depth * outputs + i;
            const size_t at = (size_t)((top + y) * c->out[2] + left) * CK_BLOCK;
            to[i] = NULL;
            if (d < c->out[0]) {
                to[i] = output_plane(c, block, d) + at;
                if (c->sums.data) { addend[i] = sums_row(c, block, d, top + y) + left * CK_BLOCK; }
            } else {
                whole = 0;
            }
        }
        const float *row = from + (size_t)y * t->count[1] * across * CK_BLOCK;
        if (!whole || !plain) {
            depth_inverse_row(row, frequency, count, to, addend, bias, slope, &moments, kind, 0, 0, c->sums.data != NULL, 0);
        } else if (c->sums.data && c->streams_output) {
            depth_inverse_row(row, frequency, count, to, addend, bias, slope, &moments, kind, 1, 1, 1, 1);
        } else if (c->sums.data) {
            depth_inverse_row(row, frequency, count, to, addend, bias, slope, &moments, kind, 1, 1, 1, 0);
        } else if (c->streams_output) {
            depth_inverse_row(row, frequency, count, to, addend, bias, slope, &moments, kind, 1, 1, 0, 1);
        } else {
            depth_inverse_row(row, frequency, count, to, addend, bias, slope, &moments, kind, 1, 1, 0, 0);
        }
    }
    if (c->streams_output) { stream_end(); }
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
