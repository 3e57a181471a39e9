// Winograd convolution: transforms, a product for each frequency, inverse transforms; see winograd_axis.h for the mathematics.
#include "winograd_axis.h"
#include "winograd_forward.h"
#include "winograd_inverse.h"
#include "winograd_weights.h"
#include "winograd_ahead.h"

// MARK: Products

/// Some groups of tiles of one frequency times one panel of weights.
///
/// - offsets, counts: of the `inputs` blocks to sum over; with `accumulate` they are added to what is in `out`.
/// - ahead: what to ask for meanwhile, `lines` lines in each micro-kernel call; NULL for `soon`, from which each call is `pitch` floats further.
CK_INLINE void products(
    const ck_convolution *c, int groups, int tiles, const float *transformed, const int *offsets, const int *counts, int inputs,
    const float *weights, int width, float *out, int accumulate, ahead_t *ahead, int lines, const float *soon, size_t pitch
) {
    const size_t group = (size_t)input_blocks(c) * c->rows * CK_BLOCK, sums = (size_t)c->rows * width * CK_BLOCK;
    for (int g = 0; g < groups; g++) {
        const int rows = CK_MIN(c->rows, tiles - g * c->rows);
        const float *next = ahead ? ahead_take(ahead, lines) : soon + pitch * g;
        micro_blocked[width - 1][rows](transformed + group * g, offsets, counts, inputs, weights, out + sums * g, accumulate, next);
    }
}

/// Lines that a micro-kernel call with `k` input channels asks for.
CK_INLINE int lines_of(int k) { return k / CK_UNROLLED * CK_AHEAD; }

