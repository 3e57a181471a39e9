// Vectors of one channel block, and the reading of a layer's input with the previous layer's normalisation and activation.
#include "../checks.h"
#include <limits.h>
#include <string.h>

// No vector crosses a boundary between objects: every function here is static.
#pragma clang diagnostic ignored "-Wpsabi"

#define CK_INLINE static inline __attribute__((always_inline))
#define CK_UNROLL _Pragma("clang loop unroll(full)")
/// Floats of a cache line, and lines a micro-kernel asks for in each turn of its loop.
#define CK_LINE 16
#define CK_AHEAD 2
#define CK_MIN(a, b) ((a) < (b) ? (a) : (b))
#define CK_MAX(a, b) ((a) > (b) ? (a) : (b))

typedef float vf __attribute__((ext_vector_type(CK_BLOCK)));
typedef double vd __attribute__((ext_vector_type(CK_BLOCK)));

CK_INLINE vf load(const float *p) { return *(const vf *)p; }
CK_INLINE void store(float *p, vf v) { *(vf *)p = v; }
/// Past the caches: for what is read again only after more than they hold. `stream_end` before another thread may read it.
CK_INLINE void stream(float *p, vf v) { __builtin_nontemporal_store(v, (vf *)p); }
CK_INLINE void store_or_stream(float *p, vf v, const int streams) {
    if (streams) {
        stream(p, v);
    } else {
        store(p, v);
    }
}
CK_INLINE void stream_end(void) {
#if defined(__x86_64__)
    __builtin_ia32_sfence();
#endif
}
/// Asks for one line in the second-level cache.
CK_INLINE void prefetch(const float *p) { __builtin_prefetch(p, 0, 2); }
CK_INLINE vf splat(float x) { return (vf)x; }
CK_INLINE vf larger(vf a, vf b) { return a > b ? a : b; }

/// The scale, shift and slope of one channel block.
typedef struct {
    vf scale, shift, slope;
    int raw;
} CK_NAME(affine);
#define affine_t CK_NAME(affine)

CK_INLINE affine_t affine_of(const ck_source *source, int block) {
    affine_t a = {splat(1), splat(0), splat(source->slope), source->scale == NULL};
    if (!a.raw) {
        a.scale = load(source->scale + (size_t)block * CK_BLOCK);
        a.shift = load(source->shift + (size_t)block * CK_BLOCK);
    }
    return a;
}

CK_INLINE vf applied(vf x, affine_t a) {
    const vf y = x * a.scale + a.shift;
    return larger(y, y * a.slope);
}

CK_INLINE int blocks_of(int channels) { return (channels + CK_BLOCK - 1) / CK_BLOCK; }

CK_INLINE int input_blocks(const ck_convolution *c) {
    int blocks = 0;
    for (int s = 0; s < c->sources; s++) { blocks += blocks_of(c->source[s].channels); }
    return blocks;
}

CK_INLINE size_t volume(const int size[3]) { return (size_t)size[0] * size[1] * size[2]; }

/// The source and the block in it of input block `block`.
CK_INLINE const ck_source *source_of(const ck_convolution *c, int *block) {
    const int first = blocks_of(c->source[0].channels);
    if (*block < first) { return &c->source[0]; }
    *block -= first;
    return &c->source[1];
}

/// The channels that input block `block` holds, rounded up to the unrolling of the micro-kernel.
CK_INLINE int depth_of_block(const ck_convolution *c, int block) {
    const ck_source *source = source_of(c, &block);
    const int channels = CK_MIN(CK_BLOCK, source->channels - block * CK_BLOCK);
    return (channels + 3) & ~3;
}

/// Where plane `depth` of a channel block lies.
CK_INLINE size_t place_of(int block, int depth, int planes, int origin, const int size[3]) {
    return ((size_t)block * planes + (depth + origin) % planes) * size[1] * size[2] * CK_BLOCK;
}
CK_INLINE const float *source_plane(const ck_convolution *c, const ck_source *source, int block, int depth) {
    return source->data + place_of(block, depth, source->planes, source->origin, c->in);
}
CK_INLINE float *output_plane(const ck_convolution *c, int block, int depth) {
    return c->output + place_of(block, depth, c->out_planes, c->out_origin, c->out);
}
/// A row of what an upsampled layer has computed.
CK_INLINE float *sums_row(const ck_convolution *c, int block, int depth, int row) {
    const ck_sums *s = &c->sums;
    return s->data + (((size_t)block * s->planes + depth % s->planes) * s->rows + (row - s->top)) * c->out[2] * CK_BLOCK;
}
