/// Groups the places of a list whose keys are shared, directly or by way of others; each group ascending, by its first place.
package func groups(sharing keys: [Set<String>]) -> [[Int]] {
    var groups: [Int: [Int]] = [:]  // by their first place
    var owners: [String: Int] = [:]
    for (place, own) in keys.enumerated() {
        let others = Set(own.compactMap { owners[$0] })
        let first = others.min() ?? place
        for other in others where other != first {
            let members = groups.removeValue(forKey: other) ?? []
            for key in members.flatMap({ keys[$0] }) { owners[key] = first }
            groups[first, default: []] += members
        }
        for key in own { owners[key] = first }
        groups[first, default: []].append(place)
    }
    return groups.sorted { $0.key < $1.key }.map { $0.value.sorted() }
}
