#ifndef CKERNELS_H
#define CKERNELS_H

/// The processors in the calling thread's affinity mask, at least 1.
int ck_affinity_processors(void);

#endif
