/* SPDX-License-Identifier: MIT */
#include "support.h"

void throw_leat(JNIEnv *env, int code, const char *message)
{
    jclass type;
    jmethodID init;
    jstring text;
    jobject exception;

    /* Where a call returns NULL, it has thrown something itself. */
    if (!(type = (*env)->FindClass(env, "io/leat/flink/LeatException")))
        return;
    if (!(init = (*env)->GetMethodID(env, type, "<init>", "(ILjava/lang/String;)V")))
        return;
    if (!(text = (*env)->NewStringUTF(env, message)))
        return;
    if ((exception = (*env)->NewObject(env, type, init, (jint)code, text)))
        (*env)->Throw(env, (jthrowable)exception);
}

void throw_error(JNIEnv *env, int code, const leat_error *error)
{
    if (code < 0)
        throw_leat(env, code, error->message);
}
