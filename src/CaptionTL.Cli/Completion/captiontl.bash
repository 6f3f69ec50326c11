# Completion of captiontl in bash. For good:
#   captiontl completion bash > ~/.local/share/bash-completion/completions/captiontl
_captiontl() {
    local answers
    answers=$("$1" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)
    mapfile -t COMPREPLY < <(compgen -W "$answers" -- "$2")
}
# Where the program has nothing to offer, file names are.
complete -o bashdefault -o default -F _captiontl captiontl
