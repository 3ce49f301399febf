/* The names a checkpoint may mention, and what each amounts to. Whatever is
 * not here is refused; nothing here is ever run.
 *
 * Adding one: a line in the table. Only what makes tensors needs a role of
 * its own in pickle-calls.c; what merely stands in real checkpoints beside
 * the weights (options, metrics, dates) is opaque. */
#include <string.h>

#include "core/import/pickle-machine.h"
#include "core/import/state.h"

#define OPAQUE(module, name) \
    { module, name, SES_PICKLE_CALL_OPAQUE, NULL, { 0 } }
#define BUILTIN(name) OPAQUE("__builtin__", name), OPAQUE("builtins", name)
#define DICT(module, name) { module, name, SES_PICKLE_CALL_DICT, NULL, { 0 } }
#define ROLE(role, module, name) { module, name, role, NULL, { 0 } }
#define OTHER(name, words) \
    { "torch._utils", name, SES_PICKLE_CALL_OTHER_TENSOR, words, { 0 } }
#define STORAGE(name, type, dtype, size) \
    { "torch", name, SES_PICKLE_STORAGE_TYPE, NULL, { type, dtype, size } }, \
    { "torch.cuda", name, SES_PICKLE_STORAGE_TYPE, NULL, { type, dtype, size } }
#define UNTYPED(name) \
    { "torch.storage", name, SES_PICKLE_STORAGE_TYPE, NULL, \
      { "untyped", SES_U8, 1 } }
#define DTYPE(name, dtype, size) \
    { "torch", name, SES_PICKLE_DTYPE, NULL, { name, dtype, size } }

static const struct ses_pickle_global allowed[] = {
    ROLE(SES_PICKLE_CALL_TENSOR, "torch._utils", "_rebuild_tensor_v2"),
    ROLE(SES_PICKLE_CALL_TENSOR, "torch._utils", "_rebuild_tensor"),
    ROLE(SES_PICKLE_CALL_TENSOR_V3, "torch._utils", "_rebuild_tensor_v3"),
    ROLE(SES_PICKLE_CALL_PARAMETER, "torch._utils", "_rebuild_parameter"),
    ROLE(SES_PICKLE_CALL_PARAMETER, "torch._utils",
         "_rebuild_parameter_with_state"),
    ROLE(SES_PICKLE_CALL_TYPED, "torch._tensor", "_rebuild_from_type_v2"),
    ROLE(SES_PICKLE_CALL_TYPED, "torch._tensor", "_rebuild_from_type"),
    ROLE(SES_PICKLE_CALL_TYPED, "torch.tensor", "_rebuild_from_type"),
    ROLE(SES_PICKLE_CALL_TUPLE, "torch", "Size"),

    OTHER("_rebuild_qtensor", "a quantised tensor"),
    OTHER("_rebuild_sparse_tensor", "a sparse tensor"),
    OTHER("_rebuild_sparse_csr_tensor", "a sparse tensor"),
    OTHER("_rebuild_nested_tensor", "a nested tensor"),
    OTHER("_rebuild_meta_tensor_no_storage", "a tensor without data"),
    OTHER("_rebuild_wrapper_subclass", "a tensor of a class of its own"),
    OTHER("_rebuild_device_tensor_from_numpy", "a tensor of another device"),

    STORAGE("FloatStorage", "float32", SES_F32, 4),
    STORAGE("DoubleStorage", "float64", SES_F64, 8),
    STORAGE("HalfStorage", "float16", SES_F16, 2),
    STORAGE("BFloat16Storage", "bfloat16", SES_BF16, 2),
    STORAGE("LongStorage", "int64", SES_I64, 8),
    STORAGE("IntStorage", "int32", SES_I32, 4),
    STORAGE("ShortStorage", "int16", SES_I16, 2),
    STORAGE("CharStorage", "int8", SES_I8, 1),
    STORAGE("ByteStorage", "uint8", SES_U8, 1),
    STORAGE("BoolStorage", "bool", SES_BOOL, 1),
    STORAGE("ComplexFloatStorage", "complex64", -1, 8),
    STORAGE("ComplexDoubleStorage", "complex128", -1, 16),
    STORAGE("QInt8Storage", "qint8", -1, 1),
    STORAGE("QUInt8Storage", "quint8", -1, 1),
    STORAGE("QInt32Storage", "qint32", -1, 4),
    STORAGE("QUInt4x2Storage", "quint4x2", -1, 1),
    STORAGE("QUInt2x4Storage", "quint2x4", -1, 1),
    UNTYPED("UntypedStorage"),
    UNTYPED("_UntypedStorage"),

    DTYPE("float32", SES_F32, 4),
    DTYPE("float64", SES_F64, 8),
    DTYPE("float16", SES_F16, 2),
    DTYPE("bfloat16", SES_BF16, 2),
    DTYPE("int64", SES_I64, 8),
    DTYPE("int32", SES_I32, 4),
    DTYPE("int16", SES_I16, 2),
    DTYPE("int8", SES_I8, 1),
    DTYPE("uint8", SES_U8, 1),
    DTYPE("bool", SES_BOOL, 1),
    DTYPE("complex64", -1, 8),
    DTYPE("complex128", -1, 16),
    DTYPE("uint16", -1, 2),
    DTYPE("uint32", -1, 4),
    DTYPE("uint64", -1, 8),
    DTYPE("float8_e4m3fn", -1, 1),
    DTYPE("float8_e5m2", -1, 1),
    DTYPE("qint8", -1, 1),
    DTYPE("quint8", -1, 1),
    DTYPE("qint32", -1, 4),

    DICT("collections", "OrderedDict"),
    DICT("collections", "defaultdict"),
    DICT("collections", "Counter"),
    DICT("__builtin__", "dict"),
    DICT("builtins", "dict"),
    DICT("easydict", "EasyDict"),
    DICT("yacs.config", "CfgNode"),

    OPAQUE("torch", "Tensor"),
    OPAQUE("torch", "device"),
    OPAQUE("torch", "per_channel_affine"),
    OPAQUE("torch", "per_tensor_affine"),
    OPAQUE("torch.nn.parameter", "Buffer"),
    OPAQUE("torch.nn.parameter", "Parameter"),
    OPAQUE("torch.serialization", "_get_layout"),
    OPAQUE("_codecs", "encode"),
    OPAQUE("argparse", "Namespace"),
    OPAQUE("copy_reg", "_reconstructor"),
    OPAQUE("copyreg", "_reconstructor"),
    OPAQUE("datetime", "date"),
    OPAQUE("datetime", "datetime"),
    OPAQUE("datetime", "timedelta"),
    OPAQUE("numpy", "dtype"),
    OPAQUE("numpy", "ndarray"),
    OPAQUE("numpy._core.multiarray", "_reconstruct"),
    OPAQUE("numpy._core.multiarray", "scalar"),
    OPAQUE("numpy.core.multiarray", "_reconstruct"),
    OPAQUE("numpy.core.multiarray", "scalar"),
    OPAQUE("pathlib", "Path"),
    OPAQUE("pathlib", "PosixPath"),
    OPAQUE("pathlib", "WindowsPath"),
    OPAQUE("types", "SimpleNamespace"),
    BUILTIN("bool"),
    BUILTIN("bytearray"),
    BUILTIN("bytes"),
    BUILTIN("complex"),
    BUILTIN("float"),
    BUILTIN("frozenset"),
    BUILTIN("int"),
    BUILTIN("list"),
    BUILTIN("long"),
    BUILTIN("object"),
    BUILTIN("range"),
    BUILTIN("set"),
    BUILTIN("slice"),
    BUILTIN("str"),
    BUILTIN("tuple"),
    BUILTIN("unicode"),
    BUILTIN("xrange"),
};

