#!/bin/sh
# Installs the Debian packages of tools/packages.txt that are missing. Asks for root only if something is.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

missing=
for package in $(sed 's/#.*//' "$here/packages.txt"); do
    case $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true) in
        "install ok installed") ;;
        *)
            # Node.js may have come from elsewhere, with npm inside; Debian's packages would conflict with it.
            case $package in
                nodejs) command -v node >/dev/null && continue ;;
                npm) command -v npm >/dev/null && continue ;;
            esac
            missing="$missing $package" ;;
    esac
done

if [ -z "$missing" ]; then
    echo "setup: every package is here"
    exit 0
fi
echo "setup: missing:$missing"

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "setup: run this as root, or install:$missing" >&2
        exit 1
    fi
    echo "setup: asking for root to install them"
    as_root=sudo
fi
# shellcheck disable=SC2086  # words on purpose
{
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
}
