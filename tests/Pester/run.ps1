# Runs the Pester suites and ends with a line for .ci/run: PESTER passed failed skipped
$configuration = New-PesterConfiguration
$configuration.Run.Path = $PSScriptRoot
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$configuration.Output.RenderMode = 'Plaintext'
$result = Invoke-Pester -Configuration $configuration
$broken = $result.FailedContainersCount + $result.FailedBlocksCount
"PESTER $($result.PassedCount) $($result.FailedCount + $broken) $($result.SkippedCount)"
exit [int]($result.FailedCount + $broken -gt 0)
