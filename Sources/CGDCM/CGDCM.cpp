#include "CGDCM.h"

#include "Assertions.h"
#include "Messages.h"

#include <gdcm-3.0/gdcmBitmap.h>
#include <gdcm-3.0/gdcmFragment.h>
#include <gdcm-3.0/gdcmJPEG2000Codec.h>
#include <gdcm-3.0/gdcmJPEGCodec.h>
#include <gdcm-3.0/gdcmJPEGLSCodec.h>
#include <gdcm-3.0/gdcmRAWCodec.h>
#include <gdcm-3.0/gdcmRLECodec.h>
#include <gdcm-3.0/gdcmSequenceOfFragments.h>
#include <gdcm-3.0/gdcmTrace.h>

#include <limits>
#include <mutex>
#include <new>

namespace {

/// The codec is chosen here: `Bitmap::GetBuffer` would try them all, one of them by running an external program.
class Frame : public gdcm::Bitmap {
public:
    /// Decodes, or with a null buffer only takes over what the compressed stream's own header says.
    bool decode(char *buffer) const {
        bool lossy = false;
        const gdcm::TransferSyntax &syntax = GetTransferSyntax();
        if (gdcm::RAWCodec().CanDecode(syntax)) { return TryRAWCodec(buffer, lossy); }
        if (gdcm::RLECodec().CanDecode(syntax)) { return TryRLECodec(buffer, lossy); }
        if (gdcm::JPEGLSCodec().CanDecode(syntax)) { return TryJPEGLSCodec(buffer, lossy); }
        if (gdcm::JPEG2000Codec().CanDecode(syntax)) { return TryJPEG2000Codec(buffer, lossy); }
        return TryJPEGCodec(buffer, lossy);
    }
};

bool canDecode(const gdcm::TransferSyntax &syntax) {
    return gdcm::RAWCodec().CanDecode(syntax) || gdcm::RLECodec().CanDecode(syntax) || gdcm::JPEGCodec().CanDecode(syntax)
        || gdcm::JPEGLSCodec().CanDecode(syntax) || gdcm::JPEG2000Codec().CanDecode(syntax);
}

gdcm::TransferSyntax transferSyntax(const char *uid) {
    return gdcm::TransferSyntax(gdcm::TransferSyntax::GetTSType(uid));
}

void silence() {
    static std::once_flag once;
    std::call_once(once, [] {
        gdcm::Trace::DebugOff();
        gdcm::Trace::WarningOff();
        gdcm::Trace::ErrorOff();
    });
}

gdcm::DataElement pixelData(const cgdcm_frame &frame, bool encapsulated) {
    const char *bytes = static_cast<const char *>(frame.bytes);
    const auto length = static_cast<uint32_t>(frame.byte_count);
    gdcm::DataElement element(gdcm::Tag(0x7fe0, 0x0010));
    if (!encapsulated) {
        element.SetByteValue(bytes, length);
        return element;
    }
    gdcm::Fragment fragment;
    fragment.SetByteValue(bytes, length);
    gdcm::SmartPointer<gdcm::SequenceOfFragments> fragments = new gdcm::SequenceOfFragments;
    fragments->AddFragment(fragment);
    element.SetValue(*fragments);
    return element;
}

cgdcm_status decode(const cgdcm_frame &frame, void *samples, size_t capacity, cgdcm_sample_format &decoded) {
    const gdcm::TransferSyntax syntax = transferSyntax(frame.transfer_syntax);
    if (!canDecode(syntax)) { return CGDCM_UNKNOWN_TRANSFER_SYNTAX; }
    if (frame.byte_count == 0 || frame.byte_count >= std::numeric_limits<uint32_t>::max()) { return CGDCM_CORRUPT; }

    Frame image;
    image.SetNumberOfDimensions(2);
    image.SetDimension(0, frame.columns);
    image.SetDimension(1, frame.rows);
    image.SetPixelFormat(gdcm::PixelFormat(
        1, frame.format.bits_allocated, frame.format.bits_stored, frame.format.high_bit, frame.format.is_signed ? 1 : 0));
    image.SetPhotometricInterpretation(gdcm::PhotometricInterpretation::MONOCHROME2);
    image.SetTransferSyntax(syntax);
    image.SetDataElement(pixelData(frame, syntax.IsEncapsulated()));

    if (syntax.IsEncapsulated() && !image.decode(nullptr)) { return CGDCM_CORRUPT; }
    if (image.GetColumns() != frame.columns || image.GetRows() != frame.rows) { return CGDCM_DIFFERENT_SIZE; }
    const gdcm::PixelFormat &format = image.GetPixelFormat();
    const size_t bytes = size_t(frame.rows) * frame.columns * (format.GetBitsAllocated() / 8);
    if (format.GetSamplesPerPixel() != 1 || bytes > capacity || image.GetBufferLength() != bytes) { return CGDCM_DIFFERENT_SIZE; }
    forgetMessages();
    if (!image.decode(static_cast<char *>(samples)) || messagesTellDamage()) { return CGDCM_CORRUPT; }
    decoded = {format.GetBitsAllocated(), format.GetBitsStored(), format.GetHighBit(), format.GetPixelRepresentation() == 1};
    return CGDCM_DECODED;
}

}  // namespace

bool cgdcm_can_decode(const char *uid) {
    try {
        silence();
        return canDecode(transferSyntax(uid));
    } catch (...) {
        return false;
    }
}

cgdcm_status cgdcm_decode(const cgdcm_frame *frame, void *samples, size_t capacity, cgdcm_sample_format *decoded) {
    struct Arguments {
        const cgdcm_frame *frame;
        void *samples;
        size_t capacity;
        cgdcm_sample_format *decoded;
    } arguments = {frame, samples, capacity, decoded};
    return withoutAborting(
        [](void *pointer) {
            const Arguments &call = *static_cast<Arguments *>(pointer);
            try {
                silence();
                return decode(*call.frame, call.samples, call.capacity, *call.decoded);
            } catch (const std::bad_alloc &) {
                return CGDCM_OUT_OF_MEMORY;
            } catch (...) {
                return CGDCM_CORRUPT;
            }
        },
        &arguments);
}
