// Winograd's minimal filtering for kernels of size 3 in the plane and 3 or 1 in depth, stride 1 or 2.
//
// Each axis has a kind, of which CKernelsAxes.h is the table. `one` passes values unchanged; `two` is F(2,3) on the points 0, ±1, infinity;
// `four` is F(4,3) on 0, ±sqrt(1/2), ±sqrt(2), infinity; `strided` has stride 2 and 4 outputs from 9 inputs, whose odd phase is F(4,2) on
// ±sqrt(1/2), ±sqrt(2), infinity and whose even phase, one weight to each output, F(4,1) on the first four of these points. The phases'
// products at one point are added up, so that 9 transformed inputs have 5 products. The transforms are nested: depth over whole rows, then the
// plane tile by tile.

/// sqrt(1/2) and sqrt(2), and the third powers of both.
#define CK_POINT_A 0.70710678118654752440f
#define CK_POINT_B 1.41421356237309504880f
#define CK_POINT_A3 0.35355339059327376220f
#define CK_POINT_B3 2.82842712474619009760f

enum { CK_NAME(most_frequencies) = 9 };
#define MOST CK_NAME(most_frequencies)

// MARK: One axis

/// Inputs from one tile to the next.
CK_INLINE int tile_step(const ck_axis axis) { return (int)axis; }
/// Where a tile's inputs begin, padding included.
CK_INLINE int first_input(const ck_axis axis, int tile) { return tile * tile_step(axis) - (ck_axis_kernel(axis) - 1) / 2; }
/// Inputs that a tile shares with the one before it.
CK_INLINE int tile_overlap(const ck_axis axis) { return ck_axis_inputs(axis) - tile_step(axis); }
/// Inputs of a row of tiles.
CK_INLINE int tile_inputs(const ck_axis axis, int tiles) { return (tiles - 1) * tile_step(axis) + ck_axis_inputs(axis); }
/// Whether phases of the input meet in an axis' frequencies.
CK_INLINE int has_phases(const ck_axis axis) { return ck_axis_stride(axis) > 1; }
/// Phases of the input that meet in a frequency, one in the last, and the transformed input that has each.
CK_INLINE int input_phases(const ck_axis axis, int frequency) { return has_phases(axis) && frequency < ck_axis_frequencies(axis) - 1 ? 2 : 1; }
CK_INLINE int phase_input(int frequency, int phase) { return phase == 0 ? frequency : 5 + frequency; }
/// Which set of weights a frequency has in a phase.
CK_INLINE int weight_set(int frequency, int phase) { return phase == 0 ? frequency : 5; }

/// Six inputs to six frequencies: 0, +a, -a, +b, -b, infinity.
CK_INLINE void forward_four(const vf *d, vf *y) {
    const vf a = d[4] - d[2] * 2.0f, as = (d[3] - d[1] * 2.0f) * CK_POINT_A;
    const vf b = d[4] - d[2] * 0.5f, bs = (d[3] - d[1] * 0.5f) * CK_POINT_B;
    y[0] = d[4] - d[2] * 2.5f + d[0];
    y[1] = a + as;
    y[2] = a - as;
    y[3] = b + bs;
    y[4] = b - bs;
    y[5] = d[5] - d[3] * 2.5f + d[1];
}

/// Six frequencies to four outputs.
CK_INLINE void inverse_four(const vf *m, vf *y) {
    const vf as = m[1] + m[2], ad = m[1] - m[2], bs = m[3] + m[4], bd = m[3] - m[4];
    y[0] = m[0] + as + bs;
    y[1] = ad * CK_POINT_A + bd * CK_POINT_B;
    y[2] = as * 0.5f + bs * 2.0f;
    y[3] = ad * CK_POINT_A3 + (bd * CK_POINT_B3 + m[5]);
}

/// Four inputs to four frequencies: 0, 1, -1, infinity.
CK_INLINE void forward_two(const vf *d, vf *y) {
    y[0] = d[0] - d[2];
    y[1] = d[1] + d[2];
    y[2] = d[2] - d[1];
    y[3] = d[3] - d[1];
}

/// Four frequencies to two outputs.
CK_INLINE void inverse_two(const vf *m, vf *y) {
    y[0] = m[0] + m[1] + m[2];
    y[1] = m[1] - m[2] + m[3];
}

