#include "CPNG.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const uint8_t *bytes;
    size_t count;
    size_t position;
} source;

typedef struct {
    uint8_t *bytes;
    size_t count;
    size_t capacity;
} sink;

static void fail(png_structp png, png_const_charp text) {
    cpng_message *message = png_get_error_ptr(png);
    strncpy(message->text, text, sizeof message->text - 1);
    png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void take(png_structp png, png_bytep target, size_t count) {
    source *from = png_get_io_ptr(png);
    if (count > from->count - from->position) { png_error(png, "it ends too early"); }
    memcpy(target, from->bytes + from->position, count);
    from->position += count;
}

static void give(png_structp png, png_bytep bytes, size_t count) {
    sink *to = png_get_io_ptr(png);
    if (count > to->capacity - to->count) {
        const size_t capacity = 2 * to->capacity + count + 4096;
        uint8_t *larger = realloc(to->bytes, capacity);
        if (!larger) { png_error(png, "no memory"); }
        to->bytes = larger;
        to->capacity = capacity;
    }
    memcpy(to->bytes + to->count, bytes, count);
    to->count += count;
}

static void flush(png_structp png) {
    (void)png;
}

/// Asks for the values that upstream's reader gives.
static void set_transformations(png_structp png, png_infop info) {
    const png_byte type = png_get_color_type(png, info), depth = png_get_bit_depth(png, info);
    if (type == PNG_COLOR_TYPE_PALETTE) {
        png_set_palette_to_rgb(png);
        png_set_strip_alpha(png);
    } else if (type == PNG_COLOR_TYPE_GRAY && depth == 1) {
        png_set_packing(png);
    } else if (type == PNG_COLOR_TYPE_GRAY && depth < 8) {
        png_set_expand_gray_1_2_4_to_8(png);
    } else if (depth == 16 && type == PNG_COLOR_TYPE_GRAY) {
        png_set_swap(png);
    } else if (depth == 16) {
        png_set_strip_16(png);
    }
    png_set_interlace_handling(png);
}

static void fill(cpng_header *header, png_structp png, png_infop info) {
    header->width = png_get_image_width(png, info);
    header->height = png_get_image_height(png, info);
    header->bit_depth = png_get_bit_depth(png, info);
    header->color_type = png_get_color_type(png, info);
    set_transformations(png, info);
    png_read_update_info(png, info);
    header->samples = png_get_channels(png, info);
    header->sample_size = png_get_bit_depth(png, info) == 16 ? 2 : 1;
}

/// Reads the header and, where there is a place for them, the pixels.
static bool read_image(source *from, cpng_header *header, uint8_t **rows, cpng_message *message) {
    memset(message, 0, sizeof *message);
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore);
    if (!png) { return false; }
    png_infop info = png_create_info_struct(png);
    if (!info || setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return false;
    }
    png_set_read_fn(png, from, take);
    png_set_user_limits(png, 1 << 24, 1 << 24);
    png_read_info(png, info);
    fill(header, png, info);
    if (rows) {
        png_read_image(png, rows);
        png_read_end(png, NULL);
    }
    png_destroy_read_struct(&png, &info, NULL);
    return true;
}

bool cpng_read_header(const uint8_t *bytes, size_t count, cpng_header *header, cpng_message *message) {
    source from = {bytes, count, 0};
    return read_image(&from, header, NULL, message);
}

bool cpng_read(const uint8_t *bytes, size_t count, const cpng_header *header, uint8_t *pixels, cpng_message *message) {
    source from = {bytes, count, 0};
    cpng_header found;
    uint8_t **rows = malloc(sizeof(uint8_t *) * header->height);
    if (!rows) { return false; }
    const size_t stride = (size_t)header->width * header->samples * header->sample_size;
    for (uint32_t y = 0; y < header->height; y++) { rows[y] = pixels + y * stride; }
    const bool done = read_image(&from, &found, rows, message);
    free(rows);
    return done;
}

uint8_t *cpng_write(uint32_t width, uint32_t height, uint8_t sample_size, const uint8_t *pixels, size_t *count, cpng_message *message) {
    memset(message, 0, sizeof *message);
    sink to = {NULL, 0, 0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore);
    if (!png) { return NULL; }
    png_infop info = png_create_info_struct(png);
    // The sink is the library's while it may jump.
    if (!info || setjmp(png_jmpbuf(png))) {
        sink *held = png_get_io_ptr(png);
        if (held) { free(held->bytes); }
        png_destroy_write_struct(&png, &info);
        return NULL;
    }
    png_set_write_fn(png, &to, give, flush);
    png_set_IHDR(
        png, info, width, height, 8 * sample_size, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
        PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    if (sample_size == 2) { png_set_swap(png); }
    for (uint32_t y = 0; y < height; y++) { png_write_row(png, pixels + (size_t)y * width * sample_size); }
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    *count = to.count;
    return to.bytes;
}
