/// Whether the slices of a series are known to be all of them. A gap-free grid alone proves nothing: the first half of a series is one.
package enum DICOMWholeness: Sendable, Equatable {
    /// The files say how many there should be, and so many are there; which attribute says so, as a clause.
    case known(String)
    /// Nothing speaks against it, and nothing says it.
    case assumed
    /// Something is missing; what shows it, as a clause that names files or numbers.
    case contradicted(String)
}
