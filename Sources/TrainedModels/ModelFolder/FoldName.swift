/// One fold of the cross-validation, or the training on all cases.
package enum FoldName: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// A numbered fold.
    case number(Int)
    /// `fold_all`
    case all

    /// `0`, `1` … or `all`.
    package var description: String {
        switch self {
        case .number(let number): String(number)
        case .all: "all"
        }
    }

    /// The folder's name, such as `fold_0`.
    package var folderName: String { "fold_\(self)" }

    /// Reads `0`, `1` … or `all`; nil for anything else.
    package init?(_ text: some StringProtocol) {
        if text == "all" {
            self = .all
        } else if let number = Int(text), number >= 0, String(number) == text {
            self = .number(number)
        } else {
            return nil
        }
    }
}
