// The logits: a 1x1 convolution from blocks to a few plain channels. Products stay in vectors of input channels, and the sums of as many
// positions as a vector has lanes are formed together.

/// Whole rows of output, about 2048 positions, are one item.
CK_INLINE int head_rows(const ck_convolution *c) { return CK_MAX(1, 2048 / c->out[2]); }

static ck_work CK_NAME(head_work)(const ck_convolution *c) {
    assert(ck_is_shaped(c) && ck_is_padded(c) && volume(c->kernel) == 1 && c->plain_output && !c->plain_input);
    const int rows = c->out[0] * c->out[1];
    ck_work work = {.rounds = 1, .weight_count = (size_t)c->out_channels * input_blocks(c) * CK_BLOCK};
    work.round[0].items = (rows + head_rows(c) - 1) / head_rows(c);
    work.round[0].scratch_bytes = sizeof(float) * input_blocks(c) * CK_BLOCK * CK_BLOCK;
    return work;
}

/// Stages the inputs of `count` positions of plane `z`: [position][input block][channel in block].
CK_INLINE void head_stage(const ck_convolution *c, int z, size_t at, int count, float *stage) {
    const int blocks = input_blocks(c);
    for (int b = 0; b < blocks; b++) {
        int local = b;
        const ck_source *source = source_of(c, &local);
        const affine_t a = affine_of(source, local);
        const float *from = source_plane(c, source, local, z) + at * CK_BLOCK;
        for (int i = 0; i < count; i++) {
            prefetch(from + (i + CK_NAME(positions_ahead)) * CK_BLOCK);
            const vf v = load(from + i * CK_BLOCK);
            store(stage + (i * blocks + b) * CK_BLOCK, a.raw ? v : applied(v, a));
        }
    }
}

static void CK_NAME(head_item)(const ck_convolution *c, int round, int item, float *scratch) {
    assert(ck_is_item(CK_NAME(head_work)(c), round, item, scratch, CK_BLOCK) && ck_is_placed(c, CK_BLOCK) && ck_has_output(c, CK_BLOCK));
    (void)round;
    const ck_sink *sink = &c->sink;
    const int blocks = input_blocks(c), first = item * head_rows(c), last = CK_MIN(first + head_rows(c), c->out[0] * c->out[1]);
    for (int row = first; row < last; row++) {
        const int z = row / c->out[1], y = row % c->out[1];
        if (!sink_has_row(sink, z, y)) { continue; }
        for (int x = sink->first[2]; x < sink->last[2]; x += CK_BLOCK) {
            const run_t run = run_at(sink->first[2], sink->last[2], x);
            head_stage(c, z, (size_t)y * c->out[2] + run.x, run.count, scratch);
            for (int channel = 0; channel < c->out_channels; channel++) {
                const float *weights = c->weights + (size_t)channel * blocks * CK_BLOCK;
                vf products[CK_BLOCK];
                CK_UNROLL for (int i = 0; i < CK_BLOCK; i++) { products[i] = splat(0); }
                for (int b = 0; b < blocks; b++) {
                    const vf w = load(weights + b * CK_BLOCK);
                    CK_UNROLL for (int i = 0; i < CK_BLOCK; i++) { products[i] += load(scratch + (i * blocks + b) * CK_BLOCK) * w; }
                }
                const vf logits = sums_of(products) + (c->bias ? c->bias[channel] : 0.0f);
                sink_vector(sink, channel, z, y, run, logits);
            }
        }
    }
}
