/* Parts of a path. */
#ifndef SES_BASE_PATH_H
#define SES_BASE_PATH_H

/* What is behind the last slash, within path; the whole of a path that ends in
 * one. */
const char *ses_path_name(const char *path);

/* The folder that holds it: "." without a slash. NULL without memory; caller
 * frees with free(). */
char *ses_path_folder(const char *path);

#endif
