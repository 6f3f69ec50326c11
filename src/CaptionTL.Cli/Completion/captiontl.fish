# Completion of captiontl in fish. For good:
#   captiontl completion fish > ~/.config/fish/completions/captiontl.fish
function __captiontl_complete
    set -l line (commandline --current-process --cut-at-cursor | string collect --no-trim-newlines | string trim --right --chars \n)
    # After --option= the answers are values; fish wants the whole word.
    set -l option (commandline --current-token | string match --regex -- '^--[^=]*=')
    for answer in (captiontl "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)
        echo "$option$answer"
    end
end
complete --command captiontl --arguments '(__captiontl_complete)'
