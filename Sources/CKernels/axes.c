#include "checks.h"

#define LINE(kind, step, outputs, stride, kernel, frequencies, sets, name) \
    {ck_axis_##kind, outputs, stride, kernel, frequencies, sets, name},
static const ck_axis_line lines[] = {CK_AXES(LINE)};

const ck_axis_line *ck_axis_at(int index) {
    assert(index >= 0);
    return index < (int)(sizeof lines / sizeof *lines) ? &lines[index] : NULL;
}