static bool same(const char *text, const char *bytes, size_t length)
{
    return strlen(text) == length && memcmp(text, bytes, length) == 0;
}

/* A name from the file, fit to be shown. */
static void printable(char *out, size_t size, const char *bytes, size_t length)
{
    size_t n = length < size - 1 ? length : size - 1;
    for (size_t i = 0; i < n; i++)
        out[i] = bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : '?';
    out[n] = '\0';
}

/* Whether the pickle is of a whole network: every nn.Module has these. */
static bool holds_module(const struct ses_pickle_machine *machine)
{
    return memmem(machine->data, machine->size, "_parameters", 11) &&
           memmem(machine->data, machine->size, "_modules", 8);
}

struct ses_pickle_value *ses_pickle_find_global(
    struct ses_pickle_machine *machine, const char *module,
    size_t module_length, const char *name, size_t name_length)
{
    size_t count = sizeof allowed / sizeof *allowed;
    for (size_t i = 0; i < count; i++) {
        if (!same(allowed[i].name, name, name_length) ||
            !same(allowed[i].module, module, module_length))
            continue;
        struct ses_pickle_value *value =
            ses_pickle_new(machine, SES_PICKLE_GLOBAL);
        if (value)
            value->global = &allowed[i];
        return value;
    }
    char shown_module[128], shown_name[128];
    printable(shown_module, sizeof shown_module, module, module_length);
    printable(shown_name, sizeof shown_name, name, name_length);
    if (holds_module(machine))
        ses_fail(machine->err, SES_EUNSUPPORTED,
                 "holds a whole network with its classes ('%s.%s'), which "
                 "sescope never runs; save model.state_dict() instead of the "
                 "model", shown_module, shown_name);
    else
        ses_fail(machine->err, SES_EUNSUPPORTED,
                 "holds '%s.%s', which is not needed to build tensors; "
                 "sescope never runs what a file holds (save the state dict "
                 "alone)", shown_module, shown_name);
    return NULL;
}
