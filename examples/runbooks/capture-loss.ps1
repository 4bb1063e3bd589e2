<#
.SYNOPSIS
Tells which of Zeek's workers miss traffic, and whether it is lost at their sockets or never gets there, by the exit code, too.
.DESCRIPTION
Sums up capture_loss.log and stats.log by worker. Exit code: 0 nothing to speak of is lost, 1 traffic is lost before the workers' sockets, 2 a
worker is too slow, 3 there are no measurements.
.EXAMPLE
zept -File examples/runbooks/capture-loss.ps1
.EXAMPLE
zept -File examples/runbooks/capture-loss.ps1 '/opt/zeek/logs/2026-11-23/capture_loss.*.log.gz' -After 2026-11-23 -Most 5
#>
[CmdletBinding()]
param(
    # Logs; left out, the one that Zeek writes at the moment.
    [Parameter(Position = 0)]
    [string[]] $Path,

    # Measurements since then; left out, those of the last hour.
    [datetime] $After = [datetime]::Now.AddHours(-1),

    # Percent that may be lost.
    [double] $Most = 1
)

$logs = @{}
if ($Path) { $logs.Path = $Path }

$workers = @(Get-ZeekCaptureLoss @logs -After $After -By Peer -ErrorAction Stop)
if (-not $workers) {
    'There are no measurements.'
    exit 3
}

$worst = 0
foreach ($worker in $workers) {
    $here = $worker.LostHerePercent -gt $Most
    $before = if ($null -eq $worker.LostHerePercent) { $worker.PercentLost -gt $Most } else { $worker.NeverArrivedPercent -gt $Most }
    if ($before) { $worst = [Math]::Max($worst, 1) }
    if ($here) { $worst = 2 }
    $cause = if ($null -eq $worker.LostHerePercent) { 'no stats.log tells where' }
        else { '{0:n2} % at its socket, {1:n2} % before it' -f $worker.LostHerePercent, $worker.NeverArrivedPercent }
    '{0}: {1:n2} % lost, {2}' -f $worker.Peer, $worker.PercentLost, $cause
}

if ($worst -eq 2) { 'A worker is too slow: more workers, a CPU of its own for each, or less traffic (Add-NicFlowRule, a filter).' }
elseif ($worst) { 'Look at card and softirq (Get-NicCounter, Get-SoftnetStat), then at the mirror port or the broker, and at asymmetric routes.' }
exit $worst
