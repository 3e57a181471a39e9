public import CasePrediction
public import TrainedModels

/// What the service is told by its configuration file; every value is checked, every default filled in.
public struct ServiceConfiguration: Sendable, Equatable {
    /// How an inbox is watched.
    public enum Polling: String, Sendable, CaseIterable {
        /// By inotify, and by polling where the file system is shared with other machines.
        case auto
        /// By polling.
        case always
        /// By inotify alone.
        case never
    }

    /// What published cases are called.
    public enum CaseNames: String, Sendable, CaseIterable {
        /// After the dropped files or folder.
        case dropped
        /// By the case's id; nothing of the dropped names is published.
        case pseudonym
    }

    /// A model of a route.
    public struct Model: Sendable, Equatable {
        /// The model folder (`Trainer__Plans__Configuration`).
        public var folder: String
        /// The folds to average; nil for all that are there.
        public var folds: [FoldName]?
        /// The checkpoint's file name within a fold.
        public var checkpoint = "checkpoint_final.pth"
    }

    /// Where packed weights are kept between starts.
    public struct WeightCache: Sendable, Equatable {
        /// Absolute.
        public var folder: String
        /// Bytes that its entries may take together.
        public var limit: Int
    }

    /// One inbox, its models and its outbox.
    public struct Route: Sendable, Equatable {
        /// Unique; names folders in the state directory and fields in the log.
        public var name: String
        /// Where cases are dropped, absolute.
        public var inbox: String
        /// Where results appear, absolute.
        public var outbox: String
        /// One model, or several as an ensemble.
        public var models: [Model]
        /// nnU-Net's postprocessing recipe, `.pkl` or `.json`; nil for none.
        public var postprocessing: String?
        /// The distance of neighbouring tiles as a fraction of the patch.
        public var stepSize = 0.5
        /// Whether predictions are averaged over mirrored tiles.
        public var mirroring = true
        /// The DICOM modalities that are taken, upper case; nil leaves it to the model's channel name.
        public var modalities: [String]?
        /// What happens to cases with voxels that are NaN or infinite.
        public var nonFiniteVoxels = NonFiniteVoxels.refuse
        /// Whether inbox and outbox must lie on another file system than `/` and the state directory.
        public var requiresMount = false
        /// Slices that a DICOM series must have to be a case; nil for two, and for not taking series of a few beside a much longer one.
        public var minimumSlices: Int?
        /// What its published cases are called.
        public var caseNames = CaseNames.dropped

        /// A route with every option at its default.
        public init(name: String, inbox: String, outbox: String, models: [Model]) {
            self.name = name
            self.inbox = inbox
            self.outbox = outbox
            self.models = models
        }
    }

    /// Ledger, cases at work, processed input and quarantine; absolute.
    public var stateDirectory: String
    /// Nil where packed weights are not kept.
    public var weightCache: WeightCache?
    /// How long a case's files must stay unchanged.
    public var settle: Duration = .seconds(20)
    /// How long a case with missing channels or slices may wait for them.
    public var incompleteAfter: Duration = .seconds(600)
    /// How inboxes are watched.
    public var polling = Polling.auto
    /// How often a polled inbox is read.
    public var pollInterval: Duration = .seconds(10)
    /// Bytes that loaded models may take together.
    public var memoryBudget: Int
    /// Threads to compute with; nil for all processors.
    public var threads: Int?
    /// Whether log and status line show what cases are called.
    public var logsNames = false
    /// The routes, in the file's order.
    public var routes: [Route]
}
