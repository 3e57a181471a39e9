#ifndef CKERNELS_AXES_H
#define CKERNELS_AXES_H

/// The kinds of axes of Winograd's methods, one line each. A kind's number is its step, the inputs from one tile to the next.
///
/// LINE(kind, step, outputs of a tile, stride, kernel, frequencies of the products, sets of weights, name)
///
/// What a line's kind does to values has its name: `forward_KIND`, `inverse_KIND`, `weights_KIND` and, on axes of the plane,
/// `height_pair_KIND` in the templates, `weight_rows_KIND` in packing.c.
#define CK_AXES(LINE) CK_PLANE_AXES(LINE) CK_AXES_OF_ONE(LINE)
/// Those with kernel 3.
#define CK_PLANE_AXES(LINE) CK_UNIT_STRIDE_AXES(LINE) CK_STRIDED_AXES(LINE)
/// F(4,3) and F(2,3), those that cost less where both fit first.
#define CK_UNIT_STRIDE_AXES(LINE)       \
    LINE(four, 4, 4, 1, 3, 6, 6, "4")   \
    LINE(two, 2, 2, 1, 3, 4, 4, "2")
/// Two phases of the input meet in each frequency, except in the one at infinity.
#define CK_STRIDED_AXES(LINE) LINE(strided, 8, 4, 2, 3, 5, 6, "4/2")
/// Values pass unchanged.
#define CK_AXES_OF_ONE(LINE) LINE(one, 1, 1, 1, 1, 1, 1, "1")

#define CK_AXIS_CASE(kind, step, ...) ck_axis_##kind = step,
typedef enum { CK_AXES(CK_AXIS_CASE) } ck_axis;
#undef CK_AXIS_CASE

/// A line of the table.
typedef struct {
    ck_axis axis;
    int outputs, stride, kernel, frequencies, weight_sets;
    const char *name;
} ck_axis_line;

/// The lines in their order; NULL past the last.
const ck_axis_line *ck_axis_at(int index);

// The columns, as functions that are constants where the kind is one.
#define CK_AXIS_OUTPUTS(kind, step, outputs, ...) case ck_axis_##kind: return outputs;
#define CK_AXIS_STRIDE(kind, step, outputs, stride, ...) case ck_axis_##kind: return stride;
#define CK_AXIS_KERNEL(kind, step, outputs, stride, kernel, ...) case ck_axis_##kind: return kernel;
#define CK_AXIS_FREQUENCIES(kind, step, outputs, stride, kernel, frequencies, ...) case ck_axis_##kind: return frequencies;
#define CK_AXIS_WEIGHT_SETS(kind, step, outputs, stride, kernel, frequencies, sets, ...) case ck_axis_##kind: return sets;
#define CK_AXIS_COLUMN(column, LINE)                                                       \
    static inline __attribute__((always_inline)) int ck_axis_##column(const ck_axis axis) { \
        switch (axis) { CK_AXES(LINE) }                                                    \
        __builtin_unreachable();                                                           \
    }

/// Outputs of one tile.
CK_AXIS_COLUMN(outputs, CK_AXIS_OUTPUTS)
CK_AXIS_COLUMN(stride, CK_AXIS_STRIDE)
CK_AXIS_COLUMN(kernel, CK_AXIS_KERNEL)
/// Frequencies of one tile's products.
CK_AXIS_COLUMN(frequencies, CK_AXIS_FREQUENCIES)
/// Sets of weights that the products take.
CK_AXIS_COLUMN(weight_sets, CK_AXIS_WEIGHT_SETS)

/// Inputs of one tile, before and after their transform.
static inline __attribute__((always_inline)) int ck_axis_inputs(const ck_axis axis) {
    return (ck_axis_outputs(axis) - 1) * ck_axis_stride(axis) + ck_axis_kernel(axis);
}

#endif
