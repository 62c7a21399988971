/*
 * output_folder.c - files and folders that appear whole or not at all.
 *
 * Everything is made under a working name beside the final one and renamed when it is complete, so an interruption, a full
 * disk or a kill leaves nothing under the final name.
 */
#include "output_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail_errno(cli_env *env, const char *what, const char *path, int error)
{
    return cli_fail(env, CASTMAP_E_IO, CLI_SAFE(path), NULL, "%s: %s", what, strerror(error));
}

/* Are both names of one file? */
static bool is_same_file(const char *a, const char *b)
{
    struct stat one, two;

    return stat(a, &one) == 0 && stat(b, &two) == 0 && one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

static int check_parent(cli_env *env, const char *path)
{
    char parent[4200];
    struct stat there;

    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 0;
    if (n >= sizeof parent)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "output", "use a shorter one", "the path is too long");
    if (!slash)
        memcpy(parent, ".", 2);
    else if (n == 0)
        memcpy(parent, "/", 2);
    else
        snprintf(parent, sizeof parent, "%.*s", (int)n, path);
    if (stat(parent, &there) != 0)
        return fail_errno(env, "the folder of the output cannot be used", parent, errno);
    if (!S_ISDIR(there.st_mode))
        return fail_errno(env, "the folder of the output cannot be used", parent, ENOTDIR);
    if (access(parent, W_OK | X_OK) != 0)
        return fail_errno(env, "the folder of the output cannot be written to", parent, errno);
    return 0;
}

int output_check(cli_env *env, const char *path, bool overwrite)
{
    struct stat there;

    if (env->project && is_same_file(path, castmap_project_path(env->project)))
        return cli_fail(env, CASTMAP_E_ARGUMENT, CLI_SAFE(path), "name another file", "the output would be the project itself");
    if (lstat(path, &there) == 0) {
        if (!overwrite)
            return cli_fail(env, CASTMAP_E_EXISTS, CLI_SAFE(path), "use another name, or --overwrite",
                            "the output is there already");
        if (S_ISLNK(there.st_mode))
            return cli_fail(env, CASTMAP_E_IO, CLI_SAFE(path), "name the file itself", "the output is a symbolic link");
    }
    return check_parent(env, path);
}

int output_file_begin(cli_env *env, const char *path, bool overwrite, output_file *out, FILE **file)
{
    int code = output_check(env, path, overwrite);

    if (code)
        return code;
    snprintf(out->final, sizeof out->final, "%s", path);
    snprintf(out->working, sizeof out->working, "%.4180s.tmp-XXXXXX", path);
    int fd = mkstemp(out->working); /* mode 0600 */
    if (fd < 0)
        return fail_errno(env, "the output cannot be made", path, errno);
    *file = fdopen(fd, "wb");
    if (!*file) {
        int error = errno;
        close(fd);
        unlink(out->working);
        return fail_errno(env, "the output cannot be made", path, error);
    }
    return 0;
}

int output_file_end(cli_env *env, output_file *out, FILE *file)
{
    errno = 0;
    bool bad = fflush(file) != 0 || ferror(file) || fsync(fileno(file)) != 0;
    int error = errno;
    if (fclose(file) != 0 && !bad) {
        bad = true;
        error = errno;
    }
    if (!bad && rename(out->working, out->final) != 0) {
        bad = true;
        error = errno;
    }
    if (!bad)
        return 0;
    unlink(out->working);
    return fail_errno(env, "the output could not be written", out->final, error ? error : EIO);
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n >= m && strcmp(text + n - m, end) == 0;
}

/* Only what `make` or `export` put there may be replaced: anything else in the folder is somebody's. */
static bool is_earlier_output(const char *path, char stranger[256])
{
    DIR *folder = opendir(path);
    bool ours = true;

    if (!folder)
        return false;
    for (struct dirent *entry; ours && (entry = readdir(folder)) != NULL;) {
        const char *name = entry->d_name;
        static const char *const NAMES[] = {".", "..", "internal", "partner", "public", "manifest.json",
                                            "map.html", "map.pdf", "map.png", "map.svg", "report.html"};
        static const char *const ENDS[] = {CASTMAP_PROJECT_SUFFIX, ".geojson", ".gpkg", ".tif"};
        bool known = false;
        for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
            known = known || strcmp(name, NAMES[i]) == 0;
        for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++)
            known = known || ends_with(name, ENDS[i]);
        if (!known) {
            snprintf(stranger, 256, "%s", name);
            ours = false;
        }
    }
    closedir(folder);
    return ours;
}

int output_folder_begin(cli_env *env, const char *path, bool overwrite, output_folder *out)
{
    char target[4100], stranger[256] = "";
    struct stat there;

    if (snprintf(target, sizeof target, "%s", path) >= (int)sizeof target)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "-o", "use a shorter one", "the path is too long");
    for (size_t n = strlen(target); n > 1 && target[n - 1] == '/'; n--)
        target[n - 1] = '\0';
    int code = output_check(env, target, overwrite);
    if (code)
        return code;
    if (lstat(target, &there) == 0) {
        if (!S_ISDIR(there.st_mode))
            return cli_fail(env, CASTMAP_E_EXISTS, CLI_SAFE(target), "name a folder", "the output is a file, not a folder");
        if (!is_earlier_output(target, stranger))
            return cli_fail(env, CASTMAP_E_EXISTS, CLI_SAFE(target), "name another folder, or move that away",
                            "the folder holds \"%s\", which castmap did not make", CLI_SAFE(stranger));
        out->replaces = true;
    }
    snprintf(out->final, sizeof out->final, "%s", target);
    snprintf(out->working, sizeof out->working, "%s.tmp-XXXXXX", target);
    if (!mkdtemp(out->working)) {
        int error = errno;
        out->working[0] = '\0';
        return fail_errno(env, "the output folder cannot be made", target, error);
    }
    return 0;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info;
    (void)type;
    (void)at;
    return remove(path);
}

static void remove_tree(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

int output_folder_commit(cli_env *env, output_folder *out)
{
    /* Both names change places in one step, so the folder is never missing. */
    unsigned how = out->replaces ? RENAME_EXCHANGE : RENAME_NOREPLACE;
    int bad = renameat2(AT_FDCWD, out->working, AT_FDCWD, out->final, how);

    if (bad && !out->replaces && (errno == EINVAL || errno == ENOSYS))
        bad = rename(out->working, out->final); /* file systems that know no flags; refuses a folder that is not empty */
    if (bad) {
        int error = errno;
        output_folder_abandon(out);
        return fail_errno(env, "the output folder cannot be given its name", out->final, error);
    }
    if (out->replaces)
        remove_tree(out->working);
    out->working[0] = '\0';
    return 0;
}

void output_folder_abandon(output_folder *out)
{
    if (out->working[0])
        remove_tree(out->working);
    out->working[0] = '\0';
}

bool output_path(const output_folder *folder, const char *sub, const char *name, char *out, size_t size)
{
    return snprintf(out, size, "%s%s%s/%s", folder->working, sub ? "/" : "", sub ? sub : "", name) < (int)size;
}
