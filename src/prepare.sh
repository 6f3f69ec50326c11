# Sourced by ./captiontl and ./test: builds what has changed. Nothing outside this folder is touched but NuGet's own caches.
# Sets root and dotnet; offers ensure_built. Everything said here goes to standard error.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
state=$root/.captiontl

say() { echo "captiontl: $*" >&2; }

fail() { say "$*"; exit 2; }

# The .NET SDK: on the path, or where its installers put it.
find_dotnet() {
  local place
  for place in "$(command -v dotnet)" "${DOTNET_ROOT:-}/dotnet" "${HOME:-}/.dotnet/dotnet" /usr/{share,lib,local/share}/dotnet/dotnet; do
    if [[ -x $place ]]; then dotnet=$place PATH=$PATH:$(dirname "$place"); return; fi
  done
  fail "the .NET SDK 10 is needed and was not found; see https://dotnet.microsoft.com/download, or put its folder on the PATH"
}

# As .NET names it.
this_system() {
  local system=linux processor=x64
  [[ $(uname -s) == Darwin ]] && system=osx
  [[ $(uname -m) == a*64 ]] && processor=arm64
  echo "$system-$processor"
}

# What the build reads: one line a file, and the setting that changes its outcome.
sources() {
  echo "CaptionDevice=${CaptionDevice:-cpu}"
  local folders=("$root/src" "$root/web" "$root/datasets/models")
  [[ $1 == test ]] && folders+=("$root/tests")
  find "${folders[@]}" \( -name bin -o -name obj -o -name goldens \) -prune -o -type f "${@:2}" -print
  find "$root" -maxdepth 1 \( -name '*.props' -o -name '*.sln' -o -name .editorconfig -o -iname nuget.config -o -name global.json \) \
    "${@:2}" -print
}

# True when nothing was changed, added or taken away since the stamp was written, and the NuGet cache still has what the output links to.
is_built() {
  local stamp=$state/built-$1
  [[ -f $stamp && -f $2 ]] && (($(sources "$1" -newer "$stamp" | wc -l) == 1)) && sources "$1" | sort | cmp -s - "$stamp" &&
    [[ -z $(find -L "$(dirname "$2")" -type l) ]]
}

downloaded_kb() { [[ -n $downloads ]] && du -sk "$downloads" 2>/dev/null | cut -f 1; }

# step COMMAND…: its output goes to the log; on a terminal the time so far is shown, and what came down into the folder of downloads.
step() {
  local ticker= code
  if [[ -t 2 ]]; then
    show_progress 9>&- &
    ticker=$!
  fi
  "$@" >>"$log" 2>&1 </dev/null 9>&-
  code=$?
  [[ -n $ticker ]] && { kill "$ticker" && wait "$ticker"; printf '\r%30s\r' '' >&2; } 2>/dev/null
  return $code
}

# Ends by itself when the script does, by Ctrl-C too.
show_progress() {
  local before=$(downloaded_kb) started=$SECONDS
  while sleep 1 && kill -0 $$ 2>/dev/null; do
    printf '\rcaptiontl: %d s' $((SECONDS - started)) >&2
    [[ -n $downloads ]] && printf ', %d MB' $((($(downloaded_kb) - before) / 1024)) >&2
  done
}

# What a failed restore was about, and what can be done.
explain_restore() {
  local packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
  if grep -qiE 'denied|read-only file system' "$log"; then
    say "NuGet cannot write to its folders. Let NUGET_PACKAGES name a folder of yours instead of $packages, then start again."
  elif grep -qi 'no space left' "$log"; then
    say "the disk is full; the packages take 2.5 GB below $packages, or where NUGET_PACKAGES says."
  elif grep -qE 'NU1301|NU1101|NU1102|NU1103' "$log"; then
    say "packages could not be fetched. 'dotnet nuget list source' says from where; is there a network? A machine without one works with
  a copy of the folder $packages of another machine; NUGET_PACKAGES may name it."
  fi
}

# ensure_built NAME OUTPUT COMMAND PROJECT OPTION…: NAME tells the stamps apart, OUTPUT is a file that dotnet COMMAND makes.
ensure_built() {
  local name=$1 output=$2 stamp=$state/built-$1
  find_dotnet
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
  is_built "$name" "$output" && return
  mkdir -p "$state" && [[ -w $state ]] || fail "cannot write to $state, where the build is kept; copy the project to a folder of yours"
  # One build at a time; who waited finds it done. The lock is not passed on to what is started here.
  exec 9>"$state/lock"
  command -v flock >/dev/null && { flock -n 9 || { say "waiting for another build of this folder"; flock 9; }; }
  is_built "$name" "$output" || build "${@:3}"
  exec 9>&-
}

# build COMMAND PROJECT OPTION…, within ensure_built
build() {
  local log=$state/build-$name.log project=$root/$2 options=("${@:3}" -v q --nologo --disable-build-servers)
  # Accounts may have no home of their own, as in containers, and machines no ICU, which only the SDK would want.
  [[ -w ${HOME:-} ]] || local -x HOME=$state/home
  local -x DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
  mkdir -p "$HOME"
  local sdks=$("$dotnet" --list-sdks | cut -d ' ' -f 1)
  grep -qE '^[1-9][0-9]\.' <<<"$sdks" ||
    fail "the .NET SDK 10 is needed, and $dotnet has ${sdks:-no SDK}; see https://dotnet.microsoft.com/download"

  sources "$name" | sort >"$stamp.new" # before the build: what is changed meanwhile counts as changed
  : >"$log"
  downloads=
  if [[ -f $stamp ]]; then
    say "building what has changed"
  else
    downloads=$("$dotnet" nuget locals http-cache --list 2>/dev/null | sed 's/^http-cache: //')
    say "fetching the packages that this machine lacks, 450 MB at most, into NuGet's cache; then building, about a minute"
  fi
  if ! step "$dotnet" restore "$project" "${options[@]}"; then
    show_errors
    explain_restore
    fail "the packages were not restored; all that was said is in $log"
  fi
  downloads=
  if ! step "$dotnet" "$1" "$project" -c Release --no-restore "${options[@]}"; then
    show_errors
    say "the build failed; all that was said is in $log"
    exit 1
  fi
  mv "$stamp.new" "$stamp"
}

show_errors() { { grep -E 'error|warn' "$log" || tail -n 40 "$log"; } | sort -u | head -n 40 >&2; }
