// Winograd convolution: transforms, a product for each frequency, inverse transforms; see winograd_axis.h for the mathematics.
#include "winograd_axis.h"
#include "winograd_forward.h"
#include "winograd_inverse.h"
#include "winograd_weights.h"
#include "winograd_ahead.h"

// MARK: Products

/// What a frequency's products sum over: for each phase of the plane and each input block, where its transformed input begins, its k, and
/// its first row of weights.
typedef struct {
    int *offsets, *counts, *places;
    /// The first step of each frequency of the plane, and past the last; and the lines that a micro-kernel call asks for on the way.
    int *first, *lines;
} CK_NAME(steps);
#define steps_t CK_NAME(steps)

CK_INLINE int plane_frequencies(const ck_convolution *c) { return frequencies(c->tile_plane) * frequencies(c->tile_plane); }
CK_INLINE int plane_inputs(const ck_convolution *c) { return tile_width(c->tile_plane) * tile_width(c->tile_plane); }
CK_INLINE int plane_sets(const ck_convolution *c) { return weight_sets(c->tile_plane) * weight_sets(c->tile_plane); }

/// Floats of the lists of steps of all frequencies of the plane.
CK_INLINE size_t step_lists(const ck_convolution *c, int blocks) {
    return aligned(3 * (size_t)plane_inputs(c) * blocks + 2 * plane_frequencies(c) + 1);
}

/// Lists the steps of the frequencies `from ..< to` of the plane over the input blocks `block ..< last`.
///
/// - input: floats between two transformed inputs of a tile; set: rows between two sets of weights.
static steps_t list_products(const ck_convolution *c, int from, int to, int block, int last, size_t input, int set, float *lists) {
    const int n = frequencies(c->tile_plane), width = tile_width(c->tile_plane), sets = weight_sets(c->tile_plane);
    const int all = plane_inputs(c) * (last - block);
    int *list = (int *)lists, step = 0;
    steps_t s = {.offsets = list, .counts = list + all, .places = list + 2 * all, .lines = list + 3 * all, .first = list + 3 * all + n * n};
    for (int i = from; i < to; i++) {
        const int rows = input_phases(c->tile_plane, i / n), columns = input_phases(c->tile_plane, i % n);
        s.first[i] = step;
        s.lines[i] = 0;
        for (int phase = 0; phase < rows * columns; phase++) {
            const int y = phase / columns, x = phase % columns;
            const int at = phase_input(i / n, y) * width + phase_input(i % n, x);
            int row = (weight_set(i / n, y) * sets + weight_set(i % n, x)) * set;
            for (int b = block; b < last; b++, step++) {
                s.offsets[step] = (int)(input * at) + b * c->rows * CK_BLOCK;
                s.counts[step] = depth_of_block(c, b);
                s.places[step] = row;
                s.lines[i] += s.counts[step] / CK_UNROLLED * CK_AHEAD;
                row += s.counts[step];
            }
        }
    }
    s.first[to] = step;
    return s;
}

/// Some groups of tiles at frequency `i` of the plane times one panel of weights.
///
/// - accumulate: products are added to what is in `out`.
/// - ahead: what to ask for meanwhile; NULL for `soon`, from which each call is `pitch` floats further.
CK_INLINE void products(
    const ck_convolution *c, int groups, int tiles, const float *transformed, const steps_t *s, int i, const float *weights, int width,
    float *out, int accumulate, ahead_t *ahead, const float *soon, size_t pitch
) {
    const size_t group = (size_t)input_blocks(c) * c->rows * CK_BLOCK, sums = (size_t)c->rows * width * CK_BLOCK;
    const int first = s->first[i], steps = s->first[i + 1] - first;
    // Without phases a frequency's weights lie one after the other.
    const int *places = input_phases(c->tile_plane, 0) > 1 ? s->places + first : NULL;
    if (!places) { weights += (size_t)s->places[first] * width * CK_BLOCK; }
    for (int g = 0; g < groups; g++) {
        const int rows = CK_MIN(c->rows, tiles - g * c->rows);
        const float *next = ahead ? ahead_take(ahead, s->lines[i]) : soon + pitch * g;
        micro_blocked[width - 1][rows](
            transformed + group * g, s->offsets + first, s->counts + first, steps, weights, places, out + sums * g, accumulate, next);
    }
}

