#!/bin/sh
# The interop tests, for make check: skipped without the Python of an environment
# made from requirements-pandas3.txt.  ./bootstrap test makes it.
[ -n "${MEMTOP_PY3:-}" ] || { echo "MEMTOP_PY3 is not set: skipped"; exit 77; }
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 99
export PYTHONDONTWRITEBYTECODE=1
# A file's tests stay together: they share what pandas answered.
exec "$MEMTOP_PY3" -m pytest -q -p no:cacheprovider -n 2 --dist loadfile "$here" "$@"
