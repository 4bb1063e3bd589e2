<#
.SYNOPSIS
Suricata's part of a plan: what it means, what is wrong with it, and, with -Make, the file.
.DESCRIPTION
The file has whole sections. Of a section that comes again Suricata takes the last one only, so the file has to be included at the end of
suricata.yaml; the runbook says when it is not, and changes nothing there. The exit code is 1 when something was found that loses packets.
.EXAMPLE
zept -File examples/runbooks/suricata-config.ps1 examples/sensors/talk-plan.json -Version 7 -Snapshot examples/sensors/talk.zip
.EXAMPLE
zept -File examples/runbooks/suricata-config.ps1 /etc/zeptadmin/sensor.json -Make
#>
param(
    # Plan of New-NsmPlan.
    [Parameter(Position = 0, Mandatory)]
    [string] $Plan,

    # Release of Suricata.
    [ValidateSet(7, 8, 9)]
    [int] $Version = 8,

    # File to write.
    [string] $Path = '/etc/suricata/zeptadmin.yaml',

    # Configuration that is to include it.
    [string] $Main = '/etc/suricata/suricata.yaml',

    # Writes the file; else it is only shown.
    [switch] $Make,

    # Snapshot to rehearse on.
    [string] $Snapshot
)

$machine = @{}
if ($Snapshot) { $machine.Snapshot = $Snapshot }

$config = Import-NsmPlan $Plan -ErrorAction Stop | New-SuricataConfig -Version $Version @machine -ErrorAction Stop
foreach ($card in $config.Interfaces) {
    $cpus = ($config.Workers | Where-Object InterfaceName -EQ $card.InterfaceName).Cpu -join ','
    '{0}: {1} threads on CPUs {2}, {3} in group {4}, rings of {5:n0} MiB each' -f $card.InterfaceName, $card.Threads, $cpus, $card.ClusterType, $card.ClusterId, ($card.RingBytes / 1mb)
}
'All in all {0:n1} GiB.' -f ($config.Memory.TotalBytes / 1gb)
$config.Notes

$found = @($config | Test-SuricataConfig @machine | Where-Object Severity -In Warn, Fail)
foreach ($check in $found) { '{0} {1} {2}: {3} {4}' -f $check.Severity, $check.Id, $check.Target, $check.Actual, $check.Remedy }

if ($Make) {
    Import-NsmPlan $Plan | New-SuricataConfig -Version $Version -Path $Path -Confirm:$false -ErrorAction Stop
    if ($Path -notin (Import-SuricataConfig $Main -ErrorAction Stop).Includes) { "$Main does not include it yet: put 'include: $Path' at its end." }
    "Then: suricata -T -c $Main"
}

exit [int](@($found | Where-Object Severity -EQ Fail).Count -gt 0)
