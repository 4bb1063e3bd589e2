<#
.SYNOPSIS
Sets capture ports as the method wants them, in the order in which cards do not forget what was set before.
.DESCRIPTION
Queues, rings, private flags, features, moderation, pause frames, hash, interrupts. Each step reads, asks, journals, writes and reads back; what holds already is
not written. At the end the audit of the ports is shown, and the line that takes everything back. With -WhatIf nothing is written; with
-Snapshot and -WhatIf it is rehearsed on another machine's snapshot. Stop the capture first: queues and rings take the link down for a moment.
.EXAMPLE
zept -File examples/runbooks/tune-nic.ps1 ens1f1 -Queues 6 -PacketsPerSecond 1000000 -WhatIf -Snapshot tests/Fixtures/sensor-x710
.EXAMPLE
zept -File examples/runbooks/tune-nic.ps1 ens1f0,ens1f1 -Queues 6 -PacketsPerSecond 1000000 -Confirm:$false
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    # Capture ports.
    [Parameter(Mandatory, Position = 0)]
    [string[]] $InterfaceName,

    # Queues of each port: as many as it has workers.
    [Parameter(Mandatory)]
    [int] $Queues,

    # Packets a second that one queue has to hold.
    [Parameter(Mandatory)]
    [long] $PacketsPerSecond,

    # Microseconds from a frame to the interrupt.
    [int] $Microseconds = 84,

    # Fields to hash: sd (addresses, whole datagrams) or sdfn (with ports).
    [ValidateSet('sd', 'sdfn')]
    [string] $Fields = 'sd',

    # Snapshot to rehearse on, with -WhatIf.
    [string] $Snapshot
)

$started = [datetime]::Now
$machine = @{}
if ($Snapshot) { $machine.Snapshot = $Snapshot }

foreach ($name in $InterfaceName) {
    # A step that the card does not have is told, and the rest goes on.
    if ((Get-NicChannel $name @machine).CombinedMaximum -gt 0) { Set-NicChannel $name -Combined $Queues @machine }
    else { Set-NicChannel $name -Rx $Queues @machine }
    Set-NicRing $name -ForRate $PacketsPerSecond -InterruptMicroseconds $Microseconds @machine
    Get-NicPrivateFlag $name @machine -ErrorAction Ignore | Where-Object { $_.Flag -eq 'flow-director-atr' -and $_.IsOn } |
        ForEach-Object { Set-NicPrivateFlag $name $_.Flag -Off @machine }
    Set-NicFeature $name -CaptureProfile @machine
    Set-NicCoalesce $name -AdaptiveRx $false -RxMicroseconds $Microseconds @machine
    # What is negotiated comes back with the link; i40e and ice refuse to end that, and take the frames without.
    $negotiation = if ((Get-Nic $name @machine).Driver -in 'i40e', 'ice') { @{} } else { @{ Autoneg = $false } }
    Set-NicPause $name @negotiation -Rx $false -Tx $false @machine
    Set-NicRss $name -Symmetric -Fields $Fields -Queue $Queues @machine
    # irqbalance, where it runs, is told to leave them alone.
    if (Get-IrqAffinity $name @machine -ErrorAction Ignore) { Set-IrqAffinity $name -Strategy Local -FenceIrqBalance @machine }
}

Test-NsmSensor -InterfaceName $InterfaceName -Severity Warn, Fail @machine
if (-not $WhatIfPreference) {
    "To take everything back: Undo-NsmChange -After '$($started.ToString('s'))'"
}
