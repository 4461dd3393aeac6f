/* Keeps what a power cut would leave of the files below CUT_BELOW: at every sync of a file its bytes as they were then, at
   every sync of a folder its names. A write that was never synced is kept nowhere. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int watched(int fd) {
  const char *below = getenv("CUT_BELOW");
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (!below || !getenv("CUT_KEPT") || n <= 0) return 0;
  path[n] = 0;
  /* Made again from the rest when it is lost. */
  return !strncmp(path, below, strlen(below)) && !strstr(path, "warehouse") && !strstr(path, "/recordings/");
}

static void keep_bytes(int fd, int to) {
  char link[64], piece[65536];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  int from = open(link, O_RDONLY | O_CLOEXEC);
  for (ssize_t n; from >= 0 && (n = read(from, piece, sizeof piece)) > 0;)
    if (write(to, piece, n) != n) abort();
  if (from >= 0) close(from);
}

static void keep_names(int fd, int to) {
  char link[64], line[PATH_MAX + 64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  DIR *folder = opendir(link);
  struct dirent *one;
  while (folder && (one = readdir(folder)))
    if (strcmp(one->d_name, ".") && strcmp(one->d_name, "..")) {
      int n = snprintf(line, sizeof line, "%llu %s\n", (unsigned long long)one->d_ino, one->d_name);
      if (write(to, line, n) != n) abort();
    }
  if (folder) closedir(folder);
}

/* What is kept is what stood there when the sync began, and it counts when the sync has ended. */
static int synced(int fd, int (*real)(int)) {
  struct stat about;
  if (!watched(fd) || fstat(fd, &about)) return real(fd);
  const char *kept = getenv("CUT_KEPT");
  char lock[PATH_MAX], fresh[PATH_MAX], place[PATH_MAX];
  snprintf(lock, sizeof lock, "%s/lock", kept);
  snprintf(fresh, sizeof fresh, "%s/fresh", kept);
  snprintf(place, sizeof place, "%s/%s-%llu", kept, S_ISDIR(about.st_mode) ? "names" : "bytes",
           (unsigned long long)about.st_ino);
  int held = open(lock, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  flock(held, LOCK_EX);
  int to = open(fresh, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (to < 0) abort();
  if (S_ISDIR(about.st_mode)) keep_names(fd, to); else keep_bytes(fd, to);
  close(to);
  int said = real(fd);
  if (said == 0) rename(fresh, place);
  close(held);
  return said;
}

int fsync(int fd) { return synced(fd, (int (*)(int))dlsym(RTLD_NEXT, "fsync")); }
int fdatasync(int fd) { return synced(fd, (int (*)(int))dlsym(RTLD_NEXT, "fdatasync")); }
