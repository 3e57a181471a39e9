// What both parts of the trial need: the same random numbers in every run, and memory of exactly the size that is asked for.
#ifndef TRIAL_H
#define TRIAL_H

#include <CKernels.h>
#include <stdlib.h>
#include <string.h>

static unsigned long long state = 1;
static unsigned next_number(void) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(state >> 33);
}
static int within(int low, int high) { return low + (int)(next_number() % (unsigned)(high - low + 1)); }
static float value(void) { return (float)(next_number() % 20001) / 10000.0f - 1.0f; }

/// Zeroed memory for vectors, as large as asked and no larger.
static void *memory(size_t bytes) {
    void *p = NULL;
    if (posix_memalign(&p, 64, bytes ? bytes : 1) != 0) { abort(); }
    memset(p, 0, bytes);
    return p;
}
static float *random_floats(size_t count) {
    float *p = memory(count * sizeof(float));
    for (size_t i = 0; i < count; i++) { p[i] = value(); }
    return p;
}

/// Tries a set's Mamba kernels on random layers and says how far off they were; returns the number of steps that were too far off.
int mamba_failures(const ck_kernels *, int layers);

#endif
