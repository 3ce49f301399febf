/* core/import/state: damaged and hostile files. Run under sanitizers this is a
 * small fuzzer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/import/state.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/test-state.h"

struct bytes {
    uint8_t *data;
    size_t size;
};

static struct bytes load(const char *name)
{
    struct bytes bytes;
    bytes.data = (uint8_t *)read_file(state_path(name), &bytes.size);
    return bytes;
}

static char scratch[] = "test-state.XXXXXX";

static int open_scratch(const struct bytes *bytes)
{
    memcpy(scratch + sizeof scratch - 7, "XXXXXX", 6);
    int fd = mkstemp(scratch);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes->data, bytes->size, 0), bytes->size);
    return fd;
}

static void close_scratch(int fd)
{
    close(fd);
    unlink(scratch);
}

/* Sum up a file by all that families can see of it; 0 when it does not open,
 * which must have a reason. */
static uint64_t digest_scratch(struct ses_error *err)
{
    struct ses_state *state;
    memset(err, 0, sizeof *err);
    uint64_t sum = 1469598103934665603u;
    if (ses_state_open(scratch, NULL, &state, err)) {
        assert_true(strlen(err->message) > sizeof scratch + 2);
        return 0;
    }
    for (size_t i = 0; i < state->count; i++) {
        struct ses_entry *entry = &state->entries[i];
        struct ses_tensor *tensor = NULL;
        if (ses_state_take(state, entry, &tensor, err)) {
            sum = sum * 31 + (uint64_t)entry->dtype;
            continue;
        }
        for (size_t k = 0; k < tensor->count; k++) {
            uint32_t bits;
            memcpy(&bits, &tensor->data[k], sizeof bits);
            sum = (sum ^ bits) * 1099511628211u;
        }
        ses_tensor_free(tensor);
    }
    ses_state_free(state);
    return sum ? sum : 1;
}

static const char *const samples[] = {
    "types.pth",        "training.pth",           "deflated.pth",
    "hand.pth",         "protocol4.pth",          "types-legacy.pth",
    "views-legacy.pth", "training-legacy.pth",    "protocol1-legacy.pth",
    "view-legacy.pth",  "safe-types.safetensors",
};
enum { SAMPLES = sizeof samples / sizeof *samples };

void files_cut_anywhere_are_refused(void **unused)
{
    struct ses_error err;
    for (int i = 0; i < SAMPLES; i++) {
        struct bytes bytes = load(samples[i]);
        int fd = open_scratch(&bytes);
        assert_true(digest_scratch(&err) != 0);
        for (size_t size = bytes.size; size-- > 0;) {
            assert_int_equal(ftruncate(fd, (off_t)size), 0);
            if (digest_scratch(&err) != 0)
                fail_msg("%s opens with %zu of its %zu bytes", samples[i], size,
                         bytes.size);
        }
        close_scratch(fd);
        free(bytes.data);
    }
}

/* A zip archive has checksums: what opens must be what was written. */
void flipped_bytes_do_no_harm(void **unused)
{
    uint32_t random = 12345;
    struct ses_error err;
    for (int i = 0; i < SAMPLES; i++) {
        struct bytes bytes = load(samples[i]);
        int fd = open_scratch(&bytes);
        uint64_t whole = digest_scratch(&err);
        bool has_sums = memcmp(bytes.data, "PK", 2) == 0;
        for (int flips = 0; flips < 600; flips++) {
            random = random * 1664525u + 1013904223u;
            size_t at = (random >> 8) % bytes.size;
            uint8_t byte = bytes.data[at] ^ (uint8_t)(1u << (random >> 5) % 8);
            if (flips % 3 == 0)
                byte = (uint8_t)(bytes.data[at] ^ (1 + (random >> 4) % 255));
            assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
            uint64_t found = digest_scratch(&err);
            if (has_sums && found && found != whole)
                fail_msg("%s reads otherwise with byte %zu as %02x", samples[i],
                         at, byte);
            assert_int_equal(pwrite(fd, &bytes.data[at], 1, (off_t)at), 1);
        }
        assert_true(digest_scratch(&err) == whole);
        close_scratch(fd);
        free(bytes.data);
    }
}

static void expect_damage(const struct bytes *bytes, const char *words)
{
    struct ses_error err;
    int fd = open_scratch(bytes);
    assert_true(digest_scratch(&err) == 0);
    SAYS(words);
    close_scratch(fd);
}

void damage_is_told_with_its_place(void **unused)
{
    struct bytes bytes = load("types.pth");
    size_t size = bytes.size;
    char words[256];
    bytes.size = size / 2;
    snprintf(words, sizeof words,
             "cut short: %zu bytes without the "
             "end-of-central-directory record of a zip archive, expected at "
             "byte %zu or later",
             size / 2, size / 2 - 22);
    expect_damage(&bytes, words);
    bytes.size = size - 1;
    snprintf(words, sizeof words,
             "cut short: %zu bytes, the "
             "end-of-central-directory record of the zip archive at byte %zu "
             "needs 22",
             size - 1, size - 22);
    expect_damage(&bytes, words);
    bytes.size = size;
    const uint8_t brain[] = { 0x49, 0x40 }; /* the last of 'bf16' */
    uint8_t *at = memmem(bytes.data, size, brain, sizeof brain);
    assert_non_null(at);
    *at ^= 1;
    expect_damage(&bytes, "tensor 'bf16': member 'archive/data/2' of the zip "
                          "archive cannot be read: CRC error");
    *at ^= 1;
    free(bytes.data);

    bytes = load("hand.pth");
    const char sum[] = "PK\1\2"; /* the directory's first entry, its CRC */
    at = memmem(bytes.data, bytes.size, sum, 4);
    at[16] ^= 1;
    expect_damage(&bytes, "member 'archive/data.pkl' of the zip archive "
                          "cannot be read: CRC error");
    at[16] ^= 1;
    bytes.data[bytes.size - 4] ^= 1; /* where the directory begins */
    snprintf(words, sizeof words,
             "damaged: %zu bytes with an "
             "end-of-central-directory record at byte %zu that places a "
             "directory of %zu bytes at byte %zu",
             bytes.size, bytes.size - 22,
             bytes.size - 22 - (size_t)(at - bytes.data),
             (size_t)(at - bytes.data) + 65536);
    expect_damage(&bytes, words);
    free(bytes.data);

    bytes = load("view-legacy.pth");
    snprintf(words, sizeof words,
             "cut short: %zu bytes, storage '7' at byte "
             "%zu should have 6 elements of float32",
             bytes.size - 1, bytes.size - 32);
    bytes.size--;
    expect_damage(&bytes, words);
    free(bytes.data);
}
