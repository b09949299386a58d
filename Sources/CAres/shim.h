// Taking the system's types (timespec, sockaddr) from Swift's Glibc module: without this line CAres would own copies
// of them, and every file of DataPlane that uses one would have to import CAres.
#pragma clang module import SwiftGlibc
#include <ares.h>
