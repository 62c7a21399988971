/*
 * project/project_path.c - links, devices and network file systems refused; the nearest project found.
 */
#include "project/project_path.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/text.h"
#include "castmap/project.h"

castmap_status cm_project_real_path(castmap_context *ctx, const char *path, char **out)
{
    const char *name = cm_base_name(path);
    cm_text text = CM_TEXT_INIT;

    if (!*path || !*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a project needs a file name");
    char *folder = name == path ? cm_copy_text(".") : cm_copy_bytes(path, (size_t)(name - path));
    if (!folder)
        return cm_fail_memory(ctx);
    char *real = realpath(folder, NULL);
    free(folder);
    if (!real) {
        if (errno == ENOENT || errno == ENOTDIR) {
            castmap_status status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the folder of the project does not exist");
            cm_fail_where(ctx, "%s", path);
            return status;
        }
        return cm_fail_errno(ctx, "cannot look into the folder of", path, errno);
    }
    cm_text_add(&text, real);
    if (strcmp(real, "/") != 0)
        cm_text_add_char(&text, '/');
    cm_text_add(&text, name);
    free(real);
    *out = cm_text_take(&text);
    cm_text_clear(&text);
    return *out ? CASTMAP_OK : cm_fail_memory(ctx);
}

castmap_status cm_project_path_check(castmap_context *ctx, const char *path)
{
    struct stat info;
    castmap_status status = CASTMAP_OK;

    if (lstat(path, &info) != 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            return cm_fail_errno(ctx, "cannot open", path, errno);
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "there is no such project file");
        cm_fail_where(ctx, "%s", path);
        cm_fail_hint(ctx, "castmap init makes one");
        return status;
    }
    if (S_ISLNK(info.st_mode))
        status = cm_fail(ctx, CASTMAP_E_IO, "the project file is a symbolic link");
    else if (!S_ISREG(info.st_mode))
        status = cm_fail(ctx, CASTMAP_E_IO, "the project is not a regular file");
    else if (info.st_nlink > 1)
        status = cm_fail(ctx, CASTMAP_E_IO, "the project file has a second name (a hard link)");
    else if (info.st_size == 0) {
        status = cm_fail(ctx, CASTMAP_E_PROJECT, "the project file is empty");
        cm_fail_where(ctx, "%s", path);
        cm_fail_hint(ctx, "restore a backup, or remove the empty file and run castmap init");
        return status;
    }
    if (status) {
        cm_fail_where(ctx, "%s", path);
        cm_fail_hint(ctx, "open the file by its one real name: a second name could hide an unfinished write");
    }
    return status;
}

/* Magic numbers of file systems that are shared over a network (statfs(2)). */
static const struct {
    unsigned long magic;
    const char   *name;
} NETWORK[] = {
    {0x6969, "NFS"},       {0x517B, "SMB"},       {0xFF534D42, "CIFS"},  {0xFE534D42, "SMB"}, {0x5346414F, "AFS"},
    {0x6B414653, "AFS"},   {0x73757245, "Coda"},  {0x564C, "NCP"},       {0x00C36400, "Ceph"},
};
#define FUSE_MAGIC 0x65735546ul

static bool fuse_is_remote(const char *kind)
{
    static const char *const REMOTE[] = {"sshfs", "rclone", "s3fs", "davfs", "davfs2", "glusterfs", "ceph", "curlftpfs",
                                         "gvfsd-fuse", "smbnetfs", "google-drive-ocamlfuse", "onedriver"};
    for (size_t i = 0; i < sizeof REMOTE / sizeof *REMOTE; i++) {
        if (strcmp(kind, REMOTE[i]) == 0)
            return true;
    }
    return false;
}

/* "sshfs" of a FUSE mount, from the table of mounts; "" if it is not told. */
static void fuse_kind(dev_t device, char kind[64])
{
    char line[4096];

    kind[0] = '\0';
    FILE *mounts = fopen("/proc/self/mountinfo", "re");
    if (!mounts)
        return;
    while (fgets(line, sizeof line, mounts)) {
        unsigned major_number = 0, minor_number = 0;
        const char *dash = strstr(line, " - fuse.");
        if (!dash || sscanf(line, "%*d %*d %u:%u", &major_number, &minor_number) != 2)
            continue;
        if (major_number == major(device) && minor_number == minor(device) && sscanf(dash, " - fuse.%63s", kind) == 1)
            break;
    }
    fclose(mounts);
}

