#!/bin/sh
# The dependency law: tui/ may use formats/ and core/, formats/ may use core/,
# core/ uses neither, and no screen and no file format's library; and so for the rooms of
# tui/.  Checked in the includes of the source, and in what the built libraries ask the
# linker for.
set -u
srcdir=${srcdir:-.}
status=0

broken() {
  printf '%s breaks the law:\n%s\n' "$1" "$2"
  status=1
}

# includes FOLDER PATTERN: the lines of FOLDER that include what PATTERN matches.
includes() {
  find "$srcdir/$1" -name '*.[ch]' -exec grep -nE "^[[:space:]]*#[[:space:]]*include" {} + |
    grep -E "$2"
}

# undefined LIBRARY PATTERN: names matching PATTERN that the library needs.
undefined() {
  nm -A -u "$1" 2>/dev/null | grep -E " U $2"
}

[ -d "$srcdir/core" ] && [ -n "$(includes core 'stdint')" ] || {
  echo "no sources under $srcdir/core: nothing was checked"
  exit 99
}

screen='curses|term\.h|panel\.h'
libraries='hdf5|H5[A-Z]|csv\.h|archive|arrow/c|lz4|zstd|zlib'

lines=$(includes core "[<\"](formats/|tui/|.*($screen|$libraries))") && broken core/ "$lines"
lines=$(includes core '"' | grep -vE '"(core/[a-z0-9_/]+\.h|config\.h)"') && broken core/ "$lines"
lines=$(includes formats "[<\"](tui/|.*($screen))") && broken formats/ "$lines"
# The rooms of core, each using those before it.
above='cells|column|engine|plan|session'
for room in base cells column engine plan; do
  lines=$(includes core/$room "\"core/($above)/") && broken core/$room/ "$lines"
  above=${above#*|}
done
# The rooms of tui: cli uses all of them, views the screen and loader, these neither.
lines=$(includes tui/screen '"tui/(cli|loader|views)/') && broken tui/screen/ "$lines"
lines=$(includes tui/loader '"tui/(cli|screen|views)/') && broken tui/loader/ "$lines"
lines=$(includes tui/views '"tui/cli/') && broken tui/views/ "$lines"

formats_symbols='(H5|csv_|archive_|LZ4|ZSTD|deflate|compress|inflate)'
screen_symbols='(initscr|newterm|endwin|w[a-z]*ch|waddn?w?str|wrefresh|doupdate|stdscr)$'
if [ -e libcore.a ]; then
  [ -n "$(undefined libcore.a '[a-z]')" ] || {
    echo "nm shows nothing of libcore.a: nothing was checked"
    exit 99
  }
  lines=$(undefined libcore.a "$formats_symbols|U $screen_symbols") && broken libcore.a "$lines"
  # What core needs of memtop is in core.
  needed=$(undefined libcore.a 'mt_' | sed 's/.* U //' | sort -u)
  defined=$(nm -g --defined-only libcore.a 2>/dev/null | sed -n 's/.* [A-Z] //p')
  for name in $needed; do
    printf '%s\n' "$defined" | grep -qx "$name" || broken libcore.a "needs $name from elsewhere"
  done
fi
if [ -e libformats.a ]; then
  lines=$(undefined libformats.a "$screen_symbols") && broken libformats.a "$lines"
fi
exit $status
