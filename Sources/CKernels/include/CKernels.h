#ifndef CKERNELS_H
#define CKERNELS_H

// Three words have one meaning each throughout: a *block* is a block of channels, a *brick* the outputs, inputs or tiles of one work item, a
// *phase* the positions of an axis that leave one remainder modulo a stride.

#include "CKernelsAxes.h"
#include "CKernelsMamba.h"
#include "CKernelsTensors.h"
#include <stddef.h>
#include <stdint.h>

// MARK: Convolutions

/// How the items of a convolution share the work.
enum {
    /// An item is a brick with everything that leads to its outputs.
    ck_private = 0,
    /// The input is brought into the method's form first, then items share output channels or frequencies.
    ck_shared = 1,
};

/// A convolution with zero padding (kernel - 1) / 2, or a transposed one whose kernel is its stride.
///
/// One structure serves all methods: those who plan fill the upper part, `plan_…` the lower. Axes are depth, height, width; a 2D layer has
/// depth 1 and kernel 1 there.
typedef struct {
    ck_source source[2];
    int sources;
    int in[3], out[3], kernel[3], stride[3];
    /// 2 on axes on which a transposed convolution whose kernel is its stride comes before the convolution, and is one with it; else 1.
    int upsampling[3];
    int out_channels;
    /// The input is one plain (channel, depth, height, width) array instead of blocks.
    int plain_input;
    /// The output is plain as well (the network's logits) and goes to `sink` instead of `output`.
    int plain_output;
    ck_sink sink;
    const float *weights;
    /// Per output channel, padded to whole blocks; NULL for none. Of an upsampled layer: [depth][height][width][padded channel], each axis
    /// with one for inner places, the first, the last, and the only one.
    const float *bias;
    /// An upsampled layer's output, which Winograd's layers add to theirs before the bias; NULL for none.
    ck_sums sums;
    /// Stored is max(y, store_slope * y); 1 stores y.
    float store_slope;
    float *output;
    /// As of a source; unused by plain output.
    int out_planes, out_origin;
    /// The output is too large to be found in a cache again: it is stored past them.
    int streams_output;
    /// Where the sums for the next normalisation go: [statistics item][channel][count, mean, sum of squared deviations]; NULL for none.
    double *statistics;
    /// Of the shared arrangement: staged or transformed input, and products.
    float *shared_input, *shared_output;

    /// ck_private or ck_shared.
    int sharing;
    /// Of Winograd's shared arrangement: the weights are packed as they were trained and transformed where they are used.
    int transforms_weights;
    /// Winograd's kinds of axes.
    ck_axis depth_axis, plane_axis;
    /// Outputs (direct), inputs (transposed) or tiles (Winograd) of one brick on each axis.
    int brick[3];
    /// Positions (direct) or tiles (Winograd) of one micro-kernel call.
    int rows;
    /// How many items later a thread's next one likely is: the number of threads. While an item's products run, the inputs of that item are
    /// brought closer. 0: none are.
    int items_ahead;
} ck_convolution;

/// A round of a convolution: its items may run in any order on any thread, each with private scratch memory. It begins when the round before
/// is done.
typedef struct {
    int items;
    size_t scratch_bytes;
} ck_round;

/// The rounds of a planned convolution and what it needs beside its tensors.
typedef struct {
    int rounds;
    ck_round round[3];
    size_t weight_count, shared_input_count, shared_output_count;
    int statistics_items;
} ck_work;

/// Mean of windows of size `window` with the same stride.
typedef struct {
    ck_source source;
    int in[3], window[3];
    float *output;
} ck_pooling;

/// output = max(y, slope * y), y = (a after its scale and shift) + (b after its scale and shift), `count` positions per channel block.
typedef struct {
    ck_source a, b;
    size_t count;
    float slope;
    float *output;
} ck_addition;

// MARK: The table

/// One method of an instruction set, a row of its table.
typedef struct {
    const char *name;
    /// What a convolution needs that is planned for this method.
    ck_work (*work)(const ck_convolution *);
    /// Computes one item.
    void (*item)(const ck_convolution *, int round, int item, float *scratch);
} ck_method;

