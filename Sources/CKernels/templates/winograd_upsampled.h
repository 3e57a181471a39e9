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

/// What part of an axis' frequencies a phase has; see winograd_axis.h.
CK_INLINE int part_of(const ck_convolution *c, int phase, int axis) {
    const int kind = axis == 0 ? c->tile_depth : c->tile_plane;
    return c->upsampling[axis] == 1 || kind == 1 ? 0 : 1 + phase_at(c, phase, axis);
}

/// Floats of one depth frequency's weights for `width` output blocks of a phase.
CK_INLINE size_t part_weights(const ck_convolution *c, int width) {
    const size_t across = part_frequencies(c->tile_plane, part_of(c, 0, 1));
    return across * across * input_depth_count(c) * width * CK_BLOCK;
}

/// Floats of all weights.
CK_INLINE size_t upsampled_weights(const ck_convolution *c) {
    return phase_count(c) * part_frequencies(c->tile_depth, part_of(c, 0, 0)) * part_weights(c, blocks_of(c->out_channels));
}

static ck_work CK_NAME(upsampled_work)(const ck_convolution *c) {
    const tiles_t t = block_tiles(c, 0);
    const layout_t l = layout_of(c, &t, input_blocks(c), blocks_of(c->out_channels));
    ck_work work = {.phases = 1, .statistics_items = private_items(c), .weight_count = upsampled_weights(c)};
    work.phase[0].items = private_items(c);
    work.phase[0].scratch_bytes = sizeof(float) * (l.lists + frequencies(c->tile_depth) * l.slab + l.transformed + l.products);
    return work;
}

// MARK: Inverse

/// One tile of one channel block and phase to every `step`-th column of every `step`-th row.
CK_INLINE void upsampled_tile(
    const float *from, size_t frequency, float *to, size_t row, int step, const int kind, const int part_y, const int part_x
) {
    const int ny = part_frequencies(kind, part_y), nx = part_frequencies(kind, part_x), outputs = tile_outputs(kind);
    vf columns[4][MOST];
    CK_UNROLL for (int x = 0; x < nx; x++) {
        vf m[MOST], y[4];
        CK_UNROLL for (int i = 0; i < ny; i++) { m[i] = load(from + frequency * (i * nx + x)); }
        inverse_part(kind, part_y, m, y);
        CK_UNROLL for (int i = 0; i < outputs; i++) { columns[i][x] = y[i]; }
    }
    CK_UNROLL for (int i = 0; i < outputs; i++) {
        vf y[4];
        inverse_part(kind, part_x, columns[i], y);
        CK_UNROLL for (int x = 0; x < outputs; x++) { store(to + row * step * i + (size_t)x * step * CK_BLOCK, y[x]); }
    }
}

CK_INLINE void upsampled_tiles(
    const ck_convolution *c, const tiles_t *t, const float *products, int width, float *to, const int kind, const int part_y,
    const int part_x
) {
    const int step = c->upsampling[1], across = tile_outputs(kind) * step;
    const size_t frequency = output_frequency(c, t), row = (size_t)t->count[1] * across * CK_BLOCK;
    for (int y = 0; y < t->count[0]; y++) {
        const float *from = products + (size_t)y * t->count[1] * width * CK_BLOCK;
        float *out = to + row * across * y;
        for (int x = 0; x < t->count[1]; x++, from += width * CK_BLOCK, out += across * CK_BLOCK) {
            upsampled_tile(from, frequency, out, row, step, kind, part_y, part_x);
        }
    }
}

