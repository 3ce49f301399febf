/* See new-file.h. */
#include "core/record/new-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/path.h"
#include "core/record/h5.h"

void ses_sync_folder(const char *path)
{
    char *folder = ses_path_folder(path);
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(folder);
}

/* What a symbolic link points to is replaced, not the link. */
static char *resolve(const char *path)
{
    struct stat st;
    char *real = NULL;
    if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
        real = realpath(path, NULL);
    return real ? real : strdup(path);
}

/* Whether a new file may take this name; the bytes it frees by that. */
static enum ses_status check_target(const char *path, bool overwrite,
                                    uintmax_t *freed, struct ses_error *err)
{
    struct stat st;
    *freed = 0;
    if (stat(path, &st) != 0)
        return errno == ENOENT
                   ? SES_OK
                   : ses_fail_errno(err, errno, "cannot write '%s'", path);
    if (!S_ISREG(st.st_mode))
        return ses_fail(err, SES_EUSAGE, "cannot write '%s': it is %s", path,
                        S_ISDIR(st.st_mode) ? "a folder" : "no file");
    if (!overwrite)
        return ses_fail(err, SES_EUSAGE,
                        "'%s' exists: --overwrite replaces it, --resume goes "
                        "on with it",
                        path);
    *freed = (uintmax_t)st.st_blocks * 512;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool busy =
        fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (fd >= 0)
        close(fd);
    if (busy)
        return ses_fail(err, SES_EIO,
                        "'%s' is being written by another process", path);
    return SES_OK;
}

/* Bytes as "3.0 GiB" into out. */
static const char *size_text(uintmax_t bytes, char out[32])
{
    static const char *const units[] = { "bytes", "KiB", "MiB", "GiB",
                                         "TiB",   "PiB", "EiB" };
    double value = (double)bytes;
    size_t unit = 0;
    for (; value >= 1024 && unit + 1 < sizeof units / sizeof *units; unit++)
        value /= 1024;
    snprintf(out, 32, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
    return out;
}

enum ses_status ses_check_space(const char *path, uintmax_t needed,
                                uintmax_t freed, struct ses_error *err)
{
    struct statvfs fs;
    char *folder = ses_path_folder(path);
    char need[32], have[32];
    enum ses_status status = SES_OK;
    if (!folder)
        return ses_fail_memory(err, "a file name");
    /* Some file systems do not say how large they are. */
    if (statvfs(folder, &fs) != 0) {
        status = ses_fail_errno(err, errno, "cannot write '%s'", path);
    } else if (fs.f_blocks > 0) {
        uintmax_t space = (uintmax_t)fs.f_bavail * fs.f_frsize + freed;
        if (needed > space)
            status = ses_fail(err, SES_EIO, "'%s' needs %s, %s is free", path,
                              size_text(needed, need), size_text(space, have));
    }
    free(folder);
    return status;
}

/* ISO 8601, in UTC. */
static enum ses_status now_text(char out[32], struct ses_error *err)
{
    time_t now = time(NULL);
    struct tm tm;
    if (!gmtime_r(&now, &tm) ||
        strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        return ses_fail(err, SES_EIO, "the time cannot be told");
    return SES_OK;
}

/* The system's own words when a file cannot be made here. */
static enum ses_status reserve(const char *path, const char *temporary,
                               struct ses_error *err)
{
    int fd = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0) {
        close(fd);
        return SES_OK;
    }
    int number = errno;
    char *folder = ses_path_folder(path);
    struct stat st;
    if (number == ENOENT && folder && stat(folder, &st) != 0)
        ses_fail(err, SES_EIO, "cannot write '%s': there is no folder '%s'",
                 path, folder);
    else
        ses_fail_errno(err, number, "cannot write '%s'", path);
    free(folder);
    return SES_EIO;
}

/* Give the finished file its name. Two runs that were told the same new name
 * must not replace each other. */
static enum ses_status publish(const char *temporary, const char *path,
                               bool overwrite, struct ses_error *err)
{
    if (!overwrite) {
        if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) ==
            0)
            return SES_OK;
        if (errno == EEXIST)
            return ses_fail(err, SES_EIO,
                            "'%s' is being written by another process", path);
    }
    return ses_file_publish(temporary, path, err);
}

enum ses_status ses_new_file_init(struct ses_new_file *file, const char *path,
                                  bool overwrite, uintmax_t needed,
                                  struct ses_error *err)
{
    uintmax_t freed = 0;
    *file = (struct ses_new_file){ .overwrite = overwrite };
    file->target = resolve(path);
    file->temporary = file->target ? ses_temporary_name(file->target) : NULL;
    if (!file->temporary)
        return ses_fail_memory(err, "a file name");
    enum ses_status status = check_target(file->target, overwrite, &freed, err);
    if (status == SES_OK)
        status = now_text(file->created, err);
    if (status == SES_OK)
        status = reserve(file->target, file->temporary, err);
    if (status != SES_OK)
        return status;
    file->reserved = true;
    return ses_check_space(file->target, needed, freed, err);
}

void ses_new_file_release(struct ses_new_file *file)
{
    if (file->reserved)
        unlink(file->temporary);
    free(file->temporary);
    free(file->target);
    memset(file, 0, sizeof *file);
}

enum ses_status ses_new_file_open(const struct ses_new_file *file, hid_t *out,
                                  struct ses_error *err)
{
    hid_t access = ses_h5_access();
    hid_t opened = H5Fopen(file->temporary, H5F_ACC_RDWR, access);
    enum ses_status status = SES_OK;
    *out = H5I_INVALID_HID;
    if (opened < 0)
        status = ses_h5_fail(err, "cannot write '%s'", file->target);
    ses_h5_close(access);
    if (status == SES_OK)
        status = ses_h5_sync(opened, file->target, err);
    if (status == SES_OK)
        status = ses_h5_lock(opened, file->target, err);
    if (status == SES_OK)
        *out = opened;
    else
        ses_h5_close(opened);
    return status;
}

enum ses_status ses_new_file_publish(struct ses_new_file *file,
                                     struct ses_error *err)
{
    enum ses_status status =
        publish(file->temporary, file->target, file->overwrite, err);
    if (status != SES_OK)
        return status;
    file->reserved = false;
    ses_sync_folder(file->target);
    return SES_OK;
}
