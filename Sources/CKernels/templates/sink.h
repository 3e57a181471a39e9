// Plain output: rows of one channel, stored or added with weights, the right way round.

/// A vector where floats lie that no vector's alignment is known of.
typedef float CK_NAME(unaligned) __attribute__((ext_vector_type(CK_BLOCK), aligned(4)));
CK_INLINE vf load_unaligned(const float *p) { return *(const CK_NAME(unaligned) *)p; }
CK_INLINE void store_unaligned(float *p, vf v) { *(CK_NAME(unaligned) *)p = v; }

CK_INLINE int sink_has_row(const ck_sink *s, int z, int y) {
    return z >= s->first[0] && z < s->last[0] && y >= s->first[1] && y < s->last[1];
}

/// A vector's part of a row: lane 0 lies at x, and lanes `skip` ..< `count` are meant.
typedef struct {
    int x, skip, count;
} CK_NAME(run);
#define run_t CK_NAME(run)

/// The vector for the outputs from x on, of those from `begin` to before `end` of a row.
///
/// The last vector is a whole one as well where there are enough outputs: its first lanes lie in the vector before and are skipped.
CK_INLINE run_t run_at(int begin, int end, int x) {
    const int start = CK_MAX(begin, CK_MIN(x, end - CK_BLOCK));
    const run_t run = {start, x - start, CK_MIN(end - start, CK_BLOCK)};
    return run;
}

/// `outputs` with zeros in the first `count` lanes.
CK_INLINE vf without_first(vf outputs, int count) {
    typedef int vi __attribute__((ext_vector_type(CK_BLOCK)));
#if CK_BLOCK == 16
    const vi lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
#else
    const vi lanes = {0, 1, 2, 3, 4, 5, 6, 7};
#endif
    return lanes < (vi)count ? splat(0) : outputs;
}

/// Brings outputs of one channel in one row where they belong; all of them have a place.
CK_INLINE void sink_vector(const ck_sink *s, int channel, int z, int y, run_t run, vf outputs) {
    const ptrdiff_t step = s->stride[2], end = run.count == CK_BLOCK && step < 0 ? CK_BLOCK - 1 : 0;
    float *to = s->data + (s->start + channel * s->channel_stride + z * s->stride[0] + y * s->stride[1] + run.x * step - end);
    const float *weights =
        s->weights ? s->weights + (s->weight_start + z * s->weight_stride[0] + y * s->weight_stride[1] + run.x * step - end) : NULL;
    if (run.count < CK_BLOCK) {
        for (int i = 0; i < run.count; i++) { to[i * step] = weights ? to[i * step] + weights[i * step] * outputs[i] : outputs[i]; }
        return;
    }
    if (run.skip && weights) { outputs = without_first(outputs, run.skip); }
    if (step < 0) { outputs = CK_REVERSED(outputs); }
    store_unaligned(to, weights ? load_unaligned(to) + load_unaligned(weights) * outputs : outputs);
}
