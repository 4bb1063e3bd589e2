BeforeDiscovery {
    # Changes are made on a card of a network namespace of their own.
    $null = sh -c 'unshare -n -m ip link add v0 type veth peer name v1' 2>$null
    $canMake = $LASTEXITCODE -eq 0
}

BeforeAll {
    . $PSScriptRoot/common.ps1

    # Runs a script in a namespace with the pair v0 and v1, and with a journal of its own; gives back what it writes as objects.
    function Invoke-InNamespace([scriptblock] $Script) {
        $state = Join-Path $TestDrive ([guid]::NewGuid())
        $text = "`$env:ZEPTADMIN_STATE = '$state'; Import-Module '$repository/out/ZeptAdmin/ZeptAdmin.psd1'; & { $Script } | ConvertTo-Json -AsArray -Depth 3 -EnumsAsStrings"
        $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($text))
        unshare -n -m sh -c "mount -t sysfs sysfs /sys && ip link add v0 type veth peer name v1 && exec pwsh -NoProfile -EncodedCommand $encoded" |
            Where-Object { $_ -notlike 'What if: *' } | ConvertFrom-Json
    }
}

Describe 'Get-NsmChange and Undo-NsmChange' -Skip:(-not $canMake) {
    It 'tell of a change and take it back' {
        $seen, $changed, $undone, $back = Invoke-InNamespace {
            Set-NicFeature v1 tx-tcp-segmentation -Off
            Get-NsmChange
            Get-NicFeature v1 tx-tcp-segmentation
            Get-NsmChange | Undo-NsmChange -Confirm:$false -PassThru
            Get-NicFeature v1 tx-tcp-segmentation
        }

        $seen.State, $seen.Kind, $seen.Description | Should -Be Done, NicFeature, "Turn the feature 'tx-tcp-segmentation' of 'v1' off"
        $undone.State | Should -Be Undone
        $changed.IsOn, $back.IsOn | Should -Be $false, $true
    }

    It 'takes back one run, and leaves the others' {
        $states = Invoke-InNamespace {
            Set-NicFeature v1 tx-tcp-segmentation -Off
            Set-NicFeature v1 tx-tcp6-segmentation, tx-generic-segmentation -Off
            Undo-NsmChange -Run (Get-NsmChange 3).Run -Confirm:$false
            Get-NsmChange | ForEach-Object State | ForEach-Object ToString
        }

        $states | Should -Be Done, Undone, Undone
    }

    It 'takes back what was made after a time' {
        $states = Invoke-InNamespace {
            Set-NicFeature v1 tx-tcp-segmentation -Off
            $between = [datetime]::Now
            Set-NicFeature v1 tx-tcp6-segmentation -Off
            Undo-NsmChange -After $between -Confirm:$false
            Get-NsmChange | ForEach-Object State | ForEach-Object ToString
        }

        $states | Should -Be Done, Undone
    }

    It 'takes nothing back under -WhatIf' {
        $changed = Invoke-InNamespace {
            Set-NicFeature v1 tx-tcp-segmentation -Off
            Undo-NsmChange -After 2000-01-01 -WhatIf -PassThru
            Get-NsmChange
        }

        $changed.State | Should -Be Done
    }

    It 'tells a number that no change has' {
        $problems = Invoke-InNamespace {
            Undo-NsmChange 7 -Confirm:$false -ErrorVariable problems -ErrorAction SilentlyContinue
            $problems.FullyQualifiedErrorId
        }

        $problems | Should -Be 'NotPresent,ZeptAdmin.Cmdlets.UndoNsmChangeCommand'
    }
}

Describe 'Set-NetBudget and Get-NetBudget' {
    It 'says what it would change, and changes nothing' {
        $before = Get-NetBudget
        $after = Set-NetBudget -Packets ($before.Packets + 300) -Microseconds ($before.Microseconds + 4000) -WhatIf -PassThru

        $after | Should -Be $before
    }

    It 'takes no budget of nothing' {
        { Set-NetBudget -Packets 0 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,ZeptAdmin.Cmdlets.SetNetBudgetCommand'
    }

    It 'does not change a snapshot' {
        { Set-NetBudget -Packets 12345 -Snapshot "$repository/examples/sensors/virtual.zip" -ErrorAction Stop } |
            Should -Throw -ErrorId 'SnapshotIsReadOnly,ZeptAdmin.Cmdlets.SetNetBudgetCommand'
    }
}
