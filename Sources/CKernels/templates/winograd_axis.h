// Winograd's minimal filtering for kernels of size 3 in the plane and 3 or 1 in depth, stride 1 or 2.
//
// Each axis has a kind: 1 passes unchanged (kernel 1); 2 is F(2,3) on the points 0, ±1, infinity; 4 is F(4,3) on 0, ±sqrt(1/2), ±sqrt(2),
// infinity; 8 is stride 2 with 4 outputs from 9 inputs, where the odd phase is F(4,2) on ±sqrt(1/2), ±sqrt(2), infinity and the even phase,
// one weight to each output, F(4,1) on the first four of these points. The phases' products at one point are added up, so that 9 transformed
// inputs have 5 products. The transforms are nested: depth over whole rows, then the plane tile by tile.

/// sqrt(1/2) and sqrt(2), and the third powers of both.
#define CK_POINT_A 0.70710678118654752440f
#define CK_POINT_B 1.41421356237309504880f
#define CK_POINT_A3 0.35355339059327376220f
#define CK_POINT_B3 2.82842712474619009760f

enum { CK_NAME(most_frequencies) = 9 };
#define MOST CK_NAME(most_frequencies)

// MARK: One axis

/// Outputs of one tile.
CK_INLINE int tile_outputs(int kind) { return kind == 8 ? 4 : kind; }
/// Inputs of one tile, before and after their transform.
CK_INLINE int tile_width(int kind) { return kind == 1 ? 1 : kind == 8 ? 9 : kind + 2; }
/// Frequencies of one tile's products.
CK_INLINE int frequencies(int kind) { return kind == 8 ? 5 : tile_width(kind); }
/// Inputs from one tile to the next.
CK_INLINE int tile_step(int kind) { return kind; }
/// Where a tile's inputs begin, padding included.
CK_INLINE int first_input(int kind, int tile) { return tile * tile_step(kind) - (kind == 1 ? 0 : 1); }
/// Inputs that a tile shares with the one before it.
CK_INLINE int tile_overlap(int kind) { return tile_width(kind) - tile_step(kind); }
/// Inputs of a row of tiles.
CK_INLINE int tile_inputs(int kind, int tiles) { return (tiles - 1) * tile_step(kind) + tile_width(kind); }
/// Phases of the input that meet in a frequency, and the transformed input that has each.
CK_INLINE int input_phases(int kind, int frequency) { return kind == 8 && frequency < 4 ? 2 : 1; }
CK_INLINE int phase_input(int frequency, int phase) { return phase == 0 ? frequency : 5 + frequency; }
/// Sets of weights, and which set a frequency has in a phase.
CK_INLINE int weight_sets(int kind) { return kind == 8 ? 6 : tile_width(kind); }
CK_INLINE int weight_set(int frequency, int phase) { return phase == 0 ? frequency : 5; }

/// Six inputs to six frequencies: 0, +a, -a, +b, -b, infinity.
CK_INLINE void forward4(const vf *d, vf *y) {
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
CK_INLINE void inverse4(const vf *m, vf *y) {
    const vf as = m[1] + m[2], ad = m[1] - m[2], bs = m[3] + m[4], bd = m[3] - m[4];
    y[0] = m[0] + as + bs;
    y[1] = ad * CK_POINT_A + bd * CK_POINT_B;
    y[2] = as * 0.5f + bs * 2.0f;
    y[3] = ad * CK_POINT_A3 + (bd * CK_POINT_B3 + m[5]);
}

/// Four inputs to four frequencies: 0, 1, -1, infinity.
CK_INLINE void forward2(const vf *d, vf *y) {
    y[0] = d[0] - d[2];
    y[1] = d[1] + d[2];
    y[2] = d[2] - d[1];
    y[3] = d[3] - d[1];
}

/// Four frequencies to two outputs.
CK_INLINE void inverse2(const vf *m, vf *y) {
    y[0] = m[0] + m[1] + m[2];
    y[1] = m[1] - m[2] + m[3];
}

/// Nine inputs to +a, -a, +b, -b, infinity of the odd phase (inputs 0, 2, …) and +a, -a, +b, -b of the even phase (inputs 1, 3, …).
CK_INLINE void forward8(const vf *d, vf *y) {
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
CK_INLINE void inverse8(const vf *m, vf *y) {
    const vf as = m[0] + m[1], ad = m[0] - m[1], bs = m[2] + m[3], bd = m[2] - m[3];
    y[0] = as + bs;
    y[1] = ad * CK_POINT_A + bd * CK_POINT_B;
    y[2] = as * 0.5f + bs * 2.0f;
    y[3] = ad * CK_POINT_A3 + (bd * CK_POINT_B3 + m[4]);
}

// MARK: One phase of an upsampled axis

// Each phase is a kernel of three with a zero at one end, so that one of its products vanishes: at infinity for phase 0 (part 1), at 0 for
// phase 1 (part 2). Part 0 is an axis without phases.

/// The frequencies of a part, and the first of them.
CK_INLINE int part_frequencies(const int kind, const int part) { return frequencies(kind) - (part > 0); }
CK_INLINE int part_first(const int part) { return part == 2; }

/// The frequencies of a part to a tile's outputs.
CK_INLINE void inverse_part(const int kind, const int part, const vf *m, vf *y) {
    if (kind == 1) {
        y[0] = m[0];
    } else if (kind == 2) {
        const vf *p = m + (part != 2);
        y[0] = p[0] + p[1];
        y[1] = p[0] - p[1];
        if (part != 2) { y[0] += m[0]; }
        if (part != 1) { y[1] += p[2]; }
    } else {
        const vf *p = m + (part != 2);
        const vf as = p[0] + p[1], ad = p[0] - p[1], bs = p[2] + p[3], bd = p[2] - p[3];
        y[0] = as + bs;
        y[1] = ad * CK_POINT_A + bd * CK_POINT_B;
        y[2] = as * 0.5f + bs * 2.0f;
        y[3] = bd * CK_POINT_B3;
        if (part != 2) { y[0] += m[0]; }
        if (part != 1) { y[3] += p[4]; }
        y[3] += ad * CK_POINT_A3;
    }
}

// MARK: Any axis

CK_INLINE void forward(const int kind, const vf *d, vf *y) {
    if (kind == 8) {
        forward8(d, y);
    } else if (kind == 4) {
        forward4(d, y);
    } else if (kind == 2) {
        forward2(d, y);
    } else {
        y[0] = d[0];
    }
}

CK_INLINE void inverse(const int kind, const vf *m, vf *y) {
    if (kind == 8) {
        inverse8(m, y);
    } else if (kind == 4) {
        inverse4(m, y);
    } else if (kind == 2) {
        inverse2(m, y);
    } else {
        y[0] = m[0];
    }
}
