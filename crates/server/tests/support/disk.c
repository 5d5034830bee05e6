/* A disk under one process, put before the C library with LD_PRELOAD (see disk.rs).
 *
 * What a process writes is there for everybody at once, and a killed process takes none of it along: the system keeps
 * it. A disk whose power goes keeps only what was synced. So each file has a stable twin, to which a sync copies what
 * was written since the last one; after a kill the twin is the disk.
 *
 *   DISK_FILES    files whose path begins so; not the -shm of SQLite, which is memory and nobody's to keep
 *   DISK_STABLE   the folder of the twins
 *   DISK_LIES     each sync says yes and does nothing
 *   DISK_SLOW_MS  each sync takes so much longer
 *
 * While there is a file DISK_STABLE/fail, the next sync of a -wal that has something to write fails with EIO, once; with
 * DISK_STABLE/fail-database that of the file itself. As on Linux, what it should have written counts as written from then
 * on, and the sync after it says yes.
 *
 * A twin is created, emptied and removed with its file: entries of folders are taken for synced. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BLOCK 4096
#define FILES 64
#define DESCRIPTORS 4096
#define PATH 4096

/* The function of this name that would have been called. */
#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

struct file {
  dev_t dev;
  ino_t ino;
  char twin[PATH];
  unsigned char *dirty; /* a byte a block that was written and not yet synced */
  size_t blocks;
  int waits; /* something is to be synced, if only a length */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct file files[FILES];
static int known;
static struct file *of[DESCRIPTORS];

static int ends(const char *text, const char *with) {
  size_t length = strlen(text), tail = strlen(with);
  return length >= tail && strcmp(text + length - tail, with) == 0;
}

static void give_up(const char *why) {
  dprintf(2, "disk.c: %s\n", why);
  abort();
}

static int twin_of(const char *path, char *twin) {
  const char *prefix = getenv("DISK_FILES"), *stable = getenv("DISK_STABLE"), *name;
  if (!prefix || !stable || !path || strncmp(path, prefix, strlen(prefix)) != 0 || ends(path, "-shm")) return 0;
  name = strrchr(path, '/');
  if (snprintf(twin, PATH, "%s/%s", stable, name ? name + 1 : path) >= PATH) give_up("a path is too long");
  return 1;
}

static void mark(struct file *file, off_t from, off_t bytes) {
  size_t first = (size_t)(from / BLOCK), end = (size_t)((from + bytes + BLOCK - 1) / BLOCK);
  if (bytes <= 0) return;
  if (end > file->blocks) {
    file->dirty = realloc(file->dirty, end);
    if (!file->dirty) give_up("no memory");
    memset(file->dirty + file->blocks, 0, end - file->blocks);
    file->blocks = end;
  }
  memset(file->dirty + first, 1, end - first);
  file->waits = 1;
}

static void wrote(int fd, off_t from, ssize_t bytes) {
  int error = errno;
  if (fd < 0 || fd >= DESCRIPTORS || bytes <= 0) return;
  pthread_mutex_lock(&lock);
  if (of[fd]) mark(of[fd], from < 0 ? lseek(fd, 0, SEEK_CUR) - bytes : from, bytes);
  pthread_mutex_unlock(&lock);
  errno = error;
}

static void opened(int fd, const char *path) {
  char twin[PATH];
  struct stat stat;
  int error = errno;
  if (fd < 0 || !twin_of(path, twin) || fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode)) return;
  if (fd >= DESCRIPTORS) give_up("too many open files");
  pthread_mutex_lock(&lock);
  int at = 0;
  while (at < known && (files[at].dev != stat.st_dev || files[at].ino != stat.st_ino)) at++;
  if (at == FILES) give_up("too many files");
  if (at == known) {
    known++;
    files[at].dev = stat.st_dev;
    files[at].ino = stat.st_ino;
  }
  strcpy(files[at].twin, twin);
  of[fd] = &files[at];
  pthread_mutex_unlock(&lock);
  errno = error;
}

static void length(int fd, off_t before, off_t after) {
  int error = errno;
  if (fd < 0 || fd >= DESCRIPTORS) return;
  pthread_mutex_lock(&lock);
  if (of[fd]) {
    mark(of[fd], after, before - after);
    of[fd]->waits = 1;
  }
  pthread_mutex_unlock(&lock);
  errno = error;
}

/* Copies what was written since the last sync. Through this descriptor: to close another one of the same file would end
 * the locks that the process has on it. */
