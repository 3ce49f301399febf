/* Files and errors of HDF5; see h5.h. */
#include "core/record/h5.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/record/schema.h"

const struct ses_h5_kind ses_h5_record = { "", "a record (RUN.h5)",
                                           SES_SCHEMA };
const struct ses_h5_kind ses_h5_ablation = { "ablation",
                                             "an ablation (ABLATION.h5)", 1 };

struct reason {
    char text[512];
    bool system; /* text is the operating system's */
};

/* HDF5 reports the innermost function first; when the system refused, its
 * words stand in one of the entries. */
static herr_t collect(unsigned n, const H5E_error2_t *entry, void *user)
{
    struct reason *reason = user;
    static const char mark[] = "error message = '";
    const char *words = entry->desc ? entry->desc : "";
    const char *from = strstr(words, mark);
    if (from && !reason->system) {
        from += strlen(mark);
        const char *end = strchr(from, '\'');
        int length = end ? (int)(end - from) : (int)strlen(from);
        snprintf(reason->text, sizeof reason->text, "%.*s", length, from);
        reason->system = true;
    } else if (n == 0) {
        snprintf(reason->text, sizeof reason->text, "%s", words);
    }
    return 0;
}

enum ses_status ses_h5_fail(struct ses_error *err, const char *format, ...)
{
    struct reason reason = { "HDF5 gives no reason", false };
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, collect, &reason);
    char subject[SES_ERROR_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(subject, sizeof subject, format, args);
    va_end(args);
    ses_fail(err, SES_EIO, "%s", reason.text);
    ses_error_context(err, "%s", subject);
    return SES_EIO;
}

void ses_h5_close(hid_t id)
{
    if (id >= 0)
        H5Idec_ref(id);
}

/* At exit HDF5 closes what is still open, and that includes files whose
 * closing has failed (a full disk) and that it has freed: it crashes. This can
 * only be turned off before HDF5 is used for the first time. */
__attribute__((constructor)) static void leave_exit_alone(void)
{
    H5dont_atexit();
}

void ses_h5_silence(void)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

hid_t ses_h5_access(void)
{
    /* Every file is opened through here, so this is where HDF5 is told never
     * to follow links into other files. */
    ses_h5_silence();
    H5Lunregister(H5L_TYPE_EXTERNAL);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_sieve_buf_size(access, 0);
#if H5_VERSION_GE(1, 12, 1) || \
    (H5_VERSION_GE(1, 10, 7) && !H5_VERSION_GE(1, 11, 0))
    H5Pset_file_locking(access, false, true);
#endif
    return access;
}

static int descriptor(hid_t file)
{
    void *handle = NULL;
    if (H5Fget_vfd_handle(file, H5P_DEFAULT, &handle) < 0 || !handle)
        return -1;
    return *(int *)handle;
}

enum ses_status ses_h5_lock(hid_t file, const char *path, struct ses_error *err)
{
    int fd = descriptor(file);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
        return SES_OK;
    if (flock(fd, LOCK_SH | LOCK_NB) == 0)
        return ses_fail(err, SES_EIO,
                        "'%s' is open in another process, which must close "
                        "it first",
                        path);
    return ses_fail(err, SES_EIO, "'%s' is being written by another process",
                    path);
}

enum ses_status ses_h5_sync(hid_t file, const char *path, struct ses_error *err)
{
    if (H5Fflush(file, H5F_SCOPE_LOCAL) < 0)
        return ses_h5_fail(err, "cannot write '%s'", path);
    int fd = descriptor(file);
    if (fd >= 0 && fdatasync(fd) != 0 && errno != EINVAL && errno != ENOSYS &&
        errno != EOPNOTSUPP)
        return ses_fail_errno(err, errno, "cannot write '%s'", path);
    return SES_OK;
}

/* What the first bytes say of a file that is no HDF5. */
static const char *describe(const unsigned char *head, size_t size)
{
    static const struct {
        const char *magic;
        size_t length;
        const char *name;
    } kinds[] = {
        { "PK\3\4", 4, "a zip archive (a PyTorch or Keras model?)" },
        { "\x89PNG", 4, "a PNG picture" },
        { "\xff\xd8\xff", 3, "a JPEG picture" },
        { "%PDF", 4, "a PDF document" },
        { "\x1f\x8b", 2, "gzip data" },
        { "<svg", 4, "an SVG picture" },
        { "<?xml", 5, "an XML document" },
    };
    if (size == 0)
        return "empty";
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (size >= kinds[i].length &&
            memcmp(head, kinds[i].magic, kinds[i].length) == 0)
            return kinds[i].name;
    for (size_t i = 0; i < size; i++)
        if (head[i] < 9 || head[i] == 127)
            return "not an HDF5 file";
    return "a text file";
}

