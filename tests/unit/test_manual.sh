#!/bin/sh
# The manual page and the completions say what the tables say, in the language of their
# readers; and README's tables have no option and no key that is not there.
set -uf # a key is *
srcdir=${srcdir:-.}
manual=./tui/manual
status=0

broken() {
  echo "$*"
  status=1
}

[ -x "$manual" ] || { echo "$manual is missing: nothing was checked"; exit 99; }

# --- every option is everywhere --------------------------------------------------------

for option in $($manual options); do
  name=${option#--}
  ./memtop --help | grep -q -- "^  $option\b" || broken "--help lacks $option"
  grep -qx ".It Fl -$name\( Ar .*\)\?" assets/memtop.1 || broken "the manual lacks $option"
  grep -q -- "[ ']$option[ ']" assets/completions/memtop || broken "bash lacks $option"
  grep -q -- "'\*\?$option=\?\[" assets/completions/_memtop || broken "zsh lacks $option"
  grep -q -- " -l $name " assets/completions/memtop.fish || broken "fish lacks $option"
done
for key in $($manual keys); do
  grep -qF "Ic \\&$key" assets/memtop.1 || broken "the manual lacks the key $key"
done
grep -n '^@' assets/memtop.1 && broken "a list is missing from the manual"

# --- they are read without complaint -----------------------------------------------------

have() {
  command -v "$1" >/dev/null 2>&1
}

if have mandoc; then
  said=$(mandoc -T lint -W warning assets/memtop.1 2>&1) || broken "mandoc: $said"
fi
if have man && man --version 2>/dev/null | grep -q '^man 2'; then
  said=$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z \
    assets/memtop.1 2>&1 >/dev/null)
  [ -z "$said" ] || broken "man: $said"
fi
if have bash; then
  said=$(bash -n assets/completions/memtop 2>&1) || broken "bash: $said"
fi
if have zsh; then
  said=$(zsh -n assets/completions/_memtop 2>&1) || broken "zsh: $said"
fi
if have fish; then
  said=$(fish -n assets/completions/memtop.fish 2>&1) || broken "fish: $said"
fi

# --- what bash completes ------------------------------------------------------------------

# complete WORD...: what is offered for the last word.
complete() {
  bash -c '. assets/completions/memtop
    COMP_WORDS=(memtop "$@") COMP_CWORD=$# COMPREPLY=()
    _memtop 2>/dev/null
    echo "${COMPREPLY[*]}"' bash "$@"
}

# offers WANTED WORD...
offers() {
  wanted=$1
  shift
  found=$(complete "$@")
  [ "$found" = "$wanted" ] || broken "bash offers \"$found\" for $*, not \"$wanted\""
}

if have bash; then
  offers '--engine --encoding' --en
  offers 'pandas3 pandas2' --engine pan
  offers 'pandas3 pandas2' --engine = pan
  offers 'pandas3 pandas2 polars arrow' --engine =
  offers '' --rows ''
  offers 'assets/completions' --plan assets/compl
  offers 'assets/completions' assets/compl
fi
if have fish; then
  found=$(fish -c 'source assets/completions/memtop.fish
    complete -C "memtop --engine po" | cut -f 1')
  [ "$found" = polars ] || broken "fish offers \"$found\" for --engine po"
fi

# --- README ---------------------------------------------------------------------------------

# table TITLE: the first cells of the table below that heading.
table() {
  sed -n "/^### $1\$/,/^#/s/^| \(.*[^\\\\]\) |.*|\$/\1/p" "$srcdir/README.md" |
    sed 's/ | .*//'
}

table Options | grep -o -- '--[a-z-]*' | sort -u >readme-options.$$
[ -s readme-options.$$ ] || broken "README has no table of options"
$manual options | sort -u >options.$$
said=$(comm -23 readme-options.$$ options.$$)
[ -z "$said" ] || broken "README has options that are not there: $said"
said=$(comm -13 readme-options.$$ options.$$)
[ -z "$said" ] || broken "README lacks options: $said"
table Keys | grep -o '`[^`]*`' | tr -d '`' | sort -u >readme-keys.$$
[ -s readme-keys.$$ ] || broken "README has no table of keys"
$manual keys | sort -u >keys.$$
said=$(comm -23 readme-keys.$$ keys.$$)
[ -z "$said" ] || broken "README has keys that are not there: $said"
rm -f readme-options.$$ options.$$ readme-keys.$$ keys.$$

exit $status
