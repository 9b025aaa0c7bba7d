/* SPDX-License-Identifier: MIT
 *
 * What the files of this folder share: addresses, and exceptions. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <jni.h>
#include <leat.h>

/* Java passes models, streams and blocks as a long. */
#define ADDRESS(type, value) ((type)(intptr_t)(value))

/* Throw io.leat.flink.LeatException. */
void throw_leat(JNIEnv *env, int code, const char *message);

/* Throw it if the code is negative. */
void throw_error(JNIEnv *env, int code, const leat_error *error);

#endif
