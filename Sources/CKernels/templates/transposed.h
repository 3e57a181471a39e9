// Transposed convolution whose kernel is its stride: one 1x1 product for each tap, its outputs written with the stride between them.

static const int CK_NAME(unit)[3] = {1, 1, 1};
#define unit CK_NAME(unit)

static ck_work CK_NAME(transposed_work)(const ck_convolution *c) {
    const int zero[3] = {0, 0, 0};
    const stage_t s = stage_for(c, zero, c->sharing == ck_shared ? c->in : c->block, unit, unit);
    return product_work(c, &s, direct_blocks(c->in, c->block), step_count(c, unit), 0);
}

/// One tap of one panel.
static void transposed_tap(
    const ck_convolution *c, const stage_t *s, const float *stage, const int first[3], const int count[3], const int tap[3], int panel,
    const int *offsets, const int *counts, int steps, const float *weights
) {
    const int *k = c->kernel, block = panel * CK_PANEL, width = panel_width(c, panel);
    const float *bias = c->bias ? c->bias + block * CK_BLOCK : NULL;
    const size_t step = (size_t)k[2] * CK_BLOCK, blocks = (size_t)c->out_planes * c->out[1] * c->out[2] * CK_BLOCK;
    for (int z = 0; z < count[0]; z++) {
        float *plane = output_plane(c, block, (first[0] + z) * k[0] + tap[0]);
        for (int y = 0; y < count[1]; y++) {
            const float *row = stage + s->plane * z + s->row * y;
            float *to = plane + (((size_t)(first[1] + y) * k[1] + tap[1]) * c->out[2] + first[2] * k[2] + tap[2]) * CK_BLOCK;
            for (int x = 0; x < count[2]; x += c->rows) {
                micro_spread_blocked[width - 1][CK_MIN(c->rows, count[2] - x)](
                    row + (size_t)x * s->pitch, offsets, counts, steps, weights, bias, to + step * x, step, blocks);
            }
        }
    }
}

static void transposed_panels(
    const ck_convolution *c, const stage_t *s, const float *stage, const int first[3], const int count[3], int first_panel,
    int last_panel, float *scratch
) {
    const int steps = step_count(c, unit);
    int *offsets = (int *)scratch, *counts = offsets + steps;
    list_steps(c, s, unit, unit, offsets, counts);
    const size_t depth = (size_t)input_depth_count(c) * CK_BLOCK, taps = volume(c->kernel);
    for (int panel = first_panel; panel < last_panel; panel++) {
        const float *weights = c->weights + depth * taps * CK_PANEL * panel;
        for (int index = 0; index < (int)taps; index++) {
            const int tap[3] = {index / (c->kernel[1] * c->kernel[2]), index / c->kernel[2] % c->kernel[1], index % c->kernel[2]};
            transposed_tap(c, s, stage, first, count, tap, panel, offsets, counts, steps, weights + depth * panel_width(c, panel) * index);
        }
    }
}

static void CK_NAME(transposed_item)(const ck_convolution *c, int phase, int item, float *scratch) {
    const int zero[3] = {0, 0, 0}, blocks = direct_blocks(c->in, c->block);
    int first[3], count[3];
    if (c->sharing == ck_shared) {
        const stage_t s = stage_for(c, zero, c->in, unit, unit);
        if (phase == 0) {
            stage_block(c, &s, 1, item, c->shared_input);
            return;
        }
        const int panel = item / blocks;
        direct_block(c->in, c->block, item % blocks, first, count);
        const float *stage = c->shared_input + s.plane * first[0] + s.row * first[1] + (size_t)first[2] * s.pitch;
        transposed_panels(c, &s, stage, first, count, panel, panel + 1, scratch);
        return;
    }
    direct_block(c->in, c->block, item, first, count);
    const stage_t s = stage_for(c, first, count, unit, unit);
    float *stage = scratch + aligned(2 * (size_t)step_count(c, unit));
    for (int b = 0; b < input_blocks(c); b++) { stage_block(c, &s, 1, b, stage); }
    transposed_panels(c, &s, stage, first, count, 0, panel_count(c), scratch);
}
