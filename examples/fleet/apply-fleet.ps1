<#
.SYNOPSIS
Makes plans real on a fleet: a few canaries first, then batch by batch; stops at the first sensor that does not stand it.
.DESCRIPTION
On each sensor of a batch the plan is made with -ConfirmWithin. Then it is asked again over a new connection, which proves that it can still be
reached: the plan must be in place (Test-NsmPlan has no row that drifted), and -Test, if given, must give something that is true. Only then
Confirm-NsmPlan keeps it. A sensor that fails goes back by itself when its time is up; the sensors of its batch that are well are kept, and no
further batch begins. One row a sensor: Confirmed, Failed, or NotBegun.
.EXAMPLE
./apply-fleet.ps1 s1, s2, s3, s4 -PlanFolder plans -WhatIf
.EXAMPLE
./apply-fleet.ps1 (Get-Content sensors.txt) -PlanFolder plans -Canary 1 -BatchSize 10 -Test { (Get-PacketDrops -Interval 10 | Where-Object Layer -eq Verdict).LossyLayer -eq $null }
#>
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param(
    # Names of sensors, as ssh knows them; the first are the canaries.
    [Parameter(Mandatory, Position = 0)]
    [string[]] $HostName,

    # Folder with a plan for each sensor, NAME.json (Export-NsmPlan), or default.json for those without one.
    [Parameter(Mandatory)]
    [string] $PlanFolder,

    # Sensors of the first batch.
    [ValidateRange(1, 1000)]
    [int] $Canary = 1,

    # Sensors of each further batch.
    [ValidateRange(1, 1000)]
    [int] $BatchSize = 5,

    # When a sensor goes back that was not confirmed.
    [timespan] $ConfirmWithin = '00:05:00',

    # Runs on each sensor before it is confirmed; must give something that is true.
    [scriptblock] $Test,

    # User on the sensors.
    [string] $UserName = 'root',

    # Port of sshd.
    [int] $Port = 22,

    # Key to log in with; left out, ssh finds one.
    [string] $KeyFilePath,

    # Options of ssh.
    [hashtable] $Options = @{ ConnectTimeout = 10; BatchMode = 'yes'; ServerAliveInterval = 15 }
)

$plans = @{}
foreach ($name in $HostName) {
    $file = "$PlanFolder/$name.json", "$PlanFolder/default.json" | Where-Object { [IO.File]::Exists($PSCmdlet.GetUnresolvedProviderPathFromPSPath($_)) }
    if (-not $file) { throw "There is no plan for ${name}: neither $name.json nor default.json is in $PlanFolder." }

    # Read here, so that a plan with a mistake stops the roll-out before it begins.
    $null = Import-NsmPlan @($file)[0] -ErrorAction Stop
    $plans[$name] = [IO.File]::ReadAllText($PSCmdlet.GetUnresolvedProviderPathFromPSPath(@($file)[0]))
}

$connection = @{ UserName = $UserName; Port = $Port; Options = $Options; TimeoutSeconds = [int]$ConfirmWithin.TotalSeconds }
if ($KeyFilePath) { $connection.KeyFilePath = $KeyFilePath }

$make = {
    param($plan, $seconds)
    $file = [IO.Path]::GetTempFileName()
    try {
        [IO.File]::WriteAllText($file, $plan)
        $null = Invoke-NsmPlan $file -ConfirmWithin ([timespan]::FromSeconds($seconds)) -Confirm:$false
        'made'
    }
    finally { [IO.File]::Delete($file) }
}
$keep = {
    param($plan, $test)
    $file = [IO.Path]::GetTempFileName()
    try {
        [IO.File]::WriteAllText($file, $plan)
        $drifted = @(Test-NsmPlan $file -State Drifted)
        if ($drifted) { throw "$($drifted.Count) rows are not in place, the first: $($drifted[0].Kind) of $($drifted[0].Target)" }
        if ($test -and -not (& ([scriptblock]::Create($test)))) { throw "The test failed: $test" }
        $null = Confirm-NsmPlan (Import-NsmPlan $file) -Confirm:$false -ErrorAction Stop
        'kept'
    }
    finally { [IO.File]::Delete($file) }
}

# All of a batch at once, each with its own plan; what each said, by its name.
function Invoke-Batch([string[]] $names, [scriptblock] $what, $argument) {
    $said = @{}
    foreach ($sensor in & "$PSScriptRoot/Invoke-OnFleet.ps1" $names $what -ArgumentOf $plans -ArgumentList $argument @connection) { $said[$sensor.Sensor] = $sensor }
    $said
}

$first = 0
$stopped = $false
for ($batch = 0; $first -lt $HostName.Count; $batch++) {
    $size = if ($batch) { $BatchSize } else { $Canary }
    $names = $HostName[$first..([math]::Min($first + $size, $HostName.Count) - 1)]
    $first += $size
    if ($stopped -or -not $PSCmdlet.ShouldProcess(($names -join ', '), "Make the plan, batch $batch")) {
        foreach ($name in $names) { [pscustomobject]@{ Sensor = $name; Batch = $batch; State = 'NotBegun'; Problem = $null } }
        continue
    }

    $made = Invoke-Batch $names $make ([int]$ConfirmWithin.TotalSeconds)
    $well = @($names | Where-Object { -not $made[$_].Problem })
    $kept = if ($well) { Invoke-Batch $well $keep "$Test" } else { @{} }
    foreach ($name in $names) {
        $problem = if ($made[$name].Problem) { $made[$name].Problem } else { $kept[$name].Problem }
        if ($problem) { $stopped = $true }
        [pscustomobject]@{ Sensor = $name; Batch = $batch; State = if ($problem) { 'Failed' } else { 'Confirmed' }; Problem = $problem }
    }
}
