// Debian builds GDCM with its assertions on, and a damaged JPEG stream makes some of them fail: `assert(0)` would end the daemon.
// While a frame is decoded, a failed assertion on that thread is turned into a failed decoding; anywhere else it aborts as always.
// The jump leaves out the destructors of the frames it passes, so what GDCM had allocated for that one frame is lost.

#include "Assertions.h"

#include <cstdio>
#include <cstdlib>

namespace {

thread_local sigjmp_buf *refuge = nullptr;

}  // namespace

cgdcm_status withoutAborting(cgdcm_status (*body)(void *), void *argument) {
    sigjmp_buf here;
    if (sigsetjmp(here, 0) != 0) {
        refuge = nullptr;
        return CGDCM_CORRUPT;
    }
    refuge = &here;
    const cgdcm_status status = body(argument);
    refuge = nullptr;
    return status;
}

// Takes the place of glibc's function of that name for the whole program.
extern "C" __attribute__((visibility("default"), noreturn)) void __assert_fail(
    const char *assertion, const char *file, unsigned int line, const char *function) noexcept {
    if (refuge != nullptr) { siglongjmp(*refuge, 1); }
    std::fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line, function != nullptr ? function : "?", assertion);
    std::abort();
}
