<#
.SYNOPSIS
Runs a script block on many sensors over SSH; one object a sensor, as it ends: Sensor, Results, Problem, Seconds.
.DESCRIPTION
A sensor that is down, that fails, that answers what is no PowerShell remoting, or that does not end in time is an object with its Problem. No
sensor holds up another: as one ends, the next begins. Runs in zept and in pwsh.
.EXAMPLE
./Invoke-OnFleet.ps1 s1, s2, s3 { Get-NicRing }
.EXAMPLE
(./Invoke-OnFleet.ps1 (Get-Content sensors.txt) { Test-NsmSensor -Severity Fail }).Results | Group-Object Id -NoElement
#>
[CmdletBinding()]
param(
    # Names of sensors, as ssh knows them. What begins with a dash would be an option of ssh.
    [Parameter(Mandatory, Position = 0)]
    [ValidatePattern('^[A-Za-z0-9_:\[][A-Za-z0-9._:%\[\]-]*$')]
    [string[]] $HostName,

    # What to run there.
    [Parameter(Mandatory, Position = 1)]
    [scriptblock] $ScriptBlock,

    # Its arguments.
    [object[]] $ArgumentList = @(),

    # An argument of each sensor's own, by its name; it comes before the others.
    [hashtable] $ArgumentOf = @{},

    # User on the sensors. Without root, what root alone may read is Unknown.
    [string] $UserName = 'root',

    # Port of sshd.
    [int] $Port = 22,

    # Key to log in with; left out, ssh finds one.
    [string] $KeyFilePath,

    # How many at once.
    [ValidateRange(1, 1000)]
    [int] $ThrottleLimit = 20,

    # How long a sensor may take.
    [ValidateRange(1, 86400)]
    [int] $TimeoutSeconds = 120,

    # Options of ssh.
    [hashtable] $Options = @{ ConnectTimeout = 10; BatchMode = 'yes'; ServerAliveInterval = 15 }
)

# A sensor that hangs up must not end this process (zept knows that by itself).
Import-Module ZeptAdmin -ErrorAction Ignore
if ('ZeptAdmin.Fleet.LostConnections' -as [type]) { [ZeptAdmin.Fleet.LostConnections]::Forgive() }

# The watch below gives up first, so that who hangs is told as such wherever it hangs.
$connection = @{ UserName = $UserName; Port = $Port; Options = $Options; ConnectingTimeout = 1000 * ($TimeoutSeconds + 60) }
if ($KeyFilePath) { $connection.KeyFilePath = $KeyFilePath }

# Ends the ssh of a sensor that hangs: to stop its job would wait for its answer. Children of this process only, known by the name that they were given.
function Stop-Connection([string] $name) {
    foreach ($task in [IO.Directory]::EnumerateDirectories('/proc/self/task')) {
        try {
            foreach ($child in [IO.File]::ReadAllText("$task/children").Split(' ', [StringSplitOptions]::RemoveEmptyEntries)) {
                $words = [IO.File]::ReadAllText("/proc/$child/cmdline").Split([char]0)
                if ([IO.Path]::GetFileName($words[0]) -eq 'ssh' -and ($words -contains $name -or $words -contains "$UserName@$name")) {
                    [Diagnostics.Process]::GetProcessById($child).Kill()
                }
            }
        }
        catch { Write-Debug "It ended meanwhile: $_" }
    }
}

function Complete($job, [string] $problem) {
    $failures = @()
    $results = @()
    if (-not $problem) {
        $results = @(Receive-Job $job.Job -ErrorAction SilentlyContinue -ErrorVariable failures)
        $reason = foreach ($child in $job.Job.ChildJobs) { $child.JobStateInfo.Reason }
        $problem = if ($job.Job.State -ne 'Completed' -and $reason) { @($reason)[0].Message } elseif ($failures) { "$($failures[0])" } elseif (-not $results) { 'It gave no result.' }
        Remove-Job $job.Job -Force
    }

    # The engine puts the name before what ssh says; it stands in Sensor already.
    [pscustomobject]@{
        Sensor = $job.Sensor
        Results = $results
        Problem = if ($problem) { ($problem -replace '^\[[^\]]*\] ', '').Trim() }
        Seconds = [math]::Round($job.Watch.Elapsed.TotalSeconds, 1)
    }
}

$waiting = [System.Collections.Generic.Queue[string]]::new($HostName)
$running = [System.Collections.Generic.List[object]]::new()
while ($waiting.Count -or $running.Count) {
    while ($waiting.Count -and $running.Count -lt $ThrottleLimit) {
        $name = $waiting.Dequeue()
        $arguments = if ($ArgumentOf.ContainsKey($name)) { @($ArgumentOf[$name]) + $ArgumentList } else { $ArgumentList }
        $running.Add(@{
            Sensor = $name
            Watch = [System.Diagnostics.Stopwatch]::StartNew()
            Job = Invoke-Command -HostName $name @connection -ScriptBlock $ScriptBlock -ArgumentList $arguments -AsJob
        })
    }

    $null = Wait-Job -Job $running.Job -Any -Timeout 1
    foreach ($job in $running.ToArray()) {
        if ($job.Job.State -in 'Completed', 'Failed', 'Stopped', 'Disconnected') {
            $null = $running.Remove($job)
            Complete $job
        }
        elseif ($job.Watch.Elapsed.TotalSeconds -gt $TimeoutSeconds) {
            $null = $running.Remove($job)
            Stop-Connection $job.Sensor
            $null = Wait-Job -Job $job.Job -Timeout 5
            Complete $job "It did not end within $TimeoutSeconds seconds."
        }
    }
}
