import CMachine
import Glibc
import Synchronization

/// A fixed team of threads that share the iterations of one loop at a time; the calling thread is one of them.
///
/// Workers take iterations from an atomic counter, so a preempted thread delays only its own. Between loops they watch for the next one a
/// fifth of a millisecond, since waking a thread takes longer than most gaps, and then sleep on a condition variable.
package final class ThreadTeam: @unchecked Sendable {  // state is guarded by `mutex`
    /// The number of threads, the caller's included.
    package let threadCount: Int

    /// A loop's body as a plain function, so that starting a loop allocates nothing.
    package typealias Item = @convention(c) (_ context: UnsafeRawPointer, _ worker: Int, _ index: Int) -> Void

    private struct Loop {
        var item: Item
        var context: UnsafeRawPointer  // lives in the frame of `run`, which returns after the last item
        var count: Int
    }

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)  // pthread objects must not move
    private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let next = Atomic<Int>(0)
    private let occupied = Atomic<Bool>(false)
    private var loop: Loop?
    private let generation = Atomic<Int>(0)  // changed under the mutex
    private let running = Atomic<Int>(0)  // workers that have not finished the present loop
    private var stopping = false
    private var threads: [pthread_t] = []

    /// Starts `threadCount - 1` workers.
    package init(threadCount: Int = ThreadTeam.availableProcessors) {
        self.threadCount = max(1, threadCount)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(wake, nil)
        pthread_cond_init(done, nil)
        for worker in 1..<max(2, self.threadCount) where worker < self.threadCount {
            let start = Unmanaged.passRetained(Start(core: Unowned(team: self), worker: worker))
            var thread = pthread_t()
            let code = pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                    start.core.team.work(start.worker)
                    return nil
                }, start.toOpaque())
            if code == 0 { threads.append(thread) } else { start.release() }
        }
    }

    deinit {
        pthread_mutex_lock(mutex)
        stopping = true
        pthread_cond_broadcast(wake)
        pthread_mutex_unlock(mutex)
        for thread in threads { pthread_join(thread, nil) }
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(wake)
        pthread_cond_destroy(done)
        mutex.deallocate()
        wake.deallocate()
        done.deallocate()
    }

    /// Runs `body(worker, index)` once for every index below `count` and returns when all are done.
    ///
    /// - `worker`: below `threadCount`, for private scratch memory. A call from inside a body, or while another caller's loop runs, is
    ///   carried out on the calling thread alone as worker 0; scratch must then be the nested loop's own.
    package func run(count: Int, _ body: (_ worker: Int, _ index: Int) -> Void) {
        withoutActuallyEscaping(body) { escaping in
            withUnsafePointer(to: escaping) { context in
                run(count: count, context: context) { context, worker, index in
                    context.assumingMemoryBound(to: ((Int, Int) -> Void).self).pointee(worker, index)
                }
            }
        }
    }

    /// The same with a function and its context, which must live until this returns. Allocates nothing.
    package func run(count: Int, context: UnsafeRawPointer, _ item: Item) {
        guard count > 1, !threads.isEmpty, occupied.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else {
            for index in 0..<max(0, count) { item(context, 0, index) }
            return
        }
        let loop = Loop(item: item, context: context, count: count)
        pthread_mutex_lock(mutex)
        self.loop = loop
        next.store(0, ordering: .relaxed)
        running.store(threads.count, ordering: .relaxed)
        generation.wrappingAdd(1, ordering: .releasing)
        pthread_cond_broadcast(wake)
        pthread_mutex_unlock(mutex)
        share(loop, worker: 0)
        watch { running.load(ordering: .acquiring) == 0 }
        pthread_mutex_lock(mutex)
        while running.load(ordering: .acquiring) > 0 { pthread_cond_wait(done, mutex) }
        self.loop = nil
        pthread_mutex_unlock(mutex)
        occupied.store(false, ordering: .releasing)
    }

    private func share(_ loop: Loop, worker: Int) {
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < loop.count else { return }
            loop.item(loop.context, worker, index)
        }
    }

    private func work(_ worker: Int) {
        var seen = 0
        while true {
            watch { generation.load(ordering: .acquiring) != seen }
            pthread_mutex_lock(mutex)
            while generation.load(ordering: .acquiring) == seen && !stopping { pthread_cond_wait(wake, mutex) }
            if stopping { break }
            seen = generation.load(ordering: .acquiring)
            let loop = loop
            pthread_mutex_unlock(mutex)
            if let loop { share(loop, worker: worker) }
            pthread_mutex_lock(mutex)
            if running.wrappingSubtract(1, ordering: .releasing).newValue == 0 { pthread_cond_signal(done) }
            pthread_mutex_unlock(mutex)
        }
        pthread_mutex_unlock(mutex)
    }

    /// Waits for a condition without sleeping, for no longer than an item takes.
    private func watch(_ condition: () -> Bool) {
        let start = ContinuousClock.now
        repeat {
            for _ in 0..<32 {
                if condition() { return }
                cm_relax()
            }
        } while ContinuousClock.now - start < Self.watchedTime
    }

    private static let watchedTime = Duration.microseconds(200)

    /// What a new thread needs; it must not keep the team alive, since the team's end joins it.
    private final class Start {
        let core: Unowned
        let worker: Int
        init(core: Unowned, worker: Int) {
            self.core = core
            self.worker = worker
        }
    }

    private struct Unowned {
        unowned(unsafe) let team: ThreadTeam  // outlives its threads: deinit joins them
    }
}
