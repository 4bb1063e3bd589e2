BeforeAll {
    . $PSScriptRoot/common.ps1
    $snapshot = Get-Snapshot cpus-skylake
}

Describe 'Get-CpuIdleState' {
    It 'tells what waking from each state costs' {
        $states = Get-CpuIdleState 1 -Snapshot $snapshot

        $states | Should -BeOfType ZeptAdmin.Cpus.CpuIdleState
        $states.Name | Should -Be POLL, C1, C1E, C6
        $states.LatencyMicroseconds | Should -Be 0, 2, 10, 133
        $states.IsEnabled | Should -Be $true, $true, $false, $true
    }

    It 'reports a CPU that is not there and goes on' {
        $states = Get-CpuIdleState 0, 64 C6 -Snapshot $snapshot -ErrorVariable problems -ErrorAction SilentlyContinue

        $states.Cpu | Should -Be 0
        $problems.FullyQualifiedErrorId | Should -Be 'NotPresent,ZeptAdmin.Cmdlets.GetCpuIdleStateCommand'
    }

    It 'takes CPUs from the pipeline' {
        ([pscustomobject]@{ Cpu = 2 } | Get-CpuIdleState -Name C1 -Snapshot $snapshot).Cpu | Should -Be 2
    }
}

Describe 'Set-CpuIdleState' {
    It 'passes the present states through under -WhatIf' {
        (Set-CpuIdleState 0 -Name C6 -Off -Snapshot $snapshot -WhatIf -PassThru).IsEnabled | Should -BeTrue
    }

    It 'does not ask about what is so already' {
        { Set-CpuIdleState 1 -Name C1E -Off -Snapshot $snapshot -Confirm -ErrorAction Stop } | Should -Not -Throw
    }

    It 'never writes a snapshot' {
        { Set-CpuIdleState -MaxLatencyMicroseconds 50 -Snapshot $snapshot -ErrorAction Stop } |
            Should -Throw -ErrorId 'SnapshotIsReadOnly,ZeptAdmin.Cmdlets.SetCpuIdleStateCommand'
    }
}

Describe 'Get-CpuLatencyLimit' {
    It 'tells the limit of the machine and those of CPUs' {
        $limits = Get-CpuLatencyLimit -Snapshot $snapshot

        $limits.IsOfMachine | Should -Be $true, $false
        "$($limits[1].Cpu)", $limits[1].MaxLatencyMicroseconds | Should -Be '3', 20
    }
}

Describe '<Command>' -ForEach @(
    @{ Command = 'Start-CpuLatencyLimit'; Class = 'StartCpuLatencyLimitCommand'; Arguments = @{ MaxLatencyMicroseconds = 20 } }
    @{ Command = 'Set-CpuFrequencyPolicy'; Class = 'SetCpuFrequencyPolicyCommand'; Arguments = @{ Governor = 'performance' } }
    @{ Command = 'Set-CpuPrefetcher'; Class = 'SetCpuPrefetcherCommand'; Arguments = @{ Name = 'L2*'; Off = $true } }
) {
    It 'never writes a snapshot' {
        { & $Command @Arguments -Snapshot $snapshot -ErrorAction Stop } | Should -Throw -ErrorId "SnapshotIsReadOnly,ZeptAdmin.Cmdlets.$Class"
    }

    It 'changes nothing under -WhatIf' {
        { & $Command @Arguments -Snapshot $snapshot -WhatIf -ErrorAction Stop } | Should -Not -Throw
    }
}

Describe 'Get-CpuFrequencyPolicy' {
    It 'tells driver, governor, preference and turbo' {
        $policy = Get-CpuFrequencyPolicy 0 -Snapshot $snapshot

        $policy.Driver, $policy.DriverMode, $policy.Governor, $policy.EnergyPreference | Should -Be intel_pstate, active, powersave, balance_performance
        $policy.IsTurboEnabled | Should -BeFalse
    }
}

