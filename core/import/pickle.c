/* See pickle.h. The stack machine; what calls amount to is in pickle-calls.c.
 *
 * Instructions are those of protocols 0 to 5 (Python's pickletools.py has
 * them in words). The functions here return false, or NULL, with the error
 * filled. */
#include "core/import/pickle.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/import/pickle-machine.h"

/* ---- bytes -------------------------------------------------------------- */

static const uint8_t *take(struct ses_pickle_machine *machine, uint64_t count)
{
    size_t left = machine->size - machine->at;
    if (count > left) {
        if (machine->cut)
            ses_pickle_damaged(machine, "larger than any checkpoint's");
        else
            ses_fail(machine->err, SES_EFORMAT,
                     "cut short or damaged: the pickle needs %llu bytes at "
                     "byte %zu and has %zu",
                     (unsigned long long)count, machine->base + machine->at,
                     left);
        return NULL;
    }
    const uint8_t *bytes = machine->data + machine->at;
    machine->at += (size_t)count;
    return bytes;
}

static bool take_number(struct ses_pickle_machine *machine, int size,
                        uint64_t *out)
{
    const uint8_t *bytes = take(machine, (uint64_t)size);
    if (!bytes)
        return false;
    *out = 0;
    for (int i = size - 1; i >= 0; i--)
        *out = *out << 8 | bytes[i];
    return true;
}

/* A line without its end. */
static const char *take_line(struct ses_pickle_machine *machine, size_t *length)
{
    const uint8_t *start = machine->data + machine->at;
    size_t left = machine->size - machine->at;
    const uint8_t *end = left ? memchr(start, '\n', left) : NULL;
    if (!end)
        return (const char *)take(machine, (uint64_t)left + 1);
    *length = (size_t)(end - start);
    machine->at += *length + 1;
    return (const char *)start;
}

static bool put_or_get(struct ses_pickle_machine *machine, bool is_put,
                       int size)
{
    uint64_t number;
    return take_number(machine, size, &number) &&
           (is_put ? ses_pickle_memo_put(machine, number)
                   : ses_pickle_memo_get(machine, number));
}

/* ---- numbers and strings ------------------------------------------------ */

static bool parse_line(struct ses_pickle_machine *machine, const char *line,
                       size_t length, long *out)
{
    char text[24] = { 0 };
    if (length < sizeof text) {
        memcpy(text, line, length);
        if (ses_parse_long(text, INT64_MIN, INT64_MAX, out))
            return true;
    }
    ses_pickle_damaged(machine, "a number was expected");
    return false;
}

static bool put_or_get_line(struct ses_pickle_machine *machine, bool is_put)
{
    size_t length = 0;
    long number;
    const char *line = take_line(machine, &length);
    if (!line || !parse_line(machine, line, length, &number))
        return false;
    return is_put ? ses_pickle_memo_put(machine, (uint64_t)number)
                  : ses_pickle_memo_get(machine, (uint64_t)number);
}

/* INT is also how protocol 1 wrote booleans. */
static bool push_int_line(struct ses_pickle_machine *machine)
{
    size_t length = 0;
    long number;
    const char *line = take_line(machine, &length);
    if (!line)
        return false;
    if (length == 2 && memcmp(line, "00", 2) == 0)
        return ses_pickle_push(machine, machine->no);
    if (length == 2 && memcmp(line, "01", 2) == 0)
        return ses_pickle_push(machine, machine->yes);
    return parse_line(machine, line, length, &number) &&
           ses_pickle_push(machine, ses_pickle_new_integer(machine, number));
}

/* LONG has an L behind its digits and any number of them. */
static bool push_long_line(struct ses_pickle_machine *machine)
{
    size_t length = 0;
    long number;
    const char *line = take_line(machine, &length);
    if (!line)
        return false;
    if (length > 18)
        return ses_pickle_push(machine,
                               ses_pickle_new(machine, SES_PICKLE_OPAQUE));
    if (length && line[length - 1] == 'L')
        length--;
    return parse_line(machine, line, length, &number) &&
           ses_pickle_push(machine, ses_pickle_new_integer(machine, number));
}

static bool push_int(struct ses_pickle_machine *machine, int size,
                     bool is_signed)
{
    uint64_t number;
    if (!take_number(machine, size, &number))
        return false;
    int64_t value =
        is_signed ? (int64_t)(int32_t)(uint32_t)number : (int64_t)number;
    return ses_pickle_push(machine, ses_pickle_new_integer(machine, value));
}

