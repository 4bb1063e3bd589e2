BeforeAll {
    . $PSScriptRoot/common.ps1
    $root = Get-Snapshot sensor-x710
}

Describe 'Get-PacketDrops' {
    It 'goes from the wire to the socket, and ends with the verdict' {
        $layers = (Get-PacketDrops ens1f0 -Snapshot $root).Layer

        $layers | Should -Be Mac, Fifo, Classifier, Ring, Allocation, Driver, Softirq, Socket, Upstream, Verdict
    }

    It 'counts a loss once that stands in two counters' {
        $mac = Get-PacketDrops ens1f0 -Snapshot $root | Where-Object Layer -EQ Mac

        $mac.Counters | Should -Contain rx_crc_errors
        $mac.Counters | Should -Contain port.rx_crc_errors
        $mac.Dropped | Should -Be 3
    }

    It 'takes a card from the pipeline' {
        (Get-NicRing ens1f1 -Snapshot $root | Get-PacketDrops -Snapshot $root)[-1].InterfaceName | Should -Be ens1f1
    }

    It 'says that a snapshot has no second instant' {
        Get-PacketDrops ens1f0 -Interval 1 -Snapshot $root -ErrorVariable problems -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        @($problems).Count | Should -Be 1
    }

    It 'finds no difference from a snapshot to itself' {
        $rows = Get-PacketDrops ens1f0 -Since $root -Snapshot $root

        ($rows | Where-Object Layer -EQ Ring).Dropped | Should -Be 0
        $rows[-1].LossyLayer | Should -BeNullOrEmpty
    }

    It 'says that an interface is not there' {
        Get-PacketDrops nosuch0 -Snapshot $root -ErrorVariable problems -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        @($problems).Count | Should -Be 1
    }
}

Describe 'Export-NsmMetric' {
    It 'writes text of the exposition format, and the figures of the commands' {
        $file = Export-NsmMetric (Join-Path $TestDrive z.prom) ens1f1 -Snapshot (Get-Snapshot sensor-x710) -PassThru

        $lines = Get-Content $file
        $lines | Where-Object { $_ -notmatch '^(# (HELP|TYPE) zeptadmin_\w+ .+|zeptadmin_\w+(\{[^}]*\})? \S+)$' } | Should -BeNullOrEmpty
        $lines | Should -Contain 'zeptadmin_drops_total{interface="ens1f1",layer="ring"} 8444'
    }

    It 'leaves a file of something else alone' {
        $path = Join-Path $TestDrive other.prom
        Set-Content $path 'other'
        { Export-NsmMetric $path -Snapshot (Get-Snapshot sensor-x710) -ErrorAction Stop } | Should -Throw -ErrorId 'FileExists,ZeptAdmin.Cmdlets.ExportNsmMetricCommand'
        Get-Content $path | Should -Be other
    }
}

Describe 'Get-NetBudget' {
    It 'gives advice where the softirq is counted' {
        (Get-NetBudget).Advice | Should -Not -BeNullOrEmpty
    }
}
