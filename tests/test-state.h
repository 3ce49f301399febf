/* Shared by the two files of this test program. */
#ifndef SES_TESTS_STATE_H
#define SES_TESTS_STATE_H

/* A file in tests/data/state; overwritten by the next call. */
const char *state_path(const char *name);

/* Tests in test-state-damage.c. */
void files_cut_anywhere_are_refused(void **unused);
void flipped_bytes_do_no_harm(void **unused);
void damage_is_told_with_its_place(void **unused);

#endif
