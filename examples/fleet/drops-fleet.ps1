<#
.SYNOPSIS
Where the packets of a fleet die: one row a capture port, the worst first.
.DESCRIPTION
Counts for -Interval seconds on all sensors at once; 0 takes what was counted since the drivers were loaded. A sensor that cannot be asked is a
row with its problem. Rows are small: keep them with Export-Csv, one file a day, and compare.
.EXAMPLE
./drops-fleet.ps1 s1, s2, s3 -Interval 10 | Format-Table
#>
[CmdletBinding()]
param(
    # Names of sensors, as ssh knows them.
    [Parameter(Mandatory, Position = 0)]
    [string[]] $HostName,

    # Seconds to count.
    [ValidateRange(0, 3600)]
    [double] $Interval = 10,

    # User on the sensors.
    [string] $UserName = 'root',

    # Port of sshd.
    [int] $Port = 22,

    # Key to log in with; left out, ssh finds one.
    [string] $KeyFilePath,

    # How many at once.
    [int] $ThrottleLimit = 50,

    # How long a sensor may take beyond the counting.
    [int] $TimeoutSeconds = 60,

    # Options of ssh.
    [hashtable] $Options = @{ ConnectTimeout = 10; BatchMode = 'yes'; ServerAliveInterval = 15 }
)

$fleet = @{
    HostName = $HostName; UserName = $UserName; Port = $Port; ThrottleLimit = $ThrottleLimit; TimeoutSeconds = $TimeoutSeconds + $Interval; Options = $Options
    ScriptBlock = {
        param($interval)
        $rows = if ($interval) { Get-PacketDrops -Interval $interval } else { Get-PacketDrops }
        $rows | Where-Object Layer -eq Verdict
    }
    ArgumentList = $Interval
}
if ($KeyFilePath) { $fleet.KeyFilePath = $KeyFilePath }

$rows = & "$PSScriptRoot/Invoke-OnFleet.ps1" @fleet | ForEach-Object {
    $sensor = $_
    foreach ($verdict in $sensor.Results) {
        [pscustomobject]@{
            Sensor = $sensor.Sensor; InterfaceName = $verdict.InterfaceName; LostAt = "$($verdict.LossyLayer)"; Ratio = $verdict.Ratio
            Dropped = $verdict.Dropped; Next = $verdict.NextCommand; Problem = $null
        }
    }

    if ($sensor.Problem) {
        [pscustomobject]@{ Sensor = $sensor.Sensor; InterfaceName = $null; LostAt = $null; Ratio = $null; Dropped = $null; Next = $null; Problem = $sensor.Problem }
    }
}

# Without Sort-Object, which zept has not.
$list = [System.Collections.Generic.List[object]]::new()
foreach ($row in $rows) { $list.Add($row) }
$list.Sort([System.Comparison[object]] { param($a, $b) ([double]$b.Ratio).CompareTo([double]$a.Ratio) })
$list
