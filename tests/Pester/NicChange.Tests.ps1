BeforeAll {
    . $PSScriptRoot/common.ps1
    $sensor = Get-Snapshot sensor-x710

    # What -WhatIf says goes to the host; a process of its own gives it back as text.
    function Get-Rehearsal([string] $Command) {
        $said = pwsh -NoProfile -c "Import-Module '$repository/out/ZeptAdmin/ZeptAdmin.psd1'; $Command -Snapshot '$sensor' -WhatIf -ErrorAction Stop"
        $said -replace '^What if: '
    }
}

Describe 'The commands that change a card' {
    It '<Command> never writes a snapshot' -ForEach @(
        @{ Command = 'Set-NicRing'; Wish = @{ Rx = 1024 } }
        @{ Command = 'Set-NicChannel'; Wish = @{ Combined = 6 } }
        @{ Command = 'Set-NicCoalesce'; Wish = @{ RxMicroseconds = 62; AdaptiveRx = $false } }
        @{ Command = 'Set-NicFeature'; Wish = @{ Feature = 'rx-gro'; Off = $true } }
        @{ Command = 'Set-NicPause'; Wish = @{ Rx = $false; Tx = $false } }
        @{ Command = 'Set-NicPrivateFlag'; Wish = @{ Flag = 'flow-director-atr'; Off = $true } }
    ) {
        { & $Command ens1f1 @Wish -Snapshot $sensor -Confirm:$false -ErrorAction Stop } |
            Should -Throw -ErrorId "SnapshotIsReadOnly,ZeptAdmin.Cmdlets.$($Command -replace '-')Command"
    }

    It '<Command> says of an unknown interface that it is not there, and goes on' -ForEach @(
        @{ Command = 'Set-NicRing'; Wish = @{ Rx = 4096 } }
        @{ Command = 'Set-NicChannel'; Wish = @{ Combined = 24 } }
        @{ Command = 'Set-NicCoalesce'; Wish = @{ AdaptiveRx = $true } }
        @{ Command = 'Set-NicFeature'; Wish = @{ Feature = 'rx-gro'; On = $true } }
        @{ Command = 'Set-NicPause'; Wish = @{ Tx = $true } }
        @{ Command = 'Set-NicPrivateFlag'; Wish = @{ Flag = 'flow-director-atr'; On = $true } }
    ) {
        # What ens1f1 is to have it has already, so it is passed through, not changed.
        $result = & $Command missing0, ens1f1 @Wish -Snapshot $sensor -Confirm:$false -PassThru -ErrorVariable problems -ErrorAction SilentlyContinue

        $result.InterfaceName | Should -Be ens1f1
        $problems.FullyQualifiedErrorId | Should -Be "InterfaceNotFound,ZeptAdmin.Cmdlets.$($Command -replace '-')Command"
    }

    It 'asks for <Expected>' -ForEach @(
        @{ Command = 'Set-NicRing ens1f1 -Rx 1024 -Tx 256'; Expected = "Set the receive ring of 'ens1f1' from 4096 to 1024 and the transmit ring of 'ens1f1' from 512 to 256" }
        @{ Command = 'Set-NicRing ens1f1 -ForRate 6000000 -InterruptMicroseconds 84'; Expected = "Set the receive ring of 'ens1f1' from 4096 to 512" }
        @{ Command = 'Set-NicChannel ens1f1 -Combined 6'; Expected = "Set the combined channels of 'ens1f1' from 24 to 6" }
        @{ Command = 'Set-NicCoalesce ens1f1 -AdaptiveRx $false -RxMicroseconds 62'
            Expected = "Set adaptive receive coalescing of 'ens1f1' from 1 to 0 and the receive microseconds of 'ens1f1' from 50 to 62" }
        @{ Command = 'Set-NicFeature ens1f1 rx-gro -Off'; Expected = "Turn the feature 'rx-gro' of 'ens1f1' off" }
        @{ Command = 'Set-NicPause ens1f1 -Tx $false'; Expected = "Set the sending of pause frames of 'ens1f1' from 1 to 0" }
        @{ Command = 'Set-NicPrivateFlag ens1f1 flow-director-atr -Off'; Expected = "Turn the private flag 'flow-director-atr' of 'ens1f1' off" }
    ) {
        Get-Rehearsal $Command | Should -Be $Expected
    }

    It 'says with -Verbose that there is nothing to do' {
        (Set-NicRing ens1f0 -Rx 512 -Snapshot $sensor -Verbose -ErrorAction Stop 4>&1).Message | Should -BeLike "Nothing to do: *ens1f0*"
    }

    It 'tells what is beyond the card in a rehearsal, too' {
        { Set-NicRing ens1f1 -Rx 4097 -Snapshot $sensor -WhatIf -ErrorAction Stop } | Should -Throw -ErrorId 'ValueRejected,ZeptAdmin.Cmdlets.SetNicRingCommand'
        { Set-NicChannel ens1f1 -Rx 2 -Snapshot $sensor -WhatIf -ErrorAction Stop } | Should -Throw -ErrorId 'ValueRejected,ZeptAdmin.Cmdlets.SetNicChannelCommand'
    }

    It 'takes cards from the pipeline, and passes through what is so under -WhatIf' {
        $features = Get-Nic ens1f* -Snapshot $sensor | Set-NicFeature -Feature rx-gro -Off -Snapshot $sensor -WhatIf -PassThru -ErrorAction Stop

        $features | ForEach-Object { "$($_.InterfaceName) $($_.IsOn)" } | Should -Be 'ens1f0 False', 'ens1f1 True'
    }
}
