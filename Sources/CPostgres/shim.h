// libpq. Debian keeps its headers in a folder of their own, which pkg-config names and plain compilers do not know.
#pragma clang module import SwiftGlibc
#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#else
#include <postgresql/libpq-fe.h>
#endif
