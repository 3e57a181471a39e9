import Testing

/// Pointers belong to the owners of C libraries and of mapped files; everything else works on spans.
struct `Unsafe pointers` {
    /// Folders, and single files, that own memory or a C library.
    private static let owners = [
        "Sources/Tensors/", "Sources/CPUEngine/",  // buffers, the team that cuts them; the kernels and packed weights
        "Sources/Files/", "Sources/Compression/", "Sources/ServiceHost/",  // system calls, zlib, libzip, journald
        "Sources/Downloads/",  // libcurl
        "Sources/DICOM/DICOMByteSource.swift", "Sources/DICOM/DICOMFrameDecoder.swift",  // reads at places; GDCM
        "Sources/ImageFiles/ITKFile.swift", "Sources/ImageFiles/PNGPicture.swift",  // ITK, libpng
        "Sources/ImageFiles/TIFFArray.swift",  // libtiff
        "Sources/NIfTI/CArray.swift",  // the NIfTI library's arrays
        "Sources/TrainedModels/Checkpoint/MappedFile.swift",  // a mapping
        "Sources/Reporting/Overlay/Canvas.swift", "Sources/Reporting/PNGImage.swift",  // Cairo
    ]

    private static func namesPointer(_ text: String) -> Bool {
        text.contains(/Unsafe(?:Mutable)?(?:Raw)?(?:Buffer)?Pointer|OpaquePointer|withUnsafe|unsafeStorage/)
    }

    @Test func `stay with their owners`() throws {
        for file in try SourceTree.files(below: "Sources", endings: [".swift"]) where !Self.owners.contains(where: file.hasPrefix) {
            #expect(!Self.namesPointer(try SourceTree.text(of: file)), "\(file) names a pointer; Tensors lends spans")
        }
    }

    @Test(arguments: owners) func `are what an owner is listed for`(owner: String) throws {
        let files = try SourceTree.files(below: "Sources", endings: [".swift"]).filter { $0.hasPrefix(owner) }
        #expect(try files.contains { Self.namesPointer(try SourceTree.text(of: $0)) }, "\(owner) needs none")
    }
}
