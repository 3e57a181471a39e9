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
        .systemLibrary(name: "CLinux"),
        .target(name: "CNIfTI", linkerSettings: [.linkedLibrary("nifti2"), .linkedLibrary("znz"), .linkedLibrary("z")]),
        .target(
            name: "CGDCM",
            linkerSettings: ["gdcmMSFF", "gdcmDSED", "gdcmDICT", "gdcmCommon"].map { .linkedLibrary($0) }),
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-ffp-contract=fast"])]),

        // Layer 1
        library("Files", uses: ["CCrypto", "CLinux"]),
        library("Imaging"),
        library("Tensors", uses: ["CKernels", "COpenBLAS"]),
        library("Archives", uses: ["Files", "CZlib", "CLibzip"]),
        library("ServiceHost", uses: ["Files", "CSystemd", "CInotifyTools", logging, serviceLifecycle]),

        // Layer 2
        library("Ledger", uses: ["Files", grdb]),
        library("ImageIO", uses: ["Files", "Imaging", "Archives", "CNIfTI", "CGDCM"]),
        library("Networks", uses: ["Files", "Tensors"]),  // what engines add their logits to
        library("NeuralNetworks", uses: ["Files", "Networks", "Tensors"]),

        // Layer 3
        library("TrainedModels", uses: ["Networks", "NeuralNetworks", "Tensors", "Archives", "Files"]),

        // Layer 4
        library("Segmentation", uses: ["Files", "Imaging", "Tensors", "Networks", "TrainedModels"]),

        // Layer 5
        library("Reporting", uses: ["Files", "Imaging", "Archives", "CCairo"]),
        library(
            "CasePrediction", uses: ["Files", "Imaging", "ImageIO", "Archives", "Tensors", "Networks", "TrainedModels", "Segmentation"]),

        // Layer 6
        library(
            "InboxProcessing",
            uses: [
                "Files", "ServiceHost", "Ledger", "ImageIO", "Imaging", "Tensors", "TrainedModels", "Reporting", "CasePrediction",
                logging, serviceLifecycle,
            ]),

        // Layer 7
        .executableTarget(
            name: "nnunetd",
            dependencies: ["InboxProcessing", "CasePrediction", "Ledger", "ServiceHost", argumentParser, logging],
            swiftSettings: swiftSettings, linkerSettings: installedRuntime),
        .executableTarget(
            name: "nnunet",
            dependencies: [
                "Ledger",  // the daemon's, to be read
                "CasePrediction", "Reporting", "Segmentation", "TrainedModels", "Networks", "NeuralNetworks", "Tensors", "ImageIO",
                "Imaging", "Archives", "Files", argumentParser,
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
        tests("Archives", uses: ["Files"]),
        tests("Ledger", uses: ["Files", grdb]),
        tests("ServiceHost", uses: ["Files", logging, serviceLifecycle]),
        tests("ImageIO", uses: ["Files", "Imaging", "Archives"]),
        tests("Networks", uses: ["Files"]),
        tests("NeuralNetworks", uses: ["Files", "Networks", "Tensors", "CAllocations"]),
        tests("TrainedModels", uses: ["Files", "Networks", "NeuralNetworks", "Tensors"]),
        tests("Segmentation", uses: ["Files", "Imaging", "Tensors", "Networks", "NeuralNetworks", "TrainedModels", "ImageIO"]),
        tests("Reporting", uses: ["Files", "Imaging", "ImageIO"]),
        tests("CasePrediction", uses: ["Files", "Imaging", "ImageIO", "Archives", "Tensors", "TrainedModels", "Segmentation"]),
        tests(
            "InboxProcessing",
            uses: ["Files", "nnunetd", "ServiceHost", "Ledger", "Imaging", "ImageIO", "TrainedModels", "CasePrediction", logging]),
        .testTarget(
            name: "CommandTests",
            dependencies: ["nnunet", "InboxProcessing", "Ledger", "ServiceHost", "Files", "TestSupport", "Imaging", "ImageIO", "Archives"],
            swiftSettings: swiftSettings),
        .testTarget(name: "PackageTests", dependencies: [], swiftSettings: swiftSettings),
    ],
    cLanguageStandard: .c11,
    cxxLanguageStandard: .cxx17
)
