import CasePrediction
import InboxProcessing
import Synchronization
import Testing

struct `The status line` {
    private func event(_ way: ServiceEvent.Way) -> ServiceEvent {
        ServiceEvent(.way(way), about: .init(id: "bcdfg234", name: "Jane", publishedName: "Jane"), route: "liver", step: "predict")
    }

    @Test(arguments: [false, true])
    func `follows the case at work, by its id and, where the site wants that, its name`(showsNames: Bool) throws {
        let lines = Mutex<[String]>([])
        let status = StatusLine { line in lines.withLock { $0.append(line) } }
        var configuration = try ServiceConfiguration.forTests
        configuration.logsNames = showsNames
        status.record(.service(.configured(configuration)))
        status.record(.service(.idle))
        status.record(event(.stepBegan))
        status.record(event(.stepBegan))
        status.record(event(.progressed(CaseProgress(step: .load))))
        status.record(event(.progressed(CaseProgress(step: .predict, completed: 1, total: 9))))  // within a second of the last line
        status.record(.service(.idle))
        let title = showsNames ? "bcdfg234 (Jane)" : "bcdfg234"
        #expect(
            lines.withLock { $0 } == [
                "Idle; watching 1 inbox.", "Case \(title) (liver): predict; watching 1 inbox.",
                "Case \(title) (liver): predict, load; watching 1 inbox.", "Idle; watching 1 inbox.",
            ])
    }
}
