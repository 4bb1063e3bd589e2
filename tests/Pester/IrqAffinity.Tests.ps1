BeforeAll {
    . $PSScriptRoot/common.ps1
    $snapshot = Get-Snapshot irqs-i40e
}

Describe 'Get-IrqAffinity' {
    It 'tells queue, interrupt and CPUs' {
        $queues = Get-IrqAffinity ens1f0 -Snapshot $snapshot | Where-Object Queue -ne $null

        $queues | Should -BeOfType ZeptAdmin.Irqs.IrqAffinity
        $queues.Irq | Should -Be 101, 102
        "$($queues[1].RequestedCpus)", "$($queues[1].EffectiveCpus)" | Should -Be '0-3', '2'
        $queues.MappedBy | Should -Be Name, Name
    }

    It 'takes a wildcard and passes over what has no interrupts' {
        (Get-IrqAffinity * -Snapshot $snapshot -ErrorAction Stop).InterfaceName | Select-Object -Unique | Should -Be ens1f0
    }

    It 'takes <Kind> from the pipeline' -ForEach @(
        @{ Kind = 'a name'; Given = 'ens1f0'; Count = 3 }
        @{ Kind = 'an object with InterfaceName'; Given = [pscustomobject]@{ InterfaceName = 'ens1f0' }; Count = 3 }
        @{ Kind = 'an object with InterfaceName and Irq'; Given = [pscustomobject]@{ InterfaceName = 'ens1f0'; Irq = 102 }; Count = 1 }
    ) {
        @($Given | Get-IrqAffinity -Snapshot $snapshot).Count | Should -Be $Count
    }

    It 'reports an unknown interface and goes on' {
        $records = Get-IrqAffinity missing0, ens1f0 -Snapshot $snapshot -ErrorVariable problems -ErrorAction SilentlyContinue

        $records.Count | Should -Be 3
        $problems.FullyQualifiedErrorId | Should -Be 'InterfaceNotFound,ZeptAdmin.Cmdlets.GetIrqAffinityCommand'
    }

    It 'shows five columns' {
        $table = Get-IrqAffinity ens1f0 -Snapshot $snapshot | Format-Table | Out-String

        ($table -split '\r?\n' | Where-Object { $_ })[0] -split '\s+' | Where-Object { $_ } | Should -Be Interface, Queue, Irq, Requested, Effective
    }
}

Describe 'Get-IrqBalance' {
    It 'tells the interrupts that it would leave alone' {
        $balance = Get-IrqBalance -Snapshot $snapshot

        $balance.State, $balance.UnitState | Should -Be Stopped, NotFound
        $balance.BannedIrqs | Should -Be 101, 102
        "$($balance.BannedCpus)" | Should -Be '2-3'
    }
}

