#include <sys/types.h>
#include <sys/vfs.h>

// Linux calls that glibc declares only with _GNU_SOURCE, which Swift's importer does not set.
int renameat2(int olddirfd, const char *oldpath, int newdirfd, const char *newpath, unsigned int flags);
ssize_t copy_file_range(int infd, __off64_t *pinoff, int outfd, __off64_t *poutoff, size_t length, unsigned int flags);
enum { linux_rename_noreplace = 1, linux_f_setlease = 1024, linux_seek_hole = 4 };
