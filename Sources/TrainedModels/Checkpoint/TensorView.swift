import Files
import PythonFormats

/// The number type of a stored tensor; the raw values are PyTorch's storage classes.
enum ScalarType: String, Sendable {
    case float32 = "torch.FloatStorage"
    case float64 = "torch.DoubleStorage"
    case float16 = "torch.HalfStorage"
    case bfloat16 = "torch.BFloat16Storage"
    case int64 = "torch.LongStorage"
    case int32 = "torch.IntStorage"
    case int16 = "torch.ShortStorage"
    case int8 = "torch.CharStorage"
    case uint8 = "torch.ByteStorage"
    case bool = "torch.BoolStorage"

    /// Bytes per value.
    var size: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .float16, .bfloat16, .int16: 2
        case .int8, .uint8, .bool: 1
        }
    }
}

/// A tensor as PyTorch stores it: a strided view of a storage, all of it inside that storage.
struct TensorView: Sendable, Hashable {
    let type: ScalarType
    /// The storage's key.
    let storage: String
    /// The first value, counted in values from the storage's start.
    let offset: Int
    let shape: [Int]
    /// Values from one entry of an axis to the next.
    let strides: [Int]
    /// The product of `shape`.
    let count: Int

    /// Checks the view against the number of values in its storage.
    /// - Throws: `Problem.damagedWeight` of `weight`.
    init(
        of weight: String, type: ScalarType, storage: String, storageCount: Int, offset: Int, shape: [Int], strides: [Int]
    ) throws(Problem) {
        guard shape.count == strides.count else { throw .damagedWeight(weight, "\(shape.count) sizes and \(strides.count) strides") }
        guard shape.count <= 16 else { throw .damagedWeight(weight, "\(shape.count) axes") }
        guard offset >= 0, shape.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 }) else {
            throw .damagedWeight(weight, "a negative offset, size or stride")
        }
        var count = 1
        var last = offset
        var overflows = false
        for (size, stride) in zip(shape, strides) {
            let product = count.multipliedReportingOverflow(by: size)
            let reach = max(0, size - 1).multipliedReportingOverflow(by: stride)
            let sum = last.addingReportingOverflow(reach.partialValue)
            overflows = overflows || product.overflow || reach.overflow || sum.overflow
            (count, last) = (product.partialValue, sum.partialValue)
        }
        guard !overflows, count == 0 || last < storageCount, count <= storageCount else {
            throw .damagedWeight(
                weight, "a view of shape \(shape) with strides \(strides) at \(offset) in a storage of \(storageCount) values")
        }
        self.type = type
        self.storage = storage
        self.offset = offset
        self.shape = shape
        self.strides = strides
        self.count = count
    }

    /// Whether the values lie in C order without gaps.
    var isContiguous: Bool {
        var expected = 1
        for (size, stride) in zip(shape, strides).reversed() where size != 1 {
            if stride != expected { return false }
            expected *= size
        }
        return true
    }
}

extension Problem {
    /// A weight whose description contradicts itself or its storage; whoever opened the checkpoint adds its path.
    static func damagedWeight(_ name: String, _ reason: String) -> Problem { .damagedModel(reason: "weight '\(name)': \(reason)") }
}