// MARK: The whole

/// What lies in an item's scratch memory, in floats.
typedef struct {
    size_t slab_block, slab, result_block, transformed, products, lists;
} CK_NAME(layout);
#define layout_t CK_NAME(layout)

/// For a block of tiles with all channels (private), or a plane with one channel block (shared). Results are those of all phases of the plane.
CK_INLINE layout_t layout_of(const ck_convolution *c, const tiles_t *t, int inputs, int outputs) {
    const int across = tile_outputs(c->tile_plane);
    layout_t l;
    l.slab_block = (size_t)t->rows * t->columns * CK_BLOCK;
    l.result_block = (size_t)t->count[0] * t->count[1] * across * across * c->upsampling[1] * c->upsampling[2] * CK_BLOCK;
    l.slab = odd_lines(CK_MAX(l.slab_block * inputs, l.result_block * outputs * c->upsampling[0]));
    l.transformed = aligned(input_frequency(c, t) * plane_inputs(c));
    l.products = aligned(output_frequency(c, t) * plane_frequencies(c));
    l.lists = step_lists(c, input_blocks(c));
    return l;
}

/// Floats of the weights of one set in depth for `width` output blocks.
CK_INLINE size_t panel_weights(const ck_convolution *c, int width) {
    return (size_t)plane_sets(c) * input_depth_count(c) * width * CK_BLOCK;
}

/// The weights of a panel at a frequency and phase of the depth.
CK_INLINE const float *depth_weights(const ck_convolution *c, int depth, int phase, int panel) {
    return c->weights + weight_set(depth, phase) * panel_weights(c, blocks_of(c->out_channels)) + panel * panel_weights(c, CK_PANEL);
}

