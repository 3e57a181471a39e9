// Direct convolution: a block of the input is staged (normalised, activated, padded, split by stride phase), then summed tap by tap.

/// A staged block: [input block][depth][height][stride phase of width][width / stride][channel in block].
typedef struct {
    int origin[3], size[3];
    int phases, columns, pitch;
    size_t row, plane, block;
} CK_NAME(stage);
#define stage_t CK_NAME(stage)

/// The stage that `count` outputs from `first` need.
CK_INLINE stage_t stage_for(const ck_convolution *c, const int first[3], const int count[3], const int kernel[3], const int stride[3]) {
    stage_t s;
    for (int a = 0; a < 3; a++) {
        s.origin[a] = first[a] * stride[a] - (kernel[a] - 1) / 2;
        s.size[a] = (count[a] - 1) * stride[a] + kernel[a];
    }
    s.phases = CK_MIN(stride[2], s.size[2]);
    s.columns = (s.size[2] + stride[2] - 1) / stride[2];
    s.pitch = c->plain_input ? 1 : CK_BLOCK;
    s.row = (size_t)s.phases * s.columns * s.pitch;
    s.plane = s.row * s.size[1];
    s.block = s.plane * s.size[0];
    return s;
}

CK_INLINE size_t stage_count(const ck_convolution *c, const stage_t *s) {
    return s->block * (c->plain_input ? c->source[0].channels : input_blocks(c)) + CK_BLOCK;
}

/// Positions between those read and those asked for.
enum { CK_NAME(positions_ahead) = 64 };

/// Fills one row of the stage from one row of the input; NULL is padding.
static void stage_row(const ck_convolution *c, const stage_t *s, const int stride, const float *from, float *to, affine_t a) {
    for (int phase = 0; phase < s->phases; phase++) {
        float *out = to + (size_t)phase * s->columns * s->pitch;
        const int start = s->origin[2] + phase, width = c->in[2];
        const int valid = from && start < width ? (width - start + stride - 1) / stride : 0;
        const int first = start >= 0 ? 0 : CK_MIN(s->columns, (-start + stride - 1) / stride), last = CK_MIN(s->columns, valid);
        memset(out, 0, sizeof(float) * s->pitch * (size_t)(from ? CK_MIN(first, s->columns) : s->columns));
        if (!from) { continue; }
        if (s->pitch == 1) {
            for (int x = first; x < last; x++) { out[x] = from[start + x * stride]; }
        } else if (a.raw) {
            for (int x = first; x < last; x++) { store(out + x * CK_BLOCK, load(from + (ptrdiff_t)(start + x * stride) * CK_BLOCK)); }
        } else {
            for (int x = first; x < last; x++) {
                const float *p = from + (ptrdiff_t)(start + x * stride) * CK_BLOCK;
                prefetch(p + CK_NAME(positions_ahead) * CK_BLOCK);
                store(out + x * CK_BLOCK, applied(load(p), a));
            }
        }
        const int filled = CK_MAX(first, last);
        if (filled < s->columns) { memset(out + (size_t)filled * s->pitch, 0, sizeof(float) * s->pitch * (size_t)(s->columns - filled)); }
    }
}

static void stage_block(const ck_convolution *c, const stage_t *s, const int stride, int block, float *stage) {
    float *to = stage + s->block * block;
    const ck_source *source = &c->source[0];
    affine_t a = {splat(1), splat(0), splat(1), 1};
    if (!c->plain_input) {
        source = source_of(c, &block);
        a = affine_of(source, block);
    }
    for (int z = 0; z < s->size[0]; z++) {
        const int d = s->origin[0] + z;
        for (int y = 0; y < s->size[1]; y++) {
            const int h = s->origin[1] + y;
            const float *row = NULL;
            if (d >= 0 && d < c->in[0] && h >= 0 && h < c->in[1]) {
                const float *plane = c->plain_input ? source->data + ((size_t)block * c->in[0] + d) * c->in[1] * c->in[2]
                                                    : source_plane(c, source, block, d);
                row = plane + (size_t)h * c->in[2] * s->pitch;
            }
            stage_row(c, s, stride, row, to + s->plane * z + s->row * y, a);
        }
    }
}

/// The outputs of spatial block `index`.
CK_INLINE void direct_block(const int size[3], const int block[3], int index, int first[3], int count[3]) {
    for (int a = 2; a >= 0; a--) {
        const int blocks = (size[a] + block[a] - 1) / block[a];
        first[a] = index % blocks * block[a];
        count[a] = CK_MIN(block[a], size[a] - first[a]);
        index /= blocks;
    }
}

CK_INLINE int direct_blocks(const int size[3], const int block[3]) {
    int blocks = 1;
    for (int a = 0; a < 3; a++) { blocks *= (size[a] + block[a] - 1) / block[a]; }
    return blocks;
}

CK_INLINE int panel_count(const ck_convolution *c) { return (blocks_of(c->out_channels) + CK_PANEL - 1) / CK_PANEL; }
CK_INLINE int panel_width(const ck_convolution *c, int panel) { return CK_MIN(CK_PANEL, blocks_of(c->out_channels) - panel * CK_PANEL); }

