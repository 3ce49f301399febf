/* See set-build.h: folders of class folders (torchvision's ImageFolder), and
 * folders of pictures whose names start with a wnid. */
#include "core/images/set-build.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/images/names.h"
#include "core/images/order.h"

/* A folder with its files, at any depth below a class folder. */
struct branch {
    char *path; /* relative to the root */
    char **files;
    size_t n_files;
};

struct walk {
    struct ses_set_build *build;
    struct branch *branches;
    size_t n_branches, branch_room;
    size_t n_others;   /* files that are no pictures */
    char *first_other;
    char *loop;        /* a link to a folder it is in, or NULL */
    char *hidden;      /* a folder left out for its name, or NULL */
    char *dangling;    /* a link that leads nowhere, or NULL */
    struct ses_text empty; /* the first classes without pictures */
    size_t n_empty;
    bool direct;       /* some picture lies in a class folder itself */
};

/* The folders around a folder, innermost first. */
struct parent {
    uint64_t device, inode;
    const struct parent *up;
};

static void release_branches(struct walk *walk)
{
    for (size_t i = 0; i < walk->n_branches; i++) {
        struct branch *branch = &walk->branches[i];
        for (size_t j = 0; j < branch->n_files; j++)
            free(branch->files[j]);
        free(branch->files);
        free(branch->path);
    }
    walk->n_branches = 0;
}

/* Remember the first of its kind as "folder/name". */
static enum ses_status remember(char **slot, const char *folder,
                                const char *name, struct ses_error *err)
{
    if (*slot || !name)
        return SES_OK;
    *slot = *folder ? ses_format("%s/%s", folder, name) : strdup(name);
    return *slot ? SES_OK : ses_fail_memory(err, "a path");
}

/* Collect the folder at path, and those below it. */
static enum ses_status collect(struct walk *walk, const char *path,
                               const struct parent *up, struct ses_error *err)
{
    enum ses_status status = SES_OK;
    struct ses_listing list = { 0 };
    char *full = ses_format("%s/%s", walk->build->set->root, path);
    if (!full)
        return ses_fail_memory(err, "a path");
    status = ses_listing_read(full, &list, err);
    if (status)
        goto out;
    for (const struct parent *p = up; p; p = p->up) {
        if (p->device == list.device && p->inode == list.inode) {
            status = remember(&walk->loop, "", path, err);
            goto out;
        }
    }
    struct branch *grown = ses_grow(walk->branches, walk->n_branches,
                                    &walk->branch_room,
                                    sizeof *walk->branches);
    if (!grown) {
        status = ses_fail_memory(err, "the list of images");
        goto out;
    }
    walk->branches = grown;
    char *kept = strdup(path);
    if (!kept) {
        status = ses_fail_memory(err, "a path");
        goto out;
    }
    grown[walk->n_branches++] =
        (struct branch){ kept, list.files, list.n_files };
    list.files = NULL;
    list.n_files = 0;
    status = remember(&walk->hidden, path, list.hidden, err);
    if (!status)
        status = remember(&walk->dangling, path, list.dangling, err);

    struct parent here = { list.device, list.inode, up };
    for (size_t i = 0; i < list.n_folders && !status; i++) {
        char *below = ses_format("%s/%s", path, list.folders[i]);
        status = below ? collect(walk, below, &here, err)
                       : ses_fail_memory(err, "a path");
        free(below);
    }
out:
    ses_listing_release(&list);
    free(full);
    return status;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct branch *)a)->path,
                  ((const struct branch *)b)->path);
}

static enum ses_status add_class(struct walk *walk, const char *name,
                                 const struct parent *up,
                                 struct ses_error *err)
{
    struct ses_set *set = walk->build->set;
    size_t before = set->n_items;
    int class = (int)set->n_classes;
    enum ses_status status =
        ses_build_class(walk->build, strdup(name), -1, err);
    if (!status)
        status = collect(walk, name, up, err);
    if (!status && walk->n_branches)
        qsort(walk->branches, walk->n_branches, sizeof *walk->branches,
              by_path);
    for (size_t i = 0; i < walk->n_branches && !status; i++) {
        const struct branch *branch = &walk->branches[i];
        for (size_t j = 0; j < branch->n_files && !status; j++) {
            const char *file = branch->files[j];
            if (ses_is_picture(file)) {
                status = ses_build_item(
                    walk->build, ses_format("%s/%s", branch->path, file),
                    class, 0, err);
                walk->direct |= strcmp(branch->path, name) == 0;
            } else {
                walk->n_others++;
                status = remember(&walk->first_other, branch->path, file,
                                  err);
            }
        }
    }
    release_branches(walk);
    if (!status && set->n_items == before && walk->n_empty++ < 5)
        ses_text_add(&walk->empty, "%s'%s'",
                     walk->n_empty > 1 ? ", " : "", name);
    return status;
}

