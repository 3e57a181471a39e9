#include "CITK.h"

#include "Compiler.h"

#include <itkGiplImageIO.h>
#include <itkMetaImageIO.h>
#include <itkNrrdImageIO.h>

#include <cstring>
#include <mutex>
#include <utility>

struct citk_image {
    itk::ImageIOBase::Pointer io;
};

namespace {

/// ITK's component types and ours.
constexpr std::pair<itk::IOComponentEnum, citk_component> components[] = {
    {itk::IOComponentEnum::UCHAR, CITK_UINT8},     {itk::IOComponentEnum::CHAR, CITK_INT8},
    {itk::IOComponentEnum::USHORT, CITK_UINT16},   {itk::IOComponentEnum::SHORT, CITK_INT16},
    {itk::IOComponentEnum::UINT, CITK_UINT32},     {itk::IOComponentEnum::INT, CITK_INT32},
    {itk::IOComponentEnum::ULONG, CITK_UINT64},    {itk::IOComponentEnum::LONG, CITK_INT64},
    {itk::IOComponentEnum::ULONGLONG, CITK_UINT64}, {itk::IOComponentEnum::LONGLONG, CITK_INT64},
    {itk::IOComponentEnum::FLOAT, CITK_FLOAT32},   {itk::IOComponentEnum::DOUBLE, CITK_FLOAT64},
};

void say(citk_message *message, const char *text) {
    std::strncpy(message->text, text, sizeof message->text - 1);
    message->text[sizeof message->text - 1] = 0;
}

/// One call at a time: the NRRD library keeps its errors in memory that all threads share.
std::mutex &turn() {
    static std::mutex mutex;
    return mutex;
}

/// Runs a body; what it throws becomes a message.
template <typename Body> bool guarded(citk_message *message, Body body) {
    static std::once_flag once;
    const std::lock_guard<std::mutex> lock(turn());
    message->text[0] = 0;
    try {
        std::call_once(once, [] { itk::Object::GlobalWarningDisplayOff(); });
        return body();
    } catch (const itk::ExceptionObject &error) {
        say(message, error.GetDescription());
    } catch (const std::exception &error) {
        say(message, error.what());
    } catch (...) {
        say(message, "");
    }
    return false;
}

itk::ImageIOBase::Pointer reader(citk_format format) {
    switch (format) {
    case CITK_NRRD: return itk::NrrdImageIO::New().GetPointer();
    case CITK_META: return itk::MetaImageIO::New().GetPointer();
    case CITK_GIPL: return itk::GiplImageIO::New().GetPointer();
    }
    return nullptr;
}

bool fill(citk_header &header, itk::ImageIOBase &io, citk_message *message) {
    header.dimension = io.GetNumberOfDimensions();
    if (header.dimension > CITK_MAX_DIMENSION) {
        say(message, "it has too many dimensions");
        return false;
    }
    for (unsigned axis = 0; axis < header.dimension; axis++) {
        header.size[axis] = io.GetDimensions(axis);
        header.spacing[axis] = io.GetSpacing(axis);
        header.origin[axis] = io.GetOrigin(axis);
        const std::vector<double> direction = io.GetDirection(axis);
        for (unsigned row = 0; row < header.dimension; row++) {
            header.direction[row * header.dimension + axis] = row < direction.size() ? direction[row] : 0;
        }
    }
    header.components = io.GetNumberOfComponents();
    header.component = CITK_OTHER;
    for (const auto &[theirs, ours] : components) {
        if (theirs == io.GetComponentType()) { header.component = ours; }
    }
    return true;
}

void set(itk::ImageIOBase &io, const citk_header &header) {
    io.SetNumberOfDimensions(header.dimension);
    itk::ImageIORegion region(header.dimension);
    for (unsigned axis = 0; axis < header.dimension; axis++) {
        io.SetDimensions(axis, header.size[axis]);
        io.SetSpacing(axis, header.spacing[axis]);
        io.SetOrigin(axis, header.origin[axis]);
        std::vector<double> direction(header.dimension);
        for (unsigned row = 0; row < header.dimension; row++) { direction[row] = header.direction[row * header.dimension + axis]; }
        io.SetDirection(axis, direction);
        region.SetSize(axis, header.size[axis]);
    }
    io.SetIORegion(region);
    io.SetPixelType(itk::IOPixelEnum::SCALAR);
    io.SetNumberOfComponents(1);
    for (const auto &[theirs, ours] : components) {
        if (ours == header.component) {
            io.SetComponentType(theirs);
            break;
        }
    }
}

}  // namespace

citk_image *citk_open(const char *path, citk_format format, citk_header *header, citk_message *message) {
    citk_image *image = nullptr;
    const bool opened = guarded(message, [&] {
        const itk::ImageIOBase::Pointer io = reader(format);
        if (!io || !io->CanReadFile(path)) { return false; }
        io->SetFileName(path);
        io->ReadImageInformation();
        if (!fill(*header, *io, message)) { return false; }
        image = new citk_image{io};
        return true;
    });
    return opened ? image : nullptr;
}

bool citk_read(citk_image *image, void *voxels, citk_message *message) {
    return guarded(message, [&] {
        itk::ImageIOBase &io = *image->io;
        itk::ImageIORegion region(io.GetNumberOfDimensions());
        for (unsigned axis = 0; axis < io.GetNumberOfDimensions(); axis++) { region.SetSize(axis, io.GetDimensions(axis)); }
        io.SetIORegion(region);
        io.Read(voxels);
        return true;
    });
}

void citk_close(citk_image *image) {
    const std::lock_guard<std::mutex> lock(turn());
    delete image;
}

bool citk_write(const char *path, citk_format format, const citk_header *header, const void *voxels, citk_message *message) {
    return guarded(message, [&] {
        const itk::ImageIOBase::Pointer io = reader(format);
        if (!io || !io->CanWriteFile(path)) { return false; }
        io->SetFileName(path);
        set(*io, *header);
        io->SetUseCompression(format != CITK_GIPL);
        io->Write(voxels);
        return true;
    });
}
