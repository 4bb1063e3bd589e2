BeforeAll {
    . $PSScriptRoot/common.ps1
    $snapshot = Get-Snapshot two-port-i40e
    $talk = "$repository/examples/sensors/talk.zip"
}

Describe 'Get-NicXdp' {
    It 'tells of this machine' {
        $programs = Get-NicXdp -ErrorAction Stop

        $programs | Should -Not -BeNullOrEmpty
        $programs | Should -BeOfType ZeptAdmin.Xdp.NicXdp
        $programs.InterfaceName | Should -Contain lo
    }

    It 'says that a snapshot was taken without it' {
        { Get-NicXdp enp7s0f1 -Snapshot $talk -ErrorAction Stop } | Should -Throw -ErrorId 'NotInSnapshot,ZeptAdmin.Cmdlets.GetNicXdpCommand'
    }

    It 'reports an unknown interface' {
        { Get-NicXdp missing0 -ErrorAction Stop } | Should -Throw -ErrorId 'InterfaceNotFound,ZeptAdmin.Cmdlets.GetNicXdpCommand'
    }
}

Describe '<_>-NicXdpFilter' -ForEach 'Add', 'Remove' {
    It 'does not change a snapshot' {
        { & "$_-NicXdpFilter" enp7s0f1 -Port 53 -Snapshot $talk -Confirm:$false -ErrorAction Stop } |
            Should -Throw -ErrorId "SnapshotIsReadOnly,ZeptAdmin.Cmdlets.$($_)NicXdpFilterCommand"
    }

    It 'refuses a port that there is not' {
        { & "$_-NicXdpFilter" lo -Port 0 -WhatIf -ErrorAction Stop } | Should -Throw -ErrorId "ParameterArgumentValidationError,ZeptAdmin.Cmdlets.$($_)NicXdpFilterCommand"
    }
}

Describe 'Add-NicXdpFilter' {
    It 'wants something to drop' {
        { Add-NicXdpFilter lo -WhatIf -ErrorAction Stop } | Should -Throw -ErrorId 'ValueRejected,ZeptAdmin.Cmdlets.AddNicXdpFilterCommand'
    }
}
