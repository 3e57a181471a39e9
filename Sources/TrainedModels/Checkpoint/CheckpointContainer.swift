import Files
import PythonFormats

/// A checkpoint file taken apart: the pickle's graph, and where each storage lies.
struct CheckpointContainer: Sendable {
    let file: MappedFile
    let graph: PickleGraph
    /// The bytes of each storage by its key.
    let storages: [String: Range<Int>]
    /// The zip entries of the storages; empty for the older container, which has no checksums.
    let entries: [String: ZipDirectory.Entry]
    let directory: ZipDirectory?

    /// Recognises the container by its first bytes.
    static func open(_ path: String) throws(Problem) -> CheckpointContainer {
        let file = try MappedFile(path: path)
        let start = file.copy(0..<min(file.count, 16))
        if start.starts(with: [0x50, 0x4B]) { return try CheckpointContainer(zip: file) }
        if start.first == 0x80 { return try CheckpointContainer(legacy: file) }
        if start.starts(with: Array("version https:/".utf8)) {
            throw .damagedModel(path: path, reason: "it is a git LFS pointer instead of the file; run 'git lfs pull'")
        }
        throw .damagedModel(path: path, reason: "it is neither a zip file nor a pickle, as PyTorch writes them")
    }

    /// PyTorch's format since 1.6: an uncompressed zip with `data.pkl` and one entry per storage below one folder of any name.
    private init(zip file: MappedFile) throws(Problem) {
        let path = file.path
        let directory = try ZipDirectory(file)
        let pickles = directory.entries.keys.filter { $0.hasSuffix("/data.pkl") }
        guard let name = pickles.first, pickles.count == 1, let entry = directory.entries[name] else {
            throw .damagedModel(path: path, reason: "the zip file holds \(pickles.count) entries named data.pkl instead of one")
        }
        let content = try directory.content(of: entry)
        guard content.count <= PickleReader.sizeLimit else {
            throw .damagedModel(path: path, reason: "\(name) has \(content.count) bytes; more than \(PickleReader.sizeLimit) are not read")
        }
        try directory.verify(entry, content: content)
        let folder = name.dropLast("data.pkl".count)
        if let order = directory.entries[folder + "byteorder"] {
            let content = try directory.content(of: order)
            try directory.verify(order, content: content)
            let text = String(decoding: file.copy(content.prefix(20)), as: UTF8.self)
            guard text == "little" else {
                throw .unsupported(path: path, found: "the byte order '\(text)'", supported: "little (save the checkpoint on a PC)")
            }
        }
        do throws(Problem) {
            graph = try PickleReader.read(file.copy(content), named: name)
        } catch {
            throw error.at(path)
        }
        var storages: [String: Range<Int>] = [:]
        var entries: [String: ZipDirectory.Entry] = [:]
        let prefix = folder + "data/"
        for entry in directory.entries.values where entry.name.hasPrefix(prefix) {
            let key = String(entry.name.dropFirst(prefix.count))
            entries[key] = entry
            storages[key] = try directory.content(of: entry)
        }
        self.file = file
        self.directory = directory
        self.storages = storages
        self.entries = entries
    }

    /// PyTorch's format before 1.6: five pickles (magic number, version, system, object, storage keys), then the storages.
    private init(legacy file: MappedFile) throws(Problem) {
        let path = file.path
        let bytes = file.copy(0..<min(file.count, PickleReader.sizeLimit))
        var position = 0
        func next(_ content: String) throws(Problem) -> PickleGraph {
            var reader = PickleReader(bytes, from: position, named: content)
            do throws(Problem) {
                try reader.run()
            } catch {
                throw error.at(path)
            }
            position = reader.position
            return reader.graph
        }
        func damaged(_ reason: String) -> Problem { .damagedModel(path: path, reason: reason) }

        let magicNumber = Array("\u{8A}\u{0A}".unicodeScalars.map { UInt8($0.value) }) + Self.magicNumber
        guard bytes.dropFirst(2).starts(with: magicNumber) else { throw damaged("it is a pickle, but not one of PyTorch") }
        _ = try next("the magic number")
        let version = try next("the version")
        guard version.integer(version.root) == 1001 else {
            throw damaged("its version is \(version.describe(version.root)) instead of 1001")
        }
        let system = try next("the system's description")
        guard let order = system.value("little_endian", in: system.root), case .bool(true) = system[order] else {
            throw .unsupported(path: path, found: "big-endian numbers", supported: "little-endian numbers (save the checkpoint on a PC)")
        }
        graph = try next("the checkpoint")
        let list = try next("the list of storages")
        guard let keys = list.sequence(list.root) else { throw damaged("the list of storages is \(list.describe(list.root))") }

        self.file = file
        storages = try Self.legacyStorages(in: file, from: position, keys: keys.map(list.text), sizes: Self.itemSizes(graph))
        directory = nil
        entries = [:]
    }

