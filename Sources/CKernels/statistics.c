#include "CKernels.h"
#include <math.h>

/// Merges the items' moments in their order (Chan, Golub, LeVeque 1979), so the result does not depend on the threads.
void ck_finish_statistics(
    const double *statistics, int items, int channels, int padded, const float *gamma, const float *beta, double epsilon, float *scale,
    float *shift
) {
    for (int k = 0; k < padded; k++) {
        if (k >= channels) {
            scale[k] = 0;
            shift[k] = 0;
            continue;
        }
        double count = 0, mean = 0, squares = 0;
        for (int i = 0; i < items; i++) {
            const double *item = statistics + 3 * ((size_t)i * channels + k);
            if (item[0] == 0) { continue; }
            const double total = count + item[0], difference = item[1] - mean;
            mean += difference * item[0] / total;
            squares += item[2] + difference * difference * count * item[0] / total;
            count = total;
        }
        const double factor = (gamma ? gamma[k] : 1.0) / sqrt(squares / count + epsilon);
        scale[k] = (float)factor;
        shift[k] = (float)((beta ? beta[k] : 0.0) - mean * factor);
    }
}
