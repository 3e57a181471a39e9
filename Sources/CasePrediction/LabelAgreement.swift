package import Imaging

/// The fraction of voxels with the same label in two label maps; 0 where their sizes differ.
package func labelAgreement(_ first: borrowing LabelMap, _ second: borrowing LabelMap) -> Double {
    guard first.geometry.size == second.geometry.size, first.geometry.voxelCount > 0 else { return 0 }
    let (ours, theirs) = (first.voxels.span, second.voxels.span)
    var same = 0
    for index in ours.indices where ours[unchecked: index] == theirs[unchecked: index] { same += 1 }
    return Double(same) / Double(first.geometry.voxelCount)
}
