BeforeAll {
    . $PSScriptRoot/common.ps1
}

Describe 'Get-AfPacketSocket' {
    It 'lists the packet sockets of this machine, or nothing' {
        Get-AfPacketSocket | ForEach-Object { $_ | Should -BeOfType ZeptAdmin.Drops.AfPacketSocket }
    }

    It 'says that a snapshot was taken without them' {
        Get-AfPacketSocket -Snapshot (Get-Snapshot two-port-i40e) -ErrorVariable problems -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problems.FullyQualifiedErrorId | Should -Be 'NotInSnapshot,ZeptAdmin.Cmdlets.GetAfPacketSocketCommand'
    }

    It 'reports an unknown interface' {
        Get-AfPacketSocket missing0 -ErrorVariable problems -ErrorAction SilentlyContinue | Out-Null
        $problems.FullyQualifiedErrorId | Should -Be 'InterfaceNotFound,ZeptAdmin.Cmdlets.GetAfPacketSocketCommand'
    }
}

Describe 'Test-AfPacketFanout' {
    BeforeAll {
        $snapshot = Get-Snapshot fanout
    }

    It 'finds two programs in one group, and more queues than members' {
        $group = Test-AfPacketFanout ens1f0 -Snapshot $snapshot

        $group.FanoutId, $group.Mode, $group.Members | Should -Be 99, 'QueueMapping', 3
        $group.Findings.Id | Should -Contain J9.TwoPrograms
        $group.Severity | Should -Be Fail
    }

    It 'tells which member each queue feeds' {
        (Test-AfPacketFanout ens1f0 -Snapshot $snapshot).Links.Member | Should -Be 1, 2, 0
    }

    It 'says that the order of joining is assumed' {
        $links = (Test-AfPacketFanout ens1f0 -Snapshot $snapshot).Links

        $links.Confidence | Select-Object -Unique | Should -Be Assumed
        $links[0].Evidence | Should -Match 'Test-AfPacketFanout -Interval measures'
    }

    It 'cannot watch a snapshot, and leaves its groups as they are' {
        $group = Test-AfPacketFanout ens1f0 -Snapshot $snapshot -Interval 0.1 -Verbose 4>&1

        "$($group | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] })" | Should -Match 'A snapshot has no packets'
        ($group | Where-Object { $_ -is [ZeptAdmin.Drops.AfPacketFanout] }).Links.Confidence | Select-Object -Unique | Should -Be Assumed
    }

    It 'looks into the logs of programs only while it watches' {
        'SuricataLog', 'ZeekLog' | ForEach-Object { (Get-Command Test-AfPacketFanout).Parameters[$_].ParameterSets.Keys | Should -Be Interval }
        (Test-AfPacketFanout ens1f0 -Snapshot $snapshot -Interval 0.1 -SuricataLog eve.json -ZeekLog stats.log).Links.Confidence | Select-Object -Unique | Should -Be Assumed
    }

    It 'pipes into the sockets of its interface' {
        (Test-AfPacketFanout ens1f0 -Snapshot $snapshot | Get-AfPacketSocket -Snapshot $snapshot).ProcessName | Should -Be Suricata-Main, Suricata-Main, Suricata-Main
    }
}
