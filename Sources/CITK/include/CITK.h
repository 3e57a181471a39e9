#ifndef CITK_H
#define CITK_H

// A C face over the readers and writers of ITK 5.2 for NRRD, MetaImage and GIPL, because C++ classes with virtual bases and smart pointers
// can't be imported into Swift. Only these three are asked, by name: ITK's factories are not registered, so no other reader is ever tried.
// No C++ exception leaves it, and ITK's warnings are off. It may go when Swift can import the classes or ITK grows a C face.

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { CITK_MAX_DIMENSION = 4 };

typedef enum { CITK_NRRD = 0, CITK_META, CITK_GIPL } citk_format;

/// The type of a voxel's component; CITK_OTHER is none of numbers.
typedef enum {
    CITK_UINT8 = 0,
    CITK_INT8,
    CITK_UINT16,
    CITK_INT16,
    CITK_UINT32,
    CITK_INT32,
    CITK_UINT64,
    CITK_INT64,
    CITK_FLOAT32,
    CITK_FLOAT64,
    CITK_OTHER,
} citk_component;

/// An image's grid as ITK's reader gives it, x first. Column i of the direction is index axis i; it is stored row by row, `dimension`
/// numbers in each. Distances may be negative: ITK's file reader turns the axis then, which is left to the caller.
typedef struct {
    unsigned dimension;
    size_t size[CITK_MAX_DIMENSION];
    double spacing[CITK_MAX_DIMENSION];
    double origin[CITK_MAX_DIMENSION];
    double direction[CITK_MAX_DIMENSION * CITK_MAX_DIMENSION];
    /// Numbers in a voxel; 1 for a scalar image.
    unsigned components;
    citk_component component;
} citk_header;

/// A file whose header was read.
typedef struct citk_image citk_image;

/// Why something failed; empty where ITK doesn't say.
typedef struct {
    char text[512];
} citk_message;

/// Reads a file's header; NULL on failure. More than CITK_MAX_DIMENSION axes are a failure.
citk_image *citk_open(const char *path, citk_format format, citk_header *header, citk_message *message);

/// Reads all voxels, x fastest, native byte order, into memory of exactly as many bytes as the header says.
bool citk_read(citk_image *image, void *voxels, citk_message *message);

/// Forgets a file.
void citk_close(citk_image *image);

/// Writes a scalar image, compressed where the format can be.
bool citk_write(const char *path, citk_format format, const citk_header *header, const void *voxels, citk_message *message);

#ifdef __cplusplus
}
#endif

#endif
