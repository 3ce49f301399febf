/* See foreign.h. */
#include "core/import/foreign.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "core/base/text.h"
#include "core/import/wire.h"

#define BYTES(text) text, sizeof text - 1

static const char unpack[] = "unpack it first";
static const char picture[] = "pictures belong in --images";
static const char again[] = "download the file again";
const char ses_foreign_arrays_advice[] =
    "put its arrays into a state_dict() of the network and torch.save() that";
static const char formats[] =
    "expected ONNX, Caffe (a .prototxt, and --weights), Keras (.h5, .keras), "
    "or a PyTorch or safetensors state dict";

struct magic {
    size_t at;
    const char *bytes;
    size_t length;
    const char *what, *advice;
};

static const struct magic magics[] = {
    { 0, BYTES("version https://git-lfs"), "a Git LFS pointer, not the file "
                                           "that it stands for",
      "fetch that with 'git lfs pull'" },
    { 0, BYTES("\x1f\x8b"), "compressed with gzip", unpack },
    { 0, BYTES("BZh"), "compressed with bzip2", unpack },
    { 0, BYTES("\xfd"
               "7zXZ"),
      "compressed with xz", unpack },
    { 0, BYTES("\x28\xb5\x2f\xfd"), "compressed with zstd", unpack },
    { 0, BYTES("7z\xbc\xaf\x27\x1c"), "a 7z archive", unpack },
    { 0, BYTES("Rar!"), "a rar archive", unpack },
    { 0, BYTES("\xff\xd8\xff"), "a JPEG picture", picture },
    { 0, BYTES("\x89PNG"), "a PNG picture", picture },
    { 8, BYTES("WEBP"), "a WebP picture", picture },
    { 0, BYTES("GIF8"), "a GIF picture", picture },
    { 0, BYTES("%PDF"), "a PDF document", formats },
    { 4, BYTES("TFL3"), "a TensorFlow Lite network",
      "save the Keras model, or convert the file: python -m tf2onnx.convert "
      "--tflite FILE --output model.onnx" },
    { 4, BYTES("ORTM"), "a network in ONNX Runtime's own format (ORT)",
      "open the .onnx file that it was made from" },
    { 0, BYTES("7767517\n"), "an ncnn network",
      "open the file that it was converted from" },
    { 0, BYTES("MATLAB "), "a MATLAB file", ses_foreign_arrays_advice },
    { 0, BYTES("\x93NUMPY"), "a NumPy array", ses_foreign_arrays_advice },
    { 0, BYTES("\x12\x01\0\0\0\0\0\0"), "an MXNet file of weights",
      "export the network to ONNX with mxnet.onnx.export_model" },
};

static bool has(const uint8_t *data, size_t size, const struct magic *magic)
{
    return size >= magic->at && size - magic->at >= magic->length &&
           memcmp(data + magic->at, magic->bytes, magic->length) == 0;
}

static void tell(struct ses_foreign *out, const char *what, const char *advice)
{
    snprintf(out->what, sizeof out->what, "%s", what);
    out->advice = advice;
}

/* ---- TensorFlow ---------------------------------------------------------- */

/* Whether field 1 of a message is bytes: a string or another message. */
static bool begins_with_bytes(const uint8_t *data, size_t size,
                              struct ses_wire_field *field)
{
    struct ses_wire wire = ses_wire(data, size);
    return ses_wire_next(&wire, field) && field->number == 1 &&
           field->type == SES_WIRE_BYTES;
}

/* A GraphDef is a list of nodes, each a name and then an operation. */
static bool is_frozen_graph(const uint8_t *data, size_t size)
{
    struct ses_wire_field node, name;
    if (!begins_with_bytes(data, size, &node) ||
        !begins_with_bytes(node.data, node.size, &name))
        return false;
    struct ses_wire rest = ses_wire(node.data + name.whole_size,
                                    node.size - name.whole_size);
    return ses_wire_next(&rest, &name) && name.number == 2 &&
           name.type == SES_WIRE_BYTES;
}

/* Version 1 and a MetaGraphDef, in whose front its description is. */
static bool is_saved_model(const uint8_t *data, size_t size)
{
    struct ses_wire wire = ses_wire(data, size);
    struct ses_wire_field field, inner;
    return ses_wire_next(&wire, &field) && field.number == 1 &&
           field.type == SES_WIRE_VARINT && field.value == 1 &&
           ses_wire_next(&wire, &field) && field.number == 2 &&
           begins_with_bytes(field.data, field.size, &inner);
}

/* ---- text ---------------------------------------------------------------- */

