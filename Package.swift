// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .enableExperimentalFeature("Lifetimes"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

/// A Swift target whose imports are its `uses`, each arrow downwards; the import-graph test holds the sources against them.
func library(_ name: String, uses: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: uses, swiftSettings: swiftSettings)
}

/// The tests of one target, in the folder that mirrors it.
func tests(_ name: String, uses: [Target.Dependency] = []) -> Target {
    .testTarget(name: name + "Tests", dependencies: [.init(stringLiteral: name), "TestSupport"] + uses, swiftSettings: swiftSettings)
}

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
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
    ],
    targets: [
        // Layer 0: Debian's libraries and the kernels.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CLibzip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CInotifyTools", providers: [.apt(["libinotifytools0-dev"])]),
        .target(name: "CNIfTI", linkerSettings: [.linkedLibrary("nifti2"), .linkedLibrary("znz"), .linkedLibrary("z")]),
        .target(
            name: "CGDCM",
            linkerSettings: ["gdcmMSFF", "gdcmDSED", "gdcmDICT", "gdcmCommon"].map { .linkedLibrary($0) }),
        .target(name: "CMachine"),
        .target(
            name: "CKernels",
            cSettings: [.unsafeFlags(["-O3", "-ffp-contract=fast"]), .define("NDEBUG", .when(configuration: .release))]),

        // Layer 1
        library("Files", uses: ["CCrypto"]),
        library("Imaging"),
        library("Tensors", uses: ["CMachine"]),
        library("Archives", uses: ["CZlib", "CLibzip"]),
        library("ServiceHost", uses: ["CSystemd", "CInotifyTools", logging, serviceLifecycle]),

        // Layer 2
        library("ImageIO", uses: ["Imaging", "Archives", "CNIfTI", "CGDCM"]),
        library("Networks", uses: ["Tensors"]),  // what engines add their logits to

        // Layer 3
        library("CPUEngine", uses: ["Networks", "Tensors", "Files", "CKernels", "COpenBLAS"]),
        library("TrainedModels", uses: ["Networks", "Archives", "Files"]),

        // Layer 4
        library("Segmentation", uses: ["Imaging", "Tensors", "Networks", "TrainedModels"]),

        // Layer 5
        library("Reporting", uses: ["Imaging", "Archives", "CCairo"]),
        library(
            "CasePrediction",
            uses: ["Imaging", "ImageIO", "Archives", "Tensors", "Networks", "CPUEngine", "TrainedModels", "Segmentation"]),

        // Layer 6
        library(
            "InboxProcessing",
            uses: [
                "ServiceHost", "ImageIO", "Imaging", "Tensors", "CPUEngine", "TrainedModels", "Reporting", "CasePrediction",
                logging, serviceLifecycle, grdb,
            ]),

        // Layer 7
        .executableTarget(
            name: "nnunetd",
            dependencies: ["InboxProcessing", "CasePrediction", "ServiceHost", argumentParser, logging],
            swiftSettings: swiftSettings, linkerSettings: installedRuntime),
        .executableTarget(
            name: "nnunet",
            dependencies: [
                "InboxProcessing",  // the daemon's ledger, to be read
                "CasePrediction", "Reporting", "Segmentation", "TrainedModels", "Networks", "CPUEngine", "Tensors", "ImageIO",
                "Imaging", "Archives", argumentParser,
            ],
            swiftSettings: swiftSettings, linkerSettings: installedRuntime),

        // Tests
        .target(
            name: "TestSupport", dependencies: ["Imaging", "ImageIO"], path: "Tests/Support", exclude: ["Fixtures"],
            swiftSettings: swiftSettings),
        .target(name: "CAllocations", path: "Tests/Allocations"),
        tests("Files"),
        tests("Imaging"),
        tests("Tensors"),
        tests("Archives"),
        tests("ServiceHost", uses: [logging, serviceLifecycle]),
        tests("ImageIO", uses: ["Imaging", "Archives"]),
        tests("Networks"),
        tests("CPUEngine", uses: ["Networks", "Tensors", "Files", "CAllocations"]),
        tests("TrainedModels", uses: ["Files", "Networks"]),
        tests("Segmentation", uses: ["Imaging", "Tensors", "Networks", "CPUEngine", "TrainedModels", "ImageIO"]),
        tests("Reporting", uses: ["Imaging", "ImageIO"]),
        tests("CasePrediction", uses: ["Imaging", "ImageIO", "Archives", "Tensors", "CPUEngine", "TrainedModels", "Segmentation"]),
        tests(
            "InboxProcessing",
            uses: ["nnunetd", "ServiceHost", "Imaging", "ImageIO", "CPUEngine", "TrainedModels", "CasePrediction", logging, grdb]),
        .testTarget(
            name: "CommandTests",
            dependencies: ["nnunet", "InboxProcessing", "ServiceHost", "TestSupport", "Imaging", "ImageIO", "Archives"],
            swiftSettings: swiftSettings),
        .testTarget(name: "PackageTests", dependencies: [], swiftSettings: swiftSettings),
    ],
    cLanguageStandard: .c11,
    cxxLanguageStandard: .cxx17
)
