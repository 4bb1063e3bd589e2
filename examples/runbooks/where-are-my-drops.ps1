<#
.SYNOPSIS
    Something is dropping somewhere: names the layer, and what to do next.
.EXAMPLE
    examples/runbooks/where-are-my-drops.ps1 ens1f0 -Snapshot sensor.zip
#>
param(
    [Parameter(Mandatory)] [string] $InterfaceName,
    [string] $Snapshot
)

$machine = $Snapshot ? @{ Snapshot = $Snapshot } : @{}
$rows = Get-PacketDrops $InterfaceName -Detail @machine
$rows | Where-Object Dropped -gt 0 | Format-Table Layer, Queue, Cpu, Worker, Packets, Dropped, Ratio, Confidence
# Workers that see half the traffic drop nothing.
Test-AfPacketFanout $InterfaceName @machine -ErrorAction SilentlyContinue | ForEach-Object Findings | Format-List Id, Finding, Remedy
$rows | Where-Object Layer -eq Verdict | Format-List LossyLayer, Note, NextCommand