/* The first line that is not blank, cut short; false when it is no text. */
static bool first_line(const uint8_t *data, size_t size, char *out,
                       size_t room)
{
    size_t start = 0, length = 0;
    size_t looked_at = size < 512 ? size : 512;
    for (size_t i = 0; i < looked_at; i++)
        if ((data[i] < ' ' && !isspace(data[i])) || data[i] == 0x7f)
            return false;
    while (start < looked_at && isspace(data[start]))
        start++;
    while (start + length < looked_at && length + 1 < room &&
           data[start + length] != '\n' && data[start + length] != '\r') {
        uint8_t c = data[start + length];
        out[length++] = c < 0x7f && c >= ' ' ? (char)c : '?';
    }
    out[length] = '\0';
    return length > 0;
}

static const char *find_word(const char *text, const char *end,
                             const char *word)
{
    size_t length = strlen(word);
    for (; end - text >= (ptrdiff_t)length; text++)
        if (strncasecmp(text, word, length) == 0)
            return text;
    return NULL;
}

/* What a browser would show above the page; an empty string for none. */
static void find_title(const uint8_t *data, size_t size, char *out,
                       size_t room)
{
    const char *text = (const char *)data;
    const char *end = text + (size < 4096 ? size : 4096);
    const char *title = find_word(text, end, "<title>");
    *out = '\0';
    if (!title)
        return;
    title += strlen("<title>");
    const char *stop = memchr(title, '<', (size_t)(end - title));
    if (stop)
        (void)first_line((const uint8_t *)title, (size_t)(stop - title), out,
                         room);
}

static void tell_text(const uint8_t *data, size_t size, const char *line,
                      struct ses_foreign *out)
{
    char title[80];
    if (strncasecmp(line, "<!doctype html", 14) == 0 ||
        strncasecmp(line, "<html", 5) == 0) {
        find_title(data, size, title, sizeof title);
        tell(out, "a web page", again);
        if (*title)
            snprintf(out->what, sizeof out->what, "a web page ('%s')", title);
        return;
    }
    const char *end = (const char *)data + (size < 4096 ? size : 4096);
    if (*line == '<' && find_word((const char *)data, end, "<net "))
        tell(out, "an OpenVINO network",
             "open the file that it was converted from");
    else if (*line == '<')
        tell(out, "an XML document, as servers answer errors with", again);
    else {
        snprintf(out->what, sizeof out->what, "text that begins '%s'", line);
        out->advice = formats;
    }
}

/* ---- all of them --------------------------------------------------------- */

void ses_foreign_tell(const uint8_t *data, size_t size,
                      struct ses_foreign *out)
{
    char line[64];
    if (size == 0) {
        tell(out, "an empty file", again);
        return;
    }
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (has(data, size, &magics[i])) {
            tell(out, magics[i].what, magics[i].advice);
            return;
        }
    if (is_saved_model(data, size))
        tell(out, "a TensorFlow SavedModel",
             "save the Keras model, or convert the folder: python -m "
             "tf2onnx.convert --saved-model FOLDER --output model.onnx");
    else if (is_frozen_graph(data, size))
        tell(out, "a frozen TensorFlow graph",
             "convert it: python -m tf2onnx.convert --graphdef FILE --inputs "
             "NAME:0 --outputs NAME:0 --output model.onnx");
    else if (first_line(data, size, line, sizeof line))
        tell_text(data, size, line, out);
    else {
        snprintf(out->what, sizeof out->what, "%zu bytes of no known format",
                 size);
        out->advice = formats;
    }
}

/* Files by which a folder is known, and are what is meant by it. */
static const char *const members[] = {
    "model.safetensors", "pytorch_model.bin", "model.onnx", "model.keras",
    "model.h5",
};

static bool is_in(const char *folder, const char *name, struct stat *st)
{
    char *path = ses_format("%s/%s", folder, name);
    bool there = path && stat(path, st) == 0;
    free(path);
    return there;
}

enum ses_status ses_foreign_folder(const char *path, enum ses_status status,
                                   struct ses_error *err)
{
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return status;
    if (is_in(path, "saved_model.pb", &st))
        return ses_fail(err, SES_EUNSUPPORTED,
                        "'%s' is a TensorFlow SavedModel; save the Keras model "
                        "(model.save('x.keras')), or convert it: python -m "
                        "tf2onnx.convert --saved-model '%s' --output "
                        "model.onnx",
                        path, path);
    if (is_in(path, "data.pkl", &st))
        return ses_fail(err, SES_EUNSUPPORTED,
                        "'%s' is a PyTorch checkpoint that was unpacked; open "
                        "the file that it was unpacked from, which need not "
                        "be unpacked",
                        path);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (is_in(path, members[i], &st))
            return ses_fail(err, SES_EUSAGE,
                            "'%s' is a folder; say the network's file: "
                            "'%s/%s'",
                            path, path, members[i]);
    return status;
}
