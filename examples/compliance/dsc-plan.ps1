<#
.SYNOPSIS
A DSC v3 resource on plans: get, test, set; JSON in and out.
.DESCRIPTION
zeptadmin-plan.dsc.resource.json is its manifest: put it into a folder on the PATH of dsc, and this file into /usr/local/lib/zeptadmin. Runs in zept,
and needs no dsc: what is on the standard input is the instance.
.EXAMPLE
'{"path":"/etc/zeptadmin/plan.json"}' | zept -File dsc-plan.ps1 test
#>
[CmdletBinding()]
param(
    # What DSC asks for.
    [Parameter(Mandatory, Position = 0)]
    [ValidateSet('get', 'test', 'set')]
    [string] $Operation
)

$ErrorActionPreference = 'Stop'
try {
    $wanted = [Newtonsoft.Json.Linq.JObject]::Parse([Console]::In.ReadToEnd())
    $path = [string]$wanted['path']
    if (-not $path) { throw 'The instance has no path.' }
    $snapshot = [string]$wanted['snapshot']
    $machine = if ($snapshot) { @{ Snapshot = $snapshot } } else { @{} }
    if ($Operation -eq 'set') { Invoke-NsmPlan $path @machine -Confirm:$false | Out-Null }

    # By constructor: PowerShell would read a string as JSON.
    $drifted = [Newtonsoft.Json.Linq.JArray]::new()
    foreach ($row in Test-NsmPlan $path @machine -State Drifted) {
        $one = [Newtonsoft.Json.Linq.JObject]::new()
        $one.Add('setting', [Newtonsoft.Json.Linq.JValue]::new("$($row.Kind) $($row.Target)"))
        $one.Add('expected', [Newtonsoft.Json.Linq.JValue]::new($row.Expected))
        $one.Add('actual', [Newtonsoft.Json.Linq.JValue]::new($row.Actual))
        $drifted.Add($one)
    }

    $state = [Newtonsoft.Json.Linq.JObject]::new()
    $state.Add('path', [Newtonsoft.Json.Linq.JValue]::new($path))
    if ($snapshot) { $state.Add('snapshot', [Newtonsoft.Json.Linq.JValue]::new($snapshot)) }
    $state.Add('drifted', $drifted)
    $state.Add('_inDesiredState', [Newtonsoft.Json.Linq.JValue]::new($drifted.Count -eq 0))
    [Console]::Out.WriteLine($state.ToString([Newtonsoft.Json.Formatting]::None))
    exit 0
}
catch {
    [Console]::Error.WriteLine("$_")
    exit 1
}
