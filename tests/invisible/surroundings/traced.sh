#!/bin/sh
# A program with a tracer: traced.sh strace|gdb|gdb_attached PROGRAM. Process numbers and addresses
# in what the tracer says are left out.
set -eu
way=$1 program=$2
case $way in
strace)
    strace -f -o trace "$program"
    rm trace
    ;;
gdb)
    gdb -nx -batch -ex 'set print inferior-events off' -ex 'set print thread-events off' \
        -ex 'set debuginfod enabled off' -ex 'break pthread_exit' -ex run \
        -ex 'print $_exitcode' "$program" >said 2>&1
    grep -v -e '^Function ' -e '^Make breakpoint' -e '^\[' -e '^Using host' said
    rm said
    ;;
gdb_attached)
    mkfifo go
    "$program" twice <go &
    pid=$!
    exec 3>go
    gdb -nx -batch -p $pid -ex 'set debuginfod enabled off' -ex 'info threads' -ex detach >said 2>&1
    grep -c '^\* 1 ' said || cat said
    exec 3>&-
    wait $pid
    rm said go
    ;;
esac
