#include "CGDCM.h"
