// Two of the libraries below GDCM write their messages straight to standard error, past GDCM's trace: its JPEG libraries, even for every
// valid 12-bit image, and its callback for OpenJPEG. The daemon's standard error is the journal, so both are replaced: a definition in the
// program comes before the library's when symbols are bound.
//
// libjpeg goes on after a stream whose data are corrupt and only says so in a message: these messages are what tells a damaged slice.

#include "Messages.h"

#include <cstddef>
#include <cstdio>

#include <dlfcn.h>

extern "C" {
#include <gdcm-3.0/gdcmjpeg/8/jpeglib.h>
// Needs the types of the above.
#include <gdcm-3.0/gdcmjpeg/8/jerror.h>
}

namespace gdcm {

__attribute__((visibility("default"))) void gdcm_error_callback(const char *, void *) {}

}  // namespace gdcm

namespace {

thread_local bool isDamaged = false;

using StandardError = jpeg_error_mgr *(*)(jpeg_error_mgr *);

void ignoreMessage(j_common_ptr) {}

/// Counts warnings as libjpeg does, and remembers those that mean wrong pixels.
void noteMessage(j_common_ptr image, int level) {
    if (level >= 0) { return; }
    image->err->num_warnings++;
    switch (image->err->msg_code) {
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_JPEG_EOF:
    case JWRN_MUST_RESYNC: isDamaged = true;
    }
}

/// What the library's own function gives, without its way of showing messages.
jpeg_error_mgr *listening(StandardError original, jpeg_error_mgr *manager) {
    if (original != nullptr) { original(manager); }
    manager->output_message = ignoreMessage;
    manager->emit_message = noteMessage;
    return manager;
}

StandardError next(const char *name) { return reinterpret_cast<StandardError>(dlsym(RTLD_NEXT, name)); }

}  // namespace

void forgetMessages() { isDamaged = false; }

bool messagesTellDamage() { return isDamaged; }

extern "C" {

// The header's macro has made this the name of `jpeg_std_error` for 8 bits.
__attribute__((visibility("default"))) jpeg_error_mgr *jpeg_std_error(jpeg_error_mgr *manager) {
    static const StandardError original = next("gdcmjpeg8_jpeg_std_error");
    return listening(original, manager);
}

__attribute__((visibility("default"))) jpeg_error_mgr *gdcmjpeg12_jpeg_std_error(jpeg_error_mgr *manager) {
    static const StandardError original = next("gdcmjpeg12_jpeg_std_error");
    return listening(original, manager);
}

__attribute__((visibility("default"))) jpeg_error_mgr *gdcmjpeg16_jpeg_std_error(jpeg_error_mgr *manager) {
    static const StandardError original = next("gdcmjpeg16_jpeg_std_error");
    return listening(original, manager);
}

}  // extern "C"
