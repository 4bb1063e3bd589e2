<#
.SYNOPSIS
Makes Zeek's configuration of a cloud sensor: what receives the mirrored tunnels, and what the card cannot do.
.DESCRIPTION
Traffic Mirroring of AWS comes as VXLAN to port 4789, a Gateway Load Balancer's as Geneve to port 6081. Zeek 9 receives both itself, and the kernel
spreads them over workers by their outer addresses: all of one source meets one worker. Writes zeek.conf to the pipeline, or to -Path.
.EXAMPLE
zept -File examples/runbooks/cloud-sensor.ps1 -Workers 2 -WorkerCpu 1,2 -Snapshot tests/Fixtures/two-port-i40e
.EXAMPLE
zept -File examples/runbooks/cloud-sensor.ps1 -Tunnel Geneve -Path /opt/zeek/etc/zeek/zeek.conf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    # What the mirror sends.
    [ValidateSet('Vxlan', 'Geneve')]
    [string] $Tunnel = 'Vxlan',

    # Workers of the source, and a CPU for each.
    [int] $Workers = 2,

    [string[]] $WorkerCpu,

    # File to write.
    [string] $Path,

    # Snapshot to look at instead of this machine.
    [string] $Snapshot
)

$machine = @{}
if ($Snapshot) { $machine.Snapshot = $Snapshot }
foreach ($check in Test-NsmSensor -Category Cloud -Severity Warn, Fail @machine) { Write-Warning "$($check.Id): $($check.Actual). $($check.Remedy)" }

$source = @{ Vxlan = 'udp::0.0.0.0:4789:vxlan'; Geneve = 'udp::0.0.0.0:6081:geneve' }[$Tunnel]
$wish = @{ UdpSource = $source; Workers = $Workers; Format = 'ZeekConf'; WhatIf = $WhatIfPreference }
if ($WorkerCpu) { $wish.WorkerCpu = [int[]]($WorkerCpu -split ',') }
if ($Path) { $wish.Path = $Path }
$config = New-ZeekNodeConfig @wish @machine -Verbose:$false -PassThru:([bool]$Path)
if ($config) { $config.Text }
