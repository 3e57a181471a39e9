#ifndef CPNG_H
#define CPNG_H

// A C face over libpng, whose errors jump (setjmp), which Swift can't. It works on memory: files are the Swift owner's business.
// It may go when libpng's simplified interface keeps 16-bit values as they are.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t width;
    uint32_t height;
    /// Bits of a sample as stored, and the colour type of the PNG standard.
    uint8_t bit_depth;
    uint8_t color_type;
    /// Samples of a pixel and bytes of a sample after decoding.
    uint8_t samples;
    uint8_t sample_size;
} cpng_header;

/// Why something failed.
typedef struct {
    char text[256];
} cpng_message;

/// Reads the header of a file's bytes.
bool cpng_read_header(const uint8_t *bytes, size_t count, cpng_header *header, cpng_message *message);

/// Decodes a file's bytes into height × width × samples: a palette as its colours, 1 bit as 0 and 1, 2 and 4 bits stretched to 8, colours
/// of 16 bits as their high bytes, grey of 16 bits in native byte order. Gamma and transparent colours change nothing. `pixels` must hold
/// exactly the header's size.
bool cpng_read(const uint8_t *bytes, size_t count, const cpng_header *header, uint8_t *pixels, cpng_message *message);

/// Encodes grey pixels of one or two bytes; the result is the caller's to free.
uint8_t *cpng_write(uint32_t width, uint32_t height, uint8_t sample_size, const uint8_t *pixels, size_t *count, cpng_message *message);

#endif
