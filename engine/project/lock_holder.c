/*
 * project/lock_holder.c - read from /proc, because opening the file ourselves and closing it again would drop the locks of any other
 * connection of this process.
 */
#include "project/lock_holder.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

long cm_lock_holder(const char *path)
{
    struct stat info;
    char line[256];
    long found = 0;

    if (stat(path, &info) != 0)
        return 0;
    FILE *locks = fopen("/proc/locks", "re");
    if (!locks)
        return 0;
    while (!found && fgets(line, sizeof line, locks)) {
        char kind[16], mode[16], access_kind[16];
        long pid = 0;
        unsigned major_number = 0, minor_number = 0;
        unsigned long inode = 0;
        if (sscanf(line, "%*d: %15s %15s %15s %ld %x:%x:%lu", kind, mode, access_kind, &pid, &major_number, &minor_number,
                   &inode) != 7)
            continue;
        if (inode == (unsigned long)info.st_ino && minor_number == minor(info.st_dev) &&
            major_number == major(info.st_dev) && strcmp(access_kind, "WRITE") == 0 && pid != (long)getpid())
            found = pid;
    }
    fclose(locks);
    return found;
}
