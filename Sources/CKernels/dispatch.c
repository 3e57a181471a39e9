#include "checks.h"
#include <string.h>

extern const ck_kernels ck_portable_kernels;
#if defined(__x86_64__)
extern const ck_kernels ck_avx2_kernels, ck_avx512_kernels;

static int has_avx512(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

static int has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
#elif defined(__aarch64__)
extern const ck_kernels ck_neon_kernels;
#endif

static int always(void) { return 1; }

static const struct {
    const ck_kernels *kernels;
    int (*runs)(void);
} table[] = {
#if defined(__x86_64__)
    {&ck_avx512_kernels, has_avx512},
    {&ck_avx2_kernels, has_avx2},
#elif defined(__aarch64__)
    {&ck_neon_kernels, always},
#endif
    {&ck_portable_kernels, always},
};

const ck_kernels *ck_kernels_at(int index) {
    assert(index >= 0);
    for (size_t line = 0; line < sizeof table / sizeof *table; line++) {
        if (table[line].runs() && index-- == 0) { return table[line].kernels; }
    }
    return NULL;
}

const ck_method *ck_method_named(const ck_kernels *kernels, const char *name) {
    assert(kernels != NULL && name != NULL);
    for (const ck_method *method = kernels->methods; method->name; method++) {
        if (strcmp(method->name, name) == 0) { return method; }
    }
    return NULL;
}
