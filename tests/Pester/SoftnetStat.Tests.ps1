BeforeAll {
    . $PSScriptRoot/common.ps1
    $snapshot = Get-Snapshot irqs-i40e
}

Describe 'Get-SoftnetStat' {
    It 'names the CPU that the kernel names, not the row' {
        (Get-SoftnetStat -Snapshot $snapshot).Cpu | Should -Be 0, 2
    }

    It 'keeps counters unsigned' {
        (Get-SoftnetStat -Snapshot $snapshot | Where-Object Cpu -eq 2).Processed | Should -Be 4294967280
    }

    It 'tells where RPS uses the backlog' {
        (Get-SoftnetStat -Snapshot $snapshot | Where-Object IsRpsUsed).Cpu | Should -Be 2
    }

    It 'says that a snapshot has no second instant' {
        Get-SoftnetStat -Interval 1 -Snapshot $snapshot -ErrorVariable problems -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        @($problems).Count | Should -Be 1
    }

    It 'tells a difference for each CPU of this machine' {
        $difference = Get-SoftnetStat -Interval 0.1

        $difference.Cpu | Should -Be (Get-SoftnetStat).Cpu
    }
}
