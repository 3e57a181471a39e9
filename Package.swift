// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .enableExperimentalFeature("Lifetimes"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

/// A Swift target whose imports are its `uses`, each arrow downwards; the import-graph test holds the sources against them.
func library(_ name: String, uses: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: uses, exclude: exclude, swiftSettings: swiftSettings)
}

/// The tests of one target, in the folder that mirrors it.
func tests(_ name: String, uses: [Target.Dependency] = []) -> Target {
    .testTarget(name: name + "Tests", dependencies: [.init(stringLiteral: name), "TestSupport"] + uses, swiftSettings: swiftSettings)
}

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")

/// Where `make install` puts the Swift runtime, so that an installed program needs no toolchain.
let installedRuntime: [LinkerSetting] = [.unsafeFlags(["-Xlinker", "-rpath=$ORIGIN/../lib/nnunetd"])]

let package = Package(
    name: "nnunetd",
    products: [
        .executable(name: "nnunetd", targets: ["nnunetd"]),
        .executable(name: "nnunet", targets: ["nnunet"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.6.0"),
    ],
    targets: [
        // Layer 0: Debian's libraries and the kernels.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CLibzip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CInotifyTools", providers: [.apt(["libinotifytools0-dev"])]),
        .systemLibrary(name: "CLinux"),
        .target(name: "CNIfTI", linkerSettings: [.linkedLibrary("nifti2"), .linkedLibrary("znz"), .linkedLibrary("z")]),
        .target(
            name: "CGDCM",
            linkerSettings: ["gdcmMSFF", "gdcmDSED", "gdcmDICT", "gdcmCommon"].map { .linkedLibrary($0) }),
        .target(
            name: "CITK", cxxSettings: [.unsafeFlags(["-isystem", "/usr/include/ITK-5.2"])],
            linkerSettings: ["IONRRD", "IOMeta", "IOGIPL", "IOImageBase", "Common"].map { .linkedLibrary("ITK\($0)-5.2") }),
        .target(name: "CPNG", linkerSettings: [.linkedLibrary("png16")]),
        .target(name: "CTIFF", linkerSettings: [.linkedLibrary("tiff")]),
        .target(name: "CMachine"),
        .target(
            name: "CKernels",
            cSettings: [.unsafeFlags(["-O3", "-ffp-contract=fast"]), .define("NDEBUG", .when(configuration: .release))]),

        // Layer 1
        library("Files", uses: ["CCrypto", "CLinux", system]),
        library("Tensors", uses: ["CMachine"]),
        library("Imaging", uses: ["Tensors"]),  // volumes are buffers on a grid
        library("Phantom", uses: ["Imaging", "Tensors"], exclude: ["Bundle"]),  // a CT with known labels, for demonstration and tests
        library("TOML"),
        library("Compression", uses: ["CZlib", "CLibzip", "Files"]),
        library("Downloads", uses: ["CCurl", "Files", system]),
        library("ServiceHost", uses: ["CSystemd", "CInotifyTools", "Files", logging, serviceLifecycle, system]),

        // Layer 2
        library("Ledger", uses: ["Files", grdb, system]),
        library("NIfTI", uses: ["CNIfTI", "Files", "Imaging", "Tensors", "Compression"]),
        library("DICOM", uses: ["CGDCM", "Files", "Imaging", "Tensors", "Compression", system]),
        library("PythonFormats", uses: ["Files", "Imaging", "Tensors", "Compression"]),
        library("Networks", uses: ["Files", "Tensors"]),  // what engines add their logits to
        library("CPUEngine", uses: ["COpenBLAS", "CKernels", "Files", "Tensors", "Networks", system]),

        // Layer 3
        library("Plans", uses: ["Files", "PythonFormats"]),
        library(
            "ImageFiles", uses: ["CITK", "CPNG", "CTIFF", "Files", "Imaging", "Tensors", "Compression", "PythonFormats", "NIfTI", system]),
        library("TrainedModels", uses: ["Files", "Compression", "Networks", "PythonFormats", "Plans", system]),

        // Layer 4
        library("Preprocessing", uses: ["Files", "Imaging", "Tensors", "Plans"]),
        library("Evaluation", uses: ["Files", "Imaging", "Tensors", "PythonFormats", "Plans"]),
        library(
            "Experiments", uses: ["Files", "Imaging", "Tensors", "PythonFormats", "NIfTI", "ImageFiles", "Plans", "Preprocessing"]),

        // Layer 5
        library(
            "Segmentation",
            uses: [
                "Files", "Imaging", "Tensors", "Networks", "PythonFormats", "Plans", "TrainedModels", "Preprocessing", "Evaluation",
            ]),
        library("Reporting", uses: ["CCairo", "Files", "Imaging", "Compression"]),

        // Layer 6
        library(
            "CasePrediction",
            uses: [
                "Files", "Imaging", "Tensors", "Networks", "PythonFormats", "NIfTI", "ImageFiles", "DICOM", "CPUEngine", "Plans",
                "TrainedModels", "Preprocessing", "Segmentation", "Reporting", system,
            ]),

        // Layer 7
        library(
            "InboxProcessing",
            uses: [
                "Files", "Tensors", "TOML", "ServiceHost", "Ledger", "NIfTI", "ImageFiles", "DICOM", "CPUEngine", "Plans", "TrainedModels",
                "Reporting", "CasePrediction", logging, serviceLifecycle, system,
            ]),

        // Layer 8
        .executableTarget(
            name: "nnunetd",
            dependencies: [
                "Files", "ServiceHost", "Ledger", "CasePrediction", "InboxProcessing", argumentParser, logging,
            ],
            swiftSettings: swiftSettings, linkerSettings: installedRuntime),
        .executableTarget(
            name: "nnunet",
            dependencies: [
                "Files", "Imaging", "Tensors", "Compression", "Downloads", "Ledger", "Networks", "PythonFormats", "NIfTI", "ImageFiles",
                "DICOM", "CPUEngine", "Plans", "TrainedModels", "Preprocessing", "Evaluation", "Experiments", "Segmentation",
                "Reporting", "CasePrediction", "Phantom", argumentParser, system,
            ],
            swiftSettings: swiftSettings, linkerSettings: installedRuntime),

        // Tests
        .target(
            name: "TestSupport",
            dependencies: ["Imaging", "Phantom", "Tensors", "PythonFormats", "NIfTI", "DICOM", "Plans", "Preprocessing"],
            path: "Tests/Support", exclude: ["Fixtures"],
            swiftSettings: swiftSettings),
        .target(name: "CAllocations", path: "Tests/Allocations"),
        tests("Files", uses: [system]),
        tests("Tensors"),
        tests("Imaging"),
        tests("Phantom", uses: ["Imaging", "Tensors"]),
        tests("TOML"),
        tests("Compression", uses: ["Files"]),
        tests("Downloads", uses: ["Files"]),
        tests("Ledger", uses: ["Files", grdb, system]),
        tests("ServiceHost", uses: ["Files", logging, serviceLifecycle, system]),
        tests("NIfTI", uses: ["Files", "Imaging", "Tensors", "Compression", "PythonFormats"]),
        tests("ImageFiles", uses: ["Files", "Imaging", "Compression", "PythonFormats", "NIfTI"]),
        tests("DICOM", uses: ["Files", "Imaging", "Tensors", "NIfTI"]),
        tests("PythonFormats", uses: ["Files", "Tensors", "Compression", "NIfTI"]),
        tests("Plans", uses: ["Files", "PythonFormats"]),
        tests("Networks", uses: ["Files"]),
        tests("CPUEngine", uses: ["Files", "Tensors", "Networks", "CAllocations"]),
        tests("Preprocessing", uses: ["Files", "Imaging", "Tensors", "PythonFormats", "Plans"]),
        tests("Experiments", uses: ["Files", "Imaging", "Tensors", "PythonFormats", "NIfTI", "ImageFiles", "Plans"]),
        tests("Evaluation", uses: ["Files", "Imaging", "PythonFormats", "Plans"]),
        tests("TrainedModels", uses: ["Files", "Tensors", "Networks", "PythonFormats", "Plans"]),
        tests(
            "Segmentation",
            uses: [
                "Files", "Imaging", "Tensors", "Networks", "PythonFormats", "NIfTI", "CPUEngine", "Plans", "TrainedModels", "Preprocessing",
                "Evaluation",
            ]),
        tests("Reporting", uses: ["Files", "Imaging", "Tensors"]),
        tests(
            "CasePrediction",
            uses: [
                "Files", "Imaging", "Tensors", "Compression", "PythonFormats", "NIfTI", "ImageFiles", "DICOM", "CPUEngine", "Plans",
                "TrainedModels", "Evaluation", "Segmentation", "Reporting", "Phantom", system,
            ]),
        tests(
            "InboxProcessing",
            uses: [
                "Files", "Imaging", "Tensors", "TOML", "ServiceHost", "Ledger", "NIfTI", "DICOM", "CPUEngine", "TrainedModels",
                "CasePrediction", grdb, logging, system,
            ]),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "nnunet", "Files", "Imaging", "Compression", "Ledger", "PythonFormats", "NIfTI", "DICOM", "TestSupport", "Phantom", system,
            ],
            swiftSettings: swiftSettings),
        .testTarget(name: "PackageTests", dependencies: [], swiftSettings: swiftSettings),
    ],
    cLanguageStandard: .c11,
    cxxLanguageStandard: .cxx17
)