/// One instruction set's kernels.
typedef struct {
    const char *name;
    /// Channels per block of an activation tensor, and floats per vector.
    int block;
    /// The largest register tile: `rows` positions times `panel` vectors of output channels.
    int rows, panel;

    /// The rows; the last has no name.
    const ck_method *methods;

    /// Item: one channel block of one output plane (depth index), `block * depth + plane`.
    void (*pooling_item)(const ck_pooling *, int item);
    /// Item: one channel block.
    void (*addition_item)(const ck_addition *, int item, size_t first, size_t last);

    /// Some tokens, normalised, one after the other.
    void (*mamba_tokens)(const ck_mamba *, size_t first, int count, float *rows);
    /// The causal convolution and SiLU of `count` tokens, from as many and the CK_MAMBA_TAPS - 1 before them.
    void (*mamba_convolve)(const ck_mamba *, int count, const float *from, float *to);
    /// Step sizes from their projection, in place.
    void (*mamba_steps)(const ck_mamba *, int count, float *steps);
    /// The recurrence of one channel block inside over the tokens of a chunk.
    void (*mamba_scan)(const ck_mamba *, int block, int count, const ck_mamba_chunk *);
    /// Puts tokens in their places of the output.
    void (*mamba_store)(const ck_mamba *, size_t first, int count, const float *rows);
} ck_kernels;

/// The kernels of an instruction set this processor and this build have: 0 is the best, NULL past the last. The last is portable C.
const ck_kernels *ck_kernels_at(int index);

/// A method's row of the table; NULL where there is none of this name.
const ck_method *ck_method_named(const ck_kernels *, const char *name);

// MARK: Packing

/// Packs (out, in, kernel…) weights of one output panel for the direct method.
void ck_pack_direct(const ck_kernels *, const ck_convolution *, const float *weights, float *packed, int panel);
/// Packs (out, in, kernel…) weights for Winograd's method where it transforms them itself: (row, tap, lane) of one output panel.
void ck_pack_rows(const ck_kernels *, const ck_convolution *, const float *weights, float *packed, int panel);
/// Packs (out, in) weights for the head, all at once.
void ck_pack_head(const ck_kernels *, const ck_convolution *, const float *weights, float *packed);
/// Packs (in, out, kernel…) weights of one output panel for the transposed method.
void ck_pack_transposed(const ck_kernels *, const ck_convolution *, const float *weights, float *packed, int panel);
/// What one set of weights of an axis takes of its three weights.
void ck_winograd_row(ck_axis axis, int set, float row[3]);
/// The weight transform of a Winograd layer as a matrix, (frequencies, taps) row by row, at most 216 x 27; returns the frequencies.
int ck_winograd_transform(const ck_convolution *, double *matrix);
/// The rows (padded input channels) of a Winograd layer's packed weights.
int ck_winograd_rows(const ck_kernels *, const ck_convolution *);
/// The lanes (padded output channels) of one output panel.
int ck_panel_lanes(const ck_kernels *, const ck_convolution *, int panel);

/// Some rows of one output panel; of an upsampled layer, of one phase.
typedef struct {
    int phase, panel, first_row, rows;
} ck_panel_rows;

/// Brings (out, in, kernel…) weights of some rows of one output panel into the order (tap, row, lane).
void ck_gather_winograd(const ck_kernels *, const ck_convolution *, ck_panel_rows, const float *weights, double *gathered);
/// Packs transformed weights, (set of weights, row, lane), for Winograd's method.
void ck_scatter_winograd(const ck_kernels *, const ck_convolution *, ck_panel_rows, const double *transformed, float *packed);
/// The same for upsampled layers, whose weights are (phase, out, in, kernel…): one panel of one phase.
void ck_scatter_upsampled(const ck_kernels *, const ck_convolution *, ck_panel_rows, const double *transformed, float *packed);
/// The place of a phase at a depth frequency among an upsampled layer's weights, which lie in the order in which an item reads them. On a
/// depth that is upsampled half of the phases have no product at the first frequency, and half none at the last.
int ck_upsampled_place(const ck_convolution *, int depth, int phase);
/// The output panels of a layer, or of one phase of an upsampled layer.
int ck_panels(const ck_kernels *, const ck_convolution *);

/// A layer's statistics and where its instance normalisation goes.
typedef struct {
    /// [statistics item][channel][count, mean, sum of squared deviations].
    const double *statistics;
    int items, channels;
    /// Affine parameters or NULL.
    const float *gamma, *beta;
    double epsilon;
    /// `padded` channels of each are written, zero past `channels`.
    float *scale, *shift;
    int padded;
} ck_normalization;

/// Turns a layer's statistics into the scale and shift its readers apply.
void ck_finish_statistics(const ck_normalization *);

#endif
