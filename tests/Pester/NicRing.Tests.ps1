BeforeAll {
    . $PSScriptRoot/common.ps1
    $root = Get-Snapshot two-port-i40e
}

Describe 'Get-NicRing' {
    It 'reads the depths that the driver reports' {
        $ring = Get-NicRing ens1f0 -Snapshot $root

        $ring | Should -BeOfType ZeptAdmin.Nics.NicRing
        $ring.Rx, $ring.RxMaximum, $ring.Tx, $ring.TxMaximum | Should -Be 512, 4096, 512, 4096
    }

    It 'takes <Kind> from the pipeline' -ForEach @(
        @{ Kind = 'a name'; Given = 'ens1f0' }
        @{ Kind = 'an object with an InterfaceName'; Given = [pscustomobject]@{ InterfaceName = 'ens1f0' } }
    ) {
        ($Given | Get-NicRing -Snapshot $root).InterfaceName | Should -Be ens1f0
    }

    It 'reports an unknown interface and goes on' {
        $rings = Get-NicRing missing0, ens1f0 -Snapshot $root -ErrorVariable problems -ErrorAction SilentlyContinue

        $rings.InterfaceName | Should -Be ens1f0
        $problems.FullyQualifiedErrorId | Should -Be 'InterfaceNotFound,ZeptAdmin.Cmdlets.GetNicRingCommand'
        $problems.TargetObject | Should -Be missing0
    }

    It 'passes over drivers without rings when it was asked for all' {
        (Get-NicRing -Snapshot $root -ErrorAction Stop).InterfaceName | Should -Be ens1f0
    }
}