/// One depth frequency of block `lane` of a panel of a phase: products to [row][column][channel] of all phases in the plane.
static void upsampled_plane(const ck_convolution *c, const tiles_t *t, int phase, int lane, int width, const float *products, float *to) {
    const int y = part_of(c, phase, 1), x = part_of(c, phase, 2), step = c->upsampling[1];
    const size_t row = (size_t)t->count[1] * tile_outputs(c->tile_plane) * step * CK_BLOCK;
    products += lane * CK_BLOCK;
    to += row * phase_at(c, phase, 1) + (size_t)phase_at(c, phase, 2) * CK_BLOCK;
    switch (c->tile_plane * 9 + y * 3 + x) {
    case 4 * 9 + 0: upsampled_tiles(c, t, products, width, to, 4, 0, 0); break;
    case 4 * 9 + 4: upsampled_tiles(c, t, products, width, to, 4, 1, 1); break;
    case 4 * 9 + 5: upsampled_tiles(c, t, products, width, to, 4, 1, 2); break;
    case 4 * 9 + 7: upsampled_tiles(c, t, products, width, to, 4, 2, 1); break;
    case 4 * 9 + 8: upsampled_tiles(c, t, products, width, to, 4, 2, 2); break;
    case 2 * 9 + 0: upsampled_tiles(c, t, products, width, to, 2, 0, 0); break;
    case 2 * 9 + 4: upsampled_tiles(c, t, products, width, to, 2, 1, 1); break;
    case 2 * 9 + 5: upsampled_tiles(c, t, products, width, to, 2, 1, 2); break;
    case 2 * 9 + 7: upsampled_tiles(c, t, products, width, to, 2, 2, 1); break;
    default: upsampled_tiles(c, t, products, width, to, 2, 2, 2); break;
    }
}

/// 1 for the first place of an axis, 2 for the last, 3 for the only one.
CK_INLINE int border_of(int at, int size) { return (at == 0) + 2 * (at == size - 1); }

CK_INLINE vf border_bias(const ck_convolution *c, int block, int z, int y, int x) {
    return load(c->bias + ((size_t)((z * 4 + y) * 4 + x) * blocks_of(c->out_channels) + block) * CK_BLOCK);
}

/// The rows of one depth phase's planes; a NULL row is past the end.
CK_INLINE void upsampled_row(
    const float *from, size_t frequency, int count, float *const *to, const vf *bias, const int kind, const int part, const int whole
) {
    const int inputs = part_frequencies(kind, part), outputs = tile_outputs(kind);
    for (int x = 0; x < count; x++) {
        vf m[MOST], y[4];
        CK_UNROLL for (int i = 0; i < inputs; i++) { m[i] = load(from + frequency * i + (size_t)x * CK_BLOCK); }
        inverse_part(kind, part, m, y);
        CK_UNROLL for (int i = 0; i < outputs; i++) {
            if (whole || to[i]) { store(to[i] + (size_t)x * CK_BLOCK, y[i] + bias[i]); }
        }
    }
}

/// One channel block of one depth phase to the sums.
CK_INLINE void upsampled_depth(
    const ck_convolution *c, const tiles_t *t, int phase, int block, const float *from, size_t frequency, const int kind, const int part
) {
    const int *up = c->upsampling, outputs = tile_outputs(kind), across = tile_outputs(c->tile_plane) * up[1];
    const int top = t->first[0] * across, left = t->first[1] * across, pitch = t->count[1] * across;
    const int height = CK_MIN(t->count[0] * across, c->out[1] - top), count = CK_MIN(pitch, c->out[2] - left);
    for (int y = 0; y < height; y++) {
        float *to[4];
        vf bias[4];
        int z[4], whole = 1;
        const int h = border_of(top + y, c->out[1]);
        for (int i = 0; i < outputs; i++) {
            const int d = (t->depth * outputs + i) * up[0] + phase;
            z[i] = border_of(d, c->out[0]);
            to[i] = NULL;
            bias[i] = c->bias ? border_bias(c, block, z[i], h, 0) : splat(0);
            if (d < c->out[0]) {
                to[i] = sums_row(c, block, d, top + y) + left * CK_BLOCK;
            } else {
                whole = 0;
            }
        }
        const float *row = from + (size_t)y * pitch * CK_BLOCK;
        if (whole) {
            upsampled_row(row, frequency, count, to, bias, kind, part, 1);
        } else {
            upsampled_row(row, frequency, count, to, bias, kind, part, 0);
        }
        if (!c->bias) { continue; }
        for (int x = 0; x < count; x++) {
            const int border = border_of(left + x, c->out[2]);
            if (border == 0) {
                // Only the ends of the whole row differ.
                x = CK_MAX(x, CK_MIN(count, c->out[2] - 1 - left) - 1);
                continue;
            }
            for (int i = 0; i < outputs; i++) {
                if (!to[i]) { continue; }
                float *at = to[i] + (size_t)x * CK_BLOCK;
                store(at, load(at) + (border_bias(c, block, z[i], h, border) - bias[i]));
            }
        }
    }
}

