/* Counts the allocations of a process: preloaded into the gateway by the allocation test. On SIGUSR2 the counts so
 * far are appended to the file named by MALLOC_COUNT_FILE, one line a signal: "PID ALLOCATIONS". */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static atomic_ulong allocations;

void *malloc(size_t size) { allocations++; return __libc_malloc(size); }
void *calloc(size_t count, size_t size) { allocations++; return __libc_calloc(count, size); }
void *realloc(void *memory, size_t size) { allocations++; return __libc_realloc(memory, size); }
void *aligned_alloc(size_t alignment, size_t size) { allocations++; return __libc_memalign(alignment, size); }
int posix_memalign(void **memory, size_t alignment, size_t size) {
    allocations++;
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : 12;
}

static size_t decimal(char *end, unsigned long value) {
    size_t count = 0;
    do { *--end = '0' + value % 10; value /= 10; count++; } while (value);
    return count;
}

static void report(int signal) {
    (void)signal;
    char text[64], *end = text + sizeof text;
    *--end = '\n';
    size_t count = 1 + decimal(end, allocations);
    end = text + sizeof text - count;
    *--end = ' ';
    count++;
    count += decimal(end, (unsigned long)getpid());
    const char *path = getenv("MALLOC_COUNT_FILE");
    int file = path ? open(path, O_WRONLY | O_APPEND | O_CREAT, 0644) : -1;
    if (file < 0) return;
    (void)!write(file, text + sizeof text - count, count);
    close(file);
}

__attribute__((constructor)) static void start(void) { signal(SIGUSR2, report); }