Describe 'Get-CpuPrefetcher' {
    It 'tells which prefetchers work' {
        (Get-CpuPrefetcher 1 -Snapshot $snapshot | Where-Object IsEnabled -eq $false).Name | Should -Be L2AdjacentLine
    }

    It 'says why on other machines' {
        { Get-CpuPrefetcher -Snapshot (Get-Snapshot irqs-i40e) -ErrorAction Stop } |
            Should -Throw -ErrorId 'NotSupportedByDriver,ZeptAdmin.Cmdlets.GetCpuPrefetcherCommand'
    }
}

Describe 'Measure-CpuEfficiency' {
    It 'compares the two instants of a snapshot, and tells what a packet costs' {
        $records = Measure-CpuEfficiency 0-1 -InterfaceName ens1f0 -Snapshot $snapshot

        $records | Should -BeOfType ZeptAdmin.Cpus.CpuEfficiency
        $records.IsTotal | Should -Be $false, $false, $true
        [math]::Round($records[2].BusyPercent, 3), $records[2].Packets | Should -Be 65, 50000000
        [math]::Round($records[2].NanosecondsPerPacket, 3) | Should -Be 260
    }

    It 'says why there are no counters' {
        (Measure-CpuEfficiency 0 -Snapshot $snapshot).Notes | Should -BeLike 'Not counted: cycles and instructions*'
    }

    It 'watches this machine' {
        (Measure-CpuEfficiency 0 -Duration 0.1).Cpu | Should -Be '0'
    }
}

Describe 'Get-CpuTenant' {
    BeforeAll { $tenants = Get-Snapshot cpus-tenants }

    It 'tells who ran on a CPU, the busiest first' {
        $records = Get-CpuTenant 2 -Snapshot $tenants

        $records | Should -BeOfType ZeptAdmin.Cpus.CpuTenant
        $records[0].Name, $records[0].Percent | Should -Be zeek, 90
        $records.Kind | Should -Be Process, KernelThread, Process, Interrupt, Softirq, Softirq
    }

    It 'marks what does not belong on isolated CPUs' {
        (Get-CpuTenant -Snapshot $tenants | Where-Object IsStray).Name | Should -Be rcu_preempt, lldpd, kworker/u8:1-events_unbound, nvme0q3
    }

    It 'says what a snapshot does not keep' {
        $null = Get-CpuTenant -Snapshot $snapshot -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -BeLike '*keeps the threads of nobody*'
    }

    It 'watches this machine' {
        (Get-CpuTenant -Interval 0.2 | Where-Object ProcessId -eq $PID).Kind | Select-Object -First 1 | Should -Be Process
    }
}

Describe 'Get-CpuHousekeeping' {
    It 'tells where the kernel does its own work' {
        $parts = Get-CpuHousekeeping -Snapshot (Get-Snapshot cpus-tenants)

        $parts | Should -BeOfType ZeptAdmin.Cpus.CpuHousekeeping
        $parts.Part | Should -Be UnboundWork, Writeback, Watchdog, NewInterrupts, RcuThreads, KernelThreads
        $parts.StrayCpus | ForEach-Object { "$_" } | Should -Be (@('2-3') * 6)
    }
}

Describe 'Set-CpuHousekeeping' {
    BeforeAll { $tenants = Get-Snapshot cpus-tenants }

    It 'passes the present CPUs through under -WhatIf' {
        "$((Set-CpuHousekeeping 0 -Part Writeback -Snapshot $tenants -WhatIf -PassThru).Cpus)" | Should -Be '0-3'
    }

    It 'does not ask about what is so already' {
        { Set-CpuHousekeeping 0-3 -Snapshot $tenants -Confirm -ErrorAction Stop -WarningAction SilentlyContinue } | Should -Not -Throw
    }

    It 'takes parts from the pipeline' {
        (Get-CpuHousekeeping -Snapshot $tenants | Where-Object Part -eq Watchdog | Set-CpuHousekeeping 0 -Snapshot $tenants -WhatIf -PassThru).Part | Should -Be Watchdog
    }

    It 'never writes a snapshot' {
        { Set-CpuHousekeeping 0 -Snapshot $tenants -ErrorAction Stop } |
            Should -Throw -ErrorId 'SnapshotIsReadOnly,ZeptAdmin.Cmdlets.SetCpuHousekeepingCommand'
    }
}
