// Direct convolution: a brick's input is staged (normalised, activated, padded, split by the phases of the stride), then summed tap by tap.

/// Some outputs, or inputs, of one work item.
typedef struct {
    int first[3], count[3];
} CK_NAME(brick);
#define brick_t CK_NAME(brick)

CK_INLINE int bricks_in(const int size[3], const int brick[3]) {
    int bricks = 1;
    for (int a = 0; a < 3; a++) { bricks *= (size[a] + brick[a] - 1) / brick[a]; }
    return bricks;
}

CK_INLINE brick_t brick_at(const int size[3], const int brick[3], int index) {
    brick_t b;
    for (int a = 2; a >= 0; a--) {
        const int bricks = (size[a] + brick[a] - 1) / brick[a];
        b.first[a] = index % bricks * brick[a];
        b.count[a] = CK_MIN(brick[a], size[a] - b.first[a]);
        index /= bricks;
    }
    return b;
}

/// All of it, which shared layers stage.
CK_INLINE brick_t whole(const int size[3]) { return brick_at(size, size, 0); }

// MARK: Staging

/// A brick's staged input: [input block][depth][height][phase of width][width / stride][channel in block].
typedef struct {
    int origin[3], size[3];
    int phases, columns, pitch;
    size_t row, plane, block;
} CK_NAME(stage);
#define stage_t CK_NAME(stage)

