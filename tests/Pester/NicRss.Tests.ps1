BeforeAll {
    . $PSScriptRoot/common.ps1
    $root = Get-Snapshot sensor-x710
}

Describe 'Get-NicRss' {
    It 'reads key, table and fields' {
        $rss = Get-NicRss ens1f0 -Snapshot $root

        $rss | Should -BeOfType ZeptAdmin.Rss.NicRss
        $rss.Queues, $rss.Function, $rss.TableSize | Should -Be 4, toeplitz, 512
        $rss.Key.Length | Should -Be 52
        $rss.IsKeySymmetric | Should -BeTrue
        ($rss.Fields | Where-Object FlowType -EQ Udp4).Letters | Should -Be sd
    }

    It 'takes <Kind> from the pipeline' -ForEach @(
        @{ Kind = 'a name'; Given = 'ens1f1' }
        @{ Kind = 'an object with an InterfaceName'; Given = [pscustomobject]@{ InterfaceName = 'ens1f1' } }
    ) {
        ($Given | Get-NicRss -Snapshot $root).InterfaceName | Should -Be ens1f1
    }

    It 'passes over drivers without it when it was asked for all' {
        (Get-NicRss -Snapshot $root -ErrorAction Stop).InterfaceName | Should -Be eno1, ens1f0, ens1f1
    }

    It 'reports an unknown interface and goes on' {
        $rss = Get-NicRss missing0, ens1f0 -Snapshot $root -ErrorVariable problems -ErrorAction SilentlyContinue

        $rss.InterfaceName | Should -Be ens1f0
        $problems.FullyQualifiedErrorId | Should -Be 'InterfaceNotFound,ZeptAdmin.Cmdlets.GetNicRssCommand'
    }

    It 'fits a table' {
        $table = Get-NicRss -Snapshot $root | Out-String -Width 100

        $table | Should -Match '52 B 6D:5A:6D:5A'
        $table | Should -Match '512: 128 each of 4'
        $table | Should -Match '\(kernel\)'
    }
}

Describe 'Get-NicFlowRule' {
    It 'tells what is dropped' {
        $rules = Get-NicFlowRule ens1f0 -Snapshot $root

        $rules.Match | Should -Be 'Tcp4 DestinationPort 514', 'Udp4 DestinationPort 514'
        $rules.Action | Should -Be Drop, Drop
    }

    It 'says nothing of a card without rules' {
        Get-NicFlowRule ens1f1 -Snapshot $root -ErrorAction Stop | Should -BeNullOrEmpty
    }
}