/* Folders named train, val and the like hold sets; they are no classes. */
static bool holds_splits(const struct ses_listing *list)
{
    static const char *const splits[] = { "train", "training", "val",
                                          "valid", "validation", "test",
                                          "testing" };
    for (size_t i = 0; i < list->n_folders; i++) {
        size_t j = 0, n = sizeof splits / sizeof *splits;
        while (j < n && strcmp(list->folders[i], splits[j]) != 0)
            j++;
        if (j == n)
            return false;
    }
    return true;
}

/* Whether output i would be another class if numbers were put in order. */
static enum ses_status note_numbers(struct ses_set *set,
                                    const struct ses_set_options *opt,
                                    struct ses_error *err)
{
    if (opt->folder_order != SES_FOLDER_BYTES)
        return SES_OK;
    for (size_t i = 0; i < set->n_classes; i++)
        if (!ses_is_number(set->classes[i].id))
            return SES_OK;
    for (size_t i = 1; i < set->n_classes; i++)
        if (ses_order_numeric(set->classes[i - 1].id,
                              set->classes[i].id) > 0)
            return ses_set_note(
                set, err,
                "all class names are integers and sort as text ('%s' before "
                "'%s'), as torchvision does; --folder-order numeric (or "
                "natural, as timm does) sorts them by value",
                set->classes[i - 1].id, set->classes[i].id);
    return ses_set_note(set, err, "all class names are integers; as text and "
                        "by value they sort alike");
}

static enum ses_status note_oddities(const struct walk *walk,
                                     const struct ses_listing *list,
                                     struct ses_error *err)
{
    struct ses_set *set = walk->build->set;
    enum ses_status status = SES_OK;
    size_t beside = 0;
    for (size_t i = 0; i < list->n_files; i++)
        beside += ses_is_picture(list->files[i]);
    if (beside)
        status = ses_set_note(set, err, "%zu picture%s beside the class "
                              "folders %s left out", beside,
                              beside == 1 ? "" : "s",
                              beside == 1 ? "is" : "are");
    if (!status && walk->n_others)
        status = ses_set_note(set, err, "%zu file%s without a picture's "
                              "extension left out ('%s'%s)", walk->n_others,
                              walk->n_others == 1 ? "" : "s",
                              walk->first_other,
                              walk->n_others == 1 ? "" : ", ...");
    if (!status && walk->empty.failed)
        status = ses_fail_memory(err, "a note");
    if (!status && walk->n_empty)
        status = ses_set_note(set, err, "%zu class folder%s without pictures, "
                              "kept as class%s: %s%s", walk->n_empty,
                              walk->n_empty == 1 ? "" : "s",
                              walk->n_empty == 1 ? "" : "es",
                              walk->empty.data,
                              walk->n_empty > 5 ? ", ..." : "");
    if (!status && walk->hidden)
        status = ses_set_note(set, err, "hidden folder '%s' is left out",
                              walk->hidden);
    if (!status && walk->dangling)
        status = ses_set_note(set, err, "link '%s' leads nowhere, left out",
                              walk->dangling);
    if (!status && walk->loop)
        status = ses_set_note(set, err, "link '%s' leads to a folder it is "
                              "in, left out", walk->loop);
    if (!status && !walk->direct)
        status = ses_set_note(set, err, "no class folder holds pictures "
                              "itself, only folders of them: is the set one "
                              "level down?");
    return status;
}

static enum ses_status fill_classes(struct ses_set_build *build,
                                    struct ses_listing *list,
                                    const struct ses_set_options *opt,
                                    struct ses_error *err)
{
    struct ses_set *set = build->set;
    struct walk walk = { .build = build };
    enum ses_status status = ses_order_names(list->folders, list->n_folders,
                                             opt->folder_order, err);
    struct parent top = { list->device, list->inode, NULL };
    if (!status)
        status = remember(&walk.hidden, "", list->hidden, err);
    if (!status)
        status = remember(&walk.dangling, "", list->dangling, err);
    for (size_t i = 0; i < list->n_folders && !status; i++)
        status = add_class(&walk, list->folders[i], &top, err);
    if (!status && set->n_items == 0)
        status = ses_fail(err, SES_EFORMAT, "'%s': %zu class folder%s, but no "
                          "picture (.jpg, .jpeg, .png, .webp) in %s",
                          set->root, set->n_classes,
                          set->n_classes == 1 ? "" : "s",
                          set->n_classes == 1 ? "it" : "them");
    if (!status && !walk.direct && holds_splits(list))
        status = ses_fail(err, SES_EUSAGE, "'%s' holds whole sets, not "
                          "classes; name one of them: '%s/%s'", set->root,
                          set->root, list->folders[0]);
    if (!status)
        status = note_numbers(set, opt, err);
    if (!status)
        status = note_oddities(&walk, list, err);
    release_branches(&walk);
    free(walk.branches);
    free(walk.first_other);
    free(walk.loop);
    free(walk.hidden);
    free(walk.dangling);
    ses_text_release(&walk.empty);
    return status;
}

