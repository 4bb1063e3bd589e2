# In the guest, run by zept once: makes each change of hands.cases and takes it back; flows before and after Set-NicRss; what a reset
# disturbs. What was seen goes to the folder, where hands.sh left the state of each device as it was:
#   flows/STEP.txt, .clixml     on which queue each packet arrived; what Get-NicRss said at that time; flows.json what the commands said
#   states/DEVICE.whatif.txt    state.sh after every command of the device under -WhatIf; .whatif.json what they said
#   cases/N.json                what the commands said; N.after.txt what the shell was told then; N.state.txt state.sh after the undo
#   runbook/DEVICE.json         what examples/runbooks/tune-nic.ps1 said: under -WhatIf, for real, and the undo; DEVICE.*.txt the states
#   reset.json, reset.N.txt     what commands said that reset the igb, and its state after each
param([string] $Cases, [string] $Folder)

function Invoke-Step([string] $command) {
    $said = @{ Errors = @(); Warnings = @(); Verbose = @(); Output = @() }
    foreach ($record in & ([scriptblock]::Create($command)) *>&1) {
        switch ($record) {
            { $_ -is [System.Management.Automation.ErrorRecord] } { $said.Errors += "$($_.FullyQualifiedErrorId)|$_"; break }
            { $_ -is [System.Management.Automation.WarningRecord] } { $said.Warnings += "$_"; break }
            { $_ -is [System.Management.Automation.VerboseRecord] } { $said.Verbose += "$_"; break }
            { $_ -is [ZeptAdmin.Changes.NsmChange] } { $said.Output += "$($_.State) $($_.Description)"; break }
            default { $said.Output += "$_" }
        }
    }

    $said
}

# One shell for all that is asked: a start of a process from .NET takes half a second under emulation, one from bash a thirtieth.
$start = [Diagnostics.ProcessStartInfo]::new('/bin/bash')
$start.RedirectStandardInput = $start.RedirectStandardOutput = $true
$shell = [Diagnostics.Process]::Start($start)
function Save-Answer([string] $question, [string] $name) {
    $shell.StandardInput.WriteLine("{ $question; } >'$Folder/$name' 2>&1 </dev/null; echo")
    $shell.StandardInput.Flush()
    $null = $shell.StandardOutput.ReadLine()
}

function Save-State([string] $device, [string] $name) { Save-Answer "/host/state.sh $device" $name }
function Save-Object([string] $name, $value) { [IO.File]::WriteAllText("$Folder/$name", [Newtonsoft.Json.JsonConvert]::SerializeObject($value)) }
function Save-Time([string] $what) { [IO.File]::AppendAllText("$Folder/clock.txt", "$([int]$clock.Elapsed.TotalSeconds) s: $what`n") }

$clock = [Diagnostics.Stopwatch]::StartNew()
$all = foreach ($line in [IO.File]::ReadAllLines($Cases)) {
    if ($line -and -not $line.StartsWith('#')) {
        $number++
        $parts = $line.Split('|', 4).Trim()
        [pscustomobject]@{ Number = $number; Device = $parts[0]; Command = $parts[1]; Ask = $parts[2]; IsThere = [bool](Get-Command $parts[1].Split(' ')[0] -ErrorAction Ignore) }
    }
}

$known = 0
function Undo-All([string] $device, [string] $name) {
    $undo = Invoke-Step "Undo-NsmChange $(@(Get-NsmChange | Where-Object Id -gt $known).Id -join ',') -Confirm:`$false -PassThru"
    $script:known = @(Get-NsmChange)[-1].Id
    Save-State $device "$name.undone.txt"
    $undo
}

