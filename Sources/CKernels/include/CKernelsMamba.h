#ifndef CKERNELS_MAMBA_H
#define CKERNELS_MAMBA_H

#include "CKernelsTensors.h"

#define CK_MAMBA_STATES 16
#define CK_MAMBA_TAPS 4

/// A LayerNorm and a Mamba block over the tokens of a tensor; what a token is made of is padded to whole channel blocks with zeros.
typedef struct {
    ck_source source;
    float *output;
    /// Of one channel; the tensor lies in one piece.
    size_t positions;
    /// A token is a channel with its positions instead of a position with its channels.
    int by_channel;
    /// Values of a token, and channels inside.
    int width, inner;
    float epsilon;
    /// Per value of a token.
    const float *norm_weight, *norm_bias;
    /// [tap][channel inside], and per channel inside.
    const float *convolution, *convolution_bias, *step_bias, *skip;
    /// [channel block inside][state][channel in block]: the exponent of 2 by which a state decays in a step of 1.
    const float *rates;
} ck_mamba;

/// The tokens of one chunk on their way: [token][channel inside] each, and the state that goes on to the next chunk.
typedef struct {
    const float *steps, *gates;
    /// Of each token B and C, and what follows them: `mix_stride` in all.
    const float *mixes;
    size_t mix_stride;
    /// The convolved values; the gated outputs afterwards.
    float *values;
    /// [channel block inside][state][channel in block].
    float *state;
} ck_mamba_chunk;

#endif
