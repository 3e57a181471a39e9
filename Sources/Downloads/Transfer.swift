import CCurl
import Files
import SystemPackage

/// One request and its reply, by libcurl.
final class Transfer {
    /// How it ended.
    enum Outcome {
        /// The file is whole.
        case complete
        /// The server has another version than that of the part that is there.
        case outdated
        /// The connection ended too early; the reason is for people.
        case brokenOff(String)
    }

    private let address: WebAddress
    private let part: PartialFile
    private let beginning: [UInt8]
    private let progress: (Download.Progress) -> Bool
    private let handle: OpaqueHandle
    private var reply = Reply()
    private var hasBody = false
    private var total: Int?
    /// What a callback can't throw.
    private var failure: Problem?

    /// libcurl's state, and where it words an error.
    private final class OpaqueHandle {
        let curl: UnsafeMutableRawPointer
        let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
        var headers: UnsafeMutablePointer<curl_slist>?

        init?() {
            guard Self.isReady, let curl = curl_easy_init() else { return nil }
            self.curl = curl
            words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        }

        deinit {
            curl_easy_cleanup(curl)
            curl_slist_free_all(headers)
            words.deallocate()
        }

        /// Once a process.
        private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
    }

    init(
        _ address: WebAddress, into part: PartialFile, beginning: [UInt8], agent: String, progress: @escaping (Download.Progress) -> Bool
    ) throws(Problem) {
        guard let handle = OpaqueHandle() else { throw .unreachable(address, "libcurl does not start") }
        self.address = address
        self.part = part
        self.beginning = beginning
        self.progress = progress
        self.handle = handle
        request(agent: agent)
    }

    private func request(agent: String) {
        let curl = handle.curl, schemes = address.isEncrypted ? "https" : "http,https"
        for (option, text) in [
            (CURLOPT_URL, address.text), (CURLOPT_USERAGENT, agent), (CURLOPT_PROTOCOLS_STR, "http,https"),
            (CURLOPT_REDIR_PROTOCOLS_STR, schemes),
        ] { curl_set_text(curl, option, text) }
        for (option, number) in [
            (CURLOPT_FOLLOWLOCATION, 1), (CURLOPT_MAXREDIRS, 10), (CURLOPT_NOSIGNAL, 1), (CURLOPT_NOPROGRESS, 0),
            (CURLOPT_CONNECTTIMEOUT, 30),
            // A connection that brings less than a byte a second for two minutes is dead.
            (CURLOPT_LOW_SPEED_LIMIT, 1), (CURLOPT_LOW_SPEED_TIME, 120),
        ] { curl_set_number(curl, option, number) }
        guard part.canGoOn, let mark = part.mark else { return }
        curl_set_text(curl, CURLOPT_RANGE, "\(part.size)-")
        handle.headers = curl_slist_append(nil, "If-Range: \(mark)")
        curl_set_pointer(curl, CURLOPT_HTTPHEADER, handle.headers)
    }

    /// Sends the request and takes the reply.
    func run() throws(Problem) -> Outcome {
        let curl = handle.curl
        // The callbacks are called while `curl_easy_perform` runs, which this object outlives.
        let this = Unmanaged.passUnretained(self).toOpaque()
        for option in [CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_XFERINFODATA] { curl_set_pointer(curl, option, this) }
        curl_set_pointer(curl, CURLOPT_ERRORBUFFER, handle.words)
        curl_set_receiver(curl, CURLOPT_HEADERFUNCTION) { bytes, size, count, this in
            Transfer.of(this)?.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }
        curl_set_receiver(curl, CURLOPT_WRITEFUNCTION) { bytes, size, count, this in
            Transfer.of(this)?.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }
        curl_set_progress(curl) { this, _, _, _, _ in Transfer.of(this)?.goesOn == true ? 0 : 1 }
        let code = curl_easy_perform(curl)
        if let failure { throw failure }
        return try outcome(code)
    }

    private static func of(_ this: UnsafeMutableRawPointer?) -> Transfer? {
        this.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func outcome(_ code: CURLcode) throws(Problem) -> Outcome {
        let words = String(cString: handle.words), reason = words.isEmpty ? String(cString: curl_easy_strerror(code)) : words
        switch code {
        case CURLE_OK:
            if reply.status == 416, part.canGoOn { return reply.wholeLength == part.size ? .complete : .outdated }
            if let problem = Problem.answer(reply.status, from: address) { throw problem }
            guard hasBody else { throw .noArchive(address, "nothing") }
            return .complete
        case CURLE_ABORTED_BY_CALLBACK: throw .cancelled
        case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_OPERATION_TIMEDOUT, CURLE_HTTP2, CURLE_HTTP2_STREAM:
            return .brokenOff(reason)
        default: throw .unreachable(address, reason)
        }
    }

    private var goesOn: Bool { progress((part.size, total)) }

    private func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
        reply.take(String(decoding: bytes, as: UTF8.self))
        return bytes.count
    }

    /// Gives how many bytes were taken; others than all stop the transfer.
    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        // An error's page is of no use; the status says what there is to say.
        guard reply.status == 200 || reply.status == 206 else { return bytes.count }
        do throws(Problem) {
            if !hasBody { try begin() }
            hasBody = true
            try requireBeginning(bytes)
            try part.append(bytes)
            return bytes.count
        } catch {
            failure = error
            return 0
        }
    }

    /// Decides with the first byte what the reply is.
    private func begin() throws(Problem) {
        guard !reply.isPage else {
            try part.remove()
            throw .noArchive(address, "a web page (HTML)")
        }
        if reply.status == 200 { try part.restart(mark: reply.mark) }
        guard reply.status == 200 || reply.rangeStart == part.size else {
            throw .unreachable(address, "the server sends another part than it was asked for")
        }
        total = reply.status == 206 ? reply.wholeLength : reply.length
        let free = try FileSystem.freeBytes(at: FilePath(part.path).parent)
        if let total, total - part.size > free {
            throw .unwritable(path: part.path, reason: "\((total - part.size) >> 20) MiB are to come, and \(free >> 20) MiB are free")
        }
    }

    private func requireBeginning(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
        for (index, byte) in bytes.prefix(max(0, beginning.count - part.size)).enumerated() where byte != beginning[part.size + index] {
            try part.remove()
            throw .noArchive(address, byte == UInt8(ascii: "<") ? "a web page" : "other content")
        }
    }
}
