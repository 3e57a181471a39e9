// What a Mamba layer does between its dense products: token normalisation, causal convolution, step sizes and the selective scan.

typedef int vi __attribute__((ext_vector_type(CK_BLOCK)));

/// 2^f for f from -1/2 to 1/2, within an ulp (least relative error, degree 6).
CK_INLINE vf two_to_fraction(vf f) {
    vf p = splat(0.0001534581179f);
    p = p * f + splat(0.001339993142f);
    p = p * f + splat(0.00961848896f);
    p = p * f + splat(0.05550328776f);
    p = p * f + splat(0.2402264689f);
    p = p * f + splat(0.6931472057f);
    return p * f + splat(1.0f);
}

/// Adding it rounds to whole numbers, which then are the low bits.
#define CK_ROUNDER 12582912.0f

/// 2^x for x up to 127; next to nothing below -126.
CK_INLINE vf two_to(vf x) {
    const vf bounded = larger(x, splat(-126.0f)), whole = bounded + splat(CK_ROUNDER);
    const vf p = two_to_fraction(bounded - (whole - splat(CK_ROUNDER)));
    return (vf)((vi)p + ((vi)whole << 23));
}

/// e^x for x up to 88; next to nothing below -87.
CK_INLINE vf exponential(vf x) {
    const vf bounded = larger(x, splat(-87.0f)), low = bounded < splat(88.0f) ? bounded : splat(88.0f);
    const vf whole = low * splat(1.44269504f) + splat(CK_ROUNDER), n = whole - splat(CK_ROUNDER);
    const vf rest = (low - n * splat(0.693359375f)) + n * splat(2.12194440e-4f);  // ln 2 in two parts
    const vf p = two_to_fraction(rest * splat(1.44269504f));
    return (vf)((vi)p + ((vi)whole << 23));
}

/// The natural logarithm of x from 1 to 2^31 (the polynomial of Cephes' logf).
CK_INLINE vf logarithm(vf x) {
    const vi bits = (vi)x - 0x3f3504f3;  // sqrt(1/2)
    const vi exponent = bits >> 23;
    const vf r = (vf)((bits & 0x007fffff) + 0x3f3504f3) - splat(1.0f), e = __builtin_convertvector(exponent, vf), z = r * r;
    vf p = splat(7.0376836292e-2f);
    p = p * r + splat(-1.1514610310e-1f);
    p = p * r + splat(1.1676998740e-1f);
    p = p * r + splat(-1.2420140846e-1f);
    p = p * r + splat(1.4249322787e-1f);
    p = p * r + splat(-1.6668057665e-1f);
    p = p * r + splat(2.0000714765e-1f);
    p = p * r + splat(-2.4999993993e-1f);
    p = p * r + splat(3.3333331174e-1f);
    p = p * r * z + e * splat(-2.12194440e-4f) - z * splat(0.5f);
    return r + p + e * splat(0.693359375f);
}

CK_INLINE vf silu(vf x) { return x / (splat(1.0f) + exponential(-x)); }

/// log(1 + e^x), above 20 x itself; exact also where e^x is small beside 1.
CK_INLINE vf softplus(vf x) {
    const vf power = exponential(x), sum = splat(1.0f) + power, added = sum - splat(1.0f);
    const vf result = added == splat(0.0f) ? power : logarithm(sum) * (power / added);
    return x > splat(20.0f) ? x : result;
}

CK_INLINE float sum_of_lanes(vf v) {
    float sum = 0;
    for (int i = 0; i < CK_BLOCK; i++) { sum += v[i]; }
    return sum;
}

/// Copies a token's values in order; lanes past its width are zero.
CK_INLINE void CK_NAME(mamba_token)(const ck_mamba *m, size_t token, float *row) {
    const int blocks = blocks_of(m->width);
    if (!m->by_channel) {
        for (int block = 0; block < blocks; block++) {
            const affine_t a = affine_of(&m->source, block);
            const vf v = load(m->source.data + (block * m->positions + token) * CK_BLOCK);
            store(row + block * CK_BLOCK, a.raw ? v : applied(v, a));
        }
        return;
    }
    const int block = (int)token / CK_BLOCK, lane = (int)token % CK_BLOCK;
    const affine_t a = affine_of(&m->source, block);
    for (int i = 0; i < blocks * CK_BLOCK; i++) {
        if (i >= m->width) {
            row[i] = 0;
            continue;
        }
        const vf v = load(m->source.data + (block * m->positions + i) * CK_BLOCK);
        row[i] = a.raw ? v[lane] : applied(v, a)[lane];
    }
}

