// The register tile: rows x panel blocks of sums, one broadcast of the input per row and k.
//
// The products leave most load slots and the way to memory idle, so each turn of the loop also asks for some cache lines of what the thread
// needs next.

/// Input channels that one turn of the loop sums.
#define CK_UNROLLED 4

/// What a call sums over: steps, each with some k.
typedef struct {
    /// Where each step's input begins.
    const int *offsets;
    /// k of each step, a multiple of CK_UNROLLED; not read for plain input, which has one k in each step.
    const int *counts;
    int steps;
    /// [step][k][panel * block].
    const float *weights;
    /// The first row [panel * block] of weights of each step; NULL where each step's follow the one's before.
    const int *places;
    /// Whether the sums begin with what is there.
    int accumulates;
} CK_NAME(terms);
#define terms_t CK_NAME(terms)

/// Adds to the sums of a register tile; see `micro`.
CK_INLINE void micro_sum(
    vf acc[CK_ROWS][CK_PANEL], const terms_t *t, const float *restrict input, const float *ahead, const int rows, const int panel,
    const int plain
) {
    const int *restrict const offsets = t->offsets, *restrict const counts = t->counts, *restrict const places = t->places;
    const float *restrict const first = t->weights, *restrict weights = first;
    const int steps = t->steps, pitch = plain ? 1 : CK_BLOCK, unroll = plain ? 1 : CK_UNROLLED;
    for (int s = 0; s < steps; s++) {
        const float *p = input + offsets[s];
        if (places) { weights = first + (ptrdiff_t)places[s] * panel * CK_BLOCK; }
        const int count = plain ? 1 : counts[s];
#pragma clang loop unroll(disable)
        for (int k = 0; k < count; k += unroll) {
            if (!plain) {
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
/// - ahead: memory to bring into the second-level cache, CK_AHEAD lines for every CK_UNROLLED k; only a hint, and need not exist. Not used
///   for plain input.
CK_INLINE void micro(
    const terms_t *t, const float *restrict input, float *restrict sums, const float *ahead, const int rows, const int panel, const int plain
) {
    assert(input != NULL && t->steps > 0 && ck_is_aligned(t->weights, CK_BLOCK) && ck_is_aligned(sums, CK_BLOCK));
    vf acc[CK_ROWS][CK_PANEL];
    CK_UNROLL for (int r = 0; r < rows; r++) {
        CK_UNROLL for (int v = 0; v < panel; v++) {
            acc[r][v] = t->accumulates ? load(sums + (r * panel + v) * CK_BLOCK) : splat(0);
        }
    }
    micro_sum(acc, t, input, ahead, rows, panel, plain);
    CK_UNROLL for (int r = 0; r < rows; r++) {
        CK_UNROLL for (int v = 0; v < panel; v++) { store(sums + (r * panel + v) * CK_BLOCK, acc[r][v]); }
    }
}

/// Where the sums of a call that stores outputs belong: positions at a distance of `step` floats, channel blocks of `block`.
typedef struct {
    /// NULL for none.
    const float *bias;
    size_t step, block;
} CK_NAME(spread);
#define spread_t CK_NAME(spread)

/// The same with the bias added, stored where the outputs belong.
CK_INLINE void micro_spread(
    const terms_t *t, const float *restrict input, const spread_t *spread, float *restrict output, const int rows, const int panel
) {
    assert(input != NULL && t->steps > 0 && ck_is_aligned(t->weights, CK_BLOCK) && ck_is_aligned(output, CK_BLOCK));
    const size_t step = spread->step, block = spread->block;
    vf acc[CK_ROWS][CK_PANEL];
    CK_UNROLL for (int v = 0; v < panel; v++) {
        const vf b = spread->bias ? load(spread->bias + v * CK_BLOCK) : splat(0);
        CK_UNROLL for (int r = 0; r < rows; r++) { acc[r][v] = b; }
    }
    micro_sum(acc, t, input, output, rows, panel, 0);
    CK_UNROLL for (int r = 0; r < rows; r++) {
        CK_UNROLL for (int v = 0; v < panel; v++) { store(output + block * v + step * r, acc[r][v]); }
    }
}

typedef void micro_function(const terms_t *, const float *restrict input, float *restrict sums, const float *ahead);
typedef void micro_spread_function(const terms_t *, const float *restrict input, const spread_t *, float *restrict output);

#define CK_MICRO(rows, panel)                                                                                                       \
    static void micro_blocked_##rows##x##panel(                                                                                     \
        const terms_t *t, const float *restrict input, float *restrict sums, const float *ahead                                     \
    ) {                                                                                                                             \
        micro(t, input, sums, ahead, rows, panel, 0);                                                                               \
    }                                                                                                                               \
    static void micro_plain_##rows##x##panel(                                                                                       \
        const terms_t *t, const float *restrict input, float *restrict sums, const float *ahead                                     \
    ) {                                                                                                                             \
        micro(t, input, sums, ahead, rows, panel, 1);                                                                               \
    }                                                                                                                               \
    static void micro_spread_##rows##x##panel(                                                                                      \
        const terms_t *t, const float *restrict input, const spread_t *spread, float *restrict output                               \
    ) {                                                                                                                             \
        micro_spread(t, input, spread, output, rows, panel);                                                                        \
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
