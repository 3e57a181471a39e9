/// How far a job is: the last arrow of its way that is done. The raw values are the ledger's and never change.
package enum JobState: String, Sendable, Codable, CaseIterable {
    /// Recorded; the input still lies in the inbox.
    case admitted
    /// The input is in the state directory, whole.
    case claimed
    /// The input is gone from the inbox.
    case released
    /// nnU-Net's input files are written.
    case converted
    /// Mask, overlay and report are written in the state directory.
    case predicted
    /// The same lie in the outbox's hidden staging folder.
    case exported
    /// The staged mask was read back and found right.
    case verified
    /// The results are in the outbox under the case's name.
    case published
    /// The input is in `processed`; nothing is left to do.
    case done
    /// The case was refused; its input is to go to quarantine.
    case failing
    /// The input is in quarantine with its error.json; nothing is left to do.
    case quarantined
    /// The input was taken back before it was claimed; nothing is left to do.
    case withdrawn

    /// Whether nothing is left to do.
    package var isFinal: Bool { self == .done || self == .quarantined || self == .withdrawn }

    /// Whether the next step computes on the service's team of threads.
    package var usesTeam: Bool { self == .released || self == .converted || self == .exported }

    /// Whether the next step asks folders of the route, which may lie on a share.
    package var asksFolders: Bool {
        switch self {
        case .admitted, .claimed, .predicted, .exported, .verified, .published, .failing: true
        case .released, .converted, .done, .quarantined, .withdrawn: false
        }
    }

    /// Whether the input has left the inbox and nothing has reached the outbox: what the case is called is free.
    package var isBetweenInboxAndOutbox: Bool {
        switch self {
        case .released, .converted, .predicted, .exported, .verified: true
        case .admitted, .claimed, .published, .done, .failing, .quarantined, .withdrawn: false
        }
    }

    /// The step that comes next, as the log names it; nil at the end.
    package var nextStep: String? {
        switch self {
        case .admitted: "claim"
        case .claimed: "release"
        case .released: "convert"
        case .converted: "predict"
        case .predicted: "export"
        case .exported: "verify"
        case .verified: "publish"
        case .published: "archive"
        case .failing: "quarantine"
        case .done, .quarantined, .withdrawn: nil
        }
    }
}