static void keep(int fd, struct file *file) {
  static char block[BLOCK];
  struct stat stat;
  int twin = REAL(int, "open", const char *, int, ...)(file->twin, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (twin < 0 || fstat(fd, &stat) != 0) give_up("a twin cannot be opened");
  for (size_t at = 0; at < file->blocks; at++) {
    if (!file->dirty[at]) continue;
    off_t from = (off_t)at * BLOCK;
    ssize_t bytes = pread(fd, block, BLOCK, from);
    if (bytes < 0) give_up("a file cannot be read");
    if (REAL(ssize_t, "pwrite64", int, const void *, size_t, off_t)(twin, block, (size_t)bytes, from) != bytes)
      give_up("a twin cannot be written");
  }
  if (REAL(int, "ftruncate64", int, off_t)(twin, stat.st_size) != 0) give_up("a twin cannot be cut off");
  REAL(int, "close", int)(twin);
}

static int fails(const struct file *file) {
  char told[PATH];
  if (!file->waits) return 0;
  snprintf(told, PATH, "%s/%s", getenv("DISK_STABLE"), ends(file->twin, "-wal") ? "fail" : "fail-database");
  return REAL(int, "unlink", const char *)(told) == 0;
}

static int synced(int fd, const char *name) {
  if (fd < 0 || fd >= DESCRIPTORS || !of[fd]) return REAL(int, name, int)(fd);
  if (getenv("DISK_LIES")) return 0;
  const char *slow = getenv("DISK_SLOW_MS");
  if (slow) {
    long ms = atol(slow);
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&time, NULL);
  }
  int done = REAL(int, name, int)(fd);
  if (done != 0) return done;
  pthread_mutex_lock(&lock);
  struct file *file = of[fd];
  int failed = fails(file);
  if (!failed && file->waits) keep(fd, file);
  if (file->blocks) memset(file->dirty, 0, file->blocks);
  file->waits = 0;
  pthread_mutex_unlock(&lock);
  if (failed) errno = EIO;
  return failed ? -1 : 0;
}

#define OPEN(name, before, names, ...)                                                                                 \
  int name(__VA_ARGS__, int flags, ...) {                                                                              \
    mode_t mode = 0;                                                                                                   \
    if (flags & (O_CREAT | O_TMPFILE)) {                                                                               \
      va_list rest;                                                                                                    \
      va_start(rest, flags);                                                                                           \
      mode = va_arg(rest, mode_t);                                                                                     \
      va_end(rest);                                                                                                    \
    }                                                                                                                  \
    int fd = REAL(int, #name, before int, ...)(names, flags, mode);                                                    \
    opened(fd, path);                                                                                                  \
    return fd;                                                                                                         \
  }
#define COMMA ,
OPEN(open, const char * COMMA, path, const char *path)
OPEN(open64, const char * COMMA, path, const char *path)
OPEN(openat, int COMMA const char * COMMA, at COMMA path, int at, const char *path)
OPEN(openat64, int COMMA const char * COMMA, at COMMA path, int at, const char *path)

#define PWRITE(name)                                                                                                   \
  ssize_t name(int fd, const void *bytes, size_t number, off_t from) {                                                 \
    ssize_t done = REAL(ssize_t, #name, int, const void *, size_t, off_t)(fd, bytes, number, from);                    \
    wrote(fd, from, done);                                                                                             \
    return done;                                                                                                       \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t write(int fd, const void *bytes, size_t number) {
  ssize_t done = REAL(ssize_t, "write", int, const void *, size_t)(fd, bytes, number);
  wrote(fd, -1, done);
  return done;
}

#define FTRUNCATE(name)                                                                                                \
  int name(int fd, off_t after) {                                                                                      \
    struct stat stat;                                                                                                  \
    off_t before = fstat(fd, &stat) == 0 ? stat.st_size : 0;                                                           \
    int done = REAL(int, #name, int, off_t)(fd, after);                                                                \
    if (done == 0) length(fd, before, after);                                                                          \
    return done;                                                                                                       \
  }
FTRUNCATE(ftruncate)
FTRUNCATE(ftruncate64)

int fsync(int fd) { return synced(fd, "fsync"); }
int fdatasync(int fd) { return synced(fd, "fdatasync"); }

int unlink(const char *path) {
  char twin[PATH];
  int done = REAL(int, "unlink", const char *)(path);
  if (done == 0 && twin_of(path, twin)) REAL(int, "unlink", const char *)(twin);
  return done;
}

int close(int fd) {
  if (fd >= 0 && fd < DESCRIPTORS) {
    pthread_mutex_lock(&lock);
    of[fd] = NULL;
    pthread_mutex_unlock(&lock);
  }
  return REAL(int, "close", int)(fd);
}
