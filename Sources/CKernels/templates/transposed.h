// Transposed convolution whose kernel is its stride: one 1x1 product for each tap, its outputs written with the stride between them.

static const int CK_NAME(unit)[3] = {1, 1, 1};
#define unit CK_NAME(unit)

static ck_work CK_NAME(transposed_work)(const ck_convolution *c) {
    const int zero[3] = {0, 0, 0};
    const stage_t s = stage_for(c, zero, c->sharing == ck_shared ? c->in : c->block, unit, unit);
    return product_work(c, &s, direct_blocks(c->in, c->block), step_count(c, unit));
}

/// Stores one tap's sums of one panel.
static void spread_block(
    const ck_convolution *c, const int first[3], const int count[3], const int tap[3], int panel, int width, const float *sums
) {
    const int lanes = width * CK_BLOCK;
    const int *k = c->kernel;
    for (int v = 0; v < width; v++) {
        const int block = panel * CK_PANEL + v;
        const vf bias = c->bias ? load(c->bias + block * CK_BLOCK) : splat(0);
        for (int z = 0; z < count[0]; z++) {
            float *plane = output_plane(c, block, (first[0] + z) * k[0] + tap[0]);
            for (int y = 0; y < count[1]; y++) {
                const float *from = sums + ((size_t)z * count[1] + y) * count[2] * lanes + v * CK_BLOCK;
                const size_t row = (size_t)(first[1] + y) * k[1] + tap[1];
                float *to = plane + (row * c->out[2] + first[2] * k[2] + tap[2]) * CK_BLOCK;
                finish_row(from, lanes, count[2], to, CK_BLOCK * k[2], bias, splat(1), 0, 0, NULL);
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
    float *sums = scratch + aligned(2 * (size_t)steps);
    list_steps(c, s, unit, unit, offsets, counts);
    const size_t depth = (size_t)input_depth_count(c) * CK_BLOCK, taps = volume(c->kernel);
    for (int panel = first_panel; panel < last_panel; panel++) {
        const int width = panel_width(c, panel);
        const float *weights = c->weights + depth * taps * CK_PANEL * panel;
        for (int index = 0; index < (int)taps; index++) {
            const int tap[3] = {index / (c->kernel[1] * c->kernel[2]), index / c->kernel[2] % c->kernel[1], index % c->kernel[2]};
            sum_block(c, s, unit, stage, count, offsets, counts, steps, weights + depth * width * index, width, sums);
            spread_block(c, first, count, tap, panel, width, sums);
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
    float *stage = scratch + aligned(2 * (size_t)step_count(c, unit)) + aligned(volume(c->block) * CK_PANEL * CK_BLOCK);
    for (int b = 0; b < input_blocks(c); b++) { stage_block(c, &s, 1, b, stage); }
    transposed_panels(c, &s, stage, first, count, 0, panel_count(c), scratch);
}
