// The limit of open files, which is what bounds the number of connections.

import Glibc

/// The limit's number. The C header declares it as an enumeration, whose type differs between C libraries.
var openFiles: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }

/// Raises the limit of this process and its children as far as the system allows.
func raiseOpenFiles() {
    var limit = rlimit()
    guard getrlimit(openFiles, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(openFiles, &limit)
}
