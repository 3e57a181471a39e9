// Loops that hand disjoint parts of memory to the threads. Pointers: a span can't be cut among threads; here the parts are proven disjoint.

extension ThreadTeam {
    /// The results of `body` for every index below `count`, in order.
    package func map<Result>(count: Int, _ body: (_ index: Int) -> Result) -> [Result] {
        [Result](unsafeUninitializedCapacity: count) { results, filled in
            if let base = results.baseAddress {
                run(count: count) { _, index in (base + index).initialize(to: body(index)) }
            }
            filled = count
        }
    }

    /// Runs `body` once for every index below `count`, each thread with scratch of its own that it keeps from one index to the next.
    package func run<Scratch: ~Copyable>(
        count: Int, scratch make: () -> Scratch, _ body: (_ index: Int, _ scratch: inout Scratch) -> Void
    ) {
        let scratches = UnsafeMutablePointer<Scratch>.allocate(capacity: threadCount)
        for worker in 0..<threadCount { (scratches + worker).initialize(to: make()) }
        run(count: count) { worker, index in body(index, &scratches[worker]) }
        scratches.deinitialize(count: threadCount)
        scratches.deallocate()
    }

    /// Runs `body` once for every part of `size` neighbouring elements, the last one possibly shorter, and lends it that part to write.
    package func forEachPart<Element: BitwiseCopyable>(
        of values: inout MutableSpan<Element>, size: Int, _ body: (_ index: Int, _ part: inout MutableSpan<Element>) -> Void
    ) {
        precondition(size > 0 || values.isEmpty)
        values.withUnsafeMutableBufferPointer { values in
            let values = values
            run(count: (values.count + size - 1) / max(1, size)) { _, index in
                let range = index * size..<min((index + 1) * size, values.count)
                var part = MutableSpan(_unsafeElements: UnsafeMutableBufferPointer(rebasing: values[range]))
                body(index, &part)
            }
        }
    }

    /// Runs `body` once for every range and lends it those elements to write, with scratch of the thread's own.
    ///
    /// - `ranges`: ascending, none of which overlap.
    package func forEachPart<Element: BitwiseCopyable, Scratch: ~Copyable>(
        of values: inout MutableSpan<Element>, at ranges: [Range<Int>], scratch: () -> Scratch,
        _ body: (_ index: Int, _ part: inout MutableSpan<Element>, _ scratch: inout Scratch) -> Void
    ) {
        precondition(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }, "the parts overlap")
        precondition((ranges.first?.lowerBound ?? 0) >= 0 && (ranges.last?.upperBound ?? 0) <= values.count)
        values.withUnsafeMutableBufferPointer { values in
            let values = values
            run(count: ranges.count, scratch: scratch) { index, scratch in
                var part = MutableSpan(_unsafeElements: UnsafeMutableBufferPointer(rebasing: values[ranges[index]]))
                body(index, &part, &scratch)
            }
        }
    }

    /// Runs `body` once for every block of a grid and lends it the block's part of an array to write, with scratch of the thread's own.
    package func forEachBlock<Element: BitwiseCopyable, Scratch: ~Copyable>(
        of values: inout MutableSpan<Element>, _ layout: BlockLayout, scratch: () -> Scratch,
        _ body: (_ box: [Range<Int>], _ block: inout MutableBlock<Element>, _ scratch: inout Scratch) -> Void
    ) {
        let channelStride = layout.channelStride(count: values.count)
        values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            run(count: layout.grid.count, scratch: scratch) { index, scratch in
                let box = layout.grid.box(index)
                var block = MutableBlock(base, layout, channelStride: channelStride, box: box)
                body(box, &block, &scratch)
            }
        }
    }

    /// The same with two arrays over one grid, either of which may have no channels.
    package func forEachBlock<First: BitwiseCopyable, Second: BitwiseCopyable, Scratch: ~Copyable>(
        of first: inout MutableSpan<First>, _ firstLayout: BlockLayout,
        and second: inout MutableSpan<Second>, _ secondLayout: BlockLayout, scratch: () -> Scratch,
        _ body: (
            _ box: [Range<Int>], _ first: inout MutableBlock<First>, _ second: inout MutableBlock<Second>, _ scratch: inout Scratch
        ) -> Void
    ) {
        precondition(firstLayout.grid == secondLayout.grid)
        let channelStride = secondLayout.channelStride(count: second.count)
        second.withUnsafeMutableBufferPointer { second in
            // An array without elements has no address, and its blocks no rows.
            let base = second.baseAddress ?? UnsafeMutablePointer(bitPattern: MemoryLayout<Second>.alignment)
            guard let base else { return }
            forEachBlock(of: &first, firstLayout, scratch: scratch) { box, block, scratch in
                var other = MutableBlock(base, secondLayout, channelStride: channelStride, box: box)
                body(box, &block, &other, &scratch)
            }
        }
    }
}
