// Average pooling and residual addition.

static void CK_NAME(pooling_item)(const ck_pooling *p, int item) {
    assert(p != NULL && ck_is_size(p->in) && ck_is_size(p->window) && ck_is_aligned(p->source.data, CK_BLOCK));
    assert(ck_is_aligned(p->output, CK_BLOCK) && item >= 0 && item < blocks_of(p->source.channels) * (p->in[0] / p->window[0]));
    int out[3];
    for (int a = 0; a < 3; a++) { out[a] = p->in[a] / p->window[a]; }
    const int block = item / out[0], z = item % out[0];
    const affine_t a = affine_of(&p->source, block);
    const float *from = p->source.data + volume(p->in) * block * CK_BLOCK;
    float *to = p->output + (volume(out) * block + (size_t)z * out[1] * out[2]) * CK_BLOCK;
    const vf scale = splat(1.0f / (float)volume(p->window));
    for (int y = 0; y < out[1]; y++) {
        for (int x = 0; x < out[2]; x++, to += CK_BLOCK) {
            vf sum = splat(0);
            for (int i = 0; i < p->window[0]; i++) {
                for (int j = 0; j < p->window[1]; j++) {
                    const size_t row = (size_t)(z * p->window[0] + i) * p->in[1] + y * p->window[1] + j;
                    const float *in = from + (row * p->in[2] + (size_t)x * p->window[2]) * CK_BLOCK;
                    for (int k = 0; k < p->window[2]; k++) {
                        const vf v = load(in + k * CK_BLOCK);
                        sum += a.raw ? v : applied(v, a);
                    }
                }
            }
            store(to, sum * scale);
        }
    }
}

static void CK_NAME(addition_item)(const ck_addition *s, int item, size_t first, size_t last) {
    assert(s != NULL && ck_is_aligned(s->a.data, CK_BLOCK) && ck_is_aligned(s->b.data, CK_BLOCK) && ck_is_aligned(s->output, CK_BLOCK));
    assert(item >= 0 && item < blocks_of(s->a.channels) && s->a.channels == s->b.channels && first <= last && last <= s->count);
    const affine_t a = affine_of(&s->a, item), b = affine_of(&s->b, item);
    const size_t base = s->count * item;
    const vf slope = splat(s->slope);
    for (size_t x = base + first; x < base + last; x++) {
        const vf y = applied(load(s->a.data + x * CK_BLOCK), a) + applied(load(s->b.data + x * CK_BLOCK), b);
        store(s->output + x * CK_BLOCK, larger(y, y * slope));
    }
}
