#ifndef CMACHINE_H
#define CMACHINE_H

// What memory and threads need of the machine and Swift's Glibc module does not reach.

#include <stddef.h>

/// The processors in the calling thread's affinity mask, at least 1.
int cm_affinity_processors(void);

/// Asks the kernel to back memory with huge pages; a hint only.
void cm_advise_huge_pages(void *memory, size_t bytes);

/// Tells the processor that a thread is waiting for another one's memory.
static inline void cm_relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

#endif
