#ifndef CGDCM_H
#define CGDCM_H

// A C face over the decoders of GDCM 3.0, because its C++ classes can't be imported into Swift (no copy or move constructor).
// It decodes one frame; what surrounds the pixel data is read in Swift, where every length is checked before it is believed.
// No C++ exception leaves it, and GDCM's trace is off. It may go when Swift can import the classes or GDCM grows a C face.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How one sample of a single-frame grayscale image is stored: the Image Pixel module's attributes.
typedef struct {
    uint16_t bits_allocated;
    uint16_t bits_stored;
    uint16_t high_bit;
    bool is_signed;
} cgdcm_sample_format;

/// One encoded frame: its transfer syntax UID, its size and its bytes (of an encapsulated frame, the fragments joined).
typedef struct {
    const char *transfer_syntax;
    uint32_t rows;
    uint32_t columns;
    cgdcm_sample_format format;
    const void *bytes;
    size_t byte_count;
} cgdcm_frame;

typedef enum {
    CGDCM_DECODED = 0,
    CGDCM_UNKNOWN_TRANSFER_SYNTAX,
    CGDCM_CORRUPT,
    CGDCM_DIFFERENT_SIZE,
    CGDCM_OUT_OF_MEMORY,
} cgdcm_status;

/// Whether GDCM has a decoder for a transfer syntax UID.
bool cgdcm_can_decode(const char *transfer_syntax);

/// Decodes a frame into rows × columns samples, native byte order, in at most `capacity` bytes. `decoded` is the format that the
/// compressed stream itself declares where it differs from the header's. Thread-safe: frames share nothing.
cgdcm_status cgdcm_decode(const cgdcm_frame *frame, void *samples, size_t capacity, cgdcm_sample_format *decoded);

#ifdef __cplusplus
}
#endif

#endif