/* The length of a flat picture's class, its wnid before the first '_'; 0 for
 * other names. */
static size_t flat_class(const char *file)
{
    return ses_wnid_length(file) && file[SES_WNID_LENGTH] == '_'
               ? SES_WNID_LENGTH
               : 0;
}

static enum ses_status fill_flat(struct ses_set_build *build,
                                 const struct ses_listing *list,
                                 struct ses_error *err)
{
    struct ses_set *set = build->set;
    enum ses_status status = SES_OK;
    size_t others = 0;
    const char *other = NULL;
    for (size_t i = 0; i < list->n_files && !status; i++) {
        const char *file = list->files[i];
        if (!ses_is_picture(file)) {
            other = other ? other : file;
            others++;
            continue;
        }
        size_t length = flat_class(file);
        if (!length)
            return ses_fail(err, SES_EUSAGE,
                            "'%s' holds pictures but no class folders, and "
                            "the name '%s' does not start with a class "
                            "('n01443537_...'); give a list file with a line "
                            "'PATH LABEL' a picture, and --image-root '%s'",
                            set->root, file, set->root);
        /* Files are sorted, so those of a wnid are neighbours. */
        if (!set->n_classes ||
            strncmp(set->classes[set->n_classes - 1].id, file, length) != 0)
            status = ses_build_class(build, strndup(file, length), -1, err);
        if (!status)
            status = ses_build_item(build, strdup(file),
                                    (int)set->n_classes - 1, 0, err);
    }
    if (!status && set->n_items == 0)
        return ses_fail(err, SES_EFORMAT,
                        "'%s' holds neither class folders nor pictures "
                        "(.jpg, .jpeg, .png, .webp)", set->root);
    if (!status && others)
        status = ses_set_note(set, err, "%zu file%s without a picture's "
                              "extension left out ('%s'%s)", others,
                              others == 1 ? "" : "s", other,
                              others == 1 ? "" : ", ...");
    return status;
}

static enum ses_status fill_pair(struct ses_set_build *build,
                                 const char *images, const char *labels,
                                 bool several,
                                 const struct ses_set_options *opt,
                                 struct ses_error *err)
{
    char *image_path = ses_format("%s/%s", build->set->root, images);
    char *label_path = ses_format("%s/%s", build->set->root, labels);
    enum ses_status status;
    if (!image_path || !label_path)
        status = ses_fail_memory(err, "a path");
    else
        status = ses_idx_fill(build, image_path, label_path, opt, err);
    if (!status && several)
        status = ses_set_note(build->set, err, "of several IDX pairs in '%s' "
                              "this is '%s' and '%s'; idx:IMAGES,LABELS names "
                              "another", build->set->root, images, labels);
    free(image_path);
    free(label_path);
    return status;
}

enum ses_status ses_folder_fill(struct ses_set_build *build, const char *path,
                                const struct ses_set_options *opt,
                                struct ses_error *err)
{
    struct ses_listing list = { 0 };
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    build->set->root = strndup(path, length);
    if (!build->set->root)
        return ses_fail_memory(err, "a path");
    enum ses_status status = ses_listing_read(path, &list, err);
    if (status)
        return status;

    const char *images = NULL, *labels = NULL;
    bool several = false;
    status = ses_idx_find(list.files, list.n_files, &images, &labels,
                          &several, err);
    if (status == SES_OK)
        status = fill_pair(build, images, labels, several, opt, err);
    else if (status == SES_ENOTFOUND && list.n_folders)
        status = fill_classes(build, &list, opt, err);
    else if (status == SES_ENOTFOUND)
        status = fill_flat(build, &list, err);
    else
        status = ses_error_context(err, "'%s'", path);
    ses_listing_release(&list);
    return status;
}
