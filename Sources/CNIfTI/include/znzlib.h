// Debian's <nifti/nifti2_io.h> includes <znzlib.h>, which lies in the nifti folder as well; there is no pkg-config file that says so.
#include <nifti/znzlib.h>
