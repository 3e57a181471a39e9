/// Which target may import which: the architecture's strict downward graph, kept here as the one list.
///
/// A new arrow needs a line here with its reason; an arrow upwards is never added.
enum ImportTable {
    /// The modules of this package that a target may import; in comments what an arrow is for where its name does not say it.
    static let modules: [String: Set<String>] = [
        // Layer 1: each knows one thing and none of the others.
        "Imaging": [],
        "Tensors": ["CKernels", "COpenBLAS"],  // SIMD kernels and dense algebra
        "Archives": ["CZlib", "CLibzip"],  // gzip streams and zip archives
        "ServiceHost": ["CSystemd", "CInotifyTools"],  // journal and sd_notify; the folder watcher

        // Layer 2
        "ImageIO": ["Imaging", "Archives", "CNIfTI", "CGDCM"],
        "Networks": ["Tensors"],  // what engines add their logits to
        "NeuralNetworks": ["Networks", "Tensors"],

        // Layer 3: checkpoints are zip archives of tensors for a network.
        "TrainedModels": ["Networks", "NeuralNetworks", "Tensors", "Archives"],

        // Layer 4: pure computation; no file I/O, so no ImageIO.
        "Segmentation": ["Imaging", "Tensors", "Networks", "TrainedModels"],

        // Layer 5
        "Reporting": ["Imaging", "Archives", "CCairo"],  // pictures are drawn with Cairo; files are published whole
        "CasePrediction": ["Imaging", "ImageIO", "Archives", "Tensors", "Networks", "TrainedModels", "Segmentation"],

        // Layer 6
        "InboxProcessing": [
            "ServiceHost", "ImageIO", "Imaging", "Tensors", "Segmentation", "TrainedModels", "Reporting", "CasePrediction",
        ],

        // Layer 7: the programs.
        "nnunetd": ["InboxProcessing", "CasePrediction", "ServiceHost"],
        "nnunet": [
            "InboxProcessing",  // the daemon's ledger, to be read
            "CasePrediction", "Reporting", "Segmentation", "TrainedModels", "Networks", "NeuralNetworks", "Tensors", "ImageIO", "Imaging",
            "Archives",
        ],
    ]

    /// Modules of other packages and of the toolchain that a target may import, and why.
    static let outside: [String: Set<String>] = [
        "Imaging": system,
        "Tensors": system,
        "Archives": system,
        "ServiceHost": system.union(["Logging", "ServiceLifecycle"]),  // the log handler and services live here
        "ImageIO": system,
        "Networks": system,
        "NeuralNetworks": system,
        "TrainedModels": system.union(["Crypto"]),  // SHA-256 of checkpoints
        "Segmentation": system,
        "Reporting": system,
        "CasePrediction": system,
        "InboxProcessing": system.union(["Logging", "ServiceLifecycle", "GRDB"]),  // the journal
        "nnunetd": system.union(["Logging", "ServiceLifecycle", "ArgumentParser"]),
        "nnunet": system.union(["ArgumentParser"]),
    ]

    /// What comes with the toolchain.
    private static let system: Set<String> = ["Foundation", "FoundationEssentials", "Glibc", "Synchronization", "Dispatch"]

    /// C modules and the one Swift target that owns each.
    static let owners: [String: String] = [
        "CZlib": "Archives", "CLibzip": "Archives", "CNIfTI": "ImageIO", "CGDCM": "ImageIO", "CKernels": "Tensors",
        "COpenBLAS": "Tensors", "CSystemd": "ServiceHost", "CInotifyTools": "ServiceHost", "CCairo": "Reporting",
    ]
}
