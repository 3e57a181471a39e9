#include "CTIFF.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

struct ctiff_file {
    TIFF *tiff;
    ctiff_message message;
};

/// Keeps the first error: later ones follow from it.
static int keep(TIFF *tiff, void *data, const char *module, const char *format, va_list arguments) {
    (void)tiff;
    (void)module;
    ctiff_message *message = data;
    if (!message->text[0]) { vsnprintf(message->text, sizeof message->text, format, arguments); }
    return 1;
}

static int ignore(TIFF *tiff, void *data, const char *module, const char *format, va_list arguments) {
    (void)tiff;
    (void)data;
    (void)module;
    (void)format;
    (void)arguments;
    return 1;
}

static TIFF *open_file(const char *path, const char *mode, size_t limit, ctiff_message *message) {
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (!options) { return NULL; }
    if (limit) { TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)limit); }
    TIFFOpenOptionsSetErrorHandlerExtR(options, keep, message);
    TIFFOpenOptionsSetWarningHandlerExtR(options, ignore, NULL);
    TIFF *tiff = TIFFOpenExt(path, mode, options);
    TIFFOpenOptionsFree(options);
    return tiff;
}

ctiff_file *ctiff_open(const char *path, size_t limit, ctiff_message *message) {
    ctiff_file *file = calloc(1, sizeof *file);
    if (!file) { return NULL; }
    // Not mapped: a file that another program shortens would end this one.
    file->tiff = open_file(path, "rm", limit, &file->message);
    if (file->tiff) { return file; }
    *message = file->message;
    free(file);
    return NULL;
}

bool ctiff_describe(ctiff_file *file, ctiff_page *page, ctiff_message *message) {
    TIFF *tiff = file->tiff;
    uint16_t planar = PLANARCONFIG_CONTIG;
    if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &page->width) || !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &page->height)) {
        *message = file->message;
        return false;
    }
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &page->samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &page->bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &page->format);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &page->compression);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
    page->is_planar = planar == PLANARCONFIG_SEPARATE && page->samples > 1;
    page->is_tiled = TIFFIsTiled(tiff) != 0;
    const size_t bits = (size_t)page->width * page->bits * (page->is_planar ? 1 : page->samples);
    page->row_bytes = (bits + 7) / 8;
    return true;
}

const char *ctiff_description(ctiff_file *file) {
    const char *text = NULL;
    return TIFFGetField(file->tiff, TIFFTAG_IMAGEDESCRIPTION, &text) ? text : NULL;
}

bool ctiff_has_next(ctiff_file *file) {
    return !TIFFLastDirectory(file->tiff);
}

bool ctiff_next(ctiff_file *file, ctiff_message *message) {
    if (TIFFReadDirectory(file->tiff)) { return true; }
    *message = file->message;
    return false;
}

bool ctiff_rewind(ctiff_file *file) {
    return TIFFSetDirectory(file->tiff, 0) != 0;
}

/// Decodes a plane that is stored in strips.
static bool read_strips(TIFF *tiff, const ctiff_page *page, uint16_t plane, uint8_t *pixels) {
    uint32_t rows = page->height;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows);
    if (rows == 0) { return false; }
    for (uint32_t y = 0; y < page->height; y += rows) {
        const uint32_t count = rows < page->height - y ? rows : page->height - y;
        const tmsize_t bytes = (tmsize_t)(count * page->row_bytes);
        if (TIFFReadEncodedStrip(tiff, TIFFComputeStrip(tiff, y, plane), pixels + y * page->row_bytes, bytes) != bytes) { return false; }
        if (rows > page->height - y) { break; }
    }
    return true;
}

/// Decodes a plane that is stored in tiles, of samples of whole bytes.
static bool read_tiles(TIFF *tiff, const ctiff_page *page, uint16_t plane, uint8_t *pixels) {
    uint32_t width = 0, height = 0;
    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &width);
    TIFFGetField(tiff, TIFFTAG_TILELENGTH, &height);
    const size_t pixel = page->row_bytes / page->width, stride = pixel * width;
    const tmsize_t bytes = (tmsize_t)(stride * height);
    if (bytes <= 0 || page->bits % 8 != 0 || TIFFTileSize(tiff) != bytes) { return false; }
    uint8_t *tile = _TIFFmalloc(bytes);
    if (!tile) { return false; }
    bool is_whole = true;
    for (uint32_t y = 0; is_whole && y < page->height; y += height) {
        for (uint32_t x = 0; is_whole && x < page->width; x += width) {
            is_whole = TIFFReadEncodedTile(tiff, TIFFComputeTile(tiff, x, y, 0, plane), tile, bytes) == bytes;
            const uint32_t rows = height < page->height - y ? height : page->height - y;
            const size_t columns = width < page->width - x ? width : page->width - x;
            for (uint32_t row = 0; is_whole && row < rows; row++) {
                memcpy(pixels + (y + row) * page->row_bytes + x * pixel, tile + row * stride, columns * pixel);
            }
            if (width > page->width - x) { break; }
        }
        if (height > page->height - y) { break; }
    }
    _TIFFfree(tile);
    return is_whole;
}

bool ctiff_read(ctiff_file *file, void *pixels, size_t capacity, ctiff_message *message) {
    ctiff_page page;
    file->message.text[0] = 0;
    const bool is_described = ctiff_describe(file, &page, message);
    const uint16_t planes = is_described && page.is_planar ? page.samples : 1;
    bool is_whole = is_described && capacity == planes * page.row_bytes * page.height;
    for (uint16_t plane = 0; is_whole && plane < planes; plane++) {
        uint8_t *target = (uint8_t *)pixels + plane * page.row_bytes * page.height;
        is_whole = page.is_tiled ? read_tiles(file->tiff, &page, plane, target) : read_strips(file->tiff, &page, plane, target);
    }
    if (!is_whole) { *message = file->message; }
    return is_whole;
}

void ctiff_close(ctiff_file *file) {
    TIFFClose(file->tiff);
    free(file);
}

static bool write_page(
    TIFF *tiff, uint32_t width, uint32_t height, uint8_t sample_size, bool is_compressed, const char *description, const uint8_t *pixels) {
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, height);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8 * sample_size);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, is_compressed ? COMPRESSION_ADOBE_DEFLATE : COMPRESSION_NONE);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, height);
    if (description) { TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, description); }
    const tmsize_t bytes = (tmsize_t)width * height * sample_size;
    return TIFFWriteEncodedStrip(tiff, 0, (void *)(uintptr_t)pixels, bytes) == bytes && TIFFWriteDirectory(tiff) != 0;
}

bool ctiff_write(
    const char *path, uint32_t width, uint32_t height, uint32_t pages, uint8_t sample_size, bool is_compressed, const char *description,
    const void *pixels, ctiff_message *message) {
    message->text[0] = 0;
    const size_t bytes = (size_t)width * height * sample_size;
    // The classic format ends at 4 GiB.
    TIFF *tiff = open_file(path, bytes * pages > (size_t)3 << 30 ? "w8" : "w", 0, message);
    if (!tiff) { return false; }
    bool is_written = true;
    for (uint32_t page = 0; is_written && page < pages; page++) {
        const uint8_t *start = (const uint8_t *)pixels + page * bytes;
        is_written = write_page(tiff, width, height, sample_size, is_compressed, page == 0 ? description : NULL, start);
    }
    TIFFClose(tiff);
    return is_written && !message->text[0];
}
