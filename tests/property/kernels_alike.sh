#!/bin/bash
# The heavy kernels give the same bytes with vectors and with scalar code, and on 1, 2 and 8 threads.
#   kernels_alike.sh VECTORS SCALAR     two builds of kernel_digests.c
set -eu
vectors=$("$1")
scalar=$("$2")
[ "$(printf '%s\n' "$vectors" | wc -l)" -eq 30 ] || { echo "expected 30 lines, got:"; printf '%s\n' "$vectors"; exit 1; }
if [ "$vectors" != "$scalar" ]; then
    echo "vectors and scalar code differ:"
    diff <(printf '%s\n' "$vectors") <(printf '%s\n' "$scalar") || true
    exit 1
fi
alone=$(printf '%s\n' "$vectors" | grep ' on 1:' | sed 's/ on [0-9]*//')
for threads in 2 8; do
    together=$(printf '%s\n' "$vectors" | grep " on $threads:" | sed 's/ on [0-9]*//')
    [ "$together" = "$alone" ] || { echo "$threads threads differ from one"; exit 1; }
done
# Were the two builds one and the same, the comparison would say nothing. (Only where wide vectors are compiled; see base/vectors.h.)
if command -v nm > /dev/null && nm "$1" | grep -q 'avx512f'; then
    ! nm "$2" | grep -qE '(sweep|count_within).*avx512f' || { echo "the scalar build holds vector code"; exit 1; }
fi
printf '%s\n' "$vectors" | grep ' on 1:'
