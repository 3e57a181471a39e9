#ifndef CKERNELS_TENSORS_H
#define CKERNELS_TENSORS_H

#include <stddef.h>

// MARK: What a layer reads

/// An activation tensor: blocks of `table.block` channels, [channel block][depth][height][width][channel in block].
/// Channels past `channels` in the last block are zero.
///
/// Each block has `planes` places in depth, and plane d lies at place (d + origin) mod planes: there may be more than planes in depth, so
/// that a layer's output follows its input through one memory, or fewer, when only a window of the tensor exists at a time.
typedef struct {
    const float *data;
    int channels;
    int planes, origin;
    /// Per channel, padded to whole blocks with zeros: a reader takes max(y, slope * y) of y = data * scale + shift. NULL: data as it is.
    const float *scale, *shift;
    float slope;
} ck_source;

// MARK: Where plain output goes

/// The logits of one patch, or the part of larger arrays that a patch covers, mirrored or not.
///
/// Output (channel, z, y, x) belongs at data[start + channel * channel_stride + z * stride[0] + y * stride[1] + x * stride[2]], stride[2]
/// being 1 or -1. Outputs before `first` or from `last` on, on any axis, have no place and are dropped.
typedef struct {
    float *data;
    ptrdiff_t start, channel_stride, stride[3];
    int first[3], last[3];
    /// NULL: outputs replace what is there. Otherwise they are added to it, each times its position's weight,
    /// weights[weight_start + z * weight_stride[0] + y * weight_stride[1] + x * stride[2]].
    const float *weights;
    ptrdiff_t weight_start, weight_stride[2];
} ck_sink;

/// The part of an output that an upsampled layer computes for another layer to go on with: some planes and rows of it,
/// [channel block][plane][row][width][channel in block]. Plane d lies at place d mod planes, row h at place h - top.
typedef struct {
    float *data;
    int planes, rows, top;
} ck_sums;

#endif
