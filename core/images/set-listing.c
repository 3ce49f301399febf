/* See set-build.h: what is in a directory, in an order of our own. */
#include "core/images/set-build.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "core/base/alloc.h"
#include "core/images/order.h"

/* torchvision's list, so that item i here is item i there. */
bool ses_is_picture(const char *name)
{
    static const char *const endings[] = { ".jpg", ".jpeg", ".png", ".ppm",
                                           ".bmp", ".pgm", ".tif", ".tiff",
                                           ".webp" };
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i]);
        if (length >= n && strcasecmp(name + length - n, endings[i]) == 0)
            return true;
    }
    return false;
}

enum kind { KIND_FILE, KIND_FOLDER, KIND_DANGLING, KIND_OTHER };

/* The directory says what most entries are; only links are asked about. */
static enum kind kind_of(int directory, const struct dirent *entry)
{
    if (entry->d_type == DT_REG)
        return KIND_FILE;
    if (entry->d_type == DT_DIR)
        return KIND_FOLDER;
    if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN)
        return KIND_OTHER;
    struct stat st;
    if (fstatat(directory, entry->d_name, &st, 0) != 0)
        return KIND_DANGLING;
    return S_ISDIR(st.st_mode)   ? KIND_FOLDER
           : S_ISREG(st.st_mode) ? KIND_FILE
                                 : KIND_OTHER;
}

/* Keep the first by name, so that a note does not depend on the directory. */
static bool keep_first(char **slot, const char *name)
{
    if (*slot && strcmp(*slot, name) <= 0)
        return true;
    char *copy = strdup(name);
    if (!copy)
        return false;
    free(*slot);
    *slot = copy;
    return true;
}

static bool keep_name(char ***names, size_t *count, size_t *room,
                      const char *name)
{
    char **grown = ses_grow(*names, *count, room, sizeof **names);
    if (!grown)
        return false;
    *names = grown;
    grown[*count] = strdup(name);
    return grown[*count] && ++*count;
}

enum ses_status ses_listing_read(const char *path, struct ses_listing *out,
                                 struct ses_error *err)
{
    struct ses_listing list = { 0 };
    size_t file_room = 0, folder_room = 0;
    enum ses_status status = SES_OK;
    struct stat st;
    DIR *directory = opendir(path);
    if (!directory || fstat(dirfd(directory), &st) != 0) {
        status = ses_fail_errno(err, errno, "cannot list folder '%s'", path);
        goto out;
    }
    list.device = (uint64_t)st.st_dev;
    list.inode = (uint64_t)st.st_ino;
    const struct dirent *entry;
    while (errno = 0, (entry = readdir(directory))) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        enum kind kind = kind_of(dirfd(directory), entry);
        bool kept = true;
        if (name[0] == '.')
            kept = kind != KIND_FOLDER || keep_first(&list.hidden, name);
        else if (kind == KIND_FOLDER)
            kept = keep_name(&list.folders, &list.n_folders, &folder_room,
                             name);
        else if (kind == KIND_FILE || ses_is_picture(name))
            kept = keep_name(&list.files, &list.n_files, &file_room, name);
        else if (kind == KIND_DANGLING)
            kept = keep_first(&list.dangling, name);
        if (!kept) {
            status = ses_fail_memory(err, "the list of images");
            goto out;
        }
    }
    if (errno) {
        status = ses_fail_errno(err, errno, "cannot list folder '%s'", path);
        goto out;
    }
    status = ses_order_names(list.files, list.n_files, SES_FOLDER_BYTES, err);
    if (!status)
        status = ses_order_names(list.folders, list.n_folders,
                                 SES_FOLDER_BYTES, err);
    if (status)
        goto out;
    *out = list;
    list = (struct ses_listing){ 0 };
out:
    ses_listing_release(&list);
    if (directory)
        closedir(directory);
    return status;
}

void ses_listing_release(struct ses_listing *listing)
{
    for (size_t i = 0; i < listing->n_files; i++)
        free(listing->files[i]);
    for (size_t i = 0; i < listing->n_folders; i++)
        free(listing->folders[i]);
    free(listing->files);
    free(listing->folders);
    free(listing->hidden);
    free(listing->dangling);
    *listing = (struct ses_listing){ 0 };
}