/// The k of all input blocks together.
CK_INLINE int input_depth_count(const ck_convolution *c) {
    if (c->plain_input) { return c->source[0].channels; }
    int depth = 0;
    for (int b = 0; b < input_blocks(c); b++) { depth += depth_of_block(c, b); }
    return depth;
}

CK_INLINE int step_count(const ck_convolution *c, const int kernel[3]) {
    const int taps = kernel[0] * kernel[1] * kernel[2];
    return taps * (c->plain_input ? c->source[0].channels : input_blocks(c));
}

CK_INLINE size_t aligned(size_t floats) { return (floats + 31) & ~(size_t)31; }

/// Lists, for each step (input block, tap), where its input begins and its k.
static void list_steps(const ck_convolution *c, const stage_t *s, const int kernel[3], const int stride[3], int *offsets, int *counts) {
    const int blocks = c->plain_input ? c->source[0].channels : input_blocks(c);
    for (int b = 0; b < blocks; b++) {
        const int depth = c->plain_input ? 1 : depth_of_block(c, b);
        for (int z = 0; z < kernel[0]; z++) {
            for (int y = 0; y < kernel[1]; y++) {
                for (int x = 0; x < kernel[2]; x++) {
                    *offsets++ = (int)(s->block * b + s->plane * z + s->row * y + ((size_t)(x % stride[2]) * s->columns + x / stride[2]) * s->pitch);
                    *counts++ = depth;
                }
            }
        }
    }
}

/// sums[row][x][panel] of `count` outputs, in chunks of steps whose weights stay in the first-level cache.
static void sum_block(
    const ck_convolution *c, const stage_t *s, const int stride[3], const float *stage, const int count[3], const int *offsets,
    const int *counts, int steps, const float *weights, int width, float *sums
) {
    micro_function *const *kernels = c->plain_input ? micro_plain[width - 1] : micro_blocked[width - 1];
    const int chunk = c->plain_input ? 128 : CK_MAX(1, 18432 / (CK_BLOCK * CK_BLOCK * width * 4));
    const int lanes = width * CK_BLOCK;
    for (int step = 0; step < steps; step += chunk) {
        const int n = CK_MIN(chunk, steps - step);
        float *out = sums;
        for (int z = 0; z < count[0]; z++) {
            for (int y = 0; y < count[1]; y++) {
                const float *row = stage + s->plane * (z * stride[0]) + s->row * (y * stride[1]);
                for (int x = 0; x < count[2];) {
                    const int rows = CK_MIN(c->rows, count[2] - x);
                    kernels[rows](row + (size_t)x * s->pitch, offsets + step, counts + step, n, weights, NULL, out, step > 0, out);
                    out += rows * lanes;
                    x += rows;
                }
            }
        }
        for (int i = 0; i < n; i++) { weights += (size_t)counts[step + i] * lanes; }
    }
}

/// Brings one block's sums of one panel to plain output, a square of positions and channels at a time.
static void sink_block(const ck_convolution *c, const int first[3], const int count[3], int panel, int width, const float *sums) {
    const ck_sink *sink = &c->sink;
    const int begin = CK_MAX(first[2], sink->first[2]), end = CK_MIN(first[2] + count[2], sink->last[2]);
    const int parts = (end - begin + CK_BLOCK - 1) / CK_BLOCK;
    for (int v = 0; v < width; v++) {
        const int channel = (panel * CK_PANEL + v) * CK_BLOCK, channels = CK_MIN(CK_BLOCK, c->out_channels - channel);
        const vf bias = c->bias ? load(c->bias + channel) : splat(0);
        for (int row = 0; row < count[0] * count[1]; row++) {
            const int z = first[0] + row / count[1], y = first[1] + row % count[1];
            if (!sink_has_row(sink, z, y)) { continue; }
            const float *from = sums + ((size_t)row * count[2] * width + v) * CK_BLOCK;
            for (int part = 0; part < parts; part++) {
                // In the order of memory, which prefetching needs.
                const run_t run = run_at(begin, end, begin + CK_BLOCK * (sink->stride[2] > 0 ? part : parts - 1 - part));
                vf square[CK_BLOCK];
                CK_UNROLL for (int i = 0; i < CK_BLOCK; i++) {
                    const int position = run.x - first[2] + CK_MIN(i, run.count - 1);
                    square[i] = load(from + (size_t)position * width * CK_BLOCK) + bias;
                }
                transpose(square);
                for (int k = 0; k < channels; k++) { sink_vector(sink, channel + k, z, y, run, square[k]); }
            }
        }
    }
}

