// The logits: a 1x1 convolution from blocks to a few plain channels. Products stay in vectors of input channels, and the sums of as many
// positions as a vector has lanes are formed together.

enum { CK_NAME(head_positions) = 2048 };

static ck_work CK_NAME(head_work)(const ck_convolution *c) {
    const size_t positions = volume(c->out);
    ck_work work = {.phases = 1, .weight_count = (size_t)c->out_channels * input_blocks(c) * CK_BLOCK};
    work.phase[0].items = (int)((positions + CK_NAME(head_positions) - 1) / CK_NAME(head_positions));
    work.phase[0].scratch_bytes = sizeof(float) * input_blocks(c) * CK_BLOCK * CK_BLOCK;
    return work;
}

/// Halves of two vectors' runs of 2 * `run` lanes added: the runs of a and b, each half as long, alternate in the result.
#if CK_BLOCK == 16
#define CK_ADD_HALVES_8(a, b)                                                                              \
    (__builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +               \
     __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
#define CK_ADD_HALVES_4(a, b)                                                                              \
    (__builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27) +             \
     __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31))
#define CK_ADD_HALVES_2(a, b)                                                                              \
    (__builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29) +             \
     __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31))
#define CK_ADD_HALVES_1(a, b)                                                                              \
    (__builtin_shufflevector(a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30) +            \
     __builtin_shufflevector(a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31))
#else
#define CK_ADD_HALVES_4(a, b) \
    (__builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11) + __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15))
#define CK_ADD_HALVES_2(a, b) \
    (__builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13) + __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15))
#define CK_ADD_HALVES_1(a, b) \
    (__builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14) + __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15))
#endif

/// Lane i of the result is the sum of vector i's lanes.
CK_INLINE vf sums_of(vf *v) {
#if CK_BLOCK == 16
    CK_UNROLL for (int i = 0; i < 8; i++) { v[i] = CK_ADD_HALVES_8(v[i], v[i + 8]); }
#endif
    CK_UNROLL for (int i = 0; i < 4; i++) { v[i] = CK_ADD_HALVES_4(v[i], v[i + 4]); }
    CK_UNROLL for (int i = 0; i < 2; i++) { v[i] = CK_ADD_HALVES_2(v[i], v[i + 2]); }
    return CK_ADD_HALVES_1(v[0], v[1]);
}

static void CK_NAME(head_item)(const ck_convolution *c, int phase, int item, float *scratch) {
    (void)phase;
    const size_t positions = volume(c->out), start = (size_t)item * CK_NAME(head_positions);
    const size_t end = CK_MIN(positions, start + CK_NAME(head_positions));
    const int blocks = input_blocks(c);
    for (size_t x = start; x < end; x += CK_BLOCK) {
        const int count = (int)CK_MIN(end - x, (size_t)CK_BLOCK);
        for (int b = 0; b < blocks; b++) {
            int local = b;
            const ck_source *source = source_of(c, &local);
            const affine_t a = affine_of(source, local);
            const float *from = source->data + (positions * local + x) * CK_BLOCK;
            for (int i = 0; i < count; i++) {
                const vf v = load(from + i * CK_BLOCK);
                store(scratch + (i * blocks + b) * CK_BLOCK, a.raw ? v : applied(v, a));
            }
        }
        for (int channel = 0; channel < c->out_channels; channel++) {
            const float *weights = c->weights + (size_t)channel * blocks * CK_BLOCK;
            vf products[CK_BLOCK];
            CK_UNROLL for (int i = 0; i < CK_BLOCK; i++) { products[i] = splat(0); }
            for (int b = 0; b < blocks; b++) {
                const vf w = load(weights + b * CK_BLOCK);
                CK_UNROLL for (int i = 0; i < CK_BLOCK; i++) { products[i] += load(scratch + (i * blocks + b) * CK_BLOCK) * w; }
            }
            const vf y = sums_of(products) + (c->bias ? c->bias[channel] : 0.0f);
            float *to = c->output + positions * channel + x;
            memcpy(to, &y, sizeof(float) * count);
        }
    }
}
