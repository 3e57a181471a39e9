// sched_getaffinity needs _GNU_SOURCE, which Swift's Glibc module does not define.
#define _GNU_SOURCE
#include "CMachine.h"
#include <sched.h>

int cm_affinity_processors(void) {
    cpu_set_t mask;
    CPU_ZERO(&mask);
    if (sched_getaffinity(0, sizeof mask, &mask) != 0) { return 1; }
    const int count = CPU_COUNT(&mask);
    return count > 0 ? count : 1;
}
