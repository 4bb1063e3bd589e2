<#
.SYNOPSIS
From a bare server to a sensor: plan, keep, rehearse, make, confirm, have it made at every boot.
.DESCRIPTION
Makes a plan of the capture ports, writes it to a file, says what is wrong on the machine as it is, and lists each write. With -Make it makes the plan
with a clock running: when this session does not come through to the confirmation, everything is taken back. Then it registers the plan and holds
it against the machine. Stop the capture first: queues and rings take links down for a moment.
.EXAMPLE
zept -File examples/runbooks/plan-sensor.ps1 -Path /tmp/sensor.json -Snapshot examples/sensors/talk.zip
.EXAMPLE
zept -File examples/runbooks/plan-sensor.ps1 ens1f0,ens1f1 -Path /etc/zeptadmin/sensor.json -Make
#>
param(
    # Capture ports; left out, those that New-NsmPlan finds.
    [Parameter(Position = 0)]
    [string[]] $InterfaceName = @(),

    # File for the plan.
    [Parameter(Mandatory)]
    [string] $Path,

    # How packets come from queues to workers.
    [ValidateSet('QueuePerWorker', 'SameCore', 'NeighbourCore', 'SingleQueue', 'RemoteWorkers')]
    [string] $Strategy = 'QueuePerWorker',

    # Time in which the session has to come back, or everything is taken back.
    [timespan] $ConfirmWithin = '00:05:00',

    # Makes the plan; else it is only rehearsed.
    [switch] $Make,

    # Snapshot to rehearse on.
    [string] $Snapshot
)

$machine = @{}
if ($Snapshot) { $machine.Snapshot = $Snapshot }
$ports = @{}
if ($InterfaceName.Count -gt 0) { $ports.InterfaceName = $InterfaceName }

$plan = New-NsmPlan -Strategy $Strategy @ports @machine
if (-not $plan) { exit 2 }
$plan | Export-NsmPlan $Path -Force
$plan.Ports
foreach ($finding in $plan.Findings) { "$($finding.Target): $($finding.Text)" }

if (-not $Make) {
    Invoke-NsmPlan $Path -WhatIf @machine
    exit 0
}

Invoke-NsmPlan $Path -ConfirmWithin $ConfirmWithin -Confirm:$false

# Whoever reads this still has a way in.
$null = Confirm-NsmPlan $plan
Register-NsmPlan $Path -Confirm:$false
$open = @(Test-NsmPlan $Path -State Drifted, NotPossible, Unknown)
foreach ($row in $open) { "$($row.State) $($row.Kind) $($row.Target): wanted $($row.Expected), is $($row.Actual)" }
"To take everything back: Unregister-NsmPlan $($plan.Name); Undo-NsmChange -Plan $($plan.Name)"
exit [int]($open.Count -gt 0)
