// The register tile: rows x panel blocks of sums, one broadcast of the input per row and k.
//
// The products leave most load slots and the way to memory idle, so each turn of the loop also asks for some cache lines of what the thread
// needs next.

/// Input channels that one turn of the loop sums.
#define CK_UNROLLED 4

/// Adds to the sums of a register tile.
CK_INLINE void micro_sum(
    vf acc[CK_ROWS][CK_PANEL], const float *restrict input, const int *restrict offsets, const int *restrict counts, int steps,
    const float *restrict weights, const int *restrict places, const float *ahead, const int rows, const int panel, const int pitch,
    const int unroll
) {
    const float *const first = weights;
    for (int s = 0; s < steps; s++) {
        const float *p = input + offsets[s];
        if (places) { weights = first + (ptrdiff_t)places[s] * panel * CK_BLOCK; }
        const int count = pitch == 1 ? 1 : counts[s];
#pragma clang loop unroll(disable)
        for (int k = 0; k < count; k += unroll) {
            if (pitch != 1) {
                CK_UNROLL for (int i = 0; i < CK_AHEAD; i++) { prefetch(ahead + i * CK_LINE); }
                ahead += CK_AHEAD * CK_LINE;
            }
            CK_UNROLL for (int u = 0; u < unroll; u++) {
                vf w[CK_PANEL];
                CK_UNROLL for (int v = 0; v < panel; v++) { w[v] = load(weights + (u * panel + v) * CK_BLOCK); }
                CK_UNROLL for (int r = 0; r < rows; r++) {
                    const vf x = splat(p[r * pitch + u]);
                    CK_UNROLL for (int v = 0; v < panel; v++) { acc[r][v] += x * w[v]; }
                }
            }
            p += unroll;
            weights += unroll * panel * CK_BLOCK;
        }
    }
}

/// sums[row][panel * block] (+)= sum over steps and k of input[offsets[step] + row * pitch + k] * weights[step][k][panel * block].
///
/// - places: the first row [panel * block] of weights of each step; NULL where each step's follow the one's before.
/// - counts: k of each step, a multiple of `unroll`; not read for plain input (pitch 1), which has one k in each step.
/// - ahead: memory to bring into the second-level cache, CK_AHEAD lines for every `unroll` k; only a hint, and need not exist. Not used for
///   plain input.
#define CK_MICRO_PARAMETERS \
    const float *restrict input, const int *restrict offsets, const int *restrict counts, int steps, const float *restrict weights, \
        const int *restrict places, float *restrict sums, int accumulate, const float *ahead

CK_INLINE void micro(CK_MICRO_PARAMETERS, const int rows, const int panel, const int pitch, const int unroll) {
    vf acc[CK_ROWS][CK_PANEL];
    CK_UNROLL for (int r = 0; r < rows; r++) {
        CK_UNROLL for (int v = 0; v < panel; v++) {
            acc[r][v] = accumulate ? load(sums + (r * panel + v) * CK_BLOCK) : splat(0);
        }
    }
    micro_sum(acc, input, offsets, counts, steps, weights, places, ahead, rows, panel, pitch, unroll);
    CK_UNROLL for (int r = 0; r < rows; r++) {
        CK_UNROLL for (int v = 0; v < panel; v++) { store(sums + (r * panel + v) * CK_BLOCK, acc[r][v]); }
    }
}

/// The same with the bias added, stored where the outputs belong: positions at a distance of `step` floats, channel blocks of `block`.
#define CK_SPREAD_PARAMETERS \
    const float *restrict input, const int *restrict offsets, const int *restrict counts, int steps, const float *restrict weights, \
        const float *restrict bias, float *restrict output, size_t step, size_t block

