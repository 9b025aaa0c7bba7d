/* SPDX-License-Identifier: MIT */
#include "support.h"
#include <string.h>

void throw_leat(JNIEnv *env, int code, const char *message)
{
    jclass type;
    jmethodID init;
    jbyteArray text;
    jobject exception;
    jsize size = (jsize)strlen(message);

    /* Where a call returns NULL, it has thrown something itself. */
    if (!(type = (*env)->FindClass(env, "io/leat/flink/LeatException")))
        return;
    if (!(init = (*env)->GetMethodID(env, type, "<init>", "(I[B)V")))
        return;
    /* NewStringUTF() takes other bytes than UTF-8, and must not get a cut character. */
    if (!(text = (*env)->NewByteArray(env, size)))
        return;
    (*env)->SetByteArrayRegion(env, text, 0, size, (const jbyte *)message);
    if ((exception = (*env)->NewObject(env, type, init, (jint)code, text)))
        (*env)->Throw(env, (jthrowable)exception);
}

void throw_error(JNIEnv *env, int code, const leat_error *error)
{
    if (code < 0)
        throw_leat(env, code, error->message);
}
