// AVX2 and FMA: 8-channel blocks, 6x16 register tile.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define CK_NAME(symbol) ck_avx2_##symbol
#define CK_LABEL "avx2"
#define CK_BLOCK 8
#define CK_ROWS 6
#define CK_PANEL 2
#include "templates/kernels.h"
#pragma clang attribute pop
#endif
