# What anybody would write first, a splat of every point on every cell it reaches: the benchmark itself has measured it, on one thread.
awk -F'\t' '$1 == "time" && sub(/^plain splat /, "density ", $2) { printf "peer\t%s\t%s\tplain splat\t%s\n", $2, $3, $5 }' \
    "$CASTMAP_BENCH_WORK/results.tsv"
# A binned density by FFT (Debian: python3-scipy): counts in cells convolved with the sampled kernel. It is approximate, and it is the fastest way
# that Python's users have. Same square, same number of cells as castmap's line.
if ! /usr/bin/python3 -c 'import numpy, scipy.signal' 2> /dev/null; then
    printf 'skip\tscipy is not installed (tools/bench.sh --peers)\n'
    exit 0
fi
n=1000000
[ "$CASTMAP_BENCH_MAX" -lt $n ] && n=$CASTMAP_BENCH_MAX
"$CASTMAP_BENCH_BUILD"/tests/bench/write_work_set points $n "$CASTMAP_BENCH_WORK/density.bin"
/usr/bin/python3 - "$CASTMAP_BENCH_WORK/density.bin" $n << 'END'
import sys, time
import numpy as np
from scipy.signal import fftconvolve

points = np.fromfile(sys.argv[1]).reshape(-1, 2)
cells, side, radius = 1109, 50000.0, 500.0
cell = side / cells
reach = int(radius / cell) + 1
offset = np.arange(-reach, reach + 1) * cell
square = (offset[:, None] ** 2 + offset[None, :] ** 2) / radius ** 2
for task, power in (("density epanechnikov", 1), ("density quartic", 2)):
    kernel = np.where(square < 1, (1 - square), 0.0) ** power
    best = None
    for _ in range(3):
        begun = time.perf_counter()
        column = np.minimum((points[:, 0] / cell).astype(np.int64), cells - 1)
        row = np.minimum((points[:, 1] / cell).astype(np.int64), cells - 1)
        counts = np.bincount(row * cells + column, minlength=cells * cells).reshape(cells, cells).astype(float)
        fftconvolve(counts, kernel, mode="same")
        seconds = time.perf_counter() - begun
        best = seconds if best is None else min(best, seconds)
    print("peer\t%s\t%s\tscipy binned FFT\t%.4f" % (task, sys.argv[2], best))
END