/// Nine inputs to +a, -a, +b, -b, infinity of the odd phase (inputs 0, 2, …) and +a, -a, +b, -b of the even phase (inputs 1, 3, …).
CK_INLINE void forward_strided(const vf *d, vf *y) {
    const vf a = d[6] - d[2] * 2.0f, as = (d[4] - d[0] * 2.0f) * CK_POINT_A;
    const vf b = d[6] - d[2] * 0.5f, bs = (d[4] - d[0] * 0.5f) * CK_POINT_B;
    y[0] = a + as;
    y[1] = a - as;
    y[2] = b + bs;
    y[3] = b - bs;
    y[4] = d[8] - d[4] * 2.5f + d[0];
    const vf c = d[1] * 2.0f - d[5], cs = (d[3] * 2.0f - d[7]) * CK_POINT_B;
    const vf e = d[5] - d[1] * 0.5f, es = (d[7] - d[3] * 0.5f) * CK_POINT_A;
    y[5] = c + cs;
    y[6] = c - cs;
    y[7] = e + es;
    y[8] = e - es;
}

/// Five frequencies, +a, -a, +b, -b, infinity, to four outputs.
CK_INLINE void inverse_strided(const vf *m, vf *y) {
    const vf as = m[0] + m[1], ad = m[0] - m[1], bs = m[2] + m[3], bd = m[2] - m[3];
    y[0] = as + bs;
    y[1] = ad * CK_POINT_A + bd * CK_POINT_B;
    y[2] = as * 0.5f + bs * 2.0f;
    y[3] = ad * CK_POINT_A3 + (bd * CK_POINT_B3 + m[4]);
}

CK_INLINE void forward_one(const vf *d, vf *y) { y[0] = d[0]; }
CK_INLINE void inverse_one(const vf *m, vf *y) { y[0] = m[0]; }

// MARK: One phase of an upsampled axis

/// What a phase has of an axis' frequencies. Its kernel of three has a zero at one end, so that one of its products vanishes.
typedef enum {
    /// Of an axis without phases: all.
    CK_NAME(share_all),
    /// Of phase 0: all but the last, which is at infinity.
    CK_NAME(share_first),
    /// Of phase 1: all but the first, which is at 0.
    CK_NAME(share_last),
} CK_NAME(share);
#define share_t CK_NAME(share)
#define ALL CK_NAME(share_all)
#define FIRST CK_NAME(share_first)
#define LAST CK_NAME(share_last)

/// The number of a share's frequencies, and the first of them.
CK_INLINE int share_frequencies(const ck_axis axis, const share_t share) { return ck_axis_frequencies(axis) - (share != ALL); }
CK_INLINE int share_begin(const share_t share) { return share == LAST; }

/// The frequencies of a share to a tile's outputs.
CK_INLINE void inverse_share(const ck_axis axis, const share_t share, const vf *m, vf *y) {
    const vf *p = m + (share != LAST);
    if (axis == ck_axis_one) {
        y[0] = m[0];
    } else if (axis == ck_axis_two) {
        y[0] = p[0] + p[1];
        y[1] = p[0] - p[1];
        if (share != LAST) { y[0] += m[0]; }
        if (share != FIRST) { y[1] += p[2]; }
    } else {
        const vf as = p[0] + p[1], ad = p[0] - p[1], bs = p[2] + p[3], bd = p[2] - p[3];
        y[0] = as + bs;
        y[1] = ad * CK_POINT_A + bd * CK_POINT_B;
        y[2] = as * 0.5f + bs * 2.0f;
        y[3] = bd * CK_POINT_B3;
        if (share != LAST) { y[0] += m[0]; }
        if (share != FIRST) { y[3] += p[4]; }
        y[3] += ad * CK_POINT_A3;
    }
}

// MARK: Any axis

/// A tile's inputs to its transformed inputs.
CK_INLINE void forward(const ck_axis axis, const vf *d, vf *y) {
    switch (axis) {
#define CASE(kind, ...) case ck_axis_##kind: forward_##kind(d, y); break;
        CK_AXES(CASE)
#undef CASE
    }
}

/// A tile's frequencies to its outputs.
CK_INLINE void inverse(const ck_axis axis, const vf *m, vf *y) {
    switch (axis) {
#define CASE(kind, ...) case ck_axis_##kind: inverse_##kind(m, y); break;
        CK_AXES(CASE)
#undef CASE
    }
}
