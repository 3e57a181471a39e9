// madvise needs _DEFAULT_SOURCE under -std=c11.
#define _DEFAULT_SOURCE
#include "CMachine.h"
#include <stdint.h>
#include <sys/mman.h>

void cm_advise_huge_pages(void *memory, size_t bytes) {
#ifdef MADV_HUGEPAGE
    const uintptr_t page = 2u << 20;
    const uintptr_t first = ((uintptr_t)memory + page - 1) & ~(page - 1), last = ((uintptr_t)memory + bytes) & ~(page - 1);
    if (last > first) { (void)madvise((void *)first, last - first, MADV_HUGEPAGE); }
#else
    (void)memory, (void)bytes;
#endif
}
