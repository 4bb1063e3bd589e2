BeforeAll {
    . $PSScriptRoot/common.ps1
    $root = Get-Snapshot sensor-x710
    $log = Join-Path $TestDrive conn.log
    Set-Content $log @(
        '{"id.orig_h":"10.0.0.1","id.orig_p":40000,"id.resp_h":"10.0.0.2","id.resp_p":443,"proto":"tcp","orig_pkts":10,"orig_ip_bytes":1000,"resp_pkts":20,"resp_ip_bytes":30000}'
        '{"id.orig_h":"10.0.0.7","id.orig_p":53000,"id.resp_h":"10.0.0.2","id.resp_p":53,"proto":"udp","orig_pkts":1,"orig_ip_bytes":80,"resp_pkts":1,"resp_ip_bytes":90}'
    )
}

Describe 'Measure-RssBalance' {
    It 'compares settings side by side in one pass' {
        $balances = Measure-RssBalance $log -Fields sd, sdfn -Queue 4, 6, 8 -TableSize 128, 512

        $balances | Should -HaveCount 12
        $balances[0] | Should -BeOfType ZeptAdmin.Rss.Balance.RssBalance
        $balances[0].Packets, $balances[0].Bytes, $balances[0].Flows, $balances[0].TwoWayFlows | Should -Be 32, 31170, 2, 2
        $balances | ForEach-Object { ($_.ByQueue | Measure-Object Packets -Sum).Sum | Should -Be 32 }
    }

    It 'counts a capture alike with <_> threads' -ForEach 1, 2, 5 {
        $capture = Join-Path $TestDrive one.pcap
        $frame = '0200000000010200000000020800450000280000400040060000C0A80001C0A80002D43101BB00000000000000005002000000000000'
        $record = '0000000000000000' + '36000000' + '36000000' + $frame
        [System.IO.File]::WriteAllBytes($capture, [Convert]::FromHexString('D4C3B2A1020004000000000000000000FFFF000001000000' + $record * 1000))

        $balance = Measure-RssBalance $capture -ThrottleLimit $_

        $balance.Packets, $balance.Bytes, $balance.Flows, $balance.HeaviestFlows[0].Packets | Should -Be 1000, 54000, 1, 1000
    }

    It 'keeps both directions together with the symmetric key' {
        (Measure-RssBalance $log -Symmetric -Queue 16).AsymmetricFlows | Should -Be 0
    }

    It 'takes the setting of a card from a snapshot' {
        $balance = Measure-RssBalance $log -InterfaceName ens1f0 -Snapshot $root

        $balance.InterfaceName, $balance.Queues, $balance.TableSize, $balance.Fields | Should -Be ens1f0, 4, 512, sd
        $balance.AsymmetricShare | Should -Be 0
    }

    It 'tells of rules that go before the hash' {
        (Measure-RssBalance $log -InterfaceName ens1f0 -Snapshot $root).Notes | Should -Match 'flow rules? that goe?s? before the hash'
    }

    It 'warns of <Name>' -ForEach @(
        @{ Name = 'a snapshot of which no card is taken'; Arguments = @{ Snapshot = '.' }; Text = 'Without -InterfaceName' }
        @{ Name = 'a key that is too short'; Arguments = @{ Key = '6D:5A' }; Text = 'has 2 bytes' }
    ) {
        $null = Measure-RssBalance $log @Arguments -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -Match $Text
    }

    It 'takes files from the pipeline and several as one' {
        Copy-Item $log (Join-Path $TestDrive conn2.log)

        (Get-ChildItem $TestDrive -Filter *.log | Measure-RssBalance).Packets | Should -Be 64
        (Measure-RssBalance (Join-Path $TestDrive *.log)).Path | Should -HaveCount 2
    }

    It 'takes <Name> by its name and from the pipeline' -ForEach @(
        @{ Name = 'a [1].log' }
        @{ Name = 'conn.14:00:00-15:00:00.log' }
    ) {
        $folder = New-Item -ItemType Directory (Join-Path $TestDrive "d ir [$([guid]::NewGuid())]")
        Copy-Item $log "$($folder.FullName)/$Name"
        Push-Location -LiteralPath $folder
        try {
            (Measure-RssBalance $Name).Packets | Should -Be 32
            (Measure-RssBalance '*.log').Packets | Should -Be 32
            (Get-ChildItem -LiteralPath $folder | Measure-RssBalance).Packets | Should -Be 32
        }
        finally {
            # Pester cannot clear a folder with brackets away.
            Pop-Location
            Remove-Item -LiteralPath $folder -Recurse
        }
    }

    It 'refuses fields in other letters: <_>' -ForEach 'SD', 'sx', '' {
        { Measure-RssBalance $log -Fields $_ } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
    }

    It 'completes the fields' {
        (TabExpansion2 'Measure-RssBalance x -Fields s' -cursorColumn 30).CompletionMatches.CompletionText | Should -Be sd, sdfn
    }

    It 'takes keys as bytes and out of records' {
        $key = [byte[]](1..40)
        $report = New-RssKey -Symmetric -Length 40

        (Measure-RssBalance $log -Key $key).Key.ToArray() | Should -Be $key
        Measure-RssBalance $log -WarningAction SilentlyContinue -Key $report, '01:02:03:04', (Get-NicRss ens1f0 -Snapshot $root) | ForEach-Object { $_.Key.Length } | Should -Be 40, 4, 52
        { Measure-RssBalance $log -Key 6d5a } | Should -Throw -ErrorId 'ParameterArgumentTransformationError*'
    }

    It 'suggests rules that drop the heaviest' {
        $rules = Measure-RssBalance $log -SuggestFlowRule

        $rules | Should -HaveCount 4
        $rules[0].FlowType, $rules[0].Source, $rules[0].SourcePort, $rules[0].Packets, $rules[0].Drop | Should -Be Tcp4, 10.0.0.2, 443, 20, $true
    }

    It 'chooses the same ones among equal flows, whatever order they came in' {
        $chosen = foreach ($order in (1..16), (16..1)) {
            $path = Join-Path $TestDrive equal.log
            Set-Content $path @(
                "#separator \x09"
                "#fields`tts`tuid`tid.orig_h`tid.orig_p`tid.resp_h`tid.resp_p`tproto`torig_pkts`torig_ip_bytes`tresp_pkts`tresp_ip_bytes"
                $order | ForEach-Object { "1.0`tC$_`t10.0.0.$_`t40000`t192.0.2.$_`t443`ttcp`t5`t500`t5`t500" }
            )
            (Measure-RssBalance $path -SuggestFlowRule -Top 3).Source -join ' '
        }

        $chosen[0] | Should -Match 192.0.2
        $chosen[1] | Should -Be $chosen[0]
    }

    It 'pipes its suggestions into Add-NicFlowRule' {
        # Rules of flows and rules of ports: what the latter leave open must not fail the binding.
        $rules = Measure-RssBalance "$PSScriptRoot/../Fixtures/logs/conn.log" -InterfaceName ens1f1 -Snapshot $root -SuggestFlowRule -Top 3
        $rules | Add-NicFlowRule -Snapshot $root -WhatIf -WarningVariable warnings -WarningAction SilentlyContinue -ErrorAction Stop

        $rules | Should -HaveCount 6
        @($warnings) -match 'dropped in the card' | Should -HaveCount 6
        @($warnings) -match "'Udp4 SourcePort 53'" | Should -HaveCount 1
    }

    It 'names the one card of a wildcard in its suggestions, and none of several' {
        (Measure-RssBalance $log -InterfaceName ens1f0* -Snapshot $root -SuggestFlowRule)[0].InterfaceName | Should -Be ens1f0
        (Measure-RssBalance $log -InterfaceName ens1f* -Snapshot $root -SuggestFlowRule)[0].InterfaceName | Should -BeNullOrEmpty
    }

    It 'warns of rules on what a card does not see' {
        $null = Measure-RssBalance $log -Inner -SuggestFlowRule -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -Match 'inside tunnels'
    }

    It 'reports <Id> and goes on' -ForEach @(
        @{ Id = 'NotPresent'; Bad = 'missing.pcap' }
        @{ Id = 'NotPresent'; Bad = 'missing*.pcap' }
        @{ Id = 'NotAFile'; Bad = '.' }
        @{ Id = 'UnreadableData'; Bad = 'text.txt' }
    ) {
        Set-Content (Join-Path $TestDrive text.txt) 'this is a text'
        $balance = Measure-RssBalance (Join-Path $TestDrive $Bad), $log -ErrorVariable problems -ErrorAction SilentlyContinue

        $balance.Packets | Should -Be 32
        $problems.FullyQualifiedErrorId | Should -Be "$Id,ZeptAdmin.Cmdlets.MeasureRssBalanceCommand"
    }

    It 'warns once of a capture that is cut short, and counts what is there' {
        $head = [byte[]](0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0)
        $record = [byte[]](@(0) * 8 + @(60, 0, 0, 0, 60, 0, 0, 0) + @(0) * 60)
        $cut = Join-Path $TestDrive cut.pcap
        [System.IO.File]::WriteAllBytes($cut, $head + $record + $record[0..49])

        $balance = Measure-RssBalance $cut -WarningVariable warnings -WarningAction SilentlyContinue

        $balance.Packets, $balance.UnhashedPackets | Should -Be 1, 1
        $warnings | Should -HaveCount 1
    }

    It 'refuses a card without a hash' {
        { Measure-RssBalance $log -InterfaceName lo -Snapshot $root -ErrorAction Stop } |
            Should -Throw -ErrorId 'NotSupportedByDriver,ZeptAdmin.Cmdlets.MeasureRssBalanceCommand'
    }

    It 'fits a table' {
        $table = Measure-RssBalance $log | Out-String -Width 120

        $table | Should -Match 'Max/mean'
        $table | Should -Match 'sdfn 40 B 6D:5A:56:DA'
    }
}