CK_INLINE void list_blocks(const ck_convolution *c, int *offsets, int *counts) {
    for (int b = 0; b < input_blocks(c); b++) {
        offsets[b] = b * c->rows * CK_BLOCK;
        counts[b] = depth_of_block(c, b);
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
/// Groups of tiles up to which memory has difficulty to keep up with the weights.
enum { CK_NAME(few_groups) = 6 };

CK_INLINE int panel_parts(const ck_convolution *c) {
    return (panel_count(c) + CK_NAME(panels_at_once) - 1) / CK_NAME(panels_at_once);
}

/// Input blocks whose transformed weights lie in the cache at once: equal parts.
CK_INLINE int blocks_at_once(const ck_convolution *c) {
    const int inputs = input_blocks(c), most = CK_NAME(weight_channels) / CK_BLOCK, parts = (inputs + most - 1) / most;
    return (inputs + parts - 1) / parts;
}

/// Floats between two plane frequencies of the weights an item of the shared products transforms.
CK_INLINE size_t weight_pitch(const ck_convolution *c) { return odd_lines((size_t)blocks_at_once(c) * CK_BLOCK * CK_PANEL * CK_BLOCK); }

/// The blocks of tiles of a private layer.
CK_INLINE int private_items(const ck_convolution *c) {
    const int across = (tiles_on(c, 2) + c->block[2] - 1) / c->block[2], down = (tiles_on(c, 1) + c->block[1] - 1) / c->block[1];
    return tiles_on(c, 0) * down * across;
}

static ck_work CK_NAME(winograd_work)(const ck_convolution *c) {
    const int depth = frequencies(c->tile_depth), plane = plane_frequencies(c), outputs = blocks_of(c->out_channels);
    ck_work work = {.weight_count = weight_frequencies(c->tile_depth) * panel_weights(c, outputs)};
    if (c->transforms_weights) { work.weight_count = (size_t)input_depth_count(c) * volume(c->kernel) * outputs * CK_BLOCK; }
    if (c->sharing == ck_shared) {
        const tiles_t t = plane_tiles(c, 0);
        const layout_t l = layout_of(c, &t, 1, 1);
        const int planes = tiles_on(c, 0);
        const size_t weights = weight_frequencies(c->tile_plane) * weight_frequencies(c->tile_plane) * weight_pitch(c);
        work.statistics_items = planes;
        work.phases = 3;
        work.phase[0].items = planes * input_blocks(c);
        work.phase[0].scratch_bytes = sizeof(float) * depth * l.slab;
        work.phase[1].items = c->transforms_weights ? depth * panel_count(c) : depth * plane * panel_parts(c);
        work.phase[1].scratch_bytes = sizeof(float) * (l.lists + (c->transforms_weights ? weights : 0));
        work.phase[2].items = planes * outputs;
        work.phase[2].scratch_bytes = sizeof(float) * depth * l.slab;
        work.shared_input_count = depth * plane * input_frequency(c, &t);
        work.shared_output_count = (size_t)depth * panel_count(c) * plane * output_frequency(c, &t);
    } else {
        const tiles_t t = block_tiles(c, 0);
        const layout_t l = layout_of(c, &t, input_blocks(c), outputs);
        work.statistics_items = private_items(c);
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
    ahead_t ahead = ahead_of(c, item, private_items(c));
    const int lines = lines_of(k);
    for (int b = 0; b < inputs; b++) { depth_forward_any(c, &t, b, slab + l.slab_block * b, l.slab); }
    for (int f = 0; f < depth; f++) {
        float *part = slab + l.slab * f;
        for (int b = 0; b < inputs; b++) { plane_forward(c, &t, b, part + l.slab_block * b, transformed); }
        for (int panel = 0; panel < panel_count(c); panel++) {
            const int width = panel_width(c, panel);
            for (int i = 0; i < plane; i++) {
                const float *weights = frequency_weights(c, f, panel, width, i, k);
                products(
                    c, t.groups, t.count[0] * t.count[1], transformed + from * i, offsets, counts, inputs, weights, width, out + to * i, 0,
                    &ahead, lines, NULL, 0);
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

/// All tiles at one frequency times some panels.
///
/// Where tiles are few, the first group reads a panel's weights faster than memory has them, and the others have them in a cache: their
/// time is used for the next panel's.
static void winograd_multiply(const ck_convolution *c, int item, float *scratch) {
    const int plane = plane_frequencies(c), panels = panel_count(c), k = input_depth_count(c), parts = panel_parts(c), inputs = input_blocks(c);
    const int f = item / (plane * parts), i = item / parts % plane, first = item % parts * CK_NAME(panels_at_once);
    const tiles_t t = plane_tiles(c, 0);
    const size_t from = input_frequency(c, &t), to = output_frequency(c, &t);
    int *offsets = (int *)scratch, *counts = offsets + inputs;
    list_blocks(c, offsets, counts);
    const int tiles = tiles_on(c, 0) * tiles_on(c, 1) * tiles_on(c, 2);
    // Frequencies of the item that is likely this thread's next.
    const int later = CK_MIN(item + CK_MAX(1, c->items_ahead), frequencies(c->tile_depth) * plane * parts - 1) / parts;
    for (int panel = first; panel < CK_MIN(panels, first + CK_NAME(panels_at_once)); panel++) {
        const int width = panel_width(c, panel);
        const float *weights = frequency_weights(c, f, panel, width, i, k), *soon = weights;
        if (t.groups <= CK_NAME(few_groups)) {
            const int next = panel + 1 < panels ? panel + 1 : 0, at = next > 0 ? f * plane + i : later;
            soon = frequency_weights(c, at / plane, next, panel_width(c, next), at % plane, k);
        }
        products(
            c, t.groups, tiles, c->shared_input + from * (plane * f + i), offsets, counts, inputs, weights, width,
            c->shared_output + to * ((size_t)(f * panels + panel) * plane + i), 0, NULL, 0, soon, (size_t)lines_of(k) * CK_LINE);
    }
}

/// All tiles at all plane frequencies of one depth frequency times one panel, whose weights are transformed first, part by part.
static void winograd_transform_and_multiply(const ck_convolution *c, int item, float *scratch) {
    const tiles_t t = plane_tiles(c, 0);
    const int plane = plane_frequencies(c), panels = panel_count(c), inputs = input_blocks(c), n = frequencies(c->tile_plane);
    // One panel's depth frequencies follow each other: its weights are read from memory once.
    const int depth = frequencies(c->tile_depth), panel = item / depth, f = item % depth, width = panel_width(c, panel);
    const int tiles = tiles_on(c, 0) * tiles_on(c, 1) * tiles_on(c, 2);
    const size_t from = input_frequency(c, &t), to = output_frequency(c, &t);
    const size_t pitch = weight_pitch(c), row_weights = volume(c->kernel) * width * CK_BLOCK;
    const float *tile_inputs = c->shared_input + from * plane * f;
    float *out = c->shared_output + to * plane * (size_t)(f * panels + panel);
    int *offsets = (int *)scratch, *counts = offsets + inputs;
    float *transformed = scratch + layout_of(c, &t, 1, 1).lists;
    list_blocks(c, offsets, counts);
    const float *weights = c->weights + volume(c->kernel) * input_depth_count(c) * panel * CK_PANEL * CK_BLOCK;
    for (int block = 0; block < inputs; block += blocks_at_once(c)) {
        const int last = CK_MIN(inputs, block + blocks_at_once(c));
        transform_weights_any(c, f, block, last, width, weights, transformed, pitch);
        for (int b = block; b < last; b++) { weights += row_weights * counts[b]; }
        for (int i = 0; i < plane; i++) {
            const int row = weight_frequency(c->tile_plane, i / n), column = weight_frequency(c->tile_plane, i % n);
            // A part's inputs are short pieces of a large array, of which the processor makes no stream.
            const float *soon = i + 1 < plane ? tile_inputs + from * (i + 1) + offsets[block] : tile_inputs + offsets[last % inputs];
            products(
                c, t.groups, tiles, tile_inputs + from * i, offsets + block, counts + block, last - block,
                transformed + pitch * (row * weight_frequencies(c->tile_plane) + column), width, out + to * i, block > 0, NULL, 0, soon,
                (size_t)inputs * c->rows * CK_BLOCK);
        }
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
    } else if (phase == 1 && c->transforms_weights) {
        winograd_transform_and_multiply(c, item, scratch);
    } else if (phase == 1) {
        winograd_multiply(c, item, scratch);
    } else {
        winograd_transform_output(c, item, scratch);
    }
}
