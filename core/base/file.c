/* See file.h. */
#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"

enum ses_status ses_file_map(const char *path, struct ses_file *out,
                             struct ses_error *err)
{
    memset(out, 0, sizeof *out);
    /* Without O_NONBLOCK a pipe would be waited for. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return ses_fail_errno(err, errno, "cannot open '%s'", path);
    enum ses_status status = SES_OK;
    struct stat st;
    if (fstat(fd, &st) != 0) {
        status = ses_fail_errno(err, errno, "cannot read '%s'", path);
    } else if (!S_ISREG(st.st_mode)) {
        status = ses_fail(err, SES_EIO, "'%s' is %s, expected a file", path,
                          S_ISDIR(st.st_mode) ? "a folder" : "a device");
    } else if (st.st_size > 0) {
        void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE,
                         fd, 0);
        if (map == MAP_FAILED) {
            status = ses_fail_errno(err, errno, "cannot read '%s'", path);
        } else {
            out->data = map;
            out->size = (size_t)st.st_size;
        }
    }
    close(fd);
    return status;
}

void ses_file_release(struct ses_file *file)
{
    if (file->data)
        munmap((void *)(uintptr_t)file->data, file->size);
    memset(file, 0, sizeof *file);
}

/* A page that is read brings those around it, which take memory as well:
 * Linux maps up to this much that lies together in its cache. */
enum { AROUND = 1 << 21 };

void ses_file_forget(const struct ses_file *file, const void *data,
                     size_t size)
{
    uintptr_t begin = (uintptr_t)file->data, at = (uintptr_t)data;
    if (at < begin || at - begin > file->size ||
        size > file->size - (at - begin))
        return;
    size_t first = at - begin, end = first + size;
    first = first < AROUND ? 0 : (first / AROUND - 1) * AROUND;
    end = file->size - end < AROUND ? file->size : end + AROUND;
    madvise((void *)(begin + first), end - first, MADV_DONTNEED);
}

/* A piece at a time, so that hashing a file does not fill memory with it. */
static bool add_file(EVP_MD_CTX *context, const struct ses_file *file)
{
    enum { PIECE = 1 << 20 };
    bool added = true;
    for (size_t at = 0; at < file->size && added; at += PIECE) {
        size_t left = file->size - at, n = left < PIECE ? left : PIECE;
        added = EVP_DigestUpdate(context, file->data + at, n);
        ses_file_forget(file, file->data + at, n);
    }
    return added;
}

enum ses_status ses_sha256(const struct ses_file *const *files, size_t count,
                           char out[65], struct ses_error *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool made = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL);
    for (size_t i = 0; i < count && made; i++)
        made = add_file(context, files[i]);
    made = made && EVP_DigestFinal_ex(context, digest, NULL);
    EVP_MD_CTX_free(context);
    if (!made)
        return ses_fail(err, SES_EIO, "the SHA-256 of the model failed");
    for (int i = 0; i < 32; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
    return SES_OK;
}

char *ses_temporary_name(const char *path)
{
    return ses_format("%s.%ld.tmp", path, (long)getpid());
}

enum ses_status ses_file_publish(const char *temporary, const char *path,
                                 struct ses_error *err)
{
    if (rename(temporary, path) == 0)
        return SES_OK;
    enum ses_status status =
        ses_fail_errno(err, errno, "cannot write '%s'", path);
    unlink(temporary);
    return status;
}

enum ses_status ses_file_write(const char *path, const void *data, size_t size,
                               struct ses_error *err)
{
    char *temporary = ses_temporary_name(path);
    if (!temporary)
        return ses_fail_memory(err, "a file name");
    enum ses_status status;
    FILE *file = fopen(temporary, "wbe");
    if (!file) {
        status = ses_fail_errno(err, errno, "cannot write '%s'", path);
        free(temporary);
        return status;
    }
    bool written = fwrite(data, 1, size, file) == size;
    int number = errno;
    if (fclose(file) != 0 && written) {
        written = false;
        number = errno;
    }
    if (written) {
        status = ses_file_publish(temporary, path, err);
    } else {
        unlink(temporary);
        status = ses_fail_errno(err, number, "cannot write '%s'", path);
    }
    free(temporary);
    return status;
}
