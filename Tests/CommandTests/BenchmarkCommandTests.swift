import Foundation
import TestSupport
import Testing

struct `The benchmark command` {
    private let model = PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__2d")

    private func benchmark(_ options: String...) throws -> Command.Outcome {
        try Command.run(["benchmark", "-m", model, "--repeat", "1", "--json"] + options, environment: ["NNUNET_CACHE": ""])
    }

    @Test func `measures the kernels of one instruction set`() throws {
        let outcome = try benchmark("--instruction-set", "portable")
        let report = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any], "\(outcome.errors)")
        #expect(report["instruction_set"] as? String == "portable")
    }

    @Test func `says which instruction sets there are where it is asked for another`() throws {
        let outcome = try benchmark("--instruction-set", "sse2")
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("portable, not 'sse2'"), "\(outcome.errors)")
    }
}