    /// The bytes of each storage; before them stands the number of its values, 64 bits.
    ///
    /// - `keys`: in the order of the file; nil for what is no text.
    /// - `sizes`: of one value in bytes, for each storage that the checkpoint describes.
    private static func legacyStorages(
        in file: MappedFile, from start: Int, keys: [String?], sizes: [String: Int]
    ) throws(Problem) -> [String: Range<Int>] {
        func damaged(_ reason: String) -> Problem { .damagedModel(path: file.path, reason: reason) }
        var position = start
        var storages: [String: Range<Int>] = [:]
        for key in keys {
            guard let key, let size = sizes[key] else { throw damaged("a storage is listed that nothing describes") }
            guard file.count - position >= 8 else { throw damaged("it ends before storage \(key)") }
            let count = file.load(Int64.self, at: position)
            position += 8
            let (total, overflows) = Int(count).multipliedReportingOverflow(by: size)
            guard count >= 0, !overflows, total <= file.count - position else {
                throw damaged("storage \(key) has \(count) values of \(size) bytes, the file \(file.count - position) bytes more")
            }
            guard storages.updateValue(position..<position + total, forKey: key) == nil else {
                throw damaged("storage \(key) is listed twice")
            }
            position += total
        }
        return storages
    }

    private static let magicNumber: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

    /// The bytes per value of each storage that the object names.
    private static func itemSizes(_ graph: PickleGraph) -> [String: Int] {
        var sizes: [String: Int] = [:]
        for node in graph.nodes {
            guard case .persistent(let reference) = node, let identifier = graph.sequence(reference), identifier.count >= 5,
                let key = graph.text(identifier[2]), let type = graph.globalName(identifier[1]).flatMap(ScalarType.init)
            else { continue }
            sizes[key] = type.size
        }
        return sizes
    }
}

extension CheckpointContainer {
    /// Reads a tensor's description (`torch._utils._rebuild_tensor_v2`, alone or in `_rebuild_parameter`); nil for anything else.
    /// - Throws: `Problem.damagedWeight` for a tensor that contradicts itself or its storage.
    func tensor(_ reference: PickleGraph.Reference, of weight: String) throws(Problem) -> TensorView? {
        var tensor = reference
        if let arguments = graph.arguments(of: reference, calling: "torch._utils._rebuild_parameter"), let wrapped = arguments.first {
            tensor = wrapped
        }
        guard let arguments = graph.arguments(of: tensor, calling: "torch._utils._rebuild_tensor_v2") else { return nil }
        guard 6...7 ~= arguments.count else { throw .damagedWeight(weight, "a tensor of \(arguments.count) arguments") }
        guard case .persistent(let identifier) = graph[arguments[0]] else {
            throw .damagedWeight(weight, "\(graph.describe(arguments[0])) where a storage should be")
        }
        let (type, key, count) = try storage(identifier, of: weight)
        guard case .integer(let offset) = graph[arguments[1]], let shape = sizes(arguments[2]), let strides = sizes(arguments[3]) else {
            throw .damagedWeight(weight, "offset, size or stride are not integers")
        }
        return try TensorView(of: weight, type: type, storage: key, storageCount: count, offset: offset, shape: shape, strides: strides)
    }

    private func storage(_ identifier: PickleGraph.Reference, of weight: String) throws(Problem) -> (ScalarType, String, Int) {
        guard let parts = graph.sequence(identifier), 5...6 ~= parts.count, graph.text(parts[0]) == "storage",
            let key = graph.text(parts[2]), case .integer(let count) = graph[parts[4]]
        else { throw .damagedWeight(weight, "\(graph.describe(identifier)) where the description of a storage should be") }
        guard parts.count == 5 || graph.isNone(parts[5]) else {
            throw .damagedWeight(weight, "a view of a storage, as PyTorch before 0.4 wrote")
        }
        guard let type = graph.globalName(parts[1]).flatMap(ScalarType.init) else {
            throw .damagedWeight(weight, "the number type \(graph.describe(parts[1]))")
        }
        guard let content = storages[key] else { throw .damagedWeight(weight, "storage '\(key)', which is not in the file") }
        let (bytes, overflows) = count.multipliedReportingOverflow(by: type.size)
        guard count >= 0, !overflows, bytes == content.count else {
            throw .damagedWeight(
                weight, "storage '\(key)' should have \(count) values of \(type.size) bytes and has \(content.count) bytes")
        }
        return (type, key, count)
    }

    /// Sizes are plain integers; nothing else is taken for one.
    private func sizes(_ reference: PickleGraph.Reference) -> [Int]? {
        guard let items = graph.sequence(reference) else { return nil }
        var values: [Int] = []
        for item in items {
            guard case .integer(let value) = graph[item] else { return nil }
            values.append(value)
        }
        return values
    }
}
