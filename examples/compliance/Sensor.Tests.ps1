# The audit as a Pester suite: one test a check and target, by category, for a pipeline that wants NUnit or JUnit XML.
#
# $container = New-PesterContainer -Path examples/compliance/Sensor.Tests.ps1 -Data @{ Snapshot = 'examples/sensors/virtual.zip'; Exception = 'examples/compliance/exceptions.json' }
# Invoke-Pester -Configuration @{ Run = @{ Container = $container }; TestResult = @{ Enabled = $true; OutputFormat = 'NUnitXml'; OutputPath = 'sensor.xml' } }
#
# Tags are the category and the severity: Invoke-Pester -TagFilter Fail, -ExcludeTagFilter Warn.
param(
    # Snapshot to audit instead of this machine.
    [string] $Snapshot,

    # Capture ports; left out, Test-NsmSensor finds them.
    [string[]] $InterfaceName,

    # What this site lives with, and until when: records or the path of a JSON file of Id, Target (both with wildcards), Until (yyyy-MM-dd), Reason.
    [object[]] $Exception = @(),

    # Day that counts as today.
    [datetime] $Today = [datetime]::UtcNow.Date,

    # Where the module is, if it is not installed.
    [string] $Module = 'ZeptAdmin'
)

BeforeDiscovery {
    Import-Module $Module
    $exceptions = foreach ($given in $Exception) {
        foreach ($one in $(if ($given -is [string]) { Get-Content -Raw $given | ConvertFrom-Json } else { $given })) {
            foreach ($name in 'Id', 'Until', 'Reason') { if (-not $one.$name) { throw "An exception has no ${name}: $($one | ConvertTo-Json -Compress)" } }
            $until = [datetime]::MinValue
            if (-not [datetime]::TryParseExact("$($one.Until)", 'yyyy-MM-dd', [cultureinfo]::InvariantCulture, 'None', [ref]$until)) { throw "Until of an exception is no day (yyyy-MM-dd): $($one.Until)" }
            [pscustomobject]@{ Id = $one.Id; Target = if ($one.Target) { $one.Target } else { '*' }; Until = $until; Reason = $one.Reason; Uses = 0 }
        }
    }

    $machine = @{}
    if ($Snapshot) { $machine.Snapshot = $Snapshot }
    if ($InterfaceName) { $machine.InterfaceName = $InterfaceName }
    $cases = foreach ($result in Test-NsmSensor @machine -ErrorAction Stop) {
        $accepted = $exceptions | Where-Object { $result.Id -like $_.Id -and $result.Target -like $_.Target } | Sort-Object Until -Descending | Select-Object -First 1
        if ($accepted -and $result.Severity -ne 'Pass') { $accepted.Uses++ }
        @{ Result = $result; Accepted = $accepted; Today = $Today; Name = "$($result.Id) of $($result.Target)" }
    }
    $groups = $cases | Group-Object { "$($_.Result.Category)" } | ForEach-Object {
        @{ Category = $_.Name; Severities = @($_.Group | Group-Object { "$($_.Result.Severity)" } | ForEach-Object { @{ Severity = $_.Name; Cases = $_.Group } }) }
    }
    $unused = @($exceptions | Where-Object { -not $_.Uses } | ForEach-Object { @{ Unused = $_ } })
}

Describe '<Category>' -ForEach $groups -Tag { $_.Category } {
    Context '<Severity>' -ForEach $Severities {
        It '<Name>' -ForEach $Cases -Tag $_.Category, $_.Severity {
            if ($Result.Severity -eq 'Unknown') { Set-ItResult -Inconclusive -Because $Result.Actual }
            if ($Result.Severity -ne 'Pass' -and $Accepted) {
                if ($Accepted.Until -ge $Today) { Set-ItResult -Skipped -Because "accepted until $($Accepted.Until.ToString('yyyy-MM-dd')): $($Accepted.Reason)" }
                $Result.Severity | Should -Be Pass -Because "the exception ended on $($Accepted.Until.ToString('yyyy-MM-dd')). $($Result.Why) Found: $($Result.Actual). Remedy: $($Result.Remedy)"
            }

            $Result.Severity | Should -Be Pass -Because "$($Result.Expected) is expected. $($Result.Why) Found: $($Result.Actual). Remedy: $($Result.Remedy)"
        }
    }
}

# An exception that nothing needs any more hides what comes next.
Describe 'Exceptions' -Tag Exceptions {
    It 'of <Unused.Id> on <Unused.Target> are needed' -ForEach $unused {
        Set-ItResult -Inconclusive -Because "nothing fails that it is for: $($Unused.Reason)"
    }
}
