// NEON: 8-channel blocks as two registers each, 6x16 register tile.
#if defined(__aarch64__)
#define CK_NAME(symbol) ck_neon_##symbol
#define CK_LABEL "neon"
#define CK_BLOCK 8
#define CK_ROWS 6
#define CK_PANEL 2
#include "templates/kernels.h"
#endif
