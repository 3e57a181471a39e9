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

CK_INLINE int plane_frequencies(const ck_convolution *c) { return ck_axis_frequencies(c->plane_axis) * ck_axis_frequencies(c->plane_axis); }
CK_INLINE int plane_inputs(const ck_convolution *c) { return ck_axis_inputs(c->plane_axis) * ck_axis_inputs(c->plane_axis); }
CK_INLINE int plane_sets(const ck_convolution *c) { return ck_axis_weight_sets(c->plane_axis) * ck_axis_weight_sets(c->plane_axis); }

/// Floats of the lists of steps of all frequencies of the plane.
CK_INLINE size_t step_lists(const ck_convolution *c, int blocks) {
    return aligned(3 * (size_t)plane_inputs(c) * blocks + 2 * plane_frequencies(c) + 1);
}

/// Which products are formed together.
typedef struct {
    /// Frequencies of the plane, `first ..< last`.
    int first, last;
    /// Input blocks, `block ..< last_block`.
    int block, last_block;
    /// Floats between two transformed inputs of a tile.
    size_t input;
    /// Rows between two sets of weights.
    int set;
} CK_NAME(selection);
#define selection_t CK_NAME(selection)

static steps_t list_products(const ck_convolution *c, const selection_t *p, float *lists) {
    assert(lists != NULL && p->first < p->last && p->last <= plane_frequencies(c) && p->block < p->last_block);
    const ck_axis axis = c->plane_axis;
    const int n = ck_axis_frequencies(axis), width = ck_axis_inputs(axis), sets = ck_axis_weight_sets(axis);
    const int all = plane_inputs(c) * (p->last_block - p->block);
    int *list = (int *)lists, step = 0;
    steps_t s = {.offsets = list, .counts = list + all, .places = list + 2 * all, .lines = list + 3 * all, .first = list + 3 * all + n * n};
    for (int i = p->first; i < p->last; i++) {
        const int rows = input_phases(axis, i / n), columns = input_phases(axis, i % n);
        s.first[i] = step;
        s.lines[i] = 0;
        for (int phase = 0; phase < rows * columns; phase++) {
            const int y = phase / columns, x = phase % columns;
            const int at = phase_input(i / n, y) * width + phase_input(i % n, x);
            int row = (weight_set(i / n, y) * sets + weight_set(i % n, x)) * p->set;
            for (int b = p->block; b < p->last_block; b++, step++) {
                s.offsets[step] = (int)(p->input * at) + b * c->rows * CK_BLOCK;
                s.counts[step] = depth_of_block(c, b);
                s.places[step] = row;
                s.lines[i] += s.counts[step] / CK_UNROLLED * CK_AHEAD;
                row += s.counts[step];
            }
        }
    }
    s.first[p->last] = step;
    return s;
}

/// Groups of tiles and what their products sum over.
typedef struct {
    const ck_convolution *c;
    int groups, tiles;
    const float *transformed;
    steps_t steps;
} CK_NAME(factors);
#define factors_t CK_NAME(factors)

/// What is asked for while products are formed.
typedef struct {
    /// A walk; NULL for `soon`, from which each group's call is `pitch` floats further.
    ahead_t *ahead;
    const float *soon;
    size_t pitch;
} CK_NAME(asking);
#define asking_t CK_NAME(asking)

/// All groups of tiles at frequency `i` of the plane times one panel of weights, added to what is in `out` or not.
CK_INLINE void products(
    const factors_t *f, int i, const float *weights, int width, float *out, int accumulates, asking_t asking
) {
    const ck_convolution *c = f->c;
    const size_t group = (size_t)input_blocks(c) * c->rows * CK_BLOCK, sums = (size_t)c->rows * width * CK_BLOCK;
    const int first = f->steps.first[i];
    terms_t terms = {
        .offsets = f->steps.offsets + first, .counts = f->steps.counts + first, .steps = f->steps.first[i + 1] - first, .weights = weights,
        .places = f->steps.places + first, .accumulates = accumulates};
    if (!has_phases(c->plane_axis)) {
        // A frequency's weights lie one after the other.
        terms.weights += (size_t)terms.places[0] * width * CK_BLOCK;
        terms.places = NULL;
    }
    for (int g = 0; g < f->groups; g++) {
        const int rows = CK_MIN(c->rows, f->tiles - g * c->rows);
        const float *next = asking.ahead ? ahead_take(asking.ahead, f->steps.lines[i]) : asking.soon + asking.pitch * g;
        micro_blocked[width - 1][rows](&terms, f->transformed + group * g, out + sums * g, next);
    }
}