Describe 'Set-IrqAffinity' {
    It 'never writes a snapshot' {
        Set-IrqAffinity ens1f0 -Cpu 0, 2 -Snapshot $snapshot -ErrorVariable problems -ErrorAction SilentlyContinue

        $problems.FullyQualifiedErrorId | Should -Be 'SnapshotIsReadOnly,ZeptAdmin.Cmdlets.SetIrqAffinityCommand'
    }

    It 'takes what Get-IrqAffinity gives, queue by queue' {
        $records = Get-IrqAffinity ens1f0 -Snapshot $snapshot | Where-Object Queue -ne $null |
            Set-IrqAffinity -Strategy All -Snapshot $snapshot -WhatIf -PassThru -ErrorAction Stop

        $records | Should -BeOfType ZeptAdmin.Irqs.IrqAffinity
        "$($records[0].RequestedCpus)" | Should -Be '0-3'
    }

    It 'asks for <Expected>' -ForEach @(
        @{ Wish = { Set-IrqAffinity ens1f0 '2,0' -Snapshot $snapshot -WhatIf }; Expected = 'Combined/0 from CPUs 0-3 to 0, Combined/1 from CPUs 0-3 to 2' }
        @{ Wish = { Set-IrqAffinity ens1f0 2, 0 -Snapshot $snapshot -WhatIf }; Expected = 'Combined/0 from CPUs 0-3 to 2, Combined/1 from CPUs 0-3 to 0' }
        @{ Wish = { Get-IrqAffinity ens1f0 -Snapshot $snapshot | Set-IrqAffinity -Cpu 0, 2 -Snapshot $snapshot -WhatIf }; Expected = 'Combined/0 from CPUs 0-3 to 0, Combined/1 from CPUs 0-3 to 2' }
        @{ Wish = { Get-IrqAffinity ens1f0 -Irq 102 -Snapshot $snapshot | Set-IrqAffinity -Cpu 2 -Snapshot $snapshot -WhatIf }; Expected = "'ens1f0': Combined/1 from CPUs 0-3 to 2" }
        @{ Wish = { Set-IrqAffinity ens1f0 -Strategy One -Cpu 2 -Snapshot $snapshot -WhatIf }; Expected = 'Combined/0 from CPUs 0-3 to 2, Combined/1 from CPUs 0-3 to 2' }
        @{ Wish = { Set-IrqAffinity ens1f0 0, 2 -Rps '' -Snapshot $snapshot -WhatIf }; Expected = "receive packet steering of 'ens1f0/rx-1' from CPUs 2 to off" }
        @{ Wish = { Set-IrqAffinity ens1f0 0, 2 -Rps 2, 0 -Snapshot $snapshot -WhatIf }; Expected = "receive packet steering of 'ens1f0/rx-0' from off to CPUs 0,2" }
        @{ Wish = { Set-IrqAffinity ens1f0 0, 2 -Xps -Snapshot $snapshot -WhatIf }; Expected = "transmit packet steering of 'ens1f0/tx-1' from CPUs 1 to CPUs 2" }
        @{ Wish = { Set-IrqAffinity ens1f0 0 -FenceIrqBalance -Snapshot $snapshot -WhatIf -WarningAction SilentlyContinue }; Expected = "from CPUs 0-3 to 0" }
        @{ Wish = { Set-IrqBalance -BannedCpu 2, '1' -Snapshot $snapshot -WhatIf }; Expected = "banned CPUs from its default to '1-2'" }
        @{ Wish = { Set-IrqBalance -BannedIrq @() -Snapshot $snapshot -WhatIf }; Expected = 'banned interrupts from 101, 102 to none' }
    ) {
        $transcript = Join-Path $TestDrive "$([guid]::NewGuid()).txt"
        Start-Transcript $transcript | Out-Null
        try {
            & $Wish
        } finally {
            Stop-Transcript | Out-Null
        }

        (Get-Content $transcript -Raw) -replace '\r?\n(?!What if)', '' | Should -BeLike "*$Expected*"
    }

    It 'refuses <Wish> as <Id>' -ForEach @(
        @{ Wish = 'a CPU that is offline'; Parameters = @{ Cpu = '1' }; Id = 'ValueRejected' }
        @{ Wish = 'a queue that is not there'; Parameters = @{ Cpu = '0'; Queue = 7 }; Id = 'ValueRejected' }
        @{ Wish = 'another node where there is none'; Parameters = @{ Strategy = 'Remote' }; Id = 'NotSupportedByDriver' }
    ) {
        Set-IrqAffinity ens1f0 @Parameters -Snapshot $snapshot -ErrorVariable problems -ErrorAction SilentlyContinue

        $problems.FullyQualifiedErrorId | Should -Be "$Id,ZeptAdmin.Cmdlets.SetIrqAffinityCommand"
    }

    It 'warns when queues share a CPU' {
        Set-IrqAffinity ens1f0 -Cpu 0 -Snapshot $snapshot -WhatIf -WarningVariable warnings -WarningAction SilentlyContinue

        $warnings.Count | Should -Be 1
    }
}

Describe 'Set-IrqBalance' {
    It 'never writes a snapshot' {
        Set-IrqBalance -BannedCpu 1 -Snapshot $snapshot -ErrorVariable problems -ErrorAction SilentlyContinue

        $problems.FullyQualifiedErrorId | Should -Be 'SnapshotIsReadOnly,ZeptAdmin.Cmdlets.SetIrqBalanceCommand'
    }

    It 'leaves irqbalance a CPU' {
        Set-IrqBalance -BannedCpu 0-3 -Snapshot $snapshot -ErrorVariable problems -ErrorAction SilentlyContinue

        $problems.FullyQualifiedErrorId | Should -Be 'ValueRejected,ZeptAdmin.Cmdlets.SetIrqBalanceCommand'
    }
}
