# In the guest: what plan.sh and suites/extra/plan.sh judge.
param([string] $Results)
$drift = @()
function Lost([string] $When) { "${When}: " + (@(Test-NsmPlan /run/plan.json -State Drifted, NotPossible, Unknown | Where-Object Kind -NE KernelArgument | ForEach-Object { "$($_.Kind) $($_.Target)" }) -join ', ') }

New-NsmPlan igb, e1000e -Strategy SameCore | Export-NsmPlan /run/plan.json -Force
(Import-NsmPlan /run/plan.json).Ports | ForEach-Object { "$($_.InterfaceName) $($_.IrqCpus) $($_.WorkerCpus) $($_.Fanout)" }
Invoke-NsmPlan /run/plan.json -WhatIf
Invoke-NsmPlan /run/plan.json -Confirm:$false
$drift += Lost made

ip link set igb down; ip link set igb up
$drift += Lost ifup
$watch = [Diagnostics.Stopwatch]::StartNew()
Invoke-NsmPlan /run/plan.json -Confirm:$false
[IO.File]::WriteAllText("$Results/milliseconds", [string] $watch.ElapsedMilliseconds)
$drift += Lost again

[IO.File]::WriteAllLines("$Results/drift", $drift)
Get-NsmChange | ForEach-Object { "$($_.Id) $($_.State) $($_.Description)" }
Undo-NsmChange -Plan capture -Confirm:$false