/// The first set of weights of a frequency of the plane.
CK_INLINE size_t first_set(const ck_convolution *c, int i) {
    const int n = frequencies(c->tile_plane);
    return (size_t)weight_set(i / n, 0) * weight_sets(c->tile_plane) + weight_set(i % n, 0);
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

/// Rows between two sets of the weights that an item of the shared products transforms: odd, for different cache sets.
CK_INLINE int weight_pitch(const ck_convolution *c) { return blocks_at_once(c) * CK_BLOCK | 1; }

/// Whether a private layer's weights come from memory or the far end of the last cache for every item. It then asks for the weights that
/// come next instead of the next item's inputs.
CK_INLINE int has_far_weights(size_t weights) { return weights * sizeof(float) > 8 << 20; }

/// The distance between what the calls of some groups ask for, so that together they ask for all of `floats`.
CK_INLINE size_t lines_apart(int groups, size_t floats) { return floats / CK_LINE / groups * CK_LINE; }

/// The blocks of tiles of a private layer.
CK_INLINE int private_items(const ck_convolution *c) {
    const int across = (tiles_on(c, 2) + c->block[2] - 1) / c->block[2], down = (tiles_on(c, 1) + c->block[1] - 1) / c->block[1];
    return tiles_on(c, 0) * down * across;
}

/// Panels whose products an item keeps: all, where two phases of the depth are added up.
CK_INLINE int panels_kept(const ck_convolution *c) { return input_phases(c->tile_depth, 0) > 1 ? panel_count(c) : 1; }

static ck_work CK_NAME(winograd_work)(const ck_convolution *c) {
    const int depth = frequencies(c->tile_depth), inputs = tile_width(c->tile_depth), plane = plane_frequencies(c);
    const int outputs = blocks_of(c->out_channels);
    ck_work work = {.weight_count = weight_sets(c->tile_depth) * panel_weights(c, outputs)};
    if (c->transforms_weights) { work.weight_count = (size_t)input_depth_count(c) * volume(c->kernel) * outputs * CK_BLOCK; }
    if (c->sharing == ck_shared) {
        const tiles_t t = plane_tiles(c, 0);
        const layout_t l = layout_of(c, &t, 1, 1);
        const int planes = tiles_on(c, 0);
        const size_t weights = aligned((size_t)plane_sets(c) * weight_pitch(c) * CK_PANEL * CK_BLOCK);
        work.statistics_items = planes;
        work.phases = 3;
        work.phase[0].items = planes * input_blocks(c);
        work.phase[0].scratch_bytes = sizeof(float) * inputs * l.slab;
        work.phase[1].items = c->transforms_weights ? depth * panel_count(c) : depth * plane * panel_parts(c);
        work.phase[1].scratch_bytes = sizeof(float) * (l.lists + (c->transforms_weights ? weights : 0));
        work.phase[2].items = planes * outputs;
        work.phase[2].scratch_bytes = sizeof(float) * depth * l.slab;
        work.shared_input_count = inputs * plane_inputs(c) * input_frequency(c, &t);
        work.shared_output_count = (size_t)depth * panel_count(c) * plane * output_frequency(c, &t);
    } else {
        const tiles_t t = block_tiles(c, 0);
        const layout_t l = layout_of(c, &t, input_blocks(c), outputs);
        work.statistics_items = private_items(c);
        work.phases = 1;
        work.phase[0].items = work.statistics_items;
        work.phase[0].scratch_bytes = sizeof(float) * (l.lists + inputs * l.slab + l.transformed + panels_kept(c) * l.products);
    }
    return work;
}

static void winograd_private(const ck_convolution *c, int item, float *scratch) {
    const tiles_t t = block_tiles(c, item);
    const int inputs = input_blocks(c), outputs = blocks_of(c->out_channels), depth = frequencies(c->tile_depth);
    const int plane = plane_frequencies(c), k = input_depth_count(c), tiles = t.count[0] * t.count[1];
    const layout_t l = layout_of(c, &t, inputs, outputs);
    float *slab = scratch + l.lists, *transformed = slab + l.slab * tile_width(c->tile_depth), *sums = transformed + l.transformed;
    const size_t to = output_frequency(c, &t), kept = panels_kept(c) > 1 ? l.products : 0;
    const steps_t steps = list_products(c, 0, plane, 0, inputs, input_frequency(c, &t), k, scratch);
    ahead_t ahead = ahead_of(c, item, private_items(c));
    const int far = input_phases(c->tile_plane, 0) == 1 && has_far_weights(weight_sets(c->tile_depth) * panel_weights(c, outputs));
    for (int b = 0; b < inputs; b++) { depth_forward_any(c, &t, b, slab + l.slab_block * b, l.slab); }
    for (int f = 0; f < depth; f++) {
        float *result = slab + l.slab * f;
        const int phases = input_phases(c->tile_depth, f);
        for (int phase = 0; phase < phases; phase++) {
            const float *part = slab + l.slab * phase_input(f, phase);
            for (int b = 0; b < inputs; b++) { plane_forward(c, &t, b, part + l.slab_block * b, transformed); }
            for (int panel = 0; panel < panel_count(c); panel++) {
                const int width = panel_width(c, panel);
                const float *weights = depth_weights(c, f, phase, panel);
                float *out = sums + kept * panel;
                for (int i = 0; i < plane; i++) {
                    const size_t floats = (size_t)k * width * CK_BLOCK;
                    products(
                        c, t.groups, tiles, transformed, &steps, i, weights, width, out + to * i, phase > 0, far ? NULL : &ahead,
                        weights + floats * (i + 1), lines_apart(t.groups, floats));
                }
                if (phase < phases - 1) { continue; }
                for (int v = 0; v < width; v++) { plane_inverse(c, &t, v, width, out, result + l.result_block * (panel * CK_PANEL + v)); }
            }
        }
    }
    double *statistics = c->statistics ? c->statistics + 3 * (size_t)c->out_channels * item : NULL;
    for (int b = 0; b < outputs; b++) { depth_inverse_any(c, &t, b, slab + l.result_block * b, l.slab, statistics); }
}

static void winograd_transform_input(const ck_convolution *c, int item, float *scratch) {
    const int inputs = input_blocks(c);
    const tiles_t t = plane_tiles(c, item / inputs);
    const layout_t l = layout_of(c, &t, 1, 1);
    const size_t plane = input_frequency(c, &t) * plane_inputs(c);
    depth_forward_any(c, &t, item % inputs, scratch, l.slab);
    for (int f = 0; f < tile_width(c->tile_depth); f++) {
        plane_forward(c, &t, item % inputs, scratch + l.slab * f, c->shared_input + plane * f);
    }
}

/// All tiles at one frequency times some panels.
///
/// Where tiles are few, the first group reads a panel's weights faster than memory has them, and the others have them in a cache: their
/// time is used for the next panel's.
static void winograd_multiply(const ck_convolution *c, int item, float *scratch) {
    const int plane = plane_frequencies(c), panels = panel_count(c), k = input_depth_count(c), parts = panel_parts(c);
    const int f = item / (plane * parts), i = item / parts % plane, first = item % parts * CK_NAME(panels_at_once);
    const tiles_t t = plane_tiles(c, 0);
    const size_t from = input_frequency(c, &t), to = output_frequency(c, &t);
    const steps_t steps = list_products(c, i, i + 1, 0, input_blocks(c), from, k, scratch);
    const int tiles = tiles_on(c, 0) * tiles_on(c, 1) * tiles_on(c, 2), phases = input_phases(c->tile_depth, f);
    // Frequencies of the item that is likely this thread's next.
    const int later = CK_MIN(item + CK_MAX(1, c->items_ahead), frequencies(c->tile_depth) * plane * parts - 1) / parts;
    for (int panel = first; panel < CK_MIN(panels, first + CK_NAME(panels_at_once)); panel++) {
        const int width = panel_width(c, panel);
        for (int phase = 0; phase < phases; phase++) {
            const float *weights = depth_weights(c, f, phase, panel);
            // Where tiles are many, weights that are there already.
            int at = f * plane + i, next = panel, then = phase;
            if (t.groups <= CK_NAME(few_groups)) {
                then = (phase + 1) % phases;
                next = then > 0 ? panel : (panel + 1) % panels;
                at = then > 0 || next > 0 ? at : later;
            }
            const float *soon = depth_weights(c, at / plane, then, next) + first_set(c, at % plane) * k * panel_width(c, next) * CK_BLOCK;
            products(
                c, t.groups, tiles, c->shared_input + from * plane_inputs(c) * phase_input(f, phase), &steps, i, weights, width,
                c->shared_output + to * ((size_t)(f * panels + panel) * plane + i), phase > 0, NULL, soon,
                (size_t)k / CK_UNROLLED * CK_AHEAD * CK_LINE);
        }
    }
}

/// All tiles at all plane frequencies of one depth frequency times one panel, whose weights are transformed first, part by part.
static void winograd_transform_and_multiply(const ck_convolution *c, int item, float *scratch) {
    const tiles_t t = plane_tiles(c, 0);
    const int plane = plane_frequencies(c), panels = panel_count(c), inputs = input_blocks(c);
    // One panel's depth frequencies follow each other: its weights are read from memory once.
    const int depth = frequencies(c->tile_depth), panel = item / depth, f = item % depth, width = panel_width(c, panel);
    const int tiles = tiles_on(c, 0) * tiles_on(c, 1) * tiles_on(c, 2), phases = input_phases(c->tile_depth, f);
    const size_t from = input_frequency(c, &t), to = output_frequency(c, &t);
    const size_t lanes = (size_t)width * CK_BLOCK;
    float *out = c->shared_output + to * plane * (size_t)(f * panels + panel);
    float *transformed = scratch + layout_of(c, &t, 1, 1).lists;
    for (int phase = 0; phase < phases; phase++) {
        const float *tile_inputs = c->shared_input + from * plane_inputs(c) * phase_input(f, phase);
        const float *weights = c->weights + volume(c->kernel) * input_depth_count(c) * panel * CK_PANEL * CK_BLOCK;
        for (int block = 0; block < inputs; block += blocks_at_once(c)) {
            const int last = CK_MIN(inputs, block + blocks_at_once(c));
            transform_weights_any(c, weight_set(f, phase), block, last, width, weights, transformed, weight_pitch(c) * lanes);
            for (int b = block; b < last; b++) { weights += volume(c->kernel) * lanes * depth_of_block(c, b); }
            const steps_t steps = list_products(c, 0, plane, block, last, from, weight_pitch(c), scratch);
            for (int i = 0; i < plane; i++) {
                // A part's inputs are short pieces of a large array, of which the processor makes no stream.
                const int next = i + 1 < plane ? steps.offsets[steps.first[i + 1]] : last % inputs * c->rows * CK_BLOCK;
                products(
                    c, t.groups, tiles, tile_inputs, &steps, i, transformed, width, out + to * i, phase > 0 || block > 0, NULL,
                    tile_inputs + next, (size_t)inputs * c->rows * CK_BLOCK);
            }
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