castmap_status cm_project_disk_check(castmap_context *ctx, const char *path)
{
    const char *permitted = getenv("CASTMAP_UNSAFE_NETWORK_FS");
    const char *name = NULL;
    char folder[PATH_MAX], kind[64];
    struct statfs disk;
    struct stat info;

    const size_t length = (size_t)(cm_base_name(path) - path);
    if (length + 2 > sizeof folder)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the project's path is too long");
    memcpy(folder, path, length);
    folder[length] = '.';
    folder[length + 1] = '\0';
    if (statfs(folder, &disk) != 0 || stat(folder, &info) != 0)
        return cm_fail_errno(ctx, "cannot look into the folder of", path, errno);
    for (size_t i = 0; i < sizeof NETWORK / sizeof *NETWORK; i++) {
        if (((unsigned long)disk.f_type & 0xFFFFFFFFul) == NETWORK[i].magic)
            name = NETWORK[i].name;
    }
    if (((unsigned long)disk.f_type & 0xFFFFFFFFul) == FUSE_MAGIC) {
        fuse_kind(info.st_dev, kind);
        if (fuse_is_remote(kind))
            name = kind;
    }
    if (!name || (permitted && strcmp(permitted, "1") == 0))
        return CASTMAP_OK;
    castmap_status status = cm_fail(ctx, CASTMAP_E_IO, "the folder lies on a network file system (%s), which cannot keep a "
                                    "project safe", name);
    cm_fail_where(ctx, "%s", path);
    cm_fail_hint(ctx, "keep the project on this machine's own disk, and copy it with castmap backup");
    return status;
}

/* The project files of one folder. *first is out [size]; *names lists them all. */
static castmap_status look_in(castmap_context *ctx, const char *folder, size_t *count, char *first, size_t size,
                              cm_text *names)
{
    DIR *listing = opendir(folder);
    struct dirent **entries = NULL;

    *count = 0;
    if (!listing)
        return CASTMAP_OK; /* a folder above that may not be read holds no project of ours */
    closedir(listing);
    const int n = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        if (name[0] != '.' && fnmatch("*" CASTMAP_PROJECT_SUFFIX, name, 0) == 0) {
            if ((*count)++ == 0)
                snprintf(first, size, "%s", name);
            if (*count <= 5) {
                char shown[128];
                cm_escape_display(name, strlen(name), shown, sizeof shown);
                cm_text_addf(names, "%s%s", *count > 1 ? ", " : "", shown);
            }
        }
        free(entries[i]);
    }
    free(entries);
    return names->failed ? cm_fail_memory(ctx) : CASTMAP_OK;
}

castmap_status castmap_project_find(castmap_context *ctx, const char *directory, char *path, size_t size)
{
    char *folder = NULL;
    char name[NAME_MAX + 1];
    cm_text names = CM_TEXT_INIT;
    castmap_status status = CASTMAP_OK;
    size_t count = 0;

    cm_fail_clear(ctx);
    folder = realpath(directory && *directory ? directory : ".", NULL);
    if (!folder)
        return cm_fail_errno(ctx, "cannot look into", directory ? directory : ".", errno);
    for (;;) {
        status = look_in(ctx, folder, &count, name, sizeof name, &names);
        if (status || count > 0)
            break;
        char *slash = strrchr(folder, '/');
        if (!slash || strcmp(folder, "/") == 0)
            break;
        slash[slash == folder ? 1 : 0] = '\0';
    }
    if (!status && count == 0) {
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "no castmap project here or in any folder above");
        cm_fail_hint(ctx, "castmap init NAME makes one; -p FILE names one elsewhere");
    } else if (!status && count > 1) {
        status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "%zu projects lie in the same folder: %s%s", count, names.bytes,
                         count > 5 ? ", ..." : "");
        cm_fail_hint(ctx, "name the one you mean with -p FILE");
    } else if (!status) {
        const int length = snprintf(path, size, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, name);
        if (length < 0 || (size_t)length >= size)
            status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "the project's path is too long");
    }
    cm_text_clear(&names);
    free(folder);
    return status;
}
