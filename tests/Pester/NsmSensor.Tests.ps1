BeforeAll {
    . $PSScriptRoot/common.ps1
    $root = Get-Snapshot sensor-x710
}

Describe 'Test-NsmSensor' {
    It 'tells the tuned port from the one as loaded' {
        $fails = Test-NsmSensor -Severity Fail -InterfaceName ens1f* -Snapshot $root

        $fails.InterfaceName | Sort-Object -Unique | Should -Be ens1f1
        $fails.Id | Should -Be 'H4.SymmetricHash', 'I8.Pause'
    }

    It 'says how it should be, why, what to do and where that is from' {
        $check = Test-NsmSensor -Id H4.SymmetricHash -InterfaceName ens1f1 -Snapshot $root

        $check | Should -BeOfType ZeptAdmin.Audit.CheckResult
        $check.Remedy | Should -Be 'Set-NicRss ens1f1 -Symmetric'
        $check.Expected, $check.Actual, $check.Why, $check.Reference | Should -Not -BeNullOrEmpty
    }

    It 'takes interfaces from the pipeline, and audits the machine once' {
        $checks = Get-Nic ens1f0, ens1f1 -Snapshot $root | Test-NsmSensor -Id A16.*, I8.* -Snapshot $root

        $checks.Id | Should -Be 'A16.KernelFanout', 'I8.Pause', 'I8.Pause'
    }

    It 'reports an unknown interface and goes on' {
        $checks = Test-NsmSensor -Id I8.* -InterfaceName missing0, ens1f0 -Snapshot $root -ErrorVariable problems -ErrorAction SilentlyContinue

        $checks.InterfaceName | Should -Be ens1f0
        $problems.FullyQualifiedErrorId | Should -Be 'InterfaceNotFound,ZeptAdmin.Cmdlets.TestNsmSensorCommand'
    }

    It 'filters by <Name>' -ForEach @(
        @{ Name = 'category'; Filter = @{ Category = 'Rss' }; Match = { $_.Category -eq 'Rss' } }
        @{ Name = 'severity'; Filter = @{ Severity = 'Warn' }; Match = { $_.Severity -eq 'Warn' } }
        @{ Name = 'id'; Filter = @{ Id = 'I*' }; Match = { $_.Id -like 'I*' } }
    ) {
        $checks = Test-NsmSensor @Filter -Snapshot $root

        $checks | Should -Not -BeNullOrEmpty
        $checks | Where-Object { -not (& $Match) } | Should -BeNullOrEmpty
    }

    It 'completes ids' {
        $line = 'Test-NsmSensor -Id H4'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Contain 'H4.SymmetricHash'
    }

    It 'fits a screen on this machine' {
        $lines = (Test-NsmSensor | Out-String -Stream -Width 110) | Where-Object { $_ }

        $lines.Count | Should -BeGreaterThan 5
        if ((Get-NsmTopology).IsVirtualMachine) { $lines.Count | Should -BeLessThan 40 }
    }
}