static void upsampled_depth_any(
    const ck_convolution *c, const tiles_t *t, int phase, int block, const float *from, size_t frequency
) {
    switch (c->tile_depth * 3 + part_of(c, phase * c->upsampling[1] * c->upsampling[2], 0)) {
    case 4 * 3: upsampled_depth(c, t, phase, block, from, frequency, 4, 0); break;
    case 4 * 3 + 1: upsampled_depth(c, t, phase, block, from, frequency, 4, 1); break;
    case 4 * 3 + 2: upsampled_depth(c, t, phase, block, from, frequency, 4, 2); break;
    case 2 * 3: upsampled_depth(c, t, phase, block, from, frequency, 2, 0); break;
    case 2 * 3 + 1: upsampled_depth(c, t, phase, block, from, frequency, 2, 1); break;
    case 2 * 3 + 2: upsampled_depth(c, t, phase, block, from, frequency, 2, 2); break;
    default: upsampled_depth(c, t, phase, block, from, frequency, 1, 0); break;
    }
}

// MARK: The whole

/// A block of tiles with all channels and phases.
static void CK_NAME(upsampled_item)(const ck_convolution *c, int step, int item, float *scratch) {
    (void)step;
    const tiles_t t = block_tiles(c, item);
    const layout_t l = layout_of(c, &t, input_blocks(c), blocks_of(c->out_channels));
    const int inputs = input_blocks(c), outputs = blocks_of(c->out_channels), depth = frequencies(c->tile_depth);
    const int n = frequencies(c->tile_plane), parts = part_frequencies(c->tile_plane, part_of(c, 0, 1));
    const int depth_parts = part_frequencies(c->tile_depth, part_of(c, 0, 0)), plane_phases = c->upsampling[1] * c->upsampling[2];
    const int tiles = t.count[0] * t.count[1], far = has_far_weights(upsampled_weights(c));
    const size_t panel_row = (size_t)input_depth_count(c) * CK_BLOCK;
    float *slab = scratch + l.lists, *transformed = slab + l.slab * depth, *out = transformed + l.transformed;
    const size_t to = output_frequency(c, &t);
    const steps_t steps = list_products(c, 0, n * n, 0, inputs, input_frequency(c, &t), 0, scratch);
    ahead_t ahead = ahead_of(c, item, private_items(c));
    for (int b = 0; b < inputs; b++) { depth_forward_any(c, &t, b, slab + l.slab_block * b, l.slab); }
    for (int f = 0; f < depth; f++) {
        float *part = slab + l.slab * f;
        for (int b = 0; b < inputs; b++) { plane_forward(c, &t, b, part + l.slab_block * b, transformed); }
        for (int phase = 0; phase < phase_count(c); phase++) {
            const int d = f - part_first(part_of(c, phase, 0)), y = part_first(part_of(c, phase, 1)), x = part_first(part_of(c, phase, 2));
            if (d < 0 || d >= depth_parts) { continue; }
            for (int panel = 0; panel < panel_count(c); panel++) {
                const int width = panel_width(c, panel);
                const float *weights =
                    c->weights + ck_upsampled_place(c, f, phase) * part_weights(c, outputs) + panel * part_weights(c, CK_PANEL);
                for (int i = 0; i < parts * parts; i++, weights += panel_row * width) {
                    const int at = (i / parts + y) * n + i % parts + x;
                    products(
                        c, t.groups, tiles, transformed, &steps, at, weights, width, out + to * i, 0, far ? NULL : &ahead,
                        weights + panel_row * width, lines_apart(t.groups, panel_row * width));
                }
                for (int v = 0; v < width; v++) {
                    const int block = phase / plane_phases * outputs + panel * CK_PANEL + v;
                    upsampled_plane(c, &t, phase, v, width, out, part + l.result_block * block);
                }
            }
        }
    }
    for (int phase = 0; phase < c->upsampling[0]; phase++) {
        const float *first = slab + l.slab * part_first(part_of(c, phase * plane_phases, 0));
        for (int b = 0; b < outputs; b++) { upsampled_depth_any(c, &t, phase, b, first + l.result_block * (phase * outputs + b), l.slab); }
    }
}
