// From sums to stored outputs: bias, activation, statistics.

/// Running sums of one channel block over one item, around the first value so that nothing cancels.
typedef struct {
    vf origin;
    vd sum, squares;
    long count;
} CK_NAME(moments);
#define moments_t CK_NAME(moments)

/// Positions whose sums are formed in float before they go to the double ones: rounding of longer sums would be most of the network's error.
enum { CK_NAME(moments_run) = 16 };

CK_INLINE moments_t moments_start(void) {
    moments_t m = {splat(0), (vd)0.0, (vd)0.0, 0};
    return m;
}

CK_INLINE void moments_add(moments_t *m, vf sum, vf squares, long count) {
    m->sum += __builtin_convertvector(sum, vd);
    m->squares += __builtin_convertvector(squares, vd);
    m->count += count;
}

/// Writes count, mean and sum of squared deviations of each channel in the block.
CK_INLINE void moments_write(const moments_t *m, double *statistics, int block, int channels) {
    for (int k = 0; k < CK_BLOCK && block * CK_BLOCK + k < channels; k++) {
        double *out = statistics + 3 * (size_t)(block * CK_BLOCK + k);
        const double n = (double)m->count, offset = n > 0 ? m->sum[k] / n : 0;
        out[0] = n;
        out[1] = (double)m->origin[k] + offset;
        out[2] = m->squares[k] - offset * m->sum[k];
    }
}

/// How a row is stored.
enum {
    CK_NAME(finish_plainly),
    /// max(y, slope * y).
    CK_NAME(finish_activated),
    /// Past the caches.
    CK_NAME(finish_streamed),
};

/// What is done to sums on their way to a row of outputs.
typedef struct {
    vf bias, slope;
} CK_NAME(finishing);
#define finishing_t CK_NAME(finishing)

CK_INLINE vf finished(vf sum, finishing_t f, const int how) {
    const vf y = sum + f.bias;
    return how == CK_NAME(finish_activated) ? larger(y, y * f.slope) : y;
}

/// Stores `count` positions of one channel block, whose sums lie at a distance of `pitch` floats.
///
/// - moments: NULL for none.
CK_INLINE void finish_row(
    const float *sums, int pitch, int count, float *output, finishing_t f, moments_t *moments, const int how
) {
    assert(ck_is_aligned(sums, CK_BLOCK) && ck_is_aligned(output, CK_BLOCK) && count > 0);
    const int streams = how == CK_NAME(finish_streamed);
    if (!moments) {
        for (int x = 0; x < count; x++) {
            store_or_stream(output + (size_t)x * CK_BLOCK, finished(load(sums + (size_t)x * pitch), f, how), streams);
        }
        return;
    }
    if (moments->count == 0) { moments->origin = finished(load(sums), f, how); }
    const vf origin = moments->origin;
    for (int first = 0; first < count; first += CK_NAME(moments_run)) {
        const int last = CK_MIN(count, first + CK_NAME(moments_run));
        vf sum = splat(0), squares = splat(0);
        for (int x = first; x < last; x++) {
            const vf y = finished(load(sums + (size_t)x * pitch), f, how);
            store_or_stream(output + (size_t)x * CK_BLOCK, y, streams);
            const vf d = y - origin;
            sum += d;
            squares += d * d;
        }
        moments_add(moments, sum, squares, last - first);
    }
}
