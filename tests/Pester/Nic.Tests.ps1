BeforeAll {
    . $PSScriptRoot/common.ps1
    $sensor = Get-Snapshot sensor-x710
}

Describe 'Get-Nic' {
    It 'shows every card, with loopback only by name' {
        (Get-Nic -Snapshot $sensor).InterfaceName | Should -Be eno1, ens1f0, ens1f1
        (Get-Nic lo -Snapshot $sensor).Kind | Should -Be loopback
    }

    It 'tells a NUMA node of -1 as unknown, with a note' {
        $nic = Get-Nic eno1 -Snapshot $sensor

        $nic.NumaNode | Should -BeNullOrEmpty
        $nic.Notes -match 'numa_node is -1' | Should -HaveCount 1
    }

    It 'tells a driver from outside the kernel tree' {
        Get-Nic -Snapshot $sensor | Where-Object IsInTree -eq $false | ForEach-Object Driver | Should -Be igb
    }

    It 'says of <Name> that there is no such interface' -ForEach @(
        @{ Name = 'missing0' }
        @{ Name = '../lo' }
        @{ Name = 'ens1f0:1' }
        @{ Name = 'a-name-of-more-than-fifteen-bytes' }
    ) {
        { Get-Nic $Name -Snapshot $sensor -ErrorAction Stop } | Should -Throw -ErrorId 'InterfaceNotFound,ZeptAdmin.Cmdlets.GetNicCommand'
    }

    It 'shows five columns' {
        $header = (Get-Nic -Snapshot $sensor | Out-String -Width 120).Split("`n") -match '\S' | Select-Object -First 1

        ($header -replace '\e\[[\d;]*m').Trim() -split '\s+' | Should -Be Interface, Driver, State, Mbit/s, Node
    }

    It 'comes back whole from Export-Clixml' {
        $file = Join-Path $TestDrive nic.xml
        Get-Nic ens1f0 -Snapshot $sensor | Export-Clixml $file -Depth 6
        [ZeptAdmin.Nics.Nic] $nic = Import-Clixml $file

        $nic.LocalCpus.ToString() | Should -Be '0-11,24-35'
        $nic.SpeedMbps | Should -Be 10000
    }
}

Describe 'Get-NicFeature and Get-NicPrivateFlag' {
    It 'takes cards from the pipeline and patterns of names' {
        $features = Get-Nic ens1f* -Snapshot $sensor | Get-NicFeature -Feature rx-gro, rx-hash* -Snapshot $sensor

        $features | ForEach-Object { "$($_.InterfaceName) $($_.Feature) $($_.IsOn)" } |
            Should -Be 'ens1f0 rx-gro False', 'ens1f0 rx-hashing True', 'ens1f1 rx-gro True', 'ens1f1 rx-hashing True'
    }

    It 'passes over cards without the flag under a wildcard, and says so for a named one' {
        (Get-NicPrivateFlag * flow-director-atr -Snapshot $sensor -ErrorAction Stop).InterfaceName | Should -Be ens1f0, ens1f1
        { Get-NicPrivateFlag eno1 flow-director-atr -Snapshot $sensor -ErrorAction Stop } |
            Should -Throw -ErrorId 'NotSupportedByDriver,ZeptAdmin.Cmdlets.GetNicPrivateFlagCommand'
    }

    It 'completes the names that the card has' {
        $line = "Get-NicPrivateFlag ens1f0 -Snapshot '$sensor' -Flag flow"
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be flow-director-atr
    }
}

Describe 'Get-NicCoalesce, Get-NicChannel, Get-NicPause' {
    It 'computes the interrupts of a second from the microseconds' {
        (Get-NicCoalesce ens1f0 -Snapshot $sensor).InterruptsPerSecond | Should -Be 11905
        (Get-NicCoalesce ens1f1 -Snapshot $sensor).InterruptsPerSecond | Should -BeNullOrEmpty
    }

    It 'reads queues in use and possible' {
        $channel = Get-NicChannel ens1f0 -Snapshot $sensor
        $channel.Combined, $channel.CombinedMaximum | Should -Be 4, 24
    }

    It 'goes on after a card without the setting' {
        $pause = Get-NicPause lo, ens1f1 -Snapshot $sensor -ErrorVariable problems -ErrorAction SilentlyContinue

        $pause.Tx | Should -BeTrue
        $problems.FullyQualifiedErrorId | Should -Be 'NotSupportedByDriver,ZeptAdmin.Cmdlets.GetNicPauseCommand'
    }
}
