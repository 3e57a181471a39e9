// What every entry asserts of its arguments; nothing where NDEBUG is defined, as release builds do.
#ifndef CK_CHECKS_H
#define CK_CHECKS_H

#include "include/CKernels.h"
#include <assert.h>

/// Whether memory is there and begins a vector of `floats`.
static inline int ck_is_aligned(const void *p, int floats) { return p != NULL && (uintptr_t)p % (sizeof(float) * (size_t)floats) == 0; }

static inline int ck_is_size(const int size[3]) { return size[0] > 0 && size[1] > 0 && size[2] > 0; }

/// Whether the shapes of a convolution can be those of a layer.
static inline int ck_is_shaped(const ck_convolution *c) {
    if (c == NULL || c->sources < 1 || c->sources > 2 || c->out_channels < 1 || c->rows < 0 || c->items_ahead < 0) { return 0; }
    for (int s = 0; s < c->sources; s++) {
        if (c->source[s].channels < 1) { return 0; }
    }
    if (c->plain_input && c->sources > 1) { return 0; }
    if (c->sharing != ck_private && c->sharing != ck_shared) { return 0; }
    return ck_is_size(c->in) && ck_is_size(c->out) && ck_is_size(c->kernel) && ck_is_size(c->stride) && ck_is_size(c->upsampling)
        && ck_is_size(c->brick);
}

/// Whether a convolution without stride between its outputs has the size that its padding gives it.
static inline int ck_is_padded(const ck_convolution *c) {
    for (int a = 0; a < 3; a++) {
        if (c->kernel[a] % 2 == 0 || c->out[a] != ((c->in[a] - 1) / c->stride[a] + 1) * c->upsampling[a]) { return 0; }
    }
    return 1;
}

static inline int ck_is_axis(ck_axis axis) {
    for (int i = 0; ck_axis_at(i); i++) {
        if (ck_axis_at(i)->axis == axis) { return 1; }
    }
    return 0;
}

/// Whether a convolution's axes are of the kinds that it names.
static inline int ck_has_axes(const ck_convolution *c) {
    const ck_axis axes[3] = {c->depth_axis, c->plane_axis, c->plane_axis};
    for (int a = 0; a < 3; a++) {
        if (!ck_is_axis(axes[a]) || c->kernel[a] != ck_axis_kernel(axes[a]) || c->stride[a] != ck_axis_stride(axes[a])) { return 0; }
    }
    return c->plane_axis != ck_axis_one && !c->plain_input && !c->plain_output;
}

/// Whether a tensor of blocks can be read by vectors of a block.
static inline int ck_is_readable(const ck_source *source, int block) {
    if (!ck_is_aligned(source->data, block) || source->planes < 1 || source->origin < 0 || source->origin >= source->planes) { return 0; }
    return source->scale == NULL ? source->shift == NULL : ck_is_aligned(source->scale, block) && ck_is_aligned(source->shift, block);
}

/// Whether a convolution has the memory that its items read and write, for vectors of a block.
static inline int ck_is_placed(const ck_convolution *c, int block) {
    for (int s = 0; s < c->sources; s++) {
        if (c->plain_input ? c->source[s].data == NULL : !ck_is_readable(&c->source[s], block)) { return 0; }
    }
    if (!ck_is_aligned(c->weights, block) || (c->bias != NULL && !ck_is_aligned(c->bias, block))) { return 0; }
    if (c->sharing == ck_shared && !ck_is_aligned(c->shared_input, block)) { return 0; }
    return c->sums.data == NULL || (ck_is_aligned(c->sums.data, block) && c->sums.planes > 0 && c->sums.rows > 0);
}

/// Whether an output of blocks, or a sink of plain output, has a place.
static inline int ck_has_output(const ck_convolution *c, int block) {
    if (!c->plain_output) { return ck_is_aligned(c->output, block) && c->out_planes > 0 && c->out_origin >= 0; }
    return c->sink.data != NULL && (c->sink.stride[2] == 1 || c->sink.stride[2] == -1);
}

/// Whether an item is one of a method's, with memory of its thread.
static inline int ck_is_item(ck_work work, int round, int item, const float *scratch, int block) {
    return round >= 0 && round < work.rounds && item >= 0 && item < work.round[round].items && ck_is_aligned(scratch, block);
}

/// Whether weights can be packed.
static inline int ck_can_pack(const ck_kernels *t, const ck_convolution *c, const void *from, const void *to) {
    return t != NULL && ck_is_shaped(c) && from != NULL && to != NULL;
}

/// Whether some rows are there.
static inline int ck_are_rows(const ck_kernels *t, const ck_convolution *c, ck_panel_rows part) {
    return part.phase >= 0 && part.phase < c->upsampling[0] * c->upsampling[1] * c->upsampling[2] && part.panel >= 0
        && part.panel < ck_panels(t, c) && part.first_row >= 0 && part.rows > 0
        && part.first_row + part.rows <= ck_winograd_rows(t, c);
}

#endif
