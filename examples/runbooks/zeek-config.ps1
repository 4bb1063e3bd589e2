<#
.SYNOPSIS
Brings Zeek's own file in line with the sensor: what is wrong in it, by line, and the plan's values in their places.
.DESCRIPTION
Looks for node.cfg or zeek.conf at the usual places, names the mistakes, and holds the plan against the file. What differs is edited in place:
comments, order and settings that no plan knows stay, and Undo-NsmChange takes it back. Nothing else of the plan is made.
Exit code: 0 the file is as the plan says, 1 it differs and was rehearsed or declined, 2 it has mistakes that a plan cannot put right.
.EXAMPLE
zept -File examples/runbooks/zeek-config.ps1 -Plan examples/sensors/talk-plan.json -WhatIf
.EXAMPLE
zept -File examples/runbooks/zeek-config.ps1 -Plan /etc/zeptadmin/sensor.json -Confirm:$false
#>
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param(
    # The plan of the sensor, or its file.
    [Parameter(Mandatory, Position = 0)]
    [object] $Plan,

    # Snapshot to rehearse on instead of this machine.
    [string] $Snapshot
)

$machine = @{}
if ($Snapshot) { $machine.Snapshot = $Snapshot }

$mistakes = @(Test-NsmSensor -Category Zeek -Severity Warn, Fail @machine)
foreach ($mistake in $mistakes) { "$($mistake.Severity): $($mistake.Id) $($mistake.Target) $($mistake.Actual)" }

$change = @{ WhatIf = $WhatIfPreference }
if ($PSBoundParameters.ContainsKey('Confirm')) { $change.Confirm = $PSBoundParameters.Confirm }
Invoke-NsmPlan $Plan -Kind Zeek @machine @change
$drift = @(Test-NsmPlan $Plan @machine | Where-Object { $_.Kind -eq 'Zeek' -and $_.State -ne 'InPlace' })

foreach ($row in $drift) { "$($row.State): $($row.Target) is '$($row.Actual)', the plan has '$($row.Expected)'" }
if ($drift | Where-Object State -In NotPossible, NotChecked, Unknown) { exit 2 }
exit [int]($drift.Count -gt 0)