/* LONG1 and LONG4: two's complement of so many bytes, the lowest first. */
static bool push_long(struct ses_pickle_machine *machine, int length_size)
{
    uint64_t length, number = 0;
    if (!take_number(machine, length_size, &length))
        return false;
    const uint8_t *bytes = take(machine, length);
    if (!bytes)
        return false;
    if (length > 8)
        return ses_pickle_push(machine,
                               ses_pickle_new(machine, SES_PICKLE_OPAQUE));
    if (length && bytes[length - 1] & 0x80)
        number = UINT64_MAX;
    for (size_t i = (size_t)length; i > 0; i--)
        number = number << 8 | bytes[i - 1];
    return ses_pickle_push(machine,
                           ses_pickle_new_integer(machine, (int64_t)number));
}

static bool push_text(struct ses_pickle_machine *machine, const char *data,
                      size_t size)
{
    struct ses_pickle_value *value = ses_pickle_new(machine, SES_PICKLE_STRING);
    if (!value)
        return false;
    value->string.data = data;
    value->string.size = size;
    return ses_pickle_push(machine, value);
}

static bool push_string(struct ses_pickle_machine *machine, int length_size)
{
    uint64_t length = 0;
    if (!take_number(machine, length_size, &length))
        return false;
    const uint8_t *bytes = take(machine, length);
    return bytes && push_text(machine, (const char *)bytes, (size_t)length);
}

/* Protocol 0's text; its quotes go, its escapes stay. */
static bool push_string_line(struct ses_pickle_machine *machine, bool quoted)
{
    size_t length = 0;
    const char *line = take_line(machine, &length);
    if (!line)
        return false;
    if (quoted && length >= 2) {
        line++;
        length -= 2;
    }
    return push_text(machine, line, length);
}

/* Numbers that nobody asks for. */
static bool push_opaque(struct ses_pickle_machine *machine, const void *bytes)
{
    return bytes &&
           ses_pickle_push(machine, ses_pickle_new(machine, SES_PICKLE_OPAQUE));
}

/* ---- globals and calls -------------------------------------------------- */

static struct ses_pickle_value *global_lines(struct ses_pickle_machine *machine)
{
    size_t module_length = 0, name_length = 0;
    const char *module = take_line(machine, &module_length);
    const char *name = module ? take_line(machine, &name_length) : NULL;
    if (!name)
        return NULL;
    return ses_pickle_find_global(machine, module, module_length, name,
                                  name_length);
}

static bool stack_global(struct ses_pickle_machine *machine)
{
    struct ses_pickle_value *name = ses_pickle_pop(machine);
    struct ses_pickle_value *module = name ? ses_pickle_pop(machine) : NULL;
    if (!module)
        return false;
    if (name->kind != SES_PICKLE_STRING || module->kind != SES_PICKLE_STRING) {
        ses_pickle_damaged(machine, "the name of a global is no string");
        return false;
    }
    return ses_pickle_push(
        machine, ses_pickle_find_global(machine, module->string.data,
                                        module->string.size, name->string.data,
                                        name->string.size));
}

/* REDUCE, NEWOBJ, NEWOBJ_EX: a callable and its arguments. */
static bool reduce(struct ses_pickle_machine *machine, bool with_keywords)
{
    if (with_keywords && !ses_pickle_pop(machine))
        return false;
    struct ses_pickle_value *args = ses_pickle_pop(machine);
    struct ses_pickle_value *callable = args ? ses_pickle_pop(machine) : NULL;
    return callable &&
           ses_pickle_push(machine, ses_pickle_call(machine, callable, args));
}

/* INST and OBJ: the arguments stand above the mark; for OBJ the class does
 * too, before them. */
static bool instance(struct ses_pickle_machine *machine, bool named)
{
    struct ses_pickle_value *callable = named ? global_lines(machine) : NULL;
    if ((named && !callable) || !ses_pickle_collect(machine, SES_PICKLE_TUPLE))
        return false;
    struct ses_pickle_value *args = ses_pickle_pop(machine);
    if (!args)
        return false;
    if (!named) {
        if (args->list.count == 0) {
            ses_pickle_damaged(machine, "an object without a class");
            return false;
        }
        callable = args->list.items[0];
        args->list.count--;
        memmove(args->list.items, args->list.items + 1,
                args->list.count * sizeof *args->list.items);
    }
    return ses_pickle_push(machine, ses_pickle_call(machine, callable, args));
}

