// 8-channel blocks in vectors the compiler splits as the baseline instruction set needs.
#define CK_NAME(symbol) ck_portable_##symbol
#define CK_LABEL "portable"
#define CK_BLOCK 8
#define CK_ROWS 4
#define CK_PANEL 1
#include "templates/kernels.h"
