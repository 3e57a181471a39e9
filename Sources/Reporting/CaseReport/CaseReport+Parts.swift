package import Imaging

extension CaseReport {
    /// A program and its version.
    package struct Software: Codable, Sendable, Equatable {
        /// Such as "nnunetd".
        package var name: String
        /// Such as "0.1.0".
        package var version: String

        /// Names a program.
        package init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    /// What was read, without anything that could name a patient.
    package struct Input: Codable, Sendable, Equatable {
        /// "nifti" or "dicom".
        package var format: String
        /// How many files.
        package var fileCount: Int
        /// How many channels they made.
        package var channelCount: Int
        /// DICOM modality (0008,0060), such as "CT".
        package var modality: String?
        /// DICOM series number (0020,0011).
        package var seriesNumber: Int?
        /// The files or folders it came from, below the daemon's inbox; nil on the command line and for a case under a pseudonym.
        package var inboxPaths: [String]?

        /// Describes an input.
        package init(
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
    package struct Geometry: Codable, Sendable, Equatable {
        /// Voxels along (x, y, z).
        package var size: [Int]
        /// Along (x, y, z), mm.
        package var spacing: [Double]
        /// Of voxel (0, 0, 0), mm.
        package var origin: [Double]
        /// Three rows; column i is the unit vector of index axis i.
        package var direction: [[Double]]
        /// The frame of origin and direction.
        package var frame: String
        /// The patient directions in which the indices grow, such as "LPS".
        package var orientation: String

        /// Describes a grid.
        package init(_ geometry: ImageGeometry) {
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
    package struct Model: Codable, Sendable, Equatable {
        /// The model folder's own name, such as "nnUNetTrainer__nnUNetPlans__3d_fullres".
        package var folder: String
        /// Such as "Dataset004_Hippocampus".
        package var dataset: String
        /// Such as "nnUNetTrainer".
        package var trainer: String
        /// Such as "nnUNetPlans".
        package var plans: String
        /// Such as "3d_fullres".
        package var configuration: String
        /// The folds whose logits were averaged.
        package var folds: [Fold]
        /// The spatial axes that were mirrored; empty without test-time augmentation.
        package var mirroringAxes: [Int]
        /// The distance of neighbouring tiles as a fraction of the patch; nil in reports that do not say.
        package var stepSize: Double?
        /// What made the prediction faster and less accurate than nnU-Net's own: `steps` (wider than nnU-Net's), `mirroring` (none, though
        /// the model was trained for it); nil for nothing.
        package var shortcuts: [String]?
        /// SHA-256 of plans.json, 64 hexadecimal digits.
        package var plansSHA256: String
        /// SHA-256 of dataset.json, 64 hexadecimal digits.
        package var datasetSHA256: String

        /// Describes a model.
        package init(
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
            case stepSize = "step_size"
            case shortcuts
            case plansSHA256 = "plans_sha256"
            case datasetSHA256 = "dataset_sha256"
        }
    }

    /// One fold of a model.
    package struct Fold: Codable, Sendable, Equatable {
        /// "0", "1" … or "all".
        package var name: String
        /// The file's own name, such as "checkpoint_final.pth".
        package var checkpoint: String
        /// SHA-256 of the file, 64 hexadecimal digits.
        package var checkpointSHA256: String

        /// Describes a fold.
        package init(name: String, checkpoint: String, checkpointSHA256: String) {
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
    package struct Postprocessing: Codable, Sendable, Equatable {
        /// The recipe file's own name.
        package var file: String
        /// Each step in words.
        package var steps: [String]

        /// Describes a recipe.
        package init(file: String, steps: [String]) {
            self.file = file
            self.steps = steps
        }
    }
}
