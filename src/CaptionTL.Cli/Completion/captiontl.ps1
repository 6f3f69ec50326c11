# Completion of captiontl in PowerShell. For good, in $PROFILE:
#   captiontl completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName captiontl -ScriptBlock {
    param($word, $command, $position)
    $option = if ($word -match '^--[^=]*=') { $Matches[0] } else { '' }
    captiontl "[suggest:$position]" "$command" 2>$null | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new("$option$_", $_, 'ParameterValue', $_)
    }
}
