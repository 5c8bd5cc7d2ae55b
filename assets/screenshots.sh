#!/bin/sh
# Makes the pictures of the README anew, from the running program and its bundled dataset.
#
#   PYTHON=python3 MEMTOP=build/memtop assets/screenshots.sh
#
# PYTHON needs pyte and Pillow, and the machine the font DejaVu Sans Mono (picture.py).
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
top=$(dirname -- "$here")
memtop=${MEMTOP:-$top/build/memtop}
mkdir -p "$here/screenshots"

# shot NAME SIZE KEYS [OPTION...]
shot() {
  name=$1 size=$2 keys=$3
  shift 3
  (cd "$here" && "${PYTHON:-python3}" picture.py --program "$memtop" --size "$size" \
    --keys "$keys" "$@" shop.csv "screenshots/$name")
}

shot main.png 120x30 "A Down Down Down"
shot detail.png 120x30 "A Down Down Down Down Down Down Down Down Enter"
shot data.png 120x20 "v Right Right Right Right Right Down Down Down"
shot export.png 120x30 "A e Down Down"
shot light.png 120x30 "A Down Down Down" --background light --option=--theme --option=light
shot tour.svg 100x28 "Down Down Down Down Down a A Enter Esc v Esc y Esc e"
