BeforeAll {
    . $PSScriptRoot/common.ps1
    $source = Get-Snapshot two-port-i40e
}

Describe 'Save-NsmSnapshot' {
    It 'saves what the other cmdlets read again' {
        $saved = Save-NsmSnapshot $TestDrive/a.zip -Snapshot $source

        $saved | Should -BeOfType ZeptAdmin.Reports.SavedSnapshot
        $saved.Bytes | Should -Be (Get-Item $TestDrive/a.zip).Length
        (Get-NicRing ens1f0 -Snapshot $saved.Path).RxMaximum | Should -Be 4096
    }

    It 'gives the same bytes for the same state' {
        Save-NsmSnapshot $TestDrive/b.zip -Snapshot $source
        Save-NsmSnapshot $TestDrive/c.zip -Snapshot $source

        (Get-FileHash $TestDrive/b.zip).Hash | Should -Be (Get-FileHash $TestDrive/c.zip).Hash
    }

    It 'saves this machine, with its counters at two instants' {
        $saved = Save-NsmSnapshot $TestDrive/live.zip -Interval 0.1

        $saved.Interfaces | Should -BeGreaterThan 0
        (Get-Nic -Snapshot $saved.Path).InterfaceName | Should -Be (Get-Nic).InterfaceName
    }

    It 'keeps a file that is there, unless -Force is given' {
        Save-NsmSnapshot $TestDrive/d.zip -Snapshot $source
        { Save-NsmSnapshot $TestDrive/d.zip -Snapshot $source } | Should -Throw -ErrorId 'SnapshotExists,ZeptAdmin.Cmdlets.SaveNsmSnapshotCommand'
        { Save-NsmSnapshot $TestDrive/d.zip -Snapshot $source -Force } | Should -Not -Throw
    }
}

Describe '-Snapshot' {
    It 'ends the command with one error for what is no snapshot' {
        Set-Content $TestDrive/no.zip 'PK'
        { Get-NicRing -Snapshot $TestDrive/no.zip } | Should -Throw -ErrorId 'UnreadableData,ZeptAdmin.Cmdlets.GetNicRingCommand'
        { Get-NicRing -Snapshot $TestDrive/missing.zip } | Should -Throw -ErrorId 'UnreadableData,ZeptAdmin.Cmdlets.GetNicRingCommand'
    }
}
