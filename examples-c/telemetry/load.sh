#!/bin/sh
# SPDX-License-Identifier: MIT
#
# load.sh: put changing loads on this machine, for a recording. It takes 7 minutes
# 37 seconds, 3 GB of memory and 50 MB in a folder under /tmp, and sends only over
# loopback. It prints when each load began. It needs cc and python3.
set -eu

folder=$(mktemp -d /tmp/leat-load.XXXXXX)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM  # a running load ends by itself when its time is over
began=$(date +%s)

say() { printf '%4d s  %s\n' $(($(date +%s) - began)) "$*"; }

for source in 1 2; do
  awk -v seed=$source 'BEGIN {
    for (f = 0; f < 250; f++) {
      printf "double f%d(double *a, int n) { double s = 0; int i;\n", f
      printf "for (i = 0; i < n; i++) { a[i] = a[i] * %d + s;", f + seed
      printf "if (a[i] > %d) s += a[i] / (i + 1); else s -= i; }\n", f
      printf "return s; }\n"
    }
  }' > "$folder/$source.c"
done

# Each load lasts $1 seconds.

idle() { sleep "$1"; }

repeat() {  # repeat the shell script $2, with the folder as $0 and $3 as $1
  for_seconds=$1 script=$2
  shift 2
  timeout "$for_seconds" sh -ec "while :; do $script; done" "$folder" "$@" ||
    [ $? -eq 124 ]
}

compile() {  # like a build with one job; $2 names the file
  repeat "$1" 'cc -O2 -c -o "$0/$1.o" "$0/$1.c"' "$2"
}

build() {
  compile "$1" 1 &
  compile "$1" 2
  wait
}

disk() {  # write and sync 48 MB at a time, then read it from the disk
  repeat $(($1 / 2)) 'sleep 0.7
    dd if=/dev/zero of="$0/data" bs=1M count=48 conv=fsync status=none'
  repeat $(($1 - $1 / 2)) 'sleep 0.7
    dd if="$0/data" of=/dev/null bs=1M iflag=direct status=none'
}

memory() {  # grow in 12 steps to 3 GB, shrink in as many
  python3 - "$1" <<'END'
import sys, time
begin, seconds, blocks = time.monotonic(), float(sys.argv[1]), []
for step in range(24):
    if step < 12:
        blocks.append(bytearray(b"x") * (256 << 20))
    else:
        blocks.pop()
    due = begin + seconds * (step + 1) / 24
    time.sleep(max(0, due - time.monotonic()))
END
}

network() {  # one second of 40 MB/s over loopback, one of rest
  python3 - "$1" <<'END'
import socket, sys, threading, time
listener = socket.create_server(("127.0.0.1", 0))
sender = socket.create_connection(listener.getsockname())
receiver = listener.accept()[0]
def drain():
    while receiver.recv(1 << 16):
        pass
threading.Thread(target=drain, daemon=True).start()
end = time.monotonic() + float(sys.argv[1])
while (now := time.monotonic()) < end:
    if now % 2 < 1:
        sender.sendall(bytes(400_000))
    time.sleep(0.01)
END
}

mixed() {
  compile "$1" 1 &
  disk "$1" &
  network "$1" &
  wait
}

storm() {  # two processes that wake each other; no other load is like it
  python3 - "$1" <<'END'
import os, sys, time
there, back = os.pipe(), os.pipe()
child = os.fork()
end = time.monotonic() + float(sys.argv[1])
try:
    while time.monotonic() < end:
        if child:
            os.write(there[1], b"x"), os.read(back[0], 1)
        else:
            os.read(there[0], 1), os.write(back[1], b"x")
finally:
    os._exit(0)
END
}

run() { say "$1 for $2 s"; "$@"; }

run idle 12;   run compile 20 1; run build 15;    run idle 8; run disk 25
run memory 20; run network 20;   run idle 5;      run mixed 20
run idle 12;   run network 20;   run compile 20 2; run disk 25; run idle 8
run mixed 20;  run build 15;     run memory 20;   run idle 5
run idle 12;   run disk 25;      run memory 20;   run build 15; run idle 8
run network 20; run compile 20 1; run idle 5;     run mixed 20
run idle 5;    run storm 8;      run idle 7
say end
