import Files
import Segmentation
import Testing

struct GaussianImportanceTests {
    @Test(arguments: [
        ([8, 16, 16], "df9bc9f83c79ce95"), ([64, 64, 64], "5a941b017559e750"), ([28, 256, 256], "803480570be2880c"),
        ([20, 320, 256], "9c4f58d02f22e5fb"), ([64, 192, 160], "a242760d468d1504"), ([128, 128, 128], "de8255c4469d04e5"),
        ([512, 512], "e64274f6de328a92"), ([7, 9], "99cbff8b3f3804e1"),
    ])
    func `the weights are upstream's to the last bit`(tile: [Int], digest: String) {
        let bytes = GaussianImportance.weights(tile).flatMap { [UInt8($0.bitPattern & 0xFF), UInt8($0.bitPattern >> 8)] }
        #expect(SHA256.hexadecimal(SHA256.digest(of: bytes.span.bytes)).hasPrefix(digest))
    }

    @Test func `the centre weighs 10, the end of an axis little, and nothing is zero`() {
        let weights = GaussianImportance.weights([128, 128, 128])
        #expect(weights[(64 * 128 + 64) * 128 + 64] == 10)
        #expect(Float(weights[64 * 128 + 64]) == 0.0033550262)
        #expect(weights.min() == Float16.leastNonzeroMagnitude)
    }
}
