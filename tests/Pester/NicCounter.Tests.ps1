BeforeAll {
    . $PSScriptRoot/common.ps1
    $root = Get-Snapshot sensor-x710
}

Describe 'Get-NicCounter' {
    It 'finds one loss on every card by its name for all drivers' {
        $counters = Get-NicCounter -Counter rx_no_descriptors -NonZero -Snapshot $root

        $counters.Name | Should -Be rx_fifo_errors, rx_queue_3_drops, rx_missed_errors, rx_missed_errors
        $counters | ForEach-Object { $_.IsLoss | Should -BeTrue }
    }

    It 'keeps to a layer' {
        $counters = Get-NicCounter ens1f0 -Layer Mac -Snapshot $root

        $counters.Layer | Sort-Object -Unique | Should -Be Mac
        $counters.Name | Should -Contain port.rx_crc_errors
    }

    It 'takes a card from the pipeline' {
        (Get-NicRss ens1f0 -Snapshot $root | Get-NicCounter -Counter rx-0.packets -Snapshot $root).Queue | Should -Be 0
    }

    It 'refuses a layer that is none' {
        { Get-NicCounter -Layer Nowhere -Snapshot $root } | Should -Throw -ErrorId 'CannotConvertArgumentNoMessage,ZeptAdmin.Cmdlets.GetNicCounterCommand'
    }

    It 'says that a named driver has no counters' {
        Get-NicCounter lo -Snapshot $root -ErrorVariable problems -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problems.FullyQualifiedErrorId | Should -Be 'NotSupportedByDriver,ZeptAdmin.Cmdlets.GetNicCounterCommand'
    }
}
