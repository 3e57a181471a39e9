// Lanes exchanged between vectors: sums across lanes, transposition.

/// Of vectors a and b taken as runs of `n` lanes: a's even runs with b's even runs between them, and the same with the odd runs.
#if CK_BLOCK == 16
#define CK_EVEN_8(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
#define CK_ODD_8(a, b) __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)
#define CK_EVEN_4(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27)
#define CK_ODD_4(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31)
#define CK_EVEN_2(a, b) __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define CK_ODD_2(a, b) __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#define CK_EVEN_1(a, b) __builtin_shufflevector(a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30)
#define CK_ODD_1(a, b) __builtin_shufflevector(a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31)
#define CK_REVERSED(a) __builtin_shufflevector(a, a, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#else
#define CK_EVEN_4(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define CK_ODD_4(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)
#define CK_EVEN_2(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define CK_ODD_2(a, b) __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define CK_EVEN_1(a, b) __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14)
#define CK_ODD_1(a, b) __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15)
#define CK_REVERSED(a) __builtin_shufflevector(a, a, 7, 6, 5, 4, 3, 2, 1, 0)
#endif

/// Lane i of the result is the sum of vector i's lanes.
CK_INLINE vf sums_of(vf *v) {
#if CK_BLOCK == 16
    CK_UNROLL for (int i = 0; i < 8; i++) { v[i] = CK_EVEN_8(v[i], v[i + 8]) + CK_ODD_8(v[i], v[i + 8]); }
#endif
    CK_UNROLL for (int i = 0; i < 4; i++) { v[i] = CK_EVEN_4(v[i], v[i + 4]) + CK_ODD_4(v[i], v[i + 4]); }
    CK_UNROLL for (int i = 0; i < 2; i++) { v[i] = CK_EVEN_2(v[i], v[i + 2]) + CK_ODD_2(v[i], v[i + 2]); }
    return CK_EVEN_1(v[0], v[1]) + CK_ODD_1(v[0], v[1]);
}

/// Exchanges the odd runs of vector i with the even runs of vector i + n, for every i whose bit n is clear.
#define CK_EXCHANGE(v, n)                                                              \
    CK_UNROLL for (int i = 0; i < CK_BLOCK; i++) {                                     \
        if (i & n) { continue; }                                                       \
        const vf even = CK_EVEN_##n(v[i], v[i + n]), odd = CK_ODD_##n(v[i], v[i + n]); \
        v[i] = even;                                                                   \
        v[i + n] = odd;                                                                \
    }

/// Lane i of vector j becomes lane j of vector i.
CK_INLINE void transpose(vf *v) {
#if CK_BLOCK == 16
    CK_EXCHANGE(v, 8)
#endif
    CK_EXCHANGE(v, 4)
    CK_EXCHANGE(v, 2)
    CK_EXCHANGE(v, 1)
}