/// The stage that a brick needs.
CK_INLINE stage_t stage_for(const ck_convolution *c, const brick_t *b, const int kernel[3], const int stride[3]) {
    stage_t s;
    for (int a = 0; a < 3; a++) {
        s.origin[a] = b->first[a] * stride[a] - (kernel[a] - 1) / 2;
        s.size[a] = (b->count[a] - 1) * stride[a] + kernel[a];
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
    assert(to != NULL && (s->pitch == 1 || ck_is_aligned(to, CK_BLOCK)) && stride > 0);
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

/// Stages one input block, or one plane of plain input.
static void stage_block(const ck_convolution *c, const stage_t *s, const int stride, int block, float *stage) {
    assert(stage != NULL && block >= 0);
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

// MARK: Products

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

/// A brick whose input is staged.
typedef struct {
    const ck_convolution *c;
    const stage_t *stage;
    brick_t brick;
    const int *kernel, *stride;
    /// Where the first output's input begins.
    const float *input;
} CK_NAME(staged);
#define staged_t CK_NAME(staged)

/// Lists, for each step (input block, tap), where its input begins and its k: two lists of `step_count` in `lists`.
static terms_t list_steps(const staged_t *b, float *lists) {
    const ck_convolution *c = b->c;
    const stage_t *s = b->stage;
    const int steps = step_count(c, b->kernel), blocks = c->plain_input ? c->source[0].channels : input_blocks(c);
    int *offsets = (int *)lists, *counts = offsets + steps;
    const terms_t terms = {.offsets = offsets, .counts = counts, .steps = steps};
    for (int block = 0; block < blocks; block++) {
        const int depth = c->plain_input ? 1 : depth_of_block(c, block);
        for (int z = 0; z < b->kernel[0]; z++) {
            for (int y = 0; y < b->kernel[1]; y++) {
                for (int x = 0; x < b->kernel[2]; x++) {
                    const size_t column = (size_t)(x % b->stride[2]) * s->columns + x / b->stride[2];
                    *offsets++ = (int)(s->block * block + s->plane * z + s->row * y + column * s->pitch);
                    *counts++ = depth;
                }
            }
        }
    }
    return terms;
}

/// What a layer needs that multiplies staged positions with packed panels: `bricks` of positions in `steps` steps each, with `sums` floats
/// for their sums.
CK_INLINE ck_work product_work(const ck_convolution *c, const stage_t *s, int bricks, int steps, size_t sums) {
    const size_t lists = aligned(2 * (size_t)steps);
    ck_work work = {.weight_count = (size_t)input_depth_count(c) * volume(c->kernel) * blocks_of(c->out_channels) * CK_BLOCK};
    if (c->sharing == ck_shared) {
        work.rounds = 2;
        work.round[0].items = input_blocks(c);
        work.round[1].items = panel_count(c) * bricks;
        work.round[1].scratch_bytes = sizeof(float) * (lists + sums);
        work.shared_input_count = stage_count(c, s);
    } else {
        work.rounds = 1;
        work.round[0].items = bricks;
        work.round[0].scratch_bytes = sizeof(float) * (lists + sums + aligned(stage_count(c, s)));
    }
    return work;
}

/// sums[row][x][panel] of a brick, in chunks of steps whose weights stay in the first-level cache.
static void sum_brick(const staged_t *b, const terms_t *all, const float *weights, int width, float *sums) {
    assert(width > 0 && width <= CK_PANEL && ck_is_aligned(weights, CK_BLOCK) && ck_is_aligned(sums, CK_BLOCK));
    const ck_convolution *c = b->c;
    const stage_t *s = b->stage;
    micro_function *const *kernels = c->plain_input ? micro_plain[width - 1] : micro_blocked[width - 1];
    const int chunk = c->plain_input ? 128 : CK_MAX(1, 18432 / (CK_BLOCK * CK_BLOCK * width * 4));
    const int lanes = width * CK_BLOCK;
    for (int step = 0; step < all->steps; step += chunk) {
        const int n = CK_MIN(chunk, all->steps - step);
        const terms_t terms = {
            .offsets = all->offsets + step, .counts = all->counts + step, .steps = n, .weights = weights, .accumulates = step > 0};
        float *out = sums;
        for (int z = 0; z < b->brick.count[0]; z++) {
            for (int y = 0; y < b->brick.count[1]; y++) {
                const float *row = b->input + s->plane * (z * b->stride[0]) + s->row * (y * b->stride[1]);
                for (int x = 0; x < b->brick.count[2];) {
                    const int rows = CK_MIN(c->rows, b->brick.count[2] - x);
                    kernels[rows](&terms, row + (size_t)x * s->pitch, out, out);
                    out += rows * lanes;
                    x += rows;
                }
            }
        }
        for (int i = 0; i < n; i++) { weights += (size_t)terms.counts[i] * lanes; }
    }
}

/// Brings a brick's sums of one panel to plain output, a square of positions and channels at a time.
static void sink_brick(const ck_convolution *c, const brick_t *b, int panel, int width, const float *sums) {
    assert(width > 0 && width <= CK_PANEL && ck_is_aligned(sums, CK_BLOCK));
    const ck_sink *sink = &c->sink;
    const int begin = CK_MAX(b->first[2], sink->first[2]), end = CK_MIN(b->first[2] + b->count[2], sink->last[2]);
    const int parts = (end - begin + CK_BLOCK - 1) / CK_BLOCK;
    for (int v = 0; v < width; v++) {
        const int channel = (panel * CK_PANEL + v) * CK_BLOCK, channels = CK_MIN(CK_BLOCK, c->out_channels - channel);
        const vf bias = c->bias ? load(c->bias + channel) : splat(0);
        for (int row = 0; row < b->count[0] * b->count[1]; row++) {
            const int z = b->first[0] + row / b->count[1], y = b->first[1] + row % b->count[1];
            if (!sink_has_row(sink, z, y)) { continue; }
            const float *from = sums + ((size_t)row * b->count[2] * width + v) * CK_BLOCK;
            for (int part = 0; part < parts; part++) {
                // In the order of memory, which prefetching needs.
                const run_t run = run_at(begin, end, begin + CK_BLOCK * (sink->stride[2] > 0 ? part : parts - 1 - part));
                vf square[CK_BLOCK];
                CK_UNROLL for (int i = 0; i < CK_BLOCK; i++) {
                    const int position = run.x - b->first[2] + CK_MIN(i, run.count - 1);
                    square[i] = load(from + (size_t)position * width * CK_BLOCK) + bias;
                }
                transpose(square);
                for (int k = 0; k < channels; k++) { sink_vector(sink, channel + k, z, y, run, square[k]); }
            }
        }
    }
}

/// Stores a brick's sums of one panel.
static void finish_brick(const ck_convolution *c, const brick_t *b, int panel, int width, const float *sums, double *statistics) {
    assert(width > 0 && width <= CK_PANEL && ck_is_aligned(sums, CK_BLOCK));
    const int lanes = width * CK_BLOCK;
    for (int v = 0; v < width; v++) {
        const int block = panel * CK_PANEL + v;
        const finishing_t f = {c->bias ? load(c->bias + block * CK_BLOCK) : splat(0), splat(c->store_slope)};
        moments_t moments = moments_start(), *counted = statistics ? &moments : NULL;
        for (int z = 0; z < b->count[0]; z++) {
            for (int y = 0; y < b->count[1]; y++) {
                const float *from = sums + ((size_t)z * b->count[1] + y) * b->count[2] * lanes + v * CK_BLOCK;
                float *to = output_plane(c, block, b->first[0] + z) + ((size_t)(b->first[1] + y) * c->out[2] + b->first[2]) * CK_BLOCK;
                if (c->store_slope == 1 && c->streams_output) {
                    finish_row(from, lanes, b->count[2], to, f, counted, CK_NAME(finish_streamed));
                } else if (c->store_slope == 1) {
                    finish_row(from, lanes, b->count[2], to, f, counted, CK_NAME(finish_plainly));
                } else {
                    finish_row(from, lanes, b->count[2], to, f, counted, CK_NAME(finish_activated));
                }
            }
        }
        if (c->streams_output) { stream_end(); }
        if (statistics) { moments_write(&moments, statistics, block, c->out_channels); }
    }
}

// MARK: The whole

static ck_work CK_NAME(direct_work)(const ck_convolution *c) {
    assert(ck_is_shaped(c) && ck_is_padded(c) && volume(c->upsampling) == 1);
    const int bricks = bricks_in(c->out, c->brick);
    brick_t b = whole(c->out);
    if (c->sharing != ck_shared) { memcpy(b.count, c->brick, sizeof b.count); }
    const stage_t s = stage_for(c, &b, c->kernel, c->stride);
    ck_work work = product_work(c, &s, bricks, step_count(c, c->kernel), aligned(volume(c->brick) * CK_PANEL * CK_BLOCK));
    work.statistics_items = bricks;
    return work;
}

/// The panels `first ..< last` of brick `index`.
static void direct_panels(const staged_t *b, int index, int first, int last, float *scratch) {
    const ck_convolution *c = b->c;
    const terms_t terms = list_steps(b, scratch);
    float *sums = scratch + aligned(2 * (size_t)terms.steps);
    double *statistics = c->statistics ? c->statistics + 3 * (size_t)c->out_channels * index : NULL;
    const size_t depth = (size_t)input_depth_count(c) * volume(c->kernel) * CK_BLOCK * CK_PANEL;
    for (int panel = first; panel < last; panel++) {
        const int width = panel_width(c, panel);
        sum_brick(b, &terms, c->weights + depth * panel, width, sums);
        if (c->plain_output) {
            sink_brick(c, &b->brick, panel, width, sums);
        } else {
            finish_brick(c, &b->brick, panel, width, sums, statistics);
        }
    }
}

static void CK_NAME(direct_item)(const ck_convolution *c, int round, int item, float *scratch) {
    assert(ck_is_item(CK_NAME(direct_work)(c), round, item, scratch, CK_BLOCK) && ck_is_placed(c, CK_BLOCK) && ck_has_output(c, CK_BLOCK));
    assert(c->rows > 0 && c->rows <= CK_ROWS);
    const int bricks = bricks_in(c->out, c->brick);
    if (c->sharing == ck_shared) {
        const brick_t all = whole(c->out);
        const stage_t s = stage_for(c, &all, c->kernel, c->stride);
        if (round == 0) {
            stage_block(c, &s, c->stride[2], item, c->shared_input);
            return;
        }
        staged_t b = {c, &s, brick_at(c->out, c->brick, item % bricks), c->kernel, c->stride, NULL};
        const int *first = b.brick.first;
        b.input = c->shared_input + s.plane * (first[0] * c->stride[0]) + s.row * (first[1] * c->stride[1]) + (size_t)first[2] * s.pitch;
        direct_panels(&b, item % bricks, item / bricks, item / bricks + 1, scratch);
        return;
    }
    const brick_t brick = brick_at(c->out, c->brick, item);
    const stage_t s = stage_for(c, &brick, c->kernel, c->stride);
    float *stage = scratch + aligned(2 * (size_t)step_count(c, c->kernel)) + aligned(volume(c->brick) * CK_PANEL * CK_BLOCK);
    const int inputs = c->plain_input ? c->source[0].channels : input_blocks(c);
    for (int b = 0; b < inputs; b++) { stage_block(c, &s, c->stride[2], b, stage); }
    const staged_t b = {c, &s, brick, c->kernel, c->stride, stage};
    direct_panels(&b, item, 0, panel_count(c), scratch);
}
