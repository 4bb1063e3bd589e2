# In the guest, run by zept once, while Suricata captures on the igb. Writes facts.json: of each placement of the interrupts what the module
# measured and what card, interrupts and Suricata counted; and of each thread the packets of its flows and what each thread then counted.
param([string] $Folder, [string] $Run)
$ErrorActionPreference = 'Stop'

function Get-Counted {
    $counted = $null
    while (-not $counted) {
        # The last line may be half written.
        try { $counted = [Newtonsoft.Json.Linq.JObject]::Parse([IO.File]::ReadAllLines("$Run/log/eve.json")[-1]).SelectToken('stats.threads') } catch { [Threading.Thread]::Sleep(200) }
    }

    $packets = [ordered]@{}
    foreach ($thread in $counted.Properties()) { if ($thread.Name -like 'W#*') { $packets[$thread.Name] = [long]::Parse($thread.Value.SelectToken('capture.kernel_packets').ToString()) } }
    $packets
}

function Get-Sum($counted) { $sum = [long]0; foreach ($value in $counted.Values) { $sum += $value }; $sum }
function Get-Difference($after, $before) { $difference = [ordered]@{}; foreach ($key in $after.Keys) { $difference[$key] = $after[$key] - [long]$before[$key] }; $difference }

# What came in by queue, from the driver; and interrupts by queue and CPU, from the kernel.
function Get-Card {
    $card = [ordered]@{}
    foreach ($counter in Get-NicCounter igb) { if ($counter.Name -match '^rx_queue_(\d+)_packets$') { $card[$Matches[1]] = [long]$counter.Value } }
    $card
}

function Get-Interrupt {
    $interrupts = [ordered]@{}
    foreach ($line in [IO.File]::ReadAllLines('/proc/interrupts') -match 'igb-rx-\d+') {
        $words = $line.Trim() -split '\s+'
        foreach ($cpu in 0..3) { $interrupts["$($words[-1] -replace '\D') $cpu"] = [long]$words[1 + $cpu] }
    }

    $interrupts
}

# Has the host send the frames of a list.
function Send-Frames([string[]] $frames, [string] $name) {
    [IO.File]::WriteAllLines("$Folder/$name", $frames)
    [IO.File]::WriteAllText("$Run/base", [IO.File]::ReadAllText('/sys/class/net/igb/statistics/rx_packets'))
    [IO.File]::WriteAllText('/host/results/seen', '0')
    [IO.File]::WriteAllText('/host/results/send.new', "igb 10000 udp $name`n")
    [IO.File]::Move('/host/results/send.new', '/host/results/send', $true)
}

function Wait-Counted([long] $packets) {
    $counted = Get-Counted
    for ($i = 0; (Get-Sum $counted) -lt $packets -and $i -lt 600; $i++) { [Threading.Thread]::Sleep(500); $counted = Get-Counted }
    $counted
}

$clock = [Diagnostics.Stopwatch]::StartNew()
function Save-Time([string] $what) { [IO.File]::AppendAllText("$Folder/clock.txt", "$([int]$clock.Elapsed.TotalSeconds) s: $what`n") }

$csv = @(foreach ($line in [IO.File]::ReadAllLines('/host/flows.csv') -match '^\d') {
    $part = $line.Split(',')
    [pscustomobject]@{ Source = $part[0]; Destination = $part[1]; SourcePort = [int]$part[2]; DestinationPort = [int]$part[3]; Protocol = $part[4] }
})
# Enough flows to measure with.
$resolved = @($csv[0..999] | Resolve-NsmFlow -InterfaceName igb)
Save-Time "$($resolved.Count) flows resolved"
$queues = @(foreach ($flow in $resolved) { , @($flow.Forward.Queue, $flow.Return.Queue) })

# Frames to measure with, the more the higher the queue; those of the queue with the fewest come last, when the watch has surely begun.
$want = @(60, 180, 300, 420)
$measuring = [Collections.Generic.List[string]]::new()
for ($i = 0; $i -lt $queues.Count; $i++) {
    foreach ($direction in 0, 1) {
        $queue = $queues[$i][$direction]
        if ($null -ne $queue -and $want[$queue] -gt 0) { $want[$queue]--; $measuring.Add("$i $direction") }
    }
}

