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

const ck_kernels CK_NAME(kernels) = {
    .name = CK_LABEL,
    .block = CK_BLOCK,
    .rows = CK_ROWS,
    .panel = CK_PANEL,
    .direct_work = CK_NAME(direct_work),
    .direct_item = CK_NAME(direct_item),
    .transposed_work = CK_NAME(transposed_work),
    .transposed_item = CK_NAME(transposed_item),
    .winograd_work = CK_NAME(winograd_work),
    .winograd_item = CK_NAME(winograd_item),
    .upsampled_work = CK_NAME(upsampled_work),
    .upsampled_item = CK_NAME(upsampled_item),
    .head_work = CK_NAME(head_work),
    .head_item = CK_NAME(head_item),
    .pooling_item = CK_NAME(pooling_item),
    .addition_item = CK_NAME(addition_item),
};
