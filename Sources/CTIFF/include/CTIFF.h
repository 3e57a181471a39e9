#ifndef CTIFF_H
#define CTIFF_H

// A C face over libtiff, whose accessors and error handlers take variable arguments, which Swift can't pass.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Why something failed.
typedef struct {
    char text[256];
} ctiff_message;

/// One page of a file.
typedef struct {
    uint32_t width;
    uint32_t height;
    uint16_t samples;
    uint16_t bits;
    /// SampleFormat of the standard: 1 unsigned, 2 signed, 3 floating point.
    uint16_t format;
    /// Whether samples lie in planes of their own, not side by side.
    bool is_planar;
    bool is_tiled;
    uint16_t compression;
    /// Bytes of a row as it is decoded, of one plane where there are planes.
    size_t row_bytes;
} ctiff_page;

/// A file, at one of its pages.
typedef struct ctiff_file ctiff_file;

/// Opens a file at its first page; NULL on failure. No single block of memory may be larger than `limit` bytes.
ctiff_file *ctiff_open(const char *path, size_t limit, ctiff_message *message);

/// What the page is.
bool ctiff_describe(ctiff_file *file, ctiff_page *page, ctiff_message *message);

/// The page's ImageDescription; NULL without one. It lives until the next page.
const char *ctiff_description(ctiff_file *file);

/// Whether another page follows.
bool ctiff_has_next(ctiff_file *file);

/// Goes to the next page; false where it can't be read.
bool ctiff_next(ctiff_file *file, ctiff_message *message);

/// Goes to the first page.
bool ctiff_rewind(ctiff_file *file);

/// Decodes the page into rows (of one plane after the other), in native byte order; `capacity` must be exactly their bytes.
bool ctiff_read(ctiff_file *file, void *pixels, size_t capacity, ctiff_message *message);

/// Closes a file.
void ctiff_close(ctiff_file *file);

/// Writes pages of grey, unsigned samples of one or two bytes; the first page gets the description where there is one.
bool ctiff_write(
    const char *path, uint32_t width, uint32_t height, uint32_t pages, uint8_t sample_size, bool is_compressed, const char *description,
    const void *pixels, ctiff_message *message);

#endif
