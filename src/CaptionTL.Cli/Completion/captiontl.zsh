#compdef captiontl
# Completion of captiontl in zsh. For good, with a folder of fpath:
#   captiontl completion zsh > ~/.zfunc/_captiontl
_captiontl() {
    local line="${(j: :)words[1,CURRENT]}"
    local -a answers=(${(f)"$("$words[1]" "[suggest:$#line]" "$line" 2>/dev/null)"})
    compset -P '--*='
    # Where the program has nothing to offer, file names are.
    if (( $#answers )); then compadd -a answers; else _files; fi
}
if [[ $funcstack[1] == _captiontl ]]; then _captiontl "$@"; else compdef _captiontl captiontl; fi
