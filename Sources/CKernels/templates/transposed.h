// Transposed convolution whose kernel is its stride: one 1x1 product for each tap, its outputs written with the stride between them.

static const int CK_NAME(unit)[3] = {1, 1, 1};
#define unit CK_NAME(unit)

static ck_work CK_NAME(transposed_work)(const ck_convolution *c) {
    assert(ck_is_shaped(c) && !c->plain_input && !c->plain_output);
    for (int a = 0; a < 3; a++) { assert(c->kernel[a] == c->stride[a] && c->out[a] == c->in[a] * c->stride[a]); }
    brick_t b = whole(c->in);
    if (c->sharing != ck_shared) { memcpy(b.count, c->brick, sizeof b.count); }
    const stage_t s = stage_for(c, &b, unit, unit);
    return product_work(c, &s, bricks_in(c->in, c->brick), step_count(c, unit), 0);
}

/// One tap of one panel.
static void transposed_tap(const staged_t *b, const terms_t *terms, const int tap[3], int panel) {
    const ck_convolution *c = b->c;
    const stage_t *s = b->stage;
    const int *k = c->kernel, *first = b->brick.first, *count = b->brick.count;
    const int block = panel * CK_PANEL, width = panel_width(c, panel);
    assert(panel >= 0 && width > 0 && terms->steps > 0);
    const spread_t spread = {
        .bias = c->bias ? c->bias + block * CK_BLOCK : NULL, .step = (size_t)k[2] * CK_BLOCK,
        .block = (size_t)c->out_planes * c->out[1] * c->out[2] * CK_BLOCK};
    for (int z = 0; z < count[0]; z++) {
        float *plane = output_plane(c, block, (first[0] + z) * k[0] + tap[0]);
        for (int y = 0; y < count[1]; y++) {
            const float *row = b->input + s->plane * z + s->row * y;
            float *to = plane + (((size_t)(first[1] + y) * k[1] + tap[1]) * c->out[2] + first[2] * k[2] + tap[2]) * CK_BLOCK;
            for (int x = 0; x < count[2]; x += c->rows) {
                micro_spread_blocked[width - 1][CK_MIN(c->rows, count[2] - x)](
                    terms, row + (size_t)x * s->pitch, &spread, to + spread.step * x);
            }
        }
    }
}

/// The panels `first ..< last` of a brick.
static void transposed_panels(const staged_t *b, int first, int last, float *scratch) {
    const ck_convolution *c = b->c;
    terms_t terms = list_steps(b, scratch);
    const size_t depth = (size_t)input_depth_count(c) * CK_BLOCK, taps = volume(c->kernel);
    for (int panel = first; panel < last; panel++) {
        const float *weights = c->weights + depth * taps * CK_PANEL * panel;
        for (int index = 0; index < (int)taps; index++) {
            const int tap[3] = {index / (c->kernel[1] * c->kernel[2]), index / c->kernel[2] % c->kernel[1], index % c->kernel[2]};
            terms.weights = weights + depth * panel_width(c, panel) * index;
            transposed_tap(b, &terms, tap, panel);
        }
    }
}

static void CK_NAME(transposed_item)(const ck_convolution *c, int round, int item, float *scratch) {
    assert(ck_is_item(CK_NAME(transposed_work)(c), round, item, scratch, CK_BLOCK));
    assert(ck_is_placed(c, CK_BLOCK) && ck_has_output(c, CK_BLOCK) && c->rows > 0 && c->rows <= CK_ROWS);
    if (c->sharing == ck_shared) {
        const int bricks = bricks_in(c->in, c->brick), panel = item / bricks;
        const brick_t all = whole(c->in);
        const stage_t s = stage_for(c, &all, unit, unit);
        if (round == 0) {
            stage_block(c, &s, 1, item, c->shared_input);
            return;
        }
        staged_t b = {c, &s, brick_at(c->in, c->brick, item % bricks), unit, unit, NULL};
        b.input = c->shared_input + s.plane * b.brick.first[0] + s.row * b.brick.first[1] + (size_t)b.brick.first[2] * s.pitch;
        transposed_panels(&b, panel, panel + 1, scratch);
        return;
    }
    const brick_t brick = brick_at(c->in, c->brick, item);
    const stage_t s = stage_for(c, &brick, unit, unit);
    float *stage = scratch + aligned(2 * (size_t)step_count(c, unit));
    for (int b = 0; b < input_blocks(c); b++) { stage_block(c, &s, 1, b, stage); }
    const staged_t b = {c, &s, brick, unit, unit, stage};
    transposed_panels(&b, 0, panel_count(c), scratch);
}
