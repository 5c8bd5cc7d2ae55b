#!/bin/sh
# The screen tests, for make check: skipped without the Python of an environment made
# from tests/interop/requirements-pandas3.txt.  ./bootstrap test makes it.
[ -n "${MEMTOP_PY3:-}" ] || { echo "MEMTOP_PY3 is not set: skipped"; exit 77; }
"$MEMTOP_PY3" -c 'import pyte, pytest' 2>/dev/null ||
  { echo "$MEMTOP_PY3 has no pyte or no pytest: skipped"; exit 77; }
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 99
export PYTHONDONTWRITEBYTECODE=1
exec "$MEMTOP_PY3" -m pytest -q -p no:cacheprovider "$here" "$@"