CK_INLINE void micro_spread(CK_SPREAD_PARAMETERS, const int rows, const int panel) {
    vf acc[CK_ROWS][CK_PANEL];
    CK_UNROLL for (int v = 0; v < panel; v++) {
        const vf b = bias ? load(bias + v * CK_BLOCK) : splat(0);
        CK_UNROLL for (int r = 0; r < rows; r++) { acc[r][v] = b; }
    }
    micro_sum(acc, input, offsets, counts, steps, weights, NULL, output, rows, panel, CK_BLOCK, CK_UNROLLED);
    CK_UNROLL for (int r = 0; r < rows; r++) {
        CK_UNROLL for (int v = 0; v < panel; v++) { store(output + block * v + step * r, acc[r][v]); }
    }
}

typedef void micro_function(CK_MICRO_PARAMETERS);
typedef void micro_spread_function(CK_SPREAD_PARAMETERS);

#define CK_MICRO(rows, panel)                                                                                       \
    static void micro_blocked_##rows##x##panel(CK_MICRO_PARAMETERS) {                                               \
        micro(                                                                                                      \
            input, offsets, counts, steps, weights, places, sums, accumulate, ahead, rows, panel, CK_BLOCK,         \
            CK_UNROLLED);                                                                                           \
    }                                                                                                               \
    static void micro_plain_##rows##x##panel(CK_MICRO_PARAMETERS) {                                                 \
        micro(input, offsets, counts, steps, weights, places, sums, accumulate, ahead, rows, panel, 1, 1);          \
    }                                                                                                               \
    static void micro_spread_##rows##x##panel(CK_SPREAD_PARAMETERS) {                                               \
        micro_spread(input, offsets, counts, steps, weights, bias, output, step, block, rows, panel);               \
    }
#define CK_ROWS_UP_TO_4(panel) CK_MICRO(1, panel) CK_MICRO(2, panel) CK_MICRO(3, panel) CK_MICRO(4, panel)
#define CK_ROWS_UP_TO_6(panel) CK_ROWS_UP_TO_4(panel) CK_MICRO(5, panel) CK_MICRO(6, panel)
#define CK_ROWS_UP_TO_12(panel)                                                                                          \
    CK_ROWS_UP_TO_6(panel) CK_MICRO(7, panel) CK_MICRO(8, panel) CK_MICRO(9, panel) CK_MICRO(10, panel) CK_MICRO(11, panel) \
        CK_MICRO(12, panel)

#define CK_LIST_4(kind, p) NULL, kind##1x##p, kind##2x##p, kind##3x##p, kind##4x##p
#define CK_LIST_6(kind, p) CK_LIST_4(kind, p), kind##5x##p, kind##6x##p
#define CK_LIST_12(kind, p) \
    CK_LIST_6(kind, p), kind##7x##p, kind##8x##p, kind##9x##p, kind##10x##p, kind##11x##p, kind##12x##p

#if CK_ROWS == 4
#define CK_ALL_ROWS CK_ROWS_UP_TO_4
#define CK_LIST CK_LIST_4
#elif CK_ROWS == 6
#define CK_ALL_ROWS CK_ROWS_UP_TO_6
#define CK_LIST CK_LIST_6
#else
#define CK_ALL_ROWS CK_ROWS_UP_TO_12
#define CK_LIST CK_LIST_12
#endif

CK_ALL_ROWS(1)
#if CK_PANEL == 2
CK_ALL_ROWS(2)
#endif

/// By blocks in the panel (less one) and rows.
static micro_function *const micro_blocked[CK_PANEL][CK_ROWS + 1] = {
    {CK_LIST(micro_blocked_, 1)},
#if CK_PANEL == 2
    {CK_LIST(micro_blocked_, 2)},
#endif
};
static micro_function *const micro_plain[CK_PANEL][CK_ROWS + 1] = {
    {CK_LIST(micro_plain_, 1)},
#if CK_PANEL == 2
    {CK_LIST(micro_plain_, 2)},
#endif
};
static micro_spread_function *const micro_spread_blocked[CK_PANEL][CK_ROWS + 1] = {
    {CK_LIST(micro_spread_, 1)},
#if CK_PANEL == 2
    {CK_LIST(micro_spread_, 2)},
#endif
};
