<#
.SYNOPSIS
Gives the kernel the arguments of a sensor from the next boot on: CPUs of workers to themselves, and no page tables between card and memory.
.DESCRIPTION
Shows first what is wrong with the command line that there is, then sets isolcpus, rcu_nocbs and iommu=pt, asks before it edits, and shows what
the next boot will give. Where the running kernel has them already, it puts the kernel's own work on the other CPUs, until the next boot, and
tells who is on the CPUs of workers and does not belong there. Exit code: 0 it is set or was so already, 1 it was rehearsed or declined, 2 something was refused.
.EXAMPLE
zept -File examples/runbooks/prepare-kernel.ps1 1-3 -WhatIf -Snapshot tests/Fixtures/boot-entries
.EXAMPLE
zept -File examples/runbooks/prepare-kernel.ps1 4-21,32-48 -Confirm:$false
#>
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param(
    # CPUs of the workers, as Linux writes them.
    [Parameter(Mandatory, Position = 0)]
    [string] $WorkerCpu,

    # Snapshot to rehearse on instead of this machine.
    [string] $Snapshot
)

$machine = @{}
if ($Snapshot) { $machine.Snapshot = $Snapshot }
$wanted = "isolcpus=$WorkerCpu", "rcu_nocbs=$WorkerCpu", 'iommu=pt'

foreach ($finding in Test-KernelArgument @machine -ErrorAction Stop) {
    "$($finding.Severity): $($finding.Argument) ($($finding.CommandLine)): $($finding.Problem)"
    if ($finding.Remedy) { "    $($finding.Remedy)" }
}

$change = @{ WhatIf = $WhatIfPreference }
if ($PSBoundParameters.ContainsKey('Confirm')) { $change.Confirm = $PSBoundParameters.Confirm }
Set-KernelArgument $wanted @machine @change -ErrorVariable refused -ErrorAction Continue
if ($refused) { exit 2 }

''
$names = $wanted | ForEach-Object { $_.Split('=')[0] }
$next = Get-KernelArgument $names @machine
foreach ($argument in $next) { "$($argument.Name): now '$($argument.Running)', next '$($argument.Next)'" }
$missing = $wanted | Where-Object { $name, $value = $_.Split('=', 2); ($next | Where-Object Name -eq $name).Next -ne $value -or $name -notin $next.Name }
if ($missing) {
    "Not set: $missing"
    exit 1
}
$waiting = $next | Where-Object { "$($_.Running)" -ne "$($_.Next)" }
if ($waiting) {
    'Set. Reboot the machine for it to hold; Undo-NsmChange takes it back.'
    exit 0
}

$others = (Get-NsmTopology @machine).OnlineCpus.Except([ZeptAdmin.Linux.CpuList] $WorkerCpu)
Set-CpuHousekeeping $others @machine @change -ErrorVariable refused -ErrorAction Continue
if ($refused) { exit 2 }
Get-CpuTenant $WorkerCpu @machine -ErrorAction SilentlyContinue | Where-Object IsStray | ForEach-Object { "Stray on CPU $($_.Cpu): $($_.Name). $($_.Reason)" }
'In force. The kernel works on CPU {0} until the next boot.' -f $others
exit 0
