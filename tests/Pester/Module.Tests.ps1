BeforeAll {
    . $PSScriptRoot/common.ps1
    $manifest = (Get-Module ZeptAdmin).Path -replace '\.dll$', '.psd1'
    $root = Get-Snapshot two-port-i40e
}

Describe 'The module' {
    It 'has a clean manifest' {
        (Test-ModuleManifest $manifest -ErrorAction Stop -WarningAction Stop).Name | Should -Be ZeptAdmin
    }

    It 'exports cmdlets only, each with an approved verb' {
        $module = Get-Module ZeptAdmin

        $module.ExportedCommands.Values.CommandType | Sort-Object -Unique | Should -Be Cmdlet
        $module.ExportedCommands.Values.Verb | Sort-Object -Unique | Where-Object { $_ -notin (Get-Verb).Verb } | Should -BeNullOrEmpty
    }

    It 'imports again after it was removed' {
        pwsh -NoProfile -c "Import-Module '$manifest'; Remove-Module ZeptAdmin; Import-Module '$manifest' -Force; (Get-NicRing ens1f0 -Snapshot '$root').Rx" | Should -Be 512
    }

    It 'is found by the name of a command' {
        $modules = Split-Path (Split-Path $manifest)

        pwsh -NoProfile -c "`$env:PSModulePath = '$modules'; (Get-NicRing ens1f0 -Snapshot '$root').Rx" | Should -Be 512
    }

    It 'lets scripts name its types' {
        [ZeptAdmin.Nics.NicRing].Assembly.GetName().Name | Should -Be ZeptAdmin.Core
    }
}

Describe 'Records' {
    It 'show in the table of the module' {
        $lines = Get-NicRing ens1f0 -Snapshot $root | Out-String -Stream | Where-Object { $_ }

        -split $lines[0] | Should -Be Interface, Rx, RxMax, Tx, TxMax
    }

    It 'are whole again after Export-Clixml' {
        $file = Join-Path $TestDrive ring.xml
        $ring = Get-NicRing ens1f0 -Snapshot $root
        $ring | Export-Clixml $file

        [ZeptAdmin.Nics.NicRing](Import-Clixml $file) | Should -Be $ring
    }

    It 'cannot be changed by a script' {
        $ring = Get-NicRing ens1f0 -Snapshot $root

        { $ring.Rx = 9 } | Should -Throw -ErrorId PropertyAssignmentException
    }
}

Describe 'Completion' {
    It 'offers the interfaces of the snapshot on the line' {
        $line = "Get-NicRing -Snapshot '$root' -InterfaceName en"

        (TabExpansion2 $line -cursorColumn $line.Length).CompletionMatches.CompletionText | Should -Be ens1f0, ens1f1
    }
}
