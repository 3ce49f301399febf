/* Work on a stranger's file in a process of its own, where a library that does
 * not withstand damaged ones may crash, hang or want all memory: that ends the
 * process, and its end of the socket is closed. */
#ifndef SES_BASE_CHILD_H
#define SES_BASE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/base/error.h"

struct ses_child {
    pid_t pid;  /* 0: none */
    int socket; /* to it */
};

/* What a child may use beyond what it has from its parent. */
struct ses_child_limits {
    size_t memory;    /* bytes */
    unsigned seconds; /* of work */
};

/* What the child does, and is ended after: with its end of the socket. It is
 * a copy of the calling thread alone, its standard streams lead nowhere. */
typedef void ses_child_work(int socket, void *user);

/* Caller ends it with ses_child_stop(), which does nothing without one. */
SES_MUST_CHECK enum ses_status ses_child_start(
    struct ses_child *child, const struct ses_child_limits *limits,
    ses_child_work *work, void *user, struct ses_error *err);
void ses_child_stop(struct ses_child *child);

/* In a child: so many seconds from now on. */
void ses_child_limit_time(unsigned seconds);

/* All bytes through a socket; false when the other end is gone. */
bool ses_send_bytes(int socket, const void *data, size_t size);
bool ses_receive_bytes(int socket, void *data, size_t size);

#endif
