/*
 * project/lock_holder.h - who keeps us waiting.
 */
#ifndef CM_PROJECT_LOCK_HOLDER_H
#define CM_PROJECT_LOCK_HOLDER_H

/* Pid of another process that holds a write lock on the file; 0 if there is none or the system does not tell. */
long cm_lock_holder(const char *path);

#endif
