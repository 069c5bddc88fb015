/*
 * child_environment: the variables that a child is started with.
 */
#ifndef MANAGED_DB_BASE_CHILD_ENVIRONMENT_H
#define MANAGED_DB_BASE_CHILD_ENVIRONMENT_H

/*
 * The caller's environment with the variables of `own` (NAME=VALUE each, NULL last) in place of
 * those of the same names; a NAME alone takes the variable out. The array is the caller's to free,
 * the texts stay whose they are.
 */
char **environment_with(char *const *own);

#endif