# Before anything else: rx-hashing turned on and off again leaves virtio_net spreading nothing, though ethtool prints what it printed before.
if ([IO.File]::Exists('/host/recorder')) {
    function Save-Flows([string] $card, [string] $protocol, [string] $name, [int] $queues = 4) {
        Save-Time "flows $name"
        [IO.File]::WriteAllText("$Folder/flows/$name.clixml", [System.Management.Automation.PSSerializer]::Serialize(@(Get-NicRss $card), 8))
        & /host/record.sh $card $queues 10000 $protocol "$Folder/flows/$name.txt"
    }

    Save-Flows virtio-mq tcp virtio-before
    $steps = [ordered]@{ 'Set-NicRss virtio-mq -Symmetric' = Invoke-Step 'Set-NicRss virtio-mq -Symmetric -Confirm:$false -Verbose' }
    Save-Flows virtio-mq tcp virtio-symmetric
    $steps['Undo'] = Undo-All virtio-mq 'flows/virtio'
    Save-Flows igb tcp igb-before
    $steps['Set-NicRss igb -Weight'] = Invoke-Step 'Set-NicRss igb -Weight 3,2,1,2 -Confirm:$false -Verbose'
    $steps['Set-NicRss igb -Fields'] = Invoke-Step 'Set-NicRss igb -Fields sdfn -FlowType Udp4 -Confirm:$false -Verbose'
    Save-Flows igb udp igb-weighed
    # One queue in QEMU. vmxnet3 hides its key, so there is nothing to foretell.
    Save-Flows e1000e tcp e1000e 1
    $steps['Undo igb'] = Undo-All igb 'flows/igb'
    Save-Object 'flows.json' $steps
}

$device = ''
foreach ($case in $all) {
    if ($case.Device -ne $device) {
        $device = $case.Device
        $silent = @(foreach ($each in $all) { if ($each.Device -eq $device -and $each.IsThere) { Invoke-Step "$($each.Command) -WhatIf" } })
        Save-Object "states/$device.whatif.json" @{ Said = $silent; Made = @(Get-NsmChange | Where-Object Id -gt $known).Length }
        Save-State $device "states/$device.whatif.txt"
        Save-Time $device
    }

    if (-not $case.IsThere) { continue }
    $name = "cases/$($case.Number)"
    $set = Invoke-Step "$($case.Command) -Confirm:`$false -Verbose"
    Save-Answer $case.Ask "$name.after.txt"
    $again = Invoke-Step "$($case.Command) -Confirm:`$false -Verbose"
    $changes = @(Get-NsmChange | Where-Object Id -gt $known)
    $undo = $null
    if ($changes) {
        $undo = Invoke-Step "Undo-NsmChange $($changes.Id -join ',') -Confirm:`$false -PassThru"
        $known = $changes[-1].Id
    }

    # Each command is a run: what the first one made, and what the second.
    $made, $madeAgain = $changes.Where({ $_.Run -eq $changes[0].Run }, 'Split')
    Save-State $device "$name.state.txt"
    Save-Object "$name.json" @{ Set = $set; Made = [string[]]@($made | ForEach-Object { "$($_.State) $($_.Description)" }); Again = $again; MadeAgain = [string[]]@($madeAgain | ForEach-Object { "$($_.State) $($_.Description)" }); Undo = $undo }
}

Save-Time 'reset'
$steps = [ordered]@{}
foreach ($step in 'Set-NicRss igb -Weight 1,1,1,3', 'Set-NicChannel igb -Combined 3', 'Set-NicRss igb -Weight 1,3',
    'Set-IrqAffinity igb -Cpu 3,2,1,0 -Xps', 'Set-NicRing igb -Rx 512', 'Set-NicChannel igb -Combined 2') {
    $steps[$step] = Invoke-Step "$step -Confirm:`$false -Verbose"
    Save-State igb "reset.$($steps.Count).txt"
}

$steps['Undo'] = Undo-All igb 'reset'
Save-Object 'reset.json' $steps

if ([IO.File]::Exists('/host/tune-nic.ps1')) {
    $null = [IO.Directory]::CreateDirectory("$Folder/runbook")
    foreach ($device in 'igb', 'virtio-mq') {
        Save-Time "runbook $device"
        $line = "/host/tune-nic.ps1 $device -Queues 2 -PacketsPerSecond 20000"
        $steps = [ordered]@{ WhatIf = Invoke-Step "$line -WhatIf" }
        Save-State $device "runbook/$device.whatif.txt"
        $steps.Run = Invoke-Step "$line -Confirm:`$false -Verbose"
        Save-State $device "runbook/$device.run.txt"
        $steps.Undo = Undo-All $device "runbook/$device"
        Save-Object "runbook/$device.json" $steps
    }
}

$shell.StandardInput.Close()
Save-Time 'end'
