# In the guest, booted with the arguments that Set-KernelArgument wrote: one start of zept for all of it.
function Save([string] $Name) { [IO.File]::WriteAllLines("/host/results/kernel/$Name", [string[]] @($input)) }
Get-KernelArgument | ForEach-Object { "$($_.Name)=$($_.Running)" } | Save arguments
# This process was given CPUs 0-1 by the kernel; a plan is for all of them.
(New-NsmPlan igb).Cpus | ForEach-Object { "$($_.Role) $($_.Cpus)" } | Save plan
Get-CpuHousekeeping | ForEach-Object { "$($_.Part) $($_.Cpus) $($_.StrayCpus)" } | Save parts
Test-NsmSensor -InterfaceName igb | Where-Object Id -in D1.IsolatedCpus, D2.RcuCallbacks, D9.Housekeeping, D10.StrayTasks |
    ForEach-Object { "$($_.Id) $($_.Severity) $($_.Actual)" } | Save checks

# One that somebody put on an isolated CPU, and one that came to be there and may run anywhere.
$placed, $stray = bash /host/kernelwork.sh spin
$tenants = Get-CpuTenant 2-3 -Interval 10
bash /host/kernelwork.sh end $placed $stray
$tenants | ForEach-Object { "$($_.Cpu) $($_.Kind) $($_.Name) $($_.AllowedCpus) $($_.IsStray) $($_.Reason)" } | Save tenants
$tenants | Where-Object ProcessId -in $placed, $stray | ForEach-Object { "$(if ($_.ProcessId -eq $placed) { 'placed' } else { 'stray' }) $($_.Cpu) $($_.IsStray)" } | Save spinners

bash /host/kernelwork.sh | Save work.before
Set-CpuHousekeeping 0 -Confirm:$false
bash /host/kernelwork.sh | Save work.made
Undo-NsmChange -After 2000-01-01 -Confirm:$false
bash /host/kernelwork.sh | Save work.after
