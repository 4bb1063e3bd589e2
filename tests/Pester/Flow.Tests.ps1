BeforeAll {
    . $PSScriptRoot/common.ps1
    $root = Get-Snapshot sensor-x710
    $conn = "$PSScriptRoot/../Fixtures/logs/conn.log"
}

Describe 'Resolve-NsmFlow' {
    It 'keeps the directions together on the port with the symmetric key' {
        $flow = Resolve-NsmFlow 10.1.2.3 8.8.8.8 -SourcePort 40000 -DestinationPort 53 -Protocol udp -InterfaceName ens1f0 -Snapshot $root

        $flow.IsSameQueue | Should -BeTrue
        $flow.PartsAt | Should -Be None
        $flow.Forward.Hash | Should -Be $flow.Return.Hash
        $flow.Forward.Fields | Should -Be sd
    }

    It 'says where they part on the other, and why' {
        $flow = Resolve-NsmFlow 10.1.2.3 8.8.8.8 -SourcePort 40000 -DestinationPort 53 -InterfaceName ens1f1 -Snapshot $root

        $flow.PartsAt | Should -Be Queue
        $flow.Why | Should -Match 'queue \d+ and back to queue \d+'
    }

    It 'takes rows of a JSON conn.log' {
        '{"id.orig_h":"10.1.2.3","id.orig_p":40000,"id.resp_h":"8.8.8.8","id.resp_p":53,"proto":"udp"}' | ConvertFrom-Json |
            Resolve-NsmFlow -InterfaceName ens1f* -Snapshot $root | ForEach-Object InterfaceName | Should -Be ens1f0, ens1f1
    }

    It 'takes the heaviest flows of a balance' {
        (Measure-RssBalance $conn -Top 3).HeaviestFlows | Resolve-NsmFlow -InterfaceName ens1f0 -Snapshot $root | Should -HaveCount 3
    }

    It 'takes heavy flows without ports' {
        $log = Join-Path $TestDrive ping.log
        Set-Content $log '{"id.orig_h":"10.1.2.3","id.orig_p":8,"id.resp_h":"8.8.8.8","id.resp_p":0,"proto":"icmp","orig_pkts":3,"orig_ip_bytes":252}'
        $flow = (Measure-RssBalance $log).HeaviestFlows | Resolve-NsmFlow -InterfaceName ens1f1 -Snapshot $root

        $flow.Protocol, $flow.SourcePort, $flow.Forward.Fields | Should -Be 1, $null, sd
    }

    It 'takes an empty cell for nothing, not for 0' {
        $flows = 'Source,SourcePort,Destination,DestinationPort,SeenQueue', '10.1.2.3,40000,8.8.8.8,53,', '10.1.2.3,,8.8.8.8,,', '10.1.2.3,-,8.8.8.8,-,' |
            ConvertFrom-Csv | Resolve-NsmFlow -InterfaceName ens1f1 -Snapshot $root

        $flows | Should -HaveCount 3
        $flows[0].Forward.Decider | Should -Be Rss
        $flows[1, 2] | ForEach-Object { $null -eq $_.SourcePort; $null -eq $_.Forward.Queue } | Should -Be $true, $true, $true, $true
    }

    It 'takes the key that a card really uses' {
        $key = New-RssKey -Symmetric -Length 52
        (Resolve-NsmFlow 10.1.2.3 8.8.8.8 -SourcePort 40000 -DestinationPort 53 -InterfaceName ens1f1 -Key $key -Snapshot $root).PartsAt | Should -Be None
    }

    It 'takes the key and the groups that were not found for none' {
        $flow = Resolve-NsmFlow 10.1.2.3 8.8.8.8 -SourcePort 40000 -DestinationPort 53 -InterfaceName ens1f1 -Snapshot $root
        $same = Resolve-NsmFlow 10.1.2.3 8.8.8.8 -SourcePort 40000 -DestinationPort 53 -InterfaceName ens1f1 -Key $null -Fanout $null -Snapshot $root

        $same.Forward.Hash | Should -Be $flow.Forward.Hash
    }

    It 'takes rows of a TSV conn.log' {
        $log = Join-Path $TestDrive tsv.log
        Set-Content $log "#separator \x09", "#fields`tts`tid.orig_h`tid.orig_p`tid.resp_h`tid.resp_p`tproto", "#types`ttime`taddr`tport`taddr`tport`tenum",
            "1.0`t10.1.2.3`t40000`t8.8.8.8`t53`tudp", "#close`t2026"
        $flow = (Get-Content $log) -replace '^#fields\t' -notmatch '^#' | ConvertFrom-Csv -Delimiter "`t" | Resolve-NsmFlow -InterfaceName ens1f1 -Snapshot $root

        $flow.Flow | Should -Be '10.1.2.3:40000 8.8.8.8:53/17'
    }

    It 'tells what it needs where ports are hashed' {
        (Resolve-NsmFlow 10.1.2.3 8.8.8.8 -InterfaceName ens1f1 -Snapshot $root).Notes -join ' ' | Should -Match 'both ports are needed'
    }

    It 'goes on after a row that it cannot read' {
        $flows = [pscustomobject]@{ src_ip = '10.0.0.1'; dest_ip = '::1' }, [pscustomobject]@{ src_ip = '10.0.0.1'; dest_ip = '10.0.0.2'; proto = 'icmp' } |
            Resolve-NsmFlow -InterfaceName ens1f0 -Snapshot $root -ErrorVariable problems -ErrorAction SilentlyContinue

        $flows | Should -HaveCount 1
        $problems.FullyQualifiedErrorId | Should -Be 'FlowNotUnderstood,ZeptAdmin.Cmdlets.ResolveNsmFlowCommand'
    }

    It 'completes protocols' {
        (TabExpansion2 'Resolve-NsmFlow -Protocol s' -cursorColumn 27).CompletionMatches.CompletionText | Should -Be sctp
    }

    It 'fits a table' {
        Resolve-NsmFlow 10.1.2.3 8.8.8.8 -SourcePort 40000 -DestinationPort 53 -InterfaceName ens1f1 -Snapshot $root |
            Out-String -Width 110 | Should -Match 'ens1f1\s+10\.1\.2\.3:40000 8\.8\.8\.8:53/6\s+\d+/\d+\s+\?/\?\s+Queue\s+False'
    }
}

Describe 'Measure-FlowSymmetry' {
    It 'has no packets of a snapshot' {
        { Measure-FlowSymmetry ens1f0 -Snapshot $root } | Should -Throw -ErrorId 'SnapshotHasNoPackets,ZeptAdmin.Cmdlets.MeasureFlowSymmetryCommand'
    }

    It 'reports an unknown interface' {
        Measure-FlowSymmetry none0 -Seconds 1 -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems.FullyQualifiedErrorId | Should -Be 'InterfaceNotFound,ZeptAdmin.Cmdlets.MeasureFlowSymmetryCommand'
    }

    It 'measures the loopback for a moment' -Skip:((id -u) -ne 0) {
        $told = Measure-FlowSymmetry lo -Seconds 0.1
        $told.InterfaceName | Should -Be lo
        $told.Queues | Should -HaveCount 1
    }
}
