BeforeAll {
    . $PSScriptRoot/common.ps1
    $root = Get-Snapshot sensor-x710
}

Describe 'Test-RssSymmetry' {
    It 'proves symmetry of the talk''s key' {
        Test-RssSymmetry ens1f0 -Snapshot $root | ForEach-Object { $_.IsSymmetric | Should -BeTrue }
    }

    It 'shows a connection that parts' {
        $verdict = Test-RssSymmetry ens1f1 -Snapshot $root | Where-Object FlowType -EQ Tcp4

        $verdict.IsSymmetric | Should -BeFalse
        $verdict.Counterexample.Queue | Should -Not -Be $verdict.Counterexample.ReverseQueue
        "$($verdict.Counterexample)" | Should -Match '^10\.0\.0\.\d+:\d+ 192\.0\.2\.1:443: queue \d+, back \d+$'
    }

    It 'takes interfaces from the pipeline' {
        (Get-NicRss ens1f* -Snapshot $root | Test-RssSymmetry -Snapshot $root).InterfaceName | Select-Object -Unique | Should -Be ens1f0, ens1f1
    }

    It 'fits a table' {
        Test-RssSymmetry ens1f0 -Snapshot $root | Out-String -Width 100 | Should -Match 'ens1f0\s+Tcp4\s+sd\s+True\s+True\s+16\s+1'
    }
}

Describe 'New-RssKey' {
    It 'tells of what tables consecutive ports reach a part only' {
        (New-RssKey -Pattern 6D:5A).TablesReachedInPart | Should -Be 8, 16, 128
        (New-RssKey -Symmetric).TablesReachedInPart | Should -BeNullOrEmpty
    }

    It 'shows the whole key' {
        New-RssKey -Length 40 -Pattern 6D:5A | Out-String -Width 200 | Should -Match ('Key\s+: ' + (('6D', '5A' * 20) -join ':'))
    }
}

Describe 'Set-NicRss' {
    It 'asks with the change in words under -WhatIf and passes the present settings through' {
        (Set-NicRss ens1f1 -Symmetric -Snapshot $root -WhatIf -PassThru).IsKeySymmetric | Should -BeFalse
    }

    It 'tells what a driver refuses before it writes: <Arguments>' -ForEach @(
        @{ Arguments = @{ Key = '6D:5A' }; Id = 'ValueRejected' }
        @{ Arguments = @{ Queue = 99 }; Id = 'ValueRejected' }
        @{ Arguments = @{ Function = 'xor' }; Id = 'NotSupportedByDriver' }
        @{ Arguments = @{ InputTransform = 'SymmetricXor' }; Id = 'NotSupportedByDriver' }
    ) {
        { Set-NicRss ens1f1 @Arguments -Snapshot $root -Confirm:$false -ErrorAction Stop } |
            Should -Throw -ErrorId "$Id,ZeptAdmin.Cmdlets.SetNicRssCommand"
    }

    It 'refuses to write to a snapshot' {
        { New-RssKey ens1f1 -Snapshot $root | Set-NicRss -Snapshot $root -Confirm:$false -ErrorAction Stop } |
            Should -Throw -ErrorId 'SnapshotIsReadOnly,ZeptAdmin.Cmdlets.SetNicRssCommand'
    }
}
