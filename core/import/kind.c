/* What a file is, told by its bytes: extensions lie and change. */
#include <ctype.h>
#include <string.h>

#include "core/import/reader.h"
#include "core/import/wire.h"

static bool begins(const uint8_t *data, size_t size, const char *magic,
                   size_t length)
{
    return size >= length && memcmp(data, magic, length) == 0;
}

/* The first pickle of an old container is one number, written by whichever
 * protocol; protocol 4 puts a frame around it. */
size_t ses_torch_legacy_magic(const uint8_t *data, size_t size)
{
    static const char digits[] = "L119547037146038801333356L\n.";
    static const char number[] = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8"
                                 "\x50\x19.";
    if (begins(data, size, digits, sizeof digits - 1))
        return sizeof digits - 1;
    if (size < 2 || data[0] != 0x80)
        return 0;
    size_t at = 2;
    if (size > at + 9 && data[at] == 0x95)
        at += 9;
    if (!begins(data + at, size - at, number, sizeof number - 1))
        return 0;
    return at + sizeof number - 1;
}

/* ONNX's ModelProto begins with the number ir_version where Caffe's
 * NetParameter has the string name; a graph (7) or layers (2, 100) must
 * follow. The last field looked at may be cut off: its reader says so. */
static enum ses_file_kind protobuf_kind(const uint8_t *data, size_t size)
{
    bool version = false, caffe_name = false, whole = true;
    struct ses_wire wire = ses_wire(data, size);
    struct ses_wire_field field = { 0 };
    for (int fields = 0; fields < 64 && whole; fields++) {
        whole = ses_wire_next(&wire, &field);
        bool bytes = field.type == SES_WIRE_BYTES;
        if ((!whole && !wire.damaged) ||
            (!bytes && field.type != SES_WIRE_VARINT))
            break;
        if (field.number == 1 && !bytes)
            version = true;
        if (field.number == 1 && bytes)
            caffe_name = true;
        if (version && field.number == 7 && bytes)
            return SES_FILE_ONNX;
        if (caffe_name && (field.number == 2 || field.number == 100) && bytes)
            return SES_FILE_CAFFEMODEL;
    }
    return SES_FILE_UNKNOWN;
}

/* Text whose first word, after comments, is a field: `name: "x"`, `layer {`. */
static bool is_prototxt(const uint8_t *data, size_t size)
{
    size_t at = begins(data, size, "\xef\xbb\xbf", 3) ? 3 : 0;
    while (at < size && (isspace(data[at]) || data[at] == '#')) {
        if (data[at] == '#')
            while (at < size && data[at] != '\n')
                at++;
        else
            at++;
    }
    size_t word = at;
    while (at < size && (isalnum(data[at]) || data[at] == '_'))
        at++;
    if (at == word || !isalpha(data[word]))
        return false;
    while (at < size && (data[at] == ' ' || data[at] == '\t'))
        at++;
    if (at == size || (data[at] != ':' && data[at] != '{'))
        return false;
    size_t looked_at = size < 4096 ? size : 4096;
    return !memchr(data, '\0', looked_at);
}

/* An archive whose first member is one of Keras 3's three. */
static bool is_keras_zip(const uint8_t *data, size_t size)
{
    enum { NAME_LENGTH_AT = 26, NAME_AT = 30 };
    static const char *const members[] = { "metadata.json", "config.json",
                                           "model.weights.h5" };
    if (size < NAME_AT || !begins(data, size, "PK\3\4", 4))
        return false;
    size_t length = data[NAME_LENGTH_AT] + 256u * data[NAME_LENGTH_AT + 1];
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (length == strlen(members[i]) &&
            begins(data + NAME_AT, size - NAME_AT, members[i], length))
            return true;
    return false;
}

const char *ses_file_kind_text(enum ses_file_kind kind)
{
    static const char *const texts[] = {
        [SES_FILE_TORCH_ZIP] = "a PyTorch checkpoint, or another zip archive",
        [SES_FILE_KERAS_ZIP] = "a Keras archive",
        [SES_FILE_TORCH_LEGACY] = "a PyTorch checkpoint",
        [SES_FILE_SAFETENSORS] = "a safetensors file",
        [SES_FILE_HDF5] = "an HDF5 file",
        [SES_FILE_ONNX] = "an ONNX network",
        [SES_FILE_PROTOTXT] = "a .prototxt, or other text",
        [SES_FILE_CAFFEMODEL] = "a .caffemodel",
        [SES_FILE_TAR] = "a tar archive",
        [SES_FILE_PICKLE] = "a pickle",
        [SES_FILE_UNKNOWN] = NULL,
    };
    return texts[kind];
}

enum ses_file_kind ses_file_kind(const uint8_t *data, size_t size)
{
    if (is_keras_zip(data, size))
        return SES_FILE_KERAS_ZIP;
    if (begins(data, size, "PK\3\4", 4) || begins(data, size, "PK\5\6", 4))
        return SES_FILE_TORCH_ZIP;
    if (ses_torch_legacy_magic(data, size))
        return SES_FILE_TORCH_LEGACY;
    if (begins(data, size, "\x89HDF\r\n\x1a\n", 8))
        return SES_FILE_HDF5;
    if (size > 262 && begins(data + 257, size - 257, "ustar", 5))
        return SES_FILE_TAR;
    if (size >= 10 && data[8] == '{' &&
        (data[9] == '"' || data[9] == '}' || isspace(data[9])))
        return SES_FILE_SAFETENSORS;
    if (size >= 2 && data[0] == 0x80 && data[1] <= 5)
        return SES_FILE_PICKLE;
    if (is_prototxt(data, size))
        return SES_FILE_PROTOTXT;
    return protobuf_kind(data, size);
}
