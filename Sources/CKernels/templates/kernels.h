// All kernels of one instruction set. Before this file is included: CK_NAME, CK_LABEL, CK_BLOCK, CK_ROWS, CK_PANEL.
#include "vector.h"
#include "micro.h"
#include "finish.h"
#include "lanes.h"
#include "sink.h"
#include "direct.h"
#include "transposed.h"
#include "winograd.h"
#include "winograd_upsampled.h"
#include "head.h"
#include "elementwise.h"
#include "mamba.h"

static const ck_method CK_NAME(methods)[] = {
    {"direct", CK_NAME(direct_work), CK_NAME(direct_item)},
    {"transposed", CK_NAME(transposed_work), CK_NAME(transposed_item)},
    {"head", CK_NAME(head_work), CK_NAME(head_item)},
    {"winograd", CK_NAME(winograd_work), CK_NAME(winograd_item)},
    {"upsampled winograd", CK_NAME(upsampled_work), CK_NAME(upsampled_item)},
    {0},
};

const ck_kernels CK_NAME(kernels) = {
    .name = CK_LABEL,
    .block = CK_BLOCK,
    .rows = CK_ROWS,
    .panel = CK_PANEL,
    .methods = CK_NAME(methods),
    .pooling_item = CK_NAME(pooling_item),
    .addition_item = CK_NAME(addition_item),
    .mamba_tokens = CK_NAME(mamba_tokens),
    .mamba_convolve = CK_NAME(mamba_convolve),
    .mamba_steps = CK_NAME(mamba_steps),
    .mamba_scan = CK_NAME(mamba_scan),
    .mamba_store = CK_NAME(mamba_store),
};