static void CK_NAME(mamba_tokens)(const ck_mamba *m, size_t first, int count, float *rows) {
    assert(m != NULL && m->width > 0 && count >= 0 && ck_is_aligned(m->source.data, CK_BLOCK) && ck_is_aligned(rows, CK_BLOCK));
    const int blocks = blocks_of(m->width), last = (blocks - 1) * CK_BLOCK;
    vf inside;
    for (int i = 0; i < CK_BLOCK; i++) { inside[i] = last + i < m->width ? 1.0f : 0.0f; }
    for (int token = 0; token < count; token++) {
        float *row = rows + (size_t)token * blocks * CK_BLOCK;
        CK_NAME(mamba_token)(m, first + token, row);
        vf sum = splat(0), squares = splat(0);
        for (int block = 0; block < blocks; block++) { sum += load(row + block * CK_BLOCK); }
        const vf mean = splat(sum_of_lanes(sum) / (float)m->width);
        for (int block = 0; block < blocks; block++) {
            vf d = load(row + block * CK_BLOCK) - mean;
            if (block == blocks - 1) { d *= inside; }
            squares += d * d;
            store(row + block * CK_BLOCK, d);
        }
        const vf scale = splat(1.0f / __builtin_sqrtf(sum_of_lanes(squares) / (float)m->width + m->epsilon));
        for (int block = 0; block < blocks; block++) {
            const vf weight = load(m->norm_weight + block * CK_BLOCK), bias = load(m->norm_bias + block * CK_BLOCK);
            store(row + block * CK_BLOCK, load(row + block * CK_BLOCK) * scale * weight + bias);
        }
    }
}

static void CK_NAME(mamba_convolve)(const ck_mamba *m, int count, const float *from, float *to) {
    assert(m != NULL && count >= 0 && ck_is_aligned(from, CK_BLOCK) && ck_is_aligned(to, CK_BLOCK));
    const size_t row = (size_t)blocks_of(m->inner) * CK_BLOCK;
    for (int token = 0; token < count; token++, from += row, to += row) {
        for (size_t i = 0; i < row; i += CK_BLOCK) {
            vf sum = load(m->convolution_bias + i);
            CK_UNROLL for (int tap = 0; tap < CK_MAMBA_TAPS; tap++) {
                sum += load(m->convolution + tap * row + i) * load(from + tap * row + i);
            }
            store(to + i, silu(sum));
        }
    }
}

static void CK_NAME(mamba_steps)(const ck_mamba *m, int count, float *steps) {
    assert(m != NULL && count >= 0 && ck_is_aligned(steps, CK_BLOCK));
    const size_t row = (size_t)blocks_of(m->inner) * CK_BLOCK;
    for (int token = 0; token < count; token++, steps += row) {
        for (size_t i = 0; i < row; i += CK_BLOCK) { store(steps + i, softplus(load(steps + i) + load(m->step_bias + i))); }
    }
}

static void CK_NAME(mamba_scan)(const ck_mamba *m, int block, int count, const ck_mamba_chunk *chunk) {
    assert(m != NULL && chunk != NULL && block >= 0 && block < blocks_of(m->inner) && count >= 0 && ck_is_aligned(chunk->state, CK_BLOCK));
    const size_t row = (size_t)blocks_of(m->inner) * CK_BLOCK, place = (size_t)block * CK_BLOCK;
    const float *rates = m->rates + place * CK_MAMBA_STATES, *steps = chunk->steps + place, *gates = chunk->gates + place;
    const float *mixes = chunk->mixes;
    float *values = chunk->values + place, *kept = chunk->state + place * CK_MAMBA_STATES;
    const vf skip = load(m->skip + place);
    vf state[CK_MAMBA_STATES];
    CK_UNROLL for (int n = 0; n < CK_MAMBA_STATES; n++) { state[n] = load(kept + n * CK_BLOCK); }
    for (int token = 0; token < count; token++, steps += row, gates += row, values += row, mixes += chunk->mix_stride) {
        const vf step = load(steps), value = load(values), input = step * value;
        vf y[2] = {skip * value, splat(0)};
        CK_UNROLL for (int n = 0; n < CK_MAMBA_STATES; n++) {
            state[n] = two_to(step * load(rates + n * CK_BLOCK)) * state[n] + input * splat(mixes[n]);
            y[n % 2] += state[n] * splat(mixes[CK_MAMBA_STATES + n]);
        }
        store(values, (y[0] + y[1]) * silu(load(gates)));
    }
    CK_UNROLL for (int n = 0; n < CK_MAMBA_STATES; n++) { store(kept + n * CK_BLOCK, state[n]); }
}

static void CK_NAME(mamba_store)(const ck_mamba *m, size_t first, int count, const float *rows) {
    assert(m != NULL && count >= 0 && ck_is_aligned(m->output, CK_BLOCK) && ck_is_aligned(rows, CK_BLOCK));
    const int blocks = blocks_of(m->width);
    for (size_t token = first; token < first + count; token++, rows += blocks * CK_BLOCK) {
        if (!m->by_channel) {
            for (int block = 0; block < blocks; block++) {
                store(m->output + (block * m->positions + token) * CK_BLOCK, load(rows + block * CK_BLOCK));
            }
            continue;
        }
        // The last channel's token also writes the lanes past it.
        const int lane = (int)(token % CK_BLOCK), lanes = token + 1 == (size_t)m->source.channels ? CK_BLOCK : lane + 1;
        float *to = m->output + (token / CK_BLOCK) * m->positions * CK_BLOCK;
        for (int i = 0; i < m->width; i++) {
            for (int l = lane; l < lanes; l++) { to[(size_t)i * CK_BLOCK + l] = l == lane ? rows[i] : 0; }
        }
    }
}
