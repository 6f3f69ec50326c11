# Sourced by ./captiontl and ./test: installs what the machine lacks and builds what has changed.
# Sets root and dotnet; offers ensure_built NAME PROJECT. Everything said here goes to standard error.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { echo "captiontl: $*" >&2; }

fail() { say "$*"; exit 2; }

# The .NET SDK: on the path, or where its installers put it.
find_dotnet() {
  local place
  for place in "$(command -v dotnet)" "${DOTNET_ROOT:-}/dotnet" "$HOME/.dotnet/dotnet" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet; do
    if [[ -x $place ]]; then dotnet=$place PATH=$PATH:$(dirname "$place"); return; fi
  done
  fail "the .NET SDK 10 is needed and was not found; see https://dotnet.microsoft.com/download, or put its folder on the PATH"
}

# Whether one of the files exists that the patterns name.
any_file() { compgen -G "$1" >/dev/null || { (($# > 1)) && any_file "${@:2}"; }; }

has_library() { any_file "/usr/lib/*/$1" "/usr/lib64/$1" "/usr/lib/$1" "/usr/local/lib/$1" || PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -qF "$1"; }

# Debian's names of the packages that are missing. libopenblas0-pthread: without it Debian's libtorch multiplies
# matrices thirty times slower. CAPTIONTL_LIBTORCH names another libtorch; it brings its own.
missing_packages() {
  # That engine brings its libraries along; libvips writes the pictures that its tests read.
  if [[ ${CaptionEngine:-} == packages ]]; then
    [[ -z ${for_tests:-} ]] || has_library libvips.so.42 || echo libvips42
    return
  fi
  has_library libvips.so.42 || echo libvips42
  command -v cmake >/dev/null || echo cmake
  command -v make >/dev/null || echo make # cmake only recommends it
  command -v c++ >/dev/null || echo g++
  # Run exported ONNX files in some tests; those are skipped where these are missing and cannot be installed.
  if [[ ${for_tests:-} && $EUID == 0 ]] && command -v apt-get >/dev/null; then
    any_file /usr/lib/python3/dist-packages/onnx/__init__.py || echo python3-onnx
    any_file '/usr/lib/python3/dist-packages/cv2*' || echo python3-opencv
    # Drives the pages in their tests; those are skipped where it is missing.
    any_file /usr/bin/chromium || echo chromium
  fi
  [[ -n ${CAPTIONTL_LIBTORCH:-} ]] && return
  { has_library libtorch_cpu.so && any_file /usr/include/ATen/ATen.h /usr/include/torch/version.h /usr/include/*/torch/version.h; } || echo libtorch-dev
  any_file '/usr/lib/*/openblas-*/libblas.so.3' '/usr/lib64/libopenblas*' '/usr/lib/libopenblas*' || echo libopenblas0-pthread
}

# Installs them, or says what to install and ends.
ensure_packages() {
  local missing as_root=() log
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]} == 0)) && return
  command -v apt-get >/dev/null || fail "missing on this machine (Debian's names): ${missing[*]}
  This system has no apt-get. Install what these are called here: libvips 8.13 or later, a C++ compiler, cmake, and libtorch
  with its headers; or unpack libtorch from pytorch.org and set CAPTIONTL_LIBTORCH to its folder."
  if ((EUID != 0)); then
    sudo -n true 2>/dev/null || fail "missing on this machine: ${missing[*]}
  Install them once, then start again:
    sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]}"
    as_root=(sudo -n)
  fi
  say "installing ${missing[*]} (once)"
  log=$root/.captiontl/install.log
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=600)
  local install=("${apt[@]}" install --no-install-recommends "${missing[@]}")
  { "${install[@]}" || { "${apt[@]}" update && "${install[@]}"; }; } >"$log" 2>&1 </dev/null 9>&- && return
  tail -n 20 "$log" >&2
  fail "these packages did not install: ${missing[*]} (all of what apt-get said: $log)
  Install them by hand, then start again:
    apt-get update && apt-get install --no-install-recommends ${missing[*]}"
}

# What the build reads: one line a file, and what else changes its outcome.
sources() {
  echo "CAPTIONTL_LIBTORCH=${CAPTIONTL_LIBTORCH:-} CaptionEngine=${CaptionEngine:-}"
  local folders=("$root/src")
  [[ $1 == test ]] && folders+=("$root/tests")
  [[ -d $root/web ]] && folders+=("$root/web")
  find "${folders[@]}" \( -name bin -o -name obj -o -name build -o -name goldens \) -prune -o -type f "${@:2}" -print
  find "$root" -maxdepth 1 \( -name '*.props' -o -name '*.sln' -o -name .editorconfig -o -iname nuget.config -o -name global.json \) "${@:2}" -print
}

# True when nothing was changed, added or taken away since the stamp was written.
is_built() {
  local stamp=$root/.captiontl/built-$1
  [[ -f $stamp && -f $root/$2 ]] && (($(sources "$1" -newer "$stamp" | wc -l) == 1)) && sources "$1" | sort | cmp -s - "$stamp"
}

# ensure_built NAME OUTPUT PROJECT: NAME tells the stamps apart, OUTPUT is a file of the build, PROJECT what to build.
ensure_built() {
  find_dotnet
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
  mkdir -p "$root/.captiontl" || fail "cannot write to $root"
  if is_built "$1" "$2" && [[ -z $(missing_packages) ]]; then return; fi

  # One build at a time; who waited finds it done. The lock is not passed on to what is started here.
  exec 9>"$root/.captiontl/lock"
  flock -n 9 || { say "waiting for another build of this folder"; flock 9; }
  ensure_packages
  if ! is_built "$1" "$2"; then
    local stamp=$root/.captiontl/built-$1 log=$root/.captiontl/build-$1.log
    [[ -f $stamp ]] && say "building what has changed" || say "building, first time, about two minutes"
    sources "$1" | sort >"$stamp.new" # before the build: what is changed meanwhile counts as changed
    if ! "$dotnet" build "$root/$3" -c Release -v q --nologo --disable-build-servers >"$log" 2>&1 </dev/null 9>&-; then
      grep -E 'error|warn' "$log" | sort -u | head -n 40 >&2 || tail -n 40 "$log" >&2
      say "the build failed; all that was said is in $log"
      exit 1
    fi
    mv "$stamp.new" "$stamp"
  fi
  exec 9>&-
}
