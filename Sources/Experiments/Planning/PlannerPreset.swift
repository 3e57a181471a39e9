package import PythonFormats

/// nnU-Net's planner classes; the raw value is the class's name.
package enum PlannerPreset: String, Sendable, CaseIterable {
    case standard = "ExperimentPlanner"
    case standardTorch = "nnUNetPlanner_torchres"
    case residual = "ResEncUNetPlanner"
    case residualM = "nnUNetPlannerResEncM"
    case residualL = "nnUNetPlannerResEncL"
    case residualXL = "nnUNetPlannerResEncXL"
    case residualLTorch = "nnUNetPlannerResEncL_torchres"
    case residualLTorchSeparate = "nnUNetPlannerResEncL_torchres_sepz"
    case residualLUnresampled = "nnUNetPlannerResEncL_noResampling"

    /// What the plans are called where nothing is said.
    package var plansName: String {
        switch self {
        case .standard: "nnUNetPlans"
        case .standardTorch: "nnUNetPlans_torchres"
        case .residual: "nnUNetResEncUNetPlans"
        case .residualM: "nnUNetResEncUNetMPlans"
        case .residualL: "nnUNetResEncUNetLPlans"
        case .residualXL: "nnUNetResEncUNetXLPlans"
        case .residualLTorch: "nnUNetResEncUNetLPlans_torchres"
        case .residualLTorchSeparate: "nnUNetResEncUNetLPlans_torchres_sepz"
        case .residualLUnresampled: "nnUNetResEncUNetLPlans_noResampling"
        }
    }

    /// The network's class.
    package var family: PlannedNetwork.Family { self == .standard || self == .standardTorch ? .plain : .residualEncoder }

    /// The graphics memory that training is planned for where nothing is said, GB.
    package var memoryTarget: Double {
        switch self {
        case .standard, .standardTorch, .residual, .residualM: 8
        case .residualL, .residualLTorch, .residualLTorchSeparate, .residualLUnresampled: 24
        case .residualXL: 40
        }
    }

    /// The feature maps' elements, by the network's axes, that fill that memory.
    func referenceSize(axisCount: Int) -> Double {
        switch self {
        case .standard, .standardTorch: axisCount == 2 ? 85e6 : 560e6
        case .residual, .residualM: axisCount == 2 ? 135e6 : 680e6
        case .residualL, .residualLTorch, .residualLTorchSeparate, .residualLUnresampled: axisCount == 2 ? 380e6 : 2.1e9
        case .residualXL: axisCount == 2 ? 560e6 : 3.6e9
        }
    }

    /// The most of the data set's voxels that a batch may hold.
    var coveredPart: Double {
        switch self {
        case .standard, .standardTorch, .residual: 0.05
        default: 1
        }
    }

    /// Whether planar and full-resolution data have the standard planner's names, since they are the same unless spacings are overwritten.
    var sharesData: Bool {
        switch self {
        case .residual, .residualM, .residualL, .residualXL: true
        default: false
        }
    }

    /// The functions that resample images, labels and probabilities.
    var resampling: (data: OrderedJSON.Call, labels: OrderedJSON.Call, probabilities: OrderedJSON.Call) {
        switch self {
        case .standard, .residual, .residualM, .residualL, .residualXL:
            (.spline(order: 3), .spline(order: 1, ofLabels: true), .spline(order: 1))
        case .standardTorch, .residualLTorch: (.torch(), .torch(ofLabels: true), .torch())
        case .residualLTorchSeparate: (.torch(separates: true), .torch(ofLabels: true, separates: true), .torch(separates: true))
        case .residualLUnresampled: (.none, .none, .none)
        }
    }
}

extension OrderedJSON {
    /// A function that plans name, and what it is called with.
    package struct Call: Sendable {
        let name: String
        let arguments: OrderedJSON

        fileprivate static let none = Call(name: "no_resampling_hack", arguments: [:])

        fileprivate static func spline(order: Int, ofLabels: Bool = false) -> Call {
            Call(
                name: "resample_data_or_seg_to_shape",
                arguments: ["is_seg": .bool(ofLabels), "order": .integer(order), "order_z": 0, "force_separate_z": nil])
        }

        fileprivate static func torch(ofLabels: Bool = false, separates: Bool = false) -> Call {
            var members: [Member] = [
                Member("is_seg", .bool(ofLabels)), Member("force_separate_z", separates ? .null : .bool(false)),
                Member("memefficient_seg_resampling", false),
            ]
            if separates { members.append(Member("separate_z_anisotropy_threshold", 3)) }
            return Call(name: "resample_torch_fornnunet", arguments: .object(members))
        }
    }
}