static enum ses_status check_kind(const char *path,
                                  const struct ses_h5_kind *kind,
                                  struct ses_error *err)
{
    unsigned char head[256];
    /* Without O_NONBLOCK a pipe would be waited for. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return ses_fail_errno(err, errno, "cannot open '%s'", path);
    enum ses_status status = SES_OK;
    struct stat st;
    if (fstat(fd, &st) != 0) {
        status = ses_fail_errno(err, errno, "cannot read '%s'", path);
    } else if (!S_ISREG(st.st_mode)) {
        status =
            ses_fail(err, SES_EFORMAT, "'%s' is %s, expected %s", path,
                     S_ISDIR(st.st_mode) ? "a folder" : "no file", kind->name);
    } else if (H5Fis_hdf5(path) <= 0) {
        ssize_t size = read(fd, head, sizeof head);
        status = size < 0
                     ? ses_fail_errno(err, errno, "cannot read '%s'", path)
                     : ses_fail(err, SES_EFORMAT, "'%s' is %s, expected %s",
                                path, describe(head, (size_t)size), kind->name);
    }
    close(fd);
    return status;
}

/* Only a file that says it is of this kind, and of a schema we know, goes
 * further. */
static enum ses_status check_schema(hid_t file, const char *path,
                                    const struct ses_h5_kind *kind,
                                    struct ses_error *err)
{
    int64_t schema;
    char *mark = NULL;
    if (H5Aexists(file, "schema") <= 0) {
        bool keras = H5Aexists(file, "model_config") > 0 ||
                     H5Aexists(file, "layer_names") > 0 ||
                     H5Aexists(file, "keras_version") > 0;
        return ses_fail(err, SES_EFORMAT, "'%s' is %s, expected %s", path,
                        keras ? "a Keras model"
                              : "an HDF5 file of another kind",
                        kind->name);
    }
    enum ses_status status = ses_h5_get_text(file, "kind", "", &mark, err);
    if (status == SES_OK)
        status = ses_h5_get_int(file, "schema", 0, &schema, err);
    if (status != SES_OK) {
        ses_error_context(err, "'%s'", path);
    } else if (strcmp(mark, kind->mark) != 0) {
        const struct ses_h5_kind *other =
            strcmp(mark, ses_h5_ablation.mark) == 0 ? &ses_h5_ablation
            : *mark                                 ? NULL
                                                    : &ses_h5_record;
        status = ses_fail(err, SES_EFORMAT, "'%s' is %s, expected %s", path,
                          other ? other->name : "an HDF5 file of another kind",
                          kind->name);
    } else if (schema > kind->schema) {
        status = ses_fail(err, SES_EUNSUPPORTED,
                          "'%s' has schema %lld, this sescope knows up to %d: "
                          "update sescope",
                          path, (long long)schema, kind->schema);
    } else if (schema < 1) {
        status = ses_fail(err, SES_EFORMAT, "'%s' has schema %lld, expected 1",
                          path, (long long)schema);
    }
    free(mark);
    return status;
}

enum ses_status ses_h5_open_results(const char *path,
                                    const struct ses_h5_kind *kind,
                                    bool writing, hid_t *out,
                                    struct ses_error *err)
{
    hid_t access = ses_h5_access();
    hid_t file = H5I_INVALID_HID;
    *out = H5I_INVALID_HID;
    enum ses_status status = check_kind(path, kind, err);
    if (status != SES_OK)
        goto out;
    file = H5Fopen(path, writing ? H5F_ACC_RDWR : H5F_ACC_RDONLY, access);
    if (file < 0) {
        status = ses_h5_fail(err, "cannot open '%s'", path);
        goto out;
    }
    status = check_schema(file, path, kind, err);
    if (status == SES_OK && writing)
        status = ses_h5_lock(file, path, err);
out:
    if (status == SES_OK)
        *out = file;
    else
        ses_h5_close(file);
    ses_h5_close(access);
    return status;
}
