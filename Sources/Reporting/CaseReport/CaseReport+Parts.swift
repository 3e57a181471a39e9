public import Imaging

extension CaseReport {
    /// A program and its version.
    public struct Software: Codable, Sendable, Equatable {
        /// Such as "nnunetd".
        public var name: String
        /// Such as "0.1.0".
        public var version: String

        /// Names a program.
        public init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    /// What was read, without anything that could name a patient.
    public struct Input: Codable, Sendable, Equatable {
        /// "nifti" or "dicom".
        public var format: String
        /// How many files.
        public var fileCount: Int
        /// How many channels they made.
        public var channelCount: Int
        /// DICOM modality (0008,0060), such as "CT".
        public var modality: String?
        /// DICOM series number (0020,0011).
        public var seriesNumber: Int?
        /// The files or folders it came from, below the daemon's inbox; nil on the command line and for a case under a pseudonym.
        public var inboxPaths: [String]?

        /// Describes an input.
        public init(
            format: String, fileCount: Int, channelCount: Int, modality: String? = nil, seriesNumber: Int? = nil,
            inboxPaths: [String]? = nil
        ) {
            self.format = format
            self.fileCount = fileCount
            self.channelCount = channelCount
            self.modality = modality
            self.seriesNumber = seriesNumber
            self.inboxPaths = inboxPaths
        }

        enum CodingKeys: String, CodingKey {
            case format
            case fileCount = "file_count"
            case channelCount = "channel_count"
            case modality
            case seriesNumber = "series_number"
            case inboxPaths = "inbox_paths"
        }
    }

    /// The grid of the mask; index axes (x, y, z), patient frame LPS.
    public struct Geometry: Codable, Sendable, Equatable {
        /// Voxels along (x, y, z).
        public var size: [Int]
        /// Along (x, y, z), mm.
        public var spacing: [Double]
        /// Of voxel (0, 0, 0), mm.
        public var origin: [Double]
        /// Three rows; column i is the unit vector of index axis i.
        public var direction: [[Double]]
        /// The frame of origin and direction.
        public var frame: String
        /// The patient directions in which the indices grow, such as "LPS".
        public var orientation: String

        /// Describes a grid.
        public init(_ geometry: ImageGeometry) {
            size = (0..<3).map { geometry.size[$0] }
            spacing = (0..<3).map { geometry.spacing[$0] }
            origin = (0..<3).map { geometry.origin[$0] }
            direction = (0..<3).map { row in (0..<3).map { geometry.direction[row, $0] } }
            frame = "LPS"
            orientation = geometry.orientation.letters
        }

        enum CodingKeys: String, CodingKey {
            case size = "size_voxels"
            case spacing = "spacing_mm"
            case origin = "origin_mm"
            case direction
            case frame
            case orientation
        }
    }

    /// One trained model.
    public struct Model: Codable, Sendable, Equatable {
        /// The model folder's own name, such as "nnUNetTrainer__nnUNetPlans__3d_fullres".
        public var folder: String
        /// Such as "Dataset004_Hippocampus".
        public var dataset: String
        /// Such as "nnUNetTrainer".
        public var trainer: String
        /// Such as "nnUNetPlans".
        public var plans: String
        /// Such as "3d_fullres".
        public var configuration: String
        /// The folds whose logits were averaged.
        public var folds: [Fold]
        /// The spatial axes that were mirrored; empty without test-time augmentation.
        public var mirroringAxes: [Int]
        /// SHA-256 of plans.json, 64 hexadecimal digits.
        public var plansSHA256: String
        /// SHA-256 of dataset.json, 64 hexadecimal digits.
        public var datasetSHA256: String

        /// Describes a model.
        public init(
            folder: String, dataset: String, trainer: String, plans: String, configuration: String, folds: [Fold], mirroringAxes: [Int],
            plansSHA256: String, datasetSHA256: String
        ) {
            self.plansSHA256 = plansSHA256
            self.datasetSHA256 = datasetSHA256
            self.folder = folder
            self.dataset = dataset
            self.trainer = trainer
            self.plans = plans
            self.configuration = configuration
            self.folds = folds
            self.mirroringAxes = mirroringAxes
        }

        enum CodingKeys: String, CodingKey {
            case folder
            case dataset
            case trainer
            case plans
            case configuration
            case folds
            case mirroringAxes = "mirroring_axes"
            case plansSHA256 = "plans_sha256"
            case datasetSHA256 = "dataset_sha256"
        }
    }

    /// One fold of a model.
    public struct Fold: Codable, Sendable, Equatable {
        /// "0", "1" … or "all".
        public var name: String
        /// The file's own name, such as "checkpoint_final.pth".
        public var checkpoint: String
        /// SHA-256 of the file, 64 hexadecimal digits.
        public var checkpointSHA256: String

        /// Describes a fold.
        public init(name: String, checkpoint: String, checkpointSHA256: String) {
            self.name = name
            self.checkpoint = checkpoint
            self.checkpointSHA256 = checkpointSHA256
        }

        enum CodingKeys: String, CodingKey {
            case name
            case checkpoint
            case checkpointSHA256 = "checkpoint_sha256"
        }
    }

    /// What was done to the labels after prediction.
    public struct Postprocessing: Codable, Sendable, Equatable {
        /// The recipe file's own name.
        public var file: String
        /// Each step in words.
        public var steps: [String]

        /// Describes a recipe.
        public init(file: String, steps: [String]) {
            self.file = file
            self.steps = steps
        }
    }

    /// One step of the way of a case.
    public struct Timing: Codable, Sendable, Equatable {
        /// Such as "predict".
        public var step: String
        /// Wall time.
        public var seconds: Double

        /// Describes a step.
        public init(step: String, seconds: Double) {
            self.step = step
            self.seconds = seconds
        }
    }
}
