// nginx' large_client_header_buffers and proxy_buffer_size in terms of a head's limits.

import Wire

extension Limits {
    /// No line is longer than one buffer, no head longer than all of them.
    package mutating func setHeadBuffers(count: Int, bytes: Int) {
        head.startLineBytes = bytes
        head.headerLineBytes = bytes
        head.headBytes = count * bytes
    }

    /// An answer's head fits into one buffer.
    package mutating func setAnswerHead(bytes: Int) {
        responseHead.headBytes = bytes
        responseHead.headerLineBytes = bytes
    }
}