// MARK: The whole

/// What lies in an item's scratch memory, in floats.
typedef struct {
    size_t slab_block, slab, result_block, transformed, products, lists;
} CK_NAME(layout);
#define layout_t CK_NAME(layout)

/// For a brick of tiles with all channels (private), or a plane with one channel block (shared). Results are those of all phases of the plane.
CK_INLINE layout_t layout_of(const ck_convolution *c, const tiles_t *t, int inputs, int outputs) {
    const int across = ck_axis_outputs(c->plane_axis);
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
    const int n = ck_axis_frequencies(c->plane_axis);
    return (size_t)weight_set(i / n, 0) * ck_axis_weight_sets(c->plane_axis) + weight_set(i % n, 0);
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

/// The bricks of tiles of a private layer.
CK_INLINE int private_items(const ck_convolution *c) {
    const int across = (tiles_on(c, 2) + c->brick[2] - 1) / c->brick[2], down = (tiles_on(c, 1) + c->brick[1] - 1) / c->brick[1];
    return tiles_on(c, 0) * down * across;
}

/// Panels whose products an item keeps: all, where two phases of the depth are added up.
CK_INLINE int panels_kept(const ck_convolution *c) { return has_phases(c->depth_axis) ? panel_count(c) : 1; }

static ck_work shared_work(const ck_convolution *c) {
    const int depth = ck_axis_frequencies(c->depth_axis), inputs = ck_axis_inputs(c->depth_axis), plane = plane_frequencies(c);
    const tiles_t t = plane_tiles(c, 0);
    const layout_t l = layout_of(c, &t, 1, 1);
    const int planes = tiles_on(c, 0);
    const size_t weights = aligned((size_t)plane_sets(c) * weight_pitch(c) * CK_PANEL * CK_BLOCK);
    ck_work work = {.rounds = 3, .statistics_items = planes};
    work.round[0].items = planes * input_blocks(c);
    work.round[0].scratch_bytes = sizeof(float) * inputs * l.slab;
    work.round[1].items = c->transforms_weights ? depth * panel_count(c) : depth * plane * panel_parts(c);
    work.round[1].scratch_bytes = sizeof(float) * (l.lists + (c->transforms_weights ? weights : 0));
    work.round[2].items = planes * blocks_of(c->out_channels);
    work.round[2].scratch_bytes = sizeof(float) * depth * l.slab;
    work.shared_input_count = inputs * plane_inputs(c) * input_frequency(c, &t);
    work.shared_output_count = (size_t)depth * panel_count(c) * plane * output_frequency(c, &t);
    return work;
}

static ck_work private_work(const ck_convolution *c) {
    const tiles_t t = brick_tiles(c, 0);
    const layout_t l = layout_of(c, &t, input_blocks(c), blocks_of(c->out_channels));
    ck_work work = {.rounds = 1, .statistics_items = private_items(c)};
    work.round[0].items = work.statistics_items;
    work.round[0].scratch_bytes =
        sizeof(float) * (l.lists + ck_axis_inputs(c->depth_axis) * l.slab + l.transformed + panels_kept(c) * l.products);
    return work;
}

static ck_work CK_NAME(winograd_work)(const ck_convolution *c) {
    assert(ck_is_shaped(c) && ck_is_padded(c) && ck_has_axes(c) && volume(c->upsampling) == 1 && c->rows > 0 && c->rows <= CK_ROWS);
    assert(c->sharing == ck_shared || (!c->transforms_weights && c->brick[0] == 1));
    const int outputs = blocks_of(c->out_channels);
    ck_work work = c->sharing == ck_shared ? shared_work(c) : private_work(c);
    work.weight_count = c->transforms_weights ? (size_t)input_depth_count(c) * volume(c->kernel) * outputs * CK_BLOCK
                                              : ck_axis_weight_sets(c->depth_axis) * panel_weights(c, outputs);
    return work;
}

/// All output panels at depth frequency `f` and one of its phases.
static void private_panels(const factors_t *factors, const tiles_t *t, int f, int phase, float *sums, float *result, ahead_t *ahead) {
    const ck_convolution *c = factors->c;
    const int plane = plane_frequencies(c), outputs = blocks_of(c->out_channels), phases = input_phases(c->depth_axis, f);
    const layout_t l = layout_of(c, t, input_blocks(c), outputs);
    const size_t to = output_frequency(c, t), kept = panels_kept(c) > 1 ? l.products : 0;
    const int far = !has_phases(c->plane_axis) && has_far_weights(ck_axis_weight_sets(c->depth_axis) * panel_weights(c, outputs));
    for (int panel = 0; panel < panel_count(c); panel++) {
        const int width = panel_width(c, panel);
        const float *weights = depth_weights(c, f, phase, panel);
        const size_t floats = (size_t)input_depth_count(c) * width * CK_BLOCK;
        float *out = sums + kept * panel;
        for (int i = 0; i < plane; i++) {
            const asking_t asking = {far ? NULL : ahead, weights + floats * (i + 1), lines_apart(t->groups, floats)};
            products(factors, i, weights, width, out + to * i, phase > 0, asking);
        }
        if (phase < phases - 1) { continue; }
        for (int v = 0; v < width; v++) { plane_inverse(c, t, v, width, out, result + l.result_block * (panel * CK_PANEL + v)); }
    }
}

static void winograd_private(const ck_convolution *c, int item, float *scratch) {
    const tiles_t t = brick_tiles(c, item);
    const int inputs = input_blocks(c), outputs = blocks_of(c->out_channels);
    const layout_t l = layout_of(c, &t, inputs, outputs);
    float *slab = scratch + l.lists, *transformed = slab + l.slab * ck_axis_inputs(c->depth_axis), *sums = transformed + l.transformed;
    const selection_t all = {0, plane_frequencies(c), 0, inputs, input_frequency(c, &t), input_depth_count(c)};
    const factors_t factors = {c, t.groups, t.count[0] * t.count[1], transformed, list_products(c, &all, scratch)};
    ahead_t ahead = ahead_of(c, item, private_items(c));
    for (int b = 0; b < inputs; b++) { depth_forward_any(c, &t, b, slab + l.slab_block * b, l.slab); }
    for (int f = 0; f < ck_axis_frequencies(c->depth_axis); f++) {
        for (int phase = 0; phase < input_phases(c->depth_axis, f); phase++) {
            const float *part = slab + l.slab * phase_input(f, phase);
            for (int b = 0; b < inputs; b++) { plane_forward(c, &t, b, part + l.slab_block * b, transformed); }
            private_panels(&factors, &t, f, phase, sums, slab + l.slab * f, &ahead);
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
    for (int f = 0; f < ck_axis_inputs(c->depth_axis); f++) {
        plane_forward(c, &t, item % inputs, scratch + l.slab * f, c->shared_input + plane * f);
    }
}

CK_INLINE int all_tiles(const ck_convolution *c) { return tiles_on(c, 0) * tiles_on(c, 1) * tiles_on(c, 2); }

/// All tiles at one frequency times some panels.
///
/// Where tiles are few, the first group reads a panel's weights faster than memory has them, and the others have them in a cache: their
/// time is used for the next panel's.
static void winograd_multiply(const ck_convolution *c, int item, float *scratch) {
    const int plane = plane_frequencies(c), panels = panel_count(c), k = input_depth_count(c), parts = panel_parts(c);
    const int f = item / (plane * parts), i = item / parts % plane, first = item % parts * CK_NAME(panels_at_once);
    const tiles_t t = plane_tiles(c, 0);
    const size_t from = input_frequency(c, &t), to = output_frequency(c, &t);
    const selection_t one = {i, i + 1, 0, input_blocks(c), from, k};
    factors_t factors = {c, t.groups, all_tiles(c), NULL, list_products(c, &one, scratch)};
    const int phases = input_phases(c->depth_axis, f);
    // Frequencies of the item that is likely this thread's next.
    const int later = CK_MIN(item + CK_MAX(1, c->items_ahead), ck_axis_frequencies(c->depth_axis) * plane * parts - 1) / parts;
    for (int panel = first; panel < CK_MIN(panels, first + CK_NAME(panels_at_once)); panel++) {
        for (int phase = 0; phase < phases; phase++) {
            // Where tiles are many, weights that are there already.
            int at = f * plane + i, next = panel, then = phase;
            if (t.groups <= CK_NAME(few_groups)) {
                then = (phase + 1) % phases;
                next = then > 0 ? panel : (panel + 1) % panels;
                at = then > 0 || next > 0 ? at : later;
            }
            const float *soon = depth_weights(c, at / plane, then, next) + first_set(c, at % plane) * k * panel_width(c, next) * CK_BLOCK;
            factors.transformed = c->shared_input + from * plane_inputs(c) * phase_input(f, phase);
            products(
                &factors, i, depth_weights(c, f, phase, panel), panel_width(c, panel),
                c->shared_output + to * ((size_t)(f * panels + panel) * plane + i), phase > 0,
                (asking_t){NULL, soon, (size_t)k / CK_UNROLLED * CK_AHEAD * CK_LINE});
        }
    }
}

/// All tiles at all plane frequencies of one depth frequency times one panel, whose weights are transformed first, part by part.
static void winograd_transform_and_multiply(const ck_convolution *c, int item, float *scratch) {
    const tiles_t t = plane_tiles(c, 0);
    const int plane = plane_frequencies(c), inputs = input_blocks(c);
    // One panel's depth frequencies follow each other: its weights are read from memory once.
    const int depth = ck_axis_frequencies(c->depth_axis), panel = item / depth, f = item % depth, width = panel_width(c, panel);
    const size_t from = input_frequency(c, &t), to = output_frequency(c, &t), lanes = (size_t)width * CK_BLOCK;
    float *out = c->shared_output + to * plane * (size_t)(f * panel_count(c) + panel);
    trained_t trained = {.width = width, .to = scratch + layout_of(c, &t, 1, 1).lists, .pitch = weight_pitch(c) * lanes};
    for (int phase = 0; phase < input_phases(c->depth_axis, f); phase++) {
        factors_t factors = {c, t.groups, all_tiles(c), c->shared_input + from * plane_inputs(c) * phase_input(f, phase), {0}};
        trained.set = weight_set(f, phase);
        trained.weights = c->weights + volume(c->kernel) * input_depth_count(c) * panel * CK_PANEL * CK_BLOCK;
        for (int block = 0; block < inputs; block += blocks_at_once(c)) {
            const int last = CK_MIN(inputs, block + blocks_at_once(c));
            trained.first = block, trained.last = last;
            transform_weights_any(c, &trained);
            for (int b = block; b < last; b++) { trained.weights += volume(c->kernel) * lanes * depth_of_block(c, b); }
            factors.steps = list_products(c, &(selection_t){0, plane, block, last, from, weight_pitch(c)}, scratch);
            for (int i = 0; i < plane; i++) {
                // A part's inputs are short pieces of a large array, of which the processor makes no stream.
                const int next = i + 1 < plane ? factors.steps.offsets[factors.steps.first[i + 1]] : last % inputs * c->rows * CK_BLOCK;
                const asking_t asking = {NULL, factors.transformed + next, (size_t)inputs * c->rows * CK_BLOCK};
                products(&factors, i, trained.to, width, out + to * i, phase > 0 || block > 0, asking);
            }
        }
    }
}

static void winograd_transform_output(const ck_convolution *c, int item, float *scratch) {
    const int outputs = blocks_of(c->out_channels), panels = panel_count(c);
    const int plane = plane_frequencies(c), block = item % outputs, panel = block / CK_PANEL;
    const tiles_t t = plane_tiles(c, item / outputs);
    const layout_t l = layout_of(c, &t, 1, 1);
    for (int f = 0; f < ck_axis_frequencies(c->depth_axis); f++) {
        const float *from = c->shared_output + output_frequency(c, &t) * plane * (f * panels + panel);
        plane_inverse(c, &t, block % CK_PANEL, panel_width(c, panel), from, scratch + l.slab * f);
    }
    double *statistics = c->statistics ? c->statistics + 3 * (size_t)c->out_channels * (item / outputs) : NULL;
    depth_inverse_any(c, &t, block, scratch, l.slab, statistics);
}

static void CK_NAME(winograd_item)(const ck_convolution *c, int round, int item, float *scratch) {
    assert(ck_is_item(CK_NAME(winograd_work)(c), round, item, scratch, CK_BLOCK) && ck_is_placed(c, CK_BLOCK) && ck_has_output(c, CK_BLOCK));
    assert(c->sharing != ck_shared || ck_is_aligned(c->shared_output, CK_BLOCK));
    if (c->sharing != ck_shared) {
        winograd_private(c, item, scratch);
    } else if (round == 0) {
        winograd_transform_input(c, item, scratch);
    } else if (round == 1 && c->transforms_weights) {
        winograd_transform_and_multiply(c, item, scratch);
    } else if (round == 1) {
        winograd_multiply(c, item, scratch);
    } else {
        winograd_transform_output(c, item, scratch);
    }
}