/* BUILD gives attributes to what is below; none is of interest. */
static bool build(struct ses_pickle_machine *machine)
{
    if (!ses_pickle_pop(machine))
        return false;
    const struct ses_pickle_value *object = ses_pickle_top(machine);
    if (!object)
        return false;
    if (object->kind == SES_PICKLE_OPAQUE || object->kind == SES_PICKLE_DICT ||
        object->kind == SES_PICKLE_TENSOR)
        return true;
    ses_pickle_damaged(machine, "it gives attributes to a plain value");
    return false;
}

static bool persistent(struct ses_pickle_machine *machine)
{
    struct ses_pickle_value *id = ses_pickle_pop(machine);
    return id && ses_pickle_push(machine, ses_pickle_find_storage(machine, id));
}

/* ---- the loop ----------------------------------------------------------- */

static bool read_protocol(struct ses_pickle_machine *machine)
{
    uint64_t protocol;
    if (!take_number(machine, 1, &protocol))
        return false;
    if (protocol <= 5)
        return true;
    ses_fail(machine->err, SES_EUNSUPPORTED,
             "a pickle of protocol %d, expected at most 5", (int)protocol);
    return false;
}

static bool refuse(struct ses_pickle_machine *machine, uint8_t opcode)
{
    ses_fail(machine->err, SES_EFORMAT,
             "damaged pickle at byte %zu: instruction 0x%02x is not one that "
             "checkpoints use",
             machine->base + machine->at - 1, opcode);
    return false;
}

