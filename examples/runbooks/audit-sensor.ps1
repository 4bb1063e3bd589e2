<#
.SYNOPSIS
Audits this sensor, or a snapshot of one, and tells the worst verdict by the exit code.
.DESCRIPTION
Shows what is wrong, each with its remedy. Exit code: 0 nothing is wrong, 1 warnings, 2 failures, 3 nothing is wrong as far as the machine
tells, for some checks came to no verdict.
.EXAMPLE
zept -File examples/runbooks/audit-sensor.ps1
.EXAMPLE
zept -File examples/runbooks/audit-sensor.ps1 -Snapshot examples/sensors/virtual.zip -InterfaceName igb
#>
[CmdletBinding()]
param(
    # Snapshot to audit instead of this machine.
    [string] $Snapshot,

    # Capture ports; left out, Test-NsmSensor finds them.
    [string[]] $InterfaceName,

    # Checks that this site has decided to live with: H5*, I10.SilentPort.
    [string[]] $Accepted = @()
)

$machine = @{}
if ($Snapshot) { $machine.Snapshot = $Snapshot }
if ($InterfaceName) { $machine.InterfaceName = $InterfaceName }

$results = Test-NsmSensor @machine -ErrorAction Stop | Where-Object {
    $id = $_.Id
    -not ($Accepted | Where-Object { $id -like $_ })
}
$wrong = @($results | Where-Object Severity -in Warn, Fail)
$wrong
''
foreach ($result in $wrong) {
    if ($result.Remedy) { "$($result.Id) $($result.Target): $($result.Remedy)" }
}

if ($wrong.Severity -contains 'Fail') { exit 2 }
if ($wrong) { exit 1 }
if ($results.Severity -contains 'Unknown') { exit 3 }
exit 0