$measuring.Reverse()
$null = Test-AfPacketFanout igb -Interval 1 # so that the first watch begins as soon as the others

$facts = [ordered]@{ Flows = 0; Placements = [Collections.ArrayList]@(); Groups = [Collections.ArrayList]@() }
$told = $null
function Measure-Placement([string] $name, [string] $command) {
    if ($command) { & ([scriptblock]::Create("$command -Confirm:`$false")) }
    $counted = Get-Counted; $card = Get-Card; $interrupts = Get-Interrupt
    Send-Frames $measuring "frames.$name"
    $script:told = Test-AfPacketFanout igb -Interval 60 # the packets come in well before its end, however slow the guest is
    $after = Wait-Counted ((Get-Sum $counted) + $measuring.Count)
    $null = $facts.Placements.Add([ordered]@{
        Name = $name; Command = $command; Sent = $measuring.Count
        Threads = Get-Difference $after $counted; Card = Get-Difference (Get-Card) $card; Interrupts = Get-Difference (Get-Interrupt) $interrupts
        Pins = [ordered]@{}; SameCpuPercent = $told.SameCpuPercent; Remedy = [string]@(foreach ($finding in $told.Findings) { if ($finding.Id -eq 'J6.OtherCpu') { $finding.Remedy } })
        Findings = [string[]]@(foreach ($finding in $told.Findings) { $finding.Id })
        Links = [object[]]@(foreach ($link in $told.Links) { [ordered]@{ Queue = $link.Queue; IrqCpu = $link.IrqCpu; Member = $link.Member; Thread = $link.ThreadName; Cpu = $link.Cpu; Packets = $link.Packets; MemberPackets = $link.MemberPackets; Confidence = "$($link.Confidence)"; Evidence = $link.Evidence } })
    })
    foreach ($task in [IO.Directory]::GetDirectories("/proc/$($told.Sockets[0].ProcessId)/task")) {
        $thread = [IO.File]::ReadAllText("$task/comm").Trim()
        if ($thread -like 'W#*') { $script:facts.Placements[-1].Pins[$thread] = (([IO.File]::ReadAllLines("$task/status") -match '^Cpus_allowed_list')[0] -split '\s+')[1] }
    }

    Save-Time "placement $name`: $($told.SameCpuPercent) percent"
}

# As guides have it, worker i on the CPU of queue i; the plan's, one on; and what the module says when it has measured.
Measure-Placement 'guide' 'Set-IrqAffinity igb -Queue 0,1,2,3 -Cpu 0,1,2,3'
Measure-Placement 'plan' 'Set-IrqAffinity igb -Queue 0,1,2,3 -Cpu 1,2,3,0'
$remedy = $facts.Placements[-1].Remedy
Measure-Placement 'measured' $(if ($remedy -match '(Set-IrqAffinity [^;]+);') { $Matches[1] } else { '' })

# Who gets each direction of each flow, by what was measured; then each thread's packets and no others.
$named = @($csv | Resolve-NsmFlow -InterfaceName igb -Fanout $told)
$facts.Flows = $named.Count
Save-Time "$($named.Count) flows resolved to their threads"
$lists = [ordered]@{}
for ($i = 0; $i -lt $named.Count; $i++) {
    foreach ($direction in 0, 1) {
        $workers = @(($direction ? $named[$i].Return : $named[$i].Forward).Workers)
        $thread = $workers.Count -eq 1 -and "$($workers[0].Confidence)" -eq 'Measured' ? $workers[0].ThreadName : 'none'
        if (-not $lists[$thread]) { $lists[$thread] = [Collections.Generic.List[string]]::new() }
        $lists[$thread].Add("$i $direction")
    }
}

foreach ($thread in $lists.Keys) {
    $counted = Get-Counted
    Send-Frames $lists[$thread] "frames.thread-$($thread -replace '\D')"
    $after = Wait-Counted ((Get-Sum $counted) + $lists[$thread].Count)
    $null = $facts.Groups.Add([ordered]@{ Thread = $thread; Sent = $lists[$thread].Count; Threads = Get-Difference $after $counted })
    Save-Time "thread $thread`: $($lists[$thread].Count) packets"
}

[IO.File]::WriteAllText("$Folder/facts.json", [Newtonsoft.Json.JsonConvert]::SerializeObject($facts))
