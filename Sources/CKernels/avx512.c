// AVX-512 F: 16-channel blocks, 12x32 register tile.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx2,fma"))), apply_to = function)
#define CK_NAME(symbol) ck_avx512_##symbol
#define CK_LABEL "avx512"
#define CK_BLOCK 16
#define CK_ROWS 12
#define CK_PANEL 2
#include "templates/kernels.h"
#pragma clang attribute pop
#endif
