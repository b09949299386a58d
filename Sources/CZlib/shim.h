#pragma clang module import SwiftGlibc
#include <zlib.h>
