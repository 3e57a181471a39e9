#ifndef CGDCM_ASSERTIONS_H
#define CGDCM_ASSERTIONS_H

#include "CGDCM.h"

#include <csetjmp>
#include <csignal>

/// Calls the body; a failed assertion within it ends it with `CGDCM_CORRUPT` instead of the process. The body must not throw.
cgdcm_status withoutAborting(cgdcm_status (*body)(void *), void *argument);

#endif