/// Stores one block's sums of one panel.
static void finish_block(
    const ck_convolution *c, const int first[3], const int count[3], int panel, int width, const float *sums, double *statistics
) {
    const int lanes = width * CK_BLOCK;
    for (int v = 0; v < width; v++) {
        const int block = panel * CK_PANEL + v;
        const vf bias = c->bias ? load(c->bias + block * CK_BLOCK) : splat(0);
        const vf slope = splat(c->store_slope);
        moments_t moments = moments_start();
        for (int z = 0; z < count[0]; z++) {
            for (int y = 0; y < count[1]; y++) {
                const float *from = sums + ((size_t)z * count[1] + y) * count[2] * lanes + v * CK_BLOCK;
                float *to = output_plane(c, block, first[0] + z) + ((size_t)(first[1] + y) * c->out[2] + first[2]) * CK_BLOCK;
                if (c->store_slope == 1 && c->streams_output) {
                    finish_row(from, lanes, count[2], to, bias, slope, 0, 1, statistics ? &moments : NULL);
                } else if (c->store_slope == 1) {
                    finish_row(from, lanes, count[2], to, bias, slope, 0, 0, statistics ? &moments : NULL);
                } else {
                    finish_row(from, lanes, count[2], to, bias, slope, 1, 0, statistics ? &moments : NULL);
                }
            }
        }
        if (c->streams_output) { stream_end(); }
        if (statistics) { moments_write(&moments, statistics, block, c->out_channels); }
    }
}

/// What a layer needs that multiplies staged positions with packed panels: `blocks` blocks of positions in `steps` steps each, with `sums`
/// floats for their sums.
CK_INLINE ck_work product_work(const ck_convolution *c, const stage_t *s, int blocks, int steps, size_t sums) {
    const size_t lists = aligned(2 * (size_t)steps);
    ck_work work = {.weight_count = (size_t)input_depth_count(c) * volume(c->kernel) * blocks_of(c->out_channels) * CK_BLOCK};
    if (c->sharing == ck_shared) {
        work.phases = 2;
        work.phase[0].items = input_blocks(c);
        work.phase[1].items = panel_count(c) * blocks;
        work.phase[1].scratch_bytes = sizeof(float) * (lists + sums);
        work.shared_input_count = stage_count(c, s);
    } else {
        work.phases = 1;
        work.phase[0].items = blocks;
        work.phase[0].scratch_bytes = sizeof(float) * (lists + sums + aligned(stage_count(c, s)));
    }
    return work;
}

static ck_work CK_NAME(direct_work)(const ck_convolution *c) {
    const int zero[3] = {0, 0, 0}, blocks = direct_blocks(c->out, c->block);
    const stage_t s = stage_for(c, zero, c->sharing == ck_shared ? c->out : c->block, c->kernel, c->stride);
    ck_work work = product_work(c, &s, blocks, step_count(c, c->kernel), aligned(volume(c->block) * CK_PANEL * CK_BLOCK));
    work.statistics_items = blocks;
    return work;
}

/// The panels `first_panel ..< last_panel` of one block.
static void direct_panels(
    const ck_convolution *c, const stage_t *s, const float *stage, int index, const int first[3], const int count[3], int first_panel,
    int last_panel, float *scratch
) {
    const int steps = step_count(c, c->kernel);
    int *offsets = (int *)scratch, *counts = offsets + steps;
    float *sums = scratch + aligned(2 * (size_t)steps);
    list_steps(c, s, c->kernel, c->stride, offsets, counts);
    double *statistics = c->statistics ? c->statistics + 3 * (size_t)c->out_channels * index : NULL;
    const size_t depth = (size_t)input_depth_count(c) * volume(c->kernel) * CK_BLOCK * CK_PANEL;
    for (int panel = first_panel; panel < last_panel; panel++) {
        const int width = panel_width(c, panel);
        sum_block(c, s, c->stride, stage, count, offsets, counts, steps, c->weights + depth * panel, width, sums);
        if (c->plain_output) {
            sink_block(c, first, count, panel, width, sums);
        } else {
            finish_block(c, first, count, panel, width, sums, statistics);
        }
    }
}

static void CK_NAME(direct_item)(const ck_convolution *c, int phase, int item, float *scratch) {
    const int zero[3] = {0, 0, 0}, blocks = direct_blocks(c->out, c->block);
    int first[3], count[3];
    if (c->sharing == ck_shared) {
        const stage_t s = stage_for(c, zero, c->out, c->kernel, c->stride);
        if (phase == 0) {
            stage_block(c, &s, c->stride[2], item, c->shared_input);
            return;
        }
        const int panel = item / blocks, index = item % blocks;
        direct_block(c->out, c->block, index, first, count);
        const float *stage = c->shared_input + s.plane * (first[0] * c->stride[0]) + s.row * (first[1] * c->stride[1]) + (size_t)first[2] * s.pitch;
        direct_panels(c, &s, stage, index, first, count, panel, panel + 1, scratch);
        return;
    }
    direct_block(c->out, c->block, item, first, count);
    const stage_t s = stage_for(c, first, count, c->kernel, c->stride);
    float *stage = scratch + aligned(2 * (size_t)step_count(c, c->kernel)) + aligned(volume(c->block) * CK_PANEL * CK_BLOCK);
    const int inputs = c->plain_input ? c->source[0].channels : input_blocks(c);
    for (int b = 0; b < inputs; b++) { stage_block(c, &s, c->stride[2], b, stage); }
    direct_panels(c, &s, stage, item, first, count, 0, panel_count(c), scratch);
}