static bool step(struct ses_pickle_machine *machine, uint8_t opcode)
{
    switch (opcode) {
    case 0x80: /* PROTO */
        return read_protocol(machine);
    case 0x95: /* FRAME: its size is of no use here */
        return take(machine, 8);
    case '(': /* MARK */
        return ses_pickle_push(machine, machine->mark);
    case '0': /* POP: a mark too */
        if (machine->stacked &&
            machine->stack[machine->stacked - 1] == machine->mark) {
            machine->stacked--;
            return true;
        }
        return ses_pickle_pop(machine);
    case '1': /* POP_MARK */
        return ses_pickle_forget(machine, false);
    case '2': /* DUP */
        return ses_pickle_push(machine, ses_pickle_top(machine));

    case 'N': /* NONE */
        return ses_pickle_push(machine, machine->none);
    case 0x88: /* NEWTRUE */
        return ses_pickle_push(machine, machine->yes);
    case 0x89: /* NEWFALSE */
        return ses_pickle_push(machine, machine->no);
    case 'I': /* INT */
        return push_int_line(machine);
    case 'L': /* LONG */
        return push_long_line(machine);
    case 'J': /* BININT */
        return push_int(machine, 4, true);
    case 'K': /* BININT1 */
        return push_int(machine, 1, false);
    case 'M': /* BININT2 */
        return push_int(machine, 2, false);
    case 0x8a: /* LONG1 */
        return push_long(machine, 1);
    case 0x8b: /* LONG4 */
        return push_long(machine, 4);
    case 'F': { /* FLOAT */
        size_t length = 0;
        return push_opaque(machine, take_line(machine, &length));
    }
    case 'G': /* BINFLOAT */
        return push_opaque(machine, take(machine, 8));

    case 'S': /* STRING */
        return push_string_line(machine, true);
    case 'V': /* UNICODE */
        return push_string_line(machine, false);
    case 'U':  /* SHORT_BINSTRING */
    case 'C':  /* SHORT_BINBYTES */
    case 0x8c: /* SHORT_BINUNICODE */
        return push_string(machine, 1);
    case 'T': /* BINSTRING */
    case 'X': /* BINUNICODE */
    case 'B': /* BINBYTES */
        return push_string(machine, 4);
    case 0x8d: /* BINUNICODE8 */
    case 0x8e: /* BINBYTES8 */
    case 0x96: /* BYTEARRAY8 */
        return push_string(machine, 8);

    case ')': /* EMPTY_TUPLE */
        return ses_pickle_collect_few(machine, 0);
    case 0x85: /* TUPLE1 */
    case 0x86: /* TUPLE2 */
    case 0x87: /* TUPLE3 */
        return ses_pickle_collect_few(machine, opcode - 0x84u);
    case 't': /* TUPLE */
        return ses_pickle_collect(machine, SES_PICKLE_TUPLE);
    case ']': /* EMPTY_LIST */
        return ses_pickle_push(machine,
                               ses_pickle_new(machine, SES_PICKLE_LIST));
    case 'l': /* LIST */
        return ses_pickle_collect(machine, SES_PICKLE_LIST);
    case 'a': /* APPEND */
        return ses_pickle_extend_few(machine, 1, SES_PICKLE_LIST);
    case 'e': /* APPENDS */
        return ses_pickle_extend(machine, SES_PICKLE_LIST);
    case '}': /* EMPTY_DICT */
        return ses_pickle_push(machine,
                               ses_pickle_new(machine, SES_PICKLE_DICT));
    case 'd': /* DICT */
        return ses_pickle_collect(machine, SES_PICKLE_DICT);
    case 's': /* SETITEM */
        return ses_pickle_extend_few(machine, 2, SES_PICKLE_DICT);
    case 'u': /* SETITEMS */
        return ses_pickle_extend(machine, SES_PICKLE_DICT);
    case 0x8f: /* EMPTY_SET */
        return ses_pickle_push(machine,
                               ses_pickle_new(machine, SES_PICKLE_OPAQUE));
    case 0x90: /* ADDITEMS */
        return ses_pickle_forget(machine, false);
    case 0x91: /* FROZENSET */
        return ses_pickle_forget(machine, true);

    case 'p': /* PUT */
        return put_or_get_line(machine, true);
    case 'q': /* BINPUT */
        return put_or_get(machine, true, 1);
    case 'r': /* LONG_BINPUT */
        return put_or_get(machine, true, 4);
    case 0x94: /* MEMOIZE */
        return ses_pickle_memo_put(machine, machine->memo_count);
    case 'g': /* GET */
        return put_or_get_line(machine, false);
    case 'h': /* BINGET */
        return put_or_get(machine, false, 1);
    case 'j': /* LONG_BINGET */
        return put_or_get(machine, false, 4);

    case 'c': /* GLOBAL */
        return ses_pickle_push(machine, global_lines(machine));
    case 0x93: /* STACK_GLOBAL */
        return stack_global(machine);
    case 'R':  /* REDUCE */
    case 0x81: /* NEWOBJ */
        return reduce(machine, false);
    case 0x92: /* NEWOBJ_EX */
        return reduce(machine, true);
    case 'i': /* INST */
        return instance(machine, true);
    case 'o': /* OBJ */
        return instance(machine, false);
    case 'b': /* BUILD */
        return build(machine);
    case 'Q': /* BINPERSID */
        return persistent(machine);
    default:
        return refuse(machine, opcode);
    }
}

static bool run(struct ses_pickle_machine *machine)
{
    machine->none = ses_pickle_new(machine, SES_PICKLE_NONE);
    machine->no = ses_pickle_new(machine, SES_PICKLE_BOOL);
    machine->yes = ses_pickle_new(machine, SES_PICKLE_BOOL);
    machine->mark = ses_pickle_new(machine, SES_PICKLE_MARK);
    if (!machine->none || !machine->no || !machine->yes || !machine->mark)
        return false;
    machine->yes->integer = 1;
    for (;;) {
        const uint8_t *opcode = take(machine, 1);
        if (!opcode)
            return false;
        if (*opcode == '.') { /* STOP */
            machine->pickle->root = ses_pickle_pop(machine);
            return machine->pickle->root;
        }
        if (!step(machine, *opcode))
            return false;
    }
}

enum ses_status ses_pickle_read(const uint8_t *data, size_t size, size_t base,
                                struct ses_pickle *out, size_t *used,
                                struct ses_error *err)
{
    memset(out, 0, sizeof *out);
    struct ses_error local = { 0 };
    struct ses_pickle_machine machine = {
        .pickle = out,
        .data = data,
        .size = size < SES_PICKLE_MOST_BYTES ? size : SES_PICKLE_MOST_BYTES,
        .base = base,
        .cut = size > SES_PICKLE_MOST_BYTES,
        .err = err ? err : &local,
    };
    bool sound = run(&machine);
    free(machine.stack);
    free(machine.memo);
    *used = machine.at;
    if (sound)
        return SES_OK;
    ses_pickle_release(out);
    return machine.err->status;
}
