package import CasePrediction
package import TrainedModels

/// What the service is told by its configuration file; every value is checked, every default filled in.
package struct ServiceConfiguration: Sendable, Equatable {
    /// How an inbox is watched.
    package enum Polling: String, Sendable, CaseIterable {
        /// By inotify, and by polling where the file system is shared with other machines.
        case auto
        /// By polling.
        case always
        /// By inotify alone.
        case never
    }

    /// What published cases are called.
    package enum CaseNames: String, Sendable, CaseIterable {
        /// After the dropped files or folder.
        case dropped
        /// By the case's id; nothing of the dropped names is published.
        case pseudonym
    }

    /// A model of a route.
    package struct Model: Sendable, Equatable {
        /// The model folder (`Trainer__Plans__Configuration`).
        package var folder: String
        /// The folds to average; nil for all that are there.
        package var folds: [FoldName]?
        /// The checkpoint's file name within a fold.
        package var checkpoint = "checkpoint_final.pth"
    }

    /// Where packed weights are kept between starts.
    package struct WeightCache: Sendable, Equatable {
        /// Absolute.
        package var folder: String
        /// Bytes that its entries may take together.
        package var limit: Int
    }

    /// One inbox, its models and its outbox.
    package struct Route: Sendable, Equatable {
        /// Unique; names folders in the state directory and fields in the log.
        package var name: String
        /// Where cases are dropped, absolute.
        package var inbox: String
        /// Where results appear, absolute.
        package var outbox: String
        /// One model, or several as an ensemble.
        package var models: [Model]
        /// nnU-Net's postprocessing recipe, `.pkl` or `.json`; nil for none.
        package var postprocessing: String?
        /// The distance of neighbouring tiles as a fraction of the patch.
        package var stepSize = 0.5
        /// Whether predictions are averaged over mirrored tiles.
        package var mirroring = true
        /// The DICOM modalities that are taken, upper case; nil leaves it to the model's channel name.
        package var modalities: [String]?
        /// What happens to cases with voxels that are NaN or infinite.
        package var nonFiniteVoxels = NonFiniteVoxels.refuse
        /// Whether inbox and outbox must lie on another file system than `/` and the state directory.
        package var requiresMount = false
        /// Slices that a DICOM series must have to be a case; nil for two, and for not taking series of a few beside a much longer one.
        package var minimumSlices: Int?
        /// What its published cases are called.
        package var caseNames = CaseNames.dropped

        /// A route with every option at its default.
        package init(name: String, inbox: String, outbox: String, models: [Model]) {
            self.name = name
            self.inbox = inbox
            self.outbox = outbox
            self.models = models
        }
    }

    /// Ledger, cases at work, processed input and quarantine; absolute.
    package var stateDirectory: String
    /// Nil where packed weights are not kept.
    package var weightCache: WeightCache?
    /// How long a case's files must stay unchanged.
    package var settle: Duration = .seconds(20)
    /// How long a case with missing channels or slices may wait for them.
    package var incompleteAfter: Duration = .seconds(600)
    /// How inboxes are watched.
    package var polling = Polling.auto
    /// How often a polled inbox is read.
    package var pollInterval: Duration = .seconds(10)
    /// Bytes that loaded models may take together.
    package var memoryBudget: Int
    /// Threads to compute with; nil for all processors.
    package var threads: Int?
    /// Whether log and status line show what cases are called.
    package var logsNames = false
    /// The routes, in the file's order.
    package var routes: [Route]
}
