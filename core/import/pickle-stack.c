/* The stack, the memo and the containers of the pickle machine. */
#include <string.h>

#include "core/base/alloc.h"
#include "core/import/pickle-machine.h"

bool ses_pickle_push(struct ses_pickle_machine *machine,
                     struct ses_pickle_value *value)
{
    if (!value)
        return false;
    if (machine->stacked >= SES_PICKLE_MOST_STACKED) {
        ses_pickle_damaged(machine, "more on its stack than any checkpoint's");
        return false;
    }
    struct ses_pickle_value **grown =
        ses_grow(machine->stack, machine->stacked, &machine->stack_capacity,
                 sizeof *grown);
    if (!grown) {
        ses_fail_memory(machine->err, "the stack of the pickle");
        return false;
    }
    machine->stack = grown;
    grown[machine->stacked++] = value;
    return true;
}

struct ses_pickle_value *ses_pickle_top(struct ses_pickle_machine *machine)
{
    if (!machine->stacked ||
        machine->stack[machine->stacked - 1] == machine->mark) {
        ses_pickle_damaged(machine, "it takes from an empty stack");
        return NULL;
    }
    return machine->stack[machine->stacked - 1];
}

struct ses_pickle_value *ses_pickle_pop(struct ses_pickle_machine *machine)
{
    struct ses_pickle_value *value = ses_pickle_top(machine);
    if (value)
        machine->stacked--;
    return value;
}

/* Where the values above the last mark begin; the mark is just below. */
static bool find_mark(struct ses_pickle_machine *machine, size_t *first)
{
    for (size_t i = machine->stacked; i > 0; i--) {
        if (machine->stack[i - 1] == machine->mark) {
            *first = i;
            return true;
        }
    }
    ses_pickle_damaged(machine, "a mark is missing");
    return false;
}

/* Move the values from first on, which are at the top, into a list. */
static bool move_items(struct ses_pickle_machine *machine, size_t first,
                       struct ses_pickle_value *list)
{
    for (size_t i = first; i < machine->stacked; i++)
        if (!ses_pickle_append(machine, list, machine->stack[i]))
            return false;
    machine->stacked = first;
    return true;
}

/* ---- containers --------------------------------------------------------- */

static bool is_pairs(struct ses_pickle_machine *machine, size_t count)
{
    if (count % 2 == 0)
        return true;
    ses_pickle_damaged(machine, "a dict with a key but no value");
    return false;
}

/* A new container of the values above the last mark. */
bool ses_pickle_collect(struct ses_pickle_machine *machine,
                        enum ses_pickle_kind kind)
{
    size_t first;
    if (!find_mark(machine, &first) ||
        (kind == SES_PICKLE_DICT &&
         !is_pairs(machine, machine->stacked - first)))
        return false;
    struct ses_pickle_value *list = ses_pickle_new(machine, kind);
    if (!list || !move_items(machine, first, list))
        return false;
    machine->stacked--;
    return ses_pickle_push(machine, list);
}

/* A new tuple of the topmost few. */
bool ses_pickle_collect_few(struct ses_pickle_machine *machine, size_t count)
{
    struct ses_pickle_value *tuple = ses_pickle_new(machine, SES_PICKLE_TUPLE);
    struct ses_pickle_value *items[3];
    if (!tuple)
        return false;
    for (size_t i = count; i > 0; i--)
        if (!(items[i - 1] = ses_pickle_pop(machine)))
            return false;
    for (size_t i = 0; i < count; i++)
        if (!ses_pickle_append(machine, tuple, items[i]))
            return false;
    return ses_pickle_push(machine, tuple);
}

/* Move the values from first on into the container below them. Opaque objects
 * swallow what they are given. */
static bool extend(struct ses_pickle_machine *machine, size_t first,
                   bool marked, enum ses_pickle_kind kind)
{
    size_t below = marked ? first - 1 : first;
    if (below == 0 || machine->stack[below - 1] == machine->mark) {
        ses_pickle_damaged(machine, "it adds to a container that is not there");
        return false;
    }
    struct ses_pickle_value *list = machine->stack[below - 1];
    if (list->kind == SES_PICKLE_OPAQUE) {
        machine->stacked = below;
        return true;
    }
    if (list->kind != kind) {
        ses_pickle_damaged(machine, "it adds to what is no such container");
        return false;
    }
    if (kind == SES_PICKLE_DICT && !is_pairs(machine, machine->stacked - first))
        return false;
    if (!move_items(machine, first, list))
        return false;
    machine->stacked = below;
    return true;
}

bool ses_pickle_extend(struct ses_pickle_machine *machine,
                       enum ses_pickle_kind kind)
{
    size_t first;
    return find_mark(machine, &first) && extend(machine, first, true, kind);
}

bool ses_pickle_extend_few(struct ses_pickle_machine *machine, size_t count,
                           enum ses_pickle_kind kind)
{
    size_t first = machine->stacked - count;
    bool there = machine->stacked >= count;
    for (size_t i = 0; there && i < count; i++)
        there = machine->stack[first + i] != machine->mark;
    if (there)
        return extend(machine, first, false, kind);
    ses_pickle_damaged(machine, "it takes from an empty stack");
    return false;
}

/* Sets hold nothing of interest. */
bool ses_pickle_forget(struct ses_pickle_machine *machine, bool make_object)
{
    size_t first;
    if (!find_mark(machine, &first))
        return false;
    machine->stacked = first - 1;
    return !make_object ||
           ses_pickle_push(machine, ses_pickle_new(machine, SES_PICKLE_OPAQUE));
}

/* ---- the memo ----------------------------------------------------------- */

/* Picklers count up from 0 or 1, so a number far beyond those in use is damage
 * (and would ask for memory). */
bool ses_pickle_memo_put(struct ses_pickle_machine *machine, uint64_t number)
{
    struct ses_pickle_value *value = ses_pickle_top(machine);
    if (!value)
        return false;
    if (number > 2 * machine->memo_count + 1024) {
        ses_pickle_damaged(machine, "a memo number out of range");
        return false;
    }
    if (number >= machine->memo_capacity) {
        size_t wanted = 2 * (size_t)number + 64;
        struct ses_pickle_value **grown =
            ses_realloc(machine->memo, wanted, sizeof *grown);
        if (!grown) {
            ses_fail_memory(machine->err, "the memo of the pickle");
            return false;
        }
        memset(grown + machine->memo_capacity, 0,
               (wanted - machine->memo_capacity) * sizeof *grown);
        machine->memo = grown;
        machine->memo_capacity = wanted;
    }
    if (!machine->memo[number])
        machine->memo_count++;
    machine->memo[number] = value;
    return true;
}

bool ses_pickle_memo_get(struct ses_pickle_machine *machine, uint64_t number)
{
    if (number < machine->memo_capacity && machine->memo[number])
        return ses_pickle_push(machine, machine->memo[number]);
    ses_pickle_damaged(machine, "it recalls what was not stored");
    return false;
}
