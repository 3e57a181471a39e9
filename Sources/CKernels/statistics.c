#include "checks.h"
#include <math.h>

/// Merges the items' moments in their order (Chan, Golub, LeVeque 1979), so the result does not depend on the threads.
void ck_finish_statistics(const ck_normalization *n) {
    assert(n != NULL && n->statistics != NULL && n->scale != NULL && n->shift != NULL);
    assert(n->items > 0 && n->channels > 0 && n->padded >= n->channels && n->epsilon >= 0);
    for (int k = 0; k < n->padded; k++) {
        if (k >= n->channels) {
            n->scale[k] = 0;
            n->shift[k] = 0;
            continue;
        }
        double count = 0, mean = 0, squares = 0;
        for (int i = 0; i < n->items; i++) {
            const double *item = n->statistics + 3 * ((size_t)i * n->channels + k);
            if (item[0] == 0) { continue; }
            const double total = count + item[0], difference = item[1] - mean;
            mean += difference * item[0] / total;
            squares += item[2] + difference * difference * count * item[0] / total;
            count = total;
        }
        const double factor = (n->gamma ? n->gamma[k] : 1.0) / sqrt(squares / count + n->epsilon);
        n->scale[k] = (float)factor;
        n->shift[k] = (float)((n->beta ? n->beta[k] : 0.0) - mean * factor);
    }
}
