#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H

/// From now on (1) or no longer (0), allocations of the calling thread are counted.
void allocations_watch_thread(int watched);

/// Allocations of watched threads since the last call.
long allocations_take(void);

#endif
