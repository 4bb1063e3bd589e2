<#
.SYNOPSIS
Audits many sensors at once, over SSH, one row a sensor.
.DESCRIPTION
Each sensor serves remoting with a line in its sshd_config: Subsystem powershell /opt/zept/zept -sshs
A sensor that cannot be reached, whose audit fails, or that does not end in time, is a row with its problem; the others are not held up by it.
-PassThru gives the results themselves, with PSComputerName, for Export-NsmReport and Export-Clixml; files of Export-Clixml add up to those of a larger fleet.
.EXAMPLE
./audit-fleet.ps1 s1, s2, s3 | Sort-Object Fail -Descending | Format-Table
.EXAMPLE
./audit-fleet.ps1 (Get-Content sensors.txt) -PassThru | Where-Object Severity -eq Fail | Group-Object Id -NoElement
.EXAMPLE
./audit-fleet.ps1 (Get-Content sensors.txt) -Report fleet.html
#>
[CmdletBinding()]
param(
    # Names of sensors, as ssh knows them.
    [Parameter(Mandatory, Position = 0)]
    [string[]] $HostName,

    # User on the sensors. Without root, what root alone may read is Unknown.
    [string] $UserName = 'root',

    # Port of sshd.
    [int] $Port = 22,

    # Key to log in with; left out, ssh finds one.
    [string] $KeyFilePath,

    # How many at once.
    [int] $ThrottleLimit = 20,

    # How long a sensor may take.
    [int] $TimeoutSeconds = 120,

    # Options of ssh.
    [hashtable] $Options = @{ ConnectTimeout = 10; BatchMode = 'yes'; ServerAliveInterval = 15 },

    # Writes the results instead of a row a sensor.
    [switch] $PassThru,

    # Page to write, with losses and topology as well.
    [string] $Report
)

$fleet = @{
    HostName = $HostName; UserName = $UserName; Port = $Port; ThrottleLimit = $ThrottleLimit; TimeoutSeconds = $TimeoutSeconds; Options = $Options
    ScriptBlock = if ($Report) { { Test-NsmSensor; Get-PacketDrops; Get-NsmTopology; Get-Nic; Get-IrqAffinity -ErrorAction Ignore; Get-AfPacketSocket -ErrorAction Ignore } } else { { Test-NsmSensor } }
}
if ($KeyFilePath) { $fleet.KeyFilePath = $KeyFilePath }

$forReport = [System.Collections.Generic.List[object]]::new()
& "$PSScriptRoot/Invoke-OnFleet.ps1" @fleet | ForEach-Object {
    $sensor = $_
    if ($Report) {
        $forReport.AddRange($sensor.Results)
        if ($sensor.Problem) {
            $problem = [System.Management.Automation.Remoting.PSRemotingTransportException]::new($sensor.Problem)
            $forReport.Add([System.Management.Automation.ErrorRecord]::new($problem, 'SensorFailed', 'ConnectionError', $sensor.Sensor))
        }
    }

    if ($PassThru) { return $sensor.Results }

    $count = @{ Fail = 0; Warn = 0; Unknown = 0; Pass = 0 }
    foreach ($result in $sensor.Results) { if ($result.Id) { $count["$($result.Severity)"]++ } }
    [pscustomobject]@{
        Sensor = $sensor.Sensor
        Fail = $count.Fail
        Warn = $count.Warn
        Unknown = $count.Unknown
        Pass = $count.Pass
        Seconds = $sensor.Seconds
        Problem = $sensor.Problem
    }
}

if ($Report) { $forReport | Export-NsmReport $Report -Force }
