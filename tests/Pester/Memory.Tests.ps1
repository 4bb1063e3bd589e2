BeforeAll {
    . $PSScriptRoot/common.ps1
    $root = Get-Snapshot memory-two-packages
}

Describe 'Get-MemoryModule' {
    It 'gives every slot with package, channel and slot' {
        $modules = Get-MemoryModule -Snapshot $root

        $modules | Should -HaveCount 24
        $modules[0] | Should -BeOfType ZeptAdmin.Memory.MemoryModule
        $modules[0].Locator, $modules[0].Package, $modules[0].Channel, $modules[0].Slot | Should -Be CPU1_DIMM_A1, 0, 0, 0
        $modules[0].SizeBytes | Should -Be 32GB
    }

    It 'leaves out empty slots' {
        Get-MemoryModule -Populated -Snapshot $root | Should -HaveCount 11
    }

    It 'counts modules by package' {
        $groups = Get-MemoryModule -Populated -Snapshot $root | Group-Object Package

        $groups.ForEach({ $_.Count }) | Should -Be 6, 5
    }

    It 'shows sizes in GiB and both speeds in five columns' {
        $text = Get-MemoryModule -Snapshot $root | Where-Object Locator -EQ CPU2_DIMM_A1 | Out-String

        $text | Should -Match 'Locator\s+Package\s+Channel\s+GiB\s+MT/s \(rated\)'
        $text | Should -Match 'CPU2_DIMM_A1\s+1\s+0\s+32\s+2666 \(2933\)'
    }

    It 'reports a machine without a table' {
        { Get-MemoryModule -Snapshot (Get-Snapshot two-port-i40e) -ErrorAction Stop } |
            Should -Throw -ErrorId 'NotPresent,ZeptAdmin.Cmdlets.GetMemoryModuleCommand'
    }
}

Describe 'Test-MemoryLayout' {
    It 'finds the empty channel and names its slot' {
        $check = Test-MemoryLayout -Snapshot $root | Where-Object Severity -EQ Fail

        $check.Id, $check.Package, $check.Actual | Should -Be C1.MemoryChannels, 1, '5 of 6 channels filled'
        $check.Remedy | Should -BeLike '*CPU2_DIMM_F1*'
    }

    It 'has a reason and a reference for each result' {
        foreach ($check in Test-MemoryLayout -Snapshot $root) {
            $check.Why, $check.Reference, $check.Expected, $check.Actual | Should -Not -BeNullOrEmpty
        }
    }

    It 'gives results with a reason where nothing can be read' {
        $checks = Test-MemoryLayout -Snapshot (Get-Snapshot two-port-i40e) -ErrorAction Stop

        $checks | Should -HaveCount 6
        $checks.Severity | Should -Not -Contain Pass
    }
}
